"""The user's own cases: a table, pictures, or images drawn here. Only “Learn …” changes the run."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.app.knob_widget import RESTARTS
from rbm.app.messages import plain
from rbm.app.pixels import painted, pixel_board
from rbm.app.table_upload import refused, say, table_panel, table_upload
from rbm.cases import Cases
from rbm.picture import MAX_BYTES, PictureError, read_picture
from rbm.picture_cases import MAX_PICTURES, SIDES, grid_values, picture_cases
from rbm.table_cases import (
    AS_THEY_ARE,
    LEAVE_OUT,
    MAPS,
    binary_columns,
    label_columns,
    table_cases,
    usable_columns,
)
from rbm.tables import Table, TableError
from rbm.units import Floats

BOARD = "own_board"
_TAKES = "One column for each unit: 0 and 1, values between, or two words such as yes and no."


def own_cases_panel(session: BinarySession) -> None:
    """Three ways to bring one's own cases; nothing of them is sent while the panel is closed."""
    with st.expander("Your own images or table", key="own_cases", on_change="rerun") as panel:
        if not panel.open:
            return
        way = st.segmented_control(
            "Bring", ("A table", "Pictures", "Draw"), default="A table", required=True,
            key="own_way", label_visibility="collapsed",
        )  # fmt: skip
        if way == "Pictures":
            _pictures(session)
        elif way == "Draw":
            _drawn(session)
        else:
            _table(session)


def _table(session: BinarySession) -> None:
    upload = table_upload("own_table_file", _TAKES + " Names of columns become names of units.")
    if upload is None:
        st.caption(_TAKES)
        return
    table = table_panel("own", upload.name, upload.file_id, upload.getvalue)
    if table is not None:
        try:
            _learn_button(session, _chosen_cases(table, upload.file_id), "these rows")
        except TableError as error:
            refused(error)


def _chosen_cases(table: Table, identity: str) -> Cases:
    """The cases that the widgets choose; each table starts with its own proposal."""
    names = usable_columns(table)
    if not names:
        raise TableError(f"{table.name} has no column of numbers or of two words.")
    ready = binary_columns(table)
    columns = st.multiselect(
        "Columns to learn", names, ready or names, key=f"own_columns_{identity}",
        help=_TAKES + " Columns within 0 to 1 are chosen already.",
    )  # fmt: skip
    label = st.selectbox(
        "Column that names the classes (never learnt)",
        [None, *(name for name in label_columns(table) if name not in columns)],
        format_func=lambda name: name or "none", key=f"own_label_{identity}",
        help="To compare clusters with; the machine is not told of it.",
    )  # fmt: skip
    how = st.selectbox(
        "Values", list(MAPS), index=0 if set(columns) <= set(ready) else 1,
        key=f"own_how_{identity}_{set(columns) <= set(ready)}",
        help="Units go from 0 to 1. Nothing is rescaled unless you choose it here.",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        drop = st.toggle(LEAVE_OUT, key=f"own_drop_{identity}")
        shape = _shape(len(columns), identity)
    cases = table_cases(
        table, columns, label=label, how=how or AS_THEY_ARE, shape=shape, drop_bad_rows=drop
    )
    say([cases.says] if cases.says else [])
    return cases


def _shape(count: int, identity: str) -> tuple[int, int] | None:
    """The grid of images, when a row can be one and the user says that it is."""
    heights = [side for side in range(2, count // 2 + 1) if count % side == 0]
    if not heights:
        return None
    square = min(heights, key=lambda side: abs(side - count / side))
    choice = st.selectbox(
        "A row is", [None, *heights], key=f"own_shape_{identity}_{count}",
        format_func=lambda side: (
            f"an image of {side} × {count // side}" if side else "a list of columns"
        ),
        index=heights.index(square) + 1 if count >= 16 and square**2 == count else 0,
    )  # fmt: skip
    return (choice, count // choice) if choice else None


def _pictures(session: BinarySession) -> None:
    uploads = st.file_uploader(
        "PNG or JPEG, each one a case", type=("png", "jpg", "jpeg"), key="own_pictures",
        accept_multiple_files=True, max_upload_size=MAX_BYTES // 1_000_000,
    )  # fmt: skip
    shape = _grid("own_grid", 16)
    light = st.toggle("Light on dark", key="own_light", help="What is light counts as ink.")
    if not uploads:
        return
    if len(uploads) > MAX_PICTURES:
        refused(ValueError(f"{len(uploads):,} pictures are too many: at most {MAX_PICTURES}."))
        return
    images, names = [], []
    for upload in uploads:
        try:
            picture = read_picture(upload.getvalue(), upload.name)
        except PictureError as error:
            refused(error)
            return
        images.append(grid_values(picture.grey, shape, light_on_dark=light))
        names.append(upload.name)
    _strip_of(images, shape)
    _learn_button(session, picture_cases(images, shape, "Pictures", names), "these pictures")


def _drawn(session: BinarySession) -> None:
    shape = _grid("own_draw_grid", 8)
    count = shape[0] * shape[1]
    kept: list[Floats] = st.session_state.setdefault("own_drawn", [])
    if kept and len(kept[0]) != count:
        kept.clear()  # another grid: these images would not fit
    board = st.session_state.get("own_image", np.zeros(count))
    if len(board) != count:
        board = np.zeros(count)
    st.session_state["own_image"] = board
    left, right = st.columns([0.4, 0.6])
    with left:
        pixel_board(
            board, shape=shape, key=BOARD, editable="values", label="Your image",
            on_change=lambda: _stroke(count),
        )  # fmt: skip
    with right:
        st.caption(
            "Draw an image, add it, draw the next one. Ten or more make a set worth learning."
        )
        with st.container(horizontal=True):
            st.button("Add this image", on_click=_add, icon=":material/add:", type="primary")
            st.button("Clear", on_click=_clear, args=(count,), icon=":material/ink_eraser:")
            st.button(
                "Remove the last", on_click=_remove, disabled=not kept, icon=":material/undo:"
            )  # fmt: skip
        if kept:
            _strip_of(kept, shape)
            _learn_button(
                session, picture_cases(kept, shape, "Drawn images"), f"these {len(kept)} images"
            )


def _grid(key: str, first: int) -> tuple[int, int]:
    side = st.number_input(
        "Pixels of a side", *SIDES, first, key=key, width=150,
        help="Images become squares of so many pixels; more pixels need more images to learn from.",
    )  # fmt: skip
    return int(side), int(side)


def _stroke(count: int) -> None:
    found = painted(BOARD, count)
    if found is not None:
        st.session_state["own_image"] = found.values


def _add() -> None:
    image = st.session_state["own_image"]
    if image.any() and len(st.session_state["own_drawn"]) < MAX_PICTURES:
        st.session_state["own_drawn"].append(image)
        st.session_state["own_image"] = np.zeros_like(image)


def _remove() -> None:
    st.session_state["own_drawn"].pop()


def _clear(count: int) -> None:
    st.session_state["own_image"] = np.zeros(count)


def _strip_of(images: list[Floats], shape: tuple[int, int]) -> None:
    """Small pictures of what will be learnt, dark on light."""
    shown = [
        np.kron(255 * (1 - image.reshape(shape)), np.ones((4, 4))).astype(np.uint8)
        for image in images[:24]
    ]
    st.image(shown, width=48)
    if len(images) > len(shown):
        st.caption(f"The first {len(shown)} of {len(images):,}.")


def _learn_button(session: BinarySession, cases: Cases, what: str) -> None:
    held = f", {len(cases.test):,} of them held out" if len(cases.test) else ""
    st.caption(plain(f"{len(cases.values):,} cases of {cases.n_units:,} units{held}."))
    st.button(
        f"Learn {what} {RESTARTS}", key="own_learn", type="primary", on_click=_learn,
        args=(session, cases),
    )  # fmt: skip


def _learn(session: BinarySession, cases: Cases) -> None:
    try:
        session.use(cases)
    except ValueError as error:
        session.complaints.append(str(error))
