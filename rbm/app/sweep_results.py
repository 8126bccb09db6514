"""What a sweep has found: progress, map, the cell chosen and its runs, and a table to take away."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd
import streamlit as st

from rbm.app import lab
from rbm.app.messages import duration, plain
from rbm.app.session import Session
from rbm.app.sweep_map import cell_of, sweep_map
from rbm.app.sweep_opening import open_run
from rbm.app.sweep_work import Work, work_on
from rbm.settings import KNOBS
from rbm.tuning import ExecutorLost, Outcome
from rbm.tuning.database import StoreError
from rbm.tuning.store import Store
from rbm.tuning.sweep import Summary, Sweep, best_cell, summarise
from rbm.tuning.sweep_study import shared_outcomes, sweep_csv, sweep_table
from rbm.views.sweeps import cell_title, map_cell, value_name

KEY, MAP, CELL = "sweep_work", "sweep_map", "sweep_cell"
LOOK_SECONDS = 1.0


def show(sweep: Sweep) -> Work:
    """Makes a sweep the one this tab shows; what it has in common with the one before is known.

    Raises `StoreError`.
    """
    before: Work | None = st.session_state.get(KEY)
    known = shared_outcomes(sweep, before.sweep, before.outcomes) if before else {}
    work = work_on(sweep, _store(), known)
    if work is not before:
        st.session_state[KEY] = work
        st.session_state[CELL] = None
    return work


def _store() -> Store | None:
    """Where sweeps of the person who asks are kept, if anywhere."""
    try:
        return lab.store()
    except StoreError:
        return None


def results(session: Session) -> None:
    """All of it, looked at every second while it fills; nothing before the first sweep."""
    work: Work | None = st.session_state.get(KEY)
    if work is None:
        return
    work.look()
    st.session_state["sweep_watched"] = work.changing
    every = LOOK_SECONDS if work.changing else None
    st.fragment(_results, run_every=every)(session)


def _results(session: Session) -> None:
    work: Work = st.session_state[KEY]
    work.look()
    state = work.state
    outcomes = work.outcomes
    summaries = summarise(work.sweep, outcomes)
    _progress(work, state, len(outcomes))
    _cell(session, work, summaries, outcomes)
    sweep_map(work.sweep, summaries, st.session_state.get(CELL), MAP, _pick, _open_at_once)
    _table(work, outcomes)
    if work.changing != st.session_state["sweep_watched"]:
        st.rerun()  # the whole page, which then looks every second, or no more


def _progress(work: Work, state: str, done: int) -> None:
    total, left = len(work.sweep.trials), work.seconds_left
    says = {
        "running": f"about {duration(left)} to go" if left is not None else "starting",
        "paused": "paused",
        "done": "all done",
        "cancelled": "cancelled; what had come is kept",
        "stopped": "not complete; go on when you like",
        "failed": "stopped; “Go on” loses nothing of what had come",
    }[state]
    with st.container(horizontal=True, vertical_alignment="center", key="sweep_progress"):
        st.progress(done / total, f"{done:,} of {total:,} trainings: {says}", width="stretch")
        background = work.background
        if state == "running" and background:
            st.button("Pause", on_click=background.pause, icon=":material/pause:",
                      key="sweep_pause", help="Nothing new begins; what is at work is finished.",
            )  # fmt: skip
        elif state != "done":
            st.button("Go on", on_click=_go_on, icon=":material/play_arrow:", key="sweep_go_on",
                      help="Trains what is left.")  # fmt: skip
        if state in ("running", "paused") and background:
            st.button("Cancel", on_click=background.cancel, icon=":material/close:",
                      key="sweep_cancel", help="Ends it; what has come is kept.")  # fmt: skip
    if background and background.message:
        st.error(plain(background.message), icon=":material/error:")
    if lost := st.session_state.pop("sweep_lost", ""):
        st.error(plain(lost), icon=":material/cloud_off:")
    if work.store and work.store.trouble:
        st.warning(plain(work.store.trouble), icon=":material/database:")
    if state == "running" and background:
        lab.tell_waiting(background.quiet)
    if work.store is None:
        st.caption(f":material/info: This sweep {lab.NOT_KEPT}")


def _go_on() -> None:
    try:
        st.session_state[KEY].go_on(lab.executor())
    except ExecutorLost as error:
        st.session_state["sweep_lost"] = str(error)


def _pick() -> None:
    at = cell_of(MAP, st.session_state[KEY].sweep)
    if at is not None:
        st.session_state[CELL] = at


def _open_at_once() -> None:
    _pick()
    st.session_state["sweep_opens"] = True


def _cell(
    session: Session, work: Work, summaries: tuple[Summary, ...], outcomes: dict[int, Outcome]
) -> None:
    """The cell that was chosen, or the best one so far, and the way to its runs."""
    sweep = work.sweep
    chosen = st.session_state.get(CELL)
    at = (best_cell(summaries) or 0) if chosen is None else chosen
    # Names that stay as they are while results come in: a menu forgets what was chosen otherwise.
    titles = [cell_title(sweep, place) for place in range(len(sweep.cells))]
    with st.container(horizontal=True, vertical_alignment="bottom", key="sweep_chosen"):
        st.selectbox(
            "Cell", range(len(titles)), key=CELL, index=None, width=420,
            placeholder="the best; click another one on the map",
            format_func=titles.__getitem__,
        )  # fmt: skip
        turn = st.selectbox(
            "Run of seed", range(len(sweep.seeds)), key="sweep_turn", width=150,
            format_func=[str(seed) for seed in sweep.seeds].__getitem__,
            help="The small picture is that of the first seed.",
        )  # fmt: skip
        press = st.button(
            "Open this run in the playground", type="primary", icon=":material/play_circle:",
            key="sweep_open", help="The very run that was measured, bit for bit: same data, same "
            "noise. What the playground has now can be taken back by Undo.",
        )  # fmt: skip
    place = int(turn) * len(sweep.cells) + at
    run = outcomes[place].mismatch[0] if place in outcomes else None
    st.markdown(
        ("" if chosen is not None else "Best: " if work.complete else "Best so far: ")
        + plain(map_cell(sweep, at, summaries[at]).says)
        + f". Run of seed {sweep.seeds[int(turn)]}: {_score(run) or 'not trained yet'}."
    )
    if st.session_state.pop("sweep_opens", False) or press:
        open_run(session, sweep.trials[place].subjects[0], sweep.dataset, sweep.cells[at].epochs)


def _table(work: Work, outcomes: dict[int, Outcome]) -> None:
    with st.expander("All cells as a table"):
        header, rows = sweep_table(work.sweep, outcomes)
        frame = pd.DataFrame(rows, columns=header)
        for axis in work.sweep.axes:
            if isinstance(axis.values[0], str | bool):
                frame[axis.name] = [value_name(axis.name, value) for value in frame[axis.name]]
        for column, name in list(enumerate(header))[-len(work.sweep.seeds) :]:
            frame[name] = [_score(row[column]) for row in rows]
        labels = {axis.name: KNOBS[axis.name].label for axis in work.sweep.axes}
        st.dataframe(frame.rename(columns=labels), hide_index=True, column_config={
            name: st.column_config.NumberColumn(format="%.3f")
            for name in ("median mismatch", "lower quartile", "upper quartile")
        })  # fmt: skip
        st.download_button(
            "Download as CSV", partial(sweep_csv, work.sweep, outcomes), "rbm_sweep.csv",
            "text/csv", on_click="ignore", icon=":material/download:", key="sweep_csv",
        )  # fmt: skip


def _score(score: object) -> str:
    if not isinstance(score, float):
        return ""
    return "diverged" if math.isnan(score) else f"{score:.3f}"
