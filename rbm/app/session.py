"""The one mutable object of a browser tab: what is being learnt, how far, and who is watching.

The page calls its methods from callbacks (`play`, `apply`, …); everything below it is a pure
function of data. `told`, `sent`, `frame`, `generation` and `jump` are the player's: what the live
view holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rbm import experiment, run_file, training
from rbm.app.clock import SPEEDS
from rbm.app.scores import Scores
from rbm.app.trainer import SETTLED_FROM, Trainer
from rbm.datasets import Dataset
from rbm.experiment import Experiment
from rbm.links import Link, decode
from rbm.presets import FIRST_VISIT, PRESETS, preset_of
from rbm.settings import Settings
from rbm.training import Change, Run

SHELF_SIZE = 3
FIRST_GOAL = 2_000
MAX_INSTANT = 100_000
MAX_EDITS = 300
"""How often the data of a run may change before its oldest half is forgotten."""


class Session(Trainer):
    """State of one tab. Create it with what a link asks for."""

    def __init__(self, link: Link) -> None:
        pending = [Change(epoch, settings) for epoch, settings in link.changes]
        super().__init__(_opened(link), pending)
        self.complaints: list[str] = list(link.complaints)
        self.shown_playing = False
        self.instant = False
        self.instant_epochs = 666
        self.goal = FIRST_GOAL
        self.shelf: list[Run] = []
        self.generation = 0
        self.jump = True
        self.told: object = None
        self.sent: tuple[str, int, frozenset[str]] = ("", -1, frozenset())
        self.frame = 0
        self._asleep: tuple[tuple[Change, ...], int] | None = None
        self.stop_at = self._suggested_stop()
        self.catch_up(link.epoch)

    # -- what the user does

    @property
    def settings(self) -> Settings:
        """The settings that hold now."""
        return self.run.settings

    @property
    def dataset(self) -> Dataset | None:
        """The user's own points that are learnt, or None for a pattern."""
        return self.run.experiment.dataset

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
            self._begin(self._build(self.settings))

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
            epoch = min(max(int(epoch), self.run.first_epoch), self.run.epoch)
            if epoch == self.run.epoch:
                return
            self._shelve()
            self.pause()
            self.run = training.rewind(self.run, epoch)
            self.scores.forget(after=epoch)
            self._renew()
            self.scores.measure(self.run)

    @property
    def seed(self) -> int:
        """That of the first weights and the noise."""
        return self.settings.seed

    def new_seed(self) -> None:
        """Other first weights and noise, from epoch 0."""
        self.apply(replace(self.settings, seed=(self.seed + 1) % 2**31))

    @property
    def undoes(self) -> str:
        """What `undo` would bring back; "" for nothing."""
        return f"epoch {self.shelf[-1].epoch:,}" if self.shelf else ""

    def undo(self) -> None:
        """Takes the run back that the last reset, restart or branch put aside."""
        with self.lock:
            if self.shelf:
                self.pause()
                self._show(self.shelf.pop())

    def apply(self, settings: Settings) -> None:
        """Takes new settings: live ones take hold at the next slice, others start a new run.

        Raises `ValueError` when the experiment cannot be built; the session then stays as it was.
        """
        with self.lock:
            if settings == self.settings:
                return
            self.clock.restart()
            if self.instant or training.differences(self.settings, settings, restarts=True):
                built = self._build(settings)
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
            self._begin(self._build(PRESETS[name].apply(self.settings)))
            if self.instant:
                self.catch_up(self.instant_epochs)

    def run_instantly(self) -> None:
        """Trains the whole run again, to the epoch that the instant switch names."""
        with self.lock:
            self._begin(self._build(self.settings))
            self.catch_up(self.instant_epochs)

    def use_dataset(self, dataset: Dataset | None, pattern: str | None = None) -> None:
        """Learns from a user's own points, or from a pattern again (None), from epoch 0.

        Raises `ValueError` when they cannot be learnt; the session then stays as it was.
        """
        with self.lock:
            settings = self.settings
            if pattern is not None:
                settings = replace(settings, pattern=pattern, pattern_options={})
            built = experiment.build(settings, dataset=dataset)
            self._shelve()
            self._begin(built)
            if self.instant:
                self.catch_up(self.instant_epochs)

    def edit_dataset(self, dataset: Dataset) -> None:
        """Goes on, from the present epoch, with changed points: a drawing is being drawn.

        Nothing restarts and the recording goes on, so the reconstruction chases the data. Raises
        `ValueError` when they cannot be learnt; the session then stays as it was.
        """
        with self.lock:
            built = experiment.build(self.settings, dataset=dataset)
            if self.dataset is None or self.dataset.kind != dataset.kind:
                self._shelve()
            if self.instant or self.run.epoch == 0:
                self._begin(built)
                if self.instant:
                    self.catch_up(self.instant_epochs)
                return
            self.run = training.change_data(self.run, built)
            self._pending = []
            self.scores.forget(after=self.run.epoch - 1)
            if len(self.run.experiments) > MAX_EDITS:
                middle = self.run.experiments[MAX_EDITS // 2][0]
                self.run = training.forget_before(self.run, middle)
                self._renew()
            if not self.playing:
                self.scores.measure(self.run)

    def save_bytes(self) -> bytes:
        """The run's file, with the mismatches measured and how the page is set."""
        with self.lock:
            run, scores = self.run, dict(self.scores.values)
            page = {
                "speed": int(self.clock.speed),
                "instant": int(self.instant),
                "instant_epochs": self.instant_epochs,
            }
        return run_file.dump(run, scores, page)

    def open_bytes(self, content: bytes) -> None:
        """Shows the run of a file as it was; the present one is shelved, for Undo.

        Raises `RunFileError` for what is no such file; the session then stays as it was.
        """
        saved = run_file.load(content)
        with self.lock:
            self._shelve()
            self._show(saved.run)
            self.scores.values |= saved.mismatches
            self.complaints += saved.complaints
            if saved.page.get("speed") in SPEEDS:
                self.clock.speed = saved.page["speed"]
            self.instant = saved.page.get("instant") == 1
            epochs = saved.page.get("instant_epochs", self.instant_epochs)
            self.instant_epochs = min(max(epochs, 1), MAX_INSTANT)

    def sleep(self) -> None:
        """Frees what a closed tab held. Should it come back, `wake` trains the run again."""
        with self.lock:
            self.pause()
            if self._asleep is None:
                self._asleep = (training.changes(self.run), self.run.epoch)
                self.run = training.origin(self.run)
                self.shelf, self.scores = [], Scores()

    def wake(self) -> None:
        """After `sleep`: the same run again, from its beginning and what changed on the way."""
        with self.lock:
            if self._asleep is not None:
                changes, epoch = self._asleep
                self._asleep = None
                self._pending = list(changes)
                self._renew()
                self.catch_up(epoch)

    def _build(self, settings: Settings) -> Experiment:
        """The experiment of other settings on the present data."""
        return experiment.build(settings, dataset=self.dataset)

    def _show(self, run: Run) -> None:
        """Another run takes the place of the present one, paused."""
        self.pause()
        self.run = run
        self.scores, self._pending = Scores(), []
        self.note = ""
        self._renew()
        self.scores.measure(run)
        self.scores.fill(run, 0.05)

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
            self.shelf = [*self.shelf, self.run][-SHELF_SIZE:]

    def _suggested_stop(self) -> int | None:
        name = preset_of(self.run.settings)
        return PRESETS[name].epochs if name else None


def _opened(link: Link) -> Run:
    built = experiment.build(link.settings, dataset=link.dataset)
    if link.weights is None:
        return training.start(built)
    learnt = replace(
        built.first,
        parameters=link.weights.parameters,
        velocity=link.weights.velocity,
        epoch=link.epoch,
    )
    return training.start(built, learnt)


def from_params(params: Mapping[str, str]) -> Session:
    """The session that a link asks for; without a link, the first visit's preset."""
    default = Settings() if params else PRESETS[FIRST_VISIT].settings
    return Session(decode(params, default))
