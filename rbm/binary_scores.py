"""How good a binary machine is: free energies of learnt and held-out cases, and its likelihood.

The likelihood is exact where enumeration is quick, else annealed importance sampling's estimate,
which is too high when its steps are too few (its log Z is then too low). The gap between the mean
free energies of held-out and learnt cases needs no log Z at all: it grows when a machine begins to
know its training cases by heart (Hinton 2012, § 6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rbm import exact
from rbm.cases import Cases
from rbm.likelihood import annealed_log_partition, pseudo_log_likelihood
from rbm.models.binary import BinaryMachine

QUICK_UNITS = 12
"""Enumerating the smaller layer is quick up to here."""
N_CHAINS, N_TEMPERATURES = 50, 150
MOST_CASES = 500
"""Cases of each part that a measurement looks at: the first ones."""


@dataclass(frozen=True)
class Score:
    """All in nats per case. `training` and `test`: mean free energies; `log_likelihood` and
    `test_log_likelihood`; `pseudo`: mean pseudo-log-likelihood of learnt cases. NaN for what there
    is not (no case held out; no finite machine). `exact`: whether the likelihood is."""

    training: float
    test: float
    log_likelihood: float
    test_log_likelihood: float
    pseudo: float
    exact: bool

    @property
    def gap(self) -> float:
        """Mean free energy of held-out minus that of learnt cases; NaN without held-out ones."""
        return self.test - self.training


def log_partition(machine: BinaryMachine, seed: int = 0) -> tuple[float, bool]:
    """log Z, and whether it is exact rather than estimated."""
    smaller = min(machine.n_visible, machine.n_hidden)
    if exact.can_enumerate(machine) and smaller <= QUICK_UNITS:
        return exact.log_partition(machine), True
    return annealed_log_partition(machine, N_CHAINS, N_TEMPERATURES, seed).log_z, False


def score(machine: BinaryMachine, cases: Cases, seed: int = 0) -> Score:
    """Measures a machine on the first `MOST_CASES` learnt and held-out cases."""
    learnt, held_out = cases.training[:MOST_CASES], cases.test[:MOST_CASES]
    training = float(machine.free_energy(learnt).mean())
    test = float(machine.free_energy(held_out).mean()) if len(held_out) else math.nan
    log_z, quick = log_partition(machine, seed)
    pseudo = (
        float(np.mean(pseudo_log_likelihood(machine, learnt[:100], seed)))
        if machine.units.finite
        else math.nan
    )
    return Score(training, test, -training - log_z, -test - log_z, pseudo, quick)
