"""A stack of machines that a tab trains on top of its present one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rbm import deep
from rbm.app.binary_session import BinarySession
from rbm.app.paced import Paced
from rbm.cases import Cases
from rbm.deep import DeepRun, Layer
from rbm.models.binary import BinaryMachine

KEY = "clusters_stack"


class Stacking(Paced):
    """Layers above the machine `session` had when this began; trained in the server's pool.

    `base`: (generation, epoch) of that machine; `revision` counts the slices, so that readings of
    the network know when to forget.
    """

    def __init__(self, session: BinarySession, layers: Sequence[Layer]) -> None:
        super().__init__()
        self.base = (session.generation, session.epoch)
        self.cases: Cases = session.cases
        self.bottom: BinaryMachine = session.machine()
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
    def finished(self) -> bool:
        """Whether every layer has had its epochs."""
        return self.run.epoch == self.run.epochs

    def _advance(self, epochs: float) -> None:
        self.run = self.clock.piece(self.run, epochs, deep.advance)

    def _measure(self, every: float = 0.0) -> None:
        """Nothing is measured on the way."""

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
    new.catch_up(new.run.epochs)


def discard() -> None:
    """Gives the stack up."""
    kept: Stacking | None = st.session_state.pop(KEY, None)
    if kept is not None:
        kept.pause()
