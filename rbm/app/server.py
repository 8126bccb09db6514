"""What a server does once: compile in the background, and let go of closed tabs."""

from __future__ import annotations

import weakref
from pathlib import Path

import streamlit as st

from rbm import engine
from rbm.app import sensitivity
from rbm.app.navigation import require_app
from rbm.app.session import FIRST_GOAL, Session, from_params
from rbm.link_text import read_epoch
from rbm.run_link import of_run

GOAL = "page.goal"
STYLE = Path(__file__).with_name("style.css")
"""How every page looks on top of the theme."""


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """Starts the compiler in the background."""
    engine.warm_up(background=True)


def session() -> Session:
    """This tab's session; made from the link on its first run."""
    require_app()
    if "session" not in st.session_state:
        st.session_state["session"] = _opened(st.query_params.to_dict())
    current: Session = st.session_state["session"]
    current.wake()
    _lease(weakref.ref(current))
    return current


def _opened(params: dict[str, str]) -> Session:
    opened = from_params(params)
    if GOAL in params:
        opened.goal = read_epoch(params[GOAL], FIRST_GOAL, opened.complaints)
    return opened


def goal_param(current: Session) -> dict[str, str]:
    """What a link says of where "Run to epoch" stops: nothing, unless it was moved."""
    return {} if current.goal == FIRST_GOAL else {GOAL: str(current.goal)}


def update_link(current: Session) -> None:
    """Puts the run into the address bar, so that copying or reloading it restores the page."""
    params = {**of_run(current.run).params, **goal_param(current), **sensitivity.address()}
    show_address(params, current.playing)


def show_address(params: dict[str, str], playing: bool) -> None:
    """Puts a link's parameters into the address bar; while playing, all but the epoch."""
    shown = st.query_params.to_dict()
    if playing:  # the epoch would be old at once, and changing it disturbs the browser
        if "weights" in params and params.get("points") == shown.get("points"):
            return
        params["epoch"] = shown.get("epoch", "0")
    if shown != params:
        st.query_params.from_dict(params)


def _let_go(tab: weakref.ref[Session]) -> None:
    """A closed tab: its training is over and its recording freed (on the event loop: be quick)."""
    current = tab()
    if current is not None:
        current.sleep()


@st.cache_resource(scope="session", on_release=_let_go, show_spinner=False)
def _lease(_tab: weakref.ref[Session]) -> weakref.ref[Session]:
    """Lives as long as the tab's connection; Streamlit calls `_let_go` when that ends."""
    return _tab
