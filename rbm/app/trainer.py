"""A run that is being played: it trains while asked, pauses by itself, measures what it learns.

Training happens in the server's pool, never in a page script: each ask of the live view says how
much is due until the next one, and renews the lease. A press (Step, Run to epoch) trains a little
at once, in the script that carries it.
"""

from __future__ import annotations

import logging
import math
import threading
import time

from rbm.app.clock import Clock
from rbm.app.pool import PLAYERS, POOL
from rbm.app.scores import Scores, settled
from rbm.training import Change, Run

INSTANT_SECONDS = 0.22
"""How long one press or change may train before the rest is left to ticks."""
LEASE_SECONDS = 1.5
"""How long a tab trains on without being asked for more."""
SCORE_SECONDS = 0.2
"""Between two measurements of the mismatch while playing; longer when many tabs play."""
NEXT = "Or choose a question under “What to try next”: why do dots appear with Tutorial (2008)?"
SETTLED_FROM = 5_000
"""Before this epoch a run is never taken for settled."""


class Trainer:
    """`run` and all that moves it on. A lock guards it, since pool and page scripts both do."""

    def __init__(self, run: Run, pending: list[Change]) -> None:
        self.lock = threading.RLock()
        self.run = run
        self.playing = False
        self.target: int | None = None
        self.stop_at: int | None = None
        self.note = ""
        self.scores = Scores()
        self.clock = Clock()
        self._pending = pending
        self._settled_from = SETTLED_FROM
        self._due = 0.0
        self._lease = 0.0
        self._queued = False

    def play(self) -> None:
        """Goes on training; again past the epoch it had paused at by itself."""
        with self.lock:
            if self.run.notice:
                return
            if self.stop_at is not None and self.run.epoch >= self.stop_at:
                self.stop_at = None
            self.playing, self.target, self.note = True, None, ""
            self.clock.start()

    def pause(self) -> None:
        """Stops training; the machine stays as it is, and is measured as it is."""
        with self.lock:
            if self.playing:
                self.scores.measure(self.run)
            self.playing, self.target = False, None
            PLAYERS.leave(id(self))

    def tick(self) -> None:
        """The view has asked: if playing, lets the pool train what is due until the next ask."""
        with self.lock:
            if not self.playing:
                return
            self._due = math.inf if self.target is not None else self.clock.due(self.run.epoch)
            self._lease = time.monotonic() + LEASE_SECONDS
            self._queue()

    def _queue(self) -> None:
        if not self._queued:
            self._queued = True
            POOL.submit(self._turn)

    def _turn(self) -> None:
        """One piece of training in the pool; queues the next one while there is time and need."""
        with self.lock:
            self._queued = False
            if not self.playing or self._due <= 0 or time.monotonic() > self._lease:
                return
            ends = [e - self.run.epoch for e in (self.target, self.stop_at) if e is not None]
            before = self.run.epoch
            try:
                self.run = self.clock.piece(
                    self.run, min([self._due, *(e for e in ends if e > 0)]), self._pending
                )
                self.scores.measure(self.run, SCORE_SECONDS * max(1.0, self._players() / 4))
            except Exception:  # nobody waits for a pool's result: the page must say it
                self.pause()
                self.note = "Training stopped by an error in the program; Reset starts anew."
                logging.getLogger(__name__).exception("training failed")
                return
            self._due -= self.run.epoch - before
            if self._finished():
                self.pause()
            else:
                self._queue()

    def _players(self) -> int:
        return PLAYERS.count(id(self)) if self.playing else 1

    @property
    def interval(self) -> float:
        """Seconds between two asks of the live view."""
        return self.clock.interval(self._players())

    def _finished(self) -> bool:
        """Whether to pause now; says why in `note`."""
        epoch = self.run.epoch
        if self.run.notice or epoch == self.target:
            return True
        if epoch == self.stop_at:
            self.note = (
                f"Paused at epoch {epoch:,}, where the preset's budget ends. "
                f"Play goes on from here. {NEXT}"
            )
            return True
        if epoch >= self._settled_from and settled(self.scores.values, epoch):
            self._settled_from = 2 * epoch
            self.note = (
                f"Paused at epoch {epoch:,}: the mismatch has not changed since epoch "
                f"{epoch // 2:,}. Play goes on from here."
            )
            return True
        return False

    def _train(self, epochs: int, seconds: float = math.inf) -> None:
        """Trains here and now, for one press: up to `epochs` epochs or `seconds`."""
        goal, deadline = self.run.epoch + epochs, time.monotonic() + seconds
        while self.run.epoch < goal and not self.run.notice and time.monotonic() < deadline:
            self.run = self.clock.piece(self.run, goal - self.run.epoch, self._pending)

    def catch_up(self, epoch: int) -> None:
        """To `epoch` at once if that takes no longer than a blink, else by ticks."""
        self._train(epoch - self.run.epoch, INSTANT_SECONDS)
        self.scores.measure(self.run)
        if self.run.epoch < epoch and not self.run.notice:
            self.playing, self.target = True, epoch
            self.clock.start()
        else:
            self.playing, self.target = False, None
            self.scores.fill(self.run, 0.03)
