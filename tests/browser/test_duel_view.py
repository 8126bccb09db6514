"""The duel view in a bare page: both pictures at one epoch, on the same noise."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from rbm.app.duel_view import ASSETS
from rbm.app.live_view import pack_blob
from rbm.models.continuous import n_parameters

from .asset_server import serve_assets
from .conftest import OpenPage
from .feeder import MOUNT, SEND

SLOW = 60_000


@pytest.fixture(scope="module")
def duel_url() -> Iterator[str]:
    with serve_assets(ASSETS) as url:
        yield url


@pytest.fixture
def feeder(open_page: OpenPage, duel_url: str) -> DuelFeeder:
    return DuelFeeder(open_page(), duel_url)


class DuelFeeder:
    """One mounted duel view, fed by the test; machines of 3 hidden units that drift by epoch."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.frame = 0
        page.goto(url)
        page.evaluate(MOUNT)
        self.view = page.get_by_test_id("duel-view")

    def send(self, first: int, last: int, **header: Any) -> None:
        """Frames of epochs first … last for both sides. `a`, `b`: changes to a side's header;
        `drift`: how side B's machine differs from A's."""
        self.frame += 1
        sides = {name: header.pop(name, {}) for name in "ab"}
        drift = header.pop("drift", 0.0)
        rng = np.random.default_rng(1)
        arrays: dict[str, Any] = {"data:d": rng.uniform(0.2, 0.8, (200, 2))}
        described = {}
        for name, change in sides.items():
            stride = change.get("stride", 1)
            epochs = np.array([e for e in range(first, last + 1) if e % stride == 0 or e == last])
            frames = np.random.default_rng(2).uniform(0.5, 2, (1, n_parameters(2, 3)))
            frames = frames + epochs[:, None] / 100 + (drift if name == "b" else 0)
            arrays |= {
                f"{name}:epochs": epochs, f"{name}:frames": frames,
                f"{name}:errors": 0.1 / (1 + epochs),
                f"{name}:mismatch_epochs": np.array([0, 10]),
                f"{name}:mismatch": np.array([1.0, 0.8 if name == "a" else 0.8 - drift]),
            }  # fmt: skip
            described[name] = {
                "after": first - 1, "stride": 1, "n_visible": 2, "n_hidden": 3, "low": 0.0,
                "high": 1.0, "name": "", "held": [{"from": 0, "sigma": 0.5, "average_last": 0.0}],
                "datasets": [{"id": "d", "from": 0}],
                "scores": {"error_floor": 0.01, "error_uniform": 0.1},
            } | change  # fmt: skip
        usual: dict[str, Any] = {
            "run": False, "per": 0.05, "frame": self.frame, "generation": "1", "more": False,
            "jump": False, "start": 0, "notice": "", "datasets": ["d"], "sides": described,
        }  # fmt: skip
        blob = pack_blob(usual | header, arrays)
        self.page.evaluate(SEND, base64.b64encode(blob).decode())

    def heard(self, name: str) -> list[Any]:
        said: list[Any] = self.page.evaluate("window.heard")
        return [value for event, value in said if event == name]

    def shows(self, epoch: int) -> None:
        expect(self.view).to_have_attribute("data-epoch", str(epoch), timeout=SLOW)

    def pictures(self) -> list[str]:
        """What both canvases show now, as text that is equal for equal pictures."""
        drawn: list[str] = self.page.evaluate(
            "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() =>"
            " drawn([...parentElement.querySelectorAll('.picture')].map((c) => c.toDataURL())))))"
        )
        return drawn

    def touch(self, name: str) -> None:
        self.view.get_by_role("button", name=name, exact=True).click()


def test_equal_machines_give_equal_pictures_and_others_do_not(feeder: DuelFeeder) -> None:
    feeder.send(0, 12, jump=True)
    feeder.shows(12)
    a, b = feeder.pictures()
    assert a == b
    assert len(a) > 5_000
    expect(feeder.view.locator(".panel .verdict")).to_have_text("Both sides are the same machine.")
    feeder.send(0, 12, drift=0.5, generation="2", jump=True)
    expect(feeder.view.locator(".panel .verdict")).to_contain_text("B is nearer to the data")
    a, b = feeder.pictures()
    assert a != b


def test_numbers_of_both_sides_and_their_difference(feeder: DuelFeeder) -> None:
    feeder.send(0, 12, drift=0.25, jump=True)
    feeder.shows(12)
    rows = feeder.view.locator(".numbers tbody tr")
    expect(rows.nth(0)).to_have_text("Mismatch0.8000.550−0.250")
    expect(rows.nth(1)).to_have_text("Reconstruction error0.00770.00770.0000")
    feeder.touch("Back ten frames")
    feeder.shows(2)
    expect(rows.nth(0)).to_have_text("Mismatch1.0001.0000.000")


def test_before_the_sides_part_each_is_drawn_with_what_held_then(feeder: DuelFeeder) -> None:
    """Side B's noise is another from epoch 8 on: up to 7 the pictures are equal."""
    held = [
        {"from": 0, "sigma": 0.5, "average_last": 0.0},
        {"from": 8, "sigma": 1.5, "average_last": 0.0},
    ]
    feeder.send(0, 12, b={"held": held}, start=8, jump=True)
    feeder.shows(12)
    a, b = feeder.pictures()
    assert a != b
    for _ in range(5):
        feeder.touch("Back one frame")
    feeder.shows(7)
    a, b = feeder.pictures()
    assert a == b
    expect(feeder.view.locator(".panel .verdict")).to_contain_text("share this past")
    feeder.touch("On one frame")
    feeder.shows(8)
    a, b = feeder.pictures()
    assert a != b


def test_it_asks_for_what_it_lacks_of_either_side(feeder: DuelFeeder) -> None:
    feeder.send(0, 10, run=True)
    feeder.page.wait_for_function("window.heard.length > 0")
    (first, *_) = feeder.heard("ask")
    assert (first["epochs"], first["data"], first["generation"]) == ([10, 10], ["d"], "1")
    feeder.send(14, 20)  # 11 … 13 got lost
    feeder.page.wait_for_function("window.heard.length > 1")
    assert feeder.heard("ask")[-1]["epochs"] == [10, 10]
    feeder.send(11, 20, jump=True)
    feeder.shows(20)


def test_recordings_thinned_differently_still_show_one_epoch(feeder: DuelFeeder) -> None:
    feeder.send(0, 41, b={"stride": 4}, jump=True)
    feeder.shows(41)
    feeder.touch("Back one frame")
    feeder.shows(40)
    a, b = feeder.pictures()
    assert a == b
    feeder.touch("Back one frame")
    feeder.shows(36)
    a, b = feeder.pictures()
    assert a == b


def test_zooming_one_zooms_both_and_parting_is_told(feeder: DuelFeeder) -> None:
    feeder.send(0, 12, jump=True)
    feeder.shows(12)
    before = feeder.pictures()[0]
    feeder.view.locator(".side-b .picture").hover()
    feeder.page.mouse.wheel(0, -400)
    feeder.page.wait_for_timeout(100)
    a, b = feeder.pictures()
    assert a != before
    assert a == b
    feeder.touch("Fit")
    feeder.page.wait_for_timeout(100)
    assert feeder.pictures()[0] == before
    feeder.touch("Back ten frames")
    feeder.shows(2)
    feeder.touch("Part from here")
    assert feeder.heard("part") == [{"epoch": 2}]


def test_points_of_the_user_start_on_both_sides(feeder: DuelFeeder) -> None:
    feeder.send(0, 12, jump=True)
    feeder.view.get_by_label("Start from").select_option("clicks")
    empty = feeder.pictures()
    feeder.view.locator(".side-a .picture").click(position={"x": 120, "y": 120})
    feeder.page.wait_for_timeout(100)
    a, b = feeder.pictures()
    assert a == b
    assert a != empty[0]


def test_the_notice_and_the_keys(feeder: DuelFeeder) -> None:
    feeder.send(0, 12, jump=True, notice="Side B: it diverged.")
    expect(feeder.view.get_by_role("status")).to_have_text("Side B: it diverged.")
    feeder.view.locator(".side-a .picture").focus()
    feeder.page.keyboard.press("ArrowLeft")
    feeder.shows(11)
    feeder.page.keyboard.press("End")
    feeder.shows(12)
