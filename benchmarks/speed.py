"""How fast an epoch is, as ratios measured in turn within one run.

    python -m benchmarks.speed [--json] [--quick]

Three questions: how many times quicker the compiled epoch is than others would write it; how
far it is from the limit, the time of its parts alone (one normal, one logistic and the field for
every unit, each a compiled loop of its own over a row in the cache); and whether its cost is
linear in points, units and k. Rounds go A B C A B C …; a ratio is formed within a round, then
the median and the quartiles of all rounds are shown, so a busy machine widens the quartiles and
does not favour one side. Times are processor time of this thread.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more make these small products slower
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.opponents import PerPoint, Vectorised
from rbm.engine import REFERENCE, current, initial_state, status, warm_up
from rbm.engine.noise import BLOCK
from rbm.settings import Settings

CASES = [(500, 2, 20), (500, 4, 20), (500, 8, 1), (500, 8, 20), (500, 8, 50), (5000, 16, 20)]
LINES = {
    "points": [(512, 8, 20), (2048, 8, 20), (8192, 8, 20)],
    "hidden units": [(512, 8, 20), (512, 24, 20), (512, 64, 20)],
    "k": [(512, 8, 10), (512, 8, 40), (512, 8, 100)],
}


def unit_updates(n_points, n_hidden, k):
    """Noisy units computed in one epoch of 2-dimensional data."""
    return n_points * (n_hidden + k * (n_hidden + 2))


def seconds(task, at_least=0.02):
    """Processor time of one call, from as many calls as fill `at_least` seconds."""
    calls, used = 0, 0.0
    start = time.thread_time()
    while used < at_least:
        task()
        calls += 1
        used = time.thread_time() - start
    return used / calls


def in_turn(tasks, rounds):
    """{name: array of seconds, one per round}; every round calls every task once."""
    for task in tasks.values():
        task()
    times = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            times[name].append(seconds(task))
    return {name: np.array(values) for name, values in times.items()}


def quartiles(values):
    low, middle, high = np.percentile(values, [25, 50, 75])
    return {"median": float(middle), "quartiles": [float(low), float(high)]}


def data_of(n_points):
    return np.random.default_rng(0).random((n_points, 2), dtype=np.float32)


def epochs_of(engine, n_points, n_hidden, k, count):
    """A task that runs `count` epochs."""
    settings = Settings(n_hidden=n_hidden, k=k, k_end=k)
    data = data_of(n_points)
    state = initial_state(settings, data)
    return lambda: engine.advance(state, data, settings, count)


def limit_tasks(n_rows=4000):
    """The three parts of a unit update on one row of a block, `n_rows` times, each alone."""
    from numba import njit

    from rbm.engine import lanes
    from rbm.engine.fused import _rows

    one = np.float32(1)

    @njit(nogil=True)
    def normal(row, inputs, weights):
        for i in range(n_rows):
            lanes.noise(row, 0, one, one, np.uint64(i), 0, lanes.PAIRS)

    @njit(nogil=True)
    def logistic(row, inputs, weights):
        for _ in range(n_rows):
            lanes.logistic(row, 0, np.float32(0), one, BLOCK)

    @njit(nogil=True)
    def field(row, inputs, weights):
        for _ in range(n_rows):
            lanes.add_inputs(row, 0, inputs, 0, weights, BLOCK)

    rows = _rows(1), _rows(lanes.INPUTS), np.zeros((1, lanes.INPUTS), np.float32)
    parts = {"normal": normal, "logistic": logistic, "field": field}
    return {name: lambda part=part: part(*rows) for name, part in parts.items()}, n_rows * BLOCK


def measure_case(case, rounds):
    """Ratios of the other ways to the compiled epoch, for one (points, hidden, k)."""
    n_points, n_hidden, k = case
    data = data_of(n_points)
    tasks = {
        "compiled": epochs_of(current(), *case, 20),
        "NumPy twin": epochs_of(REFERENCE, *case, 1),
        "NumPy, standard_normal and expit": Vectorised(data, n_hidden, k).epoch,
        "loop over points": PerPoint(data, n_hidden, k).epoch,
    }
    times = in_turn(tasks, rounds)
    times["compiled"] = times["compiled"] / 20
    updates = unit_updates(*case)
    return {
        "points": n_points,
        "hidden": n_hidden,
        "k": k,
        "compiled µs": quartiles(times["compiled"] * 1e6),
        "compiled ns per unit update": quartiles(times["compiled"] * 1e9 / updates),
        "times slower": {
            name: quartiles(values / times["compiled"])
            for name, values in times.items()
            if name != "compiled"
        },
    }


def measure_limit(rounds, case=(512, 8, 20)):
    """ns per unit update of an epoch beside the sum of its parts, and their ratio."""
    parts, lanes = limit_tasks()
    times = in_turn({"epoch": epochs_of(current(), *case, 20), **parts}, rounds)
    epoch = times.pop("epoch") / 20 / unit_updates(*case) * 1e9
    per_lane = {name: values / lanes * 1e9 for name, values in times.items()}
    hidden = case[1]
    inputs = 2 * 2 * hidden / (hidden + 2)  # of a unit, on average; the field is timed with 8
    limit = per_lane["normal"] + per_lane["logistic"] + inputs / 8 * per_lane["field"]
    return {
        "ns per unit update": quartiles(epoch),
        "limit: one normal, one logistic, the field (ns)": quartiles(limit),
        "epoch / limit": quartiles(epoch / limit),
        "parts (ns)": {name: quartiles(values) for name, values in per_lane.items()},
    }


def measure_lines(rounds):
    """ns per unit update as one size grows: constant when the cost is linear."""
    result = {}
    for name, cases in LINES.items():
        times = in_turn({case: epochs_of(current(), *case, 20) for case in cases}, rounds)
        per_update = {case: times[case] / 20 / unit_updates(*case) * 1e9 for case in cases}
        first = per_update[cases[0]]
        result[name] = [
            {"points, hidden, k": case, "relative to the first": quartiles(values / first)}
            for case, values in per_update.items()
        ]
    return result


def show(result):
    def text(value, digits=2):
        low, high = value["quartiles"]
        return f"{value['median']:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"

    print(f"Engine: {result['engine']}; median [quartiles] of {result['rounds']} rounds\n")
    for case in result["cases"]:
        print(
            f"{case['points']} points, {case['hidden']} hidden, k = {case['k']}: "
            f"{text(case['compiled µs'], 0)} µs, "
            f"{text(case['compiled ns per unit update'])} ns per unit update"
        )
        for name, value in case["times slower"].items():
            print(f"    {text(value, 1)} times slower: {name}")
    if "limit" in result:
        print("\nThe compiled epoch and its limit (512 points, 8 hidden, k = 20)")
        for name, value in result["limit"].items():
            if "median" in value:
                print(f"    {text(value)}  {name}")
    for name, cases in result["linear"].items():
        row = ", ".join(text(case["relative to the first"]) for case in cases)
        sizes = " → ".join(str(tuple(case["points, hidden, k"])) for case in cases)
        print(f"\nns per unit update as {name} grow: {sizes}\n    {row}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and cases")
    options = parser.parse_args()
    rounds = 7 if options.quick else 11
    warm_up(background=False)
    result = {
        "engine": f"{current().name} ({status()})",
        "rounds": rounds,
        "cases": [measure_case(case, rounds) for case in (CASES[3:4] if options.quick else CASES)],
        "linear": measure_lines(rounds),
    }
    if current().name == "fused":
        result["limit"] = measure_limit(rounds)
    if options.json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        show(result)


if __name__ == "__main__":
    main()
