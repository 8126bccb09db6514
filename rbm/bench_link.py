"""The pages "Structure" and "One CD step" to and from a link: its grammar.

A link is a flat mapping of short strings, as in `?bench=1&size=4x2&w=2.5_-2_…&on=0110`: numbers in
full, so that what opens is exactly what was copied, joined by signs that no address escapes.
Links come from strangers: `Parts` takes them apart piece by piece, and the first that does not fit
raises `ValueError` with a sentence, so that a page opens either what was meant or its default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from rbm.dialects import clean
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.settings import SLOPE_BOUNDS
from rbm.unit_sums import Floats

VERSION = "1"
MARK = "bench"
"""The parameter that tells such a link, and its version, from those of other pages."""
MAX_CHARACTERS = 8_000
"""What servers, proxies and mail programs let through; a machine of 8 × 8 units takes 1,800."""
MAX_NAME = 24
MOST_UNITS = 8
"""Units of a layer on these pages."""
LEAST_SLOPE = 0.01
_MAX_NUMBER = 26  # characters of a float64 in full, its sign and exponent
_GROUPS = {"w": "weights", "b": "visible_bias", "c": "hidden_bias"}


def joined(numbers: Iterable[float]) -> str:
    """Numbers as text that reads back exactly: "2.5_-2_0"."""
    return "_".join(repr(float(number)).removesuffix(".0") for number in numbers)


def switches(states: Iterable[float]) -> str:
    """Zeros and ones as text: "0110"."""
    return "".join(str(int(state)) for state in states)


def named(names: Iterable[str]) -> str:
    """Names of units as text; a name has at most `MAX_NAME` characters and no "~"."""
    return "~".join(names)


def unit_name(text: str) -> str:
    """A name as these pages take it: one line, short, without the sign that joins names."""
    return clean(text.replace("~", "-"))[:MAX_NAME].strip()


def machine_parts(machine: BinaryMachine | ContinuousMachine) -> dict[str, str]:
    """A machine as parts of a link; slopes and range only for a continuous one."""
    n_visible, n_hidden = machine.weights.shape
    parts = {MARK: VERSION, "size": f"{n_visible}x{n_hidden}"}
    parts |= {part: joined(getattr(machine, field).ravel()) for part, field in _GROUPS.items()}
    if isinstance(machine, ContinuousMachine):
        parts |= {"av": joined(machine.visible_slope), "ah": joined(machine.hidden_slope)}
        parts |= {"range": joined((machine.low, machine.high))}
    return parts


class Parts:
    """The parts of a link, read with suspicion. Every method raises `ValueError` with a sentence
    when its part does not fit; one that is missing is empty."""

    def __init__(self, params: Mapping[str, str]) -> None:
        version = params.get(MARK, "")
        if version != VERSION:
            raise ValueError(f"it is of another version than {VERSION}, which this app reads")
        if sum(map(len, params.values())) > MAX_CHARACTERS:
            raise ValueError(f"it has more than {MAX_CHARACTERS:,} characters")
        self.params = params

    def text(self, name: str, default: str = "") -> str:
        return self.params.get(name, default)

    def numbers(self, name: str, count: int, low: float, high: float) -> Floats:
        """`count` numbers from low to high, (count,) float64."""
        words = self.text(name).split("_")
        if len(words) != count:
            raise ValueError(f"its part “{name}” should hold {count} numbers")
        try:
            if max(map(len, words)) > _MAX_NUMBER:
                raise ValueError
            numbers = np.array([float(word) for word in words])
        except ValueError:
            raise ValueError(f"its part “{name}” holds something else than numbers") from None
        if not ((numbers >= low) & (numbers <= high)).all():  # also finds NaN
            raise ValueError(f"its part “{name}” leaves the range from {low:g} to {high:g}")
        return numbers

    def number(self, name: str, default: float, low: float, high: float) -> float:
        return float(self.numbers(name, 1, low, high)[0]) if name in self.params else default

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        number = self.number(name, default, low, high)
        if number != int(number):
            raise ValueError(f"its part “{name}” should be a whole number")
        return int(number)

    def choice(self, name: str, default: str, known: Collection[str]) -> str:
        chosen = self.text(name, default)
        if chosen not in known:
            raise ValueError(f"its part “{name}” is none of {', '.join(known)}")
        return chosen

    def switches(self, name: str, count: int) -> Floats:
        """Zeros and ones, (count,); all zero when the part is missing."""
        text = self.text(name, "0" * count)
        if len(text) != count or set(text) - {"0", "1"}:
            raise ValueError(f"its part “{name}” should be {count} zeros and ones")
        return np.array([float(letter) for letter in text])

    def names(self, name: str, count: int) -> tuple[str, ...]:
        """Names of units, cleaned; () when the part is missing."""
        if name not in self.params:
            return ()
        names = tuple(map(unit_name, self.params[name].split("~")))
        if len(names) != count:
            raise ValueError(f"its part “{name}” should hold {count} names")
        return names

    def size(self) -> tuple[int, int]:
        """Visible and hidden units."""
        known = {f"{v}x{h}": (v, h) for v in _UNITS for h in _UNITS}
        if self.text("size") not in known:
            raise ValueError(f"its size should be from 1x1 to {MOST_UNITS}x{MOST_UNITS}")
        return known[self.text("size")]

    def binary_machine(self, largest: float) -> BinaryMachine:
        """largest: no weight or bias may be beyond ±largest."""
        return BinaryMachine(*self._groups(largest))

    def continuous_machine(self, largest: float) -> ContinuousMachine:
        n_visible, n_hidden = self.size()
        low, high = self.numbers("range", 2, -10, 10)
        if not low < high:
            raise ValueError("its range is empty")
        slopes = [
            self.numbers(part, count, LEAST_SLOPE, SLOPE_BOUNDS[1])
            for part, count in (("av", n_visible), ("ah", n_hidden))
        ]
        return ContinuousMachine(
            *self._groups(largest), slopes[0], slopes[1], float(low), float(high)
        )

    def _groups(self, largest: float) -> tuple[Floats, Floats, Floats]:
        n_visible, n_hidden = self.size()
        counts = {"w": n_visible * n_hidden, "b": n_visible, "c": n_hidden}
        w, b, c = (self.numbers(p, count, -largest, largest) for p, count in counts.items())
        return w.reshape(n_visible, n_hidden), b, c


_UNITS = range(1, MOST_UNITS + 1)
