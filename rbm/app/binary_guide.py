"""Below the machine view: what to try, set up at a press."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.binary_help import BINARY_TRIALS, BinaryTrial
from rbm.cases import CASE_SETS


def binary_guide(session: BinarySession) -> None:
    """One trial at a time, its answer on request."""
    st.session_state.setdefault("binary_trial", next(iter(BINARY_TRIALS)))
    name = st.segmented_control(
        "What to try", list(BINARY_TRIALS), key="binary_trial", required=True,
        format_func=lambda name: BINARY_TRIALS[name].title,
    )  # fmt: skip
    trial = BINARY_TRIALS[str(name)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Set it up and play", key="binary_try", on_click=set_up, args=(session, trial),
            icon=":material/play_arrow:",
        )  # fmt: skip
        st.markdown(f"{trial.do} **{trial.question}**", width="stretch")
    with st.expander("Answer", key="binary_answer", on_change="rerun"):
        st.markdown(trial.answer)


def set_up(session: BinarySession, trial: BinaryTrial) -> None:
    """Callback: the trial's cases and settings, playing from epoch 0."""
    chosen = CASE_SETS[trial.cases]
    cases, name = chosen.build(), trial.cases
    if trial.first and cases.held_out is not None:
        learnt = np.flatnonzero(~cases.held_out)[: trial.first]
        some = cases.of(np.concatenate([learnt, np.flatnonzero(cases.held_out)]))
        cases, name = replace(some, title=f"{trial.first} {cases.title.lower()}"), ""
    changes: dict[str, Any] = dict(trial.changes)
    settings = replace(chosen.settings, **changes)
    session.use(cases, name, settings)
    session.goal = session.stop_at = trial.epochs
    session.play()
