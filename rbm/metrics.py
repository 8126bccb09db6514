"""How good a reconstruction or a sample is: scores of one cloud of points against another.

The main one is **mismatch**, "misplaced ink": smooth both clouds to densities p and q on a grid,
take the total variation TV = ½ Σ |p − q|, the share of ink in the wrong place, and set it between
two fixed points: f, the mean TV of as many fresh points of the data, and u, of as many uniform
points. (TV − f) / (u − f) is 0 when a cloud is as good as fresh data and 1 when it is no better
than uniform noise; chance and really bad clouds take it a little below 0 and above 1. TV grows as
clouds get smaller, so f and u belong to one number of points: a `Yardstick` holds both.

Reconstruction error does not rank machines; its own fixed points are `error_fixed_points`. Points
are (n, 2) in the unit square. More scores, for the sceptic: `rbm.two_sample`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import cKDTree

Points = NDArray[np.floating[Any]]
Density = NDArray[np.float64]
Fresh = Callable[[int, Generator], Points]
"""`fresh(count, rng)`: count new points (count, 2) of the distribution the data came from."""

BANDWIDTH = 0.03
GRID = 64
REPEATS = 20
"""How many clouds' mean TV gives each of a yardstick's fixed points."""


def smoothed_density(points: ArrayLike, bandwidth: float = BANDWIDTH, grid: int = GRID) -> Density:
    """The cloud's ink on a grid over the unit square: (grid, grid) [row y, column x], sum 1.

    A histogram blurred with a Gaussian of standard deviation `bandwidth` (a share of the side);
    ink that would cross the border is reflected. Points outside the square count in the cell of
    the border next to them: none are dropped. Raises `ValueError` for no points, for points
    that are not (n, 2) or not finite, and for a grid or bandwidth that makes no picture.
    """
    cloud = as_cloud(points)
    if not (grid >= 2 and 0 <= bandwidth <= 1):
        raise ValueError(
            f"A density needs a grid of at least 2 cells and a bandwidth between 0 and 1; got "
            f"{grid!r} and {bandwidth!r}."
        )
    cell = np.minimum(np.clip(cloud, 0, 1) * grid, grid - 1).astype(np.intp)
    ink = np.bincount(cell[:, 1] * grid + cell[:, 0], minlength=grid * grid) / len(cloud)
    blur = _blur_matrix(bandwidth, grid)
    density: Density = blur @ ink.reshape(grid, grid) @ blur.T
    return density


@lru_cache(maxsize=32)
def _blur_matrix(bandwidth: float, grid: int) -> NDArray[np.float64]:
    """`scipy.ndimage.gaussian_filter` along one axis, written as a matrix.

    The filter is linear and separable, so a blur is B·ink·Bᵀ with B its effect on each unit
    vector: two small products, ten times quicker than filtering each picture anew.
    """
    if bandwidth == 0:
        return np.eye(grid)
    blur: NDArray[np.float64] = gaussian_filter1d(np.eye(grid), bandwidth * grid, axis=0)
    blur.flags.writeable = False  # it is shared by all callers
    return blur


def misplaced_ink(p: NDArray[Any], q: NDArray[Any]) -> float:
    """Total variation ½ Σ |p − q| of two densities of equal shape: 0 equal, 1 nowhere both."""
    return 0.5 * float(np.abs(p - q).sum())


@dataclass(frozen=True, eq=False)
class Yardstick:
    """All that mismatch needs of the data, computed once, so that each mismatch is quick.

    It measures clouds of `count` points. `floor` and `uniform` are f and u, the mean TV of as many
    fresh and of as many uniform points against the `reference` density (grid, grid).
    """

    reference: Density
    count: int
    floor: float
    uniform: float
    bandwidth: float = BANDWIDTH

    @classmethod
    def measure(
        cls,
        data: ArrayLike,
        count: int = 2000,
        fresh: Fresh | None = None,
        *,
        bandwidth: float = BANDWIDTH,
        grid: int = GRID,
        repeats: int = REPEATS,
        seed: int = 0,
    ) -> Yardstick:
        """The yardstick of reference points `data` (n, 2), for clouds of `count` points.

        `fresh` draws new points of the same distribution. Without it f comes from random halves
        of the data: the TV of two halves is noise of standard deviation ~ √(1/½n + 1/½n), where
        a cloud of `count` against all n has √(1/count + 1/n), so their mean is scaled by the
        ratio. Raises `ValueError` with a sentence where `smoothed_density` does, for fewer than
        two points of data, and for counts below 1.
        """
        cloud = as_cloud(data)
        if len(cloud) < 2 or count < 1 or repeats < 1:
            raise ValueError(
                "A yardstick needs two points of data, one point to score and one repeat; got "
                f"{len(cloud)}, {count!r} and {repeats!r}."
            )
        rng = default_rng(seed)
        reference = smoothed_density(cloud, bandwidth, grid)

        def ink_of(points: Points) -> float:
            return misplaced_ink(smoothed_density(points, bandwidth, grid), reference)

        if fresh is not None:
            floor = fmean(ink_of(fresh(count, rng)) for _ in range(repeats))
        else:
            floor = fmean(_halves_ink(cloud, rng, bandwidth, grid) for _ in range(repeats))
            half = len(cloud) // 2
            halves = 1 / half + 1 / (len(cloud) - half)
            floor = min(floor * math.sqrt((1 / count + 1 / len(cloud)) / halves), 1.0)
        uniform = fmean(ink_of(rng.random((count, 2))) for _ in range(repeats))
        return cls(reference, count, floor, uniform, bandwidth)

    @property
    def has_length(self) -> bool:
        """Whether the data themselves can be told from uniform noise."""
        return self.uniform >= 1.1 * self.floor

    def mismatch(self, points: ArrayLike) -> float:
        """The mismatch of a cloud (count, 2).

        NaN when the data themselves cannot be told from uniform noise (u < 1.1 f): the scale
        would have no length. Raises `ValueError` for another number of points.
        """
        cloud = as_cloud(points)
        if len(cloud) != self.count:
            raise ValueError(
                f"This yardstick is made for clouds of {self.count} points; got {len(cloud)}."
            )
        if not self.has_length:
            return math.nan
        density = smoothed_density(cloud, self.bandwidth, len(self.reference))
        ink = misplaced_ink(density, self.reference)
        return (ink - self.floor) / (self.uniform - self.floor)


def mismatch(
    points: ArrayLike,
    data: ArrayLike,
    fresh: Fresh | None = None,
    *,
    bandwidth: float = BANDWIDTH,
    grid: int = GRID,
    repeats: int = REPEATS,
    seed: int = 0,
) -> float:
    """Mismatch (TV − f) / (u − f) of points (m, 2) against reference data (n, 2).

    0: as good as fresh data; 1: no better than uniform noise. `data` should be a large sample
    that the machine was not trained on; the rest is as for `Yardstick.measure`, which is what to
    keep when many clouds are scored.
    """
    cloud = as_cloud(points)
    yardstick = Yardstick.measure(
        data, len(cloud), fresh, bandwidth=bandwidth, grid=grid, repeats=repeats, seed=seed
    )
    return yardstick.mismatch(cloud)


def error_fixed_points(data: ArrayLike, fresh: ArrayLike) -> tuple[float, float]:
    """What reconstruction error, the mean squared distance per coordinate, is measured between.

    floor: each data point replaced by the nearest of the `fresh` points; uniform: by a random
    point of the square, E(d − U)² = (d − ½)² + 1/12.
    """
    cloud = as_cloud(data)
    distance = cKDTree(as_cloud(fresh)).query(cloud)[0]
    floor = float(np.mean(distance**2)) / cloud.shape[1]
    return floor, float(np.mean((cloud - 0.5) ** 2) + 1 / 12)


def _halves_ink(data: Points, rng: Generator, bandwidth: float, grid: int) -> float:
    shuffled = rng.permutation(data)
    half = len(data) // 2
    first = smoothed_density(shuffled[:half], bandwidth, grid)
    return misplaced_ink(first, smoothed_density(shuffled[half:], bandwidth, grid))


def as_cloud(points: ArrayLike) -> Points:
    """Points as (n, 2) float64, or `ValueError` when they are of another shape or not finite."""
    cloud = np.asarray(points)
    if cloud.ndim != 2 or cloud.shape[1] != 2 or len(cloud) == 0:
        raise ValueError(f"A cloud must be an (n, 2) array with n >= 1; got shape {cloud.shape}.")
    cloud = cloud.astype(np.float64, copy=False)
    if not np.isfinite(cloud).all():
        row = int(np.argmin(np.isfinite(cloud).all(axis=1)))
        raise ValueError(f"Row {row} of the cloud is not finite: {cloud[row].tolist()}.")
    return cloud
