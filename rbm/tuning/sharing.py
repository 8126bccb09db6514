"""One study, searched by several programs at once: what the others find counts here, too.

Each keeps its trials in the same database and looks there now and then for those that it does not
know. A trial is known by all that is kept of it, seconds included, as two writers may have given
their trials the same number.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from rbm.tuning.database import StoreError
from rbm.tuning.documents import record_to_text
from rbm.tuning.search import Record, Search
from rbm.tuning.store import Store

LOOK_SECONDS = 10.0
"""Between two looks into the database; as long again for each that failed."""


def kept_again(
    store: Store, name: str, search: Search, found: Sequence[Record]
) -> tuple[Record, ...]:
    """All trials of a study: those that are kept, and those `found` here that are not, as it was
    deleted or the database is another one. The study is begun and told of them again.

    While the database is away: those found here. Raises `StoreError` when the name belongs to
    another study.
    """
    if not store.flush():
        return tuple(found)
    kept = {record_to_text(record) for record in store.open(name, search)}
    for record in found:
        if record_to_text(record) not in kept:
            store.keep(name, record)
    return store.records(name)


class Shared:
    """The study `name` of a store while it is searched here, some trials being `known`.

    `records`: what has been found elsewhere meanwhile.
    """

    def __init__(self, store: Store, name: str, known: Sequence[Record]) -> None:
        self.store, self.name = store, name
        self.records: tuple[Record, ...] = ()
        self._texts = {record_to_text(record) for record in known}
        self._numbers = {record.number for record in known}
        self._wait = LOOK_SECONDS
        self._looked = time.monotonic()

    def keep(self, record: Record) -> None:
        """Keeps a trial that was found here. Raises `StoreError` as a store does."""
        self._add(record)
        self.store.keep(self.name, record)

    def news(self) -> tuple[Record, ...]:
        """Trials found elsewhere since the last look; () between looks, and while the database is
        away. One whose number is taken here has the next free one."""
        if time.monotonic() - self._looked < self._wait or self.store.trouble:
            return ()
        try:
            stored = self.store.records(self.name)
            self._wait = LOOK_SECONDS
        except StoreError:
            stored = ()
            self._wait += LOOK_SECONDS
        self._looked = time.monotonic()
        new = []
        for record in stored:
            if record_to_text(record) not in self._texts:
                if record.number in self._numbers:
                    record = replace(record, number=max(self._numbers) + 1)
                self._add(record)
                new.append(record)
        self.records += tuple(new)
        return tuple(new)

    def _add(self, record: Record) -> None:
        self._texts.add(record_to_text(record))
        self._numbers.add(record.number)
