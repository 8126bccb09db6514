"""Filling in: what a binary machine believes of unknown visible units, the others being known.

Clamping known units leaves a smaller machine of the same kind. With v_k the known units and v_u the
unknown ones,

    E(v, h) = own(v_k) - b_u·v_u - (c + v_k·W_k)·h - v_u·W_u·h,

the known units have become part of the hidden biases, and own(v_k) is the same for all v_u. So
p(v_u, h | v_k) is the distribution of the machine `clamped` gives, and everything known of machines
holds for it: its Gibbs chain is clamped Gibbs sampling, enumerating it gives the exact conditional.
Known units cannot change, since they are not in it; grey values are taken as they are.

Three ways to fill, from cheap to exact: `mean_field` (one answer, over-sure, and where several
answers are possible it settles for one), `sampled` (chains from noise, their average and its error)
and `exactly` (small machines).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from rbm import exact
from rbm.models.binary import BinaryMachine
from rbm.units import Floats

Known = NDArray[np.bool_]
TOLERANCE = 1e-6
MOST_ROUNDS = 500
MOST_PARTS = 6


@dataclass(frozen=True, eq=False)
class MeanField:
    """`frames` (rounds + 1, units): the means after each round, known units as they are.
    `converged`: whether the last round moved no unit by more than `TOLERANCE`."""

    frames: Floats
    converged: bool

    @property
    def mean(self) -> Floats:
        """The means at the end, (units,)."""
        return np.asarray(self.frames[-1])


@dataclass(frozen=True, eq=False)
class Sampled:
    """Chains that all began at noise. The first index of `chain`, `mean` and `spread`
    (steps + 1, units) is the step, 0 the noise; known units are as they are, without spread.

    `chain`: the states of one chain. `mean`, `spread`: mean and standard deviation of each unit
    over all chains and the later half of the steps so far. `error` (units,): the standard error of
    the last mean, from how much the chains differ among each other.
    """

    chain: Floats
    mean: Floats
    spread: Floats
    error: Floats


@dataclass(frozen=True, eq=False)
class Exact:
    """`mean` and `spread` (units,): mean and standard deviation of each unit given the known ones,
    by enumeration; known units are as they are, without spread."""

    mean: Floats
    spread: Floats


@dataclass(frozen=True, eq=False)
class Parts:
    """What an exact filling is the sum of, for m hidden units: `hidden` (2^m, m) all their states,
    `weights` (2^m,) p(h | v_k), and `means` (2^m, units) the mean of v given h, known units as
    they are. The exact mean is `weights @ means`."""

    hidden: Floats
    weights: Floats
    means: Floats


def clamped(machine: BinaryMachine, v: ArrayLike, known: ArrayLike) -> BinaryMachine:
    """The machine of the unknown units alone, whose distribution is p(v_u, h | v_k).

    `v` (units,), of which only the known ones count; `known` (units,) bool. Raises `ValueError`
    with a sentence when sizes do not fit or no unit is unknown.
    """
    values, mask = _checked(machine, v, known)
    coupling = machine.units.coupling(np.where(mask, values, 0.0), machine.visible_scale)
    return replace(
        machine,
        weights=machine.weights[~mask],
        visible_bias=machine.visible_bias[~mask],
        hidden_bias=machine.hidden_bias + coupling @ machine.weights,
        visible_scale=machine.visible_scale[~mask],
    )


def noise(machine: BinaryMachine, count: int, rng: np.random.Generator) -> Floats:
    """Visible states (count, n_visible) that know nothing: zeros and ones like the toss of a coin,
    for Gaussian units normal numbers of their own spread."""
    inputs = np.zeros((count, machine.n_visible))
    return machine.units.sample(inputs, machine.visible_scale, rng)


def gibbs_step(
    machine: BinaryMachine, v: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """One step v → h → v of a chain in each row of `v` (n, n_visible): the new states, their means
    given h, and the means of their squares, all (n, n_visible)."""
    inputs = machine.inputs_v_from_h(machine.sample_h_from_v(v, rng))
    states = machine.units.sample(inputs, machine.visible_scale, rng)
    squares = machine.units.mean_square(inputs, machine.visible_scale)
    return states, machine.units.mean(inputs), squares


def sampled(
    machine: BinaryMachine,
    v: ArrayLike,
    known: ArrayLike,
    rng: np.random.Generator,
    *,
    chains: int = 100,
    steps: int = 60,
) -> Sampled:
    """Clamped Gibbs sampling from noise by `chains` ≥ 2 chains of `steps` ≥ 1 steps.

    Averages are of p(v | h), not of the states drawn from it: the same mean with less noise
    (Rao-Blackwell). Raises like `clamped`.
    """
    values, mask = _checked(machine, v, known)
    small = clamped(machine, values, mask)
    states = noise(small, chains, rng)
    chain = [states[0]]
    sums, squares = [states.sum(0)], [(states**2).sum(0)]  # of steps 0 … t
    late = np.zeros_like(states)  # of each chain, over the later half
    for step in range(1, steps + 1):
        states, means, of_squares = gibbs_step(small, states, rng)
        chain.append(states[0])
        sums.append(sums[-1] + means.sum(0))
        squares.append(squares[-1] + of_squares.sum(0))
        if step >= _first_counted(steps):
            late += means
    mean, square = (_later_half(np.array(each)) / chains for each in (sums, squares))
    differ = (late / (steps + 1 - _first_counted(steps))).std(axis=0, ddof=1)
    return Sampled(
        chain=_whole(values, mask, np.array(chain)),
        mean=_whole(values, mask, mean),
        spread=_spread(mask, mean, square),
        error=_whole(np.zeros_like(values), mask, differ / np.sqrt(chains)),
    )


def mean_field(machine: BinaryMachine, v: ArrayLike, known: ArrayLike) -> MeanField:
    """The naive mean field: ⟨h⟩ = σ(c + ⟨v⟩W) and ⟨v⟩ = σ(b + W⟨h⟩) in turn, from the middle, until
    they stand still.

    Units of a layer do not touch each other, so each half round is the best answer to the other
    layer: the variational free energy never rises, and no damping is needed. Raises like `clamped`.
    """
    values, mask = _checked(machine, v, known)
    small = clamped(machine, values, mask)
    means = small.units.mean(np.zeros((1, small.n_visible)))
    frames, moved = [means[0]], np.inf
    while moved > TOLERANCE and len(frames) <= MOST_ROUNDS:
        means = small.mean_v_from_h(small.mean_h_from_v(means))
        moved = float(np.abs(means[0] - frames[-1]).max())
        frames.append(means[0])
    return MeanField(_whole(values, mask, np.array(frames)), moved <= TOLERANCE)


def can_fill_exactly(machine: BinaryMachine, known: ArrayLike) -> bool:
    """Whether the hidden units, or the unknown ones, are few enough to enumerate."""
    unknown = machine.n_visible - int(np.count_nonzero(known))
    fewest = min(machine.n_hidden, unknown) if machine.units.finite else machine.n_hidden
    return unknown > 0 and fewest <= exact.MAX_UNITS


def exactly(machine: BinaryMachine, v: ArrayLike, known: ArrayLike) -> Exact:
    """Mean and spread of p(v_u | v_k) by enumeration. Raises like `clamped`, and `ValueError` when
    there is too much to enumerate."""
    values, mask = _checked(machine, v, known)
    means = exact.model_statistics(clamped(machine, values, mask))
    return Exact(_whole(values, mask, means.visible), _spread(mask, means.visible, means.square))


def parts_of(machine: BinaryMachine, v: ArrayLike, known: ArrayLike) -> Parts:
    """The exact filling of a machine with few hidden units, state by state. Raises like `clamped`,
    and `ValueError` for more than `MOST_PARTS` hidden units."""
    values, mask = _checked(machine, v, known)
    if machine.n_hidden > MOST_PARTS:
        raise ValueError(f"Hidden states are listed one by one for up to {MOST_PARTS} units.")
    small, hidden = clamped(machine, values, mask), exact.states(machine.n_hidden)
    weights = softmax(-small.free_energy_of_h(hidden))
    return Parts(hidden, weights, _whole(values, mask, small.mean_v_from_h(hidden)))


def _checked(machine: BinaryMachine, v: ArrayLike, known: ArrayLike) -> tuple[Floats, Known]:
    values, mask = np.asarray(v, np.float64), np.asarray(known, np.bool_)
    if not values.shape == mask.shape == (machine.n_visible,):
        raise ValueError(
            f"This machine has {machine.n_visible} visible units; got {values.shape} values, "
            f"{mask.shape} known or not."
        )
    if mask.all():
        raise ValueError("Every unit is known: there is nothing to fill in.")
    return values, mask


def _first_counted(step: int) -> int:
    """The first step of the later half of steps 1 … `step`."""
    return step // 2 + 1 if step else 0


def _later_half(sums: Floats) -> Floats:
    """Means over the later half of the steps so far, from sums over all of them."""
    first = np.array([_first_counted(step) for step in range(len(sums))])
    before = np.where((first > 0)[:, None], sums[first - 1], 0.0)
    counts = np.arange(len(sums)) + 1 - first
    return np.asarray((sums - before) / counts[:, None])


def _whole(values: Floats, known: Known, unknown: Floats) -> Floats:
    """Known values with the others' put between them: (…, unknown units) → (…, units)."""
    filled = np.empty((*unknown.shape[:-1], len(values)))
    filled[...] = values
    filled[..., ~known] = unknown
    return filled


def _spread(known: Known, mean: Floats, square: Floats) -> Floats:
    deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    return _whole(np.zeros(len(known)), known, deviation)
