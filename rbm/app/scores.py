"""The mismatches of a run measured so far, and when to measure the next one."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

import numpy as np

from rbm.training import Run


class Scores:
    """Epoch → mismatch of the machine at that epoch; each is measured once."""

    def __init__(self) -> None:
        self.values: dict[int, float] = {}
        self._measured_at = -math.inf

    def measure(self, run: Run, every: float = 0.0) -> None:
        """Measures the run's newest machine, unless one was measured `every` seconds ago."""
        now = time.monotonic()
        if run.epoch not in self.values and now - self._measured_at >= every:
            self.values[run.epoch] = run.mismatch_at(run.epoch)
            self._measured_at = now

    def fill(self, run: Run, seconds: float) -> None:
        """Measures milestones of a run that was trained in one go, newest first, for a while."""
        deadline = time.monotonic() + seconds
        for epoch in run.milestones(12)[::-1].tolist():
            if time.monotonic() > deadline:
                return
            if epoch not in self.values:
                self.values[epoch] = run.mismatch_at(epoch)

    def forget(self, after: int) -> None:
        """Drops what was measured after an epoch."""
        self.values = {epoch: score for epoch, score in self.values.items() if epoch <= after}


def settled(values: Mapping[int, float], epoch: int) -> bool:
    """Whether the mean mismatch of the last quarter of the epochs equals that of the quarter before
    within 0.005 (less than the eye sees), each measured at least five times."""
    late = [score for at, score in values.items() if 0.75 * epoch < at <= epoch]
    early = [score for at, score in values.items() if 0.5 * epoch < at <= 0.75 * epoch]
    if min(len(late), len(early)) < 5:
        return False
    return abs(float(np.mean(late)) - float(np.mean(early))) < 0.005
