"""A line that follows something `Paced` while it runs, on pages without a live view.

It asks every half second, which keeps the pool at work; when the work is done, or somebody pauses
or cancels it, the page is drawn anew with what came of it.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rbm.app.paced import Paced

ASK_SECONDS = 0.5


def watched(
    work: Paced,
    key: str,
    goal: int,
    says: Callable[[], str],
    cancel: Callable[[], None] | None = None,
) -> None:
    """Shows how far `work` is on its way to `goal` (0: none), while it plays; nothing at rest.

    `says()` is the text on the bar. Pause keeps what there is; `cancel`, if any, gives it up.
    """
    if work.playing:
        st.fragment(_line, run_every=ASK_SECONDS)(work, key, goal, says, cancel)


def _line(
    work: Paced,
    key: str,
    goal: int,
    says: Callable[[], str],
    cancel: Callable[[], None] | None,
) -> None:
    work.tick()
    if not work.playing:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(work.epoch / goal, 1.0) if goal else 0.0, says(), width="stretch")
        if st.button("Pause", key=f"{key}_pause", icon=":material/pause:", on_click=work.pause):
            st.rerun()
        if cancel and st.button(
            "Cancel", key=f"{key}_cancel", icon=":material/close:", on_click=cancel
        ):
            st.rerun()
