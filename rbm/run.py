"""A run: what training has produced so far. It never changes; `rbm.training` makes longer ones.

Since noise is addressed by (seed, epoch), a run is a pure function of how it began and of what
changed on the way: `history`, `experiments` and `engines` say which settings, data and engine held
from which epoch on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rbm import engine, experiment
from rbm.experiment import SCORED_PASSES, SCORED_STARTS, Experiment
from rbm.models.continuous import ContinuousMachine
from rbm.reconstruction import reconstruct
from rbm.recording import Recording
from rbm.settings import Settings

CURVE_POINTS = 32
"""How many epochs of a run `Run.curves` measures the mismatch at."""
SCORE_SEED = 20_080
"""Seed of the uniform starts and of the passes' noise when a mismatch is measured: always the same,
so that two machines are compared on the same noise."""

_Held = TypeVar("_Held")


@dataclass(frozen=True)
class Run:
    """The immutable result of training so far.

    Pairs (epoch, what held from there on): `history` of settings, `experiments` of data,
    `engines` of names. `checkpoints`: full states at spaced epochs, the first one included;
    `notice`: a sentence when the run stopped by itself, else "".
    """

    state: engine.State
    recording: Recording
    history: tuple[tuple[int, Settings], ...]
    experiments: tuple[tuple[int, Experiment], ...]
    checkpoints: tuple[engine.State, ...]
    engines: tuple[tuple[int, str], ...] = ()
    last_error: float = float("nan")
    notice: str = ""
    spacing: int = field(default=64, repr=False)

    @property
    def settings(self) -> Settings:
        """The settings that hold now."""
        return self.history[-1][1]

    @property
    def experiment(self) -> Experiment:
        """The data learnt from now, with all that measures against them."""
        return self.experiments[-1][1]

    @property
    def epoch(self) -> int:
        """Epochs trained so far."""
        return self.state.epoch

    @property
    def first_epoch(self) -> int:
        """The earliest epoch that can be gone back to; 0 unless the run began with weights."""
        return self.checkpoints[0].epoch

    @property
    def data(self) -> NDArray[np.float32]:
        """The points learnt from now, (n, 2), in the units' range."""
        return self.experiment.data

    @cached_property
    def model(self) -> ContinuousMachine:
        """The machine: its newest parameters, or their mean over the last epochs when
        `settings.average_last` asks for it."""
        return self.model_at(self.epoch)

    def parameters_at(self, epoch: int) -> NDArray[np.float64]:
        """The parameters shown at a recorded epoch, averaged as the settings ask, (P,)."""
        newest = self.state.parameters if epoch >= self.epoch else None
        return self.recording.mean(
            min(epoch, self.epoch), self.settings_at(epoch).average_last, newest
        )

    def model_at(self, epoch: int) -> ContinuousMachine:
        """The machine at a recorded epoch (the nearest one before it when thinned)."""
        settings = self.settings
        return ContinuousMachine.from_parameters(
            self.parameters_at(epoch),
            n_hidden=settings.n_hidden,
            low=settings.low,
            high=settings.high,
        )

    @cached_property
    def curves(self) -> Mapping[str, NDArray[np.floating]]:
        """Name → array. "epoch" and "error" (reconstruction error, NaN at epoch 0), one value for
        each recorded epoch; "mismatch_epoch" and "mismatch", measured when first asked for, at
        up to `CURVE_POINTS` recorded epochs in even ratios."""
        milestones = self.milestones(CURVE_POINTS)
        return {
            "epoch": self.recording.epochs.astype(np.float64),
            "error": self.recording.errors.astype(np.float64),
            "mismatch_epoch": milestones.astype(np.float64),
            "mismatch": np.array([self.mismatch_at(int(epoch)) for epoch in milestones]),
        }

    def milestones(self, count: int) -> NDArray[np.int64]:
        """Up to `count` epochs of the run in even ratios, the first and the newest among them."""
        first = self.first_epoch
        if self.epoch == first:
            return np.array([first], np.int64)
        ratios = first + np.geomspace(1, self.epoch - first, max(count - 1, 1)).round()
        places = np.searchsorted(self.recording.epochs, ratios, side="right") - 1
        recorded = self.recording.epochs[np.maximum(places, 0)]
        return np.unique(np.concatenate([[first], recorded, [self.epoch]])).astype(np.int64)

    def mismatch_at(self, epoch: int, seed: int = SCORE_SEED) -> float:
        """Mismatch of the machine at a recorded epoch: 0 as good as fresh data, 1 no better than
        uniform noise. `seed` decides the noise of the measurement."""
        return self.experiment_at(epoch).yardstick.mismatch(self.scored_cloud(epoch, seed))

    def scored_cloud(self, epoch: int, seed: int = SCORE_SEED) -> NDArray[np.float64]:
        """What a mismatch is measured on: `SCORED_STARTS` uniform points after `SCORED_PASSES`
        noisy passes, (n, 2) in the unit square."""
        settings = self.settings_at(epoch)
        rng = np.random.default_rng(seed)
        starts = experiment.to_range(rng.random((SCORED_STARTS, 2)), settings)
        cloud = reconstruct(
            self.model_at(epoch), starts, SCORED_PASSES, seed=seed, sigma=settings.sigma
        )
        return experiment.to_square(cloud, settings)

    def settings_at(self, epoch: int) -> Settings:
        """The settings that held at an epoch."""
        return held_at(self.history, epoch)

    def experiment_at(self, epoch: int) -> Experiment:
        """The data that were learnt at an epoch."""
        return held_at(self.experiments, epoch)


def held_at(entries: Sequence[tuple[int, _Held]], epoch: int) -> _Held:
    """Of pairs (epoch, what held from there on), what held at `epoch`; the first one before it."""
    return next((held for begin, held in reversed(entries) if begin <= epoch), entries[0][1])
