"""A deep belief network: binary machines stacked greedily (Hinton, Osindero & Teh 2006).

The first machine learns the data, the next one the hidden probabilities of the first, and so on.
Only the last keeps its energy: together they are a generative model whose top two layers are an RBM
and whose lower layers are drawn from the ones above them, p(v | h) of each machine in turn. So a
sample is a Gibbs chain at the top and one pass down. `DeepRun` is trained in slices, as a
`BinaryRun` is: `start`, then `advance`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rbm.binary_settings import BinarySettings
from rbm.binary_training import BinaryRun
from rbm.binary_training import advance as train_on
from rbm.binary_training import start as begin
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

    def reconstruct(self, v: Floats) -> Floats:
        """Mean visible states (n, n_visible) after all layers up and down again, without noise."""
        h = self.up(v)
        for machine in self.machines[::-1]:
            h = machine.mean_v_from_h(h)
        return h

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
        v = top.gibbs(self._rise(starts, rng), steps, rng)
        return self.down(top.sample_h_from_v(v, rng), rng, noisy)

    def chain(self, starts: Floats, rng: np.random.Generator) -> Iterator[Floats]:
        """Mean visible states (n, n_visible) after 0, 1, 2, … Gibbs steps, on and on, each seen
        by its own pass down: a film of what `sample` draws."""
        top, v = self.machines[-1], self._rise(starts, rng)
        while True:
            h = top.sample_h_from_v(v, rng)
            yield self.down(h, rng)
            v = top.sample_v_from_h(h, rng)

    def log_likelihood_bound(self, v: Floats, log_z: float, rng: np.random.Generator) -> Floats:
        """An unbiased estimate, from one draw, of a lower bound on log p(v) of rows (n, n_visible),
        in nats, (n,); `log_z` is that of the top machine.

        With h drawn from q(h | v), the recognition pass of `up`, and F the free energies,

            log p(v) >= E_q[log p(v | h) + log p(h) - log q(h | v)] = E_q[F(h) - F(v) + log p(h)],

        since log p(v | h) and log q(h | v) are -E(v, h) plus the free energy of what is given;
        and the same again for log p(h), up to the top, where it is exact (Salakhutdinov & Murray
        2008). So with one layer it is the log-likelihood itself.
        """
        total = np.zeros(len(v))
        for machine in self.machines[:-1]:
            h = machine.sample_h_from_v(v, rng)
            total += machine.free_energy_of_h(h) - machine.free_energy(v)
            v = h
        return np.asarray(total - self.machines[-1].free_energy(v) - log_z)

    def _rise(self, v: Floats, rng: np.random.Generator) -> Floats:
        """States of the top machine's visible units, drawn layer by layer from rows v."""
        for machine in self.machines[:-1]:
            v = machine.sample_h_from_v(v, rng)
        return v


@dataclass(frozen=True)
class Layer:
    """One layer to train: `settings` of its machine, for `epochs` epochs. Raises `ValueError`."""

    settings: BinarySettings
    epochs: int

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise ValueError("A layer is trained for at least one epoch.")


@dataclass(frozen=True, eq=False)
class DeepRun:
    """The immutable result of stacking so far.

    `bottom`: machines that were there before, from the data upwards; `layers`: what is to be
    stacked on them; `runs`: those begun so far, each after the first on the hidden probabilities
    of the one below, which has then finished.
    """

    bottom: tuple[BinaryMachine, ...]
    layers: tuple[Layer, ...]
    runs: tuple[BinaryRun, ...]

    @property
    def epoch(self) -> int:
        """Epochs trained so far, of all layers together."""
        return sum(run.epoch for run in self.runs)

    @property
    def epochs(self) -> int:
        """Epochs of all layers together."""
        return sum(layer.epochs for layer in self.layers)

    @property
    def notice(self) -> str:
        """A sentence when the newest layer's run stopped by itself, else ""."""
        return self.runs[-1].notice

    @property
    def network(self) -> DeepBeliefNetwork:
        """The network as it is now, up to the newest layer begun."""
        return DeepBeliefNetwork((*self.bottom, *(run.machine for run in self.runs)))


def start(layers: Sequence[Layer], data: Floats, bottom: Sequence[BinaryMachine] = ()) -> DeepRun:
    """Before the first epoch of the first of `layers`, on rows `data` (n, n_visible) of the lowest
    machine. Layers above the first of all have Bernoulli visible units, which learn the
    probabilities below them. Raises `ValueError` as `rbm.binary_training.start` does, and for more
    than `MAX_LAYERS` in all.
    """
    count = len(bottom) + len(layers)
    if not layers or count > MAX_LAYERS:
        raise ValueError(f"A network has 1 to {MAX_LAYERS} layers; got {count}.")
    below = DeepBeliefNetwork(tuple(bottom)).up(data) if bottom else data
    run = DeepRun(tuple(bottom), tuple(layers), (begin(layers[0].settings, below),))
    _ = run.network  # refuses machines that do not fit
    return run


def advance(run: DeepRun, epochs: int) -> DeepRun:
    """The run after `epochs` more epochs, layer by layer; fewer at its end, or if one diverges."""
    goal = min(run.epoch + epochs, run.epochs)
    while run.epoch < goal and not run.notice:
        newest, layer = run.runs[-1], run.layers[len(run.runs) - 1]
        if newest.epoch == layer.epochs:
            below = newest.machine.mean_h_from_v(newest.data)
            run = replace(run, runs=(*run.runs, begin(run.layers[len(run.runs)].settings, below)))
            continue
        newest = train_on(newest, min(goal - run.epoch, layer.epochs - newest.epoch))
        run = replace(run, runs=(*run.runs[:-1], newest))
    return run


def stack(layers: Sequence[BinarySettings], data: Floats, epochs: int) -> DeepBeliefNetwork:
    """The network trained layer by layer for `epochs` epochs each; `ValueError` as for `start`."""
    whole = start([Layer(settings, epochs) for settings in layers], data)
    return advance(whole, whole.epochs).network
