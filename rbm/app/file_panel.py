"""A file or a pasted text becomes points: read, looked at, corrected, mapped, and then learnt.

Only the button "Learn these points" changes the run. Whatever cannot be used gives a sentence,
and the run stays as it is.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import streamlit as st

from rbm.app.controls import RESTARTS
from rbm.app.messages import plain
from rbm.app.session import Session
from rbm.app.table_points import points_panel
from rbm.app.table_reading import choices_of, forget_overrides, part_choice, preview, reading_panel
from rbm.datasets import Kind, make_dataset
from rbm.tables import MAX_BYTES, Choices, Points, Table, TableError, read_table

ENDINGS = (
    "csv",
    "tsv",
    "txt",
    "dat",
    "tab",
    "asc",
    "npy",
    "npz",
    "parquet",
    "xlsx",
    "xlsm",
    "xlsb",
    "ods",
)
_READING = threading.Lock()
"""One table is read at a time, whoever brought it: its memory is a few times the file's."""


def file_panel(session: Session) -> None:
    """Upload a table, see how it was read, choose columns, see the map, learn."""
    upload = st.file_uploader(
        f"A table of numbers, up to {MAX_BYTES // 1_000_000} MB", type=ENDINGS, key="file_upload",
        max_upload_size=MAX_BYTES // 1_000_000,
        help="Text with columns (CSV, TSV and the like), workbooks (XLSX, ODS), NumPy arrays (NPY, "
        "NPZ) or Parquet. What a file is decides its content, not its name.",
    )  # fmt: skip
    if upload is not None:
        _offer(session, "file", "file", upload.name, upload.file_id, upload.getvalue)


def paste_panel(session: Session) -> None:
    """The same for text from the clipboard."""
    text = st.text_area(
        "Two or more columns of numbers", key="paste_text", height=160,
        placeholder="x, y\n1.5, 2\n1.7, 2.2\n…",
        help="Copied from a spreadsheet, a web page or a program's output.",
    )  # fmt: skip
    if text:
        _offer(session, "paste", "text", "Pasted text", text, lambda: text)


def _offer(
    session: Session,
    prefix: str,
    kind: Kind,
    name: str,
    identity: str,
    content: Callable[[], bytes | str],
) -> None:
    if st.session_state.get(f"{prefix}_identity") != identity:
        st.session_state[f"{prefix}_identity"] = identity
        forget_overrides(prefix)
    table = _read(prefix, name, identity, content)
    if isinstance(table, TableError):
        _refuse(table)
        part_choice(prefix, table)
        reading_panel(prefix, table)
        return
    part_choice(prefix, table)
    preview(table)
    _say(table.notes)
    reading_panel(prefix, table)
    try:
        chosen = points_panel(prefix, table, (identity, table.read_as.part))
    except TableError as error:
        _refuse(error)
        return
    _say(chosen.notes)
    st.download_button(
        "Save the map", json.dumps(chosen.map.to_dict(), indent=1), "map.json",
        "application/json", key=f"{prefix}_map", on_click="ignore", icon=":material/download:",
        help="As JSON, with the formula: from the table's units to the square and back.",
    )  # fmt: skip
    st.button(
        f"Learn these points {RESTARTS}", key=f"{prefix}_learn", type="primary", on_click=_learn,
        args=(session, name, kind, chosen, table.notes),
    )  # fmt: skip


def _read(
    prefix: str, name: str, identity: str, content: Callable[[], bytes | str]
) -> Table | TableError:
    """The table, or why there is none; kept until another is asked for, as every run asks again."""
    asked = (name, identity, choices_of(prefix))
    kept: tuple[object, Table | TableError] | None = st.session_state.get(f"{prefix}_table")
    if kept is None or kept[0] != asked:
        st.session_state.pop(f"{prefix}_table", None)  # frees the last table first
        kept = asked, _fresh(name, content(), asked[2])
        st.session_state[f"{prefix}_table"] = kept
    return kept[1]


def _fresh(name: str, content: bytes | str, choices: Choices) -> Table | TableError:
    with st.spinner("Reading…"), _READING:
        try:
            return read_table(content, name, choices)
        except TableError as error:
            return error


def _learn(session: Session, name: str, kind: Kind, chosen: Points, notes: tuple[str, ...]) -> None:
    try:
        session.use_dataset(
            make_dataset(name, kind, chosen.points, map=chosen.map, notes=(*notes, *chosen.notes))
        )
    except ValueError as error:
        session.complaints.append(str(error))


def _refuse(error: TableError) -> None:
    st.error(plain(str(error)), icon=":material/error:")
    st.caption("The current data stay.")


def _say(notes: tuple[str, ...]) -> None:
    for note in notes:
        st.caption(plain(note))
