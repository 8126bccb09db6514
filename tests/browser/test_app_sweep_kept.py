"""A sweep in a real server that is killed in the middle, and a board in one that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rbm.tuning.database import Database
from rbm.tuning.leaderboard_store import Leaderboard
from rbm.tuning.store import Store
from rbm.tuning.sweep_study import outcomes_of

from .playground import Playground
from .server import serve, wait_until
from .test_app_sweep import MANY, SETTINGS, SLOW, done, press

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'tuning.sqlite'}"
    monkeypatch.setenv("RBM_DATABASE", url)
    return url


def test_a_killed_server_loses_no_finished_training(page: Page, tmp_path: Path, url: str) -> None:
    store = Store(url)
    with serve(tmp_path) as server:
        page.goto(server.url + MANY)
        press(page, "Start the sweep")
        wait_until(lambda: store.studies(), "the study", 90)
        name = store.studies()[0].name
        wait_until(lambda: len(store.records(name)) >= 4, "four trainings", 120)
        page.goto("about:blank")
        server.process.kill()
        server.process.wait()
    kept = store.records(name)
    with serve(tmp_path) as server:
        page.goto(server.url + MANY)
        page.locator(".st-key-sweep_kept summary").click(timeout=SLOW)
        press(page, "Open")
        expect(page.locator(".sweep-map")).to_be_visible(timeout=SLOW)
        expect(page.get_by_text("not complete; go on when you like")).to_be_visible(timeout=SLOW)
        assert done(page) == len(kept)
        press(page, "Go on")
        wait_until(lambda: done(page) > len(kept), "to go on", 120)
        press(page, "Cancel")
        expect(page.get_by_text("cancelled; what had come is kept")).to_be_visible(timeout=SLOW)
        page.goto("about:blank")
    again = store.records(name)
    assert {repr(record) for record in kept} < {repr(record) for record in again}
    assert len(outcomes_of(store.study(name), again)) == len(again)  # each training once
    store.close()


def test_an_entry_is_ranked_though_its_tab_and_its_server_have_gone(
    page: Page, tmp_path: Path, url: str
) -> None:
    board = Leaderboard(Database(url))
    with serve(tmp_path) as server:
        page.goto(f"{server.url}/leaderboard?{SETTINGS}")
        page.get_by_role("textbox", name="Name").fill("<b>Ada</b>", timeout=SLOW)
        epochs = page.get_by_test_id("stNumberInputField")
        epochs.fill("20")
        epochs.press("Enter")
        expect(epochs).to_have_value("20")
        press(page, "Enter these settings")
        expect(page.get_by_text("Entered.")).to_be_visible(timeout=SLOW)
        page.goto("about:blank")
        server.process.kill()
        server.process.wait()
    (mine,) = (entry for entry in board.entries("gauss2") if not entry.reference)
    assert (mine.name, mine.epochs) == ("<b>Ada</b>", 20)
    with serve(tmp_path) as server:
        page.goto(f"{server.url}/leaderboard?{SETTINGS}")
        page.get_by_test_id("stDataFrame").first.wait_for(timeout=SLOW)
        page.goto("about:blank")  # nobody looks, and yet it is checked

        def scores() -> tuple[float, ...]:
            return next(entry.scores for entry in board.entries("gauss2") if entry.id == mine.id)

        wait_until(lambda: len(scores()) == 8, "eight scores", 240)
        page.goto(f"{server.url}/leaderboard?{SETTINGS}")
        entry = page.locator(".st-key-board_entry")
        entry.locator("input").click(timeout=SLOW)
        page.get_by_role("option", name="<b>Ada</b> (yours)").click(timeout=SLOW)
        expect(page.get_by_test_id("stText").last).to_contain_text("Hidden units 2", timeout=SLOW)
        press(page, "Open in the playground")
        playground = Playground(page)
        wait_until(lambda: playground.epoch == 20, "the entry's last epoch", 60)
        assert "n_points=500" in page.evaluate("location.href")
        page.goto("about:blank")
