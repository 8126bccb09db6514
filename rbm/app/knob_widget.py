"""One control for one row of a table of knobs, whichever machine it sets.

The settings are the only truth: before a widget is drawn its value is set from them, and its
callback hands the new value back. So links, presets and buttons need no widget to be told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from rbm.settings import Knob

RESTARTS = "↺"
"""Marks a control whose change starts a new run."""


def knob_widget(
    knob: Knob, key: str, value: Any, on_change: Callable[..., None], args: tuple[Any, ...]
) -> None:
    """The control of one knob, drawn by its kind, that shows `value`."""
    st.session_state[key] = value
    common: dict[str, Any] = {
        "label": _label(knob), "key": key, "help": knob.help, "on_change": on_change, "args": args,
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
        st.select_slider(options=knob.log_steps(value), format_func=_short, **common)
    else:
        st.slider(
            min_value=float(knob.low), max_value=float(knob.high), step=float(knob.step), **common
        )


def _label(knob: Knob) -> str:
    name = f"{knob.label} {knob.symbol}" if knob.symbol else knob.label
    return f"{name} {RESTARTS}" if knob.restarts else name


def _short(value: float) -> str:
    return f"{value:.6g}"
