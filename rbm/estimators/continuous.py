"""`ContinuousRBM`: the continuous machine with scikit-learn's interface, for any number of columns.

Units live in [low, high], so data of any range are mapped there: `fit` learns an affine map for
each column and the outputs go back through it. `map_` says what it is; nothing is clipped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from rbm import engine
from rbm.engine import State
from rbm.models.continuous import ContinuousMachine
from rbm.presets import PRESETS
from rbm.reconstruction import reconstruct
from rbm.settings import Settings

Floats = NDArray[np.floating[Any]]

MARGIN = 0.1
"""Share of [low, high] left free at each border: a unit reaches the border itself never."""
_EPOCHS_AT_ONCE = 256
_DEFAULT = PRESETS["Better, 8 units"].settings


class Map(NamedTuple):
    """x → offset + factor · x, column by column: offset, factor (n_features,)."""

    offset: Floats
    factor: Floats

    def forward(self, points: Floats) -> Floats:
        return np.asarray(self.offset + self.factor * points)

    def back(self, points: Floats) -> Floats:
        return np.asarray((points - self.offset) / self.factor)


class ContinuousRBM(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """A continuous restricted Boltzmann machine (Chen & Murray 2003) for rows of real numbers.

    n_components : hidden units. n_iter : epochs. random_state : decides weights and noise.
    scale : "minmax" maps each column so that its least and greatest value lie 10 % of the range
        inside [low, high]; None takes the data as they are, and refuses any outside the range.
    The others are the settings of the app (`rbm.settings.KNOBS` says what each is), by default
    those of the preset "Better, 8 units" and a fixed k.

    Attributes: model_ (a `ContinuousMachine`), map_ (data → units' range), n_iter_ (epochs done;
    fewer than n_iter when training diverged, and then the machine is the last good one),
    n_features_in_, feature_names_in_.
    """

    def __init__(
        self,
        n_components: int = _DEFAULT.n_hidden,
        *,
        n_iter: int = 2000,
        random_state: int | np.random.RandomState | None = None,
        scale: str | None = "minmax",
        low: float = _DEFAULT.low,
        high: float = _DEFAULT.high,
        rule: str = _DEFAULT.rule,
        k: int = _DEFAULT.k,
        sigma: float = _DEFAULT.sigma,
        noisy: bool = _DEFAULT.noisy,
        initial_scale: float = _DEFAULT.initial_scale,
        visible_slope: float = _DEFAULT.visible_slope,
        learn_visible_slope: bool = _DEFAULT.learn_visible_slope,
        hidden_slope: float = _DEFAULT.hidden_slope,
        slope_learning_rate: float = _DEFAULT.slope_learning_rate,
        slope_rule: str = _DEFAULT.slope_rule,
        learning_rate: float = _DEFAULT.learning_rate,
        momentum: float = _DEFAULT.momentum,
        cost: float = _DEFAULT.cost,
        batch_size: int = _DEFAULT.batch_size,
        average_last: float = _DEFAULT.average_last,
        noise_free_statistics: bool = _DEFAULT.noise_free_statistics,
        centred: bool = _DEFAULT.centred,
    ) -> None:
        self.n_components = n_components
        self.n_iter = n_iter
        self.random_state = random_state
        self.scale = scale
        self.low = low
        self.high = high
        self.rule = rule
        self.k = k
        self.sigma = sigma
        self.noisy = noisy
        self.initial_scale = initial_scale
        self.visible_slope = visible_slope
        self.learn_visible_slope = learn_visible_slope
        self.hidden_slope = hidden_slope
        self.slope_learning_rate = slope_learning_rate
        self.slope_rule = slope_rule
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.cost = cost
        self.batch_size = batch_size
        self.average_last = average_last
        self.noise_free_statistics = noise_free_statistics
        self.centred = centred

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Train a new machine on rows X (n, n_features).

        Raises `ValueError` with a sentence for parameters out of range, and for data outside
        [low, high] when `scale` is None.
        """
        if self.scale not in ("minmax", None):
            raise ValueError(f"scale must be 'minmax' or None; got {self.scale!r}.")
        if not isinstance(self.n_iter, (int, np.integer)) or self.n_iter < 0:
            raise ValueError(f"n_iter must be a whole number from 0 on; got {self.n_iter!r}.")
        rng = check_random_state(self.random_state)
        settings = self._settings(int(rng.randint(2**31 - 1)))
        rows = validate_data(self, X, dtype=(np.float64, np.float32))
        self.map_ = self._learn_map(rows)
        points = self.map_.forward(rows).astype(np.float32)
        # A mapped border may come out a rounding beyond it.
        points = np.clip(points, np.float32(self.low), np.float32(self.high))
        parameters, self.n_iter_ = _train(points, settings, int(self.n_iter))
        self.model_ = ContinuousMachine.from_parameters(
            parameters, self.n_components, self.low, self.high
        )
        self._n_features_out = self.n_components
        return self

    def transform(self, X: ArrayLike) -> Floats:
        """Hidden states without noise, (n, n_components), in [low, high], of the type of X."""
        rows = self._rows(X)
        return np.asarray(self.model_.mean_h_from_v(self.map_.forward(rows)), rows.dtype)

    def reconstruct(self, X: ArrayLike, passes: int = 1, noisy: bool = True) -> Floats:
        """Rows X after `passes` passes v → h → v, in the units of X, (n, n_features).

        `random_state` decides about the noise (whose σ is that of the training).
        """
        rows = self._rows(X)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        points = self.map_.forward(rows)
        moved = reconstruct(self.model_, points, passes, noisy, seed, self.sigma)
        return np.asarray(self.map_.back(moved), rows.dtype)

    def sample(self, n_samples: int = 1, passes: int = 50) -> Floats:
        """Rows (n_samples, n_features) in the units of the data: uniform points of the units'
        range after `passes` noisy passes."""
        check_is_fitted(self)
        rng = check_random_state(self.random_state)
        start = rng.uniform(self.low, self.high, (n_samples, self.n_features_in_))
        seed = int(rng.randint(2**31 - 1))
        return self.map_.back(reconstruct(self.model_, start, passes, True, seed, self.sigma))

    def _rows(self, X: ArrayLike) -> Floats:
        check_is_fitted(self)
        rows: Floats = validate_data(self, X, reset=False, dtype=(np.float64, np.float32))
        return rows

    def _settings(self, seed: int) -> Settings:
        """The settings that the parameters stand for; checks their ranges."""
        shared = set(vars(_DEFAULT)) & set(self.get_params())
        given = {name: getattr(self, name) for name in shared}
        return replace(
            _DEFAULT, **given, n_hidden=self.n_components, k_end=self.k, k_ramp=0, seed=seed
        )

    def _learn_map(self, rows: Floats) -> Map:
        """The map of the columns of `rows` to the units' range; `ValueError` if they need one and
        `scale` is None."""
        n_features = rows.shape[1]
        least, greatest = rows.min(0).astype(np.float64), rows.max(0).astype(np.float64)
        if self.scale is None:
            if least.min() < self.low or greatest.max() > self.high:
                raise ValueError(
                    f"Data must lie in [{self.low:g}, {self.high:g}] when scale is None; they "
                    f"reach from {least.min():g} to {greatest.max():g}."
                )
            return Map(np.zeros(n_features), np.ones(n_features))
        width = greatest - least
        factor = (1.0 - 2.0 * MARGIN) * (self.high - self.low) / np.where(width > 0, width, 1.0)
        return Map((self.low + self.high) / 2.0 - factor * (least + width / 2.0), factor)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _train(
    points: NDArray[np.float32], settings: Settings, epochs: int
) -> tuple[NDArray[np.float64], int]:
    """The parameter vector after training, averaged as the settings ask, and the epochs done."""
    engine.warm_up(background=False)
    trainer = engine.current()
    state: State = engine.initial_state(settings, points)
    first_averaged = epochs - int(settings.average_last * epochs)
    total, count, diverged = np.zeros_like(state.parameters), 0, False
    while state.epoch < epochs and not diverged:
        begun = state.epoch
        result = trainer.advance(state, points, settings, min(_EPOCHS_AT_ONCE, epochs - begun))
        state, diverged = result.state, result.diverged
        kept = result.frames[max(0, first_averaged - begun) :]
        total += kept.sum(0, np.float64)
        count += len(kept)
    return total / count if count else state.parameters, state.epoch
