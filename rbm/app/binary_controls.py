"""The settings of the binary machine as controls, in groups."""

from __future__ import annotations

from typing import Any

import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.app.knob_widget import RESTARTS, knob_widget
from rbm.binary_settings import BINARY_KNOBS

GROUPS: dict[str, tuple[str, ...]] = {
    "Machine": ("n_hidden", "rule", "k", "batch_size"),
    "Learning": ("learning_rate", "momentum", "weight_decay", "centred"),
    "Rarely needed": (
        "learning_rate_end", "learning_rate_ramp", "k_end", "k_ramp", "initial_scale", "seed",
    ),
}  # fmt: skip
"""Every setting for Bernoulli units; those of Gaussian ones have no place on these pages."""


def learning_controls(session: BinarySession) -> None:
    """All knobs, in groups; closed ones are not sent, as each element makes every tick dearer."""
    for title, names in GROUPS.items():
        with st.expander(
            title, expanded=title != "Rarely needed", key=f"binary_group_{title}",
            on_change="rerun",
        ) as group:  # fmt: skip
            if group.open:
                for name in names:
                    knob_widget(
                        BINARY_KNOBS[name], f"binary_{name}", getattr(session.settings, name),
                        _changed, (session, name),
                    )  # fmt: skip
    st.caption(f"{RESTARTS} starts the run anew; everything else takes hold while it plays.")


def _changed(session: BinarySession, name: str) -> None:
    value = st.session_state[f"binary_{name}"]
    changes: dict[str, Any] = {name: value}
    for end in ("k", "learning_rate"):
        constant = getattr(session.settings, end) == getattr(session.settings, f"{end}_end")
        if name == end and constant:
            changes[f"{end}_end"] = value  # what does not change over time goes on so
    try:
        session.apply(**changes)
    except ValueError as error:
        session.complaints.append(str(error))
