"""A sweep on a page: one or two settings, their values, and a map that fills in live.

Trials run in worker processes of the server, shared by all tabs, first come, first served; the page
only looks at what has come. Clicking a cell opens its run in the playground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import streamlit as st

from rbm.app.session import Session
from rbm.settings import KNOBS
from rbm.tuning import Background, LocalWorkers, Outcome, default_range, evaluate
from rbm.tuning.budget import Budget
from rbm.tuning.space import TUNABLE, Axis, Range
from rbm.tuning.sweep import MAX_CELLS, Sweep, summarise
from rbm.views.sweeps import sweep_map

KEY = "sweep_work"
NONE = ""
MOST_STEPS, MOST_SEEDS, MOST_EPOCHS = 12, 8, 20_000


@dataclass(frozen=True, eq=False)
class Work:
    """A sweep and what computes it."""

    sweep: Sweep
    background: Background[tuple[int, Outcome]]


@st.cache_resource(show_spinner=False)
def _workers() -> LocalWorkers:
    """The server's worker processes, which give way to its pages."""
    return LocalWorkers()


def sweep_panel(session: Session) -> None:
    """The choices, and the map of the sweep that runs or has run."""
    names = [_axis_choice("first", "sigma", TUNABLE)]
    others = (NONE, *(name for name in TUNABLE if name != names[0]))
    names.append(_axis_choice("second", "learning_rate", others))
    chosen = [name for name in names if name]
    ranges = [_range(name) for name in chosen]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seeds = st.number_input(
            "Seeds for each cell", 1, MOST_SEEDS, 3, key="sweep_seeds", width=150,
            help="Every cell is trained once with each; the map shows the median.",
        )  # fmt: skip
        epochs = st.number_input(
            "Epochs", 1, MOST_EPOCHS, 666, step=100, key="sweep_epochs", width=150,
            help="Of each run.",
        )  # fmt: skip
        sweep = _sweep(session, ranges, int(seeds), int(epochs))
        st.button(
            "Start the sweep", on_click=_begin, args=(sweep,), type="primary",
            icon=":material/grid_on:", key="sweep_start", disabled=sweep is None,
        )  # fmt: skip
    if sweep is not None:
        st.caption(
            f"{len(sweep.cells):,} cells × {int(seeds)} seeds = {len(sweep.trials):,} trainings of "
            f"{int(epochs):,} epochs on what the playground learns now, all other settings as they "
            "are there. Each seed also draws its own points of a pattern."
        )
    if KEY in st.session_state:
        _shown(session)


def _axis_choice(place: str, first: str, names: tuple[str, ...]) -> str:
    key = f"sweep_{place}"
    if st.session_state.get(key, first) not in names:
        st.session_state[key] = names[0]
    return str(
        st.selectbox(
            "Setting upwards" if place == "second" else "Setting across", names,
            index=names.index(first) if first in names else 0, key=key,
            format_func=lambda name: KNOBS[name].label if name else "none: one setting only",
        )
    )  # fmt: skip


def _range(name: str) -> Axis | str:
    """The values of one setting; a sentence when there are none."""
    usual = default_range(name)
    if usual.choices:
        return Axis(name, usual.choices)
    label = KNOBS[name].label
    with st.container(horizontal=True, vertical_alignment="bottom"):
        low = st.number_input(
            f"{label} from", value=float(usual.low), key=f"sweep_low_{name}", width=170,
            format="%g",
        )  # fmt: skip
        high = st.number_input(
            "to", value=float(usual.high), key=f"sweep_high_{name}", width=150, format="%g"
        )
        steps = st.number_input("in steps", 2, MOST_STEPS, 6, key=f"sweep_steps_{name}", width=120)
        log = st.toggle(
            "Even in ratio", usual.log, key=f"sweep_log_{name}",
            help="Steps by a constant factor instead of a constant difference.",
        )  # fmt: skip
    try:
        return Range(name, low, high, log).axis(int(steps))
    except ValueError as error:
        return str(error)


def _sweep(session: Session, axes: list[Axis | str], seeds: int, epochs: int) -> Sweep | None:
    wrong = [axis for axis in axes if isinstance(axis, str)]
    if wrong:
        st.error(wrong[0], icon=":material/error:")
        return None
    good = tuple(axis for axis in axes if isinstance(axis, Axis))
    base = session.settings
    try:
        return Sweep(
            base, good[::-1] if len(good) == 2 else good, tuple(range(seeds)), Budget(epochs),
            session.dataset,
        )  # fmt: skip
    except ValueError as error:
        st.error(f"{error} At most {MAX_CELLS} cells can be watched.", icon=":material/error:")
        return None


def _begin(sweep: Sweep) -> None:
    _drop()
    background = Background(evaluate(sweep.trials, _workers()), len(sweep.trials))
    st.session_state[KEY] = Work(sweep, background)


def _drop() -> None:
    work = st.session_state.pop(KEY, None)
    if work is not None:
        work.background.cancel()


def _shown(session: Session) -> None:
    work: Work = st.session_state[KEY]
    running = work.background.state in ("running", "paused")
    st.session_state["sweep_watching"] = running
    st.fragment(_map, run_every=1.0 if running else None)(session)


def _map(session: Session) -> None:
    work: Work = st.session_state[KEY]
    background, sweep = work.background, work.sweep
    state, progress = background.state, background.progress
    total = progress.total or 1
    left = progress.remaining
    says = {
        "running": f"about {left:.0f} s to go" if left is not None else "starting",
        "paused": "paused",
        "done": f"done in {progress.seconds:.0f} s",
        "cancelled": "cancelled; what had come is kept",
        "failed": background.message,
    }[state]
    st.progress(progress.done / total, f"{progress.done:,} of {total:,} trainings: {says}")
    if state in ("running", "paused"):
        with st.container(horizontal=True):
            if state == "running":
                st.button("Pause", on_click=background.pause, icon=":material/pause:")
            else:
                st.button("Go on", on_click=background.resume, icon=":material/play_arrow:")
            st.button("Cancel", on_click=background.cancel, icon=":material/close:")
    summaries = summarise(sweep, dict(background.items))
    picked = st.plotly_chart(
        sweep_map(sweep, summaries), key="sweep_map", on_select="rerun",
        selection_mode="points", config={"displayModeBar": False},
    )  # fmt: skip
    known = [
        (s.median, place)
        for place, s in enumerate(summaries)
        if s.median is not None and math.isfinite(s.median)
    ]
    if known:
        best = min(known)[1]
        place = _picked(picked, sweep)
        which = "the best cell so far" if place is None else "the cell you clicked"
        _open_button(session, sweep, best if place is None else place, which)
    st.caption(
        "Colour and number: the median mismatch over the seeds, 0 as good as fresh data, 1 no "
        "better than noise; the picture: what the first seed's machine makes of uniform points. ✕ "
        "counts runs that diverged."
    )
    if state not in ("running", "paused") and st.session_state.pop("sweep_watching", False):
        st.rerun()  # the whole page, which then looks no more every second


def _picked(event: object, sweep: Sweep) -> int | None:
    """The place of the cell that was clicked, if one was."""
    points = getattr(getattr(event, "selection", None), "points", None) or []
    at = points[0].get("point_index") if points else None
    return at if isinstance(at, int) and 0 <= at < len(sweep.cells) else None


def _open_button(session: Session, sweep: Sweep, place: int, which: str) -> None:
    """Opens the run of a cell's first seed, the one of the picture, bit for bit."""
    cell = sweep.cells[place]
    values = ", ".join(
        f"{KNOBS[name].label} {f'{value:.4g}' if isinstance(value, float) else value}"
        for name, value in cell.values.items()
    )
    if st.button(f"Open {which} in the playground: {values}", key="sweep_open"):
        session.apply(sweep.trials[place].subjects[0])
        session.goal = cell.epochs
        session.run_to(cell.epochs)
        st.switch_page("pages/playground.py")
