"""What can be trained on a pattern and scored: continuous RBMs, and what they must stand beside.

A learner gets the same 500 points as all others with the same pattern and seed, and its cloud of
2,000 points is scored by the same yardstick. What is no machine with chains draws its cloud at
once, which is what chains that mix perfectly would give.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from scipy.spatial.distance import pdist, squareform
from sklearn.mixture import GaussianMixture

import rbm
from benchmarks.better_values import through_chain
from rbm import binary_training, gaussian
from rbm.experiment import SCORED_PASSES, SCORED_STARTS, build, to_range
from rbm.models.binary import BinaryMachine
from rbm.run import SCORE_SEED
from rbm.settings import Settings
from rbm.tuning import DIVERGED, TUTORIAL_VISITS, epochs_for, visits
from rbm.units import Floats

BANDWIDTHS = np.geomspace(0.005, 0.1, 40)
"""Tried by a kernel density, as shares of the square's side."""


@dataclass(frozen=True)
class Measured:
    """One run: `mismatch` (`DIVERGED` if it diverged), processor `seconds` of training and
    measuring, and the median slope of its hidden units (NaN where there are none)."""

    mismatch: float
    seconds: float
    diverged: bool = False
    slope: float = float("nan")


class Learner(Protocol):
    """One row of a table. `numbers`: how many numbers training finds (0: it keeps the points)."""

    @property
    def units(self) -> int: ...
    @property
    def numbers(self) -> int: ...
    @property
    def epochs(self) -> int: ...

    def measure(self, pattern: str, seed: int) -> Measured: ...


@dataclass(frozen=True)
class Continuous:
    """A continuous RBM, for as long as its budget of visits lasts."""

    settings: Settings
    visits: int = TUTORIAL_VISITS

    @property
    def units(self) -> int:
        return self.settings.n_hidden

    @property
    def numbers(self) -> int:
        """Weights, biases and hidden slopes."""
        return 2 * self.units + (2 + self.units) + self.units

    @property
    def epochs(self) -> int:
        return epochs_for(self.settings, self.visits)

    def measure(self, pattern: str, seed: int) -> Measured:
        begun = time.process_time()
        run = rbm.train(on(self.settings, pattern, seed), self.epochs)
        if run.notice:
            return Measured(DIVERGED, time.process_time() - begun, diverged=True)
        mismatch = run.mismatch_at(run.epoch, SCORE_SEED + 1 + seed)
        slope = float(np.median(run.model.hidden_slope))
        return Measured(mismatch, time.process_time() - begun, slope=slope)


@dataclass(frozen=True)
class ThroughChain:
    """A continuous RBM of points in [0, 1]²: contrastive divergence for `first_share` of its
    budget, then down the mismatch of long chains, with the noise of some units learnt or of none
    (`through_chain.NOISES`)."""

    settings: Settings
    noise: str
    visits: int = TUTORIAL_VISITS
    first_share: float = 0.1

    @property
    def units(self) -> int:
        return self.settings.n_hidden

    @property
    def numbers(self) -> int:
        """Those of the machine, and each σ that is learnt."""
        learnt = range(2 + self.units)[through_chain.NOISES[self.noise]]
        return Continuous(self.settings).numbers + len(learnt)

    @property
    def first_epochs(self) -> int:
        """Epochs of contrastive divergence."""
        return epochs_for(self.settings, int(self.first_share * self.visits))

    @property
    def epochs(self) -> int:
        """Steps of the descent, each of whose passes counts as two visits: once on, once back."""
        left = self.visits - visits(self.settings, self.first_epochs)
        return left // (2 * through_chain.passes_per_step(self.settings.n_points))

    def measure(self, pattern: str, seed: int) -> Measured:
        begun = time.process_time()
        run = rbm.train(on(self.settings, pattern, seed), self.first_epochs)
        if run.notice:
            return Measured(DIVERGED, time.process_time() - begun, diverged=True)
        sigma = np.full(2 + self.units, self.settings.sigma)
        first = np.concatenate([run.model.parameters, sigma])
        vector = through_chain.descend(first, run.data, self.noise, self.epochs, seed)
        noise = SCORE_SEED + 1 + seed
        starts = np.random.default_rng(noise).random((SCORED_STARTS, 2))
        cloud = through_chain.chains(vector, starts, SCORED_PASSES, noise)
        mismatch = run.experiment.yardstick.mismatch(cloud)
        slope = float(np.median(through_chain.parts(vector)[0].hidden_slope))
        return Measured(mismatch, time.process_time() - begun, slope=slope)


@dataclass(frozen=True)
class GaussianBernoulli:
    """A Gaussian–Bernoulli RBM, its exact likelihood climbed by the natural gradient."""

    units: int
    epochs: int = gaussian.WAYS["exact"].epochs

    @property
    def numbers(self) -> int:
        """Weights, biases and two variances."""
        return 2 * self.units + (2 + self.units) + 2

    def measure(self, pattern: str, seed: int) -> Measured:
        built = build(on(Settings(), pattern, seed))
        begun = time.process_time()
        run = gaussian.start(gaussian.settings_of("exact", self.units, seed), built.data)
        machine: BinaryMachine = binary_training.advance(run, self.epochs).machine
        noise = SCORE_SEED + 1 + seed
        square = np.random.default_rng(noise).random((SCORED_STARTS, 2))
        starts = to_range(square, built.settings)
        cloud = gaussian.reconstruct(machine, starts, SCORED_PASSES, noise)
        mismatch = gaussian.mismatch_of(cloud, built)
        return Measured(mismatch, time.process_time() - begun)


@dataclass(frozen=True)
class Mixture:
    """A plain mixture of Gaussians with full covariances, by EM, the best of five starts."""

    units: int
    epochs: int = 0

    @property
    def numbers(self) -> int:
        """Means, covariances, and shares that sum to 1."""
        return 6 * self.units - 1

    def measure(self, pattern: str, seed: int) -> Measured:
        built = build(on(Settings(), pattern, seed))
        begun = time.process_time()
        state = np.random.RandomState(seed)
        mixture = GaussianMixture(self.units, n_init=5, max_iter=1_000, random_state=state)
        cloud = mixture.fit(np.asarray(built.data, np.float64)).sample(SCORED_STARTS)[0]
        mismatch = built.yardstick.mismatch(np.clip(cloud, 0, 1))
        return Measured(mismatch, time.process_time() - begun)


@dataclass(frozen=True)
class Resampled:
    """The training points themselves, drawn with replacement; `smooth`: each draw blurred by the
    bandwidth under which every point is likeliest given the others (a kernel density)."""

    smooth: bool = False
    units: int = 0
    numbers: int = 0
    epochs: int = 0

    def measure(self, pattern: str, seed: int) -> Measured:
        built = build(on(Settings(), pattern, seed))
        begun = time.process_time()
        rng = np.random.default_rng(seed)
        points = np.asarray(built.data, np.float64)
        cloud = points[rng.integers(len(points), size=SCORED_STARTS)]
        if self.smooth:
            cloud = cloud + likeliest_bandwidth(points) * rng.standard_normal(cloud.shape)
        mismatch = built.yardstick.mismatch(np.clip(cloud, 0, 1))
        return Measured(mismatch, time.process_time() - begun)


def likeliest_bandwidth(points: Floats) -> float:
    """Of `BANDWIDTHS`, the one with the greatest leave-one-out likelihood of points (n, 2)."""
    squares = squareform(pdist(points, "sqeuclidean"))
    np.fill_diagonal(squares, np.inf)

    def likelihood(bandwidth: float) -> float:
        kernel = np.exp(-squares / (2 * bandwidth**2)).sum(axis=1) / bandwidth**2
        return float(np.log(np.maximum(kernel, np.finfo(float).tiny)).sum())

    return float(max(BANDWIDTHS, key=likelihood))


def on(settings: Settings, pattern: str, seed: int) -> Settings:
    """The settings on a pattern as it is by default, its sample and the run's noise by the seed."""
    return replace(settings, pattern=pattern, pattern_options=(), seed=seed, data_seed=seed)
