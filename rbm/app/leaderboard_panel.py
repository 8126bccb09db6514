"""The board of a pattern on the page: who stands where, and the settings of each entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from rbm.app import lab
from rbm.app.kept_widget import keyed
from rbm.app.leaderboard_place import Place
from rbm.app.messages import plain
from rbm.app.server import show_address
from rbm.app.session import Session
from rbm.app.sweep_opening import open_run
from rbm.link_text import quote
from rbm.links import PAGE
from rbm.patterns import PATTERNS
from rbm.presets import SUBJECT
from rbm.run_link import of_run
from rbm.settings import KNOBS, Settings
from rbm.tuning.database import StoreError
from rbm.tuning.leaderboard import SEEDS, SIZES, TUTORIAL, BoardEntry, Standing, standings
from rbm.views.sweeps import ink_picture, value_name
from rbm.views.tiles import data_address

PATTERN, SIZE, SHOWN = "board_pattern", "board_size", "board_entry"
LINKED = {PATTERN: f"{PAGE}board_pattern", SIZE: f"{PAGE}board_size"}
KEPT = "board_kept"
LOOK_SECONDS = 2.0
ROW = 56
"""Pixels of a row's height, for the picture in it."""
SHOWN_WHOLE = 12
"""Rows up to which a board needs no scrolling of its own."""
COLUMNS = {
    "Rank": st.column_config.TextColumn(
        width=70,
        help="“checking”: the server trains it now. “4 ahead”: 4 others are checked before it, on "
        "this board and the others.",
    ),
    "Name": st.column_config.TextColumn(width=228),
    "Picture": st.column_config.ImageColumn(
        help="What the machine of the first seed makes of uniform points."
    ),
    "Mismatch": st.column_config.TextColumn(
        help="Mean over the seeds: 0 as good as fresh data, 1 no better than noise. A run that "
        "diverged counts as 2."
    ),
    "Interval": st.column_config.TextColumn(width=105, help="95 %, of the mean over the seeds."),
    "Epochs": st.column_config.NumberColumn(format="%,d"),
    "Entered": st.column_config.TextColumn(width=95),
}
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""A table that is taken into a spreadsheet must hold no formulas."""


def arrive(session: Session) -> None:
    """Which board a link asks for, on the tab's first visit; else that of the playground's pattern
    and machine."""
    if KEPT not in st.session_state:
        st.session_state[KEPT] = _asked(session, st.query_params.to_dict())


def board_choice(session: Session) -> tuple[str, int]:
    """The pattern and the size whose board is shown, which the address bar shows too."""
    pattern, size = st.session_state[KEPT]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pattern = st.selectbox(
            "Pattern", list(PATTERNS), key=keyed(PATTERN, pattern), width=260,
            format_func=lambda name: PATTERNS[name].label,
            help="As it is by default; every entry learns 500 points of it.",
        )  # fmt: skip
        size = st.segmented_control(
            "Hidden units", SIZES, key=keyed(SIZE, size), required=True,
            format_func=lambda most: f"up to {most}",
        )  # fmt: skip
    chosen = (str(pattern), int(size or SIZES[0]))
    st.session_state[KEPT] = chosen
    texts = {name: str(value) for name, value in zip(LINKED.values(), chosen, strict=True)}
    show_address({**of_run(session.run).params, **texts}, session.playing)
    return chosen


def board_panel(session: Session, place: Place) -> None:
    """The board and its entries, looked at while something is being checked."""
    pattern, size = board_choice(session)
    place.board.set_up(pattern)
    place.checking.wake()
    waiting = any(entry.waiting for entry in place.board.entries(pattern))
    st.session_state["board_watched"] = waiting
    every = LOOK_SECONDS if waiting else None
    st.fragment(_board, run_every=every)(session, place, pattern, size)


def _board(session: Session, place: Place, pattern: str, size: int) -> None:
    try:
        entries, queue = place.board.entries(pattern), place.checking.queue()
    except StoreError as error:
        st.error(plain(str(error)), icon=":material/database:")
        return
    waiting = any(entry.waiting for entry in entries)
    if waiting:
        place.checking.wake()
        lab.tell_waiting(place.checking.quiet)
    if place.checking.trouble:
        st.warning(plain(place.checking.trouble), icon=":material/cloud_off:")
    ranked = standings(entries, size)
    st.dataframe(
        pd.DataFrame([_row(standing, place, queue) for standing in ranked]), hide_index=True,
        row_height=ROW, column_config=COLUMNS,
        height="content" if len(ranked) <= SHOWN_WHOLE else SHOWN_WHOLE * ROW,
    )  # fmt: skip
    st.caption(
        f"The server trains every entry {SEEDS} times itself, with seeds that are the same for "
        "all and that nobody is told, and measures it on fresh noise. Intervals: 95 %. "
        "“Better than the tutorial”: seed by seed, by more than chance would explain; first of "
        "many is partly luck, and entries whose intervals overlap may change places with other "
        "seeds."
    )
    _entry_panel(session, place, ranked)
    if waiting != st.session_state["board_watched"]:
        st.rerun()  # the whole page, which then looks again, or no more


def _row(standing: Standing, place: Place, queue: Sequence[int]) -> dict[str, Any]:
    entry, checked = standing.entry, standing.rank is not None
    return {
        "Rank": str(standing.rank) if checked else "none" if entry.refused else _turn(queue, entry),
        "Mismatch": f"{standing.mean:.3f}" if checked else "",
        "Name": _safe(name_of(entry, place)),
        "Picture": data_address(ink_picture(entry.picture)) if entry.picture else "",
        "Units": entry.settings.n_hidden,
        "Interval": f"{standing.low:.3f}–{standing.high:.3f}" if checked else "",
        "Better than the tutorial": _verdict(standing),
        "Diverged": f"{standing.diverged} of {SEEDS}" if checked else "",
        "Epochs": entry.epochs,
        "Entered": "" if entry.reference else _date(entry.entered),
    }


def ahead(queue: Sequence[int], entry: BoardEntry) -> int:
    """How many others are checked before an entry that waits; `queue`: as `Checking` has it."""
    return queue.index(entry.id) if entry.id in queue else 0


def _turn(queue: Sequence[int], entry: BoardEntry) -> str:
    before = ahead(queue, entry)
    return f"{before} ahead" if before else "checking"


def counted(number: int, thing: str) -> str:
    """So many things, in words."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def name_of(entry: BoardEntry, place: Place) -> str:
    """How an entry is called on a page."""
    if entry.preset:
        return f"{entry.preset} (preset)"
    if entry.reference:
        return f"{entry.name} (a preset before)"
    own = " (yours)" if entry.owner == place.person else ""
    return ((entry.name if place.named else "") or "unnamed") + own


def _verdict(standing: Standing) -> str:
    if standing.entry.preset == TUTORIAL:
        return "it is the tutorial"
    if standing.difference is None:
        return ""
    mean, low, high = standing.difference
    interval = f"by {abs(mean):.3f}"
    return f"yes, {interval}" if high < 0 else f"worse, {interval}" if low > 0 else "not told apart"


def _entry_panel(session: Session, place: Place, ranked: tuple[Standing, ...]) -> None:
    """One entry: its settings, the way into the playground, and out."""
    chosen = {standing.entry.id: standing for standing in ranked}
    if st.session_state.get(SHOWN) not in chosen:
        st.session_state[SHOWN] = next(iter(chosen))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox(
            "Entry", list(chosen), key=SHOWN, width=420,
            format_func=lambda number: _title(chosen[number], place),
        )  # fmt: skip
        entry = chosen[picked].entry
        opens = st.button(
            "Open in the playground", icon=":material/play_circle:", key="board_open",
            help="These settings on this pattern, with seeds of the playground; what is there now "
            "can be taken back by Undo.",
        )  # fmt: skip
        if place.owned and not entry.preset:
            with st.popover("Remove", icon=":material/delete:"):
                st.button("Remove this entry for good", on_click=_remove, args=(place, entry),
                          key="board_remove")  # fmt: skip
    st.text(differences(entry.settings) + (f"\n{entry.refused}" if entry.refused else ""))
    if opens:
        open_run(session, entry.settings, None, entry.epochs)


def _title(standing: Standing, place: Place) -> str:
    """Names stand between isolates, as one from right to left would draw the number after it to
    its other side."""
    rank = "–" if standing.rank is None else f"{standing.rank}."
    units = counted(standing.entry.settings.n_hidden, "unit")
    return f"{rank} \u2068{name_of(standing.entry, place)}\u2069, {units}"


def differences(settings: Settings) -> str:
    """What is not as in the tutorial, in words."""
    usual = Settings()
    other = [
        f"{KNOBS[name].label} {value_name(name, getattr(settings, name))}"
        for name in KNOBS
        if name not in SUBJECT and getattr(settings, name) != getattr(usual, name)
    ]
    return f"Other than the tutorial: {'; '.join(other)}." if other else "The tutorial's settings."


def _remove(place: Place, entry: BoardEntry) -> None:
    try:
        place.board.remove(entry)
    except StoreError as error:
        st.session_state["board_said"] = (str(error), True)


def _asked(session: Session, params: Mapping[str, str]) -> tuple[str, int]:
    pattern, size = session.settings.pattern, SIZES[session.settings.n_hidden > SIZES[0]]
    asked = params.get(LINKED[PATTERN], pattern)
    if asked in PATTERNS:
        pattern = asked
    else:
        session.complaints.append(f"There is no board for a pattern named {quote(asked)}.")
    most = params.get(LINKED[SIZE], str(size))
    if most in map(str, SIZES):
        size = int(most)
    else:
        session.complaints.append(f"There is no board for {quote(most)} hidden units.")
    return pattern, size


def _safe(name: str) -> str:
    return f"'{name}" if name.startswith(_FORMULA) else name


def _date(seconds: float) -> str:
    zone = st.context.timezone
    return f"{datetime.fromtimestamp(seconds, ZoneInfo(zone) if zone else None):%Y-%m-%d}"
