"""The binary machine against its energy: nothing else says what a probability is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from rbm.models.binary import BinaryMachine
from rbm.units import UNITS
from tests.binary_machines import all_states, energy_by_hand, joint_by_hand, random_machine

DRAWS = 40_000


@given(seed=st.integers(0, 10**6), visible=st.sampled_from(sorted(UNITS)))
def test_energy_is_the_formula_unit_by_unit(seed, visible):
    machine = random_machine(seed, visible=visible)
    rng = np.random.default_rng(seed)
    v, h = rng.normal(0.4, 1, (5, 4)), rng.integers(0, 2, (5, 3)).astype(float)
    expected = [energy_by_hand(machine, a, b) for a, b in zip(v, h, strict=True)]
    assert machine.energy(v, h) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(seed=st.integers(0, 10**6))
def test_conditionals_and_free_energies_follow_from_the_joint_distribution(seed):
    machine = random_machine(seed, spread=2.0)
    joint = joint_by_hand(machine)
    v, h = all_states(4), all_states(3)
    p_v, p_h = joint.sum(axis=1), joint.sum(axis=0)
    assert machine.mean_h_from_v(v) == pytest.approx(joint @ h / p_v[:, None], rel=1e-9)
    assert machine.mean_v_from_h(h) == pytest.approx(joint.T @ v / p_h[:, None], rel=1e-9)
    log_p_v = -machine.free_energy(v)
    assert log_p_v - log_p_v[0] == pytest.approx(np.log(p_v / p_v[0]), rel=1e-9, abs=1e-9)
    log_p_h = -machine.free_energy_of_h(h)
    assert log_p_h - log_p_h[0] == pytest.approx(np.log(p_h / p_h[0]), rel=1e-9, abs=1e-9)


def test_free_energies_are_sums_over_the_other_layer_also_for_gaussian_units():
    machine = random_machine(5, n_visible=1, n_hidden=3, visible="gaussian")
    h = all_states(3)
    for v in (np.array([[-0.7]]), np.array([[1.3]])):
        total = sum(np.exp(-machine.energy(v, one[None]))[0] for one in h)
        assert machine.free_energy(v)[0] == pytest.approx(-np.log(total), rel=1e-12)
    for one in h:
        total, _ = integrate.quad(
            lambda x, one=one: np.exp(-machine.energy(np.array([[x]]), one[None]))[0], -30, 30
        )
        assert machine.free_energy_of_h(one[None])[0] == pytest.approx(-np.log(total), rel=1e-8)


def test_samples_of_both_layers_have_the_conditional_mean_and_are_independent():
    machine = random_machine(6)
    rng = np.random.default_rng(7)
    for mean, sample, given_states in (
        (machine.mean_h_from_v, machine.sample_h_from_v, np.array([1.0, 0.0, 1.0, 1.0])),
        (machine.mean_v_from_h, machine.sample_v_from_h, np.array([0.0, 1.0, 1.0])),
    ):
        rows = np.tile(given_states, (DRAWS, 1))
        drawn, p = sample(rows, rng), mean(rows)[0]
        assert set(np.unique(drawn)) == {0.0, 1.0}
        assert drawn.dtype == np.float64
        error = np.sqrt(p * (1 - p) / DRAWS)
        assert (np.abs(drawn.mean(axis=0) - p) < 4.5 * error).all()
        correlation = np.corrcoef(drawn.T) - np.eye(len(p))
        assert np.abs(correlation).max() < 4.5 / np.sqrt(DRAWS)


def test_gaussian_samples_have_the_conditional_law():
    machine = random_machine(8, visible="gaussian")
    h = np.array([1.0, 0.0, 1.0])
    drawn = machine.sample_v_from_h(np.tile(h, (DRAWS, 1)), np.random.default_rng(9))
    mean = machine.visible_bias + machine.weights[:, 0] + machine.weights[:, 2]
    assert machine.mean_v_from_h(h[None])[0] == pytest.approx(mean)
    for i in range(4):
        law = stats.norm(mean[i], machine.visible_scale[i])
        assert stats.kstest(drawn[:, i], law.cdf).pvalue > 1e-4
        assert drawn[:, i].std() == pytest.approx(law.std(), rel=4.5 / np.sqrt(2 * DRAWS))


def test_the_first_machine_fits_independent_units():
    rng = np.random.default_rng(0)
    data = (rng.random((500, 3)) < [0.2, 0.5, 0.97]).astype(float)
    data[:, 1] = 0.0
    machine = BinaryMachine.start(data, 40, np.random.default_rng(1))
    p = (data.sum(axis=0) + 1) / 502
    assert machine.visible_bias == pytest.approx(np.log(p / (1 - p)))
    assert machine.mean_h_from_v(data.mean(axis=0)) == pytest.approx(np.full(40, 0.5))
    assert machine.weights.std() == pytest.approx(0.01, rel=4.5 / np.sqrt(2 * 120))
    wide = BinaryMachine.start(data, 40, np.random.default_rng(1), scale=0.5)
    assert wide.weights == pytest.approx(50 * machine.weights)


def test_the_first_gaussian_machine_has_the_mean_and_spread_of_the_data():
    data = np.random.default_rng(0).normal([2.0, -1.0], [0.1, 3.0], (400, 2))
    data = np.column_stack([data, np.full(400, 7.0)])
    machine = BinaryMachine.start(data, 30, np.random.default_rng(1), visible="gaussian")
    assert machine.visible_bias == pytest.approx(data.mean(axis=0))
    assert machine.visible_scale == pytest.approx([*data.std(axis=0)[:2], 1.0])
    assert machine.weights[1].std() > 10 * machine.weights[0].std()
    assert machine.mean_h_from_v(data.mean(axis=0)) == pytest.approx(np.full(30, 0.5))


@pytest.mark.parametrize("visible", UNITS)
def test_vector_and_machine_are_the_same_thing(visible):
    machine = random_machine(3, n_visible=5, n_hidden=2, visible=visible)
    again = BinaryMachine.from_parameters(machine.parameters, 2, visible)
    for name in ("weights", "visible_bias", "hidden_bias", "visible_scale"):
        assert np.array_equal(getattr(again, name), getattr(machine, name))
    with pytest.raises(ValueError, match="No machine with 2 hidden units has"):
        BinaryMachine.from_parameters(np.append(machine.parameters, 0.0), 2, visible)


def test_large_inputs_neither_overflow_nor_become_nan():
    machine = random_machine(4, spread=1e4)
    v, h = all_states(4), all_states(3)
    values = (machine.free_energy(v), machine.free_energy_of_h(h), machine.mean_h_from_v(v))
    assert all(np.isfinite(value).all() for value in values)


def test_what_does_not_fit_is_refused_with_a_sentence():
    rng = np.random.default_rng(0)
    good = random_machine(0)
    with pytest.raises(ValueError, match="as many visible biases and scales as rows"):
        BinaryMachine(good.weights, good.hidden_bias, good.hidden_bias)
    with pytest.raises(ValueError, match="must be positive"):
        BinaryMachine(good.weights, good.visible_bias, good.hidden_bias, "gaussian", np.zeros(4))
    with pytest.raises(ValueError, match="must be 1"):
        BinaryMachine(
            good.weights, good.visible_bias, good.hidden_bias, "bernoulli", np.full(4, 2.0)
        )
    with pytest.raises(ValueError, match="one of bernoulli, gaussian"):
        BinaryMachine(good.weights, good.visible_bias, good.hidden_bias, "poisson")
    with pytest.raises(ValueError, match=r"row 2 has 1\.5"):
        BinaryMachine.start(np.array([[0.0, 1.0], [1.0, 1.5]]), 2, rng)
    with pytest.raises(ValueError, match="row 1 has nan"):
        BinaryMachine.start(np.array([[0.0, np.nan]]), 2, rng)
    with pytest.raises(ValueError, match="Row 1 is not finite"):
        BinaryMachine.start(np.array([[0.0, np.inf]]), 2, rng, visible="gaussian")
    with pytest.raises(ValueError, match="rows of numbers"):
        BinaryMachine.start(np.zeros(3), 2, rng)
