"""What a training costs, and how many epochs a budget buys.

The unit of budget is the *visit*: one point taken through one Gibbs step, so that one epoch of
CD-k costs points × (k + 1) visits, the first half step counted as a whole one. Machines with
other numbers of points and steps are compared at equal visits; those the 2008 tutorial spends in
its 2,000 epochs, its k rising from 20 to 50, are the measure (`TUTORIAL_VISITS`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rbm.settings import Settings


def visits(settings: Settings, epochs: int, n_points: int | None = None) -> int:
    """Visits of `epochs` epochs on `n_points` points (those of the settings unless told)."""
    ramp = min(epochs, settings.k_ramp)
    later = (epochs - ramp) * (settings.k_end + 1)
    return _points(settings, n_points) * (int(_steps(settings, ramp).sum()) + later)


def epochs_for(settings: Settings, budget: int, n_points: int | None = None) -> int:
    """The most epochs that stay within a budget of visits, and at least 1."""
    steps = budget // _points(settings, n_points)
    spent = np.cumsum(_steps(settings, settings.k_ramp))
    if len(spent) and steps < spent[-1]:
        return max(int(np.searchsorted(spent, steps, side="right")), 1)
    left = steps - (int(spent[-1]) if len(spent) else 0)
    return max(settings.k_ramp + left // (settings.k_end + 1), 1)


def unit_updates(settings: Settings, epochs: int, n_points: int | None = None) -> int:
    """Visits × units of the machine: what the time of a training is proportional to."""
    return visits(settings, epochs, n_points) * (2 + settings.n_hidden)


def _steps(settings: Settings, epochs: int) -> NDArray[np.int64]:
    """k + 1 of each of the first epochs, which must lie on the ramp of k."""
    rise = (settings.k_end - settings.k) * np.arange(epochs, dtype=np.int64)
    return settings.k + rise // max(settings.k_ramp, 1) + 1


def _points(settings: Settings, n_points: int | None) -> int:
    return settings.n_points if n_points is None else n_points


TUTORIAL_VISITS = visits(Settings(), 2_000)
"""35,495,000: what all that is called "the same budget" here may spend."""


@dataclass(frozen=True)
class Budget:
    """How long to train: `epochs` when told, else as many as `visits` buy."""

    epochs: int | None = None
    visits: int = TUTORIAL_VISITS

    def __post_init__(self) -> None:
        if self.visits < 1 or (self.epochs is not None and self.epochs < 1):
            raise ValueError("A budget must buy at least one epoch or one visit of a point.")

    def epochs_of(self, settings: Settings, n_points: int | None = None) -> int:
        """Epochs of one run with these settings."""
        return self.epochs or epochs_for(settings, self.visits, n_points)


TUTORIAL_BUDGET = Budget()
"""As much as the 2008 tutorial's values take."""
