"""The file of a library of runs: opening it, its schema, and what to say when it is unusable.

A file is used only when it is empty or carries our mark; anything else is left as it is. Its schema
has a version, and an older one is led to the newest on first use.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

APPLICATION_ID = 0x52424D31
"""Written into the file's header ("RBM1"), so that no other program's file is taken for ours."""

MAX_VALUE = 64_000_000
"""Bytes of one value: a damaged file cannot ask for more memory than this."""


class LibraryError(ValueError):
    """The library cannot do it; the message is one sentence for the person who asked."""


@contextmanager
def transaction(path: Path, *, write: bool, wait: float) -> Iterator[sqlite3.Connection]:
    """One connection, one transaction: kept whole when the block ends, else undone whole.

    A writer creates the file when there is none, readable by its owner only. Waits up to `wait`
    seconds for others. Raises `LibraryError` when the file cannot be used.
    """
    try:
        if write and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
        name = path if path.exists() else ":memory:"  # looking must not create a file
        with closing(sqlite3.connect(name, timeout=wait, isolation_level=None)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
            _prepare(connection)
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            with connection:
                yield connection
    except sqlite3.Error as error:
        raise LibraryError(_sentence(error)) from error
    except UnicodeDecodeError:  # damage inside a text
        raise LibraryError(SENTENCES["SQLITE_CORRUPT"]) from None
    except OSError as error:
        raise LibraryError(f"The library's file cannot be used: {error.strerror}.") from error


def _prepare(connection: sqlite3.Connection) -> None:
    """Makes an empty file a library, an older library the newest; refuses everything else."""
    connection.execute("PRAGMA foreign_keys = ON")
    with connection:  # all three of one moment, as somebody may be making the file just now
        connection.execute("BEGIN")
        mark, version, tables = _header(connection)
    if (mark, version) == (APPLICATION_ID, len(MIGRATIONS)):
        return
    if mark == version == tables == 0:
        with _CREATING:  # a change of journal does not wait for others by itself
            connection.execute("PRAGMA auto_vacuum = FULL")
            connection.execute("PRAGMA journal_mode = WAL")
    elif mark != APPLICATION_ID:
        raise LibraryError("The library's file belongs to another program; nothing was changed.")
    elif version > len(MIGRATIONS):
        raise LibraryError("The library's file was made by a newer version of this program.")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for number in range(_header(connection)[1], len(MIGRATIONS)):  # others may have been faster
            for statement in MIGRATIONS[number]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _header(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Application id, version of the schema, number of tables."""
    queries = ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    mark, version, tables = (connection.execute(query).fetchone()[0] for query in queries)
    return mark, version, tables


def _sentence(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    for start, sentence in SENTENCES.items():
        if name.startswith(start):
            return sentence
    return f"The library's file cannot be used ({error})."


_CREATING = threading.Lock()

SENTENCES = {
    "SQLITE_BUSY": "The library is busy with somebody else's work: try again in a moment.",
    "SQLITE_LOCKED": "The library is busy with somebody else's work: try again in a moment.",
    "SQLITE_FULL": "The disk is full, so nothing was kept: save the run as a file instead.",
    "SQLITE_READONLY": "The library's file can only be read, so nothing was changed.",
    "SQLITE_NOTADB": "The library's file is damaged or not a library; nothing was changed.",
    "SQLITE_CORRUPT": "The library's file is damaged; nothing was changed.",
    "SQLITE_CANTOPEN": "The library's file cannot be opened.",
}
"""What to say, by how SQLite's name of the error begins."""

MIGRATIONS = (
    (
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, name TEXT NOT NULL,
            note TEXT NOT NULL, starred INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL,
            deleted REAL, size INTEGER NOT NULL, summary TEXT NOT NULL) STRICT""",
        "CREATE INDEX runs_of_person ON runs (person, created)",
        """CREATE TABLE contents (
            run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            content BLOB NOT NULL) STRICT""",
    ),
)
"""Statements that lead from version n of the schema to n + 1, never edited once released. Contents
have a table of their own so that a list never reads them."""
