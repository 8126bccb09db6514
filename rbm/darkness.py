"""From grey levels to points: a pixel is drawn the more often, the darker it is.

Every pixel darker than the threshold is drawn with a probability proportional to how much darker it
is, and a point falls anywhere within its pixel. The same grey levels, threshold and seed give the
same points, and a larger count keeps the points of a smaller one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from rbm.unit_map import MARGIN

LEVELS = 256
MIN_DARK_PIXELS = 10
WIDE = 0.15
"""Standard deviation of the blur that stands for the light, as a share of the longer side."""


def brightness(
    grey: NDArray[np.uint8], *, light_on_dark: bool = False, even_light: bool = False
) -> NDArray[np.float64]:
    """Grey levels (height, width) as numbers from 0, to be drawn, to 1, the paper.

    `light_on_dark` swaps the two; `even_light` then divides by a wide blur, which takes the
    shadow off a photo of paper under a lamp.
    """
    bright = grey / (LEVELS - 1)
    if light_on_dark:
        bright = 1 - bright
    if even_light:
        light = gaussian_filter(bright, WIDE * max(bright.shape), mode="nearest")
        bright = bright / np.maximum(light, 1 / LEVELS)
        bright = bright / bright.max(initial=1 / LEVELS)
    return np.asarray(bright, np.float64)


def otsu(bright: NDArray[np.float64]) -> float:
    """The threshold that parts dark from light: the two classes have the least variance within.

    Otsu, "A threshold selection method from gray-level histograms" (1979), on 256 levels; the
    middle of all thresholds that are as good. 0.5 when all pixels are alike.
    """
    counts = np.bincount(np.rint(bright * (LEVELS - 1)).astype(np.int64).ravel(), minlength=LEVELS)
    levels = np.arange(LEVELS)
    below, mass = np.cumsum(counts)[:-1], np.cumsum(counts * levels)[:-1]
    above, rest = counts.sum() - below, (counts * levels).sum() - mass
    parted = (below > 0) & (above > 0)
    if not parted.any():
        return 0.5
    means_apart = rest[parted] / above[parted] - mass[parted] / below[parted]
    between = below[parted] * above[parted] * means_apart**2  # variance between, times n²
    best = np.flatnonzero(parted)[between >= between.max() * (1 - 1e-12)]
    return float((best[0] + best[-1] + 1) / 2 / (LEVELS - 1))


def sample_dark(
    bright: NDArray[np.float64],
    count: int,
    *,
    threshold: float,
    zoom: bool = True,
    seed: int = 0,
) -> NDArray[np.float64]:
    """`count` points (count, 2) in [0.05, 0.95]², y upward, from `bright` (height, width).

    Height and width keep their ratio; with `zoom` the dark part fills the square, otherwise the
    whole picture does. Raises `ValueError` with a sentence when the threshold parts nothing.
    """
    depth = np.maximum(threshold - bright, 0.0)
    rows, columns = np.nonzero(depth)
    _check_parts(bright, threshold, len(rows))
    reach = np.cumsum(depth[rows, columns])
    draws = np.random.default_rng(seed).random((count, 3))
    pixel = np.searchsorted(reach, draws[:, 0] * reach[-1], side="right")
    pixel = np.minimum(pixel, len(reach) - 1)  # should a product round up to the end
    across, down = columns[pixel] + draws[:, 1], rows[pixel] + draws[:, 2]
    top, left, (bottom, right) = 0, 0, bright.shape
    if zoom:
        left, right = columns.min(), columns.max() + 1
        top, bottom = rows.min(), rows.max() + 1
    scale = (1 - 2 * MARGIN) / max(right - left, bottom - top)
    return np.column_stack(
        [0.5 + scale * (across - (left + right) / 2), 0.5 - scale * (down - (top + bottom) / 2)]
    )


def _check_parts(bright: NDArray[np.float64], threshold: float, dark: int) -> None:
    """Raises `ValueError` when hardly any pixels, or all, are darker than the threshold."""
    darkest, lightest = float(bright.min()), float(bright.max())
    if lightest - darkest < 2 / (LEVELS - 1):
        raise ValueError("The picture is equally bright everywhere: choose one that shows a shape.")
    marked = int((bright < 1).sum())
    if marked < MIN_DARK_PIXELS:
        raise ValueError(f"Only {marked} pixels are not white, too few for a shape.")
    if dark < MIN_DARK_PIXELS:
        enough = np.partition(bright.ravel(), MIN_DARK_PIXELS - 1)[MIN_DARK_PIXELS - 1]
        better = max(otsu(bright), math.floor(100 * enough + 1) / 100)
        raise ValueError(
            f"Only {dark} pixels are darker than the threshold {threshold:.2f}, too few for a "
            f"shape: raise it, to {better:.2f} for example."
        )
    if dark == bright.size:
        raise ValueError(
            f"Every pixel is darker than the threshold {threshold:.2f}: lower it, to "
            f"{otsu(bright):.2f} for example."
        )
