"""What one tab trains with binary units, shared by the pages Images, Fill in and Clusters.

The sibling of `rbm.app.session` for the binary machine: cases, settings and the run, kept while
the user goes from page to page. Training itself is `rbm.binary_training`'s.
"""

from __future__ import annotations

import math
import time
from dataclasses import fields, replace
from typing import Any

import streamlit as st

from rbm import binary_links, binary_training
from rbm.app.navigation import require_app
from rbm.app.paced import Paced
from rbm.binary_links import BinaryLink
from rbm.binary_scores import Score, score
from rbm.binary_settings import BINARY_KNOBS, BinarySettings
from rbm.binary_training import BinaryRun
from rbm.cases import CASE_SETS, Cases
from rbm.models.binary import BinaryMachine

KEY = "binary_session"
SHELF_SIZE = 3
SUGGESTED_EPOCHS = 100
MEASURING_SHARE = 0.3
"""Of one core's time may go into measurements, those of all tabs that play taken together."""


class BinarySession(Paced):
    """State of one tab. `set_name`: the key of `CASE_SETS` whose cases these are, "" for the
    user's own. `generation` counts the runs shown, so that a view knows when to forget."""

    def __init__(self, link: BinaryLink) -> None:
        super().__init__(slowest=1 / 6)
        self.set_name = link.set_name
        self.cases: Cases = link.cases
        self.complaints = list(link.complaints)
        try:
            self.run: BinaryRun = binary_training.start(link.settings, self.cases.training)
        except ValueError as error:  # a rule that cannot train a machine of this size, say
            self.complaints.append(f"{error} The default settings are used.")
            self.run = binary_training.start(BinarySettings(), self.cases.training)
            link = replace(link, epoch=0, changes=())
        self._pending = list(link.changes)
        self.scores: dict[int, Score] = {}
        self.shelf: list[tuple[str, Cases, BinaryRun]] = []
        self.goal = CASE_SETS[link.set_name].epochs if link.set_name else SUGGESTED_EPOCHS
        self.stop_at: int | None = self.goal
        self.generation = 0
        self.jump = True
        self.told: object = None
        self.sent: tuple[str, int] = ("", -1)
        self.frame = 0
        self.shown_playing = False
        self._measured_at = -math.inf
        self._cost = 0.0
        self._measure()
        self.catch_up(link.epoch)

    # -- what the pages ask

    @property
    def settings(self) -> BinarySettings:
        """The settings that hold now."""
        return self.run.settings

    @property
    def epoch(self) -> int:
        """Epochs trained so far."""
        return self.run.epoch

    @property
    def stopped(self) -> bool:
        """Whether the run has diverged."""
        return bool(self.run.notice)

    @property
    def bound(self) -> float | None:
        """Mean log-likelihood of the learnt cases that no machine can beat, where it is known."""
        return self.cases.bound

    @property
    def address(self) -> tuple[dict[str, str], str]:
        """The link that restores the run, and a sentence on what it cannot carry, or ""."""
        return binary_links.encode(self.set_name, self.cases, self.run.history, self.run.epoch)

    def machine(self) -> BinaryMachine:
        """The machine as it is now."""
        return self.run.machine

    # -- what the user does

    def use(self, cases: Cases, set_name: str = "", settings: BinarySettings | None = None) -> None:
        """Learns other cases from epoch 0; the present run is shelved, for Undo.

        Without `settings` a set of the app brings its own, the user's own cases keep the present.
        Raises `ValueError` when they cannot be learnt; the session then stays as it was.
        """
        with self.lock:
            known = CASE_SETS.get(set_name)
            settings = settings or (known.settings if known else self.settings)
            run = binary_training.start(settings, cases.training)
            self._shelve()
            self._show(set_name, cases, run)
            self.goal = self.stop_at = known.epochs if known else SUGGESTED_EPOCHS

    def apply(self, **changes: Any) -> None:
        """Takes new settings: live ones take hold at once, others start a new run.

        Raises `ValueError` for values out of range or machines that cannot be trained; the session
        then stays as it was.
        """
        with self.lock:
            settings = replace(self.settings, **changes)
            if settings == self.settings:
                return
            if any(_differs(self.settings, settings, name) for name in _RESTARTING):
                run = binary_training.start(settings, self.cases.training)
                self._shelve()
                self._show(self.set_name, self.cases, run)
            else:
                self.run = binary_training.change(self.run, settings)
                self._pending = []  # what a link would have changed later gives way to the user
                self._forget(self.run.epoch - 1)
            self.clock.restart()

    def step(self) -> None:
        """One epoch, then pause."""
        with self.lock:
            self.pause()
            self._train(1)
            self._measure()

    def reset(self) -> None:
        """Back to epoch 0 with the same seed, cases and settings: the same run again."""
        with self.lock:
            self._shelve()
            goal = self.goal
            run = binary_training.start(self.settings, self.cases.training)
            self._show(self.set_name, self.cases, run)
            self.goal = self.stop_at = goal

    def run_to(self, epoch: int) -> None:
        """Trains to `epoch` as fast as it can, then pauses; goes back when that lies behind."""
        with self.lock:
            if epoch < self.run.epoch:
                self.branch(epoch)
            elif epoch > self.run.epoch and not self.stopped:
                self.catch_up(epoch)

    def branch(self, epoch: int) -> None:
        """Goes back to an epoch, to go on from there; the old future is shelved."""
        with self.lock:
            epoch = min(max(int(epoch), 0), self.run.epoch)
            if epoch == self.run.epoch:
                return
            self._shelve()
            self.pause()
            self.run = binary_training.rewind(self.run, epoch)
            self._forget(epoch)
            self._renew()
            self._measure()

    @property
    def seed(self) -> int:
        """That of the first weights and the noise."""
        return self.settings.seed

    def new_seed(self) -> None:
        """Other first weights and noise, from epoch 0."""
        self.apply(seed=(self.seed + 1) % 2**31)

    @property
    def undoes(self) -> str:
        """What `undo` would bring back; "" for nothing."""
        if not self.shelf:
            return ""
        _, cases, run = self.shelf[-1]
        return f"{cases.title}, epoch {run.epoch:,}"

    def undo(self) -> None:
        """Takes the run back that the last reset, restart or branch put aside."""
        with self.lock:
            if self.shelf:
                self._show(*self.shelf.pop())

    # -- how it trains

    def _advance(self, epochs: float) -> None:
        while self._pending and self._pending[0][0] <= self.epoch:
            self.run = binary_training.change(self.run, self._pending.pop(0)[1])
        until = self._pending[0][0] - self.epoch if self._pending else epochs
        self.run = self.clock.piece(self.run, min(epochs, until), binary_training.advance)

    def _measure(self, every: float = 0.0) -> None:
        wait = max(every, self._cost * self._players() / MEASURING_SHARE) if every else 0.0
        begun = time.monotonic()
        if self.epoch in self.scores or begun - self._measured_at < wait:
            return
        self.scores[self.epoch] = score(self.run.machine, self.cases, self.settings.seed)
        self._measured_at = time.monotonic()
        self._cost = self._measured_at - begun

    def _finished(self) -> bool:
        if self.run.notice or self.epoch == self.target:
            return True
        if self.epoch == self.stop_at:
            self.note = f"Paused at epoch {self.epoch:,}, as planned. Play goes on from here."
            return True
        return False

    def _show(self, set_name: str, cases: Cases, run: BinaryRun) -> None:
        """Another run takes the place of the present one, paused."""
        self.pause()
        self.set_name, self.cases, self.run = set_name, cases, run
        self._pending = []
        self.scores, self.note = {}, ""
        self.clock.restart()
        self._renew()
        self._measure()

    def _forget(self, after: int) -> None:
        self.scores = {epoch: kept for epoch, kept in self.scores.items() if epoch <= after}

    def _renew(self) -> None:
        self.generation += 1
        self.jump = True

    def _shelve(self) -> None:
        if self.run.epoch:
            kept = (self.set_name, self.cases, self.run)
            self.shelf = [*self.shelf, kept][-SHELF_SIZE:]


def binary_session() -> BinarySession:
    """This tab's session; made from the link on its first run, digits without one."""
    require_app()
    if KEY not in st.session_state:
        st.session_state[KEY] = BinarySession(binary_links.decode(st.query_params.to_dict()))
    kept: BinarySession = st.session_state[KEY]
    return kept


_RESTARTING = [f.name for f in fields(BinarySettings) if BINARY_KNOBS[f.name].restarts]


def _differs(one: BinarySettings, other: BinarySettings, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))
