"""Points of one's own: the grid, the held-out fifth, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rbm.datasets import GRID, from_places, grid_places, make_dataset, on_grid
from rbm.experiment import build
from rbm.settings import Settings

CLOUD = np.random.default_rng(0).random((500, 2))
clouds = arrays(np.float64, st.tuples(st.integers(10, 300), st.just(2)), elements=st.floats(0, 1))


@given(clouds)
def test_the_grid_moves_no_point_by_more_than_the_stated_error(cloud):
    moved = on_grid(cloud)
    assert np.abs(moved - cloud).max() <= 1 / 8190 + 1e-15
    assert np.array_equal(on_grid(moved), moved)
    assert np.array_equal(from_places(grid_places(moved)), moved)


def test_a_random_fifth_is_held_out_and_nothing_is_lost():
    data = make_dataset("mine", "file", CLOUD)
    assert (len(data.points), len(data.held_out)) == (400, 100)
    together = np.vstack([data.points, data.held_out])
    assert np.array_equal(np.sort(together, axis=0), np.sort(on_grid(CLOUD), axis=0))
    assert not np.array_equal(data.held_out, on_grid(CLOUD)[:100])  # random, not the first ones
    again = make_dataset("mine", "file", CLOUD)
    assert np.array_equal(again.points, data.points)
    assert "400 points; 100 are held out" in data.story


@pytest.mark.parametrize(
    ("count", "hold_out", "said"),
    [(99, True, "too few to hold any out"), (100, False, "compares with the same points")],
)
def test_all_is_learnt_from_few_points_or_on_request(count, hold_out, said):
    data = make_dataset("mine", "drawing", CLOUD[:count], hold_out=hold_out)
    assert np.array_equal(data.points, on_grid(CLOUD[:count]))
    assert data.held_out.shape == (0, 2)
    assert said in data.story


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (CLOUD[:9], "Between 10 and 10,000"),
        (np.tile(CLOUD, (21, 1)), "Between 10 and 10,000"),
        (np.full((20, 2), 0.5), "one spot"),
        (CLOUD * 2, "does not lie in the unit square"),
        (np.where(CLOUD > 0.99, np.nan, CLOUD), "does not lie"),
        (CLOUD.ravel(), "shape"),
        ([["a", "b"]] * 20, "must be numbers"),
    ],
)
def test_what_cannot_be_learnt_is_refused_with_a_sentence(points, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_dataset("mine", "file", points)


def test_a_name_is_cleaned_and_never_empty():
    assert make_dataset("\x1b[1m" + "x" * 99, "file", CLOUD).name == "[1m" + "x" * 56 + "…"
    assert make_dataset("\n", "word", CLOUD).name == "Word"


def test_places_beyond_the_grid_are_refused():
    with pytest.raises(ValueError, match="4095"):
        from_places([[GRID + 1, 0]])


def test_points_in_the_corners_fit_every_range():
    corners = make_dataset(
        "corners", "drawing", [[0, 0], [1, 1], [0, 1], [1, 0], *[[0.5, 0.3]] * 6]
    )
    for low, high in ((-2.19, 0.76), (0.1, 0.8), (-0.3, 0.7), (3.33, 3.9)):
        data = build(Settings(low=low, high=high), dataset=corners).data
        assert data[:4].min() == np.float32(low)
        assert data[:4].max() == np.float32(high)
