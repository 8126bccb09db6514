"""What a board takes, how it is measured, and where it stands."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rbm
from rbm.run import SCORE_SEED
from rbm.settings import Settings
from rbm.tuning import DIVERGED, run_trial
from rbm.tuning.confirmation import FRESH_SEED
from rbm.tuning.leaderboard import (
    POINTS,
    TUTORIAL,
    BoardEntry,
    prepared,
    standings,
    trials_of,
)

MINE = Settings(pattern="ring", n_hidden=4, k=1, k_end=1, k_ramp=0, sigma=0.9)


def entry(number, scores=(), n_hidden=8, **others):
    return BoardEntry(
        number, f"n{number}", "o", replace(MINE, n_hidden=n_hidden), 10, scores=scores, **others
    )


def test_settings_are_entered_on_the_pattern_as_it_is_by_default():
    wild = replace(
        MINE, n_points=77, seed=5, data_seed=6, pattern_noise=0.1, pattern_options={"gap": 0.2}
    )
    assert prepared(wild, "moons") == replace(MINE, pattern="moons", n_points=POINTS)
    with pytest.raises(ValueError, match="up to 32 hidden units; this one has 33"):
        prepared(replace(MINE, n_hidden=33), "ring")
    with pytest.raises(ValueError, match="no board for a pattern named 'x'"):
        prepared(MINE, "x")
    with pytest.raises(ValueError, match="batches of 25 points or more"):
        prepared(replace(MINE, batch_size=24), "ring")
    assert prepared(replace(MINE, batch_size=25), "ring").batch_size == 25


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([0, 5]), st.integers(0, 12))
def test_what_learns_equally_is_equal(k, k_end, ramp, epoch):
    asked = replace(MINE, k=k, k_end=k_end, k_ramp=ramp)
    settings = prepared(asked, "ring")
    assert settings.k_at(epoch) == asked.k_at(epoch)
    if k == k_end:
        assert settings == prepared(replace(asked, k_ramp=9), "ring")
    if ramp == 0:
        assert settings == prepared(replace(asked, k=1), "ring")


def test_an_entry_is_measured_as_a_claim_is():
    (trial, *_) = trials_of(entry(1), (FRESH_SEED, FRESH_SEED + 1))
    assert (trial.settings, trial.epochs, trial.seeds) == (
        replace(MINE, n_hidden=8), 10, (FRESH_SEED,),
    )  # fmt: skip
    assert (trial.fresh_noise, trial.picture) == (True, True)
    run = rbm.training.train(trial.subjects[0], 10)
    assert run_trial(trial).mismatch[0] == run.mismatch_at(10, run_noise(FRESH_SEED))


def run_noise(seed):
    """The noise that a claim with this seed is scored on."""
    return SCORE_SEED + 1 + seed


def test_the_best_mean_comes_first_and_intervals_are_of_the_seeds():
    tutorial = entry(0, (0.7, 0.9, 0.8, 0.6), preset=TUTORIAL, reference=True)
    good, bad = entry(1, (0.2, 0.4, 0.3, 0.1)), entry(2, (0.3, math.nan, 0.3, 0.3))
    preset = entry(6, reference=True)
    waits, refused, large = entry(3), entry(4, refused="No."), entry(5, (0.0,) * 4, n_hidden=9)
    board = standings([refused, preset, waits, bad, tutorial, good, large], 8)
    assert [s.entry.id for s in board] == [1, 2, 0, 3, 6, 4]
    assert [s.rank for s in board] == [1, 2, 3, None, None, None]
    first, second, third, *_ = board
    assert first.mean == pytest.approx(0.25)
    assert (second.mean, second.diverged) == (pytest.approx((0.9 + DIVERGED) / 4), 1)
    assert 0.1 < first.low < first.mean < first.high < 0.4
    # The mean of four of a spread of 0.112 has one of 0.056.
    assert first.high - first.low == pytest.approx(2 * 1.96 * 0.056, rel=0.2)
    assert first.difference == pytest.approx((-0.5, -0.5, -0.5))  # seed by seed it is the same
    assert first.beats_tutorial
    assert not second.beats_tutorial  # better in the mean, but one run in four diverges
    assert not third.beats_tutorial
    assert [s.entry.id for s in standings([tutorial, large], 32)] == [5, 0]
    assert standings([good], 8)[0].difference is None


def test_scores_are_counted_as_everywhere():
    assert np.isclose(standings([entry(1, (math.nan,) * 8)], 8)[0].mean, DIVERGED)
