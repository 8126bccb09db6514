"""How far a search is, and the buttons that let it pause, end and go on."""

from __future__ import annotations

import streamlit as st

from rbm.app import lab
from rbm.app.kept_widget import keyed
from rbm.app.messages import duration, plain
from rbm.app.search_shown import MORE_MINUTES, MORE_TRIALS, begin, owner
from rbm.app.search_words import trials_of
from rbm.app.search_work import SEARCHES, Searching
from rbm.tuning import ExecutorLost
from rbm.tuning.database import StoreError
from rbm.tuning.search_choice import MOST_MINUTES, MOST_TRIALS
from rbm.tuning.sharing import kept_again

LOST = "search_lost"
USUAL_MORE = 50
"""Trials to go on with once a search has reached what it was begun for."""


def progress(work: Searching) -> None:
    """The bar and its buttons; why it has stopped, or has to wait."""
    state, left, done = work.state, work.seconds_left, len(work.records)
    says = {
        "running": f"about {duration(left)} to go" if left is not None else "starting",
        "paused": "paused",
        "done": "all done",
        "cancelled": "cancelled; what had come is kept",
        "stopped": "go on when you like",
        "failed": "stopped; “Go on” loses nothing of what had come",
    }[state]
    with st.container(horizontal=True, vertical_alignment="center", key="search_progress"):
        st.progress(work.share or 0.0, f"{trials_of(done, work.plan)}: {says}", width="stretch")
        if state == "running":
            st.button("Pause", on_click=work.pause, icon=":material/pause:", key="search_pause",
                      help="Nothing new begins; what is at work is finished.")  # fmt: skip
        elif state == "paused":
            st.button("Go on", on_click=_resume, args=(work,), icon=":material/play_arrow:",
                      key="search_resume", help="With what is left of its budget.")  # fmt: skip
        else:
            _more(work, done)
        if work.active:
            st.button("Cancel", on_click=_cancel, args=(work,), icon=":material/close:",
                      key="search_cancel", help="Ends it; what has been found stays.")  # fmt: skip
    if work.message:
        st.error(plain(work.message), icon=":material/error:")
    if lost := st.session_state.pop(LOST, ""):
        st.error(plain(lost), icon=":material/cloud_off:")
    if work.store and work.store.trouble:
        st.warning(plain(work.store.trouble), icon=":material/database:")
    if state == "running":
        lab.tell_waiting(work.quiet)
    if work.store is None:
        st.caption(f":material/info: This search {lab.NOT_KEPT}")


def _more(work: Searching, done: int) -> None:
    """How much more, at first what is left of what it was begun for, and the button."""
    minutes = round(work.unspent / 60)
    if minutes:
        st.number_input(
            "More minutes", 1, MOST_MINUTES, width=140,
            key=keyed(MORE_MINUTES, min(minutes, MOST_MINUTES)),
            help="At first what is left of the time that it was begun for.",
        )  # fmt: skip
    else:
        rest = work.plan.trials_left(done) if work.plan else 0
        st.number_input(
            "More trials", 1, MOST_TRIALS, width=140,
            key=keyed(MORE_TRIALS, min(rest, MOST_TRIALS) or USUAL_MORE),
            help="At first what is left of those that it was begun for."
        )  # fmt: skip
    st.button("Go on", on_click=_go_on, args=(work, bool(minutes)), key="search_go_on",
              icon=":material/play_arrow:", help="From all that is known.")  # fmt: skip


def _cancel(work: Searching) -> None:
    """Ends it and gives up what it was begun for, so that nobody is asked to go on with it."""
    work.cancel()
    work.keep_plan(given_up=True)


def _resume(work: Searching) -> None:
    try:
        SEARCHES.resume(owner(), work)
    except ValueError as error:
        st.session_state[LOST] = str(error)


def _go_on(work: Searching, minutes: bool) -> None:
    """A new stretch of the search from what is known by now, here or elsewhere."""
    more = int(st.session_state[MORE_MINUTES if minutes else MORE_TRIALS])
    try:
        known = work.records
        if work.store:
            known = kept_again(work.store, work.name, work.search, known)
        again = Searching(work.name, work.search, known, work.store, work.plan)
        if minutes:
            begin(again, lab.executor(), None, 60.0 * more)
        else:
            begin(again, lab.executor(), len(again.records) + more, None)
    except (ExecutorLost, StoreError, ValueError) as error:
        st.session_state[LOST] = str(error)
