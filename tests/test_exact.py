"""Enumeration against the joint distribution by hand, from either side, and in blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import logsumexp

from rbm import exact
from rbm.models.binary import BinaryMachine
from tests.binary_machines import all_states, energy_by_hand, joint_by_hand, random_machine

SHAPES = [(4, 3), (3, 4), (1, 2), (3, 1)]


@pytest.mark.parametrize(("n_visible", "n_hidden"), SHAPES)
def test_everything_agrees_with_the_joint_distribution(n_visible, n_hidden):
    machine = random_machine(1, n_visible, n_hidden, spread=1.5)
    joint = joint_by_hand(machine)
    v, h = all_states(n_visible), all_states(n_hidden)
    log_z = logsumexp([[-energy_by_hand(machine, a, b) for b in h] for a in v])
    assert exact.log_partition(machine) == pytest.approx(log_z, rel=1e-12)
    assert exact.distribution(machine) == pytest.approx(joint.sum(axis=1), rel=1e-10)
    assert exact.log_likelihood(machine, v) == pytest.approx(np.log(joint.sum(axis=1)), rel=1e-9)
    means = exact.model_statistics(machine)
    assert means.visible == pytest.approx(joint.sum(axis=1) @ v, rel=1e-10)
    assert means.square == pytest.approx(means.visible, rel=1e-10)
    assert means.hidden == pytest.approx(joint.sum(axis=0) @ h, rel=1e-10)
    assert means.product == pytest.approx(v.T @ joint @ h, rel=1e-10)


@given(seed=st.integers(0, 10**6), shape=st.sampled_from(SHAPES))
def test_blocks_of_any_size_give_the_same(seed, shape):
    machine = random_machine(seed, *shape)
    whole = exact.model_statistics(machine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "BLOCK_NUMBERS", 22)  # 3 states a block: the last one is short
        pieces = exact.model_statistics(machine)
        assert exact.log_partition(machine) == pytest.approx(exact.log_partition(machine))
    for one, other in zip(whole, pieces, strict=True):
        assert one == pytest.approx(other, rel=1e-12)


def test_gaussian_machines_agree_with_integrals():
    machine = random_machine(2, n_visible=1, n_hidden=2, visible="gaussian")

    def integral(of):
        return sum(
            integrate.quad(
                lambda x, h=h: of(x, h) * np.exp(-energy_by_hand(machine, [x], h)), -40, 40
            )[0]
            for h in all_states(2)
        )

    z = integral(lambda x, h: 1.0)
    assert exact.log_partition(machine) == pytest.approx(np.log(z), rel=1e-8)
    means = exact.model_statistics(machine)
    assert means.visible[0] == pytest.approx(integral(lambda x, h: x) / z, rel=1e-7)
    assert means.square[0] == pytest.approx(integral(lambda x, h: x * x) / z, rel=1e-7)
    assert means.hidden[1] == pytest.approx(integral(lambda x, h: h[1]) / z, rel=1e-7)
    assert means.product[0, 1] == pytest.approx(integral(lambda x, h: x * h[1]) / z, rel=1e-7)
    total, _ = integrate.quad(
        lambda x: np.exp(exact.log_likelihood(machine, np.array([[x]]))[0]), -40, 40
    )
    assert total == pytest.approx(1.0, rel=1e-8)


def test_zero_weights_are_independent_units():
    rng = np.random.default_rng(3)
    for n_visible, n_hidden in ((7, 12), (12, 7)):
        machine = BinaryMachine(
            np.zeros((n_visible, n_hidden)), rng.normal(0, 1, n_visible), rng.normal(0, 1, n_hidden)
        )
        v = rng.integers(0, 2, (30, n_visible)).astype(float)
        p = 1 / (1 + np.exp(-machine.visible_bias))
        independent = (v * np.log(p) + (1 - v) * np.log(1 - p)).sum(axis=1)
        assert exact.log_likelihood(machine, v) == pytest.approx(independent, abs=1e-10)


def test_log_z_from_either_side_agrees_in_bounded_memory(monkeypatch):
    machine = random_machine(4, n_visible=12, n_hidden=13)
    from_visible = exact.log_partition(machine)
    other = BinaryMachine(machine.weights.T, machine.hidden_bias, machine.visible_bias)
    assert exact.log_partition(other) == pytest.approx(from_visible, rel=1e-13)
    free = -logsumexp(-machine.free_energy_of_h(all_states(13)))
    assert from_visible == pytest.approx(-free, rel=1e-13)
    sizes = [block.size for block in exact.blocks(18, 200)]
    assert max(sizes) * 218 / 18 <= exact.BLOCK_NUMBERS
    assert sum(sizes) == 18 * 2**18


def test_grey_values_are_means_of_zeros_and_ones():
    machine = random_machine(6)
    v = np.random.default_rng(0).random((9, 4))
    means = exact.data_statistics(machine, v)
    h = machine.mean_h_from_v(v)
    assert means.product[1, 2] == pytest.approx(np.mean(v[:, 1] * h[:, 2]))
    assert means.visible == pytest.approx(v.mean(axis=0))
    assert means.square == pytest.approx(v.mean(axis=0))
    assert means.hidden == pytest.approx(h.mean(axis=0))


@pytest.mark.parametrize(("n_visible", "n_hidden"), [(4, 3), (3, 4)])
def test_samples_follow_the_distribution(n_visible, n_hidden):
    machine = random_machine(5, n_visible, n_hidden)
    drawn = exact.sample(machine, 20_000, np.random.default_rng(6))
    numbers = (drawn @ 2 ** np.arange(n_visible - 1, -1, -1)).astype(int)
    seen = np.bincount(numbers, minlength=2**n_visible)
    assert stats.chisquare(seen, 20_000 * exact.distribution(machine)).pvalue > 1e-4


def test_gaussian_samples_have_the_means_and_spread_of_the_machine():
    machine = random_machine(7, n_visible=2, visible="gaussian")
    drawn = exact.sample(machine, 40_000, np.random.default_rng(8))
    means = exact.model_statistics(machine)
    error = drawn.std(axis=0) / 200
    assert (np.abs(drawn.mean(axis=0) - means.visible) < 4.5 * error).all()
    error = (drawn**2).std(axis=0) / 200
    assert (np.abs((drawn**2).mean(axis=0) - means.square) < 4.5 * error).all()


def test_what_is_too_large_is_refused():
    large = random_machine(0, 21, 21)
    assert not exact.can_enumerate(large)
    assert exact.can_enumerate(random_machine(0, 21, 20))
    assert not exact.can_enumerate(random_machine(0, 2, 21, visible="gaussian"))
    with pytest.raises(ValueError, match="at most 20 binary units"):
        exact.log_partition(large)
    with pytest.raises(ValueError, match="up to 20 binary units only"):
        exact.distribution(random_machine(0, 2, 3, visible="gaussian"))
