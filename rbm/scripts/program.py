"""The continuous restricted Boltzmann machine (Chen & Murray 2003), in NumPy alone.

n visible and m hidden units have the states

    s_j = low + (high − low) / (1 + exp(−slope_j·x_j)),     x_j = Σ_i w_ij s_i + bias_j + σ·N(0, 1).

Contrastive divergence trains it: in each epoch, k noisy passes v → h → v run from the data, and
the parameters move by how the statistics at both ends of the chains differ.

A layer is an array (units, points) of float32. The parameters are one flat vector of float64:
weights (n, m) row by row, visible bias, hidden bias, visible slope, hidden slope.
"""

import base64
from types import SimpleNamespace
from typing import Any

import numpy as np

Array = np.ndarray

MASK = 2**64 - 1
SHUFFLE = 2**32 - 1  # the half-pass whose hashes give the order of the minibatches
FIRST_WEIGHTS = 2**63 + 1  # the epoch whose noise gives the first weights
SLOPES_WITHIN = 0.05, 50.0


# Noise is not drawn but looked up: a hash of its address. So every run can be repeated.


def mix(z: Any) -> Any:
    """Scrambles 64 bits (the last step of splitmix64), of a number or of an array of uint64."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def row_keys(address: tuple[int, int, int], half_pass: int, units: Array) -> Array:
    """A 64-bit key for each unit, in a half-pass at the address (seed, epoch, batch)."""
    key = 0
    for word in (*address, np.uint64(half_pass << 32) | units.astype(np.uint64)):
        key = mix((key + 0x9E3779B97F4A7C15) & MASK ^ word)
    return np.asarray(key)


def normals(address: tuple[int, int, int], half_pass: int, units: Array, n_points: int) -> Array:
    """Standard normals (units, points). Half-pass 0 is h from the data, 1 is v, 2 is h, …

    Each hash gives two of them, for the points i and i + 128 of a block of 256 (Box and Muller).
    """
    keys = row_keys(address, half_pass, units)[:, None]
    key_1, key_2 = keys.astype(np.uint32), (keys >> 32).astype(np.uint32)
    n_blocks = -(-n_points // 256)
    x: Array = np.arange(n_blocks * 128, dtype=np.uint32) + key_1
    x = (x ^ (x >> 16)) * 0x21F0AAAD + key_2
    x = (x ^ (x >> 15)) * 0x735A2D97
    x = x ^ (x >> 15)
    y = (x ^ key_1) * 0x9E3779B1
    uniform = ((x >> 1).astype(np.float32) + 0.5) * 2.0**-31
    radius = np.sqrt(-2 * np.log(uniform))
    angle = y.view(np.int32).astype(np.float32) * np.float32(np.pi * 2.0**-32)
    halves = np.where(x & 1, -radius, radius) * np.cos(angle), radius * np.sin(angle)
    blocks = np.stack([half.reshape(len(units), n_blocks, 128) for half in halves], axis=2)
    return blocks.reshape(len(units), n_blocks * 256)[:, :n_points]


# The machine. `s` holds the settings that are in force.


def split(parameters: Array, n: int, m: int) -> tuple[Array, Array, Array, Array, Array]:
    """Weights (n, m), visible bias, hidden bias, visible slope, hidden slope, as views."""
    weights, b, c, visible_slope, hidden_slope = np.split(parameters, np.cumsum([n * m, n, m, n]))
    return weights.reshape(n, m), b, c, visible_slope, hidden_slope


def first_parameters(n: int, s: SimpleNamespace) -> Array:
    """Weights and biases from N(0, initial_scale²), slopes as set."""
    drawn = n * s.n_hidden + n + s.n_hidden
    noise = normals((s.seed, FIRST_WEIGHTS, 0), 0, np.zeros(1), drawn)[0]
    slopes = np.repeat([s.visible_slope, s.hidden_slope], [n, s.n_hidden])
    return np.concatenate([s.initial_scale * noise.astype(np.float64), slopes])


def logistic(x: Array, s: SimpleNamespace) -> Array:
    """low + (high − low) / (1 + exp(−x)), written with tanh, which cannot overflow."""
    middle, half_width = np.float32((s.low + s.high) / 2), np.float32((s.high - s.low) / 2)
    return middle + half_width * np.tanh(x / 2)


def run_chains(
    parameters: Array,
    v_data: Array,
    v_chains: Array,
    address: tuple[int, int, int],
    k: int,
    s: SimpleNamespace,
) -> tuple[Array, Array, Array]:
    """⟨·⟩₀ − ⟨·⟩ₖ in the order of the parameters; the data after one pass; where chains end."""
    n, m = len(v_data), s.n_hidden
    visible, hidden = np.arange(n), n + np.arange(m)
    weights, b, c, visible_slope, hidden_slope = split(parameters.astype(np.float32), n, m)
    sigma = np.float32(s.sigma if s.noisy else 0)

    def noise(half_pass: int, units: Array) -> Array:
        return sigma * normals(address, half_pass, units, v_data.shape[1])

    def inputs_h(v: Array) -> Array:
        return weights.T @ v + c[:, None]

    def inputs_v(h: Array) -> Array:
        return weights @ h + b[:, None]

    def state_h(x: Array) -> Array:
        return logistic(hidden_slope[:, None] * x, s)

    def state_v(x: Array) -> Array:
        return logistic(visible_slope[:, None] * x, s)

    x_h = x_h_data = inputs_h(v_data)
    h = h_data = state_h(x_h + noise(0, hidden))
    v = v_once = x_v = v_data
    if s.rule == "pcd":  # persistent chains go on from where the last epoch left them
        v_once = state_v(inputs_v(h_data) + noise(2 * k + 2, visible))
        h = state_h(inputs_h(v_chains) + noise(2 * k + 1, hidden))
    for step in range(k):
        x_v = inputs_v(h)
        v = state_v(x_v + noise(2 * step + 1, visible))
        x_h = inputs_h(v)
        h = state_h(x_h + noise(2 * step + 2, hidden))
        if s.rule == "cd" and step == 0:
            v_once = v
    if s.noise_free_statistics:
        moved = means(v_data, state_h(x_h_data), s) - means(state_v(x_v), state_h(x_h), s)
    else:
        moved = means(v_data, h_data, s) - means(v, h, s)
    return moved, v_once, v


def means(v: Array, h: Array, s: SimpleNamespace) -> Array:
    """⟨v h⟩, ⟨v⟩, ⟨h⟩, and ⟨S(v)⟩, ⟨S(h)⟩ for the slopes: means over the points."""
    products = (v @ h.T).ravel() / v.shape[1]
    layers = v, h, slope_statistic(v, s), slope_statistic(h, s)
    return np.concatenate([products, *(layer.mean(1, np.float64) for layer in layers)])


def slope_statistic(states: Array, s: SimpleNamespace) -> Array:
    """S(s), whose mean moves a unit's slope."""
    if s.slope_rule == "tutorial":
        return np.square(states)
    width = s.high - s.low
    p = np.clip((states - np.float32(s.low)) / np.float32(width), 0, 1)
    if s.slope_rule == "corrected":
        return np.float32(2 * width) * np.square(p - np.float32(0.5))
    return np.float32(width) * (x_ln_x(p) + x_ln_x(1 - p))


def x_ln_x(p: Array) -> Array:
    """p ln p, and 0 for p = 0."""
    return p * np.log(np.where(p > 0, p, np.float32(1)))


def centre(moved: Array, mean: Array, s: SimpleNamespace) -> None:
    """Makes the statistics those of v − mean and h − middle, as steps of this machine."""
    middle = (s.low + s.high) / 2
    d_w, d_b, d_c, _, _ = split(moved, len(mean), s.n_hidden)
    d_w -= mean[:, None] * d_c + middle * d_b[:, None]
    d_b -= middle * d_w.sum(1)
    d_c -= mean @ d_w


# Training.


def k_at(epoch: int, s: SimpleNamespace) -> int:
    """Passes of a chain: k at first, k_end from epoch k_ramp on."""
    if s.k_ramp == 0 or epoch >= s.k_ramp:
        return s.k_end
    return s.k + (s.k_end - s.k) * epoch // s.k_ramp


def train_epoch(
    epoch: int, parameters: Array, velocity: Array, chains: Array, data: Array, s: SimpleNamespace
) -> float:
    """Changes parameters, velocity and chains by one epoch; returns the reconstruction error."""
    n_points, n = data.shape
    n_weights = len(velocity)  # and biases
    size = min(s.batch_size or n_points, n_points)
    order = np.arange(n_points)
    if size < n_points:
        order = np.argsort(row_keys((s.seed, epoch, 0), SHUFFLE, order))
    if not s.learn_visible_slope:
        split(parameters, n, s.n_hidden)[3][:] = s.visible_slope
    squares = 0.0
    for batch, start in enumerate(range(0, n_points, size)):
        rows = slice(start, start + size)
        v_data = np.ascontiguousarray(data[order[rows]].T)
        address = s.seed, epoch, batch
        moved, v_once, v_end = run_chains(
            parameters, v_data, chains[rows].T, address, k_at(epoch, s), s
        )
        squares += np.square(v_data - v_once).sum(dtype=np.float64)
        chains[rows] = v_end.T
        if s.centred:
            centre(moved, data.mean(0, np.float64), s)
        decay = s.cost * parameters[:n_weights]
        velocity *= s.momentum
        velocity += s.learning_rate * (moved[:n_weights] - decay)
        parameters[:n_weights] += velocity
        slopes = parameters[n_weights:]
        after = slopes + s.slope_learning_rate / slopes**2 * moved[n_weights:]
        learned = slice(0 if s.learn_visible_slope else n, None)
        slopes[learned] = np.clip(after[learned], *SLOPES_WITHIN)
    return squares / data.size


def train(
    epochs: int,
    settings: dict[int, dict[str, Any]],
    data: dict[int, Array],
    state: tuple[Array, Array, Array] | None = None,
    average_last: float = 0.0,
    stride: int = 1,
) -> tuple[Array, float]:
    """The parameters after `epochs` epochs, and the reconstruction error in the last of them.

    settings, data: what takes hold before which epoch. state: parameters, velocity and chains to
    begin with, if not those of the seed. average_last: the parameters are the mean over this last
    share of the epochs, as many of them as `stride` divides.
    """
    begin = min(settings)
    s = SimpleNamespace(**settings[begin])
    points = data[begin]
    if state is None:
        parameters = first_parameters(points.shape[1], s)
        velocity = np.zeros(len(parameters) - points.shape[1] - s.n_hidden)
        chains = points.copy()
    else:
        parameters, velocity, chains = (array.copy() for array in state)
    total, count, error = np.zeros(len(parameters)), 0, np.nan
    for epoch in range(begin, epochs):
        vars(s).update(settings.get(epoch, {}))
        points = data.get(epoch, points)
        chains = np.vstack([chains[: len(points)], points[len(chains) :]])
        if average_last and epoch > epochs * (1 - average_last) and epoch % stride == 0:
            total += parameters.astype(np.float32)
            count += 1
        error = train_epoch(epoch, parameters, velocity, chains, points, s)
    return (total + parameters) / (count + 1), error


def decoded(text: str, kind: str) -> Array:
    """An array from base64 text; kind "<f4" or "<f8": float32 or float64."""
    return np.frombuffer(base64.b64decode(text), kind)
