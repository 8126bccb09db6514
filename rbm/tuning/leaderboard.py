"""Boards to beat the tutorial on: what an entry is, what it may spend, and where it stands.

One board for each pattern and size of machine. Whoever enters says how to learn and for how long,
within the budget of the tutorial; what comes of it is measured by the server, with seeds that are
the same for all entries of a pattern and that nobody is told, so that they cannot be tuned for.
Presets stand on every board, measured in the same way.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from statistics import fmean

import numpy as np

from rbm.patterns import PATTERNS
from rbm.presets import PRESETS
from rbm.settings import Settings
from rbm.tuning.budget import TUTORIAL_VISITS, epochs_for
from rbm.tuning.confirmation import FRESH_SEED, bootstrap_interval
from rbm.tuning.trial import DIVERGED, Trial

SIZES = (8, 32)
"""Most hidden units of a board's machines; a small one stands on the large board too."""
POINTS = 500
"""Points that every entry learns from."""
SEEDS = 8
LEAST_BATCH = 25
"""Points of a batch, as an update costs time that the budget does not count: with batches of one
point the budget would keep a core of the server busy for 40 minutes, with these for two."""
TUTORIAL = next(iter(PRESETS))


@dataclass(frozen=True)
class BoardEntry:
    """One entry: `name` and `owner` of who entered it. `preset`: the name of the preset whose
    values these are now, or ""; `reference`: whether the server entered it, as a preset of now or
    before. `scores`: a mismatch for each seed, NaN for a run that diverged, () until it is checked.
    `picture`: that of the first seed (see `Outcome`), or b"". `refused`: why it cannot be measured,
    or ""."""

    id: int
    name: str
    owner: str
    settings: Settings
    epochs: int
    preset: str = ""
    reference: bool = False
    scores: tuple[float, ...] = ()
    picture: bytes = field(default=b"", repr=False)
    refused: str = ""
    entered: float = 0.0

    @property
    def waiting(self) -> bool:
        """Whether it is still to be checked."""
        return not self.scores and not self.refused


@dataclass(frozen=True)
class Standing:
    """An entry on its board: its `rank` from 1 up, or None while it has none; its `mean` mismatch
    with a 95 % interval, a diverged run counted as `DIVERGED`; runs `diverged`; and its mean
    difference from the tutorial seed by seed with the interval of that, None until both are
    checked."""

    entry: BoardEntry
    rank: int | None = None
    mean: float = math.nan
    low: float = math.nan
    high: float = math.nan
    diverged: int = 0
    difference: tuple[float, float, float] | None = None

    @property
    def beats_tutorial(self) -> bool:
        """Whether it is better than the tutorial by more than chance would explain."""
        return self.difference is not None and self.difference[2] < 0


def prepared(settings: Settings, pattern: str) -> Settings:
    """The way of learning of `settings` on a board's pattern, equal for what learns equally.

    The pattern is as it is by default, with `POINTS` points. Raises `ValueError` with a sentence
    for a pattern that there is not, for a machine too large for any board, and for batches that
    would keep the server from checking others.
    """
    if pattern not in PATTERNS:
        raise ValueError(f"There is no board for a pattern named {pattern!r}.")
    if settings.n_hidden > SIZES[-1]:
        raise ValueError(
            f"A board takes machines of up to {SIZES[-1]} hidden units; this one has "
            f"{settings.n_hidden}."
        )
    if 0 < settings.batch_size < LEAST_BATCH:
        raise ValueError(
            f"A board takes batches of {LEAST_BATCH} points or more, or all at once (0), as "
            f"smaller ones take the server too long; these are of {settings.batch_size}."
        )
    settings = replace(
        settings, pattern=pattern, pattern_options=(), pattern_noise=0.0, n_points=POINTS,
        data_seed=0, seed=0,
    )  # fmt: skip
    if settings.k_ramp == 0 or settings.k == settings.k_end:
        settings = replace(settings, k=settings.k_end, k_ramp=0)
    return settings


def most_epochs(settings: Settings) -> int:
    """Epochs that the tutorial's budget buys these settings on a board."""
    return epochs_for(settings, TUTORIAL_VISITS, POINTS)


def references(pattern: str) -> dict[str, tuple[Settings, int]]:
    """Settings and epochs of every preset that fits a board, by its name."""
    fits = {n: p for n, p in PRESETS.items() if p.settings.n_hidden <= SIZES[-1]}
    on_board = {name: prepared(preset.settings, pattern) for name, preset in fits.items()}
    return {
        name: (settings, min(fits[name].epochs, most_epochs(settings)))
        for name, settings in on_board.items()
    }


def board_seeds(secret: str, pattern: str) -> tuple[int, ...]:
    """The seeds of a pattern's boards, among those that no search and no sweep uses."""
    hashes = (
        hashlib.blake2b(f"{secret} {pattern} {number}".encode(), digest_size=8).digest()
        for number in range(SEEDS)
    )
    return tuple(FRESH_SEED + int.from_bytes(h) % (2**31 - FRESH_SEED) for h in hashes)


def trials_of(entry: BoardEntry, seeds: Sequence[int]) -> tuple[Trial, ...]:
    """The runs that check an entry, one for each seed; the first brings a picture home."""
    return tuple(
        Trial(entry.settings, entry.epochs, (seed,), fresh_noise=True, picture=number == 0)
        for number, seed in enumerate(seeds)
    )


def standings(entries: Sequence[BoardEntry], size: int) -> tuple[Standing, ...]:
    """The board of machines of up to `size` units: the best mean first, then what is waiting,
    what people have entered before presets, then what was refused."""
    tutorial = next((e.scores for e in entries if e.preset == TUTORIAL), ())
    here = [_measured(e, tutorial) for e in entries if e.settings.n_hidden <= size]
    ranked = sorted((s for s in here if s.entry.scores), key=lambda s: (s.mean, s.entry.entered))
    rest = sorted((s for s in here if not s.entry.scores), key=_turn)
    return (*(replace(s, rank=place) for place, s in enumerate(ranked, 1)), *rest)


def _turn(standing: Standing) -> tuple[bool, bool, int]:
    entry = standing.entry
    return (bool(entry.refused), entry.reference, entry.id)


def _measured(entry: BoardEntry, tutorial: Sequence[float]) -> Standing:
    if not entry.scores:
        return Standing(entry)
    scores = _counted(entry.scores)
    failed = sum(math.isnan(score) for score in entry.scores)
    paired = np.subtract(scores, _counted(tutorial)).tolist() if tutorial else []
    difference = _mean(tuple(paired)) if paired else None
    return Standing(entry, None, *_mean(scores), failed, difference)


def _counted(scores: Sequence[float]) -> tuple[float, ...]:
    return tuple(DIVERGED if math.isnan(score) else score for score in scores)


@lru_cache(maxsize=4096)
def _mean(scores: tuple[float, ...]) -> tuple[float, float, float]:
    """Mean and 95 % interval; kept, as a board is looked at far more often than it changes."""
    return (fmean(scores), *bootstrap_interval([scores]))
