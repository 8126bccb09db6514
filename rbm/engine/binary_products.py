"""Products of the small matrices of a binary machine, in registers, without a call to BLAS.

BLAS is made for large matrices: it copies them into blocks that suit its caches, and for a
hundred rows of a hundred numbers that costs about as much as the product. Here the result is cut
into tiles that stay in registers while they go through the inner dimension:

    multiply, a @ b:              tile[r, :] += a[r, l] · b[l, columns of the tile]    for every l
    multiply_transposed, a @ b.T: tile[r, j, :] += a[r, lanes l] · b[j, lanes l]       for every l

In the first, lanes of a vector are columns of the result; a vector of b serves `ROWS` rows. In the
second they are places of the inner dimension, and are added up at the end. Both inner loops are
written in the compiler's own vectors, as its optimizer does not find them from loops over numbers.

So matrices have whole vectors as rows, and memory for `ROWS` rows more than they seem to have,
which are read and written but mean nothing. The order of sums depends on the shapes alone: results
are the same on any number of threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from rbm.engine.lanes import Int

WIDTH = 64
"""Bytes of a vector; a processor with shorter ones takes two or four for it."""
ROWS = 5
"""Rows of a tile of `multiply`; batches are mostly multiples of it."""
DEPTH, BLOCK = 256, 30
"""What it goes through at a time, of the inner dimension and of rows, to stay in the caches."""
PAIR, UNITS = 2, 8
"""Rows and columns of a tile of `multiply_transposed`."""
_MOST = 4 if binding.get_host_cpu_features().get("avx512f") else 1
"""Vectors in a row of a tile: ROWS times as many, and some more, must fit into the registers."""
_CONTRACT = ("contract",)
_I64 = ir.IntType(64)


def _vector(kind: Any) -> Any:
    """The compiler's type of a vector of numbers of numba's type `kind`."""
    number = ir.FloatType() if kind == types.float32 else ir.DoubleType()
    return ir.VectorType(number, WIDTH * 8 // kind.bitwidth)


def _at(builder: Any, address: Any, step: Any, count: Any) -> Any:
    """address + step · count."""
    count = _I64(count) if isinstance(count, int) else count
    return builder.add(address, builder.mul(_I64(step) if isinstance(step, int) else step, count))


def _load(builder: Any, kind: Any, address: Any) -> Any:
    return builder.load(builder.inttoptr(address, kind.as_pointer()), align=4)


def _store(builder: Any, value: Any, address: Any) -> None:
    builder.store(value, builder.inttoptr(address, value.type.as_pointer()), align=4)


def _places(numbers: list[int]) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers)


def _everywhere(builder: Any, vector: Any, number: Any) -> Any:
    undefined = ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(undefined, number, ir.IntType(32)(0))
    return builder.shuffle_vector(one, undefined, _places([0] * vector.count))


def _add_product(builder: Any, total: Any, x: Any, y: Any) -> None:
    term = builder.fmul(x, y, flags=_CONTRACT)
    builder.store(builder.fadd(builder.load(total), term, flags=_CONTRACT), total)


def _typed_tile(
    typing_context: Any, kind: Any, count: Any, out: Any, out_row: Any, start: Any, start_row: Any,
    a: Any, a_row: Any, a_column: Any, b: Any, b_row: Any, depth: Any,
) -> Any:  # fmt: skip
    """A tile of ROWS rows of `count` vectors (at most _MOST), out = start + a @ b.

    After `count`: for out, start, a and b the address of the tile's first number and the bytes from
    row to row, for a those from column to column too; then the inner dimension.
    """
    vector = _vector(kind.dtype)

    def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        for vectors in range(1, _MOST + 1):
            with builder.if_then(builder.icmp_signed("==", values[1], _I64(vectors))):
                _build_tile(builder, vector, vectors, *values[2:])
        return context.get_dummy_value()

    return types.void(kind, *[types.int64] * 11), codegen


def _build_tile(
    builder: Any, vector: Any, vectors: int, out: Any, out_row: Any, start: Any, start_row: Any,
    a: Any, a_row: Any, a_column: Any, b: Any, b_row: Any, depth: Any,
) -> None:  # fmt: skip
    tile = [(r, j) for r in range(ROWS) for j in range(vectors)]

    def place(address: Any, row: Any, r: int, j: int) -> Any:
        return _at(builder, _at(builder, address, row, r), WIDTH, j)

    sums = [
        cgutils.alloca_once_value(builder, _load(builder, vector, place(start, start_row, r, j)))
        for r, j in tile
    ]
    with cgutils.for_range(builder, depth) as loop:
        b_now = _at(builder, b, b_row, loop.index)
        a_now = _at(builder, a, a_column, loop.index)
        lanes = [_load(builder, vector, _at(builder, b_now, WIDTH, j)) for j in range(vectors)]
        numbers = [
            _load(builder, vector.element, _at(builder, a_now, a_row, r)) for r in range(ROWS)
        ]
        spread = [_everywhere(builder, vector, number) for number in numbers]
        for (r, j), total in zip(tile, sums, strict=True):
            _add_product(builder, total, spread[r], lanes[j])
    for (r, j), total in zip(tile, sums, strict=True):
        _store(builder, builder.load(total), place(out, out_row, r, j))


def _typed_square(
    typing_context: Any, kind: Any, out: Any, out_row: Any, start: Any,
    a: Any, a_row: Any, b: Any, b_row: Any, depth: Any,
) -> Any:  # fmt: skip
    """A tile of PAIR rows and UNITS columns, out = start + a @ b.T; the arguments as above, with
    the inner dimension in vectors and one row of start for all.

    At the end PAIR · UNITS vectors have to be summed to a number each. Adding the even places of
    two vectors to their odd ones leaves one vector, with half as many places for each of the two:
    after log2 of the places, every place holds a sum.
    """
    vector = _vector(kind.dtype)
    places = vector.count
    tile = [(r, j) for r in range(PAIR) for j in range(UNITS)]

    def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        _, out, out_row, start, a, a_row, b, b_row, depth = values
        zero = ir.Constant(vector, [0.0] * places)
        totals = [cgutils.alloca_once_value(builder, zero) for _ in tile]
        with cgutils.for_range(builder, depth) as loop:
            a_now, b_now = (_at(builder, address, WIDTH, loop.index) for address in (a, b))
            a_rows = [_load(builder, vector, _at(builder, a_now, a_row, r)) for r in range(PAIR)]
            b_rows = [_load(builder, vector, _at(builder, b_now, b_row, j)) for j in range(UNITS)]
            for (r, j), total in zip(tile, totals, strict=True):
                _add_product(builder, total, a_rows[r], b_rows[j])
        sums = [builder.load(total) for total in totals]
        even, odd = (_places(list(range(first, 2 * places, 2))) for first in (0, 1))
        for _ in range(places.bit_length() - 1):
            sums = [
                builder.fadd(builder.shuffle_vector(x, y, even), builder.shuffle_vector(x, y, odd))
                for x, y in zip(sums[::2], sums[1::2], strict=True)
            ]
        row = ir.VectorType(vector.element, UNITS)
        first = _load(builder, row, start)
        for r in range(PAIR):
            whole, place = sums[r * UNITS // places], r * UNITS % places
            mine = builder.shuffle_vector(whole, whole, _places(list(range(place, place + UNITS))))
            _store(builder, builder.fadd(first, mine), _at(builder, out, out_row, r))
        return context.get_dummy_value()

    return types.void(kind, *[types.int64] * 8), codegen


# The context, the first parameter, is the compiler's: callers do not give it.
_tile: Any = intrinsic(_typed_tile)
_square: Any = intrinsic(_typed_square)


@njit(nogil=True, error_model="numpy")
def _multiply(
    kind: Any, out: Int, out_row: Int, start: Int, start_row: Int,
    a: Int, a_row: Int, a_column: Int, b: Int, b_row: Int, rows: Int, depth: Int, vectors: Int,
) -> None:  # fmt: skip
    """`multiply`, of addresses and bytes from row to row as in `_tile`."""
    for first in range(0, depth, DEPTH):
        some = min(DEPTH, depth - first)
        for top in range(0, rows, BLOCK):
            for j in range(0, vectors, _MOST):
                for i in range(top, min(top + BLOCK, rows), ROWS):
                    _tile(
                        kind, min(_MOST, vectors - j), out + i * out_row + j * WIDTH, out_row,
                        start + i * start_row + j * WIDTH, start_row,
                        a + i * a_row + first * a_column, a_row, a_column,
                        b + first * b_row + j * WIDTH, b_row, some,
                    )  # fmt: skip
        start, start_row = out, out_row


@njit(nogil=True, error_model="numpy")
def multiply(out: Any, start: Any, a: Any, b: Any) -> None:
    """out = start + a @ b, where rows of b, start and out are whole vectors.

    a (m, l) with any strides; b (l, n); out, start (m, n), which may be the same. A start with one
    dimension is the same for all rows. With one-dimensional a and out, a is one row.
    """
    _multiply(
        out.dtype.type, _address(out), _row(out), _address(start), _row(start),
        _address(a), _row(a), a.strides[-1], _address(b), _row(b),
        a.shape[0] if a.ndim == 2 else 1, b.shape[0], b.shape[1] * out.itemsize // WIDTH,
    )  # fmt: skip


@njit(nogil=True, error_model="numpy")
def multiply_transposed(out: Any, start: Any, a: Any, b: Any) -> None:
    """out = start + a @ b.T, where rows of all are whole vectors.

    a (m, l), b (n, l), out (m, n), start (n,). With one-dimensional a and out, a is one row.
    """
    kind = out.dtype.type
    vectors = b.shape[1] * out.itemsize // WIDTH
    for j in range(0, b.shape[0], UNITS):
        shift = j * out.itemsize
        for i in range(0, a.shape[0] if a.ndim == 2 else 1, PAIR):
            _square(
                kind, _address(out) + i * _row(out) + shift, _row(out), _address(start) + shift,
                _address(a) + i * _row(a), _row(a), _address(b) + j * _row(b), _row(b), vectors,
            )  # fmt: skip


@njit(nogil=True, error_model="numpy")
def _address(array: Any) -> Int:
    return np.int64(array.ctypes.data)


@njit(nogil=True, error_model="numpy")
def _row(array: Any) -> Int:
    """Bytes from row to row, 0 for an array that is one row."""
    return array.strides[0] if array.ndim == 2 else 0
