"""From names to objects: `build(settings)` makes the data, the first machine and the yardstick."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rbm import engine, patterns
from rbm.datasets import MAX_POINTS, MIN_POINTS, Dataset
from rbm.metrics import Yardstick, error_fixed_points
from rbm.settings import Settings

SCORED_STARTS = 2_000
"""Uniform starting points whose reconstructions a mismatch is measured on."""
SCORED_PASSES = 50
"""Noisy passes from each of them."""
REFERENCE_POINTS = 20_000

_Real = TypeVar("_Real", bound=np.floating)


@dataclass(frozen=True)
class Experiment:
    """The objects that `settings` stand for.

    `data` (n, 2) float32 in the units' range [low, high]; `first` the state before epoch 1;
    `yardstick` measures mismatch in the unit square; `pattern` is None for data of one's own,
    whose story `dataset` tells where it is known.
    `error_floor` and `error_uniform` are the fixed points of the reconstruction error: that of
    the nearest fresh point, and that of a random point.
    """

    settings: Settings
    data: NDArray[np.float32]
    first: engine.State
    yardstick: Yardstick
    pattern: str | None
    error_floor: float
    error_uniform: float
    dataset: Dataset | None = None

    @cached_property
    def data_id(self) -> str:
        """A name for the points: equal for equal points."""
        return hashlib.blake2b(self.data.tobytes(), digest_size=8).hexdigest()


def build(
    settings: Settings, data: ArrayLike | None = None, dataset: Dataset | None = None
) -> Experiment:
    """The experiment of `settings`, on a user's `dataset` or on `data` (n, 2) when given.

    Data must lie in [low, high], as nothing is rescaled silently; a data set's unit square is put
    there. Reconstructions are compared with fresh points of the pattern, with what the data set
    holds out, or else with the data themselves. Raises `ValueError` with a sentence for data that
    do not fit.
    """
    reference = None
    if dataset is not None:
        # low + (high − low)·1 may come out a rounding above high.
        data = np.clip(to_range(dataset.points, settings), settings.low, settings.high)
        reference = dataset.held_out if len(dataset.held_out) >= 2 else None
    if data is None:
        square = _pattern_points(settings, settings.n_points, stream="train")
        points = to_range(square, settings)
        yardstick = _pattern_yardstick(
            settings.pattern, settings.pattern_options, settings.pattern_noise
        )
        fresh = _pattern_points(settings, settings.n_points, stream="fresh")
    else:
        points = check_data(data, settings)
        square = to_square(points, settings)
        # Without held-out points, every other point stands in for a fresh one.
        fresh = square[::2] if reference is None else reference
        yardstick = Yardstick.measure(square if reference is None else fresh, count=SCORED_STARTS)
        square = square[1::2] if reference is None else square
    points32 = np.ascontiguousarray(points, np.float32)
    points32.setflags(write=False)
    error_floor, error_uniform = error_fixed_points(square, fresh)
    span = (settings.high - settings.low) ** 2  # errors are in the units of the data
    return Experiment(
        settings=settings,
        data=points32,
        first=engine.initial_state(settings, points32),
        yardstick=yardstick,
        pattern=settings.pattern if data is None else None,
        error_floor=error_floor * span,
        error_uniform=error_uniform * span,
        dataset=dataset,
    )


def check_data(data: ArrayLike, settings: Settings) -> NDArray[np.float64]:
    """`data` as an (n, 2) array of finite numbers in the units' range, or `ValueError`."""
    try:
        points = np.asarray(data, np.float64)
    except (TypeError, ValueError):
        raise ValueError("Data must be numbers in an array of shape (n, 2).") from None
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"Data must have shape (n, 2): n points in the plane; got {points.shape}.")
    if not MIN_POINTS <= len(points) <= MAX_POINTS:
        raise ValueError(
            f"Between {MIN_POINTS} and {MAX_POINTS:,} points can be learnt; got {len(points):,}."
        )
    return check_range(points, settings)


def check_range(points: NDArray[_Real], settings: Settings) -> NDArray[_Real]:
    """`points` (n, 2) if all are finite and in the units' range, or `ValueError`."""
    bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(bad):
        raise ValueError(f"Row {bad[0] + 1} is not finite: remove such rows first ({len(bad)}).")
    outside = np.flatnonzero(((points < settings.low) | (points > settings.high)).any(axis=1))
    if len(outside):
        raise ValueError(
            f"Row {outside[0] + 1} lies outside [{settings.low:g}, {settings.high:g}], the range "
            f"of the units: scale the data into it first, or change low and high."
        )
    return points


def to_range(points: NDArray[np.floating], settings: Settings) -> NDArray[np.float64]:
    """From the unit square to the units' range [low, high]."""
    return np.asarray(settings.low + (settings.high - settings.low) * points, np.float64)


def to_square(points: NDArray[np.floating], settings: Settings) -> NDArray[np.float64]:
    """From the units' range [low, high] to the unit square; the inverse of `to_range`."""
    return np.asarray((points - settings.low) / (settings.high - settings.low), np.float64)


def _pattern_points(settings: Settings, count: int, stream: str) -> NDArray[np.float64]:
    return patterns.sample_pattern(
        settings.pattern,
        count,
        settings.data_seed,
        options=settings.options,
        noise=settings.pattern_noise,
        stream=stream,
    )


@lru_cache(maxsize=64)
def _pattern_yardstick(
    pattern: str, options: tuple[tuple[str, float], ...], noise: float
) -> Yardstick:
    """One yardstick a pattern, whatever the seeds: it takes longer to make than a training."""

    def points(count: int, seed: int, stream: str) -> NDArray[np.float64]:
        return patterns.sample_pattern(
            pattern, count, seed, options=dict(options), noise=noise, stream=stream
        )

    def fresh(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return points(count, int(rng.integers(2**31)), "fresh")

    return Yardstick.measure(
        points(REFERENCE_POINTS, 0, "reference"), count=SCORED_STARTS, fresh=fresh
    )
