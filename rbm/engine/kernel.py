"""The compiled loops: the same epoch as in `rbm.engine.reference`, at the machine's speed.

How it is laid out. *Lanes* are data points: a layer is an array (units, BLOCK) of float32, so
every inner loop runs over neighbouring numbers and becomes vector instructions. The layers of
one block fit the first-level cache, so a block makes all its k passes before the next starts.
A half-pass treats unit after unit, in two loops instead of one long one, which the processor
overlaps better: noise and the first two inputs, then the logistic.

Weights, biases and noise are multiplied by −A·log2(e) beforehand, so that a state is
low + width / (1 + 2^x). The transcendental functions are polynomials in Estrin's form, good to
float32 rounding; their errors are stated where they stand, and tested.

Floating-point freedom is given loop by loop: contraction, and the absence of NaN and infinities,
in the lanes (a run stops long before one could arise there); reordering only in sums.
Parameters stay in float64 without any such freedom. Division follows NumPy's model, as a check
for zero would keep a loop from being vectorised.

All compiled code is in this one file, because the compiler's cache notices changes of the file
only: after a change of the constants in `noise.py`, touch it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from rbm.engine.noise import BLOCK, MIX_1, MIX_2, ROUND_1, ROUND_2, ROUND_3, STEP

_PAIRS = BLOCK // 2
_LANES = {"nnan", "ninf", "nsz", "arcp", "contract"}
_SUMS = _LANES | {"reassoc"}
_f32, _u32, _u64 = np.float32, np.uint32, np.uint64


class Options(NamedTuple):
    """What the settings say to the compiled code. `sigma` is 0 for passes without noise.

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


def _bitcast(source: Any, target: Any) -> Any:
    """A function that reads the bits of one 32-bit type as another."""

    @intrinsic
    def cast(typing_context: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.bitcast(values[0], context.get_value_type(target))

        return target(source), codegen

    return cast


def _instruction(name: str) -> Any:
    """One instruction on two uint32, named as in the compiler's builder.

    The compiler's own rule widens arithmetic on 32-bit integers to 64 bits, which vector units
    do at a third of the speed.
    """

    @intrinsic
    def operation(typing_context: Any, value: Any, other: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return getattr(builder, name)(*values)

        return types.uint32(types.uint32, types.uint32), codegen

    return operation


_bits = _bitcast(types.float32, types.uint32)
_float = _bitcast(types.uint32, types.float32)
_signed = _bitcast(types.uint32, types.int32)
_add, _sub, _mul = _instruction("add"), _instruction("sub"), _instruction("mul")
_xor, _and = _instruction("xor"), _instruction("and_")
_shl, _lshr, _ashr = _instruction("shl"), _instruction("lshr"), _instruction("ashr")


@njit(nogil=True)
def _mix(z):  # type of z: uint64; the same as in noise.py
    z = (z ^ (z >> _u64(30))) * _u64(MIX_1)
    z = (z ^ (z >> _u64(27))) * _u64(MIX_2)
    return z ^ (z >> _u64(31))


@njit(nogil=True)
def _child(key, word):
    return _mix((key + _u64(STEP)) ^ _u64(word))


@njit(nogil=True, fastmath=_LANES)
def _minus_two_ln(u, exponent_bias):
    """−2 ln(u / 2^exponent_bias) for u > 0; relative error 2e-7.

    u = 2^e (1 + f) with 1 + f in [√½, √2): the shifted bits give e and f.
    """
    root_half = _u32(0x3F3504F3)  # the bits of √½
    shifted = _sub(_bits(u), root_half)
    e = _f32(_signed(_sub(_ashr(shifted, _u32(23)), _u32(exponent_bias))))
    f = _float(_add(_and(shifted, _u32(0x7FFFFF)), root_half)) - _f32(1)
    f2 = f * f
    f4 = f2 * f2
    p03 = (_L0 + _L1 * f) + (_L2 + _L3 * f) * f2
    p47 = (_L4 + _L5 * f) + (_L6 + _L7 * f) * f2
    return (p03 + (p47 + _L8 * f4) * f4) * f + e * _f32(-2 * np.log(2))


@njit(nogil=True, fastmath=_LANES)
def _noise(row, bias, spread, key, block, pairs):
    """row = bias + spread·noise, in the lanes i and i + PAIRS."""
    key_1, key_2 = _u32(key), _u32(key >> _u64(32))
    counter = _add(_u32(block * _PAIRS), key_1)
    for i in range(pairs):
        x = _add(counter, _u32(i))
        x = _mul(_xor(x, _lshr(x, _u32(16))), _u32(ROUND_1))
        x = _add(x, key_2)
        x = _mul(_xor(x, _lshr(x, _u32(15))), _u32(ROUND_2))
        x = _xor(x, _lshr(x, _u32(15)))
        y = _mul(_xor(x, key_1), _u32(ROUND_3))

        u = _f32(_signed(_lshr(x, _u32(1)))) + _f32(0.5)
        signed_square = _xor(_bits(_minus_two_ln(u, 31)), _shl(x, _u32(31)))
        row[i] = _float(signed_square)
        row[i + _PAIRS] = _f32(_signed(y)) * _f32(2.0**-32)
    for i in range(pairs):
        signed_square, turn = row[i], row[i + _PAIRS]
        radius = np.sqrt(abs(signed_square)) * spread
        sign = _and(_bits(signed_square), _u32(0x80000000))
        t = turn * turn
        t2 = t * t
        sine = ((_S0 + _S1 * t) + (_S2 + _S3 * t + _S4 * t2) * t2) * turn
        cosine = (_C0 + _C1 * t) + (_C2 + _C3 * t + _C4 * t2) * t2
        row[i] = bias + _float(_xor(_bits(radius), sign)) * cosine
        row[i + _PAIRS] = bias + radius * sine


@njit(nogil=True, fastmath=_LANES)
def _add_inputs(row, first, second, w_first, w_second, lanes):
    for i in range(lanes):
        row[i] += w_first * first[i] + w_second * second[i]


@njit(nogil=True, fastmath=_LANES, error_model="numpy")
def _logistic(row, low, width, lanes):
    """row = low + width / (1 + 2^row); 2^row has a relative error of 2e-7.

    Adding 1.5·2^23 rounds to a whole number m, which then stands in the low bits; 2^m enters
    the power by adding m to the exponent's bits.
    """
    magic = _f32(1.5 * 2**23)
    for i in range(lanes):
        x = min(max(row[i], _f32(-126)), _f32(126))
        shifted = x + magic
        f = x - (shifted - magic)
        f2 = f * f
        p = (_E0 + _E1 * f) + ((_E2 + _E3 * f) + (_E4 + _E5 * f) * f2) * f2
        power = _float(_add(_bits(p), _shl(_bits(shifted), _u32(23))))
        row[i] = low + width / (_f32(1) + power)


@njit(nogil=True, fastmath=_LANES)
def _slope_statistic(row, s, slope_rule, low, width, count):
    """row = S(s), whose mean moves a unit's slope."""
    scale = _f32(1) / width
    if slope_rule == 0:
        for i in range(count):
            row[i] = s[i] * s[i]
    elif slope_rule == 1:
        for i in range(count):
            p = min(max((s[i] - low) * scale, _f32(0)), _f32(1)) - _f32(0.5)
            row[i] = _f32(2) * width * p * p
    else:
        for i in range(count):
            p = min(max((s[i] - low) * scale, _f32(1e-30)), _f32(1))
            q = max(_f32(1) - p, _f32(1e-30))
            row[i] = _f32(-0.5) * width * (p * _minus_two_ln(p, 0) + q * _minus_two_ln(q, 0))


@njit(nogil=True, fastmath=_SUMS)
def _sum(row, count):
    total = _f32(0)
    for i in range(count):
        total += row[i]
    return total


@njit(nogil=True, fastmath=_SUMS)
def _dot(row, other, count):
    total = _f32(0)
    for i in range(count):
        total += row[i] * other[i]
    return total


@njit(nogil=True, fastmath=_SUMS)
def _squared_distance(row, other, count):
    total = _f32(0)
    for i in range(count):
        total += (row[i] - other[i]) * (row[i] - other[i])
    return total


@njit(nogil=True)
def _half_pass(out, inputs, layer, key, half_pass, block, count, low, width, noisy):
    """out = states of a layer given the other layer's states, for `count` points of a block.

    layer: (weights (units, inputs), bias, spread, first_unit), multiplied by −A·log2(e). Layers
    have an even number of rows, the last one 0 if need be, so that inputs go in pairs.
    """
    weights, bias, spread, first_unit = layer
    lanes = BLOCK if count > _PAIRS else (count + 15) // 16 * 16
    for unit in range(bias.size):
        row, w = out[unit], weights[unit]
        if noisy:
            row_key = _child(key, (half_pass << 32) | (first_unit + unit))
            _noise(row, bias[unit], spread[unit], row_key, block, min(lanes, _PAIRS))
        else:
            row[:] = bias[unit]
        for i in range(0, w.size, 2):
            _add_inputs(row, inputs[i], inputs[i + 1], w[i], w[i + 1], lanes)
        _logistic(row, _f32(low), _f32(width), lanes)


@njit(nogil=True)
def _layers(n_visible, n_hidden):
    """Visible and hidden layer with nothing in them: scaled parameters, as in `_half_pass`."""
    even_visible, even_hidden = n_visible + n_visible % 2, n_hidden + n_hidden % 2
    visible = (
        np.zeros((n_visible, even_hidden), _f32), np.zeros(n_visible, _f32),
        np.zeros(n_visible, _f32), 0,
    )  # fmt: skip
    hidden = (
        np.zeros((n_hidden, even_visible), _f32), np.zeros(n_hidden, _f32),
        np.zeros(n_hidden, _f32), n_visible,
    )  # fmt: skip
    return visible, hidden


@njit(nogil=True)
def _scale(parameters, layers, sigma):
    """Fill both layers from the parameter vector."""
    visible, hidden = layers
    n_visible, n_hidden = visible[1].size, hidden[1].size
    bias = n_visible * n_hidden
    slope = bias + n_visible + n_hidden
    for i in range(n_visible):
        scale = -parameters[slope + i] * np.log2(np.e)
        visible[1][i] = scale * parameters[bias + i]
        visible[2][i] = scale * sigma
        for j in range(n_hidden):
            visible[0][i, j] = scale * parameters[i * n_hidden + j]
    for j in range(n_hidden):
        scale = -parameters[slope + n_visible + j] * np.log2(np.e)
        hidden[1][j] = scale * parameters[bias + n_visible + j]
        hidden[2][j] = scale * sigma
        for i in range(n_visible):
            hidden[0][j, i] = scale * parameters[i * n_hidden + j]


@njit(nogil=True)
def _load(v, points, rows):
    """Some rows of points as lanes; the lanes beyond are 0."""
    v[:] = 0
    for lane in range(rows.size):
        for i in range(points.shape[1]):
            v[i, lane] = points[rows[lane], i]


@njit(nogil=True)
def _store(points, rows, v):
    """The reverse of `_load`."""
    for lane in range(rows.size):
        for i in range(points.shape[1]):
            points[rows[lane], i] = v[i, lane]


@njit(nogil=True)
def _add_statistics(total, sign, v, h, n_visible, n_hidden, count, scratch, options):
    """total += sign · sums over a block, ordered as the parameters are."""
    low, width = _f32(options.low), _f32(options.width)
    bias = n_visible * n_hidden
    slope = bias + n_visible + n_hidden
    for i in range(n_visible):
        for j in range(n_hidden):
            total[i * n_hidden + j] += sign * _dot(v[i], h[j], count)
    for unit in range(n_visible + n_hidden):
        row = v[unit] if unit < n_visible else h[unit - n_visible]
        total[bias + unit] += sign * _sum(row, count)
        _slope_statistic(scratch, row, options.slope_rule, low, width, count)
        total[slope + unit] += sign * _sum(scratch, count)


@njit(nogil=True)
def _add_block(gradient, data, rows, chains, first, count, block, key, k, layers, space, options):
    """Add the sums ⟨·⟩_0 − ⟨·⟩_k of one block to `gradient`; return its sum of squared errors.

    Its points are data[rows[first : first + count]], its chains chains[first : first + count].
    """
    visible, hidden = layers
    v_data, v, h, v_mean, h_mean, scratch = space
    n_visible, n_hidden = visible[1].size, hidden[1].size
    noise_free = options.noise_free_statistics
    low, width, noisy = options.low, options.width, options.sigma > 0
    squares = 0.0

    _load(v_data, data, rows[first : first + count])
    _half_pass(h, v_data, hidden, key, 0, block, count, low, width, noisy)
    if noise_free:
        _half_pass(h_mean, v_data, hidden, key, 0, block, count, low, width, False)
    h_0 = h_mean if noise_free else h
    _add_statistics(gradient, 1.0, v_data, h_0, n_visible, n_hidden, count, scratch, options)

    if options.persistent:
        _half_pass(v, h, visible, key, 2 * k + 2, block, count, low, width, noisy)
        for i in range(n_visible):
            squares += _squared_distance(v_data[i], v[i], count)
        _load(v, chains, np.arange(first, first + count))
        _half_pass(h, v, hidden, key, 2 * k + 1, block, count, low, width, noisy)
    for step in range(k):
        if noise_free and step == k - 1:
            _half_pass(v_mean, h, visible, key, 0, block, count, low, width, False)
        _half_pass(v, h, visible, key, 2 * step + 1, block, count, low, width, noisy)
        if step == 0 and not options.persistent:
            for i in range(n_visible):
                squares += _squared_distance(v_data[i], v[i], count)
        if noise_free and step == k - 1:
            _half_pass(h_mean, v, hidden, key, 0, block, count, low, width, False)
        else:
            _half_pass(h, v, hidden, key, 2 * step + 2, block, count, low, width, noisy)
    v_k, h_k = (v_mean, h_mean) if noise_free else (v, h)
    _add_statistics(gradient, -1.0, v_k, h_k, n_visible, n_hidden, count, scratch, options)
    if options.persistent:
        _store(chains, np.arange(first, first + count), v)
    return squares


@njit(nogil=True)
def _update(parameters, velocity, gradient, data_mean, n_hidden, options):
    """One step of all parameters along the gradient of one batch (means, not sums)."""
    n_visible = data_mean.size
    bias = n_visible * n_hidden
    slope = velocity.size
    if options.centred:  # the biases' statistics stay as they are
        middle = options.low + options.width / 2
        for i in range(n_visible):
            for j in range(n_hidden):
                gradient[i * n_hidden + j] -= (
                    data_mean[i] * gradient[bias + n_visible + j] + middle * gradient[bias + i]
                )
    for i in range(slope):
        step = options.learning_rate * (gradient[i] - options.cost * parameters[i])
        velocity[i] = options.momentum * velocity[i] + step
        parameters[i] += velocity[i]
    for i in range(slope if options.learn_visible_slope else slope + n_visible, parameters.size):
        moved = parameters[i] + options.slope_learning_rate / parameters[i] ** 2 * gradient[i]
        parameters[i] = min(max(moved, options.slope_low), options.slope_high)


@njit(nogil=True)
def _is_good(parameters, n_weights, limit):
    for i in range(parameters.size):
        if not np.isfinite(parameters[i]) or (i < n_weights and abs(parameters[i]) > limit):
            return False
    return True


@njit(nogil=True)
def _aligned(units):
    """A layer of zeros on a 64-byte border: a vector that straddles two cache lines is slow."""
    flat = np.zeros(units * BLOCK + 16, _f32)
    start = -(flat.ctypes.data // 4) % 16
    return flat[start : start + units * BLOCK].reshape(units, BLOCK)


@njit(nogil=True)
def _space(n_visible, n_hidden):
    """Layers for one block: v_data, v, h, v_mean, h_mean, and a spare row."""
    even_visible, even_hidden = n_visible + n_visible % 2, n_hidden + n_hidden % 2
    return (
        _aligned(even_visible), _aligned(even_visible), _aligned(even_hidden),
        _aligned(even_visible), _aligned(even_hidden), _aligned(1)[0],
    )  # fmt: skip


@njit(nogil=True, cache=True, error_model="numpy")
def train(
    parameters, velocity, chains, data, orders, data_mean, seed, epoch, ks, options, frames, errors
):
    """Run len(ks) epochs in place; return how many were good.

    parameters (P,), velocity float64 and chains (n or 0, n_visible) float32 are those of the
    last good epoch in the end. data (n, n_visible) float32; orders (epochs or 1, n) int64: the
    order of the rows in each epoch; data_mean (n_visible,) float64; seed, epoch: whole numbers;
    ks (epochs,) int64. frames (epochs, P) and errors (epochs,) float32 are filled.
    """
    n_points, n_visible = data.shape
    n_hidden = (velocity.size + 1) // (n_visible + 1) - 1
    layers, space = _layers(n_visible, n_hidden), _space(n_visible, n_hidden)
    gradient = np.empty(parameters.size)
    for done in range(ks.size):
        good = parameters.copy(), velocity.copy(), chains.copy()
        rows = orders[min(done, orders.shape[0] - 1)]
        epoch_key = _child(_child(_u64(0), seed), epoch + done)
        squares = 0.0
        for start in range(0, n_points, options.batch_size):
            key = _child(epoch_key, start // options.batch_size)
            n_batch = min(options.batch_size, n_points - start)
            _scale(parameters, layers, options.sigma)
            gradient[:] = 0
            for first in range(0, n_batch, BLOCK):
                squares += _add_block(
                    gradient, data, rows, chains, start + first, min(BLOCK, n_batch - first),
                    first // BLOCK, key, ks[done], layers, space, options,
                )  # fmt: skip
            gradient /= n_batch
            _update(parameters, velocity, gradient, data_mean, n_hidden, options)
        if not _is_good(parameters, velocity.size, options.weight_limit):
            parameters[:], velocity[:], chains[:] = good
            return done
        frames[done] = parameters
        errors[done] = squares / data.size
    return ks.size


@njit(nogil=True, cache=True)
def reconstruct(parameters, points, n_hidden, passes, seed, epoch, low, width, sigma):
    """Move points (n, n_visible) float32, in place, through `passes` passes.

    sigma 0: without noise. `epoch`: the address of the noise, uint64.
    """
    n_points, n_visible = points.shape
    layers = visible, hidden = _layers(n_visible, n_hidden)
    _, v, h, _, _, _ = _space(n_visible, n_hidden)
    _scale(parameters, layers, sigma)
    key = _child(_child(_child(_u64(0), seed), epoch), 0)
    for first in range(0, n_points, BLOCK):
        count = min(BLOCK, n_points - first)
        rows = np.arange(first, first + count)
        _load(v, points, rows)
        for step in range(passes):
            _half_pass(h, v, hidden, key, 2 * step, first // BLOCK, count, low, width, sigma > 0)
            _half_pass(v, h, visible, key, 2 * step + 1, first // BLOCK, count, low, width, sigma > 0)
        _store(points, rows, v)


# Polynomials by interpolation at Chebyshev nodes.
# 2^f for |f| <= 1/2
_E0, _E1, _E2 = _f32(1.00000008), _f32(0.693147207), _f32(0.240221074)
_E3, _E4, _E5 = _f32(0.0555032721), _f32(0.0096760371), _f32(0.00134004322)
# −2 ln(1 + f) / f for √½ <= 1 + f <= √2
_L0, _L1, _L2 = _f32(-1.99999995), _f32(0.999999741), _f32(-0.666683667)
_L3, _L4, _L5 = _f32(0.500043069), _f32(-0.39913955), _f32(0.33121392)
_L6, _L7, _L8 = _f32(-0.29898191), _f32(0.287546611), _f32(-0.174878907)
# sin(πt) / t and cos(πt) as polynomials in t² for |t| <= 1/2
_S0, _S1, _S2 = _f32(3.14159264), _f32(-5.16771008), _f32(2.55007752)
_S3, _S4 = _f32(-0.598291286), _f32(0.0776576603)
_C0, _C1, _C2 = _f32(0.999999953), _f32(-4.93479283), _f32(4.05841135)
_C3, _C4 = _f32(-1.33187657), _f32(0.219689611)
