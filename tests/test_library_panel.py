"""The library on the page, without a browser: every press does what it says to the right run."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm.app import library_panel
from rbm.app.library_place import NoLibrary
from rbm.app.person import Person
from rbm.app.session import Session
from rbm.library import Library, Limits, Summary
from rbm.links import Link
from rbm.presets import PRESETS
from rbm.reconstruction import reconstruct
from rbm.settings import Settings

SMALL = Settings(n_points=40, n_hidden=3, k=1, k_end=1, pattern="moons", seed=3)
RING = Summary("Ring", 7, 0.5)
HOSTILE = "<img src=x onerror=1> **b** [a](b) $x$ :red[c]"


def script() -> None:
    import streamlit as st

    from rbm.app.library_panel import library_panel

    library_panel(st.session_state["session"])


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "runs.sqlite")


@pytest.fixture
def open_panel(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, Session | None], AppTest]:
    def open_one(name: str = "ada", session: Session | None = None, key: str = "") -> AppTest:
        monkeypatch.setattr(library_panel, "library_place", lambda: library.path)
        monkeypatch.setattr(library_panel, "find_person", lambda: Person(name, key))
        app = AppTest.from_function(script, default_timeout=120)
        app.session_state["session"] = session or Session(Link(SMALL))
        for opened in ("library_bin", "library_key"):
            app.session_state[opened] = True
        return checked(app.run())

    return open_one


def checked(app: AppTest) -> AppTest:
    assert [error.value for error in app.exception] == []
    return app


def press(app: AppTest, key: str) -> AppTest:
    return checked(app.button(key=key).click().run())


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.error])


def titles(app: AppTest) -> list[str]:
    """The names of the runs in the list, as Markdown."""
    return [mark.value for mark in app.markdown if mark.value.startswith("**")]


def test_an_empty_library_says_what_to_do(open_panel, library):
    app = open_panel()
    assert "Nothing is kept yet" in words(app)
    assert app.text_input(key="library_name").value != ""
    assert not library.path.exists()


def test_a_run_is_kept_and_opened_again(open_panel, library):
    session = Session(Link(SMALL))
    session.run_to(12)
    app = open_panel(session=session)
    assert app.text_input(key="library_name").value == "Two moons, epoch 12"
    app.text_input(key="library_note").set_value("worth it").run()
    press(app, "library_save")
    (entry,) = library.entries("ada")
    assert (entry.name, entry.note, entry.summary.epoch) == ("Two moons, epoch 12", "worth it", 12)
    assert entry.summary.data == "Two moons"
    assert entry.summary.mismatch == pytest.approx(session.run.mismatch_at(12))
    assert "Kept as “Two moons, epoch 12”" in words(app).replace("\\", "")
    assert app.text_input(key="library_note").value == ""
    parameters = session.run.state.parameters
    session.run_to(30)
    press(app, f"library_{entry.id}_open")
    assert session.run.epoch == 12
    np.testing.assert_array_equal(session.run.state.parameters, parameters)
    assert "is open" in words(app)
    session.undo()
    assert session.run.epoch == 30


def test_the_thumbnail_shows_where_data_and_machine_are(open_panel, library):
    settings = replace(PRESETS["Better, 8 units"].apply(SMALL), low=-1.0, high=2.0)
    session = Session(Link(settings))
    session.run_to(300)
    app = open_panel(session=session)
    press(app, "library_save")
    (entry,) = library.entries("ada")
    points = np.array(entry.summary.points)
    assert len(points) == settings.n_points == 40
    expected = 100 * (session.run.data - settings.low) / (settings.high - settings.low)
    np.testing.assert_allclose(np.sort(points, axis=0), np.sort(expected, axis=0), atol=0.51)
    ends = np.array(entry.summary.reconstruction)
    starts = np.random.default_rng(5).uniform(settings.low, settings.high, (4_000, 2))
    oracle = reconstruct(session.run.model, starts, 50, seed=7, sigma=settings.sigma)
    oracle = 100 * (oracle - settings.low) / (settings.high - settings.low)
    spread = oracle.std(axis=0)
    assert spread.min() > 3
    assert len(ends) == 80
    assert (np.abs(ends.mean(axis=0) - oracle.mean(axis=0)) < 4 * spread / 80**0.5).all()
    assert (np.abs(ends.std(axis=0) / spread - 1) < 4 / 160**0.5).all()


def test_a_name_left_alone_says_the_epoch_that_is_kept(open_panel, library):
    session = Session(Link(SMALL))
    app = open_panel(session=session)
    session.run_to(9)  # as when it plays on while the page stands still
    press(app, "library_save")
    assert library.entries("ada")[0].name == "Two moons, epoch 9"
    app.text_input(key="library_name").set_value("  My own  ").run()
    session.run_to(11)
    press(app, "library_save")
    assert library.entries("ada")[0].name == "My own"
    assert app.text_input(key="library_name").value == "Two moons, epoch 11"


def test_star_edit_delete_and_undo(open_panel, library):
    first = library.save("ada", "first", "", b"1", RING)
    library.save("ada", "second", "two", b"2", RING)
    app = open_panel()
    press(app, f"library_{first}_star")
    assert [e.name for e in library.entries("ada", starred_only=True)] == ["first"]
    assert app.button(key=f"library_{first}_star").label == "★ Starred"
    checked(app.toggle(key="library_starred").set_value(True).run())
    assert titles(app) == ["**first**"]
    press(app, f"library_{first}_star")
    assert titles(app) == []
    checked(app.toggle(key="library_starred").set_value(False).run())
    app.session_state[f"library_{first}_edit"] = True
    checked(app.run())
    app.text_input(key=f"library_{first}_name").set_value("renamed").run()
    app.text_area(key=f"library_{first}_note").set_value("a\nb").run()
    press(app, f"library_{first}_change")
    entry = library.entries("ada")[1]
    assert (entry.name, entry.note) == ("renamed", "a\nb")
    press(app, f"library_{first}_delete")
    assert titles(app) == ["**second**"]
    assert "Deleted “renamed”" in words(app)
    press(app, "library_undo")
    assert titles(app) == ["**second**", "**renamed**"]
    assert "Deleted" not in words(app)


def test_the_last_run_deleted_can_be_undone_and_later_restored(open_panel, library):
    only = library.save("ada", "only", "", b"1", RING)
    app = open_panel()
    press(app, f"library_{only}_delete")
    assert "Deleted “only”" in words(app)
    press(app, "library_undo")
    assert titles(app) == ["**only**"]
    press(app, f"library_{only}_delete")
    app = open_panel()  # after a reload
    press(app, f"library_{only}_restore")
    assert titles(app) == ["**only**"]
    press(app, f"library_{only}_delete")
    press(app, "library_empty")
    assert library.deleted("ada") == ()
    assert "Nothing is kept yet" in words(app)


def test_search_and_show_more(open_panel, library):
    for number in range(23):
        library.save("ada", f"run {number}", "even" if number % 2 == 0 else "odd", b"", RING)
    app = open_panel()
    assert len(titles(app)) == 10
    press(app, "library_more")
    press(app, "library_more")
    assert len(titles(app)) == 23
    checked(app.text_input(key="library_search").set_value("ODD 1").run())
    assert titles(app) == [f"**run {n}**" for n in (21, 19, 17, 15, 13, 11, 1)]
    assert "7 of 23 runs" in words(app)


def test_people_do_not_see_each_other(open_panel, library):
    library.save("ada", "secret", "", b"1", RING)
    app = open_panel("eve")
    assert "secret" not in words(app)
    assert titles(app) == []


def test_what_strangers_wrote_is_only_text(open_panel, library):
    library.save("ada", HOSTILE, HOSTILE, b"1", Summary(HOSTILE, 1))
    app = open_panel()
    said = words(app)
    assert said.count("onerror") == 3
    for acts in ("<img", "[a]", " **b", "$x", ":red"):  # each with a backslash before it
        assert re.search(rf"(?<!\\){re.escape(acts)}", said) is None, acts


def test_what_goes_wrong_is_said_beside_the_run_and_nothing_changes(open_panel, library):
    number = library.save("ada", "broken", "", b"not a run file", RING)
    session = Session(Link(SMALL))
    session.run_to(5)
    app = open_panel(session=session)
    press(app, f"library_{number}_open")
    assert len(app.error) == 1
    assert session.run.epoch == 5
    library.delete("ada", number)  # in another tab
    press(app, f"library_{number}_star")
    assert "no longer in the library" in app.error[0].value
    assert titles(app) == []


def test_a_full_library_says_so(open_panel, library, monkeypatch):
    monkeypatch.setattr(library_panel, "Library", lambda path: Library(path, Limits(entries=1)))
    app = open_panel()
    press(app, "library_save")
    press(app, "library_save")
    assert "library is full" in app.error[0].value
    assert len(titles(app)) == 1


def test_an_unusable_file_gives_a_sentence(open_panel, library):
    library.path.write_bytes(b"something else" * 99)
    app = open_panel()
    assert "damaged or not a library" in app.error[0].value
    press(app, "library_save")
    assert all("damaged or not a library" in error.value for error in app.error)
    library.path.unlink()
    connection = sqlite3.connect(library.path)
    connection.execute("CREATE TABLE x (y)")
    connection.close()
    assert "another program" in open_panel().error[0].value


def test_without_a_library_only_a_sentence_is_shown(open_panel, monkeypatch):
    app = open_panel()

    def none() -> Path:
        raise NoLibrary("Switched *off*.")

    monkeypatch.setattr(library_panel, "library_place", none)
    checked(app.run())
    assert [info.value for info in app.info] == ["Switched \\*off\\*\\."]
    assert len(app.button) == len(app.text_input) == 0


def test_the_key_is_shown_and_another_one_is_checked(open_panel):
    app = open_panel(key="k" * 22)
    assert "belongs to this browser" in words(app)
    assert app.code[0].value == "k" * 22
    app.text_input(key="library_key_entry").set_value("too short").run()
    press(app, "library_key_use")
    assert "not a key" in app.error[0].value
    assert "browser_key_entered" not in app.session_state
    app.text_input(key="library_key_entry").set_value(" " + "z" * 22).run()
    press(app, "library_key_use")
    assert app.session_state["browser_key_entered"] == "z" * 22
    assert len(app.error) == 0
    assert len(open_panel(key="").code) == 0  # where one person is served there is no key


def test_while_the_browser_has_not_answered_nothing_is_shown(open_panel, monkeypatch):
    app = open_panel()
    monkeypatch.setattr(library_panel, "find_person", lambda: None)
    checked(app.run())
    assert "Looking for" in words(app)
    assert len(app.button) == 0
