"""The database of studies: opening it by its URL, its tables, and what to say when it fails.

Any URL of SQLAlchemy works; SQLite (a file of this machine) and PostgreSQL (a shared server) are
tested. A transaction is short and either whole or not there at all. Trouble that may pass, as a
file that somebody is writing or a server that starts again, is waited out a moment; then it becomes
a `StoreError`, a sentence without passwords.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    NoSuchModuleError,
    SQLAlchemyError,
)

from rbm.data_folder import data_folder

_Result = TypeVar("_Result")

VARIABLE = "RBM_DATABASE"
VERSION = 2
"""Of the tables below; each younger one needs a step that leads an older database to it."""
ATTEMPTS = 4
PATIENCE = 0.1
"""Seconds before the second attempt; twice as many before each further one."""
LONGEST = 8.0
"""Seconds after which nothing is attempted again, as people wait for the answer."""
CONNECT_SECONDS = 5
"""For a connection, or for whoever is writing a file, before an attempt has failed."""
ANSWER_SECONDS = 15.0
"""For PostgreSQL to do one statement, and to be heard of at all, before an attempt has failed."""

TABLES = MetaData()
SCHEMA = Table("rbm_schema", TABLES, Column("version", Integer, primary_key=True))
STUDIES = Table(
    "rbm_studies",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("document", Text, nullable=False),
    Column("created", Float, nullable=False),
    UniqueConstraint("owner", "name"),
)
TRIALS = Table(
    "rbm_trials",
    TABLES,
    Column("study", ForeignKey(STUDIES.c.id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("token", String(32), nullable=False, unique=True),
    Column("document", Text, nullable=False),
    Column("picture", LargeBinary, nullable=False),
    Column("objective", Float, nullable=False),
    Column("pruned", Boolean, nullable=False),
    Column("finished", Float, nullable=False),
)
RUNS = Table(
    "rbm_runs",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("token", String(32), nullable=False, unique=True),
    Column("owner", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("settings", Text, nullable=False),
    Column("scores", Text, nullable=False),
    Column("mismatch", Float, nullable=False),
    Column("finished", Float, nullable=False),
)
PLANS = Table(
    "rbm_plans",
    TABLES,
    Column("study", ForeignKey(STUDIES.c.id, ondelete="CASCADE"), primary_key=True),
    Column("trials", Integer),
    Column("seconds", Float),
)
"""Trials and runs carry a random `token`, so that one written twice, as its writer did not hear
that the first time had worked, is there once. `owner`: whose it is, "" for a command line.
A plan is what a study was begun for, in trials or in seconds, until that is reached or given up."""


class StoreError(ValueError):
    """The database cannot do it; the message is one sentence for the person who asked."""


class Database:
    """The database at `url`, a file's folder and all tables being made when first needed."""

    def __init__(self, url: str) -> None:
        try:
            self.url = _with_driver(make_url(url))
            self._engine = create_engine(
                self.url, pool_pre_ping=True, connect_args=_connect_args(self.url)
            )
        except (ArgumentError, NoSuchModuleError, ValueError):
            raise StoreError(
                "That is no address of a database; it looks like sqlite:///runs.sqlite or "
                "postgresql://user:password@host/name."
            ) from None
        except ImportError as error:
            raise StoreError(
                f"This database needs the package {error.name}, which is not installed: "
                "pip install 'rbm[cluster]'."
            ) from None
        if self.url.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "checkout", _refuse_removed_file)
        elif self.url.get_backend_name() == "postgresql":
            event.listen(self._engine, "connect", _prepare_postgresql)
        self._ready = False

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Lets all connections go; the next transaction opens new ones."""
        self._engine.dispose()

    def transaction(
        self, work: Callable[[Connection], _Result], attempts: int = ATTEMPTS
    ) -> _Result:
        """What `work` returns, done in one transaction; `work` may be called several times, but
        only one time stays. Raises `StoreError`."""
        until = time.monotonic() + LONGEST
        for attempt in range(attempts):
            try:
                if not self._ready:
                    self._make_tables()
                with self._engine.begin() as connection:
                    return work(connection)
            except (DBAPIError, OSError) as error:
                self._ready = False  # the tables may have gone, with a file that was removed
                if attempt == attempts - 1 or time.monotonic() > until:
                    raise StoreError(self._sentence(error)) from error
                time.sleep(PATIENCE * 2**attempt)
            except SQLAlchemyError as error:
                raise StoreError(self._sentence(error)) from error
        raise StoreError(f"The database {self} was never tried.")

    def _make_tables(self) -> None:
        file = self.url.database if self.url.get_backend_name() == "sqlite" else None
        if file and file != ":memory:":
            Path(file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._engine.begin() as connection:
            there = inspect(connection).has_table(SCHEMA.name)
            version = connection.execute(select(SCHEMA.c.version)).scalar() if there else None
            if version == 1:
                version = _give_owners(connection)
            TABLES.create_all(connection)
            if version is None:
                connection.execute(SCHEMA.insert().values(version=VERSION))
            elif version != VERSION:
                raise StoreError(
                    f"The database {self} was made by another version of this program."
                )
        self._ready = True

    def _sentence(self, error: Exception) -> str:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()
        said = reason[0][:200] if reason else type(error).__name__
        return f"The database {self} cannot be used now ({said})."


def default_url(environment: Mapping[str, str], windows: bool = False) -> str:
    """`RBM_DATABASE`, or else a file in this person's data folder. Raises `StoreError`."""
    wish = environment.get(VARIABLE, "").strip()
    if wish.lower() == "off":
        raise StoreError(f"{VARIABLE} is “off”: name a database instead, or unset it.")
    if wish:
        return wish
    try:
        folder = data_folder(environment, windows)
    except RuntimeError:
        raise StoreError(
            f"There is no home folder to keep studies in: set {VARIABLE} to a database's URL."
        ) from None
    return f"sqlite:///{folder / 'tuning.sqlite'}"


def _give_owners(connection: Connection) -> int:
    """From version 1, which knew no owners, to 2: all there is becomes the command line's."""
    if connection.dialect.name == "sqlite":  # which otherwise commits each change of a table
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    old = MetaData()
    old.reflect(connection, only=[table.name for table in (STUDIES, TRIALS, RUNS)])
    rows = {
        name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for name, table in old.tables.items()
    }
    old.drop_all(connection)
    TABLES.create_all(connection)
    ids = {}
    for row in rows[STUDIES.name]:  # numbered anew, as a sequence must know its numbers
        before = row.pop("id")
        made = STUDIES.insert().values(owner="", **row).returning(STUDIES.c.id)
        ids[before] = connection.execute(made).scalar_one()
    for row in rows[TRIALS.name]:
        connection.execute(TRIALS.insert().values(**row | {"study": ids[row["study"]]}))
    for row in rows[RUNS.name]:
        del row["id"]
        connection.execute(RUNS.insert().values(owner="", **row))
    connection.execute(SCHEMA.update().values(version=2))
    return 2


def _with_driver(url: URL) -> URL:
    """PostgreSQL's URL with the driver that comes with the optional packages, unless it has one."""
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    return url


def _connect_args(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": CONNECT_SECONDS}
    if url.get_backend_name() == "postgresql":
        unheard = int(1000 * ANSWER_SECONDS)
        return {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": unheard}
    return {}


def _prepare_sqlite(connection: Any, record: Any) -> None:
    """Readers and one writer at a time do not wait for each other; studies take their trials
    with them when they are deleted."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    record.info["file"] = _file_of(connection)


def _refuse_removed_file(connection: Any, record: Any, _: object) -> None:
    """A connection to a file that was removed would go on writing where nobody can read."""
    if _file_of(connection) != record.info["file"]:
        raise DisconnectionError("The file was removed or replaced.")


def _file_of(connection: Any) -> tuple[int, int] | None:
    """Which file stands under the name that a connection has opened; None: none does."""
    name = connection.execute("PRAGMA database_list").fetchone()[2]
    try:
        found = os.stat(name)
    except FileNotFoundError:  # or it is in memory, and has no name
        return None
    return found.st_dev, found.st_ino


def _prepare_postgresql(connection: Any, _: object) -> None:
    """A statement that waits for others, as for a table that somebody has locked, fails in time."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {int(1000 * ANSWER_SECONDS)}")
    connection.commit()
