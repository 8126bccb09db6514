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

from rbm import engine, experiment, training
from rbm.app.turns import TURNS
from rbm.experiment import Experiment
from rbm.links import Link, decode
from rbm.presets import FIRST_VISIT, PRESETS, preset_of
from rbm.settings import Settings
from rbm.training import Run

PICTURES_PER_SECOND = 60
AUTO, TOP = -1, 0
"""Two special speeds: slow at first and then faster; as fast as the machine can."""
SLICE_SECONDS = 0.015
INSTANT_SECONDS = 0.22
CORES_FOR_TRAINING = 1.3
"""Of two cores: the rest is for page scripts and the browser of whoever plays alone."""
SHELF_SIZE = 3


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
        self.speed = AUTO
        self.instant = False
        self.instant_epochs = 666
        self.target: int | None = None
        self.shelf: list[tuple[Run, OwnData | None]] = []
        self.scores: dict[int, float] = {}
        self.generation = 0
        self.jump = True
        self._pace: dict[str, float] = {}
        self._last_tick = 0.0
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
            self.playing, self.target = True, None
            self._last_tick = time.monotonic()

    def pause(self) -> None:
        """Stops training; the machine stays as it is."""
        with self.lock:
            self.playing, self.target = False, None
            TURNS.leave(id(self))

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
            if self.instant or training.differences(self.settings, settings, restarts=True):
                self._begin(self._build(settings, self.own))
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
            now = time.monotonic()
            since, self._last_tick = now - self._last_tick, now
            due = self._due(min(since, 0.5))
            self._train(due, deadline=now + self._slice())
            if self._finished():
                self.pause()
            self._score(every=0.2 if self.players <= 4 else 1.0)

    @property
    def players(self) -> int:
        """How many tabs of this server play."""
        return TURNS.players(id(self)) if self.playing else 1

    @property
    def interval(self) -> float:
        """Seconds between two asks of the live view: longer when many tabs play."""
        return min(max(0.1, 0.013 * self.players), 1.0)

    @property
    def epochs_per_picture(self) -> int:
        """Recorded epochs between two pictures; 0 means as many as there are."""
        if self.target is not None:
            return 0
        return max(1, self.run.epoch // 100) if self.speed == AUTO else self.speed

    def _slice(self) -> float:
        share = CORES_FOR_TRAINING * self.interval / self.players
        return min(0.7 * self.interval, share)

    def _due(self, seconds: float) -> int:
        ends = [e for e in (self.target, self.stop_at) if e is not None and e > self.run.epoch]
        left = min(ends) - self.run.epoch if ends else 10**9
        if self.epochs_per_picture == 0:
            return left
        return min(left, math.ceil(self.epochs_per_picture * PICTURES_PER_SECOND * seconds))

    def _finished(self) -> bool:
        ends = [e for e in (self.target, self.stop_at) if e is not None]
        return bool(self.run.notice) or any(self.run.epoch == end for end in ends)

    # -- inside

    def _train(self, epochs: int, deadline: float = math.inf) -> None:
        """Up to `epochs` epochs in turns of `SLICE_SECONDS`; stops at `deadline` (monotonic)."""
        left = epochs
        while left > 0 and not self.run.notice:
            while self._pending and self._pending[0][0] <= self.run.epoch:
                self.run = training.change(self.run, self._pending.pop(0)[1])
            until = self._pending[0][0] - self.run.epoch if self._pending else left
            updates = unit_updates(self.run)
            pace = self._pace.get(engine.current().name, 2e-9)
            piece = max(1, min(left, until, int(SLICE_SECONDS / (pace * updates))))
            with TURNS.turn():
                begun = time.perf_counter()
                before = self.run.epoch
                self.run = training.advance(self.run, piece)
                took = (time.perf_counter() - begun) / max(self.run.epoch - before, 1)
            self._pace[engine.current().name] = took / updates
            left -= piece
            if time.monotonic() >= deadline:
                break

    def _catch_up(self, epoch: int) -> None:
        """To `epoch` at once if that takes no longer than a blink, else by ticks."""
        self._train(epoch - self.run.epoch, deadline=time.monotonic() + INSTANT_SECONDS)
        self._score()
        if self.run.epoch < epoch and not self.run.notice:
            self.playing, self.target = True, epoch
            self._last_tick = time.monotonic()
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
        if self.run.epoch not in self.scores and now - self._pace.get("scored", -9.0) >= every:
            self.scores[self.run.epoch] = self.run.mismatch_at(self.run.epoch)
            self._pace["scored"] = now

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


def unit_updates(run: Run) -> int:
    """Noisy unit updates in the run's next epoch: what its cost is proportional to."""
    hidden = run.settings.n_hidden
    visible = run.data.shape[1]
    return len(run.data) * (hidden + run.settings.k_at(run.epoch) * (hidden + visible))


def from_params(params: Mapping[str, str]) -> Session:
    """The session that a link asks for; without a link, the first visit's preset."""
    default = Settings() if params else PRESETS[FIRST_VISIT].settings
    return Session(decode(params, default))
