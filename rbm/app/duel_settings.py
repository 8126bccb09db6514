"""The settings of a duel's sides, one side at a time, and those that both share."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from rbm.app.controls import CUSTOM, GROUPS
from rbm.app.duel_session import Duel
from rbm.app.knob_widget import RESTARTS, knob_widget
from rbm.duel import COMMON, SIDES
from rbm.presets import PRESETS, SUBJECT, preset_of
from rbm.settings import KNOBS

DIFFERS = "≠"
"""Marks a setting in which the sides differ."""


def duel_settings(duel: Duel) -> None:
    """Which side is set, its preset, all its settings in groups, and what both share."""
    side = str(
        st.segmented_control(
            "Settings of side", SIDES, default="b", required=True, key="duel_side",
            format_func=str.upper, help="Change one setting of one side, and see what it does.",
        )
    )  # fmt: skip
    _preset(duel, side)
    for title, names in GROUPS.items():
        own = [name for name in names if name not in COMMON]
        with st.expander(
            title, expanded=title == "Machine", key=f"duel_group_{title}", on_change="rerun"
        ) as group:
            if group.open:
                for name in own:
                    _control(duel, side, name)
    with st.expander("Data and noise of both", key="duel_group_both", on_change="rerun") as group:
        if group.open:
            own_data = duel.pair.a.experiment.pattern is None
            for name in ("seed",) if own_data else COMMON:
                _control(duel, "a", name)
            st.caption("The pattern, or data of your own, are chosen in the playground.")
    st.caption(
        f"{RESTARTS} begins both sides again at epoch 0; everything else takes hold where they "
        f"part. {DIFFERS}: the sides differ in it."
    )


def _preset(duel: Duel, side: str) -> None:
    key = f"duel_preset_{side}"
    present = preset_of(duel.settings(side)) or CUSTOM
    st.session_state[key] = present
    st.selectbox(
        f"Preset of side {side.upper()} {RESTARTS}",
        [*PRESETS, CUSTOM] if present == CUSTOM else list(PRESETS),
        key=key, on_change=_preset_chosen, args=(duel, side),
        help="A whole set of values for how this side learns; data and seed stay.",
    )  # fmt: skip


def _preset_chosen(duel: Duel, side: str) -> None:
    name = st.session_state[f"duel_preset_{side}"]
    if name in PRESETS:
        values = vars(PRESETS[name].settings)
        duel.change(side, **{name: values[name] for name in values if name not in SUBJECT})


def _control(duel: Duel, side: str, name: str) -> None:
    key = f"duel_{side}_{name}"
    knob = KNOBS[name]
    one, other = (getattr(duel.settings(each), name) for each in SIDES)
    if one != other:
        knob = replace(knob, label=f"{DIFFERS} {knob.label}")
    knob_widget(knob, key, getattr(duel.settings(side), name), _changed, (duel, side, name))


def _changed(duel: Duel, side: str, name: str) -> None:
    settings = duel.settings(side)
    edits = {name: st.session_state[f"duel_{side}_{name}"]}
    if name == "k" and settings.k == settings.k_end:
        edits["k_end"] = edits["k"]  # a fixed k stays fixed
    duel.change(side, **edits)
