"""What a person chooses for a sweep, and its way through a link."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.links import decode
from rbm.settings import KNOBS, Settings
from rbm.tuning.space import TUNABLE
from rbm.tuning.sweep_choice import (
    FIRST,
    SPACINGS,
    SweepChoice,
    choice_to_params,
    params_to_choice,
    usual_choice,
)


@given(
    st.permutations(TUNABLE), st.booleans(), st.sampled_from(list(SPACINGS)), st.integers(1, 8),
    st.integers(1, 20_000), st.integers(2, 12),
)  # fmt: skip
def test_choices_come_back_from_a_link(names, two, spacing, seeds, epochs, steps):
    def axis(name):
        usual = usual_choice(name)
        fits = usual.spacing != "list" and (spacing != "log" or usual.low > 0)
        return replace(usual, spacing=spacing, steps=steps) if fits else usual

    chosen = SweepChoice(axis(names[0]), axis(names[1]) if two else None, seeds, epochs)
    complaints: list[str] = []
    back = params_to_choice(choice_to_params(chosen), complaints)
    assert complaints == []
    assert back.across.axis() == chosen.across.axis()
    assert (back.up and back.up.axis()) == (chosen.up and chosen.up.axis())
    assert (back.seeds, back.epochs) == (seeds, epochs)
    assert choice_to_params(back) == choice_to_params(chosen)


@given(
    st.dictionaries(
        st.sampled_from([*choice_to_params(FIRST), "page.sweep_", "page.sweep_x"]),
        st.text(max_size=20)
        | st.lists(
            st.sampled_from(["sigma", "list", "log", "linear", "rule", "1", "nan", "1e400", ""]),
            max_size=6,
        ).map("~".join),
        max_size=4,
    )
)
def test_any_link_is_read_or_complained_about(params):
    complaints: list[str] = []
    chosen = params_to_choice(params, complaints)
    for choice in filter(None, (chosen.across, chosen.up)):
        assert choice.axis().values
    assert chosen.up is None or chosen.up.name != chosen.across.name
    assert 1 <= chosen.seeds <= 8
    assert not decode(params, Settings()).complaints  # none of a run's business


@pytest.mark.parametrize("word", ["yes", "On", "1"])
def test_truth_may_be_said_in_words(word):
    assert replace(usual_choice("centred"), listed=f"no, {word}").axis().values == (False, True)
    with pytest.raises(ValueError, match="yes or no"):
        replace(usual_choice("centred"), listed="maybe").axis()


def test_every_setting_has_a_usual_choice():
    for name in TUNABLE:
        assert 2 <= len(usual_choice(name).axis().values) <= 6
        listed = replace(usual_choice(name), spacing="list").axis()
        assert all(KNOBS[name].check(value) == value for value in listed.values)
