"""How well a Gaussian–Bernoulli RBM learns the twelve 2D patterns, beside others of its size.

Every run has its own sample of the pattern and first weights. Mismatch: 2,000 uniform starts, 50
noisy passes, 0 as good as fresh data, 1 no better than uniform noise. L-BFGS on the same exact
likelihood, run until it stands still, says what can be attained from one start; mixtures of
Gaussians with about as many numbers (28 for 8 hidden units) are scored on as many samples, which is
what a chain that mixes well would give. Seconds are of training, on the machine as it is now.
`nice python -m benchmarks.gaussian --help`
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from scipy.optimize import minimize
from sklearn.mixture import GaussianMixture

import rbm
from benchmarks.better_values.rows import TWELVE
from rbm import binary_training, exact, gaussian
from rbm.experiment import SCORED_STARTS, Experiment, build
from rbm.models.binary import BinaryMachine
from rbm.rules import Gradient, Offsets, gradient, moved
from rbm.units import Floats

HIDDEN = 8
Measured = tuple[float, float, float]
"""Mismatch, mean log-likelihood of the data (NaN where it is not known), seconds."""


def scored(machine: BinaryMachine, built: Experiment, begin: float) -> Measured:
    seconds = time.perf_counter() - begin
    likelihood = gaussian.log_likelihood(machine, built.data)
    return gaussian.mismatch(machine, built), likelihood, seconds


def by_rule(rule: str, epochs: int) -> Callable[[Experiment, int], Measured]:
    """Our own training."""

    def measure(built: Experiment, seed: int) -> Measured:
        begin = time.perf_counter()
        run = gaussian.start(gaussian.settings_of(rule, HIDDEN, seed), built.data)
        return scored(binary_training.advance(run, epochs).machine, built, begin)

    return measure


def by_l_bfgs(built: Experiment, seed: int) -> Measured:
    """L-BFGS from the same first machine, in centred coordinates in units of the data's spread."""
    begin = time.perf_counter()
    run = gaussian.start(gaussian.settings_of("exact", HIDDEN, seed), built.data)
    first, data = run.machine, run.data
    offsets = Offsets(data.mean(axis=0), np.full(HIDDEN, 0.5))
    unit = np.concatenate(
        [np.repeat(first.visible_scale, HIDDEN), first.visible_scale, np.ones(HIDDEN + 2)]
    )

    def machine_at(place: Floats) -> BinaryMachine:
        w, b, c, z = np.split(place * unit, np.cumsum([2 * HIDDEN, 2, HIDDEN]))
        return moved(first, Gradient(w.reshape(2, HIDDEN), b, c, z), offsets)

    def objective(place: Floats) -> tuple[float, Floats]:
        machine = machine_at(place)
        slope = gradient(
            machine, exact.data_statistics(machine, data), exact.model_statistics(machine), offsets
        )
        flat = np.concatenate([part.ravel() for part in slope])
        return -gaussian.log_likelihood(machine, data), -flat * unit

    options = {"maxiter": 1500, "maxfun": 2000, "maxcor": 30, "ftol": 1e-11}
    found = minimize(objective, np.zeros(len(unit)), jac=True, method="L-BFGS-B", options=options)
    return scored(machine_at(found.x), built, begin)


def by_mixture(parts: int, kind: str) -> Callable[[Experiment, int], Measured]:
    """A plain mixture of Gaussians, fitted by EM from the best of 10 starts."""

    def measure(built: Experiment, seed: int) -> Measured:
        begin = time.perf_counter()
        fitted = GaussianMixture(parts, covariance_type=kind, n_init=10, random_state=seed,
                                 max_iter=1000).fit(built.data)  # fmt: skip
        seconds = time.perf_counter() - begin
        cloud = fitted.sample(SCORED_STARTS)[0]
        return gaussian.mismatch_of(cloud, built), float(fitted.score(built.data)), seconds

    return measure


def by_continuous(built: Experiment, seed: int) -> Measured:
    """The preset for 8 units of the continuous RBM."""
    preset = rbm.PRESETS["Better, 8 units"]
    begin = time.perf_counter()
    run = rbm.train(preset.apply(built.settings), preset.epochs)
    seconds = time.perf_counter() - begin
    return run.mismatch_at(run.epoch), float("nan"), seconds


def measure(job: tuple[str, str, int]) -> Measured:
    """One run: row, pattern, seed."""
    name, pattern, seed = job
    return ROWS[name](build(rbm.Settings(pattern=pattern, data_seed=seed, seed=seed)), seed)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gaussian",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="1 seed instead of 4")
    parser.add_argument("--row", choices=ROWS, help="measure this row only")
    options = parser.parse_args()
    seeds = 1 if options.quick else 4
    found = []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for name in [options.row] if options.row else ROWS:
            jobs = [(name, p, seed) for p in TWELVE for seed in range(seeds)]
            table = np.array(list(pool.map(measure, jobs))).reshape(-1, seeds, 3)
            scores = table[..., 0]
            result = {
                "row": name, "mismatch": scores.mean(), "worst": scores.max(),
                "spread over seeds": np.sqrt(scores.var(axis=1, ddof=min(1, seeds - 1)).mean()),
                "log-likelihood": table[..., 1].mean(), "seconds": np.median(table[..., 2]),
                "by pattern": dict(zip(TWELVE, scores.mean(1).round(2), strict=True)),
            }  # fmt: skip
            found.append(result)
            if not options.json:
                for key, value in result.items():
                    text = f"{value:.3f}" if isinstance(value, float) else value
                    if key == "by pattern":
                        text = " ".join(f"{p} {v:.2f}" for p, v in result[key].items())
                    print(f"{key}: {text}", flush=True)
    if options.json:
        print(json.dumps(found, default=float))


ROWS: dict[str, Callable[[Experiment, int], Measured]] = {
    "Gaussian–Bernoulli, exact, 300 epochs": by_rule("exact", 300),
    "Gaussian–Bernoulli, exact, 600 epochs": by_rule("exact", 600),
    "Gaussian–Bernoulli, exact, 2,000 epochs": by_rule("exact", 2_000),
    "Gaussian–Bernoulli, L-BFGS": by_l_bfgs,
    "Gaussian–Bernoulli, CD, 2,000 epochs": by_rule("cd", 2_000),
    "Gaussian–Bernoulli, persistent CD, 2,000 epochs": by_rule("pcd", 2_000),
    "Mixture of 6 Gaussians, own variances (29 numbers)": by_mixture(6, "diag"),
    "Mixture of 5 Gaussians, own covariances (29 numbers)": by_mixture(5, "full"),
    "Continuous RBM, Better, 8 units": by_continuous,
}


if __name__ == "__main__":
    main()
