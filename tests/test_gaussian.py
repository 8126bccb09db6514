"""A Gaussian–Bernoulli RBM on 2D points: what it is, where it takes points, how it is judged."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from rbm import binary_training, exact, experiment, gaussian
from rbm.gaussian import SEED_SPREAD, WAYS, settings_of, start, verdict
from rbm.models.binary import BinaryMachine
from rbm.run import SCORE_SEED
from rbm.settings import Settings

MACHINE = BinaryMachine(
    weights=[[0.3, -0.2], [0.1, 0.4]],
    visible_bias=[0.4, 0.2],
    hidden_bias=[0.3, -0.6],
    visible="gaussian",
    visible_scale=[0.05, 0.1],
)
WIDE = Settings(low=-1, high=3, n_points=80, pattern="moons")


def test_the_machine_is_the_mixture_it_is_said_to_be():
    """The density as a sum of Gaussians by SciPy equals the likelihood by enumeration."""
    shares, centres = gaussian.mixture(MACHINE)
    assert (np.diff(shares) <= 0).all()
    assert shares.sum() == pytest.approx(1)
    points = np.random.default_rng(0).random((20, 2))
    parts = [
        share * multivariate_normal(centre, np.diag(MACHINE.visible_scale**2)).pdf(points)
        for share, centre in zip(shares, centres, strict=True)
    ]
    np.testing.assert_allclose(np.log(sum(parts)), exact.log_likelihood(MACHINE, points))
    found = gaussian.log_likelihood(MACHINE, points)
    assert found == pytest.approx(np.log(sum(parts)).mean())


def test_one_gaussian_alone():
    points = np.random.default_rng(1).normal([0.3, 4], [0.2, 3], (50, 2))
    law = multivariate_normal(points.mean(0), np.diag(points.var(0)))
    assert gaussian.blob_log_likelihood(points) == pytest.approx(law.logpdf(points).mean())


def test_reconstructions_of_a_mixture_that_mixes_are_its_samples():
    near = replace(MACHINE, weights=MACHINE.weights / 4)
    cloud = gaussian.reconstruct(near, np.full((20_000, 2), 0.9), 50, seed=3)
    drawn = exact.sample(near, 20_000, np.random.default_rng(4))
    error = np.sqrt(2 / 20_000)
    assert np.abs(cloud.mean(0) - drawn.mean(0)).max() < 5 * error * cloud.std(0).max()
    np.testing.assert_allclose(cloud.std(0), drawn.std(0), rtol=5 * error)
    np.testing.assert_array_equal(
        cloud, gaussian.reconstruct(near, np.full_like(cloud, 0.9), 50, 3)
    )


def test_mismatch_is_measured_like_the_continuous_machines():
    built = experiment.build(WIDE)
    rng = np.random.default_rng(SCORE_SEED)
    starts = -1 + 4 * rng.random((experiment.SCORED_STARTS, 2))
    cloud = gaussian.reconstruct(MACHINE, starts, experiment.SCORED_PASSES, SCORE_SEED)
    by_hand = built.yardstick.mismatch((cloud + 1) / 4)
    assert gaussian.mismatch(MACHINE, built) == by_hand
    np.testing.assert_array_equal(gaussian.reconstructions(MACHINE, WIDE), cloud)


def test_clouds_far_outside_are_scored_too():
    far = replace(MACHINE, visible_bias=np.array([1e200, -1e200]))
    assert gaussian.mismatch(far, experiment.build(WIDE)) > 1


@pytest.mark.parametrize("rule", WAYS)
def test_the_first_centres_lie_around_the_data(rule):
    points = np.random.default_rng(0).normal([3, -40], [0.1, 5], (400, 2))
    run = start(settings_of(rule, 3, seed=5), points)
    middle = run.machine.mean_v_from_h(exact.states(3)).mean(axis=0)
    np.testing.assert_allclose(middle, points.mean(axis=0))
    on = run.machine.mean_h_from_v(points.mean(axis=0, keepdims=True))
    np.testing.assert_allclose(on, 0.5)
    np.testing.assert_allclose(run.machine_at(0).parameters, run.machine.parameters, rtol=1e-6)
    assert run.checkpoints[0] is run.state


@pytest.mark.parametrize("rule", WAYS)
def test_each_way_learns_two_clusters_and_can_be_rewound(rule):
    built = experiment.build(Settings(pattern="gauss2", n_points=100))
    run = binary_training.advance(start(settings_of(rule, 2, seed=1), built.data), 300)
    assert not run.notice
    assert gaussian.mismatch(run.machine, built) < 0.4
    again = binary_training.advance(binary_training.rewind(run, 150), 150)
    np.testing.assert_array_equal(again.machine.parameters, run.machine.parameters)


def test_exact_learning_finds_the_maximum_for_two_clusters():
    built = experiment.build(Settings(pattern="gauss2", n_points=200))
    run = binary_training.advance(start(settings_of("exact", 1, seed=1), built.data), 200)
    points = run.data
    side = points @ run.machine.weights[:, 0] > run.machine.weights[:, 0] @ points.mean(0)
    centres = np.array([points[side].mean(0), points[~side].mean(0)])
    within = points - centres[np.where(side, 0, 1)]
    law = [multivariate_normal(c, np.diag(within.var(0))) for c in centres]
    density = side.mean() * law[0].pdf(points) + (1 - side.mean()) * law[1].pdf(points)
    reached = gaussian.log_likelihood(run.machine, points)
    assert reached == pytest.approx(np.log(density).mean(), abs=1e-3)


def test_settings_take_their_ways_values_unless_told():
    plain, told = settings_of("cd", 4, 7), settings_of("cd", 4, 7, rate=0.05, k=6)
    assert (plain.learning_rate, plain.k) == (WAYS["cd"].learning_rate, WAYS["cd"].k)
    assert (told.learning_rate, told.k) == (0.05, 6)
    assert (told.n_hidden, told.seed, told.visible, told.batch_size) == (4, 7, "gaussian", 0)


def test_points_on_a_line_are_refused_and_a_run_that_runs_away_says_so():
    with pytest.raises(ValueError, match="thinner"):
        start(settings_of("exact", 2, 0), np.array([[0.1, 0.5], [0.7, 0.5], [0.3, 0.5]]))
    points = experiment.build(Settings(n_points=60)).data
    wild = replace(
        settings_of("cd", 4, 0), learning_rate=9, variance_learning_rate=1, momentum=0.99
    )
    run = binary_training.advance(start(wild, points), 500)
    assert "diverged" in run.notice
    assert np.isfinite(run.machine.parameters).all()


def test_verdicts():
    assert "cannot be told" in verdict(math.nan, 0.3, (8, 8))
    assert verdict(0.3, 0.3 + 0.9 * SEED_SPREAD, (8, 8)).startswith("No difference")
    small, large = verdict(0.3, 0.3 + 2 * SEED_SPREAD, (8, 8)), verdict(0.9, 0.1, (16, 8))
    assert small.startswith("The continuous RBM misplaces less ink: 0.30 against 0.42 of")
    assert large.startswith("The Gaussian–Bernoulli RBM with 8 hidden units misplaces clearly less")
    assert "0.10 against 0.90 of the continuous RBM with 16;" in large
