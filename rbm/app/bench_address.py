"""The address bar of the pages "Structure" and "One CD step"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import streamlit as st

from rbm.app.messages import plain
from rbm.bench_link import MARK

Bench = TypeVar("Bench")
_DAMAGED = "bench_damaged"


def opened(read: Callable[[Mapping[str, str]], Bench]) -> Bench | None:
    """What the address asks for: what `read` makes of it, or None for an address that asks for
    nothing, or for one that is damaged, which `complaint` then says."""
    params = st.query_params.to_dict()
    if MARK not in params:
        return None
    try:
        return read(params)
    except ValueError as problem:
        st.session_state[_DAMAGED] = str(problem)
        return None


def complaint() -> None:
    """Says what was wrong with the link, until it is dismissed or the page is left."""
    if problem := st.session_state.get(_DAMAGED):
        st.warning(
            f"The link cannot be opened: {plain(problem.removesuffix('.'))}. The page shows its "
            "first example instead.",
            icon=":material/link_off:",
        )
        st.button("Dismiss", on_click=lambda: st.session_state.pop(_DAMAGED), key="bench_dismiss")


def show(link: Mapping[str, str]) -> None:
    """Puts a link into the address bar, so that copying or reloading it restores the page.

    An empty one, the page as it opens, takes only links of these pages away. The browser repeats
    the address it last knew with every run, which after two quick presses is an old one; so the
    address is only ever read on a tab's first visit, and written whenever it differs.
    """
    shown = st.query_params.to_dict()
    if link and shown != link:
        st.query_params.from_dict(link)
    elif not link and MARK in shown:
        st.query_params.clear()
