"""Gibbs chains of a stack and of its lowest machine, side by side, kept as films."""

from __future__ import annotations

import numpy as np

from rbm.app.paced import Paced
from rbm.cases import Cases
from rbm.deep import DeepBeliefNetwork
from rbm.units import Floats

CHAINS = 16
MARKS = (
    0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 125, 150, 200, 250, 300,
    400, 500, 600, 800, 1_000,
)  # fmt: skip
"""After how many steps a picture is kept: early steps change the most."""
STARTS = ("noise", "learnt cases")


class Chains(Paced):
    """`CHAINS` chains of each network in `networks`; its "epochs" are Gibbs steps.

    `films`: for each network a list of pictures (CHAINS, n_visible), one for each of `marks` that
    has been reached. Equal arguments give equal films.
    """

    def __init__(
        self,
        networks: tuple[DeepBeliefNetwork, ...],
        cases: Cases,
        start: str,
        steps: int,
        seed: int,
    ) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.data = cases.training[rng.permutation(len(cases.training))[:CHAINS]]
        shape = (CHAINS, cases.n_units)
        starts = self.data if start == STARTS[1] else (rng.random(shape) < 0.5).astype(np.float64)
        self.marks = tuple(mark for mark in MARKS if mark <= steps)
        self.films: list[list[Floats]] = [[] for _ in networks]
        self._chains = [
            network.chain(starts, np.random.default_rng((seed, number)))
            for number, network in enumerate(networks)
        ]
        self._pictures = 0

    @property
    def goal(self) -> int:
        """Pictures of each network until the film ends: those after 0, 1, … steps."""
        return self.marks[-1] + 1

    @property
    def epoch(self) -> int:
        """Pictures drawn so far."""
        return self._pictures

    @property
    def stopped(self) -> bool:
        """It cannot diverge."""
        return False

    def _advance(self, epochs: float) -> None:
        for film, chain in zip(self.films, self._chains, strict=True):
            picture = next(chain)
            if self._pictures in self.marks:
                film.append(picture)
        self._pictures += 1

    def _measure(self, every: float = 0.0) -> None:
        """There is nothing to measure."""

    def _finished(self) -> bool:
        return self._pictures == self.goal
