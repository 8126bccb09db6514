"""Unit types of the binary RBM's visible layer: what one unit is, without knowing of weights.

A layer is an exponential family with one input per unit. In the energy of the machine its states
v appear as own(v) - f(v)·(input from the other layer): `own_energy` is the unit's own, `coupling`
f(v) is what the weights multiply. The rest follows: given the inputs x = bias + W h, the law of v
is proportional to exp(-own(v) + f(v)·(x - bias)), with the `mean` and the samples below, and
exp(`log_sum`) is its sum (integral) over v.

All methods take rows of states or inputs (..., units) and the layer's `bias` and `scale` (units,),
and return one value for each unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.floating[Any]]


class Units(Protocol):
    """What the machine asks of a layer."""

    @property
    def label(self) -> str:
        """A few words for menus."""

    @property
    def learns_scale(self) -> bool:
        """Whether `scale` is a parameter; if not, it is 1."""

    @property
    def finite(self) -> bool:
        """Whether a unit has two states only, so that a layer can be enumerated."""

    def check(self, v: Floats) -> str:
        """A sentence that says why states (n, units) do not fit; "" if they do."""

    def first_bias(self, data: Floats) -> Floats:
        """The bias with which a layer without weights has the mean of `data` (n, units)."""

    def first_scale(self, data: Floats) -> Floats:
        """The scale with which a layer without weights has the spread of `data` (n, units)."""

    def coupling(self, v: Floats, scale: Floats) -> Floats:
        """What the weights multiply in the energy."""

    def own_energy(self, v: Floats, bias: Floats, scale: Floats) -> Floats:
        """Energy of each state without the other layer."""

    def mean(self, inputs: Floats) -> Floats:
        """Mean state given the inputs x (the bias included)."""

    def sample(self, inputs: Floats, scale: Floats, rng: np.random.Generator) -> Floats:
        """A state drawn given the inputs x (the bias included)."""

    def log_sum(self, inputs: Floats, bias: Floats, scale: Floats) -> Floats:
        """Log of the sum (integral) over v of exp(-own(v) + f(v)·(x - bias))."""

    def mean_square(self, inputs: Floats, scale: Floats) -> Floats:
        """Mean of v² given the inputs x."""


@dataclass(frozen=True)
class Bernoulli:
    """Two states, 0 and 1: P(v = 1) = 1 / (1 + exp(-x)). `scale` is not used.

    Values between 0 and 1 are taken as probabilities of being 1.
    """

    label: str = "Bernoulli: 0 or 1"
    learns_scale: bool = False
    finite: bool = True

    def check(self, v: Floats) -> str:
        bad = np.argwhere(~((v >= 0) & (v <= 1)))  # also finds NaN
        if not len(bad):
            return ""
        row, column = bad[0]
        return f"Binary units take values from 0 to 1; row {row + 1} has {v[row, column]:g}."

    def first_bias(self, data: Floats) -> Floats:
        """log(p / (1 - p)) with one 0 and one 1 added to each column, which keeps it finite."""
        on = data.sum(axis=0) + 1.0
        return np.asarray(np.log(on) - np.log(len(data) + 2.0 - on))

    def first_scale(self, data: Floats) -> Floats:
        return np.ones(data.shape[1])

    def coupling(self, v: Floats, scale: Floats) -> Floats:
        return v

    def own_energy(self, v: Floats, bias: Floats, scale: Floats) -> Floats:
        return -v * bias

    def mean(self, inputs: Floats) -> Floats:
        return np.asarray(expit(inputs))

    def sample(self, inputs: Floats, scale: Floats, rng: np.random.Generator) -> Floats:
        return (rng.random(inputs.shape) < expit(inputs)).astype(np.float64)

    def log_sum(self, inputs: Floats, bias: Floats, scale: Floats) -> Floats:
        return np.logaddexp(0.0, inputs)

    def mean_square(self, inputs: Floats, scale: Floats) -> Floats:
        return np.asarray(expit(inputs))


@dataclass(frozen=True)
class Gaussian:
    """Any real number: v ~ N(x, scale²), after Cho, Ilin & Raiko (2011).

    own(v) = (v - bias)² / (2 scale²) and f(v) = v / scale², so a weight is the distance by which
    a hidden unit moves the mean.
    """

    label: str = "Gaussian: any number"
    learns_scale: bool = True
    finite: bool = False

    def check(self, v: Floats) -> str:
        bad = np.flatnonzero(~np.isfinite(v).all(axis=1))
        return f"Row {bad[0] + 1} is not finite: remove such rows first." if len(bad) else ""

    def first_bias(self, data: Floats) -> Floats:
        return np.asarray(data.mean(axis=0))

    def first_scale(self, data: Floats) -> Floats:
        """The standard deviations; 1 for a column that never changes."""
        spread = data.std(axis=0)
        return np.where(spread > 0, spread, 1.0)

    def coupling(self, v: Floats, scale: Floats) -> Floats:
        return np.asarray(v / scale**2)

    def own_energy(self, v: Floats, bias: Floats, scale: Floats) -> Floats:
        return np.asarray(0.5 * ((v - bias) / scale) ** 2)

    def mean(self, inputs: Floats) -> Floats:
        return inputs

    def sample(self, inputs: Floats, scale: Floats, rng: np.random.Generator) -> Floats:
        return np.asarray(inputs + scale * rng.standard_normal(inputs.shape))

    def log_sum(self, inputs: Floats, bias: Floats, scale: Floats) -> Floats:
        # (v - b)² - 2 v (x - b) = (v - x)² + b² - x²
        moved = (inputs**2 - bias**2) / (2.0 * scale**2)
        return np.asarray(moved + np.log(scale * np.sqrt(2.0 * np.pi)))

    def mean_square(self, inputs: Floats, scale: Floats) -> Floats:
        return np.asarray(inputs**2 + scale**2)


UNITS: dict[str, Units] = {"bernoulli": Bernoulli(), "gaussian": Gaussian()}
"""Types of visible units; hidden units are always Bernoulli."""
