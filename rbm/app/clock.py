"""How fast a tab trains: epochs by the chosen speed, in pieces of about 15 ms."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TypeVar

Run = TypeVar("Run")
PICTURES_PER_SECOND = 60
AUTO, TOP = -1, 0
"""Two special speeds: slow at first and then faster; as fast as the machine can."""
SPEEDS = (AUTO, 1, 2, 5, 10, 50, 200, TOP)
PIECE_SECONDS = 0.015


class Clock:
    """The pace of one tab. `slowest`: epochs between two pictures at first, at speed `AUTO`."""

    def __init__(self, slowest: float = 1) -> None:
        self.speed: float = AUTO
        self._slowest = slowest
        self._last = 0.0
        self._piece = 1

    def start(self) -> None:
        """Time runs from now on."""
        self._last = time.monotonic()

    def restart(self) -> None:
        """Forgets how long an epoch takes: it may cost more from now on."""
        self._piece = 1

    def interval(self, players: int) -> float:
        """Seconds between two asks of a live view: longer when many tabs play.

        Each answer makes Streamlit's page draw itself anew, some 50 ms of the browser's one thread.
        """
        return min(max(0.4, 0.013 * players), 1.0)

    def epochs_per_picture(self, epoch: int) -> float:
        """Recorded epochs between two pictures; 0 means as many as there are."""
        return max(self._slowest, epoch // 100) if self.speed == AUTO else self.speed

    def due(self, epoch: int) -> float:
        """Epochs due since the last time at the chosen speed (infinitely many at `TOP`)."""
        now = time.monotonic()
        seconds, self._last = min(now - self._last, 1.0), now
        rate = self.epochs_per_picture(epoch) * PICTURES_PER_SECOND
        return math.ceil(rate * seconds) if rate else math.inf

    def piece(self, run: Run, epochs: float, advance: Callable[[Run, int], Run]) -> Run:
        """`run` after up to `epochs` epochs, fewer if they would take longer than a piece."""
        size = int(min(epochs, self._piece))
        begun = time.perf_counter()
        run = advance(run, size)
        took = time.perf_counter() - begun
        # Carefully upwards, since the pace is unknown at first; at once downwards.
        fits = int(size * PIECE_SECONDS / max(took, 1e-9))
        self._piece = max(1, min(fits, 4 * max(size, self._piece)))
        return run
