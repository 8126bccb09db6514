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
from rbm.datasets import MAX_DRAWN, MIN_POINTS, make_dataset, on_grid

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


@st.fragment(key="drawing")
def draw_panel(session: Session) -> None:
    """The drawing board with one line about what the machine makes of it."""
    sketch = present_sketch(session)
    st.session_state[SKETCH] = sketch
    drawing_board(
        {
            "points": sketch.points, "revision": sketch.revision, "learnt": mark(sketch.learnt),
            "backdrop": backdrop(session),
        },
        key=BOARD, on_drawn=lambda: heard(session),
    )  # fmt: skip
    _status(session, sketch)


def learnt_drawing(session: Session) -> str:
    """The drawing that the session learns, as text; "" when it learns something else."""
    dataset = session.run.experiment.dataset
    return encode_points(dataset.points) if dataset and dataset.kind == "drawing" else ""


def present_sketch(session: Session) -> Sketch:
    """The sketch, or the session's drawing when that has changed since the sketch was made."""
    sketch: Sketch = st.session_state.get(SKETCH) or Sketch()
    learnt = learnt_drawing(session)
    if learnt == sketch.learnt:
        return sketch
    if learnt in ("", sketch.points):
        return replace(sketch, learnt=learnt)
    return Sketch(learnt, sketch.revision + 1, learnt)


def heard(session: Session) -> None:
    """Callback: the board has sent its drawing. It is learnt from ten points on."""
    told = getattr(st.session_state.get(BOARD), "drawn", None)
    if not isinstance(told, Mapping):
        return
    sketch = present_sketch(session)
    points = sketch.points
    refusal = ""
    try:
        cloud = decode_points(told.get("points"))
        points = encode_points(cloud)
        if len(cloud) >= MIN_POINTS and points != learnt_drawing(session) and not told.get("kept"):
            session.edit_dataset(make_dataset("Drawing", "drawing", cloud, hold_out=False))
    except ValueError as error:
        refusal = str(error)
    st.session_state[SKETCH] = Sketch(
        points,
        next_revision(sketch.revision, told.get("revision")),
        learnt_drawing(session),
        refusal,
    )
    st.rerun(["drawing", "player"])


def next_revision(ours: int, theirs: object) -> int:
    """The number of a drawing that the board sent: its own, or a higher one if ours is as high."""
    if isinstance(theirs, int | float) and ours < theirs <= MAX_REVISION:
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
    dataset, settings = session.run.experiment.dataset, session.settings
    if dataset is not None and dataset.kind != "drawing":
        return dataset.name, dataset.points
    points = patterns.sample_pattern(
        settings.pattern, settings.n_points, settings.data_seed,
        options=settings.options, noise=settings.pattern_noise, stream="train",
    )  # fmt: skip
    return patterns.PATTERNS[settings.pattern].label, points


def _status(session: Session, sketch: Sketch) -> None:
    points = decode_points(sketch.points)
    count = len(points)
    missing = MIN_POINTS - count
    if sketch.refusal:
        st.caption(f":material/error: {sketch.refusal}")
    elif count == 0:
        st.caption("Draw, and the machine learns what you draw, also while it trains.")
    elif missing > 0:
        word = "point" if missing == 1 else "points"
        st.caption(f"{missing} more {word} and the machine can learn them.")
    elif sketch.points == sketch.learnt:
        st.caption(f":material/check: The machine learns these {count:,} points.")
    else:
        st.button(
            "Learn this drawing", key="draw_learn", on_click=_learn, args=(session, sketch.points),
            help="The machine learns something else at present. A new run; Undo takes it back.",
        )  # fmt: skip


def _learn(session: Session, points: str) -> None:
    session.use_dataset(make_dataset("Drawing", "drawing", decode_points(points), hold_out=False))
