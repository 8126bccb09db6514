"""How a stranger's text is written: its encoding, delimiter and decimal mark, found by trying.

A dialect is judged by what it makes of the first rows: the one in which most cells are numbers, in
rows of one width, wins.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_BYTES = 50_000_000
MAX_COLUMNS = 1_000
MAX_NAME = 60
SAMPLE_ROWS = 500
SAMPLE_CHARACTERS = 200_000


class TableError(ValueError):
    """A table cannot be used; the message is one sentence for the person who brought it.

    `format`: "Text" or "Workbook" when its cells could be read another way, else ""; `parts`: the
    sheets or arrays that could be read instead.
    """

    format: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """How rows fall into cells and cells into numbers.

    delimiter " ": any run of blanks; decimal: "." or ",".
    """

    delimiter: str
    decimal: str

    def records(self, text: str) -> Iterator[list[str]]:
        """The cells of every row that is not blank; for judging, the reader proper is pandas."""
        lines: Iterable[str] = io.StringIO(text, newline="\n")
        if self.delimiter == " ":
            lines = (line.strip().replace("\t", " ") for line in lines)
        try:
            for cells in csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True):
                if any(cell.strip() for cell in cells):
                    yield cells
        except csv.Error:
            return

    def number(self, cell: str) -> float | None:
        """The cell as a number (NaN and infinities included), or None.

        Beside what Python reads: thousands in groups of three (1 234.5, 1'234, and 1,234.5 or
        1.234,5 with the mark that is not the decimal one), Fortran's D exponents, the true minus.
        """
        text = cell
        if self.decimal == ",":
            text = cell.replace(".", "_").replace(",", ".")
        if "_" not in text:  # Python would read 1_000 as a number
            try:
                return float(text)
            except ValueError:
                pass
        text = cell.strip().replace("−", "-")
        grouped = GROUPED[self.decimal].fullmatch(text)
        if grouped:
            text = text.replace(grouped["mark"], "")
        elif not UNUSUAL[self.decimal].fullmatch(text):
            return None
        return float(text.replace(",", ".").replace("D", "e").replace("d", "e"))

    def amount(self, cell: str) -> tuple[float | None, str]:
        """The cell as a number, and the currency or percent sign that was left out ("": none)."""
        value = self.number(cell)
        if value is not None:
            return value, ""
        bare, unit = split_amount(cell)
        return (self.number(bare), unit) if unit else (None, "")

    def is_plain(self, cell: str) -> bool:
        """Whether `number` reads the cell without taking thousands apart."""
        return not GROUPED[self.decimal].fullmatch(split_amount(cell)[0].strip().replace("−", "-"))


def split_amount(cell: str) -> tuple[str, str]:
    """“€ 5”, “-$1,200.50” or “45 %” -> the number's text and the unit; else the cell and ""."""
    found = AMOUNT.fullmatch(cell.strip()) if len(cell) <= MAX_NAME else None
    if found is None:
        return cell, ""
    return found["sign"] + (found["after"] or found["before"]), found["first"] or found["last"]


UNIT = (
    r"[€$£¥₹₽₩₺₴₪₫฿%‰]|US\$|EUR|USD|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|CAD|AUD|"
    r"kr\.?|zł|Kč|Fr\."
)
DIGITS = r"[0-9.,](?:[0-9.,'’ \u00a0\u202f\u2009]*[0-9])?(?:[eE][+-]?[0-9]+)?"
AMOUNT = re.compile(
    rf"(?P<sign>[+\-−]?)\s*(?:(?P<first>{UNIT})\s*(?P<after>[+\-−]?{DIGITS})"
    rf"|(?P<before>{DIGITS})\s*(?P<last>{UNIT}))"
)
GROUPED = {
    decimal: re.compile(
        rf"[+-]?[1-9][0-9]{{0,2}}(?P<mark>[{other}'’ \u00a0\u202f\u2009])[0-9]{{3}}"
        rf"(?:(?P=mark)[0-9]{{3}})*(?:{re.escape(decimal)}[0-9]*)?"
    )
    for decimal, other in ((".", ","), (",", "."))
}
UNUSUAL = {
    decimal: re.compile(rf"[+-]?[0-9]+(?:{re.escape(decimal)}[0-9]*)?(?:[eEdD][+-]?[0-9]+)?")
    for decimal in (".", ",")
}
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
DECIMAL_NAMES = {".": "point", ",": "comma"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252 (Latin-1)",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16, big end first",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "mac-roman": "Mac Roman",
    "shift-jis": "Shift-JIS",
    "gb18030": "GB 18030",
}
"""Python's names of the encodings that can be chosen, and how they are called."""
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def named(filename: str) -> str:
    """How messages call a file: its cleaned name in quotation marks."""
    return f"“{clean(filename)}”" if clean(filename) else "The table"


def find_encoding(content: bytes) -> str:
    """By the mark at the beginning; else UTF-8 when the bytes are that, else Windows-1252."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    return "cp1252" if first_odd_byte(content) is not None else "utf-8"


def decode(content: bytes, encoding: str, name: str) -> bytes:
    """The same text in UTF-8 with "\\n" at the ends of lines and no mark.

    Raises `TableError` when it is no text in that encoding.
    """
    for mark, marked in MARKS.items():
        if marked == encoding:
            content = content.removeprefix(mark)
    if encoding == "utf-8":
        odd = first_odd_byte(content)
        if odd is not None:
            row = content.count(b"\n", 0, odd) + 1
            raise TableError(
                f"{name} is not UTF-8 (byte {odd + 1}, in row {row}): choose another encoding."
            )
    else:
        errors = "replace" if encoding == "cp1252" else "strict"  # five bytes of it mean nothing
        try:
            content = content.decode(encoding, errors).encode("utf-8")
        except UnicodeError as error:
            where = f" (byte {error.start + 1})" if isinstance(error, UnicodeDecodeError) else ""
            raise TableError(
                f"{name} is not {ENCODINGS[encoding]}{where}: choose another encoding."
            ) from None
    controls = len(content) - len(content.translate(None, CONTROLS))
    if b"\0" in content or controls > len(content) / 100:
        raise TableError(
            f"{name} is not text (binary, or UTF-16 without its mark): export it as “CSV UTF-8”."
        )
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\v\x1a")


def first_odd_byte(content: bytes) -> int | None:
    """Where the bytes stop being UTF-8, or None; in pieces, so that no second copy is made."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    for start in range(0, len(view), 1_000_000):
        held = len(decoder.getstate()[0])
        piece = view[start : start + 1_000_000]
        try:
            decoder.decode(piece, final=start + 1_000_000 >= len(view))
        except UnicodeDecodeError as error:
            return start - held + error.start
    return None


def sample_of(text: bytes) -> str:
    """The first lines, whole ones if possible: enough to judge by and never much text."""
    head = text[:SAMPLE_CHARACTERS]
    if len(head) < len(text) and b"\n" in head:
        head = head[: head.rindex(b"\n") + 1]
    lines = head.decode("utf-8", "replace").split("\n", 2 * SAMPLE_ROWS)
    return "\n".join(lines[: 2 * SAMPLE_ROWS])


def find_dialect(sample: str, delimiter: str | None = None, decimal: str | None = None) -> Dialect:
    """The dialect in which most cells are numbers, in rows of one width, of those left open.

    The first row is not judged, as it may hold names. Numbers with thousands apart count a little
    less, so that "1,234" is 1.234 unless another cell speaks against it.
    """

    def fitness(dialect: Dialect) -> float:
        rows = list(dialect.records(sample))[1:SAMPLE_ROWS]
        widths = [len(cells) for cells in rows]
        width = max(set(widths), key=widths.count, default=0)
        if not 2 <= width <= MAX_COLUMNS:
            return 0.0
        cells = [cell for row in rows if len(row) == width for cell in row]
        worth = sum(
            0.999 + 0.001 * dialect.is_plain(cell)
            for cell in cells
            if dialect.amount(cell)[0] is not None
        )
        return (worth + 0.1) / len(cells) * widths.count(width) / len(widths)

    choices = [
        Dialect(d, p)
        for d in ([delimiter] if delimiter else DELIMITER_NAMES)
        for p in ([decimal] if decimal else DECIMAL_NAMES)
    ]
    return max(choices, key=fitness)


def clean(text: str) -> str:
    """A stranger's text for display: one line, no control characters, length capped."""
    kept = "".join(c for c in text[:1000] if unicodedata.category(c)[0] != "C").strip()
    return kept if len(kept) <= MAX_NAME else kept[: MAX_NAME - 1] + "…"
