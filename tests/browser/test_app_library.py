"""The library of runs in a real browser: one's own after a reload, never another's."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import RUNNING, OpenPage
from .server import Server, serve

SMALL = "n_points=60&n_hidden=3&k=1&k_end=1&epoch=20"
CLASSROOM = ("--server.address", "0.0.0.0")
"""Listens to others too, as `make run HOST=0.0.0.0` does."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library") / "runs.sqlite"


@pytest.fixture(scope="module")
def shared(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for a class room, whose owner has switched the library on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RBM_LIBRARY", str(store))
        yield from running(tmp_path_factory.mktemp("shared"), *CLASSROOM)


@pytest.fixture
def undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server for a class room, whose owner has said nothing about a library."""
    monkeypatch.setenv("RBM_LIBRARY", "")
    yield from running(tmp_path, *CLASSROOM)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on one's own computer, as `make run` starts it."""
    monkeypatch.setenv("RBM_LIBRARY", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    yield from running(tmp_path)


def running(folder: Path, *options: str) -> Iterator[Server]:
    with serve(folder, *options) as server:
        RUNNING.append(server)
        yield server
        RUNNING.remove(server)


def visit(page: Page, server: Server, query: str = SMALL) -> Page:
    page.goto(f"{server.url}/share?{query}")
    panel(page, "Keep this run").wait_for(timeout=60_000)
    return page


def panel(page: Page, button: str) -> Locator:
    return page.locator("[class*=st-key-library_]").get_by_role("button", name=button, exact=True)


def keep(page: Page, name: str, note: str = "") -> None:
    field = page.get_by_label("Name of this run")
    field.fill(name)
    field.press("Enter")
    if note:
        page.get_by_label("Note", exact=True).fill(note)
        page.get_by_label("Note", exact=True).press("Enter")
    panel(page, "Keep this run").click()
    expect(page.get_by_text(f"Kept as “{name}”")).to_be_visible()


def key_of(page: Page) -> str:
    page.get_by_text("Your key", exact=True).click()
    code = page.locator(".st-key-library_key code")
    expect(code).to_have_text(re.compile(r"^[\w-]{22}$"))
    return code.inner_text()


def names(page: Page) -> list[str]:
    return page.locator("[class*=st-key-library_] strong").all_inner_texts()


def test_two_browsers_do_not_see_each_other_and_a_reload_keeps_ones_own(
    shared: Server, store: Path, open_page: OpenPage
) -> None:
    ada, eve = visit(open_page(), shared), visit(open_page(), shared)
    keep(ada, "Ada's run", "<b>mine</b>")
    keep(eve, "Eve's run")
    for page, own in ((ada, "Ada's run"), (eve, "Eve's run")):
        visit(page, shared)
        expect(page.locator("strong").get_by_text(own)).to_be_visible()
        assert names(page) == [own]
    tab = visit(ada.context.new_page(), shared)
    expect(tab.locator("strong").get_by_text("Ada's run")).to_be_visible()
    cookie = next(c for c in ada.context.cookies() if c["name"] == "rbm_library")
    assert (cookie["sameSite"], cookie["path"], cookie["secure"]) == ("Strict", "/", False)
    assert cookie["value"] == key_of(ada)
    connection = sqlite3.connect(store)
    people = {row[0] for row in connection.execute("SELECT person FROM runs")}
    connection.close()
    assert len(people) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", person) for person in people)
    assert cookie["value"].encode() not in store.read_bytes()


def test_a_key_opens_the_library_from_another_browser(shared: Server, open_page: OpenPage) -> None:
    home = visit(open_page(), shared)
    keep(home, "From home")
    key = key_of(home)
    school = visit(open_page(), shared)
    assert key_of(school) != key
    school.get_by_label("A key from another computer").fill(key)
    school.get_by_label("A key from another computer").press("Enter")
    panel(school, "Use that key").click()
    expect(school.locator("strong").get_by_text("From home")).to_be_visible()
    visit(school, shared)
    expect(school.locator("strong").get_by_text("From home")).to_be_visible()


def test_a_forged_cookie_is_only_a_new_person(shared: Server, open_page: OpenPage) -> None:
    keep(visit(open_page(), shared), "Not yours")
    for forged in ("' OR 1=1 --", "a" * 22):
        page = open_page()
        page.context.add_cookies([{"name": "rbm_library", "value": forged, "url": shared.url}])
        visit(page, shared)
        expect(page.get_by_text("Nothing is kept yet")).to_be_visible()


def test_a_kept_run_opens_after_everything_was_closed(shared: Server, open_page: OpenPage) -> None:
    page = visit(open_page(), shared)
    keep(page, "To come back to")
    visit(page, shared, "pattern=moons&n_points=30&n_hidden=2&k=1&k_end=1")
    expect(page.get_by_text("Two moons, epoch 0. Whatever")).to_be_visible()
    panel(page, "Open").click()
    expect(page.get_by_text("“To come back to” is open")).to_be_visible()
    expect(page.get_by_text("Split ring, epoch 20. Whatever")).to_be_visible()


def test_deleting_is_undone_on_a_small_screen(shared: Server, open_page: OpenPage) -> None:
    page = visit(open_page(viewport={"width": 390, "height": 800}), shared)
    keep(page, "Small", "a note")
    panel(page, "☆ Star").click()
    expect(panel(page, "★ Starred")).to_be_visible()
    panel(page, "Delete").click()
    expect(page.get_by_text("Deleted “Small”")).to_be_visible()
    panel(page, "Undo").click()
    expect(panel(page, "★ Starred")).to_be_visible()
    expect(page.get_by_text("a note")).to_be_visible()
    row = page.locator("[class*=st-key-library_]", has=panel(page, "Delete")).last
    box = row.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_ones_own_computer_it_is_simply_there(
    alone: Server, tmp_path: Path, open_page: OpenPage
) -> None:
    page = visit(open_page(), alone)
    expect(page.get_by_text("Nothing is kept yet")).to_be_visible()
    assert not (tmp_path / "rbm").exists()
    keep(page, "Mine")
    assert (tmp_path / "rbm" / "library.sqlite").exists()
    assert [c for c in page.context.cookies() if c["name"] == "rbm_library"] == []
    expect(page.get_by_text("Your key")).to_have_count(0)
    other = visit(open_page(), alone)  # another browser of the same person
    expect(other.locator("strong").get_by_text("Mine")).to_be_visible()


def test_on_a_shared_server_it_is_off_until_the_owner_says_so(
    undecided: Server, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{undecided.url}/share?{SMALL}")
    expect(page.get_by_text("so it keeps no library")).to_be_visible(timeout=60_000)
    expect(panel(page, "Keep this run")).to_have_count(0)
