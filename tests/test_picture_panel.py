"""The panels for pictures and words, without a browser: choose, see, learn, or be refused."""

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from rbm.darkness import brightness, otsu, sample_dark
from rbm.datasets import make_dataset
from rbm.picture import read_picture
from rbm.words import draw_word


def script():
    import streamlit as st

    from rbm.app.picture_panel import picture_panel, word_panel
    from rbm.app.session import from_params

    if "session" not in st.session_state:
        st.session_state["session"] = from_params({"n_points": "30", "n_hidden": "3"})
    session = st.session_state["session"]
    picture_panel(session)
    word_panel(session)
    st.write(" ".join(session.complaints))


def png(levels):
    stream = io.BytesIO()
    Image.fromarray(np.asarray(levels, np.uint8)).save(stream, "PNG")
    return stream.getvalue()


CROSS = np.full((300, 500), 250)
CROSS[140:160, 100:400] = CROSS[50:250, 240:260] = 30
SHADOW = CROSS * np.linspace(1, 0.3, 500)


@pytest.fixture
def app():
    return AppTest.from_function(script, default_timeout=120).run()


def upload(app, content, name="a [b](c).png"):
    app.file_uploader(key="picture_file").set_value((name, content, "image/png")).run()
    assert not app.exception
    return app


def press(app, key):
    app.button(key=key).click().run()
    assert not app.exception
    return app.session_state["session"].dataset


def said(app):
    elements = [*app.caption, *app.error, *app.info, *app.markdown]
    return " ".join(element.value for element in elements).replace("\\", "")


def test_a_picture_is_learnt_at_the_press_and_not_before(app):
    upload(app, png(CROSS))
    assert app.session_state["session"].dataset is None
    learnt = press(app, "picture_use")
    bright = brightness(read_picture(png(CROSS)).grey)
    points = sample_dark(bright, 500, threshold=round(otsu(bright), 2))
    expected = make_dataset("x", "picture", points)
    np.testing.assert_array_equal(learnt.points, expected.points)
    np.testing.assert_array_equal(learnt.held_out, expected.held_out)
    assert (learnt.name, learnt.kind) == ("a [b](c).png", "picture")
    assert "500 × 300 pixels and was reduced to 400 × 240" in learnt.notes[0]
    assert learnt.notes[1].endswith("(seed 0, zoomed).")
    assert all(note in said(app) for note in learnt.notes)
    assert len(app.session_state["session"].run.data) == 400


def test_every_choice_has_its_effect(app):
    upload(app, png(255 - SHADOW))
    app.toggle(key="picture_light").set_value(True).run()
    assert "% of the picture counts as dark" in said(app)
    app.toggle(key="picture_even").set_value(True).run()
    assert "of the picture counts as dark" not in said(app)
    app.toggle(key="picture_zoom").set_value(False).run()
    app.toggle(key="picture_own").set_value(True).run()
    app.slider(key="picture_threshold").set_value(0.4).run()
    app.number_input(key="picture_count").set_value(80).run()
    app.number_input(key="picture_seed").set_value(5).run()
    learnt = press(app, "picture_use")
    bright = brightness(read_picture(png(255 - SHADOW)).grey, light_on_dark=True, even_light=True)
    points = sample_dark(bright, 80, threshold=0.4, zoom=False, seed=5)
    np.testing.assert_array_equal(learnt.points, make_dataset("x", "picture", points).points)
    assert learnt.notes[-1] == (
        "80 points were drawn from what is darker than 0.40 of white (seed 5, light on dark, light "
        "evened out)."
    )


def test_the_threshold_goes_by_itself_until_it_is_chosen(app):
    upload(app, png(CROSS))
    slider = app.slider(key="picture_threshold")
    assert slider.disabled
    first = slider.value
    assert first == pytest.approx(otsu(brightness(read_picture(png(CROSS)).grey)), abs=0.006)
    upload(app, png(CROSS // 2))
    assert app.slider(key="picture_threshold").value < first - 0.1
    app.toggle(key="picture_own").set_value(True).run()
    app.slider(key="picture_threshold").set_value(0.9).run()
    upload(app, png(CROSS))
    assert app.slider(key="picture_threshold").value == 0.9


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (png(CROSS)[:200], "“a [b](c).png” is damaged or incomplete"),
        (b"GIF89a" + bytes(50), "a GIF picture: save it as PNG"),
        (png(np.full((50, 50), 3)), "equally bright everywhere"),
    ],
)
def test_a_refusal_keeps_the_current_data(app, content, sentence):
    upload(app, png(CROSS))
    before = press(app, "picture_use")
    upload(app, content)
    assert sentence in said(app)
    assert "The current data stay." in said(app)
    assert not [button for button in app.button if button.key == "picture_use"]
    assert app.session_state["session"].dataset is before


def test_a_picture_is_read_once(app, monkeypatch):
    upload(app, png(CROSS))
    kept = app.session_state["picture_read"]
    app.number_input(key="picture_count").set_value(300).run()
    assert app.session_state["picture_read"] is kept


def test_a_word_is_learnt(app):
    app.text_input(key="word_text").set_value("Größe").run()
    app.segmented_control(key="word_weight").set_value(900).run()
    app.number_input(key="word_count").set_value(90).run()
    app.number_input(key="word_seed").set_value(3).run()
    learnt = press(app, "word_use")
    points = sample_dark(brightness(draw_word("Größe", 900)), 90, threshold=1.0, seed=3)
    np.testing.assert_array_equal(learnt.points, make_dataset("x", "word", points).points)
    assert (learnt.name, learnt.kind) == ("Größe", "word")
    assert learnt.notes == ("90 points were drawn from the letters (seed 3).",)


@pytest.mark.parametrize("text", ["", "網", "\n\n"])
def test_a_word_that_cannot_be_drawn_is_refused(app, text):
    app.text_input(key="word_text").set_value(text).run()
    assert not app.exception
    assert "nothing to draw" in said(app) or "The font has no “網”" in said(app)
    assert not [button for button in app.button if button.key == "word_use"]
