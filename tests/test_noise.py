"""The table of normals: its definition, its distribution, and that rows do not know each other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy import stats

from rbm.engine import noise
from rbm.engine.noise import batch_key, normal_rows, normals, row_keys, row_order

MASK_32, MASK_64 = 2**32 - 1, 2**64 - 1


def slow_key(words):
    """splitmix64's mixing of one word after the other, in plain integers."""
    key = 0
    for word in words:
        z = ((key + 0x9E3779B97F4A7C15) & MASK_64) ^ word
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK_64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK_64
        key = z ^ (z >> 31)
    return key


def slow_normal(seed, epoch, batch, half_pass, unit, point):
    """One normal, as the module's text says, in plain numbers."""
    key = slow_key([seed, epoch, batch, (half_pass << 32) | unit])
    key_1, key_2 = key & MASK_32, key >> 32
    block, lane = divmod(point, 256)
    x = (block * 128 + lane % 128 + key_1) & MASK_32
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & MASK_32
    x = (x + key_2) & MASK_32
    x = ((x ^ (x >> 15)) * 0x735A2D97) & MASK_32
    x ^= x >> 15
    y = ((x ^ key_1) * 0x9E3779B1) & MASK_32
    radius = math.sqrt(-2 * math.log(((x >> 1) + 0.5) / 2**31))
    angle = math.pi * (y - 2**32 if y >= 2**31 else y) / 2**32
    if lane >= 128:
        return radius * math.sin(angle)
    return (-1) ** (x & 1) * radius * math.cos(angle)


@examples(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**31 - 1),
    epoch=st.integers(0, 2**63 + 1),
    batch=st.integers(0, 10**4),
    half_pass=st.integers(0, 202),
    unit=st.integers(0, 130),
    point=st.integers(0, 1500),
)
def test_every_normal_is_the_one_its_address_says(seed, epoch, batch, half_pass, unit, point):
    row = normals(seed, epoch, batch, half_pass, unit, point + 1)
    assert row.dtype == np.float32
    expected = slow_normal(seed, epoch, batch, half_pass, unit, point)
    assert row[point] == pytest.approx(expected, rel=1e-6, abs=2e-6)


def test_the_table_is_fixed_for_ever():
    """A change of these numbers changes every recorded run and every shared link."""
    assert normals(1, 2, 3, 4, 5, 300)[[0, 127, 128, 255, 299]] == pytest.approx(
        [slow_normal(1, 2, 3, 4, 5, point) for point in (0, 127, 128, 255, 299)], abs=1e-6
    )
    assert batch_key(1, 2, 3) == slow_key([1, 2, 3])
    assert int(row_keys(batch_key(1, 2, 3), [4], [5])[0]) == slow_key([1, 2, 3, (4 << 32) | 5])


@given(n_points=st.integers(1, 700))
def test_a_longer_row_starts_with_the_shorter_one(n_points):
    assert np.array_equal(normals(7, 8, 0, 1, 2, n_points), normals(7, 8, 0, 1, 2, 700)[:n_points])


def test_many_rows_at_once_are_the_rows_one_by_one():
    rows = normal_rows(batch_key(3, 4, 5), [0, 6, 2], [1, 9], 300)
    assert rows.shape == (3, 2, 300)
    assert np.array_equal(rows[1, 1], normals(3, 4, 5, 6, 9, 300))
    assert np.array_equal(rows[2, 0], normals(3, 4, 5, 2, 1, 300))


TABLES = {
    "half-passes": lambda i: (11, 5, 0, i, 3),
    "units": lambda i: (11, 5, 0, 2, i),
    "batches": lambda i: (11, 5, i, 2, 3),
    "epochs": lambda i: (11, i, 0, 2, 3),
    "seeds": lambda i: (i, 5, 0, 2, 3),
}


@pytest.fixture(scope="module", params=sorted(TABLES))
def table(request):
    """800 rows of 1,024 points that differ in one word of the address: neighbours."""
    return np.stack([normals(*TABLES[request.param](i), 1024) for i in range(800)]).astype(float)


def test_moments_up_to_the_eighth(table):
    z = table.ravel()
    even = {0: 1, 2: 1, 4: 3, 6: 15, 8: 105, 10: 945, 12: 10395, 14: 135135, 16: 2027025}
    for power in range(1, 9):
        exact = even.get(power, 0)
        standard_error = math.sqrt((even[2 * power] - exact**2) / z.size)
        assert abs(np.mean(z**power) - exact) < 4.5 * standard_error


def test_the_distribution_and_its_tails(table):
    z = table.ravel()
    assert stats.kstest(z, "norm").pvalue > 1e-5
    for bound in (2.5, 3.5, 4.5):
        expected = 2 * stats.norm.sf(bound) * z.size
        assert abs((np.abs(z) > bound).sum() - expected) < 4.5 * math.sqrt(expected)
    assert np.abs(z).max() < 6.7


def independent(a, b):
    """Products of two samples' odd and even parts have the mean 0 and the variance 1."""
    a, b = a.ravel(), b.ravel()
    even_a, even_b = (a**2 - 1) / math.sqrt(2), (b**2 - 1) / math.sqrt(2)
    for product in (a * b, even_a * even_b, a * even_b, even_a * b):
        assert abs(product.mean()) < 4.5 / math.sqrt(product.size)


def test_neighbouring_rows_are_independent(table):
    for distance in (1, 2, 16):
        independent(table[distance:], table[:-distance])


@pytest.mark.parametrize("lag", [1, 2, 16, 127, 128, 129, 256])
def test_points_of_a_row_are_independent(table, lag):
    independent(table[:, lag:], table[:, :-lag])


def test_sums_of_rows_and_of_columns_have_the_spread_of_sums(table):
    for axis in (0, 1):
        sums = table.sum(axis) / math.sqrt(table.shape[axis])
        spread = math.sqrt(2 / sums.size)
        assert abs(sums.var() - 1) < 4.5 * spread


def test_the_two_normals_of_a_pair_fill_the_square(table):
    """The joint distribution, not only correlations: χ² on 32 × 32 cells of equal mass."""
    shares = stats.norm.cdf(table.reshape(-1, 2, 128))
    counts, _, _ = np.histogram2d(
        shares[:, 0].ravel(), shares[:, 1].ravel(), bins=32, range=[[0, 1]] * 2
    )
    assert stats.chisquare(counts.ravel()).pvalue > 1e-5


def test_epochs_of_training_and_of_the_special_tables_never_meet():
    keys = {
        batch_key(seed, epoch, 0)
        for seed in range(50)
        for epoch in [*range(50), noise.RECONSTRUCTION, noise.INITIAL]
    }
    assert len(keys) == 50 * 52


def test_rows_are_sorted_by_their_hashes():
    hashes = [slow_key([5, 17, 0, ((2**32 - 1) << 32) | row]) for row in range(10)]
    assert row_order(5, 17, 10).tolist() == sorted(range(10), key=hashes.__getitem__)


def test_rows_are_shuffled_fairly_and_reproducibly():
    orders = np.stack([row_order(5, epoch, 10) for epoch in range(4000)])
    assert (np.sort(orders, axis=1) == np.arange(10)).all()
    assert np.array_equal(row_order(5, 17, 10), orders[17])
    assert not np.array_equal(row_order(6, 17, 10), orders[17])
    for place in range(10):
        assert stats.chisquare(np.bincount(orders[:, place], minlength=10)).pvalue > 1e-6
    assert abs(np.corrcoef(orders[1:].ravel(), orders[:-1].ravel())[0, 1]) < 4.5 / math.sqrt(36000)
