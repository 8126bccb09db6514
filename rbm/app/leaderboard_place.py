"""Whether this server has boards, whether they show names, and who is asking.

`RBM_LEADERBOARD` decides: "on" (so by default, where studies are kept), "nameless" for boards
without names, or "off".
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from rbm.app import lab
from rbm.app.leaderboard_checking import Checking
from rbm.tuning.database import Database, StoreError
from rbm.tuning.leaderboard_store import Leaderboard

VARIABLE = "RBM_LEADERBOARD"


@dataclass(frozen=True)
class Place:
    """The boards, and what checks them. `person`: as studies know who is asking. `named`: whether
    names are asked for and shown; `owned`: whether only the server's owner can be asking."""

    board: Leaderboard
    checking: Checking
    person: str
    named: bool

    @property
    def owned(self) -> bool:
        return self.person == ""


def place() -> Place:
    """Raises `StoreError` with a sentence where this server has no boards."""
    named = names_shown(os.environ)
    store = lab.store()
    board, checking = _shared(store.database)
    return Place(board, checking, store.owner, named)


def names_shown(environment: Mapping[str, str]) -> bool:
    """Whether boards show names. Raises `StoreError` where they are switched off."""
    wish = environment.get(VARIABLE, "").strip().lower() or "on"
    if wish == "off":
        raise StoreError("The owner of this server has switched its boards off.")
    if wish not in ("on", "nameless"):
        raise StoreError(f"{VARIABLE} must be on, nameless or off: the boards are off until it is.")
    return wish == "on"


def _shared(database: Database) -> tuple[Leaderboard, Checking]:
    return _of_url(database.url.render_as_string(hide_password=False), database)


@st.cache_resource(show_spinner=False)
def _of_url(url: str, _database: Database) -> tuple[Leaderboard, Checking]:
    """One for each database of this server."""
    board = Leaderboard(_database)
    return board, Checking(board, lab.executor)
