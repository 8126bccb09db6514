"""Gaussian visible units in training: the unit of the data, learnt variances, the 2D patterns."""

import numpy as np
import pytest

from rbm import exact
from rbm.binary_epoch import BATCH, epoch, first_state, noise
from rbm.binary_settings import BinarySettings
from rbm.binary_training import advance, start, train
from rbm.patterns import sample_pattern

SETTINGS = BinarySettings(visible="gaussian", n_hidden=3, initial_scale=0.4, seed=3, momentum=0.5,
                          weight_decay=0.01, learning_rate=0.2, variance_learning_rate=0.05,
                          batch_size=0)  # fmt: skip
POINTS = np.random.default_rng(0).normal([0.6, -0.2], [0.3, 0.1], (9, 2))


def logistic(x):
    return 1 / (1 + np.exp(-x))


def test_two_updates_by_hand():
    """CD-1 with centring, momentum and decay, sums written out with loops over rows and units."""
    state = first_state(SETTINGS, POINTS)
    machine = state.machine
    w, b, c = machine.weights.copy(), machine.visible_bias.copy(), machine.hidden_bias.copy()
    z, mu = np.log(machine.visible_scale**2), POINTS.mean(axis=0)
    lam = logistic(POINTS / np.exp(z) @ w + c).mean(axis=0)
    step_w, step_b, step_c, step_z = np.zeros((2, 3)), np.zeros(2), np.zeros(3), np.zeros(2)
    for number in range(2):
        state = epoch(state, POINTS, SETTINGS)
        rng, variance = noise(3, BATCH, number, 0), np.exp(z)
        pos = logistic(POINTS / variance @ w + c)
        h = (rng.random((9, 3)) < pos).astype(float)
        v = b + h @ w.T + np.sqrt(variance) * rng.standard_normal((9, 2))
        neg = logistic(v / variance @ w + c)
        lam = 0.99 * lam + 0.01 * pos.mean(axis=0)
        g_w, g_z = np.zeros((2, 3)), np.zeros(2)
        for sign, states, means in ((1, POINTS, pos), (-1, v, neg)):
            for x, y in zip(states, means, strict=True):
                for i in range(2):
                    # -dE/dlog s²; with b', c' fixed the hidden bias moves by W μ / s² as s² does
                    pull = sum((x[i] - mu[i]) * w[i, j] * y[j] for j in range(3))
                    g_z[i] += sign * ((x[i] - b[i]) ** 2 / 2 - pull) / variance[i] / 9
                    for j in range(3):
                        g_w[i, j] += sign * (x[i] - mu[i]) * (y[j] - lam[j]) / 9
        # the gradients, ⟨…⟩ / s², are measured in s⁴ / (variance of the data)
        measure = variance / POINTS.var(axis=0)
        step_w = 0.5 * step_w + 0.2 * (measure[:, None] * g_w - 0.01 * w)
        step_b = 0.5 * step_b + 0.2 * measure * (POINTS.mean(axis=0) - v.mean(axis=0))
        step_c = 0.5 * step_c + 0.2 * (pos.mean(axis=0) - neg.mean(axis=0))
        step_z = 0.5 * step_z + 0.05 * g_z
        centred_b, centred_c = b + w @ lam, c + (mu / variance) @ w
        w, z = w + step_w, z + step_z
        b = centred_b + step_b - w @ lam
        c = centred_c + step_c - (mu / np.exp(z)) @ w
        assert state.machine.weights == pytest.approx(w, abs=1e-12)
        assert state.machine.visible_bias == pytest.approx(b, abs=1e-12)
        assert state.machine.hidden_bias == pytest.approx(c, abs=1e-11)
        assert state.machine.visible_scale == pytest.approx(np.exp(z / 2), abs=1e-12)


@pytest.mark.parametrize("rule", ["cd", "pcd", "exact"])
def test_the_unit_of_the_data_does_not_matter(rule):
    settings = BinarySettings(**{**vars(SETTINGS), "rule": rule, "batch_size": 4})
    unit, origin = np.array([10.0, 0.01]), np.array([300.0, -7.0])
    run, other = train(settings, POINTS, 10), train(settings, POINTS * unit + origin, 10)
    one, two = run.machine, other.machine
    assert two.weights == pytest.approx(one.weights * unit[:, None], rel=1e-6)
    assert two.visible_scale == pytest.approx(one.visible_scale * unit, rel=1e-6)
    assert two.visible_bias == pytest.approx(one.visible_bias * unit + origin, rel=1e-6)
    v = np.random.default_rng(1).normal(0.3, 1, (5, 2))
    assert two.mean_h_from_v(v * unit + origin) == pytest.approx(one.mean_h_from_v(v), abs=1e-6)


def test_variances_stay_when_their_rate_is_zero():
    settings = BinarySettings(**{**vars(SETTINGS), "variance_learning_rate": 0})
    run = train(settings, POINTS, 5)
    assert run.machine.visible_scale == pytest.approx(POINTS.std(axis=0))
    assert not np.allclose(train(SETTINGS, POINTS, 5).machine.visible_scale, POINTS.std(axis=0))


def test_a_mixture_of_two_gaussians_is_recovered():
    """One hidden unit makes a mixture of two equal Gaussians: its shares, means and spread."""
    rng = np.random.default_rng(2)
    first = rng.random(2000) < 0.3
    points = np.where(first[:, None], [0.2, 0.9], [0.8, 0.5]) + 0.1 * rng.standard_normal((2000, 2))
    settings = BinarySettings(visible="gaussian", n_hidden=1, rule="exact", batch_size=0,
                              initial_scale=0.5, learning_rate=0.3, momentum=0.9,
                              variance_learning_rate=0.1)  # fmt: skip
    machine = train(settings, points, 600).machine
    means = machine.mean_v_from_h(np.array([[0.0], [1.0]]))
    share = exact.model_statistics(machine).hidden[0]
    rare, common = (means[1], means[0]) if share < 0.5 else (means[0], means[1])
    assert min(share, 1 - share) == pytest.approx(first.mean(), abs=0.01)
    assert rare == pytest.approx([0.2, 0.9], abs=4.5 * 0.1 / np.sqrt(600))
    assert common == pytest.approx([0.8, 0.5], abs=4.5 * 0.1 / np.sqrt(1400))
    assert machine.visible_scale == pytest.approx([0.1, 0.1], rel=4.5 / np.sqrt(4000))


@pytest.mark.parametrize(
    ("pattern", "options"),
    [
        ("split_ring", {"rule": "cd", "k": 2, "learning_rate": 0.3, "batch_size": 50}),
        # far clusters: chains of CD stay in theirs, so only the exact rule weighs them rightly
        ("gauss4", {"rule": "exact", "learning_rate": 0.1, "momentum": 0.9, "batch_size": 0}),
    ],
)
def test_the_2d_patterns_are_learnt(pattern, options):
    points = sample_pattern(pattern, 500, 0)
    settings = BinarySettings(visible="gaussian", n_hidden=8, initial_scale=0.3,
                              variance_learning_rate=0.05, **options)  # fmt: skip
    run = start(settings, points)
    before = exact.log_likelihood(run.machine, points).mean()
    run = advance(run, 200)
    assert not run.notice
    assert exact.log_likelihood(run.machine, points).mean() > before + 0.15
    assert (run.machine.visible_scale < points.std(axis=0)).all()
