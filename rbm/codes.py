"""Hidden activations as codes: where cases lie in two dimensions, and what a unit stands for.

The code of a case v is the row of probabilities p(h_j = 1 | v). Everything here is a function of
such rows: of one machine, or of the top of a stack.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rbm.units import Floats

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Projection:
    """Two principal axes of rows of m numbers: `centre` (m,), `axes` (2, m) of length 1, or 0 where
    the rows have no such direction; `shares` (2,), the part of all variance along each."""

    centre: Floats
    axes: Floats
    shares: Floats

    def of(self, rows: Floats) -> Floats:
        """Places of rows (n, m) on the two axes, (n, 2)."""
        return np.asarray((rows - self.centre) @ self.axes.T)


def principal_axes(rows: Floats) -> Projection:
    """The two directions along which rows (n, m) vary most (Pearson 1901).

    By the eigenvectors of the covariance, whose size does not grow with n. The sign of an axis,
    which means nothing, is chosen such that its largest part is positive.
    """
    centre = rows.mean(axis=0)
    apart = rows - centre
    variances, directions = np.linalg.eigh(apart.T @ apart / len(rows))
    total = max(float(variances.sum()), 0.0)
    axes, shares = np.zeros((2, rows.shape[1])), np.zeros(2)
    for place in range(min(2, rows.shape[1])):
        variance = variances[-1 - place]
        if variance > 1e-12 * max(total, 1e-12):
            axis = directions[:, -1 - place]
            axes[place] = axis * np.sign(axis[np.abs(axis).argmax()])
            shares[place] = variance / total
    return Projection(centre, axes, shares)


@dataclass(frozen=True, eq=False)
class UnitPortrait:
    """What one hidden unit stands for. `on_share`: part of the cases with p > ½; `mean`: its mean
    activation; `most`, `least`: places of the cases that switch it on most and least, best first;
    `by_label` (kinds,): mean activation by label, and `errors` (kinds,) their standard errors, NaN
    where a label has too few cases; `counts` (kinds,). The last three are empty without labels."""

    on_share: float
    mean: float
    most: Ints
    least: Ints
    by_label: Floats
    errors: Floats
    counts: Ints


def unit_portrait(
    activations: Floats, labels: Ints | None = None, kinds: int = 0, examples: int = 12
) -> UnitPortrait:
    """The portrait of a unit from its activations (n,) on cases, with at most `examples` cases at
    either end, the ends never sharing one. `labels` (n,) count from 0 to `kinds` - 1."""
    order = np.argsort(-activations, kind="stable")
    shown = min(examples, (len(order) + 1) // 2)
    most, least = order[:shown], order[shown:][::-1][:examples]
    empty = np.zeros(0)
    by_label, errors, counts = empty, empty, empty.astype(np.int64)
    if labels is not None:
        counts = np.bincount(labels, minlength=kinds)
        with np.errstate(invalid="ignore", divide="ignore"):
            by_label = np.bincount(labels, activations, kinds) / counts
            squares = np.bincount(labels, (activations - by_label[labels]) ** 2, kinds)
            errors = np.sqrt(squares / (counts - 1) / counts)
    return UnitPortrait(
        float((activations > 0.5).mean()), float(activations.mean()), most, least,
        by_label, errors, counts,
    )  # fmt: skip


def classified(rows: Floats, labels: Ints, learnt: Mask) -> Mask:
    """Which of the cases that are not `learnt` (n,) a logistic regression names rightly by their
    rows (n, m), having seen the learnt ones and their labels (n,). Learnt labels must be of two
    kinds at least."""
    from sklearn.linear_model import LogisticRegression  # a second to import: only who asks waits

    fitted = LogisticRegression(max_iter=5_000).fit(rows[learnt], labels[learnt])
    return np.asarray(fitted.predict(rows[~learnt]) == labels[~learnt])
