"""Which settings are searched, and where: a setting's range, or a list of values, as controls."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rbm.app.messages import plain
from rbm.settings import KNOBS
from rbm.tuning.range_text import text_to_range, value_to_text
from rbm.tuning.space import TUNABLE, Range, Value, default_range
from rbm.views.sweeps import value_name

SPACINGS = {"linear": "Even", "log": "By ratio", "list": "A list"}
SPACING_HELP = (
    "Even: every difference counts alike. By ratio: 0.1 to 0.2 is as wide as 1 to 2, right for "
    "rates and noise. A list: only the values that you type."
)


def ranges_panel(kept: Sequence[Range]) -> tuple[Range, ...] | None:
    """The controls, which begin as `kept`; None, and a sentence each, where one does not fit."""
    by_name = {chosen.name: chosen for chosen in kept}
    names = st.multiselect(
        "Settings to search", TUNABLE, key=known("search_names", list(by_name)),
        format_func=lambda name: KNOBS[name].label, placeholder="Choose one or more",
        help="All others stay as they are at the start. More settings need more trials.",
    )  # fmt: skip
    found = [_range(by_name.get(name) or default_range(name)) for name in names]
    whole = tuple(chosen for chosen in found if chosen is not None)
    return whole if len(whole) == len(found) else None


def known(key: str, value: object) -> str:
    """The key of a widget that has `value` when it is first shown."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _range(kept: Range) -> Range | None:
    """One setting in one line: how its values lie, and where."""
    name, knob = kept.name, KNOBS[kept.name]
    with st.container(
        horizontal=True, vertical_alignment="bottom", key=f"search_range_{name}", gap="small"
    ):
        if knob.kind in ("choice", "bool"):
            values: list[Value] = list(knob.choices or (False, True))
            picked = st.multiselect(
                knob.label, values, key=known(f"search_picked_{name}", list(kept.choices)),
                format_func=lambda value: value_name(name, value), help=knob.help,
            )  # fmt: skip
            text = ",".join(value_to_text(value) for value in picked)
        else:
            text = _numbers(kept)
    try:
        return text_to_range(f"{name}={text}")
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def _numbers(kept: Range) -> str:
    name, knob = kept.name, KNOBS[kept.name]
    usual = kept if not kept.choices else default_range(name)
    first = "list" if kept.choices else "log" if kept.log else "linear"
    spacing = st.selectbox(
        f"{knob.label} {knob.symbol}".strip(), list(SPACINGS), format_func=SPACINGS.__getitem__,
        key=known(f"search_spacing_{name}", first), width=190,
        help=f"{knob.help}\n\n{SPACING_HELP}",
    )  # fmt: skip
    if spacing == "list":
        listed = ", ".join(value_to_text(value) for value in kept.choices)
        return st.text_input(
            "Values", key=known(f"search_list_{name}", listed), max_chars=200, width=280,
            help="With commas between them, decimals with a point, as in “0.1, 0.3, 1”.",
        )  # fmt: skip
    low = st.number_input(
        "from", key=known(f"search_low_{name}", float(usual.low)), format="%g", width=130,
        help=f"{knob.low:g} at least.",
    )  # fmt: skip
    high = st.number_input(
        "to", key=known(f"search_high_{name}", float(usual.high)), format="%g", width=130,
        help=f"{knob.high:g} at most.",
    )  # fmt: skip
    ends = f"{value_to_text(float(low))}:{value_to_text(float(high))}"
    return ends + (":log" if spacing == "log" else "")
