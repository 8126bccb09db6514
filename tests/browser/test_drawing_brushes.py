"""What each brush of the drawing board does to the points, on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from scipy import stats

from rbm.app.drawing import ASSETS

from .asset_server import Call, loaded_modules


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser, ASSETS) as call:
        yield call


STROKE = """
const { Cloud } = await import('./cloud.js');
const cloud = new Cloud(most);
for (const [x, y] of points) cloud.add(x, y);
let seed = 12345;  // a linear congruential generator (Numerical Recipes)
const random = () => (seed = (1664525 * seed + 1013904223) % 2 ** 32) / 2 ** 32;
const stroke = new m.Stroke(cloud, brush, { radius, amount }, random);
stroke.press(...path[0]);
for (const at of path.slice(1)) stroke.move(...at);
for (let time = 0; time < holds; time += 1) stroke.hold();
return Array.from({ length: cloud.count }, (_, at) => [cloud.x[at], cloud.y[at]]);
"""


def paint(call: Call, brush: str, path: list[tuple[float, float]], **options: Any) -> np.ndarray:
    """The points after a stroke along `path`."""
    given = {"points": [], "most": 1500, "radius": 0.1, "amount": 4, "holds": 0} | options
    points = call("brushes", STROKE, brush=brush, path=path, **given)
    return np.array(points).reshape(-1, 2)


def row(length: float, events: int, y: float = 0.5) -> list[tuple[float, float]]:
    return [(0.2 + length * at / events, y) for at in range(events + 1)]


GRID_OF_POINTS = [(x, y) for x in np.linspace(0.02, 0.98, 25) for y in np.linspace(0.02, 0.98, 25)]


def test_spray_covers_the_disc_evenly(call: Call) -> None:
    points = paint(call, "spray", [(0.4, 0.6)], radius=0.3, amount=10, holds=149)
    assert len(points) == 1500
    offset = points - [0.4, 0.6]
    share = (np.hypot(*offset.T) / 0.3) ** 2  # uniform on [0, 1] if the disc is evenly covered
    angle = np.arctan2(offset[:, 1], offset[:, 0]) / (2 * np.pi) + 0.5
    assert stats.kstest(share, "uniform").pvalue > 1e-3
    assert stats.kstest(angle, "uniform").pvalue > 1e-3


def test_a_stroke_leaves_as_much_paint_however_many_events_it_has(call: Call) -> None:
    counts = {
        events: len(paint(call, "spray", row(0.5, events), amount=3)) for events in (1, 7, 10, 400)
    }
    assert set(counts.values()) == {3 * 11}  # a dab every half radius, and one at the press


def test_density_and_size_say_how_much_and_how_far(call: Call) -> None:
    for amount in (1, 10):
        assert len(paint(call, "spray", row(0.5, 5), amount=amount)) == 11 * amount
    small = paint(call, "spray", row(0.5, 5), radius=0.02, amount=10)
    assert np.abs(small[:, 1] - 0.5).max() < 0.02
    assert np.abs(small[:, 1] - 0.5).max() > 0.015


def test_spray_beyond_the_border_is_lost_and_the_maximum_holds(call: Call) -> None:
    points = paint(call, "spray", [(0.0, 1.0)], amount=10, holds=199, radius=0.2)
    assert ((points >= 0) & (points <= 1)).all()
    assert abs(len(points) - 500) < 4 * np.sqrt(
        2000 * 0.25 * 0.75
    )  # a quarter of the disc is inside
    assert len(paint(call, "spray", [(0.5, 0.5)], most=37, amount=10, holds=9)) == 37


def test_point_sets_one_where_pressed_and_a_row_along_a_line(call: Call) -> None:
    np.testing.assert_array_equal(paint(call, "point", [(0.31, 0.77)], holds=5), [[0.31, 0.77]])
    points = paint(call, "point", row(0.5, 13), radius=0.1)
    np.testing.assert_allclose(points, [(0.2 + 0.1 * at, 0.5) for at in range(6)], atol=1e-12)


def test_erase_takes_what_lies_under_the_brush_and_nothing_else(call: Call) -> None:
    left = paint(call, "erase", [(0.3, 0.3), (0.6, 0.3)], points=GRID_OF_POINTS, radius=0.11)

    def away(x: float, y: float) -> float:  # distance from the path
        return float(np.hypot(x - np.clip(x, 0.3, 0.6), y - 0.3))

    expected = [point for point in GRID_OF_POINTS if away(*point) >= 0.11]
    np.testing.assert_allclose(left, expected, atol=1e-12)
    assert 0 < len(left) < len(GRID_OF_POINTS)
    single = paint(call, "erase", [(0.5, 0.5)], points=GRID_OF_POINTS, radius=0.05)
    assert len(GRID_OF_POINTS) - len(single) == sum(
        np.hypot(x - 0.5, y - 0.5) < 0.05 for x, y in GRID_OF_POINTS
    )


def test_jitter_shakes_only_what_lies_under_the_brush_by_the_stated_spread(call: Call) -> None:
    before = np.array([(0.5, 0.5)] * 1000 + [(0.9, 0.9)] * 100)
    after = paint(call, "jitter", [(0.5, 0.5)], points=before.tolist(), radius=0.1, amount=5)
    np.testing.assert_array_equal(after[1000:], before[1000:])
    moved = (after - before)[:1000].ravel()
    spread = 0.02 * 5 * 0.1
    assert abs(moved.mean()) < 4 * spread / np.sqrt(2000)
    assert abs(moved.std() - spread) < 4 * spread / np.sqrt(2 * 2000)
    assert stats.kstest(moved / spread, "norm").pvalue > 1e-3


def test_jitter_at_the_border_folds_points_back_without_a_pile(call: Call) -> None:
    corner = [(0.0, 1.0)] * 500
    after = paint(call, "jitter", [(0, 1)], points=corner, radius=0.5, amount=10, holds=20)
    assert ((after >= 0) & (after <= 1)).all()
    assert len(np.unique(after[:, 0])) == len(np.unique(after[:, 1])) == 500


@pytest.mark.parametrize("amount", [1, 6, 10])
@pytest.mark.parametrize("way", [(0.0, 0.0), (0.3, 0.0), (-0.21, 0.13), (0.05, -0.3)])
def test_pull_does_what_its_formula_says(call: Call, way: tuple[float, float], amount: int) -> None:
    radius, fine = 0.25, 0.002
    path = [(0.5, 0.5), (0.5 + way[0], 0.5 + way[1])]
    after = paint(call, "pull", path, points=GRID_OF_POINTS, radius=radius, amount=amount)
    cloud = np.array(GRID_OF_POINTS)  # the slow twin: steps of 0.002, (1 − (d/r)²)² of each
    length = float(np.hypot(*way))
    at = np.array(path[0])
    for _ in range(int(length / fine + 1e-9)):
        moved = np.array(way) / length * fine
        distance = np.hypot(*(cloud - at).T)
        share = np.where(distance < radius, (1 - (distance / radius) ** 2) ** 2, 0) * amount / 10
        cloud = (cloud + share[:, None] * moved).clip(0, 1)
        at = at + moved
    np.testing.assert_allclose(after, cloud, atol=2e-3)
    if not length:
        np.testing.assert_array_equal(after, GRID_OF_POINTS)


def test_at_full_strength_the_middle_goes_along_with_the_brush(call: Call) -> None:
    path = [(0.3, 0.4), (0.5, 0.7)]
    after = paint(call, "pull", path, points=[(0.3, 0.4), (0.3, 0.52)], radius=0.1, amount=10)
    np.testing.assert_allclose(after[0], path[1], atol=0.002)
    assert after[1][1] > 0.52  # in the way, so it is pushed along


def test_a_still_brush_goes_on_only_if_it_sprays_or_shakes(call: Call) -> None:
    for brush in ("point", "erase", "pull"):
        once = paint(call, brush, [(0.5, 0.5)], points=GRID_OF_POINTS)
        held = paint(call, brush, [(0.5, 0.5)], points=GRID_OF_POINTS, holds=5)
        np.testing.assert_array_equal(once, held)
