"""Data that change while the run goes on: what the view shows, holds and asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect

from .asset_server import Call, loaded_modules
from .conftest import OpenPage
from .feeder import Feeder

CORNERS = {"left": (0.1, 0.1), "right": (0.9, 0.1), "top": (0.1, 0.9)}
"""Datasets of the page's tests by name: a cloud of 50 points about each of these places."""


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser) as call:
        yield call


@pytest.fixture
def feeder(open_page: OpenPage, view_url: str) -> Feeder:
    feeder = Feeder(open_page(), view_url)
    feeder.send(0, 40, brought("left"), datasets=listed(left=0))
    for layer in ("Reconstruction density", "Reconstruction", "Data density"):
        feeder.view.get_by_role("button", name=layer, exact=True).click()
    return feeder


def brought(*names: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2)
    return {name: np.array(CORNERS[name]) + rng.uniform(-0.05, 0.05, (50, 2)) for name in names}


def listed(**starts: int) -> list[dict[str, Any]]:
    return [{"id": name, "from": epoch} for name, epoch in starts.items()]


def blue_corners(feeder: Feeder) -> set[str]:
    """Which of the clouds the picture shows."""
    feeder.settle()
    counts = feeder.page.evaluate(
        """(corners) => {
          const canvas = parentElement.querySelector('.picture');
          const context = canvas.getContext('2d');
          const side = Math.min(canvas.width - 40, canvas.height - 28);
          const left = 32 + (canvas.width - 40 - side) / 2;
          return Object.fromEntries(Object.entries(corners).map(([name, [x, y]]) => {
            const middle = [left + x * side, 8 + (1 - y) * side].map(Math.round);
            const { data } = context.getImageData(middle[0] - 40, middle[1] - 40, 80, 80);
            let blue = 0;
            for (let at = 0; at < data.length; at += 4) blue += data[at + 2] > data[at] + 60;
            return [name, blue];
          }));
        }""",
        CORNERS,
    )
    return {name for name, blue in counts.items() if blue > 40}


def test_scrubbing_back_shows_the_data_as_they_were(feeder: Feeder) -> None:
    assert blue_corners(feeder) == {"left"}
    feeder.send(41, 60, brought("right"), datasets=listed(left=0, right=40))
    feeder.send(61, 80, brought("top"), datasets=listed(left=0, right=40, top=60))
    assert blue_corners(feeder) == {"top"}
    timeline = feeder.view.get_by_role("slider", name="Recorded epochs")
    for epoch, shown in [(39, "left"), (40, "right"), (59, "right"), (60, "top"), (0, "left")]:
        timeline.fill(str(epoch))
        feeder.shows(epoch)
        assert blue_corners(feeder) == {shown}, epoch
    assert feeder.heard("ask") == []


def test_chains_from_the_data_start_at_those_of_their_epoch(feeder: Feeder) -> None:
    feeder.view.get_by_label("Start from").select_option("data")
    expect(feeder.view.get_by_text("50 chains from the data")).to_be_visible()
    few = np.full((20, 2), 0.5)
    feeder.send(41, 50, {"few": few}, datasets=listed(left=0, few=45))
    expect(feeder.view.get_by_text("20 chains from the data")).to_be_visible()
    feeder.view.get_by_role("slider", name="Recorded epochs").fill("44")
    expect(feeder.view.get_by_text("50 chains from the data")).to_be_visible()


def test_an_edit_at_a_standstill_is_shown_at_once(feeder: Feeder) -> None:
    feeder.send(41, 40, brought("right"), datasets=listed(left=0, right=40))
    assert blue_corners(feeder) == {"right"}


def test_missing_data_are_asked_for_and_never_leave_the_picture_without(feeder: Feeder) -> None:
    feeder.send(41, 60, {}, datasets=listed(left=0, right=40))  # a message was overtaken
    feeder.page.wait_for_function("window.heard.length > 0")
    assert feeder.heard("ask")[0]["data"] == ["left"]
    assert blue_corners(feeder) == {"left"}
    feeder.send(61, 61, {}, datasets=listed(top=0), generation="b", after=-1)
    assert blue_corners(feeder) == {"left"}  # nothing of the new run's data has come yet
    feeder.send(61, 61, brought("top"), datasets=listed(top=0), generation="b", after=-1)
    assert blue_corners(feeder) == {"top"}


def test_a_reset_needs_no_data_again(feeder: Feeder) -> None:
    feeder.send(0, 3, {}, datasets=listed(left=0), generation="b")
    feeder.shows(3)
    assert blue_corners(feeder) == {"left"}
    assert feeder.heard("ask") == []


FEED = """
const datasets = new m.Datasets();
return steps.map(([listed, brought, epochs]) => {
  const arrays = Object.fromEntries(brought.map((id) => [`data:${id}`, {values: [id, -id]}]));
  datasets.receive(listed, arrays);
  return [datasets.ids, datasets.complete, epochs.map((epoch) => [...datasets.at(epoch)])];
});
"""
starts = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(sorted)


@st.composite
def messages(draw: st.DrawFn) -> tuple[list[dict[str, int]], list[int], list[int]]:
    """A list of datasets with numbers for names, those that come along, and epochs to look at."""
    begins = draw(starts)
    # The same points may be learnt twice: an edit that is taken back.
    ids = draw(st.lists(st.integers(1, 5), min_size=len(begins), max_size=len(begins)))
    rows = [{"id": name, "from": epoch} for name, epoch in zip(ids, begins, strict=True)]
    return (
        rows,
        draw(st.lists(st.sampled_from(ids), unique=True)),
        draw(st.lists(st.integers(0, 40))),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(messages(), max_size=5))
def test_the_data_of_an_epoch_are_what_the_protocol_says(call: Call, steps: list[Any]) -> None:
    held: list[int] = []
    shown: list[int] = []
    for got, (rows, brought, epochs) in zip(
        call("datasets", FEED, steps=steps), steps, strict=True
    ):
        wanted = list(dict.fromkeys(row["id"] for row in rows))
        held = [name for name in wanted if name in (*held, *brought)]
        expected = []
        for epoch in epochs:
            begun = [row["id"] for row in rows if row["from"] <= epoch] or [rows[0]["id"]]
            name = begun[-1] if begun[-1] in held else held[-1] if held else None
            shown = [name, -name] if name else shown
            expected.append(shown)
        assert got == [held, len(held) == len(wanted), expected]


def test_points_become_coordinates_one_after_the_other(call: Call) -> None:
    cloud = call("datasets", "return [...m.cloudOf([1, 2, 3, 4, 5, 6])];")
    assert cloud == [1, 3, 5, 2, 4, 6]
