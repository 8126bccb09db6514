"""Which units of a case are covered: halves of an image, units at random, all or none.

Every mask is a function `(shape, rng) -> known`, with `shape` (height, width) of an image or
(1, units) of any other row, and `known` (height · width,) bool, false where a unit is covered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Known = NDArray[np.bool_]
Shape = tuple[int, int]


@dataclass(frozen=True)
class Mask:
    """One row of `MASKS`. `images`: whether it means anything for images only; `chance`: whether
    another draw covers other units."""

    label: str
    known: Callable[[Shape, np.random.Generator], Known]
    images: bool = False
    chance: bool = False


def _but(shape: Shape, rows: slice, columns: slice) -> Known:
    known = np.ones(shape, np.bool_)
    known[rows, columns] = False
    return known.ravel()


def _random_half(shape: Shape, rng: np.random.Generator) -> Known:
    count = shape[0] * shape[1]
    known = np.ones(count, np.bool_)
    known[rng.permutation(count)[: -(-count // 2)]] = False
    return known


MASKS: dict[str, Mask] = {
    "top": Mask("Top half", lambda s, _: _but(s, slice(-(-s[0] // 2)), slice(None)), images=True),
    "bottom": Mask("Bottom half", lambda s, _: _but(s, slice(s[0] // 2, None), slice(None)),
                   images=True),
    "left": Mask("Left half", lambda s, _: _but(s, slice(None), slice(-(-s[1] // 2))),
                 images=True),
    "right": Mask("Right half", lambda s, _: _but(s, slice(None), slice(s[1] // 2, None)),
                  images=True),
    "random": Mask("Random half", _random_half, chance=True),
    "all": Mask("Everything", lambda s, _: np.zeros(s[0] * s[1], np.bool_)),
    "none": Mask("Nothing", lambda s, _: np.ones(s[0] * s[1], np.bool_)),
}  # fmt: skip
"""What a button covers; all of them can be painted by hand too."""
