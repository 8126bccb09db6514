"""What may be claimed of settings: each trained again with fresh seeds on fresh data.

Whatever won a search won it with some luck: the best of a hundred noisy numbers is better than
what it stands for. So candidates are measured again with seeds that no search uses, hence with
other data, first weights and noise, and are compared with the first of them, the default, run by
run on equal seeds. Intervals are 95 % bootstrap intervals of means over patterns and seeds: seeds
are resampled within each pattern, as the patterns are all there are rather than a sample of some.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rbm.datasets import Dataset
from rbm.settings import Settings
from rbm.tuning.budget import TUTORIAL_BUDGET, Budget
from rbm.tuning.trial import DIVERGED, Outcome, Trial

FRESH_SEED = 1_000_000
"""Seeds from here on are for claims; searches and sweeps stay below."""
DRAWS = 2_000


@dataclass(frozen=True)
class Confirmation:
    """Candidates by name, the default first, each trained on every pattern with `seeds` seeds."""

    candidates: Mapping[str, Settings]
    patterns: tuple[str, ...] = ()
    dataset: Dataset | None = field(default=None, repr=False)
    seeds: int = 16
    budget: Budget = TUTORIAL_BUDGET

    def __post_init__(self) -> None:
        if not self.candidates or self.seeds < 2:
            raise ValueError("To confirm takes a candidate and two seeds or more.")

    @property
    def trials(self) -> tuple[Trial, ...]:
        """One for each run: candidate by candidate, pattern by pattern, seed by seed."""
        n_points = None if self.dataset is None else len(self.dataset.points)
        return tuple(
            Trial(
                settings, self.budget.epochs_of(settings, n_points), (FRESH_SEED + number,),
                () if pattern is None else (pattern,), self.dataset, fresh_noise=True,
            )
            for settings in self.candidates.values()
            for pattern in self.patterns or (None,)
            for number in range(self.seeds)
        )  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What was measured of one candidate.

    `mean` mismatch with its interval `low` to `high`, a diverged run counted as
    `rbm.tuning.DIVERGED`; `above_one`: runs no better than uniform noise, diverged ones included;
    `difference` from the first candidate with its interval (negative: better). `by_pattern`: means.
    """

    name: str
    mean: float
    low: float
    high: float
    runs: int
    above_one: int
    diverged: int
    difference: tuple[float, float, float]
    by_pattern: Mapping[str, float]
    seconds: float

    @property
    def better(self) -> bool:
        """Whether it beats the first candidate by more than chance would explain."""
        return self.difference[2] < 0


def judge(asked: Confirmation, outcomes: Mapping[int, Outcome]) -> tuple[Verdict, ...]:
    """The verdicts from the outcomes of all `asked.trials`, by place."""
    found = [outcomes[place] for place in range(len(asked.trials))]
    scores = np.array([outcome.mismatch[0] for outcome in found], np.float64)
    scores[np.isnan(scores)] = DIVERGED
    patterns = asked.patterns or ("",)
    scores = scores.reshape(len(asked.candidates), len(patterns), asked.seeds)
    each = len(patterns) * asked.seeds
    verdicts = []
    for i, name in enumerate(asked.candidates):
        own = found[i * each : (i + 1) * each]
        low, high = bootstrap_interval(scores[i])
        paired = scores[i] - scores[0]
        means = scores[i].mean(axis=1)
        verdicts.append(
            Verdict(
                name, float(scores[i].mean()), low, high, each, int((scores[i] > 1).sum()),
                sum(outcome.diverged for outcome in own),
                (float(paired.mean()), *bootstrap_interval(paired)),
                {p: float(mean) for p, mean in zip(patterns, means, strict=True) if p},
                float(np.median([outcome.seconds for outcome in own])),
            )
        )  # fmt: skip
    return tuple(verdicts)


def bootstrap_interval(
    scores: Sequence[Sequence[float]] | NDArray[np.float64], draws: int = DRAWS
) -> tuple[float, float]:
    """95 % interval of the mean of scores (patterns, seeds), the patterns being fixed."""
    table = np.asarray(scores, np.float64)
    rng = np.random.default_rng(0)
    columns = rng.integers(table.shape[1], size=(draws, *table.shape))
    means = np.take_along_axis(table[None], columns, axis=2).mean(axis=(1, 2))
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
