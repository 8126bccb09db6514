"""Who trains a binary RBM: the fast engine where it can, else the epoch that is all formulas.

Both make the same updates, on noise of their own, so a run keeps the one it began with: it could
not be replayed bit for bit otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from rbm import binary_epoch
from rbm.binary_epoch import State
from rbm.binary_settings import BinarySettings
from rbm.engine import binary_compilation, binary_reference
from rbm.engine.binary import BinaryOptions, BinaryState
from rbm.models.binary import BinaryMachine
from rbm.rules import Gradient, Offsets
from rbm.units import Floats

Trainer = Callable[[State, Floats, BinarySettings], State]
"""Trains for one epoch: `rbm.binary_epoch.epoch`, or something faster that does the same."""


def fastest(settings: BinarySettings) -> Trainer:
    """The fastest trainer there is now for a run that begins with these settings."""
    if settings.visible != "bernoulli" or settings.rule not in ("cd", "pcd"):
        return binary_epoch.epoch
    return Fast(binary_compilation.fused(np.float64) or binary_reference)


@dataclass(frozen=True)
class Fast:
    """One epoch by `engine`, compiled or its twin in NumPy (see `rbm.engine.binary`)."""

    engine: ModuleType

    def __call__(self, state: State, data: Floats, settings: BinarySettings) -> State:
        """As `rbm.binary_epoch.epoch`, for Bernoulli units and rules "cd" and "pcd"."""
        rows = binary_epoch.batches(len(data), state.epoch, settings)
        size = len(rows[0])
        if settings.rule == "pcd" and len(state.chains) < size:
            return binary_epoch.epoch(state, data, settings)  # which starts the missing chains
        options = BinaryOptions(
            learning_rate=settings.learning_rate_at(state.epoch),
            momentum=settings.momentum,
            weight_decay=settings.weight_decay,
            k=settings.k_at(state.epoch),
            rule=settings.rule,
            centred=settings.centred,
            batch_size=size,
            seed=settings.seed,
        )
        # Updates are counted apart for each epoch, so its noise is its own whatever the batches.
        before = _unpacked(state, first_update=state.epoch * len(data))
        after = self.engine.train(before, data, options, np.concatenate(rows))
        return _packed(after, state)


def _unpacked(state: State, first_update: int) -> BinaryState:
    machine, velocity = state.machine, state.velocity
    return BinaryState(
        weights=machine.weights,
        visible_bias=machine.visible_bias,
        hidden_bias=machine.hidden_bias,
        weights_step=velocity.weights,
        visible_step=velocity.visible_bias,
        hidden_step=velocity.hidden_bias,
        chains=state.chains,
        visible_offset=state.offsets.visible,
        hidden_offset=state.offsets.hidden,
        updates=first_update,
    )


def _packed(after: BinaryState, before: State) -> State:
    return State(
        machine=BinaryMachine(after.weights, after.visible_bias, after.hidden_bias),
        velocity=Gradient(
            after.weights_step,
            after.visible_step,
            after.hidden_step,
            before.velocity.log_variance,
        ),
        offsets=Offsets(after.visible_offset, after.hidden_offset),
        spread=before.spread,
        chains=after.chains,
        epoch=before.epoch + 1,
    )
