"""A sweep at work: shared by all tabs of a person that look at it, kept in the store as it goes."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial

from rbm.tuning import Background, Outcome
from rbm.tuning.database import StoreError
from rbm.tuning.store import Store
from rbm.tuning.sweep import Sweep
from rbm.tuning.sweep_study import name_of, outcomes_of, record_of, run_sweep, time_left

PATIENCE = 300.0
"""Seconds without anybody looking after which it pauses; the next look goes on."""


class Work:
    """A sweep, what is known of it, and what computes the rest; it begins stopped.

    When the last tab that holds it has gone, it is cancelled; what is in the store stays there.
    """

    def __init__(self, sweep: Sweep, store: Store | None, known: Mapping[int, Outcome]) -> None:
        """`known`: outcomes by place from elsewhere. Raises `StoreError`."""
        self.sweep = sweep
        self.name = name_of(sweep)
        self.store = store
        self.known = self._with_kept(known)
        self.background: Background[tuple[int, Outcome]] | None = None

    @property
    def outcomes(self) -> dict[int, Outcome]:
        """Place of a trial → what came of it, so far."""
        found = dict(self.background.items) if self.background else {}
        return {**self.known, **found}

    @property
    def complete(self) -> bool:
        """Whether nothing is left to train."""
        return len(self.outcomes) == len(self.sweep.trials)

    @property
    def state(self) -> str:
        """As of a `Background`, or "stopped" when nothing computes it."""
        if self.complete:
            return "done"
        return self.background.state if self.background else "stopped"

    @property
    def active(self) -> bool:
        """Whether more will come, now or after a pause."""
        return self.state in ("running", "paused")

    @property
    def changing(self) -> bool:
        """Whether a page has to look again: more comes, or waits to be written."""
        return self.active or bool(self.store and self.store.trouble)

    @property
    def seconds_left(self) -> float | None:
        """As `rbm.tuning.sweep_study.time_left`."""
        if self.background is None:
            return None
        found = [place for place, _ in self.background.items]
        return time_left(self.sweep, self.known, found, self.background.progress)

    def look(self) -> None:
        """Somebody looks at it."""
        if self.background:
            self.background.look()

    def go_on(self, executor: Executor) -> None:
        """Trains what is left; does nothing while it does so already."""
        if self.active or self.complete:
            if self.background:
                self.background.resume()
            return
        self.known = self.outcomes
        if self.store and self.store.flush():
            with suppress(StoreError):  # the database is away, and what comes waits for it
                self.known = self._with_kept(self.known)
        store, keep = self.store, None
        if store:
            keep = partial(_keep, store, self.name, self.sweep)
        left = len(self.sweep.trials) - len(self.known)
        trials = run_sweep(self.sweep, executor, self.known)
        self.background = Background(trials, left, keep, PATIENCE)
        weakref.finalize(self, self.background.cancel)

    def _with_kept(self, known: Mapping[int, Outcome]) -> dict[int, Outcome]:
        """`known`, and what the store has of it, which is told of the rest, and opened anew if it
        was deleted meanwhile. Raises `StoreError`."""
        if not self.store:
            return dict(known)
        stored = outcomes_of(self.sweep, self.store.open(self.name, self.sweep))
        for place in sorted(known.keys() - stored.keys()):
            self.store.keep(self.name, record_of(self.sweep, place, known[place]))
        return {**known, **stored}


def work_on(sweep: Sweep, store: Store | None, known: Mapping[int, Outcome]) -> Work:
    """The work on a sweep: the one that another tab of the same person holds, or a new one.

    Raises `StoreError` with a sentence.
    """
    if store is None:
        return Work(sweep, None, known)
    key = (str(store.database), store.owner, name_of(sweep))
    with _LOCK:
        work = _HELD.get(key)
        if work is None:
            work = _HELD[key] = Work(sweep, store, known)
        return work


_HELD: weakref.WeakValueDictionary[tuple[str, str, str], Work] = weakref.WeakValueDictionary()
_LOCK = threading.Lock()


def _keep(store: Store, name: str, sweep: Sweep, found: tuple[int, Outcome]) -> None:
    store.keep(name, record_of(sweep, *found))
