"""The recording: every epoch's parameters of a run, in one array.

A machine of 2 visible and 8 hidden units is 36 numbers, so all of its epochs fit in memory: 10,000
of them take 1.4 MB. That is what makes scrubbing, stepping back and averaging possible. Beyond
`MEMORY_CAP` the recording thins itself: it doubles its stride and keeps the epochs divisible by it.

A `Recording` never changes once made. Appending writes behind the end of the shared buffer, where
no older recording looks; only when somebody else has already written there (a branch), or when the
buffer is full, are the frames copied.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MEMORY_CAP = 16 * 2**20
"""Bytes of frames that one recording keeps before it thins itself."""


@dataclass
class _Buffer:
    """Rows shared by successive recordings; `used` tells who may write where."""

    epochs: NDArray[np.int32]
    frames: NDArray[np.float32]
    errors: NDArray[np.float32]
    used: int = 0


@dataclass(frozen=True)
class Recording:
    """Frames of the epochs divisible by `stride`, in order; immutable.

    `epochs` (r,) int32, `frames` (r, P) float32 (layout: `docs/architecture.md`), `errors` (r,)
    float32: reconstruction error of the epoch's own first pass (NaN for epoch 0).
    """

    stride: int = 1
    count: int = 0
    cap: int = MEMORY_CAP
    _buffer: _Buffer | None = field(default=None, repr=False)

    @classmethod
    def begin(cls, first: NDArray[np.float32], epoch: int = 0, cap: int = MEMORY_CAP) -> Recording:
        """A recording that holds one frame, `first` of shape (P,)."""
        return cls(cap=cap)._extend(
            np.array([epoch], np.int32),
            np.asarray(first, np.float32)[None],
            np.array([np.nan], np.float32),
        )

    @classmethod
    def restored(
        cls,
        stride: int,
        epochs: NDArray[np.int32],
        frames: NDArray[np.float32],
        errors: NDArray[np.float32],
    ) -> Recording:
        """A recording from its own `stride`, `epochs`, `frames` and `errors`."""
        return cls(stride)._extend(epochs, frames, errors)

    @property
    def epochs(self) -> NDArray[np.int32]:
        return self._rows.epochs[: self.count]

    @property
    def frames(self) -> NDArray[np.float32]:
        return self._rows.frames[: self.count]

    @property
    def errors(self) -> NDArray[np.float32]:
        return self._rows.errors[: self.count]

    @property
    def _rows(self) -> _Buffer:
        if self._buffer is None:
            raise ValueError("An empty recording has no frames: start it with Recording.begin.")
        return self._buffer

    @property
    def nbytes(self) -> int:
        """Bytes of the frames kept."""
        return int(self.frames.nbytes)

    @property
    def max_frames(self) -> int:
        """How many frames fit under the cap (at least 2)."""
        return max(2, self.cap // (4 * self.frames.shape[1]))

    def append(
        self, first_epoch: int, frames: NDArray[np.float32], errors: NDArray[np.float32]
    ) -> Recording:
        """A longer recording: row i of `frames` (d, P) belongs to epoch first_epoch + i."""
        if not len(frames):
            return self
        epochs = np.arange(first_epoch, first_epoch + len(frames), dtype=np.int32)
        recording = self
        while recording.count + np.sum(epochs % recording.stride == 0) > recording.max_frames:
            recording = recording._thinned()
        keep = epochs % recording.stride == 0
        if recording.stride == 1:
            return recording._extend(epochs, frames, errors)
        return recording._extend(epochs[keep], frames[keep], errors[keep])

    def up_to(self, epoch: int) -> Recording:
        """The recording without the epochs after `epoch`."""
        count = int(np.searchsorted(self.epochs, epoch, side="right"))
        return Recording(self.stride, count, self.cap, self._buffer)

    def since(self, epoch: int) -> Recording:
        """A recording of its own without the epochs before `epoch`."""
        kept = slice(int(np.searchsorted(self.epochs, epoch)), None)
        fresh = Recording(self.stride, 0, self.cap)
        return fresh._extend(self.epochs[kept], self.frames[kept], self.errors[kept])

    def mean(
        self, epoch: int, share: float, newest: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Mean parameters over the recorded epochs in (epoch·(1 − share), epoch], shape (P,).

        `newest` stands in for the frame of `epoch` itself, which a thinned recording may lack and
        which float32 frames round. With share = 0, or nothing in the window, `newest` or the last
        frame at or before `epoch` is returned.
        """
        stop = int(np.searchsorted(self.epochs, epoch, side="right"))
        if newest is None:
            newest = self.frames[max(stop - 1, 0)].astype(np.float64)
        if share <= 0:
            return newest
        start = int(np.searchsorted(self.epochs, epoch * (1 - share), side="right"))
        if stop > start and self.epochs[stop - 1] == epoch:
            stop -= 1
        window = self.frames[start:stop]
        total = window.sum(axis=0, dtype=np.float64) + newest
        return np.asarray(total / (len(window) + 1))

    def _thinned(self) -> Recording:
        stride = self.stride * 2
        keep = self.epochs % stride == 0
        thin = Recording(stride, 0, self.cap)
        return thin._extend(self.epochs[keep], self.frames[keep], self.errors[keep])

    def _extend(
        self,
        epochs: NDArray[np.int32],
        frames: NDArray[np.float32],
        errors: NDArray[np.float32],
    ) -> Recording:
        end = self.count + len(epochs)
        buffer = self._buffer
        if buffer is None or buffer.used != self.count or end > len(buffer.epochs):
            room = max(64, 2 * end)
            buffer = _Buffer(
                np.empty(room, np.int32),
                np.empty((room, frames.shape[1]), np.float32),
                np.empty(room, np.float32),
            )
            if self._buffer is not None:
                buffer.epochs[: self.count] = self.epochs
                buffer.frames[: self.count] = self.frames
                buffer.errors[: self.count] = self.errors
        buffer.epochs[self.count : end] = epochs
        buffer.frames[self.count : end] = frames
        buffer.errors[self.count : end] = errors
        buffer.used = end
        return Recording(self.stride, end, self.cap, buffer)
