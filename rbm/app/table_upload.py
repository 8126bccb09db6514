"""A stranger's table on a page: uploaded or pasted, read, shown, each guess open to correction.

What comes of it is the page's business: points for the playground, cases for a binary machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from rbm.app.messages import plain
from rbm.app.table_reading import choices_of, forget_overrides, part_choice, preview, reading_panel
from rbm.tables import MAX_BYTES, Choices, Table, TableError, read_table

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


def table_upload(key: str, help: str) -> UploadedFile | None:
    """The widget that takes one table's file."""
    return st.file_uploader(
        f"A table of numbers, up to {MAX_BYTES // 1_000_000} MB", type=ENDINGS, key=key,
        max_upload_size=MAX_BYTES // 1_000_000, help=help,
    )  # fmt: skip


def table_panel(
    prefix: str, name: str, identity: str, content: Callable[[], bytes | str]
) -> Table | None:
    """The table, with how it was read; None when it cannot be used, and then the page says why."""
    if st.session_state.get(f"{prefix}_identity") != identity:
        st.session_state[f"{prefix}_identity"] = identity
        forget_overrides(prefix)
    table = _read(prefix, name, identity, content)
    if isinstance(table, TableError):
        refused(table)
        part_choice(prefix, table)
        reading_panel(prefix, table)
        return None
    part_choice(prefix, table)
    preview(table)
    say(table.notes)
    reading_panel(prefix, table)
    return table


def refused(error: ValueError) -> None:
    """Why something cannot be used."""
    st.error(plain(str(error)), icon=":material/error:")
    st.caption("The current data stay.")


def say(notes: Sequence[str]) -> None:
    """What was noticed or left out, a line each."""
    for note in notes:
        st.caption(plain(note))


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
