"""The section "Stack another layer": a deep belief network on top of the present machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from rbm.app import stacking
from rbm.app.binary_session import BinarySession
from rbm.app.chains import CHAINS
from rbm.app.chains_panel import chains_panel
from rbm.app.messages import plain
from rbm.app.stacking import Stacking, gain
from rbm.app.watched import watched
from rbm.deep import MAX_LAYERS, DeepBeliefNetwork, Layer
from rbm.views.tiles import tile

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
        "third those of the second: a deep belief network, trained greedily. To sample it, the two "
        "top layers take turns (Gibbs steps), then one pass goes down."
    )
    stack = stacking.stacking(session)
    if stack is None:
        _plan(session)
        return
    if stack.playing:
        watched(stack, "deep_training", stack.goal, partial(_progress, stack),
                cancel=stacking.discard)  # fmt: skip
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if not stack.finished and not stack.stopped:
            st.button("Go on", key="deep_go_on", icon=":material/play_arrow:",
                      on_click=stack.catch_up, args=(stack.goal,))  # fmt: skip
        st.button("Stack anew", key="deep_discard", icon=":material/restart_alt:",
                  on_click=stacking.discard)  # fmt: skip
        st.markdown(f"Units, from the data upwards: **{stack.title}**. {_progress(stack)}.")
    if stack.stopped:
        st.warning(plain(stack.run.notice), icon=":material/info:")
    if stack.base != (session.generation, session.epoch):
        st.info(
            f"The stack stands on the machine as it was at epoch {stack.base[1]:,}, which has "
            "changed since. Stack anew to follow it.",
            icon=":material/info:",
        )
    left, right = st.columns(2, gap="large")
    with left:
        chains_panel(stack)
    with right:
        _depths(stack)


def _progress(stack: Stacking) -> str:
    layer = len(stack.run.runs)
    newest, planned = stack.run.runs[-1], stack.run.layers[layer - 1]
    return f"Layer {layer + 1} has learnt for {newest.epoch:,} of {planned.epochs:,} epochs"


def _plan(session: BinarySession) -> None:
    """Sizes and epochs of the layers to be stacked, and the button."""
    more = st.segmented_control(
        "Layers to add", [1, 2], default=1, required=True, key="deep_count",
        help=f"A network has at most {MAX_LAYERS} layers here.",
    )  # fmt: skip
    depths = range(2, 2 + int(more or 1))
    for depth in depths:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input(
                f"Hidden units, layer {depth}", 1, MOST_UNITS,
                min(session.settings.n_hidden, MOST_UNITS), key=f"deep_units_{depth}", width=170,
            )  # fmt: skip
            st.number_input(
                f"Epochs, layer {depth}", 1, 10_000, session.goal, key=f"deep_epochs_{depth}",
                width=150,
            )  # fmt: skip
            st.number_input(
                f"Learning rate, layer {depth}", 0.0, 10.0, session.settings.learning_rate,
                step=0.01, format="%.3f", key=f"deep_rate_{depth}", width=170,
            )  # fmt: skip
    st.button(
        "Train the stack", key="deep_train", type="primary", icon=":material/layers:",
        on_click=_begin, args=(session, depths),
    )  # fmt: skip


def _begin(session: BinarySession, depths: Iterable[int]) -> None:
    """Callback: the layers as the fields say now; all else as in the machine below."""
    chosen = st.session_state
    layers = [
        Layer(
            replace(
                session.settings,
                n_hidden=chosen[f"deep_units_{depth}"],
                learning_rate=chosen[f"deep_rate_{depth}"],
                learning_rate_end=chosen[f"deep_rate_{depth}"],
                seed=session.settings.seed + depth,
                visible="bernoulli",
            ),
            chosen[f"deep_epochs_{depth}"],
        )
        for depth in depths
    ]
    try:
        stacking.begin(session, layers)
    except ValueError as problem:
        session.complaints.append(str(problem))


def _depths(stack: Stacking) -> None:
    """How good the network is up to each layer, in numbers and pictures."""
    if not stack.depths:
        return
    cases = stack.cases
    held_out = len(cases.test) > 0
    where = "held-out" if held_out else "learnt"
    machines = stack.run.network.machines
    rows: list[dict[str, Any]] = []
    for depth, found in enumerate(stack.depths, start=1):
        rows.append(
            {
                "Layers": " – ".join(f"{each.n_hidden:,}" for each in machines[:depth]),
                f"Log-likelihood, {where} cases": ("at least " if depth > 1 else "")
                + f"{found.mean:.2f} ± {found.error:.2f}".replace("-", "−"),
                "Reconstruction error": f"{found.reconstruction:.4f}",
            }
        )
    st.markdown("**Is the deeper machine the better one?**")
    st.dataframe(rows, hide_index=True, height="content")
    st.markdown(f"**{_depth_verdict(stack)}**")
    estimated = any(each.log_z_error for each in stack.depths)
    st.caption(
        f"Nats per {where} case, ± the standard error. Above one layer only a lower bound can be "
        "had: what the pass upwards guesses about the hidden layers counts as known (Salakhutdinov "
        "& Murray 2008). "
        + "log Z is estimated by annealed importance sampling. " * estimated
        + "Reconstruction error: mean squared error of cases that went up through all layers and "
        "down again, without noise."
    )  # fmt: skip
    if cases.shape:
        shown = (cases.test if held_out else cases.training)[:CHAINS]
        pictures = {f"{where.capitalize()} cases": shown} | {
            f"Up and down through {depth} layer" + "s" * (depth > 1):
            DeepBeliefNetwork(machines[:depth]).reconstruct(shown)
            for depth in range(1, len(machines) + 1)
        }  # fmt: skip
        for title, images in pictures.items():
            st.markdown(title)
            st.image([tile(image, cases.shape, 48) for image in images], width=50)


def _depth_verdict(stack: Stacking) -> str:
    """Whether the numbers say that stacking has helped."""
    difference, error = gain(stack.depths)
    if not np.isfinite(error):
        return "There are too few cases to tell."
    told = f"{abs(difference):.2f} ± {error:.2f} nats"
    if difference > 2 * error:
        return f"The whole network is better, by at least {told} a case."
    if difference < -2 * error:
        return (
            f"The bound of the whole network is {told} lower: stacking shows no gain here, though "
            "the truth may be higher than its bound."
        )
    return f"The bound of the whole network differs by {told}: no more than chance brings."
