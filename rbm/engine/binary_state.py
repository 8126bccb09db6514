"""What the fast training of a Bernoulli machine carries from update to update, and its options."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rbm.engine.noise import INITIAL, normals

Floats = NDArray[np.floating[Any]]

OFFSET_SHARE = 0.01
"""Share of a batch's mean in the hidden offsets after it (Melchior, Fischer & Wiskott 2016)."""

LANES = 16
"""Layers are padded to a multiple of this many units, whole vectors of the compiled code. It
decides about the numbers of the uniforms too."""


def padded(n_units: int) -> int:
    """`n_units` and as many more as fill the last vector."""
    return -(-n_units // LANES) * LANES


@dataclass(frozen=True, eq=False)
class BinaryState:
    """A machine in training. All arrays have one type, float32 or float64, and stay as they are.

    weights (n_visible, n_hidden), visible_bias (n_visible,), hidden_bias (n_hidden,); the last
    step of each in the centred coordinates (`weights_step`, …), for momentum; chains (m,
    n_hidden): hidden states of the persistent chains, which limit a batch of rule "pcd" to m rows;
    visible_offset, hidden_offset: what centring takes off; updates: how many were made.
    """

    weights: Floats
    visible_bias: Floats
    hidden_bias: Floats
    weights_step: Floats
    visible_step: Floats
    hidden_step: Floats
    chains: Floats
    visible_offset: Floats
    hidden_offset: Floats
    updates: int = 0

    def copies(self) -> dict[str, Floats]:
        """Name → a copy of each array, contiguous and writable."""
        arrays = (field.name for field in fields(self) if field.name != "updates")
        return {name: np.array(getattr(self, name), order="C") for name in arrays}


@dataclass(frozen=True)
class BinaryOptions:
    """How to train: steps of `learning_rate` times the difference of means, plus `momentum` times
    the last step; `weight_decay` on weights alone; `k` Gibbs steps; rule "cd" or "pcd"; the
    `centred` gradient or the plain one; `batch_size` rows an update; `seed` of the noise."""

    learning_rate: float = 0.1
    momentum: float = 0.0
    weight_decay: float = 0.0
    k: int = 1
    rule: str = "cd"
    centred: bool = True
    batch_size: int = 10
    seed: int = 0


def start(mean: Floats, n_rows: int, n_hidden: int, options: BinaryOptions) -> BinaryState:
    """The state before the first update on `n_rows` rows with column means `mean` (n_visible,),
    of whose type it is.

    Weights N(0, 0.01²) by the seed; visible biases as independent units would fit the data, had
    each column one 0 and one 1 more; hidden biases 0; as many chains as a batch has rows, at 0.
    """
    kind, n_visible = mean.dtype, len(mean)
    noise = normals(options.seed, INITIAL, 0, 0, 0, n_visible * n_hidden)
    on = np.clip(mean.astype(np.float64), 0.0, 1.0) * n_rows + 1.0
    return BinaryState(
        weights=(0.01 * noise.astype(np.float64)).astype(kind).reshape(n_visible, n_hidden),
        visible_bias=(np.log(on) - np.log(n_rows + 2.0 - on)).astype(kind),
        hidden_bias=np.zeros(n_hidden, kind),
        weights_step=np.zeros((n_visible, n_hidden), kind),
        visible_step=np.zeros(n_visible, kind),
        hidden_step=np.zeros(n_hidden, kind),
        chains=np.zeros((options.batch_size, n_hidden), kind),
        visible_offset=mean.copy(),
        hidden_offset=np.full(n_hidden, 0.5, kind),
    )
