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

    Columns that vary before constant ones, numbers before dates; a date beside a number is across.
    """
    first, second = sorted(table.names, key=lambda name: _rank(table.columns[name]))[:2]
    if table.columns[first].kind == "number" != table.columns[second].kind:
        return second, first
    return first, second


def first_many(table: Table, most: int) -> list[str]:
    """At most `most` columns to project, in their order: numbers that vary, or else all."""
    names = [name for name in table.names if _rank(table.columns[name]) == (False, False)]
    return (names if len(names) > 1 else list(table.names))[:most]


def is_flat(table: Table, names: Sequence[str]) -> bool:
    """Whether two columns would be nearly a line if both axes had one scale."""
    if len(names) != 2:
        return False
    narrow, wide = sorted(_spread(table.columns[name]) for name in names)
    return 0 < narrow < wide / STRETCHED_FROM


def _rank(column: Column) -> tuple[bool, bool]:
    return not _spread(column) > 0, column.kind != "number"


def _spread(column: Column) -> float:
    """Half the range of the finite values, of which there are some: the range may overflow."""
    finite = column.values[np.isfinite(column.values)]
    return float(np.ptp(finite / 2)) if finite.size else 0.0
