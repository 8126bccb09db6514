"""The playground page without a browser: every control acts on the run it names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm import links
from rbm.app.controls import GROUPS
from rbm.app.session import Session
from rbm.help import TRY_NEXT
from rbm.presets import PRESETS
from rbm.settings import KNOBS, Settings

APP = Path(__file__).parents[1] / "app.py"
QUICK = {"v": "1", "n_points": "30", "n_hidden": "3", "k": "1", "k_end": "1"}


def page(params: dict[str, str] | None = None) -> AppTest:
    """The app, opened by a link, with every panel open."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    for panel in [*(f"group_{title}" for title in GROUPS), "group_data"]:
        app.session_state[panel] = True
    for name, value in (params or {}).items():
        app.query_params[name] = value
    return app.run()


def session_of(app: AppTest) -> Session:
    return app.session_state["session"]


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


@pytest.fixture
def app() -> AppTest:
    return page(QUICK)


def test_a_first_visit_shows_the_best_preset_ready_to_play():
    app = page()
    assert not app.exception
    assert app.selectbox(key="preset").value == "Better, 16 units"
    assert app.selectbox(key="pattern").value == "split_ring"
    assert app.button(key="play").label == "Play"
    assert session_of(app).run.epoch == 0
    assert app.query_params["n_hidden"] == "16"


def test_play_becomes_pause_and_step_rests_meanwhile(app):
    press(app, "play")
    assert session_of(app).playing
    assert app.button(key="step").disabled
    press(app, "pause")
    assert not session_of(app).playing
    press(app, "step")
    assert session_of(app).run.epoch == 1
    press(app, "reset")
    assert session_of(app).run.epoch == 0
    press(app, "undo")
    assert session_of(app).run.epoch == 1


def test_run_to_epoch_and_the_address_bar(app):
    app.number_input(key="run_to").set_value(12).run()
    press(app, "run_to_epoch")
    assert session_of(app).run.epoch == 12
    assert app.query_params["epoch"] == "12"
    again = page(dict(app.query_params))
    np.testing.assert_array_equal(
        session_of(again).run.state.parameters, session_of(app).run.state.parameters
    )


@pytest.mark.parametrize("name", [name for names in GROUPS.values() for name in names])
def test_every_knob_moves_its_setting(app, name):
    press(app, "step")
    knob, key = KNOBS[name], f"knob_{name}"
    kind = {
        "bool": app.toggle, "choice": app.selectbox, "int": app.number_input,
    }.get(knob.kind, app.select_slider if knob.scale == "log" else app.slider)  # fmt: skip
    widget = kind(key=key)
    before = getattr(session_of(app).settings, name)
    assert widget.value == before
    if knob.kind == "bool":
        value = not before
    elif knob.kind == "choice":
        value = next(choice for choice in knob.choices if choice != before)
    elif knob.scale == "log":
        value = next(float(o) for o in widget.options if float(o) not in (before, knob.low))
    else:
        value = type(before)(before + (knob.step if before < knob.high else -knob.step))
    widget.set_value(value).run()
    assert not app.exception
    assert getattr(session_of(app).settings, name) == pytest.approx(value)
    assert session_of(app).run.epoch == (0 if knob.restarts else 1)


def test_a_link_says_where_the_run_goes_to_unless_that_is_as_ever(app):
    assert "page.goal" not in app.query_params
    app.number_input(key="run_to").set_value(36_973).run()
    assert app.query_params["page.goal"] in ("36973", ["36973"])
    assert page({**QUICK, "page.goal": "36973"}).number_input(key="run_to").value == 36_973
    damaged = page({**QUICK, "page.goal": "-1"})
    assert damaged.number_input(key="run_to").value == 2_000
    assert "must be a whole number" in damaged.warning[0].value


def test_every_knob_has_a_control():
    shown = {name for names in GROUPS.values() for name in names}
    assert shown | {"n_points", "pattern_noise", "data_seed"} == set(KNOBS)


def test_a_fixed_k_stays_fixed_when_it_is_moved(app):
    app.number_input(key="knob_k").set_value(4).run()
    assert (session_of(app).settings.k, session_of(app).settings.k_end) == (4, 4)


def test_presets_patterns_and_new_buttons(app):
    app.selectbox(key="preset").set_value("Tutorial (2008)").run()
    assert session_of(app).settings.sigma == Settings().sigma
    assert session_of(app).settings.n_points == 30
    app.selectbox(key="pattern").set_value("ring").run()
    assert session_of(app).settings.pattern == "ring"
    seed = session_of(app).settings.seed
    press(app, "new_seed")
    assert session_of(app).settings.seed != seed


def test_a_value_between_the_steps_is_shown_as_it_is():
    app = page(QUICK | {"learning_rate": "0.1234"})
    assert app.select_slider(key="knob_learning_rate").value == pytest.approx(0.1234)


def test_values_that_do_not_fit_together_are_refused_with_a_sentence(app):
    app.slider(key="knob_low").set_value(1.0).run()
    assert "empty" in app.warning[0].value
    assert session_of(app).settings.low == 0
    press(app, "dismiss")
    assert not app.warning


def test_instant_shows_the_trained_machine(app):
    app.toggle(key="instant").set_value(True).run()
    app.number_input(key="instant_epochs").set_value(20).run()
    assert session_of(app).run.epoch == 20
    app.slider(key="knob_sigma").set_value(0.77).run()
    assert session_of(app).run.epoch == 20
    assert session_of(app).run.history[0][1].sigma == pytest.approx(0.77)


def test_a_hostile_link_gives_sentences_and_a_working_page():
    app = page({
        "pattern": "<img src=x onerror=alert(1)>", "sigma": "1e400", "k": "[](javascript:x)",
        "epoch": "-1", "__proto__": "1", "changes": "~~~~" * 500,
    })  # fmt: skip
    assert not app.exception
    text = app.warning[0].value
    assert "<img" not in text
    assert "](" not in text
    assert session_of(app).settings == Settings()
    press(app, "step")
    assert session_of(app).run.epoch == 1


@pytest.mark.parametrize("name", [n for n, trial in TRY_NEXT.items() if trial.preset])
def test_each_trial_is_set_up_at_a_press(app, name):
    trial = TRY_NEXT[name]
    app.segmented_control(key="trial").set_value(name).run()
    press(app, "try_it")
    assert not app.exception
    session = session_of(app)
    assert session.playing
    expected = PRESETS[trial.preset].apply(session.settings)
    for field, value in vars(expected).items():
        assert getattr(session.settings, field) == trial.changes.get(field, value)


def test_closed_panels_are_not_sent_and_open_ones_are():
    app = AppTest.from_file(str(APP), default_timeout=120).run()
    keys = {widget.key for widget in [*app.slider, *app.number_input, *app.toggle]}
    assert "knob_sigma" in keys
    assert "knob_centred" not in keys
    app.session_state["group_Refinements"] = True
    app.session_state["help_Questions"] = True
    app.run()
    assert app.toggle(key="knob_centred").value
    assert any("binary or real-valued" in text.value for text in app.markdown)


def test_all_presets_are_offered(app):
    assert set(PRESETS) <= set(app.selectbox(key="preset").options)


def test_the_link_names_every_setting(app):
    assert set(links.encode(session_of(app).run.history, 0)) <= set(app.query_params)
