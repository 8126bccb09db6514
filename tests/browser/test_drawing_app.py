"""Drawing in the app itself: what a hand draws is learnt, kept and shared."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from .conftest import OpenPage
from .playground import Playground
from .server import Server, wait_until


class DrawingPage(Playground):
    """The page "Your data" with the drawing board on it."""

    @property
    def board(self) -> Locator:
        return self.page.get_by_test_id("drawing")

    @property
    def count(self) -> int:
        return int(self.board.get_attribute("data-count") or 0)

    def stroke(self, *path: tuple[float, float]) -> None:
        """Drags the mouse along a path, in shares of the board's width and height."""
        box = self.board.locator("canvas").bounding_box()
        assert box
        x, y = path[0]
        self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        self.page.mouse.down()
        for x, y in path[1:]:
            self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
        self.page.mouse.up()

    def says(self, sentence: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_test_id("stCaptionContainer").get_by_text(sentence)).to_be_visible(
            timeout=20_000
        )

    def learns(self) -> int:
        """Waits until the machine learns what is on the board; how many points."""
        wait_until(lambda: self.count > 0, "points on the board")
        self.says(f"The machine learns these {self.count:,} points.")
        return self.count


def open_board(page: Page, server: Server, query: str = "") -> DrawingPage:
    opened = DrawingPage(page, f"{server.url}/data{query}")
    expect(opened.board).to_be_visible()
    return opened


def visit(page: Page, name: str) -> None:
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()


def test_what_is_drawn_is_learnt_while_training_goes_on(page: Page, server: Server) -> None:
    drawing = open_board(page, server)
    drawing.says("Draw, and the machine learns what you draw")
    drawing.stroke((0.3, 0.7), (0.7, 0.7))
    first = drawing.learns()
    drawing.press("Play")
    drawing.wait_for_epoch(5)
    before = drawing.epoch
    drawing.stroke((0.3, 0.3), (0.7, 0.3))
    assert drawing.learns() > first
    drawing.wait_for_epoch(before + 20)  # the run went on, from where it was
    drawing.press("Pause")
    assert drawing.wait_until_paused() > before
    page.keyboard.press("Control+z")
    wait_until(lambda: drawing.count == first, "the second stroke to be undone")
    assert drawing.learns() == first


def test_a_drawing_stays_over_page_changes_reloads_and_in_another_browser(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page()
    drawing = open_board(page, server)
    drawing.stroke((0.3, 0.7), (0.5, 0.3), (0.7, 0.7))
    count = drawing.learns()
    visit(page, "Playground")
    expect(drawing.board).to_be_hidden()
    visit(page, "Your data")
    wait_until(lambda: drawing.board.count() and drawing.count == count, "the drawing, again")
    drawing.learns()
    wait_until(lambda: "data=" in page.url or "points=" in page.url, "the link to carry the points")
    link = page.url
    page.reload()
    wait_until(lambda: drawing.board.count() and drawing.count == count, "the drawing, reloaded")
    assert drawing.learns() == count
    other = open_page()
    other.goto(link)
    copy = other.get_by_test_id("drawing")
    expect(copy).to_have_attribute("data-count", str(count), timeout=20_000)


def test_a_few_points_stay_too(page: Page, server: Server) -> None:
    drawing = open_board(page, server)
    drawing.board.get_by_role("radio", name="Point").check()
    for at in range(3):
        drawing.stroke((0.3 + at / 10, 0.5))
    drawing.says("7 more points and the machine can learn them.")
    visit(page, "Playground")
    expect(drawing.board).to_be_hidden()
    visit(page, "Your data")
    wait_until(lambda: drawing.board.count() and drawing.count == 3, "the points, again")
    page.reload()
    wait_until(lambda: drawing.board.count() and drawing.count == 3, "the points, reloaded")
    drawing.says("7 more points and the machine can learn them.")


def test_undo_of_the_run_brings_its_drawing_back_to_the_board(page: Page, server: Server) -> None:
    drawing = open_board(page, server)
    drawing.stroke((0.3, 0.7), (0.7, 0.7))
    count = drawing.learns()
    drawing.run_to(30)
    drawing.press("Reset")
    wait_until(lambda: drawing.epoch == 0, "epoch 0")
    drawing.board.get_by_role("button", name="Clear").click()
    wait_until(lambda: drawing.count == 0, "an empty board")
    drawing.stroke((0.3, 0.3), (0.5, 0.3))
    wait_until(lambda: drawing.count > 9, "another drawing")
    drawing.learns()
    drawing.press("Undo")
    wait_until(lambda: drawing.count == count, "the first drawing")
    drawing.learns()


def test_starting_from_the_pattern(page: Page, server: Server) -> None:
    drawing = open_board(page, server, "?v=1&pattern=ring&n_points=120")
    drawing.board.get_by_role("button", name="Start from these points").click()
    assert drawing.learns() == 120


def test_keys_on_the_board_do_not_reach_the_page_s_shortcuts(page: Page, server: Server) -> None:
    drawing = open_board(page, server)
    drawing.board.locator("canvas").focus()
    page.keyboard.press("p")
    page.keyboard.press("Space")  # elsewhere: play
    wait_until(lambda: drawing.count == 1, "a point")
    drawing.says("9 more points and the machine can learn them.")
    page.keyboard.press("s")  # elsewhere: one step
    expect(drawing.board.get_by_role("radio", name="Spray")).to_be_checked()
    page.wait_for_timeout(300)
    expect(drawing.button("Play")).to_be_visible()
    assert drawing.epoch <= 0
