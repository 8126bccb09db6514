"""The Python side of the compiled updates: padded copies, working memory, types for the kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rbm.engine import binary_kernel as kernel
from rbm.engine.binary_products import ROWS, WIDTH
from rbm.engine.binary_state import OFFSET_SHARE, BinaryOptions, BinaryState, Floats, padded

OFF = -50.0
"""The bias of units that only fill up a layer: they are on once in 10^21 draws."""


def train(
    state: BinaryState, data: Floats, options: BinaryOptions, order: NDArray[np.int64]
) -> BinaryState:
    """The state after an update for each batch of the rows data[order]: see `rbm.engine.binary`."""
    orders = np.array(order, np.int64, ndmin=2)
    kind = state.weights.dtype
    n_visible, n_hidden = state.weights.shape
    visible, hidden = padded(n_visible), padded(n_hidden)
    batch = max(1, min(options.batch_size, orders.shape[1]))

    def copy(array: Floats, *shape: int, fill: float = 0.0) -> Floats:
        larger = memory(shape, kind, fill)
        larger[tuple(slice(length) for length in array.shape)] = array
        return larger

    arrays = kernel.Arrays(
        weights=copy(state.weights, visible, hidden),
        visible_bias=copy(state.visible_bias, visible, fill=OFF),
        hidden_bias=copy(state.hidden_bias, hidden, fill=OFF),
        weights_step=copy(state.weights_step, visible, hidden),
        visible_step=copy(state.visible_step, visible),
        hidden_step=copy(state.hidden_step, hidden),
        chains=copy(state.chains, len(state.chains), hidden),
        visible_offset=copy(state.visible_offset, visible),
        hidden_offset=copy(state.hidden_offset, hidden),
    )
    space = kernel.Space(
        v=memory((2 * batch + 2, visible), kind),
        h=memory((2 * batch + 2, hidden), kind),
        inputs=memory((batch, visible), kind),
        draws=memory((batch, hidden), kind),
        gradient=memory((visible, hidden), kind),
        visible_gradient=memory((visible,), kind),
        hidden_gradient=memory((hidden,), kind),
        visible_part=memory((visible,), kind),
        hidden_part=memory((hidden,), kind),
        zeros=memory((max(visible, hidden),), kind),
        ones=memory((batch,), kind, 1.0),
        shares=memory((2 * batch,), kind),
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
    # Every argument has one type only, as the compiler makes code for each type: a read-only
    # array or one in another order would be compiled anew.
    kernel.train(
        tuple(arrays), np.require(data, kind, ["C", "W", "A"]), orders,
        np.uint64(options.seed), np.uint64(state.updates), tuple(numbers), tuple(space),
    )  # fmt: skip
    new = {
        name: np.array(array[tuple(slice(length) for length in getattr(state, name).shape)])
        for name, array in arrays._asdict().items()
    }
    made = len(orders) * -(-orders.shape[1] // batch)
    return BinaryState(**new, updates=state.updates + made)


def memory(shape: tuple[int, ...], kind: DTypeLike, fill: float = 0.0) -> Floats:
    """An array on a vector's border, with the spare rows that `binary_products` asks for."""
    numbers = (shape[0] + ROWS) * (shape[1] if len(shape) == 2 else 1)
    size = np.dtype(kind).itemsize
    bytes_ = np.zeros(numbers * size + WIDTH, np.uint8)
    start = -bytes_.ctypes.data % WIDTH
    array = bytes_[start : start + numbers * size].view(kind).reshape(-1, *shape[1:])
    array[:] = fill
    return array[: shape[0]]
