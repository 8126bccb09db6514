"""The Gaussian–Bernoulli machine of one tab: trained in the server's pool, measured on the way."""

from __future__ import annotations

import time

from rbm import binary_training, gaussian
from rbm.app.paced import Paced
from rbm.binary_settings import BinarySettings
from rbm.experiment import Experiment

MEASURE_EVERY = 0.6
"""Seconds between two measurements of the mismatch; one takes some 30 ms."""


class GaussianWork(Paced):
    """A run on the points of `experiment`. `scores`: epoch → mismatch of the machine there;
    `goal`: the epoch that was asked for last."""

    def __init__(self, settings: BinarySettings, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment
        self.run = gaussian.start(settings, experiment.data)
        self.scores: dict[int, float] = {}
        self.goal = 0
        self._measured_at = 0.0

    @property
    def epoch(self) -> int:
        """Epochs trained so far."""
        return self.run.epoch

    @property
    def stopped(self) -> bool:
        """Whether the run has diverged."""
        return bool(self.run.notice)

    def fits(self, settings: BinarySettings, experiment: Experiment) -> bool:
        """Whether this is the run of these settings on these points, in the same range."""
        mine, other = self.experiment, experiment
        return (
            self.run.settings == settings
            and mine.data_id == other.data_id
            and (mine.settings.low, mine.settings.high) == (other.settings.low, other.settings.high)
        )

    def mismatch_at(self, epoch: int) -> float:
        """Mismatch of the machine at a recorded epoch; each is measured once."""
        if epoch not in self.scores:
            machine = self.run.machine_at(epoch)
            self.scores[epoch] = gaussian.mismatch(machine, self.experiment)
        return self.scores[epoch]

    def train(self, epochs: int) -> None:
        """Goes on for `epochs` epochs: a blink of them here and now, the rest in the pool."""
        with self.lock:
            self.goal = self.epoch + epochs
            self.catch_up(self.goal)

    def _advance(self, epochs: float) -> None:
        self.run = self.clock.piece(self.run, epochs, binary_training.advance)

    def _measure(self, every: float = 0.0) -> None:
        now = time.monotonic()
        if now - self._measured_at >= (max(every, MEASURE_EVERY) if every else 0.0):
            self.mismatch_at(self.epoch)
            self._measured_at = time.monotonic()

    def _finished(self) -> bool:
        return self.stopped or self.epoch == self.target
