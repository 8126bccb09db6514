"""The machine at rest: its parameter vector, its means and its landscape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbm.models import ContinuousMachine, n_parameters, n_visible_of, split


def random_machine(seed, n_visible=2, n_hidden=3, low=0.0, high=1.0):
    rng = np.random.default_rng(seed)
    return ContinuousMachine(
        weights=rng.normal(0, 2, (n_visible, n_hidden)),
        visible_bias=rng.normal(0, 1, n_visible),
        hidden_bias=rng.normal(0, 1, n_hidden),
        visible_slope=rng.uniform(0.1, 3, n_visible),
        hidden_slope=rng.uniform(0.1, 3, n_hidden),
        low=low,
        high=high,
    )


def test_the_parameter_vector_has_its_fixed_order():
    groups = split(np.arange(16.0), 3)
    assert groups.weights.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert groups.visible_bias.tolist() == [6, 7]
    assert groups.hidden_bias.tolist() == [8, 9, 10]
    assert groups.visible_slope.tolist() == [11, 12]
    assert groups.hidden_slope.tolist() == [13, 14, 15]


def test_split_gives_views_and_keeps_leading_axes():
    frames = np.zeros((5, n_parameters(2, 3)))
    split(frames, 3).hidden_slope[:] = 7.0
    split(frames, 3).weights[2, 1, 0] = 3.0
    assert (frames[:, -3:] == 7).all()
    assert frames[2, 3] == 3


def test_a_vector_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="No machine with 3 hidden units has 17 parameters"):
        n_visible_of(np.zeros(17), 3)
    with pytest.raises(ValueError, match="No machine"):
        n_visible_of(np.zeros(6), 3)


def test_vector_and_machine_are_the_same_thing():
    machine = random_machine(0, n_visible=3, n_hidden=5, low=-1.0)
    again = ContinuousMachine.from_parameters(machine.parameters, 5, low=-1.0)
    assert (again.n_visible, again.n_hidden) == (3, 5)
    assert np.array_equal(again.parameters, machine.parameters)
    assert np.array_equal(again.weights, machine.weights)
    assert again.low == -1.0


def test_means_of_a_machine_computed_by_hand():
    machine = ContinuousMachine(
        weights=np.array([[0.5, -1.0]]),
        visible_bias=np.array([0.3]),
        hidden_bias=np.array([0.1, -0.2]),
        visible_slope=np.array([0.4]),
        hidden_slope=np.array([2.0, 0.5]),
        low=-1.0,
        high=1.0,
    )
    # x = (0.5·0.6 + 0.1, −0.6 − 0.2); on [−1, 1] the logistic is tanh(A x / 2)
    h = machine.mean_h_from_v(np.array([0.6]))
    assert h == pytest.approx([np.tanh(0.4), np.tanh(-0.2)], rel=1e-14)
    v = machine.mean_v_from_h(np.array([[0.25, 0.75]]))
    assert v == pytest.approx(np.tanh(0.2 * (0.5 * 0.25 - 0.75 + 0.3)), rel=1e-14)
    assert v.shape == (1, 1)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), low=st.floats(-2, 0.5), width=st.floats(0.2, 3))
def test_the_noise_free_chain_never_climbs_the_landscape(seed, low, width):
    machine = random_machine(seed, low=low, high=low + width)
    v = low + width * np.random.default_rng(seed).random((20, 2))
    before = machine.landscape(v)
    for _ in range(30):
        v = machine.mean_v_from_h(machine.mean_h_from_v(v))
        after = machine.landscape(v)
        assert (after <= before + 1e-12 * (1 + np.abs(before))).all()
        before = after


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), low=st.floats(-2, 0.5), width=st.floats(0.2, 3))
def test_the_landscape_is_level_exactly_where_the_chain_stands_still(seed, low, width):
    """dF/dv_i = logit(p_i)/A_i − (inputs of i from the mean h), by differences."""
    machine = random_machine(seed, low=low, high=low + width)
    v = low + width * np.random.default_rng(seed).uniform(0.1, 0.9, 2)
    p = (v - low) / width
    inputs = machine.inputs_v_from_h(machine.mean_h_from_v(v))
    expected = np.log(p / (1 - p)) / machine.visible_slope - inputs
    steps = 1e-5 * width * np.eye(2)
    slope = (machine.landscape(v + steps) - machine.landscape(v - steps)) / (2e-5 * width)
    assert slope == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_the_landscape_on_the_unit_square_is_the_published_one():
    machine = random_machine(3)
    v = np.array([0.2, 0.7])
    x = v @ machine.weights + machine.hidden_bias
    expected = (
        ((v * np.log(v) + (1 - v) * np.log(1 - v)) / machine.visible_slope).sum()
        - v @ machine.visible_bias
        - (np.log1p(np.exp(machine.hidden_slope * x)) / machine.hidden_slope).sum()
    )
    assert machine.landscape(v) == pytest.approx(expected, rel=1e-13)


def test_the_landscape_is_finite_on_the_border_and_for_steep_units():
    machine = random_machine(4)
    steep = ContinuousMachine(
        1e4 * machine.weights,
        machine.visible_bias,
        machine.hidden_bias,
        machine.visible_slope,
        np.full(3, 50.0),
    )
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    assert np.isfinite(steep.landscape(corners)).all()
    assert np.isfinite(steep.mean_h_from_v(corners)).all()
