"""From grey levels to points: where they fall, how often, and the threshold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from rbm import darkness, tables
from rbm.darkness import MARGIN, brightness, otsu, sample_dark

FOUR = np.array([[255, 204, 153, 255], [255, 255, 102, 0]], np.uint8)  # 0, .2, .4 · 0, .6, 1 dark
BIG = np.kron(FOUR, np.ones((10, 10), np.uint8))


def test_the_margin_is_that_of_tables():
    assert MARGIN == tables.MARGIN


def test_pixels_are_drawn_in_proportion_to_their_darkness():
    """By hand: below the threshold 0.9 lie 0.8, 0.6, 0.4 and 0, that is by 0.1, 0.3, 0.5, 0.9."""
    count = 20_000
    points = sample_dark(brightness(BIG), count, threshold=0.9, zoom=False)
    column = ((points[:, 0] - 0.05) / 0.9 * 4).astype(int)
    row = ((0.5 - points[:, 1]) / 0.9 * 4 + 1).astype(int)  # y upward, the picture half as high
    counts = np.bincount(4 * row + column, minlength=8)
    assert counts[[0, 3, 4, 5]].sum() == 0
    expected = count * np.array([0.1, 0.3, 0.5, 0.9]) / 1.8
    assert stats.chisquare(counts[[1, 2, 6, 7]], expected).pvalue > 1e-4


def test_a_point_falls_anywhere_within_its_pixel():
    points = sample_dark(brightness(BIG), 8_000, threshold=0.9, zoom=False, seed=4)
    pixels = (points - [0.05, 0.5]) / 0.9 * 40
    for axis in pixels.T:
        assert stats.kstest(axis % 1, "uniform").pvalue > 1e-4


def test_zoom_fits_the_dark_part_and_keeps_its_aspect():
    page = np.full((100, 200), 255, np.uint8)
    page[20:40, 150:190] = 0  # 40 wide, 20 high
    small = sample_dark(brightness(page), 5_000, threshold=0.5, zoom=False)
    large = sample_dark(brightness(page), 5_000, threshold=0.5)
    # on the whole page: x from 150/200, y from above the middle (50) by 30 to 10 of 200
    box = 0.05 + 0.9 * 150 / 200, 0.05 + 0.9 * 190 / 200, 0.5 + 0.9 * 10 / 200, 0.5 + 0.9 * 30 / 200
    assert np.allclose((*extent(small[:, 0]), *extent(small[:, 1])), box, atol=1e-3)
    assert np.allclose((*extent(large[:, 0]), *extent(large[:, 1])), (0.05, 0.95, 0.275, 0.725),
                       atol=1e-3)  # fmt: skip
    # a ratio of lengths is the same in both
    spread = large.std(axis=0) / small.std(axis=0)
    assert spread[0] == pytest.approx(spread[1])


def extent(values):
    return values.min(), values.max()


def test_same_choices_same_points_and_more_points_keep_the_first_ones():
    bright = brightness(BIG)
    few, many = (sample_dark(bright, n, threshold=0.9, seed=7) for n in (30, 50))
    np.testing.assert_array_equal(few, many[:30])
    assert not np.array_equal(few, sample_dark(bright, 30, threshold=0.9, seed=8))


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30))),
    st.floats(0, 1), st.booleans(), st.booleans(), st.booleans(), st.integers(10, 200),
)  # fmt: skip
def test_any_picture_gives_points_in_the_square_or_a_sentence(
    grey, threshold, swap, even, zoom, count
):
    bright = brightness(grey, light_on_dark=swap, even_light=even)
    assert bright.min() >= 0
    assert bright.max() <= 1
    assert 0 < otsu(bright) < 1
    try:
        points = sample_dark(bright, count, threshold=threshold, zoom=zoom)
    except ValueError as refusal:
        said = str(refusal)
        assert said.endswith(".")
    else:
        assert points.shape == (count, 2)
        assert points.min() >= MARGIN - 1e-12
        assert points.max() <= 1 - MARGIN + 1e-12


GREY = np.clip(np.random.default_rng(1).normal(150, 30, (50, 50)), 5, 250).astype(np.uint8)
SPECKS = np.where(np.arange(2500).reshape(50, 50) % 400 == 0, np.uint8(10), GREY // 4 + 180)


@pytest.mark.parametrize(("grey", "threshold"), [(GREY, 0.0), (GREY, 1.0), (SPECKS, 0.3)])
def test_the_threshold_a_refusal_names_can_be_used(grey, threshold):
    with pytest.raises(ValueError, match="for example") as refusal:
        sample_dark(brightness(grey), 20, threshold=threshold)
    named = float(str(refusal.value).split(", to ")[1].split()[0])
    assert sample_dark(brightness(grey), 20, threshold=named).shape == (20, 2)


def test_a_picture_of_a_few_pixels_is_refused():
    with pytest.raises(ValueError, match="Only 4 pixels are not white"):
        sample_dark(brightness(BIG[:2, 8:12]), 20, threshold=0.5)


@given(arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(2, 12))))
def test_otsu_has_the_least_variance_within_the_classes(grey):
    """Slow twin: all thresholds between two levels, straight from Otsu's definition."""
    bright = brightness(grey)

    def within(threshold):
        classes = [bright[bright < threshold], bright[bright >= threshold]]
        return sum(part.size * part.var() for part in classes if part.size)

    best = min(within((level + 0.5) / 255) for level in range(255))
    assert within(otsu(bright)) == pytest.approx(best, abs=1e-9)


def test_otsu_lies_in_the_middle_between_two_levels():
    assert otsu(brightness(np.array([[40, 200]], np.uint8))) == pytest.approx(120 / 255, abs=0.003)
    assert otsu(np.full((3, 3), 0.7)) == 0.5


def test_light_on_dark_gives_the_same_points_as_its_negative():
    one = sample_dark(brightness(BIG), 100, threshold=0.7)
    other = sample_dark(brightness(255 - BIG, light_on_dark=True), 100, threshold=0.7)
    np.testing.assert_allclose(one, other)


def test_even_light_finds_the_pen_in_the_shadow():
    """A ring drawn on paper that fades from 230 to 60: one threshold for all takes the shadow."""
    y, x = np.mgrid[:300, :400]
    radius = np.hypot(x - 200, y - 150)
    pen = np.abs(radius - 100) < 6
    light = 230 - 170 * x / 400
    noise = np.random.default_rng(5).normal(0, 3, x.shape)
    photo = np.clip(light * np.where(pen, 0.5, 1.0) + noise, 0, 255).astype(np.uint8)

    def share_on_pen(**choices):
        bright = brightness(photo, **choices)
        points = sample_dark(bright, 3_000, threshold=otsu(bright), zoom=False)
        across, down = (points[:, 0] - 0.05) / 0.9 * 400, (0.5 - points[:, 1]) / 0.9 * 400 + 150
        return pen[down.astype(int), across.astype(int)].mean()

    assert share_on_pen() < 0.3
    assert share_on_pen(even_light=True) > 0.99


def test_the_last_pixel_is_reached_when_a_product_rounds_up(monkeypatch):
    class Ones:
        def random(self, shape):
            return np.nextafter(np.ones(shape), 0)

    monkeypatch.setattr(darkness.np.random, "default_rng", lambda seed: Ones())
    points = sample_dark(brightness(BIG), 10, threshold=0.9, zoom=False)
    np.testing.assert_allclose(points, [[0.95, 0.275]] * 10)
