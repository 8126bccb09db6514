"""The drawing board's text, history and exchange with the server, each on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from rbm.app.draw_panel import Sketch, next_revision
from rbm.app.drawing import ASSETS, decode_points, encode_points
from rbm.datasets import GRID, from_places

from .asset_server import Call, loaded_modules

quick = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser, ASSETS) as call:
        yield call


# -- points as text


@quick
@given(st.lists(st.tuples(st.integers(0, GRID), st.integers(0, GRID)), max_size=30))
def test_browser_and_server_write_the_same_text(call: Call, whole: list[tuple[int, int]]) -> None:
    points = from_places(np.array(whole, int).reshape(-1, 2))
    body = """
    const cloud = new m.Cloud(1500);
    for (const [x, y] of points) cloud.add(x, y);
    const text = m.encode(cloud.places());
    cloud.restore(m.decode(text));
    return { text, again: m.encode(cloud.places()), count: cloud.count };
    """
    got = call("cloud", body, points=points.tolist())
    assert got == {
        "text": encode_points(points), "again": encode_points(points), "count": len(points)
    }  # fmt: skip
    np.testing.assert_array_equal(decode_points(got["text"]), points)


# -- undo and redo

HISTORY = """
const history = new m.History(0);
const seen = [];
for (const step of steps) {
  if (step > 0) history.push(step); else history.go(step === 0 ? -1 : 1);
  seen.push([history.now, history.canUndo, history.canRedo]);
}
return seen;
"""


@quick
@given(st.lists(st.integers(-1, 9), max_size=60))
def test_undo_and_redo_walk_through_all_states(call: Call, steps: list[int]) -> None:
    past, future, expected = [0], [], []
    for step in steps:
        if step > 0:
            past, future = [*past, step], []
        elif step == 0 and len(past) > 1:
            future.append(past.pop())
        elif step < 0 and future:
            past.append(future.pop())
        expected.append([past[-1], len(past) > 1, bool(future)])
    assert call("history", HISTORY, steps=steps) == expected


def test_at_least_a_hundred_strokes_can_be_undone_and_memory_is_bounded(call: Call) -> None:
    seen = call("history", HISTORY, steps=[*range(1, 501), *[0] * 500])
    assert len({now for now, _, _ in seen[500:]}) == 200
    assert seen[-1] == [300, False, True]


# -- who has the newest drawing

EXCHANGE = """
window.boards ??= {};
const storage = { getItem: () => null, setItem() {} };
const board = (window.boards[name] ??= { exchange: new m.Exchange(storage), points: '' });
if (stroke !== null) {
  board.points = stroke;
  return board.exchange.tell(stroke);
}
const given = board.exchange.receive(message);
if (given) board.points = given.points;
return board.points;
"""


class Talk:
    """A board and a server, and the messages on their way between them, in order."""

    def __init__(self, call: Call, name: str) -> None:
        self.call, self.name = call, name
        self.sketch = Sketch()
        self.down: list[dict[str, Any]] = []
        self.up: list[dict[str, Any]] = []
        self.answer()

    def answer(self) -> None:
        self.down.append(
            {"points": self.sketch.points, "revision": self.sketch.revision, "learnt": ""}
        )

    def stroke(self, points: str) -> None:
        self.up.append(self.ask(stroke=points, message=None))

    def change(self, points: str) -> None:
        """The server changes the drawing: an undo of the run."""
        self.sketch = Sketch(points, self.sketch.revision + 1)
        self.answer()

    def arrive_up(self) -> None:
        if self.up:
            told = self.up.pop(0)
            self.sketch = Sketch(
                told["points"], next_revision(self.sketch.revision, told["revision"])
            )
            self.answer()

    def arrive_down(self) -> str:
        return str(self.ask(stroke=None, message=self.down.pop(0))) if self.down else ""

    def ask(self, **values: Any) -> Any:
        return self.call("exchange", EXCHANGE, name=self.name, **values)


@quick
@given(st.lists(st.sampled_from(["stroke", "change", "up", "down"]), max_size=25))
def test_in_the_end_board_and_server_agree_on_the_last_drawing(
    call: Call, events: list[str]
) -> None:
    talk = Talk(call, repr(events) + str(np.random.default_rng().integers(2**40)))
    talk.arrive_down()
    last = ""
    for number, event in enumerate(events):
        if event == "stroke":
            talk.stroke(f"stroke {number}")
        elif event == "change":
            talk.change(f"change {number}")
            last = talk.sketch.points
        elif event == "up":
            last = talk.up[0]["points"] if talk.up else last
            talk.arrive_up()
        else:
            talk.arrive_down()
    for told in list(talk.up):
        last = told["points"]
        talk.arrive_up()
    talk.answer()  # any rerun of the page
    while len(talk.down) > 1:
        talk.arrive_down()
    assert talk.arrive_down() == talk.sketch.points == last


def test_an_answer_to_an_earlier_stroke_never_wipes_out_a_later_one(call: Call) -> None:
    talk = Talk(call, "earlier")
    talk.arrive_down()
    talk.stroke("first")
    talk.arrive_up()
    talk.change("undone")
    talk.stroke("second")
    assert talk.arrive_down() == "second"
    assert talk.arrive_down() == "second"


KEPT = """
const exchange = new m.Exchange({ getItem: () => kept, setItem() {} });
return exchange.receive({ points: 'AAAAAA==', revision: 1, learnt: 'mark' });
"""


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ('{"points": "AQABAA==", "learnt": "mark"}', {"points": "AQABAA==", "kept": True}),
        ('{"points": "AQABAA==", "learnt": "older"}', {"points": "AAAAAA==", "kept": False}),
        ('{"points": 7, "learnt": "mark"}', {"points": "AAAAAA==", "kept": False}),
        ('{"points": "%%%%", "learnt": "mark"}', {"points": "AAAAAA==", "kept": False}),
        ("nonsense", {"points": "AAAAAA==", "kept": False}),
        (None, {"points": "AAAAAA==", "kept": False}),
    ],
)
def test_after_a_reload_the_tab_s_own_drawing_counts_if_the_server_learns_the_same(
    call: Call, kept: str | None, shown: dict[str, Any]
) -> None:
    assert call("exchange", KEPT, kept=kept) == shown
