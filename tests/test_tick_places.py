"""Ticks: round numbers inside the axis, few, and written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.views.ticks import MOST, MOST_LOG, even_ticks, log_ticks, tick_name


@pytest.mark.parametrize(
    ("low", "high", "names"),
    [
        (0.1, 2, "0.1 0.2 0.5 1 2"), (0.3, 0.6, "0.3 0.4 0.5 0.6"), (1, 1000, "1 10 100 1,000"),
        (0.31, 0.38, "0.32 0.34 0.36 0.38"), (1e-7, 1e-3, "10⁻⁷ 10⁻⁶ 10⁻⁵ 0.0001 0.001"),
    ],
)  # fmt: skip
def test_a_logarithmic_axis_has_plain_numbers(low, high, names):
    assert " ".join(map(tick_name, log_ticks(low, high))) == names


@pytest.mark.parametrize(
    ("low", "high", "whole", "names"),
    [
        (0, 0.95, False, "0 0.2 0.4 0.6 0.8"), (0, 3, True, "0 1 2 3"), (7, 8, True, "7 8"),
        (0, 99, True, "0 20 40 60 80"), (-2, 0, False, "-2 -1.5 -1 -0.5 0"), (5, 5, True, "5"),
    ],
)  # fmt: skip
def test_an_axis_of_even_steps_has_round_ones(low, high, whole, names):
    assert " ".join(map(tick_name, even_ticks(low, high, whole=whole))) == names


@given(st.floats(1e-8, 1e4), st.floats(1.001, 1e8), st.booleans())
def test_ticks_lie_inside_and_are_few(low, factor, whole):
    high = low * factor
    for ticks, most in (
        (even_ticks(low, high, whole=whole), MOST),
        (log_ticks(low, high), MOST_LOG),
    ):
        assert len(ticks) <= most
        assert ticks == sorted(set(ticks))
        assert all(low * (1 - 1e-6) <= tick <= high * (1 + 1e-6) for tick in ticks)
    assert len(log_ticks(low, high)) > 1
    assert all(tick.is_integer() for tick in even_ticks(low, high, whole=True))
