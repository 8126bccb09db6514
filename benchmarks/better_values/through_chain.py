"""How far a continuous RBM of two visible units could go, if it learnt what mismatch measures.

Contrastive divergence compares statistics after a few passes; mismatch is the ink that many noisy
passes from anywhere leave in the wrong place. To see whether the rule or the machine keeps eight
units where they are, this goes down the measured thing itself. A visible state has two
coordinates, so a chain can be written as a table: GRID × GRID cells cover the square; passes
v → h → v′ begin at random places of every cell and at the training points, and where one ends is
shared between the middles of the four cells around it, bilinearly: row s of Φ′. With N_c passes
from cell c, ink p_t on the cells becomes by a pass

    p_(t+1) = Σ_s a_t(c_s) Φ′_s,    a_t(c) = p_t(c) / N_c,

and from p_0, uniform, comes the ink after all passes, p_T. L = ½ Σ |blur(p_T) − blur(data)|, |x|
rounded off near 0, is the ink that mismatch finds misplaced, on the training points. Given its
noise, a pass is a smooth function of the parameters (the reparameterisation of Kingma & Welling
2014), so that L has a gradient: g_t(c), the mean of Φ′_s · g_(t+1) over the passes from c, goes
back through the passes, ∂L/∂Φ′_s is Σ_t a_t(c_s) g_(t+1), and from it follow the derivatives of all
parameters. So a step sees how the whole chain settles, which no gradient through a few passes does.

Descent may also learn how noisy each unit is. A machine is a vector: its parameters in their order
and σ of each unit, visible ones first. Layers are arrays (units, points); states lie in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from rbm.engine.compilation import set_environment
from rbm.engine.noise import RECONSTRUCTION, batch_key, normal_rows
from rbm.metrics import BANDWIDTH
from rbm.models.continuous import Floats, Parameters, split
from rbm.settings import SLOPE_BOUNDS

GRID = 32
"""Cells along each side of the square."""
CELLS = GRID**2
PASSES = 30
"""T. Chains have settled by then, those of the table sooner than real ones."""
FROM_CELL, FROM_POINT = 4, 10
"""Passes that begin in each cell, and at each training point."""
SHARPNESS = 2.0 * CELLS
"""κ of ln cosh(κx) / κ, which stands for |x|: round below half the ink of a uniform cell."""
NOISES = {"shared": slice(0, 0), "visible": slice(0, 2), "every unit": slice(0, None)}
"""Which σ are learnt."""
WEIGHT_RATE, SLOPE_RATE, NOISE_RATE = 0.16, 0.02, 0.03
"""Adam's steps (Kingma & Ba 2015) along weights and biases, and along ln A_h and ln σ; constant
for `CONSTANT` of all steps, then falling in a line to `LAST_RATE` of themselves."""
CONSTANT, LAST_RATE = 0.3, 0.05
DECAYS = 0.9, 0.995
AVERAGED = 0.2
"""Of all steps: the last ones, whose machines are averaged."""

Vector = NDArray[np.floating[Any]]
Ints = NDArray[np.int32]


def passes_per_step(n_points: int) -> int:
    """Passes from all cells and from all training points."""
    return CELLS * FROM_CELL + n_points * FROM_POINT


def parts(vector: Vector) -> tuple[Parameters, Vector]:
    """The groups of a machine's parameters, and σ of its units (2 + hidden,)."""
    n_hidden = (vector.size - 6) // 5  # 2 weights, a bias, a slope and σ each; 3 × 2 of the visible
    sigma = vector.size - (2 + n_hidden)
    return split(vector[:sigma], n_hidden), vector[sigma:]


def descend(vector: Vector, points: Floats, noise: str, steps: int, seed: int) -> Vector:
    """The mean of the last machines of `steps` steps down L on points (n, 2), from `vector` on.

    Visible slopes stay, as do the σ that `NOISES` does not name; at least one step.
    """
    rng = np.random.default_rng([seed, 0])
    places = Places(points)
    n_units = parts(vector)[1].size
    n_linear = 3 * n_units - 4  # weights and biases; the others are positive
    rate = np.zeros(vector.size)
    rate[:n_linear] = WEIGHT_RATE
    rate[n_linear + 2 : n_linear + n_units] = SLOPE_RATE
    rate[-n_units:][NOISES[noise]] = NOISE_RATE
    mean, square, total = (np.zeros(vector.size) for _ in range(3))
    averaged = max(1, round(AVERAGED * steps))
    vector = vector.copy()
    for step in range(steps):
        normals = rng.standard_normal((n_units, places.cell.size), np.float32)
        _, gradient = loss(vector.astype(np.float32), places.begin(rng), normals, places)
        gradient[n_linear:] *= vector[n_linear:]
        mean += (1 - DECAYS[0]) * (gradient - mean)
        square += (1 - DECAYS[1]) * (gradient**2 - square)
        size = np.sqrt(square / (1 - DECAYS[1] ** (step + 1))) + 1e-12
        falling = max(0.0, (step / steps - CONSTANT) / (1 - CONSTANT))
        move = (1 - (1 - LAST_RATE) * falling) * rate * mean / (1 - DECAYS[0] ** (step + 1)) / size
        vector[:n_linear] -= move[:n_linear]
        vector[n_linear:] *= np.exp(-move[n_linear:])
        slopes = vector[n_linear + 2 : n_linear + n_units]
        np.clip(slopes, *SLOPE_BOUNDS, out=slopes)
        if step >= steps - averaged:
            total += vector
    return total / averaged


class Places:
    """Where passes begin, sorted by their cells, and the ink that they are to leave.

    cell (passes,): of each pass; first (CELLS + 1,): where those of each cell begin;
    wanted (CELLS,): the ink of the training points, given as (n, 2).
    """

    def __init__(self, points: Floats) -> None:
        self._points = np.tile(np.asarray(points, np.float32).T, FROM_POINT)
        self._corners = np.repeat(np.divmod(np.arange(CELLS), GRID), FROM_CELL, axis=1)
        of_points = np.minimum((self._points * GRID).astype(np.int64), GRID - 1)
        cells = np.array([GRID, 1]) @ np.concatenate([self._corners, of_points], axis=1)
        self._order = np.argsort(cells, kind="stable")
        self.cell = cells[self._order]
        self.first = np.searchsorted(self.cell, np.arange(CELLS + 1)).astype(np.int32)
        node, share, _ = shares(np.asarray(points, np.float64).T)
        nodes = node + np.array([[0], [1], [GRID], [GRID + 1]])
        self.wanted = np.bincount(nodes.ravel(), share.ravel(), minlength=CELLS) / len(points)

    def begin(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """Starts (2, passes): anywhere within the cells, and at the points."""
        within = rng.random(self._corners.shape, np.float32)
        inside = (self._corners + within) / np.float32(GRID)
        return np.concatenate([inside, self._points], axis=1, dtype=np.float32)[:, self._order]


def loss(
    vector: Vector, begin: Vector, normals: Vector, places: Places
) -> tuple[float, NDArray[np.float64]]:
    """L of a machine and its gradient (as `vector`), in the noise of `normals` (units, passes)."""
    end, back = noisy_pass(vector, begin, normals)
    node, share, d_share = shares(end)
    inks, last = onward(places.first, node, share, PASSES)
    value, gain = misplaced(last, places.wanted)
    at = backward(places.first, node, share, inks, gain.astype(share.dtype))
    return value, back((d_share * at).sum(axis=1)).astype(np.float64)


def _compiled() -> Any:
    """Numba's decorator; the compiler is told first which vectors the engine's own kernels want."""
    set_environment()
    from numba import njit

    return njit(nogil=True)


@_compiled()
def onward(first: Ints, node: Ints, share: Vector, passes: int) -> tuple[Vector, Vector]:
    """a_t (passes, CELLS) and p_T (CELLS,), of Φ′ as `shares` gives it."""
    ink = np.full(CELLS, 1 / CELLS, share.dtype)
    inks = np.zeros((passes, CELLS), share.dtype)
    for t in range(passes):
        for cell in range(CELLS):
            inks[t, cell] = ink[cell] / (first[cell + 1] - first[cell])
        ink[:] = 0
        for cell in range(CELLS):
            here = inks[t, cell]
            for s in range(first[cell], first[cell + 1]):
                to = node[s]
                ink[to] += here * share[0, s]
                ink[to + 1] += here * share[1, s]
                ink[to + GRID] += here * share[2, s]
                ink[to + GRID + 1] += here * share[3, s]
    return inks, ink


@_compiled()
def backward(first: Ints, node: Ints, share: Vector, inks: Vector, gain: Vector) -> Vector:
    """∂L/∂Φ′ (4, passes) of `gain`, ∂L/∂p_T (CELLS,)."""
    at = np.zeros_like(share)
    for t in range(len(inks) - 1, -1, -1):
        before = np.empty_like(gain)
        for cell in range(CELLS):
            here, mean = inks[t, cell], gain[0] * 0
            for s in range(first[cell], first[cell + 1]):
                to = node[s]
                g_0, g_1 = gain[to], gain[to + 1]
                g_2, g_3 = gain[to + GRID], gain[to + GRID + 1]
                at[0, s] += here * g_0
                at[1, s] += here * g_1
                at[2, s] += here * g_2
                at[3, s] += here * g_3
                mean += (
                    share[0, s] * g_0 + share[1, s] * g_1 + share[2, s] * g_2 + share[3, s] * g_3
                )
            before[cell] = mean / (first[cell + 1] - first[cell])
        gain = before
    return at


def misplaced(ink: Vector, wanted: Floats) -> tuple[float, NDArray[np.float64]]:
    """½ Σ |blur(ink − wanted)|, smooth near 0, and its derivative by `ink`; both (CELLS,)."""
    difference = _BLUR @ (ink - wanted).reshape(GRID, GRID) @ _BLUR.T
    size = np.abs(SHARPNESS * difference)
    value = (size + np.log1p(np.exp(-2 * size)) - np.log(2)).sum() / SHARPNESS
    slope = _BLUR.T @ np.tanh(SHARPNESS * difference) @ _BLUR
    return float(value / 2), slope.ravel() / 2


def noisy_pass(
    vector: Vector, begin: Vector, normals: Vector
) -> tuple[Vector, Callable[[Vector], Vector]]:
    """Where passes from `begin` (2, n) end, and what makes ∂L/∂vector of ∂L/∂end."""
    own, sigma = parts(vector)
    n_v, n_h = normals[:2], normals[2:]
    b, c, a_v, a_h, s_v, s_h = (
        group[:, None]
        for group in (*own[1:], sigma[:2], sigma[2:])
    )  # fmt: skip
    x_h = own.weights.T @ begin + c + s_h * n_h
    h = logistic(a_h * x_h)
    x_v = own.weights @ h + b + s_v * n_v
    end = logistic(a_v * x_v)

    def back(d_end: Vector) -> Vector:
        d_v = d_end * end * (1 - end)
        d_h = (own.weights.T @ (a_v * d_v)) * h * (1 - h)
        d_x_v, d_x_h = a_v * d_v, a_h * d_h
        by_unit = (d_x_v, d_x_h, d_v * x_v, d_h * x_h, d_x_v * n_v, d_x_h * n_h)
        weights = d_x_v @ h.T + begin @ d_x_h.T
        return np.concatenate([weights.ravel(), *(rows.sum(axis=1) for rows in by_unit)])

    return end, back


def logistic(x: Vector) -> Vector:
    """1 / (1 + exp(−x)); tanh is what NumPy has quick loops for, and it cannot overflow."""
    return np.asarray(np.tanh(x / 2) / 2 + 0.5, x.dtype)


def shares(points: Vector) -> tuple[Ints, Vector, Vector]:
    """How points (2, n) are shared between the middles of the four cells around them.

    The first of these cells (n,), the others being those after it along the second axis, the first
    and both; the shares (4, n), which sum to 1; and their derivatives by the points (2, 4, n): 0
    along an axis on which a point lies beyond the last middle.
    """
    place = points * GRID - np.array(0.5, points.dtype)
    inside = GRID * ((place > 0) & (place < GRID - 1)).astype(points.dtype)
    place = np.clip(place, 0, GRID - 1)
    first = np.minimum(place.astype(np.int32), GRID - 2)
    y, x = (place - first).astype(points.dtype)
    share = np.stack([(1 - y) * (1 - x), (1 - y) * x, y * (1 - x), y * x])
    down = inside[0] * np.stack([x - 1, -x, 1 - x, x])
    across = inside[1] * np.stack([y - 1, 1 - y, -y, y])
    return GRID * first[0] + first[1], share, np.stack([down, across])


def chains(vector: Vector, starts: Floats, passes: int, seed: int) -> NDArray[np.float32]:
    """Where noisy chains from `starts` (n, 2) are after `passes`, (n, 2).

    In the noise of the engines' own reconstructions: with one σ for all units their result, up to
    rounding.
    """
    v, single = starts.T.astype(np.float32), vector.astype(np.float32)
    key, n_units = batch_key(seed, RECONSTRUCTION, 0), parts(vector)[1].size
    for t in range(passes):
        n_h = normal_rows(key, [2 * t], np.arange(2, n_units), len(starts))[0]
        n_v = normal_rows(key, [2 * t + 1], np.arange(2), len(starts))[0]
        v = noisy_pass(single, v, np.concatenate([n_v, n_h]))[0]
    return v.T


_BLUR: NDArray[np.float64] = gaussian_filter1d(np.eye(GRID), BANDWIDTH * GRID, axis=0)
