"""What a binary machine is, exactly: by enumeration of its smaller layer.

Given one layer the units of the other are independent, so sums over all (v, h) are sums over the
2^n states of the smaller layer only, in closed form over the other: log Z = log Σ_h exp(-F(h)).
A million states (20 units) are walked in blocks, so memory stays bounded.

These are the yardsticks of everything else: training rules, samplers and estimates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from rbm.models.binary import BinaryMachine
from rbm.units import Floats

MAX_UNITS = 20
"""Layers up to this many units are enumerated."""
BLOCK_NUMBERS = 2**19
"""About how many numbers a block of states and their inputs takes."""


class Statistics(NamedTuple):
    """Means under a distribution of (v, h): all that the gradient of the likelihood needs.

    `visible` ⟨v⟩ (n_visible,), `hidden` ⟨h⟩ (n_hidden,), `product` ⟨v h⟩ (n_visible, n_hidden),
    `square` ⟨v²⟩ (n_visible,).
    """

    visible: Floats
    hidden: Floats
    product: Floats
    square: Floats


def can_enumerate(machine: BinaryMachine) -> bool:
    """Whether one layer has at most `MAX_UNITS` binary units."""
    return _smaller(machine) <= MAX_UNITS


def log_partition(machine: BinaryMachine) -> float:
    """log Z, the log of the sum (integral) of exp(-E(v, h)) over all states.

    Raises `ValueError` when neither layer can be enumerated.
    """
    return float(logsumexp(-_free_energies(machine)))


def log_likelihood(machine: BinaryMachine, v: Floats) -> Floats:
    """log p(v) of rows (n, n_visible), in nats, (n,): probabilities of states in zeros and ones,
    densities for Gaussian units. Raises like `log_partition`."""
    return np.asarray(-machine.free_energy(v) - log_partition(machine))


def distribution(machine: BinaryMachine) -> Floats:
    """p(v) of all visible states (2^n_visible,), in the order of `states(n_visible)`.

    Raises `ValueError` for more than `MAX_UNITS` visible units or Gaussian ones.
    """
    if not machine.units.finite or machine.n_visible > MAX_UNITS:
        raise ValueError(
            f"All visible states can be listed for up to {MAX_UNITS} binary units only."
        )
    weights = np.concatenate(
        [-machine.free_energy(v) for v in blocks(machine.n_visible, machine.n_hidden)]
    )
    return np.asarray(np.exp(weights - logsumexp(weights)))


def model_statistics(machine: BinaryMachine) -> Statistics:
    """The means under the machine's own distribution. Raises like `log_partition`."""
    weights = -_free_energies(machine)
    p = np.exp(weights - logsumexp(weights))
    n_visible, n_hidden = machine.weights.shape
    total = Statistics(
        np.zeros(n_visible),
        np.zeros(n_hidden),
        np.zeros((n_visible, n_hidden)),
        np.zeros(n_visible),
    )
    start = 0
    for states_ in _blocks_of(machine):
        share = p[start : start + len(states_), None]
        start += len(states_)
        if _enumerates_visible(machine):
            mean_h = machine.mean_h_from_v(states_)
            seen, hidden, square = states_, mean_h, states_
        else:
            inputs = machine.inputs_v_from_h(states_)
            seen, hidden = machine.units.mean(inputs), states_
            square = machine.units.mean_square(inputs, machine.visible_scale)
        part = Statistics(
            (share * seen).sum(0),
            (share * hidden).sum(0),
            (share * seen).T @ hidden,
            (share * square).sum(0),
        )
        total = Statistics(*map(np.add, total, part))
    return total


def data_statistics(machine: BinaryMachine, v: Floats) -> Statistics:
    """The means over rows v (n, n_visible), with p(h | v) for h: the positive phase."""
    mean_h = machine.mean_h_from_v(v)
    square = v if machine.units.finite else v**2  # a grey value is a mean of zeros and ones
    return Statistics(
        v.mean(axis=0), mean_h.mean(axis=0), v.T @ mean_h / len(v), square.mean(axis=0)
    )


def sample(machine: BinaryMachine, count: int, rng: np.random.Generator) -> Floats:
    """Independent visible states (count, n_visible) drawn from p(v) itself, without any chain.

    Raises like `log_partition`.
    """
    weights = -_free_energies(machine)
    p = np.exp(weights - logsumexp(weights))
    chosen = rng.choice(len(p), size=count, p=p / p.sum())
    drawn = states(_smaller(machine), chosen)
    return drawn if _enumerates_visible(machine) else machine.sample_v_from_h(drawn, rng)


def states(n_units: int, numbers: ArrayLike | None = None) -> Floats:
    """The states with these numbers (default: all 2^n_units), one a row: zeros and ones, float64.

    A state is its number in binary, the first unit the highest digit, as in `itertools.product`.
    """
    chosen = np.arange(2**n_units) if numbers is None else np.asarray(numbers)
    digits = np.arange(n_units - 1, -1, -1)
    return ((chosen[:, None] >> digits) & 1).astype(np.float64)


def blocks(n_units: int, n_others: int) -> Iterator[Floats]:
    """All states of a layer in blocks, small enough beside the other layer's `n_others` units."""
    rows = max(1, BLOCK_NUMBERS // (n_units + n_others))
    for start in range(0, 2**n_units, rows):
        yield states(n_units, np.arange(start, min(start + rows, 2**n_units)))


def _enumerates_visible(machine: BinaryMachine) -> bool:
    return machine.units.finite and machine.n_visible <= machine.n_hidden


def _smaller(machine: BinaryMachine) -> int:
    """How many units the layer has that is enumerated."""
    return machine.n_visible if _enumerates_visible(machine) else machine.n_hidden


def _blocks_of(machine: BinaryMachine) -> Iterator[Floats]:
    n_units = _smaller(machine)
    return blocks(n_units, machine.n_visible + machine.n_hidden - n_units)


def _free_energies(machine: BinaryMachine) -> Floats:
    """Free energies of all states of the smaller layer, (2^n,)."""
    if not can_enumerate(machine):
        raise ValueError(
            f"An exact likelihood needs a layer of at most {MAX_UNITS} binary units; this machine "
            f"has {machine.n_visible} visible and {machine.n_hidden} hidden ones."
        )
    free = machine.free_energy if _enumerates_visible(machine) else machine.free_energy_of_h
    return np.concatenate([free(block) for block in _blocks_of(machine)])
