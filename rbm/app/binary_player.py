"""The player of the page "Images": the strip of buttons and the machine view.

As `rbm.app.player` for the continuous machine: the view asks, the answer is one message with the
recorded machines that it does not hold yet, and training goes on in the server's pool.
"""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from rbm.app.binary_session import BinarySession
from rbm.app.clock import AUTO, TOP
from rbm.app.frames import Newest, due, held_epoch, told_epoch
from rbm.app.live_view import pack_blob
from rbm.app.machine_view import machine_view
from rbm.app.server import show_address
from rbm.app.strip import strip

SHOWN_CASES = 200
"""Learnt cases whose hidden probabilities are shown: the first ones."""
VIEW = "machine"
SPEEDS = {
    AUTO: "Speed: auto", 1 / 12: "5 epochs a second", 1 / 3: "20 epochs a second",
    1: "60 epochs a second", TOP: "Top speed",
}  # fmt: skip
"""Epochs between two of sixty pictures a second, and what they are called."""


@st.fragment(key="binary_player")
def binary_player(session: BinarySession) -> None:
    """Draws the strip of buttons and the machine view."""
    session.shown_playing = session.playing
    strip(
        session, "binary_", SPEEDS, "cases", 10,
        "How fast it trains. Auto: slow at first, faster later. Top: as fast as it can.",
    )  # fmt: skip
    _view(session)
    params, note = session.address
    show_address(params, session.playing)
    if note:
        st.caption(note)


@st.fragment(key="binary_view")
def _view(session: BinarySession) -> None:
    machine_view(
        blob(session),
        key=VIEW,
        on_ask=lambda: heard(session),
        on_branch=lambda: _branch(session),
    )


def heard(session: BinarySession) -> None:
    """Callback: the view told what it holds and asks for what is new."""
    session.told = getattr(st.session_state.get(VIEW), "ask", None)
    session.tick()
    if session.playing != session.shown_playing:
        st.rerun("binary_player")


def blob(session: BinarySession) -> bytes:
    """What the view lacks, as one message: header and arrays."""
    with session.lock:
        run = session.run
        session.frame += 1
        generation = str(session.generation)
        held = held_epoch(session.told, generation, session.sent, run.epoch)
        frames = due(run.recording, held, Newest(run.epoch, run.machine.parameters, math.nan))
        scored = sorted(session.scores)
        rows = [session.scores[at] for at in scored]
        arrays: dict[str, np.ndarray] = {
            "epochs": frames.epochs,
            "frames": frames.frames,
            "errors": frames.errors,
            "score_epochs": np.array(scored, np.int32),
            "scores": np.array(
                [
                    (s.training, s.test, s.log_likelihood, s.test_log_likelihood, s.pseudo)
                    for s in rows
                ],
                np.float32,
            ).reshape(len(rows), 5),
        }
        cases = session.cases
        if held < 0:
            learnt = np.flatnonzero(
                np.ones(len(cases.values), bool) if cases.held_out is None else ~cases.held_out
            )[:SHOWN_CASES]
            arrays["cases"] = cases.values[learnt].astype(np.float32)
            labels = np.full(len(learnt), -1) if cases.labels is None else cases.labels[learnt]
            arrays["case_labels"] = labels.astype(np.int32)
        header = _header(session, generation) | {"after": held, "more": frames.more}
        session.sent = (generation, frames.newest(held))
        session.jump = session.jump and frames.more
    return pack_blob(header, arrays)


def _header(session: BinarySession, generation: str) -> dict[str, object]:
    run, cases = session.run, session.cases
    newest = session.scores.get(max(session.scores, default=-1))
    return {
        # also once more after the end, so that the strip hears of it (`heard`)
        "run": session.playing or session.shown_playing,
        "per": session.interval, "frame": session.frame, "generation": generation,
        "epoch": run.epoch, "stride": run.recording.stride,
        "n_visible": cases.n_units, "n_hidden": run.settings.n_hidden,
        "shape": list(cases.shape) if cases.shape else None, "names": list(cases.names),
        "title": cases.title, "visible": run.settings.visible,
        "notice": run.notice or session.note, "jump": session.jump,
        "memory_cap": run.recording.cap, "seed": run.settings.seed,
        "case_names": list(cases.row_names[:SHOWN_CASES]),
        "label_names": list(cases.label_names),
        "exact": bool(newest and newest.exact), "bound": session.bound,
        "updates": -(-len(run.data) // (run.settings.batch_size or len(run.data))),
    }  # fmt: skip


def _branch(session: BinarySession) -> None:
    epoch = told_epoch(getattr(st.session_state.get(VIEW), "branch", None))
    if 0 <= epoch <= session.run.epoch:
        session.branch(epoch)
        st.rerun("binary_player")
