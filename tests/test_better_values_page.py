"""docs/better-values.md: every number in its tables is what the committed measurement says."""

import json
from pathlib import Path

import pytest

import rbm
from benchmarks.better_values import page, results, rows
from rbm.tuning import TUTORIAL_VISITS
from rbm.tuning.confirmation import FRESH_SEED

DOCS = Path(__file__).parents[1] / "docs"
TEXT = (DOCS / "better-values.md").read_text("utf-8")
KEPT = json.loads((DOCS / "better-values.json").read_text("utf-8"))


def test_tables_are_those_of_the_results_and_there_are_no_others():
    assert page.in_page(TEXT, KEPT) == TEXT
    outside = page.MARKED.sub("", TEXT)
    assert not [line for line in outside.splitlines() if line.startswith("|")]
    shown = {mark["name"] for mark in page.MARKED.finditer(TEXT)}
    assert shown >= set(page.tables(KEPT))


def test_another_result_would_not_pass():
    other = json.loads(json.dumps(KEPT))
    other["groups"]["machines"]["Better, 8 units"]["scores"]["ring"][0] += 1
    assert page.in_page(TEXT, other) != TEXT


def test_results_are_those_of_the_presets_as_they_are():
    assert KEPT["budget"] == TUTORIAL_VISITS
    assert KEPT["first_seed"] == FRESH_SEED
    for name, learner in rows.MACHINES.items():
        kept = KEPT["groups"]["machines"][name]
        assert rbm.Settings(**kept["settings"]) == learner.settings, name
        assert kept["epochs"] == learner.epochs


@pytest.mark.parametrize("group", [name for name in KEPT["groups"] if "changes" not in name])
def test_every_row_has_equally_many_seeds_on_every_pattern(group):
    for row in KEPT["groups"][group].values():
        patterns = rbm.PATTERNS if group != page.SEARCHED else row["scores"]
        assert results.scores_of(row, list(patterns)).ndim == 2  # raises for ragged rows


def test_what_was_found_for_a_pattern_is_compared_on_equal_seeds():
    """By hand: 0.1 better on each of two seeds, so the interval has no width."""
    row = {"settings": vars(rbm.Settings(n_hidden=24)), "scores": {"ring": [0.1, 0.3]}}
    usual = {"scores": {"ring": [0.2, 0.4, 0.9], "moons": [0.2, 0.2, 0.2]}}
    groups = {page.SEARCHED: {"Ring": row}, "machines": {"Better values": usual}}
    line = page.TABLES[page.SEARCHED]({"groups": groups}).splitlines()[2]
    assert line.startswith("| Ring | 24 | 0.2 | 0.1 | 20 | 0.5 | 0.200 [")
    assert line.endswith("| 0.500 | -0.100 [-0.100, -0.100] |")


def test_pictures_are_there():
    assert (DOCS / "pictures" / "better-values.png").stat().st_size > 10_000
    assert "(pictures/better-values.png)" in TEXT
