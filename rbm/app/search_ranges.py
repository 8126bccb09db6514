"""Which settings are searched, and where: a setting's range, or a list of values, as controls."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rbm.app.kept_widget import keyed
from rbm.app.messages import plain
from rbm.settings import KNOBS
from rbm.tuning.range_text import text_to_range, value_to_text
from rbm.tuning.space import TUNABLE, Range, Value, default_range
from rbm.tuning.sweep_choice import SPACINGS
from rbm.views.sweeps import value_name

SPACING_HELP = (
    "Even steps: between the two numbers, every difference counting alike. Even ratios: 0.1 to 0.2 "
    "is as wide as 1 to 2, right for rates and noise. A list: only the values that you type."
)


def ranges_panel(kept: Sequence[Range]) -> tuple[Range, ...] | None:
    """The controls, which begin as `kept`; None, and a sentence each, where one does not fit."""
    by_name = {chosen.name: chosen for chosen in kept}
    names = st.multiselect(
        "Settings to search", TUNABLE, key=keyed("search_names", list(by_name)),
        format_func=lambda name: KNOBS[name].label, placeholder="Choose one or more",
        help="All others stay as they are at the start. More settings need more trials.",
    )  # fmt: skip
    found = [_range(by_name.get(name) or default_range(name)) for name in names]
    whole = tuple(chosen for chosen in found if chosen is not None)
    return whole if len(whole) == len(found) else None


def _range(kept: Range) -> Range | None:
    """One setting: what it is, and how and where its values lie."""
    name, knob = kept.name, KNOBS[kept.name]
    st.markdown(f"{knob.label} {knob.symbol}", help=knob.help)
    if knob.kind in ("choice", "bool"):
        values: list[Value] = list(knob.choices or (False, True))
        picked = st.multiselect(
            "Values", values, key=keyed(f"search_picked_{name}", list(kept.choices)),
            format_func=lambda value: value_name(name, value),
        )  # fmt: skip
        text = ",".join(value_to_text(value) for value in picked)
    else:
        with st.container(horizontal=True, key=f"search_range_{name}", gap="xsmall"):
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
        "Values", list(SPACINGS), format_func=SPACINGS.__getitem__, width=128,
        key=keyed(f"search_spacing_{name}", first), help=SPACING_HELP,
    )  # fmt: skip
    if spacing == "list":
        listed = ", ".join(value_to_text(value) for value in kept.choices)
        return st.text_input(
            "List of values", key=keyed(f"search_list_{name}", listed), max_chars=200, width=190,
            placeholder="0.1, 0.3, 1", help="Separated by commas, decimals with a point.",
        )  # fmt: skip
    low, high = (
        st.number_input(
            end, key=keyed(f"search_{end.lower()}_{name}", float(value)), format="%g", width=92,
            help=says,
        )
        for end, value, says in (
            ("From", usual.low, f"{knob.low:g} at least."),
            ("To", usual.high, f"{knob.high:g} at most."),
        )
    )  # fmt: skip
    ends = f"{value_to_text(float(low))}:{value_to_text(float(high))}"
    return ends + (":log" if spacing == "log" else "")
