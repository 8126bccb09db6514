"""Is the difference of a duel's sides more than luck? Both again with other seeds, on a page."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import streamlit as st

from rbm.app import lab
from rbm.app.duel_session import Duel
from rbm.app.figure_look import dressed
from rbm.app.messages import plain
from rbm.duel import same_data
from rbm.duel_seeds import Course, Result, bouts, by_seed, judge
from rbm.tuning import DIVERGED, Background, ExecutorLost
from rbm.views.duels import difference_curve, seed_differences

KEY, LOST = "duel_seeds", "duel_seeds_lost"
PATIENCE = 300.0
"""Seconds without a look after which nothing new is trained."""
COUNTS = (8, 16, 32, 64)


@dataclass(frozen=True, eq=False)
class Work:
    """Two courses, and what repeats them with one seed after the other."""

    a: Course
    b: Course
    background: Background[Result]


def seeds_panel(duel: Duel) -> None:
    """The choice of how many seeds and epochs, and what has come of them."""
    st.subheader("Luck, or better?", anchor=False)
    st.caption(
        "One run proves little. Here both sides are trained again with fresh seeds: for each, "
        "other first weights, other noise and, for a pattern, other points, the same on both "
        "sides. Changes take hold at the epochs at which they did in the duel."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = int(
            st.selectbox(
                "Fresh seeds", COUNTS, index=1, key="duel_seed_count", width=120,
                help="An interval takes six; the more, the narrower it is.",
            )
        )  # fmt: skip
        least, here = duel.parted + 1, duel.target or duel.epoch
        wanted = here if here >= least else duel.parted + 666
        epochs = int(
            st.number_input(
                "Epochs", least, max(100_000, wanted), wanted, step=100, width=140,
                key=f"duel_seed_epochs_{least}_{wanted}",
                help="How far each run is trained; at first as far as here.",
            )
        )  # fmt: skip
        courses = _courses(duel, epochs)
        st.button(
            "Try both sides with these seeds", key="duel_seeds_start", type="primary",
            icon=":material/casino:", on_click=_begin, args=(courses, duel.parted, count),
            disabled=courses is None,
        )  # fmt: skip
    if LOST in st.session_state:
        st.error(plain(st.session_state[LOST]), icon=":material/cloud_off:")
    if KEY in st.session_state:
        _shown(duel)


def _courses(duel: Duel, epochs: int) -> tuple[Course, Course] | None:
    """How both sides came about; None, having said why, when that cannot be repeated."""
    pair = duel.pair
    if not same_data(pair.a, pair.b):
        st.info(
            "The sides learn different points, so their mismatches are not measured by one "
            "yardstick: give B the data of A first."
        )
        return None
    if any(len(run.experiments) > 1 for run in pair.sides.values()):
        st.caption("The points changed on the way; here they are learnt from epoch 0 as they are.")
    try:
        return Course.of(pair.a, epochs), Course.of(pair.b, epochs)
    except ValueError as reason:
        st.info(plain(str(reason)))
        return None


def _begin(courses: tuple[Course, Course], parted: int, count: int) -> None:
    _drop()
    trials = bouts(*courses, parted, count)
    try:
        source = by_seed(trials, lab.executor())
    except ExecutorLost as lost:
        st.session_state[LOST] = str(lost)
        return
    background = Background(source, len(trials), patience=PATIENCE)
    st.session_state[KEY] = Work(*courses, background)


def _drop() -> None:
    st.session_state.pop(LOST, None)
    work: Work | None = st.session_state.pop(KEY, None)
    if work is not None:
        work.background.cancel()


def _shown(duel: Duel) -> None:
    work: Work = st.session_state[KEY]
    running = work.background.state in ("running", "paused")
    st.session_state["duel_seeds_watching"] = running
    if not _still(work, duel):
        st.warning(
            "The duel has changed since: what follows belongs to how it was then.",
            icon=":material/history:",
        )
    st.fragment(_results, run_every=1.0 if running else None)(work)


def _still(work: Work, duel: Duel) -> bool:
    """Whether the sides still come about as they did when this was begun."""
    try:
        return (work.a, work.b) == tuple(
            Course.of(run, work.a.epochs) for run in duel.pair.sides.values()
        )
    except ValueError:
        return False


def _results(work: Work) -> None:
    background = work.background
    background.look()
    state, progress = background.state, background.progress
    total, left = progress.total or 1, progress.remaining
    says = {
        "running": f"about {left:.0f} s to go" if left is not None else "starting",
        "paused": "paused",
        "done": f"done in {progress.seconds:.0f} s",
        "cancelled": "cancelled; what had come is kept",
        "failed": plain(background.message),
    }[state]
    st.progress(progress.done / total, f"{progress.done:,} of {total:,} seeds: {says}")
    if state in ("running", "paused"):
        with st.container(horizontal=True):
            if state == "running":
                st.button("Pause", on_click=background.pause, icon=":material/pause:",
                          key="duel_seeds_pause")  # fmt: skip
            else:
                st.button("Go on", on_click=background.resume, icon=":material/play_arrow:",
                          key="duel_seeds_resume")  # fmt: skip
            st.button("Cancel", on_click=background.cancel, icon=":material/close:",
                      key="duel_seeds_cancel")  # fmt: skip
    results = sorted(background.items, key=lambda result: result.seed)
    if results:
        _verdict(results, "So far: " if state in ("running", "paused") else "")
    if state not in ("running", "paused") and st.session_state.pop("duel_seeds_watching", False):
        st.rerun()  # the whole page, which then looks no more every second


def _verdict(results: list[Result], so_far: str) -> None:
    judgement = judge(results)
    st.markdown(f"{so_far}**{plain(judgement.words)}**")
    figures = {
        "duel_seeds_figure": seed_differences(results, judgement),
        "duel_curve_figure": difference_curve(results),
    }
    for column, (key, figure) in zip(st.columns(2), figures.items(), strict=True):
        column.plotly_chart(
            dressed(figure), key=key, config={"displayModeBar": False}, alt=judgement.words
        )
    medians = [median(result.scored()[side] for result in results) for side in (0, 1)]
    failed = [
        f"{number} of side {side}"
        for side, number in zip("AB", judgement.diverged, strict=True)
        if number
    ]
    st.caption(
        f"At epoch {results[0].at[-1]:,}, median mismatch: A {medians[0]:.3f}, B {medians[1]:.3f}. "
        "In brackets, and shaded: the 95 % interval of the median difference, from order "
        "statistics, so it assumes nothing about how mismatches spread; over epochs, for each by "
        "itself. Each run is measured on noise of its own."
        + (f" Diverged, and counted as {DIVERGED:g}: {', '.join(failed)}." if failed else "")
    )
