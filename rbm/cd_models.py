"""How the units of each model answer in one CD step, with the words that explain it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlogy

from rbm.binary_epoch import BATCH, noise
from rbm.cd_steps import Answer, Pins, Response
from rbm.cd_update import Lesson
from rbm.engine.noise import normals
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.settings import SLOPE_BOUNDS
from rbm.unit_sums import Floats, bracketed, written


@dataclass(frozen=True, eq=False)
class BinaryCD:
    """Bernoulli units: on with probability σ(input), by comparing it with a uniform number.

    The chain is driven by samples; `with_probabilities` puts p(h = 1 | v) in place of the sampled
    h into the statistics, which is less noisy and the usual practice: then the step is the update
    that `rbm.binary_epoch` makes of the case in that epoch (rule "cd", k = 1, not centred).
    """

    machine: BinaryMachine
    seed: int
    with_probabilities: bool = False
    epoch: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        return BINARY_SENTENCES

    @property
    def decaying(self) -> tuple[str, ...]:
        return ("weights",)

    def respond(self, layer: str, half_pass: int, inputs: Floats, pinned: Floats) -> Response:
        means = np.asarray(expit(inputs))
        uniform = self._uniforms()[half_pass]
        draws = np.where(np.isnan(pinned), uniform, np.nan)
        states = np.where(np.isnan(pinned), uniform < means, pinned)
        lines = [
            [
                f"probability to be on = 1 / (1 + e^({written(-x)})) = {written(p)}",
                _drawn(u, p, s),
            ]
            for x, p, u, s in zip(inputs, means, draws, states, strict=True)
        ]
        return Response(means, draws, states, lines)

    def in_products(self, hidden: Answer) -> Floats:
        return hidden.means if self.with_probabilities else hidden.states

    def learns_too(self, first: Answer, again: Answer) -> dict[str, Lesson]:
        return {}

    def _uniforms(self) -> list[Floats]:
        """The numbers for h, v′ and h′, in the order in which training draws them."""
        n_visible, n_hidden = self.machine.weights.shape
        drawn = noise(self.seed, BATCH, self.epoch, 0).random(n_visible + 2 * n_hidden)
        return np.split(drawn, [n_hidden, n_hidden + n_visible])


@dataclass(frozen=True, eq=False)
class ContinuousCD:
    """Units of the continuous RBM: x = input + σ N(0, 1), s = lo + (hi − lo) / (1 + exp(−A x)).

    Hidden slopes move by slope_rate / A² · (S(s) − S(s′)), where `slope_rule` says what S is, and
    are clamped to `SLOPE_BOUNDS`. The normals are those of the engines for one point, the seed and
    the epoch.
    """

    machine: ContinuousMachine
    seed: int
    sigma: float
    slope_rate: float
    slope_rule: str = "tutorial"
    epoch: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        return CONTINUOUS_SENTENCES

    @property
    def decaying(self) -> tuple[str, ...]:
        return ("weights", "visible_bias", "hidden_bias")

    def respond(self, layer: str, half_pass: int, inputs: Floats, pinned: Floats) -> Response:
        machine, count = self.machine, len(inputs)
        slopes = machine.hidden_slope if layer == "h" else machine.visible_slope
        first_unit = machine.n_visible if layer == "h" else 0
        units = range(first_unit, first_unit + count)
        normal = np.array(
            [normals(self.seed, self.epoch, 0, half_pass, unit, 1)[0] for unit in units]
        )
        draws = np.where(np.isnan(pinned), normal, np.nan)
        x = inputs + self.sigma * normal
        means, states = (self._state(slopes * each) for each in (inputs, x))
        states = np.where(np.isnan(pinned), states, pinned)
        lines = [
            self._lines(*numbers) for numbers in zip(inputs, slopes, draws, states, strict=True)
        ]
        return Response(means, draws, states, lines)

    def in_products(self, hidden: Answer) -> Floats:
        return hidden.states

    def learns_too(self, first: Answer, again: Answer) -> dict[str, Lesson]:
        slope = self.machine.hidden_slope
        words, statistic = SLOPE_STATISTICS[self.slope_rule]
        width = self.machine.high - self.machine.low
        now, then = (
            statistic(each.states, (each.states - self.machine.low) / width, width)
            for each in (first, again)
        )
        new = np.clip(slope + self.slope_rate / slope**2 * (now - then), *SLOPE_BOUNDS)
        return {"hidden_slope": Lesson(words, now - then, new)}

    def _state(self, x: Floats) -> Floats:
        low, high = self.machine.low, self.machine.high
        return np.asarray(low + (high - low) * expit(x))

    def _lines(self, x: float, slope: float, draw: float, state: float) -> list[str]:
        if np.isnan(draw):
            return [f"pinned by hand: state = {written(state)}"]
        low, high = self.machine.low, self.machine.high
        noisy = x + self.sigma * draw
        span = f"{written(low)} + {written(high - low)}" if (low, high) != (0, 1) else "1"
        return [
            f"with noise: x = {written(x)} + {written(self.sigma)} × {bracketed(draw)} "
            f"= {written(noisy)}",
            f"state = {span} / (1 + e^(−{written(slope)} × {bracketed(noisy)})) = {written(state)}",
        ]


def _drawn(uniform: float, probability: float, state: float) -> str:
    says = "on" if state else "off"
    if np.isnan(uniform):
        return f"pinned by hand: {says}"
    below = "<" if state else "≥"
    return f"drawn: {written(uniform)} {below} {written(probability)}, so {says}"


_SHARED = {
    2: "Each entry is one visible state times one hidden state: which units are active together "
    "when the machine sees the data. Also called the positive gradient.",
    5: "The same product for the machine's own fantasy: which units are active together when it "
    "follows its own habits. Also called the negative gradient.",
    6: "Positive minus negative: where data and fantasy agree nothing is left to learn.",
    7: "Each weight and bias moves by the learning rate times its difference: more of the data, "
    "less of the fantasy.",
}
BINARY_SENTENCES = (
    "The visible units are set to the data: each one is on (1) or off (0).",
    "Each hidden unit adds its bias and the weights of all visible units that are on; the sum "
    "decides how probable it is that it turns on.",
    _SHARED[2],
    "Now the other way round: the hidden states decide how probable each visible unit is, and a "
    "draw makes the machine's own version of the data, v′.",
    "The hidden units look at the reconstruction just as they looked at the data.",
    _SHARED[5],
    _SHARED[6],
    _SHARED[7],
)
CONTINUOUS_SENTENCES = (
    "The visible units are set to the data: each one holds a number within its range.",
    "Each hidden unit adds its bias, every visible state times its weight, and a little noise; a "
    "smooth step of its own slope A makes its state of the sum.",
    _SHARED[2],
    "Now the other way round: the visible units answer the hidden states in the same way, which "
    "gives the machine's own version of the data, v′.",
    "The hidden units look at the reconstruction just as they looked at the data, with new noise.",
    _SHARED[5],
    _SHARED[6],
    _SHARED[7] + " Each slope A moves by its own rate, divided by A², times its difference.",
)

SLOPE_STATISTICS: dict[str, tuple[str, Callable[[Floats, Floats, float], Floats]]] = {
    "tutorial": ("h² − h′²", lambda s, p, width: s**2),
    "corrected": ("2D(p − ½)² − 2D(p′ − ½)²", lambda s, p, width: 2 * width * (p - 0.5) ** 2),
    "entropy": (
        "D(p ln p + (1 − p) ln(1 − p)) − D(p′ ln p′ + …)",
        lambda s, p, width: width * (xlogy(p, p) + xlogy(1 - p, 1 - p)),
    ),
}
"""The statistic S of each slope rule of the settings, in words and as a function of the state s,
its place p = (s − lo)/D in the range, and the range's width D = hi − lo."""

CLASSIC_MACHINE = BinaryMachine(
    np.array([[0.5, -0.3, 0.2], [-0.2, 0.4, 0.6], [-0.4, 0.7, 0.1], [-0.1, -0.6, 0.3]]),
    visible_bias=np.array([0.1, -0.2, -0.3, 0.2]),
    hidden_bias=np.array([-0.1, 0.1, 0.2]),
)
CLASSIC_V = np.array([0.0, 1, 1, 0])
CLASSIC_PINS = Pins(np.array([0.0, 1, 1]), np.array([0.0, 0, 0, 1]), np.array([0.0, 0, 1]))
CLASSIC_RATE = 0.1
"""The worked example of the textbooks: its data, its samples and its rate; the outer products and
the changes are the same whatever the weights."""
