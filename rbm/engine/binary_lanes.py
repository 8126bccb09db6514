"""Loops over the units of a layer: the arithmetic of the binary machine outside its products.

A unit with input x is on with probability 1 / (1 + 2^y), y = −x log2 e; the power of two is a
polynomial, good to rounding in float32 and in float64. A draw needs neither division nor
logarithm: u < p is u (1 + 2^y) < 1. Its uniform u is a hash of the unit's place in the batch,
with 23 bits, so that it is the same number in both precisions.

A batch is gone through as one row of numbers, as what is left over by whole vectors costs as much
per unit as a vector; so layers are padded. Loops write and read few arrays, else the compiler
cannot prove that they do not overlap and leaves them scalar. Integers of 32 bits go through the
instructions of `lanes`, as its text says.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

from rbm.engine.lanes import (
    _LANES,
    Float,
    Int,
    _add,
    _bitcast,
    _bits,
    _float,
    _lshr,
    _mul,
    _shl,
    _signed,
    _xor,
)
from rbm.engine.noise import ROUND_1, ROUND_2

_f32, _u32, _u64 = np.float32, np.uint32, np.uint64
_bits_64 = _bitcast(types.float64, types.uint64)
_float_64 = _bitcast(types.uint64, types.float64)


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def _power_32(x: Float) -> Float:
    """2^x in float32, |x| clipped to 100, as subnormal numbers are slow; relative error 2e-7."""
    magic = _f32(1.5 * 2**23)
    x = min(max(x, _f32(-100)), _f32(100))
    shifted = x + magic
    f = x - (shifted - magic)
    f2 = f * f
    p = (_E0 + _E1 * f) + ((_E2 + _E3 * f) + (_E4 + _E5 * f) * f2) * f2
    return _float(_add(_bits(p), _shl(_bits(shifted), _u32(23))))


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def _power_64(x: Float) -> Float:
    """2^x in float64, |x| clipped to 1000; relative error 4e-16."""
    magic = 1.5 * 2.0**52
    x = min(max(x, -1000.0), 1000.0)
    shifted = x + magic
    f = x - (shifted - magic)
    f2 = f * f
    f4 = f2 * f2
    low = (_D[0] + _D[1] * f) + (_D[2] + _D[3] * f) * f2
    middle = (_D[4] + _D[5] * f) + (_D[6] + _D[7] * f) * f2
    high = (_D[8] + _D[9] * f) + (_D[10] + _D[11] * f) * f2
    p = low + (middle + high * f4) * f4
    return _float_64(_bits_64(p) + (_bits_64(shifted) << _u64(52)))


def _power(x: Any) -> Any:
    """2^x in the precision of x."""


@overload(_power)
def _power_of_type(x: Any) -> Any:
    power = _power_32 if x == types.float32 else _power_64

    def of_type(x: Any) -> Any:
        return power(x)

    return of_type


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def _uniform(counter: Int, key_2: Int) -> Float:
    """A number in (0, 1), an odd multiple of 2^-24."""
    x = _mul(_xor(counter, _lshr(counter, _u32(16))), _u32(ROUND_1))
    x = _add(x, key_2)
    x = _mul(_xor(x, _lshr(x, _u32(15))), _u32(ROUND_2))
    x = _xor(x, _lshr(x, _u32(15)))
    return (_f32(_signed(_lshr(x, _u32(9)))) + _f32(0.5)) * _f32(2.0**-23)


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def sample(out: Any, inputs: Any, key: Int) -> None:
    """out = draws (0 or 1) of units with these inputs."""
    kind = out.dtype.type
    draws, x = out.reshape(-1), inputs.reshape(-1)
    scale, one, zero = kind(-_LOG2_E), kind(1), kind(0)
    key_1, key_2 = _u32(key), _u32(key >> _u64(32))
    for j in range(x.size):
        u = kind(_uniform(_add(key_1, _u32(j)), key_2))
        draws[j] = one if u * (one + _power(x[j] * scale)) < one else zero


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def mean(out: Any, share: Float) -> None:
    """out = share · probabilities of units with the inputs out."""
    kind = out.dtype.type
    flat = out.reshape(-1)
    scale, one, portion = kind(-_LOG2_E), kind(1), kind(share)
    for j in range(flat.size):
        flat[j] = portion / (one + _power(flat[j] * scale))


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def mean_and_draw(out: Any, draws: Any, share: Float, key: Int) -> None:
    """`mean`, and draws = 0 or 1 with the probabilities."""
    kind = out.dtype.type
    flat, states = out.reshape(-1), draws.reshape(-1)
    scale, one, zero, portion = kind(-_LOG2_E), kind(1), kind(0), kind(share)
    key_1, key_2 = _u32(key), _u32(key >> _u64(32))
    for j in range(flat.size):
        u = kind(_uniform(_add(key_1, _u32(j)), key_2))
        inverse = one + _power(flat[j] * scale)
        states[j] = one if u * inverse < one else zero
        flat[j] = portion / inverse


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def gather(out: Any, rows: Any, order: Any) -> None:
    """out[:, columns of rows] = rows[order]."""
    for row in range(order.size):
        source = order[row]
        for j in range(rows.shape[1]):
            out[row, j] = rows[source, j]


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def put(out: Any, row: Int, values: Any, factor: Float) -> None:
    """out[row] = factor · values. (An assignment to a slice takes a second to compile.)"""
    portion = out.dtype.type(factor)
    for j in range(values.size):
        out[row, j] = portion * values[j]


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def combine(out: Any, keep: Float, other: Any, factor: Float) -> None:
    """out = keep · out + factor · other."""
    kind = out.dtype.type
    a, b = kind(keep), kind(factor)
    flat, others = out.reshape(-1), other.reshape(-1)
    for j in range(flat.size):
        flat[j] = a * flat[j] + b * others[j]


_LOG2_E = 1.4426950408889634
# Polynomials for 2^f, |f| <= 1/2, by interpolation at Chebyshev nodes.
_E0, _E1, _E2 = _f32(1.00000008), _f32(0.693147207), _f32(0.240221074)
_E3, _E4, _E5 = _f32(0.0555032721), _f32(0.0096760371), _f32(0.00134004322)
_D = (
    1.0,
    0.6931471805599453,
    0.24022650695910158,
    0.055504108664821625,
    0.009618129107587256,
    0.001333355814640647,
    0.00015403530463724353,
    1.5252733841556773e-05,
    1.3215432535912375e-06,
    1.0178057087733941e-07,
    7.074194297288521e-09,
    4.4558179083360645e-10,
)
