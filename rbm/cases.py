"""What a binary RBM learns from: cases (rows) of units between 0 and 1, with names and a story.

A value between 0 and 1 counts as the probability of being 1. Images are cases whose units stand in
rows and columns (`shape`). Part of the cases may be held out: the machine never trains on them, so
they tell learning from memorising.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rbm.binary_settings import BinarySettings
from rbm.dialects import clean
from rbm.units import Floats

MAX_CASES = 10_000
MAX_UNITS = 1_024
HELD_OUT_SHARE = 0.25
ENOUGH_TO_HOLD_OUT = 40
"""From so many cases on, a quarter of them is held out unless somebody says otherwise."""


@dataclass(frozen=True, eq=False)
class Cases:
    """Rows to learn from; immutable.

    `values` (n, units) float64 in [0, 1]; `names` of the units; `title` and `says`, what a row is
    and how the values came about; `shape` (height, width) of images, else None; `labels` (n,) int,
    places in `label_names`, or None; `row_names`, or empty; `held_out` (n,) bool.
    """

    values: Floats
    names: tuple[str, ...]
    title: str
    says: str = ""
    shape: tuple[int, int] | None = None
    labels: NDArray[np.int64] | None = None
    label_names: tuple[str, ...] = ()
    row_names: tuple[str, ...] = ()
    held_out: NDArray[np.bool_] | None = None

    @property
    def n_units(self) -> int:
        """Units of a case."""
        return int(self.values.shape[1])

    @property
    def training(self) -> Floats:
        """The cases that are learnt, (n_training, units)."""
        return self.values if self.held_out is None else self.values[~self.held_out]

    @property
    def test(self) -> Floats:
        """The cases held out, (n_test, units); none at all may be."""
        return self.values[:0] if self.held_out is None else self.values[self.held_out]

    @cached_property
    def bound(self) -> float | None:
        """The mean log-likelihood per learnt case, in nats, that no machine can beat: that of the
        cases' own frequencies. None when some values lie between 0 and 1."""
        rows = self.training
        if not np.isin(rows, (0.0, 1.0)).all():
            return None
        counts = np.unique(rows, axis=0, return_counts=True)[1]
        return float(np.sum(counts * np.log(counts / len(rows))) / len(rows))

    def of(self, places: ArrayLike) -> Cases:
        """Only the cases at these places (indices or a mask)."""
        at = np.arange(len(self.values))[np.asarray(places)]
        return replace(
            self,
            values=self.values[at],
            labels=None if self.labels is None else self.labels[at],
            row_names=tuple(self.row_names[i] for i in at) if self.row_names else (),
            held_out=None if self.held_out is None else self.held_out[at],
        )


@dataclass(frozen=True)
class CaseSet:
    """One row of `CASE_SETS`: a set that comes with the app, and what suits it."""

    label: str
    build: Callable[[], Cases]
    settings: BinarySettings
    epochs: int
    """Epochs after which the settings have learnt what they can."""


def make_cases(
    values: ArrayLike,
    title: str,
    *,
    names: Sequence[str] = (),
    says: str = "",
    shape: tuple[int, int] | None = None,
    labels: ArrayLike | None = None,
    label_names: Sequence[str] = (),
    row_names: Sequence[str] = (),
    share: float | None = None,
    seed: int = 0,
) -> Cases:
    """Checked cases. `share` of them (default: a quarter from 40 cases on, else none) is held out,
    chosen by `seed`, so the same cases are split the same way each time.

    Raises `ValueError` with a sentence for what a machine cannot learn.
    """
    rows = np.array(values, np.float64)
    if rows.ndim != 2 or not rows.size:
        raise ValueError("There is nothing to learn: cases must be rows of at least one unit.")
    count, n_units = rows.shape
    if count > MAX_CASES or n_units > MAX_UNITS:
        raise ValueError(
            f"{count:,} cases of {n_units:,} units are too many: at most {MAX_CASES:,} cases and "
            f"{MAX_UNITS:,} units can be learnt here."
        )
    outside = np.argwhere(~((rows >= 0) & (rows <= 1)))  # also finds NaN
    if len(outside):
        row, column = outside[0]
        name = clean(names[column]) if len(names) > column else f"unit {column + 1}"
        raise ValueError(
            f"Binary units take values from 0 to 1; case {row + 1} has {rows[row, column]:g} "
            f"in {name}."
        )
    if shape is not None and shape[0] * shape[1] != n_units:
        raise ValueError(f"Images of {shape[0]} × {shape[1]} have not {n_units:,} pixels.")
    rows.setflags(write=False)
    if share is None:
        share = HELD_OUT_SHARE if count >= ENOUGH_TO_HOLD_OUT else 0.0
    named = [clean(name) for name in names] or [f"v{i + 1}" for i in range(n_units)]
    kinds = None if labels is None else np.array(labels, np.int64)
    return Cases(
        rows, tuple(named), clean(title), says, shape, kinds,
        tuple(clean(name) for name in label_names), tuple(clean(name) for name in row_names),
        _held_out(count, share, seed),
    )  # fmt: skip


def _held_out(count: int, share: float, seed: int) -> NDArray[np.bool_] | None:
    held = min(round(share * count), count - 1) if 0 <= share <= 1 else 0
    if held < 1:
        return None
    mask = np.zeros(count, np.bool_)
    mask[np.random.default_rng(seed).permutation(count)[:held]] = True
    return mask


def digits() -> Cases:
    """The 1,797 handwritten digits of scikit-learn (Alpaydin & Kaynak 1998), 8 × 8 pixels of 0 to
    16, divided by 16."""
    from sklearn.datasets import load_digits  # a second to import: only who asks for it waits

    loaded = load_digits()
    return make_cases(
        loaded.data / 16.0,
        "Digits",
        names=[f"row {row + 1}, column {column + 1}" for row in range(8) for column in range(8)],
        says="1,797 handwritten digits, 8 × 8 pixels of 0 to 16, divided by 16: the grey of a "
        "pixel counts as its probability of being ink. A quarter is held out.",
        shape=(8, 8),
        labels=loaded.target,
        label_names=[str(digit) for digit in range(10)],
    )


def bars_and_stripes(side: int = 4) -> Cases:
    """All images of `side` × `side` pixels whose columns (bars) or rows (stripes) are uniform, the
    empty and the full one twice (MacKay 2003): 2 · 2^side cases."""
    lines = np.array(list(itertools.product([0.0, 1.0], repeat=side)))
    bars = np.repeat(lines[:, None, :], side, axis=1).reshape(len(lines), -1)
    stripes = np.repeat(lines[:, :, None], side, axis=2).reshape(len(lines), -1)
    return make_cases(
        np.concatenate([bars, stripes]),
        f"Bars and stripes {side} × {side}",
        says=f"All {2 * len(lines)} images of {side} × {side} pixels made of whole columns or "
        "whole rows; the empty and the full one count twice. A machine that has learnt them knows "
        f"each with probability 1/{2 * len(lines)}, and nothing can do better.",
        shape=(side, side),
        labels=np.repeat([0, 1], len(lines)),
        label_names=("bars", "stripes"),
        share=0.0,
    )


FILMS = ("Star Wars", "The Matrix", "Alien", "Casablanca", "Titanic", "Amélie")
"""Three of science fiction, three of love."""
N_PEOPLE = 60


def films() -> Cases:
    """Who liked which of six films: two tastes, each held by every second person independently;
    a film of one's taste is liked with probability 0.9, another with 0.1."""
    rng = np.random.default_rng(6)
    tastes = rng.integers(0, 2, (N_PEOPLE, 2))
    chance = np.where(np.repeat(tastes, 3, axis=1), 0.9, 0.1)
    return make_cases(
        rng.random(chance.shape) < chance,
        "Six films",
        names=FILMS,
        says=f"{N_PEOPLE} people and six films: 1 is liked, 0 is not. Made up, by two tastes: "
        "science fiction and love stories. The machine is told of neither.",
        labels=2 * tastes[:, 0] + tastes[:, 1],
        label_names=("neither", "love stories", "science fiction", "both"),
        row_names=[f"person {i + 1}" for i in range(N_PEOPLE)],
        share=0.0,
    )


CASE_SETS: dict[str, CaseSet] = {
    "digits": CaseSet(
        "Digits", digits,
        BinarySettings(
            n_hidden=64, learning_rate=0.05, learning_rate_end=0.05, batch_size=20, momentum=0.5,
            rule="pcd",
        ),
        60,
    ),
    "bars": CaseSet(
        "Bars and stripes", bars_and_stripes,
        BinarySettings(
            n_hidden=12, k=10, k_end=10, learning_rate=0.2, learning_rate_end=0.2, momentum=0.5,
            batch_size=0,
        ),
        2_000,
    ),
    "films": CaseSet(
        "Six films", films,
        BinarySettings(n_hidden=2, batch_size=10, k=3, k_end=3, initial_scale=0.1), 400,
    ),
}  # fmt: skip
"""The sets that come with the app; the user's own stand beside them."""
