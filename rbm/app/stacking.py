"""A stack of machines that a tab trains on top of its present one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from rbm import deep, exact
from rbm.app.binary_session import BinarySession
from rbm.app.paced import Paced
from rbm.binary_scores import MOST_CASES, QUICK_UNITS
from rbm.cases import Cases
from rbm.deep import DeepBeliefNetwork, DeepRun, Layer
from rbm.likelihood import Estimate, annealed_log_partition
from rbm.models.binary import BinaryMachine
from rbm.units import Floats

KEY = "clusters_stack"
ANNEALED_CHAINS = 100


@dataclass(frozen=True, eq=False)
class Depth:
    """A network of some layers, measured on the held-out cases, or the learnt ones if none are.

    `bounds` (n,): of each case a lower bound on its log-likelihood in nats, the likelihood itself
    for one layer; `log_z_error`: the standard error of log Z, which all of them share, 0 if it is
    exact; `reconstruction`: mean squared error of cases that went up and down without noise.
    """

    bounds: Floats
    log_z_error: float
    reconstruction: float

    @property
    def mean(self) -> float:
        """The mean bound."""
        return float(self.bounds.mean())

    @property
    def error(self) -> float:
        """Standard error of the mean bound; NaN for one case."""
        return float(np.hypot(standard_error(self.bounds), self.log_z_error))


def standard_error(values: Floats) -> float:
    """Of the mean of values (n,); NaN for one alone."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan


def gain(depths: Sequence[Depth]) -> tuple[float, float]:
    """By how many nats the last bound exceeds the first, and the standard error of that: cases are
    compared with themselves, so that what is hard for both does not blur it."""
    first, last = depths[0], depths[-1]
    apart = last.bounds - first.bounds
    error = np.hypot(standard_error(apart), np.hypot(first.log_z_error, last.log_z_error))
    return float(apart.mean()), float(error)


def measured(network: DeepBeliefNetwork, cases: Cases) -> Depth:
    """Measures `network` on at most `MOST_CASES` cases; the same numbers each time."""
    rows = (cases.test if len(cases.test) else cases.training)[:MOST_CASES]
    log_z = _log_partition(network.machines[-1])
    bounds = network.log_likelihood_bound(rows, log_z.log_z, np.random.default_rng(0))
    error = float(((network.reconstruct(rows) - rows) ** 2).mean())
    return Depth(bounds, log_z.error, error)


def _log_partition(machine: BinaryMachine) -> Estimate:
    """log Z, exact for few units, else by as many temperatures as a second or so allows."""
    if min(machine.n_visible, machine.n_hidden) <= QUICK_UNITS:
        return Estimate(exact.log_partition(machine), 0.0, np.inf)
    temperatures = int(np.clip(4_000_000 / machine.weights.size, 150, 1_000))
    return annealed_log_partition(machine, ANNEALED_CHAINS, temperatures)


class Stacking(Paced):
    """Layers above the machine `session` had when this began; trained in the server's pool.

    `base`: (generation, epoch) of that machine; `depths`: once all is trained, how good the network
    is up to each layer.
    """

    def __init__(self, session: BinarySession, layers: Sequence[Layer]) -> None:
        super().__init__()
        self.base = (session.generation, session.epoch)
        self.cases: Cases = session.cases
        self.bottom: BinaryMachine = session.machine()
        self.depths: tuple[Depth, ...] = ()
        self.run: DeepRun = deep.start(layers, self.cases.training, [self.bottom])

    @property
    def epoch(self) -> int:
        """Epochs of all stacked layers together."""
        return self.run.epoch

    @property
    def stopped(self) -> bool:
        """Whether a layer has diverged."""
        return bool(self.run.notice)

    @property
    def goal(self) -> int:
        """Epochs of all stacked layers in the end."""
        return self.run.epochs

    @property
    def finished(self) -> bool:
        """Whether every layer has had its epochs."""
        return self.epoch == self.goal

    @property
    def title(self) -> str:
        """Sizes of the layers, from the data upwards."""
        sizes = [machine.n_hidden for machine in self.run.network.machines]
        return f"{self.bottom.n_visible:,} – " + " – ".join(f"{size:,}" for size in sizes)

    def _advance(self, epochs: float) -> None:
        self.run = self.clock.piece(self.run, epochs, deep.advance)

    def _measure(self, every: float = 0.0) -> None:
        """Once, at the end: measuring takes longer than a piece of training."""
        if self.finished and not self.depths:
            self.depths = tuple(
                measured(DeepBeliefNetwork(self.run.network.machines[: depth + 1]), self.cases)
                for depth in range(len(self.run.network.machines))
            )

    def _finished(self) -> bool:
        return self.finished or self.stopped


def stacking(session: BinarySession) -> Stacking | None:
    """This tab's stack, None when there is none; one on other cases is forgotten."""
    kept: Stacking | None = st.session_state.get(KEY)
    if kept is not None and kept.cases is not session.cases:
        discard()
        return None
    return kept


def begin(session: BinarySession, layers: Sequence[Layer]) -> None:
    """Stacks `layers` on the present machine. Raises `ValueError` when they cannot be trained."""
    new = Stacking(session, layers)
    discard()
    st.session_state[KEY] = new
    new.catch_up(new.goal)


def discard() -> None:
    """Gives the stack up."""
    kept: Stacking | None = st.session_state.pop(KEY, None)
    if kept is not None:
        kept.pause()
