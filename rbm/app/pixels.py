"""Pixels to paint on and to watch: a Streamlit component (v2), drawn in SVG.

`pixel_board` shows one image. Strokes of a mouse, finger or pen, or the arrow keys and the space
bar, cover pixels (their values are then unknown and hatched), uncover them, or paint values.
`pixel_player` shows images side by side that change step by step, played in the browser: all steps
are sent at once, so the server is not asked while they run.

After each stroke the board sends its whole state. Why an answer of the server never wipes out a
later stroke is told in `browser/pixels/exchange.js`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from rbm.app.assets import BROWSER, packaged_component
from rbm.units import Floats

ASSETS = BROWSER / "pixels"
LEVELS = 255
"""Steps between 0 and 1 that a browser knows; values are rounded to them."""
Editable = Literal["mask", "values", "both"]
Known = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Painted:
    """What is on a board: `values` (pixels,) float64 in [0, 1], in steps of 1/255, and `known`
    (pixels,) bool, false where a pixel is covered."""

    values: Floats
    known: Known


@dataclass(frozen=True, eq=False)
class Panel:
    """One image of a player. `frames` (steps, pixels) or (pixels,) in [0, 1]: the last one stays
    when others go on. `note`: a few words below it. `tint`: "ink" for values, "spread" for a
    measure of doubt, drawn in another colour. `marked`: whether unknown pixels are outlined."""

    title: str
    frames: Floats
    note: str = ""
    tint: Literal["ink", "spread"] = "ink"
    marked: bool = True


def pixel_board(
    values: ArrayLike,
    known: ArrayLike | None = None,
    *,
    shape: tuple[int, int],
    key: str,
    editable: Editable | None = None,
    label: str = "Image",
    on_change: Callable[[], None] = lambda: None,
) -> None:
    """Shows one image, or updates it in place.

    `values` (pixels,) in [0, 1], row by row, 0 the page's ground and 1 its ink; `known` (pixels,)
    bool, all true by default; `shape` (height, width). `editable`: strokes "mask" cover pixels or
    uncover them, with "values" they paint 0 … 1, with "both" one chooses; None shows only. `label`
    says to a screen reader what it is.

    Before `on_change` is called after a stroke, `painted(key, pixels)` is what is on the board;
    the page keeps it and passes it back as `values` and `known` in this same run.
    """
    image = np.asarray(values, np.float64).reshape(-1)
    _mount(
        key,
        {
            "kind": "board",
            "editable": editable,
            "label": label,
            "values": _encoded(image),
            **_grid(known, shape, image.size),
        },
        on_change,
    )


def pixel_player(
    panels: Sequence[Panel], known: ArrayLike | None = None, *, shape: tuple[int, int], key: str
) -> None:
    """Shows images side by side, which the browser plays from their first step to their last.

    `known` (pixels,) bool: pixels that are not are outlined. `shape` (height, width). It starts by
    itself when the images have changed, at once at the end for who wants no motion.
    """
    shown = [
        {
            "title": panel.title,
            "note": panel.note,
            "tint": panel.tint,
            "marked": panel.marked,
            "frames": _encoded(np.asarray(panel.frames, np.float64)),
        }
        for panel in panels
    ]
    grid = _grid(known, shape, int(np.prod(shape)))
    _mount(key, {"kind": "player", "panels": shown, **grid}, lambda: None)


def painted(key: str, count: int) -> Painted | None:
    """What was on the board `key` of `count` pixels after its last stroke, within `on_change`;
    None when there is none or it arrived damaged."""
    message = getattr(st.session_state.get(key), "changed", None)
    try:
        return decode_painted(message, count)
    except ValueError:
        return None


def decode_painted(message: object, count: int) -> Painted:
    """What a browser sent of a board of `count` pixels; it is not taken for granted.

    Raises `ValueError` with a sentence for anything that no such board sends.
    """
    if not isinstance(message, Mapping):
        raise ValueError("The image did not arrive.")
    values = _decoded(message.get("values"), count)
    known = _decoded(message.get("known"), count)
    return Painted(values / LEVELS, known != 0)


def _mount(key: str, data: Mapping[str, Any], on_change: Callable[[], None]) -> None:
    mount = packaged_component("pixels", ASSETS)
    mount(key=key, data=data, on_changed_change=on_change)


def _grid(known: ArrayLike | None, shape: tuple[int, int], count: int) -> dict[str, Any]:
    mask = np.ones(count, np.bool_) if known is None else np.asarray(known, np.bool_).reshape(-1)
    if not shape[0] * shape[1] == count == mask.size:
        raise ValueError(
            f"{shape[0]} × {shape[1]} pixels are not {count} values, {mask.size} known."
        )
    return {"shape": list(shape), "known": _base64(mask)}


def _encoded(values: Floats) -> str:
    """Values as base64 of one byte each; what lies outside 0 … 1 is drawn as its nearest end."""
    levels = np.clip(np.nan_to_num(values), 0, 1) * LEVELS
    return _base64(levels.round())


def _base64(levels: NDArray[Any]) -> str:
    return base64.b64encode(levels.astype(np.uint8).tobytes()).decode()


def _decoded(text: object, count: int) -> NDArray[np.uint8]:
    if not isinstance(text, str) or len(text) != 4 * -(-count // 3):
        raise ValueError("The image arrived damaged: it has another size.")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("The image arrived damaged: it is not base64.") from None
    if len(content) != count:
        raise ValueError("The image arrived damaged: it has another size.")
    return np.frombuffer(content, np.uint8)
