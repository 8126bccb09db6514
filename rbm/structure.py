"""What a small binary machine is made of: energy term by term, every state with its probability.

With n units there are 2ⁿ states, so for few units everything can be written down: the exact
distribution, and how far from it a number of samples is by chance alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from rbm.cases import FILMS
from rbm.exact import states
from rbm.models.binary import BinaryMachine
from rbm.unit_sums import Floats

OVER = {"visible": "Visible states", "hidden": "Hidden states", "both": "Both together"}
"""Which states can be counted."""
MOST_TOGETHER = 10
"""Units of both layers up to which states of the whole machine are listed."""


class Energy(NamedTuple):
    """The three parts of E(v, h) for one state, and their sum."""

    visible: float
    hidden: float
    pairs: float

    @property
    def total(self) -> float:
        return self.visible + self.hidden + self.pairs


@dataclass(frozen=True, eq=False)
class Example:
    """One row of `EXAMPLES`: a machine, one sentence about what to see in it, and names of its
    visible and hidden units where they have some."""

    machine: BinaryMachine
    says: str
    names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def energy_of(machine: BinaryMachine, v: Floats, h: Floats) -> Energy:
    """−b·v, −c·h and −v W h of one state: v (n_visible,), h (n_hidden,), zeros and ones."""
    return Energy(
        -float(machine.visible_bias @ v),
        -float(machine.hidden_bias @ h),
        -float(v @ machine.weights @ h),
    )


def probabilities(machine: BinaryMachine, over: str, held: Floats | None = None) -> Floats:
    """Exact probability of every state in the order of `rbm.exact.states`, summing to 1.

    over: a key of `OVER` ("both": the visible units are the higher digits); `KeyError` for another
    word. held (n_visible,): states of visible units that are known, NaN for the others; then the
    probabilities are given those, and 0 for visible states that do not agree. Takes 2**units
    numbers: meant for layers of few units.
    """
    v, h = states(machine.n_visible), states(machine.n_hidden)
    minus_energy = (v @ machine.visible_bias)[:, None] + h @ machine.hidden_bias
    minus_energy += v @ machine.weights @ h.T
    if held is not None:
        minus_energy[~(np.isnan(held) | (v == held)).all(1)] = -np.inf
    log_p = {
        "visible": lambda: logsumexp(minus_energy, axis=1),
        "hidden": lambda: logsumexp(minus_energy, axis=0),
        "both": minus_energy.ravel,
    }[over]()
    return np.asarray(np.exp(log_p - logsumexp(log_p)))


def filled_in(machine: BinaryMachine, held: Floats) -> Floats:
    """p(v_i = 1 | what is known) of every visible unit, (n_visible,); its state where it is known.

    held: as for `probabilities`.
    """
    return np.asarray(probabilities(machine, "visible", held) @ states(machine.n_visible))


def most_probable(p: Floats, count: int) -> NDArray[np.intp]:
    """The numbers of the `count` most probable states, the likeliest first; fewer when others have
    no chance at all."""
    order = np.argsort(-p, kind="stable")[:count]
    return np.asarray(order[p[order] > 0])


def chance_distance(p: Floats, counts: Floats) -> Floats:
    """Mean total variation distance from p of `counts` independent samples of it, one for each.

    ½ Σ_x E|X/n − p(x)| where X is binomial, whose mean deviation De Moivre (1730) found exactly:

        E|X − n p| = 2 m (1 − p) C(n, m) p^m (1 − p)^(n − m),   m = ⌊n p⌋ + 1.

    p (states,) sums to 1; counts (n,) are whole numbers from 1 on.
    """
    inner = p[(p > 0) & (p < 1)]
    n = np.asarray(counts, np.float64)[:, None]
    m = np.floor(n * inner) + 1
    log_choose = gammaln(n + 1) - gammaln(m + 1) - gammaln(np.maximum(n - m, 0) + 1)
    log_mass = log_choose + m * np.log(inner) + (n - m) * np.log1p(-inner)
    return np.asarray((m * (1 - inner) * np.exp(log_mass) / n).sum(1))


def random_machine(n_visible: int, n_hidden: int, seed: int) -> BinaryMachine:
    """Weights and biases from N(0, 1), rounded to one decimal so that sums are easy to check."""
    rng = np.random.default_rng(seed)
    return BinaryMachine(
        rng.standard_normal((n_visible, n_hidden)).round(1) + 0.0,
        rng.standard_normal(n_visible).round(1) + 0.0,
        rng.standard_normal(n_hidden).round(1) + 0.0,
    )


def resized(machine: BinaryMachine, n_visible: int, n_hidden: int, seed: int) -> BinaryMachine:
    """The machine with units taken away at the end, or added there with random parameters."""
    new = random_machine(n_visible, n_hidden, seed)
    v, h = min(n_visible, machine.n_visible), min(n_hidden, machine.n_hidden)
    weights, visible_bias, hidden_bias = new.weights, new.visible_bias, new.hidden_bias
    weights[:v, :h] = machine.weights[:v, :h]
    visible_bias[:v] = machine.visible_bias[:v]
    hidden_bias[:h] = machine.hidden_bias[:h]
    return replace(new, weights=weights, visible_bias=visible_bias, hidden_bias=hidden_bias)


def _machine(
    weights: list[list[float]], visible: list[float], hidden: list[float]
) -> BinaryMachine:
    return BinaryMachine(np.array(weights), np.array(visible), np.array(hidden))


EXAMPLES: dict[str, Example] = {
    "Two habits": Example(
        _machine(
            [[2.5, -2], [2.5, -2], [-2, 2.5], [-2, 2.5]], [-0.5, -0.5, -0.5, -0.5], [-1.5, -1.5]
        ),
        "h₁ likes v₁ and v₂, h₂ likes v₃ and v₄: states where just one pair is on are probable.",
    ),
    "Copycats": Example(
        _machine([[6], [6]], [-3, -3], [-6]),
        "Two visible units and one hidden unit that wants both on or both off: 00 and 11 win, "
        "though no line joins v₁ and v₂.",
    ),
    "Six films, two tastes": Example(
        _machine(
            [[4, 0], [4, 0], [4, 0], [0, 4], [0, 4], [0, 4]], [-2, -2, -2, -2, -2, -2], [-6, -6]
        ),
        "Liked (1) or not (0), by two tastes. Mark a film as known and look what the machine would "
        "recommend; then see which films a hidden unit stands for.",
        (FILMS, ("sci-fi", "love")),
    ),
    "One at a time": Example(
        _machine(
            [[4, -4, -4], [-4, 4, -4], [-4, -4, 4]], [0, 0, 0], [-0.5, -0.5, -0.5]
        ),
        "Each hidden unit calls one visible unit and forbids the others.",
    ),
    "Two valleys": Example(
        _machine([[5, 5], [5, 5], [5, 5], [5, 5]], [-5, -5, -5, -5], [-10, -10]),
        "All on and all off are equally probable and everything between is rare: the chain stays "
        "in one valley for long, so its samples look wrong for long.",
    ),
    "No weights": Example(
        _machine([[0, 0], [0, 0], [0, 0]], [1, 0, -1], [0.5, -0.5]),
        "Without weights every unit decides alone: set a weight and watch the bars move.",
    ),
}  # fmt: skip
