"""Which recorded machines a live view lacks: what it holds, and what goes into the next message."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rbm.recording import Recording

MAX_BLOB = 1_500_000
"""Bytes of frames in one message, but at least one frame; the view asks at once for the rest."""


class Newest(NamedTuple):
    """The machine as it is now, which a thinned recording may lack: its epoch, its parameters (P,)
    and its reconstruction error."""

    epoch: int
    parameters: NDArray[np.floating]
    error: float


class Due(NamedTuple):
    """What to send: `epochs` (d,) int32, `frames` (d, P) and `errors` (d,) float32; `more`:
    whether frames are left for another message."""

    epochs: NDArray[np.int32]
    frames: NDArray[np.float32]
    errors: NDArray[np.float32]
    more: bool

    def newest(self, held: int) -> int:
        """The newest epoch that a view holds which held `held` before it got these."""
        return int(self.epochs[-1]) if len(self.epochs) else held


def due(recording: Recording, held: int, newest: Newest) -> Due:
    """The frames after epoch `held`, as many as fit into a message, the newest machine last."""
    first = int(np.searchsorted(recording.epochs, held, side="right"))
    limit = max(1, MAX_BLOB // (4 * recording.frames.shape[1]))
    last = min(first + limit, recording.count)
    epochs, frames = recording.epochs[first:last], recording.frames[first:last]
    errors = recording.errors[first:last]
    more = last < recording.count
    if not more and newest.epoch > recording.epochs[-1] and held < newest.epoch:
        epochs = np.append(epochs, np.int32(newest.epoch))
        frames = np.vstack([frames, newest.parameters.astype(np.float32)])
        errors = np.append(errors, np.float32(newest.error))
    return Due(
        epochs.astype(np.int32),
        np.ascontiguousarray(frames, np.float32),
        errors.astype(np.float32),
        more,
    )


def held_epoch(told: object, generation: str, sent: tuple[str, int], newest: int) -> int:
    """The newest epoch that a view holds of the run `generation`; −1: none.

    `told`: what it said itself with its ask; anything but a mapping counts as "all that was sent",
    which is `sent`, the run and its newest epoch. `newest`: no view can hold more.
    """
    if isinstance(told, Mapping):
        if told.get("generation") != generation:
            return -1
        return min(told_epoch(told), newest)
    return sent[1] if sent[0] == generation else -1


def told_epoch(told: object) -> int:
    """The epoch that a view's message names, not below −1; −1 when it names none."""
    epoch = told.get("epoch") if isinstance(told, Mapping) else None
    if isinstance(epoch, int | float) and math.isfinite(epoch):
        return max(-1, int(epoch))
    return -1
