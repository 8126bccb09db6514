"""Half-passes: one layer's states from the other's, for a block of points.

A layer is an array (units, BLOCK) of float32 whose rows are treated by the loops in `lanes.py`.
Weights, biases and noise are multiplied by −A·log2(e) beforehand, so that a state is
low + width / (1 + 2^x).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rbm.engine import lanes
from rbm.engine.lanes import Bool, Float, Int, Row
from rbm.engine.noise import BLOCK, MIX_1, MIX_2, STEP

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]
_u64 = np.uint64


class Layer(NamedTuple):
    """Scaled parameters of one layer: weights (units, inputs), bias and spread (units,).

    The number of inputs is 2 or a multiple of `lanes.INPUTS`, with weights of 0 if need be.
    """

    weights: Row
    bias: Row
    spread: Row
    first_unit: int


class Space(NamedTuple):
    """Working memory: two layers' parameters, their states in one block, a spare row.

    Arrays of states have as many rows as the other layer has inputs, each on a 64-byte border.
    positions: 0 … n − 1.
    """

    visible: Layer
    hidden: Layer
    v_data: Row
    v: Row
    h: Row
    v_mean: Row
    h_mean: Row
    spare: Row
    positions: Indices


@njit(nogil=True, error_model="numpy")
def half_pass(
    out: Row,
    inputs: Row,
    layer: Layer,
    key: Int,
    half_pass: Int,
    block: Int,
    count: Int,
    low: Float,
    width: Float,
    noisy: Bool,
) -> None:
    """out = states of a layer given the other layer's states, for `count` points of a block."""
    n_lanes = BLOCK if count > lanes.PAIRS else (count + 15) // 16 * 16
    lo, span = np.float32(low), np.float32(width)
    weights, bias, spread, first_unit = layer
    for unit in range(bias.size):
        if noisy:
            row_key = child(key, _u64((half_pass << 32) | (first_unit + unit)))
            pairs = min(n_lanes, lanes.PAIRS)
            lanes.noise(out, unit, bias[unit], spread[unit], row_key, block, pairs)
        else:
            lanes.fill(out, unit, bias[unit], n_lanes)
        if weights.shape[1] == 2:
            lanes.logistic_of_two(out, unit, inputs, weights, lo, span, n_lanes)
            continue
        for first in range(0, weights.shape[1], lanes.INPUTS):
            lanes.add_inputs(out, unit, inputs, first, weights, n_lanes)
        lanes.logistic(out, unit, lo, span, n_lanes)


@njit(nogil=True, error_model="numpy")
def scale(parameters: Vector, sigma: Float, space: Space) -> None:
    """Fill both layers from the parameter vector."""
    visible, hidden = space.visible, space.hidden
    n_visible, n_hidden = visible.bias.size, hidden.bias.size
    bias = n_visible * n_hidden
    slope = bias + n_visible + n_hidden
    for i in range(n_visible):
        scale = parameters[slope + i] * _MINUS_LOG2_E
        visible.bias[i] = scale * parameters[bias + i]
        visible.spread[i] = scale * sigma
        for j in range(n_hidden):
            visible.weights[i, j] = scale * parameters[i * n_hidden + j]
    for j in range(n_hidden):
        scale = parameters[slope + n_visible + j] * _MINUS_LOG2_E
        hidden.bias[j] = scale * parameters[bias + n_visible + j]
        hidden.spread[j] = scale * sigma
        for i in range(n_visible):
            hidden.weights[j, i] = scale * parameters[i * n_hidden + j]


@njit(nogil=True, error_model="numpy")
def load(v: Row, n_visible: Int, points: Row, rows: Indices, first: Int, count: Int) -> None:
    """Points as lanes; the lanes beyond the last one are 0."""
    for i in range(n_visible):
        for lane in range(count):
            v[i, lane] = points[rows[first + lane] * n_visible + i]
        for lane in range(count, BLOCK):
            v[i, lane] = 0.0


@njit(nogil=True, error_model="numpy")
def store(points: Row, v: Row, n_visible: Int, first: Int, count: Int) -> None:
    """Lanes back as points first … first + count − 1."""
    for i in range(n_visible):
        for lane in range(count):
            points[(first + lane) * n_visible + i] = v[i, lane]


@njit(nogil=True, error_model="numpy")
def child(key: Int, word: Int) -> Int:
    """The key of one more word of an address, as in `noise.batch_key`."""
    z = (key + _u64(STEP)) ^ word
    z = (z ^ (z >> _u64(30))) * _u64(MIX_1)
    z = (z ^ (z >> _u64(27))) * _u64(MIX_2)
    return z ^ (z >> _u64(31))


_MINUS_LOG2_E = -1.4426950408889634
