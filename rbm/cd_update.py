"""How the differences of one CD step become new parameters, term by term.

    velocity ← momentum · velocity + rate · (difference − decay · value)
    value ← value + velocity

With neither momentum nor decay that is just rate · difference, and only that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rbm.unit_sums import Floats, bracketed, written


class Pace(NamedTuple):
    """How far a step goes: see the formula above."""

    rate: float
    momentum: float = 0.0
    decay: float = 0.0

    @property
    def is_plain(self) -> bool:
        """Whether a step is rate · difference and nothing else."""
        return not (self.momentum or self.decay)


class Move(NamedTuple):
    """The step of one field of a machine: what is shown of it, by name and in order, the new
    values, and the velocity after it."""

    parts: dict[str, Floats]
    new: Floats
    velocity: Floats


class Lesson(NamedTuple):
    """What moves by a rule of its own: its statistic in words, the difference, the new values."""

    statistic: str
    difference: Floats
    new: Floats


@dataclass(frozen=True, eq=False)
class Table:
    """A matrix with a title and the names of its rows and columns; `values` (rows, columns)."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Floats


def move(old: Floats, difference: Floats, before: Floats, pace: Pace) -> Move:
    """The step of a field whose values are `old` and whose last step was `before`, all of one
    shape."""
    kept, pulled = pace.momentum * before, pace.rate * difference
    decayed = -pace.rate * pace.decay * old
    velocity = kept + pulled + decayed
    new = old + velocity
    if pace.is_plain:
        parts = {"before": old, "change = rate × difference": velocity, "after": new}
        return Move(parts, new, velocity)
    parts = {"before": old}
    if pace.momentum:
        parts |= {"velocity before": before, "momentum × velocity": kept}
    parts["rate × difference"] = pulled
    if pace.decay:
        parts["−rate × decay × value"] = decayed
    parts |= {"velocity after = their sum": velocity, "after": new}
    return Move(parts, new, velocity)


def difference_table(
    field: str, names: Mapping[str, tuple[str, ...]], statistic: str, difference: Floats
) -> Table:
    """The difference that moves a field, under its statistic; names: of the units, by layer."""
    rows, columns = _axes(field, names)
    title = f"{statistic}: for the {TITLES[field].lower()}"
    return Table(title, rows, columns, np.atleast_2d(difference))


def update_tables(
    field: str, names: Mapping[str, tuple[str, ...]], parts: Mapping[str, Floats]
) -> tuple[Table, ...]:
    """How a field moved: a table for each part of the weights' step, a row for one of others'."""
    rows, columns = _axes(field, names)
    if field != "weights":
        return (Table(TITLES[field], tuple(parts), columns, np.stack(list(parts.values()))),)
    return tuple(Table(f"Weights: {name}", rows, columns, part) for name, part in parts.items())


def lesson_parts(old: Floats, lesson: Lesson) -> dict[str, Floats]:
    """What is shown of a move by a rule of its own."""
    return {"before": old, "change": lesson.new - old, "after": lesson.new}


def step_lines(name: str, pace: Pace, difference: str, moved: Mapping[str, float]) -> list[str]:
    """The step of one number in words: `moved` are its parts, as those of `Move`."""
    old, new = moved["before"], moved["after"]
    pulled = f"{written(pace.rate)} × ({difference})"
    if pace.is_plain:
        return [f"{name} = {written(old)} + {pulled} = {written(new)}"]
    terms = pulled
    if pace.momentum:
        terms = f"{written(pace.momentum)} × {bracketed(moved['velocity before'])} + {pulled}"
    if pace.decay:
        terms += f" − {written(pace.rate)} × {written(pace.decay, 6)} × {bracketed(old)}"
    velocity = moved["velocity after = their sum"]
    return [
        f"velocity = {terms} = {written(velocity)}",
        f"{name} = {written(old)} + {bracketed(velocity)} = {written(new)}",
    ]


def _axes(
    field: str, names: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if field == "weights":
        return names["v"], names["h"]
    return ("",), names[field[0]]


TITLES = {
    "weights": "Weights",
    "visible_bias": "Visible biases",
    "hidden_bias": "Hidden biases",
    "hidden_slope": "Hidden slopes",
}
"""What the fields of a machine are called."""
STATISTICS = {
    "weights": "v hᵀ − v′ h′ᵀ",
    "visible_bias": "v − v′",
    "hidden_bias": "h − h′",
}
"""The statistic whose difference moves a field."""
