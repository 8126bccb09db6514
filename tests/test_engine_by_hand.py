"""One epoch computed by hand, for every engine: 1×1 and 2×3, and one reconstruction."""

from math import exp

import numpy as np
import pytest

from rbm.engine.noise import RECONSTRUCTION, normals
from rbm.engine.state import State
from rbm.models import split
from rbm.settings import Settings


def sigmoid(x):
    return 1 / (1 + exp(-x))


def test_one_epoch_of_one_visible_and_one_hidden_unit_by_hand(engine):
    """w 0.4, b 0.1, c −0.3, A 0.5 and 2; two points, k = 1, σ = 0.2; every term written out."""
    settings = Settings(
        seed=9,
        n_hidden=1,
        k=1,
        k_end=1,
        sigma=0.2,
        visible_slope=0.5,
        learning_rate=0.5,
        slope_learning_rate=0.25,
        momentum=0.9,
        cost=0.01,
    )
    data = np.array([[0.25], [0.75]], np.float32)
    state = State(
        np.array([0.4, 0.1, -0.3, 0.5, 2.0]),
        np.array([0.02, -0.01, 0.03]),
        np.empty((0, 1), np.float32),
        epoch=5,
    )
    n_h0, n_v1, n_h1 = (
        normals(9, 5, 0, half_pass, unit, 2).astype(float)
        for half_pass, unit in ((0, 1), (1, 0), (2, 1))
    )
    v0, h0, v1, h1 = [0.25, 0.75], [], [], []
    for i in range(2):
        h0.append(sigmoid(2.0 * (0.4 * v0[i] - 0.3 + 0.2 * n_h0[i])))
        v1.append(sigmoid(0.5 * (0.4 * h0[i] + 0.1 + 0.2 * n_v1[i])))
        h1.append(sigmoid(2.0 * (0.4 * v1[i] - 0.3 + 0.2 * n_h1[i])))
    d_w = (v0[0] * h0[0] + v0[1] * h0[1]) / 2 - (v1[0] * h1[0] + v1[1] * h1[1]) / 2
    d_b = 0.5 - (v1[0] + v1[1]) / 2
    d_c = (h0[0] + h0[1]) / 2 - (h1[0] + h1[1]) / 2
    d_a = (h0[0] ** 2 + h0[1] ** 2) / 2 - (h1[0] ** 2 + h1[1] ** 2) / 2
    steps = [
        0.9 * 0.02 + 0.5 * (d_w - 0.01 * 0.4),
        0.9 * -0.01 + 0.5 * (d_b - 0.01 * 0.1),
        0.9 * 0.03 + 0.5 * (d_c - 0.01 * -0.3),
    ]
    result = engine.advance(state, data, settings, 1)
    assert result.state.velocity == pytest.approx(steps, abs=2e-7)
    assert result.state.parameters == pytest.approx(
        [0.4 + steps[0], 0.1 + steps[1], -0.3 + steps[2], 0.5, 2.0 + 0.25 / 4 * d_a], abs=2e-7
    )
    error = ((v0[0] - v1[0]) ** 2 + (v0[1] - v1[1]) ** 2) / 2
    assert result.errors == pytest.approx([error], abs=1e-7)


def test_two_visible_and_three_hidden_units_by_hand(engine):
    """One point, no noise, no memory: the classic outer products, in numbers."""
    settings = Settings(
        n_hidden=3,
        k=1,
        k_end=1,
        noisy=False,
        visible_slope=1.5,
        learning_rate=0.1,
        slope_learning_rate=0.0,
        momentum=0.0,
        cost=0.0,
    )
    weights = np.array([[0.2, -0.5, 1.0], [0.7, 0.3, -0.4]])
    b, c = np.array([0.1, -0.2]), np.array([0.05, 0.15, -0.25])
    slopes = [1.5, 1.5, 0.8, 1.2, 2.0]
    state = State(
        np.concatenate([weights.ravel(), b, c, slopes]),
        np.zeros(11),
        np.empty((0, 2), np.float32),
        epoch=0,
    )
    result = engine.advance(state, np.array([[0.6, 0.3]], np.float32), settings, 1)
    # inputs of h: 0.38, −0.06, 0.23; states: σ(0.304), σ(−0.072), σ(0.46)
    h0 = [0.57542001, 0.48200777, 0.61301418]
    # inputs of v: 0.1·… : b + W h
    x = [0.1 + 0.2 * h0[0] - 0.5 * h0[1] + h0[2], -0.2 + 0.7 * h0[0] + 0.3 * h0[1] - 0.4 * h0[2]]
    v1 = [sigmoid(1.5 * x[0]), sigmoid(1.5 * x[1])]
    h1 = [
        sigmoid(0.8 * (0.2 * v1[0] + 0.7 * v1[1] + 0.05)),
        sigmoid(1.2 * (-0.5 * v1[0] + 0.3 * v1[1] + 0.15)),
        sigmoid(2.0 * (v1[0] - 0.4 * v1[1] - 0.25)),
    ]
    v0 = [0.6, 0.3]
    moved = [[0.1 * (v0[i] * h0[j] - v1[i] * h1[j]) for j in range(3)] for i in range(2)]
    groups = split(result.state.parameters, 3)
    assert groups.weights - weights == pytest.approx(np.array(moved), abs=1e-7)
    assert groups.visible_bias - b == pytest.approx(0.1 * (np.array(v0) - v1), abs=1e-7)
    assert groups.hidden_bias - c == pytest.approx(0.1 * (np.array(h0) - h1), abs=1e-7)
    assert result.state.parameters[-5:] == pytest.approx(slopes, abs=0)


def test_one_reconstruction_by_hand(engine):
    parameters = np.array([0.4, 0.1, -0.3, 0.5, 2.0])
    points = np.array([[0.25], [0.75]])
    expected = points.ravel().tolist()
    for step in range(2):
        n_h = normals(3, RECONSTRUCTION, 0, 2 * step, 1, 2)
        n_v = normals(3, RECONSTRUCTION, 0, 2 * step + 1, 0, 2)
        for i in range(2):
            h = sigmoid(2.0 * (0.4 * expected[i] - 0.3 + 0.7 * n_h[i]))
            expected[i] = sigmoid(0.5 * (0.4 * h + 0.1 + 0.7 * n_v[i]))
    options = {"n_hidden": 1, "sigma": 0.7, "low": 0.0, "high": 1.0, "seed": 3}
    moved = engine.reconstruct(parameters, points, passes=2, noisy=True, **options)
    assert moved.ravel() == pytest.approx(expected, abs=3e-7)
    still = engine.reconstruct(parameters, points, passes=2, noisy=False, **options)
    assert np.abs(still - moved).max() > 0.01
    assert engine.reconstruct(parameters, points, passes=0, noisy=True, **options).tolist() == (
        points.tolist()
    )
    assert points.tolist() == [[0.25], [0.75]]
