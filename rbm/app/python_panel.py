"""The run as a program: to copy, or as a file."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rbm.app.session import Session
from rbm.run import Run
from rbm.scripts import numpy_script, rbm_script

MAX_SHOWN = 60_000
"""Characters of a program that a page shows; a longer one is offered as a file only."""


@st.fragment
def python_panel(session: Session) -> None:
    """Two programs that repeat the run: with this package, and with NumPy alone."""
    st.caption(
        "A program that trains this run again, from its first epoch to the one it has now, with "
        "every change on the way, and prints the machine."
    )
    _program(
        session, "with_rbm", "With this package (import rbm)", rbm_script, "rbm_run.py",
        "Short, and the same bit for bit on the same kind of machine.",
    )  # fmt: skip
    _program(
        session, "numpy", "Plain NumPy, nothing of ours", numpy_script, "rbm_run_numpy.py",
        "The whole algorithm in one file to read: noise, chains, statistics, training.",
    )  # fmt: skip


def _program(
    session: Session,
    name: str,
    label: str,
    make: Callable[[Run], str],
    file_name: str,
    explanation: str,
) -> None:
    """A closed panel with one program, written only when it is opened."""
    with st.expander(label, key=f"python_{name}", on_change="rerun") as panel:
        if not panel.open:
            return
        run = session.run
        text = make(run)
        size = len(text.encode())
        st.caption(f"{explanation} To epoch {run.epoch:,}; {size / 1000:,.0f} kB.")
        st.download_button(
            "Save as a file", text, file_name, "text/x-python", key=f"python_{name}_file",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        if len(text) <= MAX_SHOWN:
            st.code(text, language="python", height=420)
        else:
            st.caption("Your points make it too long to show here: save it as a file.")
