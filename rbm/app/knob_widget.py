"""One control for one row of a table of knobs, whichever machine it sets.

The settings are the only truth: before a widget is drawn its value is set from them, and its
callback hands the new value back. So links, presets and buttons need no widget to be told.
"""

from __future__ import annotations

import math
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


def _label(knob: Knob) -> str:
    name = f"{knob.label} {knob.symbol}" if knob.symbol else knob.label
    return f"{name} {RESTARTS}" if knob.restarts else name


def _short(value: float) -> str:
    return f"{value:.6g}"
