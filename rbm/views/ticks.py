"""Where an axis has its ticks: at round numbers, written out in full, none of them between trials.

Plotly's own logarithmic axes write 0.6 as a small "6", and its parallel axes add unrounded ends.
"""

from __future__ import annotations

import math
from itertools import count

from rbm.views.sweeps import value_name

MOST = 6
"""Ticks of an axis with even steps."""
MOST_LOG = 9
"""Ticks of a logarithmic axis."""
_DIGITS = ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1,))
"""Which digits have a tick on a logarithmic axis, from the closest ticks to the widest."""


def even_ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """At most `MOST` multiples of 1, 2 or 5 times a power of ten from `low` to `high`; `whole`: of
    whole numbers only. For `low` = `high`: that alone."""
    if not high > low:
        return [float(low)]
    power = math.floor(math.log10((high - low) / MOST))
    steps = (
        digit * 10.0**n for n in count(max(power, 0) if whole else power) for digit in (1, 2, 5)
    )
    step = next(step for step in steps if len(_multiples(step, low, high)) <= MOST)
    return [float(f"{place * step:.12g}") for place in _multiples(step, low, high)]


def log_ticks(low: float, high: float) -> list[float]:
    """At most `MOST_LOG` round numbers from `low` to `high`, both above 0: every digit, 1-2-5, or
    powers of ten only; even steps where those would be fewer than two."""
    found: list[float] = []
    for digits in _DIGITS:
        found = _of_digits(digits, low, high)
        if len(found) <= MOST_LOG:
            break
    return found[:: len(found) // (MOST_LOG + 1) + 1] if len(found) > 1 else even_ticks(low, high)


def _multiples(step: float, low: float, high: float) -> range:
    return range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)


def _of_digits(digits: tuple[int, ...], low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    places = [float(f"{digit}e{power}") for power in powers for digit in digits]
    return [place for place in places if low * (1 - 1e-9) <= place <= high * (1 + 1e-9)]


def tick_name(value: float) -> str:
    """A tick as it is written: 0.2, 1,000, and 10⁻⁵ rather than 0.00001."""
    return value_name("", int(value) if value.is_integer() else value).removeprefix("1·")
