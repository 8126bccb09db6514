"""The presets' benchmark: its groups of patterns, and its rows against their budget."""

import pytest

from benchmarks.presets import GROUPS, ROWS, Result
from rbm import PATTERNS


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
