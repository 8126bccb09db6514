"""An animation in the making: one picture at a time in the server's pool, like training.

Each piece waits its turn behind those of all tabs, so one person's animation slows nobody's
training. It goes on while it is asked for; a closed tab's stops by itself.
"""

from __future__ import annotations

import logging
import threading
import time

from rbm.animation import Film, animate, epochs_shown
from rbm.app.pool import POOL
from rbm.run import Run

LEASE_SECONDS = 20.0
"""How long it goes on without being asked for."""


class Filming:
    """The animation of `run`, begun at once. `file` is the GIF when done, until then None."""

    def __init__(self, run: Run, film: Film) -> None:
        self.pictures = len(epochs_shown(run, film))
        self.epoch = run.epoch
        self.file: bytes | None = None
        self.failed = False
        self.cancelled = False
        self._source = animate(run, film)
        self._pieces: list[bytes] = []
        self._lock = threading.Lock()
        self._queued = False
        self._lease = 0.0
        self.progress()

    def progress(self) -> float:
        """How much is made, 0 to 1. Asking keeps it going."""
        with self._lock:
            self._lease = time.monotonic() + LEASE_SECONDS
            if self.running and not self._queued:
                self._queued = True
                POOL.submit(self._turn)
            if self.file is not None:
                return 1.0
            return min(len(self._pieces) / self.pictures, 1.0)

    def cancel(self) -> None:
        """Stops it; what was made is dropped."""
        self.cancelled = True
        with self._lock:
            self._pieces = []

    @property
    def running(self) -> bool:
        """Whether there is more to make."""
        return self.file is None and not (self.cancelled or self.failed)

    def _turn(self) -> None:
        """Makes one picture; queues the next one while somebody waits for it."""
        with self._lock:
            self._queued = False
            if not self.running or time.monotonic() > self._lease:
                return
            try:
                piece = next(self._source, None)
            except Exception:  # nobody waits for a pool's result: the page must say it
                self.failed = True
                logging.getLogger(__name__).exception("the animation failed")
                return
            if piece is None:
                self.file, self._pieces = b"".join(self._pieces), []
                return
            self._pieces.append(piece)
            self._queued = True
            POOL.submit(self._turn)
