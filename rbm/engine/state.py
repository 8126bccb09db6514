"""What training carries from epoch to epoch, and what an engine has to offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rbm.engine.noise import INITIAL, normals
from rbm.models.continuous import Floats, n_parameters, split
from rbm.settings import WEIGHT_LIMIT, Settings


@dataclass(frozen=True, eq=False)
class State:
    """A machine in training, after `epoch` epochs. Its arrays are never written to.

    parameters (P,) float64: weights row by row, visible bias, hidden bias, visible slope, hidden
    slope. velocity float64: the last step of all weights and biases, in the same order. chains
    (n, n_visible) float32: where the persistent chains stand; (0, n_visible) for rule "cd".
    """

    parameters: NDArray[np.float64]
    velocity: NDArray[np.float64]
    chains: NDArray[np.float32]
    epoch: int


@dataclass(frozen=True, eq=False)
class Advance:
    """What some epochs of training gave.

    frames (done, P) float32 and errors (done,) float32 belong to the epochs from the old
    state's on; `diverged` means that the next epoch would have left the numbers' range, and
    that `state` is the last good one.
    """

    state: State
    frames: NDArray[np.float32]
    errors: NDArray[np.float32]
    diverged: bool


class Engine(Protocol):
    """One way of running epochs; all engines agree to float32 rounding."""

    name: str

    def advance(
        self, state: State, data: NDArray[np.float32], settings: Settings, epochs: int
    ) -> Advance:
        """Train for some epochs on data (n, n_visible) in the units' range."""
        ...

    def reconstruct(
        self,
        parameters: Floats,
        points: Floats,
        *,
        n_hidden: int,
        passes: int,
        sigma: float,
        low: float,
        high: float,
        seed: int,
        noisy: bool,
    ) -> NDArray[np.float32]:
        """Where points (n, n_visible) are after some passes: hidden from visible, and back."""
        ...


def initial_state(settings: Settings, data: NDArray[np.float32]) -> State:
    """Epoch 0: weights and biases from N(0, initial_scale²) by the seed, no velocity yet."""
    n_visible, n_hidden = data.shape[1], settings.n_hidden
    parameters = np.empty(n_parameters(n_visible, n_hidden))
    groups = split(parameters, n_hidden)
    n_drawn = parameters.size - n_visible - n_hidden
    noise = normals(settings.seed, INITIAL, 0, 0, 0, n_drawn)
    parameters[:n_drawn] = settings.initial_scale * noise.astype(np.float64)
    groups.visible_slope[:] = settings.visible_slope
    groups.hidden_slope[:] = settings.hidden_slope
    chains = data.copy() if settings.rule == "pcd" else data[:0].copy()
    return State(parameters, np.zeros(n_drawn), chains.astype(np.float32), epoch=0)


def starting_parameters(state: State, settings: Settings, n_visible: int) -> NDArray[np.float64]:
    """A copy of the state's parameters; visible slopes that are not learned follow the settings."""
    parameters = state.parameters.copy()
    if not settings.learn_visible_slope:
        split(parameters, settings.n_hidden).visible_slope[:] = settings.visible_slope
    return parameters


def has_diverged(parameters: NDArray[np.float64], n_slopes: int) -> bool:
    """Whether anything is not finite, or a weight or bias larger than `WEIGHT_LIMIT`."""
    weights_and_biases = parameters[: parameters.size - n_slopes]
    return not (np.isfinite(parameters).all() and np.abs(weights_and_biases).max() <= WEIGHT_LIMIT)
