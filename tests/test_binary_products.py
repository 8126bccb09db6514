"""Products made in registers against NumPy's, for every shape of tile and edge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbm.engine import compilation

KINDS = st.sampled_from([np.float32, np.float64])
WHOLE = st.sampled_from([16, 32, 48, 64, 80, 112])


@pytest.fixture(scope="module")
def products():
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    compilation.set_environment()
    from rbm.engine import binary_products

    return binary_products


def memory(*arguments):
    from rbm.engine.binary_fused import memory

    return memory(*arguments)


def matrix(rng, rows, columns, kind):
    array = memory((rows, columns), kind)
    array[:] = rng.normal(size=array.shape)
    return array


def bound(kind, depth):
    """Rounding of a sum of `depth` products of normal numbers, generously."""
    return 30 * np.finfo(kind).eps * depth**0.5


@settings(max_examples=60)
@given(
    kind=KINDS,
    rows=st.integers(1, 70),
    depth=st.one_of(st.integers(1, 40), st.sampled_from([255, 256, 257, 513])),
    columns=WHOLE,
    in_place=st.booleans(),
    seed=st.integers(0, 99),
)
def test_multiply_adds_a_product(products, kind, rows, depth, columns, in_place, seed):
    rng = np.random.default_rng(seed)
    b, start = matrix(rng, depth, columns, kind), matrix(rng, rows, columns, kind)
    out = start if in_place else matrix(rng, rows, columns, kind)
    for a in (matrix(rng, rows, depth, kind), matrix(rng, depth, rows, kind).T):
        expected = start.astype(float) + a.astype(float) @ b
        products.multiply(out, start, a, b)
        np.testing.assert_allclose(out, expected, rtol=1e-5, atol=bound(kind, depth))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("rows", [1, 5, 30, 31])
def test_one_row_serves_all_and_a_row_can_be_multiplied(products, kind, rows):
    rng = np.random.default_rng(rows)
    a, b = matrix(rng, rows, 48, kind), matrix(rng, 48, 32, kind)
    bias, out, row = matrix(rng, 1, 32, kind)[0], matrix(rng, rows, 32, kind), memory((32,), kind)
    products.multiply(out, bias, a, b)
    np.testing.assert_allclose(out, bias + a @ b, rtol=1e-5, atol=bound(kind, 48))
    products.multiply(row, bias, a[0], b)
    np.testing.assert_array_equal(row, out[0])
    products.multiply_transposed(row, bias, a[0], b.T.copy())
    np.testing.assert_allclose(row, out[0], rtol=1e-5, atol=bound(kind, 48))


@settings(max_examples=40)
@given(kind=KINDS, rows=st.integers(1, 30), columns=WHOLE, depth=WHOLE, seed=st.integers(0, 99))
def test_multiply_transposed(products, kind, rows, columns, depth, seed):
    rng = np.random.default_rng(seed)
    a, b = matrix(rng, rows, depth, kind), matrix(rng, columns, depth, kind)
    bias, out = matrix(rng, 1, columns, kind)[0], matrix(rng, rows, columns, kind)
    products.multiply_transposed(out, bias, a, b)
    expected = bias.astype(float) + a.astype(float) @ b.T
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=bound(kind, depth))


def test_memory_begins_at_a_vectors_border_and_has_rows_to_spare(products):
    for shape in [(3, 16), (64, 112), (16,)]:
        array = memory(shape, np.float32, 0.5)
        assert array.ctypes.data % 64 == 0
        assert array.shape == shape
        assert (array == 0.5).all()
        assert array.base is not None
        assert array.base.nbytes >= array.nbytes + products.ROWS * array.strides[0]
