"""k-means beside the machine's clusters: computed in the server's pool, start by start."""

from __future__ import annotations

import numpy as np

from rbm.app.paced import Paced
from rbm.app.reading import Reading
from rbm.clusters import (
    MEMBERSHIPS,
    Agreement,
    Centres,
    agreement,
    averaged,
    k_means_start,
    nearest_centre,
)
from rbm.codes import Mask
from rbm.units import Floats

SEEDS = 5
STARTS = 5
"""Starts of k-means for each seed: the best counts."""
MOST_CASES = 3_000
"""Learnt cases that k-means looks at: a sample of them when there are more."""
SPACES = ("pixels", "codes")
"""What k-means looks at: the data themselves, and the codes."""


class Comparison(Paced):
    """All that is compared on one page, for one reading and one number of clusters.

    Its "epochs" are starts of k-means; what is known so far can be asked at any time.
    """

    def __init__(self, reading: Reading, count: int) -> None:
        super().__init__()
        self.reading, self.count = reading, count
        self._rows: dict[str, Floats] = {"pixels": reading.cases.values, "codes": reading.codes}
        places = np.flatnonzero(reading.learnt)
        if len(places) > MOST_CASES:
            places = np.random.default_rng(0).choice(places, MOST_CASES, replace=False)
        self._sample = places
        self._tasks = [(s, seed, start) for s in SPACES for seed in range(SEEDS)
                       for start in range(STARTS)]  # fmt: skip
        self._best: dict[tuple[str, int], Centres] = {}
        self._done = 0

    @property
    def goal(self) -> int:
        """Starts in all."""
        return len(self._tasks)

    @property
    def epoch(self) -> int:
        """Starts that are done."""
        return self._done

    @property
    def stopped(self) -> bool:
        """It cannot diverge."""
        return False

    def _advance(self, epochs: float) -> None:
        space, seed, start = self._tasks[self._done]
        found = k_means_start(self._rows[space][self._sample], self.count, STARTS * seed + start)
        best = self._best.get((space, seed))
        if best is None or found.spread < best.spread:
            self._best[space, seed] = found
        self._done += 1

    def _measure(self, every: float = 0.0) -> None:
        """There is nothing to measure on the way."""

    def _finished(self) -> bool:
        return self._done == self.goal

    def agreements(self, cases: Mask) -> dict[str, list[Agreement]]:
        """For the cases in the mask (n,): by rule, its agreement with the labels, from each seed
        (one for rules without chance). k-means is missing until it is done."""
        labels = self.reading.cases.labels
        if labels is None:
            return {}
        of = {
            name: [agreement(self.reading.clusters[name].members[cases], labels[cases])]
            for name in MEMBERSHIPS
        }
        if self._finished():
            for space in SPACES:
                members = [
                    nearest_centre(self._rows[space], self._best[space, seed]).members
                    for seed in range(SEEDS)
                ]
                of[space] = [agreement(each[cases], labels[cases]) for each in members]
        return of


def summary(agreements: dict[str, list[Agreement]]) -> dict[str, Agreement]:
    """One agreement for each rule: the mean over seeds."""
    return {name: averaged(several) for name, several in agreements.items()}
