"""Points and weights as the text of a link: short, exact, and read back with suspicion.

A point takes 24 bits, 12 for each coordinate on its grid of 4,096 steps (`rbm.datasets`), so four
characters of the alphabet A–Z a–z 0–9 - _ (base64url). Weights and velocities are float64, so that
training goes on as if it had never stopped.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rbm.datasets import GRID, Dataset, from_places, grid_places
from rbm.dialects import clean
from rbm.engine.state import has_diverged
from rbm.models.continuous import n_parameters
from rbm.settings import KNOBS, SLOPE_BOUNDS
from rbm.unit_map import UnitMap

MAX_LINK_POINTS = 1_500
"""More do not fit into 8,000 characters, which is what servers and mail programs let through."""
MAX_MAP = 1_500


@dataclass(frozen=True, eq=False)
class Weights:
    """What was learnt: `parameters` (P,) and `velocity` float64, as `rbm.engine.State` holds."""

    parameters: NDArray[np.float64]
    velocity: NDArray[np.float64]


def points_to_text(points: NDArray[np.float64]) -> str:
    """Points of the grid (n, 2) as 4·n characters."""
    places = grid_places(points).astype(np.uint32)
    whole = (places[:, 0] << 12 | places[:, 1]).astype(">u4")
    return bytes_to_text(whole.view(np.uint8).reshape(-1, 4)[:, 1:].tobytes())


def text_to_points(text: str, most: int = MAX_LINK_POINTS) -> NDArray[np.float64]:
    """The inverse; `ValueError` with a sentence for any other text."""
    if len(text) > 4 * most:
        raise ValueError(f"it holds more than {most:,} points")
    if len(text) % 4:
        raise ValueError("it has been cut off or edited")
    three = np.frombuffer(text_to_bytes(text), np.uint8).reshape(-1, 3).astype(np.int64)
    whole = three[:, 0] << 16 | three[:, 1] << 8 | three[:, 2]
    return from_places(np.column_stack([whole >> 12, whole & GRID]))


def weights_to_text(parameters: NDArray[np.float64], velocity: NDArray[np.float64]) -> str:
    """Parameters and velocity as text."""
    return bytes_to_text(np.concatenate([parameters, velocity]).astype("<f8").tobytes())


def text_to_weights(text: str, n_hidden: int, n_visible: int = 2) -> Weights:
    """The inverse, for a machine of that size; `ValueError` with a sentence for any other text."""
    count = n_parameters(n_visible, n_hidden)
    n_slopes = n_visible + n_hidden
    if len(text) != math.ceil(8 * (2 * count - n_slopes) * 4 / 3):
        raise ValueError(
            f"they are incomplete, or of a machine without {n_hidden} hidden units; copy the whole "
            "link again"
        )
    numbers = np.frombuffer(text_to_bytes(text), "<f8").astype(np.float64)
    parameters, velocity = numbers[:count], numbers[count:]
    slopes = parameters[count - n_slopes :]
    if has_diverged(parameters, n_slopes) or not np.isfinite(velocity).all():
        raise ValueError("they hold numbers out of bounds")
    if not (slopes.min() >= KNOBS["visible_slope"].low and slopes.max() <= SLOPE_BOUNDS[1]):
        raise ValueError("they hold slopes out of bounds")
    return Weights(parameters, velocity)


def map_to_text(unit_map: UnitMap) -> str:
    """The map to a table's own units as JSON."""
    return json.dumps(unit_map.to_dict(), separators=(",", ":"), ensure_ascii=False)


def text_to_map(text: str) -> UnitMap:
    """The inverse; `ValueError` with a sentence for any other text."""
    if len(text) > MAX_MAP:
        raise ValueError("its map is too long")
    try:
        return clean_map(json.loads(text))
    except (ValueError, RecursionError):
        raise ValueError("its map has been cut off or edited") from None


def clean_map(exported: Any) -> UnitMap:
    """The map that a stranger's JSON describes; `ValueError` with a sentence if it is none."""
    found = UnitMap.from_dict(exported)
    if any(name != clean(name) for name in (*found.names, *found.units)):
        raise ValueError("The map to the units of a table has names that no table has.")
    return found


def carries(dataset: Dataset) -> bool:
    """Whether the points of a data set fit into a link."""
    return len(dataset.points) + len(dataset.held_out) <= MAX_LINK_POINTS


def bytes_to_text(content: bytes) -> str:
    """Bytes in the alphabet of links."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def text_to_bytes(text: str) -> bytes:
    """The inverse; `ValueError` with a sentence for any other text."""
    try:
        if not text.isascii() or "+" in text or "/" in text:
            raise binascii.Error("not of the alphabet")
        plain = text.replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise ValueError("it has been cut off or edited") from None
