"""Estimates of a binary machine's likelihood where enumeration is out of reach.

Annealed importance sampling (Neal 2001; Salakhutdinov & Murray 2008) walks chains from a machine
without weights, whose log Z is known, to the machine itself, in many small steps, and multiplies
the ratios of the unnormalised probabilities that each step enters and leaves. The mean of these
products estimates Z without bias, so its log is too low on average, and far too low when steps are
too few. The same walk backwards, from samples of the machine itself, estimates 1 / Z: its log Z is
too high on average (Burda, Grosse & Salakhutdinov 2015). Together they are a sandwich; its width
says whether either can be trusted.

The step at β in [0, 1] has weights βW, hidden biases βc and visible biases (1 - β)·base + βb.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import expit, logsumexp

from rbm.models.binary import BinaryMachine
from rbm.units import Floats

ALL_BITS_UP_TO = 100
"""Pseudo-likelihoods go through every visible unit of machines up to this size."""


@dataclass(frozen=True)
class Estimate:
    """`log_z` in nats; `error`, its standard error from the spread between chains (it knows
    nothing of what all chains missed); `effective`, to how many equal chains they amount."""

    log_z: float
    error: float
    effective: float


@dataclass(frozen=True)
class Sandwich:
    """`lower` by the walk to the machine, `upper` by the walk from it."""

    lower: Estimate
    upper: Estimate

    @property
    def log_z(self) -> float:
        """The middle of both."""
        return 0.5 * (self.lower.log_z + self.upper.log_z)


def annealed_log_partition(
    machine: BinaryMachine,
    n_chains: int = 100,
    n_temperatures: int = 1000,
    seed: int = 0,
    base_bias: Floats | None = None,
) -> Estimate:
    """log Z by annealed importance sampling, a lower bound on average.

    `base_bias` (n_visible,): visible biases of the machine without weights at which chains start;
    those that fit the data's means are best, and the machine's own are the default.
    """
    base = machine.visible_bias if base_bias is None else base_bias
    rng = np.random.default_rng(seed)
    inputs = np.broadcast_to(base, (n_chains, machine.n_visible))
    v = machine.units.sample(inputs, machine.visible_scale, rng)
    steps = np.linspace(0.0, 1.0, n_temperatures + 1)
    log_weights = _walk(machine, v, steps, base, rng)
    return _estimate(log_weights, _base_log_partition(machine, base), sign=1)


def reverse_annealed_log_partition(
    machine: BinaryMachine,
    v: Floats,
    n_temperatures: int = 1000,
    seed: int = 0,
    base_bias: Floats | None = None,
) -> Estimate:
    """log Z by the walk from the machine itself, an upper bound on average.

    `v` (n_chains, n_visible) must be samples of the machine: exact ones (`rbm.exact.sample`) or
    the ends of long chains. Where chains have not mixed, the bound is one of the part they know.
    """
    base = machine.visible_bias if base_bias is None else base_bias
    rng = np.random.default_rng(seed)
    steps = np.linspace(1.0, 0.0, n_temperatures + 1)
    log_weights = _walk(machine, v, steps, base, rng)
    return _estimate(log_weights, _base_log_partition(machine, base), sign=-1)


def sandwich(
    machine: BinaryMachine,
    v: Floats,
    n_temperatures: int = 1000,
    seed: int = 0,
    base_bias: Floats | None = None,
) -> Sandwich:
    """Both estimates with as many chains as `v` has rows; `v` as for the reverse walk."""
    lower = annealed_log_partition(machine, len(v), n_temperatures, seed, base_bias)
    upper = reverse_annealed_log_partition(machine, v, n_temperatures, seed + 1, base_bias)
    return Sandwich(lower, upper)


def pseudo_log_likelihood(
    machine: BinaryMachine, v: Floats, seed: int = 0, n_units: int | None = None
) -> Floats:
    """Σ_i log p(v_i | all other v) of rows (n, n_visible), in nats, (n,).

    Goes through all visible units of a machine up to `ALL_BITS_UP_TO`, and through `n_units` of
    them for each row beyond (default `ALL_BITS_UP_TO`; drawn by `seed`; scaled up, so unbiased).
    Values between 0 and 1 count as probabilities: the mean log of a unit drawn by them. Raises
    `ValueError` for Gaussian units, whose conditionals given all others have no such form.
    """
    if not machine.units.finite:
        raise ValueError("A pseudo-likelihood is defined here for binary visible units only.")
    if n_units is None:
        n_units = min(machine.n_visible, ALL_BITS_UP_TO)
    if n_units >= machine.n_visible:
        chosen = np.broadcast_to(np.arange(machine.n_visible), (len(v), machine.n_visible))
    else:
        rng = np.random.default_rng(seed)
        chosen = rng.random((len(v), machine.n_visible)).argsort(axis=1)[:, :n_units]
    rows = np.arange(len(v))
    inputs = machine.inputs_h_from_v(v)
    total = np.zeros(len(v))
    for unit in chosen.T:
        value = v[rows, unit]
        without = inputs - value[:, None] * machine.weights[unit]
        gain = np.logaddexp(0.0, without + machine.weights[unit]) - np.logaddexp(0.0, without)
        logit = machine.visible_bias[unit] + gain.sum(axis=1)
        total += value * logit - np.logaddexp(0.0, logit)
    return total * (machine.n_visible / chosen.shape[1])


def _walk(
    machine: BinaryMachine, v: Floats, steps: Floats, base: Floats, rng: np.random.Generator
) -> Floats:
    """Log of the product of p*_next(v) / p*_now(v) along the walk through `steps`, (n,)."""
    total = np.zeros(len(v))
    for now, following in pairwise(steps):
        x = machine.inputs_h_from_v(v)
        total += _free_energy_at(machine, v, x, now, base)
        total -= _free_energy_at(machine, v, x, following, base)
        v = _sweep(machine, x, following, base, rng)
    return total


def _free_energy_at(
    machine: BinaryMachine, v: Floats, x: Floats, beta: float, base: Floats
) -> Floats:
    bias = (1.0 - beta) * base + beta * machine.visible_bias
    own = machine.units.own_energy(v, bias, machine.visible_scale).sum(axis=1)
    return np.asarray(own - np.logaddexp(0.0, beta * x).sum(axis=1))


def _sweep(
    machine: BinaryMachine, x: Floats, beta: float, base: Floats, rng: np.random.Generator
) -> Floats:
    """One step x → h → v at β, from the hidden inputs x at β = 1."""
    h = (rng.random(x.shape) < expit(beta * x)).astype(np.float64)
    bias = (1.0 - beta) * base + beta * machine.visible_bias
    inputs = bias + beta * (machine.inputs_v_from_h(h) - machine.visible_bias)
    return machine.units.sample(inputs, machine.visible_scale, rng)


def _base_log_partition(machine: BinaryMachine, base: Floats) -> float:
    """log Z at β = 0: independent visible units, and hidden units that are on half of the time."""
    sums = machine.units.log_sum(base, base, machine.visible_scale)
    return float(sums.sum() + machine.n_hidden * np.log(2.0))


def _estimate(log_weights: Floats, base_log_z: float, sign: int) -> Estimate:
    mean = float(logsumexp(log_weights) - np.log(len(log_weights)))
    relative = np.exp(log_weights - log_weights.max())
    relative /= relative.mean()
    return Estimate(
        log_z=base_log_z + sign * mean,
        error=float(relative.std(ddof=1) / np.sqrt(len(relative))) if len(relative) > 1 else np.inf,
        effective=float(len(relative) / np.mean(relative**2)),
    )
