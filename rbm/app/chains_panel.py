"""Samples of a stack beside those of its lowest machine alone, to be watched step by step."""

from __future__ import annotations

import streamlit as st

from rbm.app.chains import MARKS, STARTS, Chains
from rbm.app.figure_look import dressed
from rbm.app.stacking import Stacking
from rbm.app.watched import watched
from rbm.deep import DeepBeliefNetwork
from rbm.views.films import film

KEY = "deep_chains"
DRAWS = "deep_draws"


def chains_panel(stack: Stacking) -> None:
    """The controls of the chains, and their films."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = st.segmented_control(
            "Chains start at", list(STARTS), default=STARTS[0], required=True, key="deep_start"
        )
        steps = st.select_slider(
            "Gibbs steps", [mark for mark in MARKS if mark >= 10], 200, key="deep_steps",
            width=260,
        )  # fmt: skip
        st.button("New chains", key="deep_again", icon=":material/casino:", on_click=_again)
    work = _chains(stack, str(start), int(steps))
    if work.playing:
        watched(work, "deep_chains", work.goal, lambda: f"Step {work.epoch:,} of {work.goal:,}")
        return
    if work.epoch < work.goal:
        st.button("Go on", key="deep_chains_go_on", icon=":material/play_arrow:",
                  on_click=work.catch_up, args=(work.goal,))  # fmt: skip
    reached = [mark for mark in work.marks if mark < work.epoch]
    cases, layers = stack.cases, len(stack.run.network.machines)
    titles = [f"All {layers} layers", "The lowest machine alone"]
    figure = film(work.films, titles, reached, cases.shape, cases.names)
    st.plotly_chart(
        dressed(figure), theme=None, key="deep_film", config={"displayModeBar": False},
        alt="Samples of the stack and of its lowest machine, step by step",
    )  # fmt: skip
    st.caption(
        "The same beginnings in both: each small picture is one chain, drawn as the probabilities "
        "of its visible units."
        if cases.shape else
        "The same beginnings in both: each row is one chain, black for columns that are on."
    )  # fmt: skip


def _chains(stack: Stacking, start: str, steps: int) -> Chains:
    """The chains as chosen, begun if they are not there."""
    chosen = (id(stack), stack.epoch, start, steps, st.session_state.get(DRAWS, 0))
    kept: tuple[object, Chains] | None = st.session_state.get(KEY)
    if kept is None or kept[0] != chosen:
        if kept is not None:
            kept[1].pause()
        network = stack.run.network
        networks = (network, DeepBeliefNetwork(network.machines[:1]))
        work = Chains(networks, stack.cases, start, steps, st.session_state.get(DRAWS, 0))
        work.catch_up(work.goal)
        kept = st.session_state[KEY] = (chosen, work)
    return kept[1]


def _again() -> None:
    st.session_state[DRAWS] = st.session_state.get(DRAWS, 0) + 1
