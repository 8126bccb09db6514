"""Pages that look at a machine need one that has learnt: how far it is, and training it."""

from __future__ import annotations

import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.app.watched import watched


def trained(session: BinarySession, key: str, why: str) -> bool:
    """Shows how far this tab's machine is; whether it has learnt something and rests, so that what
    is said of it holds.

    `why`: what an untrained machine would be good for, the end of a sentence.
    """
    settings = session.settings
    machine = f"{session.cases.n_units:,} visible and {settings.n_hidden:,} hidden units"
    if session.playing:
        st.markdown("The machine is being trained; what it has learnt is read when it rests.")
        goal = session.target or session.stop_at or 0  # 0: it goes on and on
        of = f" of {goal:,}" if goal else ""
        watched(session, f"{key}_training", goal, lambda: f"Epoch {session.epoch:,}{of}")
        return False
    if session.run.notice:
        st.warning(session.run.notice, icon=":material/info:")
    if not session.epoch:
        st.info(
            f"The machine ({machine}) has learnt nothing yet, so {why}.", icon=":material/school:"
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Train {session.goal:,} epochs more" if session.epoch
            else f"Train it now ({session.goal:,} epochs)",
            type="secondary" if session.epoch else "primary", key=f"{key}_train",
            icon=":material/play_arrow:", on_click=session.run_to,
            args=(session.epoch + session.goal,), disabled=session.stopped,
        )  # fmt: skip
        st.page_link(
            "pages/images.py", label="Its settings, and how it learns: Images",
            icon=":material/tune:",
        )  # fmt: skip
    if session.epoch:
        st.caption(
            f"{machine[0].upper()}{machine[1:]}; it has learnt for {session.epoch:,} epochs."
        )
    return session.epoch > 0
