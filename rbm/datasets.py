"""Points of one's own: drawn, loaded, taken from a picture or a word, and how they came to be.

Points lie on a grid of 4,096 × 4,096 over the unit square, so that a link carries them exactly in
three bytes each: what a link, a file or a script restores is the same run, bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rbm.dialects import clean
from rbm.unit_map import UnitMap

GRID = 4095
"""Steps of the grid along each side: rounding moves a point by at most 1/8190 of the side."""
MIN_POINTS, MAX_POINTS = 10, 10_000
MAX_DRAWN = 1_500
"""Points of a drawing: as many as every link carries."""
HOLD_OUT_FROM = 100
"""From this many points on, a fifth is held out: not learnt, but measured against."""
HOLD_OUT_SHARE = 0.2
MAX_NOTE = 500

Kind = Literal["drawing", "file", "text", "picture", "word"]
KINDS: dict[Kind, str] = {
    "drawing": "Drawing",
    "file": "File",
    "text": "Pasted text",
    "picture": "Picture",
    "word": "Word",
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """A user's points, (n, 2) float64 in the unit square on the grid, y upward.

    `held_out` (m, 2), perhaps empty, is not learnt but measured against. `map` leads from the
    units of the user's table to the square and back, where there is such a table. `notes` are
    sentences about what was left out, sampled or rounded.
    """

    name: str
    kind: Kind
    points: NDArray[np.float64]
    held_out: NDArray[np.float64]
    map: UnitMap | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def story(self) -> str:
        """One sentence: what is learnt and what the mismatch compares with."""
        learnt, kept = len(self.points), len(self.held_out)
        if kept:
            return (
                f"{self.name}: learning from {learnt:,} points; {kept:,} are held out, and the "
                "mismatch compares with those."
            )
        why = "too few to hold any out, so " if learnt < HOLD_OUT_FROM else ""
        return f"{self.name}: {learnt:,} points, {why}the mismatch compares with the same points."


def make_dataset(
    name: str,
    kind: Kind,
    points: ArrayLike,
    *,
    map: UnitMap | None = None,
    notes: Sequence[str] = (),
    hold_out: bool = True,
) -> Dataset:
    """A data set of points (n, 2) in the unit square, moved to the grid.

    With `hold_out` and at least 100 points a random fifth (always the same) is held out. Raises
    `ValueError` with a sentence for points that are not 10 to 10,000 finite ones in the square.
    """
    cloud = on_grid(points)
    count = len(cloud)
    if not MIN_POINTS <= count <= MAX_POINTS:
        raise ValueError(
            f"Between {MIN_POINTS} and {MAX_POINTS:,} points can be learnt; there are {count:,}."
        )
    if not (np.ptp(cloud, axis=0) > 0).any():
        raise ValueError("All points lie on one spot: nothing can be learnt from that.")
    order, kept = np.arange(count), 0
    if hold_out and count >= HOLD_OUT_FROM:
        order, kept = np.random.default_rng(0).permutation(count), round(HOLD_OUT_SHARE * count)
    return Dataset(
        clean(name) or KINDS[kind], kind, cloud[order[kept:]], cloud[order[:kept]], map,
        tuple(note[:MAX_NOTE] for note in notes),
    )  # fmt: skip


def on_grid(points: ArrayLike) -> NDArray[np.float64]:
    """Points (n, 2) of the unit square at the nearest places of the grid.

    Raises `ValueError` with a sentence for another shape, or points that are not finite or
    outside the square.
    """
    try:
        cloud = np.asarray(points, np.float64)
    except (TypeError, ValueError):
        raise ValueError("Points must be numbers in an array of shape (n, 2).") from None
    if cloud.ndim != 2 or cloud.shape[1] != 2:
        raise ValueError(f"Points must be an array of shape (n, 2); got {cloud.shape}.")
    inside = ((cloud >= 0) & (cloud <= 1)).all(axis=1)  # false for NaN
    if not inside.all():
        raise ValueError(f"Point {int(np.argmin(inside)) + 1} does not lie in the unit square.")
    return np.rint(cloud * GRID) / GRID


def grid_places(points: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Points on the grid as whole numbers from 0 to 4095, (n, 2)."""
    return np.rint(points * GRID).astype(np.uint16)


def from_places(places: ArrayLike) -> NDArray[np.float64]:
    """The inverse of `grid_places`; places beyond 4095 raise `ValueError`."""
    whole = np.asarray(places, np.int64)
    if whole.size and not 0 <= whole.min() <= whole.max() <= GRID:
        raise ValueError(f"Places of the grid are whole numbers from 0 to {GRID}.")
    return whole.reshape(-1, 2) / GRID
