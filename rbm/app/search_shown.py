"""Which search a tab shows, and whose searches it sees."""

from __future__ import annotations

from concurrent.futures import Executor
from uuid import uuid4

import streamlit as st

from rbm.app import lab
from rbm.app.search_work import SEARCHES, Searching
from rbm.tuning.database import StoreError
from rbm.tuning.store import Store

KEY, TRIAL = "search_work", "search_trial"
UNFINISHED = "search_unfinished"
MORE_TRIALS, MORE_MINUTES = "search_more", "search_more_minutes"


def store_or_none() -> Store | None:
    """Where searches of the person who asks are kept, if anywhere."""
    try:
        return lab.store()
    except StoreError:
        return None


def owner() -> str:
    """Whose searches these are: where nothing is kept, this tab's."""
    store = store_or_none()
    if store is not None:
        return owner_of(store)
    return st.session_state.setdefault("search_tab", f"tab {uuid4().hex}")


def owner_of(store: Store) -> str:
    """Whose searches those in a store are."""
    return f"{store.database}/{store.owner}"


def begin(work: Searching, executor: Executor, trials: int | None, seconds: float | None) -> None:
    """Makes it the search that this tab shows, and begins it, or the one of that name that runs
    already. Raises `ValueError` with a sentence."""
    running = SEARCHES.find(owner(), work.name)
    if running is None:
        SEARCHES.begin(owner(), work, executor, trials, seconds)
        work.keep_plan()
    show(running or work)


def show(work: Searching) -> None:
    """Makes it the search that this tab shows."""
    if st.session_state.get(KEY) is not work:
        st.session_state[KEY] = work
        st.session_state[TRIAL] = None
        for key in (MORE_TRIALS, MORE_MINUTES, UNFINISHED):  # which are as of this search's plan
            st.session_state.pop(key, None)
