"""The natural gradient of Gaussian–Bernoulli machines, against quadrature and the likelihood."""

from dataclasses import replace

import numpy as np
import pytest

from rbm import exact, natural_gradient
from rbm.binary_epoch import first_state
from rbm.binary_settings import BinarySettings
from rbm.models.binary import BinaryMachine
from rbm.natural_gradient import DAMPING, LARGEST, fisher, hidden_probabilities
from rbm.rules import Gradient, Offsets, moved

MACHINE = BinaryMachine(
    weights=[[0.4, -0.3, 0.2], [0.1, 0.5, -0.6]],
    visible_bias=[0.3, -0.2],
    hidden_bias=[0.2, -0.4, 0.5],
    visible="gaussian",
    visible_scale=[0.3, 0.5],
)
OFFSETS = Offsets(np.array([0.2, 0.1]), np.array([0.5, 0.3, 0.8]))
SETTINGS = BinarySettings(
    visible="gaussian", n_hidden=3, rule="exact", learning_rate=1, initial_scale=0.5, seed=2
)
POINTS = np.random.default_rng(0).random((60, 2)) ** 2 + [0.5, -0.3]


def step_along(place, size):
    """A step of `size` along one coordinate of W, b', c', log s²."""
    flat = np.zeros(2 * 3 + 2 + 3 + 2)
    flat[place] = size
    w, b, c, z = np.split(flat, [6, 8, 11])
    return Gradient(w.reshape(2, 3), b, c, z)


def states_and_weights(machine):
    """All (v, h) of a quadrature that is exact for polynomials in v of degree 9, and p(v, h)."""
    nodes, shares = np.polynomial.hermite_e.hermegauss(5)
    shares = shares / shares.sum()
    grid = np.stack(np.meshgrid(nodes, nodes), -1).reshape(-1, 2)
    of_grid = np.outer(shares, shares).ravel()
    h = exact.states(3)
    v = machine.mean_v_from_h(h)[:, None] + grid * machine.visible_scale
    p = np.exp(-machine.free_energy_of_h(h) - exact.log_partition(machine))
    return v.reshape(-1, 2), np.repeat(h, len(grid), 0), np.outer(p, of_grid).ravel()


def test_the_metric_is_the_covariance_of_the_energys_derivatives():
    v, h, p = states_and_weights(MACHINE)
    tiny = 1e-5
    derivatives = np.stack([
        (moved(MACHINE, step_along(place, -tiny), OFFSETS).energy(v, h)
         - moved(MACHINE, step_along(place, tiny), OFFSETS).energy(v, h)) / (2 * tiny)
        for place in range(13)
    ])  # fmt: skip
    apart = derivatives - (derivatives @ p)[:, None]
    np.testing.assert_allclose(
        fisher(MACHINE, hidden_probabilities(MACHINE), OFFSETS), (apart * p) @ apart.T, atol=1e-7
    )


def test_a_step_solves_for_the_likelihoods_slope():
    """The slope by differences of the exact likelihood; no formula is used twice."""
    state = first_state(SETTINGS, POINTS)
    half = state.offsets._replace(hidden=np.full(3, 0.5))
    tiny = 1e-5
    slope = np.array([
        np.mean(exact.log_likelihood(moved(state.machine, step_along(i, tiny), half), POINTS)
                - exact.log_likelihood(moved(state.machine, step_along(i, -tiny), half), POINTS))
        / (2 * tiny)
        for i in range(13)
    ])  # fmt: skip
    metric = fisher(state.machine, hidden_probabilities(state.machine), half)
    metric += DAMPING * np.diag(np.diag(metric))
    expected = np.linalg.solve(metric, slope)
    after = natural_gradient.epoch(state, POINTS, replace(SETTINGS, learning_rate=0.3))
    found = np.concatenate([part.ravel() for part in after.velocity])
    np.testing.assert_allclose(found, 0.3 * expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        after.machine.parameters, moved(state.machine, after.velocity, half).parameters
    )
    again = natural_gradient.epoch(after, POINTS, replace(SETTINGS, momentum=0.9))
    plain = natural_gradient.epoch(after, POINTS, SETTINGS)
    for both, first, alone in zip(again.velocity, after.velocity, plain.velocity, strict=True):
        np.testing.assert_allclose(both, 0.9 * first + alone)
    assert again.epoch == 2


def test_the_likelihood_grows_with_every_step():
    state, before = first_state(SETTINGS, POINTS), -np.inf
    for _ in range(30):
        now = exact.log_likelihood(state.machine, POINTS).mean()
        assert now > before
        state, before = natural_gradient.epoch(state, POINTS, SETTINGS), now


def test_the_unit_and_the_origin_of_the_data_do_not_matter():
    unit, origin = np.array([100.0, 0.01]), np.array([-7.0, 30.0])
    one, other = first_state(SETTINGS, POINTS), first_state(SETTINGS, POINTS * unit + origin)
    for _ in range(20):
        one = natural_gradient.epoch(one, POINTS, SETTINGS)
        other = natural_gradient.epoch(other, POINTS * unit + origin, SETTINGS)
    assert other.machine.weights == pytest.approx(one.machine.weights * unit[:, None], rel=1e-5)
    assert other.machine.visible_scale == pytest.approx(one.machine.visible_scale * unit, rel=1e-5)


def test_no_variance_leaps():
    """A first machine far too narrow or too wide comes back in bounded steps."""
    state = first_state(SETTINGS, POINTS)
    for factor in (1e-3, 1e3):
        odd = replace(state.machine, visible_scale=state.machine.visible_scale * factor)
        after = natural_gradient.epoch(replace(state, machine=odd), POINTS, SETTINGS)
        assert np.abs(after.velocity.log_variance).max() <= LARGEST * (1 + 1e-12)


def test_hidden_units_that_never_turn_on_do_no_harm():
    state = first_state(SETTINGS, POINTS)
    dead = replace(state.machine, hidden_bias=np.array([-800.0, 0.3, 0.1]))
    after = natural_gradient.epoch(replace(state, machine=dead), POINTS, SETTINGS)
    assert np.isfinite(after.machine.parameters).all()


def test_shares_of_hidden_states():
    p = np.exp(-MACHINE.free_energy_of_h(exact.states(3)) - exact.log_partition(MACHINE))
    np.testing.assert_allclose(hidden_probabilities(MACHINE), p)
