"""The machine view as one piece, fed by hand: its messages, its playhead, its keys."""

from __future__ import annotations

import re
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


def test_a_gap_is_asked_for_even_when_paused_and_so_is_what_is_left(
    feeder: MachineFeeder,
) -> None:
    cases, run = learnt("bars", 30, 6)
    feeder.send(cases, run, last=5)
    feeder.send(cases, run, first=20)
    feeder.page.wait_for_function("window.heard.length > 0")
    assert feeder.heard("ask")[0]["epoch"] == 5
    expect(feeder.view).to_have_attribute("data-newest", "5")
    feeder.send(cases, run, first=6, last=25, more=True)
    feeder.shows(25)
    feeder.page.wait_for_function("window.heard.length > 1")
    assert feeder.heard("ask")[-1]["epoch"] == 25


def test_a_new_generation_forgets_machines_cases_and_marks(feeder: MachineFeeder) -> None:
    feeder.send(*learnt("bars", 30, 6))
    feeder.view.locator(".hidden-canvas").click(position={"x": 60, "y": 130})
    assert feeder.heard("pick") == [{"hidden": 5}]
    feeder.send(*learnt("films", 40, 2), generation="b")
    feeder.shows(40)
    expect(feeder.view).to_contain_text("Six films: 6 visible, 2 hidden units")
    expect(feeder.view.get_by_role("button", name="Unmark")).to_be_hidden()
    expect(feeder.view.locator(".hidden-canvas")).to_have_attribute(
        "aria-label", re.compile("2 hidden units for 60 cases")
    )


def test_thinning_keeps_the_epoch_that_is_looked_at(feeder: MachineFeeder) -> None:
    cases, run = learnt("bars", 30, 6)
    feeder.send(cases, run, last=20)
    slider = feeder.view.get_by_role("slider", name="Recorded epochs")
    slider.fill("12")
    feeder.shows(12)
    feeder.send(cases, run, first=21, stride=4, run=True)
    feeder.shows(12)
    slider.press("ArrowLeft")
    feeder.shows(8)
    expect(feeder.view).to_contain_text("one epoch in 4")


def test_every_panel_shows_the_epoch_scrubbed_to(feeder: MachineFeeder) -> None:
    cases, run = learnt("bars", 30, 6)
    feeder.send(cases, run)
    canvas = feeder.view.locator(".filters-canvas")
    canvas.hover(position={"x": 8, "y": 8})
    reading = feeder.view.locator(".filters output")
    for epoch in (30, 3):
        if epoch != run.epoch:
            feeder.view.get_by_role("slider", name="Recorded epochs").fill(str(epoch))
        machine = run.machine_at(epoch)
        p = machine.mean_h_from_v(cases.values)[:, 0].mean()
        expect(reading).to_contain_text(f"on {100 * p:.0f} % of the time")
        expect(reading).to_contain_text(f"{abs(machine.weights[0, 0]):.3g}")
        expect(feeder.view.locator(".curves .keys").first).to_contain_text(
            f"{run.recording.errors[epoch]:.3g}"
        )


def test_a_chart_is_scrubbed_by_the_pointer(feeder: MachineFeeder) -> None:
    feeder.send(*learnt("bars", 30, 6))
    feeder.shows(30)
    chart = feeder.view.locator("canvas.chart").first
    box = chart.bounding_box()
    assert box
    chart.click(position={"x": 46, "y": 60})
    feeder.shows(0)
    expect(feeder.view.locator(".curves output")).to_contain_text("epoch 0")
    chart.click(position={"x": box["width"] - 2, "y": 60})
    feeder.shows(30)


def test_keys_of_its_own_controls_stay_with_them(feeder: MachineFeeder) -> None:
    feeder.send(*learnt("bars", 30, 6))
    feeder.page.evaluate(
        "window.keys = []; document.addEventListener('keydown', (e) => window.keys.push(e.key))"
    )
    feeder.view.get_by_label("Scale of the filters").press("ArrowDown")
    feeder.shows(30)
    logarithmic = feeder.view.get_by_role("button", name="log", exact=True)
    logarithmic.press(" ")
    expect(logarithmic).to_have_attribute("aria-pressed", "true")
    logarithmic.press("s")
    assert feeder.page.evaluate("window.keys") == ["ArrowDown", "s"]


def test_a_removed_page_ends_the_view(open_page: OpenPage, url: str) -> None:
    page = open_page()
    page.clock.install()
    feeder = MachineFeeder(page, url)
    cases, run = learnt("bars", 30, 6)
    feeder.send(cases, run, last=10)
    page.evaluate("window.cleanup()")  # overtaken by a newer message
    feeder.send(cases, run, first=11, run=True)
    page.wait_for_function("window.heard.length > 0")
    page.evaluate("host.remove(), window.cleanup()")
    page.clock.run_for(200)
    count = page.evaluate("window.heard.length")
    page.clock.run_for(10_000)  # longer than the pull loop waits for an answer
    assert page.evaluate("window.heard.length") == count


def test_what_is_noticed_is_said(feeder: MachineFeeder) -> None:
    feeder.send(*learnt("bars", 30, 6), notice="Paused at <b>30</b>.")
    expect(feeder.view.get_by_role("status").first).to_have_text("Paused at <b>30</b>.")
