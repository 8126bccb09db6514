"""The slow twin of both engines: one epoch, point by point and unit by unit, in plain floats.

Written from the published formulas alone. It shares with the engines nothing but the table of
normals, so it can tell them wrong.
"""

import math
from functools import lru_cache

import numpy as np

from rbm.engine.noise import normals, row_order


@lru_cache(maxsize=1000)
def noise_row(*address):
    return normals(*address).tolist()


def logistic(x, slope, low, high):
    return low + (high - low) / (1.0 + math.exp(-max(-700.0, min(700.0, slope * x))))


def slope_statistic(s, rule, low, high):
    p = min(max((s - low) / (high - low), 0.0), 1.0)
    if rule == "tutorial":
        return s * s
    if rule == "corrected":
        return (high - low) * 2 * (p - 0.5) ** 2
    return (high - low) * sum(q * math.log(q) for q in (p, 1 - p) if q > 0)


class Oracle:
    """A machine in plain lists, trained by `epoch`."""

    def __init__(self, state, settings, n_visible):
        self.s, self.n_visible, self.n_hidden = settings, n_visible, settings.n_hidden
        flat = state.parameters.tolist()

        def take(count):
            return [flat.pop(0) for _ in range(count)]

        self.w = [take(self.n_hidden) for _ in range(n_visible)]
        self.b, self.c = take(n_visible), take(self.n_hidden)
        self.a_v, self.a_h = take(n_visible), take(self.n_hidden)
        steps = state.velocity.tolist()
        self.step_w = [[steps.pop(0) for _ in range(self.n_hidden)] for _ in range(n_visible)]
        self.step_b = [steps.pop(0) for _ in range(n_visible)]
        self.step_c = [steps.pop(0) for _ in range(self.n_hidden)]
        if not settings.learn_visible_slope:
            self.a_v = [settings.visible_slope] * n_visible
        self.chains = state.chains.astype(float).tolist()
        self.number = state.epoch

    @property
    def parameters(self):
        return np.array(
            [*(w for row in self.w for w in row), *self.b, *self.c, *self.a_v, *self.a_h]
        )

    def noise(self, batch, half_pass, unit, point, n_points):
        if not self.s.noisy:
            return 0.0
        row = noise_row(self.s.seed, self.number, batch, half_pass, unit, n_points)
        return self.s.sigma * row[point]

    def hidden(self, v, *address):
        """(states, means) of the hidden units; `address`: batch, half_pass, point, n_points."""
        batch, half_pass, point, n_points = address
        states, means = [], []
        for j in range(self.n_hidden):
            x = sum(self.w[i][j] * v[i] for i in range(self.n_visible)) + self.c[j]
            noise = self.noise(batch, half_pass, self.n_visible + j, point, n_points)
            states.append(logistic(x + noise, self.a_h[j], self.s.low, self.s.high))
            means.append(logistic(x, self.a_h[j], self.s.low, self.s.high))
        return states, means

    def visible(self, h, *address):
        batch, half_pass, point, n_points = address
        states, means = [], []
        for i in range(self.n_visible):
            x = sum(self.w[i][j] * h[j] for j in range(self.n_hidden)) + self.b[i]
            noise = self.noise(batch, half_pass, i, point, n_points)
            states.append(logistic(x + noise, self.a_v[i], self.s.low, self.s.high))
            means.append(logistic(x, self.a_v[i], self.s.low, self.s.high))
        return states, means

    def epoch(self, data):
        """Train for one epoch on rows of numbers; return the mean squared one-pass error."""
        n = len(data)
        size = min(self.s.batch_size or n, n)
        order = row_order(self.s.seed, self.number, n).tolist() if size < n else list(range(n))
        mean = [sum(row[i] for row in data) / n for i in range(self.n_visible)]
        squares = 0.0
        for batch, start in enumerate(range(0, n, size)):
            squares += self.batch(
                [data[row] for row in order[start : start + size]], batch, start, mean
            )
        self.number += 1
        return squares / (n * self.n_visible)

    def batch(self, points, batch, start, mean):
        s, n = self.s, len(points)
        k = s.k_at(self.number)
        squares, positive, negative = 0.0, [], []
        for point, v_data in enumerate(points):
            h, h_mean = self.hidden(v_data, batch, 0, point, n)
            positive.append((v_data, h_mean if s.noise_free_statistics else h))
            if s.rule == "pcd":
                once, _ = self.visible(h, batch, 2 * k + 2, point, n)
                h, _ = self.hidden(self.chains[start + point], batch, 2 * k + 1, point, n)
            for step in range(k):
                v, v_mean = self.visible(h, batch, 2 * step + 1, point, n)
                h, h_mean = self.hidden(v, batch, 2 * step + 2, point, n)
                if step == 0 and s.rule == "cd":
                    once = v
            negative.append((v_mean, h_mean) if s.noise_free_statistics else (v, h))
            squares += sum((x - y) ** 2 for x, y in zip(v_data, once, strict=True))
            if s.rule == "pcd":
                self.chains[start + point] = v
        self.update(positive, negative, mean)
        return squares

    def update(self, positive, negative, mean):
        s = self.s

        def difference(of):
            return sum(of(v, h) for v, h in positive) / len(positive) - sum(
                of(v, h) for v, h in negative
            ) / len(negative)

        off_v = mean if s.centred else [0.0] * self.n_visible
        off_h = (s.low + s.high) / 2 if s.centred else 0.0
        # every statistic is taken before anything moves
        d_w = [
            [
                difference(lambda v, h, i=i, j=j: (v[i] - off_v[i]) * (h[j] - off_h))
                for j in range(self.n_hidden)
            ]
            for i in range(self.n_visible)
        ]
        # offsets of the weights' step are taken back from the biases
        d_b = [
            difference(lambda v, h, i=i: v[i]) - sum(off_h * g for g in d_w[i])
            for i in range(self.n_visible)
        ]
        d_c = [
            difference(lambda v, h, j=j: h[j])
            - sum(off_v[i] * d_w[i][j] for i in range(self.n_visible))
            for j in range(self.n_hidden)
        ]

        def moved(value, step, gradient):
            step = s.momentum * step + s.learning_rate * (gradient - s.cost * value)
            return value + step, step

        def steeper(slope, of):
            gradient = difference(
                lambda v, h: slope_statistic(of(v, h), s.slope_rule, s.low, s.high)
            )
            return min(max(slope + s.slope_learning_rate / slope**2 * gradient, 0.05), 50.0)

        for i in range(self.n_visible):
            for j in range(self.n_hidden):
                self.w[i][j], self.step_w[i][j] = moved(self.w[i][j], self.step_w[i][j], d_w[i][j])
            self.b[i], self.step_b[i] = moved(self.b[i], self.step_b[i], d_b[i])
            if s.learn_visible_slope:
                self.a_v[i] = steeper(self.a_v[i], lambda v, h, i=i: v[i])
        for j in range(self.n_hidden):
            self.c[j], self.step_c[j] = moved(self.c[j], self.step_c[j], d_c[j])
            self.a_h[j] = steeper(self.a_h[j], lambda v, h, j=j: h[j])
