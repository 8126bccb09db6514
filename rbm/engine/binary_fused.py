"""The Python side of the compiled updates: copies, working memory and types for the kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rbm.engine import binary_kernel as kernel
from rbm.engine.binary_state import OFFSET_SHARE, BinaryOptions, BinaryState, Floats


def train(
    state: BinaryState, data: Floats, options: BinaryOptions, order: NDArray[np.int64]
) -> BinaryState:
    """The state after an update for each batch of the rows data[order]: see `rbm.engine.binary`."""
    kind = state.weights.dtype
    n_visible, n_hidden = state.weights.shape
    batch = max(1, min(options.batch_size, len(order)))
    # Every argument has one type only, as the compiler makes code for each type: a read-only
    # array or one in another order would be compiled anew.
    rows = np.require(data, kind, ["C", "W", "A"])
    arrays = state.copies()

    def empty(*shape: int) -> Floats:
        return np.empty(shape, kind)

    space = kernel.Space(
        v=empty(2 * batch + 2, n_visible),
        h=empty(2 * batch + 2, n_hidden),
        inputs=empty(batch, n_visible),
        draws=empty(batch, n_hidden),
        gradient=empty(n_visible, n_hidden),
        visible_part=empty(n_visible),
        hidden_part=empty(n_hidden),
        visible_gradient=empty(n_visible),
        hidden_gradient=empty(n_hidden),
    )
    numbers = kernel.Numbers(
        learning_rate=float(options.learning_rate),
        momentum=float(options.momentum),
        weight_decay=float(options.weight_decay),
        k=int(options.k),
        batch_size=batch,
        persistent=options.rule == "pcd",
        centred=bool(options.centred),
        offset_share=OFFSET_SHARE,
    )
    kernel.train(
        tuple(kernel.Arrays(**arrays)), rows, np.array(order, np.int64),
        np.uint64(options.seed), np.uint64(state.updates), tuple(numbers), tuple(space),
    )  # fmt: skip
    return BinaryState(**arrays, updates=state.updates + -(-len(order) // batch))
