"""The fast training of a Bernoulli machine, in the precision of its data.

`train` makes one update for every batch of rows and returns a new state. Its noise is addressed
by (seed, number of the update, half-pass, place in the batch), so a training in pieces is the same
as one in one go, bit for bit. It runs compiled (`binary_kernel`) once the compiler is done, else in
NumPy (`binary_reference`): the same numbers to rounding, on the same noise.

Half-pass 0 is h drawn at the data, 1 the chains' v, 2 their h, … up to 2k.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rbm.engine import binary_compilation, binary_reference
from rbm.engine.binary_state import BinaryOptions, BinaryState, Floats, start

__all__ = ["BinaryOptions", "BinaryState", "start", "train"]


def train(
    state: BinaryState,
    data: Floats,
    options: BinaryOptions,
    order: NDArray[np.int64] | None = None,
) -> BinaryState:
    """The state after an update for each batch of the rows data[order] (default: as they are).

    data (n, n_visible), values in [0, 1], of the state's type (float32 or float64). The last batch
    may be short. An order of two dimensions, (epochs, rows), is gone through row by row. Raises
    `ValueError` when persistent chains are fewer than the rows of a batch.
    """
    if order is None:
        order = np.arange(len(data))
    rows = min(options.batch_size, order.shape[-1])
    if options.rule == "pcd" and len(state.chains) < rows:
        raise ValueError(f"{len(state.chains)} persistent chains cannot face {rows} rows.")
    engine = binary_compilation.fused(state.weights.dtype) or binary_reference
    return engine.train(state, data, options, order)
