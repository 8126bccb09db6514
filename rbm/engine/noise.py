"""Which normal number belongs to (seed, epoch, batch, half-pass, unit, point).

Noise is looked up, not drawn: a hash of its address. So there is no generator to carry along,
any epoch can be replayed alone, every engine sees the same noise, and threads cannot disturb it.

A *row* is all points of one unit in one half-pass. Its address is mixed into a 64-bit key by
splitmix64 steps (Steele, Lea & Flood 2014), whose two halves then key a hash of the counter in
32-bit arithmetic, as that is what vector units do fast: two multiply-xorshift rounds give the
radius and the sign, one more multiplication gives the angle (constants of the first two: the
low-bias search of the hash-prospector project). Box-Muller makes two normals of it,

    r = sqrt(-2 ln u),   z = +-r cos(pi t),   z' = r sin(pi t),   u in (0, 1], t in [-1/2, 1/2),

for the points i and i + 128 of a block of 256, so that both come from plain loops over lanes.
u has 31 bits: normals reach +-6.6.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

BLOCK = 256
"""Points in a block; one hash serves the points i and i + BLOCK / 2 of a block."""
RECONSTRUCTION = 2**63
"""The epoch whose noise belongs to reconstructions; training epochs stay far below it."""
INITIAL = 2**63 + 1
"""The epoch whose noise gives the first weights."""
ROUND_1, ROUND_2, ROUND_3 = 0x21F0AAAD, 0x735A2D97, 0x9E3779B1
STEP, MIX_1, MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB

_MASK = 2**64 - 1
_ORDER = 2**32 - 1  # the half-pass whose keys shuffle the rows; no chain is that long


def normals(
    seed: int, epoch: int, batch: int, half_pass: int, unit: int, n_points: int
) -> NDArray[np.float32]:
    """The standard normals of one row, (n_points,) float32.

    Every argument is a whole number from 0 on; a longer row starts with the shorter one.
    """
    return normal_rows(batch_key(seed, epoch, batch), [half_pass], [unit], n_points)[0, 0]


def normal_rows(
    key: int, half_passes: ArrayLike, units: ArrayLike, n_points: int
) -> NDArray[np.float32]:
    """`normals` of many rows of one batch at once: (half_passes, units, n_points) float32."""
    keys = row_keys(key, np.asarray(half_passes)[:, None], units)[..., None]
    key_1, key_2 = keys.astype(np.uint32), (keys >> 32).astype(np.uint32)
    pairs = BLOCK // 2
    n_blocks = -(-n_points // BLOCK)
    x = np.arange(n_blocks * pairs, dtype=np.uint32) + key_1
    x ^= x >> 16
    x *= ROUND_1
    x += key_2
    x ^= x >> 15
    x *= ROUND_2
    x ^= x >> 15
    y = x ^ key_1
    y *= ROUND_3

    radius = (x >> 1).astype(np.float32)
    radius += np.float32(0.5)
    radius *= np.float32(2.0**-31)
    np.log(radius, out=radius)
    radius *= np.float32(-2.0)
    np.sqrt(radius, out=radius)
    angle = y.view(np.int32).astype(np.float32)
    angle *= np.float32(np.pi * 2.0**-32)
    signed_radius = (radius.view(np.uint32) | (x << 31)).view(np.float32)

    shape = keys.shape[:-1]
    z = np.empty((*shape, n_blocks, 2, pairs), np.float32)
    lanes = (*shape, n_blocks, pairs)
    np.multiply(signed_radius.reshape(lanes), np.cos(angle).reshape(lanes), out=z[..., 0, :])
    np.multiply(radius.reshape(lanes), np.sin(angle).reshape(lanes), out=z[..., 1, :])
    return z.reshape(*shape, n_blocks * BLOCK)[..., :n_points]


def uniforms(seed: int, update: int, half_pass: int, shape: tuple[int, int]) -> NDArray[np.float32]:
    """The uniform numbers that decide one layer's binary draws, (rows, units) float32 in (0, 1).

    Here the counter runs over the whole layer, row by row, as binary layers may have any shape.
    The numbers are odd multiples of 2^-24, so that they are the same in every precision.
    """
    key = batch_key(seed, update, half_pass)
    x = np.arange(shape[0] * shape[1], dtype=np.uint32) + np.uint32(key & 0xFFFFFFFF)
    x ^= x >> 16
    x *= ROUND_1
    x += np.uint32(key >> 32)
    x ^= x >> 15
    x *= ROUND_2
    x ^= x >> 15
    u = ((x >> 9).astype(np.float32) + np.float32(0.5)) * np.float32(2.0**-23)
    return u.reshape(shape)


def batch_key(seed: int, epoch: int, batch: int) -> int:
    """The 64-bit key that all rows of one batch share."""
    key = 0
    for word in (seed, epoch, batch):
        key = _mix((key + STEP) & _MASK ^ word)
    return key


def row_keys(key: int, half_passes: ArrayLike, units: ArrayLike) -> NDArray[np.uint64]:
    """The 64-bit keys of rows (broadcast of both arguments) in the batch of the given key."""
    rows = (np.asarray(half_passes, np.uint64) << 32) | np.asarray(units, np.uint64)
    keys: NDArray[np.uint64] = _mix((key + STEP) & _MASK ^ rows)
    return keys


def row_order(seed: int, epoch: int, n_points: int) -> NDArray[np.int64]:
    """The order in which an epoch's minibatches take the rows of the data: a permutation."""
    keys = row_keys(batch_key(seed, epoch, 0), _ORDER, np.arange(n_points))
    return np.argsort(keys)


def _mix(z: Any) -> Any:
    """The output function of splitmix64, for a number or for an array of uint64."""
    z = (z ^ (z >> 30)) * MIX_1 & _MASK
    z = (z ^ (z >> 27)) * MIX_2 & _MASK
    return z ^ (z >> 31)
