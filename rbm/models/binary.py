"""The restricted Boltzmann machine with binary hidden units: energy, conditionals, free energies.

For Bernoulli visible units (Smolensky 1986; Hinton 2002)

    E(v, h) = -b·v - c·h - v W h,        p(h_j = 1 | v) = σ(c_j + v·W_j),

and for Gaussian ones (Cho, Ilin & Raiko 2011), with standard deviations s,

    E(v, h) = Σ_i (v_i - b_i)² / (2 s_i²) - c·h - Σ_i (v_i / s_i²) (W h)_i.

Both are one formula in terms of `rbm.units`. Plain NumPy in float64, clear rather than fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rbm.units import UNITS, Bernoulli, Floats, Units

_HIDDEN = Bernoulli()
_ONE = np.ones(())  # the scale of hidden units, which they do not use


@dataclass(frozen=True, eq=False)
class BinaryMachine:
    """One machine at rest.

    weights (n_visible, n_hidden), visible_bias (n_visible,), hidden_bias (n_hidden,), float64;
    `visible` a key of `rbm.units.UNITS`; `visible_scale` (n_visible,) the standard deviations of
    Gaussian visible units, ones for Bernoulli units.
    Every method takes rows of states v (n, n_visible), h (n, n_hidden). Raises `ValueError` when
    shapes or the kind of units do not fit.
    """

    weights: Floats
    visible_bias: Floats
    hidden_bias: Floats
    visible: str = "bernoulli"
    visible_scale: Floats = field(default_factory=lambda: np.ones(()))

    def __post_init__(self) -> None:
        if self.visible not in UNITS:
            raise ValueError(f"Visible units must be one of {', '.join(UNITS)}.")
        for name in ("weights", "visible_bias", "hidden_bias", "visible_scale"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float64))
        if self.visible_scale.ndim == 0:
            scale = np.full(len(self.visible_bias), self.visible_scale)
            object.__setattr__(self, "visible_scale", scale)
        shapes = (self.visible_bias.shape, self.visible_scale.shape, self.hidden_bias.shape)
        if self.weights.ndim != 2 or shapes != (
            self.weights.shape[:1], self.weights.shape[:1], self.weights.shape[1:],
        ):  # fmt: skip
            raise ValueError(
                f"Weights {self.weights.shape} need as many visible biases and scales as rows and "
                f"as many hidden biases as columns; got {shapes}."
            )
        if not (self.visible_scale > 0).all():
            raise ValueError("Standard deviations of visible units must be positive.")
        if not self.units.learns_scale and (self.visible_scale != 1).any():
            raise ValueError("Bernoulli units have no scale: it must be 1.")

    @classmethod
    def start(
        cls,
        data: Floats,
        n_hidden: int,
        rng: np.random.Generator,
        scale: float = 0.01,
        visible: str = "bernoulli",
    ) -> BinaryMachine:
        """A first machine for `data` (n, n_visible): weights N(0, scale²), the visible biases that
        independent units would need to fit the data (Hinton 2012), and hidden biases by which each
        hidden unit is on with probability ½ at the mean of the data.

        Weights of Gaussian units are in units of the columns' standard deviations. Raises
        `ValueError` with a sentence for data that the units cannot take.
        """
        data = np.asarray(data, np.float64)
        units = UNITS[visible]
        if data.ndim != 2 or not data.size:
            raise ValueError(f"Data must be rows of numbers, (n, units); got {data.shape}.")
        trouble = units.check(data)
        if trouble:
            raise ValueError(trouble)
        spread = units.first_scale(data)
        weights = scale * rng.standard_normal((data.shape[1], n_hidden)) * spread[:, None]
        return cls(
            weights=weights,
            visible_bias=units.first_bias(data),
            hidden_bias=-units.coupling(data.mean(axis=0), spread) @ weights,
            visible=visible,
            visible_scale=spread,
        )

    @classmethod
    def from_parameters(
        cls, vector: Floats, n_hidden: int, visible: str = "bernoulli"
    ) -> BinaryMachine:
        """The machine of a parameter vector (P,) as `parameters` gives it, copied; `ValueError`
        if no number of visible units fits."""
        vector = np.array(vector, dtype=np.float64)
        learns_scale = UNITS[visible].learns_scale
        n_visible, rest = divmod(len(vector) - n_hidden, n_hidden + 1 + learns_scale)
        if rest or n_visible < 1:
            raise ValueError(
                f"No machine with {n_hidden} hidden units has {len(vector)} parameters."
            )
        ends = np.cumsum([n_visible * n_hidden, n_visible, n_hidden])
        weights, visible_bias, hidden_bias, scale = np.split(vector, ends)
        return cls(
            weights.reshape(n_visible, n_hidden),
            visible_bias,
            hidden_bias,
            visible,
            scale if learns_scale else np.ones(n_visible),
        )

    @property
    def parameters(self) -> Floats:
        """All parameters in one vector (P,): weights row by row, visible_bias, hidden_bias, and
        for Gaussian units visible_scale."""
        groups = [self.weights.ravel(), self.visible_bias, self.hidden_bias]
        if self.units.learns_scale:
            groups.append(self.visible_scale)
        return np.concatenate(groups)

    @property
    def units(self) -> Units:
        """The type of the visible units."""
        return UNITS[self.visible]

    @property
    def n_visible(self) -> int:
        return int(self.weights.shape[0])

    @property
    def n_hidden(self) -> int:
        return int(self.weights.shape[1])

    def inputs_h_from_v(self, v: Floats) -> Floats:
        """Inputs of the hidden units (n, n_hidden): c + v W, with v / s² for Gaussian v."""
        coupling = self.units.coupling(v, self.visible_scale)
        return np.asarray(coupling @ self.weights + self.hidden_bias)

    def mean_h_from_v(self, v: Floats) -> Floats:
        """p(h_j = 1 | v), (n, n_hidden)."""
        return _HIDDEN.mean(self.inputs_h_from_v(v))

    def sample_h_from_v(self, v: Floats, rng: np.random.Generator) -> Floats:
        """Hidden states (n, n_hidden), zeros and ones, drawn from p(h | v)."""
        return _HIDDEN.sample(self.inputs_h_from_v(v), _ONE, rng)

    def inputs_v_from_h(self, h: Floats) -> Floats:
        """Inputs of the visible units (n, n_visible): b + W h."""
        return np.asarray(h @ self.weights.T + self.visible_bias)

    def mean_v_from_h(self, h: Floats) -> Floats:
        """Mean visible states given h, (n, n_visible): p(v_i = 1 | h), or the Gaussian's mean."""
        return self.units.mean(self.inputs_v_from_h(h))

    def sample_v_from_h(self, h: Floats, rng: np.random.Generator) -> Floats:
        """Visible states (n, n_visible) drawn from p(v | h)."""
        return self.units.sample(self.inputs_v_from_h(h), self.visible_scale, rng)

    def gibbs(self, v: Floats, steps: int, rng: np.random.Generator) -> Floats:
        """Visible states (n, n_visible) `steps` steps v → h → v after the chains' present ones."""
        for _ in range(steps):
            v = self.sample_v_from_h(self.sample_h_from_v(v, rng), rng)
        return v

    def energy(self, v: Floats, h: Floats) -> Floats:
        """E(v, h) of each row, (n,)."""
        own = self.units.own_energy(v, self.visible_bias, self.visible_scale).sum(-1)
        return np.asarray(own - (self.inputs_h_from_v(v) * h).sum(-1))

    def free_energy(self, v: Floats) -> Floats:
        """F(v) = -log Σ_h exp(-E(v, h)) of each row, (n,); p(v) = exp(-F(v)) / Z."""
        own = self.units.own_energy(v, self.visible_bias, self.visible_scale).sum(-1)
        return np.asarray(own - np.logaddexp(0.0, self.inputs_h_from_v(v)).sum(-1))

    def free_energy_of_h(self, h: Floats) -> Floats:
        """-log Σ_v exp(-E(v, h)) of each row, (n,), an integral for Gaussian v;
        p(h) = exp(-this) / Z."""
        sums = self.units.log_sum(self.inputs_v_from_h(h), self.visible_bias, self.visible_scale)
        return np.asarray(-(h @ self.hidden_bias) - sums.sum(-1))
