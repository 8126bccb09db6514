"""`ContinuousRBM` against the app's own training, and what it does with data of any range."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import rbm
from rbm import ContinuousRBM


@pytest.fixture(scope="module")
def points():
    return np.asarray(rbm.build(rbm.Settings(n_points=200)).data, np.float64)


def test_it_is_the_training_of_the_app(points):
    estimator = ContinuousRBM(n_iter=300, random_state=4, scale=None).fit(points)
    seed = int(np.random.RandomState(4).randint(2**31 - 1))
    same = {
        name: value
        for name, value in estimator.get_params().items()
        if name not in ("n_components", "n_iter", "random_state", "scale")
    }
    settings = rbm.Settings(**same, n_hidden=8, k_end=same["k"], k_ramp=0, seed=seed)
    run = rbm.train(settings, 300, points)
    np.testing.assert_allclose(estimator.model_.parameters, run.model.parameters, rtol=1e-4)


def test_columns_are_mapped_and_back(points):
    scales, shifts = np.array([1e3, 1e-3]), np.array([-5e4, 2.0])
    one = ContinuousRBM(n_iter=200, random_state=0).fit(points)
    other = ContinuousRBM(n_iter=200, random_state=0).fit(points * scales + shifts)
    moved = other.reconstruct(points * scales + shifts, passes=3)
    np.testing.assert_allclose(
        (moved - shifts) / scales, one.reconstruct(points, passes=3), atol=2e-3
    )
    inside = one.map_.forward(points)
    np.testing.assert_allclose([inside.min(0), inside.max(0)], [[0.1, 0.1], [0.9, 0.9]])
    np.testing.assert_allclose(one.map_.back(inside), points)


def test_samples_lie_where_the_data_are(points):
    estimator = ContinuousRBM(n_iter=3000, random_state=0).fit(points)
    sample = estimator.sample(500)
    assert sample.shape == (500, 2)
    assert np.abs(sample.mean(0) - points.mean(0)).max() < 0.05
    assert np.abs(sample.std(0) - points.std(0)).max() < 0.08


def test_any_number_of_columns_and_a_constant_one():
    data = np.random.default_rng(0).normal(size=(80, 7))
    data[:, 3] = 42.0
    estimator = make_pipeline(StandardScaler(), ContinuousRBM(5, n_iter=50, random_state=0))
    hidden = estimator.fit_transform(data)
    assert hidden.shape == (80, 5)
    assert hidden.std(0).min() > 0
    assert list(estimator[-1].get_feature_names_out()) == [f"continuousrbm{i}" for i in range(5)]


def test_nothing_is_rescaled_when_that_is_not_wanted(points):
    with pytest.raises(ValueError, match="must lie in"):
        ContinuousRBM(scale=None).fit(points * 2)
    with pytest.raises(ValueError, match="scale must be"):
        ContinuousRBM(scale="standard").fit(points)
    with pytest.raises(ValueError, match="Noise"):
        ContinuousRBM(sigma=-1).fit(points)
