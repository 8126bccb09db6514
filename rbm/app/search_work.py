"""Searches at work: they go on when their page is left, and are found again by whoever began them.

A search has a budget, so nobody need watch it, but only a few may run at once. What it finds goes
into the store as it comes. Where nothing is kept, a search belongs to the tab that holds it: it
pauses when nobody looks, and ends with the tab.
"""

from __future__ import annotations

import math
import os
import threading
import time
import weakref
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial

from rbm.tuning import Background
from rbm.tuning.database import StoreError
from rbm.tuning.executors import workers_of
from rbm.tuning.plans import Plan, keep_plan, spent
from rbm.tuning.search import Record, Search, run_search
from rbm.tuning.sharing import Shared
from rbm.tuning.store import Store

MOST_OF_PERSON, MOST_OF_SERVER = 2, 4
"""How many searches run at once."""
PATIENCE = 300.0
"""Seconds without a look after which a search that is kept nowhere pauses."""
ABANDONED = 3_600.0
"""Seconds without a look after which a search that was paused, and is kept, ends."""


class Searching:
    """A search with its `known` trials, and what computes more; it begins stopped."""

    def __init__(
        self, name: str, search: Search, known: tuple[Record, ...] = (),
        store: Store | None = None, plan: Plan | None = None,
    ) -> None:  # fmt: skip
        """`plan`: what it was begun for before."""
        self.name = name
        self.search = search
        self.store = store
        self.plan = plan
        self.seconds: float | None = None
        self._known = known
        self._shared: Shared | None = None
        self._looked = time.monotonic()
        self._background: Background[Record] | None = None

    @property
    def records(self) -> tuple[Record, ...]:
        """All finished trials, those included that other servers have found meanwhile."""
        here = self._background.items if self._background else ()
        return self._known + here + (self._shared.records if self._shared else ())

    @property
    def state(self) -> str:
        """As of a `Background`, or "stopped" before it has been begun here."""
        return self._background.state if self._background else "stopped"

    @property
    def active(self) -> bool:
        """Whether more will come, now or after a pause."""
        return self.state in ("running", "paused")

    @property
    def changing(self) -> bool:
        """Whether a page has to look again: it runs, or waits to be written."""
        return self.state == "running" or bool(self.store and self.store.trouble)

    @property
    def message(self) -> str:
        """Why it failed, if it did."""
        return self._background.message if self._background else ""

    @property
    def quiet(self) -> float:
        """Seconds for which no trial has ended although it runs."""
        return self._background.quiet if self._background else 0.0

    @property
    def worked(self) -> tuple[int, float]:
        """Unit updates done here, and the seconds they took, all workers together."""
        if self._background is None:
            return 0, 0.0
        done = sum(record.outcome.unit_updates for record in self._background.items)
        return done, self._background.progress.seconds

    @property
    def share(self) -> float | None:
        """How much of what was asked for is done, from 0 to 1; None while nothing is asked for."""
        if self._background and self.seconds is not None:
            return min(self._background.progress.seconds / self.seconds, 1.0)
        goal = self.plan.trials if self.plan else None
        return min(len(self.records) / goal, 1.0) if goal else None

    @property
    def unspent(self) -> float:
        """Seconds left of the time it was begun for, before or here; 0 once it is over."""
        if self._background is None:
            return self.plan.seconds_left(self._known, os.cpu_count() or 1) if self.plan else 0.0
        over = self.seconds is None or self.state == "done"
        return 0.0 if over else self.seconds_left or 0.0

    @property
    def seconds_left(self) -> float | None:
        """To the end, at the pace so far; None while there is no telling."""
        if self._background is None:
            return None
        progress = self._background.progress
        if self.seconds is not None:
            return max(self.seconds - progress.seconds, 0.0)
        return progress.remaining

    def look(self) -> None:
        """Somebody looks at it."""
        self._looked = time.monotonic()
        if self._background:
            self._background.look()

    @property
    def abandoned(self) -> bool:
        """Whether it is paused and nobody has looked at it for long."""
        return self.state == "paused" and time.monotonic() - self._looked > ABANDONED

    def keep_plan(self, given_up: bool = False) -> None:
        """Notes what it was begun for, or that this was given up. Without a database that answers
        it only is not offered, or once too often, when somebody comes back."""
        if self.store is not None and not self.store.trouble:
            with suppress(StoreError):
                keep_plan(self.store, self.name, None if given_up else self.plan)

    def pause(self) -> None:
        """Begins no more trials; what is at work is finished."""
        if self._background:
            self._background.pause()

    def cancel(self) -> None:
        """Ends it; what has been found stays."""
        if self._background:
            self._background.cancel()

    def resume(self) -> None:
        """Goes on after a pause. `Searches.resume` asks first whether there is room."""
        if self._background:
            self._background.resume()

    def begin(self, executor: Executor, trials: int | None, seconds: float | None) -> None:
        """Goes on from what is known, until there are `trials` in all or for `seconds`."""
        known = self._known = self.records
        shared = self._shared = Shared(self.store, self.name, known) if self.store else None
        self.seconds = seconds
        before = spent(known, workers_of(executor))
        self.plan = Plan(trials, None if seconds is None else before + seconds)
        found = run_search(
            self.search, executor, known, trials=trials,
            seconds=math.inf if seconds is None else seconds,
            others=shared.news if shared else tuple,
        )  # fmt: skip
        total = None if trials is None else max(trials - len(known), 0)
        if shared:
            ended = _then(found, partial(self.keep_plan, given_up=True))
            self._background = Background(ended, total, shared.keep)
        else:
            self._background = Background(found, total, patience=PATIENCE)
            weakref.finalize(self, self._background.cancel)


def _then(
    found: Generator[Record, None, None], done: Callable[[], None]
) -> Generator[Record, None, None]:
    """What it yields, and `done` at its end, but not when it is closed before."""
    yield from found
    done()


class Searches:
    """Which searches a server runs, and whose."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Searching] = {}
        self._all: weakref.WeakKeyDictionary[Searching, str] = weakref.WeakKeyDictionary()

    def find(self, owner: str, name: str) -> Searching | None:
        """The search of that name that runs or waits, if one does and is kept."""
        with self._lock:
            self._forget_ended()
            return self._kept.get((owner, name))

    def of(self, owner: str) -> list[Searching]:
        """Those of one person that run or wait and are kept."""
        with self._lock:
            self._forget_ended()
            return [work for (whose, _), work in self._kept.items() if whose == owner]

    @property
    def pace(self) -> float | None:
        """Unit updates a second of the searches that somebody here still holds; None before a
        first trial."""
        with self._lock:
            found = [work.worked for work in self._all]
        done, seconds = sum(each[0] for each in found), sum(each[1] for each in found if each[0])
        return done / seconds if done and seconds else None

    def begin(
        self, owner: str, work: Searching, executor: Executor,
        trials: int | None, seconds: float | None,
    ) -> None:  # fmt: skip
        """Begins a search. Raises `ValueError` with a sentence where too many run."""
        with self._lock:
            self._forget_ended()
            self._check_room(owner)
            self._all[work] = owner
            if work.store is not None:
                self._kept[owner, work.name] = work
            work.begin(executor, trials, seconds)

    def resume(self, owner: str, work: Searching) -> None:
        """Lets a paused search go on. Raises `ValueError` with a sentence where too many run."""
        with self._lock:
            self._check_room(owner)
            work.resume()

    def _forget_ended(self) -> None:
        for work in self._kept.values():
            if work.abandoned:
                work.cancel()
        self._kept = {key: work for key, work in self._kept.items() if work.active}

    def _check_room(self, owner: str) -> None:
        running = [whose for work, whose in self._all.items() if work.state == "running"]
        if running.count(owner) >= MOST_OF_PERSON:
            raise ValueError(
                f"{MOST_OF_PERSON} of your searches are running: pause or cancel one of them first."
            )
        if len(running) >= MOST_OF_SERVER:
            raise ValueError(
                f"{MOST_OF_SERVER} searches are running on this server, which is all it does at "
                "once: try again when one of them has ended."
            )


SEARCHES = Searches()
