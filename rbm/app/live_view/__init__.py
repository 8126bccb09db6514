"""The live view: a Streamlit component (v2) that plays recorded frames on a canvas.

The server sends weights, the browser computes and draws the reconstructions. One message is one
blob of bytes (`pack_blob`); the browser asks for the next one (`ask`), and tells when the user
wants to train on from an earlier epoch (`branch`). The files in `ASSETS` are plain ES modules,
sent by URL and without a build step. Decision and protocol: docs/decisions/0003-live-view.md.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rbm.app.assets import BROWSER, packaged_component

ASSETS = BROWSER / "live_view"


def pack_blob(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """One message: uint32 length of the header (little-endian), JSON header, arrays.

    `header` must be JSON-able and must not use the name "arrays"; numbers that are not finite
    become null. Arrays of whole numbers are sent as int32, all others as float32. The header is
    padded with spaces so that the first array starts at a multiple of 8 bytes; the arrays follow
    back to back, row by row, each described in header["arrays"] by {name, dtype: "f4" | "i4",
    shape, offset}, with the offset counted in bytes from the first array. Raises `ValueError`
    when the name "arrays" is taken.
    """
    if "arrays" in header:
        raise ValueError('The header describes its arrays itself: "arrays" is not a free name.')
    described = []
    parts = []
    offset = 0
    for name, array in arrays.items():
        values = np.asarray(array)
        kind = "i4" if np.issubdtype(values.dtype, np.integer) else "f4"
        parts.append(np.ascontiguousarray(values, dtype=f"<{kind}").tobytes())
        described.append(
            {"name": name, "dtype": kind, "shape": list(values.shape), "offset": offset}
        )
        offset += len(parts[-1])
    text = json.dumps({**finite(header), "arrays": described}, allow_nan=False).encode()
    text += b" " * (-(4 + len(text)) % 8)
    return struct.pack("<I", len(text)) + text + b"".join(parts)


def finite(value: Any) -> Any:
    """The same JSON-able value with null for numbers JSON cannot hold (NaN and infinities)."""
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, np.generic):
        return finite(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def live_view(
    blob: bytes,
    *,
    key: str = "live_view",
    on_ask: Callable[[], None] | None = None,
    on_branch: Callable[[], None] | None = None,
) -> Any:
    """Shows the live view, or updates it in place; returns Streamlit's `ComponentResult`.

    `blob` comes from `pack_blob`. The result's `ask` and `branch` hold the browser's message in
    the run that it triggered and are None otherwise: ask = {"frame", "generation", "epoch",
    "data": [ids of datasets]}, branch = {"epoch"}. `on_ask` and `on_branch` are called before
    that run; there the same messages stand in `st.session_state[key]`.
    """
    mount = packaged_component("live_view", ASSETS)
    return mount(
        key=key,
        data=blob,
        on_ask_change=on_ask or _nothing,
        on_branch_change=on_branch or _nothing,
    )


def _nothing() -> None:
    """Streamlit reports only triggers that have a callback."""
