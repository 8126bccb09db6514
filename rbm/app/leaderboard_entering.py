"""Entering on a board what the playground has now."""

from __future__ import annotations

import streamlit as st

from rbm.app.leaderboard_panel import KEPT, PATTERN, SIZE, ahead, counted, differences
from rbm.app.leaderboard_place import Place
from rbm.app.messages import plain
from rbm.app.session import Session
from rbm.patterns import PATTERNS
from rbm.settings import Settings
from rbm.tuning.leaderboard import POINTS, SIZES, most_epochs, prepared
from rbm.tuning.leaderboard_store import MAX_NAME

NAME, SAID = "board_name", "board_said"


def entering(session: Session, place: Place) -> None:
    """The form, and what came of the last press."""
    st.subheader("Enter what the playground has now", anchor=False)
    settings = _enterable(session)
    if settings is not None:
        _form(session, place, settings)
    if SAID in st.session_state:
        text, refused = st.session_state.pop(SAID)
        (st.error if refused else st.success)(plain(text))


def _enterable(session: Session) -> Settings | None:
    """The settings as a board takes them, or a sentence why it does not."""
    if session.dataset is not None:
        st.info("Boards are for the app's patterns, and the playground learns data of your own "
                "now: choose a pattern there.", icon=":material/info:")  # fmt: skip
        return None
    try:
        return prepared(session.settings, session.settings.pattern)
    except ValueError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return None


def _form(session: Session, place: Place, settings: Settings) -> None:
    now, most = session.run.epoch, most_epochs(settings)
    st.caption(
        f"{PATTERNS[settings.pattern].label} as it is by default, {POINTS} points, "
        f"{counted(settings.n_hidden, 'hidden unit')}. {plain(differences(settings))}"
    )
    if any(held != session.settings for _, held in session.run.history):
        st.caption("Settings were changed while this run was playing; an entry has those of now "
                   "from epoch 0.")  # fmt: skip
    if place.named:
        st.session_state.setdefault(NAME, st.session_state.get("board_name_kept", ""))
        st.session_state["board_name_kept"] = st.text_input(
            "Name", key=NAME, placeholder="unnamed",
            help=f"Up to {MAX_NAME} characters, which everybody who uses this server can read. "
            "Leave it empty to stay unnamed. To rename an entry of yours, write another name and "
            "enter the same settings and epochs again.",
        )  # fmt: skip
    epochs = st.number_input(
        "Epochs", 1, most, min(now or most, most), key=f"board_epochs_{now}_{most}",
        help=f"At most {most:,}: that is as much as the tutorial spends, points × (k + 1) × "
        "epochs, with these settings.",
    )  # fmt: skip
    if now > most:
        st.caption(f"The run is at epoch {now:,}, but the tutorial's budget ends at {most:,}.")
    st.button(
        "Enter these settings", type="primary", icon=":material/trophy:", key="board_enter",
        on_click=_enter, args=(place, settings, int(epochs)),
    )  # fmt: skip


def _enter(place: Place, settings: Settings, epochs: int) -> None:
    name = st.session_state.get(NAME, "") if place.named else ""
    try:
        said = _entered(place, settings, epochs, name)
    except ValueError as error:
        st.session_state[SAID] = (str(error), True)
        return
    size = SIZES[settings.n_hidden > SIZES[0]]
    st.session_state[KEPT] = (settings.pattern, size)
    st.session_state[PATTERN], st.session_state[SIZE] = settings.pattern, size
    st.session_state[SAID] = (said, False)


def _entered(place: Place, settings: Settings, epochs: int, name: str) -> str:
    """Enters settings, or renames the person's own entry of them, and says which."""
    if place.named and place.board.rename(settings, epochs, name, place.person):
        return "Renamed. You had entered these very settings before; nothing else has changed."
    entry = place.board.enter(settings, epochs, name, place.person)
    before = ahead(place.checking.queue(), entry)
    if before == 0:
        return "Entered. The server trains it now, and ranks it then."
    return f"Entered. It is checked after {counted(before, 'other')}."
