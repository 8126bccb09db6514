"""The training as an animated GIF: choose how it looks, watch it being made, save it."""

from __future__ import annotations

import streamlit as st

from rbm.animation import RANGES, SPACINGS, Film
from rbm.app.filming import Filming
from rbm.app.session import Session

JOB = "animation_job"
ASK_SECONDS = 0.4


@st.fragment(key="animation")
def animation_panel(session: Session) -> None:
    """The animation's controls, its progress, and the file when it is made."""
    if session.run.epoch == session.run.first_epoch:
        st.info("Nothing has been learnt yet, so nothing would move: train first.")
        return
    film = _film()
    job: Filming | None = st.session_state.get(JOB)
    busy = job is not None and job.running
    st.button(
        "Make the animation", key="animation_make", type="primary", disabled=busy,
        icon=":material/movie:", on_click=_begin, args=(session, film),
        help="From the recording, up to the present epoch; training may go on meanwhile.",
    )  # fmt: skip
    if job is not None:
        if busy:
            st.fragment(_watch, run_every=ASK_SECONDS)(job)
        else:
            _show(job)


def _film() -> Film:
    dark = st.context.theme.type == "dark"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pictures = _slider("Pictures", "pictures", 60, 10, "The fewer there are epochs, the fewer.")
        seconds = st.slider(
            "Seconds a picture", 0.02, 1.0, 0.1, 0.02, key="animation_seconds", width=200,
            help="The last one stays for two seconds.",
        )  # fmt: skip
        passes = _slider(
            "Passes", "passes", 20, 1, "How many noisy passes the 500 uniform points make."
        )
        size = _slider("Pixels", "size", 480, 80, "Width and height of the file.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        spacing = st.segmented_control(
            "Epochs", list(SPACINGS), default="ratio", required=True, key="animation_spacing",
            format_func={"ratio": "Slow at first", "even": "Even steps"}.__getitem__,
            help=". ".join(SPACINGS.values()) + ".",
        )  # fmt: skip
        ground = st.segmented_control(
            "Background", ("light", "dark"), default="dark" if dark else "light", required=True,
            key="animation_ground", format_func=str.capitalize,
        )  # fmt: skip
    return Film(
        size=size, pictures=pictures, spacing=spacing or "ratio", seconds=seconds, passes=passes,
        dark=ground == "dark",
    )  # fmt: skip


def _slider(label: str, name: str, default: int, step: int, explained: str) -> int:
    low, high = RANGES[name]
    return st.slider(
        label, int(low), int(high), default, step, key=f"animation_{name}", width=200,
        help=explained,
    )  # fmt: skip


def _begin(session: Session, film: Film) -> None:
    """Callback: one animation at a time, so an older one makes room."""
    job: Filming | None = st.session_state.get(JOB)
    if job is not None:
        job.cancel()
    st.session_state[JOB] = Filming(session.run, film)


def _watch(job: Filming) -> None:
    """Progress and a way out, drawn again by itself until the file is there."""
    done = job.progress()
    if not job.running:
        st.rerun()
    st.progress(done, f"{round(done * job.pictures)} of {job.pictures} pictures")
    st.button("Cancel", key="animation_cancel", on_click=job.cancel, icon=":material/close:")


def _show(job: Filming) -> None:
    if job.failed:
        st.error("The animation could not be made, by an error in the program.")
    elif job.file is None:
        st.caption("Cancelled.")
    else:
        st.download_button(
            f"Save the animation ({len(job.file) / 1e6:.1f} MB)", job.file,
            f"rbm_to_epoch_{job.epoch}.gif", "image/gif", key="animation_save", on_click="ignore",
            icon=":material/download:",
        )  # fmt: skip
        st.image(job.file, alt=f"The training up to epoch {job.epoch:,}, as a film")
