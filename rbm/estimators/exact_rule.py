"""The rule "exact": updates along the true gradient, by enumeration (`rbm.rules`)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rbm.engine.binary_state import OFFSET_SHARE, BinaryOptions, BinaryState, Floats
from rbm.exact import data_statistics, model_statistics
from rbm.models.binary import BinaryMachine
from rbm.rules import RULES, Gradient, Offsets, gradient, moved


def train(
    state: BinaryState, data: Floats, options: BinaryOptions, order: NDArray[np.int64]
) -> BinaryState:
    """The state after an update for each batch of the rows data[order], as `rbm.engine.binary`
    makes them; k and chains are not used. `ValueError` for a machine too large to enumerate."""
    trouble = RULES["exact"].check(_machine(state))
    if trouble:
        raise ValueError(trouble)
    for first in range(0, len(order), options.batch_size):
        rows = data[order[first : first + options.batch_size]]
        state = _update(state, np.asarray(rows, np.float64), options)
    return state


def _machine(state: BinaryState) -> BinaryMachine:
    return BinaryMachine(state.weights, state.visible_bias, state.hidden_bias)


def _update(state: BinaryState, v: Floats, options: BinaryOptions) -> BinaryState:
    machine = _machine(state)
    positive = data_statistics(machine, v)
    offsets = Offsets(np.zeros(machine.n_visible), np.zeros(machine.n_hidden))
    if options.centred:
        hidden = (1 - OFFSET_SHARE) * state.hidden_offset + OFFSET_SHARE * positive.hidden
        offsets = Offsets(state.visible_offset, hidden)
    slope = gradient(machine, positive, model_statistics(machine), offsets)
    slope = slope._replace(weights=slope.weights - options.weight_decay * machine.weights)
    last = (state.weights_step, state.visible_step, state.hidden_step, np.zeros(len(v[0])))
    step = Gradient(
        *(
            options.momentum * old + options.learning_rate * new
            for old, new in zip(last, slope, strict=True)
        )
    )
    after, kind = moved(machine, step, offsets), state.weights.dtype
    return replace(
        state,
        weights=after.weights.astype(kind),
        visible_bias=after.visible_bias.astype(kind),
        hidden_bias=after.hidden_bias.astype(kind),
        weights_step=step.weights.astype(kind),
        visible_step=step.visible_bias.astype(kind),
        hidden_step=step.hidden_bias.astype(kind),
        hidden_offset=offsets.hidden.astype(kind) if options.centred else state.hidden_offset,
        updates=state.updates + 1,
    )
