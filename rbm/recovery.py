"""How well unknown units are recovered, on cases whose truth is known, against plain baselines.

Each method predicts for every unknown unit the probability of being 1 (or a grey value). The
baselines know the learnt cases only: their mean, the one nearest to the known units, and the mean
of the ten nearest, since a single neighbour is a copy and a copy is always sure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rbm.filling import gibbs_step, noise
from rbm.models.binary import BinaryMachine
from rbm.units import Floats

SUREST = 0.01
"""For the log loss no prediction counts as nearer to 0 or 1 than this."""
SEVERAL = 10
"""Neighbours of which the third baseline takes the mean."""
Known = NDArray[np.bool_]


@dataclass(frozen=True)
class Measure:
    """One row of `MEASURES`: `loss(truth, predicted)` of each unit, the lower the better."""

    label: str
    loss: Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Mean:
    """A mean over cases and its standard error, NaN for a single case."""

    value: float
    error: float


def baselines(
    training: Floats, v: Floats, known: Known, own: NDArray[np.intp] | None = None
) -> dict[str, Floats]:
    """What needs no machine: predictions (n, units) by the names of `METHODS`.

    `training` (m, units): the learnt cases; `v` (n, units), of which only those units count that
    `known` (n, units) says. Nearest in the sum of squared differences over the known units; the
    first of equals. `own` (n,): the place of each case among the learnt ones, -1 for none: a case
    is no neighbour of itself.
    """
    weights = known.astype(np.float64)
    seen = np.where(known, v, 0.0)
    # Σ k (v - t)² = Σ k v² - 2 Σ k v t + Σ k t², for all pairs at once
    distance = -2.0 * seen @ training.T + weights @ (training**2).T
    if own is not None and len(training) > 1:
        rows = np.flatnonzero(own >= 0)
        distance[rows, own[rows]] = np.inf
    several = min(SEVERAL, max(1, len(training) - 1))
    order = np.argsort(distance, axis=1, kind="stable")[:, :several]
    return {
        "nearest": training[order[:, 0]],
        "several": training[order].mean(axis=1),
        "mean": np.broadcast_to(training.mean(axis=0), v.shape),
    }


def machine_predictions(
    machine: BinaryMachine,
    v: Floats,
    known: Known,
    rng: np.random.Generator,
    *,
    chains: int = 20,
    steps: int = 50,
) -> Floats:
    """Means of the unknown units (n, units) over `chains` clamped chains from noise and the later
    half of their `steps`. Many cases at once, each with units of its own known: `v` and `known`
    (n, units)."""
    rows, mask = np.repeat(v, chains, axis=0), np.repeat(known, chains, axis=0)
    states = np.where(mask, rows, noise(machine, len(rows), rng))
    total = np.zeros(rows.shape)
    for step in range(1, steps + 1):
        drawn, means, _ = gibbs_step(machine, states, rng)
        states = np.where(mask, rows, drawn)
        if step > steps // 2:
            total += means
    later = total / (steps - steps // 2)
    return np.asarray(later.reshape(len(v), chains, -1).mean(axis=1))


def case_losses(
    truth: Floats, known: Known, predicted: dict[str, Floats]
) -> dict[str, dict[str, Floats]]:
    """Measure → method → mean loss of each case over its unknown units, (n,)."""
    unknown = ~known
    counts = unknown.sum(axis=1)
    return {
        name: {
            method: np.where(unknown, measure.loss(truth, guess), 0.0).sum(axis=1) / counts
            for method, guess in predicted.items()
        }
        for name, measure in MEASURES.items()
    }


def mean_of(losses: ArrayLike) -> Mean:
    """The mean of cases' losses (or of differences between two methods' losses on the same cases,
    which is the paired comparison) with its standard error."""
    each = np.asarray(losses, np.float64)
    error = each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.nan
    return Mean(float(each.mean()), float(error))


CLEAR = 2.0
"""Standard errors from which on a difference is called one."""


def verdict(losses: dict[str, Floats], measure: str) -> str:
    """A sentence: how the machine compares with each baseline by this measure, from `losses`
    (method → (n,)) on the same n cases. A difference below `CLEAR` standard errors is none."""
    said = []
    for method in [name for name in METHODS if name != "machine"]:
        more = mean_of(losses["machine"] - losses[method])
        share = abs(more.value) / max(float(losses[method].mean()), 1e-12)
        by = f"{share:.0%} " if share < 10 else "many times "
        if not abs(more.value) > CLEAR * more.error:  # also for NaN
            said.append(f"level with the {_lower(METHODS[method])}")
        else:
            worse = "worse" if more.value > 0 else "better"
            said.append(f"{by}{worse} than the {_lower(METHODS[method])}")
    return f"By {_lower(MEASURES[measure].label)} the machine is {_listed(said)}."


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]


def _listed(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"


def _log_loss(truth: Floats, predicted: Floats) -> Floats:
    p = np.clip(predicted, SUREST, 1.0 - SUREST)
    return np.asarray(-(truth * np.log(p) + (1.0 - truth) * np.log1p(-p)))


METHODS: dict[str, str] = {
    "machine": "The machine",
    "nearest": "Nearest neighbour",
    "several": f"Mean of the {SEVERAL} nearest",
    "mean": "Mean of all learnt cases",
}

MEASURES: dict[str, Measure] = {
    "absolute": Measure("Absolute error", lambda truth, p: np.abs(truth - p)),
    "squared": Measure("Squared error", lambda truth, p: (truth - p) ** 2),
    "log": Measure("Log loss (nats)", _log_loss),
}
