"""One epoch of contrastive divergence in NumPy, reading like the formulas.

    x_j = Σ_i w_ij s_i + bias_j + σ N_j,        s_j = lo + (hi − lo) / (1 + exp(−A_j x_j))

It runs the whole app where the compiled engine is not available (yet), and is what that one is
compared with. A layer is an array (units, points) of float32; parameters are float64 and rounded
once for the chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rbm.engine.noise import RECONSTRUCTION, batch_key, normal_rows, row_order
from rbm.engine.state import Advance, State, has_diverged, starting_parameters
from rbm.models.continuous import Floats, split
from rbm.settings import SLOPE_BOUNDS, Settings

name = "reference"

Layer = NDArray[np.float32]
_NOISE_AT_ONCE = 2**16  # normals made in one call: few calls, and still within the cache


def advance(state: State, data: NDArray[np.float32], settings: Settings, epochs: int) -> Advance:
    """Train for `epochs` epochs on data (n, n_visible) in the units' range."""
    n_visible = data.shape[1]
    parameters = starting_parameters(state, settings, n_visible)
    good = State(parameters, state.velocity, state.chains, state.epoch)
    frames = np.empty((epochs, parameters.size), np.float32)
    errors = np.empty(epochs, np.float32)
    for done in range(epochs):
        new, error = _epoch(good, data, settings)
        if has_diverged(new.parameters, n_visible + settings.n_hidden):
            return Advance(good, frames[:done], errors[:done], diverged=True)
        good, frames[done], errors[done] = new, new.parameters, error
    return Advance(good, frames, errors, diverged=False)


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
    """Where points (n, n_visible) are after `passes` passes, (n, n_visible) float32.

    A pass is hidden from visible and visible from hidden, each with noise `sigma` when `noisy`.
    The noise is that of the seed's reconstructions, never that of its training.
    """
    machine = _Machine(parameters, n_hidden, low, high)
    v = np.asarray(points, np.float32).T
    noise = _Noise(seed, RECONSTRUCTION, 0, v.shape[1], sigma if noisy else 0.0)
    for noise_h, noise_v in noise.pairs(0, passes, machine.hidden_units, machine.visible_units):
        h = machine.hidden(machine.inputs_h(v) + noise_h)
        v = machine.visible(machine.inputs_v(h) + noise_v)
    return np.array(v.T, order="C")


def _epoch(state: State, data: NDArray[np.float32], settings: Settings) -> tuple[State, np.float64]:
    """The state after one more epoch, and the error of the data's first noisy pass."""
    parameters, velocity = state.parameters.copy(), state.velocity
    chains = state.chains.copy()
    n_points, n_visible = data.shape
    n_weights = velocity.size
    batch_size = min(settings.batch_size or n_points, n_points)
    order = np.arange(n_points)
    if batch_size < n_points:
        order = row_order(settings.seed, state.epoch, n_points)
    squares = 0.0
    for batch, start in enumerate(range(0, n_points, batch_size)):
        rows = slice(start, start + batch_size)
        v_data = np.ascontiguousarray(data[order[rows]].T)
        address = (settings.seed, state.epoch, batch)
        gradient, v_once, v_end = _gradient(
            parameters, v_data, chains[rows].T, data.mean(0, np.float64), address, settings
        )
        squares += np.square(v_data - v_once).sum(dtype=np.float64)
        if settings.rule == "pcd":
            chains[rows] = v_end.T

        decay = settings.cost * parameters[:n_weights]
        velocity = settings.momentum * velocity + settings.learning_rate * (
            gradient[:n_weights] - decay
        )
        parameters[:n_weights] += velocity
        slopes = parameters[n_weights:]
        moved = slopes + settings.slope_learning_rate / slopes**2 * gradient[n_weights:]
        learned = slice(0 if settings.learn_visible_slope else n_visible, None)
        slopes[learned] = np.clip(moved[learned], *SLOPE_BOUNDS)
    error = squares / data.size
    return State(parameters, velocity, chains, state.epoch + 1), np.float64(error)


def _gradient(
    parameters: NDArray[np.float64],
    v_data: Layer,
    v_chain: Layer,
    data_mean: NDArray[np.float64],
    address: tuple[int, int, int],
    settings: Settings,
) -> tuple[NDArray[np.float64], Layer, Layer]:
    """⟨·⟩_0 − ⟨·⟩_k (P,), the data after one noisy pass, and the chains' end v_k.

    Each chain starts at its data point, or for rule "pcd" at its row of `v_chain`.
    """
    machine = _Machine(parameters, settings.n_hidden, settings.low, settings.high)
    visible, hidden = machine.visible_units, machine.hidden_units
    k = settings.k_at(address[1])
    noise = _Noise(*address, v_data.shape[1], settings.sigma if settings.noisy else 0.0)

    x_h = machine.inputs_h(v_data)
    h = h_data = machine.hidden(x_h + noise.row(0, hidden))
    v = v_once = x_v = v_data  # k is at least 1, so the chain replaces them
    if settings.rule == "pcd":
        v_once = machine.visible(machine.inputs_v(h_data) + noise.row(2 * k + 2, visible))
        h = machine.hidden(machine.inputs_h(v_chain) + noise.row(2 * k + 1, hidden))
    x_h_data = x_h
    for noise_v, noise_h in noise.pairs(1, k, visible, hidden):
        x_v = machine.inputs_v(h)
        v = machine.visible(x_v + noise_v)
        x_h = machine.inputs_h(v)
        h = machine.hidden(x_h + noise_h)
        if v_once is v_data:
            v_once = v
    if settings.noise_free_statistics:
        ends = (v_data, machine.hidden(x_h_data)), (machine.visible(x_v), machine.hidden(x_h))
    else:
        ends = (v_data, h_data), (v, h)
    first, last = (_statistics(*layers, settings) for layers in ends)
    gradient = first - last
    if settings.centred:
        _centre(gradient, data_mean, (settings.low + settings.high) / 2, settings.n_hidden)
    return gradient, v_once, v


def _centre(
    gradient: NDArray[np.float64], mean: NDArray[np.float64], middle: float, n_hidden: int
) -> None:
    """The gradient of a machine in v − mean and h − middle, as a step of this one's parameters.

    ∇W = ⟨(v − mean)(h − middle)⟩_0 − ⟨…⟩_k, and what the weights' steps would do to the inputs by
    those offsets is taken back from the biases': ∇b −= ∇W·middle, ∇c −= mean·∇W (the centred
    gradient of Melchior, Fischer & Wiskott 2016).
    """
    part = split(gradient, n_hidden)
    d_w, d_b, d_c = part.weights, part.visible_bias, part.hidden_bias
    d_w -= mean[:, None] * d_c + middle * d_b[:, None]
    d_b -= middle * d_w.sum(1)
    d_c -= mean @ d_w


def _statistics(v: Layer, h: Layer, settings: Settings) -> NDArray[np.float64]:
    """Means over the batch in the order of the parameters: ⟨v h⟩, ⟨v⟩, ⟨h⟩, ⟨S(v)⟩, ⟨S(h)⟩."""
    products = (v @ h.T).ravel() / v.shape[1]
    layers = (v, h, _slope_statistic(v, settings), _slope_statistic(h, settings))
    return np.concatenate([products, *(layer.mean(1, np.float64) for layer in layers)])


def _slope_statistic(s: Layer, settings: Settings) -> Layer:
    """S(s), whose mean moves a unit's slope."""
    width = settings.high - settings.low
    p = np.clip((s - np.float32(settings.low)) / np.float32(width), 0, 1)
    if settings.slope_rule == "tutorial":
        return np.square(s)
    if settings.slope_rule == "corrected":
        return np.float32(2 * width) * np.square(p - np.float32(0.5))
    return np.float32(width) * (_x_ln_x(p) + _x_ln_x(1 - p))


def _x_ln_x(p: Layer) -> Layer:
    """p ln p, and 0 for p = 0."""
    return np.asarray(p * np.log(np.where(p > 0, p, np.float32(1))))


class _Machine:
    """The parameters in float32, shaped for layers (units, points)."""

    def __init__(self, parameters: Floats, n_hidden: int, low: float, high: float) -> None:
        groups = split(np.asarray(parameters, np.float32), n_hidden)
        self.weights = groups.weights
        columns = (group[:, None] for group in groups[1:])
        self.visible_bias, self.hidden_bias, self.visible_slope, self.hidden_slope = columns
        n_visible = len(self.weights)
        self.visible_units = np.arange(n_visible)
        self.hidden_units = n_visible + np.arange(n_hidden)
        self.middle, self.half_width = np.float32((low + high) / 2), np.float32((high - low) / 2)

    def inputs_h(self, v: Layer) -> Layer:
        return np.asarray(self.weights.T @ v + self.hidden_bias, np.float32)

    def inputs_v(self, h: Layer) -> Layer:
        return np.asarray(self.weights @ h + self.visible_bias, np.float32)

    def hidden(self, x: Layer) -> Layer:
        return self._logistic(self.hidden_slope * x)

    def visible(self, x: Layer) -> Layer:
        return self._logistic(self.visible_slope * x)

    def _logistic(self, x: Layer) -> Layer:
        """lo + (hi − lo)/(1 + exp(−x)), written with tanh: it cannot overflow, and is quicker."""
        return self.middle + self.half_width * np.tanh(np.float32(0.5) * x)


class _Noise:
    """σ times the normals of one batch."""

    def __init__(self, seed: int, epoch: int, batch: int, n_points: int, sigma: float) -> None:
        self.key = batch_key(seed, epoch, batch)
        self.n_points = n_points
        self.sigma = np.float32(sigma)

    def row(self, half_pass: int, units: NDArray[np.int64]) -> Layer:
        """The noise of one layer in one half-pass, (units, points)."""
        return self._rows(np.array([half_pass]), units)[0]

    def pairs(
        self, first: int, count: int, units: NDArray[np.int64], others: NDArray[np.int64]
    ) -> Iterator[tuple[Layer, Layer]]:
        """The noise of `count` pairs of half-passes from `first` on: `units`, then `others`."""
        at_once = max(1, _NOISE_AT_ONCE // (self.n_points * (len(units) + len(others))))
        for done in range(0, count, at_once):
            half_passes = first + 2 * np.arange(done, min(done + at_once, count))
            yield from zip(
                self._rows(half_passes, units), self._rows(half_passes + 1, others), strict=True
            )

    def _rows(self, half_passes: NDArray[np.int64], units: NDArray[np.int64]) -> NDArray[Any]:
        if self.sigma == 0:
            return np.zeros((len(half_passes), len(units), 1), np.float32)
        return self.sigma * normal_rows(self.key, half_passes, units, self.n_points)
