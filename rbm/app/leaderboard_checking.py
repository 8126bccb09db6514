"""Checking what has been entered: one thread for the whole server, whoever is looking.

It ends when nothing waits, and begins again with the next look at a board; so it also goes on with
what a stop of the server has left unchecked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor

from rbm.tuning import ExecutorLost, evaluate
from rbm.tuning.database import StoreError
from rbm.tuning.leaderboard import BoardEntry
from rbm.tuning.leaderboard_store import Leaderboard


class Checking:
    """Trains every entry that waits, the one that has waited longest first.

    `trouble`: a sentence that says why it had to stop, or ""; the next `wake` tries again.
    """

    def __init__(self, board: Leaderboard, executor: Callable[[], Executor]) -> None:
        self.trouble = ""
        self._board = board
        self._executor = executor
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Sees to what waits, in the thread; returns at once."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._work, name="rbm-leaderboard", daemon=True
                )
                self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        """Waits until nothing is at work."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _work(self) -> None:
        try:
            while (entry := self._board.next_unchecked()) is not None:
                self._check(entry)
            self.trouble = ""
        except (StoreError, ExecutorLost) as error:
            self.trouble = str(error)

    def _check(self, entry: BoardEntry) -> None:
        trials = self._board.trials(entry)
        try:
            found = dict(evaluate(trials, self._executor()))
        except ValueError as error:  # a sentence of what cannot be trained or measured
            self._board.refuse(entry, str(error))
        else:
            scores = [found[place].mismatch[0] for place in range(len(trials))]
            self._board.settle(entry, scores, found[0].picture)
