"""Columns of a table -> points in the unit square: rows left out, sampled, projected, mapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rbm.dialects import TableError, clean
from rbm.tables.cells import Column
from rbm.tables.table import MIN_ROWS, Table
from rbm.unit_map import MARGIN, Projection, UnitMap

MAX_ROWS = 10_000
STRETCH = "Stretch each axis by itself"
LEAVE_OUT = "Leave out rows that are not finite numbers"
"""How the page calls `per_axis` and `drop_bad_rows`; the sentences propose them by these names."""


@dataclass(frozen=True, eq=False)
class Points:
    """Columns as points (n, 2) float64 in [0.05, 0.95]², and how they came to be.

    `map` leads from the table's units to the square and back; `dropped` are the numbers of the
    rows left out because they were not all finite numbers; `available` counts the others, of
    which the points may be a sample; `notes` are sentences to show.
    """

    points: NDArray[np.float64]
    map: UnitMap
    dropped: NDArray[np.int64]
    available: int
    notes: tuple[str, ...] = ()


def choose_points(
    table: Table,
    names: Sequence[str],
    *,
    per_axis: bool = False,
    equalise: bool = False,
    drop_bad_rows: bool = False,
    limit: int = MAX_ROWS,
    seed: int = 0,
) -> Points:
    """Columns of a table as points in the square; `TableError` when they cannot be used.

    Two columns are the axes themselves; of more, the two principal components are, with
    `equalise` after each column was divided by its standard deviation. Both axes share one scale
    unless `per_axis`, so that shapes keep their aspect. Rows that are not all finite numbers are
    refused, or left out when `drop_bad_rows`. Of more than `limit` rows (at most 10,000) a random
    sample (by `seed`) is taken, and a note says so.
    """
    columns = _columns(table, names)
    good = np.isfinite(columns[0].values)
    for column in columns[1:]:
        good = good & np.isfinite(column.values)
    dropped = table.row_numbers[~good]
    available = int(good.sum())
    notes = []
    if dropped.size:
        fault = _first_fault(table, columns, int(np.argmin(good)))
        kind = "two finite numbers" if len(columns) == 2 else "all finite numbers"
        if not drop_bad_rows:
            raise TableError(
                f"{fault} ({dropped.size:,} of {good.size:,} rows are not {kind}): correct them, "
                f"or choose “{LEAVE_OUT}”."
            )
        if available < MIN_ROWS:
            raise TableError(
                f"{fault}, and only {available} rows are {kind}: at least {MIN_ROWS} are needed."
            )
        rows = "1 row was" if dropped.size == 1 else f"{dropped.size:,} rows were"
        notes.append(f"{rows} dropped; the first: {fault}.")
    limit = min(max(limit, MIN_ROWS), MAX_ROWS)
    places = np.flatnonzero(good)
    if available > limit:
        chosen = np.random.default_rng(seed).choice(available, limit, replace=False)
        places = places[np.sort(chosen)]
        notes.append(
            f"A random sample of {limit:,} of the {available:,} rows is used (seed {seed})."
        )
    values = np.column_stack([column.values[places] for column in columns])
    for column, chosen_values in zip(columns, values.T, strict=True):
        _check_spread(column, chosen_values, table.row_numbers[places])
    points, mapping = _mapped(columns, values, per_axis=per_axis, equalise=equalise)
    if per_axis:
        notes.append(_stretched(mapping))
    if mapping.projection:
        first, second = mapping.projection.explained
        notes.append(
            f"Two principal components of {len(columns)} columns hold {first:.1%} + {second:.1%} "
            f"= {first + second:.1%} of their variance."
        )
    return Points(points, mapping, dropped, available, tuple(notes))


def _columns(table: Table, names: Sequence[str]) -> list[Column]:
    """The columns of these names; `TableError` when there are no two to learn from."""
    usable, rows = table.names, len(table.row_numbers)
    if not rows:
        where = " below the header" if table.read_as.header else ""
        raise TableError(f"{table.name} has no rows{where}: add at least {MIN_ROWS}.")
    if len(usable) < 2:
        raise TableError(f"{table.name} needs two columns of numbers and has {_too_few(table)}.")
    if rows < MIN_ROWS:
        raise TableError(f"{table.name} has fewer than {MIN_ROWS} rows of data ({rows}): add some.")
    unknown = [name for name in names if name not in usable]
    if unknown and unknown[0] in table.blank:
        raise TableError(
            f"Every cell of column “{unknown[0]}” is empty or not a finite number: choose another."
        )
    if unknown:
        raise TableError(f"There is no numeric column “{clean(unknown[0])}”: choose another.")
    if len(set(names)) < 2 or len(set(names)) < len(names):
        raise TableError("One column is chosen twice: choose two different columns or more.")
    return [table.columns[name] for name in names]


def _too_few(table: Table) -> str:
    """How many columns can be used, fewer than two, and why not more."""
    found = f"only one, “{table.names[0]}”" if table.names else "none"
    if table.blank:
        cells = f"every cell of column “{table.blank[0]}” is empty or not a finite number"
        more = f" (and of {len(table.blank) - 1:,} more)" if len(table.blank) > 1 else ""
        return f"{found}: {cells}{more}"
    how = "" if table.read_as.delimiter is None else "check the delimiter, and "
    return f"{found}: {how}see that numbers hold no words, and one unit at most in a column"


def _check_spread(
    column: Column, values: NDArray[np.float64], row_numbers: NDArray[np.int64]
) -> None:
    """`TableError` when a column is constant, or a cell of it dwarfs all others.

    A cell a million times as far from the median as nine tenths of them are leaves these on one
    spot, whatever the scale: often a code for a missing value, or a decimal mark gone.
    """
    if not np.ptp(values / 2) > 0:
        raise TableError(
            f"Column “{column.name}” is constant ({values[0]:g} in every row): choose a column "
            "that varies."
        )
    away = np.abs(values / 2 - np.median(values / 2))
    usual, most = np.quantile(away, 0.9, method="lower"), int(np.argmax(away))
    if 0 < usual < away[most] / 1e6:
        raise TableError(
            f"Row {row_numbers[most]} of column “{column.name}” is {values[most]:g}, more than a "
            "million times as far out as most other rows: correct it, or take that row out."
        )


def _mapped(
    columns: Sequence[Column], values: NDArray[np.float64], *, per_axis: bool, equalise: bool
) -> tuple[NDArray[np.float64], UnitMap]:
    projection = None
    plain = len(columns) == 2
    with np.errstate(all="ignore"):  # judged by what comes out
        if not plain and np.isfinite(values.max(axis=0) - values.min(axis=0)).all():
            projection = Projection.fit(values, equalise=equalise)
        if plain or projection:
            mapping = UnitMap.fit(
                [column.name for column in columns], values, MARGIN, per_axis=per_axis,
                projection=projection, units=[column.unit for column in columns],
            )  # fmt: skip
            points = mapping.to_unit(values)
            if np.isfinite(points).all() and (np.ptp(points, axis=0) > 1e-6).all():
                return np.clip(points, 0.0, 1.0), mapping
    if plain:
        how = "change units" if per_axis else f"choose “{STRETCH}”, or change units"
        raise TableError(
            f"The ranges of “{columns[0].name}” and “{columns[1].name}” are too far apart or too "
            f"extreme for one picture: {how}."
        )
    raise TableError(
        "The columns lie on one line or their ranges are too extreme: choose two of them, equalise "
        "their spreads, or change units."
    )


def _stretched(mapping: UnitMap) -> str:
    """That each axis has its own scale, and how different the two are."""
    axes = ("component 1", "component 2") if mapping.projection else mapping.names
    (narrow, less), (wide, more) = sorted(
        zip(mapping.scale, axes, strict=True), key=lambda pair: pair[0]
    )
    times = float(f"{wide / narrow:.2g}")
    return f"Each axis is stretched by itself: “{more}” spans {times:,g} times as much as “{less}”."


def _first_fault(table: Table, columns: Sequence[Column], index: int) -> str:
    column = next(column for column in columns if not np.isfinite(column.values[index]))
    text = column.odd_cells.get(index)
    if np.isinf(column.values[index]):
        what = "is infinite"
    elif text == "":
        what = "is empty"
    else:
        what = f"reads “{text}”" if text else "is not a finite number"
    return f"Row {table.row_numbers[index]} of column “{column.name}” {what}"
