"""The page "One CD step": its controls, the sub-step on show, and its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from rbm.app import bench_address, cd_moves
from rbm.app.cd_bench import ROWS, Bench
from rbm.app.cd_moves import MODEL, bench, put
from rbm.app.graph import decode_touch, graph_message, unit_graph
from rbm.app.parameter_editor import parameter_editor
from rbm.bench_link import MOST_UNITS
from rbm.cd_steps import NAMES, CDStep, SubStep, weight_lines
from rbm.cd_update import Pace
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.settings import KNOBS, SLOPE_RULES
from rbm.unit_sums import written
from rbm.views.number_tables import answers, matrices

Number = TypeVar("Number", int, float)
RANGES = ((0.0, 1.0), (-1.0, 1.0))
MODELS = {"binary": "Binary units", "continuous": "Continuous units"}
SHORT = ("v", "h", "v hᵀ", "v′", "h′", "v′ h′ᵀ", "difference", "update")
HINTS = (
    "The data.",
    "Pins the hidden states; empty: drawn.",
    "Pins the reconstruction; empty: drawn.",
    "Pins the hidden states seen from it; empty: drawn.",
)


def setup() -> None:
    """Which model, which example, how large, and the numbers that may be told."""
    bench_address.complaint()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Model", list(MODELS), key=MODEL, required=True, format_func=MODELS.__getitem__
        )
        here = bench()
        first = "The classic example" if here.kind == "binary" else "The first example"
        st.button(first, on_click=cd_moves.load_first, icon=":material/restart_alt:")
        st.button("Random", on_click=cd_moves.load_random, icon=":material/casino:")
    with st.container(horizontal=True):
        for at, (name, count) in enumerate(zip(ROWS, here.counts, strict=True)):
            _field(f"cd_told_{at}", here.told[at])
            st.text_input(
                f"{name} ({count} units)", key=f"cd_told_{at}", on_change=_tell, width=165,
                help=f"{HINTS[at]} One number for each unit; ? leaves that unit to the draw.",
                placeholder="drawn",
            )  # fmt: skip
    if any(here.told[1:]):
        st.caption(
            "States in h, v′ and h′ are pinned: these units take them whatever their probability, "
            "so the step can follow an example on paper. Empty a field and its units draw."
        )
    with st.expander(
        "Rate, momentum, decay, size, seed and weights", key="cd_settings", on_change="rerun"
    ):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _pace(here)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _units(here)
        _table(here)


def _pace(here: Bench) -> None:
    """How far a step goes."""
    _number("cd_rate", here.pace.rate, "Learning rate", 0.0, 10.0, 0.05, _set)
    _number("cd_momentum", here.pace.momentum, "Momentum", 0.0, 0.99, 0.1, _set,
            "Share of the last step that this one repeats. Steps that agree add up.")  # fmt: skip
    decays = "Weight decay" if here.kind == "binary" else "Cost (decay)"
    of_what = "every weight, and no bias," if here.kind == "binary" else "every weight and bias"
    _number("cd_decay", here.pace.decay, decays, 0.0, 0.1, 0.01, _set,
            f"Pulls {of_what} towards 0, by rate × decay × its value.")  # fmt: skip
    if here.kind == "binary":
        _field("cd_with_probabilities", here.with_probabilities)
        st.toggle(
            "Outer products with probabilities", key="cd_with_probabilities", on_change=_set,
            help="Puts the hidden units' probabilities, not their drawn states, into the outer "
            "products: less noise, and the usual practice. The chain still draws.",
        )  # fmt: skip
    else:
        _number("cd_slope_rate", here.slope_rate, "Rate of the slopes", 0.0, 5.0, 0.1, _set)
        _field("cd_slope_rule", here.slope_rule)
        st.selectbox(
            "Slope rule", list(SLOPE_RULES), key="cd_slope_rule", on_change=_set, width=310,
            format_func=SLOPE_RULES.__getitem__, help=KNOBS["slope_rule"].help,
        )  # fmt: skip


def _units(here: Bench) -> None:
    """How many units, their noise and their range."""
    _number("cd_n_visible", here.counts[0], "Visible units", 1, MOST_UNITS, 1, _resize)
    _number("cd_n_hidden", here.counts[1], "Hidden units", 1, MOST_UNITS, 1, _resize)
    _number("cd_seed", here.seed, "Seed of the draws", 0, 2**31 - 1, 1, _set)
    if isinstance(here.machine, ContinuousMachine):
        _number("cd_sigma", here.sigma, "Noise σ", 0.0, 2.0, 0.05, _set)
        span = (here.machine.low, here.machine.high)
        _field("cd_range", span)
        st.selectbox(
            "Range of the units", list(dict.fromkeys([*RANGES, span])), key="cd_range", width=150,
            on_change=lambda: cd_moves.stretch(*st.session_state["cd_range"]),
            format_func=lambda ends: f"{written(ends[0])} to {written(ends[1])}",
            help="States that were told keep their place in the range: ½ becomes 0 in −1 to 1. "
            "Weights, biases and slopes stay, so the step is another one.",
        )  # fmt: skip


def _table(here: Bench) -> None:
    def edited(parameters: dict[str, Any]) -> None:
        now = bench()
        put(replace(now, machine=cd_moves.with_parameters(now.machine, parameters)))

    key = f"cd_table_{st.session_state['cd_model']}_{here.revision}"
    parameter_editor(here.base, key, edited)


def _field(key: str, value: object) -> None:
    """The bench decides what a field shows; what the user does in it reaches the bench first."""
    st.session_state[key] = value


def _number(
    key: str, value: Number, label: str, low: Number, high: Number, step: Number,
    on_change: Callable[[], None], help: str | None = None,
) -> None:  # fmt: skip
    _field(key, value)
    st.number_input(
        label, low, high, step=step, key=key, on_change=on_change, width=150, help=help,
        format=None if isinstance(value, int) else "%.3g",
    )  # fmt: skip


def _tell() -> None:
    v, h, v_end, h_end = (st.session_state[f"cd_told_{at}"] for at in range(4))
    put(replace(bench(), told=(v, h, v_end, h_end)))


def _set() -> None:
    names = ("seed", "with_probabilities", "sigma", "slope_rate", "slope_rule")
    shown = {n: st.session_state[f"cd_{n}"] for n in names if f"cd_{n}" in st.session_state}
    pace = Pace(*(st.session_state[f"cd_{name}"] for name in Pace._fields))
    put(replace(bench(), pace=pace, **shown))


def _resize() -> None:
    cd_moves.resize(st.session_state["cd_n_visible"], st.session_state["cd_n_hidden"])


def stepper() -> None:
    """Back, forward (naming what comes next), and a jump to any sub-step."""
    here = bench()
    last = len(NAMES) - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Back", on_click=cd_moves.back, disabled=here.at == 0,
            shortcut="Left", icon=":material/arrow_back:",
        )  # fmt: skip
        if here.at < last:
            st.button(
                f"Next: {NAMES[here.at + 1]}", on_click=cd_moves.forward,
                type="primary", shortcut="Right", icon=":material/arrow_forward:", key="cd_next",
            )  # fmt: skip
        else:
            st.button(
                f"Next: step {here.taken + 2} from these weights", on_click=cd_moves.forward,
                type="primary", shortcut="Right", icon=":material/arrow_forward:", key="cd_next",
                help="The same data, the updated weights and their velocity, new draws, nothing "
                "pinned.",
            )  # fmt: skip
        _field("cd_at", here.at)
        st.pills(
            "Sub-step", range(len(NAMES)), key="cd_at", required=True, label_visibility="collapsed",
            format_func=lambda at: f"{at + 1} {SHORT[at]}",
            on_change=lambda: cd_moves.go(st.session_state["cd_at"]),
        )  # fmt: skip


def show(step: CDStep) -> None:
    """The sub-step: its name and sentence, the graph, and its numbers."""
    here = bench()
    sub = step.sub_steps[here.at]
    st.subheader(f"{here.at + 1}. {sub.name}")
    st.markdown(sub.sentence)
    left, right = st.columns([0.42, 0.58], gap="medium")
    with left:
        primed = "" if here.at < 3 else "v" if here.at == 3 else "vh"
        notes = {}
        if sub.answer is not None:
            layer = sub.answer.names[0][0]
            notes[layer] = [f"{mean:.2f}" for mean in sub.answer.means]
        message = graph_message(
            here.machine, sub.visible, sub.hidden, selected=here.selected, primed=primed,
            notes=notes,
        )  # fmt: skip
        unit_graph(message, key="cd_graph", on_touch=_touched)
        if here.at == 0 and isinstance(here.machine, BinaryMachine):
            st.caption("Touch a visible unit to switch it on or off.")
        elif sub.answer is not None:
            st.caption("Touch a unit to see its whole sum.")
        else:
            st.caption("Touch a line to see how its weight fares.")
    with right:
        _numbers(here, step, sub)


def _numbers(here: Bench, step: CDStep, sub: SubStep) -> None:
    part = here.selected
    binary = isinstance(here.machine, BinaryMachine)
    if sub.answer is not None:
        unit = 0
        if part is not None and part.kind == sub.answer.names[0][0]:
            unit = part.i if part.kind == "v" else part.j
        st.markdown(f"**{sub.answer.names[unit]}, step by step**")
        for line in sub.answer.lines[unit]:
            st.text(line)
        mean, draw = ("probability", "draw") if binary else ("without noise", "normal number")
        st.html(answers(sub.answer, mean, draw))
    elif part is not None and part.kind == "w" and here.at >= 2:
        for line in weight_lines(step, here.at, part.i, part.j, here.pace):
            st.text(line)
    if here.at == len(NAMES) - 1 and not here.pace.is_plain:
        st.caption(_formula(here))
    if sub.tables:
        st.html(matrices(sub.tables))
    if here.at == 0:
        st.markdown(
            "Nothing is computed yet. The step asks: which weights would make this data a little "
            "more probable, and what the machine dreams of itself a little less?"
        )


def _formula(here: Bench) -> str:
    """How momentum and decay enter the step, as set."""
    kept = "momentum × velocity + " if here.pace.momentum else ""
    pulled = " − rate × decay × value" if here.pace.decay else ""
    of_what = " (of weights, not of biases)" if pulled and here.kind == "binary" else ""
    return (
        f"velocity after = {kept}rate × difference{pulled}{of_what}, and what is learned moves by "
        "it."
    )


def _touched() -> None:
    here = bench()
    value = st.session_state["cd_graph"].touched
    part = decode_touch(value, here.counts[0], here.counts[1])
    if part is None:
        return
    put(replace(here, selected=part))
    if here.at == 0 and part.kind == "v" and isinstance(here.machine, BinaryMachine):
        cd_moves.switch(part.i)
