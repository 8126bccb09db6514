"""What to show first of a table that nobody has made choices about yet.

The first two columns are often a running number, a date or a constant; and degrees beside
seconds, on one scale, are a flat line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rbm.tables.cells import Column
from rbm.tables.table import Table

STRETCHED_FROM = 10.0
"""One column spreads more than this many times as far as the other: on one scale, a line."""


def first_pair(table: Table) -> tuple[str, str]:
    """The columns to take across and up, of a table with at least two that can be learnt.

    Columns that vary before constant ones, others before those that count the rows, numbers
    before dates; a date or a count beside another number is across.
    """
    first, second = sorted(table.names, key=lambda name: _rank(table.columns[name]))[:2]
    last = table.columns[second]
    if table.columns[first].kind == "number" and (last.kind != "number" or _counts(last)):
        return second, first
    return first, second


def first_many(table: Table, most: int) -> list[str]:
    """At most `most` columns to project, in their order: numbers that vary, but for those that
    count the rows; or else all."""
    names = [name for name in table.names if not any(_rank(table.columns[name]))]
    return (names if len(names) > 1 else list(table.names))[:most]


def is_flat(table: Table, names: Sequence[str]) -> bool:
    """Whether two columns would be nearly a line if both axes had one scale."""
    if len(names) != 2:
        return False
    narrow, wide = sorted(_spread(table.columns[name]) for name in names)
    return 0 < narrow < wide / STRETCHED_FROM


def _rank(column: Column) -> tuple[bool, bool, bool]:
    return not _spread(column) > 0, _counts(column), column.kind != "number"


def _counts(column: Column) -> bool:
    """Whether it numbers the rows: 1 more with each."""
    values = column.values
    return column.kind == "number" and len(values) > 2 and bool((np.diff(values) == 1).all())


def _spread(column: Column) -> float:
    """Half the range of the finite values, of which there are some: the range may overflow."""
    finite = column.values[np.isfinite(column.values)]
    return float(np.ptp(finite / 2)) if finite.size else 0.0
