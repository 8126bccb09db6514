"""Recovery of unknown units: predictions against slow twins, losses against hand computation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.filling import exactly
from rbm.recovery import (
    MEASURES,
    METHODS,
    SEVERAL,
    SUREST,
    baselines,
    case_losses,
    machine_predictions,
    mean_of,
    verdict,
)

from .binary_machines import random_machine


@given(st.integers(0, 500))
def test_baselines_are_those_of_looking_at_every_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    training, v = rng.random((15, 6)), rng.random((4, 6))
    known = rng.random((4, 6)) < 0.6
    found = baselines(training, np.where(known, v, 55.0), known)
    for row in range(4):
        distance = [((v[row] - case) ** 2)[known[row]].sum() for case in training]
        order = sorted(range(15), key=lambda place, d=distance: d[place])
        np.testing.assert_array_equal(found["nearest"][row], training[order[0]])
        several = np.mean([training[place] for place in order[:SEVERAL]], axis=0)
        np.testing.assert_allclose(found["several"][row], several)
        np.testing.assert_allclose(found["mean"][row], training.mean(axis=0))
    assert set(found) | {"machine"} == set(METHODS)


def test_a_case_is_no_neighbour_of_itself() -> None:
    training = np.array([[1.0, 0, 0], [1.0, 1, 1], [0.0, 0, 1], [1.0, 0, 1]])
    known = np.ones((2, 3), bool)
    found = baselines(training, training[[0, 2]], known, np.array([0, -1]))
    np.testing.assert_array_equal(found["nearest"], [training[3], training[2]])
    few = training[[1, 2, 3]].mean(axis=0)  # fewer than ten: all the others
    np.testing.assert_allclose(found["several"][0], few)
    alone = baselines(training[:1], training[:1], known[:1], np.array([0]))
    np.testing.assert_array_equal(alone["nearest"], training[:1])


def test_machine_predictions_are_the_exact_means_of_each_case() -> None:
    of, rng = random_machine(4, 6, 3), np.random.default_rng(0)
    v = (rng.random((5, 6)) < 0.5).astype(float)
    known = rng.random((5, 6)) < 0.5
    known[:, 0] = False
    found = machine_predictions(of, v, known, rng, chains=500, steps=60)
    truth = np.array([exactly(of, *case).mean for case in zip(v, known, strict=True)])
    unknown = ~known
    # 500 chains alone give a standard error of at most ½/√500 = 0.022 for each
    np.testing.assert_allclose(found[unknown], truth[unknown], atol=4 * 0.022)
    assert abs((found - truth)[unknown].mean()) < 0.01


def test_chains_of_a_case_are_its_own() -> None:
    """A case whose neighbours in the batch are other ones is filled the same way."""
    of = random_machine(8, 6, 3, spread=3.0)
    v, known = np.eye(6), np.tile(np.arange(6) < 3, (6, 1))
    found = machine_predictions(of, v, known, np.random.default_rng(2), chains=400, steps=40)
    for row in range(6):
        np.testing.assert_allclose(
            found[row, 3:], exactly(of, v[row], known[row]).mean[3:], atol=0.1
        )


def test_losses_by_hand() -> None:
    truth = np.array([[1.0, 0.0, 0.5, 1.0], [0.0, 1.0, 1.0, 0.0]])
    known = np.array([[True, False, False, False], [False, False, True, True]])
    guess = np.array([[0.9, 0.25, 0.5, 0.0], [0.5, 0.5, 0.3, 0.9]])
    found = case_losses(truth, known, {"machine": guess})
    np.testing.assert_allclose(found["absolute"]["machine"], [(0.25 + 0 + 1) / 3, 0.5])
    np.testing.assert_allclose(found["squared"]["machine"], [(0.0625 + 0 + 1) / 3, 0.25])
    sure = -np.log(SUREST)
    log = [(-np.log(0.75) + np.log(2) + sure) / 3, np.log(2)]
    np.testing.assert_allclose(found["log"]["machine"], log)
    assert set(found) == set(MEASURES)


def test_the_mean_has_its_standard_error() -> None:
    found = mean_of([1.0, 2.0, 3.0, 6.0])
    assert found.value == pytest.approx(3.0)
    assert found.error == pytest.approx(np.sqrt((4 + 1 + 0 + 9) / 3 / 4))
    assert np.isnan(mean_of([1.0]).error)


def test_the_verdict_is_computed_pairwise() -> None:
    shared = np.array([0.1, 0.5, 0.9, 0.3])  # differences between cases, which pairing removes
    wiggle = np.array([0.001, -0.001, 0.002, -0.002])
    losses = {
        "machine": shared + wiggle,
        "nearest": shared + 0.09,
        "several": shared * 0.5,
        "mean": shared - wiggle,
    }
    assert verdict(losses, "squared") == (
        "By squared error the machine is 17% better than the nearest neighbour, 100% worse than "
        "the mean of the 10 nearest, and level with the mean of all learnt cases."
    )


def test_a_verdict_on_one_case_or_against_no_error_claims_nothing_wrong() -> None:
    one = {name: np.array([0.5]) for name in METHODS}
    assert verdict(one, "log").count("level") == 3
    zero = {name: np.zeros(3) for name in METHODS} | {"machine": np.array([0.1, 0.11, 0.1])}
    assert verdict(zero, "absolute").count("many times worse") == 3
