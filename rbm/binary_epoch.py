"""One epoch of training a binary RBM, in NumPy, reading like the formulas.

`State` is what training carries from epoch to epoch; `epoch` is a pure function of it, the data and
the settings, since noise is not drawn from a generator that is carried along but addressed: each
batch has its own generator, opened at (seed, epoch, batch). So any epoch can be replayed alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rbm.binary_settings import BinarySettings
from rbm.exact import data_statistics
from rbm.models.binary import BinaryMachine
from rbm.rules import OFFSET_SHARE, RULES, Gradient, Offsets, gradient, moved
from rbm.units import Floats

BATCH, ORDER, FIRST, ERROR = range(4)
"""Streams of noise: of a batch's chains, of the rows' order in an epoch, of the first state, and of
an epoch's reconstruction error."""

ERROR_ROWS = 1_000
"""Rows that a reconstruction error is measured on, so that it costs less than the training."""


@dataclass(frozen=True, eq=False)
class State:
    """After `epoch` epochs: the machine, the last step (`velocity`), the offsets of centring, the
    data's standard deviations (n_visible,; 1 for Bernoulli units), and the hidden states of
    persistent chains (count, n_hidden), none for most rules."""

    machine: BinaryMachine
    velocity: Gradient
    offsets: Offsets
    spread: Floats
    chains: Floats
    epoch: int = 0


def noise(seed: int, stream: int, epoch: int, batch: int) -> np.random.Generator:
    """The generator at an address: Philox (Salmon et al. 2011) hashes a counter, whose high words
    are the address and whose low words count the draws, so no two addresses ever share a draw."""
    return np.random.Generator(np.random.Philox(key=[seed, stream], counter=[0, 0, batch, epoch]))


def first_state(settings: BinarySettings, data: Floats) -> State:
    """The state before epoch 0. Raises `ValueError` for data that the units cannot take, and for
    machines that the rule cannot train."""
    rng = noise(settings.seed, FIRST, 0, 0)
    machine = BinaryMachine.start(
        data, settings.n_hidden, rng, settings.initial_scale, settings.visible
    )
    rule = RULES[settings.rule]
    trouble = rule.check(machine)
    if trouble:
        raise ValueError(trouble)
    n_rows, n_visible = data.shape
    return State(
        machine=machine,
        velocity=Gradient(
            np.zeros((n_visible, settings.n_hidden)),
            np.zeros(n_visible),
            np.zeros(settings.n_hidden),
            np.zeros(n_visible),
        ),
        offsets=Offsets(data.mean(axis=0), machine.mean_h_from_v(data).mean(axis=0)),
        spread=machine.visible_scale,
        chains=rule.start(machine, data, min(settings.batch_size or n_rows, n_rows), rng),
    )


def epoch(state: State, data: Floats, settings: BinarySettings) -> State:
    """The state after one more epoch on `data` (n, n_visible) float64."""
    number = state.epoch
    for batch, rows in enumerate(batches(len(data), number, settings)):
        state = update(state, data[rows], settings, noise(settings.seed, BATCH, number, batch))
    return replace(state, epoch=number + 1)


def batches(n_rows: int, number: int, settings: BinarySettings) -> list[NDArray[np.intp]]:
    """The rows of each batch of an epoch: all in order, or reshuffled and cut (the last may be
    short)."""
    size = settings.batch_size
    if not 0 < size < n_rows:
        return [np.arange(n_rows)]
    order = noise(settings.seed, ORDER, number, 0).permutation(n_rows)
    return [order[start : start + size] for start in range(0, n_rows, size)]


def update(state: State, v: Floats, settings: BinarySettings, rng: np.random.Generator) -> State:
    """The state after one update on rows v (n, n_visible)."""
    machine, number = state.machine, state.epoch
    positive = data_statistics(machine, v)
    h = machine.sample_h_from_v(v, rng)
    negative, chains = RULES[settings.rule].negative(
        machine, h, state.chains, settings.k_at(number), rng
    )
    middle = (1 - OFFSET_SHARE) * state.offsets.hidden + OFFSET_SHARE * positive.hidden
    offsets = state.offsets._replace(hidden=middle)
    taken_off = offsets if settings.centred else Offsets(*map(np.zeros_like, offsets))
    slope = gradient(machine, positive, negative, taken_off)
    # The curvature of the likelihood along b' is that of a mean, spread² / s⁴ for Gaussian units,
    # and grows as s shrinks. Steps divided by it stay stable, and a rate means the same whatever
    # the unit of the data. It is 1 for Bernoulli units.
    measure = machine.visible_scale**4 / state.spread**2
    rate, decay = settings.learning_rate_at(number), settings.weight_decay
    step = Gradient(
        rate * (measure[:, None] * slope.weights - decay * machine.weights),
        rate * measure * slope.visible_bias,
        rate * slope.hidden_bias,
        settings.variance_learning_rate * slope.log_variance,
    )
    velocity = Gradient(
        *(settings.momentum * old + new for old, new in zip(state.velocity, step, strict=True))
    )
    after = moved(machine, velocity, taken_off)
    return State(after, velocity, offsets, state.spread, chains, number)


def reconstruction_error(state: State, data: Floats, seed: int) -> float:
    """Mean over rows and columns of (v - mean of v given h drawn at v)², after the state's epoch;
    of the first `ERROR_ROWS` rows only."""
    v = data[:ERROR_ROWS]
    h = state.machine.sample_h_from_v(v, noise(seed, ERROR, state.epoch, 0))
    return float(np.mean((v - state.machine.mean_v_from_h(h)) ** 2))
