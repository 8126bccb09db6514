"""The same epoch as others would write it: what the engines are measured against.

Both take the tutorial's rule (CD-k, s² for the slopes, full batch) and their own random numbers.
They are written as one would write them with care, not to be slow.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

SIGMA, RATE, SLOPE_RATE, MOMENTUM, COST = 0.2, 0.5, 0.5, 0.9, 1e-5


class Vectorised:
    """NumPy with whole arrays, `standard_normal` and `expit`, in float32."""

    def __init__(self, data, n_hidden, k):
        self.data, self.k = data, k
        self.rng = np.random.default_rng(0)
        self.weights = self.rng.normal(0, 0.1, (data.shape[1], n_hidden)).astype(np.float32)
        self.visible_bias = np.zeros(data.shape[1], np.float32)
        self.hidden_bias = np.zeros(n_hidden, np.float32)
        self.visible_slope = np.full(data.shape[1], 0.1, np.float32)
        self.hidden_slope = np.ones(n_hidden, np.float32)
        self.steps = [0.0, 0.0, 0.0]

    def states(self, inputs, slope):
        inputs += np.float32(SIGMA) * self.rng.standard_normal(inputs.shape, np.float32)
        return expit(slope * inputs)

    def epoch(self):
        v = self.data
        h = h_data = self.states(v @ self.weights + self.hidden_bias, self.hidden_slope)
        for _ in range(self.k):
            v = self.states(h @ self.weights.T + self.visible_bias, self.visible_slope)
            h = self.states(v @ self.weights + self.hidden_bias, self.hidden_slope)
        n = len(v)
        gradients = (
            (self.data.T @ h_data - v.T @ h) / n,
            self.data.mean(0) - v.mean(0),
            h_data.mean(0) - h.mean(0),
        )
        groups = (self.weights, self.visible_bias, self.hidden_bias)
        for i, (group, gradient) in enumerate(zip(groups, gradients, strict=True)):
            self.steps[i] = MOMENTUM * self.steps[i] + RATE * (gradient - COST * group)
            group += self.steps[i]
        moved = (h_data**2).mean(0) - (h**2).mean(0)
        self.hidden_slope += SLOPE_RATE / self.hidden_slope**2 * moved
        np.clip(self.hidden_slope, 0.05, 50, out=self.hidden_slope)


class PerPoint:
    """One point after the other, each layer a small NumPy vector, as the tutorial's program."""

    def __init__(self, data, n_hidden, k):
        self.data, self.k, n_visible = data.astype(float), k, data.shape[1]
        self.rng = np.random.default_rng(0)
        # one more row and column: the bias unit, whose state is 1
        self.weights = self.rng.normal(0, 0.1, (n_visible + 1, n_hidden + 1))
        self.step = np.zeros_like(self.weights)
        self.visible_slope = np.full(n_visible + 1, 0.1)
        self.hidden_slope = np.ones(n_hidden + 1)

    def states(self, inputs, slope):
        noise = SIGMA * self.rng.standard_normal(len(inputs))
        states = 1 / (1 + np.exp(-slope * (inputs + noise)))
        states[-1] = 1.0
        return states

    def epoch(self):
        products, squares = np.zeros_like(self.weights), np.zeros_like(self.hidden_slope)
        for point in self.data:
            v = v_data = np.append(point, 1.0)
            h = h_data = self.states(np.dot(v, self.weights), self.hidden_slope)
            for _ in range(self.k):
                v = self.states(np.dot(self.weights, h), self.visible_slope)
                h = self.states(np.dot(v, self.weights), self.hidden_slope)
            products += np.outer(v_data, h_data) - np.outer(v, h)
            squares += h_data**2 - h**2
        n = len(self.data)
        self.step = MOMENTUM * self.step + RATE * (products / n - COST * self.weights)
        self.weights += self.step
        moved = self.hidden_slope + SLOPE_RATE / self.hidden_slope**2 * squares / n
        self.hidden_slope = np.clip(moved, 0.05, 50)
