"""The strips of one tab: begun once the settings rest, given up when they change.

Nothing here waits. The page says what it shows (`want`) and looks in from time to time (`look`);
trainings run in the server's workers, as many at a time as keep those busy, so that a sweep in
another tab has its share. A page that looks no more gets nothing started any more.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from rbm.app.sensitivity_memory import Desk, Memory
from rbm.datasets import Dataset
from rbm.settings import Settings
from rbm.tuning import Background, Outcome, Trial, evaluate
from rbm.tuning.strips import SEEDS, Point, Strip, in_order, known_points, strips

REST = 1.5
"""Seconds without a change after which trainings begin."""
PATIENCE = 60.0
"""Seconds without a look after which no more are started."""
STUCK = 30.0
"""Seconds without a result after which somebody should be told."""
GONE = "What trains for the strips has gone away."


@dataclass(frozen=True, eq=False)
class Wanted:
    """Strips around some settings; `problem` says why there can be none."""

    settings: Settings
    dataset: Dataset | None
    names: tuple[str, ...]
    strips: tuple[Strip, ...] = ()
    problem: str = ""


class Strips:
    """What a tab wants to know of its settings, and how far that is."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._wanted: Wanted | None = None
        self._trials: tuple[Trial, ...] = ()
        self._touched: tuple[str, ...] = ()
        self._changed_at = 0.0
        self._looked_at = 0.0
        self._came = (0, 0.0)
        self._desk = Desk(memory)
        self._work: Background[tuple[int, Outcome]] | None = None

    @property
    def strips(self) -> tuple[Strip, ...]:
        """Those of the settings shown, in the order of their controls."""
        return self._wanted.strips if self._wanted else ()

    @property
    def problem(self) -> str:
        """Why there are no strips, or not all of them; "" when nothing is wrong."""
        if self._wanted is not None and self._wanted.problem:
            return self._wanted.problem
        if self._work is not None and self._work.state == "failed":
            return self._work.message or GONE
        return ""

    @property
    def working(self) -> bool:
        """Whether trainings are under way."""
        return self._work is not None and self._work.state == "running"

    @property
    def unfinished(self) -> bool:
        """Whether there is something to wait for."""
        return not self.problem and any(self._memory.known(trial) is None for trial in self._trials)

    @property
    def stuck(self) -> bool:
        """Whether nothing has come for long."""
        return self.working and time.monotonic() - self._came[1] > STUCK

    @property
    def seconds(self) -> float:
        """How long the last trainings have taken so far."""
        return self._work.progress.seconds if self._work else 0.0

    @property
    def trainings(self) -> tuple[int, int]:
        """How many are known, of how many, each value with all its seeds."""
        done = sum(self._memory.known(trial) is not None for trial in self._trials)
        return done * len(SEEDS), len(self._trials) * len(SEEDS)

    @property
    def epochs(self) -> int:
        """Of each training."""
        return self.strips[0].trials[0].epochs if self.strips else 0

    def points(self, strip: Strip) -> tuple[Point | None, ...]:
        """What is known of a strip's values."""
        return known_points(strip, self._memory.known)

    def want(self, settings: Settings, dataset: Dataset | None, names: Sequence[str]) -> None:
        """Says what is shown; another wish than the last one gives up what that one has begun."""
        settings = replace(settings, seed=0, data_seed=0)  # strips have seeds of their own
        before, now = self._wanted, time.monotonic()
        if before is not None and (before.settings, before.dataset, before.names) == (
            settings, dataset, tuple(names),
        ):  # fmt: skip
            return
        self.stop()
        if before is not None and before.settings != settings:
            self._touched = tuple(
                field.name
                for field in fields(settings)
                if getattr(settings, field.name) != getattr(before.settings, field.name)
            )
            self._changed_at = now
        self._wanted = _wanted(settings, dataset, tuple(names))
        self._trials = in_order(self.strips, self._touched)

    def look(self) -> None:
        """Somebody is watching: begins what the settings need once they rest, or goes on."""
        self._looked_at = now = time.monotonic()
        if self._work is not None:
            count = len(self._work.items)
            if count != self._came[0]:
                self._came = (count, now)
        if self.unfinished and not self.working and now >= self._changed_at + REST:
            missing = [trial for trial in self._trials if self._memory.known(trial) is None]
            self._came = (0, now)
            self._desk = Desk(self._memory)
            self._work = Background(
                evaluate(self._while_watched(missing), self._desk), len(missing)
            )

    def again(self) -> None:
        """After a failure: forgets it, so that the next look begins anew."""
        self._work = None

    def stop(self) -> None:
        """Starts nothing more, and takes back what has not begun."""
        if self._work is not None:
            self._work.cancel()
            self._desk.close()
            self._work = None

    def _while_watched(self, trials: Sequence[Trial]) -> Iterator[Trial]:
        for trial in trials:
            if time.monotonic() > self._looked_at + PATIENCE:
                return
            yield trial


def _wanted(settings: Settings, dataset: Dataset | None, names: tuple[str, ...]) -> Wanted:
    try:
        return Wanted(settings, dataset, names, strips(settings, names, dataset))
    except ValueError as error:
        return Wanted(settings, dataset, names, problem=str(error))
