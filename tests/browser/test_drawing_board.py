"""The drawing board as one piece in a bare page: brushes, history, backdrop, messages."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import expect

from rbm.app.drawing import encode_points

from .conftest import OpenPage
from .drawing import FEW, Drawing
from .server import wait_until


def test_a_press_with_the_point_brush_sets_a_point_there_and_sends_it(board: Drawing) -> None:
    board.choose("Point")
    board.stroke((0.25, 0.75))
    board.shows(1)
    np.testing.assert_allclose(board.points, [[0.25, 0.75]], atol=0.003)
    assert [drawn["revision"] for drawn in board.sent] == [1]
    assert [drawn["kept"] for drawn in board.sent] == [False]


def test_nothing_is_sent_before_the_pointer_lifts(board: Drawing) -> None:
    board.stroke((0.2, 0.5), (0.8, 0.5), lift=False)
    wait_until(
        lambda: int(board.root.get_attribute("data-count") or 0) > 10, "points while drawing"
    )
    assert board.sent == []
    board.page.mouse.up()
    assert len(board.sent) == 1
    board.shows(len(board.points))


def test_each_brush_does_its_work_on_the_points(board: Drawing) -> None:
    board.stroke((0.2, 0.3), (0.8, 0.3))
    sprayed = board.points
    assert len(sprayed) >= 40
    assert np.abs(sprayed[:, 1] - 0.3).max() < 0.065
    board.choose("Pull")
    board.stroke((0.5, 0.3), (0.5, 0.6))
    pulled = board.points
    assert len(pulled) == len(sprayed)
    raised = pulled[:, 1] - sprayed[:, 1]
    assert raised.max() > 0.03  # how far depends on where the spray's points came to lie
    assert raised.min() > -0.01
    board.choose("Jitter")
    board.stroke((0.2, 0.3), (0.4, 0.3))
    shaken = board.points
    moved = np.abs(shaken - pulled).sum(axis=1) > 0
    assert 0 < moved.sum() < len(moved)
    assert pulled[moved, 0].max() < 0.5
    board.choose("Erase")
    board.stroke((0.1, 0.3), (0.9, 0.3))
    assert 0 < len(board.points) < len(sprayed)
    assert np.abs(board.points[:, 1] - 0.3).min() > 0.055  # jitter moved some beyond


def test_size_and_density_are_sliders(board: Drawing) -> None:
    board.root.get_by_role("slider", name="Density").fill("10")
    board.root.get_by_role("slider", name="Brush size").fill("9")
    expect(board.root.locator(".sliders")).to_contain_text("Brush size 50 %")
    board.stroke((0.5, 0.5), (0.62, 0.5))
    assert len(board.points) >= 10
    assert np.ptp(board.points[:, 1]) > 0.2
    board.choose("Erase")
    expect(board.root.locator('[data-tool="amount"]')).to_be_disabled()
    board.choose("Jitter")
    expect(board.root.get_by_role("slider", name="Strength")).to_have_value("4")


def test_a_brush_that_is_held_still_sprays_on(board: Drawing) -> None:
    board.stroke((0.5, 0.5), lift=False)
    board.shows(4)
    wait_until(lambda: int(board.root.get_attribute("data-count") or 0) >= 12, "more paint")
    board.page.mouse.up()


def test_undo_and_redo_by_buttons_and_keys(board: Drawing) -> None:
    board.choose("Point")
    expect(board.button("Undo")).to_be_disabled()
    for x in (0.2, 0.4, 0.6):
        board.stroke((x, 0.5))
    board.shows(3)
    board.button("Undo").click()
    board.shows(2)
    for keys, count in [
        ("Control+z", 1), ("Control+z", 0), ("Control+z", 0), ("Control+Shift+Z", 1),
        ("Control+y", 2), ("Meta+z", 1), ("Meta+Shift+Z", 2), ("Control+y", 3), ("Control+y", 3),
    ]:  # fmt: skip
        board.page.keyboard.press(keys)
        board.shows(count)
        assert len(board.points) == count
    expect(board.button("Redo")).to_be_disabled()
    revisions = [drawn["revision"] for drawn in board.sent]
    assert revisions == list(range(1, len(revisions) + 1))


def test_a_hundred_strokes_can_be_undone(board: Drawing) -> None:
    board.choose("Point")
    left, top = board.place(0.1, 0.9)
    for at in range(100):
        board.page.mouse.move(left + 4 * (at % 10) * 5, top + 4 * (at // 10) * 5)
        board.page.mouse.down()
        board.page.mouse.up()
    board.shows(100)
    for _ in range(100):
        board.page.keyboard.press("Control+z")
    board.shows(0)


def test_typing_in_a_field_keeps_its_own_undo(board: Drawing) -> None:
    board.choose("Point")
    board.stroke((0.5, 0.5))
    board.page.evaluate("document.body.append(document.createElement('textarea'))")
    board.page.locator("textarea").press("Control+z")
    board.page.wait_for_timeout(100)
    board.shows(1)


def test_clear_takes_everything_and_undo_brings_it_back(board: Drawing) -> None:
    board.choose("Point")
    expect(board.button("Clear")).to_be_disabled()
    board.stroke((0.5, 0.5))
    board.button("Clear").click()
    board.shows(0)
    assert len(board.points) == 0
    board.page.keyboard.press("Control+z")
    board.shows(1)


def test_the_count_is_told_and_the_maximum_said_when_reached(
    open_page: OpenPage, board_url: str
) -> None:
    board = Drawing(open_page(), board_url, most=30)
    count = board.root.locator(".count")
    expect(count).to_have_text("0 of 30 points.")
    board.stroke((0.2, 0.5), (0.9, 0.5))
    expect(count).to_contain_text("30 of 30 points: a drawing holds no more")
    assert len(board.points) == 30


def test_the_backdrop_is_shown_faintly_on_request_and_taken_over(board: Drawing) -> None:
    expect(board.root).to_have_attribute("data-revision", "0")
    assert board.pixel(*FEW[1]) == [255, 255, 255]
    board.root.get_by_role("checkbox", name="Show Ring behind").check()
    wait_until(lambda: board.pixel(*FEW[1])[0] < 230, "a faint point")
    red, green, blue = board.pixel(*FEW[1])
    assert red == green == blue > 150
    board.shows(0)
    board.button("Start from these points").click()
    board.shows(3)
    np.testing.assert_array_equal(board.points, FEW)
    board.page.keyboard.press("Control+z")
    board.shows(0)


def test_a_random_part_of_a_larger_backdrop_is_said_to_be_one(board: Drawing) -> None:
    board.give(backdrop={"name": "a.csv", "points": encode_points(FEW), "of": 5000})
    board.button("Start from these points").click()
    expect(board.root.locator(".count")).to_have_text(
        "3 of 1,500 points. A random 3 of the 5,000 points of a.csv."
    )
    board.stroke((0.5, 0.5))
    expect(board.root.locator(".count")).not_to_contain_text("random")


# -- messages of the server


def test_the_server_s_drawing_is_shown_and_answers_to_the_own_strokes_are_not(
    board: Drawing,
) -> None:
    board.give(FEW, revision=5)
    board.shows(3)
    board.choose("Point")
    board.stroke((0.9, 0.9))
    assert board.sent[-1]["revision"] == 6
    board.give(FEW, revision=5, learnt="mark")
    board.give(board.points, revision=6)
    board.shows(4)
    board.give(FEW[:2], revision=7)
    board.shows(2)
    board.page.keyboard.press("Control+z")  # what came from outside can be undone as well
    board.shows(4)


def test_an_update_during_a_stroke_does_not_disturb_it(board: Drawing) -> None:
    board.choose("Point")
    board.stroke((0.2, 0.2), (0.5, 0.2), lift=False)
    board.shows(6)
    board.give(FEW, revision=1)
    board.page.mouse.move(*board.place(0.57, 0.2))
    board.shows(7)
    board.page.mouse.up()
    board.shows(7)
    assert len(board.points) == 7
    assert board.sent[-1]["revision"] == 2


def test_an_update_during_a_stroke_that_changed_nothing_is_shown_afterwards(board: Drawing) -> None:
    board.choose("Erase")
    board.stroke((0.2, 0.2), (0.5, 0.2), lift=False)
    board.give(FEW, revision=1)
    board.page.mouse.up()
    board.shows(3)
    assert board.sent == []


def test_a_few_points_outlive_a_reload(board: Drawing) -> None:
    board.choose("Point")
    board.stroke((0.5, 0.5))
    again = Drawing(board.page, board.url)
    again.shows(1)
    assert again.sent[-1]["kept"] is True
    elsewhere = Drawing(board.page, board.url, points=FEW, revision=1, learnt="another link")
    elsewhere.shows(3)
    assert elsewhere.sent == []


def test_nothing_is_painted_while_nothing_changes_and_a_removed_board_is_deaf(
    board: Drawing,
) -> None:
    board.choose("Point")
    board.stroke((0.5, 0.5))
    board.page.wait_for_timeout(300)
    pictures = board.root.get_attribute("data-pictures")
    board.page.wait_for_timeout(300)
    assert board.root.get_attribute("data-pictures") == pictures
    board.page.evaluate("window.cleanup()")
    board.page.wait_for_timeout(50)
    board.page.keyboard.press("Control+z")  # an overtaken message ends nothing
    board.shows(0)
    count = len(board.sent)
    board.page.evaluate("host.remove(), window.cleanup()")
    board.page.wait_for_timeout(50)
    board.page.keyboard.press("Control+y")
    assert len(board.sent) == count


def test_points_are_readable_on_dark_ground(open_page: OpenPage, board_url: str) -> None:
    board = Drawing(open_page(), board_url)
    board.page.evaluate(
        "host.style.setProperty('--st-background-color', '#0e1117');"
        "host.style.setProperty('--st-text-color', '#fafafa')"
    )
    board.give(FEW, revision=3)
    board.shows(3)
    expect(board.root).to_have_class("drawing dark")
    red, _, blue = board.pixel(*FEW[1])
    assert blue > 180
    assert red < 120
