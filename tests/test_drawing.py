"""Drawings on the server: what a browser may send, what is learnt, who has the newest drawing."""

from __future__ import annotations

import base64
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from streamlit.testing.v1 import AppTest

from rbm.app import draw_panel
from rbm.app.draw_panel import Sketch, hear, present, put_aside, status
from rbm.app.drawing import decode_points, encode_points
from rbm.app.session import Session, from_params
from rbm.datasets import GRID, MAX_DRAWN, MIN_POINTS, from_places, make_dataset

TABLE = Path(__file__).parents[1] / "docs" / "inputs.md"


def cloud(count: int, seed: int = 0) -> np.ndarray:
    return from_places(np.random.default_rng(seed).integers(0, GRID + 1, (count, 2)))


def text(count: int, seed: int = 0) -> str:
    return encode_points(cloud(count, seed))


def places(*pairs: tuple[int, int]) -> str:
    return base64.b64encode(b"".join(struct.pack("<HH", x, y) for x, y in pairs)).decode()


@pytest.fixture
def session() -> Session:
    return from_params({"v": "1", "pattern": "ring", "n_points": "60"})


def drawn(points: str, revision: object = 1, kept: bool = False) -> dict[str, object]:
    return {"points": points, "revision": revision, "kept": kept}


# -- the wire


def test_points_travel_as_little_endian_pairs() -> None:
    assert encode_points(np.array([[0.0, 1.0], [258 / GRID, 1 / GRID]])) == "AAD/DwIBAQA="
    np.testing.assert_array_equal(decode_points("AAD/DwIBAQA="), [[0, 1], [258 / GRID, 1 / GRID]])
    assert decode_points("").shape == (0, 2)


@given(arrays(np.int64, st.tuples(st.integers(0, 40), st.just(2)), elements=st.integers(0, GRID)))
def test_what_is_encoded_can_be_decoded(whole: np.ndarray) -> None:
    points = from_places(whole)
    np.testing.assert_array_equal(decode_points(encode_points(points)), points)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
letters = st.text("ABCDwxyz0189+/= \n-_\x00é", max_size=200)


@given(json_like | letters | st.binary(max_size=64).map(lambda raw: base64.b64encode(raw).decode()))
def test_whatever_a_browser_sends_gives_points_of_the_grid_or_a_sentence(sent: Any) -> None:
    refusal, points = "", np.empty((0, 2))
    try:
        points = decode_points(sent)
    except ValueError as error:
        refusal = str(error)
    assert re.fullmatch(r"([A-Z].*\.)?", refusal)
    assert points.shape == (len(points), 2)
    assert points.dtype == np.float64
    assert ((points >= 0) & (points <= 1)).all()


def test_the_largest_drawing_is_read_and_one_point_more_is_not() -> None:
    assert len(decode_points(text(MAX_DRAWN))) == MAX_DRAWN
    with pytest.raises(ValueError, match="at most 1,500"):
        decode_points(text(MAX_DRAWN + 1))
    with pytest.raises(ValueError, match="at most 1,500"):
        decode_points("A" * 10_000_000)


# -- what is learnt

LAST_CORNER = [(GRID, GRID)]
INPUTS: dict[str, dict[str, object]] = {
    "10 points": drawn(text(10)),
    "1,500 points": drawn(text(MAX_DRAWN)),
    "points on the border of the square": drawn(places(*[(0, GRID), (GRID, 0)] * 5)),
    "fewer than 10 points": drawn(text(9)),
    "no points": drawn(""),
    "all points on one spot": drawn(places(*LAST_CORNER * 12)),
    "a drawing kept over a reload while a pattern is learnt": drawn(text(50), kept=True),
    "more than 1,500 points": drawn(text(MAX_DRAWN + 1)),
    "text that is not base64": drawn("what?"),
    "half a point": drawn("AAA="),
    "a place beyond the grid": drawn(places(*LAST_CORNER * 11, (0, GRID + 1))),
    "something else than text": {"points": 7},
    "a revision that is no number": drawn(text(10), revision="seven"),
    "a revision beyond what a browser counts": drawn(text(10), revision=1e300),
}


def documented() -> dict[str, str]:
    section = TABLE.read_text("utf-8").split("## Drawings")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE))
    return {name: what for name, what in rows.items() if name != "input"}


def test_the_table_lists_every_input() -> None:
    assert documented().keys() == INPUTS.keys()


@pytest.mark.parametrize("name", INPUTS)
def test_each_input_has_the_effect_that_the_table_states(name: str, session: Session) -> None:
    session.step()
    before = Sketch(text(5, seed=1), 3)
    told = INPUTS[name]
    if told.get("revision") == 1:
        told = told | {"revision": 4}
    sketch = hear(session, before, told)
    effect, _, words = documented()[name].partition(": ")
    assert words in status(sketch)
    assert sketch.revision >= 4
    if effect == "Learnt":
        assert encode_points(session.dataset.points) == sketch.points == told["points"]
        assert session.run.epoch == 1  # the run goes on
        assert status(sketch).startswith("The machine learns these")
        return
    assert session.dataset is None
    assert session.run.experiment.pattern == "ring"
    if effect == "On the board":
        assert sketch.points == told["points"]
    else:
        assert effect == "Refused"
        assert sketch.points == before.points
        assert sketch.revision > 4  # higher than the board's, which so takes the last good one


def test_changed_points_are_learnt_while_the_run_goes_on(session: Session) -> None:
    sketch = hear(session, Sketch(), drawn(text(40)))
    session.run_to(30)
    sketch = hear(session, sketch, drawn(text(25, seed=2), revision=2))
    session.run_to(50)
    assert session.run.epoch == 50
    assert [epoch for epoch, _ in session.run.experiments] == [0, 30]
    assert session.run.recording.epochs[-1] == 50
    np.testing.assert_array_equal(session.dataset.points, cloud(25, seed=2))
    assert len(session.dataset.held_out) == 0


def test_a_drawing_made_smaller_than_ten_waits_while_the_last_one_is_learnt(
    session: Session,
) -> None:
    sketch = hear(session, Sketch(), drawn(text(40)))
    experiment = session.run.experiment
    sketch = hear(session, sketch, drawn(text(4), revision=2))
    sketch = present(sketch, draw_panel.learnt_drawing(session))
    assert session.run.experiment is experiment
    assert (sketch.points, sketch.revision) == (text(4), 2)
    assert status(sketch).startswith("6 more points")
    assert status(hear(session, sketch, drawn(text(9), revision=3))).startswith("1 more point and")


def test_the_same_drawing_again_changes_nothing(session: Session) -> None:
    sketch = hear(session, Sketch(), drawn(text(40)))
    experiment = session.run.experiment
    hear(session, sketch, drawn(text(40), revision=2))
    assert session.run.experiment is experiment


def test_a_drawing_from_elsewhere_goes_to_the_board(session: Session) -> None:
    sketch = hear(session, Sketch(), drawn(text(40), revision=7))
    session.use_dataset(make_dataset("Drawing", "drawing", cloud(30), hold_out=False))
    sketch = present(sketch, draw_panel.learnt_drawing(session))
    assert (sketch.points, sketch.revision) == (text(30), 8)
    assert present(sketch, draw_panel.learnt_drawing(session)) == sketch
    assert status(sketch) == "The machine learns these 30 points."


def test_a_drawing_stays_on_the_board_when_a_pattern_is_chosen(session: Session) -> None:
    sketch = hear(session, Sketch(), drawn(text(40)))
    session.use_dataset(None, "moons")
    sketch = present(sketch, draw_panel.learnt_drawing(session))
    assert (sketch.points, sketch.revision) == (text(40), 1)
    assert put_aside(sketch)
    assert not put_aside(Sketch(text(9), 1))


# -- what lies behind


def test_the_backdrop_is_what_would_be_learnt_otherwise(session: Session) -> None:
    assert decode_points(draw_panel.backdrop(session)["points"]).shape == (60, 2)
    hear(session, Sketch(), drawn(text(40)))
    behind = draw_panel.backdrop(session)
    assert (behind["name"], behind["of"]) == ("Ring", 60)
    pattern = decode_points(behind["points"])
    session.use_dataset(None, "ring")
    np.testing.assert_allclose(pattern, session.run.data, atol=0.51 / GRID)


def test_of_a_large_file_a_random_part_lies_behind(session: Session) -> None:
    points = cloud(5000)[np.argsort(cloud(5000)[:, 0])]
    session.use_dataset(make_dataset("a.csv", "file", points))
    behind = draw_panel.backdrop(session)
    chosen = decode_points(behind["points"])
    assert (behind["name"], behind["of"], len(chosen)) == ("a.csv", 4000, MAX_DRAWN)
    assert abs(chosen[:, 0].mean() - 0.5) < 4 * 0.29 / np.sqrt(MAX_DRAWN)
    assert {tuple(point) for point in chosen} <= {tuple(point) for point in points}


# -- the panel


def page() -> None:
    import streamlit as st

    from rbm.app import draw_panel
    from rbm.app.session import from_params

    if "session" not in st.session_state:
        st.session_state["session"] = from_params({"v": "1"})
    draw_panel.draw_panel(st.session_state["session"])


def test_the_panel_sends_the_session_s_drawing_and_one_sentence() -> None:
    test = AppTest.from_function(page).run()
    assert "Draw, and the machine learns" in test.caption[0].value
    session = test.session_state["session"]
    session.use_dataset(make_dataset("Drawing", "drawing", cloud(MIN_POINTS), hold_out=False))
    test.run()
    assert not test.exception
    sent = test.get("bidi_component")[0].proto.json
    assert text(MIN_POINTS) in sent
    assert '"most": 1500' in sent or '"most":1500' in sent
    assert test.caption[0].value == "The machine learns these 10 points."


def test_a_button_learns_what_was_put_aside_in_a_new_run() -> None:
    test = AppTest.from_function(page).run()
    session = test.session_state["session"]
    session.run_to(20)
    test.session_state[draw_panel.SKETCH] = Sketch(text(40), 5)
    test.run()
    assert test.caption[0].value == "The machine learns something else at present."
    test.button(key="draw_learn").click().run()
    assert not test.exception
    np.testing.assert_array_equal(session.dataset.points, cloud(40))
    assert (session.run.epoch, len(session.shelf)) == (0, 1)
    assert test.caption[0].value == "The machine learns these 40 points."


def test_what_cannot_be_learnt_by_the_button_gets_its_sentence() -> None:
    test = AppTest.from_function(page).run()
    one_spot = places(*LAST_CORNER * 12)
    test.session_state[draw_panel.SKETCH] = Sketch(one_spot, 5)
    test.run()
    test.button(key="draw_learn").click().run()
    assert not test.exception
    assert "one spot" in test.caption[0].value
