"""Below the picture: what to try next, set up at a press, and answers to questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from rbm import help as texts
from rbm.app.session import Session


def guide(session: Session) -> None:
    """One trial of `rbm.help` at a time, and on request everything else it explains.

    What is closed is not sent: each element on the page makes every tick of the player dearer.
    """
    st.session_state.setdefault("trial", next(iter(texts.TRY_NEXT)))
    name = st.segmented_control(
        "What to try next", list(texts.TRY_NEXT), key="trial", required=True,
        format_func=lambda name: texts.TRY_NEXT[name].title,
    )  # fmt: skip
    trial = texts.TRY_NEXT[str(name)]
    with st.container(horizontal=True, vertical_alignment="center"):
        if trial.preset:
            st.button(
                "Set it up and play", key="try_it", on_click=set_up, args=(session, trial),
                icon=":material/play_arrow:",
            )  # fmt: skip
        st.markdown(f"{trial.do} **{trial.question}**", width="stretch")
    for title, rows in {"Answer": {"": trial.answer}, **_EXPLANATIONS}.items():
        with st.expander(title, key=f"help_{title}", on_change="rerun") as panel:
            if panel.open:
                st.markdown("\n\n".join(f"**{term}** {text}" for term, text in rows.items()))


def set_up(session: Session, trial: texts.Trial) -> None:
    """Callback: the trial's preset and changes, on the present data, playing."""
    if trial.preset:
        session.apply_preset(trial.preset)
    changes: dict[str, Any] = dict(trial.changes)
    pattern = changes.pop("pattern", None)
    if pattern is not None:
        session.use_dataset(None, pattern=str(pattern))
    session.apply(replace(session.settings, **changes))
    session.play()


_EXPLANATIONS: dict[str, Mapping[str, str]] = {
    "The two numbers": {name.capitalize(): text for name, text in texts.MEASURES.items()},
    "The layers of the picture": texts.LAYERS,
    "Keys": texts.KEYS,
    "Questions": texts.QUESTIONS,
}
