"""Is one side of a duel better than the other, or was it luck? Both again, with other seeds.

A run of a duel is repeated with another seed (which also draws other points of a pattern), both
sides with the same one, and their mismatches are compared seed by seed. What is claimed is the
median of the differences with its exact interval by order statistics (the inverse of the sign
test; Conover, Practical Nonparametric Statistics, 3.2): it assumes nothing about how mismatches
spread, and a run that diverged takes its place at the bad end.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from rbm import engine, experiment, training
from rbm.datasets import Dataset
from rbm.run import SCORE_SEED, Run
from rbm.settings import Settings
from rbm.tuning import DIVERGED, workers_of
from rbm.tuning.confirmation import FRESH_SEED
from rbm.tuning.evaluation import result_of

CONFIDENCE = 0.95
LOOKS = 9
"""Epochs at which each run is measured."""


@dataclass(frozen=True)
class Course:
    """How a run came about, but for its seeds: which settings held from which epoch on, up to
    `epochs`, on a `dataset`, on `data` (n, 2) in the units' range, or on the pattern."""

    history: tuple[tuple[int, Settings], ...]
    epochs: int
    dataset: Dataset | None = field(default=None, repr=False)
    data: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, run: Run, epochs: int) -> Course:
        """The course of a run, taken to `epochs` in all, on the data that it learns now.

        Raises `ValueError` with a sentence for a run whose beginning is not known, and for data
        that nothing can be measured on.
        """
        if run.first_epoch > 0:
            raise ValueError(
                f"It began with what had been learnt by epoch {run.first_epoch:,}, and how is not "
                "known, so it cannot be repeated with other seeds."
            )
        setting = run.experiment
        if not setting.yardstick.has_length:
            raise ValueError(
                "These data cannot be told from uniform noise, so no mismatch can be measured."
            )
        own = setting.pattern is None and setting.dataset is None
        history = tuple(entry for entry in run.history if entry[0] < epochs)
        return cls(history, epochs, setting.dataset, setting.data if own else None)

    def mismatches(self, seed: int, at: Sequence[int]) -> tuple[float, ...]:
        """Of the run with this seed, at each of the epochs `at` (rising, none above `epochs`); NaN
        from where it diverged. A change at such an epoch counts already, as in the playground.

        They are measured on noise of their own, as claims need it, and not on the playground's.
        """
        changes = {epoch: self._seeded(seed, settings) for epoch, settings in self.history[1:]}
        first = self._seeded(seed, self.history[0][1])
        run = training.start(experiment.build(first, self.data, self.dataset))
        found = {}
        for stop in sorted({*at, *changes}):
            run = training.advance(run, stop - run.epoch)
            if stop in changes and not run.notice:
                run = training.change(run, changes[stop])
            if stop in at:
                known = not run.notice
                found[stop] = run.mismatch_at(stop, SCORE_SEED + 1 + seed) if known else math.nan
        return tuple(found[epoch] for epoch in at)

    def _seeded(self, seed: int, settings: Settings) -> Settings:
        return replace(settings, seed=seed, data_seed=seed)


@dataclass(frozen=True)
class Bout:
    """Both sides of a duel with one seed, measured at the epochs `at`, the last one the end."""

    a: Course
    b: Course
    seed: int
    at: tuple[int, ...]


@dataclass(frozen=True)
class Result:
    """The mismatches of a bout at each of its epochs `at`, NaN from where a side diverged."""

    seed: int
    at: tuple[int, ...]
    a: tuple[float, ...]
    b: tuple[float, ...]

    def scored(self, place: int = -1) -> tuple[float, float]:
        """Both mismatches at one of the epochs (the end), `DIVERGED` for a side that did."""
        a, b = (
            DIVERGED if math.isnan(scores[place]) else scores[place] for scores in (self.a, self.b)
        )
        return a, b

    def difference(self, place: int = -1) -> float:
        """B − A at one of the epochs (the end): below 0 where B is better."""
        a, b = self.scored(place)
        return b - a


def fight(bout: Bout) -> Result:
    """Trains and measures both sides, one after the other, on one core: a pure function."""
    engine.warm_up(background=False)
    scores = (course.mismatches(bout.seed, bout.at) for course in (bout.a, bout.b))
    return Result(bout.seed, bout.at, *scores)


def by_seed(trials: Iterable[Bout], executor: Executor) -> Generator[Result, None, None]:
    """The result of every bout, in the order of their ends, each once; as `rbm.tuning.evaluate`."""
    source = iter(trials)
    waiting: set[Future[Result]] = set()
    try:
        while True:
            room = 2 * workers_of(executor) - len(waiting)
            waiting |= {executor.submit(fight, bout) for bout in islice(source, room)}
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield result_of(future)
    finally:
        for future in waiting:
            future.cancel()


def bouts(a: Course, b: Course, parted: int, count: int) -> tuple[Bout, ...]:
    """One for each of `count` fresh seeds, measured at `LOOKS` epochs in even steps from where
    the sides part to their end."""
    at = np.unique(np.linspace(parted, a.epochs, LOOKS).round().astype(int))
    return tuple(
        Bout(a, b, seed, tuple(at.tolist())) for seed in range(FRESH_SEED, FRESH_SEED + count)
    )


@dataclass(frozen=True)
class Judgement:
    """What the results so far say: on how many seeds B was `better`, A was, or neither; the
    `median` of the differences B − A with its interval `low` to `high` (NaN: too few seeds)."""

    seeds: int
    better: int
    worse: int
    median: float
    low: float
    high: float
    diverged: tuple[int, int]

    @property
    def words(self) -> str:
        """The verdict, as carefully as the numbers allow."""
        n, ties = self.seeds, self.seeds - self.better - self.worse
        if ties == n:
            return f"No difference at all on {_seeds(n)}."
        size = abs(self.median)
        if math.isnan(self.low):
            return (
                f"B is better on {self.better} of {_seeds(n)}. What may be claimed takes six seeds "
                "or more."
            )
        if self.high < 0 or self.low > 0:
            winner, count = ("B", self.better) if self.high < 0 else ("A", self.worse)
            ends = sorted((abs(self.low), abs(self.high)))
            return (
                f"{winner} is better on {count} of {_seeds(n)}, by {size:.3f} "
                f"[{ends[0]:.3f}, {ends[1]:.3f}]."
            )
        return (
            f"Not told apart: B is better on {self.better} of {_seeds(n)}, and the median "
            f"difference {_signed(self.median)} [{_signed(self.low)}, {_signed(self.high)}] "
            "may as well be 0."
        )


def judge(results: Sequence[Result], place: int = -1) -> Judgement:
    """All that `results`, at least one, say about B against A at one of their epochs (the end)."""
    differences = np.array([result.difference(place) for result in results])
    low, high = median_interval(differences)
    failed_a = sum(math.isnan(result.a[place]) for result in results)
    failed_b = sum(math.isnan(result.b[place]) for result in results)
    return Judgement(
        len(results), int((differences < 0).sum()), int((differences > 0).sum()),
        float(np.median(differences)), low, high,
        (failed_a, failed_b),
    )  # fmt: skip


def median_interval(
    values: NDArray[np.floating], confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """An interval that holds the median of what `values` (n,) were drawn from, with at least this
    confidence, whatever that is: the r-th smallest and the r-th largest of them, r as large as the
    binomial law of n throws of a coin allows. (NaN, NaN) where there is no such r."""
    ordered, rank = np.sort(values), _rank(len(values), confidence)
    if rank == 0:
        return math.nan, math.nan
    return float(ordered[rank - 1]), float(ordered[-rank])


@lru_cache(maxsize=256)
def _rank(count: int, confidence: float) -> int:
    """The largest r for which fewer than r heads in `count` throws are rare enough; 0: none is."""
    rank, rare = 0, (1 - confidence) / 2
    while binom.cdf(rank, count, 0.5) <= rare:
        rank += 1
    return rank


def _seeds(count: int) -> str:
    return f"{count:,} seed{'s' * (count != 1)}"


def _signed(number: float) -> str:
    return f"{number:+.3f}".replace("-", "−")
