"""Ranges as somebody writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.tuning import Range, default_range
from rbm.tuning.range_text import range_to_text, text_to_range, value_of, value_to_text
from rbm.tuning.space import TUNABLE


def test_ranges_as_written():
    assert text_to_range("sigma") == default_range("sigma")
    assert text_to_range("sigma=0.1:1") == Range("sigma", 0.1, 1)
    assert text_to_range("sigma=0.1:1:log") == Range("sigma", 0.1, 1, log=True)
    assert text_to_range("sigma=0.1:1:linear") == Range("sigma", 0.1, 1)
    assert text_to_range("k=1,2,3") == Range("k", choices=(1, 2, 3))
    assert text_to_range("k= 1, 2 ,") == Range("k", choices=(1, 2))
    assert text_to_range("centred=yes,no") == Range("centred", choices=(True, False))
    assert text_to_range("centred=1") == Range("centred", choices=(True,))
    assert text_to_range("slope_rule=tutorial,entropy").choices == ("tutorial", "entropy")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("sigma=1:0.5", "is empty"),
        ("sigma=0:1:log", "begin above 0"),
        ("sigma=0.1:1:cubic", "LOW:HIGH:log"),
        ("sigma=a:b", "must be a number; got 'a'"),
        ("sigma=nan:1", "must lie between"),
        ("sigma=", "List the values of Noise"),
        ("nothing=", "List the values of 'nothing'"),
        ("centred=perhaps", "must be true or false"),
        ("k=1.5", "whole number"),
        ("seed", "no setting 'seed' to tune"),
        ("", "no setting '' to tune"),
    ],
)
def test_what_is_no_range_is_a_sentence(text, match):
    with pytest.raises(ValueError, match=match):
        text_to_range(text)


@pytest.mark.parametrize("name", TUNABLE)
def test_usual_ranges_come_back_as_they_were(name):
    assert text_to_range(range_to_text(default_range(name))) == default_range(name)


@given(st.floats(0, 2))
def test_numbers_come_back_bit_for_bit(sigma):
    assert value_of("sigma", value_to_text(sigma)) == sigma
