"""The presets' benchmark: its interval against theory, its rows against their budget."""

import numpy as np
import pytest
from numpy.random import default_rng

from benchmarks.presets import GROUPS, ROWS, Result, bootstrap
from rbm import PATTERNS


def test_bootstrap_interval_has_the_width_of_theory_with_patterns_fixed():
    rng = default_rng(0)
    pattern_means = np.arange(12)[:, None]  # far apart, and no part of the interval
    scores = pattern_means + 0.5 * rng.standard_normal((12, 40))
    low, high = bootstrap(scores)
    assert low < scores.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(scores.size), rel=0.15)


def test_groups_hold_every_pattern_once():
    assert sorted(sum(GROUPS.values(), ())) == sorted(PATTERNS)


@pytest.mark.parametrize("name", ROWS)
def test_rows_spend_the_same_budget(name):
    row = ROWS[name]
    visits = sum(row.settings.n_points * (row.settings.k_at(e) + 1) for e in range(row.epochs))
    assert visits == pytest.approx(36e6, rel=0.03)


def test_a_line_says_whether_the_intervals_meet():
    def line(low, high):
        return Result("row", "group", 0.3, low, high, 0.1, 1.0, (0.34, 0.33, 0.35), {}).line()

    assert "agrees" in line(0.29, 0.331)
    assert "differs" in line(0.29, 0.32)
    assert "differs" in line(0.36, 0.37)
