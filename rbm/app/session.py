"""The one mutable object of a browser tab: what is being learnt, how far, and who is watching.

The page calls its methods from callbacks (`play`, `apply`, …); everything below it is a pure
function of data. `told`, `sent`, `frame`, `generation` and `jump` are the player's: what the live
view holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rbm import experiment, training
from rbm.app.scores import Scores
from rbm.app.trainer import SETTLED_FROM, Trainer
from rbm.experiment import Experiment
from rbm.links import Link, decode
from rbm.presets import FIRST_VISIT, PRESETS, preset_of
from rbm.settings import Settings
from rbm.training import Run

SHELF_SIZE = 3


@dataclass(frozen=True)
class OwnData:
    """Points a user brought: to learn from and, held out, to be measured against (unit square)."""

    name: str
    points: NDArray[np.float64]
    reference: NDArray[np.float64]
    story: str


class Session(Trainer):
    """State of one tab. Create it with the settings and the epoch a link asks for."""

    def __init__(self, link: Link) -> None:
        super().__init__(training.start(experiment.build(link.settings)), list(link.changes))
        self.complaints: list[str] = list(link.complaints)
        self.own: OwnData | None = None
        self.shown_playing = False
        self.instant = False
        self.instant_epochs = 666
        self.shelf: list[tuple[Run, OwnData | None]] = []
        self.generation = 0
        self.jump = True
        self.told: object = None
        self.sent: tuple[str, int, str] = ("", -1, "")
        self.frame = 0
        self._asleep: tuple[tuple[tuple[int, Settings], ...], int] | None = None
        self.stop_at = self._suggested_stop()
        self.catch_up(link.epoch)

    # -- what the user does

    @property
    def settings(self) -> Settings:
        """The settings that hold now."""
        return self.run.settings

    def step(self) -> None:
        """One epoch, then pause."""
        with self.lock:
            self.pause()
            self._train(1)
            self.scores.measure(self.run)

    def reset(self) -> None:
        """Back to epoch 0 with the same seed, data and settings: the same run again."""
        with self.lock:
            self._shelve()
            self._begin(self._build(self.settings, self.own))

    def run_to(self, epoch: int) -> None:
        """Trains to `epoch` as fast as it can, then pauses; goes back when that lies behind."""
        with self.lock:
            if epoch < self.run.epoch:
                self.branch(epoch)
            elif epoch > self.run.epoch and not self.run.notice:
                self.jump = True
                self.catch_up(epoch)

    def branch(self, epoch: int) -> None:
        """Goes back to a recorded epoch, to go on from there; the old future is shelved."""
        with self.lock:
            epoch = min(max(int(epoch), 0), self.run.epoch)
            if epoch == self.run.epoch:
                return
            self._shelve()
            self.pause()
            self.run = training.rewind(self.run, epoch)
            self.scores.forget(after=epoch)
            self._renew()
            self.scores.measure(self.run)

    def undo(self) -> None:
        """Takes the run back that the last reset, restart or branch put aside."""
        with self.lock:
            if self.shelf:
                self.pause()
                self.run, self.own = self.shelf.pop()
                self.scores = Scores()
                self._renew()
                self.scores.measure(self.run)
                self.scores.fill(self.run, 0.05)

    def apply(self, settings: Settings) -> None:
        """Takes new settings: live ones take hold at the next slice, others start a new run.

        Raises `ValueError` when the experiment cannot be built; the session then stays as it was.
        """
        with self.lock:
            if settings == self.settings:
                return
            self.clock.restart()
            if self.instant or training.differences(self.settings, settings, restarts=True):
                built = self._build(settings, self.own)
                if not self.instant:
                    self._shelve()
                self._begin(built)
            else:
                self.run = training.change(self.run, settings)
                self._pending = []  # what a link would have changed later gives way to the user
                self.scores.forget(after=self.run.epoch - 1)
            if self.instant:
                self.jump = True
                self.catch_up(self.instant_epochs)

    def apply_preset(self, name: str) -> None:
        """The preset's way of learning on the present data, from epoch 0."""
        with self.lock:
            self._shelve()
            self._begin(self._build(PRESETS[name].apply(self.settings), self.own))
            if self.instant:
                self.catch_up(self.instant_epochs)

    def run_instantly(self) -> None:
        """Trains the whole run again, to the epoch that the instant switch names."""
        with self.lock:
            self._begin(self._build(self.settings, self.own))
            self.catch_up(self.instant_epochs)

    def use_data(self, own: OwnData | None, pattern: str | None = None) -> None:
        """Learns from a user's own points, or from a pattern again (None)."""
        with self.lock:
            settings = self.settings
            if pattern is not None:
                settings = replace(settings, pattern=pattern, pattern_options={})
            built = self._build(settings, own)  # may refuse, and then nothing has changed
            self._shelve()
            self.own = own
            self._begin(built)
            if self.instant:
                self.catch_up(self.instant_epochs)

    def sleep(self) -> None:
        """Frees what a closed tab held. Should it come back, `wake` trains the run again."""
        with self.lock:
            self.pause()
            if self._asleep is None:
                self._asleep = (self.run.history, self.run.epoch)
                first = self.run.history[0][1]  # may have been changed before the first epoch
                self.run = training.change(training.start(self.run.experiment), first)
                self.shelf, self.scores = [], Scores()

    def wake(self) -> None:
        """After `sleep`: the same run again, from its history."""
        with self.lock:
            if self._asleep is not None:
                history, epoch = self._asleep
                self._asleep = None
                self._pending = list(history[1:])
                self._renew()
                self.catch_up(epoch)

    @staticmethod
    def _build(settings: Settings, own: OwnData | None) -> Experiment:
        if own is None:
            return experiment.build(settings)
        return experiment.build(
            settings,
            experiment.to_range(own.points, settings),
            experiment.to_range(own.reference, settings),
        )

    def _begin(self, built: Experiment) -> None:
        playing = self.playing and self.target is None
        self.pause()
        self.run = training.start(built)
        self.scores, self._pending = Scores(), []
        self.clock.restart()
        self.note, self._settled_from = "", SETTLED_FROM
        self.stop_at = self._suggested_stop()
        self._renew()
        if playing and not self.instant:
            self.play()
        self.scores.measure(self.run)

    def _renew(self) -> None:
        self.generation += 1
        self.jump = True

    def _shelve(self) -> None:
        if self.run.epoch:
            self.shelf = [*self.shelf, (self.run, self.own)][-SHELF_SIZE:]

    def _suggested_stop(self) -> int | None:
        name = preset_of(self.run.settings)
        return PRESETS[name].epochs if name else None


def from_params(params: Mapping[str, str]) -> Session:
    """The session that a link asks for; without a link, the first visit's preset."""
    default = Settings() if params else PRESETS[FIRST_VISIT].settings
    return Session(decode(params, default))
