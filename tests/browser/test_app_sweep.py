"""The page "Sweep" in a real browser: live, beside training, by mouse and by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from .conftest import OpenPage
from .playground import Playground
from .server import Server, wait_until

SLOW = 90_000
SETTINGS = "v=1&pattern=gauss2&n_points=60&n_hidden=2&k=1&k_end=1"
FEW = (
    f"/tune?{SETTINGS}&page.sweep_across=sigma~list~0.5~1&page.sweep_up=learning_rate~list~0.1~1"
    "&page.sweep_seeds=2&page.sweep_epochs=5"
)
MANY = (
    f"/tune?{SETTINGS}&page.sweep_across=sigma~log~0.1~2~10"
    "&page.sweep_up=learning_rate~log~0.1~1~10&page.sweep_seeds=8&page.sweep_epochs=10000"
)


def press(page: Page, name: str) -> None:
    page.get_by_test_id("stButton").get_by_role("button", name=name, exact=True).click(timeout=SLOW)


def started(page: Page, url: str) -> Locator:
    """The map of the sweep that the link asks for, begun."""
    page.goto(url)
    press(page, "Start the sweep")
    sweep_map = page.locator(".sweep-map")
    expect(sweep_map).to_be_visible(timeout=SLOW)
    return sweep_map


def done(page: Page) -> int:
    """Trainings that the page says are done."""
    said = re.match(r"([\d,]+) of", page.get_by_test_id("stProgress").inner_text())
    return int(said[1].replace(",", "")) if said else 0


def test_a_cell_that_is_clicked_opens_that_very_run(server: Server, page: Page) -> None:
    sweep_map = started(page, server.url + FEW)
    expect(page.get_by_text("8 of 8 trainings: all done")).to_be_visible(timeout=SLOW)
    cells = sweep_map.get_by_role("button")
    expect(cells).to_have_count(4)
    top_left = cells.first  # the table is drawn from above: the larger rate first
    expect(top_left).to_have_attribute("aria-label", re.compile("rate, weights 1, Noise 0.5: med"))
    top_left.click()
    expect(top_left).to_have_attribute("aria-pressed", "true", timeout=SLOW)
    top_left.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    last = cells.last
    expect(last).to_have_attribute("aria-pressed", "true", timeout=SLOW)
    said = (last.get_attribute("aria-label") or "").removeprefix("The best: ")
    assert "rate, weights 0.1, Noise 1: median mismatch" in said
    told = page.get_by_test_id("stMarkdown").get_by_text(said)
    expect(told).to_be_visible(timeout=SLOW)
    mismatch = told.inner_text().removesuffix(".")[-5:]
    press(page, "Open this run in the playground")
    playground = Playground(page)
    wait_until(lambda: playground.epoch == 5, "the run of the cell")
    assert "sigma=1&" in page.evaluate("location.href")
    assert "learning_rate=0.1&" in page.evaluate("location.href")
    wait_until(lambda: mismatch[:-1] in playground.numbers, f"a mismatch of {mismatch}")


def test_it_fills_in_while_another_tab_trains_and_can_be_paused_and_cancelled(
    server: Server, open_page: OpenPage
) -> None:
    page, other = open_page(), open_page()
    sweep_map = started(page, server.url + MANY)
    wait_until(lambda: done(page) > 0, "the first training", 90)
    playground = Playground(other, f"{server.url}/?{SETTINGS}")
    playground.press("Play")
    playground.wait_for_epoch(50)
    before = done(page), playground.epoch
    wait_until(lambda: done(page) > before[0], "the sweep to go on", 90)
    playground.wait_for_epoch(before[1] + 50)
    expect(page.get_by_text(re.compile(r"about [\d.]+ (s|min|h) to go"))).to_be_visible()
    filled = sweep_map.locator("button:not(.empty)")
    assert 0 < filled.count() < 100

    press(page, "Pause")
    expect(page.get_by_text("trainings: paused")).to_be_visible(timeout=SLOW)
    press(page, "Go on")
    expect(page.get_by_text("to go")).to_be_visible(timeout=SLOW)
    press(page, "Cancel")
    expect(page.get_by_text("cancelled; what had come is kept")).to_be_visible(timeout=SLOW)
    rest = done(page)
    assert 0 < rest < 800
    page.wait_for_timeout(2_000)
    assert done(page) == rest


def test_it_fits_a_phone(server: Server, open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    sweep_map = started(page, server.url + FEW.replace("0.5~1", "0.1~0.2~0.3~0.4~0.5~0.6~0.7~1"))
    expect(page.get_by_text("32 of 32 trainings: all done")).to_be_visible(timeout=SLOW)
    main = page.locator(".stMain")
    assert main.evaluate("part => part.scrollWidth - part.clientWidth") <= 0
    sweep_map.get_by_role("button").nth(1).tap()
    expect(sweep_map.get_by_role("button").nth(1)).to_have_attribute(
        "aria-pressed", "true", timeout=SLOW
    )
