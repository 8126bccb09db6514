"""The natural gradient of a small Gaussian–Bernoulli machine: exact, and without rates to find.

A hidden state h makes one Gaussian around b + W h, so an epoch can list them all: the gradient is
exact, and so is G, the curvature of log p(v, h) (its Fisher information, Amari 1998). The step
G⁻¹·gradient is one Newton step of the M-step of EM, so rate 1 is the natural rate whatever
the unit of the data, and hidden units that do one another's work, between which plain steps creep,
are told apart. G is the covariance of the derivatives of -E (`rbm.rules` says in which
coordinates). With v = b + W h + s ε and a = W h they are

    W_ij:     ((b + a - μ)_i h_j - a_i λ_j) / s_i²  +  ε_i (h_j - λ_j) / s_i
    b'_i:     a_i / s_i²                            +  ε_i / s_i
    c'_j:     h_j
    log s_i²: -(½ a_i + b_i - μ_i) a_i / s_i²       +  ½ ε_i²

so each part is a sum over hidden states of what is fixed given h, plus what ε adds.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from rbm import exact
from rbm.binary_epoch import State
from rbm.binary_settings import BinarySettings
from rbm.models.binary import BinaryMachine
from rbm.rules import Gradient, Offsets, gradient, moved
from rbm.units import Floats

DAMPING = 0.1
"""Share of G's diagonal that is added to it (Levenberg–Marquardt): directions that hardly matter
are not trusted to be straight. 0.01 learns as well and 0 can fail."""

LARGEST = 0.5
"""A step moves no log s² further than this: beyond, the curvature at its start says nothing."""


def epoch(state: State, data: Floats, settings: BinarySettings) -> State:
    """The state after one step on all of `data` (n, n_visible), for Gaussian visible units.

    A `rbm.binary_trainer.Trainer` for rule "exact". Of the settings it uses the learning rate
    (1: the whole step) and the momentum. Lists all 2^n_hidden hidden states.
    """
    machine, p = state.machine, hidden_probabilities(state.machine)
    offsets = state.offsets._replace(hidden=np.full(machine.n_hidden, 0.5))
    slope = gradient(
        machine, exact.data_statistics(machine, data), _model_statistics(machine, p), offsets
    )
    metric = fisher(machine, p, offsets)
    diagonal = np.diag_indices_from(metric)
    metric[diagonal] = (1 + DAMPING) * metric[diagonal] + 1e-9  # a unit never on has no curvature
    step = np.linalg.solve(metric, np.concatenate([part.ravel() for part in slope]))
    largest = np.abs(step[-machine.n_visible :]).max()
    step *= settings.learning_rate_at(state.epoch) * min(1.0, LARGEST / max(largest, 1e-300))
    ends = np.cumsum([part.size for part in slope])[:-1]
    parts = zip(state.velocity, np.split(step, ends), strict=True)
    velocity = Gradient(*(settings.momentum * old + new.reshape(old.shape) for old, new in parts))
    return replace(
        state,
        machine=moved(machine, velocity, offsets),
        velocity=velocity,
        offsets=offsets,
        epoch=state.epoch + 1,
    )


def fisher(machine: BinaryMachine, p: Floats, offsets: Offsets) -> Floats:
    """G (P, P) in the coordinates W (row by row), b', c', log s² centred at `offsets`; `p` the
    machine's `hidden_probabilities`."""
    h = _states(machine.n_hidden)
    variance = machine.visible_scale**2
    a = h @ machine.weights.T
    from_mean = machine.visible_bias + a - offsets.visible
    fixed = np.concatenate(
        [
            *(
                (from_mean[:, [i]] * h - a[:, [i]] * offsets.hidden) / variance[i]
                for i in range(machine.n_visible)
            ),
            a / variance,
            h,
            (0.5 * a - from_mean) * a / variance,
        ],
        axis=1,
    )
    apart = np.sqrt(p)[:, None] * (fixed - p @ fixed)
    metric = apart.T @ apart
    moves = np.hstack([h - offsets.hidden, np.ones((len(h), 1))])
    moves_squared = (p[:, None] * moves).T @ moves
    n_visible, n_hidden = machine.weights.shape
    for i in range(n_visible):
        own = [*range(i * n_hidden, (i + 1) * n_hidden), n_visible * n_hidden + i]
        metric[np.ix_(own, own)] += moves_squared / variance[i]
    ends = range(len(metric) - n_visible, len(metric))
    metric[ends, ends] += 0.5
    return metric


def hidden_probabilities(machine: BinaryMachine) -> Floats:
    """p(h) of all hidden states (2^n_hidden,), in the order of `rbm.exact.states`."""
    weights = -machine.free_energy_of_h(_states(machine.n_hidden))
    p = np.exp(weights - weights.max())
    return np.asarray(p / p.sum())


def _model_statistics(machine: BinaryMachine, p: Floats) -> exact.Statistics:
    """`rbm.exact.model_statistics`, from the probabilities that are known already."""
    h = _states(machine.n_hidden)
    means = machine.inputs_v_from_h(h)
    shares = p[:, None] * means
    square = (shares * means).sum(axis=0) + machine.visible_scale**2
    return exact.Statistics(shares.sum(axis=0), p @ h, shares.T @ h, square)


@lru_cache(maxsize=16)
def _states(n_hidden: int) -> Floats:
    h = exact.states(n_hidden)
    h.flags.writeable = False  # it is shared by all callers
    return h
