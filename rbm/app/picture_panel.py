"""A picture or a typed word becomes points: what is dark in it, seen before it is learnt.

A picture is read once; sliders only draw the points anew. Whatever cannot be used gives a sentence,
and the run stays as it is. Only "Learn these points" changes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from rbm.app.knob_widget import RESTARTS
from rbm.app.messages import plain
from rbm.app.session import Session
from rbm.darkness import brightness, otsu, sample_dark
from rbm.datasets import MAX_DRAWN, MAX_POINTS, MIN_POINTS, Kind, make_dataset
from rbm.dots import Square, palette
from rbm.picture import MAX_BYTES, Picture, PictureError, read_picture
from rbm.words import MAX_CHARACTERS, WEIGHTS, draw_word

PREVIEW = 360
"""Pixels of the preview's sides."""
MUCH = 0.4
"""Share of dark pixels above which a shape is likely to be lost."""


@dataclass(frozen=True)
class _Drawn:
    """Points drawn from a picture or a word, (n, 2), and what there is to say about them."""

    name: str
    kind: Kind
    points: NDArray[np.float64]
    notes: tuple[str, ...]


def picture_panel(session: Session) -> None:
    """Upload a picture, set the threshold, see its points, learn them."""
    upload = st.file_uploader(
        f"A picture: PNG or JPEG, up to {MAX_BYTES // 1_000_000} MB",
        type=("png", "jpg", "jpeg", "jfif"), key="picture_file",
        max_upload_size=MAX_BYTES // 1_000_000,
        help="A drawing, a logo, a photo of a sketch: what is dark in it becomes points.",
    )  # fmt: skip
    if upload is None:
        return
    picture = _read(upload.file_id, upload.getvalue(), upload.name)
    if isinstance(picture, PictureError):
        _refuse(picture)
        return
    with st.container(horizontal=True):
        light = st.toggle(
            "Light on dark", key="picture_light", help="Points come from what is light instead."
        )
        even = st.toggle(
            "Even out the light", key="picture_even",
            help="For a photo of paper: takes the shadow off, by a wide blur.",
        )  # fmt: skip
        zoom = st.toggle(
            "Fill the square", True, key="picture_zoom",
            help="The dark part fills the square. Off: the whole picture does. Its proportions "
            "are kept either way.",
        )  # fmt: skip
    bright = brightness(picture.grey, light_on_dark=light, even_light=even)
    threshold = _threshold(bright)
    count, seed = _count_and_seed("picture")
    try:
        points = sample_dark(bright, count, threshold=threshold, zoom=zoom, seed=seed)
    except ValueError as error:
        st.image((255 * bright).astype(np.uint8), width=PREVIEW, alt="The picture in grey")
        _refuse(error)
        return
    switches = [
        name
        for name, on in (("light on dark", light), ("light evened out", even), ("zoomed", zoom))
        if on
    ]
    notes = (
        *picture.notes,
        f"{count:,} points were drawn from what is darker than {threshold:.2f} of white (seed "
        f"{seed}{''.join(f', {name}' for name in switches)}).",
    )
    share = float((bright < threshold).mean())
    if share > MUCH:
        st.info(
            f"{share:.0%} of the picture counts as dark. For a shadow on paper switch on “Even out "
            "the light”, for a light drawing “Light on dark”; or choose a lower threshold.",
            icon=":material/lightbulb:",
        )
    grey = np.where(bright < threshold, 255 * bright, 255 - (255 - 255 * bright) / 4)
    _offer(session, _Drawn(upload.name, "picture", points, notes), grey.astype(np.uint8))


def word_panel(session: Session) -> None:
    """Type a word, see its points, learn them."""
    text = st.text_input(
        "A word, or a few", "RBM", key="word_text", max_chars=MAX_CHARACTERS,
        help="Latin, Greek and Cyrillic letters, digits and signs. Enter shows them.",
    )  # fmt: skip
    weight = st.segmented_control(
        "Strokes", list(WEIGHTS), default=600, required=True, key="word_weight",
        format_func=WEIGHTS.__getitem__,
    )  # fmt: skip
    count, seed = _count_and_seed("word")
    try:
        grey = draw_word(text, int(weight or 400))
        points = sample_dark(brightness(grey), count, threshold=1.0, seed=seed)
    except ValueError as error:
        _refuse(error)
        return
    notes = (f"{count:,} points were drawn from the letters (seed {seed}).",)
    _offer(session, _Drawn(" ".join(text.split()), "word", points, notes), None)


def _read(file_id: str, content: bytes, name: str) -> Picture | PictureError:
    """The picture, or why there is none; kept until another one comes, as every run asks again."""
    kept = st.session_state.get("picture_read")
    if kept is None or kept[0] != file_id:
        with st.spinner("Reading the picture…"):
            try:
                kept = (file_id, read_picture(content, name))
            except PictureError as error:
                kept = (file_id, error)
        st.session_state["picture_read"] = kept
    found: Picture | PictureError = kept[1]
    return found


def _threshold(bright: NDArray[np.float64]) -> float:
    """The user's threshold, or the one that parts dark from light best."""
    chosen = st.toggle("Choose the threshold yourself", key="picture_own")
    if not chosen:
        st.session_state["picture_threshold"] = round(otsu(bright), 2)
    return st.slider(
        "Threshold", 0.0, 1.0, step=0.01, key="picture_threshold", disabled=not chosen,
        help="Points come from pixels darker than this (0 is black, 1 white), the more of them the "
        "darker. By itself it parts dark from light best (Otsu).",
    )  # fmt: skip


def _count_and_seed(panel: str) -> tuple[int, int]:
    with st.container(horizontal=True):
        count = st.number_input(
            "Points", MIN_POINTS, MAX_POINTS, 500, 100, key=f"{panel}_count", width=150,
            help=f"From 100 on, a fifth is held out to measure against. A link carries up to "
            f"{MAX_DRAWN:,}.",
        )  # fmt: skip
        seed = st.number_input(
            "Seed", 0, 2**31 - 1, 0, key=f"{panel}_seed", width=150,
            help="Which random points are drawn. Same seed, same points.",
        )  # fmt: skip
    return int(count), int(seed)


def _offer(session: Session, drawn: _Drawn, grey: NDArray[np.uint8] | None) -> None:
    """Shows the points, beside the picture they came from, with the button that learns them."""
    pixels = Square(PREVIEW, drawn.points, key=False).draw(
        np.empty((0, 2)), f"{len(drawn.points):,} points"
    )
    colours = palette(dark=st.context.theme.type == "dark")
    with st.container(horizontal=True):
        if grey is not None:
            st.image(
                Image.fromarray(grey), width=PREVIEW, output_format="PNG",
                alt="The picture in grey, with what is lighter than the threshold made faint",
            )  # fmt: skip
        st.image(
            colours[pixels], width=PREVIEW, output_format="PNG",
            alt=f"{len(drawn.points):,} points in the unit square",
        )  # fmt: skip
    for note in drawn.notes:
        st.caption(plain(note))
    if st.button(f"Learn these points {RESTARTS}", key=f"{drawn.kind}_use", type="primary"):
        try:
            session.use_dataset(
                make_dataset(drawn.name, drawn.kind, drawn.points, notes=drawn.notes)
            )
        except ValueError as error:
            session.complaints.append(str(error))
        st.rerun()  # the whole page shows another run now


def _refuse(error: ValueError) -> None:
    st.error(plain(str(error)), icon=":material/error:")
    st.caption("The current data stay.")
