"""The list of pages, and how the very first visit of a server finds a page below `/`.

A folder `pages/` beside `app.py` makes a fresh Streamlit server take the app for one of an older
kind: until `st.navigation` has been called once, the files in that folder are run by themselves,
without `app.py`. A copied link to a page, opened first, would then miss everything that `app.py`
prepares. So each page's address is its file's name, which both kinds of navigation understand, and
a page that finds itself run without `app.py` declares the pages and asks for a second run.
"""

from __future__ import annotations

import streamlit as st

MARK = "through_app"
PLAYGROUND = "pages/playground.py"

TUNE = {
    "duel": "Compare",
    "tune": "Sweep",
    "search": "Search",
    "leaderboard": "Leaderboard",
}
BINARY = {
    "structure": "Structure",
    "cd_step": "One CD step",
    "images": "Images",
    "fill_in": "Fill in",
    "clusters": "Clusters",
}
"""File names and titles of the pages in the two menus."""


def navigation() -> st.Page:
    """For `app.py`: the page that this visit asks for, ready to `run()`."""
    st.session_state[MARK] = True
    return _declared()


def require_app() -> None:
    """For pages: reruns through `app.py` when this run did not come from there."""
    if MARK not in st.session_state:
        _declared()
        st.rerun()


def _declared() -> st.Page:
    return st.navigation(
        {
            "": [
                st.Page(
                    PLAYGROUND,
                    title="Playground",
                    url_path="start",  # never shown: the default page's address is /
                    default=True,
                ),
                st.Page(PLAYGROUND, title="Playground", url_path="playground", visibility="hidden"),
                st.Page("pages/data.py", title="Your data"),
                st.Page("pages/figures.py", title="Figures"),
                st.Page("pages/share.py", title="Keep and share"),
            ],
            "Tune": [st.Page(f"pages/{name}.py", title=title) for name, title in TUNE.items()],
            "Binary machines": [
                st.Page(f"pages/{name}.py", title=title) for name, title in BINARY.items()
            ],
        },
        position="top",
    )
