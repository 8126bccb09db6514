"""Four scores for the sceptic, beside mismatch: every single number is blind to something.

Each compares a cloud of points (m, 2) with test data (n, 2) that the machine was not trained on.
None has a meaning alone, so `sceptic_panel` sets each beside its value for fresh data and for
uniform points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from rbm.metrics import Points, as_cloud


def energy_distance(points: ArrayLike, data: ArrayLike) -> float:
    """2 E|X − Y| − E|X − X'| − E|Y − Y'| over all pairs (Székely & Rizzo 2013); 0 when equal.

    Pairs of a point with itself count, so that clouds of finite size have a floor above 0.
    """
    x, y = as_cloud(points), as_cloud(data)
    return max(2 * _mean_distance(x, y) - _mean_distance(x, x) - _mean_distance(y, y), 0.0)


def precision(points: ArrayLike, data: ArrayLike) -> float:
    """Mean distance from a point of the cloud to the nearest of the data: far from any ink?"""
    return float(np.mean(cKDTree(as_cloud(data)).query(as_cloud(points))[0]))


def coverage(points: ArrayLike, data: ArrayLike) -> float:
    """Mean distance from a point of the data to the nearest of the cloud: is a part missing?"""
    return precision(data, points)


def nearest_neighbour_accuracy(points: ArrayLike, data: ArrayLike) -> float:
    """Two-sample test: how often a point's nearest neighbour comes from its own cloud.

    ½: indistinguishable; 1: apart; below ½: the cloud copies the data. Both clouds are cut to
    the smaller one's length (rows are taken to be in no order). Lopez-Paz & Oquab 2017.
    """
    x, y = as_cloud(points), as_cloud(data)
    size = min(len(x), len(y))
    both = np.concatenate([x[:size], y[:size]])
    neighbours = cKDTree(both).query(both, k=2)[1]
    own_row = neighbours[:, 0] == np.arange(2 * size)
    other = np.where(own_row, neighbours[:, 1], neighbours[:, 0])
    return float(np.mean((other < size) == (np.arange(2 * size) < size)))


@dataclass(frozen=True)
class Metric:
    """One row of `METRICS`: `measure(points, data)` -> float, `best` the value to hope for."""

    label: str
    description: str
    measure: Callable[[ArrayLike, ArrayLike], float]
    best: float = 0.0


@dataclass(frozen=True)
class Score:
    """A metric's value for a cloud, beside that of as many fresh and as many uniform points."""

    value: float
    fresh: float
    uniform: float


def sceptic_panel(points: ArrayLike, data: ArrayLike, fresh: ArrayLike) -> dict[str, Score]:
    """Every metric of `METRICS` for a cloud (m, 2) against test data (n, 2).

    `fresh` holds at least m points of the data's distribution that are in neither.
    """
    cloud, extra = as_cloud(points), as_cloud(fresh)
    if len(extra) < len(cloud):
        raise ValueError(
            f"The panel needs as many fresh points as it scores, {len(cloud)}; got {len(extra)}."
        )
    uniform = default_rng(0).random(cloud.shape)
    return {
        name: Score(*(metric.measure(c, data) for c in (cloud, extra[: len(cloud)], uniform)))
        for name, metric in METRICS.items()
    }


def _mean_distance(x: Points, y: Points) -> float:
    """Mean over all pairs, 512 rows at a time so that memory stays small."""
    total = sum(float(cdist(x[i : i + 512], y).sum()) for i in range(0, len(x), 512))
    return total / (len(x) * len(y))


METRICS: dict[str, Metric] = {
    "energy_distance": Metric(
        "Energy distance",
        "How far ink would have to move, roughly; nearly blind to blur.",
        energy_distance,
    ),
    "precision": Metric(
        "Precision",
        "Mean distance from a reconstruction to the nearest data point; blind to missing parts.",
        precision,
    ),
    "coverage": Metric(
        "Coverage",
        "Mean distance from a data point to the nearest reconstruction; blind to stray points.",
        coverage,
    ),
    "nearest_neighbour_accuracy": Metric(
        "Nearest-neighbour test",
        "How often a point's nearest neighbour is of its own kind; ½: indistinguishable.",
        nearest_neighbour_accuracy,
        best=0.5,
    ),
}
