"""Which units the masks cover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.masks import MASKS

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("name", "covered"),
    [("top", "110"), ("bottom", "011"), ("all", "111"), ("none", "000")],
)
def test_rows_that_are_covered(name: str, covered: str) -> None:
    known = MASKS[name].known((3, 2), RNG)
    assert known.tolist() == [one == "0" for one in covered for _ in range(2)]


@pytest.mark.parametrize(("name", "covered"), [("left", "110"), ("right", "011")])
def test_columns_that_are_covered(name: str, covered: str) -> None:
    assert MASKS[name].known((2, 3), RNG).tolist() == [one == "0" for one in covered] * 2


@given(st.sampled_from(list(MASKS)), st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_every_mask_but_none_covers_something(
    name: str, rows: int, columns: int, seed: int
) -> None:
    known = MASKS[name].known((rows, columns), np.random.default_rng(seed))
    assert known.shape == (rows * columns,)
    assert known.all() == (name == "none")
    again = MASKS[name].known((rows, columns), np.random.default_rng(seed + 1))
    if not MASKS[name].chance:
        np.testing.assert_array_equal(again, known)


def test_a_random_half_is_a_half_and_anywhere() -> None:
    drawn = np.array([MASKS["random"].known((5, 5), RNG) for _ in range(400)])
    assert (drawn.sum(axis=1) == 12).all()
    share = 12 / 25
    assert np.abs(drawn.mean(axis=0) - share).max() < 4.5 * np.sqrt(share * (1 - share) / 400)
