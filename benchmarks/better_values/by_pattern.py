"""The best values found for each pattern alone: a search each, its winner measured on fresh seeds.

`python -m benchmarks.better_values.by_pattern --resume URL --merge docs/better-values.json --json
docs/better-values.json`. The search is the one of the page "Search" and of `python -m rbm tune`:
Optuna, from the preset "Better values", two seeds a trial, bad trials ended early, everything at
the tutorial's budget. The winner is trained with the same fresh seeds as the rows of
`docs/better-values.md`, on other points than the search saw. Stopped and started again with the
same URL, it goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

import rbm
from benchmarks.better_values import results
from benchmarks.better_values.learners import Continuous, Measured
from benchmarks.better_values.measuring import Job, measured
from benchmarks.better_values.page import FOUND, SEARCHED
from rbm import engine
from rbm.patterns import PATTERNS
from rbm.settings import Settings
from rbm.tuning import LocalWorkers
from rbm.tuning.search import Search, best, run_search
from rbm.tuning.space import Range, with_values
from rbm.tuning.store import Store

RANGES = (
    Range("n_hidden", 6, 32, log=True),
    Range("sigma", 0.2, 1.5, log=True),
    Range("visible_slope", 0.01, 0.15, log=True),
    Range("k", 1, 12, log=True),
    Range("slope_learning_rate", 0.3, 5.0, log=True),
)
assert tuple(chosen.name for chosen in RANGES) == FOUND
SEEDS = (0, 1)
TRIALS, FRESH = 30, 16


def winner(pattern: str, executor: Executor, store: Store) -> Settings:
    """The settings of the best trial of the pattern's search, which goes on with what is kept."""
    base = replace(rbm.PRESETS["Better values"].settings, pattern=pattern)
    search = Search(base, RANGES, seeds=SEEDS)
    name = f"by pattern: {pattern}"
    store.open(name, search)
    records = list(store.records(name))
    for record in run_search(search, executor, records, trials=TRIALS):
        store.keep(name, record)
        records.append(record)
    return with_values(base, best(records)[0].values)


def found(
    patterns: tuple[str, ...], executor: Executor, store: Store
) -> Iterator[tuple[Job, Measured]]:
    """Every fresh run of every winner, pattern by pattern."""
    for pattern in tqdm(patterns, unit="pattern", disable=not sys.stderr.isatty()):
        learner = Continuous(winner(pattern, executor, store))
        jobs = [Job(SEARCHED, PATTERNS[pattern].label, learner, pattern, n) for n in range(FRESH)]
        yield from measured(jobs, executor, store)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.better_values.by_pattern",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--patterns", default=",".join(PATTERNS), help="by name: a,b,c")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--resume", metavar="URL", default="sqlite://", help="as sqlite:///FILE")
    parser.add_argument("--merge", metavar="FILE", help="results whose other rows are kept")
    parser.add_argument("--json", metavar="FILE", required=True, help="results as JSON")
    options = parser.parse_args()
    engine.warm_up(background=False)  # compiles once, where all workers would
    store, executor = Store(options.resume), LocalWorkers(options.workers)
    try:
        made = results.document(found(tuple(options.patterns.split(",")), executor, store))
    finally:
        executor.shutdown(cancel_futures=True)
        store.close()
    if options.merge:
        made = results.merged(json.loads(Path(options.merge).read_text("utf-8")), made)
    Path(options.json).write_text(results.to_text(made), "utf-8")


if __name__ == "__main__":
    main()
