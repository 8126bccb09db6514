"""The searches of the person who asks: those at work, and those that are kept."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from rbm.app import lab, search_results
from rbm.app.messages import plain
from rbm.app.search_work import SEARCHES, Searching
from rbm.tuning.database import StoreError
from rbm.tuning.search import Search
from rbm.tuning.store import Entry, Store

SHOWN = 30


def searches_at_work() -> None:
    """A button for each search that runs or waits and is not the one shown."""
    shown = st.session_state.get(search_results.KEY)
    others = [work for work in SEARCHES.of(search_results.owner()) if work is not shown]
    for place, work in enumerate(others):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{work.name}: {work.state}, {len(work.records):,} trials", width="stretch")
            st.button("Show", key=f"search_at_work_{place}", icon=":material/visibility:",
                      on_click=search_results.show, args=(work,))  # fmt: skip


def kept_searches() -> None:
    """The list, newest first, or a sentence why this server keeps none."""
    with st.expander(
        "Searches that are kept", key="search_kept", on_change="rerun", icon=":material/history:"
    ) as group:
        if not group.open:
            return
        try:
            store = lab.store()
            entries = [entry for entry in store.studies() if entry.kind == "search"]
        except StoreError as reason:
            st.caption(plain(str(reason)))
            return
        if lost := st.session_state.pop("search_unopened", ""):
            st.error(plain(lost), icon=":material/error:")
        if not entries:
            st.caption("None yet. Every trial of a search is kept as soon as it has ended.")
            return
        for place, entry in enumerate(entries[:SHOWN]):
            _entry(store, place, entry)
        if len(entries) > SHOWN:
            st.caption(f"The newest {SHOWN} of {len(entries)}; delete some to see older ones.")


def _entry(store: Store, place: int, entry: Entry) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        best = "" if entry.best is None else f", best {entry.best:.3f}"
        st.text(
            f"{entry.name}\n{_date(entry.created)}: {entry.trials:,} trials{best}", width="stretch"
        )
        st.button("Open", key=f"search_kept_{place}", icon=":material/folder_open:",
                  on_click=_open, args=(store, entry.name))  # fmt: skip
        with st.popover("Delete", icon=":material/delete:", key=f"search_gone_{place}"):
            st.button("Delete this search for good", key=f"search_delete_{place}",
                      on_click=_delete, args=(store, entry.name))  # fmt: skip


def _open(store: Store, name: str) -> None:
    """Shows it: as it runs, or as it was left."""
    try:
        work = SEARCHES.find(search_results.owner(), name)
        if work is None:
            study = store.study(name)
            assert isinstance(study, Search)
            work = Searching(name, study, store.records(name), store)
        search_results.show(work)
    except StoreError as error:
        st.session_state["search_unopened"] = str(error)


def _delete(store: Store, name: str) -> None:
    """Ends it where it runs, and deletes it with all its trials."""
    work = SEARCHES.find(search_results.owner(), name)
    if work is not None:
        work.cancel()
    try:
        store.delete(name)
    except StoreError as error:
        st.session_state["search_unopened"] = str(error)
        return
    shown = st.session_state.get(search_results.KEY)
    if shown is not None and shown.name == name:
        del st.session_state[search_results.KEY]


def _date(seconds: float) -> str:
    zone = st.context.timezone
    return f"{datetime.fromtimestamp(seconds, ZoneInfo(zone) if zone else None):%Y-%m-%d %H:%M}"
