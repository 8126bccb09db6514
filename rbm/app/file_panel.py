"""A file or a pasted text becomes points: read, looked at, corrected, mapped, and then learnt.

Only the button "Learn these points" changes the run. Whatever cannot be used gives a sentence,
and the run stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from rbm.app.knob_widget import RESTARTS
from rbm.app.session import Session
from rbm.app.table_points import points_panel
from rbm.app.table_upload import refused, say, table_panel, table_upload
from rbm.datasets import Kind, make_dataset
from rbm.tables import Points, TableError


def file_panel(session: Session) -> None:
    """Upload a table, see how it was read, choose columns, see the map, learn."""
    upload = table_upload(
        "file_upload",
        "Text with columns (CSV, TSV and the like), workbooks (XLSX, ODS), NumPy arrays (NPY, "
        "NPZ) or Parquet. What a file is decides its content, not its name.",
    )
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
    table = table_panel(prefix, name, identity, content)
    if table is None:
        return
    try:
        chosen = points_panel(prefix, table, (identity, table.read_as.part))
    except TableError as error:
        refused(error)
        return
    say(chosen.notes)
    st.download_button(
        "Save the map", json.dumps(chosen.map.to_dict(), indent=1), "map.json",
        "application/json", key=f"{prefix}_map", on_click="ignore", icon=":material/download:",
        help="As JSON, with the formula: from the table's units to the square and back.",
    )  # fmt: skip
    st.button(
        f"Learn these points {RESTARTS}", key=f"{prefix}_learn", type="primary", on_click=_learn,
        args=(session, name, kind, chosen, table.notes),
    )  # fmt: skip


def _learn(session: Session, name: str, kind: Kind, chosen: Points, notes: tuple[str, ...]) -> None:
    try:
        session.use_dataset(
            make_dataset(name, kind, chosen.points, map=chosen.map, notes=(*notes, *chosen.notes))
        )
    except ValueError as error:
        session.complaints.append(str(error))
