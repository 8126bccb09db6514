"""The boards in a database: entering, what is to be checked next, and what came of it.

A board is shared by all who use the database. Who has entered what is stored as the same name that
studies carry, which is no secret of theirs.
"""

from __future__ import annotations

import hashlib
import json
import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    select,
)

from rbm.dialects import clean
from rbm.settings import Settings
from rbm.tuning.database import TABLES, Database, StoreError
from rbm.tuning.documents import dict_to_settings, settings_to_dict
from rbm.tuning.leaderboard import (
    BoardEntry,
    board_seeds,
    most_epochs,
    prepared,
    references,
    trials_of,
)
from rbm.tuning.trial import Trial

MOST_UNCHECKED = 3
"""Entries of one person that may wait to be checked."""
MAX_NAME = 40

ENTRIES = Table(
    "rbm_entries",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("pattern", String(40), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("reference", Boolean, nullable=False),
    Column("settings", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("result", Text, nullable=False),
    Column("picture", LargeBinary, nullable=False),
    Column("entered", Float, nullable=False),
    UniqueConstraint("pattern", "digest"),
)
"""`state`: "waiting", "ranked" or "refused"; `result`: a mismatch for each seed as JSON, null for a
run that diverged, or why it was refused; `digest`: of settings and epochs, for one entry each."""
SECRETS = Table(
    "rbm_board_secret",
    TABLES,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("secret", String(64), nullable=False),
)
"""One row, from which the seeds of all boards follow."""
_WAITING = ENTRIES.c.state == "waiting"
_IN_TURN = (ENTRIES.c.reference, ENTRIES.c.id)
"""What waits longest first; presets after what people have entered."""


class Leaderboard:
    """The boards in a database; safe to use from several threads. Everything raises `StoreError`
    with a sentence where the database cannot be used."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        database.transaction(lambda connection: TABLES.create_all(connection, [ENTRIES, SECRETS]))

    def enter(self, settings: Settings, epochs: int, name: str, owner: str) -> BoardEntry:
        """Puts settings on the board of their pattern, to be checked.

        Raises `ValueError` with a sentence for what no board takes, what is there already, a name
        of more than `MAX_NAME` characters, and for more than `MOST_UNCHECKED` entries of one
        person that wait.
        """
        name = _line(name)
        settings = prepared(settings, settings.pattern)
        most = most_epochs(settings)
        if not 1 <= epochs <= most:
            raise ValueError(
                f"The tutorial's budget buys these settings 1 to {most:,} epochs; got {epochs:,}."
            )

        def work(connection: Connection) -> BoardEntry:
            there = _same(connection, settings, epochs)
            if there is not None:
                raise ValueError(_there_already(_entry(there), owner))
            own = select(func.count()).where(
                ENTRIES.c.owner == owner, _WAITING, ENTRIES.c.reference.is_(False)
            )
            if (connection.execute(own).scalar() or 0) >= MOST_UNCHECKED:
                raise ValueError(
                    f"{MOST_UNCHECKED} entries of yours are still being checked: enter more when "
                    "one of them has its rank."
                )
            self._add(connection, settings, epochs, name, owner)
            return _entry(_same(connection, settings, epochs))

        return self._database.transaction(work)

    def rename(self, settings: Settings, epochs: int, name: str, owner: str) -> bool:
        """Gives the entry that `owner` has made of these settings another name; False where there
        is none, or where it is called so already. Raises `ValueError` as `enter` does."""
        name = _line(name)
        settings = prepared(settings, settings.pattern)

        def work(connection: Connection) -> bool:
            there = _same(connection, settings, epochs)
            if there is None or there.name == name or not _is_own(_entry(there), owner):
                return False
            query = ENTRIES.update().where(ENTRIES.c.id == there.id).values(name=name)
            connection.execute(query)
            return True

        return self._database.transaction(work)

    def set_up(self, pattern: str) -> None:
        """Enters the presets that are not on the boards of a pattern yet."""

        def work(connection: Connection) -> None:
            for name, (settings, epochs) in references(pattern).items():
                if _same(connection, settings, epochs) is None:
                    self._add(connection, settings, epochs, name, "", reference=True)

        self._database.transaction(work)

    def entries(self, pattern: str) -> tuple[BoardEntry, ...]:
        """All entries of a pattern in the order in which they came."""
        query = select(ENTRIES).where(ENTRIES.c.pattern == pattern).order_by(ENTRIES.c.id)
        rows = self._database.transaction(lambda connection: connection.execute(query).all())
        presets = references(pattern)
        return tuple(_entry(row, presets) for row in rows)

    def next_unchecked(self) -> BoardEntry | None:
        """What has waited longest, on any board; presets after what people have entered."""
        query = select(ENTRIES).where(_WAITING).order_by(*_IN_TURN).limit(1)
        row = self._database.transaction(lambda connection: connection.execute(query).first())
        return None if row is None else _entry(row)

    def queue(self) -> tuple[int, ...]:
        """The ids of what is to be checked, on all boards, in the order of `next_unchecked`."""
        query = select(ENTRIES.c.id).where(_WAITING).order_by(*_IN_TURN)
        rows = self._database.transaction(lambda connection: connection.execute(query).all())
        return tuple(row.id for row in rows)

    def trials(self, entry: BoardEntry) -> tuple[Trial, ...]:
        """The runs that check an entry."""
        return trials_of(entry, board_seeds(self._secret(), entry.settings.pattern))

    def settle(self, entry: BoardEntry, scores: Sequence[float], picture: bytes = b"") -> None:
        """Notes the mismatch of each of an entry's `trials`, NaN for a run that diverged, and the
        picture of the first."""
        text = json.dumps([None if math.isnan(score) else score for score in scores])
        self._note(entry, state="ranked", result=text, picture=picture)

    def refuse(self, entry: BoardEntry, reason: str) -> None:
        """Notes why an entry cannot be measured."""
        self._note(entry, state="refused", result=reason)

    def remove(self, entry: BoardEntry) -> None:
        """Takes an entry away for good."""
        query = ENTRIES.delete().where(_is(entry))
        self._database.transaction(lambda connection: connection.execute(query))

    def _add(
        self, connection: Connection, settings: Settings, epochs: int, name: str, owner: str,
        *, reference: bool = False,
    ) -> None:  # fmt: skip
        document, digest = _document(settings, epochs)
        connection.execute(
            ENTRIES.insert().values(
                pattern=settings.pattern, digest=digest, name=name, owner=owner,
                reference=reference, settings=document, state="waiting", result="",
                picture=b"", entered=self._clock(),
            )
        )  # fmt: skip

    def _note(self, entry: BoardEntry, **values: str | bytes) -> None:
        query = ENTRIES.update().where(_is(entry)).values(**values)
        self._database.transaction(lambda connection: connection.execute(query))

    def _secret(self) -> str:
        """Made once; of two servers that make it at once, one fails and then reads the other's."""

        def work(connection: Connection) -> str:
            secret = connection.execute(select(SECRETS.c.secret)).scalar()
            if secret is None:
                secret = secrets.token_hex(16)
                connection.execute(SECRETS.insert().values(id=1, secret=secret))
            return str(secret)

        return self._database.transaction(work)


def _line(name: str) -> str:
    """A name as it is kept, one line of what can be seen. Raises `ValueError` for a long one."""
    kept = clean(name)
    if len(kept) > MAX_NAME:
        raise ValueError(
            f"A name has up to {MAX_NAME} characters, and this one has {len(name.strip())}: "
            "shorten it, then enter again."
        )
    return kept


def _is_own(entry: BoardEntry, owner: str) -> bool:
    return entry.owner == owner and not (entry.reference or entry.preset)


def _is(entry: BoardEntry) -> ColumnElement[bool]:
    """The row of an entry, and not of one that has got its number after it was removed."""
    return and_(ENTRIES.c.id == entry.id, ENTRIES.c.entered == entry.entered)


def _same(connection: Connection, settings: Settings, epochs: int) -> Any:
    """The row of these very settings and epochs, or None."""
    digest = _document(settings, epochs)[1]
    query = select(ENTRIES).where(ENTRIES.c.pattern == settings.pattern, ENTRIES.c.digest == digest)
    return connection.execute(query).first()


def _document(settings: Settings, epochs: int) -> tuple[str, str]:
    """Settings and epochs as JSON, and a hash of those that are not as by default, so that it
    stays the same when a younger program has more settings."""
    held, usual = settings_to_dict(settings), settings_to_dict(Settings())
    told = {name: value for name, value in held.items() if value != usual[name]}
    digest = hashlib.blake2b(_text({"epochs": epochs, **told}).encode(), digest_size=16)
    return _text({"epochs": epochs, **held}), digest.hexdigest()


def _text(held: Mapping[str, Any]) -> str:
    return json.dumps(held, sort_keys=True)


def _entry(row: Any, presets: Mapping[str, tuple[Settings, int]] | None = None) -> BoardEntry:
    """The entry of a row; `presets`: the `references` of its pattern, where they are at hand."""
    try:
        held = json.loads(row.settings)
        epochs = int(held.pop("epochs"))
        settings = dict_to_settings(held)
        scores = json.loads(row.result) if row.state == "ranked" else ()
        known = (presets or references(settings.pattern)).items()
        return BoardEntry(
            row.id, row.name, row.owner, settings, epochs,
            preset=next((name for name, own in known if own == (settings, epochs)), ""),
            reference=row.reference,
            scores=tuple(math.nan if score is None else float(score) for score in scores),
            picture=bytes(row.picture),
            refused=row.result if row.state == "refused" else "",
            entered=row.entered,
        )  # fmt: skip
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"Entry {row.id} of the board cannot be read: {error}") from None


def _there_already(entry: BoardEntry, owner: str) -> str:
    if entry.preset:
        who = f"they are the preset {entry.preset}"
    elif entry.reference:
        who = f"they were the preset {entry.name}"
    else:
        who = "you have entered them" if entry.owner == owner else "somebody has entered them"
    return f"These very settings are on the board already: {who}."
