"""Metrics against oracles nobody here wrote, hand-computed cases and their own fixed points."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.random import default_rng
from scipy import ndimage, stats

from rbm.metrics import (
    Yardstick,
    error_fixed_points,
    mismatch,
    misplaced_ink,
    smoothed_density,
)
from rbm.patterns import draw_pattern, sample_pattern
from rbm.two_sample import (
    METRICS,
    coverage,
    energy_distance,
    nearest_neighbour_accuracy,
    precision,
    sceptic_panel,
)

CLOUDS = arrays(np.float64, st.tuples(st.integers(1, 40), st.just(2)), elements=st.floats(0, 1))


def slow_density(points, bandwidth, grid):
    """The same picture from NumPy's histogram and SciPy's filter."""
    edges = np.linspace(0, 1, grid + 1)
    ink = np.histogram2d(points[:, 1], points[:, 0], bins=[edges, edges])[0]
    return ndimage.gaussian_filter(ink, bandwidth * grid) / len(points)


@given(CLOUDS, st.sampled_from([0.0, 0.01, 0.03, 0.2]), st.sampled_from([2, 16, 64]))
@settings(max_examples=60, deadline=None)
def test_density_equals_histogram_and_gaussian_filter(points, bandwidth, grid):
    # a value that rounds onto a cell's edge may fall either side: keep off the edges
    points = (np.floor(points * 509) + 0.5) / 510
    density = smoothed_density(points, bandwidth, grid)
    np.testing.assert_allclose(density, slow_density(points, bandwidth, grid), atol=1e-12)
    assert density.sum() == pytest.approx(1, abs=1e-9)


def test_density_rows_are_y_and_columns_x():
    density = smoothed_density([[0.9, 0.1]], bandwidth=0, grid=10)
    assert np.argwhere(density > 0).tolist() == [[1, 9]]


def test_points_outside_the_square_count_at_the_border():
    density = smoothed_density([[-3.0, 0.5], [0.25, 7.0], [1.0, 1.0]], bandwidth=0, grid=4)
    assert np.argwhere(density > 0).tolist() == [[2, 0], [3, 1], [3, 3]]
    assert density.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("points", "bandwidth", "grid"),
    [
        (np.empty((0, 2)), 0.03, 64),
        (np.zeros((3, 3)), 0.03, 64),
        (np.array([[0.1, np.nan]]), 0.03, 64),
        (np.array([[0.1, np.inf]]), 0.03, 64),
        (np.zeros((3, 2)), -0.1, 64),
        (np.zeros((3, 2)), 0.03, 1),
    ],
)
def test_what_makes_no_picture_is_refused(points, bandwidth, grid):
    with pytest.raises(ValueError, match=r"\.$"):
        smoothed_density(points, bandwidth, grid)


def test_misplaced_ink_by_hand():
    p, q = np.array([[0.5, 0.5], [0, 0]]), np.array([[0.25, 0.25], [0.5, 0]])
    assert misplaced_ink(p, q) == pytest.approx(0.5)
    assert misplaced_ink(p, p) == 0
    assert misplaced_ink(p, np.array([[0, 0], [0.1, 0.9]])) == pytest.approx(1)


def fresh_of(name):
    return lambda count, rng: draw_pattern(name, count, rng)


@pytest.mark.parametrize("name", ["split_ring", "gauss8", "checkerboard"])
def test_fresh_data_score_0_and_uniform_noise_1_within_their_errors(name):
    reference = sample_pattern(name, 20_000, 0, stream="reference")
    yardstick = Yardstick.measure(reference, 2000, fresh_of(name), repeats=40, seed=1)
    rng = default_rng(2)
    for draw, expected in (
        (lambda: draw_pattern(name, 2000, rng), 0.0),
        (lambda: rng.random((2000, 2)), 1.0),
    ):
        scores = np.array([yardstick.mismatch(draw()) for _ in range(40)])
        error = scores.std(ddof=1) * math.sqrt(2 / 40)  # of both means: the scores' and f's or u's
        assert abs(scores.mean() - expected) < 4.5 * error
        assert scores.std() < 0.03
    assert 0.02 < yardstick.floor < 0.1 < 0.3 < yardstick.uniform < 1


def test_mismatch_by_its_formula():
    data = sample_pattern("moons", 5000, 0, stream="reference")
    points = sample_pattern("ring", 700, 0)
    rng = default_rng(9)  # the fixed points come first from fresh, then from uniform points
    ink = [
        misplaced_ink(slow_density(cloud, 0.05, 32), slow_density(data, 0.05, 32))
        for cloud in (
            points,
            *[draw_pattern("moons", 700, rng) for _ in range(3)],
            *[rng.random((700, 2)) for _ in range(3)],
        )
    ]
    floor, uniform = np.mean(ink[1:4]), np.mean(ink[4:])
    value = mismatch(points, data, fresh_of("moons"), bandwidth=0.05, grid=32, repeats=3, seed=9)
    assert value == pytest.approx((ink[0] - floor) / (uniform - floor), abs=1e-9)


def test_mismatch_orders_clouds_as_the_eye_does():
    data = sample_pattern("ring", 20_000, 0, stream="reference")
    yardstick = Yardstick.measure(data, 1000, fresh_of("ring"))
    rng = default_rng(0)
    clouds = [
        sample_pattern("ring", 1000, 1, noise=noise, stream="fresh") for noise in (0, 0.05, 0.2)
    ]
    clouds.append(np.full((1000, 2), 0.5) + 0.01 * rng.standard_normal((1000, 2)))
    scores = [yardstick.mismatch(cloud) for cloud in clouds]
    assert scores == sorted(scores)
    assert scores[-1] > 1


@pytest.mark.parametrize("count", [100, 2000])
def test_floor_from_split_halves_agrees_with_the_one_from_fresh_points(count):
    ratios = []
    for seed in range(6):
        data = sample_pattern("split_ring", 800, seed, stream="reference")
        halves = Yardstick.measure(data, count, seed=seed)
        fresh = Yardstick.measure(data, count, fresh_of("split_ring"), seed=seed)
        assert halves.uniform == pytest.approx(fresh.uniform, rel=0.03)
        ratios.append(halves.floor / fresh.floor)
    assert np.mean(ratios) == pytest.approx(1, abs=0.1)


def test_data_like_uniform_noise_have_no_mismatch():
    data = default_rng(0).random((1000, 2))
    assert math.isnan(mismatch(default_rng(1).random((500, 2)), data))


def test_a_yardstick_measures_only_its_own_number_of_points():
    yardstick = Yardstick.measure(sample_pattern("ring", 500, 0), 200)
    with pytest.raises(ValueError, match="clouds of 200 points; got 100"):
        yardstick.mismatch(np.zeros((100, 2)))
    for data, count in ((np.zeros((1, 2)), 10), (np.zeros((9, 2)), 0)):
        with pytest.raises(ValueError, match="yardstick needs"):
            Yardstick.measure(data, count)


def test_error_fixed_points_by_hand_and_by_sampling():
    data = np.array([[0.1, 0.2], [0.8, 0.9]])
    floor, uniform = error_fixed_points(data, [[0.1, 0.3], [0.9, 0.9], [0.0, 0.0]])
    assert floor == pytest.approx((0.1**2 + 0.1**2) / 4)
    draws = default_rng(0).random((100_000, 2))
    squares = np.mean((data[:, None] - draws) ** 2, axis=(0, 2))
    assert abs(uniform - squares.mean()) < 4.5 * squares.std() / math.sqrt(len(draws))


@given(CLOUDS, CLOUDS)
@settings(max_examples=60, deadline=None)
def test_energy_distance_agrees_with_scipy_on_a_line(x, y):
    x, y = x * [1, 0], y * [1, 0]
    # scipy's is the square root, and cancels differently near 0
    expected = stats.energy_distance(x[:, 0], y[:, 0]) ** 2
    assert energy_distance(x, y) == pytest.approx(expected, abs=1e-7)


def test_energy_distance_by_hand_and_in_blocks():
    assert energy_distance([[0, 0]], [[3, 4]]) == pytest.approx(10)
    x, y = default_rng(0).random((1100, 2)), 0.5 * default_rng(1).random((700, 2))

    def mean(a, b):
        return np.mean(np.hypot(*(a[:, None] - b).transpose(2, 0, 1)))

    assert energy_distance(x, y) == pytest.approx(2 * mean(x, y) - mean(x, x) - mean(y, y))


def test_precision_and_coverage_by_hand():
    cloud, data = [[0, 0], [0, 1]], [[0, 0.25], [1, 0.25], [4, 1]]
    assert precision(cloud, data) == pytest.approx((0.25 + 0.75) / 2)
    assert coverage(cloud, data) == pytest.approx((0.25 + math.hypot(1, 0.25) + 4) / 3)


@given(CLOUDS, CLOUDS)
@settings(max_examples=60, deadline=None)
def test_nearest_neighbour_accuracy_agrees_with_all_distances(x, y):
    size = min(len(x), len(y))
    both = np.concatenate([x[:size], y[:size]])
    both = both + 1e-4 * default_rng(0).random(both.shape)  # no ties: their order is nobody's
    distance = np.hypot(*(both[:, None] - both).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    own = np.arange(2 * size) < size
    expected = np.mean(own[distance.argmin(axis=1)] == own)
    assert nearest_neighbour_accuracy(both[:size], both[size:]) == pytest.approx(expected)


def test_nearest_neighbour_accuracy_of_copies_apart_and_alike():
    x = default_rng(0).random((500, 2))
    assert nearest_neighbour_accuracy(x, x) == 0  # a copy's nearest neighbour is its original
    assert nearest_neighbour_accuracy(x, x + 5) == 1
    alike = nearest_neighbour_accuracy(x, default_rng(1).random((900, 2)))
    assert abs(alike - 0.5) < 4.5 * math.sqrt(0.5 / 1000)  # neighbours come in pairs: twice 1/4


def test_the_panel_tells_good_clouds_from_bad_ones():
    data = sample_pattern("split_ring", 2000, 0, stream="reference")
    fresh = sample_pattern("split_ring", 1000, 0, stream="fresh")
    good = sceptic_panel(sample_pattern("split_ring", 1000, 0), data, fresh)
    dots = sceptic_panel(data[:5].repeat(200, axis=0), data, fresh)
    assert list(good) == list(METRICS)
    for name, metric in METRICS.items():
        assert good[name].value == pytest.approx(good[name].fresh, rel=0.5, abs=0.01)
        assert abs(good[name].value - metric.best) < abs(good[name].uniform - metric.best) / 2
    assert dots["precision"].value < good["precision"].value  # precise, and yet ...
    assert dots["coverage"].value > 5 * good["coverage"].value
    assert dots["energy_distance"].value > 5 * good["energy_distance"].value
    with pytest.raises(ValueError, match="as many fresh points"):
        sceptic_panel(fresh, data, fresh[:10])
