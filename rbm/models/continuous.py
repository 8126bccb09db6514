"""The continuous RBM (Chen & Murray 2003): parameters, mean states and the landscape.

A unit j with inputs s_i has the state s_j = lo + (hi - lo) / (1 + exp(-A_j x_j)), where
x_j = sum_i w_ij s_i + bias_j + sigma N(0, 1). Here is all that needs no noise; the noisy chain
and the training are in `rbm.engine`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, xlogy

Floats = NDArray[np.floating[Any]]


class Parameters(NamedTuple):
    """The five groups of a parameter vector, as views into it (any leading axes are kept)."""

    weights: Floats
    visible_bias: Floats
    hidden_bias: Floats
    visible_slope: Floats
    hidden_slope: Floats


def n_parameters(n_visible: int, n_hidden: int) -> int:
    """Length of the parameter vector: weights, two bias vectors, two slope vectors."""
    return n_visible * n_hidden + 2 * (n_visible + n_hidden)


def n_visible_of(vector: Floats, n_hidden: int) -> int:
    """Number of visible units of a vector (..., P); `ValueError` if no number fits."""
    n_visible, rest = divmod(vector.shape[-1] - 2 * n_hidden, n_hidden + 2)
    if rest or n_visible < 1:
        raise ValueError(
            f"No machine with {n_hidden} hidden units has {vector.shape[-1]} parameters."
        )
    return n_visible


def split(vector: Floats, n_hidden: int) -> Parameters:
    """The groups of parameter vectors (..., P), in their one fixed order.

    weights (..., n_visible, n_hidden) row by row, visible_bias, hidden_bias, visible_slope,
    hidden_slope. All are views: writing to them writes to `vector`, if that is contiguous.
    """
    n_visible = n_visible_of(vector, n_hidden)
    sizes = [n_visible * n_hidden, n_visible, n_hidden, n_visible, n_hidden]
    ends = np.cumsum(sizes)
    groups = [vector[..., end - size : end] for size, end in zip(sizes, ends, strict=True)]
    weights = groups[0].reshape(*vector.shape[:-1], n_visible, n_hidden)
    return Parameters(weights, groups[1], groups[2], groups[3], groups[4])


@dataclass(frozen=True, eq=False)
class ContinuousMachine:
    """One machine at rest: its parameters and the range of its units.

    weights (n_visible, n_hidden); visible_bias, visible_slope (n_visible,); hidden_bias,
    hidden_slope (n_hidden,). States of units lie in [low, high]; slopes are positive.
    Every method takes rows of states, (n, units) or (units,), and works in float64.
    """

    weights: Floats
    visible_bias: Floats
    hidden_bias: Floats
    visible_slope: Floats
    hidden_slope: Floats
    low: float = 0.0
    high: float = 1.0

    @classmethod
    def from_parameters(
        cls, vector: Floats, n_hidden: int, low: float = 0.0, high: float = 1.0
    ) -> ContinuousMachine:
        """The machine of a parameter vector (P,), copied; `ValueError` if P does not fit."""
        groups = split(np.array(vector, dtype=np.float64), n_hidden)
        return cls(*groups, low=low, high=high)

    @property
    def n_visible(self) -> int:
        return int(self.weights.shape[0])

    @property
    def n_hidden(self) -> int:
        return int(self.weights.shape[1])

    @property
    def parameters(self) -> Floats:
        """The parameter vector (P,), float64, in the order of `split`."""
        groups = (
            self.weights,
            self.visible_bias,
            self.hidden_bias,
            self.visible_slope,
            self.hidden_slope,
        )
        return np.concatenate([np.ravel(group) for group in groups]).astype(np.float64)

    def inputs_h_from_v(self, v: Floats) -> Floats:
        """Inputs x_j of the hidden units without noise: v W + c."""
        return np.asarray(v @ self.weights + self.hidden_bias)

    def inputs_v_from_h(self, h: Floats) -> Floats:
        """Inputs x_i of the visible units without noise: h W' + b."""
        return np.asarray(h @ self.weights.T + self.visible_bias)

    def mean_h_from_v(self, v: Floats) -> Floats:
        """Hidden states without noise: the logistic of the inputs."""
        return self._logistic(self.hidden_slope * self.inputs_h_from_v(v))

    def mean_v_from_h(self, h: Floats) -> Floats:
        """Visible states without noise: the logistic of the inputs."""
        return self._logistic(self.visible_slope * self.inputs_v_from_h(h))

    def landscape(self, v: Floats) -> Floats:
        """F(v), which the noise-free chain never climbs; one value for each row of v.

        With p = (s - lo)/D, D = hi - lo and S(s) = D (p ln p + (1-p) ln(1-p)), whose derivative
        is logit(p), one half-pass of the noise-free chain minimises
        E(v, h) = -v W h - b v - c h + sum_i S(v_i)/A_i + sum_j S(h_j)/A_j over one layer. Put the
        best h in and E becomes, with the hidden inputs x_j,

            F(v) = sum_i S(v_i)/A_i - b v - sum_j (lo x_j + D softplus(A_j x_j)/A_j).

        v outside [low, high] is taken at the border, where S is 0.
        """
        width = self.high - self.low
        p = np.clip((v - self.low) / width, 0.0, 1.0)
        entropy = width * (xlogy(p, p) + xlogy(1.0 - p, 1.0 - p))
        x = self.inputs_h_from_v(v)
        hidden = self.low * x + width * np.logaddexp(0.0, self.hidden_slope * x) / self.hidden_slope
        return np.asarray(
            (entropy / self.visible_slope - v * self.visible_bias).sum(-1) - hidden.sum(-1)
        )

    def _logistic(self, x: Floats) -> Floats:
        return np.asarray(self.low + (self.high - self.low) * expit(x))
