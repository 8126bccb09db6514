"""Estimates of a likelihood against enumeration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rbm import exact
from rbm.likelihood import (
    annealed_log_partition,
    pseudo_log_likelihood,
    reverse_annealed_log_partition,
    sandwich,
)
from tests.binary_machines import all_states, joint_by_hand, random_machine

KINDS = ["bernoulli", "gaussian"]


@pytest.mark.parametrize("visible", KINDS)
def test_one_temperature_is_importance_sampling_and_unbiased(visible):
    """The mean of exp(log Z) over many seeds is Z, whatever the number of steps."""
    machine = random_machine(1, visible=visible, spread=0.5)
    z = np.exp(exact.log_partition(machine))
    base = machine.visible_bias + 0.2
    for steps in (1, 3):
        found = np.array(
            [
                np.exp(annealed_log_partition(machine, 50, steps, seed, base).log_z)
                for seed in range(200)
            ]
        )
        assert abs(found.mean() - z) < 4.5 * found.std() / np.sqrt(200)
        back = []
        for seed in range(200):
            v = exact.sample(machine, 50, np.random.default_rng(1000 + seed))
            estimate = reverse_annealed_log_partition(machine, v, steps, seed, base)
            back.append(np.exp(-estimate.log_z))
        assert abs(np.mean(back) - 1 / z) < 4.5 * np.std(back) / np.sqrt(200)


@pytest.mark.parametrize("visible", KINDS)
def test_many_temperatures_agree_within_the_stated_error(visible):
    machine = random_machine(2, 6, 5, visible=visible, spread=1.0)
    v = exact.sample(machine, 100, np.random.default_rng(3))
    both = sandwich(machine, v, n_temperatures=300, seed=4)
    truth = exact.log_partition(machine)
    for estimate in (both.lower, both.upper):
        assert abs(estimate.log_z - truth) < 4.5 * estimate.error
        assert 0 < estimate.error < 0.1
        assert 80 < estimate.effective <= 100
    assert both.log_z == pytest.approx((both.lower.log_z + both.upper.log_z) / 2)


def test_the_stated_error_is_the_spread_between_seeds():
    machine = random_machine(5, 6, 5, spread=1.0)
    found = [annealed_log_partition(machine, 100, 20, seed) for seed in range(100)]
    spread = np.std([estimate.log_z for estimate in found])
    assert np.median([estimate.error for estimate in found]) == pytest.approx(spread, rel=0.35)


def test_too_few_temperatures_are_low_forward_and_high_backward():
    machine = random_machine(6, 10, 8, spread=2.0)
    truth = exact.log_partition(machine)
    v = exact.sample(machine, 30, np.random.default_rng(0))
    both = [sandwich(machine, v, 3, seed) for seed in range(0, 80, 2)]
    assert np.mean([one.lower.log_z for one in both]) < truth - 0.1
    assert np.mean([one.upper.log_z for one in both]) > truth + 0.1
    assert np.median([one.lower.effective for one in both]) < 15


@pytest.mark.parametrize("steps", [1, 3])
def test_chains_that_start_at_the_distribution_stay_there(steps):
    machine = random_machine(7, spread=1.5)
    rng = np.random.default_rng(8)
    drawn = machine.gibbs(exact.sample(machine, 20_000, rng), steps, rng)
    seen = np.bincount((drawn @ [8, 4, 2, 1]).astype(int), minlength=16)
    assert stats.chisquare(seen, 20_000 * exact.distribution(machine)).pvalue > 1e-4


def test_gaussian_chains_that_start_at_the_distribution_stay_there():
    machine = random_machine(9, n_visible=2, visible="gaussian")
    rng = np.random.default_rng(10)
    before = exact.sample(machine, 20_000, rng)
    after = machine.gibbs(before, 2, rng)
    fresh = exact.sample(machine, 20_000, rng)
    for i in range(2):
        assert stats.ks_2samp(after[:, i], fresh[:, i]).pvalue > 1e-4
    assert not np.array_equal(before, after)


@given(seed=st.integers(0, 10**6))
def test_pseudo_likelihood_is_the_sum_of_conditionals(seed):
    machine = random_machine(seed, spread=1.5)
    p = joint_by_hand(machine).sum(axis=1)
    v = all_states(4)
    expected = np.zeros(16)
    for number in range(16):
        for bit in (1, 2, 4, 8):
            expected[number] += np.log(p[number] / (p[number] + p[number ^ bit]))
    found = pseudo_log_likelihood(machine, v)
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-9)


def test_some_units_at_random_give_the_sum_on_average():
    machine, v = random_machine(2), all_states(4)
    drawn = np.array([pseudo_log_likelihood(machine, v, s, n_units=2) for s in range(400)])
    error = drawn.std(axis=0) / 20
    whole = pseudo_log_likelihood(machine, v)
    assert (np.abs(drawn.mean(axis=0) - whole) < 4.5 * error).all()


def test_grey_values_count_as_probabilities():
    machine = random_machine(3)
    v = np.array([[0.3, 1.0, 0.0, 1.0]])
    rest = np.array([[0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 0.0, 1.0]])
    logit = machine.free_energy(rest) @ [1.0, -1.0]
    own = 0.3 * logit - np.log1p(np.exp(logit))
    units_of = machine.free_energy
    total = own
    for i in (1, 2, 3):
        off, on = v.copy(), v.copy()
        off[0, i], on[0, i] = 0.0, 1.0
        sign = 1.0 if v[0, i] else -1.0
        total -= np.log1p(np.exp(-sign * (units_of(off) - units_of(on))[0]))
    assert pseudo_log_likelihood(machine, v)[0] == pytest.approx(total)


def test_large_machines_go_through_some_units_by_a_stated_seed():
    machine = random_machine(4, 150, 5, spread=0.1)
    v = np.random.default_rng(0).integers(0, 2, (20, 150)).astype(float)
    whole = pseudo_log_likelihood(machine, v, n_units=150)
    some = pseudo_log_likelihood(machine, v, seed=1)
    assert np.array_equal(some, pseudo_log_likelihood(machine, v, seed=1))
    assert not np.array_equal(some, pseudo_log_likelihood(machine, v, seed=2))
    assert some.mean() == pytest.approx(whole.mean(), rel=0.05)
    with pytest.raises(ValueError, match="binary visible units only"):
        pseudo_log_likelihood(random_machine(0, visible="gaussian"), v[:, :4])
