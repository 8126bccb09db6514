"""Delimited text -> a table. pandas splits it into cells; what the cells mean is found out here.

All cells are read as text first, so that the first one that is no number can be named by its row
and column. That is done in pieces of some 60,000 cells: memory stays near that of the numbers,
and the interpreter is never held for long, as others train meanwhile.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rbm.dialects import (
    DELIMITER_NAMES,
    SAMPLE_CHARACTERS,
    SAMPLE_ROWS,
    Dialect,
    TableError,
    clean,
    decode,
    find_dialect,
    find_encoding,
    first_odd_byte,
    sample_of,
    split_amount,
)
from rbm.tables.cells import (
    Column,
    WordCounter,
    common_unit,
    find_kind,
    is_missing,
    keep_odd,
    make_column,
    read_cells,
)
from rbm.tables.table import (
    PREVIEW_COLUMNS,
    PREVIEW_ROWS,
    Choices,
    Table,
    check_size,
    unique_names,
)

PIECE = 60_000
COMMENT = re.compile(rb"^[ \t]*#.*", re.MULTILINE)
UNFIT = re.compile(r"[\w\"'.+\-\n\r\\]|[^\x00-\x7f]")
"""What cannot be a delimiter: it could be part of a number, or opens a quotation."""


def read_delimited(content: bytes, name: str, choices: Choices) -> Table:
    """The columns of a text, `TableError` with a sentence when it is none.

    Rows are counted as a spreadsheet shows them, header and blank rows included.
    """
    encoding = choices.encoding or find_encoding(content)
    text = decode(content, encoding, name).rstrip(b"\n \x1a") + b"\n"
    notes = []
    if encoding == "cp1252" and choices.encoding is None:
        row = content.count(b"\n", 0, first_odd_byte(content)) + 1
        notes.append(f"Row {row} is not UTF-8, so the text was read as Windows-1252 (Latin-1).")
    text, heading = _without_comments(text)
    delimiter, skip = _checked(choices.delimiter), choices.skip or 0
    if text.startswith(b"sep=") and delimiter is None:  # how some spreadsheets name theirs
        delimiter, skip = text[4:5].decode("ascii", "ignore") or None, max(skip, 1)
    text = _blank_top(text, skip)
    dialect = find_dialect(sample_of(text), delimiter, choices.decimal)
    body = list(dialect.records(sample_of(text)))[: SAMPLE_ROWS + 1]
    if choices.skip is None:
        above = _rows_above(body)
        if above:
            notes.append(f"{_rows(above)} above the table with only one field were left out.")
            skip, body = _line_of_record(text, above), body[above:]
            text = _blank_top(text, skip)
    if not body:
        raise TableError(f"{name} is empty: choose one with two columns of numbers.")
    width = max(len(cells) for cells in body[1:] or body)
    check_size(name, text.count(b"\n"), width, cut=len(body) == 1 and len(text) > SAMPLE_CHARACTERS)
    kinds = _kinds(body[1:] or body, width, dialect, choices)
    units = _units(body[1:] or body, kinds)
    first = body[0]
    header = choices.header
    if header is None:
        header = _is_header(first, kinds, units, dialect)
    kinds = _read_blank(body[int(header) :], kinds, choices)
    if len(first) == width - 1 and any(len(row) == width and row[-1].strip() for row in body):
        first = ["", *first]  # R leaves the name of the first column out
    titles = first if header else next(iter(dialect.records(heading)), [])
    if not header and len(titles) != width:
        titles = []
        notes.append("No header was found, so the columns are numbered.")
    if dialect.decimal == ",":
        notes.append("Numbers are read with a decimal comma.")
    columns, row_numbers = _columns(
        text, dialect, kinds, units, unique_names(titles, width), int(header), name
    )
    notes += _unit_notes(columns)
    return Table(
        name, {column.name: column for column in columns}, row_numbers, "Text",
        replace(
            choices, encoding=encoding, delimiter=dialect.delimiter, decimal=dialect.decimal,
            header=header, skip=skip, kinds=dict(enumerate(kinds)),
        ),
        [
            [clean(cell) for cell in row[:PREVIEW_COLUMNS]]
            for row in body[int(header) : int(header) + PREVIEW_ROWS]
        ],
        notes=tuple(notes),
    )  # fmt: skip


def _checked(delimiter: str | None) -> str | None:
    if delimiter is not None and (len(delimiter) != 1 or UNFIT.search(delimiter)):
        raise TableError(
            f"“{clean(delimiter)}” cannot be a delimiter: give one ASCII character that is no "
            "letter, digit, quotation mark, dot, plus, minus or backslash."
        )
    return delimiter


def _without_comments(text: bytes) -> tuple[bytes, str]:
    """Lines that begin with # made blank, so that rows keep their numbers; and the last of those
    above the first row, which may hold the names."""
    heading = ""
    for line in text[:100_000].split(b"\n"):
        if not line.strip().startswith(b"#"):
            break
        heading = line.strip().lstrip(b"#").decode("utf-8", "replace")
    return (COMMENT.sub(b"", text) if b"#" in text else text), heading


def _blank_top(text: bytes, lines: int) -> bytes:
    """The text with its first lines made blank, so that rows keep their numbers."""
    return b"\n" * lines + text.split(b"\n", lines)[-1] if lines else text


def _rows_above(body: Sequence[Sequence[str]]) -> int:
    """How many rows of one field stand above rows of more: titles, stations, dates of export."""
    above = next((i for i, cells in enumerate(body) if len(cells) > 1), 0)
    return above if all(len(cells) > 1 for cells in body[above:][:10]) else 0


def _line_of_record(text: bytes, records: int) -> int:
    """How many lines the first records that are not blank take, with blank ones between."""
    lines = text.split(b"\n", 4 * SAMPLE_ROWS)
    filled = (i for i, line in enumerate(lines) if line.strip())
    return next(line for count, line in enumerate(filled, 1) if count == records) + 1


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _kinds(
    body: Sequence[Sequence[str]], width: int, dialect: Dialect, choices: Choices
) -> list[str]:
    return [
        choices.kinds.get(i) or find_kind([row[i] for row in body if i < len(row)], dialect)
        for i in range(width)
    ]


def _units(body: Sequence[Sequence[str]], kinds: Sequence[str]) -> list[str]:
    """The sign that every cell of a column of numbers carries; "" for the others."""
    return [
        common_unit([row[i] for row in body if i < len(row)]) if kind == "number" else ""
        for i, kind in enumerate(kinds)
    ]


def _unit_notes(columns: Sequence[Column]) -> list[str]:
    notes = []
    for unit in sorted({column.unit for column in columns if column.kind == "number"} - {""}):
        names = [f"“{c.name}”" for c in columns if c.kind == "number" and c.unit == unit]
        more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
        which = f"column{'s' if len(names) > 1 else ''} {', '.join(names[:5])}{more}"
        example = f": 45 {unit} is read as 45" if unit in "%‰" else ""
        notes.append(f"“{unit}” was left out of {which}{example}.")
    return notes


def _read_blank(body: Sequence[Sequence[str]], kinds: Sequence[str], choices: Choices) -> list[str]:
    """The kinds, but columns of which the first rows hold nothing are read on as numbers."""
    return [
        "number"
        if kind == "text"
        and i not in choices.kinds
        and all(is_missing(row[i]) for row in body if i < len(row))
        else kind
        for i, kind in enumerate(kinds)
    ]


def _is_header(
    first: Sequence[str], kinds: Sequence[str], units: Sequence[str], dialect: Dialect
) -> bool:
    """Whether no cell above a column of numbers or dates is one itself, with the same unit."""
    return not any(
        kind != "text"
        and find_kind([cell], dialect) != "text"
        and (kind != "number" or split_amount(cell)[1] == unit)
        for cell, kind, unit in zip(first, kinds, units, strict=False)
    )


def _pieces(text: bytes, dialect: Dialect, width: int) -> Iterator[pd.DataFrame]:
    """The cells as text, piece by piece; the index of a piece is the rows' numbers from 1.

    A row of zeros is put above the text, one field wider than the table: it makes pandas expect
    that many columns, fill short rows with "" and keep one field too many instead of guessing.
    """
    blanks = dialect.delimiter == " "
    top = (dialect.delimiter.join("0" * (width + 1)) + "\n").encode()
    reader = pd.read_csv(
        io.BytesIO(top + text), sep=r"\s+" if blanks else dialect.delimiter, header=None,
        na_filter=False, skip_blank_lines=False, skipinitialspace=not blanks, engine="c",
        names=range(width + 1), usecols=range(width + 1), index_col=False, encoding="utf-8",
        dtype=object, chunksize=max(PIECE // (width + 1), 50),
    )  # fmt: skip
    with reader:
        for piece in reader:
            yield piece.drop(index=0) if piece.index[0] == 0 else piece


def _columns(
    text: bytes,
    dialect: Dialect,
    kinds: Sequence[str],
    units: Sequence[str],
    names: Sequence[str],
    header: int,
    name: str,
) -> tuple[list[Column], NDArray[np.int64]]:
    """The columns and their rows' numbers."""
    values: list[list[NDArray[np.float64]]] = [[] for _ in names]
    odd_cells: list[dict[int, str]] = [{} for _ in names]
    words = [WordCounter() for _ in names]
    numbers: list[NDArray[np.int64]] = []
    done, to_skip = 0, header
    try:
        for piece in _pieces(text, dialect, len(names)):
            cells = [piece[i].to_numpy() for i in range(len(names) + 1)]
            filled = _filled(cells)
            filled, to_skip = filled[to_skip:], max(to_skip - len(filled), 0)
            row_numbers = piece.index.to_numpy(np.int64)[filled]
            _check_width(cells[-1][filled], row_numbers, len(names), dialect)
            for i, kind in enumerate(kinds):
                column = cells[i][filled]
                if kind == "text":
                    words[i].add(column)
                else:
                    found, odd = read_cells(column, kind, dialect, units[i])
                    values[i].append(found)
                    keep_odd(odd_cells[i], done, odd, column)
            numbers.append(row_numbers)
            done += len(filled)
    except pd.errors.ParserError as error:
        opened = re.search(r"EOF inside string starting at row (\d+)", str(error))
        where = f"opened in row {opened[1]}" if opened else "somewhere"
        raise TableError(
            f"{name} has a quotation mark {where} that is never closed: close or remove it."
        ) from None
    return [
        words[i].column(names[i])
        if kind == "text"
        else make_column(
            names[i], kind, np.concatenate([np.empty(0), *values[i]]), odd_cells[i], units[i]
        )
        for i, kind in enumerate(kinds)
    ], np.concatenate([np.empty(0, np.int64), *numbers])


def _filled(cells: Sequence[NDArray[Any]]) -> NDArray[np.intp]:
    """The places of the rows that are not blank."""
    blank = np.arange(len(cells[0]))
    for column in cells:
        blank = blank[column[blank] == ""]
        if not blank.size:
            break
    return np.delete(np.arange(len(cells[0])), blank)


def _check_width(
    beyond: NDArray[Any], row_numbers: NDArray[np.int64], width: int, dialect: Dialect
) -> None:
    for i in np.flatnonzero(beyond != ""):
        if beyond[i].strip():
            raise TableError(
                f"Row {row_numbers[i]} has more than the {width} fields of the first rows: check "
                f"the delimiter ({DELIMITER_NAMES.get(dialect.delimiter, dialect.delimiter)}?) and "
                "quotation marks."
            )
