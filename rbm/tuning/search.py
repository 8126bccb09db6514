"""A search: settings proposed by Optuna from what earlier trials found, tried with several seeds.

The sampler is multivariate TPE, which sees that settings belong together (k and the learning rate,
noise and slope); trials under way count as bad ones, so that workers spread out. Optuna only
proposes: its study lives in memory and is rebuilt from the records, which are all there is to keep.
So a search goes on from whatever has been kept, wherever it was stopped.

A trial that at an early epoch is worse than the median of the finished trials were there ends
there. It carries those medians as its limits (see `rbm.tuning.trial`), as they were when it began.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from statistics import median

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState

from rbm.datasets import Dataset
from rbm.settings import KNOBS, Settings
from rbm.tuning.budget import TUTORIAL_BUDGET, Budget
from rbm.tuning.evaluation import ended, result_of
from rbm.tuning.executors import workers_of
from rbm.tuning.space import Range, Value, with_values
from rbm.tuning.trial import Outcome, Trial, run_trial

RANDOM_TRIALS = 10
"""Trials before the sampler models anything, and before any is ended early."""
EDGE = 0.05
"""Share of a range that counts as its end."""
USUAL = ("sigma", "k", "visible_slope", "learning_rate", "slope_learning_rate", "momentum")
"""The settings that are searched unless others are named."""


@dataclass(frozen=True)
class Search:
    """What is looked for, where, and how each trial is measured.

    `base` gives every setting without a range. `patterns`, `dataset`: as for a `Trial`. `seeds`:
    the same for all trials, so that they differ by their settings alone. `checks`: shares of a
    trial's epochs at which it may end early; () lets all end as planned. `seed`: the sampler's.
    Raises `ValueError` with a sentence where there is nothing to search.
    """

    base: Settings
    ranges: tuple[Range, ...]
    budget: Budget = TUTORIAL_BUDGET
    seeds: tuple[int, ...] = (0, 1, 2)
    patterns: tuple[str, ...] = ()
    dataset: Dataset | None = field(default=None, repr=False)
    checks: tuple[float, ...] = (0.1, 0.3)
    seed: int = 0

    def __post_init__(self) -> None:
        names = [chosen.name for chosen in self.ranges]
        if not names or len(set(names)) != len(names) or not self.seeds:
            raise ValueError("A search needs a range for each of one or more settings, and a seed.")
        if not all(0 < share < 1 for share in self.checks):
            raise ValueError(f"Checks are shares of a trial between 0 and 1; got {self.checks}.")

    def trial(self, values: Mapping[str, Value], limits: Sequence[float] = ()) -> Trial:
        """The trial of these values of the settings searched."""
        settings = with_values(self.base, values)
        n_points = None if self.dataset is None else len(self.dataset.points)
        epochs = self.budget.epochs_of(settings, n_points)
        checks = sorted({math.ceil(share * epochs) for share in self.checks} - {epochs})
        return Trial(
            settings, epochs, self.seeds, self.patterns, self.dataset, tuple(checks),
            tuple(limits[: len(checks)]),
        )  # fmt: skip


@dataclass(frozen=True)
class Record:
    """A finished trial of a search: its number, the values tried, and what came of them."""

    number: int
    values: Mapping[str, Value]
    outcome: Outcome

    @property
    def objective(self) -> float:
        """What is minimised: see `Outcome.objective`."""
        return self.outcome.objective


def run_search(
    search: Search,
    executor: Executor,
    known: Sequence[Record] = (),
    *,
    trials: int | None = None,
    seconds: float = math.inf,
    others: Callable[[], Sequence[Record]] = tuple,
) -> Generator[Record, None, None]:
    """Records as trials end, until there are `trials` of them, `known` ones included, or no more
    can be begun within `seconds`, those of a pause not counted; without either, until it is closed.
    `others()`: trials of this search that somebody else has finished, each told once; they count
    as known.

    The first trial is that of the base settings where they lie in the ranges, unless it is known:
    a search that was killed may have kept its second trial and not its first. With one
    worker the records are a function of the arguments; with more, of who was quicker too. Raises
    as `evaluate` does.
    """
    records = list(known)
    study = study_of(search, records)
    first = _own_values(search)
    if first is not None and not any(record.values == first for record in records):
        study.enqueue_trial(first)
    until = time.monotonic() + seconds
    number = max((record.number for record in records), default=-1) + 1
    waiting: dict[Future[Outcome], tuple[int, optuna.Trial, Mapping[str, Value]]] = {}
    space = {chosen.name: distribution(chosen) for chosen in search.ranges}
    try:
        while True:
            for record in others():
                study.add_trial(_told(search, record))
                records.append(record)
                number = max(number, record.number + 1)
            while (
                len(waiting) < workers_of(executor)
                and (trials is None or len(records) + len(waiting) < trials)
                and time.monotonic() < until
            ):
                asked = study.ask(space)
                trial = search.trial(asked.params, limits_from(records))
                waiting[executor.submit(run_trial, trial)] = (number, asked, dict(asked.params))
                number += 1
            if not waiting:
                return
            for future in ended(waiting):
                place, asked, values = waiting.pop(future)
                record = Record(place, values, result_of(future))
                _tell(study, asked, record.outcome)
                records.append(record)
                asked_for = time.monotonic()
                yield record
                until += time.monotonic() - asked_for
    finally:
        for future in waiting:
            future.cancel()


def limits_from(records: Sequence[Record]) -> tuple[float, ...]:
    """For each check, the median of what the trials that went all the way had there; () while
    there are too few of them to know."""
    whole = [record.outcome.early for record in records if not record.outcome.pruned]
    if len(whole) < RANDOM_TRIALS:
        return ()
    return tuple(median(at_check) for at_check in zip(*whole, strict=True))


def study_of(search: Search, records: Sequence[Record]) -> optuna.Study:
    """Optuna's study of the records, for its samplers, importances and pictures."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(
        seed=search.seed + len(records),  # going on must not propose the same again
        n_startup_trials=RANDOM_TRIALS,
        multivariate=True,
        constant_liar=True,
    )
    study = optuna.create_study(sampler=sampler)
    study.add_trials([_told(search, record) for record in records])
    return study


def best(records: Sequence[Record], count: int = 1) -> list[Record]:
    """The finished trials of least mismatch, best first."""
    whole = [record for record in records if not record.outcome.pruned]
    return sorted(whole, key=lambda record: record.objective)[:count]


def at_edges(search: Search, record: Record) -> tuple[str, ...]:
    """The settings whose value lies within `EDGE` of an end of its range that could be moved
    outwards: better values may lie beyond."""
    found = []
    for chosen in search.ranges:
        if chosen.choices:
            continue
        scale = math.log if chosen.log else float
        low, high = scale(chosen.low), scale(chosen.high)
        place = (scale(float(record.values[chosen.name])) - low) / (high - low)
        knob = KNOBS[chosen.name]
        if (place < EDGE and knob.low < chosen.low) or (
            place > 1 - EDGE and chosen.high < knob.high
        ):
            found.append(chosen.name)
    return tuple(found)


def distribution(chosen: Range) -> BaseDistribution:
    """A range in Optuna's terms."""
    if chosen.choices:
        return CategoricalDistribution(chosen.choices)
    if KNOBS[chosen.name].kind == "int":
        return IntDistribution(int(chosen.low), int(chosen.high), log=chosen.log)
    return FloatDistribution(chosen.low, chosen.high, log=chosen.log)


def _tell(study: optuna.Study, asked: optuna.Trial, outcome: Outcome) -> None:
    for step, mismatch in enumerate(outcome.early):
        asked.report(mismatch, step)
    if outcome.pruned:
        study.tell(asked, state=TrialState.PRUNED)  # its value is the last that was reported
    else:
        study.tell(asked, outcome.objective)


def _told(search: Search, record: Record) -> optuna.trial.FrozenTrial:
    outcome = record.outcome
    return optuna.create_trial(
        state=TrialState.PRUNED if outcome.pruned else TrialState.COMPLETE,
        value=outcome.objective,
        params=dict(record.values),
        distributions={chosen.name: distribution(chosen) for chosen in search.ranges},
        intermediate_values=dict(enumerate(outcome.early)),
        user_attrs={"number": record.number},
    )


def _own_values(search: Search) -> dict[str, Value] | None:
    """The base's own values, if all of them lie in the ranges."""
    values = {chosen.name: getattr(search.base, chosen.name) for chosen in search.ranges}
    inside = all(
        value in chosen.choices if chosen.choices else chosen.low <= value <= chosen.high
        for chosen, value in zip(search.ranges, values.values(), strict=True)
    )
    return values if inside else None
