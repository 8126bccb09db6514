"""The map of a sweep: a Streamlit component (v2), a table of buttons that fills in live.

A click, or Enter on a cell that the arrow keys have reached, chooses it; a double click opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from rbm.app.assets import BROWSER, packaged_component
from rbm.tuning.sweep import Summary, Sweep
from rbm.views.sweeps import map_data

ASSETS = BROWSER / "sweep_map"


def sweep_map(
    sweep: Sweep,
    summaries: Sequence[Summary],
    picked: int | None,
    key: str,
    on_picked: Callable[[], None],
    on_opened: Callable[[], None],
) -> None:
    """Shows the map, or updates it in place. Within the callbacks `cell_of(key, sweep)` tells
    which cell it was."""
    data: Mapping[str, object] = {**map_data(sweep, summaries), "picked": picked}
    packaged_component("sweep_map", ASSETS)(
        key=key, data=data, on_picked_change=on_picked, on_opened_change=on_opened
    )


def cell_of(key: str, sweep: Sweep) -> int | None:
    """The cell that was chosen or opened, within a callback; None for what no map sends."""
    answer = st.session_state.get(key)
    said = [getattr(answer, name, None) for name in ("opened", "picked")]
    at = next((place for place in said if place is not None), None)
    return at if type(at) is int and 0 <= at < len(sweep.cells) else None
