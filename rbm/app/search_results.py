"""What a search has found: progress, pictures, the best values, and the ways on from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from rbm.app.confirm_panel import confirm_panel
from rbm.app.figure_look import dressed
from rbm.app.messages import plain
from rbm.app.search_progress import progress
from rbm.app.search_shown import KEY, TRIAL
from rbm.app.search_words import counted
from rbm.app.search_work import Searching
from rbm.app.session import Session
from rbm.app.sweep_opening import open_run
from rbm.settings import KNOBS
from rbm.tuning.preset_text import preset_text
from rbm.tuning.search import Record, Search, at_edges, best
from rbm.views import searches
from rbm.views.sweeps import value_name

WATCHED = "search_watched"
LOOK_SECONDS = 1.0
PICTURES = {
    "history": "History",
    "importance": "What matters",
    "slices": "One by one",
    "parallel": "All together",
}
CAPTIONS = {
    "history": "Each trial's mean mismatch, 0 as good as fresh data, 1 no better than noise. A "
    "cross ended early, and stands at the mismatch it had then; a run that diverged counts as 2.",
    "importance": "How much each setting decides whether a trial is among the best quarter, within "
    "its range here (PED-ANOVA). It says nothing of settings that were not searched.",
    "slices": "The mismatch against one setting at a time, all others changing along. Star: the "
    "best so far; dashed: the start.",
    "parallel": "A line for each trial that went all the way, orange where its mismatch, the last "
    "axis, is low. Drag along an axis to see only the lines that pass there.",
}
ACROSS = 3
"""Slices beside each other."""
ROWS = 10
"""Of the table of best values."""


def results(session: Session) -> None:
    """All of it, looked at every second while it goes on; nothing before there is one."""
    work: Searching | None = st.session_state.get(KEY)
    if work is None:
        return
    st.subheader(plain(work.name), anchor=False)
    changing, found = work.changing, chosen(work)
    st.session_state[WATCHED] = (changing, found is not None)
    st.fragment(_live, run_every=LOOK_SECONDS if changing else None)(session)
    if found:
        confirm_panel(work, found)


def chosen(work: Searching) -> Record | None:
    """The trial that was chosen from the table, or the best one so far."""
    number = st.session_state.get(TRIAL)
    records = [record for record in work.records if record.number == number]
    return next(iter(records or best(work.records)), None)


def _live(session: Session) -> None:
    work: Searching = st.session_state[KEY]  # its own buttons put another one there
    work.look()
    records = work.records
    progress(work)
    if records:
        _pictures(work, records)
        _best(session, work, records)
    if (work.changing, chosen(work) is not None) != st.session_state[WATCHED]:
        st.rerun()  # the whole page: it looks no more, or has something to measure again


def _pictures(work: Searching, records: Sequence[Record]) -> None:
    picture = str(
        st.segmented_control(
            "Picture", list(PICTURES), format_func=PICTURES.__getitem__, default="history",
            key="search_picture", required=True, label_visibility="collapsed",
        )
    )  # fmt: skip
    if picture == "history":
        _show(searches.history(records), "history")
        st.caption(CAPTIONS["history"])
    elif picture == "slices":
        names = [chosen_range.name for chosen_range in work.search.ranges]
        for begin_row in range(0, len(names), ACROSS):
            in_row = names[begin_row : begin_row + ACROSS]
            for column, name in zip(st.columns(ACROSS), in_row, strict=False):
                with column:
                    _show(searches.slices(work.search, records, name), f"slice_{name}")
        st.caption(CAPTIONS["slices"])
    elif picture == "parallel":
        _show(searches.parallel(work.search, records), "parallel")
        st.caption(CAPTIONS["parallel"])
    elif shares := _importance(work, records):
        _show(searches.importance(shares), "importance")
        st.caption(CAPTIONS["importance"])
    else:
        st.info(
            f"This needs {searches.FEWEST} trials or more that went all the way.",
            icon=":material/hourglass:",
        )


def _importance(work: Searching, records: Sequence[Record]) -> dict[str, float]:
    """Computed once for the same records, as it takes a while."""
    known = st.session_state.get("search_importance")
    key = (work.name, len(records))
    if known is None or known[0] != key:
        known = (key, searches.importance_of(work.search, records))
        st.session_state["search_importance"] = known
    shares: dict[str, float] = known[1]
    return shares


def _show(figure: go.Figure, name: str) -> None:
    st.plotly_chart(
        dressed(figure), theme=None, key=f"search_{name}", config={"displayModeBar": False}
    )


def _best(session: Session, work: Searching, records: Sequence[Record]) -> None:
    """The best values in a table, and the ways on from one of them."""
    top = best(records, ROWS)
    if not top:
        return
    st.dataframe(
        [_row(work, record) for record in top], hide_index=True, key="search_table",
        column_config=_columns(work.search),
    )  # fmt: skip
    st.caption(_shown_of(len(top), records))
    if edges := at_edges(work.search, top[0]):
        names = " and ".join(KNOBS[name].label for name in edges)
        st.caption(
            f":material/open_in_full: The best lies at the end of the range of {plain(names)}: a "
            "wider range may hold better values."
        )
    numbers = [record.number for record in top]
    kept = st.session_state.get(TRIAL)
    if kept is not None and kept not in numbers:  # it was among the best when it was chosen
        numbers.append(kept)
    with st.container(horizontal=True, vertical_alignment="bottom", key="search_chosen"):
        st.selectbox(
            "Trial", numbers, key=TRIAL, index=None, width=230,
            placeholder=f"{top[0].number}, the best{' so far' * work.active}",
            help="Whose values to open, to copy, or to measure again below.",
        )  # fmt: skip
        found = chosen(work) or top[0]
        trial = work.search.trial(found.values)
        pressed = st.button(
            "Open in the playground", type="primary", icon=":material/play_circle:",
            key="search_open", help="The run of the first seed, on the first pattern. What the "
            "playground has now can be taken back by Undo.",
        )  # fmt: skip
        with st.popover("Copy as preset", icon=":material/content_copy:", key="search_preset"):
            st.caption("A row for the table of presets in `rbm/presets.py`, bit for bit.")
            st.code(
                preset_text(work.name, trial.settings, trial.epochs, _why(work, found)),
                language="python",
            )
    if pressed:
        open_run(session, trial.subjects[0], trial.dataset, trial.epochs)


def _why(work: Searching, record: Record) -> str:
    runs = len(record.outcome.mismatch)
    return (
        f"Trial {record.number} of the search “{work.name}”: mismatch {record.objective:.3f} over "
        f"the {runs} runs that chose it, which flatters it."
    )


def _row(work: Searching, record: Record) -> dict[str, object]:
    scores = record.outcome.mismatch
    row: dict[str, object] = {"Trial": record.number, "Mismatch": f"{record.objective:.3f}"}
    whole = [score for score in scores if not math.isnan(score)]
    if len(scores) > 1 and whole:
        row["Its runs"] = f"{min(whole):.3f} to {max(whole):.3f}"
    row["Diverged"] = record.outcome.diverged
    row |= {
        KNOBS[name].label: value_name(name, value) if isinstance(value, bool | str) else value
        for name, value in record.values.items()
    }
    return row | {"Epochs": work.search.trial(record.values).epochs}


def _columns(search: Search) -> dict[str, Any]:
    """Numbers as numbers, so that they can be sorted, with three digits that count."""
    columns = {"Epochs": st.column_config.NumberColumn(format="localized")}
    for chosen_range in search.ranges:
        knob = KNOBS[chosen_range.name]
        if knob.kind in ("int", "float"):
            form = "localized" if knob.kind == "int" else "%.3g"
            columns[knob.label] = st.column_config.NumberColumn(format=form)
    return columns


def _shown_of(shown: int, records: Sequence[Record]) -> str:
    """How many trials the table has, and where the others are."""
    whole = sum(not record.outcome.pruned for record in records)
    early = len(records) - whole
    what = f"The best {shown:,} of" if shown < whole else "All"
    ended = f"; {counted(early, 'other')} ended early" if early else ""
    return f"{what} {counted(whole, 'trial')} that went all the way{ended}."
