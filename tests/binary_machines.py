"""Small random machines for the tests of the binary RBM; every parameter is non-zero."""

import itertools

import numpy as np

from rbm.models.binary import BinaryMachine


def random_machine(seed, n_visible=4, n_hidden=3, visible="bernoulli", spread=1.0):
    rng = np.random.default_rng(seed)
    gaussian = visible == "gaussian"
    return BinaryMachine(
        weights=rng.normal(0, spread, (n_visible, n_hidden)),
        visible_bias=rng.normal(0.3, 0.5, n_visible),
        hidden_bias=rng.normal(-0.4, 0.5, n_hidden),
        visible=visible,
        visible_scale=rng.uniform(0.5, 1.5, n_visible) if gaussian else np.ones(n_visible),
    )


def all_states(n):
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


def joint_by_hand(machine):
    """p(v, h) of a Bernoulli machine from its energy alone, (2^n_visible, 2^n_hidden)."""
    weights = np.array(
        [
            [np.exp(-energy_by_hand(machine, v, h)) for h in all_states(machine.n_hidden)]
            for v in all_states(machine.n_visible)
        ]
    )
    return weights / weights.sum()


def energy_by_hand(machine, v, h):
    """The formulas at the top of `rbm.models.binary`, unit by unit."""
    total = -sum(c * x for c, x in zip(machine.hidden_bias, h, strict=True))
    for i, x in enumerate(v):
        b, s = machine.visible_bias[i], machine.visible_scale[i]
        gaussian = machine.visible == "gaussian"
        total += (x - b) ** 2 / (2 * s**2) if gaussian else -b * x
        for j, y in enumerate(h):
            total -= x * machine.weights[i, j] * y / (s**2 if gaussian else 1.0)
    return total


def bars_and_stripes(side):
    """All bars and all stripes, the two uniform images twice: (2 · 2^side, side²)."""
    rows = all_states(side)
    bars = np.repeat(rows[:, None, :], side, axis=1).reshape(len(rows), -1)
    stripes = np.repeat(rows[:, :, None], side, axis=2).reshape(len(rows), -1)
    return np.concatenate([bars, stripes])
