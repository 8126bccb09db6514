"""Drawing: the board, and what becomes of the points on it.

The session's data are the truth about what is learnt; the sketch is what the board shows, which may
be too small to be learnt, or put aside while a pattern is learnt. A stroke changes both; a change
of the session's drawing from elsewhere (undo of a run, an opened link) goes to the board.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rbm import patterns
from rbm.app.drawing import decode_points, drawing_board, encode_points
from rbm.app.session import Session
from rbm.datasets import KINDS, MAX_DRAWN, MIN_POINTS, Dataset, make_dataset, on_grid

BOARD = "draw_board"
SKETCH = "draw_sketch"
MAX_REVISION = 2**53 - 1
"""What a browser counts exactly."""


@dataclass(frozen=True)
class Sketch:
    """What the board shows: points as text, who changed them last, and what was learnt then."""

    points: str = ""
    revision: int = 0
    learnt: str = ""
    refusal: str = ""


def draw_panel(session: Session) -> None:
    """The drawing board with one line about what the machine makes of it.

    A stroke reruns the whole page: what else it says of the data is then true at once, and next to
    measuring the new data's yardstick that costs little.
    """
    sketch = st.session_state[SKETCH] = _present(session)
    drawing_board(
        {
            "points": sketch.points, "revision": sketch.revision, "learnt": mark(sketch.learnt),
            "backdrop": backdrop(session),
        },
        key=BOARD, on_drawn=lambda: _heard(session),
    )  # fmt: skip
    st.caption(status(sketch))
    if put_aside(sketch):
        st.button(
            "Learn this drawing", key="draw_learn", on_click=_learn, args=(session,),
            help="Starts a new run on it; Undo takes the present one back.",
        )  # fmt: skip


def _present(session: Session) -> Sketch:
    return present(st.session_state.get(SKETCH) or Sketch(), learnt_drawing(session))


def _heard(session: Session) -> None:
    """Callback: the board has sent its drawing."""
    told = getattr(st.session_state.get(BOARD), "drawn", None)
    if isinstance(told, Mapping):
        st.session_state[SKETCH] = hear(session, _present(session), told)


def _learn(session: Session) -> None:
    """Callback: the sketch that was put aside is learnt, in a new run."""
    sketch = _present(session)
    try:
        session.use_dataset(drawing(decode_points(sketch.points)))
    except ValueError as error:
        st.session_state[SKETCH] = replace(sketch, refusal=str(error))


def learnt_drawing(session: Session) -> str:
    """The drawing that the session learns, as text; "" when it learns something else."""
    dataset = session.dataset
    return encode_points(dataset.points) if dataset and dataset.kind == "drawing" else ""


def present(sketch: Sketch, learnt: str) -> Sketch:
    """The sketch while the session learns `learnt`; that itself when it came from elsewhere."""
    if learnt in ("", sketch.learnt, sketch.points):
        return replace(sketch, learnt=learnt)
    return Sketch(learnt, sketch.revision + 1, learnt)


def hear(session: Session, sketch: Sketch, told: Mapping[str, object]) -> Sketch:
    """The board's drawing, which the session learns from ten points on, unless only restored.

    What cannot be read leaves the sketch as it was, and the number makes the board take that back.
    """
    revision = next_revision(sketch.revision, told.get("revision"))
    try:
        points = decode_points(told.get("points"))
    except ValueError as error:
        return replace(sketch, revision=revision + 1, refusal=str(error))
    text, refusal = encode_points(points), ""
    if len(points) >= MIN_POINTS and text != learnt_drawing(session) and not told.get("kept"):
        try:
            session.edit_dataset(drawing(points))
        except ValueError as error:
            refusal = str(error)
    return Sketch(text, revision, learnt_drawing(session), refusal)


def drawing(points: NDArray[np.float64]) -> Dataset:
    """The data set of a drawing: nothing is held out, so what is drawn is what is learnt."""
    return make_dataset(KINDS["drawing"], "drawing", points, hold_out=False)


def next_revision(ours: int, theirs: object) -> int:
    """The number of a drawing that the board sent: its own, or one above ours if ours is higher.

    The board then takes its drawing back from us: meanwhile it may have shown what ours was for.
    """
    if isinstance(theirs, int | float) and ours <= theirs <= MAX_REVISION:
        return int(theirs)
    return ours + 1


def mark(learnt: str) -> str:
    """A short mark that tells one learnt drawing from another; "" for none."""
    return hashlib.sha256(learnt.encode()).hexdigest()[:12] if learnt else ""


def backdrop(session: Session) -> dict[str, object]:
    """The points behind the board: the data other than a drawing, or the chosen pattern."""
    name, points = _behind(session)
    chosen = points
    if len(points) > MAX_DRAWN:
        chosen = points[np.random.default_rng(0).choice(len(points), MAX_DRAWN, replace=False)]
    return {"name": name, "points": encode_points(on_grid(chosen.clip(0, 1))), "of": len(points)}


def _behind(session: Session) -> tuple[str, NDArray[np.float64]]:
    dataset, settings = session.dataset, session.settings
    if dataset is not None and dataset.kind != "drawing":
        return dataset.name, dataset.points
    points = patterns.sample_pattern(
        settings.pattern, settings.n_points, settings.data_seed,
        options=settings.options, noise=settings.pattern_noise, stream="train",
    )  # fmt: skip
    return patterns.PATTERNS[settings.pattern].label, points


def put_aside(sketch: Sketch) -> bool:
    """Whether the sketch could be learnt, but something else is."""
    enough = len(decode_points(sketch.points)) >= MIN_POINTS
    return enough and sketch.points != sketch.learnt and not sketch.refusal


def status(sketch: Sketch) -> str:
    """One sentence: what the machine makes of the sketch."""
    count = len(decode_points(sketch.points))
    missing = MIN_POINTS - count
    if sketch.refusal:
        return sketch.refusal
    if count == 0:
        return "Draw, and the machine learns what you draw, also while it trains."
    if missing > 0:
        return f"{missing} more point{'s' * (missing > 1)} and the machine can learn them."
    if put_aside(sketch):
        return "The machine learns something else at present."
    return f"The machine learns these {count:,} points."
