"""One epoch: its batches, its schedule, its noise, and a hand-made update."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm import exact
from rbm.binary_epoch import (
    BATCH,
    ERROR,
    ORDER,
    batches,
    epoch,
    first_state,
    noise,
    reconstruction_error,
    update,
)
from rbm.binary_settings import BINARY_KNOBS, BinarySettings
from rbm.units import UNITS
from tests.binary_machines import all_states, bars_and_stripes

DATA = all_states(4)[[1, 2, 3, 6, 7, 12, 13]]


def logistic(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("is_centred", [True, False])
def test_two_updates_by_hand(is_centred):
    """CD-1 with momentum and decay, written out with loops over rows; the second update is the
    one whose velocity and offsets are not trivial."""
    settings = BinarySettings(
        n_hidden=3, centred=is_centred, learning_rate=0.3, momentum=0.6, weight_decay=0.02,
        initial_scale=0.8, batch_size=0, seed=5,
    )  # fmt: skip
    state = first_state(settings, DATA)
    machine = state.machine
    w, b, c = machine.weights.copy(), machine.visible_bias.copy(), machine.hidden_bias.copy()
    mu = DATA.mean(axis=0) if is_centred else np.zeros(4)
    lam = logistic(DATA @ w + c).mean(axis=0) if is_centred else np.zeros(3)
    assert (state.offsets.visible == DATA.mean(axis=0)).all()  # also when it is not taken off
    step_w, step_b, step_c = np.zeros((4, 3)), np.zeros(4), np.zeros(3)
    for number in range(2):
        state = epoch(state, DATA, settings)
        rng = noise(5, BATCH, number, 0)
        h = (rng.random((7, 3)) < logistic(DATA @ w + c)).astype(float)
        mean_v = logistic(h @ w.T + b)
        v = (rng.random((7, 4)) < mean_v).astype(float)
        pos, neg = logistic(DATA @ w + c), logistic(v @ w + c)
        if is_centred:
            lam = 0.99 * lam + 0.01 * pos.mean(axis=0)
        g = np.zeros((4, 3))
        for row in range(7):
            g += np.outer(DATA[row] - mu, pos[row] - lam) / 7
            g -= np.outer(v[row] - mu, neg[row] - lam) / 7
        step_w = 0.6 * step_w + 0.3 * (g - 0.02 * w)
        step_b = 0.6 * step_b + 0.3 * (DATA.mean(axis=0) - v.mean(axis=0))
        step_c = 0.6 * step_c + 0.3 * (pos.mean(axis=0) - neg.mean(axis=0))
        w = w + step_w
        b = b + step_b - step_w @ lam
        c = c + step_c - mu @ step_w
        assert state.machine.weights == pytest.approx(w, abs=1e-12)
        assert state.machine.visible_bias == pytest.approx(b, abs=1e-12)
        assert state.machine.hidden_bias == pytest.approx(c, abs=1e-12)
    assert state.epoch == 2


def test_the_classic_example():
    """v = [0,1,1,0], h = [0,1,1], v' = [0,0,0,1], h' = [0,0,1], rate 0.1: the outer products'
    difference, times the rate, is the weights' step. Large weights make the draws certain."""
    settings = BinarySettings(n_hidden=3, centred=False, learning_rate=0.1, batch_size=0)
    v = np.array([[0.0, 1.0, 1.0, 0.0]])
    state = first_state(settings, v)
    big = 1e3
    weights = big * np.array([[0, 0, 0], [-1, 1, 1], [-1, 1, 1], [-2, -2, 3.0]])
    bias_v, bias_h = big * np.array([-1, -3, -3, -0.5]), np.zeros(3)
    machine = replace(state.machine, weights=weights, visible_bias=bias_v, hidden_bias=bias_h)
    state = replace(state, machine=machine)
    assert machine.mean_h_from_v(v)[0] == pytest.approx([0, 1, 1])
    assert machine.mean_v_from_h(np.array([[0.0, 1, 1]]))[0] == pytest.approx([0, 0, 0, 1])
    after = epoch(state, v, settings)
    step = np.round((after.machine.weights - weights) / 0.1, 6)
    assert step.tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 1], [0, 0, -1]]
    assert after.machine.visible_bias - bias_v == pytest.approx([0, 0.1, 0.1, -0.1])
    assert after.machine.hidden_bias - bias_h == pytest.approx([0, 0.1, 0])


@given(n=st.integers(1, 40), size=st.integers(0, 45), number=st.integers(0, 5))
def test_every_row_is_in_one_batch_of_each_epoch(n, size, number):
    found = batches(n, number, BinarySettings(batch_size=size))
    assert Counter(np.concatenate(found).tolist()) == Counter(range(n))
    sizes = [len(rows) for rows in found]
    assert set(sizes[:-1]) <= {size}
    assert 0 < sizes[-1] <= (size or n)


def test_rows_are_reshuffled_in_each_epoch_and_by_the_seed():
    orders = {
        tuple(np.concatenate(batches(20, number, BinarySettings(batch_size=5, seed=seed))))
        for number in range(5)
        for seed in range(2)
    }
    assert len(orders) == 10
    first = [batches(20, number, BinarySettings(batch_size=5))[0][0] for number in range(400)]
    assert np.ptp(np.bincount(first, minlength=20)) < 40  # 20 ± 4.4 of each expected
    assert np.mean(first) == pytest.approx(9.5, abs=4.5 * 5.77 / 20)


def test_a_short_last_batch_is_a_mean_over_its_own_rows_and_as_many_chains():
    settings = BinarySettings(n_hidden=3, rule="pcd", initial_scale=0.5, batch_size=5)
    state = first_state(settings, DATA)
    assert state.chains.shape == (5, 3)
    v = DATA[[0, 6]]
    after = update(state, v, settings, noise(0, BATCH, 0, 1))
    assert np.array_equal(after.chains[2:], state.chains[2:])
    rng = noise(0, BATCH, 0, 1)
    state.machine.sample_h_from_v(v, rng)
    chain = state.machine.sample_v_from_h(state.chains[:2], rng)
    expected = 0.1 * (v.mean(axis=0) - chain.mean(axis=0))
    assert after.velocity.visible_bias == pytest.approx(expected)
    mean_h = state.machine.mean_h_from_v
    expected = 0.1 * (mean_h(v).mean(axis=0) - mean_h(chain).mean(axis=0))
    assert after.velocity.hidden_bias == pytest.approx(expected)


def test_the_reconstruction_error_is_that_of_one_pass():
    settings = BinarySettings(n_hidden=3, initial_scale=0.8)
    state = replace(first_state(settings, DATA), epoch=4)
    h = state.machine.sample_h_from_v(DATA, noise(7, ERROR, 4, 0))
    expected = np.mean((DATA - state.machine.mean_v_from_h(h)) ** 2)
    assert reconstruction_error(state, DATA, 7) == pytest.approx(expected)


def test_no_two_addresses_share_their_noise_and_each_is_repeatable():
    addresses = [(0, BATCH, 0, 0), (1, BATCH, 0, 0), (0, ORDER, 0, 0), (0, BATCH, 1, 0),
                 (0, BATCH, 0, 1), (0, BATCH, 1, 1)]  # fmt: skip
    draws = [noise(*address).random(2000) for address in addresses]
    assert np.array_equal(draws[4], noise(*addresses[4]).random(2000))
    assert len(np.unique(np.concatenate(draws))) == 2000 * len(addresses)
    correlation = np.corrcoef(draws) - np.eye(len(draws))
    assert np.abs(correlation).max() < 4.5 / np.sqrt(2000)


def test_schedules():
    settings = BinarySettings(k=2, k_end=6, k_ramp=8, learning_rate=0.4, learning_rate_end=0.1,
                              learning_rate_ramp=3)  # fmt: skip
    assert [settings.k_at(e) for e in (0, 1, 2, 7, 8, 100)] == [2, 2, 3, 5, 6, 6]
    rates = [settings.learning_rate_at(e) for e in (0, 1, 2, 3, 50)]
    assert rates == pytest.approx([0.4, 0.3, 0.2, 0.1, 0.1])
    constant = BinarySettings(k=3, k_end=9, learning_rate=0.2, learning_rate_end=5)
    assert {constant.k_at(e) for e in range(9)} == {3}
    assert {constant.learning_rate_at(e) for e in range(9)} == {0.2}


def test_schedules_are_used():
    ramped = BinarySettings(n_hidden=3, k=1, k_end=5, k_ramp=4, learning_rate=0.1,
                            learning_rate_end=0.5, learning_rate_ramp=4, batch_size=0)  # fmt: skip
    state = replace(first_state(ramped, DATA), epoch=2)
    found = epoch(state, DATA, ramped)
    expected = epoch(state, DATA, BinarySettings(n_hidden=3, k=3, learning_rate=0.3, batch_size=0))
    assert found.machine.parameters == pytest.approx(expected.machine.parameters, rel=1e-13)


@pytest.mark.parametrize("visible", UNITS)
def test_decay_shrinks_weights_and_no_bias(visible):
    """The same update with and without it: the exact rule has no noise."""
    settings = BinarySettings(visible=visible, n_hidden=3, initial_scale=0.7, rule="exact",
                              batch_size=0, centred=False, variance_learning_rate=0)  # fmt: skip
    state = first_state(settings, DATA)
    plain = epoch(state, DATA, settings)
    decayed = epoch(state, DATA, replace(settings, weight_decay=0.1))
    difference = decayed.machine.weights - plain.machine.weights
    assert difference == pytest.approx(-0.01 * state.machine.weights)
    assert np.array_equal(decayed.machine.visible_bias, plain.machine.visible_bias)
    assert np.array_equal(decayed.machine.hidden_bias, plain.machine.hidden_bias)


def test_settings_and_data_are_never_changed_by_an_epoch():
    settings = BinarySettings(n_hidden=3, rule="pcd", batch_size=2, momentum=0.5)
    data = DATA.copy()
    state = first_state(settings, data)
    kept = [state.machine.parameters, state.chains.copy(), *map(np.copy, state.velocity)]
    epoch(state, data, settings)
    now = [state.machine.parameters, state.chains, *state.velocity]
    assert all(np.array_equal(one, other) for one, other in zip(kept, now, strict=True))
    assert np.array_equal(data, DATA)


@pytest.mark.parametrize(
    ("rule", "copies", "rate", "epochs", "within"),
    [("exact", 1, 1.0, 1000, 0.1), ("cd", 16, 1.0, 700, 0.2), ("pcd", 16, 1.0, 700, 0.2)],
)
def test_bars_and_stripes_are_learnt(rule, copies, rate, epochs, within):
    """2×2: the bound is −1.732868 a row (two of the six images are twice as frequent); independent
    units have −2.77."""
    data = np.tile(bars_and_stripes(2), (copies, 1))
    settings = BinarySettings(n_hidden=6, rule=rule, batch_size=0, learning_rate=rate, k=5,
                              initial_scale=0.1)  # fmt: skip
    state = first_state(settings, data)
    for _ in range(epochs):
        state = epoch(state, data, settings)
    reached = exact.log_likelihood(state.machine, data).mean()
    assert -1.732868 >= reached > -1.732868 - within


def test_every_knob_describes_a_field_and_refuses_nonsense():
    assert set(BINARY_KNOBS) == set(vars(BinarySettings()))
    for name, knob in BINARY_KNOBS.items():
        assert knob.check(getattr(BinarySettings(), name)) == getattr(BinarySettings(), name)
        assert 20 < len(knob.help) < 300
        assert knob.help.endswith(".")
        with pytest.raises(ValueError, match=knob.label.split(",")[0]):
            BinarySettings(**{name: "nonsense"})


def test_what_cannot_be_trained_is_refused():
    many = np.zeros((3, 30))
    with pytest.raises(ValueError, match="exact rule needs"):
        first_state(BinarySettings(rule="exact", n_hidden=30), many)
    with pytest.raises(ValueError, match="values from 0 to 1"):
        first_state(BinarySettings(), many - 1)
