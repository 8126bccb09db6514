"""Filling in, against enumeration of all states and against its own stationary distribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import entr

from rbm.filling import (
    TOLERANCE,
    can_fill_exactly,
    clamped,
    exactly,
    gibbs_step,
    mean_field,
    noise,
    parts_of,
    sampled,
)
from rbm.models.binary import BinaryMachine

from .binary_machines import all_states, joint_by_hand, random_machine

V = np.array([1.0, 0.0, 1.0, 0.0, 1.0])
KNOWN = np.array([True, False, True, False, False])
KINDS = pytest.mark.parametrize("visible", ["bernoulli", "gaussian"])


def machine(seed: int = 3, visible: str = "bernoulli") -> BinaryMachine:
    return random_machine(seed, 5, 3, visible)


def conditional_by_hand(
    of: BinaryMachine, v: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """All completions of v (n, units), and their probabilities from the energies of all (v, h)."""
    p = joint_by_hand(of).sum(axis=1)
    states = all_states(of.n_visible)
    fits = (states == v)[:, known].all(axis=1)
    return states[fits], p[fits] / p[fits].sum()


@given(st.integers(0, 1000), st.lists(st.booleans(), min_size=5, max_size=5))
def test_the_exact_filling_is_that_of_enumerating_every_state(seed: int, marks: list[bool]) -> None:
    known = np.array(marks) & (np.arange(5) != seed % 5)
    states, p = conditional_by_hand(machine(seed), V, known)
    filled = exactly(machine(seed), V, known)
    np.testing.assert_allclose(filled.mean, p @ states, atol=1e-12)
    np.testing.assert_allclose(filled.spread**2, p @ (states - p @ states) ** 2, atol=1e-12)


@KINDS
@given(seed=st.integers(0, 1000))
def test_a_clamped_machine_differs_from_the_whole_by_a_constant(seed: int, visible: str) -> None:
    whole, rng = machine(seed, visible), np.random.default_rng(seed)
    v = rng.normal(0.4, 1.0, (6, 5))
    v[:, KNOWN] = v[0, KNOWN]
    small = clamped(whole, v[0], KNOWN)
    constant = whole.free_energy(v) - small.free_energy(v[:, ~KNOWN])
    np.testing.assert_allclose(constant, constant[0], atol=1e-9)


def test_grey_known_values_enter_as_they_are() -> None:
    of = machine()
    small = clamped(of, [0.3, 9.0, 0.7, 9.0, 9.0], KNOWN)
    expected = of.hidden_bias + 0.3 * of.weights[0] + 0.7 * of.weights[2]
    np.testing.assert_allclose(small.hidden_bias, expected)


@KINDS
def test_sampling_agrees_with_the_exact_filling_within_its_own_error(visible: str) -> None:
    of = machine(7, visible)
    truth = exactly(of, V, KNOWN)
    found = sampled(of, V, KNOWN, np.random.default_rng(0), chains=400, steps=200)
    unknown = ~KNOWN
    z = (found.mean[-1] - truth.mean)[unknown] / found.error[unknown]
    assert np.abs(z).max() < 4
    np.testing.assert_allclose(found.spread[-1], truth.spread, rtol=0.03)
    assert (found.error[KNOWN] == 0).all()


def test_the_error_is_the_spread_of_repeated_answers() -> None:
    """Over many repetitions the means differ as much as the errors say."""
    of = machine(5)
    runs = [
        sampled(of, V, KNOWN, np.random.default_rng(seed), chains=10, steps=8)
        for seed in range(300)
    ]
    unknown = ~KNOWN
    differ = np.std([run.mean[-1][unknown] for run in runs], axis=0, ddof=1)
    said = np.sqrt(np.mean([run.error[unknown] ** 2 for run in runs], axis=0))
    np.testing.assert_allclose(said, differ, rtol=0.15)  # a standard error of 1/√600 is 4 %


def test_chains_that_start_at_the_conditional_stay_there() -> None:
    of, rng, count = machine(11), np.random.default_rng(1), 40_000
    completions, p = conditional_by_hand(of, V, KNOWN)
    small = clamped(of, V, KNOWN)
    v = completions[rng.choice(len(p), count, p=p)][:, ~KNOWN]
    for _ in range(4):
        v, means, squares = gibbs_step(small, v, rng)
    codes = v @ [4, 2, 1]
    shares = np.array(
        [(codes == completion[~KNOWN] @ [4, 2, 1]).mean() for completion in completions]
    )
    assert np.abs(shares - p).max() < 4 * np.sqrt(p * (1 - p) / count).max()
    np.testing.assert_allclose(means.mean(0), p @ completions[:, ~KNOWN], atol=0.015)
    np.testing.assert_array_equal(means, squares)


@KINDS
@given(seed=st.integers(0, 200))
def test_known_units_never_change(seed: int, visible: str) -> None:
    rng = np.random.default_rng(seed)
    values, known = rng.random(5), rng.random(5) < 0.5
    known[seed % 5] = False
    of = machine(seed, visible)
    found = sampled(of, values, known, rng, chains=3, steps=4)
    for frames in (found.chain, found.mean, mean_field(of, values, known).frames):
        np.testing.assert_array_equal(frames[:, known], np.broadcast_to(
            values[known], (len(frames), known.sum())))  # fmt: skip
    assert (found.spread[:, known] == 0).all()
    assert found.chain.shape == found.mean.shape == found.spread.shape == (5, 5)
    # What stands in the unknown places has no say.
    other = np.where(known, values, 77.0)
    again = sampled(of, other, known, np.random.default_rng(1), chains=3, steps=4)
    same = sampled(of, values, known, np.random.default_rng(1), chains=3, steps=4)
    np.testing.assert_array_equal(again.mean, same.mean)


def test_frames_are_averages_over_the_later_half_of_the_steps_so_far() -> None:
    """Written out step by step."""
    of, chains, steps = machine(2), 4, 7
    found = sampled(of, V, KNOWN, np.random.default_rng(9), chains=chains, steps=steps)
    rng, small = np.random.default_rng(9), clamped(of, V, KNOWN)
    states = noise(small, chains, rng)
    drawn, means = [states], [states]
    for _ in range(steps):
        states, mean, _ = gibbs_step(small, states, rng)
        drawn.append(states)
        means.append(mean)
    np.testing.assert_array_equal(found.chain[:, ~KNOWN], [each[0] for each in drawn])
    for step in range(steps + 1):
        counted = means[step // 2 + 1 : step + 1] if step else means[:1]
        mean = np.mean(counted, axis=(0, 1))
        np.testing.assert_allclose(found.mean[step][~KNOWN], mean, atol=1e-12)
        spread = np.sqrt(mean * (1 - mean))
        np.testing.assert_allclose(found.spread[step][~KNOWN], spread, atol=1e-7)


def bound(of: BinaryMachine, means: np.ndarray) -> float:
    """Variational free energy ⟨E⟩ - entropy of independent units with these visible means and the
    best hidden ones."""
    hidden = of.mean_h_from_v(means[None])[0]
    entropy = sum((entr(p) + entr(1 - p)).sum() for p in (means, hidden))
    return float(of.energy(means[None], hidden[None])[0] - entropy)


@given(st.integers(0, 1000))
def test_the_mean_field_goes_downhill_and_stands_still(seed: int) -> None:
    of = random_machine(seed, 5, 3, spread=2.0)
    found = mean_field(of, V, KNOWN)
    small = clamped(of, V, KNOWN)
    bounds = [bound(small, frame[~KNOWN]) for frame in found.frames]
    assert (np.diff(bounds) < 1e-9).all()
    free_energy = -np.logaddexp.reduce(-small.free_energy(all_states(3)))
    assert bounds[-1] >= free_energy - 1e-9
    assert found.converged
    once_more = small.mean_v_from_h(small.mean_h_from_v(found.mean[None, ~KNOWN]))
    np.testing.assert_allclose(found.mean[~KNOWN], once_more[0], atol=2 * TOLERANCE)


def test_a_mean_field_that_does_not_settle_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rbm.filling.MOST_ROUNDS", 2)
    found = mean_field(machine(), V, KNOWN)
    assert not found.converged
    assert len(found.frames) == 3


def test_the_mean_field_of_independent_units_is_exact() -> None:
    of = BinaryMachine(np.zeros((5, 2)), np.linspace(-1, 1, 5), np.array([0.4, -0.2]))
    truth = exactly(of, V, KNOWN)
    np.testing.assert_allclose(mean_field(of, V, KNOWN).mean, truth.mean, atol=1e-12)


@KINDS
@given(seed=st.integers(0, 200))
def test_the_parts_sum_to_the_exact_filling(seed: int, visible: str) -> None:
    of = machine(seed, visible)
    parts = parts_of(of, V, KNOWN)
    np.testing.assert_allclose(parts.weights @ parts.means, exactly(of, V, KNOWN).mean)
    assert parts.weights.sum() == pytest.approx(1)
    np.testing.assert_array_equal(parts.hidden, all_states(3))
    for h, means in zip(parts.hidden, parts.means, strict=True):
        np.testing.assert_allclose(means, np.where(KNOWN, V, of.mean_v_from_h(h[None])[0]))


def test_the_weights_of_the_parts_are_those_of_every_energy() -> None:
    of = machine(4)
    joint = joint_by_hand(of)[(all_states(5) == V)[:, KNOWN].all(axis=1)].sum(axis=0)
    np.testing.assert_allclose(parts_of(of, V, KNOWN).weights, joint / joint.sum())
    with pytest.raises(ValueError, match="up to 6 units"):
        parts_of(random_machine(0, 5, 7), V, KNOWN)


def test_what_can_be_enumerated_is_known() -> None:
    many = random_machine(0, 30, 25)
    known = np.arange(30) >= 21
    assert not can_fill_exactly(many, known)
    known[0] = True
    assert can_fill_exactly(many, known)
    assert not can_fill_exactly(random_machine(0, 30, 25, "gaussian"), known)
    assert can_fill_exactly(random_machine(0, 30, 20), np.zeros(30, bool))
    assert not can_fill_exactly(machine(), np.ones(5, bool))


@pytest.mark.parametrize("fill", [clamped, exactly, mean_field])
def test_what_cannot_be_filled_is_told_in_a_sentence(fill) -> None:
    with pytest.raises(ValueError, match="nothing to fill in"):
        fill(machine(), V, np.ones(5, bool))
    with pytest.raises(ValueError, match="5 visible units"):
        fill(machine(), V[:4], KNOWN)
    with pytest.raises(ValueError, match="5 visible units"):
        fill(machine(), V, KNOWN[:4])


def test_noise_is_even() -> None:
    rng = np.random.default_rng(0)
    tossed = noise(machine(), 20_000, rng)
    assert set(np.unique(tossed)) == {0.0, 1.0}
    np.testing.assert_allclose(tossed.mean(0), 0.5, atol=4 * 0.5 / np.sqrt(20_000))
    of = machine(visible="gaussian")
    np.testing.assert_allclose(noise(of, 20_000, rng).std(0), of.visible_scale, rtol=0.03)
