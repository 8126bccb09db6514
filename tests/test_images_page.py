"""The page "Images", run by Streamlit's own test runner through `app.py`."""

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from rbm.app.binary_controls import GROUPS
from rbm.app.binary_session import KEY
from rbm.binary_help import BINARY_TRIALS
from rbm.binary_settings import BINARY_KNOBS
from rbm.cases import CASE_SETS
from rbm.picture_cases import grid_values

TABLE = "likes cats,likes dogs,smoker,age,species\n" + 6 * (
    "0,1,yes,31,ape\n1,1,no,44,bee\n1,0,no,25,ape\n0,0,yes,52,cat\n"
)


def opened(**params):
    app = AppTest.from_file("../app.py", default_timeout=120)
    app.query_params.update({"cases": "films"} | params)
    app.switch_page("pages/images.py").run()
    assert not app.exception
    return app


def session(app):
    return app.session_state[KEY]


def said(app):
    return "\n".join(each.value for each in (*app.caption, *app.warning, *app.error))


@pytest.fixture
def page():
    return opened()


def test_it_shows_the_cases_and_what_is_known_of_them(page):
    assert session(page).cases.title == "Six films"
    assert "60 cases are learnt, 6 units each" in said(page)
    assert page.get("bidi_component")[0].proto.bytes  # the machine view got its message


def test_every_setting_for_bernoulli_units_has_a_control():
    shown = {name for names in GROUPS.values() for name in names}
    assert shown == set(BINARY_KNOBS) - {"visible", "variance_learning_rate"}


def test_steps_reset_and_undo(page):
    page.button(key="binary_step").click().run()
    page.button(key="binary_step").click().run()
    assert session(page).epoch == 2
    assert page.query_params["epoch"] == "2"
    page.button(key="binary_reset").click().run()
    assert session(page).epoch == 0
    page.button(key="binary_undo").click().run()
    assert session(page).epoch == 2


def test_a_live_setting_keeps_the_run_and_one_that_restarts_does_not(page):
    page.button(key="binary_step").click().run()
    page.select_slider(key="binary_learning_rate").set_value(0.5).run()
    assert session(page).epoch == 1
    assert session(page).settings.learning_rate == 0.5
    assert session(page).settings.learning_rate_end == 0.5  # what was constant stays so
    page.number_input(key="binary_n_hidden").set_value(3).run()
    assert session(page).epoch == 0
    assert session(page).settings.n_hidden == 3


@pytest.mark.parametrize("name", CASE_SETS)
def test_every_set_can_be_chosen(page, name):
    page.selectbox(key="cases_choice").set_value(name).run()
    assert not page.exception
    assert session(page).set_name == name
    assert page.query_params["cases"] == name


def test_a_link_restores_settings_epoch_and_says_what_it_cannot_read():
    page = opened(epoch="3", seed="9", n_hidden="oops")
    assert session(page).epoch == 3
    assert session(page).settings.seed == 9
    assert "oops" in said(page)


def test_a_run_to_an_epoch_trains_there(page):
    page.number_input(key="binary_run_to").set_value(7).run()
    page.button(key="binary_run_to_epoch").click().run()
    assert session(page).epoch == 7


def bring(page, way):
    page.expander[0]
    page.session_state["own_cases"] = True
    page.run()
    page.segmented_control(key="own_way").set_value(way).run()
    assert not page.exception
    return page


def test_a_table_is_learnt_with_its_columns_names(page):
    bring(page, "A table")
    page.file_uploader(key="own_table_file").set_value(
        ("mine.csv", TABLE.encode(), "text/csv")
    ).run()
    assert not page.exception
    columns = page.multiselect[0]
    assert columns.value == ["likes cats", "likes dogs", "smoker"]
    assert "In “smoker” yes counts as 1, no as 0" in said(page).replace("\\", "")
    label = next(each for each in page.selectbox if each.label.startswith("Column that names"))
    label.set_value("species").run()
    page.button(key="own_learn").click().run()
    assert session(page).cases.names == ("likes cats", "likes dogs", "smoker")
    assert session(page).cases.label_names == ("ape", "bee", "cat")
    assert page.query_params["cases"] == "own"
    page.button(key="binary_step").click().run()
    assert session(page).epoch == 1


def test_a_column_beyond_the_range_is_refused_until_its_map_is_chosen(page):
    bring(page, "A table")
    page.file_uploader(key="own_table_file").set_value(
        ("mine.csv", TABLE.encode(), "text/csv")
    ).run()
    page.multiselect[0].set_value(["likes cats", "age"]).run()
    values = next(each for each in page.selectbox if each.label == "Values")
    assert values.value.startswith("Stretch")
    values.set_value("As they are: 0 to 1").run()
    assert "31 in column “age”, and units go from 0 to 1" in said(page).replace("\\", "")
    before = session(page).run
    assert all(button.key != "own_learn" for button in page.button)
    assert session(page).run is before


def png(array):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


def test_pictures_become_images_of_one_size(page):
    bring(page, "Pictures")
    ring = np.full((40, 20), 255, np.uint8)
    ring[10:30, 5:15] = 0
    files = [(f"{i}.png", png(ring if i % 2 else 255 - ring), "image/png") for i in range(3)]
    page.file_uploader(key="own_pictures").set_value(files).run()
    assert not page.exception
    page.button(key="own_learn").click().run()
    cases = session(page).cases
    assert cases.shape == (16, 16)
    assert len(cases.values) == 3
    np.testing.assert_allclose(cases.values[1], grid_values(ring, (16, 16)))


def test_a_damaged_picture_leaves_the_run(page):
    bring(page, "Pictures")
    page.file_uploader(key="own_pictures").set_value([("a.png", b"no", "image/png")]).run()
    assert "not a picture" in said(page)
    assert session(page).cases.title == "Six films"


def test_drawn_images_are_gathered_and_learnt(page):
    bring(page, "Draw")
    for at in range(3):
        image = np.zeros(64)
        image[at] = 1.0
        page.session_state["own_image"] = image
        page.run()
        next(each for each in page.button if each.label == "Add this image").click().run()
    assert not page.session_state["own_image"].any()
    page.button(key="own_learn").click().run()
    np.testing.assert_array_equal(session(page).cases.values, np.eye(64)[:3])
    assert session(page).cases.shape == (8, 8)


def test_a_picture_keeps_its_proportions_and_its_darkness():
    grey = np.full((10, 20), 255, np.uint8)
    grey[:, :10] = 0
    values = grid_values(grey, (8, 8)).reshape(8, 8)
    assert (values[2:6, :4] == 1).all()
    assert (values[:2] == 0).all()
    assert (values[6:] == 0).all()
    assert (values[2:6, 4:] == 0).all()
    light = grid_values(grey, (8, 8), light_on_dark=True).reshape(8, 8)
    assert (light[2:6, 4:] == 1).all()
    assert (light[:2] == 0).all()  # what is left over is ground, either way


def test_each_pixel_is_the_mean_of_what_it_covers():
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (16, 16)).astype(np.uint8)
    expected = 1 - grey.reshape(8, 2, 8, 2).mean(axis=(1, 3)) / 255
    np.testing.assert_allclose(grid_values(grey, (8, 8)).reshape(8, 8), expected, atol=1e-6)


@pytest.mark.parametrize("name", BINARY_TRIALS)
def test_every_trial_is_set_up_and_plays(page, name):
    trial = BINARY_TRIALS[name]
    page.segmented_control(key="binary_trial").set_value(name).run()
    page.button(key="binary_try").click().run()
    assert not page.exception
    here = session(page)
    assert here.playing
    assert here.stop_at == trial.epochs
    for setting, value in trial.changes.items():
        assert getattr(here.settings, setting) == value
    if trial.first:
        assert len(here.cases.training) == trial.first
        assert len(here.cases.test) == 449
    here.pause()
