"""The sidebar: every field of `Settings` as a control, made from its row in `KNOBS`.

The session's settings are the only truth: before a widget is drawn its value is set from them, and
its callback hands the new value back. So links, presets and buttons need no widget to be told.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import streamlit as st

from rbm.app.session import MAX_INSTANT, Session
from rbm.patterns import PATTERNS
from rbm.presets import PRESETS, preset_of
from rbm.settings import KNOBS, Knob

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
RESTARTS = "↺"
"""Marks a control whose change starts a new run."""
CUSTOM = "Own values"


def preset_panel(session: Session) -> None:
    """The preset with its reason, and the instant switch."""
    _preset(session)
    _instant(session)


def learning_controls(session: Session) -> None:
    """All knobs, in groups."""
    for title, names in GROUPS.items():
        # What is closed is not sent: each element makes every tick of the player dearer.
        with st.expander(
            title, expanded=title in ("Machine", "Learning"), key=f"group_{title}",
            on_change="rerun",
        ) as group:  # fmt: skip
            if group.open:
                for name in names:
                    knob_widget(session, name)
    st.caption(f"{RESTARTS} starts the run anew; everything else takes hold while it plays.")


def knob_widget(session: Session, name: str) -> None:
    """The control of one knob, drawn by its kind."""
    knob = KNOBS[name]
    key = f"knob_{name}"
    value = getattr(session.settings, name)
    st.session_state[key] = value
    common: dict[str, Any] = {
        "label": _label(knob), "key": key, "help": knob.help, "on_change": _changed,
        "args": (session, name),
    }  # fmt: skip
    if knob.kind == "bool":
        st.toggle(**common)
    elif knob.kind == "choice":
        choices = knob.choices or {}
        st.selectbox(options=list(choices), format_func=choices.__getitem__, **common)
    elif knob.kind == "int":
        st.number_input(
            min_value=int(knob.low), max_value=int(knob.high), step=int(knob.step) or 1, **common
        )
    elif knob.scale == "log":
        st.select_slider(options=log_steps(knob, value), format_func=_short, **common)
    else:
        st.slider(
            min_value=float(knob.low), max_value=float(knob.high), step=float(knob.step), **common
        )


def log_steps(knob: Knob, value: float) -> list[float]:
    """Steps 1, 1.5, 2, 3, 5, 7 of every decade in the knob's range, 0 if allowed, and `value`."""
    low = knob.low if knob.low > 0 else 1e-6 if knob.high <= 0.1 else 1e-3
    decades = range(math.floor(math.log10(low)), math.floor(math.log10(knob.high)) + 1)
    steps = {float(f"{m}e{d}") for d in decades for m in (1, 1.5, 2, 3, 5, 7)}
    inside = {step for step in steps if max(knob.low, low) <= step <= knob.high}
    ends = {knob.low} | {knob.high}
    return sorted(inside | ends | {value})


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
        knob_widget(session, name)
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


def _label(knob: Knob) -> str:
    name = f"{knob.label} {knob.symbol}" if knob.symbol else knob.label
    return f"{name} {RESTARTS}" if knob.restarts else name


def _short(value: float) -> str:
    return f"{value:.6g}"


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
