"""The store: studies, their finished trials and finished runs, kept in a database.

Nothing that has been computed waits for the database, or is lost because it is away: what is to be
kept goes into a queue first, the queue is written whenever the database answers, and `trouble` says
why it does not. What has been written is never written twice.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from rbm.dialects import clean
from rbm.settings import Settings
from rbm.tuning.database import RUNS, STUDIES, TRIALS, Database, StoreError
from rbm.tuning.documents import (
    Study,
    dict_to_settings,
    record_to_text,
    settings_to_dict,
    study_to_text,
    text_to_record,
    text_to_study,
)
from rbm.tuning.search import Record, Search

RETRY_SECONDS = 5.0
"""How long a database that is away is left alone before it is tried again."""
MAX_NAME = 200


@dataclass(frozen=True)
class Entry:
    """A study in the list of them; `created` in seconds since 1970, `best` mismatch or None."""

    name: str
    kind: str
    created: float
    trials: int
    best: float | None


@dataclass(frozen=True)
class FinishedRun:
    """A way of learning that was measured: `scores` by name, the mean `mismatch` among them."""

    name: str
    settings: Settings
    epochs: int
    mismatch: float
    scores: Mapping[str, Any]
    finished: float = 0.0


class Store:
    """One owner's studies and runs in a database, which may be given as its SQLAlchemy URL; safe
    to use from several threads. What belongs to others is not there.

    What looks something up raises `StoreError` with a sentence; what keeps something does so only
    when there is nothing left that it could belong to.
    """

    def __init__(
        self, database: Database | str, owner: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        self.database = Database(database) if isinstance(database, str) else database
        self.owner = owner
        self._clock = clock
        self._queue: list[Callable[[Connection], None]] = []
        self._missing: set[str] = set()
        self._writing = threading.Lock()
        self._refusal = ""
        self._closed = threading.Event()
        self._late: threading.Thread | None = None

    @property
    def pending(self) -> int:
        """How much has not been written yet."""
        return len(self._queue)

    @property
    def trouble(self) -> str:
        """Why not everything has been written, in a sentence; "" while all is well."""
        if not self._refusal or not self.pending:
            return ""
        wait = "1 result waits" if self.pending == 1 else f"{self.pending} results wait"
        return f"{self._refusal} {wait} to be written, which goes on being tried."

    def open(self, name: str, study: Study) -> tuple[Record, ...]:
        """The finished trials of the study of that name, which is begun if there is none.

        Raises `StoreError` when another study has that name.
        """
        title, document = title_of(name), study_to_text(study)
        kind = "search" if isinstance(study, Search) else "sweep"

        def work(connection: Connection) -> str:
            row = self._study_row(connection, title)
            if row is not None:
                return str(row.document)
            connection.execute(
                STUDIES.insert().values(
                    owner=self.owner,
                    name=title,
                    kind=kind,
                    document=document,
                    created=self._clock(),
                )
            )
            return document

        # Read and written again, as a younger program has more to say of the same study.
        there = _read(text_to_study, self.database.transaction(work))
        self._missing.discard(title)
        if study_to_text(there) != document:
            raise StoreError(
                f"There is another study named {title!r}: take another name, or delete that one."
            )
        return self.records(title)

    def studies(self) -> tuple[Entry, ...]:
        """All studies, the newest first."""
        whole = TRIALS.c.objective
        query = (
            select(
                STUDIES.c.name, STUDIES.c.kind, STUDIES.c.created, func.count(TRIALS.c.number),
                func.min(whole).filter(TRIALS.c.pruned.is_(False)),
            )
            .outerjoin(TRIALS, TRIALS.c.study == STUDIES.c.id)
            .where(STUDIES.c.owner == self.owner)
            .group_by(STUDIES.c.id, STUDIES.c.name, STUDIES.c.kind, STUDIES.c.created)
            .order_by(STUDIES.c.created.desc(), STUDIES.c.id.desc())
        )  # fmt: skip
        return self.database.transaction(
            lambda connection: tuple(Entry(*row) for row in connection.execute(query))
        )

    def study(self, name: str) -> Study:
        """The study of that name."""
        title = title_of(name)
        row = self.database.transaction(lambda connection: self._study_row(connection, title))
        if row is None:
            raise StoreError(f"There is no study named {title!r}.")
        return _read(text_to_study, str(row.document))

    def records(self, name: str) -> tuple[Record, ...]:
        """The finished trials of a study by number; () for a study that is not there."""
        query = (
            select(TRIALS.c.number, TRIALS.c.document, TRIALS.c.picture)
            .join(STUDIES, TRIALS.c.study == STUDIES.c.id)
            .where(self._named(title_of(name)))
            .order_by(TRIALS.c.number)
        )
        rows = self.database.transaction(lambda connection: connection.execute(query).all())
        return tuple(_read(text_to_record, *row) for row in rows)

    def keep(self, name: str, record: Record) -> None:
        """Keeps a finished trial of a study: at once, or as soon as the database is back.

        Raises `StoreError` once the study is not there any more, until `open` begins it again.
        """
        title, token, finished = title_of(name), uuid.uuid4().hex, self._clock()
        document = record_to_text(record)

        def work(connection: Connection) -> None:
            study = self._study_row(connection, title)
            if study is None:
                self._missing.add(title)
                return
            if _has(connection, TRIALS, token):
                return  # it was written although nobody heard of that
            own = TRIALS.c.study == study.id
            taken = set(connection.execute(select(TRIALS.c.number).where(own)).scalars())
            number = max(taken) + 1 if record.number in taken else record.number
            connection.execute(
                TRIALS.insert().values(
                    study=study.id, number=number, token=token, document=document,
                    picture=record.outcome.picture, objective=record.objective,
                    pruned=record.outcome.pruned, finished=finished,
                )
            )  # fmt: skip

        self._keep(work)
        if title in self._missing:
            raise StoreError(
                f"The study {title!r} is not in the database any more: it was deleted, or the "
                "database is another one now."
            )

    def keep_run(self, run: FinishedRun) -> None:
        """Keeps a finished run: at once, or as soon as the database is back."""
        token, finished = uuid.uuid4().hex, self._clock()
        settings = json.dumps({"epochs": run.epochs, **settings_to_dict(run.settings)})
        scores = json.dumps(dict(run.scores))

        def work(connection: Connection) -> None:
            if not _has(connection, RUNS, token):
                connection.execute(
                    RUNS.insert().values(
                        token=token, owner=self.owner, name=title_of(run.name), settings=settings,
                        scores=scores, mismatch=run.mismatch, finished=finished,
                    )
                )  # fmt: skip

        self._keep(work)

    def runs(self, most: int = 1_000) -> tuple[FinishedRun, ...]:
        """Finished runs, the best first."""
        own = select(RUNS).where(RUNS.c.owner == self.owner)
        query = own.order_by(RUNS.c.mismatch, RUNS.c.id).limit(most)
        rows = self.database.transaction(lambda connection: connection.execute(query).all())
        return tuple(_read(_finished_run, row) for row in rows)

    def delete(self, name: str) -> None:
        """Deletes a study with all its trials."""
        query = STUDIES.delete().where(self._named(title_of(name)))
        self.database.transaction(lambda connection: connection.execute(query))

    def flush(self) -> bool:
        """Writes what is waiting; whether all of it is written now."""
        with self._writing:
            waiting = tuple(self._queue)
            if waiting:
                try:
                    self.database.transaction(
                        lambda connection: [work(connection) for work in waiting], attempts=2
                    )
                except StoreError as error:
                    self._refusal = str(error)
                    self._write_later()
                    return False
            self._refusal = ""
            del self._queue[: len(waiting)]
        return True

    def close(self) -> None:
        """Writes what is waiting if it can, and lets the database go."""
        self._closed.set()
        self.flush()
        self.database.close()

    def _named(self, title: str) -> ColumnElement[bool]:
        return and_(STUDIES.c.owner == self.owner, STUDIES.c.name == title)

    def _study_row(self, connection: Connection, title: str) -> Any:
        return connection.execute(select(STUDIES).where(self._named(title))).first()

    def _keep(self, work: Callable[[Connection], None]) -> None:
        self._queue.append(work)
        if not self._refusal:  # else it is away, and whoever computes does not wait for it
            self.flush()

    def _write_later(self) -> None:
        if self._late is None and not self._closed.is_set():
            self._late = threading.Thread(target=self._write_late, name="rbm-store", daemon=True)
            self._late.start()

    def _write_late(self) -> None:
        """Tries again until everything has been written, also when nothing more is kept."""
        while not self._closed.wait(RETRY_SECONDS):
            self.flush()
            with self._writing:
                if not self._queue:
                    self._late = None
                    return


def _has(connection: Connection, table: Table, token: str) -> bool:
    return bool(connection.execute(select(table.c.token).where(table.c.token == token)).first())


def _finished_run(row: Any) -> FinishedRun:
    settings = json.loads(row.settings)
    epochs = int(settings.pop("epochs"))
    return FinishedRun(
        row.name, dict_to_settings(settings), epochs, row.mismatch, json.loads(row.scores),
        row.finished,
    )  # fmt: skip


def _read(make: Callable[..., Any], *texts: Any) -> Any:
    try:
        return make(*texts)
    except ValueError as error:
        raise StoreError(str(error)) from None


def title_of(name: str) -> str:
    """The name under which a study of that name is kept."""
    return clean(name)[:MAX_NAME] or "Study without a name"
