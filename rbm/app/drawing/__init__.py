"""The drawing board: a Streamlit component (v2) on which points are sprayed, set, erased and moved.

Drawing happens in the browser; when the pointer lifts, the whole drawing is sent as one trigger.
The server decides nothing while a hand draws. Who has the newest drawing, and why an answer never
wipes out a later stroke, is told in `exchange.js`; decision: docs/decisions/0008-drawing.md.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rbm.app.assets import BROWSER, packaged_component
from rbm.datasets import MAX_DRAWN, from_places, grid_places

ASSETS = BROWSER / "drawing"
_POINT_BYTES = 4


def encode_points(points: NDArray[np.float64]) -> str:
    """Points (n, 2) on the grid of the unit square as base64 of little-endian uint16 x, y pairs."""
    return base64.b64encode(grid_places(points).astype("<u2").tobytes()).decode()


def decode_points(text: object) -> NDArray[np.float64]:
    """What `encode_points` gave, (n, 2) float64 on the grid; n may be 0.

    Comes from a browser, so nothing is taken for granted. Raises `ValueError` with a sentence for
    anything else than text, or too long, damaged, outside the square or more than 1,500 points.
    """
    if not isinstance(text, str):
        raise ValueError("The drawing did not arrive as text.")
    if len(text) > base64_length(MAX_DRAWN * _POINT_BYTES):
        raise ValueError(f"A drawing holds at most {MAX_DRAWN:,} points.")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("The drawing arrived damaged: it is not base64.") from None
    if len(content) % _POINT_BYTES:
        raise ValueError(f"The drawing arrived damaged: {len(content)} bytes are no whole points.")
    return from_places(np.frombuffer(content, "<u2").reshape(-1, 2))


def base64_length(size: int) -> int:
    """Characters that base64 needs for `size` bytes."""
    return 4 * -(-size // 3)


def drawing_board(
    message: Mapping[str, Any], *, key: str = "drawing_board", on_drawn: Callable[[], None]
) -> None:
    """Shows the board, or updates it in place.

    `message` holds `points` (text of `encode_points`), their `revision`, `learnt` (a mark of what
    the session learns) and `backdrop` ({"name", "points", "of"}: points that may be shown behind
    and taken over, out of how many). Before `on_drawn` is called, `st.session_state[key].drawn` is
    {"points": text, "revision": number, "kept": True if only restored after a reload}.
    """
    mount = packaged_component("drawing", ASSETS)
    mount(key=key, data={**message, "most": MAX_DRAWN}, on_drawn_change=on_drawn)
