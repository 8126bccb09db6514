"""What a column of text holds: numbers, dates or words; and the cells as numbers.

Dates become seconds since 1970 while reading; `make_column` then counts from the column's first
date, in days when no date has a time of day. Every reader of `DATES` is strict: a cell that does
not fit the one format chosen for its column is no date, rather than a date with day and month
exchanged.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rbm.dialects import Dialect, clean, split_amount

MISSING = frozenset(
    ("", "-", "–", "—", "?", ".", "na", "n/a", "nan", "null", "none", "nil", "missing", "k. a.",
     "\\n", "#n/a", "#na", "#nv", "#value!", "#div/0!", "#ref!", "#null!", "#num!")
)  # fmt: skip
"""How files write that there is no value: such cells say nothing about a column's kind."""
KEPT_ODD_CELLS = 1_000
MAX_WORDS = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400.0


@dataclass(frozen=True, eq=False)
class Column:
    """One column. `values` (rows,) float64, NaN where a cell is no number; empty for words.

    `kind` is a key of `KINDS`; `odd_cells` keeps the text of the first cells that are no numbers
    by index, for messages; `unit` says what a date is counted in, or which sign was left out of
    every number ("€"); "" for plain numbers. `words`: what a column of words holds, in order of
    first appearance, and `codes` (rows,) each row's place among them; empty when there are more
    than `MAX_WORDS` different ones, which name nothing, and for files that are no text.
    """

    name: str
    kind: str
    values: NDArray[np.float64]
    odd_cells: Mapping[int, str]
    unit: str = ""
    words: tuple[str, ...] = ()
    codes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))


class WordCounter:
    """Gathers a column of words piece by piece, as long as there are few different ones."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._codes: list[NDArray[np.int64]] = []

    def add(self, cells: NDArray[Any]) -> None:
        """Takes the next cells (rows,) of text."""
        if len(self._places) > MAX_WORDS:
            return
        found, words = pd.factorize(cells)
        for word in words:
            self._places.setdefault(clean(word), len(self._places))
            if len(self._places) > MAX_WORDS:
                self._codes.clear()
                return
        places = np.array([self._places[clean(word)] for word in words], np.int64)
        self._codes.append(places[found] if len(places) else np.empty(0, np.int64))

    def column(self, name: str) -> Column:
        """The column of all cells taken."""
        if len(self._places) > MAX_WORDS:
            return Column(name, "text", np.empty(0), {})
        codes = np.concatenate([np.empty(0, np.int64), *self._codes])
        return Column(name, "text", np.empty(0), {}, "", tuple(self._places), codes)


def make_column(
    name: str,
    kind: str,
    values: NDArray[np.float64],
    odd_cells: Mapping[int, str],
    unit: str = "",
) -> Column:
    """A column of numbers; of dates when `kind` is one, and `values` seconds since 1970."""
    finite = values[np.isfinite(values)]
    if kind not in DATES or not finite.size:
        return Column(name, kind, values, odd_cells, unit)
    days = bool((finite % DAY == 0).all())
    if kind == "time":
        return Column(name, kind, values, odd_cells, "seconds since midnight")
    start = str(np.datetime64(math.floor(finite[0]), "s"))  # years beyond 9999 too
    text = start[:-9] if days else start.replace("T", " ")
    return Column(
        name, kind, (values - finite[0]) / (DAY if days else 1.0), odd_cells,
        f"{'days' if days else 'seconds'} since {text}",
    )  # fmt: skip


def find_kind(cells: Sequence[str], dialect: Dialect) -> str:
    """The kind of which at least half of the cells that are not missing are; else "text".

    Day and month in either order fit "1/2/2024"; the order that fits more cells wins, and day
    first of two that fit alike.
    """
    present = [cell for cell in cells if not is_missing(cell)]
    if common_unit(present):
        present = [split_amount(cell)[0] for cell in present]
    readers = {"number": dialect.number, **DATES}
    fitting = {
        kind: sum(read(cell) is not None for cell in present) for kind, read in readers.items()
    }
    if not present:
        return "text" if cells else "number"
    if 2 * fitting["number"] >= len(present):
        return "number"
    best = max(fitting, key=fitting.__getitem__)
    return best if 2 * fitting[best] >= len(present) else "text"


def is_missing(cell: str) -> bool:
    """Whether the cell says that there is no value."""
    return cell.strip().lower() in MISSING


def common_unit(cells: Sequence[str]) -> str:
    """The currency or percent sign that stands at every cell that is not missing; else ""."""
    units = {split_amount(cell)[1] for cell in cells if not is_missing(cell)}
    return units.pop() if len(units) == 1 else ""


def read_cells(
    cells: NDArray[Any], kind: str, dialect: Dialect, unit: str = ""
) -> tuple[NDArray[np.float64], Iterable[int]]:
    """Cells (rows,) of text as float64, NaN where they are no numbers, and which those are.

    With a `unit`, only cells that carry it are numbers.
    """
    text = "".join(cells)
    if not text:
        return np.full(len(cells), np.nan), range(len(cells))
    if kind == "number" and unit:
        amounts = [dialect.amount(cell) for cell in cells]
        found = [value if sign == unit else None for value, sign in amounts]
        return _with_nan(found)
    if kind == "number" and dialect.decimal == "." and "_" not in text:
        try:
            return cells.astype(np.float64), ()  # Python's float of each: `number` without a call
        except ValueError:
            pass
    read = DATES.get(kind, dialect.number)
    return _with_nan([read(cell) for cell in cells])


def _with_nan(found: Sequence[float | None]) -> tuple[NDArray[np.float64], Iterable[int]]:
    odd = (i for i, value in enumerate(found) if value is None)
    return np.array([np.nan if value is None else value for value in found], np.float64), odd


def keep_odd(kept: dict[int, str], start: int, odd: Iterable[int], cells: Sequence[str]) -> None:
    """Adds the odd cells of a piece that begins at row `start`, until enough are kept."""
    for i in odd:
        if len(kept) >= KEPT_ODD_CELLS:
            return
        kept[start + i] = clean(cells[i])


def _iso(cell: str) -> float | None:
    text = cell.strip()
    if not ISO.match(text):  # fromisoformat alone reads 20240501, a number, too
        return None
    try:
        return _seconds(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _ordered(order: str) -> Callable[[str], float | None]:
    """Reads dates such as 31.12.2024 or 31/12/24, 18:30:05, parts in this order of "dmy"."""

    def read(cell: str) -> float | None:
        found = PARTS.fullmatch(cell.strip())
        if found is None:
            return None
        part = dict(zip(order, (int(found[i]) for i in (1, 3, 4)), strict=True))
        year = part["y"] if part["y"] >= 100 else 2000 + part["y"] - 100 * (part["y"] > 68)
        clock = _clock(found["time"]) if found["time"] else 0.0
        try:
            day = _seconds(datetime(year, part["m"], part["d"]))
        except (ValueError, OverflowError):
            return None
        return None if clock is None else day + clock

    return read


def _clock(cell: str) -> float | None:
    """A time of day as seconds since midnight: 18:30, 18:30:05.25, 6:30 pm."""
    found = CLOCK.fullmatch(cell.strip())
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), float(found[3] or 0)
    half = (found[4] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "p") if half else hour
    return hour * 3600 + minute * 60 + second if hour < 24 and minute < 60 > second else None


def _seconds(moment: datetime) -> float:
    """Seconds since 1970; without a time zone the clock of Greenwich is meant."""
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH).total_seconds()


ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:$|[T ])")
PARTS = re.compile(
    r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{2}|[0-9]{4})(?:,?[ T]+(?P<time>[0-9]+:.*))?"
)
CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,9})?))?(?: ?([ap])\.?m\.?)?", re.IGNORECASE
)
DATES: dict[str, Callable[[str], float | None]] = {
    "iso": _iso,
    "day first": _ordered("dmy"),
    "month first": _ordered("mdy"),
    "time": _clock,
}
KINDS = {
    "number": "Number",
    "iso": "Date and time, 2024-12-31T18:30",
    "day first": "Date, day first: 31.12.2024 18:30",
    "month first": "Date, month first: 12/31/2024 18:30",
    "time": "Time of day, 18:30:05",
    "text": "Words",
}
"""What a column can be read as; only "text" cannot be learnt."""
