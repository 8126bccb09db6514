"""The compiled epoch: the same one as in `rbm.engine.reference`, many per call.

How it is laid out. A layer is an array (units, BLOCK) of float32 whose rows are treated by the
loops in `lanes.py`. The layers of one block of points fit the first-level cache, so a block makes
all its k passes before the next one starts. Weights, biases and noise are multiplied by
−A·log2(e) beforehand, so that a state is low + width / (1 + 2^x).

Parameters and sums over blocks are float64, updated without any of the freedom that the lanes
have. Nothing is allocated here and all arrays are flat or rows of BLOCK: the caller provides
everything (`rbm.engine.fused`), which keeps the compiler's work short.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rbm.engine import lanes
from rbm.engine.noise import BLOCK, MIX_1, MIX_2, STEP

Rows = NDArray[np.float32]
_u64 = np.uint64


class Layer(NamedTuple):
    """Scaled parameters of one layer: weights (units, inputs), bias and spread (units,).

    The number of inputs is even, with a weight of 0 if need be: inputs are added in pairs.
    """

    weights: Rows
    bias: Rows
    spread: Rows
    first_unit: int


class Space(NamedTuple):
    """Working memory: two layers' parameters, their states in one block, a spare row.

    Arrays of states have an even number of rows, each on a 64-byte border. positions: 0 … n − 1.
    """

    visible: Layer
    hidden: Layer
    v_data: Rows
    v: Rows
    h: Rows
    v_mean: Rows
    h_mean: Rows
    spare: Rows
    positions: NDArray[np.int64]


class Options(NamedTuple):
    """What the settings say. `sigma` is 0 for passes without noise.

    slope_rule: 0 tutorial, 1 corrected, 2 entropy. batch_size: at most the number of points.
    """

    low: float
    width: float
    sigma: float
    learning_rate: float
    momentum: float
    cost: float
    slope_learning_rate: float
    slope_rule: int
    slope_low: float
    slope_high: float
    weight_limit: float
    batch_size: int
    learn_visible_slope: bool
    persistent: bool
    noise_free_statistics: bool
    centred: bool


@njit(nogil=True, cache=True, error_model="numpy")
def train(
    parameters, velocity, chains, good, gradient, data, orders, data_mean,
    seed, epoch, ks, options, space, frames, errors,
):  # fmt: skip
    """Run len(ks) epochs in place; return how many were good.

    parameters (P,), velocity float64 and chains (n·n_visible or 0,) float32 are those of the last
    good epoch in the end; `good` holds three arrays like them to remember it; gradient (P,) is
    working memory. data (n·n_visible,) float32; orders (epochs or 1, n) int64: the order in which
    an epoch takes the points; data_mean (n_visible,) float64; seed, epoch: uint64; ks (epochs,)
    int64. frames (epochs, P) and errors (epochs,) float32 are filled.
    """
    n_points = orders.shape[1]
    for done in range(ks.size):
        _copy(good[0], parameters)
        _copy(good[1], velocity)
        _copy(good[2], chains)
        rows = orders[min(done, orders.shape[0] - 1)]
        epoch_key = _child(_child(_u64(0), seed), epoch + _u64(done))
        squares = 0.0
        for start in range(0, n_points, options.batch_size):
            key = _child(epoch_key, _u64(start // options.batch_size))
            n_batch = min(options.batch_size, n_points - start)
            _scale(parameters, options.sigma, space)
            for i in range(gradient.size):
                gradient[i] = 0.0
            for first in range(0, n_batch, BLOCK):
                squares += _add_block(
                    gradient, data, rows, chains, start + first, min(BLOCK, n_batch - first),
                    first // BLOCK, key, ks[done], options, space,
                )  # fmt: skip
            _update(parameters, velocity, gradient, n_batch, data_mean, options)
        if not _is_good(parameters, velocity.size, options.weight_limit):
            _copy(parameters, good[0])
            _copy(velocity, good[1])
            _copy(chains, good[2])
            return done
        _copy(frames[done], parameters)
        errors[done] = squares / data.size
    return ks.size


@njit(nogil=True, cache=True, error_model="numpy")
def reconstruct(parameters, points, passes, seed, epoch, low, width, sigma, space):
    """Move points (n·n_visible,) float32, in place, through `passes` passes.

    epoch: the address of the noise, uint64. sigma 0: without noise.
    """
    _scale(parameters, sigma, space)
    key = _child(_child(_child(_u64(0), seed), epoch), _u64(0))
    v, h, noisy = space.v, space.h, sigma > 0
    n_visible, n_points = space.visible.bias.size, space.positions.size
    for first in range(0, n_points, BLOCK):
        count, block = min(BLOCK, n_points - first), first // BLOCK
        _load(v, n_visible, points, space.positions, first, count)
        for step in range(passes):
            _half_pass(h, v, space.hidden, key, 2 * step, block, count, low, width, noisy)
            _half_pass(v, h, space.visible, key, 2 * step + 1, block, count, low, width, noisy)
        _store(points, v, n_visible, first, count)


@njit(nogil=True, error_model="numpy")
def _add_block(gradient, data, rows, chains, first, count, block, key, k, options, space):
    """Add the sums ⟨·⟩_0 − ⟨·⟩_k of one block to `gradient`; return its sum of squared errors.

    Its points are those of rows[first : first + count], its chains have these very numbers.
    """
    visible, hidden, v_data, v, h, v_mean, h_mean, _, positions = space
    n_visible = visible.bias.size
    low, width, noisy = options.low, options.width, options.sigma > 0
    noise_free = options.noise_free_statistics
    zero, quiet = np.int64(0), np.bool_(False)  # plain constants would be compiled apart
    _load(v_data, n_visible, data, rows, first, count)
    squares = 0.0

    _half_pass(h, v_data, hidden, key, zero, block, count, low, width, noisy)
    if noise_free:
        _half_pass(h_mean, v_data, hidden, key, zero, block, count, low, width, quiet)
    _add_statistics(gradient, 1.0, v_data, h_mean if noise_free else h, count, options, space)
    if options.persistent:
        _half_pass(v, h, visible, key, 2 * k + 2, block, count, low, width, noisy)
        squares += _squared_error(v_data, v, n_visible, count)
        _load(v, n_visible, chains, positions, first, count)
        _half_pass(h, v, hidden, key, 2 * k + 1, block, count, low, width, noisy)

    for step in range(k):
        mean_wanted = noise_free and step == k - 1
        if mean_wanted:
            _half_pass(v_mean, h, visible, key, zero, block, count, low, width, quiet)
        _half_pass(v, h, visible, key, 2 * step + 1, block, count, low, width, noisy)
        if step == 0 and not options.persistent:
            squares += _squared_error(v_data, v, n_visible, count)
        if mean_wanted:
            _half_pass(h_mean, v, hidden, key, zero, block, count, low, width, quiet)
        else:
            _half_pass(h, v, hidden, key, 2 * step + 2, block, count, low, width, noisy)
    v_k, h_k = (v_mean, h_mean) if noise_free else (v, h)
    _add_statistics(gradient, -1.0, v_k, h_k, count, options, space)
    if options.persistent:
        _store(chains, v, n_visible, first, count)
    return squares


@njit(nogil=True, error_model="numpy")
def _half_pass(out, inputs, layer, key, half_pass, block, count, low, width, noisy):
    """out = states of a layer given the other layer's states, for `count` points of a block."""
    n_lanes = BLOCK if count > lanes.PAIRS else (count + 15) // 16 * 16
    for unit in range(layer.bias.size):
        row, weights, bias = out[unit], layer.weights[unit], layer.bias[unit]
        if noisy:
            row_key = _child(key, _u64((half_pass << 32) | (layer.first_unit + unit)))
            lanes.noise(row, bias, layer.spread[unit], row_key, block, min(n_lanes, lanes.PAIRS))
        else:
            lanes.fill(row, bias, n_lanes)
        for i in range(0, weights.size, 2):
            lanes.add_inputs(row, inputs[i], inputs[i + 1], weights[i], weights[i + 1], n_lanes)
        lanes.logistic(row, np.float32(low), np.float32(width), n_lanes)


@njit(nogil=True, error_model="numpy")
def _add_statistics(gradient, sign, v, h, count, options, space):
    """gradient += sign · sums over a block, in the order of the parameters."""
    low, width = np.float32(options.low), np.float32(options.width)
    n_visible, n_hidden = space.visible.bias.size, space.hidden.bias.size
    bias = n_visible * n_hidden
    slope = bias + n_visible + n_hidden
    for i in range(n_visible):
        for j in range(n_hidden):
            gradient[i * n_hidden + j] += sign * lanes.dot(v[i], h[j], count)
    for unit in range(n_visible + n_hidden):
        row = v[unit] if unit < n_visible else h[unit - n_visible]
        gradient[bias + unit] += sign * lanes.total(row, count)
        lanes.slope_statistic(space.spare[0], row, options.slope_rule, low, width, count)
        gradient[slope + unit] += sign * lanes.total(space.spare[0], count)


@njit(nogil=True, error_model="numpy")
def _update(parameters, velocity, gradient, n_batch, data_mean, options):
    """One step of all parameters along the gradient of one batch, given as sums."""
    n_visible, n_weights = data_mean.size, velocity.size
    n_hidden = (n_weights + 1) // (n_visible + 1) - 1
    bias = n_visible * n_hidden
    for i in range(gradient.size):
        gradient[i] /= n_batch
    if options.centred:  # the biases' statistics stay as they are
        middle = options.low + options.width / 2
        for i in range(n_visible):
            for j in range(n_hidden):
                gradient[i * n_hidden + j] -= (
                    data_mean[i] * gradient[bias + n_visible + j] + middle * gradient[bias + i]
                )
    for i in range(n_weights):
        step = options.learning_rate * (gradient[i] - options.cost * parameters[i])
        velocity[i] = options.momentum * velocity[i] + step
        parameters[i] += velocity[i]
    first = n_weights if options.learn_visible_slope else n_weights + n_visible
    for i in range(first, parameters.size):
        step = options.slope_learning_rate / parameters[i] ** 2 * gradient[i]
        parameters[i] = min(max(parameters[i] + step, options.slope_low), options.slope_high)


@njit(nogil=True, error_model="numpy")
def _scale(parameters, sigma, space):
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
def _load(v, n_visible, points, rows, first, count):
    """Points as lanes; the lanes beyond the last one are 0."""
    for i in range(n_visible):
        for lane in range(count):
            v[i, lane] = points[rows[first + lane] * n_visible + i]
        for lane in range(count, BLOCK):
            v[i, lane] = 0.0


@njit(nogil=True, error_model="numpy")
def _store(points, v, n_visible, first, count):
    """Lanes back as points first … first + count − 1."""
    for i in range(n_visible):
        for lane in range(count):
            points[(first + lane) * n_visible + i] = v[i, lane]


@njit(nogil=True, error_model="numpy")
def _squared_error(v, other, n_visible, count):
    result = 0.0
    for i in range(n_visible):
        result += lanes.squared_distance(v[i], other[i], count)
    return result


@njit(nogil=True, error_model="numpy")
def _is_good(parameters, n_weights, limit):
    """Whether all parameters are finite and no weight or bias is beyond the limit."""
    for i in range(parameters.size):
        if not np.isfinite(parameters[i]) or (i < n_weights and abs(parameters[i]) > limit):
            return False
    return True


@njit(nogil=True, error_model="numpy")
def _copy(target, source):
    for i in range(source.size):
        target[i] = source[i]


@njit(nogil=True, error_model="numpy")
def _child(key, word):
    """The key of one more word of an address, as in `noise.batch_key`."""
    z = (key + _u64(STEP)) ^ word
    z = (z ^ (z >> _u64(30))) * _u64(MIX_1)
    z = (z ^ (z >> _u64(27))) * _u64(MIX_2)
    return z ^ (z >> _u64(31))


_MINUS_LOG2_E = -1.4426950408889634
