"""Training rules of the binary RBM: where the means of the negative phase come from.

The gradient of the mean log-likelihood is a difference of means, ⟨·⟩ under the data (positive
phase, with p(h | v)) minus ⟨·⟩ under the machine (negative phase). The positive phase is exact; the
rules of `RULES` differ in the negative one.

Centring (Melchior, Fischer & Wiskott 2016). The machine is written in v - μ and h - λ,

    E = own(v; b) - c·h - f(v) W h,    b' = b + W λ,    c' = c + W' f(μ),

and the step is taken in W, b', c' and log s². It is the same machine, but there a step of a weight
does not also shift the biases of both its ends, which is what makes plain learning slow. A step
goes to the coordinates centred at the present offsets (μ, λ), on, and back (`moved`). Plain
learning is the case μ = λ = 0. Gradient and velocity always belong to those coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from rbm.exact import MAX_UNITS, Statistics, can_enumerate, data_statistics, model_statistics
from rbm.models.binary import BinaryMachine
from rbm.units import Floats

OFFSET_SHARE = 0.01
"""By how much the hidden offsets move towards the mean of each batch (Melchior et al. 2016)."""


class Offsets(NamedTuple):
    """What is taken off the states: `visible` μ (n_visible,), `hidden` λ (n_hidden,)."""

    visible: Floats
    hidden: Floats


class Gradient(NamedTuple):
    """Of the mean log-likelihood (or a step) along W (n_visible, n_hidden), b' (n_visible,),
    c' (n_hidden,) and log s² (n_visible,; 0 for Bernoulli units)."""

    weights: Floats
    visible_bias: Floats
    hidden_bias: Floats
    log_variance: Floats


def gradient(
    machine: BinaryMachine, positive: Statistics, negative: Statistics, offsets: Offsets
) -> Gradient:
    """The gradient from the means of both phases, in the coordinates centred at `offsets`."""
    visible = positive.visible - negative.visible
    hidden = positive.hidden - negative.hidden
    product = positive.product - negative.product
    product = product - np.outer(offsets.visible, hidden) - np.outer(visible, offsets.hidden)
    if not machine.units.learns_scale:
        return Gradient(product, visible, hidden, np.zeros(machine.n_visible))
    variance = machine.visible_scale**2
    # ⟨(v - b)²⟩ and W⟨(v - μ) h⟩; the offset λ is not taken off here, as b stays where it is.
    spread = positive.square - negative.square - 2.0 * machine.visible_bias * visible
    pull = (machine.weights * (product + np.outer(visible, offsets.hidden))).sum(axis=1)
    return Gradient(
        product / variance[:, None], visible / variance, hidden, (0.5 * spread - pull) / variance
    )


def centred(machine: BinaryMachine, offsets: Offsets) -> tuple[Floats, Floats]:
    """The biases b' (n_visible,), c' (n_hidden,) of the coordinates centred at `offsets`."""
    coupling = machine.units.coupling(offsets.visible, machine.visible_scale)
    return (
        machine.visible_bias + machine.weights @ offsets.hidden,
        machine.hidden_bias + coupling @ machine.weights,
    )


def moved(machine: BinaryMachine, step: Gradient, offsets: Offsets) -> BinaryMachine:
    """The machine after a step in the coordinates centred at `offsets`."""
    visible_bias, hidden_bias = centred(machine, offsets)
    weights = machine.weights + step.weights
    scale = machine.visible_scale * np.exp(0.5 * step.log_variance)
    coupling = machine.units.coupling(offsets.visible, scale)
    return BinaryMachine(
        weights=weights,
        visible_bias=visible_bias + step.visible_bias - weights @ offsets.hidden,
        hidden_bias=hidden_bias + step.hidden_bias - coupling @ weights,
        visible=machine.visible,
        visible_scale=scale,
    )


class Rule(Protocol):
    """Where the negative phase comes from. Chains are kept as hidden states."""

    @property
    def label(self) -> str:
        """A few words for menus."""

    def check(self, machine: BinaryMachine) -> str:
        """A sentence that says why the rule cannot train such a machine; "" if it can."""

    def start(
        self, machine: BinaryMachine, data: Floats, count: int, rng: np.random.Generator
    ) -> Floats:
        """The first chains, (count, n_hidden) if the rule carries any on, else (0, n_hidden)."""

    def negative(
        self, machine: BinaryMachine, h: Floats, chains: Floats, k: int, rng: np.random.Generator
    ) -> tuple[Statistics, Floats]:
        """The means of the negative phase, and the chains after it.

        `h` (n, n_hidden): hidden states drawn from p(h | v) at the batch's n rows of data. A batch
        shorter than the number of chains is compared with as many chains as it has rows.
        """


@dataclass(frozen=True)
class ContrastiveDivergence:
    """CD-k (Hinton 2002): chains start at the data in each update and take k steps."""

    label: str = "Contrastive divergence: each update's chains start at the data"

    def check(self, machine: BinaryMachine) -> str:
        return ""

    def start(
        self, machine: BinaryMachine, data: Floats, count: int, rng: np.random.Generator
    ) -> Floats:
        return _no_chains(machine)

    def negative(
        self, machine: BinaryMachine, h: Floats, chains: Floats, k: int, rng: np.random.Generator
    ) -> tuple[Statistics, Floats]:
        return data_statistics(machine, _chain(machine, h, k, rng)), chains


@dataclass(frozen=True)
class PersistentContrastiveDivergence:
    """PCD-k (Tieleman 2008): chains go on from where the last update left them."""

    label: str = "Persistent: chains go on from where the last update left them"

    def check(self, machine: BinaryMachine) -> str:
        return ""

    def start(
        self, machine: BinaryMachine, data: Floats, count: int, rng: np.random.Generator
    ) -> Floats:
        """Drawn at rows of the data at random: diverse from the beginning."""
        return machine.sample_h_from_v(data[rng.integers(len(data), size=count)], rng)

    def negative(
        self, machine: BinaryMachine, h: Floats, chains: Floats, k: int, rng: np.random.Generator
    ) -> tuple[Statistics, Floats]:
        # A batch that has grown (a live setting) brings new chains, begun at its data.
        chains = np.concatenate([chains, h[len(chains) :]])
        v = _chain(machine, chains[: len(h)], k, rng)
        after = machine.sample_h_from_v(v, rng)
        return data_statistics(machine, v), np.concatenate([after, chains[len(h) :]])


@dataclass(frozen=True)
class ExactGradient:
    """The true negative phase, by enumeration: the yardstick of the other rules."""

    label: str = "Exact: the negative phase by enumeration (one layer of at most 20 units)"

    def check(self, machine: BinaryMachine) -> str:
        if can_enumerate(machine):
            return ""
        return f"The exact rule needs a layer of at most {MAX_UNITS} binary units."

    def start(
        self, machine: BinaryMachine, data: Floats, count: int, rng: np.random.Generator
    ) -> Floats:
        return _no_chains(machine)

    def negative(
        self, machine: BinaryMachine, h: Floats, chains: Floats, k: int, rng: np.random.Generator
    ) -> tuple[Statistics, Floats]:
        return model_statistics(machine), chains


def _no_chains(machine: BinaryMachine) -> Floats:
    return np.empty((0, machine.n_hidden))


def _chain(machine: BinaryMachine, h: Floats, k: int, rng: np.random.Generator) -> Floats:
    """Visible states after k steps h → v → h → … → v from hidden states h."""
    return machine.gibbs(machine.sample_v_from_h(h, rng), k - 1, rng)


RULES: dict[str, Rule] = {
    "cd": ContrastiveDivergence(),
    "pcd": PersistentContrastiveDivergence(),
    "exact": ExactGradient(),
}
