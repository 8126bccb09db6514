"""Training that a tab watches: in the server's pool while asked, piece by piece, never in a page.

Each ask of a live view says how much is due until the next one, and renews a lease (`tick`); the
pool trains pieces of some 15 ms of each tab in turn. A press (Step, Run to epoch) trains a little
at once, in the script that carries it. What is trained is the subclass's business.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from abc import ABC, abstractmethod

from rbm.app.clock import Clock
from rbm.app.pool import PLAYERS, POOL

INSTANT_SECONDS = 0.22
"""How long one press or change may train before the rest is left to ticks."""
LEASE_SECONDS = 1.5
"""How long a tab trains on without being asked for more."""
MEASURE_SECONDS = 0.2
"""Between two measurements of quality while playing; longer when many tabs play."""


class Paced(ABC):
    """Play, pause and tick, for anything that has epochs. A lock guards it, since pool and page
    scripts both move it on.

    `target`: the epoch it is running to as fast as it can, and then pauses; `stop_at`: where it
    pauses by itself once; `note`: a sentence that says why it paused. `slowest` as for `Clock`.
    """

    def __init__(self, slowest: float = 1) -> None:
        self.lock = threading.RLock()
        self.playing = False
        self.target: int | None = None
        self.stop_at: int | None = None
        self.note = ""
        self.clock = Clock(slowest)
        self._due = 0.0
        self._lease = 0.0
        self._queued = False

    @property
    @abstractmethod
    def epoch(self) -> int:
        """Epochs trained so far."""

    @property
    @abstractmethod
    def stopped(self) -> bool:
        """Whether it cannot go on, as it has diverged."""

    @abstractmethod
    def _advance(self, epochs: float) -> None:
        """Trains one piece: at most `epochs` epochs, fewer if they take longer than a piece."""

    @abstractmethod
    def _measure(self, every: float = 0.0) -> None:
        """Measures the machine as it is now, unless one was measured `every` seconds ago."""

    @abstractmethod
    def _finished(self) -> bool:
        """Whether to pause now; says why in `note`."""

    def play(self) -> None:
        """Goes on training; again past the epoch it had paused at by itself."""
        with self.lock:
            if self.stopped:
                return
            if self.stop_at is not None and self.epoch >= self.stop_at:
                self.stop_at = None
            self.playing, self.target, self.note = True, None, ""
            self.clock.start()

    def pause(self) -> None:
        """Stops training; the machine stays as it is, and is measured as it is."""
        with self.lock:
            if self.playing:
                self._measure()
            self.playing, self.target = False, None
            PLAYERS.leave(id(self))

    def tick(self) -> None:
        """The view has asked: if playing, lets the pool train what is due until the next ask."""
        with self.lock:
            if not self.playing:
                return
            self._due = math.inf if self.target is not None else self.clock.due(self.epoch)
            self._lease = time.monotonic() + LEASE_SECONDS
            self._queue()

    @property
    def interval(self) -> float:
        """Seconds between two asks of the live view."""
        return self.clock.interval(self._players())

    def catch_up(self, epoch: int) -> None:
        """To `epoch` at once if that takes no longer than a blink, else by ticks."""
        self._train(epoch - self.epoch, INSTANT_SECONDS)
        self._measure()
        if self.epoch < epoch and not self.stopped:
            self.playing, self.target = True, epoch
            self.clock.start()
        else:
            self.playing, self.target = False, None

    def _train(self, epochs: int, seconds: float = math.inf) -> None:
        """Trains here and now, for one press: up to `epochs` epochs or `seconds`."""
        goal, deadline = self.epoch + epochs, time.monotonic() + seconds
        while self.epoch < goal and not self.stopped and time.monotonic() < deadline:
            self._advance(goal - self.epoch)

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
            ends = [e - self.epoch for e in (self.target, self.stop_at) if e is not None]
            before = self.epoch
            try:
                self._advance(min([self._due, *(e for e in ends if e > 0)]))
                self._measure(MEASURE_SECONDS * max(1.0, self._players() / 4))
            except Exception:  # nobody waits for a pool's result: the page must say it
                self.pause()
                self.note = "Training stopped by an error in the program; Reset starts anew."
                logging.getLogger(__name__).exception("training failed")
                return
            self._due -= self.epoch - before
            if self._finished():
                self.pause()
            else:
                self._queue()

    def _players(self) -> int:
        return PLAYERS.count(id(self)) if self.playing else 1
