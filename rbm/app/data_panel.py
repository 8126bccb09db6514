"""What is learnt: the gallery of patterns with their parameters, and data of the user's own."""

from __future__ import annotations

import streamlit as st

from rbm.app import controls, sensitivity
from rbm.app.gallery import gallery
from rbm.app.messages import plain
from rbm.app.session import Session
from rbm.patterns import PATTERNS


def pattern_panel(session: Session) -> None:
    """The pattern, its parameters, count, noise and seed."""
    chosen = session.settings.pattern if session.dataset is None else None
    st.session_state["pattern"] = chosen
    st.selectbox(
        f"Pattern {controls.RESTARTS}", list(PATTERNS), key="pattern", placeholder="Your own data",
        format_func=lambda name: PATTERNS[name].label, on_change=_from_list, args=(session,),
        help="What the machine learns. Every pattern is drawn by a program, with parameters below.",
    )  # fmt: skip
    # Folded where strips are shown, which would stand below it, off the screen.
    with st.expander("All patterns", expanded=not sensitivity.shown()):
        gallery(chosen, key="gallery", on_pick=lambda: _from_gallery(session))
    if session.dataset is None:
        st.caption(PATTERNS[session.settings.pattern].description)
        with st.expander("Points and parameters", key="group_data", on_change="rerun") as group:
            if group.open:
                controls.data_controls(session)
    data_story(session)
    st.page_link("pages/data.py", label="Draw or load your own data", icon=":material/draw:")


def data_story(session: Session) -> None:
    """What is known of the user's own points that are learnt; nothing for a pattern."""
    dataset = session.dataset
    if dataset is not None:
        st.caption(plain(" ".join([dataset.story, *dataset.notes])))


def _from_list(session: Session) -> None:
    controls.choose_pattern(session, st.session_state["pattern"])


def _from_gallery(session: Session) -> None:
    controls.choose_pattern(session, st.session_state["gallery"].pick)
