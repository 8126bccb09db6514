"""The duel of one tab: both sides trained in turn in the server's pool, always to equal epochs."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Any

from rbm import duel, training
from rbm.app.paced import Paced
from rbm.app.scores import Scores, settled
from rbm.app.trainer import SETTLED_FROM
from rbm.duel import SIDES, Pair, Setup
from rbm.duel_link import write_duel
from rbm.run import Run
from rbm.settings import Settings

UNDOES = 10
"""How many changes can be taken back."""
FILL_SECONDS = 0.06
"""How long a press may measure what was trained in one go."""
_GENERATIONS = count(1)
"""No two pairs have the same, so that a view never takes one for the other."""


class Duel(Paced):
    """Two runs that part at `setup.start`; every change of the setup takes them back there, and
    then as far as they were. `generation`, `jump`, `told`, `sent`, `frame`: what the view holds."""

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self.setup = setup
        self.pair: Pair = setup.pair()
        self.scores = {side: Scores() for side in SIDES}
        self.names = {side: "" for side in SIDES}
        self.goal = max(2_000, self.pair.epoch)
        self.complaints: list[str] = []
        self.asleep: dict[str, str] = {}
        self.generation, self.frame = next(_GENERATIONS), 0
        self.jump = True
        self.shown_playing = False
        self.told: object = None
        self.sent: tuple[str, tuple[int, int], frozenset[str]] = ("", (-1, -1), frozenset())
        self._past: list[tuple[Setup, dict[str, str], int]] = []
        self._measured_at = 0.0
        self._settled_from = SETTLED_FROM
        self._plays_on = False  # after it has caught up with where a change found it
        self._fresh()

    # -- what it is now

    @property
    def epoch(self) -> int:
        """Of both sides."""
        return self.pair.epoch

    @property
    def parted(self) -> int:
        """The epoch from which on the sides may differ."""
        return 0 if self.setup.anew else self.setup.start

    @property
    def stopped(self) -> bool:
        """Whether a side has diverged."""
        return bool(self.pair.stopped)

    @property
    def seed(self) -> int:
        """Side A's, and side B's unless a loaded run brought another."""
        return self.setup.settings_a.seed

    @property
    def undoes(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def untouched(self) -> bool:
        """Whether nobody has changed, loaded or trained anything here yet."""
        return not self._past and self.epoch == self.parted and self.setup.alike

    def settings(self, side: str) -> Settings:
        """Those that hold on side "a" or "b" now."""
        return self.setup.settings(side)

    # -- what the user does

    def change(self, side: str, **edits: Any) -> None:
        """Other settings on a side (on both, for those of data and noise), from the start on."""
        self._try(lambda: self.setup.with_edits(side, **edits))

    def part_at(self, epoch: int) -> None:
        """What differs does so from another epoch on; one that only the duel itself has reached
        becomes where later changes take hold."""
        span, pair = self.setup.range, self.pair
        if span is not None and span[0] <= epoch <= span[1]:
            self._try(lambda: self.setup.starting(epoch), keep_epoch=False)
        else:
            self._try(lambda: duel.setup(pair.a, pair.b, epoch), keep_epoch=False)

    def swap(self) -> None:
        """Each side in the place of the other."""
        self._try(self.setup.swapped, {"a": self.names["b"], "b": self.names["a"]})

    def copy(self) -> None:
        """Side A on both sides."""
        self._try(self.setup.copied, dict.fromkeys(SIDES, self.names["a"]))

    def match(self) -> None:
        """Side B learns in its own way, but what side A learns, with A's seeds."""
        self._try(self.setup.matched, {**self.names, "b": ""})

    def load(self, side: str, run: Run, name: str) -> None:
        """A saved run on one side, beside the other as it is now."""
        runs = dict(self.pair.sides) | {side: run}
        names = self.names | {side: name}
        self._try(lambda: duel.setup(runs["a"], runs["b"]), names, keep_epoch=False)

    def begin(self, run: Run) -> None:
        """Another run on both sides."""
        self._try(lambda: duel.setup(run, run), dict.fromkeys(SIDES, ""), keep_epoch=False)

    def undo(self) -> None:
        """Takes back the last change, as far as it was trained then."""
        with self.lock:
            if self._past:
                self.pause()
                setup, names, epoch = self._past.pop()
                self._show(setup, setup.pair(), names, epoch)

    def pause(self) -> None:
        """Stops training; both machines stay as they are, and are measured as they are."""
        super().pause()
        self._plays_on = False

    def reset(self) -> None:
        """Back to where the sides part."""
        with self.lock:
            self.pause()
            self._show(self.setup, self.setup.pair(), self.names, 0)

    def step(self) -> None:
        """One epoch on each side, then pause."""
        with self.lock:
            self.pause()
            self._train(1)
            self._measure()
            self._say()

    def run_to(self, epoch: int) -> None:
        """Trains to `epoch` as fast as it can, then pauses; goes back when that lies behind, but
        not to before the sides part, from where they would go on without their difference."""
        with self.lock:
            if epoch > self.epoch and not self.stopped:
                self.jump = True
                self.catch_up(epoch)
            elif epoch < self.epoch:
                self.pause()
                past = duel.back(self.pair, max(epoch, self.parted))
                self._show(self.setup, past, self.names, 0)

    def new_seed(self) -> None:
        """Other first weights and noise on both sides, from epoch 0."""
        self.change("a", seed=(self.seed + 1) % 2**31)

    def catch_up(self, epoch: int) -> None:
        """To `epoch` at once if that takes no longer than a blink, else by ticks."""
        super().catch_up(epoch)
        if not self.playing:
            self._fill()
            self._say()

    def sleep(self) -> None:
        """Frees what a closed tab held, if `asleep`, the link of the duel, brings it all back."""
        with self.lock:
            self.pause()
            link = write_duel(self.pair.a, self.pair.b, self.parted)
            if link.note or self.asleep:
                return
            self.asleep = dict(link.params)
            a = training.origin(self.pair.a)
            b = a if self.untouched else training.origin(self.pair.b)
            self.setup, self.pair = duel.setup(a, b), Pair(a, b)
            self.scores, self._past = {side: Scores() for side in SIDES}, []

    # -- how it is done

    def _try(
        self,
        make: Callable[[], Setup],
        names: dict[str, str] | None = None,
        keep_epoch: bool = True,
    ) -> None:
        """Another setup, if it can be had; else a complaint, and everything stays as it was."""
        with self.lock:
            was, epoch = self.setup, self.epoch
            playing = self.playing and self.target is None
            try:
                made = make()
                pair = made.pair()
            except ValueError as error:
                self.complaints.append(str(error))
                return
            if made.like(was):
                return
            self._past = [*self._past, (was, self.names, epoch)][-UNDOES:]
            self.pause()
            self._show(made, pair, names or self.names, epoch if keep_epoch else 0)
            if playing and self.playing:
                self._plays_on = True
            elif playing:
                self.play()

    def _show(self, setup: Setup, pair: Pair, names: dict[str, str], epoch: int) -> None:
        """Another pair takes the place of the present one, and is trained on to `epoch`."""
        self.setup, self.pair, self.names = setup, pair, names
        self.scores = {side: Scores() for side in SIDES}
        self.clock.restart()
        self.note, self._settled_from = "", SETTLED_FROM
        self.generation = next(_GENERATIONS)
        self.jump = True
        self._fresh()
        if epoch > pair.epoch:
            self.catch_up(epoch)

    def _fresh(self) -> None:
        self._measure()
        self._fill()
        self._say()

    def _fill(self) -> None:
        """Measures both runs at the same milestones for a while: where they part, then backwards
        from the newest."""
        deadline = time.monotonic() + FILL_SECONDS
        for epoch in (self.parted, *self.pair.a.milestones(12)[::-1].tolist()):
            for side, run in self.pair.sides.items():
                values = self.scores[side].values
                if run.first_epoch <= epoch <= run.epoch and epoch not in values:
                    values[epoch] = run.mismatch_at(epoch)
            if time.monotonic() > deadline:
                return

    def _say(self) -> None:
        if self.stopped:
            self.note = self.pair.stopped

    def _advance(self, epochs: float) -> None:
        self.pair = self.clock.piece(self.pair, epochs, duel.advance)

    def _measure(self, every: float = 0.0) -> None:
        now = time.monotonic()
        if now - self._measured_at >= every:
            for side, run in self.pair.sides.items():
                self.scores[side].measure(run)
            self._measured_at = time.monotonic()

    def _finished(self) -> bool:
        """Whether to pause now; says why in `note`."""
        epoch = self.epoch
        if self.stopped:
            self._say()
            return True
        if epoch == self.target and self._plays_on:
            self._plays_on, self.target = False, None
            self.clock.start()
        elif epoch == self.target:
            return True
        both = [settled(self.scores[side].values, epoch) for side in SIDES]
        if epoch >= self._settled_from and all(both):
            self._settled_from = 2 * epoch
            self.note = (
                f"Paused at epoch {epoch:,}: neither mismatch has changed since epoch "
                f"{epoch // 2:,}. Play goes on from here."
            )
            return True
        return False
