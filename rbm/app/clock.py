"""How fast a tab trains: epochs by the chosen speed, in slices of time that all tabs share.

One tick of a playing tab trains for a share of the interval between two asks: 70 % of it alone,
less among many, so that all tabs together keep `CORES_FOR_TRAINING` busy. A slice is cut into
pieces of about `PIECE_SECONDS`, each of which waits for its turn.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

import numpy as np

from rbm import training
from rbm.app.turns import TURNS
from rbm.settings import Settings
from rbm.training import Run

PICTURES_PER_SECOND = 60
AUTO, TOP = -1, 0
"""Two special speeds: slow at first and then faster; as fast as the machine can."""
PIECE_SECONDS = 0.015
CORES_FOR_TRAINING = 1.3
"""Of two cores: the rest is for page scripts and the browser of whoever plays alone."""


class Clock:
    """The pace of one tab."""

    def __init__(self) -> None:
        self.speed = AUTO
        self.last_tick = 0.0
        self._piece = 1

    def players(self) -> int:
        """How many tabs of this server play, this one included."""
        return TURNS.players(id(self))

    def stop(self) -> None:
        """This tab does not play any more."""
        TURNS.leave(id(self))

    def restart(self) -> None:
        """Forgets how long an epoch takes: it may cost more from now on."""
        self._piece = 1

    def interval(self, players: int) -> float:
        """Seconds between two asks of a live view: longer when many tabs play."""
        return min(max(0.1, 0.013 * players), 1.0)

    def epochs_per_picture(self, epoch: int) -> int:
        """Recorded epochs between two pictures; 0 means as many as there are."""
        return max(1, epoch // 100) if self.speed == AUTO else self.speed

    def due(self, epoch: int) -> float:
        """Epochs due since the last tick at the chosen speed (infinitely many at `TOP`)."""
        now = time.monotonic()
        seconds, self.last_tick = min(now - self.last_tick, 0.5), now
        rate = self.epochs_per_picture(epoch) * PICTURES_PER_SECOND
        return math.ceil(rate * seconds) if rate else math.inf

    def slice_seconds(self) -> float:
        """How long one tick may train."""
        players = self.players()
        interval = self.interval(players)
        return min(0.7 * interval, CORES_FOR_TRAINING * interval / players)

    def train(
        self, run: Run, epochs: float, seconds: float, pending: list[tuple[int, Settings]]
    ) -> Run:
        """`run` after up to `epochs` epochs or `seconds` seconds, whichever ends first.

        Live changes due on the way are taken off `pending`, pairs of epoch and settings in order.
        """
        deadline = time.monotonic() + seconds
        left = epochs
        while left > 0 and not run.notice:
            while pending and pending[0][0] <= run.epoch:
                run = training.change(run, pending.pop(0)[1])
            until = pending[0][0] - run.epoch if pending else left
            piece = int(min(left, until, self._piece))
            with TURNS.turn():
                begun = time.perf_counter()
                run = training.advance(run, piece)
                took = time.perf_counter() - begun
            # Carefully upwards, since the pace is unknown at first; at once downwards.
            fits = int(piece * PIECE_SECONDS / max(took, 1e-9))
            self._piece = max(1, min(fits, 4 * max(piece, self._piece)))
            left -= piece
            if time.monotonic() >= deadline:
                break
        return run


def settled(scores: Mapping[int, float], epoch: int) -> bool:
    """Whether the mean mismatch of the last quarter of the epochs equals that of the quarter before
    within 0.005 (less than the eye sees), each measured at least five times."""
    late = [score for at, score in scores.items() if 0.75 * epoch < at <= epoch]
    early = [score for at, score in scores.items() if 0.5 * epoch < at <= 0.75 * epoch]
    if min(len(late), len(early)) < 5:
        return False
    return abs(float(np.mean(late)) - float(np.mean(early))) < 0.005
