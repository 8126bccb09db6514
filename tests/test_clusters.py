"""Which cluster a case belongs to, and how well clusters agree with labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from rbm.clusters import (
    FOLDS,
    MEMBERSHIPS,
    Agreement,
    Clusters,
    adjusted_rand,
    agreement,
    averaged,
    binary_pattern,
    jackknife_error,
    k_means_start,
    main_labels,
    most_unusual_unit,
    nearest_centre,
    purity,
    strongest_unit,
    verdict,
)

CODES = np.array(
    [
        [0.9, 0.2, 0.1],
        [0.8, 0.1, 0.3],
        [0.9, 0.6, 0.1],
        [0.7, 0.1, 0.6],
        [0.4, 0.1, 0.45],
    ]
)
LEARNT = np.array([True, True, True, True, False])
divisions = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=40)


def named(clusters):
    return [clusters.names[i] for i in clusters.members]


def test_membership_by_hand():
    assert named(strongest_unit(CODES, LEARNT)) == ["h1", "h1", "h1", "h1", "h3"]
    # mean activations of the learnt cases: 0.825, 0.25, 0.275
    assert named(most_unusual_unit(CODES, LEARNT)) == ["h1", "h3", "h2", "h3", "h3"]
    patterns = binary_pattern(CODES, LEARNT)
    assert named(patterns) == ["h1", "h1", "h1 h2", "h1 h3", "none on"]
    assert patterns.sizes.tolist() == [2, 1, 1, 1]


def test_only_learnt_cases_say_what_is_usual():
    codes = np.vstack([CODES, np.tile([0.0, 1.0, 0.0], (9, 1))])
    learnt = np.r_[LEARNT, np.zeros(9, bool)]
    assert named(most_unusual_unit(codes, learnt))[:5] == ["h1", "h3", "h2", "h3", "h3"]
    everyone = most_unusual_unit(codes, np.ones(len(codes), bool))
    assert named(everyone)[2] == "h1"


def test_many_units_on_are_counted_and_not_listed():
    codes = np.ones((1, 9))
    assert binary_pattern(codes, np.array([True])).names == ("h1 h2 h3 h4 h5 h6 … 9 on",)


@pytest.mark.parametrize("name", MEMBERSHIPS)
@pytest.mark.parametrize("codes", [np.full((4, 3), 0.5), np.zeros((3, 1)), np.ones((1, 2))])
def test_codes_that_are_all_equal_are_one_cluster(name, codes):
    found = MEMBERSHIPS[name].divide(codes, np.ones(len(codes), bool))
    assert found.sizes.tolist() == [len(codes)]


def test_the_largest_clusters_and_the_rest():
    clusters = Clusters(np.array([0, 0, 0, 1, 1, 2, 3]), ("a", "b", "c", "d"))
    fewer = clusters.largest(2)
    assert fewer.names == ("a", "b", "2 smaller ones")
    assert fewer.sizes.tolist() == [3, 2, 2]
    assert clusters.largest(3) is clusters  # one rest alone might as well have its name


def test_k_means_finds_three_heaps_and_places_new_rows():
    rng = np.random.default_rng(0)
    heaps = np.repeat([[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]], [30, 20, 10], axis=0)
    rows = heaps + rng.normal(0, 0.03, heaps.shape)
    centres = k_means_start(rows, 3, 0)
    found = nearest_centre(rows, centres)
    assert found.sizes.tolist() == [30, 20, 10]
    assert centres.spread == pytest.approx(
        sum(((rows[a:b] - rows[a:b].mean(0)) ** 2).sum() for a, b in [(0, 30), (30, 50), (50, 60)])
    )
    new = nearest_centre(np.array([[0.55, 0.8]] * 2 + [[0.05, 0.2]]), centres)
    assert new.members.tolist() == [0, 0, 1]
    few = k_means_start(np.array([[0.0, 1], [1, 0], [0, 1]]), 5, 0)
    assert len(few.places) == 2


@given(divisions)
def test_the_index_is_that_of_scikit_learn(pairs):
    one, other = np.array(pairs).T
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand_score(one, other), abs=1e-12)


def test_the_index_of_chance_is_zero_on_average():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 60)
    chance = [adjusted_rand(rng.permutation(labels), labels) for _ in range(400)]
    assert abs(np.mean(chance)) < 4 * np.std(chance) / np.sqrt(400)


def test_purity_and_main_labels_by_hand():
    members, labels = np.array([0, 0, 0, 1, 1, 3]), np.array([2, 2, 1, 1, 0, 0])
    main, count = main_labels(members, labels)
    assert main.tolist()[:2] == [2, 0]
    assert main[3] == 0
    assert count.tolist() == [2, 1, 0, 1]
    assert purity(members, labels) == pytest.approx(4 / 6)


def test_the_jackknife_of_a_mean_is_its_standard_error():
    rng = np.random.default_rng(2)
    values = rng.normal(size=FOLDS)
    without = np.array([np.delete(values, i).mean() for i in range(FOLDS)])
    assert jackknife_error(without) == pytest.approx(values.std(ddof=1) / np.sqrt(FOLDS))


def test_the_error_is_the_spread_over_fresh_cases():
    """Cases drawn anew many times: the index spreads as its jackknife error says."""
    rng = np.random.default_rng(3)

    def drawn():
        labels = rng.integers(0, 4, 400)
        members = np.where(rng.random(400) < 0.7, labels, rng.integers(0, 5, 400))
        return agreement(members, labels)

    found = [drawn() for _ in range(300)]
    spread = np.std([each.index for each in found])
    errors = np.array([each.error for each in found])
    # A spread of 300 values is known to 4 %, and the mean of 300 errors better than that.
    assert np.sqrt((errors**2).mean()) == pytest.approx(spread, rel=0.17)


def test_agreement_of_few_cases_has_no_error():
    labels = np.arange(2 * FOLDS - 1) % 3
    few = agreement(labels, labels)
    assert few.index == 1
    assert np.isnan(few.error)
    assert np.isfinite(agreement(np.r_[labels, 0], np.r_[labels, 1]).error)
    assert np.isnan(agreement(labels[:1], labels[:1]).index)


def test_seeds_are_averaged():
    parts = np.arange(FOLDS) / 100
    mean = averaged([Agreement(0.2, 0.5, 10, parts), Agreement(0.4, 0.7, 11, parts + 0.2)])
    assert (mean.index, mean.purity) == pytest.approx((0.3, 0.6))
    assert mean.clusters == 10
    assert mean.without == pytest.approx(parts + 0.1)


def test_the_verdict_says_who_wins_by_the_paired_difference():
    wobble = np.random.default_rng(4).normal(0, 0.05, FOLDS)  # common to both: it cancels

    def one(index, noise=0.0):
        own = np.linspace(-noise, noise, FOLDS)
        return Agreement(index, 0.5, 10, index + wobble + own)

    def says(index, noise=0.0):
        return verdict("units", one(index, noise), "k-means", one(0.5), "the cases")

    assert "k-means agrees better" in says(0.3)
    assert "units agrees better" in says(0.7)
    assert "−0.20 ± 0.00" in says(0.3)
    assert "neither wins" in says(0.3, noise=0.2)
    few = Agreement(0.3, 0.5, 10, np.full(FOLDS, np.nan))
    assert "too few cases" in verdict("units", few, "k-means", one(0.5), "the cases")
