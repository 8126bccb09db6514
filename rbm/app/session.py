"""The one mutable object of a browser tab: what is being learnt, how far, and who is watching.

The page calls its methods from callbacks (`play`, `apply`, …) and asks for `tick` whenever the
live view wants more; everything below it is a pure function. A lock guards it, since two script
runs of one tab can overlap for a moment.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rbm import experiment, training
from rbm.app.clock import Clock, settled
from rbm.experiment import Experiment
from rbm.links import Link, decode
from rbm.presets import FIRST_VISIT, PRESETS, preset_of
from rbm.settings import Settings
from rbm.training import Run

INSTANT_SECONDS = 0.22
"""How long one press or change may train before the rest is left to ticks."""
SCORE_SECONDS = 0.2
"""Between two measurements of the mismatch while playing; longer when many tabs play."""
SHELF_SIZE = 3
SETTLED_FROM = 5_000
"""Before this epoch a run is never taken for settled."""


@dataclass(frozen=True)
class OwnData:
    """Points a user brought: to learn from and, held out, to be measured against (unit square)."""

    name: str
    points: NDArray[np.float64]
    reference: NDArray[np.float64]
    story: str


class Session:
    """State of one tab. Create it with the settings and the epoch a link asks for."""

    def __init__(self, link: Link) -> None:
        self.lock = threading.RLock()
        self.complaints: list[str] = list(link.complaints)
        self.own: OwnData | None = None
        self.playing = False
        self.clock = Clock()
        self.instant = False
        self.instant_epochs = 666
        self.target: int | None = None
        self.shelf: list[tuple[Run, OwnData | None]] = []
        self.scores: dict[int, float] = {}
        self.generation = 0
        self.jump = True
        self.note = ""
        self._settled_from = SETTLED_FROM
        self._scored_at = -math.inf
        self._asked = False
        self.told: object = None
        self.sent: tuple[str, int, str] = ("", -1, "")
        self.frame = 0
        self._asleep: tuple[tuple[tuple[int, Settings], ...], int] | None = None
        self._pending = list(link.changes)
        self.run = training.start(experiment.build(link.settings))
        self.stop_at = self._suggested_stop()
        self._catch_up(link.epoch)

    # -- what the user does

    @property
    def settings(self) -> Settings:
        """The settings that hold now."""
        return self.run.settings

    def play(self) -> None:
        """Goes on training; again past the epoch it had paused at by itself."""
        with self.lock:
            if self.run.notice:
                return
            if self.stop_at is not None and self.run.epoch >= self.stop_at:
                self.stop_at = None
            self.playing, self.target, self.note = True, None, ""
            self.clock.last_tick = time.monotonic()

    def pause(self) -> None:
        """Stops training; the machine stays as it is."""
        with self.lock:
            self.playing, self.target = False, None
            self.clock.stop()

    def step(self) -> None:
        """One epoch, then pause."""
        with self.lock:
            self.pause()
            self._train(1)
            self._score()

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
                self._catch_up(epoch)

    def branch(self, epoch: int) -> None:
        """Goes back to a recorded epoch, to go on from there; the old future is shelved."""
        with self.lock:
            epoch = min(max(int(epoch), 0), self.run.epoch)
            if epoch == self.run.epoch:
                return
            self._shelve()
            self.pause()
            self.run = training.rewind(self.run, epoch)
            self.scores = {at: score for at, score in self.scores.items() if at <= epoch}
            self._renew()
            self._score()

    def undo(self) -> None:
        """Takes the run back that the last reset, restart or branch put aside."""
        with self.lock:
            if self.shelf:
                self.pause()
                self.run, self.own = self.shelf.pop()
                self.scores = {}
                self._renew()
                self._score()
                self._score_milestones(0.05)

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
                self.scores.pop(self.run.epoch, None)
            if self.instant:
                self.jump = True
                self._catch_up(self.instant_epochs)

    def apply_preset(self, name: str) -> None:
        """The preset's way of learning on the present data, from epoch 0."""
        with self.lock:
            self._shelve()
            self._begin(self._build(PRESETS[name].apply(self.settings), self.own))
            if self.instant:
                self._catch_up(self.instant_epochs)

    def run_instantly(self) -> None:
        """Trains the whole run again, to the epoch that the instant switch names."""
        with self.lock:
            self._begin(self._build(self.settings, self.own))
            self._catch_up(self.instant_epochs)

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
                self._catch_up(self.instant_epochs)

    def sleep(self) -> None:
        """Frees what a closed tab held. Should it come back, `wake` trains the run again."""
        with self.lock:
            self.pause()
            if self._asleep is None:
                self._asleep = (self.run.history, self.run.epoch)
                self.run = training.start(self.run.experiment)
                self.shelf, self.scores = [], {}

    def wake(self) -> None:
        """After `sleep`: the same run again, from its history."""
        with self.lock:
            if self._asleep is not None:
                history, epoch = self._asleep
                self._asleep = None
                self._pending = list(history[1:])
                self._renew()
                self._catch_up(epoch)

    # -- the clock

    def asked(self, told: object) -> None:
        """Notes what the live view says it holds; the next `tick` is for it."""
        with self.lock:
            self._asked = True
            self.told = told

    def tick(self) -> None:
        """Trains for one slice of time if playing and the view has asked for more."""
        with self.lock:
            if not (self.playing and self._asked):
                return
            self._asked = False
            due = math.inf if self.target is not None else self.clock.due(self.run.epoch)
            ends = [e for e in (self.target, self.stop_at) if e is not None]
            left = min((e - self.run.epoch for e in ends if e > self.run.epoch), default=math.inf)
            self._train(min(due, left), self.clock.slice_seconds())
            self._score(every=SCORE_SECONDS * max(1.0, self.clock.players() / 4))
            if self._finished():
                self.pause()

    @property
    def interval(self) -> float:
        """Seconds between two asks of the live view."""
        return self.clock.interval(self.clock.players() if self.playing else 1)

    @property
    def epochs_per_picture(self) -> int:
        """Recorded epochs between two pictures; 0 means as many as there are."""
        return 0 if self.target is not None else self.clock.epochs_per_picture(self.run.epoch)

    def _finished(self) -> bool:
        """Whether to pause now; says why in `note`."""
        epoch = self.run.epoch
        if self.run.notice or epoch == self.target:
            return True
        if epoch == self.stop_at:
            self.note = (
                f"Paused at epoch {epoch:,}, where the preset's budget ends. "
                "Play goes on from here."
            )
            return True
        if epoch >= self._settled_from and settled(self.scores, epoch):
            self._settled_from = 2 * epoch
            self.note = (
                f"Paused at epoch {epoch:,}: the mismatch has not changed since epoch "
                f"{epoch // 2:,}. Play goes on from here."
            )
            return True
        return False

    # -- inside

    def _train(self, epochs: float, seconds: float = math.inf) -> None:
        self.run = self.clock.train(self.run, epochs, seconds, self._pending)

    def _catch_up(self, epoch: int) -> None:
        """To `epoch` at once if that takes no longer than a blink, else by ticks."""
        self._train(epoch - self.run.epoch, INSTANT_SECONDS)
        self._score()
        if self.run.epoch < epoch and not self.run.notice:
            self.playing, self.target = True, epoch
            self.clock.last_tick = time.monotonic()
        else:
            self.playing, self.target = False, None
            self._score_milestones(0.03)

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
        self.scores, self._pending = {}, []
        self.clock.restart()
        self.note, self._settled_from = "", SETTLED_FROM
        self.stop_at = self._suggested_stop()
        self._renew()
        if playing and not self.instant:
            self.play()
        self._score()

    def _renew(self) -> None:
        self.generation += 1
        self.jump = True

    def _shelve(self) -> None:
        if self.run.epoch:
            self.shelf = [*self.shelf, (self.run, self.own)][-SHELF_SIZE:]

    def _score(self, every: float = 0.0) -> None:
        """Measures the mismatch now, unless that was done `every` seconds ago."""
        now = time.monotonic()
        if self.run.epoch not in self.scores and now - self._scored_at >= every:
            self.scores[self.run.epoch] = self.run.mismatch_at(self.run.epoch)
            self._scored_at = now

    def _score_milestones(self, seconds: float) -> None:
        """Fills the mismatch curve of a run that was trained in one go, while time allows."""
        deadline = time.monotonic() + seconds
        for epoch in self.run.milestones(12)[::-1]:
            if time.monotonic() > deadline:
                return
            if int(epoch) not in self.scores:
                self.scores[int(epoch)] = self.run.mismatch_at(int(epoch))

    def _suggested_stop(self) -> int | None:
        name = preset_of(self.run.settings)
        return PRESETS[name].epochs if name else None


def from_params(params: Mapping[str, str]) -> Session:
    """The session that a link asks for; without a link, the first visit's preset."""
    default = Settings() if params else PRESETS[FIRST_VISIT].settings
    return Session(decode(params, default))
