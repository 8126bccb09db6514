"""The graph of a small machine as one piece in a bare page: touching, keys, names, the race."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from rbm.app.graph import ASSETS, Touched, graph_message, race_message
from rbm.models.binary import BinaryMachine
from rbm.structure import chance_distance, probabilities, random_machine

from .asset_server import serve_assets
from .conftest import OpenPage
from .drawing import MOUNT
from .server import wait_until

GIVE = """
(data) => {
  const setTriggerValue = (name, value) => window.sent.push([name, value]);
  window.cleanup = window.component({data, parentElement, setTriggerValue});
}
"""
MACHINE = BinaryMachine(
    np.array([[0.5, -1.5], [2.0, 0.3], [-0.7, 0.0]]),
    np.array([0.2, -0.4, 0.6]), np.array([-0.3, 0.9]),
)  # fmt: skip
V, H = np.array([1.0, 0, 1]), np.array([0.0, 1])


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


def give(page: Page, machine: BinaryMachine = MACHINE, race: Any = None, **more: Any) -> None:
    v, h = more.pop("v", V), more.pop("h", H)
    page.evaluate(GIVE, {**graph_message(machine, v, h, **more), "race": race})


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def sent(page: Page) -> list[dict[str, Any]]:
    return [value for _, value in page.evaluate("window.sent")]


def test_units_and_lines_say_what_they_are(bare: Page) -> None:
    give(bare)
    expect(bare.locator(".unit")).to_have_count(5)
    expect(bare.locator(".line")).to_have_count(6)
    expect(part(bare, "v0")).to_have_attribute("aria-label", "v₁: 1")
    expect(part(bare, "h0")).to_have_attribute("aria-label", "h₁: 0")
    assert part(bare, "w0-1").locator("title").text_content() == "weight v₁ h₂: −1.5"
    names = {name: part(bare, name).get_attribute("class") or "" for name in (
        "w0-1", "w1-0", "w2-1", "v0", "v1")}  # fmt: skip
    assert "negative" in names["w0-1"]
    assert "negative" not in names["w1-0"]
    assert "none" in names["w2-1"]
    assert "full" in names["v0"]
    assert "full" not in names["v1"]
    thick = [
        float(part(bare, name).locator(".ink").get_attribute("stroke-width") or 0)
        for name in ("w2-1", "w0-0", "w0-1", "w1-0")
    ]
    assert thick == sorted(thick)
    assert len(set(thick)) == 4


def test_lines_between_two_units_that_are_on_stand_out(bare: Page) -> None:
    give(bare)
    active = bare.locator(".line.active")
    assert active.evaluate_all("lines => lines.map(line => line.dataset.part)") == ["w0-1", "w2-1"]


def test_a_layer_without_states_shows_question_marks(bare: Page) -> None:
    give(bare, h=None, primed="v", notes={"v": ["0.9", "0.1", ""]})
    expect(part(bare, "h1")).to_have_attribute("aria-label", "h₂: unknown")
    expect(part(bare, "v0")).to_have_attribute("aria-label", "v₁′: 1")
    assert part(bare, "v1").locator(".name").text_content() == "v₂′ 0.1"


def test_clamped_units_have_a_second_ring_and_say_so(bare: Page) -> None:
    give(bare, held=np.array([1.0, 0, 0]))
    assert bare.locator(".ring").count() == 1
    expect(part(bare, "v0")).to_have_attribute("aria-label", "v₁: 1, known")
    expect(part(bare, "v1")).to_have_attribute("aria-label", "v₂: 0")
    expect(part(bare, "h0")).to_have_attribute("aria-label", "h₁: 0")


def test_long_names_take_two_lines_and_stay_inside(bare: Page) -> None:
    names = {
        "v": ["Casablanca", "Love Actually", "Supercalifragilistically"],
        "h": ["science fiction", "h₂"],
    }
    give(bare, names=names, notes={"v": ["0.9", "0.1", "0.5"], "h": ["0.2", "0.3"]})
    assert part(bare, "v0").locator(".name").all_text_contents() == ["Casablanca", "0.9"]
    assert part(bare, "v1").locator(".name").all_text_contents() == ["Love", "Actually", "0.1"]
    assert part(bare, "v2").locator(".name").all_text_contents() == [
        "Supercalif",
        "ragilisti…",
        "0.5",
    ]
    assert part(bare, "h1").locator(".name").all_text_contents() == ["h₂ 0.3"]
    expect(part(bare, "v2")).to_have_attribute("aria-label", "Supercalifragilistically: 1")
    picture = bare.locator(".graph").bounding_box()
    assert picture
    texts = [text.bounding_box() for text in bare.locator(".graph text").all()]
    boxes = [box for box in texts if box and box["width"]]
    assert len(boxes) > 12
    for box in boxes:
        assert box["y"] >= picture["y"] - 1
        assert box["y"] + box["height"] <= picture["y"] + picture["height"] + 1
    rows = sorted((b["y"], b["x"], b["x"] + b["width"]) for b in boxes)
    for (y, _, right), (its_y, left, _) in pairwise(rows):
        assert abs(y - its_y) > 2 or left >= right - 1, "two labels overlap"


def test_a_click_sends_the_part(bare: Page) -> None:
    give(bare)
    part(bare, "v2").click()
    part(bare, "h1").click()
    place = bare.evaluate(
        """() => { const line = parentElement.querySelector('[data-part="w2-1"] .hit');
        const at = new DOMPoint((+line.getAttribute('x1') + +line.getAttribute('x2')) / 2,
          (+line.getAttribute('y1') + +line.getAttribute('y2')) / 2);
        const {x, y} = at.matrixTransform(line.getScreenCTM()); return [x, y]; }"""
    )
    bare.mouse.click(*place)
    assert [Touched(**touch) for touch in sent(bare)] == [
        Touched("v", 2, 0), Touched("h", 0, 1), Touched("w", 2, 1),
    ]  # fmt: skip


def test_everything_is_reached_by_keys_and_the_focus_stays(bare: Page) -> None:
    give(bare, selected=Touched("h", 0, 1))
    reached = []
    for _ in range(8):
        bare.keyboard.press("Tab")
        reached.append(
            bare.evaluate("parentElement.activeElement && parentElement.activeElement.dataset.part")
        )
    assert reached == ["w0-1", "w1-1", "w2-1", "h0", "h1", "v0", "v1", "v2"]
    bare.keyboard.press("Enter")
    bare.keyboard.press("Space")
    assert sent(bare) == [{"kind": "v", "i": 2, "j": 0}] * 2
    give(bare, v=1 - V)  # the server's answer
    assert bare.evaluate("parentElement.activeElement.dataset.part") == "v2"


def test_the_race_plays_pauses_and_starts_over(bare: Page) -> None:
    race = race_message(MACHINE, "both", seed=1)
    give(bare, race=race)
    lane = bare.locator(".race")
    expect(lane).to_contain_text("No samples yet")
    bare.get_by_role("button", name="One sample").click()
    expect(lane).to_have_attribute("data-samples", "1")
    bare.get_by_role("slider", name="Speed").press("End")
    bare.get_by_role("button", name="Play").click()
    wait_until(lambda: int(lane.get_attribute("data-samples") or 0) > 50_000, "50,000 samples")
    bare.get_by_role("button", name="Pause").click()
    samples = int(lane.get_attribute("data-samples") or 0)
    chance = chance_distance(probabilities(MACHINE, "both"), np.array([samples]))[0]
    assert float(lane.get_attribute("data-distance") or 1) < 5 * chance
    give(bare, race=race)  # another message about the same machine
    expect(lane).to_have_attribute("data-samples", str(samples))
    bare.get_by_role("button", name="Start over").click()
    expect(lane).to_have_attribute("data-samples", "0")
    bare.get_by_role("button", name="One sample").click()
    give(bare, random_machine(3, 2, 9), race=race_message(random_machine(3, 2, 9), "both", 1))
    expect(lane).to_have_attribute("data-samples", "0")


def test_a_race_is_only_looked_at(bare: Page) -> None:
    give(bare, race=race_message(MACHINE, "visible", seed=1))
    part(bare, "v0").click()
    assert sent(bare) == []


@pytest.mark.parametrize("units", [(1, 1), (8, 8)])
def test_it_fits_on_a_phone(open_page: OpenPage, url: str, units: tuple[int, int]) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.evaluate(MOUNT)
    machine = random_machine(*units, seed=1)
    v, h = np.ones(units[0]), np.zeros(units[1])
    give(page, machine, race_message(machine, "visible", 1), v=v, h=h)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = [unit.bounding_box() for unit in page.locator(".ground").all()]
    assert all(box and box["width"] >= 24 for box in boxes)  # large enough for a finger
