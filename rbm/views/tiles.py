"""Images of a few pixels side by side, or as pictures large enough to be seen."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rbm.units import Floats

Picture = NDArray[np.uint8]
LOW, MIDDLE, HIGH = (np.array(rgb) for rgb in ((213, 94, 0), (242, 242, 242), (0, 114, 178)))
"""The ends and middle of the scale of signed numbers, as in `rbm.views.style.DIVERGING`."""

FRAME = 190
"""Grey of the thin frame, by which tiles stay apart on white and on black."""


def tile(values: Floats, shape: tuple[int, int], side: int = 64) -> Picture:
    """One image (height · width,) of values in [0, 1], 1 black on white, as (H, W, 3) bytes whose
    longer side is about `side` pixels."""
    grey = 255 * (1 - np.clip(values.reshape(shape), 0, 1))
    return _enlarged(np.repeat(grey[..., None], 3, axis=2), side)


def signed_tile(weights: Floats, shape: tuple[int, int], side: int = 160) -> Picture:
    """Weights (height · width,) as one image: blue positive, vermillion negative."""
    share = weights.reshape(shape) / max(float(np.abs(weights).max()), 1e-12)
    end = np.where(share[..., None] >= 0, HIGH, LOW)
    return _enlarged(MIDDLE + (end - MIDDLE) * np.abs(share)[..., None], side)


def sheet(rows: Floats, shape: tuple[int, int], columns: int) -> Floats:
    """Images (n, height · width) as one array, `columns` in a line, with NaN lines between them."""
    height, width = shape
    lines = -(-len(rows) // columns)
    page = np.full((lines * (height + 1) - 1, columns * (width + 1) - 1), np.nan)
    for i, row in enumerate(rows):
        top, left = i // columns * (height + 1), i % columns * (width + 1)
        page[top : top + height, left : left + width] = row.reshape(shape)
    return page


def data_address(picture: Picture) -> str:
    """The picture as a data: address, for cells of a table."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "png")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _enlarged(pixels: Floats, side: int) -> Picture:
    times = max(1, side // max(pixels.shape[:2]))
    small = pixels.round().astype(np.uint8)
    large = small.repeat(times, axis=0).repeat(times, axis=1)
    return np.pad(large, ((1, 1), (1, 1), (0, 0)), constant_values=FRAME)
