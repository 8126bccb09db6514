"""The page "Fill in" in a real browser: painting over pixels, watching, measuring, a phone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from .conftest import OpenPage
from .server import Server, wait_until
from .test_app_structure import PHONE, overflow, settled

SLOW = 90_000


def trained_digits(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/fill_in")
    page.get_by_role("button", name="Train it now (60 epochs)").click(timeout=SLOW)
    expect(page.get_by_role("button", name="Train 60 epochs more")).to_be_visible(timeout=SLOW)
    expect(board(page)).to_be_visible(timeout=SLOW)


def board(page: Page) -> Locator:
    return page.locator(".screen.editable")


def unknown(page: Page) -> int:
    shown = page.get_by_test_id("pixels").first.get_attribute("data-unknown")
    return int(shown or -1)


def figure(page: Page, title: str) -> list[str | None]:
    """What is drawn in one image of the player."""
    cells = page.locator("figure").filter(has_text=title).locator(".cells rect")
    drawn: list[str | None] = cells.evaluate_all(
        "rects => rects.map(rect => rect.getAttribute('fill-opacity'))"
    )
    return drawn


def test_pixels_are_painted_over_and_the_machine_fills_them(server: Server, page: Page) -> None:
    trained_digits(page, server)
    assert unknown(page) == 32
    page.get_by_role("button", name="Nothing").click()
    expect(page.get_by_text("Everything is known")).to_be_visible(timeout=SLOW)
    box = settled(board(page))
    cell = box["width"] / 8
    page.mouse.move(box["x"] + 0.5 * cell, box["y"] + 0.5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 7.5 * cell, box["y"] + 0.5 * cell)
    page.mouse.up()
    wait_until(lambda: unknown(page) == 8, "a covered row")
    expect(page.get_by_text("8 of 64 units are unknown")).to_be_visible(timeout=SLOW)
    assert unknown(page) == 8  # the server's answer has not changed it
    wait_until(lambda: len(figure(page, "One chain")) == 64, "the images")
    truth = figure(page, "The truth")
    chain = page.locator("figure").filter(has_text="One chain")
    wait_until(lambda: figure(page, "One chain")[:8] != truth[:8], "the chain in the covered row")
    assert figure(page, "One chain")[8:] == truth[8:]
    assert chain.locator(".border").get_attribute("d")


def test_recovery_is_measured_while_the_page_waits(server: Server, page: Page) -> None:
    trained_digits(page, server)
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_text("By squared error the machine is")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("449 cases, 32 of 64 units")).to_be_visible()


def test_the_story_is_told_to_its_end_on_a_phone(server: Server, open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    page.goto(f"{server.url}/fill_in")
    page.get_by_role("button", name="Load the six films").click(timeout=SLOW)
    page.get_by_role("button", name="Train it now (400 epochs)").first.click(timeout=SLOW)
    expect(page.get_by_text("Watch Alien").or_(page.get_by_text("Watch The Matrix"))).to_be_visible(
        timeout=SLOW
    )
    assert overflow(page) <= 0
    page.get_by_role("button", name="Everything").click()
    expect(page.get_by_text("6 of 6 units are unknown")).to_be_visible(timeout=SLOW)
    unit = page.get_by_role("radiogroup", name="Casablanca").first
    expect(unit.get_by_role("radio", name="?")).to_be_checked()
    unit.get_by_role("radio", name="1").click()
    expect(page.get_by_text("5 of 6 units are unknown")).to_be_visible(timeout=SLOW)
