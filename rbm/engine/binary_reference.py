"""Updates of the Bernoulli machine in NumPy, reading like the formulas: the kernel's slow twin.

With S the means ⟨v h⟩, ⟨v⟩, ⟨h⟩ under the data and under the chains, an update takes a step along
S_data − S_chains, written for a machine in v − μ and h − λ (Melchior, Fischer & Wiskott 2016):

    ΔW = η(⟨(v − μ)(h − λ)⟩_data − ⟨…⟩_chains − decay·W),   Δb' = η(⟨v⟩_data − ⟨v⟩_chains),
    Δc' = η(⟨h⟩_data − ⟨h⟩_chains),   b' = b + W λ,   c' = c + μ W,

each plus momentum times its last value. The plain gradient is the case μ = λ = 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from rbm.engine.binary_state import OFFSET_SHARE, BinaryOptions, BinaryState, Floats, padded
from rbm.engine.noise import uniforms


def train(
    state: BinaryState, data: Floats, options: BinaryOptions, order: NDArray[np.int64]
) -> BinaryState:
    """The state after an update for each batch of the rows data[order]: see `rbm.engine.binary`."""
    for rows in np.atleast_2d(order):
        for first in range(0, len(rows), options.batch_size):
            state = _update(state, data[rows[first : first + options.batch_size]], options)
    return state


def _update(state: BinaryState, v_data: Floats, options: BinaryOptions) -> BinaryState:
    weights, kind = state.weights, state.weights.dtype.type
    count = len(v_data)

    def mean_h(v: Floats) -> Floats:
        return np.asarray(expit(v @ weights + state.hidden_bias))

    def mean_v(h: Floats) -> Floats:
        return np.asarray(expit(h @ weights.T + state.visible_bias))

    def draw(means: Floats, half_pass: int) -> Floats:
        rows, units = means.shape
        u = uniforms(options.seed, state.updates, half_pass, (rows, padded(units)))
        return (u[:, :units] < means).astype(kind)

    p_data = mean_h(v_data)
    h = state.chains[:count] if options.rule == "pcd" else draw(p_data, 0)
    v, p = v_data, p_data  # k is at least 1, so the chains replace them
    for step in range(options.k):
        v = draw(mean_v(h), 2 * step + 1)
        p = mean_h(v)
        h = draw(p, 2 * step + 2)
    chains = state.chains
    if options.rule == "pcd":
        chains = np.concatenate([h, chains[count:]])

    mu, middle = state.visible_offset, state.hidden_offset
    if options.centred:
        middle = kind(1 - OFFSET_SHARE) * middle + kind(OFFSET_SHARE) * p_data.mean(0)
    else:
        mu, middle = np.zeros_like(mu), np.zeros_like(middle)
    product = ((v_data - mu).T @ (p_data - middle) - (v - mu).T @ (p - middle)) / kind(count)
    rate, momentum = kind(options.learning_rate), kind(options.momentum)
    weights_step = momentum * state.weights_step + rate * (
        product - kind(options.weight_decay) * weights
    )
    visible_step = momentum * state.visible_step + rate * (v_data.mean(0) - v.mean(0))
    hidden_step = momentum * state.hidden_step + rate * (p_data.mean(0) - p.mean(0))
    return BinaryState(
        weights=weights + weights_step,
        visible_bias=state.visible_bias + visible_step - weights_step @ middle,
        hidden_bias=state.hidden_bias + hidden_step - mu @ weights_step,
        weights_step=weights_step if momentum else state.weights_step,  # not needed, so not kept
        visible_step=visible_step if momentum else state.visible_step,
        hidden_step=hidden_step if momentum else state.hidden_step,
        chains=chains,
        visible_offset=state.visible_offset,
        hidden_offset=middle if options.centred else state.hidden_offset,
        updates=state.updates + 1,
    )
