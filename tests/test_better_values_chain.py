"""Through the chain: its gradient, its table and its law, its place among the learners."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.special import expit

import rbm
from benchmarks.better_values import page, through_chain
from benchmarks.better_values.learners import Continuous, ThroughChain, on
from rbm.engine.noise import RECONSTRUCTION, normals
from rbm.metrics import misplaced_ink, smoothed_density
from rbm.models import ContinuousMachine
from rbm.patterns import sample_pattern
from rbm.reconstruction import reconstruct
from rbm.tuning import TUTORIAL_VISITS, visits

EIGHT = rbm.PRESETS["Better, 8 units"].settings
MACHINE = ContinuousMachine(
    weights=np.array([[5.0, -4.0, 3.0], [-2.0, 6.0, 4.0]]),
    visible_bias=np.array([-1.0, 0.5]),
    hidden_bias=np.array([-0.7, 0.4, -2.0]),
    visible_slope=np.array([0.6, 0.4]),
    hidden_slope=np.array([0.9, 1.3, 0.7]),
)
SIGMA = np.array([0.5, 1.1, 0.8, 1.7, 0.3])
VECTOR = np.concatenate([MACHINE.parameters, SIGMA])


def moons(count):
    return sample_pattern("moons", count, 0, options={}, noise=0.0, stream="train")


@pytest.fixture(scope="module")
def noise():
    """Places, where their passes begin, and the normals of one step."""
    places = through_chain.Places(moons(60))
    rng = np.random.default_rng(3)
    begin = places.begin(rng).astype(np.float64)
    return places, begin, rng.standard_normal((5, begin.shape[1]))


def test_the_gradient_is_that_of_the_loss(noise):
    places, begin, normal = noise
    _, gradient = through_chain.loss(VECTOR, begin, normal, places)
    assert gradient.shape == VECTOR.shape
    assert np.abs(gradient).min() > 1e-5  # nothing is idle here
    for i in range(VECTOR.size):
        up, down = (
            through_chain.loss(VECTOR + step * np.eye(VECTOR.size)[i], begin, normal, places)[0]
            for step in (1e-6, -1e-6)
        )
        assert (up - down) / 2e-6 == pytest.approx(gradient[i], rel=2e-3, abs=1e-6)


def test_the_table_is_a_matrix_product(noise):
    """Φ′ averaged over the passes of each cell, as a plain matrix, and its powers."""
    places, begin, normal = noise
    end, _ = through_chain.noisy_pass(VECTOR, begin, normal)
    node, share, _ = through_chain.shares(end)
    table = np.zeros((through_chain.CELLS, through_chain.CELLS))
    for corner, offset in enumerate((0, 1, through_chain.GRID, through_chain.GRID + 1)):
        np.add.at(table, (places.cell, node + offset), share[corner])
    table /= np.bincount(places.cell)[:, None]
    ink = np.full(through_chain.CELLS, 1 / through_chain.CELLS)
    np.testing.assert_allclose(
        through_chain.onward(places.first, node, share, 3)[1],
        ink @ np.linalg.matrix_power(table, 3),
        atol=1e-12,
    )


def test_passes_begin_where_they_are_said_to(noise):
    places, begin, _ = noise
    assert begin.shape[1] == through_chain.passes_per_step(60) == 4 * 1024 + 10 * 60
    inside = np.floor(begin * through_chain.GRID).astype(int)
    assert np.array_equal(through_chain.GRID * inside[0] + inside[1], places.cell)
    assert np.array_equal(places.first, np.searchsorted(places.cell, np.arange(1025)))
    held = {tuple(point) for point in begin.T.astype(np.float32)}
    assert held >= {tuple(point) for point in moons(60).astype(np.float32)}
    other = places.begin(np.random.default_rng(4))
    assert (other == begin.astype(np.float32)).all(axis=0).sum() == 10 * 60  # the points alone


def test_shares_have_the_place_of_their_point():
    points = np.random.default_rng(0).uniform(0.05, 0.95, (2, 500))
    node, share, _ = through_chain.shares(points)
    nodes = node + np.array([[0], [1], [through_chain.GRID], [through_chain.GRID + 1]])
    middles = (np.array(np.divmod(nodes, through_chain.GRID)) + 0.5) / through_chain.GRID
    assert share.min() >= 0
    np.testing.assert_allclose(share.sum(axis=0), 1)
    np.testing.assert_allclose((middles * share).sum(axis=1), points)


def test_ink_beyond_the_last_middle_stays_on_the_square():
    node, share, slope = through_chain.shares(np.array([[0.0, 1.0, 0.5], [1.0, 0.001, 0.5]]))
    assert node.min() >= 0
    assert node.max() + through_chain.GRID + 1 < through_chain.CELLS
    np.testing.assert_allclose(share.sum(axis=0), 1)
    assert not slope[:, :, :2].any()
    assert slope[:, :, 2].all()


def blurred(ink):
    return gaussian_filter(ink.reshape(32, 32), 0.03 * 32)


def test_the_law_of_the_table_is_that_of_real_chains():
    """Mean of the table's ink over some noises, against 50,000 chains of 50 passes."""
    run = rbm.train(on(EIGHT, "split_ring", 1), 2_000)
    vector = np.concatenate([run.model.parameters, np.full(10, EIGHT.sigma)]).astype(np.float32)
    places, rng = through_chain.Places(run.data), np.random.default_rng(0)
    inks = []
    for _ in range(20):
        begin = places.begin(rng)
        normal = rng.standard_normal((10, places.cell.size), np.float32)
        node, share, _ = through_chain.shares(through_chain.noisy_pass(vector, begin, normal)[0])
        inks.append(through_chain.onward(places.first, node, share, through_chain.PASSES)[1])
    chains = through_chain.chains(vector, rng.random((50_000, 2)), 50, seed=3)
    real = blurred(through_chain.Places(chains).wanted)
    law, data = (blurred(ink) for ink in (np.mean(inks, axis=0), places.wanted))
    assert np.abs(law - real).sum() / 2 < 0.06
    assert np.abs(data - real).sum() / 2 > 0.15


def test_misplaced_ink_is_what_mismatch_compares(monkeypatch):
    monkeypatch.setattr(through_chain, "SHARPNESS", 1e7)
    cloud, other = moons(4_000), np.random.default_rng(0).random((4_000, 2))
    ink, wanted = (through_chain.Places(points).wanted for points in (cloud, other))
    densities = (smoothed_density(points) for points in (cloud, other))
    value, slope = through_chain.misplaced(ink, wanted)
    assert value == pytest.approx(misplaced_ink(*densities), abs=0.02)
    assert slope @ (ink - wanted) == pytest.approx(value, rel=1e-3)


def test_with_one_noise_for_all_units_it_is_the_plain_machine():
    starts = np.random.default_rng(1).random((300, 2))
    vector = np.concatenate([MACHINE.parameters, np.full(5, 0.8)])
    own = through_chain.chains(vector, starts, 7, seed=5)
    plain = reconstruct(MACHINE, starts, 7, seed=5, sigma=0.8)
    np.testing.assert_allclose(own, plain, atol=1e-4)


def test_each_unit_has_its_own_noise():
    """One pass, unit by unit, as the formulas say it."""
    starts = np.random.default_rng(1).random((40, 2))

    def noise(half_pass, unit):
        return SIGMA[unit] * normals(5, RECONSTRUCTION, 0, half_pass, unit, 40)

    h = [
        expit(MACHINE.hidden_slope[j] * (
            starts @ MACHINE.weights[:, j] + MACHINE.hidden_bias[j] + noise(0, 2 + j)
        ))
        for j in range(3)
    ]  # fmt: skip
    v = [
        expit(MACHINE.visible_slope[i] * (
            MACHINE.weights[i] @ h + MACHINE.visible_bias[i] + noise(1, i)
        ))
        for i in range(2)
    ]  # fmt: skip
    np.testing.assert_allclose(
        through_chain.chains(VECTOR, starts, 1, 5), np.transpose(v), atol=1e-5
    )


def still(noise):
    """What a few steps with this noise leave as it was, of 3 hidden units."""
    after = through_chain.descend(VECTOR, moons(60), noise, steps=3, seed=0)
    return set(np.flatnonzero(after == VECTOR))


def test_only_what_is_named_is_learnt():
    visible_slopes, sigmas = {11, 12}, set(range(16, 21))
    assert still("shared") == visible_slopes | sigmas
    assert still("visible") == visible_slopes | sigmas - {16, 17}
    assert still("every unit") == visible_slopes


def test_descent_goes_down_and_stays_within_bounds():
    places, rng = through_chain.Places(moons(60)), np.random.default_rng(9)
    before = VECTOR.copy()
    after = through_chain.descend(VECTOR, moons(60), "every unit", steps=60, seed=0)
    assert np.array_equal(VECTOR, before)
    normal = rng.standard_normal((5, places.cell.size))
    begin = places.begin(rng).astype(np.float64)
    first, last = (through_chain.loss(v, begin, normal, places)[0] for v in (VECTOR, after))
    assert last < 0.8 * first
    own, sigma = through_chain.parts(after)
    assert own.hidden_slope.min() >= 0.05
    assert sigma.min() > 0
    again = through_chain.descend(VECTOR, moons(60), "every unit", steps=60, seed=0)
    assert np.array_equal(after, again)


@pytest.mark.parametrize("noise", through_chain.NOISES)
def test_the_budget_is_counted(noise):
    learner = ThroughChain(EIGHT, noise)
    first = visits(EIGHT, learner.first_epochs)
    assert first == pytest.approx(0.1 * TUTORIAL_VISITS, rel=1e-3)
    step = 2 * (4 * 32 * 32 + 10 * 500)
    assert first + learner.epochs * step <= TUTORIAL_VISITS < first + (learner.epochs + 1) * step


def test_numbers_are_those_that_training_finds():
    assert [ThroughChain(EIGHT, noise).numbers for noise in through_chain.NOISES] == [34, 36, 44]


def test_a_learner_begins_with_contrastive_divergence_and_is_scored_like_the_others(monkeypatch):
    first = visits(EIGHT, 300)
    learner = ThroughChain(EIGHT, "every unit", visits=first + 12 * 2 * 9096, first_share=0.74)
    plain = Continuous(EIGHT, int(0.74 * learner.visits))
    assert learner.first_epochs == plain.epochs
    learnt = learner.measure("ring", 7)
    for rate in ("WEIGHT_RATE", "SLOPE_RATE", "NOISE_RATE"):
        monkeypatch.setattr(through_chain, rate, 0.0)
    still, contrastive = learner.measure("ring", 7), plain.measure("ring", 7)
    assert still.mismatch == pytest.approx(contrastive.mismatch, abs=0.005)
    assert still.slope == pytest.approx(contrastive.slope)
    assert abs(learnt.mismatch - contrastive.mismatch) > 0.01


def test_a_table_holds_it_against_eight_units():
    base, other = (
        {
            "units": 8, "numbers": numbers, "epochs": 1, "settings": {}, "seconds": seconds,
            "slope": 1.0, "diverged": 0, "scores": scores,
        }
        for numbers, seconds, scores in (
            (34, 1.25, {"ring": [0.2, 0.4], "line": [0.3, 0.5]}),
            (44, 20.0, {"ring": [0.1], "line": [0.2]}),
        )
    )  # fmt: skip
    groups = {"machines": {"Better, 8 units": base}, "through the chain": {"σ learnt": other}}
    made = page.tables({"groups": groups})["through the chain"].splitlines()
    assert made[2].startswith("| Better, 8 units | 34 | 0.350 [")
    assert made[3] == "| σ learnt | 44 | 0.150 | -0.100 [-0.100, -0.100] | 0.20 | 2 | 20.0 |"
