"""`BernoulliRBM`: the binary machine with scikit-learn's interface, in place of scikit-learn's own.

Every parameter, method and attribute of `sklearn.neural_network.BernoulliRBM` is here with its
meaning. What differs on purpose: rows are reshuffled in each epoch, the last batch may be short,
visible biases start where independent units would fit the data, the gradient is centred, and
`partial_fit` goes through its rows in batches.
"""

from __future__ import annotations

import time
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.utils.validation import check_is_fitted, validate_data

from rbm.engine import binary, noise
from rbm.engine.binary import BinaryOptions, BinaryState
from rbm.estimators import exact_rule
from rbm.rules import RULES

Floats = NDArray[np.floating[Any]]

_DENSE_AT_ONCE = 2**22  # numbers of a sparse matrix that are made dense for one call (32 MB)
_ORDERS_AT_ONCE = 2**20  # shuffled row numbers made for one call (8 MB)


class BernoulliRBM(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """A restricted Boltzmann machine of binary units, as a transformer to hidden probabilities.

    Data are rows of values in [0, 1], dense or sparse; values between count as probabilities.
    They are trained on in their own precision, float32 or float64 (anything else becomes float64).

    Parameters as in scikit-learn: n_components (hidden units), learning_rate (of mean gradients),
    batch_size (rows in an update), n_iter (epochs), verbose, random_state. Then:

    k : Gibbs steps in an update.
    rule : where the chains of an update start: "cd", at the data; "pcd", where the last update
        left them (scikit-learn's rule); "exact": no chains but enumeration, for machines with at
        most 20 units in one layer.
    centred : learn as a machine in v − mean(v) and h − mean(h) would: steadier; or plainly.
    momentum, weight_decay : share of the last step in the next one; pull of weights towards 0.

    Attributes: components_ (n_components, n_features), intercept_hidden_ (n_components,),
    intercept_visible_ (n_features,), h_samples_ (batch_size, n_components): the persistent chains
    (zeros for other rules), n_features_in_, feature_names_in_.
    """

    def __init__(
        self,
        n_components: int = 256,
        *,
        learning_rate: float = 0.1,
        batch_size: int = 10,
        n_iter: int = 10,
        verbose: int = 0,
        random_state: int | np.random.RandomState | None = None,
        k: int = 1,
        rule: str = "cd",
        centred: bool = True,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ) -> None:
        self.n_components = n_components
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.n_iter = n_iter
        self.verbose = verbose
        self.random_state = random_state
        self.k = k
        self.rule = rule
        self.centred = centred
        self.momentum = momentum
        self.weight_decay = weight_decay

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Train a new machine on rows X (n, n_features) for `n_iter` epochs.

        Raises `ValueError` for parameters out of range and data that are not finite numbers.
        """
        self._check_parameters()
        rows = validate_data(self, X, accept_sparse="csr", dtype=(np.float64, np.float32))
        self._start(rows)
        at_once = 1 if self.verbose else max(1, _ORDERS_AT_ONCE // rows.shape[0])
        begin = time.time()
        for first in range(0, self.n_iter, at_once):
            epochs = range(first, min(first + at_once, self.n_iter))
            self._train(rows, [noise.row_order(self._seed, i, rows.shape[0]) for i in epochs])
            if self.verbose:
                end = time.time()
                score = self.score_samples(rows).mean()
                print(
                    f"[{type(self).__name__}] Iteration {first + 1}, "
                    f"pseudo-likelihood = {score:.2f}, time = {end - begin:.2f}s"
                )
                begin = end
        return self

    def partial_fit(self, X: ArrayLike, y: object = None) -> Self:
        """Train on rows X once, in their order, in batches; the first call makes the machine.

        Pieces of whole batches are the same as one call with all rows, bit for bit.
        """
        self._check_parameters()
        first = not hasattr(self, "components_")
        kinds = (np.float64, np.float32) if first else self.components_.dtype
        rows = validate_data(self, X, accept_sparse="csr", dtype=kinds, reset=first)
        if first:
            self._start(rows)
        self._train(rows, [np.arange(rows.shape[0])])
        return self

    def transform(self, X: ArrayLike) -> Floats:
        """p(h = 1 | v) for rows v of X: (n, n_components), of the type of X."""
        check_is_fitted(self)
        kinds = (np.float64, np.float32)
        rows = validate_data(self, X, accept_sparse="csr", reset=False, dtype=kinds)
        return np.asarray(self._mean_hiddens(rows), rows.dtype)

    def gibbs(self, v: ArrayLike) -> NDArray[np.bool_]:
        """Visible states (n, n_features) after one step v → h → v from rows v.

        Each call draws anew: `random_state` decides about the first one.
        """
        check_is_fitted(self)
        if not hasattr(self, "random_state_"):
            self.random_state_ = check_random_state(self.random_state)
        h = self._sample_hiddens(v, self.random_state_)
        p = expit(h @ self.components_ + self.intercept_visible_)
        return np.asarray(self.random_state_.uniform(size=p.shape) < p)

    def score_samples(self, X: ArrayLike) -> Floats:
        """The pseudo-likelihood of rows X, (n,), in nats, estimated as scikit-learn does.

        One unit of each row is picked; n_features times the log-probability of its state given
        all others estimates their sum without bias. `random_state` and the row itself decide
        which, so the score of a row does not depend on the rows beside it.
        """
        check_is_fitted(self)
        rows = validate_data(self, X, accept_sparse="csr", reset=False, dtype=np.float64)
        n, n_visible = rows.shape
        picked = _pick(rows, check_random_state(self.random_state))
        turn = 1.0 - 2.0 * np.asarray(rows[np.arange(n), picked], np.float64).reshape(-1)
        inputs = safe_sparse_dot(rows, self.components_.T) + self.intercept_hidden_
        turned = inputs + turn[:, None] * self.components_.T[picked]
        loss = turn * self.intercept_visible_[picked] + (
            np.logaddexp(0.0, turned) - np.logaddexp(0.0, inputs)
        ).sum(axis=1)
        return np.asarray(-n_visible * np.logaddexp(0.0, loss))

    def score(self, X: ArrayLike, y: object = None) -> float:
        """The mean of `score_samples`, so that a search can compare machines."""
        return float(self.score_samples(X).mean())

    def _mean_hiddens(self, v: Any) -> Floats:
        return np.asarray(expit(safe_sparse_dot(v, self.components_.T) + self.intercept_hidden_))

    def _sample_hiddens(self, v: Any, rng: np.random.RandomState) -> NDArray[np.bool_]:
        p = self._mean_hiddens(v)
        return np.asarray(rng.uniform(size=p.shape) < p)

    def _start(self, rows: Any) -> None:
        """A new machine for the data, its seed taken from `random_state`."""
        self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        mean = np.asarray(rows.mean(axis=0, dtype=np.float64), rows.dtype).reshape(-1)
        self._keep(binary.start(mean, rows.shape[0], self.n_components, self._options()))
        self._n_features_out = self.n_components

    def _train(self, rows: Any, orders: list[NDArray[np.int64]]) -> None:
        """Go through the rows in each of these orders."""
        state, options = self._state(), self._options()
        if self.rule != "exact" and not sp.issparse(rows):
            self._keep(binary.train(state, rows, options, np.array(orders)))
            return
        train = exact_rule.train if self.rule == "exact" else binary.train
        batches = max(1, _DENSE_AT_ONCE // (rows.shape[1] * self.batch_size))
        at_once = batches * self.batch_size
        for order in orders:
            for first in range(0, len(order), at_once):
                some = rows[order[first : first + at_once]]
                dense = some.toarray() if sp.issparse(rows) else some
                state = train(state, dense, options, np.arange(len(dense)))
        self._keep(state)

    def _options(self) -> BinaryOptions:
        return BinaryOptions(
            learning_rate=self.learning_rate,
            momentum=self.momentum,
            weight_decay=self.weight_decay,
            k=self.k,
            rule=self.rule,
            centred=self.centred,
            batch_size=self.batch_size,
            seed=self._seed,
        )

    def _state(self) -> BinaryState:
        """The state of the training, as the attributes say."""
        return BinaryState(
            weights=self.components_.T,
            visible_bias=self.intercept_visible_,
            hidden_bias=self.intercept_hidden_,
            chains=self.h_samples_,
            **self._unseen,
        )

    def _keep(self, state: BinaryState) -> None:
        self.components_ = state.weights.T
        self.intercept_visible_ = state.visible_bias
        self.intercept_hidden_ = state.hidden_bias
        self.h_samples_ = state.chains
        self._unseen = {
            name: getattr(state, name)
            for name in (
                "weights_step", "visible_step", "hidden_step",
                "visible_offset", "hidden_offset", "updates",
            )
        }  # fmt: skip

    def _check_parameters(self) -> None:
        """`ValueError` with a sentence for the first parameter that is out of its range."""
        for name, (kind, low, high) in _RANGES.items():
            value = getattr(self, name)
            if not isinstance(value, kind) or not low <= float(value) <= high:
                whole = "a whole number" if kind is Integral else "a number"
                raise ValueError(f"{name} must be {whole} from {low:g} to {high:g}; got {value!r}.")
        if self.rule not in RULES:
            raise ValueError(f"rule must be one of {', '.join(RULES)}; got {self.rule!r}.")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _pick(rows: Any, rng: np.random.RandomState) -> NDArray[np.int64]:
    """One column for each row of float64 numbers (n, columns), (n,): a hash of the row.

    The numbers' bits times odd random factors, added modulo 2^64, then mixed.
    """
    factors = rng.randint(0, 2**63, rows.shape[1], dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    if sp.issparse(rows):
        bits = sp.csr_array(((rows.data + 0.0).view(np.uint64), rows.indices, rows.indptr))
        bits.resize(rows.shape)
    else:
        bits = np.ascontiguousarray(rows + 0.0).view(np.uint64)  # + 0.0 turns −0 into 0
    keys = noise.row_keys(0, 0, bits @ factors)
    return (keys % np.uint64(rows.shape[1])).astype(np.int64)


_RANGES: dict[str, tuple[type[Real], float, float]] = {
    "n_components": (Integral, 1, np.inf),
    "learning_rate": (Real, 0, np.inf),
    "batch_size": (Integral, 1, np.inf),
    "n_iter": (Integral, 0, np.inf),
    "k": (Integral, 1, np.inf),
    "momentum": (Real, 0, 1),
    "weight_decay": (Real, 0, np.inf),
}
"""Parameter → kind of number, and the range it must lie in, both ends included."""
