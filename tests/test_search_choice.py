"""What a person chooses for a search: in a link and back, and the search that it makes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rbm
from rbm.patterns import PATTERNS
from rbm.presets import PRESETS
from rbm.settings import Settings
from rbm.tuning import Range, default_range
from rbm.tuning.budget import TUTORIAL_BUDGET
from rbm.tuning.search_choice import (
    FIRST,
    PREFIX,
    SearchChoice,
    choice_to_params,
    params_to_choice,
)
from rbm.tuning.space import TUNABLE
from tests.studies import OWN

MINE = SearchChoice(
    (Range("sigma", 0.1, 2, log=True), Range("k", choices=(1, 3)), default_range("centred")),
    "Better, 8 units", ("ring", "moons"), 5, 700, False, 0, 12,
)  # fmt: skip
HERE = Settings(pattern="moons", sigma=0.9, n_points=77, seed=5, data_seed=6)


@given(
    st.lists(st.sampled_from(TUNABLE), min_size=1, max_size=5, unique=True),
    st.sampled_from(["", *PRESETS]),
    st.lists(st.sampled_from(list(PATTERNS)), unique=True),
    st.integers(1, 16), st.integers(0, 100_000), st.booleans(), st.integers(0, 2_000),
    st.integers(1, 600),
)  # fmt: skip
def test_a_link_brings_the_choices_back(names, start, patterns, seeds, epochs, early, trials, m):
    ranges = tuple(default_range(name) for name in names)
    chosen = SearchChoice(ranges, start, tuple(patterns), seeds, epochs, early, trials, m)
    complaints: list[str] = []
    assert params_to_choice(choice_to_params(chosen), complaints) == chosen
    assert complaints == []


def test_a_link_says_all_and_names_all_patterns_shortly():
    params = choice_to_params(MINE)
    assert params[f"{PREFIX}ranges"] == "sigma=0.1:2:log;k=1,3;centred=no,yes"
    assert params[f"{PREFIX}patterns"] == "ring,moons"
    everything = replace(MINE, patterns=tuple(PATTERNS))
    assert choice_to_params(everything)[f"{PREFIX}patterns"] == "all"
    assert params_to_choice({"sigma": "0.3", "page.other": "x"}, []) == FIRST


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ranges", "sigma=2:1"), ("ranges", "sigma;sigma"), ("ranges", ""), ("ranges", "x" * 9999),
        ("start", "<b>"), ("patterns", "ring,none"), ("seeds", "0"), ("seeds", "1e3"),
        ("epochs", "-1"), ("early", "yes"), ("trials", "99999"), ("minutes", "0"), ("other", "1"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_a_complaint_and_the_usual_choice(name, text):
    complaints: list[str] = []
    assert params_to_choice({PREFIX + name: text}, complaints) == FIRST
    assert len(complaints) == 1
    assert len(complaints[0]) < 200


def test_the_search_is_what_was_chosen():
    search = MINE.search(HERE, None)
    eight = PRESETS["Better, 8 units"].settings
    assert search.base == replace(eight, pattern="ring", n_points=77)
    assert search.ranges == MINE.ranges
    assert search.patterns == ("ring", "moons")
    assert (search.budget.epochs, search.seeds, search.checks) == (700, (0, 1, 2, 3, 4), ())
    assert (MINE.seconds, FIRST.seconds) == (720, None)


def test_without_a_choice_it_is_what_the_playground_has_but_for_its_seeds():
    search = FIRST.search(HERE, OWN)
    assert search.base == replace(HERE, seed=0, data_seed=0)
    assert search.dataset is OWN
    assert (search.patterns, search.budget) == ((), TUTORIAL_BUDGET)
    assert len(search.checks) == 2


def test_a_pattern_is_learnt_instead_of_own_data():
    one = replace(FIRST, patterns=("ring",)).search(HERE, OWN)
    assert (one.base.pattern, one.patterns, one.dataset) == ("ring", (), None)
    assert one.trial({}).subjects[0].pattern == "ring"


def test_a_search_for_nothing_is_a_sentence():
    with pytest.raises(ValueError, match="needs a range"):
        replace(FIRST, ranges=()).search(rbm.Settings(), None)
