"""A table as it was read, how it was read, and what can be asked to be read another way."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rbm.dialects import MAX_COLUMNS, TableError, clean
from rbm.tables.cells import Column

MIN_ROWS = 10
MAX_CELLS = 12_500_000
"""Rows times columns of a table, whatever its format: 100 MB as numbers."""
PREVIEW_ROWS, PREVIEW_COLUMNS = 8, 30


@dataclass(frozen=True)
class Choices:
    """How to read a table where one's own eyes know better; None: find out.

    `encoding`: a key of `ENCODINGS`. `delimiter`: one character. `decimal`: "." or ",".
    `header`: whether the first row holds names; `skip`: lines above it. `kinds`: a key of `KINDS`
    by column number from 0. `part`: the sheet of a workbook or the array of an NPZ, by name.
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header: bool | None = None
    skip: int | None = None
    kinds: Mapping[int, str] = field(default_factory=dict)
    part: str | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """What was read. `name` is the file's, for messages.

    `columns` in the file's order; `row_numbers` (rows,) as they are counted in the file, from 1.
    `format` is how a person calls the kind of file; `read_as` what was chosen or found, its
    fields None where the format has no such thing; `parts` the names of what else could be read;
    `preview` the first rows as text; `notes` sentences to show.
    """

    name: str
    columns: Mapping[str, Column]
    row_numbers: NDArray[np.int64]
    format: str
    read_as: Choices
    preview: Sequence[Sequence[str]]
    parts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns that can be learnt: numbers and dates, at least one of them finite."""
        return tuple(
            name
            for name, column in self.columns.items()
            if column.kind != "text" and np.isfinite(column.values).any()
        )

    @cached_property
    def blank(self) -> tuple[str, ...]:
        """The columns of numbers and dates without a single finite one."""
        return tuple(
            name
            for name, column in self.columns.items()
            if column.kind != "text" and name not in self.names
        )


def check_size(name: str, rows: int, columns: int, *, cut: bool = False) -> None:
    """`TableError` when a table is wider or larger than can be read.

    `cut`: only a part of a row was counted, and its last field may be half of one.
    """
    if columns > MAX_COLUMNS:
        count = f"more than {columns - 1:,}" if cut else f"{columns:,}"
        raise TableError(
            f"{name} has {count} columns: keep those you need (at most {MAX_COLUMNS:,})."
        )
    if rows * columns > MAX_CELLS:
        raise TableError(
            f"{name} has {rows:,} rows of {columns:,} columns, more than {MAX_CELLS:,} cells: keep "
            "fewer rows or columns."
        )


def short(number: str) -> str:
    """A cell to show: a number with a fraction has at most six digits, all else stays."""
    try:
        return f"{float(number):.6g}" if "." in number or "e" in number else number
    except ValueError:
        return number


def unique_names(header: Sequence[str], width: int) -> list[str]:
    """A clean name for each column, no two alike."""
    names: list[str] = []
    taken = set()
    for i in range(width):
        name = stem = (clean(header[i]) if i < len(header) else "") or f"column {i + 1}"
        for copy in itertools.count(2):
            if name not in taken:
                break
            name = f"{stem} ({copy})"
        names.append(name)
        taken.add(name)
    return names
