"""A stranger's table -> cases for a binary machine: columns of values from 0 to 1, by name.

A column of two words (yes and no, m and f) counts as 0 and 1; any other number outside [0, 1] is
refused unless the user says how to map it (`MAPS`). Nothing is rescaled or left out silently.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rbm.cases import MAX_CASES, Cases, make_cases
from rbm.dialects import TableError
from rbm.tables.cells import Column
from rbm.tables.table import Table
from rbm.units import Floats

LEAVE_OUT = "Leave out rows with missing values"
AS_THEY_ARE = "As they are: 0 to 1"
ON_WORDS = frozenset(("1", "yes", "y", "true", "t", "on", "ja", "oui", "si", "sí", "x", "present"))
"""Of two words, the one that counts as 1; else the second in the order of the alphabet."""


def _as_they_are(values: Floats) -> Floats:
    return values


def _stretched(values: Floats) -> Floats:
    low, high = values.min(axis=0), values.max(axis=0)
    return np.asarray((values - low) / np.where(high > low, high - low, 1.0))


def _above_median(values: Floats) -> Floats:
    return np.asarray(values > np.median(values, axis=0), np.float64)


MAPS: dict[str, Callable[[Floats], Floats]] = {
    AS_THEY_ARE: _as_they_are,
    "Stretch: each column's least value to 0, its largest to 1": _stretched,
    "Split: 1 above the column's median, else 0": _above_median,
}
"""How values become numbers from 0 to 1."""


def binary_columns(table: Table) -> tuple[str, ...]:
    """The columns that can be units as they are: numbers within [0, 1], or two words."""
    return tuple(name for name, column in table.columns.items() if _fits(column))


def usable_columns(table: Table) -> tuple[str, ...]:
    """The columns that can be units, with a map if need be."""
    return tuple(
        name
        for name, column in table.columns.items()
        if name in table.names or len(column.words) == 2
    )


def label_columns(table: Table) -> tuple[str, ...]:
    """The columns that could name classes: few words, or few whole numbers."""
    return tuple(name for name, column in table.columns.items() if _classes(column) is not None)


def table_cases(
    table: Table,
    names: Sequence[str],
    *,
    label: str | None = None,
    how: str = AS_THEY_ARE,
    shape: tuple[int, int] | None = None,
    drop_bad_rows: bool = False,
    share: float | None = None,
) -> Cases:
    """The chosen columns as cases; `label` names the column that holds their classes.

    Raises `TableError` with a sentence when they cannot be used.
    """
    if not names:
        raise TableError(f"Choose at least one column of {table.name}.")
    wanted = [table.columns[name] for name in names if name in table.columns]
    if len(wanted) < len(names) or any(c.name not in usable_columns(table) for c in wanted):
        raise TableError(f"A column of {table.name} cannot be used: choose others.")
    values = np.column_stack([_values(column) for column in wanted])
    good: NDArray[np.bool_] = np.asarray(np.isfinite(values).all(axis=1))
    classes = _classes(table.columns[label]) if label is not None else None
    if classes is not None:
        good = good & (classes[0] >= 0)
    notes = []
    if not good.all():
        first = table.row_numbers[np.argmin(good)]
        if not drop_bad_rows:
            raise TableError(
                f"{table.name} has {_rows(~good)} with missing values, the first is row {first}: "
                f"fill them in, or choose “{LEAVE_OUT}”."
            )
        if not good.any():
            raise TableError(f"Every row of {table.name} has a missing value: choose others.")
        notes.append(f"{_rows(~good)} with missing values left out.")
    chosen = np.flatnonzero(good)
    if chosen.size > MAX_CASES:
        notes.append(f"A random sample of {MAX_CASES:,} of the {chosen.size:,} rows is used.")
        some = np.random.default_rng(0).choice(chosen.size, MAX_CASES, replace=False)
        chosen = chosen[np.sort(some)]
    values = MAPS[how](values[chosen])
    outside = np.argwhere((values < 0) | (values > 1))
    if len(outside):
        row, column = outside[0]
        raise TableError(
            f"Row {table.row_numbers[chosen][row]} has {values[row, column]:g} in column "
            f"“{names[column]}”, and units go from 0 to 1: choose another column, or how to map it."
        )
    if how != AS_THEY_ARE:
        notes.append(f"{how}.")
    notes += [_two_words(column) for column in wanted if len(column.words) == 2]
    try:
        return make_cases(
            values, table.name, names=names, says=" ".join(notes), shape=shape,
            labels=None if classes is None else classes[0][chosen],
            label_names=() if classes is None else classes[1], share=share,
        )  # fmt: skip
    except ValueError as error:
        raise TableError(str(error)) from None


def _rows(chosen: NDArray[np.bool_]) -> str:
    count = int(chosen.sum())
    return "1 row" if count == 1 else f"{count:,} rows"


def _fits(column: Column) -> bool:
    if len(column.words) == 2:
        return True
    finite = column.values[np.isfinite(column.values)]
    return column.kind == "number" and finite.size > 0 and 0 <= finite.min() <= finite.max() <= 1


def _on(column: Column) -> int:
    """Of two words, the place of the one that counts as 1."""
    first, second = (word.strip().lower() for word in column.words)
    if (first in ON_WORDS) != (second in ON_WORDS):
        return int(second in ON_WORDS)
    return int(second > first)


def _values(column: Column) -> Floats:
    if column.kind == "text":
        return np.asarray(column.codes == _on(column), np.float64)
    return column.values


def _two_words(column: Column) -> str:
    on = _on(column)
    return f"In “{column.name}” {column.words[on]} counts as 1, {column.words[1 - on]} as 0."


def _classes(column: Column) -> tuple[NDArray[np.int64], tuple[str, ...]] | None:
    """Each row's class (−1: none) and the classes' names; None for what names no classes."""
    if column.kind == "text":
        if not 2 <= len(column.words) <= MAX_CLASSES:
            return None
        return column.codes, column.words
    finite = np.unique(column.values[np.isfinite(column.values)])
    if not 2 <= finite.size <= MAX_CLASSES or (finite != np.round(finite)).any():
        return None
    places = np.searchsorted(finite, np.nan_to_num(column.values))
    return np.where(np.isfinite(column.values), places, -1), tuple(f"{value:g}" for value in finite)


MAX_CLASSES = 30
