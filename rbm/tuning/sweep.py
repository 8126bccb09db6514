"""A sweep: every combination of the values of one or two settings, each with several seeds.

Its cells and trials are data in a fixed order, its outcomes come from `evaluate` in any order, and
`summarise` says what is known of every cell from those that have come so far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np

from rbm.datasets import Dataset
from rbm.settings import Settings
from rbm.tuning.budget import TUTORIAL_BUDGET, Budget
from rbm.tuning.space import Axis, Value, with_values
from rbm.tuning.trial import Outcome, Trial

MAX_CELLS = 400


@dataclass(frozen=True)
class Cell:
    """One combination: its values by name, the settings that gives, and how long they train."""

    values: Mapping[str, Value]
    settings: Settings
    epochs: int


@dataclass(frozen=True)
class Summary:
    """What is known of a cell: of `runs` finished runs `diverged` ones, and the mismatch's median
    with its quartiles `low` and `high` (None before the first run; a run that diverged counts as
    `rbm.tuning.DIVERGED`). `picture`: that of the first seed (see `Outcome`), or b""."""

    runs: int
    diverged: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    picture: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Sweep:
    """One or two `axes` around the settings `base`; each cell trained once for each seed.

    Raises `ValueError` with a sentence for another number of axes, for one setting on both, for
    more than `MAX_CELLS` cells, and for values that do not fit the rest of the settings.
    """

    base: Settings
    axes: tuple[Axis, ...]
    seeds: tuple[int, ...] = (0, 1, 2)
    budget: Budget = TUTORIAL_BUDGET
    dataset: Dataset | None = field(default=None, repr=False)
    pictures: bool = True

    def __post_init__(self) -> None:
        names = {axis.name for axis in self.axes}
        if len(self.axes) not in (1, 2) or len(names) != len(self.axes) or not self.seeds:
            raise ValueError("A sweep needs one setting or two different ones, and a seed.")
        if int(np.prod(self.shape)) > MAX_CELLS:
            size = " × ".join(str(side) for side in self.shape)
            raise ValueError(f"{size} cells are too many to watch: make it {MAX_CELLS} or fewer.")
        if len(self.cells) != int(np.prod(self.shape)):
            raise AssertionError("every combination is a cell")

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All combinations, the last axis running fastest."""
        n_points = None if self.dataset is None else len(self.dataset.points)
        cells = []
        for values in product(*(axis.values for axis in self.axes)):
            named = dict(zip((axis.name for axis in self.axes), values, strict=True))
            settings = with_values(self.base, named)
            cells.append(Cell(named, settings, self.budget.epochs_of(settings, n_points)))
        return tuple(cells)

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """One for each run: all cells with the first seed, then with the next, so that the whole
        sweep is seen early."""
        return tuple(
            Trial(cell.settings, cell.epochs, (seed,), dataset=self.dataset, picture=with_picture)
            for seed, with_picture in zip(
                self.seeds, (self.pictures, *(False,) * len(self.seeds)), strict=False
            )
            for cell in self.cells
        )

    def cell_of(self, place: int) -> int:
        """Which cell the trial at that place belongs to."""
        return place % len(self.cells)


def summarise(sweep: Sweep, outcomes: Mapping[int, Outcome]) -> tuple[Summary, ...]:
    """Every cell as known from `outcomes`: place of a trial → what came of it."""
    of_cell: list[list[Outcome]] = [[] for _ in sweep.cells]
    for place in sorted(outcomes):  # the first seed first, whichever came first
        of_cell[sweep.cell_of(place)].append(outcomes[place])
    return tuple(_summary(found) for found in of_cell)


def best_cell(summaries: Sequence[Summary]) -> int | None:
    """The cell of the lowest median, the first of equal ones; None before any run."""
    known = [at for at, summary in enumerate(summaries) if summary.median is not None]
    return min(known, key=lambda at: summaries[at].median or 0.0, default=None)


def _summary(outcomes: Sequence[Outcome]) -> Summary:
    if not outcomes:
        return Summary(0, 0)
    low, median, high = np.quantile([found.objective for found in outcomes], [0.25, 0.5, 0.75])
    return Summary(
        runs=len(outcomes),
        diverged=sum(found.diverged for found in outcomes),
        median=float(median),
        low=float(low),
        high=float(high),
        picture=next((found.picture for found in outcomes if found.picture), b""),
    )
