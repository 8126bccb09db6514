"""The page "Compare" in a real browser: two runs in lockstep, from a link to a verdict."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .server import Server, wait_until

SLOW = 90_000
SMALL = "/duel?v=1&pattern=gauss2&n_points=100&n_hidden=3&k=1&k_end=1&epoch=40"
LINK = f"{SMALL}&page.start=30&page.b.changes=30~sigma:0.9"


class Compare:
    """The page, once its view has drawn a picture."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        self.view = page.get_by_test_id("duel-view")
        expect(self.view).to_have_attribute("data-pictures", re.compile("[1-9]"), timeout=SLOW)

    def number(self, name: str) -> int:
        return int(self.view.get_attribute(f"data-{name}") or -1)

    @property
    def epoch(self) -> int:
        """The epoch that both pictures show."""
        return self.number("epoch")

    @property
    def numbers(self) -> list[str]:
        """Epoch and the table of both sides' numbers, in words."""
        return [
            self.view.locator(".epoch-value").inner_text(),
            *self.view.locator(".numbers td").all_inner_texts(),
        ]

    def press(self, name: str) -> None:
        strip = self.page.locator(".st-key-duel_strip")
        strip.get_by_role("button", name=name).first.click(timeout=SLOW)

    def shows(self, epoch: int) -> None:
        wait_until(
            lambda: self.epoch == epoch == self.number("newest"), f"epoch {epoch}", SLOW / 1000
        )

    def rests(self) -> None:
        """Waits until "Play" is offered and nothing runs any more."""
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=SLOW)


def test_a_link_opens_both_sides_and_they_play_in_lockstep(server: Server, page: Page) -> None:
    compare = Compare(page, server.url + LINK)
    compare.shows(40)
    expect(page.get_by_text("They differ in Noise σ: 0.2 on A, 0.9 on B.")).to_be_visible()
    before = compare.numbers
    compare.press("Play")
    wait_until(lambda: compare.epoch > 60, "both sides to move on", SLOW / 1000)
    compare.press("Pause")
    expect(page.locator(".st-key-duel_play")).to_be_visible(timeout=SLOW)
    wait_until(lambda: compare.epoch == compare.number("newest") > 60, "the newest epoch")
    compare.press("Reset")
    compare.shows(30)
    compare.press("Step")
    compare.shows(31)
    field = page.locator(".st-key-duel_goal input")
    field.fill("40")
    field.press("Enter")
    compare.press("Run to epoch")
    compare.shows(40)
    wait_until(lambda: compare.numbers == before, "the numbers of the link again")
    wait_until(lambda: "epoch=40" in str(page.evaluate("location.href")), "the link to say so")
    compare.rests()
    link = str(page.evaluate("location.href"))
    assert "page.b.changes=30" in link
    again = Compare(page, link)
    again.shows(40)
    wait_until(lambda: again.numbers == before, "a copied link to give the same numbers")


def test_a_setting_of_side_b_changes_and_the_sides_part_elsewhere(
    server: Server, page: Page
) -> None:
    compare = Compare(page, server.url + SMALL)
    compare.shows(40)
    expect(page.get_by_text("They are the same")).to_be_visible()
    slider = page.locator(".st-key-duel_b_sigma").get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_text("They differ in Noise σ: 0.2 on A, 0.21 on B.")).to_be_visible(
        timeout=SLOW
    )
    compare.rests()
    for _ in range(3):
        compare.view.get_by_role("button", name="Back ten frames").click()
    wait_until(lambda: compare.epoch == 10, "epoch 10")
    compare.view.get_by_role("button", name="Part from here").click()
    expect(page.get_by_text("go on from epoch 10")).to_be_visible(timeout=SLOW)
    compare.shows(10)
    compare.rests()
    page.get_by_test_id("stButton").get_by_role("button", name="Swap").click()
    expect(page.get_by_text("Noise σ: 0.21 on A, 0.2 on B.")).to_be_visible(timeout=SLOW)


def test_other_seeds_give_a_verdict(server: Server, page: Page) -> None:
    compare = Compare(page, server.url + LINK)
    compare.shows(40)
    compare.rests()
    page.get_by_test_id("stButton").get_by_role("button", name="Try both sides").click()
    expect(page.get_by_text("16 of 16 seeds, to epoch 40: done")).to_be_visible(timeout=2 * SLOW)
    expect(page.get_by_text("Median mismatch: A")).to_be_visible(timeout=SLOW)
    expect(page.locator(".st-key-duel_seeds_figure .js-plotly-plot")).to_be_visible()


def test_it_fits_a_phone(server: Server, open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    compare = Compare(page, server.url + LINK)
    compare.shows(40)
    main = page.locator(".stMain")
    assert main.evaluate("part => part.scrollWidth - part.clientWidth") <= 0
    boxes = [canvas.bounding_box() for canvas in compare.view.locator(".picture").all()]
    assert [round(box["y"]) for box in boxes if box] == [round(boxes[0]["y"])] * 2  # side by side
