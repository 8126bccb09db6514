"""The binary machine beside scikit-learn's: time and likelihood, measured in turn within one run.

    python -m benchmarks.binary [--json] [--quick]

Both sides `fit` the same rows for as many epochs, in the same precision, on one thread of BLAS; the
compiler is done before. Two fits of ours: by scikit-learn's own algorithm (persistent chains, the
plain gradient) and by our defaults (CD-1, centred). The products alone are those of an update of
persistent chains, with NumPy into arrays that are there already: v from the chains' h, both h from
v, the gradient. Rounds go A B C A B C …; ratios are formed within a round, and their median and
quartiles shown, of processor time of this thread and of time by the clock. Likelihoods are of the
training rows, after ten epochs, by annealed importance sampling.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from functools import partial
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import sklearn.neural_network
from sklearn.datasets import load_digits

from benchmarks.speed import quartiles
from rbm import BernoulliRBM
from rbm.engine import binary_compilation
from rbm.likelihood import annealed_log_partition
from rbm.models.binary import BinaryMachine

CASES = [
    ("digits", 100, 10, 10), ("digits", 100, 100, 10), ("digits", 100, 10, 3),
    ("digits", 100, 100, 3), ("synthetic", 256, 100, 1), ("digits", 256, 10, 10),
    ("digits", 256, 100, 10),
]  # fmt: skip
"""Rows, hidden units, rows in a batch, epochs."""
QUICK = 5
QUALITY = [("digits", 10), ("digits", 100), ("binary digits", 10), ("binary digits", 100)]
OURS = {
    "as scikit-learn": {"rule": "pcd", "centred": False},
    "by default": {},
    "persistent, centred": {"rule": "pcd"},
    "CD, plain": {"centred": False},
}
TIMED = ("as scikit-learn", "by default")


def rows_of(name):
    if name == "synthetic":
        return (np.random.default_rng(0).random((10_000, 784)) < 0.2).astype(np.float64)
    digits = load_digits().data / 16
    return digits if name == "digits" else (digits > 0.5).astype(np.float64)


def products(n_rows, n_visible, n_hidden, batch, epochs, kind):
    """A task: the three products of every update, and nothing else."""
    rng = np.random.default_rng(0)
    weights = rng.normal(0, 0.01, (n_visible, n_hidden)).astype(kind)
    h_chain = (rng.random((batch, n_hidden)) < 0.5).astype(kind)
    v = (rng.random((2 * batch, n_visible)) < 0.5).astype(kind)
    h, gradient = np.empty((2 * batch, n_hidden), kind), np.empty_like(weights)

    def task():
        for _ in range(epochs * -(-n_rows // batch)):
            np.dot(h_chain, weights.T, out=v[batch:])
            np.dot(v, weights, out=h)
            np.dot(v.T, h, out=gradient)

    return task


def in_turn(tasks, rounds):
    """{name: (rounds, 2) seconds, of this thread's processor and by the clock}."""
    times = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for _ in range(rounds):
        for name, task in tasks.items():
            begin = time.thread_time(), time.perf_counter()
            task()
            times[name].append(np.subtract((time.thread_time(), time.perf_counter()), begin))
    return {name: np.array(values) for name, values in times.items()}


def measure_case(case, kind, rounds):
    name, n_hidden, batch, epochs = case
    rows = rows_of(name).astype(kind)
    if binary_compilation.fused(kind) is None:
        print("Without the compiler: these are the times of NumPy.", file=sys.stderr)

    def fitting(estimator, **options):
        made = estimator(n_hidden, batch_size=batch, n_iter=epochs, random_state=0, **options)
        return lambda: made.fit(rows)

    tasks = {
        "scikit-learn": fitting(sklearn.neural_network.BernoulliRBM),
        **{name: fitting(BernoulliRBM, **OURS[name]) for name in TIMED},
        "three products": products(*rows.shape, n_hidden, batch, epochs, kind),
    }
    times = in_turn(tasks, rounds)
    return {
        "rows": name,
        "shape": list(rows.shape),
        "hidden": n_hidden,
        "batch": batch,
        "epochs": epochs,
        "precision": kind,
        "ratios": {
            f"{label}, {clock}": quartiles(ratio[:, i])
            for ours in TIMED
            for label, ratio in (
                (f"scikit-learn / ours {ours}", times["scikit-learn"] / times[ours]),
                (f"ours {ours} / three products", times[ours] / times["three products"]),
            )
            for i, clock in enumerate(("processor", "clock"))
        },
    }


def log_likelihood(estimator, rows):
    """Mean log-likelihood of rows and its standard error (of log Z), in nats."""
    machine = BinaryMachine(
        estimator.components_.T, estimator.intercept_visible_, estimator.intercept_hidden_
    )
    on = rows.sum(0) + 1
    base = np.log(on) - np.log(len(rows) + 2 - on)
    log_z = annealed_log_partition(machine, 100, 1000, base_bias=base)
    return float(-machine.free_energy(rows).mean() - log_z.log_z), log_z.error


def measure_quality(name, batch, seeds):
    rows = rows_of(name)
    estimators = {
        "scikit-learn": sklearn.neural_network.BernoulliRBM,
        **{f"ours {name}": partial(BernoulliRBM, **given) for name, given in OURS.items()},
    }
    reached = {}
    for key, make in estimators.items():
        values = [
            log_likelihood(
                make(n_components=100, batch_size=batch, n_iter=10, random_state=seed).fit(rows),
                rows,
            )
            for seed in range(seeds)
        ]
        reached[key] = {"nats": [value for value, _ in values], "error": max(e for _, e in values)}
    return {"rows": name, "batch": batch, "epochs": 10, "log-likelihood": reached}


def show(result):
    def text(value):
        low, high = value["quartiles"]
        return f"{value['median']:5.2f} [{low:.2f}, {high:.2f}]"

    print(f"Median [quartiles] of {result['rounds']} rounds, one thread\n")
    for case in result["cases"]:
        shape = "×".join(map(str, case["shape"]))
        head = f"{case['rows']} {shape}, {case['hidden']} hidden, batch {case['batch']}"
        print(f"{head}, {case['epochs']} epochs, {case['precision']}")
        for name, value in case["ratios"].items():
            print(f"    {text(value)}  {name}")
    print("\nMean log-likelihood of the rows after 10 epochs, in nats (one number for each seed)")
    for case in result["quality"]:
        print(f"{case['rows']}, 100 hidden, batch {case['batch']}")
        for name, value in case["log-likelihood"].items():
            numbers = ", ".join(f"{number:.2f}" for number in value["nats"])
            print(f"    {numbers}  (± {value['error']:.2f})  {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, cases and seeds")
    parser.add_argument("--only", choices=("cases", "quality"), help="one half of it")
    options = parser.parse_args()
    rounds = 7 if options.quick else 11
    cases = CASES[:QUICK] if options.quick else CASES
    kinds = ["float32"] if options.quick else ["float32", "float64"]
    result = {
        "rounds": rounds,
        "cases": [],
        "quality": [],
    }
    if options.only != "quality":
        result["cases"] = [measure_case(case, kind, rounds) for kind in kinds for case in cases]
    if options.only != "cases":
        seeds = 1 if options.quick else 3
        result["quality"] = [measure_quality(*case, seeds) for case in QUALITY]
    if options.json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        show(result)


if __name__ == "__main__":
    main()
