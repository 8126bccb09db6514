"""The live view as one piece, fed by hand: its layers, options, sizes and numbers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import OpenPage
from .feeder import Feeder


def test_the_legend_switches_layers(feeder: Feeder) -> None:
    feeder.send(0, 5)
    for name in ("Reconstruction", "Reconstruction density", "Data density"):
        feeder.view.get_by_role("button", name=name, exact=True).click()
    feeder.settle()
    assert feeder.colours() == {"blue"}
    feeder.view.get_by_role("button", name="Data", exact=True).click()
    feeder.view.get_by_role("button", name="Links").click()
    feeder.settle()
    assert feeder.colours() == {"green"}
    for name in ("Links", "Landscape", "Attractors", "Hidden units"):
        button = feeder.view.get_by_role("button", name=name)
        button.click()
        pressed = "false" if name == "Links" else "true"
        expect(button).to_have_attribute("aria-pressed", pressed)
    feeder.settle()
    assert feeder.colours() == set()


def test_options_survive_a_new_page_in_the_same_tab(feeder: Feeder, view_url: str) -> None:
    feeder.send(0, 5)
    feeder.view.get_by_role("button", name="Links").click()
    feeder.view.get_by_label("Passes").fill("3")
    again = Feeder(feeder.page, view_url)
    again.send(0, 5)
    expect(again.view.get_by_role("button", name="Links")).to_have_attribute("aria-pressed", "true")
    expect(again.view.get_by_text("after 3 noisy passes")).to_be_visible()


def test_own_points_are_put_down_by_clicks_and_cleared(feeder: Feeder) -> None:
    feeder.send(0, 5)
    feeder.view.get_by_label("Start from").select_option("clicks")
    expect(feeder.view.get_by_text("Click or tap in the square")).to_be_visible()
    canvas = feeder.view.locator("canvas.picture")
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 3})
    expect(feeder.view.get_by_text("20 chains from your points")).to_be_visible()
    canvas.click(position={"x": 2, "y": 2})  # outside the square: no point
    expect(feeder.view.get_by_text("20 chains from your points")).to_be_visible()
    feeder.view.get_by_label("Noise").select_option("0")
    expect(feeder.view.get_by_text("1 chain from your points")).to_be_visible()
    feeder.view.get_by_role("button", name="Clear points").click()
    expect(feeder.view.get_by_text("Click or tap in the square")).to_be_visible()


def test_zoom_is_kept_when_frames_arrive_and_reset_by_a_double_click(feeder: Feeder) -> None:
    feeder.send(0, 5)
    canvas = feeder.view.locator("canvas.picture")
    feeder.settle()
    whole = canvas.screenshot()
    canvas.hover()
    feeder.page.mouse.wheel(0, -600)
    feeder.settle()
    near = canvas.screenshot()
    assert near != whole
    feeder.send(5, 5, after=4)
    feeder.settle()
    assert canvas.screenshot() == near
    canvas.dblclick()
    feeder.settle()
    assert canvas.screenshot() == whole


def test_a_change_of_size_never_leaves_a_blank_picture(feeder: Feeder) -> None:
    feeder.send(0, 5)
    feeder.settle()
    for width in (700, 390, 1100):
        feeder.page.set_viewport_size({"width": width, "height": 800})
        feeder.page.wait_for_timeout(50)
        assert "vermillion" in feeder.colours()


@pytest.mark.parametrize("density", [1, 2])
def test_the_picture_is_as_sharp_as_the_screen(
    open_page: OpenPage, view_url: str, density: int
) -> None:
    feeder = Feeder(open_page(device_scale_factor=density), view_url)
    feeder.send(0, 5)
    feeder.settle()
    pixels, width = feeder.page.evaluate(
        "() => { const c = parentElement.querySelector('.picture');"
        " return [c.width, c.clientWidth]; }"
    )
    assert pixels == width * density


def test_a_narrow_screen_needs_no_sideways_scrolling_and_fingers_hit_the_buttons(
    open_page: OpenPage, view_url: str
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    feeder = Feeder(page, view_url)
    feeder.send(0, 5)
    feeder.settle()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in feeder.view.locator("button:visible, select:visible, input:visible").all():
        box = control.bounding_box()
        assert box
        assert box["height"] >= 44


def test_numbers_and_sentence_are_shown_and_read_out(feeder: Feeder) -> None:
    feeder.send(0, 50)
    expect(feeder.view.locator(".epoch-value")).to_have_text("50")
    expect(feeder.view.locator(".gauge-value").nth(0)).to_have_text("0.80")
    expect(feeder.view.locator(".gauge-value").nth(1)).to_have_text("0.0020")
    expect(feeder.view.locator(".verdict")).to_contain_text("They disagree")
    spoken = feeder.view.locator("[aria-live=polite]")
    expect(spoken).to_contain_text("Epoch 50, mismatch 0.80, reconstruction error 0.0020")
    label = feeder.view.locator("canvas.picture").get_attribute("aria-label")
    assert "Epoch 50" in str(label)


def test_a_notice_is_shown_and_its_text_is_only_text(feeder: Feeder) -> None:
    feeder.send(0, 5, notice="<b>Diverged</b>: lower η_W")
    expect(feeder.view.get_by_role("status")).to_have_text("<b>Diverged</b>: lower η_W")
    feeder.send(0, 5)
    expect(feeder.view.get_by_role("status")).to_be_hidden()


def test_another_range_of_units_is_shown_on_its_own_axes(feeder: Feeder) -> None:
    feeder.send(0, 5, low=-1.0, high=1.0)
    feeder.settle()
    first = feeder.view.locator("canvas.picture").screenshot()
    feeder.send(0, 5, low=0.0, high=1.0, generation="b")
    feeder.settle()
    assert feeder.view.locator("canvas.picture").screenshot() != first


def test_a_drag_moves_the_zoomed_picture_and_a_wheel_at_full_view_scrolls_the_page(
    feeder: Feeder,
) -> None:
    feeder.send(0, 5)
    canvas = feeder.view.locator("canvas.picture")
    wheel = "(c, deltaY) => c.dispatchEvent(new WheelEvent('wheel', {deltaY, cancelable: true}))"
    assert canvas.evaluate(wheel, 100) is True  # not taken: the page may scroll
    assert canvas.evaluate(wheel, -400) is False
    feeder.settle()
    before = canvas.screenshot()
    box = canvas.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    feeder.page.mouse.move(*middle)
    feeder.page.mouse.down()
    feeder.page.mouse.move(middle[0] + 40, middle[1] + 30, steps=4)
    feeder.page.mouse.up()
    feeder.settle()
    assert canvas.screenshot() != before


def test_two_fingers_zoom(open_page: OpenPage, view_url: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    feeder = Feeder(page, view_url)
    feeder.send(0, 5)
    feeder.settle()
    canvas = feeder.view.locator("canvas.picture")
    before = canvas.screenshot()
    box = canvas.bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *across: float) -> None:
        y = box["y"] + box["height"] / 2
        points = [{"x": box["x"] + box["width"] * at, "y": y} for at in across]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 0.45, 0.55)
    fingers("touchMove", 0.35, 0.65)
    fingers("touchMove", 0.2, 0.8)
    fingers("touchEnd")
    feeder.settle()
    assert canvas.screenshot() != before
    assert canvas.evaluate("(c) => c.style.touchAction") == "none"  # now one finger pans
    assert page.evaluate("visualViewport.scale") == 1  # the picture was zoomed, not the page


def test_a_dark_page_gets_a_dark_picture_at_once(feeder: Feeder) -> None:
    feeder.send(0, 5)
    feeder.settle()
    corner = (
        "() => [...parentElement.querySelector('.picture').getContext('2d')"
        ".getImageData(2, 2, 1, 1).data]"
    )
    assert feeder.page.evaluate(corner) == [255, 255, 255, 255]
    feeder.page.evaluate("host.style.setProperty('--st-background-color', '#101418')")
    feeder.frame -= 1  # a new theme comes with the old message
    feeder.send(0, 5)
    feeder.settle()
    assert feeder.page.evaluate(corner) == [16, 20, 24, 255]
    expect(feeder.view).to_have_class("live-view dark")
