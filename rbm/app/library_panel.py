"""The library of runs on the page: keep, find, star, open, rename, delete and take back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from rbm.app import browser_key_panel
from rbm.app.library_place import NoLibrary, library_place
from rbm.app.messages import plain
from rbm.app.person import Person, find_person
from rbm.app.run_summary import name_of_data, summarise, thumbnail
from rbm.app.session import Session
from rbm.dialects import MAX_NAME
from rbm.library import BIN_DAYS, MAX_NOTE, Entry, Library, matching

SHOWN = 10
"""Runs shown at first, and more with each press of "Show more"."""


@dataclass(frozen=True)
class Shelf:
    """What every part of the panel needs: whose library it is, and the run that may go into it."""

    session: Session
    library: Library
    person: Person


@dataclass(frozen=True)
class Said:
    """What the last press has led to, and the run it is about; `deleted` offers to undo that."""

    text: str
    about: int | None = None
    refused: bool = False
    deleted: bool = False


@st.fragment(key="library")
def library_panel(session: Session) -> None:
    """The whole panel, or a sentence why this server keeps no library."""
    try:
        library = Library(library_place())
    except NoLibrary as reason:
        st.info(plain(str(reason)), icon=":material/shelves:")
        return
    person = find_person()
    if person is None:
        st.caption("Looking for what this browser has kept …")
        return
    shelf = Shelf(session, library, person)
    _keep(shelf)
    elsewhere = st.container()
    try:
        said_in_list = _list(shelf)
        _bin(shelf)
    except ValueError as error:
        said_in_list = False
        st.error(plain(str(error)), icon=":material/error:")
    browser_key_panel.browser_key_panel(person)
    if not said_in_list:
        with elsewhere:
            _message(shelf)


def _keep(shelf: Shelf) -> None:
    suggestion = _suggestion(shelf.session)
    if st.session_state.get("library_name", "") == st.session_state.get("library_suggested", ""):
        st.session_state["library_name"] = suggestion
    st.session_state["library_suggested"] = suggestion
    with st.container(horizontal=True, vertical_alignment="bottom", key="library_keep"):
        st.text_input("Name of this run", key="library_name", max_chars=MAX_NAME, width=300)
        st.text_input("Note", key="library_note", max_chars=MAX_NOTE, width=300,
                      placeholder="What is worth remembering")  # fmt: skip
        st.button("Keep this run", key="library_save", type="primary",
                  icon=":material/bookmark_add:", on_click=_press, args=(partial(_save, shelf),),
                  help="Settings, data, weights, recording and curves.")  # fmt: skip


def _save(shelf: Shelf) -> Said:
    session, state = shelf.session, st.session_state
    with session.lock:  # content, name and summary are of one epoch
        content, summary, current = session.save_bytes(), summarise(session), _suggestion(session)
    chosen = state["library_name"].strip()
    name = current if chosen in ("", state["library_suggested"]) else chosen
    shelf.library.save(shelf.person.name, name, state["library_note"], content, summary)
    state["library_name"] = state["library_suggested"] = state["library_note"] = ""
    return Said(f"Kept as “{name}”.")


def _suggestion(session: Session) -> str:
    epoch = f", epoch {session.run.epoch:,}"
    return name_of_data(session)[: MAX_NAME - len(epoch)] + epoch


def _list(shelf: Shelf) -> bool:
    """The runs that are looked for; whether one of them has shown what there is to say about it."""
    library, person = shelf.library, shelf.person.name
    kept, said = library.entries(person), _said()
    just_deleted = [e for e in library.deleted(person) if said.deleted and e.id == said.about]
    if not kept and not just_deleted:
        st.caption("Nothing is kept yet. Keep a run, and it is here when you come back.")
        return False
    with st.container(horizontal=True, vertical_alignment="bottom", key="library_find"):
        search = st.text_input("Search", key="library_search", width=300,
                               placeholder="Words of the name, the note or the data")  # fmt: skip
        starred = st.toggle("Starred only", key="library_starred")
    found = matching(kept, search, starred)
    size = _size(sum(entry.size for entry in kept))
    limits = library.limits
    st.caption(
        f"{len(found):,} of {len(kept):,} runs · {size} "
        f"(up to {limits.entries:,} runs, {_size(limits.person)})"
    )
    count = st.session_state.setdefault("library_shown", SHOWN)
    rows = sorted([*found, *just_deleted], key=lambda entry: (-entry.created, -entry.id))[:count]
    for entry in rows:
        if entry in just_deleted:
            _message(shelf)
        else:
            _row(shelf, entry)
    if len(found) > count:
        st.button(f"Show more ({len(found) - count:,})", key="library_more", on_click=_show_more)
    return said.about in [entry.id for entry in rows]


def _show_more() -> None:
    st.session_state["library_shown"] += SHOWN


def _row(shelf: Shelf, entry: Entry) -> None:
    key = f"library_{entry.id}"
    with st.container(border=True, key=key, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(thumbnail(entry.summary, dark=st.context.theme.type == "dark"), width="content")
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{plain(entry.name)}**")
                st.caption(_facts(entry))
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                _buttons(shelf, entry, key)
        if entry.note:
            st.markdown("  \n".join(plain(line) for line in entry.note.splitlines()))
        if _said().about == entry.id:
            _message(shelf)


def _buttons(shelf: Shelf, entry: Entry, key: str) -> None:
    library, person = shelf.library, shelf.person.name
    st.button(
        "Open", key=f"{key}_open", icon=":material/folder_open:", on_click=_open,
        args=(shelf, entry), help="Undo in the playground takes back what is there now.",
    )  # fmt: skip
    st.button(
        "★ Starred" if entry.starred else "☆ Star", key=f"{key}_star", type="tertiary",
        on_click=_press,
        args=(partial(library.star, person, entry.id, not entry.starred), entry.id),
    )  # fmt: skip
    with st.popover("Edit", key=f"{key}_edit", on_change="rerun", type="tertiary") as edit:
        if edit.open:
            _edit(shelf, entry)
    st.button(
        "Delete", key=f"{key}_delete", icon=":material/delete:", type="tertiary",
        on_click=_press, args=(partial(_delete, shelf, entry), entry.id),
    )  # fmt: skip


def _edit(shelf: Shelf, entry: Entry) -> None:
    name, note = f"library_{entry.id}_name", f"library_{entry.id}_note"
    st.text_input("Name", entry.name, key=name, max_chars=MAX_NAME)
    st.text_area("Note", entry.note, key=note, max_chars=MAX_NOTE)
    st.button(
        "Save changes", key=f"library_{entry.id}_change", type="primary",
        on_click=_press, args=(partial(_change, shelf, entry, name, note), entry.id),
    )  # fmt: skip


def _change(shelf: Shelf, entry: Entry, name: str, note: str) -> None:
    state = st.session_state
    shelf.library.annotate(shelf.person.name, entry.id, state[name], state[note])
    state[f"library_{entry.id}_edit"] = False


def _delete(shelf: Shelf, entry: Entry) -> Said:
    shelf.library.delete(shelf.person.name, entry.id)
    return Said(f"Deleted “{entry.name}”.", entry.id, deleted=True)


def _open(shelf: Shelf, entry: Entry) -> None:
    def restore() -> Said:
        shelf.session.open_bytes(shelf.library.content(shelf.person.name, entry.id))
        return Said(
            f"“{entry.name}” is open. Undo in the playground takes back what was there.", entry.id
        )

    _press(restore, entry.id)
    if not _said().refused:
        st.rerun()  # the whole page shows another run now


def _bin(shelf: Shelf) -> None:
    library, person = shelf.library, shelf.person.name
    gone = library.deleted(person)
    if not gone:
        return
    with st.expander(
        f"Recently deleted ({len(gone):,})", key="library_bin", on_change="rerun"
    ) as group:
        if not group.open:
            return
        st.caption(f"Kept for {BIN_DAYS} days, or until their room is needed.")
        for entry in gone:
            st.button(
                f"Restore “{plain(entry.name)}”", key=f"library_{entry.id}_restore",
                icon=":material/undo:", on_click=_press,
                args=(partial(library.undelete, person, entry.id),),
            )  # fmt: skip
        st.button("Delete all of these for good", key="library_empty", type="tertiary",
                  icon=":material/delete_forever:", on_click=_press,
                  args=(partial(library.empty_bin, person),))  # fmt: skip


def _press(work: Callable[[], Said | None], about: int | None = None) -> None:
    """Does what a press asks for, and remembers what to say about it."""
    try:
        st.session_state["library_said"] = work()
    except ValueError as error:
        st.session_state["library_said"] = Said(str(error), about, refused=True)


def _said() -> Said:
    return st.session_state.get("library_said") or Said("")


def _message(shelf: Shelf) -> None:
    said = _said()
    if said.refused:
        st.error(plain(said.text), icon=":material/error:")
    elif said.text:
        with st.container(horizontal=True, vertical_alignment="center", key="library_message"):
            st.markdown(f":material/check: {plain(said.text)}", width="content")
            if said.deleted and said.about is not None:
                undelete = partial(shelf.library.undelete, shelf.person.name, said.about)
                st.button("Undo", key="library_undo", icon=":material/undo:",
                          on_click=_press, args=(undelete, said.about))  # fmt: skip


def _facts(entry: Entry) -> str:
    summary = entry.summary
    facts = [plain(summary.data), f"epoch {summary.epoch:,}"]
    if summary.mismatch is not None:
        facts.append(f"mismatch {summary.mismatch:.3f}")
    when = datetime.fromtimestamp(entry.created, _zone())
    return " · ".join([*facts, f"{when:%d %b %Y, %H\\:%M}", _size(entry.size)])


def _size(size: int) -> str:
    return f"{size / 1e3:,.0f} kB" if size < 1e6 else f"{size / 1e6:,.0f} MB"


def _zone() -> tzinfo | None:
    """The browser's time zone, or that of the server when it names none."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ValueError, LookupError, OSError):
        return None
