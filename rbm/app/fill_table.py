"""The page "Fill in" for rows of a table: which columns are known, what is believed of others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.app.figure_look import dressed
from rbm.app.fill_bench import Bench, Filled, bench, put
from rbm.app.messages import plain
from rbm.filling import Known
from rbm.units import Floats
from rbm.views.filling import MOST_BARS, belief_bars, surest_first

KNOWN, VALUE = "known", "value"
EDITOR = "fill_row"
MOST_SWITCHES = 24
UNKNOWN = "?"


class _Shown(NamedTuple):
    """The editor keeps its own changes to the bench it was given (`base`), which make the bench
    `now`. When the tab's bench is another one, the editor starts anew under the next `number`."""

    base: Bench
    now: Bench
    number: int


def row_editor(session: BinarySession) -> None:
    """What is known of each column: switches for a short row of zeros and ones, else a table."""
    here = bench(session)
    if len(here.values) <= MOST_SWITCHES and np.isin(here.cases.values, (0.0, 1.0)).all():
        _switches(session, here)
    else:
        _table(session, here)


def _switches(session: BinarySession, here: Bench) -> None:
    with st.container(horizontal=True):
        for place, name in enumerate(here.cases.names):
            state = f"{here.values[place]:.0f}" if here.known[place] else UNKNOWN
            st.session_state[f"fill_unit_{place}"] = state
            st.segmented_control(
                plain(name), [UNKNOWN, "0", "1"], key=f"fill_unit_{place}", required=True,
                on_change=_switched, args=(session, place), width=150,
            )  # fmt: skip
    st.caption(
        f"Set to {UNKNOWN} what the machine shall not be told. A 0 or 1 that the case has not "
        "makes it a case of your own."
    )


def _switched(session: BinarySession, place: int) -> None:
    here, state = bench(session), st.session_state[f"fill_unit_{place}"]
    known, values = here.known.copy(), here.values.copy()
    known[place] = state != UNKNOWN
    if known[place]:
        values[place] = float(state)
    put(_with(here, known, values))


def _with(here: Bench, known: Known, values: Floats) -> Bench:
    """The bench with these units known; another value than the case's makes it the user's own."""
    same = np.array_equal(values, here.cases.values[here.place])
    return replace(here, known=known, values=values, part=here.part if same else "own")


def _table(session: BinarySession, here: Bench) -> None:
    shown: _Shown | None = st.session_state.get(EDITOR)
    if shown is None or shown.now is not here:
        shown = _Shown(here, here, shown.number + 1 if shown else 0)
        st.session_state[EDITOR] = shown
    base, key = shown.base, f"{EDITOR}_{shown.number}"
    frame = pd.DataFrame(
        {KNOWN: base.known, VALUE: base.values}, index=pd.Index(base.cases.names, name="column")
    )
    st.data_editor(
        frame, key=key, on_change=_edited, args=(session, key),
        height=min(35 * len(frame) + 38, 500),
        column_config={
            KNOWN: st.column_config.CheckboxColumn(width="small"),
            VALUE: st.column_config.NumberColumn(min_value=0.0, max_value=1.0, format="%.4g"),
        },
    )  # fmt: skip
    st.caption(
        "Values are from 0 to 1. Untick what shall be unknown: the machine is not told its value."
    )


def _edited(session: BinarySession, key: str) -> None:
    shown: _Shown = st.session_state[EDITOR]
    edits = st.session_state[key]["edited_rows"]
    known, values = with_edits(shown.base.known, shown.base.values, edits)
    here = _with(bench(session), known, values)
    put(here)
    st.session_state[EDITOR] = shown._replace(now=here)


def with_edits(
    known: Known, values: Floats, edits: dict[int, dict[str, Any]]
) -> tuple[Known, Floats]:
    """Copies of both (units,) with the editor's changes; an emptied value is an unknown one."""
    known, values = known.copy(), values.copy()
    for row, cells in edits.items():
        if KNOWN in cells:
            known[row] = bool(cells[KNOWN])
        if VALUE in cells:
            if cells[VALUE] is None:
                known[row] = False
            else:
                values[row] = float(cells[VALUE])
    return known, values


def belief_panel(filled: Filled) -> None:
    """What the machine expects of the unknown columns, exactly where that can be had."""
    here = filled.bench
    unknown = np.flatnonzero(~here.known)
    drawn = filled.sampled
    mean, error = drawn.mean[-1], drawn.error
    if filled.exact is not None:
        mean, error = filled.exact.mean, np.zeros_like(mean)
    order = unknown[surest_first(mean[unknown])]
    if len(unknown) <= MOST_BARS:
        order = unknown
    truth = here.values[order] if here.has_truth else None
    names = [here.cases.names[place] for place in order]
    figure = belief_bars(names, mean[order], error[order], truth)
    st.plotly_chart(dressed(figure), theme=None, key="fill_beliefs",
                    config={"displayModeBar": False})  # fmt: skip
    how = "exact, by enumeration" if filled.exact is not None else (
        f"the average of {here.chains:,} chains, with twice its standard error")  # fmt: skip
    some = "" if len(order) == len(unknown) else f" The {MOST_BARS} surest of them are shown."
    st.caption(f"Each bar is {how}. At ½ the machine cannot tell.{some}")
    table = pd.DataFrame(
        {
            "column": [here.cases.names[place] for place in unknown],
            "chains": drawn.mean[-1][unknown],
            "± (standard error)": drawn.error[unknown],
            "standard deviation": drawn.spread[-1][unknown],
            "mean field": filled.mean_field.mean[unknown],
        }
    )
    if filled.exact is not None:
        table.insert(1, "exact", filled.exact.mean[unknown])
    with st.expander("All numbers"):
        numbers = {name: st.column_config.NumberColumn(format="%.3f") for name in table.columns[1:]}
        st.dataframe(table, hide_index=True, column_config=numbers)
