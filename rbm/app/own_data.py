"""Data of the user's own: a CSV file or pasted text becomes points, nothing of it silently.

A file is read, its columns are offered, the map to the unit square is shown and can be saved; only
the button "Learn these points" changes the run. Whatever cannot be used gives a sentence, and the
run stays as it is.
"""

from __future__ import annotations

import json

import streamlit as st

from rbm.app.controls import RESTARTS
from rbm.app.messages import plain
from rbm.app.session import Session
from rbm.datasets import make_dataset
from rbm.dialects import TableError
from rbm.tables import Points, Table, choose_points, read_table

MAX_MEGABYTES = 50


def own_data_panel(session: Session) -> None:
    """Upload or paste, choose columns, see the map, learn."""
    with st.expander("Your own data", key="group_own", on_change="rerun") as group:
        if not group.open:
            return
        if session.dataset is not None:
            st.success(plain(session.dataset.story), icon=":material/check:")
        source = st.segmented_control(
            "From", ("File", "Pasted text"), default="File", key="own_source", required=True
        )
        name, content = _content(source)
        if content:
            _offer(session, name, content)


def _content(source: str | None) -> tuple[str, bytes | str]:
    if source == "Pasted text":
        text = st.text_area(
            "Two or more columns of numbers", key="own_text", height=140,
            placeholder="x, y\n1.5, 2\n1.7, 2.2\n…",
        )  # fmt: skip
        return "the pasted text", text or ""
    upload = st.file_uploader(
        f"A table of numbers, up to {MAX_MEGABYTES} MB",
        type=("csv", "tsv", "txt", "dat", "tab"), key="own_file", max_upload_size=MAX_MEGABYTES,
        help="Columns separated by commas, semicolons, tabs, spaces or bars; decimal point or "
        "comma; with or without a header.",
    )  # fmt: skip
    return (upload.name, upload.getvalue()) if upload is not None else ("", "")


def _offer(session: Session, name: str, content: bytes | str) -> None:
    table = _read(name, content)
    if isinstance(table, TableError):
        _refuse(table)
        return
    _say(table.notes)
    names = table.names
    if len(names) < 2:
        _refuse(TableError("Two columns of numbers are needed."))
        return
    x = st.selectbox("Column across (x)", names, index=0, format_func=plain, key="own_x")
    y = st.selectbox("Column up (y)", names, index=1, format_func=plain, key="own_y")
    per_axis = st.toggle(
        "Stretch each axis by itself", key="own_per_axis",
        help="Off: both axes keep the same scale, so shapes keep their proportions.",
    )  # fmt: skip
    drop = st.toggle(
        "Leave out rows that are not finite numbers", key="own_drop",
        help="They are counted and named.",
    )  # fmt: skip
    try:
        chosen = choose_points(table, (x, y), per_axis=per_axis, drop_bad_rows=drop)
    except TableError as error:
        _refuse(error)
        return
    _show(session, name, chosen)


def _read(name: str, content: bytes | str) -> Table | TableError:
    """The table, or why there is none; kept until other content comes, as every run asks again."""
    kept = st.session_state.get("own_table")
    if kept is None or kept[:2] != (name, content):
        with st.spinner("Reading…"):
            try:
                kept = (name, content, read_table(content, name))
            except TableError as error:
                kept = (name, content, error)
        st.session_state["own_table"] = kept
    found: Table | TableError = kept[2]
    return found


def _show(session: Session, name: str, chosen: Points) -> None:
    _say(chosen.notes)
    st.markdown(
        f"{len(chosen.points):,} points. The map to the square: {plain(chosen.map.sentence())}"
    )
    st.scatter_chart(
        {"x": chosen.points[:, 0], "y": chosen.points[:, 1]}, x="x", y="y", height=180, size=8
    )
    st.download_button(
        "Save the map", json.dumps(chosen.map.to_dict(), indent=1), "map.json",
        "application/json", key="own_map", on_click="ignore", icon=":material/download:",
        help="As JSON: unit = (value − offset) / scale.",
    )  # fmt: skip
    st.button(
        f"Learn these points {RESTARTS}", key="own_use", type="primary", on_click=_use,
        args=(session, name, chosen),
    )  # fmt: skip


def _use(session: Session, name: str, chosen: Points) -> None:
    try:
        session.use_dataset(
            make_dataset(name, "file", chosen.points, map=chosen.map, notes=chosen.notes)
        )
    except ValueError as error:
        session.complaints.append(str(error))


def _refuse(error: TableError) -> None:
    st.error(plain(str(error)), icon=":material/error:")
    st.caption("The current data stay.")


def _say(notes: tuple[str, ...]) -> None:
    for note in notes:
        st.caption(plain(note))
