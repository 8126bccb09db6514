"""Where a tab's duel comes from, how its sides differ, and what can be done with them."""

from __future__ import annotations

import weakref
from collections.abc import Mapping

import streamlit as st

from rbm import run_file
from rbm.app.arrival import arrive
from rbm.app.duel_load import load_panel
from rbm.app.duel_session import Duel
from rbm.app.messages import plain
from rbm.app.session import Session
from rbm.duel import COMMON, SIDES, differences, setup
from rbm.duel_link import read_duel
from rbm.links import decode
from rbm.run import Run
from rbm.run_file import RunFileError
from rbm.settings import Settings

KEY, ARRIVING = "duel", "duel_arriving"
SHORT = 2
"""So many differences are said in a sentence, more in a table."""


def this_duel(session: Session) -> Duel:
    """The duel of this tab: that of its link, or else of the playground's run with itself, which
    it follows as long as nobody has touched the duel."""
    known: Duel | None = st.session_state.get(KEY)
    if known is None or known.untouched:
        arrive(session)
    if known is None:
        known = _restored(st.query_params.to_dict(), session.run)
    elif known.asleep and not known.untouched:
        names = known.names
        known = _restored(known.asleep)
        if known is not None:
            known.names = names
    if known is None or (known.untouched and known.setup.a is not session.run):
        session.pause()
        known = Duel(setup(session.run, session.run))
    st.session_state[KEY] = known
    _lease(weakref.ref(known))
    return known


def _restored(params: Mapping[str, str], first: Run | None = None) -> Duel | None:
    """The duel of a link, trained again; None for a link without one. `first`: its side A, where
    the tab's playground has opened that already."""
    said = read_duel(params)
    if said is None:
        return None
    complaints: list[str] = []
    a = first or _arrived("a", dict(params), complaints)
    b = _arrived("b", said[0], complaints)
    try:
        made = Duel(setup(a, b, said[1]))
    except ValueError as error:
        made = Duel(setup(a, b))
        complaints.append(str(error))
    made.complaints = complaints
    made.run_to(min(a.epoch, b.epoch))
    made.goal = max(made.goal, made.epoch)
    return made


def _arrived(side: str, params: dict[str, str], complaints: list[str]) -> Run:
    """The run of a link once it is trained; kept meanwhile, should this script be run anew."""
    key = f"{ARRIVING}_{side}"
    if key not in st.session_state:
        st.session_state[key] = Session(decode(params, Settings()))
    coming: Session = st.session_state[key]
    arrive(coming)
    del st.session_state[key]
    complaints += coming.complaints
    return coming.run


def _let_go(tab: weakref.ref[Duel]) -> None:
    """A closed tab: its duel stops and its recordings are freed."""
    current = tab()
    if current is not None:
        current.sleep()


@st.cache_resource(scope="session", on_release=_let_go, show_spinner=False)
def _lease(_tab: weakref.ref[Duel]) -> weakref.ref[Duel]:
    """Lives as long as the tab's connection; Streamlit calls `_let_go` when that ends."""
    return _tab


def story(duel: Duel) -> None:
    """Where the sides part, and what they differ in."""
    pair = duel.pair
    rows = differences(pair.a, pair.b)
    where = _where(duel)
    if not rows:
        st.markdown(
            f"{where}. They are the same: change a setting of side B in the sidebar, or load a run."
        )
    elif len(rows) <= SHORT:
        each = "; ".join(
            f"**{plain(row.label)}**: {plain(row.a)} on A, {plain(row.b)} on B" for row in rows
        )
        st.markdown(f"{where}. They differ in {each}.")
    else:
        st.markdown(f"{where}. They differ in {len(rows)} settings:")
        st.markdown(
            "\n".join(
                ["| | A | B |", "|:--|:--|:--|"]
                + [f"| {plain(row.label)} | {plain(row.a)} | {plain(row.b)} |" for row in rows]
            )
        )
    _warning(duel, {row.name for row in rows})


def _where(duel: Duel) -> str:
    if duel.setup.anew:
        return f"Both sides **begin again at epoch 0**, as {plain(duel.setup.anew)}"
    if duel.parted:
        return f"Both sides **go on from epoch {duel.parted:,}**; up to there each is as it was"
    return "Both sides begin at **epoch 0**"


def _warning(duel: Duel, names: set[str]) -> None:
    """Says when a difference of the pictures cannot be put down to one setting."""
    if "data" in names:
        what = "They do not learn the same points, so each mismatch is measured against its own."
    elif "seed" in names:
        what = "They do not have the same first weights and noise."
    elif len(names) > 1:
        what = f"What comes of it is due to all {len(names)} together, not to one of them."
    else:
        return
    st.caption(what)
    if names & {"data", *COMMON}:
        st.button(
            "Give B the data and seeds of A", on_click=duel.match, key="duel_match",
            icon=":material/join_inner:", help="Side B then learns, in its own way, what A learns.",
        )  # fmt: skip


def setup_panel(duel: Duel, session: Session) -> None:
    """The buttons that change both sides as a whole, bring runs in and take them out."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="duel_setup"):
        span = duel.setup.range
        if span and span[1] > span[0]:
            st.session_state["duel_start"] = duel.setup.start
            st.number_input(
                "Part at epoch", *span, key="duel_start", step=1, width=150, on_change=_part_at,
                args=(duel,), disabled=bool(duel.setup.anew),
                help="Any recorded epoch of the run that both sides come from. Scrub the pictures "
                "to find one, and press “Part from here”.",
            )  # fmt: skip
        st.button("Swap", on_click=duel.swap, key="duel_swap", icon=":material/swap_horiz:",
                  help="Side A becomes side B, and B becomes A.")  # fmt: skip
        st.button("Copy A to B", on_click=duel.copy, key="duel_copy",
                  icon=":material/content_copy:",
                  help="No difference any more: then change one setting.")  # fmt: skip
        load_panel(duel, session)
        for side in SIDES:
            if st.button(
                f"Take {side.upper()} to the playground", key=f"duel_take_{side}",
                icon=":material/play_circle:",
                help="Its run, with its whole recording; Undo there takes back what it replaces.",
            ):  # fmt: skip
                _take(duel, side, session)
        if duel.setup.a is not session.run or duel.setup.b is not session.run:
            st.button(
                f"From the playground's run, epoch {session.run.epoch:,}", on_click=_begin,
                args=(duel, session), key="duel_begin", icon=":material/restart_alt:",
                help="Both sides are that run again, without a difference.",
            )  # fmt: skip


def _part_at(duel: Duel) -> None:
    duel.part_at(int(st.session_state["duel_start"]))


def _begin(duel: Duel, session: Session) -> None:
    session.pause()
    duel.begin(session.run)


def _take(duel: Duel, side: str, session: Session) -> None:
    duel.pause()
    run = duel.pair.sides[side]
    try:
        session.open_bytes(run_file.dump(run, duel.scores[side].values))
    except RunFileError as error:
        duel.complaints.append(str(error))
        st.rerun()
    st.switch_page("pages/playground.py")
