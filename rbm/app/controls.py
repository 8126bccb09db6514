"""The sidebar: every field of `Settings` as a control, made from its row in `KNOBS`.

The session's settings are the only truth: before a widget is drawn its value is set from them, and
its callback hands the new value back. So links, presets and buttons need no widget to be told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from rbm.app import sensitivity
from rbm.app.knob_widget import RESTARTS, knob_widget
from rbm.app.session import MAX_INSTANT, Session
from rbm.patterns import PATTERNS
from rbm.presets import PRESETS, preset_of
from rbm.settings import KNOBS

GROUPS: dict[str, tuple[str, ...]] = {
    "Machine": ("n_hidden", "sigma", "visible_slope"),
    "Learning": ("learning_rate", "slope_learning_rate", "momentum", "cost", "k", "k_end"),
    "Refinements": ("average_last", "noise_free_statistics", "centred", "slope_rule"),
    "Rarely needed": (
        "k_ramp", "initial_scale", "hidden_slope", "learn_visible_slope", "noisy", "rule",
        "batch_size", "low", "high", "seed",
    ),
}  # fmt: skip
DATA_KNOBS = ("n_points", "pattern_noise", "data_seed")
CUSTOM = "Own values"


def preset_panel(session: Session) -> None:
    """The preset with its reason, and the switches for all settings."""
    _preset(session)
    _instant(session)
    sensitivity.switch()


def learning_controls(session: Session) -> None:
    """All knobs, in groups, and below each what it does, where that is wanted."""
    for title, names in GROUPS.items():
        # What is closed is not sent: each element makes every tick of the player dearer.
        with st.expander(
            title, expanded=title in ("Machine", "Learning"), key=f"group_{title}",
            on_change="rerun",
        ) as group:  # fmt: skip
            if group.open:
                for name in names:
                    setting_control(session, name)
    st.caption(f"{RESTARTS} starts the run anew; everything else takes hold while it plays.")
    sensitivity.follow(session)


def setting_control(session: Session, name: str) -> None:
    """The control of one setting."""
    knob_widget(
        KNOBS[name], f"knob_{name}", getattr(session.settings, name), _changed, (session, name)
    )
    sensitivity.place(name)


def data_controls(session: Session) -> None:
    """The pattern's own parameters, its noise, count and seed, and a button for new data."""
    settings = session.settings
    for name, option in PATTERNS[settings.pattern].options.items():
        key = f"option_{settings.pattern}_{name}"
        st.session_state[key] = settings.options.get(name, option.default)
        st.slider(
            f"{option.label} {RESTARTS}", float(option.low), float(option.high),
            step=float(option.step), key=key, help=option.help, on_change=_option_changed,
            args=(session, name, key),
        )  # fmt: skip
    for name in DATA_KNOBS:
        setting_control(session, name)
    st.button(
        "New data", on_click=_new_data, args=(session,), icon=":material/casino:",
        help="Draws other points of the same pattern and starts anew.",
    )  # fmt: skip


def choose_pattern(session: Session, name: object) -> None:
    """Takes the pattern called `name`, with its default parameters."""
    if (
        isinstance(name, str)
        and name in PATTERNS
        and (name != session.settings.pattern or session.dataset is not None)
    ):
        session.use_dataset(None, pattern=name)


def _preset(session: Session) -> None:
    present = preset_of(session.settings) or CUSTOM
    st.session_state["preset"] = present
    names = [*PRESETS, CUSTOM] if present == CUSTOM else list(PRESETS)
    st.selectbox(
        f"Preset {RESTARTS}", names, key="preset", on_change=_preset_chosen, args=(session,),
        help="A whole set of values for how the machine learns; the data stay.",
    )  # fmt: skip
    st.caption(
        PRESETS[present].why if present in PRESETS else "You have changed values of a preset."
    )


def _instant(session: Session) -> None:
    st.session_state["instant"] = session.instant
    st.toggle(
        "Instant: retrain on every change", key="instant", on_change=_instant_changed,
        args=(session,),
        help="Every change of a setting trains the whole run again, from its start to the epoch "
        "below, and shows the trained machine at once.",
    )  # fmt: skip
    if session.instant:
        st.session_state["instant_epochs"] = session.instant_epochs
        st.number_input(
            "… to epoch", 1, MAX_INSTANT, step=100, key="instant_epochs",
            on_change=_instant_changed, args=(session,),
            help="666 epochs of 8 units take some 10–30 ms; many more are shown as they come.",
        )  # fmt: skip


def _changed(session: Session, name: str) -> None:
    value = st.session_state[f"knob_{name}"]
    edits = {name: value}
    if name == "k" and session.settings.k == session.settings.k_end:
        edits["k_end"] = value  # a fixed k stays fixed
    _apply(session, **edits)


def _option_changed(session: Session, name: str, key: str) -> None:
    _apply(session, pattern_options=session.settings.options | {name: st.session_state[key]})


def _new_data(session: Session) -> None:
    _apply(session, data_seed=(session.settings.data_seed + 1) % 2**31)


def _apply(session: Session, **edits: Any) -> None:
    try:
        session.apply(replace(session.settings, **edits))
    except ValueError as error:
        session.complaints.append(str(error))


def _preset_chosen(session: Session) -> None:
    name = st.session_state["preset"]
    if name in PRESETS:
        session.apply_preset(name)


def _instant_changed(session: Session) -> None:
    session.instant = st.session_state["instant"]
    session.instant_epochs = st.session_state.get("instant_epochs", session.instant_epochs)
    if session.instant:
        session.run_instantly()
