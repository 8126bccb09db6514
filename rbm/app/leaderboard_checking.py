"""Checking what has been entered: one thread for the whole server, whoever is looking.

It ends when nothing waits, and begins again with the next look at a board; so it also goes on with
what a stop of the server has left unchecked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor

from rbm.tuning import ExecutorLost, Outcome, evaluate
from rbm.tuning.database import StoreError
from rbm.tuning.leaderboard import BoardEntry
from rbm.tuning.leaderboard_store import Leaderboard


class Checking:
    """Trains every entry that waits, the one that has waited longest first.

    `trouble`: a sentence that says why it had to stop, or ""; the next `wake` tries again.
    `quiet`: seconds for which no training has ended although one should.
    """

    def __init__(self, board: Leaderboard, executor: Callable[[], Executor]) -> None:
        self.trouble = ""
        self._board = board
        self._executor = executor
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._moved = time.monotonic()
        self._now = 0

    @property
    def quiet(self) -> float:
        return time.monotonic() - self._moved if self._at_work else 0.0

    def queue(self) -> list[int]:
        """The ids of what waits on any board, in the order in which it is checked; what is being
        checked stands first. Raises `StoreError`."""
        return sorted(self._board.queue(), key=lambda number: number != self._now)

    @property
    def _at_work(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def wake(self) -> None:
        """Sees to what waits, in the thread; returns at once."""
        with self._lock:
            if not self._at_work:
                self._moved = time.monotonic()
                self._thread = threading.Thread(
                    target=self._work, name="rbm-leaderboard", daemon=True
                )
                self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        """Waits until nothing is at work."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _work(self) -> None:
        trouble = "Checking ended by a fault of this program; the server's log says which."
        try:
            while (entry := self._board.next_unchecked()) is not None:
                self._now = entry.id
                self._check(entry)
            trouble = ""
        except (StoreError, ExecutorLost) as error:
            trouble = str(error)
        finally:
            self._now = 0
            self.trouble = trouble

    def _check(self, entry: BoardEntry) -> None:
        trials = self._board.trials(entry)
        found: dict[int, Outcome] = {}
        executor = self._executor()
        self.trouble = ""
        try:
            for place, outcome in evaluate(trials, executor):
                found[place] = outcome
                self._moved = time.monotonic()
        except ValueError as error:  # a sentence of what cannot be trained or measured
            self._board.refuse(entry, str(error))
        else:
            scores = [found[place].mismatch[0] for place in range(len(trials))]
            self._board.settle(entry, scores, found[0].picture)
