"""The page "Structure": what follows from the machine as a whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from rbm.app.graph import graph_message, race_message, unit_graph
from rbm.app.messages import plain
from rbm.app.structure_panel import bench, put
from rbm.cd_update import Table
from rbm.exact import log_partition, states
from rbm.structure import (
    MOST_TOGETHER,
    OVER,
    energy_of,
    filled_in,
    most_probable,
    probabilities,
)
from rbm.unit_sums import Floats, written
from rbm.views.number_tables import matrices

ROWS = 8
"""States listed with their clusters."""


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
    st.caption(
        f"Of all states together: {says}. A probability is e^−E, or e^−F, divided by their sum "
        f"over all states: Z = e^{written(log_partition(machine))}."
    )


def filling_panel() -> None:
    """Which visible units are known, and what the machine makes of the others."""
    here = bench()
    names = here.called("v")
    st.subheader("Filling in what is not known")
    st.session_state["structure_known"] = [int(i) for i in np.flatnonzero(here.known)]
    st.pills(
        "Known visible units", range(len(names)), selection_mode="multi", key="structure_known",
        on_change=_know, format_func=lambda i: plain(names[i]),
        help="They keep the state they have in the graph: they are clamped.",
    )  # fmt: skip
    p = filled_in(here.machine, here.held())
    title = "p(on), given what is known" if here.known.any() else "p(on), nothing known"
    st.html(matrices([Table(title, ("state", "p(on)"), names, np.stack([here.v, p]))]))
    p_v = probabilities(here.machine, "visible", here.held())
    best = int(np.argmax(p_v))
    st.caption(
        "Choose what is known, and its states in the graph: those units are clamped (second "
        "ring). The probabilities are exact, over all states that agree. Of these "
        f"{_digits(states(here.machine.n_visible, [best])[0])} is the likeliest, with "
        f"{written(p_v[best])}. “Draw visible units” and the chain below leave known units "
        "alone: so a machine too large for exact sums fills in."
    )


def _know() -> None:
    here = bench()
    known = np.zeros_like(here.known)
    known[st.session_state["structure_known"]] = 1
    put(replace(here, known=known, drawn=None, revision=here.revision + 1))


def clusters_panel() -> None:
    """The likeliest visible states with their hidden probabilities: hidden units as clusters."""
    here = bench()
    st.subheader("Hidden units as clusters")
    p = probabilities(here.machine, "visible")
    likeliest = most_probable(p, ROWS)
    v = states(here.machine.n_visible, likeliest)
    p_h = here.machine.mean_h_from_v(v)
    rows = tuple(f"{_digits(each)} → {_digits(on > 0.5)}" for each, on in zip(v, p_h, strict=True))
    table = Table(
        "v → cluster", rows, ("p(v)", *here.called("h")), np.column_stack([p[likeliest], p_h])
    )
    st.html(matrices([table]))
    st.caption(
        "The likeliest visible states, and the probability of each hidden unit to be on for them. "
        "Those that turn the same hidden units on (p > ½) belong to one cluster: a hidden unit is "
        "membership in a group that nobody named."
    )


def race_panel() -> None:
    """The exact distribution, and a Gibbs chain that runs in the browser."""
    here = bench()
    machine = here.machine
    given = ", given what is known" if here.known.any() else ""
    st.subheader(f"The exact distribution{given}, and a chain that finds it")
    st.caption(
        "Every state has an exact probability (outlined). Play lets the machine draw hidden from "
        "visible and visible from hidden units, on and on; the share of its samples in each state "
        "(filled) comes nearer and nearer. Neighbouring samples resemble each other, so a chain "
        "needs more of them than chance alone (dashed) would."
    )
    st.session_state["structure_over"] = here.over
    st.segmented_control(
        "States counted", here.counts(), key="structure_over", required=True, on_change=_count,
        format_func=OVER.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    off = np.zeros(machine.n_hidden)
    message = graph_message(
        machine, np.zeros(machine.n_visible), off, held=here.known,
        names={layer: here.called(layer) for layer in "vh"},
    )  # fmt: skip
    race = race_message(machine, here.over, seed=here.revision, held=here.held())
    unit_graph(message, key="structure_race", race=race)


def _count() -> None:
    put(replace(bench(), over=st.session_state["structure_over"]))


def _number(states: Floats) -> int:
    """The place of a state in `rbm.exact.states`."""
    return int(states @ 2 ** np.arange(len(states))[::-1])


def _digits(states: Floats) -> str:
    return "".join(str(int(state)) for state in states)
