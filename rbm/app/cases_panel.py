"""Which cases the binary machine learns: a set of the app, or the user's own."""

from __future__ import annotations

import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.app.knob_widget import RESTARTS
from rbm.app.messages import plain
from rbm.cases import CASE_SETS

OWN = ""
"""Stands for the user's own cases among the names of `CASE_SETS`."""


def choice(session: BinarySession) -> None:
    """A menu of the sets, with the user's own while they are learnt, and what a case is."""
    names = [*CASE_SETS] + [OWN] * (session.set_name == OWN)
    st.session_state["cases_choice"] = session.set_name
    st.selectbox(
        f"Cases {RESTARTS}", names, key="cases_choice", on_change=_chosen, args=(session,),
        format_func=lambda name: CASE_SETS[name].label if name else f"Yours: {session.cases.title}",
        help="What the machine learns. The page “Images” also takes your own images and tables.",
    )  # fmt: skip
    cases = session.cases
    held = len(cases.test)
    counts = f"{len(cases.training):,} cases are learnt" + (f", {held:,} held out" if held else "")
    st.caption(plain(f"{cases.says} {counts}, {cases.n_units:,} units each."))


def _chosen(session: BinarySession) -> None:
    name = st.session_state["cases_choice"]
    if name in CASE_SETS and name != session.set_name:
        session.use(CASE_SETS[name].build(), name)
