"""A duel: two runs side by side on the same data and the same noise, at equal epochs, always.

`Setup` says where each side comes from, at which epoch they part and what holds from there on;
its `pair` is the two runs there, and `advance` moves both on. As noise is addressed by (seed,
epoch), equal settings give equal sides bit for bit, and each side is the run that training it
alone would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from rbm import engine, experiment, training
from rbm.experiment import Experiment, to_square
from rbm.patterns import PATTERNS
from rbm.presets import SUBJECT
from rbm.run import Run
from rbm.settings import KNOBS, Settings

SIDES = ("a", "b")
COMMON = ("n_points", "pattern_noise", "data_seed", "seed")
"""Settings of the data and the noise, which hold for both sides: only then is what differs due to
the other settings."""


@dataclass(frozen=True)
class Pair:
    """Two runs at the same epoch."""

    a: Run
    b: Run

    @property
    def epoch(self) -> int:
        """Of both."""
        return self.a.epoch

    @property
    def sides(self) -> Mapping[str, Run]:
        """By name, "a" and "b"."""
        return MappingProxyType({"a": self.a, "b": self.b})

    @property
    def stopped(self) -> str:
        """A sentence when a side cannot go on, so that neither does; else ""."""
        for name, run in self.sides.items():
            if run.notice:
                return (
                    f"Side {name.upper()}: {run.notice.replace(' and press Reset', '')} "
                    "Both sides stop there."
                )
        return ""


@dataclass(frozen=True, eq=False)
class Setup:
    """Where the sides come from (`a`, `b`), the epoch at which they part (`start`), and the
    settings of each from there on."""

    a: Run
    b: Run
    start: int
    settings_a: Settings
    settings_b: Settings

    def like(self, other: Setup) -> bool:
        """Whether the other says the same of the very same runs."""
        mine, theirs = ((one.start, one.settings_a, one.settings_b) for one in (self, other))
        return self.a is other.a and self.b is other.b and mine == theirs

    @property
    def alike(self) -> bool:
        """Whether both sides are the same run with the same settings."""
        return self.a is self.b and self.settings_a == self.settings_b

    def settings(self, side: str) -> Settings:
        """Of side "a" or "b"."""
        return self.settings_a if side == "a" else self.settings_b

    def source(self, side: str) -> Run:
        """The run that side "a" or "b" comes from."""
        return self.a if side == "a" else self.b

    @property
    def range(self) -> tuple[int, int] | None:
        """The first and the last epoch at which the sides can part: where both runs have been;
        None when there is no such epoch."""
        first = max(self.a.first_epoch, self.b.first_epoch)
        last = min(self.a.epoch, self.b.epoch)
        return (first, last) if first <= last else None

    @property
    def anew(self) -> str:
        """Why both sides begin again at epoch 0, in a few words; "" when they go on from `start`.

        A side whose settings need a new run takes the other with it, so that epochs stay equal.
        """
        if self.range is None:
            return "the two runs have no epoch in common"
        names = {
            name
            for side in SIDES
            for name in training.differences(
                self.source(side).settings_at(self.start), self.settings(side), restarts=True
            )
        }
        labels = sorted({label_of(name) for name in names})
        return f"a run cannot change its {' and '.join(labels)} on the way" if labels else ""

    def pair(self) -> Pair:
        """The two runs where they part. Raises `ValueError` with a sentence when the settings and
        the data do not fit each other."""
        return Pair(self._side("a"), self._side("b"))

    def _side(self, side: str) -> Run:
        run, settings = self.source(side), self.settings(side)
        if self.anew:
            return training.start(_anew(run.experiment_at(self.start), settings))
        going = training.change(training.rewind(run, self.start), settings)
        # Its own frames: whoever else holds the run may train it on at the same time.
        return replace(going, recording=going.recording.since(going.first_epoch))

    def with_edits(self, side: str, **edits: Any) -> Setup:
        """Other settings on side "a" or "b", and on both for those of `COMMON`."""
        common = {name: value for name, value in edits.items() if name in COMMON}
        a, b = (
            replace(self.settings(name), **(edits if name == side else common)) for name in SIDES
        )
        return replace(self, settings_a=a, settings_b=b)

    def starting(self, start: int) -> Setup:
        """The same with the sides parting at another epoch of their `range`, which keeps what
        they differ in. Raises `ValueError` with a sentence for an epoch beyond it."""
        span = self.range
        if span is None or not span[0] <= start <= span[1]:
            says = "no epoch in common" if span is None else f"epochs {span[0]:,} to {span[1]:,}"
            raise ValueError(f"The sides have {says}; they cannot part at epoch {start:,}.")
        return replace(self, start=start)

    def swapped(self) -> Setup:
        """Side B in the place of side A, and A in that of B."""
        return Setup(self.b, self.a, self.start, self.settings_b, self.settings_a)

    def copied(self) -> Setup:
        """Side A on both sides."""
        return Setup(self.a, self.a, self.start, self.settings_a, self.settings_a)

    def matched(self) -> Setup:
        """Side B's way of learning on side A's data, points and seeds."""
        subject = {name: getattr(self.settings_a, name) for name in SUBJECT}
        return replace(self, b=self.a, settings_b=replace(self.settings_b, **subject))


def setup(a: Run, b: Run, start: int | None = None) -> Setup:
    """Two runs as they are, parting at `start` (default: the last epoch that both have)."""
    at = min(a.epoch, b.epoch) if start is None else start
    made = Setup(a, b, at, a.settings_at(at), b.settings_at(at))
    return made if start is None else made.starting(start)


def advance(pair: Pair, epochs: int) -> Pair:
    """Both runs `epochs` epochs on. If one diverges, both stop at its last good epoch."""
    trainer = engine.current().name  # for both: another may get ready between the two
    a, b = (training.advance(run, epochs, trainer) for run in (pair.a, pair.b))
    last = min(a.epoch, b.epoch)
    # The one that has diverged is there already, and keeps its notice.
    return Pair(training.rewind(a, last), training.rewind(b, last))


def back(pair: Pair, epoch: int) -> Pair:
    """Both runs as they were at an earlier epoch."""
    return Pair(training.rewind(pair.a, epoch), training.rewind(pair.b, epoch))


@dataclass(frozen=True)
class Difference:
    """One setting in which the sides differ: its name, its label, and both values in words."""

    name: str
    label: str
    a: str
    b: str


def differences(a: Run, b: Run) -> tuple[Difference, ...]:
    """What differs between two runs now: data, and settings by their labels."""
    rows = []
    if not same_data(a, b):
        rows.append(Difference("data", "Data", _data_name(a), _data_name(b)))
    for name in KNOBS:
        one, other = (getattr(run.settings, name) for run in (a, b))
        if one != other:
            rows.append(Difference(name, label_of(name), words(name, one), words(name, other)))
    return tuple(rows)


def same_data(a: Run, b: Run) -> bool:
    """Whether both runs learn the same points, in whatever range of the units they lie."""
    one, other = (to_square(run.data, run.experiment.settings) for run in (a, b))
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=0, atol=1e-5))


def label_of(name: str) -> str:
    """What a page calls the setting `name`, with its symbol."""
    knob = KNOBS.get(name)
    return f"{knob.label} {knob.symbol}".strip() if knob else "Pattern"


def words(name: str, value: Any) -> str:
    """A value of the setting `name` as a page shows it."""
    choices = KNOBS[name].choices
    if choices is not None:
        return choices[value]
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.6g}" if isinstance(value, float) else f"{value:,}"


def _data_name(run: Run) -> str:
    setting = run.experiment
    if setting.dataset is not None:
        return setting.dataset.name
    return "own points" if setting.pattern is None else PATTERNS[setting.pattern].label


def _anew(setting: Experiment, settings: Settings) -> Experiment:
    """The experiment of other settings on the same data, or on the same pattern."""
    own = setting.data if setting.pattern is None and setting.dataset is None else None
    return experiment.build(settings, own, setting.dataset)
