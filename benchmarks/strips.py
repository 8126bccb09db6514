"""What the strips below the controls cost, and whether their short trainings can be believed.

`python -m benchmarks.strips [--json] [--quick]`. First the strips of a first visit, all settings of
the two open groups: trainings, seconds, trainings per second on this machine's workers. Then, for
some settings, a strip of short trainings against one as long as the preset says, on other seeds:
Spearman's correlation of the medians, and what following the short strip costs (the long mismatch
of the value that it calls best, less the least long mismatch).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace

from scipy.stats import spearmanr

from rbm.app.controls import GROUPS
from rbm.presets import FIRST_VISIT, PRESETS
from rbm.tuning import LocalWorkers, Trial, evaluate, run_trial
from rbm.tuning.strips import Strip, in_order, known_points, strips

SHOWN = (*GROUPS["Machine"], *GROUPS["Learning"])
JUDGED = ("sigma", "visible_slope", "learning_rate", "momentum", "k")
LENGTHS = (300, 500, 700)
FRESH = (100, 101, 102)


@dataclass(frozen=True)
class Cost:
    """All strips that a preset shows at first."""

    preset: str
    trainings: int
    seconds: float

    def line(self) -> str:
        """The row for people."""
        pace = self.trainings / self.seconds
        return f"{self.preset:32} {self.trainings:4} {self.seconds:7.1f} s {pace:7.1f} a second"


@dataclass(frozen=True)
class Belief:
    """One strip by trainings of `epochs` epochs against long ones."""

    preset: str
    setting: str
    epochs: int
    correlation: float
    cost: float

    def line(self) -> str:
        """The row for people."""
        return (
            f"{self.preset:18} {self.setting:16} {self.epochs:5} {self.correlation:6.2f} "
            f"{self.cost:6.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.strips", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="fewer settings, shorter long runs")
    options = parser.parse_args()
    rows = []
    if not options.json:
        print("strips of all open settings by preset: trainings, time")
        print("then preset, setting, epochs: rank correlation with long runs, cost of believing it")
    with LocalWorkers() as workers:
        for row in _rows(workers, options.quick):
            rows.append(asdict(row))
            if not options.json:
                print(row.line(), flush=True)
    if options.json:
        print(json.dumps(rows))


def _rows(workers: Executor, quick: bool) -> Iterator[Cost | Belief]:
    list(evaluate([Trial(PRESETS[FIRST_VISIT].settings, 1)] * 8, workers))  # up and warm
    for preset in (FIRST_VISIT, "Tutorial (2008)"):
        yield _cost(preset, workers)
    for preset in ("Better, 8 units", "Tutorial (2008)"):
        for name in JUDGED[:1] if quick else JUDGED:
            yield from _beliefs(preset, name, workers, 10 if quick else 1)


def _cost(preset: str, workers: Executor) -> Cost:
    trials = in_order(strips(PRESETS[preset].settings, SHOWN), ())
    begun = time.perf_counter()
    done = list(evaluate(trials, workers))
    runs = sum(len(outcome.mismatch) for _, outcome in done)
    return Cost(preset, runs, time.perf_counter() - begun)


def _beliefs(preset: str, name: str, workers: Executor, shorter: int) -> Iterator[Belief]:
    (strip,) = strips(PRESETS[preset].settings, [name])
    long = _medians(strip, PRESETS[preset].epochs // shorter, FRESH, workers)
    for epochs in LENGTHS:
        short = _medians(strip, epochs, strip.trials[0].seeds, workers)
        believed = long[min(range(len(short)), key=short.__getitem__)]
        correlation = float(spearmanr(short, long).statistic)
        yield Belief(preset, name, epochs, correlation, believed - min(long))


def _medians(strip: Strip, epochs: int, seeds: tuple[int, ...], workers: Executor) -> list[float]:
    """The median mismatch of each value, trained for so many epochs with these seeds."""
    trials = [replace(trial, epochs=epochs, seeds=seeds) for trial in strip.trials]
    futures = [workers.submit(run_trial, trial) for trial in trials]
    outcomes = {trial: future.result() for trial, future in zip(strip.trials, futures, strict=True)}
    return [point.median for point in known_points(strip, outcomes.get) if point is not None]


if __name__ == "__main__":
    main()
