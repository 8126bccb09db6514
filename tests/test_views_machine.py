"""The geometry of hidden units, and the landscape with its attractors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from rbm.models.continuous import ContinuousMachine
from rbm.views.landscape import attractors, landscape_grid
from rbm.views.units import parameter_table, unit_lines


@st.composite
def machines(draw: st.DrawFn) -> ContinuousMachine:
    """Machines with two visible units, every parameter non-zero, over any range."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_hidden = draw(st.integers(1, 9))
    low = draw(st.sampled_from([0.0, -1.0, 0.5]))
    return ContinuousMachine(
        weights=rng.normal(0, draw(st.sampled_from([0.3, 3.0, 12.0])), (2, n_hidden)),
        visible_bias=rng.normal(0, 3, 2),
        hidden_bias=rng.normal(0, 3, n_hidden),
        visible_slope=rng.uniform(0.03, 0.8, 2),
        hidden_slope=rng.uniform(0.1, 3, n_hidden),
        low=low,
        high=low + draw(st.sampled_from([1.0, 2.0])),
    )


@settings(max_examples=60)
@given(machines())
def test_unit_lines_are_where_units_are_half_on(model: ContinuousMachine) -> None:
    lines = unit_lines(model)
    middle, width = (model.low + model.high) / 2, model.high - model.low
    places = np.linspace(model.low, model.high, 400)
    border = np.concatenate(
        [np.stack([places, np.full(400, edge)], 1)[:, order] for edge in (model.low, model.high)
         for order in ([0, 1], [1, 0])]
    )  # fmt: skip
    for unit in range(model.n_hidden):
        ends = lines.ends[unit]

        def half(v: np.ndarray, unit: int = unit) -> np.ndarray:
            return model.mean_h_from_v(v)[..., unit]

        on = half(border) > middle
        if np.isnan(ends).any():
            assert np.isnan(ends).all()
            assert on.all() or not on.any() or min(on.sum(), (~on).sum()) < 4  # a clipped corner
            continue
        np.testing.assert_allclose(half(ends), middle, atol=1e-6 * width)
        at_wall = np.minimum(np.abs(ends - model.low), np.abs(ends - model.high)).min(axis=1)
        np.testing.assert_allclose(at_wall, 0, atol=1e-9)
        assert np.all((ends >= model.low - 1e-9) & (ends <= model.high + 1e-9))
        side = lines.half_width[unit] * lines.towards_on[unit]
        for sign in (-1, 1):
            expected = model.low + width * expit(sign * 0.5)
            assert half(ends.mean(axis=0) + sign * side) == pytest.approx(expected, abs=1e-6)


def test_unit_lines_along_an_axis_and_of_a_dead_unit() -> None:
    model = ContinuousMachine(
        weights=np.array([[0.0, 2.0, 0.0, 0.0], [4.0, 0.0, 1.0, 0.0]]),
        visible_bias=np.array([0.1, 0.2]),
        hidden_bias=np.array([-1.0, -1.5, 3.0, 0.5]),
        visible_slope=np.array([0.1, 0.1]),
        hidden_slope=np.array([2.0, 1.0, 1.0, 1.0]),
    )
    lines = unit_lines(model)
    flat, upright = lines.ends[0], lines.ends[1]
    np.testing.assert_allclose(sorted(flat.tolist()), [[0, 0.25], [1, 0.25]])
    np.testing.assert_allclose(sorted(upright.tolist()), [[0.75, 0], [0.75, 1]])
    np.testing.assert_allclose(lines.towards_on[:2], [[0, 1], [1, 0]])
    np.testing.assert_allclose(lines.half_width[:2], [0.5 / 8, 0.5 / 2])
    assert np.isnan(lines.ends[2:]).all()


def test_parameter_table_by_hand() -> None:
    model = ContinuousMachine(
        weights=np.array([[3.0, -1.0], [4.0, 0.5]]),
        visible_bias=np.array([0.1, 0.2]),
        hidden_bias=np.array([-1.0, 2.0]),
        visible_slope=np.array([0.1, 0.3]),
        hidden_slope=np.array([2.0, 0.5]),
    )
    rows, table = parameter_table(model)
    assert len(rows) == 5
    np.testing.assert_allclose(table[:, 0], [3, 4, -1, 2, 10])
    np.testing.assert_allclose(table[:, 1], [-1, 0.5, 2, 0.5, 0.5 * np.sqrt(1.25)])


@settings(max_examples=60)
@given(machines())
def test_noise_free_chain_never_climbs_the_landscape(model: ContinuousMachine) -> None:
    width = model.high - model.low
    v = model.low + width * np.random.default_rng(5).random((50, 2))
    heights = [model.landscape(v)]
    for _ in range(30):
        v = model.mean_v_from_h(model.mean_h_from_v(v))
        heights.append(model.landscape(v))
    # Rounding is relative to the largest terms of F, which may nearly cancel.
    terms = width * np.log(2) * (1 / model.visible_slope).sum() + np.abs(
        model.inputs_h_from_v(v)
    ).sum(axis=-1).max() * max(abs(model.low), abs(model.high), 1)
    assert np.diff(heights, axis=0).max() <= 1e-12 * (terms + np.abs(heights).max())


@settings(max_examples=15)
@given(machines())
def test_attractors_rest_and_share_all_starts(model: ContinuousMachine) -> None:
    found = attractors(model)
    assert found.basins.sum() == pytest.approx(1)
    assert np.all(np.diff(found.basins) <= 0)
    if found.resting == 1 and len(found.places) < 20:
        moved = model.mean_v_from_h(model.mean_h_from_v(found.places))
        assert np.abs(moved - found.places).max() < 0.002 * (model.high - model.low)


def test_machine_without_weights_has_one_attractor() -> None:
    model = ContinuousMachine(
        weights=np.zeros((2, 3)),
        visible_bias=np.array([4.0, -8.0]),
        hidden_bias=np.array([0.3, -0.2, 1.0]),
        visible_slope=np.array([0.25, 0.125]),
        hidden_slope=np.array([1.0, 2.0, 3.0]),
        low=-1.0,
        high=1.0,
    )
    found = attractors(model)
    np.testing.assert_allclose(found.places, [-1 + 2 * expit([1.0, -1.0])])
    assert found.resting == 1
    places, heights = landscape_grid(model, 101)
    row, column = np.unravel_index(heights.argmin(), heights.shape)
    np.testing.assert_allclose([places[column], places[row]], found.places[0], atol=0.02)


@pytest.mark.parametrize("hidden_slope", [2.0, 0.444])
def test_symmetric_machine_has_two_equal_basins(hidden_slope: float) -> None:
    """One unit on the range [−1, 1] without biases: v and −v are alike. The gentler slope is just
    past the point where one attractor at 0 becomes two, which then lie close together."""
    model = ContinuousMachine(
        weights=np.array([[3.0], [2.0]]),
        visible_bias=np.zeros(2),
        hidden_bias=np.zeros(1),
        visible_slope=np.array([0.7, 0.7]),
        hidden_slope=np.array([hidden_slope]),
        low=-1.0,
        high=1.0,
    )
    found = attractors(model)
    assert found.places.shape == (2, 2)
    np.testing.assert_allclose(found.places[0], -found.places[1], atol=1e-4)
    assert (np.linalg.norm(found.places[0] - found.places[1]) < 0.4) == (hidden_slope < 1)
    np.testing.assert_allclose(found.basins, 0.5)
