"""The figure of what is believed of unknown units, by its data."""

from __future__ import annotations

import numpy as np

from rbm.views.filling import belief_bars, surest_first

MEAN, ERROR = np.array([0.9, 0.2, 0.5]), np.array([0.01, 0.02, 0.0])
NAMES = ["a", "<b>b & c", "d" * 40]


def test_bars_are_the_means_with_twice_their_errors_beside_the_truth() -> None:
    figure = belief_bars(NAMES, MEAN, ERROR, np.array([1.0, 0.0, 1.0]))
    bars, truth = figure.data
    np.testing.assert_array_equal(bars.x, MEAN)
    np.testing.assert_array_equal(bars.error_x.array, 2 * ERROR)
    assert bars.error_x.visible
    np.testing.assert_array_equal(truth.x, [1.0, 0.0, 1.0])
    np.testing.assert_array_equal(truth.y, bars.y)
    labels = figure.layout.yaxis.ticktext
    assert labels[1] == "&lt;b>b &amp; c"
    assert len(labels[2]) == 24


def test_an_exact_answer_has_no_error_bars_and_a_drawn_case_no_truth() -> None:
    figure = belief_bars(NAMES, MEAN, np.zeros(3))
    assert len(figure.data) == 1
    assert not figure.data[0].error_x.visible


def test_the_surest_come_first() -> None:
    assert surest_first(MEAN).tolist() == [0, 1, 2]
    assert surest_first(np.array([0.5, 0.4, 1.0, 0.05]), most=2).tolist() == [2, 3]
