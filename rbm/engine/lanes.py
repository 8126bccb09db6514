"""Loops over lanes: the compiled arithmetic that runs once for every unit and point.

*Lanes* are data points. A row holds one unit's value for every point of a block, so that a loop
over it becomes vector instructions, 16 points at a time where the processor can. Three things
keep the loops fast, and a change can lose them without any test failing (`benchmarks/speed.py`
shows it):

- a loop writes one row and reads few: the compiler must see that they do not overlap; it gets
  the whole array and the row's number, as a view of a row costs as much as half its loop;
- it needs few enough constants for the registers: so noise is made by two loops, not one;
- 32-bit integers go through `_instruction`, else the compiler widens them to 64 bits.

Transcendental functions are polynomials in Estrin's form, good to float32 rounding; the errors
stand at each and are tested. Floating-point freedom is given loop by loop: contraction and the
absence of NaN and infinities everywhere (a run stops long before one could arise), reordering in
sums alone. Division follows NumPy's model: a check for zero would keep a loop scalar.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from rbm.engine.noise import BLOCK, ROUND_1, ROUND_2, ROUND_3

Row = NDArray[np.float32]  # or rows of them
Float = float | np.floating[Any]
Int = int | np.integer[Any]
Bool = bool | np.bool

PAIRS = BLOCK // 2
INPUTS = 8
"""Inputs added by one call; a layer of two is treated apart, as the 2D patterns have it."""
_LANES = {"nnan", "ninf", "nsz", "arcp", "contract"}
_SUMS = _LANES | {"reassoc"}
_f32, _u32, _u64 = np.float32, np.uint32, np.uint64


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


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def _minus_two_ln(u: Float, exponent_bias: Int) -> Float:
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


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def noise(
    out: Row, unit: Int, bias: Float, spread: Float, key: Int, block: Int, pairs: Int
) -> None:
    """out[unit] = bias + spread·noise, in the lanes i and i + PAIRS."""
    key_1, key_2 = _u32(key), _u32(key >> _u64(32))
    counter = _add(_u32(block * PAIRS), key_1)
    for i in range(pairs):
        x = _add(counter, _u32(i))
        x = _mul(_xor(x, _lshr(x, _u32(16))), _u32(ROUND_1))
        x = _add(x, key_2)
        x = _mul(_xor(x, _lshr(x, _u32(15))), _u32(ROUND_2))
        x = _xor(x, _lshr(x, _u32(15)))
        y = _mul(_xor(x, key_1), _u32(ROUND_3))

        u = _f32(_signed(_lshr(x, _u32(1)))) + _f32(0.5)
        signed_square = _xor(_bits(_minus_two_ln(u, 31)), _shl(x, _u32(31)))
        out[unit, i] = _float(signed_square)
        out[unit, i + PAIRS] = _f32(_signed(y)) * _f32(2.0**-32)
    for i in range(pairs):
        signed_square, turn = out[unit, i], out[unit, i + PAIRS]
        radius = np.sqrt(abs(signed_square)) * spread
        sign = _and(_bits(signed_square), _u32(0x80000000))
        t = turn * turn
        t2 = t * t
        sine = ((_S0 + _S1 * t) + (_S2 + _S3 * t + _S4 * t2) * t2) * turn
        cosine = (_C0 + _C1 * t) + (_C2 + _C3 * t + _C4 * t2) * t2
        out[unit, i] = bias + _float(_xor(_bits(radius), sign)) * cosine
        out[unit, i + PAIRS] = bias + radius * sine


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def fill(out: Row, unit: Int, value: Float, lanes: Int) -> None:
    for i in range(lanes):
        out[unit, i] = value


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def add_inputs(out: Row, unit: Int, inputs: Row, first: Int, weights: Row, lanes: Int) -> None:
    """out[unit] += weights[unit] · inputs, for `INPUTS` rows of inputs from `first` on."""
    a, b, c, d = first, first + 1, first + 2, first + 3
    e, f, g, h = first + 4, first + 5, first + 6, first + 7
    w_a, w_b, w_c, w_d = weights[unit, a], weights[unit, b], weights[unit, c], weights[unit, d]
    w_e, w_f, w_g, w_h = weights[unit, e], weights[unit, f], weights[unit, g], weights[unit, h]
    for i in range(lanes):
        out[unit, i] += (
            (w_a * inputs[a, i] + w_b * inputs[b, i]) + (w_c * inputs[c, i] + w_d * inputs[d, i])
        ) + ((w_e * inputs[e, i] + w_f * inputs[f, i]) + (w_g * inputs[g, i] + w_h * inputs[h, i]))


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def _state(x: Float, low: Float, width: Float) -> Float:
    """low + width / (1 + 2^x); 2^x has a relative error of 2e-7.

    Adding 1.5·2^23 rounds to a whole number m, which then stands in the low bits; 2^m enters
    the power by adding m to the exponent's bits.
    """
    magic = _f32(1.5 * 2**23)
    x = min(max(x, _f32(-126)), _f32(126))
    shifted = x + magic
    f = x - (shifted - magic)
    f2 = f * f
    p = (_E0 + _E1 * f) + ((_E2 + _E3 * f) + (_E4 + _E5 * f) * f2) * f2
    power = _float(_add(_bits(p), _shl(_bits(shifted), _u32(23))))
    return low + width / (_f32(1) + power)


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def logistic(out: Row, unit: Int, low: Float, width: Float, lanes: Int) -> None:
    """out[unit] = low + width / (1 + 2^out[unit])."""
    for i in range(lanes):
        out[unit, i] = _state(out[unit, i], low, width)


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def logistic_of_two(
    out: Row, unit: Int, inputs: Row, weights: Row, low: Float, width: Float, lanes: Int
) -> None:
    """`add_inputs` of two inputs and `logistic` in one loop."""
    w_a, w_b = weights[unit, 0], weights[unit, 1]
    for i in range(lanes):
        x = out[unit, i] + w_a * inputs[0, i] + w_b * inputs[1, i]
        out[unit, i] = _state(x, low, width)


@njit(nogil=True, error_model="numpy", fastmath=_LANES)
def slope_statistic(
    out: Row, states: Row, unit: Int, slope_rule: Int, low: Float, width: Float, count: Int
) -> None:
    """out[0] = S(states[unit]), whose mean moves the unit's slope."""
    scale = _f32(1) / width
    if slope_rule == 0:
        for i in range(count):
            out[0, i] = states[unit, i] * states[unit, i]
    elif slope_rule == 1:
        for i in range(count):
            p = min(max((states[unit, i] - low) * scale, _f32(0)), _f32(1)) - _f32(0.5)
            out[0, i] = _f32(2) * width * p * p
    else:
        for i in range(count):
            p = min(max((states[unit, i] - low) * scale, _f32(1e-30)), _f32(1))
            q = max(_f32(1) - p, _f32(1e-30))
            out[0, i] = _f32(-0.5) * width * (p * _minus_two_ln(p, 0) + q * _minus_two_ln(q, 0))


@njit(nogil=True, error_model="numpy", fastmath=_SUMS)
def total(states: Row, unit: Int, count: Int) -> Float:
    result = _f32(0)
    for i in range(count):
        result += states[unit, i]
    return result


@njit(nogil=True, error_model="numpy", fastmath=_SUMS)
def dot(v: Row, i: Int, h: Row, j: Int, count: Int) -> Float:
    result = _f32(0)
    for lane in range(count):
        result += v[i, lane] * h[j, lane]
    return result


@njit(nogil=True, error_model="numpy", fastmath=_SUMS)
def squared_distance(v: Row, other: Row, unit: Int, count: Int) -> Float:
    result = _f32(0)
    for i in range(count):
        result += (v[unit, i] - other[unit, i]) * (v[unit, i] - other[unit, i])
    return result


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
