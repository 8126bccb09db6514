"""A trial: one way of learning, tried on some patterns and seeds, and what came of it.

`run_trial` is a pure function: the same `Trial` gives the same `Outcome` (but for the seconds) in
any process on any machine with the same engine, so trials may be spread, lost, repeated and
compared. Each of its runs has its own sample of the data, first weights and noise.

Bad trials end early, and yet nothing is asked on the way: a trial carries the epochs at which it
looks at itself (`checks`) and the mean mismatch that it must not exceed there (`limits`), which
whoever made it took from earlier outcomes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from statistics import fmean

import numpy as np

from rbm import engine, experiment, training
from rbm.datasets import Dataset
from rbm.metrics import smoothed_density
from rbm.run import SCORE_SEED, Run
from rbm.settings import Settings
from rbm.tuning.budget import unit_updates

DIVERGED = 2.0
"""What a diverged run counts as in a mean: twice as bad as uniform noise."""
PICTURE = 32
"""Cells of an outcome's picture along each side."""


@dataclass(frozen=True)
class Trial:
    """Settings to train for `epochs` epochs, once for each pattern and seed.

    A seed replaces both `seed` and `data_seed` of the settings. `patterns`: names, or () for the
    pattern of the settings; a `dataset` is learnt instead of any pattern. `checks`: rising epochs
    below `epochs`; `limits`: no limit where there are fewer of them. `fresh_noise`: every run is
    scored on noise of its own, as claims need it, instead of that of the playground, which makes
    the mismatch equal to what is shown there. `picture`: whether to bring one home.
    """

    settings: Settings
    epochs: int
    seeds: tuple[int, ...] = (0,)
    patterns: tuple[str, ...] = ()
    dataset: Dataset | None = field(default=None, repr=False)
    checks: tuple[int, ...] = ()
    limits: tuple[float, ...] = ()
    fresh_noise: bool = False
    picture: bool = False

    def __post_init__(self) -> None:
        if self.epochs < 1 or not self.seeds:
            raise ValueError(
                f"A trial needs an epoch and a seed; got {self.epochs} and {self.seeds}."
            )
        if list(self.checks) != sorted({c for c in self.checks if 0 < c < self.epochs}):
            raise ValueError(f"Checks must rise between 0 and {self.epochs}; got {self.checks}.")
        if self.dataset is not None and self.patterns:
            raise ValueError("A trial learns patterns or a data set, not both.")

    @property
    def subjects(self) -> tuple[Settings, ...]:
        """The settings of each of its runs, pattern by pattern and seed by seed."""
        own = self.settings
        of_patterns = [
            own if name == own.pattern else replace(own, pattern=name, pattern_options=())
            for name in self.patterns or (own.pattern,)
        ]
        return tuple(
            replace(settings, seed=seed, data_seed=seed)
            for settings in of_patterns
            for seed in self.seeds
        )


@dataclass(frozen=True)
class Outcome:
    """What came of a trial.

    `mismatch`: one for each of `Trial.subjects`, NaN for a run that diverged; () when the trial
    ended at a check. `early`: the mean mismatch at each check reached. `seconds`: training alone;
    `elapsed`: all in all. `unit_updates`: points × (k + 1) × epochs × units, as done.
    `picture`: the first run's reconstruction of uniform points as ink on `PICTURE` × `PICTURE`
    cells, one byte each (255 the darkest), rows upward; b"" when not asked for.
    """

    mismatch: tuple[float, ...]
    early: tuple[float, ...]
    diverged: int
    seconds: float
    elapsed: float
    unit_updates: int
    picture: bytes = field(default=b"", repr=False)

    @property
    def pruned(self) -> bool:
        """Whether the trial ended at a check, above its limit."""
        return not self.mismatch

    @property
    def objective(self) -> float:
        """The mean mismatch, a diverged run counted as `DIVERGED`; at its last check if pruned."""
        return self.early[-1] if self.pruned else mean_mismatch(self.mismatch)


def run_trial(trial: Trial) -> Outcome:
    """Trains and measures all of a trial's runs, one after the other, on one core.

    Raises `ValueError` with a sentence for data that do not fit the settings, or that cannot be
    told from uniform noise, so that there is nothing to measure.
    """
    engine.warm_up(background=False)
    clock = _Clock()
    runs = [_begin(settings, trial.dataset) for settings in trial.subjects]
    early, pruned = [], False
    limits = trial.limits[: len(trial.checks)]
    for check, limit in zip_longest(trial.checks, limits, fillvalue=math.inf):
        runs = [clock.advance(run, int(check)) for run in runs]
        early.append(mean_mismatch([_score(run, trial) for run in runs]))
        pruned = early[-1] > limit
        if pruned:
            break
    ends: list[tuple[bool, int]] = []
    mismatch, picture = [], b""
    while runs:  # one whole run at a time in memory, as its recording may take megabytes
        run = runs.pop(0)
        if not pruned:
            run = clock.advance(run, trial.epochs)
            mismatch.append(_score(run, trial))
        if trial.picture and not ends:
            picture = _picture(run)
        updates = unit_updates(run.settings, run.epoch, len(run.data))
        ends.append((bool(run.notice), updates))
    return Outcome(
        mismatch=tuple(mismatch),
        early=tuple(early),
        diverged=sum(failed for failed, _ in ends),
        seconds=clock.training,
        elapsed=clock.elapsed,
        unit_updates=sum(updates for _, updates in ends),
        picture=picture,
    )


class _Clock:
    """Trains, and tells how long the training took and how long everything did."""

    def __init__(self) -> None:
        self.training = 0.0
        self._begun = time.perf_counter()

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self._begun

    def advance(self, run: Run, epoch: int) -> Run:
        """The run at `epoch`; a run that has diverged stays as it is."""
        begun = time.perf_counter()
        longer = run if run.notice else training.advance(run, epoch - run.epoch)
        self.training += time.perf_counter() - begun
        return longer


def mean_mismatch(scores: Sequence[float]) -> float:
    """The mean of mismatches, a NaN (a run that diverged) counted as `DIVERGED`."""
    return fmean(DIVERGED if math.isnan(score) else score for score in scores)


def _begin(settings: Settings, dataset: Dataset | None) -> Run:
    setting = experiment.build(settings, dataset=dataset)
    if not setting.yardstick.has_length:
        raise ValueError(
            "These data cannot be told from uniform noise, so no mismatch can be measured on them."
        )
    return training.start(setting)


def _score(run: Run, trial: Trial) -> float:
    """The mismatch of a run's machine at its newest epoch; NaN when it diverged."""
    if run.notice:
        return math.nan
    seed = SCORE_SEED + 1 + run.settings.seed if trial.fresh_noise else SCORE_SEED
    return run.mismatch_at(run.epoch, seed)


def _picture(run: Run) -> bytes:
    ink = smoothed_density(run.scored_cloud(run.epoch), grid=PICTURE)
    return np.rint(255 * ink / ink.max()).astype(np.uint8).tobytes()
