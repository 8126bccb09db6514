"""The machine view as one piece, fed by hand: its messages, its playhead, its keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from rbm.app.machine_view import ASSETS

from .asset_server import serve_assets
from .conftest import OpenPage
from .machine_feeder import MachineFeeder, learnt


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve_assets(ASSETS) as url:
        yield url


@pytest.fixture
def feeder(open_page: OpenPage, url: str) -> MachineFeeder:
    return MachineFeeder(open_page(), url)


def test_while_running_it_asks_for_what_it_lacks_and_plays_it(feeder: MachineFeeder) -> None:
    cases, run = learnt("bars", 30, 6)
    feeder.send(cases, run, last=10, run=True)
    feeder.page.wait_for_function("window.heard.length > 0")
    assert feeder.heard("ask") == [{"frame": 1, "generation": "a", "epoch": 10}]
    feeder.send(cases, run, first=11, run=True)
    feeder.shows(30)
    expect(feeder.view).to_have_attribute("data-newest", "30")


def test_buttons_and_keys_scrub_and_training_goes_on_from_the_epoch_shown(
    feeder: MachineFeeder,
) -> None:
    cases, run = learnt("bars", 30, 6)
    feeder.send(cases, run)
    feeder.shows(30)
    branch = feeder.view.get_by_role("button", name="Continue from here")
    expect(branch).to_be_disabled()
    slider = feeder.view.get_by_role("slider", name="Recorded epochs")
    for key, epoch in [
        ("ArrowLeft", 29), ("Shift+ArrowLeft", 19), ("ArrowRight", 20), ("Home", 0),
        ("Shift+ArrowRight", 10),
    ]:  # fmt: skip
        slider.press(key)
        feeder.shows(epoch)
    branch.click()
    assert feeder.heard("branch") == [{"epoch": 10}]
    feeder.view.get_by_role("button", name="Live").click()
    feeder.shows(30)
