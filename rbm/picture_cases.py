"""Pictures -> cases: each one brought to the same grid, its darkness the chance of being ink."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rbm.cases import Cases, make_cases
from rbm.units import Floats

SIDES = (4, 28)
"""Least and most pixels of a side."""
MAX_PICTURES = 500


def grid_values(
    grey: NDArray[np.uint8], shape: tuple[int, int], *, light_on_dark: bool = False
) -> Floats:
    """The darkness of grey levels (height, width), 0 black, on a grid of `shape` (height, width):
    (height · width,) in [0, 1]. The picture keeps its proportions and stands in the middle; what
    is left over is ground. Each pixel of the grid is the mean of what it covers.
    """
    dark = grey / 255.0 if light_on_dark else 1 - grey / 255.0
    scale = min(shape[0] / dark.shape[0], shape[1] / dark.shape[1])
    height, width = (max(1, round(scale * side)) for side in dark.shape)
    image = Image.fromarray(dark.astype(np.float32))
    small = np.asarray(image.resize((width, height), Image.Resampling.BOX))
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    values = np.zeros(shape)
    values[top : top + height, left : left + width] = np.clip(small, 0, 1)
    return values.ravel()


def picture_cases(
    images: Sequence[Floats], shape: tuple[int, int], title: str, names: Sequence[str] = ()
) -> Cases:
    """Images (height · width,) as cases. Raises `ValueError` with a sentence."""
    if not images:
        raise ValueError("There is no image yet: add at least one.")
    height, width = shape
    return make_cases(
        np.stack(images),
        title,
        names=[f"row {y + 1}, column {x + 1}" for y in range(height) for x in range(width)],
        says=f"{len(images):,} images on a grid of {height} × {width}; how dark a pixel is counts "
        "as its probability of being ink.",
        shape=shape,
        row_names=names,
    )
