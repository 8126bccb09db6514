"""How well the binary RBM learns, and its likelihood is estimated, where the truth is known.

Bars-and-stripes have few images, so the best possible likelihood is known, and machines with up to
20 units on a side can be enumerated. `python -m benchmarks.binary_quality --help`
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from rbm import exact
from rbm.binary_settings import BinarySettings
from rbm.binary_training import train
from rbm.likelihood import sandwich
from rbm.units import Floats


def bars_and_stripes(side: int) -> Floats:
    """All images of bars and all of stripes, (2 · 2^side, side²); two images are in both."""
    rows = exact.states(side)
    bars = np.repeat(rows[:, None, :], side, axis=1)
    return np.concatenate([bars, bars.transpose(0, 2, 1)]).reshape(2 * len(rows), -1)


def best_likelihood(data: Floats) -> float:
    """Mean log-likelihood of a machine that knows how often each row occurs."""
    counts = np.unique(data, axis=0, return_counts=True)[1]
    share = counts / len(data)
    return float(share @ np.log(share))


def learning(seeds: int) -> list[dict[str, Any]]:
    """Log-likelihoods that the rules reach on bars-and-stripes, all rows together."""
    rows = []
    for side, rule, centred, options in (
        (2, "exact", True, {"n_hidden": 4, "learning_rate": 1.0, "initial_scale": 0.1}),
        (3, "cd", False, {"n_hidden": 16, "learning_rate": 0.3}),
        (3, "cd", True, {"n_hidden": 16, "learning_rate": 0.3}),
        (3, "pcd", True, {"n_hidden": 16, "learning_rate": 0.1, "k": 10}),
        (3, "exact", False, {"n_hidden": 16, "learning_rate": 0.3}),
        (3, "exact", True, {"n_hidden": 16, "learning_rate": 0.3}),
    ):
        data = bars_and_stripes(side)
        epochs = 1000 if side == 2 else 3000
        reached = []
        for seed in range(seeds):
            settings = BinarySettings(
                rule=rule, centred=centred, batch_size=0, seed=seed, **options
            )
            machine = train(settings, data, epochs).machine
            reached.append(float(exact.log_likelihood(machine, data).sum()))
        rows.append(
            {
                "images": f"{side}×{side}", "rule": rule, "k": options.get("k", 1),
                "centred": centred, "epochs": epochs,
                "log-likelihood": float(np.mean(reached)), "worst": min(reached),
                "bound": len(data) * best_likelihood(data),
            }
        )  # fmt: skip
    return rows


def annealing(quick: bool) -> list[dict[str, Any]]:
    """Errors of the estimated log Z, in nats, for 20 hidden units trained on digits."""
    digits = (load_digits().data / 16.0 > 0.5).astype(np.float64)
    settings = BinarySettings(n_hidden=20, rule="pcd", learning_rate=0.05, batch_size=50)
    machine = train(settings, digits, 20).machine
    truth = exact.log_partition(machine)
    starts = exact.sample(machine, 100, np.random.default_rng(0))
    rows = []
    for count in (100, 1_000) if quick else (100, 1_000, 10_000):
        both = sandwich(machine, starts, count, base_bias=independent_bias(digits))
        rows.append(
            {
                "temperatures": count,
                "forward": both.lower.log_z - truth, "its error": both.lower.error,
                "backward": both.upper.log_z - truth, "its error too": both.upper.error,
            }
        )  # fmt: skip
    return rows


def independent_bias(data: Floats) -> Floats:
    """Visible biases of independent units that fit the data."""
    on = data.mean(axis=0) * len(data) + 1
    return np.asarray(np.log(on) - np.log(len(data) + 2 - on))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.binary_quality")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="one seed, fewer temperatures")
    options = parser.parse_args()
    found = {"learning": learning(1 if options.quick else 3), "annealing": annealing(options.quick)}
    if options.json:
        print(json.dumps(found))
        return
    for rows in found.values():
        print("  ".join(f"{name:>14}" for name in rows[0]))
        for row in rows:
            cells = (f"{x:14.4f}" if isinstance(x, float) else f"{x!s:>14}" for x in row.values())
            print("  ".join(cells))
        print()


if __name__ == "__main__":
    main()
