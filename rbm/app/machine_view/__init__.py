"""The machine view: a Streamlit component (v2) that shows a binary machine while it trains.

As in `rbm.app.live_view` the server sends parameters and the browser computes what they mean:
filters, Gibbs chains, hidden probabilities, histograms. One message is one blob of bytes
(`rbm.app.live_view.pack_blob`) of

- a header {"run": whether it trains, "per": seconds between asks, "frame": number of the message,
  "generation": which run, "epoch", "after": newest epoch held by the view that is asked for,
  "more": whether frames are left, "stride": of the recording, "jump": whether to show the newest
  frame, "n_visible", "n_hidden", "visible": "bernoulli" or "gaussian", "shape": [height, width] of
  images or null, "names" of the visible units, "case_names" and "label_names" or [], "title",
  "notice", "memory_cap" in bytes, "seed" of the chains, "exact": whether the likelihood is,
  "bound": the log-likelihood no machine can beat or null, "updates": updates an epoch, if known};
- arrays "epochs" (r,), "frames" (r, P) as `BinaryMachine.parameters`, "errors" (r,); "score_epochs"
  (s,), "scores" (s, 5): free energy of learnt and held-out cases, log-likelihood of both, pseudo-
  log-likelihood, in nats per case, NaN for what there is not; once a generation "cases"
  (c, n_visible), "case_labels" (c,), −1 for none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rbm.app.assets import BROWSER, packaged_component

ASSETS = BROWSER / "machine_view"


def machine_view(
    blob: bytes,
    *,
    key: str = "machine",
    on_ask: Callable[[], None] | None = None,
    on_branch: Callable[[], None] | None = None,
    on_pick: Callable[[], None] | None = None,
) -> Any:
    """Shows the machine view, or updates it in place; returns Streamlit's `ComponentResult`.

    Before a callback is called, its message stands in `st.session_state[key]`: `ask` = {"frame",
    "generation", "epoch"}, the newest epoch held; `branch` = {"epoch"} to train on from; `pick` =
    {"hidden": j}, the hidden unit that was touched.
    """
    mount = packaged_component("machine_view", ASSETS)
    return mount(
        key=key,
        data=blob,
        on_ask_change=on_ask or _nothing,
        on_branch_change=on_branch or _nothing,
        on_pick_change=on_pick or _nothing,
    )


def _nothing() -> None:
    """Streamlit reports only triggers that have a callback."""
