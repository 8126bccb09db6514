"""Below the picture: what to try next, each thing set up at a press, and answers to questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from rbm import help as texts
from rbm.app.session import Session


def guide(session: Session) -> None:
    """The trials of `rbm.help` as cards with a button, and everything else it explains."""
    st.subheader("What to try next")
    rows = list(texts.TRY_NEXT.items())
    for start in range(0, len(rows), 4):
        for column, (name, trial) in zip(st.columns(4), rows[start : start + 4], strict=False):
            with column.container(border=True, height="stretch"):
                st.markdown(f"**{trial.title}**")
                st.markdown(f"{trial.do} {trial.question}")
                if trial.preset:
                    st.button(
                        "Set it up and play", key=f"try_{name}", on_click=set_up,
                        args=(session, trial), width="stretch",
                    )  # fmt: skip
                with st.expander("Answer"):
                    st.markdown(trial.answer)
    measures, layers, questions = st.columns(3)
    with measures.expander("The two numbers"):
        for text in texts.MEASURES.values():
            st.markdown(text)
        _definitions(texts.KEYS)
    with layers.expander("The layers of the picture"):
        _definitions(texts.LAYERS)
    with questions.expander("Questions"):
        _definitions(texts.QUESTIONS)


def set_up(session: Session, trial: texts.Trial) -> None:
    """Callback: the trial's preset and changes, on the present data, playing."""
    if trial.preset:
        session.apply_preset(trial.preset)
    changes: dict[str, Any] = dict(trial.changes)
    pattern = changes.pop("pattern", None)
    if pattern is not None:
        session.use_data(None, pattern=str(pattern))
    session.apply(replace(session.settings, **changes))
    session.play()


def _definitions(rows: Mapping[str, str]) -> None:
    st.markdown("\n".join(f"- **{term}** {meaning}" for term, meaning in rows.items()))
