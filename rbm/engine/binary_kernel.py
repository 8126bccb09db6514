"""The compiled epoch of the binary machine: the one of `rbm.engine.binary_reference`, fused.

Matrix products are most of the work, and `binary_products` makes them; the rest is about what
stands between them. Nothing is allocated; a product begins at the bias, so a layer is touched once
more only, for its probabilities and its draws; and the rows of data and chains lie below one
another, so that a persistent update has three products only:

    chains' v from their h;   both hs from [v_data; v_chain];   the gradient, [v_data; v_chain]' h

Hidden probabilities are stored divided by the number of rows, the chains' with a minus, so the
last product is the difference of the two means. Centring costs two rows more. With the means'
differences d_v, d_h and G (of v, h and v h), and the offsets μ, λ,

    ⟨(v − μ)(h − λ)⟩_data − ⟨(v − μ)(h − λ)⟩_chains = G − μ' d_h − d_v' λ,

which is the same product with the rows μ and d_v below v, and −d_h and −λ below h.

Layers are padded to whole vectors, so that a batch is one row of numbers for the loops of
`binary_lanes`. The units that fill them up are off: no weights, and a bias of `OFF`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from rbm.engine import binary_lanes as lanes
from rbm.engine.binary_products import multiply, multiply_transposed
from rbm.engine.chain import child
from rbm.engine.lanes import Int

_u64 = np.uint64


class Arrays(NamedTuple):
    """What training changes, in place: see `binary.BinaryState` for their shapes, here padded."""

    weights: Any
    visible_bias: Any
    hidden_bias: Any
    weights_step: Any
    visible_step: Any
    hidden_step: Any
    chains: Any
    visible_offset: Any
    hidden_offset: Any


class Space(NamedTuple):
    """Working memory. v, h: layers of data, of chains and two rows more (2·batch + 2, units);
    inputs (batch, n_visible); draws (batch, n_hidden); the gradients; what a centred step of the
    weights takes from the biases (`visible_part`, `hidden_part`); zeros and ones; `shares`
    (2·batch,): what each row of v adds to the difference of the means."""

    v: Any
    h: Any
    inputs: Any
    draws: Any
    gradient: Any
    visible_gradient: Any
    hidden_gradient: Any
    visible_part: Any
    hidden_part: Any
    zeros: Any
    ones: Any
    shares: Any


class Numbers(NamedTuple):
    """The options of a training; `offset_share`: the share of a new batch in the offsets."""

    learning_rate: float
    momentum: float
    weight_decay: float
    k: int
    batch_size: int
    persistent: bool
    centred: bool
    offset_share: float


@njit(nogil=True, cache=True, error_model="numpy")
def train(
    arrays: tuple[Any, ...],
    data: Any,
    orders: Any,
    seed: Int,
    update: Int,
    numbers: tuple[Any, ...],
    space: tuple[Any, ...],
) -> None:
    """One update for each batch of the rows data[order], for each order of `orders` (epochs, rows).

    data (n, n_visible), not padded, of the arrays' type; orders int64; seed uint64; `update`
    (uint64) is the first's number. Plain tuples of `Arrays`, `Numbers` and `Space`: to recognise a
    named one from outside costs a millisecond.
    """
    changed, given, working = Arrays(*arrays), Numbers(*numbers), Space(*space)
    seed_key = child(_u64(0), seed)
    for epoch in range(orders.shape[0]):
        for start in range(0, orders.shape[1], given.batch_size):
            rows = orders[epoch, start : start + given.batch_size]
            lanes.gather(working.v, data, rows)
            _update(changed, rows.size, child(seed_key, update), given, working)
            update += _u64(1)


@njit(nogil=True, error_model="numpy")
def _update(arrays: Arrays, count: Int, key: Int, numbers: Numbers, space: Space) -> None:
    """One update on the first `count` rows of space.v."""
    if numbers.persistent:
        _persistent_phases(arrays, count, key, numbers.k, space)
    else:
        _phases(arrays, count, key, numbers.k, space)
    _biases_gradient(arrays, count, numbers, space)
    _weights_gradient(arrays, count, numbers, space)
    _step(arrays, numbers, space)


@njit(nogil=True, error_model="numpy")
def _phases(arrays: Arrays, count: Int, key: Int, k: Int, space: Space) -> None:
    """Contrastive divergence: the chains start at the data."""
    weights, hidden_bias = arrays.weights, arrays.hidden_bias
    h_data, h = space.h[:count], space.h[count : 2 * count]
    draws = space.draws[:count]
    multiply(h_data, hidden_bias, space.v[:count], weights)
    lanes.mean_and_draw(h_data, draws, 1.0 / count, child(key, _u64(0)))
    _run_chains(arrays, draws, count, key, k, space)
    multiply(h, hidden_bias, space.v[count : 2 * count], weights)
    lanes.mean(h, -1.0 / count)


@njit(nogil=True, error_model="numpy")
def _persistent_phases(arrays: Arrays, count: Int, key: Int, k: Int, space: Space) -> None:
    """Persistent contrastive divergence: the chains go on from where they stand."""
    chains, h_data, h = arrays.chains[:count], space.h[:count], space.h[count : 2 * count]
    _run_chains(arrays, chains, count, key, k, space)
    multiply(space.h[: 2 * count], arrays.hidden_bias, space.v[: 2 * count], arrays.weights)
    lanes.mean(h_data, 1.0 / count)
    lanes.mean_and_draw(h, chains, -1.0 / count, child(key, _u64(2 * k)))


@njit(nogil=True, error_model="numpy")
def _run_chains(arrays: Arrays, h: Any, count: Int, key: Int, k: Int, space: Space) -> None:
    """The chains' v after k steps from h, which is overwritten, into the second part of space.v."""
    v, inputs = space.v[count : 2 * count], space.inputs[:count]
    h_inputs = space.h[count : 2 * count]
    for step in range(k):
        multiply_transposed(inputs, arrays.visible_bias, h, arrays.weights)
        lanes.sample(v, inputs, child(key, _u64(2 * step + 1)))
        if step < k - 1:
            multiply(h_inputs, arrays.hidden_bias, v, arrays.weights)
            lanes.sample(h, h_inputs, child(key, _u64(2 * step + 2)))


@njit(nogil=True, error_model="numpy")
def _biases_gradient(arrays: Arrays, count: Int, numbers: Numbers, space: Space) -> None:
    """Data minus chains, in the means of v and h; the data's mean of h moves its offset."""
    visible, hidden, ones = space.visible_gradient, space.hidden_gradient, space.ones[:count]
    for row in range(count):
        space.shares[row], space.shares[count + row] = 1.0 / count, -1.0 / count
    multiply(visible, space.zeros, space.shares[: 2 * count], space.v[: 2 * count])
    multiply(hidden, space.zeros, ones, space.h[:count])
    if numbers.centred:
        share = numbers.offset_share
        lanes.combine(arrays.hidden_offset, 1.0 - share, hidden, share)
    multiply(hidden, hidden, ones, space.h[count : 2 * count])


@njit(nogil=True, error_model="numpy")
def _weights_gradient(arrays: Arrays, count: Int, numbers: Numbers, space: Space) -> None:
    """The weights' gradient, centred or plain, less the weight decay."""
    rows = 2 * count
    if numbers.centred:
        lanes.put(space.v, rows, arrays.visible_offset, 1.0)
        lanes.put(space.h, rows, space.hidden_gradient, -1.0)
        lanes.put(space.v, rows + 1, space.visible_gradient, 1.0)
        lanes.put(space.h, rows + 1, arrays.hidden_offset, -1.0)
        rows += 2
    multiply(space.gradient, space.zeros, space.v[:rows].T, space.h[:rows])
    if numbers.weight_decay != 0.0:
        lanes.combine(space.gradient, 1.0, arrays.weights, -numbers.weight_decay)


@njit(nogil=True, error_model="numpy")
def _step(arrays: Arrays, numbers: Numbers, space: Space) -> None:
    """Take the step, and what it does to the mean inputs of a centred machine from the biases.

    Without momentum the gradients stand in for the steps, which then need not be written.
    """
    weights_step, rate = space.gradient, numbers.learning_rate
    visible_step, hidden_step = space.visible_gradient, space.hidden_gradient
    if numbers.momentum != 0.0:
        keep = numbers.momentum
        lanes.combine(arrays.weights_step, keep, weights_step, rate)
        lanes.combine(arrays.visible_step, keep, visible_step, rate)
        lanes.combine(arrays.hidden_step, keep, hidden_step, rate)
        weights_step, rate = arrays.weights_step, 1.0
        visible_step, hidden_step = arrays.visible_step, arrays.hidden_step
    lanes.combine(arrays.weights, 1.0, weights_step, rate)
    lanes.combine(arrays.visible_bias, 1.0, visible_step, rate)
    lanes.combine(arrays.hidden_bias, 1.0, hidden_step, rate)
    if numbers.centred:
        multiply_transposed(space.visible_part, space.zeros, arrays.hidden_offset, weights_step)
        multiply(space.hidden_part, space.zeros, arrays.visible_offset, weights_step)
        lanes.combine(arrays.visible_bias, 1.0, space.visible_part, -rate)
        lanes.combine(arrays.hidden_bias, 1.0, space.hidden_part, -rate)
