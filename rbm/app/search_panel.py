"""A new search: from where, over which settings, on what, for how long, and the button to start."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from rbm.app import lab, search_shown
from rbm.app.kept_widget import keyed
from rbm.app.messages import plain
from rbm.app.run_summary import name_of_data
from rbm.app.search_ranges import ranges_panel
from rbm.app.search_words import cost_of, counted
from rbm.app.search_work import SEARCHES, Searching
from rbm.app.server import show_address
from rbm.app.session import Session
from rbm.dialects import MAX_NAME
from rbm.patterns import PATTERNS
from rbm.presets import PRESETS
from rbm.run_link import of_run
from rbm.tuning import ExecutorLost
from rbm.tuning.database import StoreError
from rbm.tuning.plans import Plan
from rbm.tuning.search import Search
from rbm.tuning.search_choice import (
    MOST_EPOCHS,
    MOST_MINUTES,
    MOST_SEEDS,
    MOST_TRIALS,
    SearchChoice,
    choice_to_params,
    params_to_choice,
)

KEY, NAME = "search_choice", "search_name"
ON = {"here": "The playground's data", "some": "Some patterns", "all": "All patterns"}


def arrive(session: Session) -> None:
    """Reads what a link says of the search, on the tab's first visit; complaints go to the tab."""
    if KEY not in st.session_state:
        st.session_state[KEY] = params_to_choice(st.query_params.to_dict(), session.complaints)


def search_panel(session: Session) -> None:
    """The choices, which the address bar shows too, and the button; folded while a search is
    shown, which would otherwise be far down on a phone."""
    shown = search_shown.KEY in st.session_state
    with st.expander("A new search", expanded=not shown, icon=":material/tune:"):
        _form(session)


def _form(session: Session) -> None:
    kept: SearchChoice = st.session_state[KEY]
    left, right = st.columns([0.56, 0.44], gap="large")
    with left:
        ranges = ranges_panel(kept.ranges)
    with right:
        chosen = _rest(session, kept, kept.ranges if ranges is None else ranges)
    st.session_state[KEY] = chosen
    show_address({**of_run(session.run).params, **choice_to_params(chosen)}, session.playing)
    with right:  # beside the ranges, which may be many
        _start(session, chosen, whole=ranges is not None)


def _start(session: Session, chosen: SearchChoice, whole: bool) -> None:
    """The name, the button, and what it will take; `whole`: whether all ranges fit."""
    search, suggestion = _search(session, chosen), _suggestion(session)
    with st.container(horizontal=True, vertical_alignment="bottom", key="search_begin"):
        name = st.text_input(
            "Name of the search", key=NAME, max_chars=MAX_NAME, placeholder=suggestion, width=300,
            help="By it you find the search again. One with the same name and the same "
            "choices is gone on with.",
        )  # fmt: skip
        start = st.button(
            "Start the search", type="primary", icon=":material/search:", key="search_start",
            disabled=not whole or not isinstance(search, Search),
        )  # fmt: skip
    if isinstance(search, str):
        st.error(plain(search), icon=":material/error:")
        return
    st.caption(_says(session, chosen, search))
    if start:
        _begin(name.strip() or suggestion, search, chosen)


def _rest(session: Session, kept: SearchChoice, ranges: tuple) -> SearchChoice:
    """Everything but the ranges."""
    start = st.selectbox(
        "Start from", ["", *PRESETS], key=keyed("search_from", kept.start),
        format_func=lambda name: name or "The playground's settings",
        help="Gives every setting that is not searched, and is the first trial of all.",
    )  # fmt: skip
    first = "here" if not kept.patterns else "all" if len(kept.patterns) > 9 else "some"
    on = st.segmented_control(
        "Learn", list(ON), key=keyed("search_on", first), format_func=ON.__getitem__, required=True,
        help="On several patterns a trial is trained on each, and its mismatch is the mean.",
    )  # fmt: skip
    patterns: tuple[str, ...] = tuple(PATTERNS) if on == "all" else ()
    if on == "some":
        picked = st.multiselect(
            "Patterns", list(PATTERNS), format_func=lambda name: PATTERNS[name].label,
            key=keyed("search_patterns", list(kept.patterns or (session.settings.pattern,))),
        )  # fmt: skip
        patterns = tuple(picked)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seeds = st.number_input(
            "Seeds of a trial", 1, MOST_SEEDS, key=keyed("search_seeds", kept.seeds), width=140,
            help="A trial is trained once with each, on points of its own, and its mismatch is the "
            "mean. More seeds: less luck, fewer trials.",
        )  # fmt: skip
        equal = st.toggle(
            "Tutorial's budget", key=keyed("search_equal", kept.epochs == 0),
            help="Every run gets as many epochs as points × (k + 1) × epochs of the tutorial's "
            "2,000 buy, so that more CD steps have to be worth it.",
        )  # fmt: skip
        epochs = 0
        if not equal:
            epochs = st.number_input(
                "Epochs of a run", 1, MOST_EPOCHS, step=100, width=140,
                key=keyed("search_epochs", kept.epochs or 2_000), help="The same for every run.",
            )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        until = st.segmented_control(
            "How long", ["trials", "minutes"], key=keyed("search_until", _until(kept)),
            format_func=lambda name: f"Number of {name}", required=True,
            help="It goes on when you leave this page, until then.",
        )  # fmt: skip
        trials, minutes = 0, kept.minutes
        if until == "trials":
            trials = st.number_input(
                "Trials", 1, MOST_TRIALS, step=10, key=keyed("search_trials", kept.trials or 100),
                width=140, help="In all, those that are known already included.",
            )  # fmt: skip
        else:
            minutes = st.number_input(
                "Minutes", 1, MOST_MINUTES, key=keyed("search_minutes", kept.minutes), width=140,
                help="No trial begins later than that.",
            )  # fmt: skip
    early = st.toggle(
        "End bad trials early", key=keyed("search_early", kept.early),
        help="A trial that after a tenth or three tenths of its epochs is worse than half of the "
        "earlier ones were there ends there.",
    )  # fmt: skip
    return SearchChoice(
        ranges, str(start), patterns, int(seeds), int(epochs), early, int(trials), int(minutes)
    )


def _until(kept: SearchChoice) -> str:
    return "trials" if kept.trials else "minutes"


def _search(session: Session, chosen: SearchChoice) -> Search | str:
    """What the choices make of what the playground learns; a sentence if nothing."""
    if st.session_state["search_on"] == "some" and not chosen.patterns:
        return "Choose the patterns to learn."
    try:
        return chosen.search(session.settings, session.dataset)
    except ValueError as error:
        return str(error)


def _says(session: Session, chosen: SearchChoice, search: Search) -> str:
    on = {
        0: plain(name_of_data(session)),
        1: PATTERNS[search.base.pattern].label,
    }.get(len(chosen.patterns), f"{len(chosen.patterns)} patterns")
    cost = cost_of(search, Plan(chosen.trials or None, chosen.seconds), SEARCHES.pace)
    early = ", less where trials end early" if chosen.early else ""
    return (
        f"{counted(len(search.ranges), 'setting')} on {on}: {cost}{early}. Optuna proposes the "
        "values: at random at first, then near what did well."
    )


def _suggestion(session: Session) -> str:
    zone = st.context.timezone
    now = datetime.now(ZoneInfo(zone) if zone else None)
    return f"{name_of_data(session)}, {now:%Y-%m-%d %H:%M:%S}"


def _begin(name: str, search: Search, chosen: SearchChoice) -> None:
    """Starts it, and shows it; a sentence where that cannot be."""
    try:
        store = search_shown.store_or_none()
        known_trials = store.open(name, search) if store else ()
        work = Searching(name, search, known_trials, store)
        search_shown.begin(work, lab.executor(), chosen.trials or None, chosen.seconds)
    except (ExecutorLost, StoreError, ValueError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.rerun()
