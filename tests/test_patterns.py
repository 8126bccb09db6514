"""Patterns: exact definitions where there is one, counts and spread elsewhere, in standard errors.

A statistic of n independent draws is allowed 4.5 standard errors, and a p-value must exceed 1e-5.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from scipy import stats

from rbm import shapes
from rbm.patterns import PATTERNS, STREAMS, draw_pattern, sample_pattern

N = 4000


def radius(points):
    return np.hypot(points[:, 0] - 0.5, points[:, 1] - 0.5)


def assert_share(mask, share):
    assert abs(mask.mean() - share) < 4.5 * np.sqrt(share * (1 - share) / len(mask))


def assert_spread(values, expected):
    """The standard deviation of normal values, within 4.5 of its own standard errors."""
    assert abs(values.std() / expected - 1) < 4.5 / np.sqrt(2 * len(values))


@given(data=st.data(), name=st.sampled_from(sorted(PATTERNS)))
@settings(max_examples=120, deadline=None)
def test_any_allowed_options_give_exactly_count_points_in_the_square(data, name):
    options = {
        key: float(data.draw(st.integers(int(option.low), int(option.high))))
        if option.step == 1
        else data.draw(st.floats(option.low, option.high))
        for key, option in PATTERNS[name].options.items()
    }
    count = data.draw(st.integers(1, 300))
    noise = data.draw(st.sampled_from([0.0, 0.03, 0.2]))
    try:
        points = sample_pattern(name, count, 7, options, noise)
    except ValueError:  # only these have combinations that leave no shape
        assert name in {"ring", "split_ring"}
        return
    assert points.shape == (count, 2)
    assert points.dtype == np.float64
    assert points.min() >= 0
    assert points.max() <= 1


@pytest.mark.parametrize("name", PATTERNS)
def test_same_arguments_same_points_and_streams_share_none(name):
    samples = {stream: sample_pattern(name, 300, 5, stream=stream) for stream in STREAMS}
    samples["other seed"] = sample_pattern(name, 300, 6)
    np.testing.assert_array_equal(samples["train"], sample_pattern(name, 300, 5))
    stacked = np.concatenate(list(samples.values()))
    assert len(np.unique(stacked, axis=0)) == len(stacked)


@pytest.mark.parametrize("name", PATTERNS)
def test_points_are_in_no_order(name):
    x, y = sample_pattern(name, N, 3).T
    for values in (x, y, x + y, x - y):
        assert stats.ks_2samp(values[: N // 2], values[N // 2 :]).pvalue > 1e-5


@pytest.mark.parametrize(
    ("name", "option"), [(name, option) for name in PATTERNS for option in PATTERNS[name].options]
)
def test_every_option_moves_points_and_refuses_values_outside_its_range(name, option):
    row = PATTERNS[name].options[option]
    other = row.low if row.low != row.default else row.high
    plain = sample_pattern(name, 200, 1)
    try:
        moved = sample_pattern(name, 200, 1, {option: other})
    except ValueError:  # this end of the range needs another option moved too
        moved = sample_pattern(name, 200, 1, {option: row.default + row.step})
    assert not np.array_equal(plain, moved)
    np.testing.assert_array_equal(plain, sample_pattern(name, 200, 1, {option: row.default}))
    for bad in (row.low - 0.01, row.high + 0.01, float("nan")):
        with pytest.raises(ValueError, match="must lie between"):
            sample_pattern(name, 200, 1, {option: bad})


@pytest.mark.parametrize("name", PATTERNS)
def test_rows_are_complete(name):
    row = PATTERNS[name]
    assert row.label
    assert row.description[-1] in ".?"
    for option in row.options.values():
        assert option.low <= option.default <= option.high
        assert option.step > 0
        assert option.help.endswith(".")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("circles", 10, 0), "no pattern 'circles'"),
        (("ring", 0, 0), "at least one point"),
        (("ring", 10, -1), "seed must be 0 or more"),
        (("ring", 10, 0, {"arms": 3}), "no option 'arms'"),
        (("smile", 10, 0, {}, -0.1), "noise must lie between"),
        (("smile", 10, 0, {}, float("nan")), "noise must lie between"),
        (("smile", 10, 0, {}, 0.0, "test"), "stream must be one of"),
        (("pinwheel", 10, 0, {"arms": 3.5}), "whole number"),
        (("ring", 10, 0, {"inner": 0.4, "outer": 0.4}), "below the outer"),
        (("split_ring", 10, 0, {"inner": 0.05, "outer": 0.1, "gap": 0.12}), "swallows"),
    ],
)
def test_what_cannot_be_drawn_gets_a_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        sample_pattern(*arguments)


def test_split_ring_is_the_tutorials():
    points = sample_pattern("split_ring", N, 11)
    # moved back by the shift of its own half, every point must lie in the cut ring
    back = [points - side * np.array([0.08, 0.18]) for side in (1, -1)]
    fits = [
        (np.abs(radius(home) - 0.35) < 0.05) & (side * (home[:, 0] - home[:, 1]) > 0.05)
        for home, side in zip(back, (1, -1), strict=True)
    ]
    assert (fits[0] | fits[1]).all()
    assert_share(fits[0], 0.5)
    home = np.where(fits[0][:, None], back[0], back[1])
    area = (radius(home) ** 2 - 0.09) / 0.07
    # the cut takes a little more of small radii: compare with cutting a uniform ring here
    uniform = default_rng(0).random((400_000, 2))
    gap = np.abs(uniform[:, 0] - uniform[:, 1]) > 0.05
    wanted = uniform[gap & (np.abs(radius(uniform) - 0.35) < 0.05)]
    assert stats.ks_2samp(area, (radius(wanted) ** 2 - 0.09) / 0.07).pvalue > 1e-5
    assert stats.ks_2samp(home[:, 0], wanted[:, 0]).pvalue > 1e-5


def test_ring_is_even_over_its_area():
    points = sample_pattern("ring", N, 2, {"inner": 0.1, "outer": 0.4})
    assert stats.kstest((radius(points) ** 2 - 0.01) / 0.15, "uniform").pvalue > 1e-5
    angle = np.arctan2(points[:, 1] - 0.5, points[:, 0] - 0.5)
    assert stats.kstest(angle / (2 * np.pi) + 0.5, "uniform").pvalue > 1e-5


def test_two_rings_share_and_widths():
    r = radius(sample_pattern("two_rings", N, 2, {"share": 0.25}))
    inner = r < 0.25
    assert_share(inner, 0.25)
    assert np.abs(r[inner] - 0.145).max() == pytest.approx(0.025, abs=0.001)
    assert np.abs(r[~inner] - 0.385).max() == pytest.approx(0.04, abs=0.001)


@pytest.mark.parametrize(
    ("name", "centres"),
    [
        ("gauss2", [(0.28, 0.3), (0.72, 0.7)]),
        ("gauss4", [(0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)]),
        (
            "gauss8",
            [(0.5 + 0.34 * np.cos(a), 0.5 + 0.34 * np.sin(a)) for a in np.pi / 4 * np.r_[:8]],
        ),
    ],
)
def test_clusters_stand_where_they_should_with_their_spread(name, centres):
    points = sample_pattern(name, N, 4, {"spread": 0.02})
    offset = points[:, None] - np.array(centres)
    nearest = (offset**2).sum(axis=2).argmin(axis=1)
    for c in range(len(centres)):
        assert_share(nearest == c, 1 / len(centres))
    assert_spread(offset[np.arange(N), nearest].ravel(), 0.02)


def test_the_rare_cluster_is_rare():
    points = sample_pattern("unequal", N, 4, {"share": 0.05})
    assert_share(points[:, 0] > 0.5, 0.05)


@pytest.mark.parametrize("cells", [3, 4])
def test_checkerboard_fills_every_second_cell_evenly(cells):
    points = sample_pattern("checkerboard", N, 4, {"cells": cells, "margin": 0.2})
    place = (points - 0.2) / 0.6 * cells
    column, row = np.floor(place).astype(int).T
    assert ((column + row) % 2 == 0).all()
    counts = np.bincount(column * cells + row, minlength=cells * cells)[
        [c * cells + r for c in range(cells) for r in range(cells) if (c + r) % 2 == 0]
    ]
    assert stats.chisquare(counts).pvalue > 1e-5
    assert stats.kstest((place % 1).ravel(), "uniform").pvalue > 1e-5


def test_curves_stay_on_their_curve_by_their_blur():
    x, y = sample_pattern("line", N, 4, {"slope": 0.4, "spread": 0.03}).T
    across = ((y - 0.5) - 0.4 * (x - 0.5)) / np.hypot(1, 0.4)
    assert_spread(across, 0.03)
    x, y = sample_pattern("sine", N, 4, {"periods": 2, "height": 0.25, "spread": 0}).T
    np.testing.assert_allclose(y, 0.5 + 0.25 * np.sin(2 * np.pi * 2 * (x - 0.1) / 0.8))
    r = radius(sample_pattern("spiral", N, 4, {"spread": 0}))
    # even ink along the arm: arc length grows like r² (large r), and r runs from 0.4·√0.03 to 0.4
    assert stats.kstest(((r / 0.4) ** 2 - 0.03) / 0.97, "uniform").pvalue > 1e-5


def test_moons_are_half_circles_facing_each_other():
    x, y = sample_pattern("moons", N, 4, {"spread": 0}).T
    upper = np.isclose(np.hypot(x - 0.37, y - 0.415), 0.28) & (y >= 0.415)
    lower = np.isclose(np.hypot(x - 0.63, y - 0.585), 0.28) & (y <= 0.585)
    assert (upper | lower).all()
    assert_share(upper, 0.5)


def test_cross_and_frame_are_even_bars():
    distance = np.abs(sample_pattern("cross", N, 4, {"width": 0.06}) - 0.5)
    assert distance.min(axis=1).max() <= 0.03
    assert (
        stats.kstest(
            distance.max(axis=1)[distance.max(axis=1) > 0.03], "uniform", args=(0.03, 0.37)
        ).pvalue
        > 1e-5
    )
    distance = np.abs(sample_pattern("frame", N, 4) - 0.5).max(axis=1)
    assert distance.min() == pytest.approx(0.32, abs=1e-3)
    assert distance.max() == pytest.approx(0.4, abs=1e-3)


def test_pinwheel_has_its_blades():
    points = sample_pattern("pinwheel", N, 4, {"arms": 3, "twist": 0, "spread": 0}) - 0.5
    turn = (np.arctan2(points[:, 1], points[:, 0]) + 0.27) * 3 / (2 * np.pi)
    r = np.hypot(*points.T)
    np.testing.assert_allclose(turn[r > 0.1], np.round(turn)[r > 0.1], atol=1e-9)
    assert_spread(r, 0.075)
    twisted = sample_pattern("pinwheel", N, 4, {"twist": 0.25, "spread": 0}) - 0.5
    r = np.hypot(*twisted.T)
    turn = np.arctan2(twisted[:, 1], twisted[:, 0]) + 0.27 - 0.25 * np.exp(r / 0.25)
    np.testing.assert_allclose(np.cos(5 * turn)[r > 0.1], 1, atol=1e-9)


def test_jitter_has_the_stated_spread():
    points = sample_pattern("gauss4", N, 4, {"spread": 0}, noise=0.04)
    assert_spread((points - np.where(points > 0.5, 0.75, 0.25)).ravel(), 0.04)


def test_points_that_leave_are_redrawn_not_pushed_to_the_border():
    points = draw_pattern("ring", N, default_rng(0), {"outer": 0.5}, noise=0.1)
    assert not np.isin(points, [0.0, 1.0]).any()
    outside = shapes.ring(N, default_rng(0), 0.3, 0.5) + 0.1 * default_rng(1).normal(size=(N, 2))
    assert ((outside < 0) | (outside > 1)).any()
