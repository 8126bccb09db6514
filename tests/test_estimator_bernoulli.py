"""`BernoulliRBM` beside scikit-learn's: its tests, its formulas, its tools, and its likelihood."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.neural_network
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from rbm import BernoulliRBM
from rbm.engine.noise import row_order
from rbm.exact import log_likelihood
from rbm.likelihood import annealed_log_partition
from rbm.models.binary import BinaryMachine

ROOT = Path(__file__).parents[1]
LEFT_OUT = {
    "test_fit_gibbs": "pins components_ of scikit-learn's own random numbers to four decimals",
    "test_convergence_dtype_consistency": "asks for a relative error of 1e-6 in biases, which "
    "centring brings near 0; below with the plain gradient, where it holds",
}


@pytest.fixture(scope="module")
def digits():
    return load_digits().data[:500] / 16.0


def bars_and_stripes(side):
    """All pictures of whole rows or whole columns, (2 · 2^side, side²)."""
    on = ((np.arange(2**side)[:, None] >> np.arange(side)) & 1).astype(float)
    rows = np.repeat(on, side, axis=1)
    columns = np.tile(on, (1, side))
    return np.vstack([rows, columns])


def machine_of(estimator):
    return BinaryMachine(
        estimator.components_.T, estimator.intercept_visible_, estimator.intercept_hidden_
    )


def test_the_tests_of_scikit_learn_pass():
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider",
            "-p", "tests.scikit_learn_swap", "-k", " and ".join(f"not {name}" for name in LEFT_OUT),
            "--rootdir", ".", "--pyargs", "sklearn.neural_network.tests.test_rbm",
        ],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "deselected" in done.stdout


def test_single_and_double_precision_learn_the_same(digits):
    fitted = [
        BernoulliRBM(16, batch_size=5, n_iter=5, random_state=42, centred=False).fit(
            digits[:100].astype(kind)
        )
        for kind in (np.float64, np.float32)
    ]
    for name, tolerance in (
        ("intercept_hidden_", 1e-6), ("intercept_visible_", 1e-5), ("components_", 1e-3),
    ):  # fmt: skip
        double, single = (getattr(estimator, name) for estimator in fitted)
        assert single.dtype == np.float32
        np.testing.assert_allclose(double, single, rtol=tolerance)


def test_every_parameter_of_scikit_learn_is_there_with_its_default():
    theirs = sklearn.neural_network.BernoulliRBM().get_params()
    ours = BernoulliRBM().get_params()
    assert {name: ours[name] for name in theirs} == theirs
    assert set(ours) - set(theirs) == {"k", "rule", "centred", "momentum", "weight_decay"}


def test_the_same_machine_says_the_same(digits):
    theirs = sklearn.neural_network.BernoulliRBM(20, n_iter=3, random_state=1).fit(digits)
    ours = BernoulliRBM(20, n_iter=0, random_state=1).fit(digits)
    for name in ("components_", "intercept_hidden_", "intercept_visible_"):
        assert getattr(ours, name).shape == getattr(theirs, name).shape
        setattr(ours, name, getattr(theirs, name))
    np.testing.assert_allclose(ours.transform(digits), theirs.transform(digits), rtol=1e-12)
    on = (digits > 0.5).astype(float)
    scores = [np.mean([e.set_params(random_state=i).score_samples(on) for i in range(30)], axis=0)
              for e in (ours, theirs)]  # fmt: skip
    # Each picks one unit of each row: compare with the sum over all units.
    machine = machine_of(ours)
    exact = np.zeros(len(on))
    for unit in range(64):
        turned = on.copy()
        turned[:, unit] = 1 - turned[:, unit]
        exact -= np.logaddexp(0, machine.free_energy(on) - machine.free_energy(turned))
    for mean in scores:
        spread = mean.std() / np.sqrt(len(on))
        assert abs(mean.mean() - exact.mean()) < 4 * spread


def test_the_score_of_a_row_is_its_own(digits):
    estimator = BernoulliRBM(5, n_iter=1, random_state=3).fit(digits)
    scores = estimator.score_samples(digits)
    np.testing.assert_allclose(estimator.score_samples(digits[::-1])[::-1], scores)
    np.testing.assert_allclose(estimator.score_samples(sp.csr_matrix(digits)), scores)
    assert estimator.score(digits) == pytest.approx(scores.mean())


@pytest.mark.parametrize("container", [sp.csr_matrix, sp.csr_array, sp.csc_array])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_sparse_rows_are_the_same_as_dense_ones(digits, container, kind):
    rows = digits[:100].astype(kind)
    dense, sparse = (
        BernoulliRBM(8, n_iter=3, random_state=0, rule="pcd").fit(data)
        for data in (rows, container(rows))
    )
    np.testing.assert_allclose(sparse.components_, dense.components_, rtol=1e-4, atol=1e-6)
    assert sparse.transform(container(rows)).dtype == kind
    np.testing.assert_allclose(sparse.gibbs(container(rows)), dense.gibbs(rows))


def test_pieces_are_the_whole(digits):
    whole = BernoulliRBM(8, batch_size=20, momentum=0.5, random_state=0).partial_fit(digits[:90])
    pieces = BernoulliRBM(8, batch_size=20, momentum=0.5, random_state=0, n_iter=0)
    pieces.fit(digits[:90])
    for first in (0, 40, 60):
        pieces.partial_fit(digits[first : {0: 40, 40: 60, 60: 90}[first]])
    np.testing.assert_array_equal(pieces.components_, whole.components_)
    np.testing.assert_array_equal(pieces.intercept_hidden_, whole.intercept_hidden_)


def test_the_seed_decides(digits):
    one, same, other = (
        BernoulliRBM(4, n_iter=2, random_state=seed).fit(digits).components_ for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-3


def test_rows_are_reshuffled_in_each_epoch(digits):
    """Two epochs are two passes over the rows, each in an order of its own."""
    given = {"n_components": 4, "batch_size": 50, "random_state": 0}
    fitted = BernoulliRBM(**given, n_iter=2).fit(digits)
    orders = [row_order(int(np.random.RandomState(0).randint(2**31 - 1)), i, 500) for i in (0, 1)]
    for order in orders:
        assert sorted(order) == list(range(500))
        assert abs(np.corrcoef(order, np.arange(500))[0, 1]) < 4 / np.sqrt(500)
    assert abs(np.corrcoef(*orders)[0, 1]) < 4 / np.sqrt(500)
    passes = BernoulliRBM(**given, n_iter=0).fit(digits)
    for order in orders:
        passes.partial_fit(digits[order])
    np.testing.assert_array_equal(passes.components_, fitted.components_)


@pytest.mark.parametrize(
    ("rule", "rate", "epochs", "near"),
    [("cd", 0.1, 4000, 0.35), ("pcd", 0.1, 4000, 0.35), ("exact", 1.0, 1000, 0.1)],
)
def test_each_rule_comes_near_the_bound_of_bars_and_stripes(rule, rate, epochs, near):
    data = bars_and_stripes(2)
    bound = -1.732868  # the entropy of 8 rows, two of them twice
    estimator = BernoulliRBM(
        8, learning_rate=rate, batch_size=8, n_iter=epochs, rule=rule, k=5, random_state=0
    ).fit(data)
    reached = log_likelihood(machine_of(estimator), data).mean()
    assert bound - near < reached <= bound


def test_the_exact_rule_refuses_what_it_cannot_enumerate(digits):
    with pytest.raises(ValueError, match="at most 20"):
        BernoulliRBM(21, rule="exact", n_iter=1).fit(digits)


def test_it_is_at_least_as_likely_as_scikit_learns(digits):
    on = (digits > 0.5).astype(float)
    reached = []
    for kind in (sklearn.neural_network.BernoulliRBM, BernoulliRBM):
        estimator = kind(40, n_iter=10, random_state=0).fit(on)
        machine = machine_of(estimator)
        log_z = annealed_log_partition(machine, n_chains=50, n_temperatures=300).log_z
        reached.append(-machine.free_energy(on).mean() - log_z)
    assert reached[1] > reached[0]


def test_pipelines_searches_and_clones(digits):
    labels = load_digits().target[:500]
    pipeline = make_pipeline(
        BernoulliRBM(random_state=0, n_iter=2), LogisticRegression(max_iter=2000, C=100)
    )
    search = GridSearchCV(pipeline, {"bernoullirbm__n_components": [2, 40]}, cv=2)
    search.fit(digits, labels)
    assert search.best_params_ == {"bernoullirbm__n_components": 40}
    alone = GridSearchCV(BernoulliRBM(5, random_state=0), {"n_iter": [0, 20]}, cv=2).fit(digits)
    assert alone.best_params_ == {"n_iter": 20}
    again = clone(alone.best_estimator_)
    assert again.get_params() == alone.best_estimator_.get_params()
    assert not hasattr(again, "components_")


def test_columns_have_names(digits):
    pandas = pytest.importorskip("pandas", reason="names of columns come with data frames")
    frame = pandas.DataFrame(digits[:20], columns=[f"pixel {i}" for i in range(64)])
    estimator = BernoulliRBM(3, n_iter=1).fit(frame).set_output(transform="pandas")
    assert list(estimator.feature_names_in_) == list(frame.columns)
    assert list(estimator.transform(frame).columns) == [f"bernoullirbm{i}" for i in range(3)]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("n_components", 0), ("n_components", 2.5), ("learning_rate", -1), ("batch_size", 0),
        ("n_iter", -1), ("k", 0), ("rule", "best"), ("momentum", 1.5), ("weight_decay", np.nan),
    ],
)  # fmt: skip
def test_parameters_out_of_range_are_refused_by_name(digits, parameter, value):
    with pytest.raises(ValueError, match=f"^{parameter} must be"):
        BernoulliRBM(**{parameter: value}).fit(digits)


def test_numbers_beyond_the_range_do_not_break_it():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = np.random.default_rng(0).normal(0, 1e3, (30, 4))
        estimator = BernoulliRBM(3, n_iter=2, learning_rate=1e-3, random_state=0).fit(data)
        assert np.isfinite(estimator.transform(data)).all()
