"""How a stranger's text is written: its encoding, delimiter and decimal mark, found by trying.

A dialect is judged by what it makes of the first rows: the one in which most cells are numbers, in
rows of one width, wins.
"""

from __future__ import annotations

import csv
import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_BYTES = 50_000_000
MAX_COLUMNS = 1_000
MAX_LINE = 131_072
MAX_NAME = 60
SAMPLE_ROWS = 500
SAMPLE_CHARACTERS = 200_000


class TableError(ValueError):
    """A table cannot be used; the message is one sentence for the person who brought it."""


@dataclass(frozen=True)
class Dialect:
    """How rows fall into cells and cells into numbers. delimiter " ": any run of blanks."""

    delimiter: str
    decimal: str

    def records(self, lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """(row number, cells) of every row that is not blank."""
        if self.delimiter == " ":
            split: Iterator[list[str]] = (line.split() for line in lines)
        else:
            split = csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True)
        for number in itertools.count(1):
            try:
                cells = next(split)
            except StopIteration:
                return
            except csv.Error:
                raise TableError(
                    f"Row {number} has a field of more than {MAX_LINE:,} characters: is a "
                    "quotation mark left open?"
                ) from None
            if any(cell.strip() for cell in cells):
                yield number, cells

    def number(self, cell: str) -> float | None:
        """The cell as a number (NaN and infinities included), or None."""
        if self.decimal == ",":
            cell = cell.replace(".", "_").replace(",", ".")
        if "_" in cell:  # Python would read 1_000 as a number
            return None
        try:
            return float(cell)
        except ValueError:
            return None


DIALECTS = [Dialect(d, p) for d in (",", ";", "\t", "|", " ") for p in (".", ",") if d != p]
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}


def decode(content: bytes | str, name: str) -> tuple[str, str, list[str]]:
    """The text, the encoding, and a note when that was a guess."""
    if len(content) > MAX_BYTES:
        raise TableError(
            f"{name} has {len(content) / 1e6:.0f} MB, and at most {MAX_BYTES / 1e6:.0f} can be "
            "read: keep fewer rows or columns."
        )
    if not content.strip():
        raise TableError(f"{name} is empty: choose one with two columns of numbers.")
    notes: list[str] = []
    if isinstance(content, str):
        text, encoding = content, "text"
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableError(f"{name} is encoded in UTF-16: save it as “CSV UTF-8”.")
    elif content.startswith(b"PK\x03\x04"):
        raise TableError(f"{name} is a workbook or an archive, not text: export one sheet as CSV.")
    else:
        try:
            text, encoding = content.decode("utf-8-sig"), "UTF-8"
        except UnicodeDecodeError as error:
            text, encoding = content.decode("latin-1"), "Latin-1"
            row = content.count(b"\n", 0, error.start) + 1
            notes.append(f"Row {row} is not UTF-8, so the text was read as Latin-1.")
    odd = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\r\f\v\x1a")
    if "\0" in text or odd > len(text) / 100:
        raise TableError(f"{name} is not text (binary, or UTF-16): export it as “CSV UTF-8”.")
    return text.removeprefix("\ufeff"), encoding, notes


def first_lines(lines: Sequence[str]) -> list[str]:
    """The first lines, enough to judge by and never much text."""
    sizes = itertools.accumulate(len(line) for line in lines[: 2 * SAMPLE_ROWS])
    count = sum(1 for _ in itertools.takewhile(lambda size: size <= SAMPLE_CHARACTERS, sizes))
    return list(lines[: max(count, 2)])


def find_dialect(lines: Sequence[str]) -> Dialect:
    """The dialect in which most cells of the first rows are numbers, in rows of one width.

    The first row is left out, as it may hold names.
    """

    def fitness(dialect: Dialect) -> float:
        try:
            rows = [cells for _, cells in dialect.records(first_lines(lines))][1:SAMPLE_ROWS]
        except TableError:
            return 0.0
        widths = [len(cells) for cells in rows]
        width = max(set(widths), key=widths.count, default=0)
        if not 2 <= width <= MAX_COLUMNS:
            return 0.0
        rows = [cells for cells in rows if len(cells) == width]
        numbers = sum(dialect.number(cell) is not None for cells in rows for cell in cells)
        return (numbers + 0.1) / (width * len(rows)) * len(rows) / len(widths)

    return max(DIALECTS, key=fitness)


def clean(text: str) -> str:
    """A stranger's text for display: one line, no control characters, length capped."""
    kept = "".join(c for c in text[:1000] if unicodedata.category(c)[0] != "C").strip()
    return kept if len(kept) <= MAX_NAME else kept[: MAX_NAME - 1] + "…"
