"""A library of runs: one SQLite file in which each person keeps work between visits.

What is kept is opaque here: the bytes of a run file, with a name, a note, a star and a summary to
find it by. Every function takes the person first and reaches only what belongs to that person.
Deleting moves to a bin, from where a run comes back until it has lain there for a week or its
room is needed. An operation is one short connection and one transaction, so threads and tabs need
not know of each other; whatever is wrong with the file becomes a `LibraryError`, a sentence.
"""

from __future__ import annotations

import json
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rbm.dialects import clean
from rbm.library_file import SENTENCES, LibraryError, transaction

MAX_NOTE = 2_000
MAX_THUMBNAIL = 100
"""Points of each kind in a thumbnail."""
BIN_DAYS = 7
"""Days that a deleted run can still be taken back."""

GONE = "That run is no longer in the library."

Dots = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Limits:
    """How much a library takes; sizes in bytes of content. `busy` seconds wait for other tabs."""

    content: int = 32_000_000
    entries: int = 200
    person: int = 500_000_000
    total: int = 5_000_000_000
    busy: float = 5.0


@dataclass(frozen=True)
class Summary:
    """What a run is recognised by without opening it.

    `data`: name of the pattern or of the data set; `mismatch`: None when not measured; `points`
    and `reconstruction`: a thumbnail, in whole percent of the unit square, y upward.
    """

    data: str
    epoch: int
    mismatch: float | None = None
    points: Dots = ()
    reconstruction: Dots = ()


@dataclass(frozen=True)
class Entry:
    """One kept run. `created` in seconds since 1970; `size` in bytes of its content."""

    id: int
    name: str
    note: str
    starred: bool
    created: float
    size: int
    summary: Summary


class Library:
    """The library in the file `path`, which the first `save` creates, readable by its owner only.

    Every method raises `LibraryError` when the file cannot be used or the run is not there.
    """

    def __init__(
        self, path: Path, limits: Limits | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.path = path
        self.limits = limits or Limits()
        self._clock = clock

    def save(self, person: str, name: str, note: str, content: bytes, summary: Summary) -> int:
        """Keeps a run and returns its id; when room is short, the bin is emptied, oldest first."""
        if len(content) > self.limits.content:
            raise LibraryError(
                f"This run takes {_megabytes(len(content))}, and the library keeps runs of up to "
                f"{_megabytes(self.limits.content)}: save it as a file instead."
            )
        with self._transaction(write=True) as connection:
            self._make_room(connection, person, len(content))
            row = (person, _name(name), _note(note), self._clock(), len(content), _pack(summary))
            number = connection.execute(
                "INSERT INTO runs (person, name, note, created, size, summary)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            assert number is not None  # an INSERT always has one
            connection.execute(
                "INSERT INTO contents (run, content) VALUES (?, ?)", (number, content)
            )
        return number

    def entries(
        self, person: str, search: str = "", starred_only: bool = False
    ) -> tuple[Entry, ...]:
        """The person's runs that are `matching`, newest first."""
        found = self._select(
            "person = ? AND deleted IS NULL ORDER BY created DESC, id DESC", person
        )
        return matching(found, search, starred_only)

    def deleted(self, person: str) -> tuple[Entry, ...]:
        """What can still be taken back, the last deleted first."""
        return self._select(
            "person = ? AND deleted > ? ORDER BY deleted DESC, id DESC", person, self._bin_since()
        )

    def content(self, person: str, entry: int) -> bytes:
        """The bytes that were saved."""
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT content FROM contents JOIN runs ON runs.id = run"
                " WHERE runs.id = ? AND person = ? AND deleted IS NULL",
                (entry, person),
            ).fetchone()
        if row is None:
            raise LibraryError(GONE)
        if not isinstance(row[0], bytes):
            raise LibraryError(SENTENCES["SQLITE_CORRUPT"])
        return row[0]

    def annotate(self, person: str, entry: int, name: str, note: str) -> None:
        """Gives a run another name and note."""
        self._update(
            person, entry, "name = :name, note = :note", name=_name(name), note=_note(note)
        )

    def star(self, person: str, entry: int, on: bool) -> None:
        """Marks a run, or takes the mark away."""
        self._update(person, entry, "starred = :on", on=int(on))

    def delete(self, person: str, entry: int) -> None:
        """Moves a run to the bin; `undelete` takes it back."""
        self._update(person, entry, "deleted = :now", now=self._clock())

    def undelete(self, person: str, entry: int) -> None:
        """Takes a run back from the bin, as it was."""
        since = self._bin_since()
        self._update(person, entry, "deleted = NULL", "deleted > :since", since=since)

    def empty_bin(self, person: str) -> None:
        """Removes the person's deleted runs for good."""
        with self._transaction(write=True) as connection:
            connection.execute(
                "DELETE FROM runs WHERE person = ? AND deleted IS NOT NULL", (person,)
            )

    def _select(self, condition: str, *values: object) -> tuple[Entry, ...]:
        columns = "id, name, note, starred, created, size, summary"
        with self._transaction() as connection:
            rows = connection.execute(f"SELECT {columns} FROM runs WHERE {condition}", values)
            return tuple(_entry(*row) for row in rows)

    def _update(
        self, person: str, entry: int, change: str, where: str = "deleted IS NULL", **values: object
    ) -> None:
        with self._transaction(write=True) as connection:
            done = connection.execute(
                f"UPDATE runs SET {change} WHERE id = :entry AND person = :person AND {where}",
                {"entry": entry, "person": person, **values},
            )
            if done.rowcount != 1:
                raise LibraryError(GONE)

    def _bin_since(self) -> float:
        return self._clock() - BIN_DAYS * 86_400

    def _make_room(self, connection: sqlite3.Connection, person: str, size: int) -> None:
        """Empties the bin as far as needed for `size` more bytes, or raises `LibraryError`."""
        limits = self.limits
        connection.execute("DELETE FROM runs WHERE deleted <= ?", (self._bin_since(),))
        while True:
            count, held, total = connection.execute(
                "SELECT count(*) FILTER (WHERE person = :person),"
                " total(size) FILTER (WHERE person = :person), total(size) FROM runs",
                {"person": person},
            ).fetchone()
            if count >= limits.entries or held + size > limits.person:
                anyone = False
                full = f"{limits.entries:,} runs or {_megabytes(limits.person)}"
                refusal = f"Your library is full ({full}): delete some runs first."
            elif total + size > limits.total:
                anyone = True
                refusal = "The library of this server is full: save the run as a file instead."
            else:
                return
            dropped = connection.execute(
                "DELETE FROM runs WHERE id = (SELECT id FROM runs WHERE deleted IS NOT NULL"
                " AND (? OR person = ?) ORDER BY deleted, id LIMIT 1)",
                (anyone, person),
            )
            if not dropped.rowcount:
                raise LibraryError(refusal)

    def _transaction(self, write: bool = False) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self.path, write=write, wait=self.limits.busy)


def matching(
    entries: Iterable[Entry], search: str = "", starred_only: bool = False
) -> tuple[Entry, ...]:
    """Those in which every word of `search` occurs: in name, note or data, in capitals or not."""
    words = _folded(search).split()
    return tuple(
        entry
        for entry in entries
        if (entry.starred or not starred_only)
        and all(
            word in _folded(f"{entry.name}\n{entry.note}\n{entry.summary.data}") for word in words
        )
    )


def _pack(summary: Summary) -> str:
    short = asdict(summary) | {
        "data": clean(summary.data),
        "points": summary.points[:MAX_THUMBNAIL],
        "reconstruction": summary.reconstruction[:MAX_THUMBNAIL],
    }
    return json.dumps(short)


def _entry(
    number: int, name: str, note: str, starred: int, created: float, size: int, summary: str
) -> Entry:
    try:
        held = json.loads(summary)
        dots = {
            key: tuple((int(x), int(y)) for x, y in held[key])
            for key in ("points", "reconstruction")
        }
        mismatch = None if held["mismatch"] is None else float(held["mismatch"])
        known = Summary(str(held["data"]), int(held["epoch"]), mismatch, **dots)
        datetime.fromtimestamp(created, UTC)  # is one of our times
        return Entry(number, str(name), str(note), bool(starred), float(created), int(size), known)
    except (ValueError, TypeError, KeyError, OverflowError, OSError):
        raise LibraryError(SENTENCES["SQLITE_CORRUPT"]) from None


def _name(text: str) -> str:
    return clean(text) or "Run without a name"


def _note(text: str) -> str:
    """The note without control characters other than line ends, its length capped."""
    lines = text[: 2 * MAX_NOTE].splitlines()
    kept = ("".join(c for c in line if unicodedata.category(c)[0] != "C") for line in lines)
    return "\n".join(kept).strip()[:MAX_NOTE]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
