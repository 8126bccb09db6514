"""The player of the page "Images": the strip of buttons and the machine view.

As `rbm.app.player` for the continuous machine: the view asks, the answer is one message with the
recorded machines that it does not hold yet, and training goes on in the server's pool.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import streamlit as st

from rbm import link_text
from rbm.app.binary_session import BinarySession
from rbm.app.clock import AUTO, TOP
from rbm.app.live_view import pack_blob
from rbm.app.machine_view import machine_view
from rbm.app.server import show_address

MAX_BLOB = 1_500_000
"""Bytes of machines in one message, but at least one; the view asks again at once for the rest."""
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
    _strip(session)
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
        run, recording = session.run, session.run.recording
        session.frame += 1
        generation = str(session.generation)
        held = _held(session, generation)
        first = int(np.searchsorted(recording.epochs, held, side="right"))
        last = min(first + max(1, MAX_BLOB // (4 * recording.frames.shape[1])), recording.count)
        epochs, frames = recording.epochs[first:last], recording.frames[first:last]
        errors = recording.errors[first:last]
        more = last < recording.count
        if not more and run.epoch > recording.epochs[-1] and held < run.epoch:
            epochs = np.append(epochs, np.int32(run.epoch))
            frames = np.vstack([frames, run.machine.parameters.astype(np.float32)])
            errors = np.append(errors, np.float32(np.nan))
        scored = sorted(session.scores)
        rows = [session.scores[at] for at in scored]
        arrays: dict[str, np.ndarray] = {
            "epochs": epochs.astype(np.int32),
            "frames": np.ascontiguousarray(frames, np.float32),
            "errors": errors.astype(np.float32),
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
        header = _header(session, generation) | {"after": held, "more": more}
        session.sent = (generation, int(epochs[-1]) if len(epochs) else held)
        session.jump = session.jump and more
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


def _held(session: BinarySession, generation: str) -> int:
    """The newest epoch the view holds of this run; −1: none."""
    told = session.told
    if isinstance(told, Mapping):
        epoch = told.get("epoch")
        if told.get("generation") != generation:
            return -1
        held = int(epoch) if isinstance(epoch, int | float) and math.isfinite(epoch) else -1
        return max(-1, min(held, session.run.epoch))
    sent_generation, sent_epoch = session.sent
    return sent_epoch if sent_generation == generation else -1


def _branch(session: BinarySession) -> None:
    wanted = getattr(st.session_state.get(VIEW), "branch", None)
    epoch = wanted.get("epoch") if isinstance(wanted, Mapping) else None
    if isinstance(epoch, int | float) and 0 <= epoch <= session.run.epoch:
        session.branch(int(epoch))
        st.rerun("binary_player")


def _strip(session: BinarySession) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="binary_strip"):
        st.button(
            "Reset", on_click=session.reset, icon=":material/replay:", key="binary_reset",
            help="Back to epoch 0: the same seed, the same cases, the same run again.",
        )  # fmt: skip
        if session.playing:
            st.button(
                "Pause", on_click=session.pause, icon=":material/pause:", key="binary_pause",
                type="primary", shortcut="Space", help="Stop training; nothing is lost.",
            )  # fmt: skip
        else:
            st.button(
                "Play", on_click=session.play, icon=":material/play_arrow:", key="binary_play",
                type="primary", shortcut="Space", disabled=session.stopped,
                help="Train, and watch it learn.",
            )  # fmt: skip
        st.button(
            "Step", on_click=session.step, icon=":material/skip_next:", key="binary_step",
            disabled=session.playing or session.stopped, shortcut="S", help="Exactly one epoch.",
        )  # fmt: skip
        st.session_state["binary_speed"] = session.clock.speed
        st.selectbox(
            "Speed", list(SPEEDS), format_func=SPEEDS.__getitem__, key="binary_speed",
            on_change=_set_speed, args=(session,), width=185, label_visibility="collapsed",
            help="How fast it trains. Auto: slow at first, faster later. Top: as fast as it can.",
        )  # fmt: skip
        st.session_state["binary_goal"] = session.goal
        st.number_input(
            "Epoch to run to", 0, link_text.MAX_EPOCH, step=10, key="binary_goal", width=150,
            on_change=_set_goal, args=(session,), label_visibility="collapsed",
            help="Where “Run to epoch” stops. A smaller number than now goes back.",
        )  # fmt: skip
        st.button(
            "Run to epoch", on_click=_run_to, args=(session,), icon=":material/last_page:",
            key="binary_run_to", help="Train to that epoch as fast as possible, then pause.",
        )  # fmt: skip
        st.button(
            "New seed", on_click=_new_seed, args=(session,), icon=":material/casino:",
            key="binary_new_seed", shortcut="N",
            help="Other first weights and noise, the same cases. "
            f"Now: seed {session.settings.seed}.",
        )  # fmt: skip
        if session.shelf:
            _, cases, run = session.shelf[-1]
            st.button(
                f"Undo: back to {cases.title}, epoch {run.epoch:,}", on_click=_undo,
                args=(session,), key="binary_undo", icon=":material/undo:",
                help="Takes back the run that was put aside.",
            )  # fmt: skip


def _undo(session: BinarySession) -> None:
    session.undo()
    st.rerun()  # the whole page: its settings and its cases may be others now


def _set_speed(session: BinarySession) -> None:
    session.clock.speed = st.session_state["binary_speed"]


def _set_goal(session: BinarySession) -> None:
    session.goal = int(st.session_state["binary_goal"])


def _run_to(session: BinarySession) -> None:
    session.run_to(session.goal)


def _new_seed(session: BinarySession) -> None:
    session.apply(seed=(session.settings.seed + 1) % 2**31)
