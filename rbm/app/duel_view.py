"""The duel view: a Streamlit component (v2) that shows two runs at the same epoch, always.

As in `rbm.app.live_view` the server sends parameters and the browser computes the pictures; one
playhead moves both sides. One message is one blob of bytes (`rbm.app.live_view.pack_blob`) of

- a header {"run": whether they train, "per": seconds between asks, "frame": number of the message,
  "generation": which pair, "more": whether frames are left, "jump": whether to show the newest
  epoch, "start": the epoch at which the sides part, "notice", "datasets": ids of all, "sides":
  {"a": side, "b": side}} with side = {"after": newest epoch held by the view that is asked for,
  "stride": of the recording, "n_visible", "n_hidden", "low", "high", "name", "held": what held from
  which epoch on [{"from", "sigma", "average_last"}], "datasets": [{"id", "from"}], "scores":
  {"error_floor", "error_uniform"}};
- for each side arrays "a:epochs" (r,), "a:frames" (r, P), "a:errors" (r,), "a:mismatch_epochs",
  "a:mismatch" (s,), and once a generation "data:<id>" (n, 2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rbm.app.assets import BROWSER, packaged_component

ASSETS = BROWSER / "duel_view"


def duel_view(
    blob: bytes, *, key: str, on_ask: Callable[[], None], on_part: Callable[[], None]
) -> Any:
    """Shows the duel view, or updates it in place; returns Streamlit's `ComponentResult`.

    Before a callback is called, its message stands in `st.session_state[key]`: `ask` = {"frame",
    "generation", "epochs": the newest epoch held of either side, "data": ids of datasets held};
    `part` = {"epoch"} from which on the sides are to differ.
    """
    mount = packaged_component("duel_view", ASSETS)
    return mount(key=key, data=blob, on_ask_change=on_ask, on_part_change=on_part)
