"""One file for a run: save it, open it."""

from __future__ import annotations

import streamlit as st

from rbm.app.messages import plain
from rbm.app.session import Session
from rbm.dialects import clean
from rbm.run_file import RunFileError

MAX_MEGABYTES = 50
OUTCOME = "run_file_outcome"


def run_file_panel(session: Session) -> None:
    """A button that saves everything, and a place for files to open."""
    run = session.run
    st.download_button(
        "Save the run", session.save_bytes, f"rbm_epoch_{run.epoch}.rbm.npz",
        "application/octet-stream", key="run_file_save", on_click="ignore",
        icon=":material/save:", type="primary",
        help="Settings, data, weights, the whole recording and the curves, in one file. "
        "NumPy opens it too.",
    )  # fmt: skip
    size = (run.recording.nbytes + run.data.nbytes) / 1e6
    st.caption(f"Epochs {run.first_epoch:,} to {run.epoch:,}; up to {max(size, 0.1):,.1f} MB.")
    st.file_uploader(
        "Open a run", type="npz", key="run_file_open", max_upload_size=MAX_MEGABYTES,
        on_change=_open, args=(session,),
        help="A file that “Save the run” wrote. The run you have now can be taken back with Undo.",
    )  # fmt: skip
    refused, sentence = st.session_state.get(OUTCOME, (False, ""))
    if refused:
        st.error(plain(sentence), icon=":material/error:")
        st.caption("Your run stays as it was.")
    elif sentence:
        st.success(plain(sentence), icon=":material/check:")
        st.page_link(
            "pages/playground.py", label="To the playground", icon=":material/play_circle:"
        )


def _open(session: Session) -> None:
    upload = st.session_state.get("run_file_open")
    st.session_state[OUTCOME] = (False, "")
    if upload is None:
        return
    try:
        session.open_bytes(upload.getvalue())
    except RunFileError as error:
        st.session_state[OUTCOME] = (True, str(error))
        return
    run = session.run
    st.session_state[OUTCOME] = (
        False,
        f"{clean(upload.name)} is open: epochs {run.first_epoch:,} to {run.epoch:,}.",
    )
