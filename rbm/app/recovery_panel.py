"""How good filling in is: the machine against plain baselines, whoever wins."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.app.fill_bench import bench
from rbm.app.recovery_work import CHAINS, MOST_CASES, STEPS, RecoveryWork
from rbm.app.watched import watched
from rbm.recovery import MEASURES, METHODS, SUREST, mean_of, verdict

KEY = "fill_recovery"
SAME, RANDOM = "same", "random"
COVERS = {SAME: "The same units as above", RANDOM: "A random half of each case"}


def recovery_panel(session: BinarySession) -> None:
    """Asks for a measurement, follows it, and says who wins."""
    here = bench(session)
    held_out = here.cases.held_out is not None
    st.subheader("How good is it?")
    answer = (
        f"The machine answers with the average of {CHAINS} chains of {STEPS} steps; the baselines "
        "need no machine at all."
    )
    if held_out:
        st.caption(f"Of held-out cases (at most {MOST_CASES}) the truth is known. {answer}")
    else:
        st.caption(
            f"No case is held out, so the machine has learnt these very cases, which flatters it; "
            f"a case is never its own neighbour. {answer}"
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        cover = st.segmented_control(
            "Covered", list(COVERS), key="fill_recovery_cover", default=SAME, required=True,
            format_func=COVERS.__getitem__,
        )  # fmt: skip
        nothing = cover == SAME and bool(here.known.all())
        st.button(
            "Measure", type="primary", on_click=_measure, args=(session, cover), disabled=nothing,
            icon=":material/straighten:",
        )  # fmt: skip
    work: RecoveryWork | None = st.session_state.get(KEY)
    if work is None or work.cases is not here.cases:
        return
    if work.playing:
        watched(work, KEY, work.goal, lambda: f"Case {work.done:,} of {len(work.places):,}",
                cancel=_cancel)  # fmt: skip
        return
    if work.epoch < work.goal:
        st.button("Go on", on_click=work.begin, icon=":material/play_arrow:")
    if work.epoch:
        _result(session, work)


def _measure(session: BinarySession, cover: str) -> None:
    here = bench(session)
    known = here.known if cover == SAME else None
    work = RecoveryWork(session.machine(), here.cases, known, session.settings.seed)
    st.session_state[KEY] = work
    work.begin()


def _cancel() -> None:
    work = st.session_state.pop(KEY, None)
    if work is not None:
        work.pause()


def _result(session: BinarySession, work: RecoveryWork) -> None:
    losses = work.losses()
    rows: list[dict[str, Any]] = []
    for method, label in METHODS.items():
        row = {"Filled by": label}
        for name, measure in MEASURES.items():
            mean = mean_of(losses[name][method])
            row[measure.label] = f"{mean.value:.4f} ± {mean.error:.4f}"
        rows.append(row)
    st.dataframe(rows, hide_index=True, height="content")
    st.markdown("  \n".join(verdict(losses[name], name) for name in MEASURES))
    which = (
        "a random half of each case"
        if work.known is None
        else (
            f"{int(np.count_nonzero(~work.known)):,} of {work.cases.n_units:,} units, the same ones"
        )
    )
    old = "" if work.machine is session.machine() else (
        " The machine has changed since: measure again.")  # fmt: skip
    st.caption(
        f"{work.done:,} cases, {which} covered. Means over cases ± standard errors; differences "
        "are paired, case by case. The machine says how probable a 1 is, which the squared error "
        "and the log loss reward; the absolute error rewards a bold guess. In the log loss nobody "
        f"counts as surer than {1 - SUREST:.0%}.{old}"
    )
