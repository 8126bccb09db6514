"""What is swept: one or two settings, their values, seeds and epochs, and the button to start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from rbm.app import lab, sweep_results
from rbm.app.kept_widget import keyed
from rbm.app.messages import plain
from rbm.app.run_summary import name_of_data
from rbm.app.server import show_address
from rbm.app.session import Session
from rbm.run_link import of_run
from rbm.settings import KNOBS
from rbm.tuning import ExecutorLost
from rbm.tuning.budget import Budget
from rbm.tuning.database import StoreError
from rbm.tuning.space import TUNABLE, Axis
from rbm.tuning.sweep import Sweep
from rbm.tuning.sweep_choice import (
    MOST_EPOCHS,
    MOST_SEEDS,
    MOST_STEPS,
    SPACINGS,
    AxisChoice,
    SweepChoice,
    choice_to_params,
    params_to_choice,
    usual_choice,
    words,
)
from rbm.views.sweeps import value_name

KEY = "sweep_choice"
NONE = ""
SPACING_HELP = (
    "Even steps: by a constant difference. Even ratios: by a constant factor, right for rates and "
    "noise. A list: the values that you type."
)


def arrive(session: Session) -> None:
    """Reads what a link says of the sweep, on the tab's first visit; complaints go to the tab."""
    if KEY not in st.session_state:
        st.session_state[KEY] = params_to_choice(st.query_params.to_dict(), session.complaints)


def sweep_panel(session: Session) -> None:
    """The choices, which the address bar shows too, and the button; folded while a sweep is shown,
    whose map would otherwise be below the screen."""
    shown = sweep_results.KEY in st.session_state
    with st.expander("A new sweep", expanded=not shown, icon=":material/tune:"):
        _form(session)


def _form(session: Session) -> None:
    chosen: SweepChoice = st.session_state[KEY]
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        across = _axis_choice("Setting across", "across", chosen.across, TUNABLE)
    with right.container(border=True, height="stretch"):
        others = (NONE, *(name for name in TUNABLE if name != across.name))
        up = _second_choice(chosen.up, others)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seeds = st.number_input(
            "Seeds for each cell", 1, MOST_SEEDS, key=keyed("sweep_seeds", chosen.seeds), width=150,
            help="Every cell is trained once with each; the map shows their median and quartiles. "
            "Each seed also draws its own points of a pattern.",
        )  # fmt: skip
        epochs = st.number_input(
            "Epochs", 1, MOST_EPOCHS, key=keyed("sweep_epochs", chosen.epochs), step=100, width=150,
            help="Of each run.",
        )  # fmt: skip
        chosen = SweepChoice(across, up, int(seeds), int(epochs))
        sweep = _sweep(session, chosen)
        start = st.button(
            "Start the sweep", type="primary", icon=":material/grid_on:", key="sweep_start",
            disabled=not isinstance(sweep, Sweep),
            help="A sweep that was begun before goes on where it was: nothing is trained twice.",
        )  # fmt: skip
    st.session_state[KEY] = chosen
    show_address({**of_run(session.run).params, **choice_to_params(chosen)}, session.playing)
    if isinstance(sweep, str):
        st.error(plain(sweep), icon=":material/error:")
        return
    st.caption(
        f"{len(sweep.cells):,} cells × {len(sweep.seeds)} seeds = {len(sweep.trials):,} trainings "
        f"of {epochs:,} epochs on {plain(name_of_data(session))}, which the playground learns "
        "now, all other settings as they are there."
    )
    if start:
        begin(sweep)


def begin(sweep: Sweep) -> None:
    """Shows a sweep and trains what is left of it; a sentence where that cannot be."""
    try:
        sweep_results.show(sweep).go_on(lab.executor())
    except (ExecutorLost, StoreError) as error:
        st.error(plain(str(error)), icon=":material/cloud_off:")


def _axis_choice(
    label: str, place: str, kept: AxisChoice | None, names: Sequence[str]
) -> AxisChoice:
    first = kept.name if kept and kept.name in names else names[0]
    name = st.selectbox(
        label, names, key=_one_of(f"sweep_{place}", first, names),
        format_func=lambda name: KNOBS[name].label if name else "none: one setting only",
    )  # fmt: skip
    if not name:
        return AxisChoice(NONE, "list", 0.0, 0.0, 0, "")
    st.caption(KNOBS[name].help)
    return _values(kept if kept and kept.name == name else usual_choice(name))


def _second_choice(kept: AxisChoice | None, names: Sequence[str]) -> AxisChoice | None:
    chosen = _axis_choice("Setting upwards", "up", kept or None, names)
    return chosen if chosen.name else None


def _values(kept: AxisChoice) -> AxisChoice:
    """The controls for the values of one setting."""
    name, knob = kept.name, KNOBS[kept.name]
    if knob.kind in ("choice", "bool"):
        options = list(knob.choices or ("0", "1"))
        picked = st.multiselect(
            "Values", options, key=keyed(f"sweep_list_{name}", words(kept.listed)),
            format_func=lambda word: value_name(name, word if knob.choices else word == "1"),
        )  # fmt: skip
        return replace(kept, listed=", ".join(picked))
    spacing = st.segmented_control(
        "Values", list(SPACINGS), format_func=SPACINGS.__getitem__, required=True,
        key=keyed(f"sweep_spacing_{name}", kept.spacing), help=SPACING_HELP,
    )  # fmt: skip
    kept = replace(kept, spacing=str(spacing))
    if spacing == "list":
        listed = st.text_input(
            "List of values", key=keyed(f"sweep_list_{name}", kept.listed), max_chars=200,
            help="Separated by commas or spaces, decimals with a point, as in “0.1, 0.3, 1”.",
        )  # fmt: skip
        return replace(kept, listed=listed)
    with st.container(horizontal=True):
        low = st.number_input("From", key=keyed(f"sweep_low_{name}", kept.low), width=125,
                              format="%g", help=f"{knob.low:g} at least.")  # fmt: skip
        high = st.number_input("To", key=keyed(f"sweep_high_{name}", kept.high), width=125,
                               format="%g", help=f"{knob.high:g} at most.")  # fmt: skip
        steps = st.number_input("Steps", 2, MOST_STEPS, width=125,
                                key=keyed(f"sweep_steps_{name}", kept.steps),
                                help="How many values, both ends included.")  # fmt: skip
    return replace(kept, low=float(low), high=float(high), steps=int(steps))


def _sweep(session: Session, chosen: SweepChoice) -> Sweep | str:
    """The sweep that the choices make of what the playground learns; a sentence if none."""
    # Seeds are the sweep's own, so that those of the playground make no other sweep.
    base = replace(session.settings, seed=0, data_seed=0)
    axes: list[Axis] = []
    try:
        for choice in (chosen.up, chosen.across):
            if choice is not None:
                axes.append(choice.axis())
        seeds = tuple(range(chosen.seeds))
        return Sweep(base, tuple(axes), seeds, Budget(chosen.epochs), session.dataset)
    except ValueError as error:
        return str(error)


def _one_of(key: str, value: str, names: Sequence[str]) -> str:
    if st.session_state.get(key) not in names:
        st.session_state[key] = value
    return keyed(key, value)
