"""Recovery measured on many cases, in the server's pool, case by case."""

from __future__ import annotations

import numpy as np

from rbm.app.fill_bench import own_places
from rbm.app.paced import Paced
from rbm.cases import Cases
from rbm.filling import Known
from rbm.masks import MASKS
from rbm.models.binary import BinaryMachine
from rbm.recovery import MEASURES, METHODS, baselines, case_losses, machine_predictions
from rbm.units import Floats

MOST_CASES = 500
CHAINS, STEPS = 20, 50
TOGETHER = 4
"""Cases of one piece of work."""


class RecoveryWork(Paced):
    """A machine against plain baselines on held-out cases, or on learnt ones where none is held
    out. Its "epochs" are pieces of a few cases; what is known so far can be asked at any time.

    `known` (units,): the same units of every case are known; None: a random half, another one for
    each case.
    """

    def __init__(
        self, machine: BinaryMachine, cases: Cases, known: Known | None, seed: int
    ) -> None:
        super().__init__()
        self.machine, self.cases, self.known = machine, cases, known
        places = np.flatnonzero(np.ones(len(cases.values)) if cases.held_out is None
                                else cases.held_out)  # fmt: skip
        self.places = places[:MOST_CASES]
        self._seed = seed
        self._losses: list[dict[str, dict[str, Floats]]] = []

    @property
    def goal(self) -> int:
        """Pieces in all."""
        return -(-len(self.places) // TOGETHER)

    @property
    def epoch(self) -> int:
        """Pieces that are done."""
        return len(self._losses)

    @property
    def stopped(self) -> bool:
        """It cannot diverge."""
        return False

    @property
    def done(self) -> int:
        """Cases that are done."""
        return min(self.epoch * TOGETHER, len(self.places))

    def begin(self) -> None:
        """Works on to the end, as fast as the pool allows while it is asked."""
        with self.lock:
            self.catch_up(self.goal)

    def losses(self) -> dict[str, dict[str, Floats]]:
        """Measure → method → loss of each case done so far."""
        return {
            measure: {
                method: np.concatenate([part[measure][method] for part in self._losses])
                for method in METHODS
            }
            for measure in MEASURES
        }

    def _advance(self, epochs: float) -> None:
        first = self.epoch * TOGETHER
        places = self.places[first : first + TOGETHER]
        truth, rng = self.cases.values[places], np.random.default_rng([self._seed, first])
        known = self._mask(len(places), rng)
        predicted = baselines(self.cases.training, truth, known, own_places(self.cases, places))
        predicted["machine"] = machine_predictions(
            self.machine, truth, known, rng, chains=CHAINS, steps=STEPS
        )
        self._losses.append(case_losses(truth, known, predicted))

    def _mask(self, count: int, rng: np.random.Generator) -> Known:
        if self.known is not None:
            return np.tile(self.known, (count, 1))
        shape = (1, self.cases.n_units)
        return np.array([MASKS["random"].known(shape, rng) for _ in range(count)])

    def _measure(self, every: float = 0.0) -> None:
        """There is nothing to measure on the way."""

    def _finished(self) -> bool:
        return self.epoch == self.goal
