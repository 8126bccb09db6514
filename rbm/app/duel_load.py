"""Another run on one side of a duel: the playground's, one of the library, or a file's."""

from __future__ import annotations

import streamlit as st

from rbm import run_file
from rbm.app.duel_session import Duel
from rbm.app.library_place import NoLibrary, library_place
from rbm.app.messages import plain
from rbm.app.person import Person, find_person
from rbm.app.run_file_panel import MAX_MEGABYTES
from rbm.app.session import Session
from rbm.dialects import clean
from rbm.duel import SIDES
from rbm.library import Entry, Library
from rbm.run_file import RunFileError

SAID = "duel_load_said"


def load_panel(duel: Duel, session: Session) -> None:
    """A button that opens the choice of another run and of the side that it is to be."""
    with st.popover(
        "Load a run", icon=":material/folder_open:", key="duel_load", on_change="rerun"
    ) as popover:
        if popover.open:
            _open(duel, session)


def _open(duel: Duel, session: Session) -> None:
    side = str(
        st.segmented_control(
            "It becomes side", SIDES, default="b", required=True, key="duel_load_side",
            format_func=str.upper,
        )
    )  # fmt: skip
    st.caption("The other side stays, and both part at the last epoch that both have.")
    st.button(
        f"The playground's run, epoch {session.run.epoch:,}", key="duel_load_playground",
        on_click=_playground, args=(duel, side, session), icon=":material/play_circle:",
        help="As a cell of a sweep or the winner of a search is, once it is opened there.",
    )  # fmt: skip
    _library(duel, side)
    st.file_uploader(
        "… or a run's file", type="npz", key="duel_load_file", max_upload_size=MAX_MEGABYTES,
        on_change=_upload, args=(duel, side), help="As “Keep and share” saves it.",
    )  # fmt: skip
    refused, text = st.session_state.get(SAID, (False, ""))
    if text:
        (st.error if refused else st.success)(plain(text))


def _playground(duel: Duel, side: str, session: Session) -> None:
    session.pause()
    duel.load(side, session.run, "")
    st.session_state[SAID] = (False, f"The playground's run is side {side.upper()} now.")


def _library(duel: Duel, side: str) -> None:
    try:
        library = Library(library_place())
        person = find_person()
        if person is None:
            st.caption("Looking for what this browser has kept …")
            return
        entries = {entry.id: entry for entry in library.entries(person.name)}
    except (NoLibrary, ValueError) as reason:
        st.caption(plain(str(reason)))
        return
    if not entries:
        st.caption("Your library is empty: “Keep this run”, under “Keep and share”, fills it.")
        return
    chosen = st.selectbox(
        "Run of your library", list(entries), key="duel_load_entry", index=None,
        format_func=lambda number: _title(entries[number]), placeholder="Choose a run",
    )  # fmt: skip
    if chosen is not None:
        st.button(
            f"Load it as side {side.upper()}", key="duel_load_button", type="primary",
            on_click=_take, args=(duel, side, library, person, entries[chosen]),
        )  # fmt: skip


def _title(entry: Entry) -> str:
    mismatch = entry.summary.mismatch
    score = "" if mismatch is None else f", mismatch {mismatch:.3f}"
    return f"{entry.name} ({entry.summary.data}, epoch {entry.summary.epoch:,}{score})"


def _take(duel: Duel, side: str, library: Library, person: Person, entry: Entry) -> None:
    try:
        content = library.content(person.name, entry.id)
    except ValueError as error:
        st.session_state[SAID] = (True, str(error))
        return
    _load(duel, side, content, entry.name)


def _upload(duel: Duel, side: str) -> None:
    upload = st.session_state.get("duel_load_file")
    if upload is None:
        st.session_state[SAID] = (False, "")
        return
    _load(duel, side, upload.getvalue(), clean(upload.name))


def _load(duel: Duel, side: str, content: bytes, name: str) -> None:
    try:
        saved = run_file.load(content)
    except RunFileError as error:
        st.session_state[SAID] = (True, f"{error} Both sides stay as they were.")
        return
    duel.load(side, saved.run, name)
    duel.complaints += saved.complaints
    st.session_state[SAID] = (False, f"“{name}” is side {side.upper()} now.")
