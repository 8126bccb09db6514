"""What draws on the board: fingers, pens, keys, on small screens too."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .drawing import Drawing
from .server import wait_until


def drag(page: Page, kind: str, path: list[tuple[float, float]]) -> None:
    """A trusted drag of a pen, or a mouse, by the browser's own protocol."""
    protocol = page.context.new_cdp_session(page)
    for at, (x, y) in enumerate([*path, path[-1]]):
        name = "mousePressed" if at == 0 else "mouseReleased" if at == len(path) else "mouseMoved"
        protocol.send(
            "Input.dispatchMouseEvent",
            {
                "type": name, "x": x, "y": y, "button": "left", "clickCount": 1,
                "buttons": int(at < len(path)), "pointerType": kind,
            },
        )  # fmt: skip


def swipe(page: Page, path: list[tuple[float, float]], fingers: int = 1) -> None:
    """A trusted swipe; further fingers go along 30 pixels to the right."""
    protocol = page.context.new_cdp_session(page)

    def touch(kind: str, at: list[tuple[float, float]]) -> None:
        points = [
            {"x": x + 30 * finger, "y": y, "id": finger} for x, y in at for finger in range(fingers)
        ]
        protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", path[:1])
    for at in path[1:]:
        touch("touchMove", [at])
    touch("touchEnd", [])


@pytest.fixture
def phone(open_page: OpenPage, board_url: str) -> Drawing:
    return Drawing(open_page(viewport={"width": 390, "height": 600}, has_touch=True), board_url)


def test_a_pen_draws(board: Drawing) -> None:
    board.choose("Point")
    drag(board.page, "pen", [board.place(0.2, 0.2), board.place(0.5, 0.2), board.place(0.7, 0.2)])
    wait_until(lambda: board.sent, "the pen's points")
    assert len(board.points) == 9  # 0.5 in steps of 0.06, and the press


def test_a_finger_draws_and_does_not_scroll_the_page(phone: Drawing) -> None:
    phone.page.evaluate("document.body.style.paddingBottom = '2000px'")
    scrolled = "window.scrollY"
    path = [phone.place(0.5, 0.2 + 0.05 * at) for at in range(12)]
    before = phone.page.evaluate(scrolled)
    swipe(phone.page, path)
    wait_until(lambda: phone.sent, "the finger's points")
    assert phone.page.evaluate(scrolled) == before
    assert len(phone.points) > 20
    assert np.ptp(phone.points[:, 1]) > 0.4


def test_beside_the_canvas_a_finger_scrolls_the_page(phone: Drawing) -> None:
    phone.page.evaluate("document.body.style.paddingBottom = '2000px'")
    phone.page.evaluate("window.scrollTo(0, 200)")
    box = phone.root.locator(".count").bounding_box()
    assert box
    swipe(phone.page, [(200, box["y"] + 8 - 12 * at) for at in range(15)])
    wait_until(lambda: phone.page.evaluate("window.scrollY") > 220, "the page to scroll")
    assert phone.sent == []


def test_a_second_finger_draws_nothing(phone: Drawing) -> None:
    phone.choose("Point")
    x, y = phone.place(0.2, 0.5)
    swipe(phone.page, [(x, y), (x, y - 2)], fingers=2)
    wait_until(lambda: phone.sent, "the first finger's point")
    assert len(phone.points) == 1
    assert len(phone.sent) == 1


def test_at_390_pixels_everything_fits_and_can_be_hit(phone: Drawing) -> None:
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    for target in phone.root.locator("button, .brush, input[type=range], .show").all():
        box = target.bounding_box()
        assert box, "everything is visible"
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_the_eraser_end_of_a_pen_erases_and_other_buttons_draw_nothing(board: Drawing) -> None:
    board.choose("Point")
    board.stroke((0.5, 0.5))
    x, y = board.place(0.2, 0.2)
    board.page.mouse.move(x, y)
    board.page.mouse.down(button="right")
    board.page.mouse.up(button="right")
    board.shows(1)
    # No protocol speaks of a pen's other end, so these two events are made by hand.
    board.page.evaluate("HTMLElement.prototype.setPointerCapture = () => {}")
    x, y = board.place(0.5, 0.5)
    for name, buttons in [("pointerdown", 32), ("pointerup", 0)]:
        board.canvas.dispatch_event(
            name,
            {"pointerId": 9, "pointerType": "pen", "button": 5, "buttons": buttons,
             "clientX": x, "clientY": y},
        )  # fmt: skip
    board.shows(0)
    expect(board.root.get_by_role("radio", name="Point")).to_be_checked()


# -- the keyboard


def test_the_keyboard_alone_can_draw(board: Drawing) -> None:
    board.page.evaluate(
        "window.keys = []; document.addEventListener('keydown', (e) => window.keys.push(e.key))"
    )
    keyboard = board.page.keyboard
    board.canvas.focus()
    keyboard.press("p")
    expect(board.root.get_by_role("radio", name="Point")).to_be_checked()
    keyboard.press("Shift+ArrowRight")
    keyboard.press("ArrowUp")
    keyboard.press("Space")
    board.shows(1)
    np.testing.assert_allclose(board.points, [[0.6, 0.52]], atol=1e-3)
    keyboard.press("ArrowLeft")
    keyboard.down("Enter")
    for _ in range(6):
        keyboard.press("ArrowLeft")
    keyboard.up("Enter")
    board.shows(4)  # one at the press, two more 0.06 apart
    keyboard.press("]")
    expect(board.root.locator(".sliders")).to_contain_text("Brush size 16 %")
    assert board.page.evaluate("window.keys") == ["Shift"]  # the page's own shortcuts hear nothing
    keyboard.press("n")
    assert board.page.evaluate("window.keys") == ["Shift", "n"]


def test_arrow_keys_walk_through_the_brushes(board: Drawing) -> None:
    board.root.get_by_role("radio", name="Spray").focus()
    for name in ("Point", "Erase", "Jitter", "Pull"):
        board.page.keyboard.press("ArrowRight")
        expect(board.root.get_by_role("radio", name=name)).to_be_checked()
        expect(board.root.get_by_role("radio", name=name)).to_be_focused()
