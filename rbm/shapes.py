"""The geometry of the patterns: each function draws independent points of one shape.

All have the form `(count, rng, **options) -> (count, 2)` float64 and are listed, with what each
option means and may be, in `rbm.patterns.PATTERNS`. Shapes aim at the unit square around (½, ½);
the few points that leave it are redrawn by `rbm.patterns.draw_pattern`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Points = NDArray[np.float64]
CENTRE = 0.5


def split_ring(
    count: int,
    rng: Generator,
    inner: float,
    outer: float,
    gap: float,
    shift_x: float,
    shift_y: float,
) -> Points:
    """The 2008 tutorial's pattern: a ring cut along the diagonal, its halves pushed apart.

    Uniform points with inner < r < outer around the centre; those with |x − y| <= gap are dropped,
    the half with x > y moves by (+shift_x, +shift_y), the other half by the opposite.
    """
    _order(inner, outer)
    if gap >= 1.2 * outer:  # from √2·outer on nothing is left of the ring
        raise ValueError(f"A gap of {gap:g} swallows a ring of outer radius {outer:g}.")
    kept = np.empty((0, 2))
    while len(kept) < count:
        points = _band(count, rng, inner, outer)
        kept = np.concatenate([kept, points[np.abs(points[:, 0] - points[:, 1]) > gap]])
    points = kept[:count]
    side = np.where(points[:, 0] > points[:, 1], 1.0, -1.0)
    return points + side[:, None] * np.array([shift_x, shift_y])


def ring(count: int, rng: Generator, inner: float, outer: float) -> Points:
    """Uniform on the band inner < r < outer around the centre."""
    _order(inner, outer)
    return _band(count, rng, inner, outer)


def two_rings(
    count: int, rng: Generator, small: float, large: float, width: float, share: float
) -> Points:
    """Two bands, the small one of 5/8 the width and with `share` of the points."""
    inside = rng.random(count) < share
    radius = np.where(inside, small, large)
    half = np.where(inside, 5 / 8, 1.0) * width / 2
    return _polar(_radius(rng, radius - half, radius + half), _angle(count, rng))


def moons(count: int, rng: Generator, radius: float, overlap: float, spread: float) -> Points:
    """Two half circles, one opening down and one up, each reaching into the other."""
    side = _sign(count, rng)
    angle = np.pi * rng.random(count)
    x = CENTRE + side * (radius * np.cos(angle) - 0.13)
    y = CENTRE + side * (radius * np.sin(angle) - overlap)
    return _blur(np.column_stack([x, y]), spread, rng)


def spiral(count: int, rng: Generator, turns: float, radius: float, spread: float) -> Points:
    """One Archimedean arm, evenly inked from near the centre out to `radius`."""
    reach = np.sqrt(rng.uniform(0.03, 1.0, count))  # arc length grows with the square of the angle
    return _blur(_polar(radius * reach, 2 * np.pi * turns * reach), spread, rng)


def two_spirals(count: int, rng: Generator, turns: float, radius: float, spread: float) -> Points:
    """Two Archimedean arms, half a turn apart."""
    reach = np.sqrt(rng.uniform(0.03, 1.0, count))
    angle = 2 * np.pi * turns * reach + np.pi * rng.integers(2, size=count)
    return _blur(_polar(radius * reach, angle), spread, rng)


def gauss2(count: int, rng: Generator, spread: float) -> Points:
    """Two round clusters on the rising diagonal."""
    return _clusters(np.array([[0.28, 0.3], [0.72, 0.7]]), count, rng, spread)


def gauss4(count: int, rng: Generator, spread: float) -> Points:
    """Four round clusters at the corners of a square."""
    return _clusters(
        np.array([[0.25, 0.25], [0.25, 0.75], [0.75, 0.25], [0.75, 0.75]]), count, rng, spread
    )


def gauss8(count: int, rng: Generator, radius: float, spread: float) -> Points:
    """Eight round clusters on a circle."""
    return _clusters(_polar(np.full(8, radius), np.pi / 4 * np.arange(8)), count, rng, spread)


def unequal(count: int, rng: Generator, share: float, spread: float) -> Points:
    """Two round clusters, one with only `share` of the points."""
    centres = np.array([[0.3, 0.65], [0.7, 0.35]])
    rare = (rng.random(count) < share).astype(int)
    return _blur(centres[rare], spread, rng)


def checkerboard(count: int, rng: Generator, cells: float, margin: float) -> Points:
    """Uniform on every second cell of a cells × cells board."""
    size = int(cells)
    column, row = np.divmod(2 * np.arange((size * size + 1) // 2), size)
    if size % 2 == 0:
        row = row + column % 2
    cell = rng.integers(len(row), size=count)
    corner = np.column_stack([column[cell], row[cell]])
    return margin + (1 - 2 * margin) * (corner + rng.random((count, 2))) / size


def s_curve(count: int, rng: Generator, width: float, height: float, spread: float) -> Points:
    """The letter S: two three-quarter arcs."""
    angle = 3 * np.pi * (rng.random(count) - 0.5)
    x = CENTRE + width * np.sin(angle)
    y = CENTRE + height / 2 * np.sign(angle) * (np.cos(angle) - 1)
    return _blur(np.column_stack([x, y]), spread, rng)


def cross(count: int, rng: Generator, length: float, width: float) -> Points:
    """Two bars, uniform each, so that the crossing has twice the ink."""
    along = rng.uniform(-length, length, count)
    across = rng.uniform(-width / 2, width / 2, count)
    flat = rng.integers(2, size=count) == 0
    return CENTRE + np.column_stack([np.where(flat, along, across), np.where(flat, across, along)])


def pinwheel(count: int, rng: Generator, arms: float, twist: float, spread: float) -> Points:
    """Gaussian blades, turned further the further out they reach."""
    radius = 0.25 * (1 + 0.3 * rng.standard_normal(count))
    offset = spread * rng.standard_normal(count)
    angle = 2 * np.pi * rng.integers(int(arms), size=count) / int(arms)
    angle += twist * np.exp(radius / 0.25) - 0.27
    x = radius * np.cos(angle) - offset * np.sin(angle)
    y = radius * np.sin(angle) + offset * np.cos(angle)
    return CENTRE + np.column_stack([x, y])


def line(count: int, rng: Generator, slope: float, spread: float) -> Points:
    """A straight line through the centre."""
    x = rng.uniform(0.1, 0.9, count)
    return _blur(np.column_stack([x, CENTRE + slope * (x - CENTRE)]), spread, rng)


def sine(count: int, rng: Generator, periods: float, height: float, spread: float) -> Points:
    """A sine wave from left to right."""
    x = rng.uniform(0.1, 0.9, count)
    y = CENTRE + height * np.sin(2 * np.pi * periods * (x - 0.1) / 0.8)
    return _blur(np.column_stack([x, y]), spread, rng)


def smile(count: int, rng: Generator, spread: float) -> Points:
    """A face: outline, two eyes, a mouth."""
    part = rng.choice(4, count, p=[0.55, 0.1, 0.1, 0.25])
    turn = rng.random(count)
    outline = _polar(np.full(count, 0.4), 2 * np.pi * turn)
    mouth = _polar(np.full(count, 0.22), np.pi * (1.15 + 0.7 * turn))
    left, right = np.full((count, 2), [0.36, 0.62]), np.full((count, 2), [0.64, 0.62])
    points = np.choose(part[:, None], [outline, left, right, mouth])
    return _blur(points, spread, rng)


def frame(count: int, rng: Generator, side: float, width: float) -> Points:
    """The outline of an upright square: straight edges and sharp corners."""
    along = rng.uniform(-1, 1, count)
    depth = rng.uniform(0, width, count)
    fixed = _sign(count, rng) * (side / 2 - depth)
    along = along * (side / 2 - depth)
    flat = rng.integers(2, size=count) == 0
    return CENTRE + np.column_stack([np.where(flat, along, fixed), np.where(flat, fixed, along)])


def _order(inner: float, outer: float) -> None:
    if not inner < outer:
        raise ValueError(
            f"The inner radius must be below the outer one; got {inner:g} and {outer:g}."
        )


def _band(count: int, rng: Generator, inner: float, outer: float) -> Points:
    return _polar(_radius(rng, np.full(count, inner), np.full(count, outer)), _angle(count, rng))


def _radius(rng: Generator, inner: NDArray[Any], outer: NDArray[Any]) -> Points:
    """Radii that ink each band evenly: uniform in r², as area grows with r²."""
    return np.sqrt(rng.uniform(inner**2, outer**2))


def _angle(count: int, rng: Generator) -> Points:
    return 2 * np.pi * rng.random(count)


def _sign(count: int, rng: Generator) -> Points:
    return np.where(rng.integers(2, size=count) == 0, -1.0, 1.0)


def _polar(radius: NDArray[Any], angle: NDArray[Any]) -> Points:
    return CENTRE + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _blur(points: Points, spread: float, rng: Generator) -> Points:
    return points + spread * rng.standard_normal(points.shape)


def _clusters(centres: Points, count: int, rng: Generator, spread: float) -> Points:
    return _blur(centres[rng.integers(len(centres), size=count)], spread, rng)
