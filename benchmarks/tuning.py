"""How many trials a second, on one worker and on two, and what a trial costs outside training.

`python -m benchmarks.tuning [--json] [--quick]`. Both pools are up and warm; they work in turn (one
worker, two workers, one worker, …) on the same trials. The gain is the ratio of trials per second;
it means something on two idle cores. Outside training: the share of a worker's time that is not
training, split into the trial's own part (data, measuring) and the way there and back. The last row
is a search, whose proposals and SQLite file are part of the way.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

import rbm
from rbm.tuning import LocalWorkers, Outcome, Trial, default_range, epochs_for, evaluate
from rbm.tuning.budget import Budget
from rbm.tuning.search import Search, run_search
from rbm.tuning.store import Store

BETTER = rbm.PRESETS["Better, 8 units"].settings
STRIP_EPOCHS = 2_000
SEARCHED = ("sigma", "k", "visible_slope", "learning_rate", "slope_learning_rate", "momentum")

Work = Callable[[Executor, int], Sequence[Outcome]]


@dataclass(frozen=True)
class Row:
    """What one kind of work measured: medians over rounds, the gain with its quartiles. Shares
    are of one worker's time."""

    work: str
    trials_per_second_1: float
    trials_per_second_2: float
    gain: float
    gain_quartiles: tuple[float, float]
    in_trial_outside_training: float
    on_the_way: float

    def line(self) -> str:
        """The row for people."""
        low, high = self.gain_quartiles
        outside = self.in_trial_outside_training + self.on_the_way
        return (
            f"{self.work:34} {self.trials_per_second_1:6.1f} {self.trials_per_second_2:6.1f}   "
            f"{self.gain:4.2f} [{low:.2f}, {high:.2f}]   {outside:5.1%} = "
            f"{self.in_trial_outside_training:.1%} + {self.on_the_way:.1%}"
        )


def strip(executor: Executor, count: int) -> Sequence[Outcome]:
    """Short runs of one seed, as under a control."""
    trials = [Trial(replace(BETTER, sigma=0.3 + 0.01 * n), STRIP_EPOCHS) for n in range(count)]
    return [outcome for _, outcome in evaluate(trials, executor)]


def whole_runs(executor: Executor, count: int) -> Sequence[Outcome]:
    """Runs of the whole budget, with a picture, as in a sweep."""
    epochs = epochs_for(BETTER, Budget().visits)
    trials = [Trial(BETTER, epochs, (seed,), picture=True) for seed in range(count)]
    return [outcome for _, outcome in evaluate(trials, executor)]


def search(executor: Executor, count: int) -> Sequence[Outcome]:
    """A search with three seeds, its records kept in a file; none ends early."""
    looked_for = Search(
        BETTER, tuple(map(default_range, SEARCHED)), Budget(STRIP_EPOCHS), checks=()
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'tuning.sqlite'}")
        store.open("benchmark", looked_for)
        outcomes = []
        for record in run_search(looked_for, executor, trials=count):
            store.keep("benchmark", record)
            outcomes.append(record.outcome)
        store.close()
    return outcomes


def measure(name: str, work: Work, count: int, rounds: int, pools: Sequence[Executor]) -> Row:
    """The row of one kind of work, `count` trials a round."""
    for pool in pools:
        work(pool, 4)
    rates: list[list[float]] = [[], []]
    inside, way = [], []
    for _ in range(rounds):
        for number, pool in enumerate(pools):
            begun = time.perf_counter()
            outcomes = work(pool, count)
            wall = time.perf_counter() - begun
            rates[number].append(count / wall)
            if number == 0:
                elapsed = sum(outcome.elapsed for outcome in outcomes)
                inside.append((elapsed - sum(o.seconds for o in outcomes)) / wall)
                way.append((wall - elapsed) / wall)
    gains = np.array(rates[1]) / np.array(rates[0])
    low, gain, high = np.quantile(gains, [0.25, 0.5, 0.75])
    one, two = np.median(rates, axis=1)
    return Row(
        name, float(one), float(two), float(gain), (float(low), float(high)),
        float(np.median(inside)), float(np.median(way)),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.tuning",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="3 rounds instead of 9")
    options = parser.parse_args()
    rounds = 3 if options.quick else 9
    if not options.json:
        print(f"{'':34} trials/s on 1, 2   gain [quartiles]    outside training = in trial + way")
    rows = []
    with LocalWorkers(1) as one, LocalWorkers(2) as two:
        for name, (work, count) in WORK.items():
            rows.append(measure(name, work, count, rounds, (one, two)))
            if not options.json:
                print(rows[-1].line(), flush=True)
    if options.json:
        json.dump({"rounds": rounds, "rows": [asdict(row) for row in rows]}, sys.stdout, indent=2)
        print()


WORK: dict[str, tuple[Work, int]] = {
    f"strip: {STRIP_EPOCHS:,} epochs, 8 units": (strip, 40),
    "sweep: the whole budget, 8 units": (whole_runs, 12),
    f"search: 3 seeds × {STRIP_EPOCHS:,} epochs": (search, 20),
}


if __name__ == "__main__":
    main()
