"""Reading a stranger's table: bytes or text -> numeric columns -> points in the unit square.

`read_table` finds out encoding, delimiter, decimal mark and header; `choose_points` takes two
columns and maps them to the square. Nothing happens silently: what was guessed or left out is said
in `notes`, the map is explicit and invertible (`UnitMap`), and what cannot be used raises
`TableError`, whose one sentence says what is wrong where and what to do about it. Rows are
counted as a spreadsheet shows them: from 1, the header included.

Names and cells come from strangers: they are only ever data, with control characters removed and
their length capped. Cells are read one by one into float64, so memory stays near the file's size.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rbm.dialects import (
    DELIMITER_NAMES,
    MAX_COLUMNS,
    MAX_LINE,
    SAMPLE_ROWS,
    Dialect,
    TableError,
    clean,
    decode,
    find_dialect,
    first_lines,
)
from rbm.unit_map import UnitMap

MIN_ROWS, MAX_ROWS = 10, 10_000
MARGIN = 0.05
"""Points are mapped into [MARGIN, 1 − MARGIN]²."""


@dataclass(frozen=True, eq=False)
class Column:
    """One numeric column: `values` (rows,) float64, NaN where a cell is no number.

    `odd_cells` keeps the text of the first such cells by index, for messages.
    """

    name: str
    values: NDArray[np.float64]
    odd_cells: Mapping[int, str]


@dataclass(frozen=True, eq=False)
class Table:
    """What was read: the numeric columns by name, and how the text was understood.

    `row_numbers` (rows,) are the rows' numbers in the file; `notes` are sentences to show.
    """

    columns: Mapping[str, Column]
    row_numbers: NDArray[np.int64]
    delimiter: str
    decimal: str
    encoding: str
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)


@dataclass(frozen=True, eq=False)
class Points:
    """Two columns as points (n, 2) float64 in [0.05, 0.95]², and how they came to be.

    `map` leads from the table's units to the square and back; `dropped` are the numbers of the
    rows left out because they were not two finite numbers; `notes` are sentences to show.
    """

    points: NDArray[np.float64]
    map: UnitMap
    dropped: NDArray[np.int64]
    notes: tuple[str, ...] = field(default=())


def read_table(content: bytes | str, filename: str = "") -> Table:
    """The numeric columns of a delimited text; `TableError` when there are not two of them."""
    name = f"“{clean(filename)}”" if filename else "The table"
    text, encoding, notes = decode(content, name)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    skipped = 0  # comments at the top; the last of them may hold the names
    while len(lines) > skipped + 1 and all(
        line.startswith("#") for line in lines[skipped : skipped + 2]
    ):
        skipped += 1
    lines = lines[skipped:]
    lines[0] = lines[0].removeprefix("#")
    for number, line in enumerate(lines, skipped + 1):
        if len(line) > MAX_LINE:
            raise TableError(
                f"Row {number} has more than {MAX_LINE:,} characters: keep the two columns you "
                "need, and close quotation marks."
            )
    dialect = find_dialect(lines)
    sample = [
        cells for _, cells in itertools.islice(dialect.records(first_lines(lines)), SAMPLE_ROWS)
    ]
    if not sample:
        raise TableError(f"{name} is empty: choose one with two columns of numbers.")
    body = sample[1:] or sample
    width = max(len(cells) for cells in body)
    if width > MAX_COLUMNS:
        raise TableError(
            f"{name} has {width:,} columns: keep the two you need (at most {MAX_COLUMNS:,})."
        )
    numeric = [i for i in range(width) if _is_numeric(body, i, dialect)]
    first = sample[0]
    has_header = not any(i < len(first) and dialect.number(first[i]) is not None for i in numeric)
    names = _names(first if has_header else [], width)
    if len(numeric) < 2:
        found = f"only one, {names[numeric[0]]}" if numeric else "none"
        raise TableError(
            f"{name} needs two columns of numbers and has {found} (delimiter: "
            f"{DELIMITER_NAMES[dialect.delimiter] if width > 1 else 'none found'}): check the "
            "delimiter, and that numbers hold no units or words."
        )
    columns, row_numbers = _columns(lines, dialect, numeric, names, has_header, width)
    if len(columns[0].values) < MIN_ROWS:
        raise TableError(
            f"{name} has fewer than {MIN_ROWS} rows of data ({len(columns[0].values)}): add some."
        )
    if not has_header:
        notes.append("No header was found, so the columns are numbered.")
    if dialect.decimal == ",":
        notes.append("Numbers are read with a decimal comma.")
    return Table(
        {column.name: column for column in columns}, row_numbers + skipped,
        dialect.delimiter, dialect.decimal, encoding, tuple(notes),
    )  # fmt: skip


def choose_points(
    table: Table,
    x: str,
    y: str,
    *,
    per_axis: bool = False,
    drop_bad_rows: bool = False,
    seed: int = 0,
) -> Points:
    """Columns x and y of a table as points in the square; `TableError` when they cannot be used.

    Both axes share one scale unless `per_axis`, so that shapes keep their aspect. Rows that are
    not two finite numbers are refused, or left out when `drop_bad_rows`. Of more than 10,000
    rows a random sample (by `seed`) of 10,000 is taken, and a note says so.
    """
    unknown = [name for name in (x, y) if name not in table.columns]
    if unknown:
        raise TableError(f"There is no numeric column “{clean(unknown[0])}”: choose another.")
    if x == y:
        raise TableError(f"Both axes are “{x}”: choose two different columns.")
    pair = [table.columns[x], table.columns[y]]
    values = np.column_stack([column.values for column in pair])
    good = np.isfinite(values).all(axis=1)
    dropped = table.row_numbers[~good]
    notes = []
    if not good.all():
        fault = _first_fault(table, pair, int(np.argmin(good)))
        if not drop_bad_rows:
            raise TableError(
                f"{fault} ({dropped.size:,} of {good.size:,} rows are not two finite numbers): "
                "correct them, or choose to drop such rows."
            )
        if good.sum() < MIN_ROWS:
            raise TableError(
                f"{fault}, and only {good.sum()} rows are two finite numbers: at least "
                f"{MIN_ROWS} are needed."
            )
        notes.append(f"{dropped.size:,} rows were dropped; the first: {fault}.")
        values = values[good]
    for column, spread in zip(pair, np.ptp(values / 2, axis=0), strict=True):
        if not spread > 0:
            raise TableError(
                f"Column “{column.name}” is constant ({values[0, pair.index(column)]:g} in every "
                "row): choose a column that varies."
            )
    mapping = UnitMap.fit((x, y), values, MARGIN, per_axis=per_axis)
    points = mapping.to_unit(values)
    if not (np.isfinite(points).all() and (np.ptp(points, axis=0) > 1e-6).all()):
        raise TableError(
            f"The ranges of “{x}” and “{y}” are too far apart or too extreme for one picture: "
            "scale each axis on its own, or change units."
        )
    if len(points) > MAX_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(points), MAX_ROWS, replace=False))
        notes.append(f"A random sample of {MAX_ROWS:,} of the {len(points):,} rows is used.")
        points = points[rows]
    return Points(np.clip(points, 0.0, 1.0), mapping, dropped, tuple(notes))


def _first_fault(table: Table, pair: Sequence[Column], index: int) -> str:
    column = pair[0] if not np.isfinite(pair[0].values[index]) else pair[1]
    text = column.odd_cells.get(index, "")
    what = f"reads “{text}”" if text else "is not a finite number"
    if np.isinf(column.values[index]):
        what = "is infinite"
    elif text == "" and index in column.odd_cells:
        what = "is empty"
    return f"Row {table.row_numbers[index]} of column “{column.name}” {what}"


def _is_numeric(body: Sequence[list[str]], i: int, dialect: Dialect) -> bool:
    """Whether at least half of a column's cells that are not empty are numbers."""
    cells = [cells[i] for cells in body if i < len(cells) and cells[i].strip()]
    return 2 * sum(dialect.number(cell) is not None for cell in cells) >= max(len(cells), 1)


def _names(header: Sequence[str], width: int) -> list[str]:
    """A clean name for each column, no two alike."""
    names: list[str] = []
    for i in range(width):
        name = clean(header[i]) if i < len(header) else ""
        name = stem = name or f"column {i + 1}"
        for copy in itertools.count(2):
            if name not in names:
                break
            name = f"{stem} ({copy})"
        names.append(name)
    return names


def _plain_columns(
    lines: Sequence[str], dialect: Dialect, width: int
) -> list[NDArray[np.float64]] | None:
    """The same columns ten times quicker when every cell of every row is a number, else None."""
    if dialect.decimal == "," or not all(map(str.strip, lines)):
        return None
    try:
        plain = np.loadtxt(
            lines,
            delimiter=dialect.delimiter.strip(" ") or None,
            comments=None,
            quotechar=None if dialect.delimiter == " " else '"',
            ndmin=2,
        )
    except (ValueError, OverflowError):
        return None
    return list(plain.T.copy()) if plain.shape == (len(lines), width) else None


def _columns(
    lines: Sequence[str],
    dialect: Dialect,
    numeric: Sequence[int],
    names: Sequence[str],
    has_header: bool,
    width: int,
) -> tuple[list[Column], NDArray[np.int64]]:
    """The numeric columns and their rows' numbers, cell by cell unless all cells are plain."""
    plain = _plain_columns(lines[int(has_header) :], dialect, width)
    if plain is not None:
        columns = [Column(names[i], plain[i], {}) for i in numeric]
        return columns, np.arange(len(plain[0]), dtype=np.int64) + int(has_header) + 1
    values = [array("d") for _ in numeric]
    odd_cells: list[dict[int, str]] = [{} for _ in numeric]
    row_numbers = array("q")
    for number, cells in itertools.islice(dialect.records(lines), int(has_header), None):
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            raise TableError(
                f"Row {number} has {len(cells)} fields where the first rows have {width}: check "
                f"the delimiter ({DELIMITER_NAMES[dialect.delimiter]}?) and quotation marks."
            )
        for i, column, odd in zip(numeric, values, odd_cells, strict=True):
            cell = cells[i] if i < len(cells) else ""
            value = dialect.number(cell)
            if value is None:
                value = np.nan
                if len(odd) < 1000:
                    odd[len(column)] = clean(cell)
            column.append(value)
        row_numbers.append(number)
    columns = [
        Column(names[i], np.array(column, np.float64), odd)
        for i, column, odd in zip(numeric, values, odd_cells, strict=True)
    ]
    return columns, np.array(row_numbers, np.int64)
