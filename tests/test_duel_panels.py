"""The page "Compare": saved runs as sides, and the verdict over seeds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rbm import engine, run_file, training
from rbm.app import duel_load, duel_seeds_panel
from rbm.app.person import Person
from rbm.app.session import Session
from rbm.library import Library, Summary
from rbm.links import Link
from rbm.settings import Settings
from rbm.tuning import ExecutorLost

from .duel_page import LINK, SMALL, open_page, press, rest, run, same, words

HOSTILE = "<img src=x onerror=1> **b** [a](b) $x$ :red[c]"


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """Else a run may begin with one engine and go on with another, which round differently."""
    engine.warm_up(background=False)


@pytest.fixture
def page() -> AppTest:
    return open_page(LINK)


def test_a_run_with_an_unknown_past_can_be_compared_but_not_repeated(page):
    late = training.forget_before(training.train(SMALL, 300), 200)
    page.session_state["session"].run = late
    run(page)
    assert page.number_input(key="duel_start").min == late.first_epoch
    assert "cannot be repeated with other seeds" in words(page).replace("\\", "")
    assert page.button(key="duel_seeds_start").disabled
    page.number_input(key="duel_b_n_hidden").set_value(3)
    run(page)
    rest(page)
    assert page.session_state["duel"].parted == 0
    assert not page.button(key="duel_seeds_start").disabled


def test_epochs_of_the_seeds_follow_where_the_sides_part(page):
    page.number_input(key="duel_b_n_hidden").set_value(3)
    run(page)
    rest(page)
    page.number_input(key="duel_seed_epochs_0").set_value(5)
    run(page)
    press(page, "duel_undo")
    assert page.session_state["duel"].parted == 12
    assert page.number_input(key="duel_seed_epochs_12").value is None
    press(page, "duel_seeds_start")
    assert "have not been trained since" in words(page)
    assert "duel_seeds" not in page.session_state


def test_without_a_number_the_seeds_go_as_far_as_the_duel_is_when_they_begin(page):
    """The player is redrawn without this panel, so what the page last showed may be old."""
    page.slider(key="duel_b_sigma").set_value(1.0)
    run(page)
    duel = page.session_state["duel"]
    duel.run_to(17)
    press(page, "duel_seeds_start")
    work = page.session_state["duel_seeds"]
    work.background.cancel()
    assert (work.a.epochs, work.b.epochs) == (17, 17)


def test_a_file_becomes_a_side_and_nonsense_does_not(page):
    other = training.train(Settings(n_points=40, n_hidden=4, k=1, k_end=1, pattern="ring"), 9)
    page.session_state["duel_load"] = True
    run(page)
    name = f"{HOSTILE}.rbm.npz"
    page.file_uploader(key="duel_load_file").set_value((name, run_file.dump(other), "x"))
    run(page)
    duel = page.session_state["duel"]
    assert duel.epoch == 9
    same(duel.pair.b, other)
    assert "do not learn the same points" in words(page)
    assert "<img" not in words(page)
    assert "yardstick" in words(page)
    press(page, "duel_match")
    rest(page)
    assert duel.pair.b.settings.pattern == SMALL.pattern
    assert duel.pair.b.settings.n_hidden == 4
    before = duel.pair
    page.file_uploader(key="duel_load_file").set_value(("x.npz", b"no run", "x"))
    run(page)
    assert "Both sides stay as they were" in words(page).replace("\\", "")
    assert duel.pair is before


def test_the_playgrounds_run_becomes_one_side(page):
    page.slider(key="duel_b_sigma").set_value(0.7)
    run(page)
    session = page.session_state["session"]
    session.apply(Settings(n_points=40, n_hidden=2, k=1, k_end=1, momentum=0.5, seed=3))
    session.run_to(20)
    page.session_state["duel_load"] = True
    run(page)
    page.button_group(key="duel_load_side").set_value("a")
    run(page)
    press(page, "duel_load_playground")
    duel = page.session_state["duel"]
    assert (duel.settings("a").momentum, duel.settings("b").sigma) == (0.5, 0.7)
    assert duel.epoch == 12
    assert "do not have the same first weights" in words(page)


def test_a_run_of_the_library_becomes_a_side(page, tmp_path: Path, monkeypatch):
    library = Library(tmp_path / "runs.sqlite")
    monkeypatch.setattr(duel_load, "library_place", lambda: library.path)
    monkeypatch.setattr(duel_load, "find_person", lambda: Person("ada"))
    kept = Session(Link(Settings(n_points=40, n_hidden=2, k=1, k_end=1, sigma=0.9)))
    kept.run_to(8)
    library.save("ada", HOSTILE, "", kept.save_bytes(), Summary("Split ring", 8, 0.5))
    library.save("bob", "Bob's own", "", kept.save_bytes(), Summary("Split ring", 8, 0.5))
    page.session_state["duel_load"] = True
    run(page)
    choice = page.selectbox(key="duel_load_entry")
    assert len(choice.options) == 1
    choice.select_index(0)
    run(page)
    press(page, "duel_load_button")
    duel = page.session_state["duel"]
    same(duel.pair.b, kept.run)
    assert duel.names["b"] == HOSTILE
    assert "<img" not in words(page)


def test_seeds_tell_luck_from_better(page):
    page.slider(key="duel_b_sigma").set_value(1.0)
    run(page)
    page.selectbox(key="duel_seed_count").select(8)
    page.number_input(key="duel_seed_epochs_12").set_value(20)
    run(page)
    press(page, "duel_seeds_start")
    work = page.session_state["duel_seeds"]
    work.background.join(120)
    assert work.background.state == "done", work.background.message
    run(page)
    assert len(work.background.items) == 8
    assert "of 8 seeds" in words(page)
    assert "median mismatch: A" in words(page)
    page.slider(key="duel_b_sigma").set_value(0.9)
    run(page)
    assert "The duel has changed since" in words(page)


def test_where_no_workers_are_to_be_had_that_is_said(page, monkeypatch):
    def gone() -> None:
        raise ExecutorLost("There is no cluster at tcp://nowhere.")

    monkeypatch.setattr(duel_seeds_panel.lab, "executor", gone)
    page.number_input(key="duel_seed_epochs_12").set_value(20)
    run(page)
    press(page, "duel_seeds_start")
    assert "no cluster at" in words(page).replace("\\", "")


def test_seeds_pause_go_on_doze_and_end(page, monkeypatch):
    monkeypatch.setattr(duel_seeds_panel, "PATIENCE", 0.0)
    page.selectbox(key="duel_seed_count").select(8)
    page.number_input(key="duel_seed_epochs_12").set_value(20)
    run(page)
    press(page, "duel_seeds_start")
    background = page.session_state["duel_seeds"].background
    seen = 0
    for _ in range(600):
        if background.state == "done":
            break
        time.sleep(0.05)
        if background.dozing:  # nobody has looked, so nothing new is begun until somebody does
            assert len(background.items) > seen
            seen = len(background.items)
            run(page)
    assert background.state == "done"
    assert seen
    assert len(background.items) == 8
    monkeypatch.setattr(duel_seeds_panel, "PATIENCE", 300.0)
    page.selectbox(key="duel_seed_count").select(64)
    page.number_input(key="duel_seed_epochs_12").set_value(100_000)
    run(page)
    press(page, "duel_seeds_start")
    background = page.session_state["duel_seeds"].background
    press(page, "duel_seeds_pause")
    assert background.state == "paused"
    press(page, "duel_seeds_resume")
    assert background.state == "running"
    press(page, "duel_seeds_cancel")
    background.join(60)
    run(page)
    assert background.state == "cancelled"
    assert "what had come is kept" in page.main.get("progress")[0].proto.text
