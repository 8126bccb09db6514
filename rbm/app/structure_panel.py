"""The page "Structure": a machine of a few units, to be touched, and all that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from rbm.app.graph import Touched, decode_touch, graph_message, race_message, unit_graph
from rbm.app.parameter_editor import LARGEST, parameter_editor
from rbm.bench_link import MOST_UNITS
from rbm.models.binary import BinaryMachine
from rbm.structure import (
    EXAMPLES,
    MOST_TOGETHER,
    energy_of,
    probabilities,
    random_machine,
    resized,
)
from rbm.unit_sums import Floats, unit_names, written, written_sum

KEY = "structure"
FULL_SUMS = 4
"""From more units than this, only the touched unit's sum shows the terms that are 0."""
_FIRST = Touched("h", 0, 0)


@dataclass(frozen=True, eq=False)
class Bench:
    """What the page holds: the machine, the states shown, what was last touched.

    `base` is the machine as the table of parameters was last given it, and `revision` counts
    those; `draws` counts the random draws made, so that each has its own seed.
    """

    machine: BinaryMachine
    v: Floats
    h: Floats
    base: BinaryMachine
    selected: Touched = _FIRST
    revision: int = 0
    draws: int = 0


def bench() -> Bench:
    """This tab's bench; the first example on the first visit."""
    if KEY not in st.session_state:
        st.session_state[KEY] = _with_machine(None, next(iter(EXAMPLES.values())).machine)
    kept: Bench = st.session_state[KEY]
    return kept


def _with_machine(old: Bench | None, machine: BinaryMachine) -> Bench:
    """A bench for another machine: units that stay keep their states, new ones are off."""
    v, h = np.zeros(machine.n_visible), np.zeros(machine.n_hidden)
    if old is None:
        return Bench(machine, v, h, machine)
    for new, kept in ((v, old.v), (h, old.h)):
        new[: len(kept)] = kept[: len(new)]
    part = old.selected
    selected = Touched(part.kind, min(part.i, len(v) - 1), min(part.j, len(h) - 1))
    return Bench(machine, v, h, machine, selected, old.revision + 1, old.draws)


def _put(new: Bench) -> None:
    st.session_state[KEY] = new


def setup() -> None:
    """Which machine: an example, its size, random weights."""
    here = bench()
    st.session_state.setdefault("structure_example", next(iter(EXAMPLES)))
    for name, count in (("visible", here.machine.n_visible), ("hidden", here.machine.n_hidden)):
        st.session_state[f"structure_{name}"] = count
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Example", list(EXAMPLES), key="structure_example", on_change=_load, width=190)
        st.number_input(
            "Visible units", 1, MOST_UNITS, key="structure_visible", on_change=_resize, width=130
        )
        st.number_input(
            "Hidden units", 1, MOST_UNITS, key="structure_hidden", on_change=_resize, width=130
        )
        st.button("Random weights", on_click=_randomise, icon=":material/casino:")
        st.button("Load the example again", on_click=_load, icon=":material/restart_alt:")
    st.caption(EXAMPLES[st.session_state["structure_example"]].says)


def _load() -> None:
    _put(_with_machine(bench(), EXAMPLES[st.session_state["structure_example"]].machine))


def _resize() -> None:
    here = bench()
    sizes = st.session_state["structure_visible"], st.session_state["structure_hidden"]
    _put(_with_machine(here, resized(here.machine, *sizes, seed=here.revision)))


def _randomise() -> None:
    here = bench()
    machine = here.machine
    new = random_machine(machine.n_visible, machine.n_hidden, seed=here.revision)
    _put(_with_machine(here, new))


def machine_panel() -> None:
    """The graph, the draws by hand, and the one parameter that was touched."""
    here = bench()
    p_h = here.machine.mean_h_from_v(here.v[None])[0]
    p_v = here.machine.mean_v_from_h(here.h[None])[0]
    notes = {"v": [f"{p:.2f}" for p in p_v], "h": [f"{p:.2f}" for p in p_h]}
    message = graph_message(here.machine, here.v, here.h, selected=here.selected, notes=notes)
    unit_graph(message, key="structure_graph", on_touch=_touched)
    st.caption(
        "Filled with a 1: on; empty with a 0: off. Beside each unit its probability to be on, "
        "given the other layer. Touch a unit to switch it, a line to change its weight. "
        "Solid green: positive weight; dashed orange: negative; the thicker, the larger."
    )
    with st.container(horizontal=True):
        st.button(
            "Draw hidden units", on_click=_draw, args=("h",), icon=":material/arrow_upward:",
            help="Switches every hidden unit on with its probability, given the visible ones.",
        )  # fmt: skip
        st.button(
            "Draw visible units", on_click=_draw, args=("v",), icon=":material/arrow_downward:",
            help="Switches every visible unit on with its probability, given the hidden ones. "
            "One after the other, again and again: that is Gibbs sampling.",
        )  # fmt: skip
    label, value = _selected_parameter(here)
    field = f"structure_value_{here.selected.kind}{here.selected.i}{here.selected.j}"
    st.session_state[field] = value
    st.number_input(
        label, -LARGEST, LARGEST, step=0.1, format="%.2f", key=field, on_change=_set_value,
        args=(field,),
    )  # fmt: skip


def _touched() -> None:
    here = bench()
    machine = here.machine
    value = st.session_state["structure_graph"].touched
    part = decode_touch(value, machine.n_visible, machine.n_hidden)
    if part is None:
        return
    v, h = here.v.copy(), here.h.copy()
    if part.kind == "v":
        v[part.i] = 1 - v[part.i]
    elif part.kind == "h":
        h[part.j] = 1 - h[part.j]
    _put(replace(here, v=v, h=h, selected=part))


def _draw(layer: str) -> None:
    here = bench()
    rng = np.random.default_rng(here.draws)
    if layer == "h":
        new = replace(here, h=here.machine.sample_h_from_v(here.v[None], rng)[0])
    else:
        new = replace(here, v=here.machine.sample_v_from_h(here.h[None], rng)[0])
    _put(replace(new, draws=here.draws + 1))


def _selected_parameter(here: Bench) -> tuple[str, float]:
    """Name and value of the weight or bias that was last touched."""
    machine, (kind, i, j) = here.machine, here.selected
    v, h = unit_names("v", machine.n_visible)[i], unit_names("h", machine.n_hidden)[j]
    if kind == "w":
        return f"Weight between {v} and {h}", float(machine.weights[i, j])
    if kind == "v":
        return f"Bias of {v}", float(machine.visible_bias[i])
    return f"Bias of {h}", float(machine.hidden_bias[j])


def _set_value(field: str) -> None:
    here = bench()
    machine, (kind, i, j) = here.machine, here.selected
    name = {"w": "weights", "v": "visible_bias", "h": "hidden_bias"}[kind]
    place = {"w": (i, j), "v": (i,), "h": (j,)}[kind]
    values = getattr(machine, name).copy()
    values[place] = st.session_state[field]
    new = replace(machine, **{name: values})
    _put(replace(here, machine=new, base=new, revision=here.revision + 1))


def parameter_table() -> None:
    """All weights and biases as one table."""
    here = bench()

    def edited(parameters: dict[str, Any]) -> None:
        now = bench()
        _put(replace(now, machine=replace(now.machine, **parameters)))

    parameter_editor(here.base, f"structure_table_{here.revision}", edited)


def sums_panel() -> None:
    """Every probability with its sum written out; the selected unit first and step by step."""
    here = bench()
    machine, (kind, i, j) = here.machine, here.selected
    layers = {
        "h": (machine.weights, machine.hidden_bias, here.v, here.h),
        "v": (machine.weights.T, machine.visible_bias, here.h, here.v),
    }
    st.markdown("**Where each probability comes from**")
    st.caption(
        "A unit adds its bias and, for each unit of the other layer, state × weight: only units "
        "that are on count. The sum x becomes a probability by σ(x) = 1 / (1 + e^−x): 0 gives ½, "
        "+4 nearly 1, −4 nearly 0."
    )
    for layer, other in (("h", "v"), ("v", "h")):
        weights, bias, sources, states = layers[layer]
        names = unit_names(layer, len(bias))
        inputs = sources @ weights + bias
        means = 1 / (1 + np.exp(-inputs))
        rows = [f"| | input x, given {other} | σ(x) | is |", "|:--|:--|--:|:--|"]
        for unit, name in enumerate(names):
            chosen = kind == layer and unit == (i if layer == "v" else j)
            terms = np.ones(len(sources), bool)
            if len(sources) > FULL_SUMS and not chosen:
                terms = sources == 1
            total = written_sum(bias[unit], sources[terms], weights[terms, unit])
            mark = "▸ " if chosen else ""
            state = "on" if states[unit] else "off"
            rows.append(f"| {mark}**{name}** | {total} | **{written(means[unit])}** | {state} |")
        st.markdown("\n".join(rows))


def energy_panel() -> None:
    """Energy and free energy of the states shown, with their parts."""
    here = bench()
    machine, v, h = here.machine, here.v, here.h
    parts = energy_of(machine, v, h)
    free = float(machine.free_energy(v[None])[0])
    st.markdown("**Energy: the lower, the more probable**")
    left, right = st.columns(2)
    left.metric("Energy E(v, h)", written(parts.total), border=True)
    right.metric("Free energy F(v)", written(free), border=True)
    st.caption(
        f"E = −b·v − c·h − v W h = {written(parts.visible)} + {written(parts.hidden)} + "
        f"{written(parts.pairs)} = {written(parts.total)}".replace("+ −", "− ")
        + ". F(v) sums over all hidden states: p(v) is proportional to e^−F(v)."
    )
    p_v = probabilities(machine, "visible")[_number(v)]
    says = f"p(v = {_digits(v)}) = {written(p_v, 4)}"
    if machine.n_visible + machine.n_hidden <= MOST_TOGETHER:
        p = probabilities(machine, "both")[_number(np.concatenate([v, h]))]
        says += f" and p(v, h = {_digits(v)}·{_digits(h)}) = {written(p, 4)}"
    st.caption(f"Of all states together: {says}.")


def race_panel() -> None:
    """The exact distribution, and a Gibbs chain that runs in the browser."""
    here = bench()
    machine = here.machine
    st.subheader("The exact distribution, and a chain that finds it")
    st.caption(
        "Every state has an exact probability (outlined). Play lets the machine draw hidden from "
        "visible and visible from hidden units, on and on; the share of its samples in each state "
        "(filled) comes nearer and nearer. Neighbouring samples resemble each other, so a chain "
        "needs more of them than chance alone (dashed) would."
    )
    choices = {"visible": "Visible states", "hidden": "Hidden states"}
    if machine.n_visible + machine.n_hidden <= MOST_TOGETHER:
        choices["both"] = "Both together"
    st.session_state.setdefault("structure_over", "visible")
    if st.session_state["structure_over"] not in choices:
        st.session_state["structure_over"] = "visible"
    over = st.segmented_control(
        "States counted", list(choices), key="structure_over", required=True,
        format_func=choices.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    message = graph_message(machine, np.zeros(machine.n_visible), np.zeros(machine.n_hidden))
    race = race_message(machine, over or "visible", seed=here.revision)
    unit_graph(message, key="structure_race", race=race)


def _number(states: Floats) -> int:
    """The place of a state in `rbm.exact.states`."""
    return int(states @ 2 ** np.arange(len(states))[::-1])


def _digits(states: Floats) -> str:
    return "".join(str(int(state)) for state in states)
