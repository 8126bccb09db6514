"""The compiled epoch: the same one as in `rbm.engine.reference`, many per call.

The layers of one block of points fit the first-level cache, so a block makes all its k passes
before the next one starts. `lanes.py` holds the loops over points, `chain.py` the half-passes
that are made of them.

Parameters and sums over blocks are float64, updated without any of the freedom that the lanes
have. Nothing is allocated here and all arrays are flat or rows of BLOCK: the caller provides
everything (`rbm.engine.fused`), which keeps the compiler's work short. The compiler's cache
watches this file alone; `rbm.engine.compilation` passes on the changes of the others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from rbm.engine import lanes
from rbm.engine.chain import Indices, Space, Vector, child, half_pass, load, scale, store
from rbm.engine.lanes import Float, Int, Row
from rbm.engine.noise import BLOCK

_u64 = np.uint64


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
    parameters: Vector,
    velocity: Vector,
    chains: Row,
    good: tuple[Vector, Vector, Row],
    gradient: Vector,
    data: Row,
    orders: Indices,
    data_mean: Vector,
    seed: Int,
    epoch: Int,
    ks: Indices,
    options: Options,
    space: Space,
    frames: Row,
    errors: Row,
) -> Int:
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
        epoch_key = child(child(_u64(0), seed), epoch + _u64(done))
        squares: Float = 0.0
        for start in range(0, n_points, options.batch_size):
            key = child(epoch_key, _u64(start // options.batch_size))
            n_batch = min(options.batch_size, n_points - start)
            scale(parameters, options.sigma, space)
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
def reconstruct(
    parameters: Vector,
    points: Row,
    passes: Int,
    seed: Int,
    epoch: Int,
    low: Float,
    width: Float,
    sigma: Float,
    space: Space,
) -> None:
    """Move points (n·n_visible,) float32, in place, through `passes` passes.

    epoch: the address of the noise, uint64. sigma 0: without noise.
    """
    scale(parameters, sigma, space)
    key = child(child(child(_u64(0), seed), epoch), _u64(0))
    v, h, noisy = space.v, space.h, sigma > 0
    n_visible, n_points = space.visible.bias.size, space.positions.size
    for first in range(0, n_points, BLOCK):
        count, block = min(BLOCK, n_points - first), first // BLOCK
        load(v, n_visible, points, space.positions, first, count)
        for step in range(passes):
            half_pass(h, v, space.hidden, key, 2 * step, block, count, low, width, noisy)
            half_pass(v, h, space.visible, key, 2 * step + 1, block, count, low, width, noisy)
        store(points, v, n_visible, first, count)


@njit(nogil=True, error_model="numpy")
def _add_block(
    gradient: Vector,
    data: Row,
    rows: Indices,
    chains: Row,
    first: Int,
    count: Int,
    block: Int,
    key: Int,
    k: Int,
    options: Options,
    space: Space,
) -> Float:
    """Add the sums ⟨·⟩_0 − ⟨·⟩_k of one block to `gradient`; return its sum of squared errors.

    Its points are those of rows[first : first + count], its chains have these very numbers.
    """
    visible, hidden, v_data, v, h, v_mean, h_mean, _, positions = space
    n_visible = visible.bias.size
    low, width, noisy = options.low, options.width, options.sigma > 0
    noise_free = options.noise_free_statistics
    zero, quiet = np.int64(0), np.bool_(False)  # plain constants would be compiled apart
    load(v_data, n_visible, data, rows, first, count)
    squares: Float = 0.0

    half_pass(h, v_data, hidden, key, zero, block, count, low, width, noisy)
    if noise_free:
        half_pass(h_mean, v_data, hidden, key, zero, block, count, low, width, quiet)
    _add_statistics(gradient, 1.0, v_data, h_mean if noise_free else h, count, options, space)
    if options.persistent:
        half_pass(v, h, visible, key, 2 * k + 2, block, count, low, width, noisy)
        squares += _squared_error(v_data, v, n_visible, count)
        load(v, n_visible, chains, positions, first, count)
        half_pass(h, v, hidden, key, 2 * k + 1, block, count, low, width, noisy)

    for step in range(k):
        mean_wanted = noise_free and step == k - 1
        if mean_wanted:
            half_pass(v_mean, h, visible, key, zero, block, count, low, width, quiet)
        half_pass(v, h, visible, key, 2 * step + 1, block, count, low, width, noisy)
        if step == 0 and not options.persistent:
            squares += _squared_error(v_data, v, n_visible, count)
        if mean_wanted:
            half_pass(h_mean, v, hidden, key, zero, block, count, low, width, quiet)
        else:
            half_pass(h, v, hidden, key, 2 * step + 2, block, count, low, width, noisy)
    v_k, h_k = (v_mean, h_mean) if noise_free else (v, h)
    _add_statistics(gradient, -1.0, v_k, h_k, count, options, space)
    if options.persistent:
        store(chains, v, n_visible, first, count)
    return squares


@njit(nogil=True, error_model="numpy")
def _add_statistics(
    gradient: Vector, sign: Float, v: Row, h: Row, count: Int, options: Options, space: Space
) -> None:
    """gradient += sign · sums over a block, in the order of the parameters."""
    low, width = np.float32(options.low), np.float32(options.width)
    n_visible, n_hidden = space.visible.bias.size, space.hidden.bias.size
    bias = n_visible * n_hidden
    slope = bias + n_visible + n_hidden
    for i in range(n_visible):
        for j in range(n_hidden):
            gradient[i * n_hidden + j] += sign * lanes.dot(v, i, h, j, count)
    spare, rule = space.spare, options.slope_rule
    for states, first in ((v, 0), (h, n_visible)):
        for unit in range(n_visible if first == 0 else n_hidden):
            gradient[bias + first + unit] += sign * lanes.total(states, unit, count)
            lanes.slope_statistic(spare, states, unit, rule, low, width, count)
            gradient[slope + first + unit] += sign * lanes.total(spare, 0, count)


@njit(nogil=True, error_model="numpy")
def _update(
    parameters: Vector,
    velocity: Vector,
    gradient: Vector,
    n_batch: Int,
    data_mean: Vector,
    options: Options,
) -> None:
    """One step of all parameters along the gradient of one batch, given as sums."""
    n_visible, n_weights = data_mean.size, velocity.size
    n_hidden = (n_weights + 1) // (n_visible + 1) - 1
    for i in range(gradient.size):
        gradient[i] /= n_batch
    if options.centred:
        _centre(gradient, data_mean, options.low + options.width / 2, n_hidden)
    for i in range(n_weights):
        step = options.learning_rate * (gradient[i] - options.cost * parameters[i])
        velocity[i] = options.momentum * velocity[i] + step
        parameters[i] += velocity[i]
    first = n_weights if options.learn_visible_slope else n_weights + n_visible
    for i in range(first, parameters.size):
        step = options.slope_learning_rate / parameters[i] ** 2 * gradient[i]
        parameters[i] = min(max(parameters[i] + step, options.slope_low), options.slope_high)


@njit(nogil=True, error_model="numpy")
def _centre(gradient: Vector, data_mean: Vector, middle: Float, n_hidden: Int) -> None:
    """The gradient of a machine in v − mean and h − middle, as a step of this one's parameters."""
    n_visible = data_mean.size
    bias = n_visible * n_hidden
    for i in range(n_visible):  # first all weights, from the plain statistics of the biases
        for j in range(n_hidden):
            gradient[i * n_hidden + j] -= (
                data_mean[i] * gradient[bias + n_visible + j] + middle * gradient[bias + i]
            )
    for i in range(n_visible):
        for j in range(n_hidden):
            gradient[bias + i] -= middle * gradient[i * n_hidden + j]
            gradient[bias + n_visible + j] -= data_mean[i] * gradient[i * n_hidden + j]


@njit(nogil=True, error_model="numpy")
def _squared_error(v: Row, other: Row, n_visible: Int, count: Int) -> Float:
    result: Float = 0.0
    for i in range(n_visible):
        result += lanes.squared_distance(v, other, i, count)
    return result


@njit(nogil=True, error_model="numpy")
def _is_good(parameters: Vector, n_weights: Int, limit: Float) -> bool:
    """Whether all parameters are finite and no weight or bias is beyond the limit."""
    for i in range(parameters.size):
        if not np.isfinite(parameters[i]) or (i < n_weights and abs(parameters[i]) > limit):
            return False
    return True


@njit(nogil=True, error_model="numpy")
def _copy(target: Vector | Row, source: Vector | Row) -> None:
    for i in range(source.size):
        target[i] = source[i]
