"""A deep belief network: binary machines stacked greedily (Hinton, Osindero & Teh 2006).

The first machine learns the data, the next one the hidden probabilities of the first, and so on.
Only the last keeps its energy: together they are a generative model whose top two layers are an RBM
and whose lower layers are drawn from the ones above them, p(v | h) of each machine in turn. So a
sample is a Gibbs chain at the top and one pass down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rbm.binary_settings import BinarySettings
from rbm.binary_training import BinaryRun, train
from rbm.models.binary import BinaryMachine
from rbm.units import Floats

MAX_LAYERS = 3


@dataclass(frozen=True)
class DeepBeliefNetwork:
    """`machines`, from the data upwards: the hidden layer of each is the visible one of the next.

    Raises `ValueError` when their sizes do not fit, or a machine above the first is not binary.
    """

    machines: tuple[BinaryMachine, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.machines) <= MAX_LAYERS:
            raise ValueError(f"A network has 1 to {MAX_LAYERS} layers; got {len(self.machines)}.")
        for below, above in zip(self.machines, self.machines[1:], strict=False):
            if below.n_hidden != above.n_visible or not above.units.finite:
                raise ValueError(
                    f"A machine on {below.n_hidden} hidden units needs as many binary visible "
                    f"ones; it has {above.n_visible} ({above.visible})."
                )

    def up(self, v: Floats) -> Floats:
        """Probabilities of the top hidden units (n, units), layer by layer from rows v."""
        for machine in self.machines:
            v = machine.mean_h_from_v(v)
        return v

    def down(self, h: Floats, rng: np.random.Generator, noisy: bool = False) -> Floats:
        """Visible states (n, n_visible) below states h of the top hidden layer: layers between are
        drawn; the last is its mean, or drawn too when `noisy`."""
        for machine in self.machines[:0:-1]:
            h = machine.sample_v_from_h(h, rng)
        lowest = self.machines[0]
        return lowest.sample_v_from_h(h, rng) if noisy else lowest.mean_v_from_h(h)

    def sample(
        self, starts: Floats, steps: int, rng: np.random.Generator, noisy: bool = False
    ) -> Floats:
        """Visible states (n, n_visible) after `steps` Gibbs steps between the top two layers, from
        chains that begin at rows of data `starts` (n, n_visible); then one pass down."""
        top = self.machines[-1]
        v = starts
        for machine in self.machines[:-1]:
            v = machine.sample_h_from_v(v, rng)
        v = top.gibbs(v, steps, rng)
        return self.down(top.sample_h_from_v(v, rng), rng, noisy)


def stack(
    layers: Sequence[BinarySettings], data: Floats, epochs: int
) -> tuple[DeepBeliefNetwork, tuple[BinaryRun, ...]]:
    """The network trained layer by layer for `epochs` epochs each, and the run of each layer.

    `layers`: settings from the data upwards; layers above the first have Bernoulli visible units,
    which learn the probabilities below them. Raises `ValueError` as `start` does.
    """
    if not 1 <= len(layers) <= MAX_LAYERS:
        raise ValueError(f"A network has 1 to {MAX_LAYERS} layers; got {len(layers)}.")
    runs: list[BinaryRun] = []
    for settings in layers:
        below = runs[-1].machine.mean_h_from_v(runs[-1].data) if runs else data
        runs.append(train(settings, below, epochs))
    return DeepBeliefNetwork(tuple(run.machine for run in runs)), tuple(runs)
