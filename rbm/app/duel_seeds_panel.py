"""Is the difference of a duel's sides more than luck? Both again with other seeds, on a page."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import streamlit as st

from rbm.app import lab
from rbm.app.duel_session import Duel
from rbm.app.figure_look import dressed
from rbm.app.messages import duration, plain
from rbm.duel import same_data
from rbm.duel_seeds import Course, Result, bouts, by_seed, judge
from rbm.tuning import DIVERGED, Background, ExecutorLost
from rbm.views.duels import difference_curve, seed_differences

KEY, LOST = "duel_seeds", "duel_seeds_lost"  # the work, or why there is none
PATIENCE = 300.0
"""Seconds without a look after which nothing new is trained."""
COUNTS = (8, 16, 32, 64)
MOST_EPOCHS = 100_000


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
        far = st.number_input(
            "Epochs", duel.parted + 1, MOST_EPOCHS, None, step=100, width=190,
            placeholder="as far as here", key=f"duel_seed_epochs_{duel.parted}",
            help="How far each run is trained. Empty: as far as the duel is when you press.",
        )  # fmt: skip
        st.button(
            "Try both sides with these seeds", key="duel_seeds_start", type="primary",
            icon=":material/casino:", on_click=_begin, args=(duel, far, count),
            disabled=_why_not(duel) is not None,
        )  # fmt: skip
    if reason := _why_not(duel):
        st.info(plain(reason))
    elif any(len(run.experiments) > 1 for run in duel.pair.sides.values()):
        st.caption("The points changed on the way; here they are learnt from epoch 0 as they are.")
    if LOST in st.session_state:
        st.error(plain(st.session_state[LOST]), icon=":material/cloud_off:")
    if KEY in st.session_state:
        _shown(duel)


def _why_not(duel: Duel) -> str | None:
    """Why the sides cannot be repeated with other seeds; None where they can."""
    if not same_data(duel.pair.a, duel.pair.b):
        return (
            "The sides learn different points, so their mismatches are not measured by one "
            "yardstick: give B the data of A first."
        )
    try:
        _courses(duel, duel.parted + 1)
    except ValueError as reason:
        return str(reason)
    return None


def _courses(duel: Duel, epochs: int) -> tuple[Course, Course]:
    """How both sides came about; `ValueError` when that cannot be repeated."""
    return Course.of(duel.pair.a, epochs), Course.of(duel.pair.b, epochs)


def _begin(duel: Duel, far: int | None, count: int) -> None:
    _drop()
    epochs = far or duel.target or duel.epoch
    if epochs <= duel.parted:
        st.session_state[LOST] = (
            f"The sides part at epoch {duel.parted:,} and have not been trained since: press Play "
            "first, or enter how far each run is to go."
        )
        return
    courses = _courses(duel, epochs)
    trials = bouts(*courses, duel.parted, count)
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
        return (work.a, work.b) == _courses(duel, work.a.epochs)
    except ValueError:
        return False


def _results(work: Work) -> None:
    background = work.background
    background.look()
    state, progress = background.state, background.progress
    total, left = progress.total or 1, progress.remaining
    says = {
        "running": f"about {duration(left)} to go" if left is not None else "starting",
        "paused": "paused",
        "done": f"done in {duration(progress.seconds)}",
        "cancelled": "cancelled; what had come is kept",
        "failed": plain(background.message),
    }[state]
    st.progress(
        progress.done / total,
        f"{progress.done:,} of {total:,} seeds, to epoch {work.a.epochs:,}: {says}",
    )
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
