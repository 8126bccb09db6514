"""Hidden units in words: which visible units one goes with, which kind of cases it marks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rbm.units import Floats

Ints = NDArray[np.int64]
STRONG = 0.5
"""Weights from this share of a unit's strongest on are named."""


@dataclass(frozen=True)
class Contrast:
    """A hidden unit is on (more probably than not) for the share `inside` of the cases of these
    `kinds`, and for the share `outside` of all others."""

    kinds: tuple[int, ...]
    inside: float
    outside: float


def goes_with(weights: Floats) -> tuple[list[int], list[int]]:
    """Places of a hidden unit's strong positive and strong negative weights (units,), each the
    strongest first."""
    least = STRONG * np.abs(weights).max()
    if not least:
        return [], []
    order = [int(place) for place in np.argsort(-np.abs(weights), kind="stable")]
    strong = [place for place in order if abs(weights[place]) >= least]
    return [p for p in strong if weights[p] > 0], [p for p in strong if weights[p] < 0]


def clearest_contrast(means: Floats, labels: Ints, n_kinds: int) -> Contrast:
    """The group of kinds of cases that a hidden unit tells best from the others: the largest
    difference between the shares for which it is on; of two equal ones that for which it is on
    inside. `means` (n,) of the unit, `labels` (n,) in
    0 … `n_kinds` - 1; no more than half of the kinds are called a group.

    Raises `ValueError` when there are not two kinds among the labels.
    """
    on = means > 0.5
    present = [kind for kind in range(n_kinds) if (labels == kind).any()]
    if len(present) < 2:
        raise ValueError("A contrast needs cases of at least two kinds.")
    found = []
    for size in range(1, len(present) // 2 + 1):
        for kinds in itertools.combinations(present, size):
            of = np.isin(labels, kinds)
            found.append(Contrast(kinds, float(on[of].mean()), float(on[~of].mean())))
    return max(found, key=lambda one: (abs(one.inside - one.outside), one.inside))
