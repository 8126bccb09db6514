"""The page "Compare": from a link or the playground's run, every press that changes the pair."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from rbm import engine, training

from .duel_page import DUEL, LINK, SMALL, open_page, press, rest, run, same, words


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """Else a run may begin with one engine and go on with another, which round differently."""
    engine.warm_up(background=False)


@pytest.fixture
def page() -> AppTest:
    return open_page(LINK)


def test_it_starts_from_the_playgrounds_run_with_itself(page):
    duel = page.session_state["duel"]
    session = page.session_state["session"]
    assert duel.setup.a is duel.setup.b is session.run
    same(duel.pair.a, session.run)
    same(duel.pair.b, session.run)
    assert "go on from epoch 12" in words(page)
    assert "They are the same" in words(page)


def test_it_follows_the_playground_until_it_is_touched(page):
    session = page.session_state["session"]
    session.run_to(15)
    run(page)
    assert page.session_state["duel"].epoch == 15
    page.slider(key="duel_b_sigma").set_value(0.7)
    run(page)
    session.run_to(18)
    run(page)
    assert page.session_state["duel"].parted == 15
    rest(press(page, "duel_begin"))
    assert page.session_state["duel"].epoch == 18
    assert "They are the same" in words(page)


def test_one_difference_is_said_and_trained_in_lockstep(page):
    page.slider(key="duel_b_sigma").set_value(0.7)
    run(page)
    assert "They differ in **Noise σ**: 0\\.2 on A, 0\\.7 on B" in words(page)
    page.number_input(key="duel_goal").set_value(40)
    run(page)
    rest(press(page, "duel_run_to"))
    pair = page.session_state["duel"].pair
    assert pair.a.epoch == pair.b.epoch == 40
    same(pair.a, training.train(SMALL, 40))
    press(page, "duel_step")
    assert page.session_state["duel"].epoch == 41
    press(page, "duel_reset")
    assert page.session_state["duel"].epoch == 12
    press(page, "duel_undo")
    assert "They are the same" in words(page)


def test_a_restarting_setting_is_said(page):
    page.number_input(key="duel_b_n_hidden").set_value(3)
    run(page)
    rest(page)
    assert "begin again at epoch 0" in words(page)
    assert "Hidden units m" in words(page)
    assert page.number_input(key="duel_start").disabled


def test_side_a_has_settings_too_and_a_preset_is_one_press(page):
    page.button_group(key="duel_side").set_value("a")
    run(page)
    page.slider(key="duel_a_sigma").set_value(0.5)
    run(page)
    assert "0\\.5 on A, 0\\.2 on B" in words(page)
    page.selectbox(key="duel_preset_a").select("Better, 8 units")
    run(page)
    rest(page)
    duel = page.session_state["duel"]
    assert duel.settings("a").centred
    assert duel.settings("b") == SMALL
    assert duel.settings("a").n_points == 40
    assert "settings:" in words(page)
    assert "together, not to one of them" in words(page)


def test_seed_and_data_are_those_of_both(page):
    press(page, "duel_new_seed")
    rest(page)
    duel = page.session_state["duel"]
    assert duel.settings("a").seed == duel.settings("b").seed == 1
    same(duel.pair.a, duel.pair.b)


def test_a_link_brings_both_sides_back():
    page = open_page(DUEL)
    rest(page)
    duel = page.session_state["duel"]
    assert (duel.epoch, duel.parted) == (20, 12)
    assert duel.complaints == []
    assert page.session_state["session"].complaints == []
    same(duel.pair.a, training.train(SMALL, 20))
    assert duel.settings("b").sigma == 0.7
    shown = {
        name: values if isinstance(values, str) else values[0]
        for name, values in page.query_params.items()
    }
    assert shown | DUEL == shown
    again = open_page(shown)
    rest(again)
    same(again.session_state["duel"].pair.b, duel.pair.b)


def test_a_link_at_its_very_start_keeps_its_difference():
    page = open_page(LINK | {"epoch": "0", "page.start": "0", "page.b.n_hidden": "4"})
    page.session_state["session"].run_to(5)
    run(page)
    assert page.session_state["duel"].settings("b").n_hidden == 4


def test_a_tab_that_was_closed_holds_nothing_and_comes_back_as_it_was(page):
    duel = page.session_state["duel"]
    duel.sleep()  # untouched, it is simply made again
    page.session_state["session"].sleep()
    run(page)
    again = page.session_state["duel"]
    assert again.setup.a is again.setup.b is page.session_state["session"].run
    assert again.epoch == 12
    page.slider(key="duel_b_sigma").set_value(0.7)
    run(page)
    again.run_to(30)
    again.names["b"] = "Mine"
    before = again.pair
    again.sleep()
    page.session_state["session"].sleep()
    assert again.pair.b.recording.count == 1
    assert again.setup.a.recording.count == 1
    again.sleep()  # a second time changes nothing
    run(page)
    rest(page)
    woken = page.session_state["duel"]
    assert (woken.epoch, woken.parted, woken.names["b"]) == (30, 12, "Mine")
    same(woken.pair.a, before.a)
    same(woken.pair.b, before.b)


def test_nonsense_in_a_link_is_said():
    page = open_page(DUEL | {"page.start": "99", "page.b.n_hidden": "<b>many</b>"})
    rest(page)
    assert "cannot part at epoch 99" in words(page)
    assert "Hidden units" in words(page)
    assert page.session_state["duel"].epoch == 20


def test_swap_copy_and_the_way_to_the_playground(page):
    page.slider(key="duel_b_sigma").set_value(0.7)
    run(page)
    page.session_state["duel"].run_to(20)
    press(page, "duel_swap")
    rest(page)
    duel = page.session_state["duel"]
    assert duel.settings("a").sigma == 0.7
    b = duel.pair.b
    press(page, "duel_take_b")
    session = page.session_state["session"]
    assert session.run.epoch == 20
    same(session.run, b)
    assert session.run.history == b.history
    assert session.shelf
    run(page.switch_page("pages/duel.py"))
    press(page, "duel_copy")
    rest(page)
    same(page.session_state["duel"].pair.a, page.session_state["duel"].pair.b)
