"""A search in a real server that is killed in the middle, and in a real browser that finds it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from rbm.tuning.store import Store

from .conftest import OpenPage
from .server import serve, wait_until

pytestmark = pytest.mark.timeout(600)
SECONDS = 150_000
LINK = {
    "pattern": "moons", "n_points": "60", "n_hidden": "4", "k": "1", "k_end": "1",
    "page.search_ranges": "sigma=0.1:2:log;centred=no,yes", "page.search_epochs": "300",
    "page.search_trials": "0", "page.search_minutes": "60", "page.search_seeds": "2",
}  # fmt: skip


def press(page: Page, name: str) -> None:
    button = page.get_by_test_id("stButton").get_by_role("button", name=name)
    button.first.click(timeout=SECONDS)


def open_list(page: Page) -> None:
    page.locator(".st-key-search_kept summary").click(timeout=SECONDS)


def test_a_killed_server_loses_no_finished_trial(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'tuning.sqlite'}"
    monkeypatch.setenv("RBM_DATABASE", url)
    store = Store(url)
    with serve(tmp_path) as server:
        page.goto(f"{server.url}/search?{urlencode(LINK)}")
        page.get_by_role("textbox", name="Name of the search").fill("mine", timeout=SECONDS)
        press(page, "Start the search")
        wait_until(lambda: len(store.records("mine")) >= 4, "four trials", 120)
        page.goto("about:blank")  # the page is left, the search goes on
        known = len(store.records("mine"))
        wait_until(lambda: len(store.records("mine")) >= known + 2, "two more", 120)
        server.process.kill()
        server.process.wait()
    kept = store.records("mine")
    numbers = [record.number for record in kept]
    assert len(numbers) == len(set(numbers)) >= 6
    with serve(tmp_path) as server:
        page.goto(f"{server.url}/search?{urlencode(LINK)}")
        open_list(page)
        press(page, "Open")
        progress = page.get_by_test_id("stProgress").first
        expect(progress).to_contain_text(f"{len(kept)} trials", timeout=SECONDS)
        press(page, "Go on")
        wait_until(lambda: len(store.records("mine")) >= len(kept) + 2, "to go on", 120)
        press(page, "Pause")
        page.get_by_test_id("stButton").get_by_role("button", name="Go on").wait_for()
        expect(progress).to_contain_text("paused", timeout=SECONDS)
        press(page, "Cancel")
        expect(progress).to_contain_text("cancelled", timeout=SECONDS)
        assert "page.search_seeds=2" in page.evaluate("location.href")
        press(page, "Open in the playground")
        wait_until(lambda: "/search" not in page.evaluate("location.href"), "the playground", 60)
        page.get_by_test_id("live-view").wait_for(timeout=SECONDS)
        page.goto("about:blank")
    again = store.records("mine")
    store.close()
    assert [repr(record) for record in again[: len(kept)]] == [repr(record) for record in kept]


def test_on_a_shared_server_every_browser_has_searches_of_its_own(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RBM_DATABASE", f"sqlite:///{tmp_path / 'tuning.sqlite'}")
    with serve(tmp_path, "--server.address", "0.0.0.0") as server:
        address = f"{server.url}/search?{urlencode(LINK)}"
        ada, eve = open_page(), open_page()
        ada.goto(address)
        ada.get_by_role("textbox", name="Name of the search").fill("hers", timeout=SECONDS)
        press(ada, "Start the search")
        ada.get_by_test_id("stProgress").first.wait_for(timeout=SECONDS)
        eve.goto(address)
        open_list(eve)
        eve.get_by_text("None yet.").wait_for(timeout=SECONDS)
        ada.reload()  # the same browser, another tab
        press(ada, "Show")
        progress = ada.get_by_test_id("stProgress").first
        expect(progress).to_contain_text("to go", timeout=SECONDS)
        press(ada, "Cancel")
        expect(progress).to_contain_text("cancelled", timeout=SECONDS)
        open_list(ada)
        ada.get_by_text("hers", exact=False).last.wait_for(timeout=SECONDS)
        for page in (ada, eve):
            page.goto("about:blank")
