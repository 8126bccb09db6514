"""The section "Stack another layer": a deep belief network on top of the present machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from rbm.app import stacking
from rbm.app.binary_session import BinarySession
from rbm.app.messages import plain
from rbm.app.stacking import Stacking
from rbm.app.watched import watched
from rbm.deep import MAX_LAYERS, DeepBeliefNetwork, Layer
from rbm.units import Floats
from rbm.views.tiles import tile

SHOWN = 16
MOST_UNITS = 256
LAYER = "clusters_layer"


def codes_of(session: BinarySession) -> tuple[DeepBeliefNetwork, int]:
    """The network whose top the page reads its codes from, by the user's choice, and a number that
    tells it from others of as many layers on the same machine."""
    alone = DeepBeliefNetwork((session.machine(),))
    stack = stacking.stacking(session)
    if stack is None or stack.base != (session.generation, session.epoch):
        st.session_state.pop(LAYER, None)
        return alone, 0
    whole = stack.run.network
    names = {depth: _layer_name(whole, depth) for depth in range(1, len(whole.machines) + 1)}
    chosen = st.segmented_control(
        "Codes of", list(names), key=LAYER, default=1, required=True,
        format_func=names.__getitem__,
    )  # fmt: skip
    depth = int(chosen or 1)
    if depth == 1:
        return alone, 0
    return DeepBeliefNetwork(whole.machines[:depth]), hash((id(stack), stack.epoch))


def _layer_name(network: DeepBeliefNetwork, depth: int) -> str:
    return f"layer {depth} ({network.machines[depth - 1].n_hidden} units)"


def deep_panel(session: BinarySession) -> None:
    """Stacking, and what comes out of it."""
    st.subheader("Stack another layer")
    st.caption(
        "A second machine learns the hidden probabilities of the first as if they were data, a "
        "third those of the second: a deep belief network. To sample it, the two top layers take "
        "turns (Gibbs steps), then one pass goes down."
    )
    stack = stacking.stacking(session)
    if stack is None:
        _plan(session)
        return
    sizes = " – ".join(str(machine.n_hidden) for machine in stack.run.network.machines)
    if stack.playing:
        watched(stack, "deep_training", stack.run.epochs,
                lambda: _progress(stack), cancel=stacking.discard)  # fmt: skip
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if not stack.finished and not stack.stopped:
            st.button("Go on", key="deep_go_on", icon=":material/play_arrow:",
                      on_click=stack.catch_up, args=(stack.run.epochs,))  # fmt: skip
        st.button("Stack anew", key="deep_discard", icon=":material/restart_alt:",
                  on_click=stacking.discard)  # fmt: skip
        st.markdown(f"Hidden units, from the data upwards: **{sizes}**. {_progress(stack)}.")
    if stack.stopped:
        st.warning(plain(stack.run.notice), icon=":material/info:")
    if stack.base != (session.generation, session.epoch):
        st.info(
            f"The stack stands on the machine as it was at epoch {stack.base[1]:,}; the machine "
            "has changed since. Stack anew to follow it.",
            icon=":material/info:",
        )
    _samples(stack)


def _progress(stack: Stacking) -> str:
    layer = len(stack.run.runs)
    newest, planned = stack.run.runs[-1], stack.run.layers[layer - 1]
    return f"Layer {layer + 1}: epoch {newest.epoch:,} of {planned.epochs:,}"


def _plan(session: BinarySession) -> None:
    """Sizes and epochs of the layers to be stacked, and the button."""
    more = st.segmented_control(
        "Layers to add", [1, 2], default=1, required=True, key="deep_count",
        help=f"A network has at most {MAX_LAYERS} layers here.",
    )  # fmt: skip
    below, plans = session.settings.n_hidden, []
    for depth in range(2, 2 + int(more or 1)):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            units = st.number_input(
                f"Hidden units, layer {depth}", 1, MOST_UNITS, min(below, MOST_UNITS),
                key=f"deep_units_{depth}", width=170,
            )  # fmt: skip
            epochs = st.number_input(
                f"Epochs, layer {depth}", 1, 10_000, session.goal, key=f"deep_epochs_{depth}",
                width=150,
            )  # fmt: skip
            rate = st.number_input(
                f"Learning rate, layer {depth}", 0.001, 1.0, session.settings.learning_rate,
                format="%.3f", key=f"deep_rate_{depth}", width=170,
            )  # fmt: skip
        plans.append((int(units), int(epochs), float(rate)))
    st.button(
        "Train the stack", key="deep_train", type="primary", icon=":material/layers:",
        on_click=_begin, args=(session, tuple(plans)),
    )  # fmt: skip


def _begin(session: BinarySession, plans: tuple[tuple[int, int, float], ...]) -> None:
    layers = [
        Layer(
            replace(
                session.settings, n_hidden=units, learning_rate=rate, learning_rate_end=rate,
                seed=session.settings.seed + depth, visible="bernoulli",
            ),
            epochs,
        )
        for depth, (units, epochs, rate) in enumerate(plans, start=1)
    ]  # fmt: skip
    try:
        stacking.begin(session, layers)
    except ValueError as problem:
        session.complaints.append(str(problem))


def _samples(stack: Stacking) -> None:
    """Samples of the network beside those of its lowest machine alone, and learnt cases."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = st.segmented_control(
            "Chains start at", ["noise", "learnt cases"], default="noise", required=True,
            key="deep_start",
        )  # fmt: skip
        steps = st.select_slider(
            "Gibbs steps", [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000], 200, key="deep_steps",
            width=320,
        )  # fmt: skip
        st.button("Draw again", key="deep_again", icon=":material/casino:", on_click=_again)
    draws = st.session_state.get("deep_draws", 0)
    network = stack.run.network
    cases = stack.cases
    rng = np.random.default_rng(draws)
    data = cases.training[rng.permutation(len(cases.training))[:SHOWN]]
    starts = data if start == "learnt cases" else (rng.random(data.shape) < 0.5).astype(float)
    alone = DeepBeliefNetwork(network.machines[:1])
    shown = {
        "Learnt cases": data,
        f"The whole network, {len(network.machines)} layers": network.sample(starts, steps, rng),
        "Its lowest machine alone": alone.sample(starts, steps, rng),
    }
    for title, rows in shown.items():
        st.markdown(f"**{title}**")
        _rows(rows, cases.shape, cases.names)


def _again() -> None:
    st.session_state["deep_draws"] = st.session_state.get("deep_draws", 0) + 1


def _rows(rows: Floats, shape: tuple[int, int] | None, names: tuple[str, ...]) -> None:
    if shape:
        st.image([tile(row, shape, 56) for row in rows], width=56)
        return
    table: list[dict[str, Any]] = [dict(zip(names, row.round(2), strict=True)) for row in rows]
    st.dataframe(table, hide_index=True, height=200)
