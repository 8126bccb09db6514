"""The sweeps that are kept: open one again, go on with it, or delete it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from rbm.app import lab, sweep_results
from rbm.app.messages import plain
from rbm.tuning.database import StoreError
from rbm.tuning.store import Entry, Store
from rbm.tuning.sweep import Sweep

SHOWN = 30
REFUSED = "sweep_kept_refused"


def kept_sweeps() -> None:
    """The list, newest first, or a sentence why this server keeps none."""
    with st.expander("Sweeps that are kept", icon=":material/history:", key="sweep_kept"):
        if refused := st.session_state.pop(REFUSED, ""):
            st.error(plain(refused), icon=":material/error:")
        try:
            store = lab.store()
            entries = [entry for entry in store.studies() if entry.kind == "sweep"]
        except StoreError as reason:
            st.caption(plain(str(reason)))
            return
        if not entries:
            st.caption("None yet. Every training of a sweep is kept as soon as it is done.")
            return
        _list(store, entries[:SHOWN])
        if len(entries) > SHOWN:
            st.caption(f"The newest {SHOWN} of {len(entries)}; delete some to see older ones.")


def _list(store: Store, entries: list[Entry]) -> None:
    for place, entry in enumerate(entries):
        with st.container(horizontal=True, vertical_alignment="center"):
            best = "" if entry.best is None else f", best run {entry.best:.3f}"
            st.text(
                f"{entry.name}\n{_date(entry.created)}: {entry.trials:,} trainings{best}",
                width="stretch",
            )
            st.button("Open", key=f"sweep_kept_{place}", icon=":material/folder_open:",
                      on_click=_press, args=(_open, store, entry.name))  # fmt: skip
            with st.popover("Delete", icon=":material/delete:", key=f"sweep_gone_{place}"):
                st.button("Delete this sweep for good", key=f"sweep_delete_{place}",
                          on_click=_press, args=(_delete, store, entry.name))  # fmt: skip


def _press(does: Callable[[Store, str], None], store: Store, name: str) -> None:
    try:
        does(store, name)
    except StoreError as error:
        st.session_state[REFUSED] = str(error)


def _open(store: Store, name: str) -> None:
    study = store.study(name)
    if isinstance(study, Sweep):
        sweep_results.show(study)


def _delete(store: Store, name: str) -> None:
    store.delete(name)


def _date(seconds: float) -> str:
    zone = st.context.timezone
    return f"{datetime.fromtimestamp(seconds, ZoneInfo(zone) if zone else None):%Y-%m-%d %H:%M}"
