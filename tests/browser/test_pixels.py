"""The pixel board and player as one piece in a bare page: hands, keys, messages, playing."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from rbm.app.pixels import ASSETS, Painted, decode_painted

from .asset_server import serve_assets
from .conftest import OpenPage
from .drawing import GIVE, MOUNT
from .server import wait_until

SHAPE = (3, 4)
COUNT = 12
IMAGE = np.arange(COUNT) * 20
ALL = np.ones(COUNT, np.uint8)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve_assets(ASSETS) as url:
        yield url


@pytest.fixture
def bare(open_page: OpenPage, url: str) -> Page:
    page = open_page()
    page.goto(url)
    page.evaluate(MOUNT)
    return page


def text(values: Any) -> str:
    return base64.b64encode(np.asarray(values, np.uint8).tobytes()).decode()


def board(page: Page, values: Any = IMAGE, known: Any = ALL, **more: Any) -> None:
    page.evaluate(GIVE, {
        "kind": "board", "shape": SHAPE, "editable": "mask", "label": "A ramp",
        "values": text(values), "known": text(known), **more,
    })  # fmt: skip


def sent(page: Page) -> list[Painted]:
    return [decode_painted(value, COUNT) for _, value in page.evaluate("window.sent")]


def screen(page: Page) -> Locator:
    return page.locator(".screen")


def middle(page: Page, row: int, column: int) -> tuple[float, float]:
    box = screen(page).bounding_box()
    assert box
    return (
        box["x"] + box["width"] * (column + 0.5) / SHAPE[1],
        box["y"] + box["height"] * (row + 0.5) / SHAPE[0],
    )


def stroke(page: Page, *places: tuple[int, int]) -> None:
    page.mouse.move(*middle(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*middle(page, *place))
    page.mouse.up()


def shown(page: Page, at: int = 0) -> list[int]:
    """Values of all pixels as they are drawn."""
    opacity = "rects => rects.map(rect => Math.round(rect.getAttribute('fill-opacity') * 255))"
    cells: list[int] = screen(page).nth(at).locator(".cells rect").evaluate_all(opacity)
    return cells


def unknown(page: Page) -> str | None:
    return page.get_by_test_id("pixels").get_attribute("data-unknown")


def test_an_image_is_shown_as_it_is(bare: Page) -> None:
    board(bare, editable=None)
    assert shown(bare) == IMAGE.tolist()
    expect(bare.get_by_role("img", name="A ramp")).to_be_visible()
    expect(bare.locator(".tools")).to_have_count(0)
    stroke(bare, (0, 0), (1, 1))
    assert sent(bare) == []


def test_a_stroke_covers_pixels_without_gaps_and_sends_the_whole_state_once(bare: Page) -> None:
    board(bare)
    stroke(bare, (0, 0), (0, 3))
    (painted,) = sent(bare)
    assert painted.known.tolist() == [False] * 4 + [True] * 8
    np.testing.assert_allclose(painted.values, IMAGE / 255)
    assert unknown(bare) == "4"
    bare.get_by_role("radio", name="Uncover").check()
    stroke(bare, (0, 1))
    assert sent(bare)[-1].known.tolist() == [False, True, False, False] + [True] * 8


def test_what_is_covered_is_hatched_and_outlined(bare: Page) -> None:
    known = ALL.copy()
    known[[0, 1]] = 0
    board(bare, known=known)
    hatched = screen(bare).locator('path[fill^="url(#hatching"]')
    assert hatched.get_attribute("d") == "M0 0h1v1h-1zM1 0h1v1h-1z"
    border = screen(bare).locator(".border").get_attribute("d") or ""
    assert sorted(border.split("M")[1:]) == ["0 0h1", "0 0v1", "0 1h1", "1 0h1", "1 1h1", "2 0v1"]


def test_ink_has_a_darkness_and_a_size_and_the_rubber_takes_it_away(bare: Page) -> None:
    board(bare, np.zeros(COUNT), editable="values")
    stroke(bare, (0, 0))
    bare.get_by_label("Darkness of the ink").fill("40")
    bare.get_by_role("radio", name="2").check()
    stroke(bare, (1, 2))
    assert (sent(bare)[-1].values * 255).round().reshape(SHAPE).tolist() == [
        [255, 0, 0, 0], [0, 0, 102, 102], [0, 0, 102, 102],
    ]  # fmt: skip
    bare.get_by_role("radio", name="Rubber").check()
    stroke(bare, (0, 0))
    assert (sent(bare)[-1].values * 255).round().reshape(SHAPE).tolist() == [
        [0, 0, 0, 0], [0, 0, 102, 102], [0, 0, 102, 102],
    ]  # fmt: skip
    assert all(painted.known.all() for painted in sent(bare))


def test_a_board_for_both_has_all_four_brushes(bare: Page) -> None:
    board(bare, editable="both")
    brushes = bare.get_by_role("radiogroup", name="Brush").get_by_role("radio")
    expect(brushes).to_have_count(4)


def test_a_stroke_that_leaves_the_image_ends_within_it(bare: Page) -> None:
    board(bare)
    x, y = middle(bare, 1, 3)
    bare.mouse.move(x, y)
    bare.mouse.down()
    bare.mouse.move(x + 400, y)
    bare.mouse.up()
    assert [at for at, known in enumerate(sent(bare)[-1].known) if not known] == [7]


def test_a_finger_paints_and_a_second_one_does_not(bare: Page) -> None:
    board(bare)
    for finger, kind, at in (
        (1, "pointerdown", 0), (2, "pointerdown", 2), (2, "pointerup", 2), (1, "pointerup", 0),
    ):  # fmt: skip
        event = {
            "pointerId": finger, "pointerType": "touch", "button": 0, "bubbles": True,
            "clientX": middle(bare, 0, at)[0], "clientY": middle(bare, 0, at)[1],
        }  # fmt: skip
        bare.evaluate(
            """([kind, event]) => {
              const node = parentElement.querySelector('.screen');
              node.setPointerCapture = () => {};
              node.dispatchEvent(new PointerEvent(kind, event));
            }""",
            [kind, event],
        )
    assert [painted.known.sum() for painted in sent(bare)] == [11]


def test_keys_alone_cover_and_tell_what_they_stand_on(bare: Page) -> None:
    board(bare)
    screen(bare).focus()
    says = bare.locator('output[aria-live="polite"]')
    bare.keyboard.press("ArrowRight")
    expect(says).to_have_text("row 1, column 2: 0.08")
    bare.keyboard.down("Space")
    bare.keyboard.press("ArrowDown")
    bare.keyboard.press("ArrowDown")
    bare.keyboard.press("ArrowDown")  # the image ends here
    bare.keyboard.up("Space")
    expect(says).to_have_text("row 3, column 2: unknown")
    (painted,) = sent(bare)
    assert np.flatnonzero(~painted.known).tolist() == [1, 5, 9]


def test_a_late_answer_never_wipes_out_a_later_stroke(bare: Page) -> None:
    board(bare)
    stroke(bare, (0, 0))
    stroke(bare, (0, 1))
    board(bare)  # a run for another reason
    assert unknown(bare) == "2"
    first, second = sent(bare)
    board(bare, known=first.known)
    assert unknown(bare) == "2"
    board(bare, known=second.known)
    assert unknown(bare) == "2"


def test_the_servers_own_doing_counts(bare: Page) -> None:
    board(bare)
    stroke(bare, (0, 0))
    board(bare, known=sent(bare)[-1].known)
    board(bare)  # a button that uncovers everything
    assert unknown(bare) == "0"
    board(bare, values=IMAGE[::-1], known=1 - ALL)
    assert unknown(bare) == "12"
    assert shown(bare) == IMAGE[::-1].tolist()
    bare.get_by_role("radio", name="Uncover").check()
    stroke(bare, (2, 0), (2, 3))
    board(bare, values=IMAGE)  # overtakes the stroke, which the server then takes after all
    board(bare, values=IMAGE[::-1], known=sent(bare)[-1].known)
    assert unknown(bare) == "8"
    assert shown(bare) == IMAGE[::-1].tolist()


def test_an_image_of_another_shape_takes_its_place(bare: Page) -> None:
    board(bare)
    board(bare, np.zeros(4), np.ones(4), shape=(2, 2))
    assert shown(bare) == [0] * 4


def player(page: Page, *counts: int, known: Any = ALL) -> None:
    panels = [
        {
            "title": f"Panel {at}", "note": "", "tint": "ink", "marked": at == 0,
            "frames": text(np.concatenate([np.full(COUNT, 10 * at + step) for step in range(n)])),
        }
        for at, n in enumerate(counts)
    ]  # fmt: skip
    page.evaluate(GIVE, {"kind": "player", "shape": SHAPE, "known": text(known), "panels": panels})


def step(page: Page) -> int:
    return int(page.get_by_test_id("pixels").get_attribute("data-step") or -1)


def test_it_plays_by_itself_to_the_end_and_shorter_panels_wait_there(bare: Page) -> None:
    player(bare, 4, 1)
    wait_until(lambda: step(bare) == 3, "the last step")
    expect(bare.get_by_role("button", name="Play")).to_be_visible()
    assert shown(bare, 0) == [3] * COUNT
    assert shown(bare, 1) == [10] * COUNT
    bare.get_by_label("Step").fill("1")
    assert shown(bare, 0) == [1] * COUNT
    expect(bare.get_by_text("step 1 of 3")).to_be_visible()


def test_a_rerun_does_not_disturb_what_plays_and_news_start_over(bare: Page) -> None:
    player(bare, 30)
    wait_until(lambda: step(bare) > 1, "a few steps")
    bare.get_by_role("button", name="Pause").click()
    here = step(bare)
    player(bare, 30)
    assert step(bare) == here
    expect(bare.get_by_role("button", name="Play")).to_be_visible()
    player(bare, 29)
    expect(bare.get_by_role("button", name="Pause")).to_be_visible()
    assert step(bare) < 5


def test_who_wants_no_motion_sees_the_end(open_page: OpenPage, url: str) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto(url)
    page.evaluate(MOUNT)
    player(page, 5)
    assert step(page) == 4
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_images_without_steps_need_no_transport_and_unknown_pixels_an_outline(bare: Page) -> None:
    known = ALL.copy()
    known[5] = 0
    player(bare, 1, 1, known=known)
    expect(bare.locator(".transport")).to_be_hidden()
    assert len(screen(bare).nth(0).locator(".border").get_attribute("d") or "") > 10
    assert not screen(bare).nth(1).locator(".border").get_attribute("d")
