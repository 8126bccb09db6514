"""A typed word as grey levels: its letters, its size, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbm import words
from rbm.picture import SIDE
from rbm.words import MAX_CHARACTERS, WEIGHTS, draw_word

EUROPE = "Größe ñandú Žluť őş ĞİąŁ €½ éèç"
EAST = "Жизнь Ωμέγα Їжак ћ"


@pytest.fixture
def without_streamlit(monkeypatch):
    monkeypatch.setattr(words, "_font_file", lambda: None)
    words._trial_font.cache_clear()
    yield
    words._trial_font.cache_clear()


@pytest.mark.parametrize("text", ["Hello", EUROPE, EAST, "RBM\n2026", "i", "W" * 40, "."])
@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_word_fills_its_picture_and_is_not_cut(text, weight, monkeypatch):
    grey = draw_word(text, weight)
    assert max(grey.shape) <= SIDE + 12
    if text not in ".i":  # which have room beside them
        assert max(grey.shape) >= 0.9 * SIDE
    if text == ".":  # and would be a mere blot
        assert max(grey.shape) < 0.5 * SIDE
    for edge in (grey[0], grey[-1], grey[:, 0], grey[:, -1]):
        assert edge.min() < 255

    def roomy(word, font, extent=words._extent):
        room = 0 if font.size == words.TRIAL_SIZE else 30
        return np.add(extent(word, font), [-room, -room, room, room])

    monkeypatch.setattr(words, "_extent", roomy)
    np.testing.assert_array_equal(draw_word(text, weight), grey)  # nothing was cut off


def test_letters_stand_upright_and_in_order():
    """L: its left third is a stroke, its upper right is empty, its foot reaches to the right."""
    ink = draw_word("L") < 128
    height, width = ink.shape
    assert ink[: height // 2, width // 2 :].sum() == 0
    assert ink[-height // 8 :, width // 2 :].any()
    tall = draw_word("l.") < 128
    assert tall[: tall.shape[0] // 2, tall.shape[1] // 2 :].sum() == 0


def test_a_heavier_weight_has_more_ink():
    shares = [1 - draw_word("Boltzmann", weight).mean() / 255 for weight in sorted(WEIGHTS)]
    assert (np.diff(shares) > 0.02).all()


def test_letters_may_come_in_pieces_and_blanks_are_tidied():
    np.testing.assert_array_equal(draw_word("a\u0301"), draw_word("á"))
    np.testing.assert_array_equal(draw_word("  two\twords \n\n x "), draw_word("two words\nx"))


@pytest.mark.parametrize("text", ["網", "مرحبا", "שלום", "😀", "\u2066x", "\0", "x\x1by", "\ufffe"])
def test_what_the_font_lacks_is_named(text):
    with pytest.raises(ValueError, match=r"^The font has no “"):
        draw_word(text)


def test_the_stand_in_font_draws_too(without_streamlit):
    assert (draw_word("Hello") < 128).any()
    with pytest.raises(ValueError, match="“Ж”: it knows unaccented Latin letters"):
        draw_word("HЖ")


@settings(max_examples=60)
@given(st.text(max_size=MAX_CHARACTERS + 5))
def test_any_text_gives_a_picture_or_a_sentence(text):
    try:
        grey = draw_word(text)
    except ValueError as refusal:
        said = str(refusal)
        assert said.endswith(".")
        assert len(said) < 400
    else:
        assert max(grey.shape) <= SIDE + 12
        assert grey.min() < 255
