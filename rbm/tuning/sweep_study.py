"""A sweep as something to keep: its name, its trainings as records, what is left, and for how long.

A record carries the values of its cell and its seed rather than a place, so that records are found
again whatever number the store has given them, and one that two servers computed counts once.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing

from rbm.dialects import MAX_NAME, clean
from rbm.experiment import SCORED_PASSES, SCORED_STARTS
from rbm.patterns import PATTERNS
from rbm.settings import KNOBS, Settings
from rbm.tuning.budget import unit_updates
from rbm.tuning.documents import study_to_text
from rbm.tuning.evaluation import Progress, evaluate
from rbm.tuning.search import Record
from rbm.tuning.space import Value
from rbm.tuning.sweep import Sweep, summarise
from rbm.tuning.trial import Outcome, Trial

SEED = "seed"
"""Under this name a record's values hold its seed."""


def name_of(sweep: Sweep) -> str:
    """A name that equal sweeps share and others do not: what is swept on what, and a hash."""
    swept = " × ".join(KNOBS[axis.name].symbol or KNOBS[axis.name].label for axis in sweep.axes)
    own = sweep.dataset
    data = PATTERNS[sweep.base.pattern].label if own is None else own.name
    digest = hashlib.blake2b(study_to_text(sweep).encode(), digest_size=4).hexdigest()
    return f"{clean(f'{swept}, {data}')[: MAX_NAME - 9].rstrip()} {digest}"


def record_of(sweep: Sweep, place: int, outcome: Outcome) -> Record:
    """The outcome of the trial at that place, as a store keeps it."""
    cell = sweep.cells[sweep.cell_of(place)]
    return Record(place, {**cell.values, SEED: sweep.trials[place].seeds[0]}, outcome)


def outcomes_of(sweep: Sweep, records: Iterable[Record]) -> dict[int, Outcome]:
    """Place of a trial → its outcome, from the records of a sweep; what is not of it is left."""
    places = {
        _key(record_of(sweep, place, _NOTHING).values): place for place in range(len(sweep.trials))
    }
    known: dict[int, Outcome] = {}
    for record in records:
        place = places.get(_key(record.values))
        if place is not None:
            known.setdefault(place, record.outcome)
    return known


def shared_outcomes(
    sweep: Sweep, other: Sweep, outcomes: Mapping[int, Outcome]
) -> dict[int, Outcome]:
    """Place of a trial → its outcome, for the trials that a sweep has in common with another one
    of which `outcomes` are known: more seeds or values than before cost only what is new."""
    if sweep.dataset is not other.dataset:
        return {}
    trained = {_what(other.trials[place]): outcome for place, outcome in outcomes.items()}
    return {
        place: trained[_what(trial)]
        for place, trial in enumerate(sweep.trials)
        if _what(trial) in trained and (trained[_what(trial)].picture or not trial.picture)
    }


def run_sweep(
    sweep: Sweep, executor: Executor, known: Collection[int] = ()
) -> Generator[tuple[int, Outcome], None, None]:
    """(place, outcome) of every trial that is not `known`; raises as `evaluate` does."""
    left = [place for place in range(len(sweep.trials)) if place not in known]
    with closing(evaluate((sweep.trials[place] for place in left), executor)) as outcomes:
        for at, outcome in outcomes:
            yield left[at], outcome


def time_left(
    sweep: Sweep, known: Collection[int], found: Sequence[int], progress: Progress
) -> float | None:
    """Seconds until a sweep is done, of which the trials `found` have come in that order since it
    was begun, those `known` having been there before; None while there is no telling.

    Trials count by what they cost, as long chains, many units and many epochs take longer.
    """
    if not found:
        return None
    there = {*known, *found}
    left = sum(_cost(sweep, place) for place in range(len(sweep.trials)) if place not in there)
    return progress.left([_cost(sweep, place) for place in found], left)


def sweep_table(
    sweep: Sweep, outcomes: Mapping[int, Outcome]
) -> tuple[list[str], list[list[Value | None]]]:
    """Names of columns, and a row for each cell: its values and epochs, runs done and diverged,
    median and quartiles of the mismatch, and the mismatch of each seed.

    None: not trained yet. NaN: that run diverged; in median and quartiles it counts as `DIVERGED`.
    """
    header = [axis.name for axis in sweep.axes]
    header += ["epochs", "runs", "diverged", "median mismatch", "lower quartile", "upper quartile"]
    header += [f"mismatch of seed {seed}" for seed in sweep.seeds]
    rows: list[list[Value | None]] = []
    for at, (cell, known) in enumerate(zip(sweep.cells, summarise(sweep, outcomes), strict=True)):
        own = range(at, len(sweep.trials), len(sweep.cells))
        scores = [outcomes[place].mismatch[0] if place in outcomes else None for place in own]
        rows.append(
            [*cell.values.values(), cell.epochs, known.runs, known.diverged,
             known.median, known.low, known.high, *scores]
        )  # fmt: skip
    return header, rows


def sweep_csv(sweep: Sweep, outcomes: Mapping[int, Outcome]) -> str:
    """The table as CSV: comma, decimal point, empty where nothing is known, "nan" for a run that
    diverged."""
    header, rows = sweep_table(sweep, outcomes)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return text.getvalue()


_NOTHING = Outcome((math.nan,), (), 0, 0.0, 0.0, 0)


def _key(values: Mapping[str, Value]) -> frozenset[tuple[str, Value]]:
    return frozenset(values.items())


def _what(trial: Trial) -> tuple[Settings, int, tuple[int, ...]]:
    return trial.settings, trial.epochs, trial.seeds


def _cost(sweep: Sweep, place: int) -> int:
    """Unit updates of a trial, those of measuring its mismatch included."""
    trial = sweep.trials[place]
    n_points = None if trial.dataset is None else len(trial.dataset.points)
    measured = SCORED_STARTS * SCORED_PASSES * (2 + trial.settings.n_hidden)
    return unit_updates(trial.settings, trial.epochs, n_points) + measured
