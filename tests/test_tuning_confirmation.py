"""Confirming: what is claimed of settings, on what evidence."""

import math
from dataclasses import replace

import numpy as np
import pytest

import rbm
from rbm.tuning import DIVERGED, Outcome, default_range
from rbm.tuning.confirmation import FRESH_SEED, Confirmation, bootstrap_interval, judge
from rbm.tuning.search import Search

QUICK = replace(rbm.PRESETS["Better, 8 units"].settings, n_points=60)


def outcome(mismatch: float) -> Outcome:
    return Outcome((mismatch,), (), int(math.isnan(mismatch)), 0.1, 0.2, 9)


def test_claims_are_measured_on_fresh_seeds_data_and_noise():
    asked = Confirmation({"a": QUICK, "b": replace(QUICK, sigma=0.5)}, ("ring", "moons"), seeds=3)
    assert len(asked.trials) == 12
    assert [trial.seeds for trial in asked.trials[:3]] == [(FRESH_SEED + n,) for n in range(3)]
    assert all(trial.fresh_noise for trial in asked.trials)
    assert [trial.patterns for trial in asked.trials[:6:3]] == [("ring",), ("moons",)]
    assert [trial.settings.sigma for trial in asked.trials[::6]] == [QUICK.sigma, 0.5]
    assert max(Search(QUICK, (default_range("k"),)).seeds) < FRESH_SEED
    subject = asked.trials[4].subjects[0]
    assert (subject.seed, subject.data_seed) == (FRESH_SEED + 1, FRESH_SEED + 1)


def test_a_verdict_is_means_failures_and_a_paired_difference():
    asked = Confirmation({"default": QUICK, "new": QUICK}, ("ring", "moons"), seeds=40)
    rng = np.random.default_rng(0)
    luck = rng.normal(0, 0.2, (2, 40))  # of the data, the same for both
    default = np.array([[0.5], [0.7]]) + luck
    new = default - 0.1 + rng.normal(0, 0.02, (2, 40))
    scores = np.concatenate([default.ravel(), new.ravel()])
    scores[3], scores[85] = math.nan, 1.5
    first, second = judge(asked, {n: outcome(score) for n, score in enumerate(scores)})
    assert (first.name, second.name) == ("default", "new")
    assert (first.diverged, second.diverged) == (1, 0)
    assert second.above_one == int((scores[80:] > 1).sum()) >= 1
    assert first.above_one == int((scores[:80] > 1).sum()) + 1
    known = np.where(np.isnan(scores), DIVERGED, scores)
    assert second.mean == pytest.approx(known[80:].mean())
    assert first.mean == pytest.approx(known[:80].mean())
    assert second.by_pattern["moons"] == pytest.approx(known[120:].mean())
    assert second.low < second.mean < second.high
    assert first.difference == (0, 0, 0)
    assert not first.better
    mean, low, high = second.difference
    assert mean == pytest.approx(known[80:].mean() - known[:80].mean())
    assert low < mean < high
    assert first.runs == 80


def test_pairing_sees_what_luck_would_hide():
    asked = Confirmation({"default": QUICK, "new": QUICK}, seeds=20)
    rng = np.random.default_rng(1)
    luck = rng.normal(0, 0.3, 20)
    scores = np.concatenate([luck, luck - 0.05 + rng.normal(0, 0.01, 20)])
    _, new = judge(asked, {n: outcome(score) for n, score in enumerate(scores)})
    assert new.better
    assert new.low < scores[:20].mean() < new.high  # its own interval would not have told
    _, same = judge(asked, {n: outcome(score) for n, score in enumerate([*luck, *luck[::-1]])})
    assert not same.better


def test_the_interval_has_the_width_of_theory_with_patterns_fixed():
    rng = np.random.default_rng(0)
    scores = np.arange(12)[:, None] + 0.5 * rng.standard_normal((12, 40))
    low, high = bootstrap_interval(scores)
    assert low < scores.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(scores.size), rel=0.15)


@pytest.mark.parametrize("wrong", [{"candidates": {}}, {"seeds": 1}])
def test_confirming_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match="candidate"):
        Confirmation(**{"candidates": {"a": QUICK}, **wrong})
