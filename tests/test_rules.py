"""Every training rule against enumeration: the gradient is what it says it is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm import exact
from rbm.exact import data_statistics, model_statistics
from rbm.rules import RULES, Gradient, Offsets, centred, gradient, moved
from tests.binary_machines import all_states, joint_by_hand, random_machine

CHAINS = 40_000


def random_offsets(machine, seed):
    rng = np.random.default_rng(seed)
    return Offsets(rng.uniform(0.1, 0.9, machine.n_visible), rng.uniform(0, 1, machine.n_hidden))


def nothing(machine):
    return Offsets(np.zeros(machine.n_visible), np.zeros(machine.n_hidden))


def direction(machine, seed):
    rng = np.random.default_rng(seed)
    n_visible, n_hidden = machine.weights.shape
    learns_scale = machine.units.learns_scale
    return Gradient(
        rng.normal(0, 1, (n_visible, n_hidden)),
        rng.normal(0, 1, n_visible),
        rng.normal(0, 1, n_hidden),
        rng.normal(0, 1, n_visible) * learns_scale,
    )


@given(
    seed=st.integers(0, 10**6), visible=st.sampled_from(["bernoulli", "gaussian"]),
    is_centred=st.booleans(), group=st.sampled_from([None, *Gradient._fields]),
)  # fmt: skip
def test_the_exact_gradient_is_the_slope_of_the_likelihood(seed, visible, is_centred, group):
    """Along any direction of the centred coordinates, or along one group of parameters alone."""
    machine = random_machine(seed, visible=visible)
    v = np.random.default_rng(seed).random((6, 4))
    offsets = random_offsets(machine, seed) if is_centred else nothing(machine)
    way = direction(machine, seed + 1)
    if group is not None:
        zeros = Gradient(*(np.zeros_like(part) for part in way))
        way = zeros._replace(**{group: getattr(way, group)})
    slope = gradient(machine, data_statistics(machine, v), model_statistics(machine), offsets)
    step = 1e-5
    ahead, behind = (
        exact.log_likelihood(
            moved(machine, Gradient(*(sign * step * part for part in way)), offsets), v
        ).mean()
        for sign in (1, -1)
    )
    along = sum(np.sum(a * b) for a, b in zip(slope, way, strict=True))
    assert (ahead - behind) / (2 * step) == pytest.approx(along, rel=1e-5, abs=1e-6)


def test_centred_coordinates_change_no_probability():
    for visible in ("bernoulli", "gaussian"):
        machine = random_machine(3, visible=visible)
        offsets = random_offsets(machine, 4)
        still = Gradient(*(np.zeros_like(part) for part in direction(machine, 0)))
        same = moved(machine, still, offsets)
        assert same.parameters == pytest.approx(machine.parameters, rel=1e-12)
        visible_bias, hidden_bias = centred(machine, offsets)
        v, h = np.random.default_rng(5).random((7, 4)), all_states(3)[[1]]
        # inputs of a machine in v - μ and h - λ are those of the machine itself
        h_inputs = machine.units.coupling(v - offsets.visible, machine.visible_scale)
        assert h_inputs @ machine.weights + hidden_bias == pytest.approx(machine.inputs_h_from_v(v))
        v_inputs = (h - offsets.hidden) @ machine.weights.T + visible_bias
        assert v_inputs == pytest.approx(machine.inputs_v_from_h(h))


def test_the_centred_gradient_is_the_published_one():
    """Melchior, Fischer & Wiskott (2016): ⟨(v − μ)(h − λ)'⟩ data minus model, written out, and the
    plain parameters' steps ∇b − ∇W λ, ∇c − ∇W' μ."""
    machine = random_machine(6)
    v, offsets = all_states(4)[[3, 5, 6]], random_offsets(machine, 7)
    mean_h, joint = machine.mean_h_from_v(v), joint_by_hand(machine)
    expected = np.zeros((4, 3))
    for a, b in zip(v, mean_h, strict=True):
        expected += np.outer(a - offsets.visible, b - offsets.hidden) / 3
    for a, row in zip(all_states(4), joint, strict=True):
        for b, p in zip(all_states(3), row, strict=True):
            expected -= p * np.outer(a - offsets.visible, b - offsets.hidden)
    slope = gradient(machine, data_statistics(machine, v), model_statistics(machine), offsets)
    assert slope.weights == pytest.approx(expected, abs=1e-12)
    step = Gradient(*(0.1 * part for part in slope))
    after = moved(machine, step, offsets)
    plain = slope.visible_bias - slope.weights @ offsets.hidden
    assert after.visible_bias - machine.visible_bias == pytest.approx(0.1 * plain)
    plain = slope.hidden_bias - offsets.visible @ slope.weights
    assert after.hidden_bias - machine.hidden_bias == pytest.approx(0.1 * plain)


def expected_after(machine, p_v, steps):
    """⟨v⟩, ⟨p(h|v)⟩ and ⟨v p(h|v)⟩, with the variances of single chains, when chains that are
    distributed as p_v (2^n,) have taken some steps; by the transition matrix."""
    joint = joint_by_hand(machine)
    h_given_v = joint / joint.sum(axis=1, keepdims=True)
    v_given_h = (joint / joint.sum(axis=0)).T
    for _ in range(steps):
        p_v = p_v @ h_given_v @ v_given_h
    v = all_states(machine.n_visible)
    h = h_given_v @ all_states(machine.n_hidden)
    values = (v, h, v[:, :, None] * h[:, None, :])
    means = [np.tensordot(p_v, value, 1) for value in values]
    squares = [np.tensordot(p_v, value**2, 1) for value in values]
    return means, [square - mean**2 for square, mean in zip(squares, means, strict=True)]


def assert_negative_phase(found, machine, p_v, steps, count):
    means, variances = expected_after(machine, p_v, steps)
    for one, mean, variance in zip(found[:3], means, variances, strict=True):
        assert (np.abs(one - mean) < 4.5 * np.sqrt(variance / count) + 1e-12).all()


@pytest.mark.parametrize("k", [1, 2, 5])
def test_contrastive_divergence_is_k_steps_from_the_data(k):
    machine, rng = random_machine(8, spread=2.0), np.random.default_rng(9)
    p_data = np.zeros(16)
    p_data[[3, 12]] = 0.5
    v = np.repeat(all_states(4)[[3, 12]], CHAINS // 2, axis=0)
    h = machine.sample_h_from_v(v, rng)
    found, chains = RULES["cd"].negative(machine, h, np.empty((0, 3)), k, rng)
    assert_negative_phase(found, machine, p_data, k, CHAINS)
    assert len(chains) == 0


@pytest.mark.parametrize("k", [1, 2, 5])
def test_persistent_chains_go_on_from_where_they_were_and_not_from_the_data(k):
    machine, rng = random_machine(8, spread=2.0), np.random.default_rng(10)
    before = np.zeros(16)
    before[5] = 1.0
    chains = machine.sample_h_from_v(np.repeat(all_states(4)[[5]], CHAINS, axis=0), rng)
    h = machine.sample_h_from_v(np.repeat(all_states(4)[[12]], CHAINS, axis=0), rng)
    found, after = RULES["pcd"].negative(machine, h, chains, k, rng)
    assert_negative_phase(found, machine, before, k, CHAINS)
    again, _ = RULES["pcd"].negative(machine, h, after, k, rng)
    assert_negative_phase(again, machine, before, 2 * k, CHAINS)
    # and the two differ from chains begun at the data by far more than chance
    restarted, _ = expected_after(machine, np.eye(16)[12], k)
    assert np.abs(found.visible - restarted[0]).max() > 10 / np.sqrt(CHAINS)


def test_persistent_chains_begun_at_the_distribution_give_the_exact_gradient():
    machine, rng = random_machine(11, spread=1.5), np.random.default_rng(12)
    chains = machine.sample_h_from_v(exact.sample(machine, CHAINS, rng), rng)
    v = all_states(4)[[3, 12, 9]]
    positive, offsets = data_statistics(machine, v), random_offsets(machine, 1)
    truth = gradient(machine, positive, model_statistics(machine), offsets)
    for _ in range(3):
        negative, chains = RULES["pcd"].negative(machine, np.zeros((CHAINS, 3)), chains, 1, rng)
    found = gradient(machine, positive, negative, offsets)
    for one, other in zip(found[:3], truth[:3], strict=True):
        assert np.abs(one - other).max() < 4.5 * 0.5 / np.sqrt(CHAINS)  # states spread ≤ ½


def test_gaussian_chains_begun_at_the_distribution_give_the_exact_gradient():
    machine, rng = random_machine(13, 2, 3, visible="gaussian"), np.random.default_rng(14)
    v = exact.sample(machine, CHAINS, rng)
    h = machine.sample_h_from_v(v, rng)
    positive, offsets = data_statistics(machine, v[:7]), random_offsets(machine, 1)
    truth = gradient(machine, positive, model_statistics(machine), offsets)
    blocks = [
        gradient(machine, positive, data_statistics(machine, part), offsets)
        for part in np.split(v, 100)
    ]
    for rule in ("cd", "pcd"):
        negative, _ = RULES[rule].negative(machine, h, h, 2, rng)
        found = gradient(machine, positive, negative, offsets)
        for group in Gradient._fields:
            error = np.std([getattr(block, group) for block in blocks], axis=0) / 10
            apart = np.abs(getattr(found, group) - getattr(truth, group))
            assert (apart < 4.5 * error).all()


def test_fewer_rows_are_compared_with_as_many_chains_and_the_others_wait():
    machine, chains = random_machine(15), np.tile(all_states(3), (2, 1))
    negative, after = RULES["pcd"].negative(
        machine, np.zeros((3, 3)), chains, 4, np.random.default_rng(16)
    )
    assert after.shape == chains.shape
    assert np.array_equal(after[3:], chains[3:])
    assert not np.array_equal(after[:3], chains[:3])
    assert np.isin(negative.visible * 3, range(4)).all()  # means of three zeros and ones


def test_more_rows_than_chains_bring_new_chains_begun_at_the_data():
    machine, chains = random_machine(15, spread=0.0), all_states(3)[:2]
    h = all_states(3)[2:7]
    machine = replace(machine, weights=100 * np.eye(4)[:, :3], visible_bias=np.full(4, -50.0),
                      hidden_bias=np.full(3, -50.0))  # fmt: skip
    _, after = RULES["pcd"].negative(machine, h, chains, 2, np.random.default_rng(0))
    assert after.tolist() == [*chains.tolist(), *h[2:].tolist()]  # v copies h, and h copies v


def test_first_chains():
    machine, data, rng = random_machine(2), all_states(4)[1:9], np.random.default_rng(0)
    assert RULES["cd"].start(machine, data, 5, rng).shape == (0, 3)
    assert RULES["exact"].start(machine, data, 5, rng).shape == (0, 3)
    chains = RULES["pcd"].start(machine, data, CHAINS, rng)
    assert set(np.unique(chains)) == {0.0, 1.0}
    expected = machine.mean_h_from_v(data).mean(axis=0)
    assert (np.abs(chains.mean(axis=0) - expected) < 4.5 * 0.5 / np.sqrt(CHAINS)).all()


def test_the_exact_rule_says_what_it_cannot_train():
    assert RULES["exact"].check(random_machine(0)) == ""
    assert "at most 20" in RULES["exact"].check(random_machine(0, 21, 21))
    assert RULES["cd"].check(random_machine(0, 21, 21)) == ""
    assert RULES["pcd"].check(random_machine(0, 21, 21)) == ""
    negative, chains = RULES["exact"].negative(
        random_machine(1), np.zeros((2, 3)), np.empty((0, 3)), 1, np.random.default_rng(0)
    )
    assert negative.product == pytest.approx(model_statistics(random_machine(1)).product)
    assert len(chains) == 0
