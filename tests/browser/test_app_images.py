"""The page "Images" in a real browser: play, scrub, go on from an earlier epoch, draw, links."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .server import Server, wait_until

SLOW = 90_000
FILMS = "/images?cases=films&seed=3"


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.get_by_test_id("machine-view").locator("canvas").first).to_be_visible(timeout=SLOW)
    return page


def shown_epoch(page: Page) -> int:
    """The epoch that the view shows."""
    text = page.get_by_label("Recorded epochs").get_attribute("aria-valuetext") or ""
    return int(re.sub(r"\D", "", text) or -1)


def told_epoch(page: Page) -> int:
    """The epoch in the address."""
    address = page.evaluate("location.href")  # page.url stands still until the page is asked
    return int((re.findall(r"[?&]epoch=(\d+)", address) or ["-1"])[0])


def press(page: Page, name: str) -> None:
    """Presses a button of the strip or of a panel; the view has a Pause of its own."""
    buttons = page.get_by_test_id("stButton").get_by_role("button", name=re.compile(f"^{name}"))
    buttons.first.click()


def run_to(page: Page, epoch: int) -> None:
    field = page.get_by_role("spinbutton", name="Epoch to run to")
    field.fill(str(epoch))
    field.press("Enter")
    press(page, "Run to epoch")
    wait_until(lambda: shown_epoch(page) == epoch, f"epoch {epoch}", 60)


def test_it_plays_pauses_is_scrubbed_and_goes_on_from_an_earlier_epoch(
    server: Server, page: Page
) -> None:
    opened(page, server.url + FILMS)
    press(page, "Play")
    wait_until(lambda: shown_epoch(page) >= 5, "five epochs", 60)
    press(page, "Pause")
    play = page.get_by_test_id("stButton").get_by_role("button", name=re.compile("^Play"))
    expect(play.first).to_be_visible(timeout=SLOW)
    wait_until(lambda: told_epoch(page) == shown_epoch(page) > 0, "the last frames", 60)
    newest = shown_epoch(page)
    page.get_by_label("Back one frame").click()
    page.get_by_label("Back one frame").click()
    wait_until(lambda: shown_epoch(page) == newest - 2, "two epochs earlier", 60)
    page.get_by_role("button", name="Continue from here").click()
    wait_until(lambda: told_epoch(page) == newest - 2, "the run to be taken back", 60)
    press(page, "Undo")
    wait_until(lambda: told_epoch(page) == newest, "the run to be brought back", 60)


def test_a_copied_link_shows_the_same_machine_on_a_fresh_server(
    server: Server, fresh_server: Server, open_page: OpenPage
) -> None:
    here = opened(open_page(), server.url + FILMS)
    run_to(here, 40)
    wait_until(lambda: told_epoch(here) == 40, "the epoch in the link", 15)
    there = opened(open_page(), fresh_server.url + here.url.removeprefix(server.url))
    wait_until(lambda: shown_epoch(there) == 40, "epoch 40 there", 60)
    expect(there.get_by_text("Page not found")).to_have_count(0)
    filters = "(canvas) => canvas.toDataURL()"

    def same() -> bool:
        one, other = (
            page.get_by_test_id("machine-view").locator("canvas").first.evaluate(filters)
            for page in (here, there)
        )
        return bool(one == other)

    wait_until(same, "the same filters in both browsers", 15)


def test_images_are_drawn_by_hand_and_learnt(server: Server, page: Page) -> None:
    opened(page, server.url + FILMS)
    page.get_by_text("Your own images or table").click()
    page.get_by_test_id("stButtonGroup").get_by_text("Draw", exact=True).click()
    board = page.get_by_test_id("pixels").locator("svg.screen")
    for row in (0.2, 0.5, 0.8):
        expect(board).to_be_visible(timeout=SLOW)
        board.scroll_into_view_if_needed()
        box = board.bounding_box()
        assert box
        y = box["y"] + row * box["height"]
        page.mouse.move(box["x"] + 0.1 * box["width"], y)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.9 * box["width"], y, steps=8)
        page.mouse.up()
        page.wait_for_timeout(600)
        press(page, "Add this image")
        page.wait_for_timeout(600)
    page.get_by_role("button", name="Learn these 3 images").click()
    expect(page.get_by_text("3 images on a grid of 8 × 8").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("64 visible").first).to_be_visible()
    assert "rows=" in page.url
    link = page.url
    opened(page, link)  # reloaded, they are still there
    expect(page.get_by_text("3 images on a grid of 8 × 8").first).to_be_visible(timeout=SLOW)


def test_the_page_fits_a_phone(server: Server, open_page: OpenPage) -> None:
    page = opened(
        open_page(viewport={"width": 390, "height": 844}, has_touch=True),
        server.url + FILMS + "&epoch=5",
    )
    wide = page.evaluate(
        "(() => { const main = document.querySelector('.stMain');"
        " return main.scrollWidth - main.clientWidth; })()"
    )
    assert wide == 0
