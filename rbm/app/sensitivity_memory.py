"""Trials that several tabs ask for are run once and remembered, so that thirty students with one
preset cost as much as one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from typing import Any

from rbm.tuning import Outcome, Trial, workers_of

SIZE = 10_000
"""Outcomes kept, 1 kB each with its trial; the one asked for longest ago goes first."""


@dataclass(eq=False)
class _Job:
    """A trial under way, and everybody who waits for it."""

    work: Future[Outcome]
    asked: list[Future[Outcome]]


class Memory(Executor):
    """An executor of trials in front of another one, which `find` gives whenever it is needed.

    Whoever asks has a future of their own: cancelling it leaves the others theirs, and the trial
    itself is taken back when nobody waits for it any more.
    """

    def __init__(self, find: Callable[[], Executor], size: int = SIZE) -> None:
        self._find = find
        self._size = size
        self._outcomes: OrderedDict[Trial, Outcome] = OrderedDict()
        self._jobs: dict[Trial, _Job] = {}
        self._lock = threading.RLock()  # a future's callback may come while one asks

    @property
    def workers(self) -> int:
        """How many trials run at once."""
        return workers_of(self._find())

    def known(self, trial: Trial) -> Outcome | None:
        """What came of a trial, if that is remembered; remembers it for longer."""
        with self._lock:
            if trial in self._outcomes:
                self._outcomes.move_to_end(trial)
            return self._outcomes.get(trial)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of `fn(trial)`, whichever tab asked for it first."""
        (trial,) = args
        mine: Future[Outcome] = Future()
        executor = self._find()  # which may take its time, so not while others wait for the lock
        with self._lock:
            outcome = self.known(trial)
            if outcome is not None:
                mine.set_result(outcome)
                return mine
            job = self._jobs.get(trial)
            if job is not None:
                job.asked.append(mine)
            else:
                job = self._jobs[trial] = _Job(executor.submit(fn, trial), [mine])
                job.work.add_done_callback(lambda work: self._done(trial, work))
        mine.add_done_callback(lambda future: self._left(trial, future))
        return mine

    def _left(self, trial: Trial, future: Future[Outcome]) -> None:
        """Somebody has what was asked for, or waits no more."""
        with self._lock:
            job = self._jobs.get(trial)
            if job is None or future not in job.asked:
                return
            job.asked.remove(future)
            future.set_running_or_notify_cancel()  # wakes who waits for it
            if not job.asked:
                job.work.cancel()  # which fails once it has begun, and then it is remembered

    def _done(self, trial: Trial, work: Future[Outcome]) -> None:
        error = CancelledError() if work.cancelled() else work.exception()
        with self._lock:
            job = self._jobs.pop(trial)
            if error is None:
                self._outcomes[trial] = work.result()
                while len(self._outcomes) > self._size:
                    self._outcomes.popitem(last=False)
        for future in job.asked:
            if not future.set_running_or_notify_cancel():
                continue
            if error is None:
                future.set_result(work.result())
            else:
                future.set_exception(error)


class Desk(Executor):
    """One wish of one tab, before a `Memory`: it can take back at once all that it has asked."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._asked: list[Future[Any]] = []
        self._closed = False

    @property
    def workers(self) -> int:
        """How many trials run at once."""
        return self._memory.workers

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `Memory.submit`; cancelled already when the wish has been given up."""
        future = self._memory.submit(fn, *args, **kwargs)
        self._asked.append(future)
        if self._closed:
            future.cancel()
        return future

    def close(self) -> None:
        """Gives the wish up; what has begun for it is finished and remembered."""
        self._closed = True
        for future in tuple(self._asked):
            future.cancel()
