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

    def mismatch(self, seed: int) -> float:
        """Of the run with this seed, at its end; NaN when it diverged.

        It is measured on noise of its own, as claims need it, and not on the playground's.
        """
        settings = [self._seeded(seed, settings) for _, settings in self.history]
        run = training.start(experiment.build(settings[0], self.data, self.dataset))
        for (begin, _), changed in zip(self.history[1:], settings[1:], strict=True):
            run = training.advance(run, begin - run.epoch)
            if run.notice:
                return math.nan
            run = training.change(run, changed)
        run = training.advance(run, self.epochs - run.epoch)
        return math.nan if run.notice else run.mismatch_at(run.epoch, SCORE_SEED + 1 + seed)

    def _seeded(self, seed: int, settings: Settings) -> Settings:
        return replace(settings, seed=seed, data_seed=seed)


@dataclass(frozen=True)
class Bout:
    """Both sides of a duel with one seed."""

    a: Course
    b: Course
    seed: int


@dataclass(frozen=True)
class Result:
    """The mismatches of a bout, NaN for a side that diverged."""

    seed: int
    a: float
    b: float

    @property
    def scored(self) -> tuple[float, float]:
        """Both mismatches, `DIVERGED` for a side that did."""
        a, b = (DIVERGED if math.isnan(score) else score for score in (self.a, self.b))
        return a, b

    @property
    def difference(self) -> float:
        """B − A: below 0 where B is better."""
        return self.scored[1] - self.scored[0]


def fight(bout: Bout) -> Result:
    """Trains and measures both sides, one after the other, on one core: a pure function."""
    engine.warm_up(background=False)
    return Result(bout.seed, bout.a.mismatch(bout.seed), bout.b.mismatch(bout.seed))


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


def bouts(a: Course, b: Course, count: int, known: Iterable[int] = ()) -> tuple[Bout, ...]:
    """One for each of the first `count` fresh seeds, those that are `known` left out."""
    done = set(known)
    seeds = range(FRESH_SEED, FRESH_SEED + count)
    return tuple(Bout(a, b, seed) for seed in seeds if seed not in done)


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


def judge(results: Sequence[Result]) -> Judgement:
    """All that `results`, at least one, say about B against A."""
    differences = np.array([result.difference for result in results])
    low, high = median_interval(differences)
    return Judgement(
        len(results), int((differences < 0).sum()), int((differences > 0).sum()),
        float(np.median(differences)), low, high,
        (sum(math.isnan(r.a) for r in results), sum(math.isnan(r.b) for r in results)),
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
