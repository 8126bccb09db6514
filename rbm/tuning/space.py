"""Which values a setting may take while it is tuned: ranges to search, axes to sweep along."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rbm.presets import SUBJECT
from rbm.settings import KNOBS, Settings

Value = float | int | bool | str


@dataclass(frozen=True)
class Range:
    """Where one setting is looked for: between two numbers, or among `choices`.

    `log`: even steps in ratio rather than in difference. Raises `ValueError` with a sentence for
    a setting that cannot be tuned, for values that it does not take, and for an empty range.
    """

    name: str
    low: float = math.nan
    high: float = math.nan
    log: bool = False
    choices: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        knob = _tunable(self.name)
        if self.choices:
            object.__setattr__(self, "choices", _distinct(self.name, self.choices))
            return
        if knob.kind not in ("int", "float"):
            raise ValueError(f"{knob.label} is a choice: list the values to try.")
        object.__setattr__(self, "low", knob.check(self.low))
        object.__setattr__(self, "high", knob.check(self.high))
        if not self.low < self.high:
            raise ValueError(f"The range of {knob.label} is empty: {self.low:g} to {self.high:g}.")
        if self.log and self.low <= 0:
            raise ValueError(f"A logarithmic range of {knob.label} must begin above 0.")

    def axis(self, count: int) -> Axis:
        """At most `count` different values from one end to the other, for a sweep."""
        if self.choices:
            return Axis(self.name, self.choices)
        if count < 2:
            raise ValueError(f"A range needs two steps or more; got {count}.")
        space = np.geomspace if self.log else np.linspace
        steps = space(self.low, self.high, count)
        if KNOBS[self.name].kind == "int":
            steps = np.rint(steps)
        # The ends come out of a power or a sum a rounding beside where they should be.
        return Axis(self.name, tuple(np.clip(steps, self.low, self.high).tolist()))


@dataclass(frozen=True)
class Axis:
    """The values of one setting along one side of a sweep: in its type, each once, in order."""

    name: str
    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        _tunable(self.name)
        if not self.values:
            raise ValueError(f"There is no value of {KNOBS[self.name].label} to try.")
        object.__setattr__(self, "values", _distinct(self.name, self.values))


def default_range(name: str) -> Range:
    """Where a setting is worth looking for, unless its owner knows better."""
    knob = _tunable(name)
    if knob.kind == "bool":
        return Range(name, choices=(False, True))
    if knob.choices is not None:
        return Range(name, choices=tuple(knob.choices))
    low, high = RANGES[name]
    # Settings from 0 up have no logarithm there; what matters of them lies decades apart even so.
    return Range(name, low, high, log=knob.scale == "log" or name in ("sigma", "initial_scale"))


def with_values(base: Settings, values: Mapping[str, Value]) -> Settings:
    """The settings with some values replaced.

    Where k does not rise, `k` is all there is to choose, so `k_end` follows it unless told.
    """
    constant = base.k_ramp == 0 or base.k == base.k_end
    if "k" in values and constant and not {"k_end", "k_ramp"} & set(values):
        values = {**values, "k_end": values["k"]}
    changed: dict[str, Any] = dict(values)
    return replace(base, **changed)


def _tunable(name: str) -> Any:
    if name not in TUNABLE:
        raise ValueError(f"There is no setting {name!r} to tune; there are {', '.join(TUNABLE)}.")
    return KNOBS[name]


def _distinct(name: str, values: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(KNOBS[name].check(value) for value in values))


TUNABLE = ("n_points", *(name for name in KNOBS if name not in SUBJECT))
"""All that says how is learnt, not what; the number of points is a bit of both."""
RANGES: dict[str, tuple[float, float]] = {
    "n_points": (100, 2_000),
    "n_hidden": (2, 64),
    "initial_scale": (0.01, 3),
    "low": (-2, 0),
    "high": (0.5, 2),
    "k": (1, 20),
    "k_end": (1, 50),
    "k_ramp": (0, 20_000),
    "sigma": (0.1, 2),
    "visible_slope": (0.01, 1),
    "hidden_slope": (0.1, 10),
    "slope_learning_rate": (0.01, 5),
    "learning_rate": (0.05, 5),
    "momentum": (0, 0.95),
    "cost": (1e-7, 1e-3),
    "batch_size": (0, 500),
    "average_last": (0, 0.9),
}
"""From and to, for every setting that is a number."""
