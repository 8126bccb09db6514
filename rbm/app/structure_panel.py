"""The page "Structure": a machine of a few units, to be touched; what decides each unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from rbm.app import bench_address, cd_moves, structure_bench
from rbm.app.graph import decode_touch, graph_message, unit_graph
from rbm.app.messages import plain
from rbm.app.parameter_editor import LARGEST, parameter_editor
from rbm.app.structure_bench import Bench, with_machine
from rbm.bench_link import MOST_UNITS, unit_name
from rbm.models.binary import BinaryMachine
from rbm.structure import EXAMPLES, random_machine, resized
from rbm.unit_sums import written, written_sum

KEY = "structure"
OWN = "Your own machine"
TRAINED = "binary_session"
"""Where the pages that train binary machines keep theirs."""
FULL_SUMS = 4
"""From more units than this, only the touched unit's sum shows the terms that are 0."""


def arrive() -> None:
    """Opens what the link asks for, on the tab's first visit of the page."""
    if KEY not in st.session_state:
        put(bench_address.opened(structure_bench.from_link) or structure_bench.first())


def leave_address() -> None:
    """Puts the bench into the address bar."""
    bench_address.show(structure_bench.to_link(bench()))


def bench() -> Bench:
    """This tab's bench."""
    kept: Bench = st.session_state[KEY]
    return kept


def put(new: Bench) -> None:
    """Makes `new` this tab's bench."""
    st.session_state[KEY] = new


def setup() -> None:
    """Which machine: an example, its size, random weights, or the one that was trained."""
    bench_address.complaint()
    here = bench()
    example = structure_bench.example_of(here.machine)
    st.session_state["structure_example"] = example or OWN
    for name, count in (("visible", here.machine.n_visible), ("hidden", here.machine.n_hidden)):
        st.session_state[f"structure_{name}"] = count
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Example", [*EXAMPLES] if example else [OWN, *EXAMPLES], key="structure_example",
            on_change=_load, width=190,
        )  # fmt: skip
        st.number_input(
            "Visible units", 1, MOST_UNITS, key="structure_visible", on_change=_resize, width=130
        )
        st.number_input(
            "Hidden units", 1, MOST_UNITS, key="structure_hidden", on_change=_resize, width=130
        )
        st.button("Random weights", on_click=_randomise, icon=":material/casino:")
        if st.button(
            "One CD step of it",
            icon=":material/footprint:",
            help="Opens the page "
            "“One CD step” with this machine and, as its data, these visible states.",
        ):
            cd_moves.begin(here.machine, here.v)
            st.switch_page("pages/cd_step.py")
        if TRAINED in st.session_state:
            st.button(
                "Show the trained machine", on_click=_show_trained, disabled=_trained() is None,
                icon=":material/model_training:",
                help="The machine of the pages Images, Fill in and Clusters, if it has binary "
                f"units, at most {MOST_UNITS} in each layer, and weights within ±{LARGEST:g}.",
            )  # fmt: skip
    if example:
        st.caption(EXAMPLES[example].says)


def _load() -> None:
    row = EXAMPLES.get(st.session_state["structure_example"])
    if row is not None:
        put(replace(with_machine(bench(), row.machine), names=row.names))


def _resize() -> None:
    here = bench()
    sizes = st.session_state["structure_visible"], st.session_state["structure_hidden"]
    put(with_machine(here, resized(here.machine, *sizes, seed=here.revision)))


def _randomise() -> None:
    here = bench()
    machine = here.machine
    new = random_machine(machine.n_visible, machine.n_hidden, seed=here.revision)
    put(with_machine(here, new))


def _trained() -> tuple[BinaryMachine, tuple[str, ...]] | None:
    """The machine trained on other pages and the names of its visible units, if it fits here."""
    session = st.session_state[TRAINED]
    machine: BinaryMachine = session.machine()
    fits = machine.visible == "bernoulli" and max(machine.weights.shape) <= MOST_UNITS
    if not fits or np.abs(machine.parameters).max() > LARGEST:
        return None
    return machine, tuple(unit_name(name) for name in session.cases.names)


def _show_trained() -> None:
    if found := _trained():
        new = replace(with_machine(bench(), found[0]), names=(found[1], ()))
        put(replace(new, known=np.zeros_like(new.known)))


def machine_panel() -> None:
    """The graph, the draws by hand, and the one parameter that was touched."""
    here = bench()
    p_h = here.machine.mean_h_from_v(here.v[None])[0]
    p_v = here.machine.mean_v_from_h(here.h[None])[0]
    message = graph_message(
        here.machine, here.v, here.h, selected=here.selected, held=here.known,
        names={layer: here.called(layer) for layer in "vh"},
        notes={"v": [f"{p:.2f}" for p in p_v], "h": [f"{p:.2f}" for p in p_h]},
    )  # fmt: skip
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
            help="Switches every visible unit on with its probability, given the hidden ones; "
            "those that are known keep their state. One after the other, again and again: that "
            "is Gibbs sampling.",
        )  # fmt: skip
    label, value = _selected_parameter(here)
    field = f"structure_value_{here.selected.kind}{here.selected.i}{here.selected.j}"
    st.session_state[field] = value
    st.number_input(
        plain(label), -LARGEST, LARGEST, step=0.1, format="%.2f", key=field, on_change=_set_value,
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
    put(replace(here, v=v, h=h, selected=part, drawn=None))


def _draw(layer: str) -> None:
    put(structure_bench.drawn(bench(), layer))


def _selected_parameter(here: Bench) -> tuple[str, float]:
    """Name and value of the weight or bias that was last touched."""
    machine, (kind, i, j) = here.machine, here.selected
    v, h = here.called("v")[i], here.called("h")[j]
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
    put(replace(here, machine=new, base=new, drawn=None, revision=here.revision + 1))


def parameter_table() -> None:
    """All weights and biases as one table, and the names of the units."""
    here = bench()

    def edited(parameters: dict[str, Any]) -> None:
        now = bench()
        put(replace(now, machine=replace(now.machine, **parameters), drawn=None))

    parameter_editor(here.base, f"structure_table_{here.revision}", edited, here.names)
    with st.container(horizontal=True):
        for at, layer in enumerate(("visible", "hidden")):
            _field(f"structure_names_{layer}", ", ".join(here.names[at]))
            st.text_input(
                f"Names of the {layer} units", key=f"structure_names_{layer}", on_change=_rename,
                placeholder=", ".join(here.called(layer[0])), max_chars=400,
                help="Separated by commas, in their order. Empty: numbers.",
            )  # fmt: skip


def _rename() -> None:
    here = bench()
    names = []
    for layer, count in zip(("visible", "hidden"), here.machine.weights.shape, strict=True):
        told = [unit_name(name) for name in st.session_state[f"structure_names_{layer}"].split(",")]
        names.append(tuple((told + [""] * count)[:count]) if any(told) else ())
    put(replace(here, names=(names[0], names[1])))


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
        inputs = sources @ weights + bias
        means = 1 / (1 + np.exp(-inputs))
        says = _says(here, layer)
        rows = [f"| | input x, given {other} | σ(x) | state |", "|:--|:--|--:|:--|"]
        for unit, name in enumerate(here.called(layer)):
            chosen = kind == layer and unit == (i if layer == "v" else j)
            terms = np.ones(len(sources), bool)
            if len(sources) > FULL_SUMS and not chosen:
                terms = sources == 1
            total = written(bias[unit])  # the bias alone, where nothing else counts
            if terms.any():
                total = written_sum(bias[unit], sources[terms], weights[terms, unit])
            mark = "▸ " if chosen else ""
            state = says(unit, "on" if states[unit] else "off", means[unit])
            rows.append(
                f"| {mark}**{plain(name)}** | {total} | **{written(means[unit])}** | {state} |"
            )
        st.markdown("\n".join(rows))


def _says(here: Bench, layer: str) -> Callable[[int, str, float], str]:
    """How a unit's state came about, in a few words."""
    uniform = here.drawn[1] if here.drawn and here.drawn[0] == layer else None

    def says(unit: int, state: str, p: float) -> str:
        if layer == "v" and here.known[unit]:
            return f"{state}, known"
        if uniform is None:
            return state
        sign = "<" if uniform[unit] < p else "≥"
        return f"{state}: drew {written(uniform[unit])} {sign} {written(p)}"

    return says


def _field(key: str, value: object) -> None:
    """The bench decides what a field shows; what the user does in it reaches the bench first."""
    st.session_state[key] = value
