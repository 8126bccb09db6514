"""What each setting does: the mismatch along one setting at a time, all others as they are.

A strip is a handful of values of one setting, the present one among them, each of which is a trial
of a few hundred epochs with three seeds. Short trainings rank most values as long ones do, but not
all of them; how well is measured in decision 0020.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rbm.datasets import Dataset
from rbm.settings import KNOBS, Knob, Settings
from rbm.tuning.budget import unit_updates
from rbm.tuning.space import Range, Value, default_range, with_values
from rbm.tuning.trial import DIVERGED, Outcome, Trial

SEEDS = (0, 1, 2)
EPOCHS, FEWEST_EPOCHS = 700, 140
COSTLY = 200_000_000
"""Unit updates that one training may take; more, and it gets fewer epochs."""
STEPS = 7
"""Values of a setting that is a number, besides the present one."""


@dataclass(frozen=True)
class Strip:
    """The values of one setting, in order and with the present one, `now`; a trial for each."""

    name: str
    now: Value
    values: tuple[Value, ...]
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Point:
    """What is known of one value: the mismatch's median and quartiles over the seeds, of which
    `diverged` diverged (each counted as `rbm.tuning.DIVERGED`)."""

    value: Value
    median: float
    low: float
    high: float
    diverged: int

    @property
    def bad(self) -> bool:
        """Whether runs are to be expected that end no better than uniform noise."""
        return self.high >= 1


def epochs_of(settings: Settings, n_points: int | None = None) -> int:
    """How long the trainings of strips around `settings` are: `EPOCHS`, or what `COSTLY` buys.

    `n_points`: of data of one's own. Raises `ValueError` with a sentence when that would be too
    few to say anything.
    """
    cost = unit_updates(settings, EPOCHS, n_points)
    epochs = min(EPOCHS, EPOCHS * COSTLY // cost)
    if epochs < FEWEST_EPOCHS:
        raise ValueError(
            f"One training of {EPOCHS} epochs of this machine, on this many points with this many "
            "CD steps, takes too long to be repeated while you wait: lower one of the three, or "
            "use the page Tune."
        )
    return epochs


def strips(
    settings: Settings, names: Iterable[str], dataset: Dataset | None = None
) -> tuple[Strip, ...]:
    """A strip for each of the named settings, around `settings`; seeds do not matter.

    Raises `ValueError` with a sentence for a setting that cannot be tuned, and as `epochs_of`.
    """
    epochs = epochs_of(settings, None if dataset is None else len(dataset.points))
    base = replace(settings, seed=0, data_seed=0)
    return tuple(_strip(base, name, epochs, dataset) for name in names)


def in_order(wanted: Sequence[Strip], first: Iterable[str]) -> tuple[Trial, ...]:
    """All trials of `wanted`, each once: of the present settings, of the strips named `first`, of
    the others."""
    touched = set(first)
    present = [_present(strip) for strip in wanted]
    ordered = sorted(wanted, key=lambda strip: strip.name not in touched)
    return tuple(dict.fromkeys([*present, *(trial for s in ordered for trial in s.trials)]))


def known_points(
    strip: Strip, known: Callable[[Trial], Outcome | None]
) -> tuple[Point | None, ...]:
    """A point for each value of the strip; None for one whose trial is not `known` yet."""
    outcomes = (known(trial) for trial in strip.trials)
    return tuple(
        None if outcome is None else _point(value, outcome)
        for value, outcome in zip(strip.values, outcomes, strict=True)
    )


def words(strip: Strip, points: Sequence[Point | None]) -> str:
    """The strip in a few words, as in "now 0.2: 0.96; best 1: 0.31"."""
    found = [point for point in points if point is not None]
    now = next((point for point in found if point.value == strip.now), None)
    if now is None:
        return f"now {called(strip.name, strip.now)}: not trained yet"
    best = min(found, key=lambda point: point.median)
    said = f"now {_said(strip.name, now)}"
    so_far = " so far" if len(found) < len(points) else ""
    if now.median <= best.median:
        return f"{said}; best{so_far} of these"
    overlap = " (the spreads overlap)" if best.high >= now.low else ""
    return f"{said}; best{so_far} {_said(strip.name, best)}{overlap}"


def called(name: str, value: Value) -> str:
    """A value of a setting as its control shows it."""
    knob = KNOBS[name]
    if knob.kind == "bool":
        return "on" if value else "off"
    if knob.choices is not None:
        return knob.choices[str(value)].partition(":")[0]
    return f"{value:.6g}"


def _said(name: str, point: Point) -> str:
    failed = f", {point.diverged} of {len(SEEDS)} diverged" if point.diverged else ""
    return f"{called(name, point.value)}: {point.median:.2f}{failed}"


def _strip(base: Settings, name: str, epochs: int, dataset: Dataset | None) -> Strip:
    now: Value = getattr(base, name)
    there = {}
    for value in _values(name, now):
        try:
            settings = base if value == now else with_values(base, {name: value})
        except ValueError:  # it does not fit the others, as a range that would be empty
            continue
        there[value] = Trial(settings, epochs, SEEDS, dataset=dataset)
    return Strip(name, now, tuple(there), tuple(there.values()))


def _values(name: str, now: Value) -> tuple[Value, ...]:
    """Values worth a look, all of which the setting's control can be set to, and the present one.

    Whole numbers from 1 up go in even ratios: 2 is as far from 1 as 20 from 10.
    """
    usual = default_range(name)
    if usual.choices:
        return usual.choices
    knob = KNOBS[name]
    even_ratio = usual.log or (knob.kind == "int" and usual.low > 0)
    steps = Range(name, usual.low, usual.high, even_ratio).axis(STEPS).values
    return tuple(sorted({now, *(_reachable(knob, float(step)) for step in steps)}, key=float))


def _reachable(knob: Knob, value: float) -> Value:
    """The nearest value that the control of a setting has."""
    if knob.kind == "float" and knob.scale == "log":
        steps = [step for step in knob.log_steps(knob.high) if step > 0]
        value = min(steps, key=lambda step: abs(math.log(step / value)))
    else:
        value = round(round(value / knob.step) * knob.step, 9)
    reachable: Value = knob.check(min(max(value, knob.low), knob.high))
    return reachable


def _present(strip: Strip) -> Trial:
    return strip.trials[strip.values.index(strip.now)]


def _point(value: Value, outcome: Outcome) -> Point:
    scores = [DIVERGED if math.isnan(score) else score for score in outcome.mismatch]
    low, median, high = np.quantile(scores, [0.25, 0.5, 0.75]).tolist()
    return Point(value, median, low, high, outcome.diverged)
