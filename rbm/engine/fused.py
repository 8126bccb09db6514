"""The compiled engine: hands settings and arrays to `rbm.engine.kernel`, many epochs per call.

Importing this module imports the compiler, which takes a second; the first call loads the
machine code from the cache, or compiles it in some seconds. Every argument has one fixed type,
whatever the caller hands in (a read-only array is a type of its own): another would be compiled
anew, in the middle of a live server.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rbm.engine import chain, kernel, lanes
from rbm.engine.noise import BLOCK, RECONSTRUCTION, row_order
from rbm.engine.state import Advance, State, starting_parameters
from rbm.models.continuous import Floats
from rbm.settings import SLOPE_BOUNDS, SLOPE_RULES, WEIGHT_LIMIT, Settings

name = "fused"

_ORDERS_AT_ONCE = 2**20  # shuffled row numbers made for one call of the kernel (8 MB)


def advance(state: State, data: NDArray[np.float32], settings: Settings, epochs: int) -> Advance:
    """Train for `epochs` epochs on data (n, n_visible) in the units' range."""
    n_points, n_visible = data.shape
    points = np.array(data, np.float32, order="C").reshape(-1)  # a copy: never read-only
    parameters = starting_parameters(state, settings, n_visible)
    velocity, chains = state.velocity.copy(), state.chains.copy()
    good = (np.empty_like(parameters), np.empty_like(velocity), np.empty(chains.size, np.float32))
    frames = np.empty((epochs, parameters.size), np.float32)
    errors = np.empty(epochs, np.float32)
    options = _options(settings, n_points)
    space = _space(n_visible, settings.n_hidden, n_points)
    shuffled = options.batch_size < n_points
    at_once = max(1, _ORDERS_AT_ONCE // n_points) if shuffled else max(1, epochs)
    done, diverged = 0, False
    while done < epochs and not diverged:
        first = state.epoch + done
        numbers = range(first, first + min(at_once, epochs - done))
        orders = space.positions[None]
        if shuffled:
            orders = np.stack([row_order(settings.seed, epoch, n_points) for epoch in numbers])
        part = slice(done, done + len(numbers))
        n_good = kernel.train(
            parameters, velocity, chains.reshape(-1), good, np.empty_like(parameters), points,
            orders, data.mean(0, np.float64), np.uint64(settings.seed), np.uint64(first),
            np.array([settings.k_at(epoch) for epoch in numbers]), options, space,
            frames[part], errors[part],
        )  # fmt: skip
        done += int(n_good)
        diverged = bool(n_good < len(numbers))
    new = State(parameters, velocity, chains, state.epoch + done)
    return Advance(new, frames[:done], errors[:done], diverged)


def reconstruct(
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
    """Where points (n, n_visible) are after `passes` passes: see the reference."""
    moved = np.array(points, np.float32, order="C")
    n_points, n_visible = moved.shape
    kernel.reconstruct(
        np.array(parameters, np.float64), moved.reshape(-1), int(passes),
        np.uint64(seed), np.uint64(RECONSTRUCTION), float(low), float(high - low),
        float(sigma) if noisy else 0.0, _space(n_visible, n_hidden, n_points),
    )  # fmt: skip
    return moved


def _space(n_visible: int, n_hidden: int, n_points: int) -> chain.Space:
    """The kernel's working memory."""
    from_visible, from_hidden = _padded(n_visible), _padded(n_hidden)

    def layer(units: int, inputs: int, first_unit: int) -> chain.Layer:
        columns = np.zeros((2, units), np.float32)
        weights = np.zeros((units, inputs), np.float32)
        return chain.Layer(weights, columns[0], columns[1], first_unit)

    return chain.Space(
        visible=layer(n_visible, from_hidden, 0),
        hidden=layer(n_hidden, from_visible, n_visible),
        v_data=_rows(from_visible),
        v=_rows(from_visible),
        h=_rows(from_hidden),
        v_mean=_rows(from_visible),
        h_mean=_rows(from_hidden),
        spare=_rows(1),
        positions=np.arange(n_points),
    )


def _padded(units: int) -> int:
    """Rows of inputs that the kernel takes for a layer of some units."""
    return 2 if units <= 2 else -(-units // lanes.INPUTS) * lanes.INPUTS


def _rows(units: int) -> NDArray[np.float32]:
    """Rows of a block, on a 64-byte border: a vector across two cache lines is slow."""
    flat = np.zeros(units * BLOCK + 16, np.float32)
    start = -(flat.ctypes.data // 4) % 16
    return flat[start : start + units * BLOCK].reshape(units, BLOCK)


def _options(settings: Settings, n_points: int) -> kernel.Options:
    return kernel.Options(
        low=settings.low,
        width=settings.high - settings.low,
        sigma=settings.sigma if settings.noisy else 0.0,
        learning_rate=settings.learning_rate,
        momentum=settings.momentum,
        cost=settings.cost,
        slope_learning_rate=settings.slope_learning_rate,
        slope_rule=list(SLOPE_RULES).index(settings.slope_rule),
        slope_low=SLOPE_BOUNDS[0],
        slope_high=SLOPE_BOUNDS[1],
        weight_limit=WEIGHT_LIMIT,
        batch_size=min(settings.batch_size or n_points, n_points),
        learn_visible_slope=settings.learn_visible_slope,
        persistent=settings.rule == "pcd",
        noise_free_statistics=settings.noise_free_statistics,
        centred=settings.centred,
    )
