"""The searches of the person who asks: those at work, and those that are kept."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from rbm.app import lab, search_shown
from rbm.app.messages import duration, plain
from rbm.app.search_words import trials_of
from rbm.app.search_work import SEARCHES, Searching
from rbm.tuning.database import StoreError
from rbm.tuning.plans import Plan, plans, unfinished
from rbm.tuning.search import Search
from rbm.tuning.store import Entry

SHOWN, SHOWN_UNFINISHED = 30, 3
LOOK_SECONDS = 2.0
UNOPENED = "search_unopened"


def unfinished_searches() -> None:
    """A sentence and a button for each kept search that has not reached what it was begun for and
    that nothing here works on: the server may have been stopped. Looked up when one is shown."""
    if lost := st.session_state.pop(UNOPENED, ""):
        st.error(plain(lost), icon=":material/error:")
    if search_shown.UNFINISHED not in st.session_state:
        try:
            st.session_state[search_shown.UNFINISHED] = unfinished(lab.store())
        except StoreError:
            return
    here = [work.name for work in SEARCHES.of(search_shown.owner())]
    if shown := st.session_state.get(search_shown.KEY):
        here.append(shown.name)
    left = [each for each in st.session_state[search_shown.UNFINISHED] if each[0].name not in here]
    for place, (entry, plan) in enumerate(left[:SHOWN_UNFINISHED]):
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"search_unfinished_row_{place}"
        ):
            done = trials_of(entry.trials, plan)
            if plan.seconds is not None:
                done += f", and its {duration(plan.seconds)} were not over"
            st.info(f"“{plain(entry.name)}” is not complete: {done}.", icon=":material/hourglass:")
            st.button("Open", key=f"search_unfinished_{place}", icon=":material/folder_open:",
                      on_click=_open, args=(entry.name,))  # fmt: skip
    if len(left) > SHOWN_UNFINISHED:
        st.caption("Older ones that are not complete are in the list below.")


def searches_at_work() -> None:
    """A button for each search that runs or waits and is not the one shown; their numbers are
    looked at again while one runs."""
    others = _others()
    running = any(work.state == "running" for work in others)
    st.fragment(_at_work, run_every=LOOK_SECONDS if running else None)(
        [(work.name, work.state) for work in others]
    )


def _others() -> list[Searching]:
    shown = st.session_state.get(search_shown.KEY)
    return [work for work in SEARCHES.of(search_shown.owner()) if work is not shown]


def _at_work(before: list[tuple[str, str]]) -> None:
    others = _others()
    if [(work.name, work.state) for work in others] != before:
        st.rerun()  # the whole page, whose list of kept searches says so, too
    for place, work in enumerate(others):
        with st.container(horizontal=True, vertical_alignment="center"):
            done = trials_of(len(work.records), work.plan)
            st.text(f"{work.name}: {work.state}, {done}", width="stretch")
            st.button("Show", key=f"search_at_work_{place}", icon=":material/visibility:",
                      on_click=search_shown.show, args=(work,))  # fmt: skip


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
            known = plans(store)
        except StoreError as reason:
            st.caption(plain(str(reason)))
            return
        if not entries:
            st.caption("None yet. Every trial of a search is kept as soon as it has ended.")
            return
        for place, entry in enumerate(entries[:SHOWN]):
            _entry(place, entry, known.get(entry.name))
        if len(entries) > SHOWN:
            st.caption(f"The newest {SHOWN} of {len(entries)}; delete some to see older ones.")


def _entry(place: int, entry: Entry, plan: Plan | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{entry.name}\n{_date(entry.created)}: {_says(entry, plan)}", width="stretch")
        st.button("Open", key=f"search_kept_{place}", icon=":material/folder_open:",
                  on_click=_open, args=(entry.name,))  # fmt: skip
        with st.popover("Delete", icon=":material/delete:", key=f"search_gone_{place}"):
            st.button("Delete this search for good", key=f"search_delete_{place}",
                      on_click=_delete, args=(entry.name,))  # fmt: skip


def _says(entry: Entry, plan: Plan | None) -> str:
    """How far it is; of one whose numbers change above, where they stand."""
    work = SEARCHES.find(search_shown.owner(), entry.name)
    if work is not None and work.active:
        return f"{work.state}, see above"
    best = "" if entry.best is None else f", best {entry.best:.3f}"
    return trials_of(entry.trials, plan) + best


def _open(name: str) -> None:
    """Shows it: as it runs, or as it was left."""
    try:
        work = SEARCHES.find(search_shown.owner(), name)
        if work is None:
            store = lab.store()
            study = store.study(name)
            assert isinstance(study, Search)
            plan = plans(store).get(name)
            work = Searching(name, study, store.records(name), store, plan)
        search_shown.show(work)
    except StoreError as error:
        st.session_state[UNOPENED] = str(error)


def _delete(name: str) -> None:
    """Ends it where it runs, and deletes it with all its trials."""
    work = SEARCHES.find(search_shown.owner(), name)
    if work is not None:
        work.cancel()
    try:
        lab.store().delete(name)
    except StoreError as error:
        st.session_state[UNOPENED] = str(error)
        return
    st.session_state.pop(search_shown.UNFINISHED, None)
    shown = st.session_state.get(search_shown.KEY)
    if shown is not None and shown.name == name:
        del st.session_state[search_shown.KEY]


def _date(seconds: float) -> str:
    zone = st.context.timezone
    return f"{datetime.fromtimestamp(seconds, ZoneInfo(zone) if zone else None):%Y-%m-%d %H:%M}"
