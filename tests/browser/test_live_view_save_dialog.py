"""Saving the picture as a person does: the dialog, its keys, the files it leaves."""

from __future__ import annotations

import base64
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .feeder import Feeder
from .pictures import marks, pixels
from .playground import Playground
from .server import Server


@pytest.fixture
def feeder(open_page: OpenPage, view_url: str) -> Feeder:
    # As wide as high, so that screen and file show the same part of the plane.
    return Feeder(open_page(viewport={"width": 520, "height": 1000}), view_url)


def saved(feeder: Feeder) -> Path:
    with feeder.page.expect_download() as waiting:
        feeder.view.get_by_role("button", name="Save", exact=True).click()
    return Path(waiting.value.path()).rename(
        Path(waiting.value.path()).parent / waiting.value.suggested_filename
    )


def on_screen(feeder: Feeder) -> np.ndarray:
    return pixels(
        feeder.page.evaluate("parentElement.querySelector('.picture').toDataURL().split(',')[1]")
    )


def test_the_file_shows_what_the_screen_shows(feeder: Feeder) -> None:
    feeder.send(0, 20)
    for layer in ("Links", "Hidden units", "Attractors"):
        feeder.view.get_by_role("button", name=layer).click()
    feeder.view.get_by_role("slider", name="Recorded epochs").fill("12")
    feeder.settle()
    canvas = feeder.view.locator("canvas.picture")
    side = int(canvas.evaluate("(c) => c.width"))
    assert side == canvas.evaluate("(c) => c.height")
    for wheel in (0, -500):
        canvas.hover(position={"x": side * 0.6, "y": side * 0.35})
        feeder.page.mouse.wheel(0, wheel)
        feeder.settle()
        feeder.view.get_by_role("button", name="Save…").click()
        feeder.view.get_by_label("Side in pixels").fill(str(side))
        path = saved(feeder)
        assert path.name == "rbm_12.png"
        feeder.view.get_by_role("button", name="Close").click()
        file = pixels(base64.b64encode(path.read_bytes()).decode())
        # Measured: 0.3 of 255; stamps stand on whole pixels, and tints are enlarged more roughly.
        assert np.abs(file - on_screen(feeder)).mean() < 0.6


def test_saving_by_keyboard_alone(feeder: Feeder) -> None:
    feeder.send(0, 20)
    feeder.shows(20)
    opener = feeder.view.get_by_role("button", name="Save…")
    dialog = feeder.view.get_by_role("dialog", name="Save picture")
    feeder.page.evaluate(
        "window.keys = []; document.addEventListener('keydown', (e) => window.keys.push(e.key))"
    )
    opener.press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("PNG")).to_be_focused()
    feeder.page.keyboard.press("ArrowRight")
    expect(dialog.get_by_label("SVG")).to_be_checked()
    feeder.page.keyboard.press("Tab")
    feeder.page.keyboard.press("Enter")  # 400 pixels
    expect(dialog.get_by_label("Side in pixels")).to_have_value("400")
    expect(dialog.get_by_role("button", name="400")).to_have_attribute("aria-pressed", "true")
    with feeder.page.expect_download() as waiting:
        dialog.get_by_label("Side in pixels").press("Enter")
    assert waiting.value.suggested_filename == "rbm_20.svg"
    root = ElementTree.fromstring(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert root.get("width") == "400"
    assert marks(root) == (200, 500)
    expect(dialog.get_by_role("status")).to_contain_text("rbm_20.svg")
    feeder.page.keyboard.press("s")  # the page's own shortcuts stay out of it
    feeder.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    assert feeder.page.evaluate("window.keys") == ["Enter"]
    feeder.shows(20)


@pytest.mark.parametrize("side", ["", "199", "4001", "300.5"])
def test_a_size_that_makes_no_sense_is_refused(feeder: Feeder, side: str) -> None:
    feeder.send(0, 5)
    feeder.view.get_by_role("button", name="Save…").click()
    field = feeder.view.get_by_label("Side in pixels")
    field.fill(side)
    downloads: list[str] = []
    feeder.page.on("download", lambda file: downloads.append(file.url))
    field.press("Enter")
    assert field.evaluate("(input) => input.validity.valid") is False
    feeder.page.wait_for_timeout(200)
    assert downloads == []


def test_the_picture_of_a_run_can_be_kept(server: Server, page: Page) -> None:
    ground = Playground(page, f"{server.url}/?n_points=50&n_hidden=2&k=1&k_end=1")
    ground.run_to(30)
    ground.touch("Save…")
    ground.view.get_by_label("SVG").check()
    with page.expect_download() as waiting:
        ground.touch("Save")
    assert waiting.value.suggested_filename == "rbm_30.svg"
    root = ElementTree.fromstring(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert marks(root) == (50, 500)
    assert ground.epoch == 30


def test_nothing_is_drawn_on_the_screen_for_a_file(feeder: Feeder) -> None:
    feeder.send(0, 5)
    feeder.view.get_by_role("button", name="Save…").click()
    before = feeder.settle()
    saved(feeder)
    assert feeder.settle() == before
