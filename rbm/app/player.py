"""The player: the strip of buttons and the live view, redrawn together, apart from the page.

Transport: the live view asks, the server answers. A fragment is the transport here (the view's
`ask` event reruns only this fragment, which trains one slice and hands back what is new); another
one, an own websocket route say, would call the same three functions of this file: `heard`,
`Session.tick` and `blob`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from rbm import link_text
from rbm.app.clock import AUTO, SPEEDS, TOP
from rbm.app.live_view import live_view, pack_blob
from rbm.app.server import update_link
from rbm.app.session import Session
from rbm.help import FIRST_LOOK
from rbm.run_link import of_run

MAX_BLOB = 1_500_000
"""Bytes of frames in one message; the view asks again at once for the rest."""
SPEED_LABELS = {AUTO: "Speed: auto", 1: "1 epoch a picture", TOP: "Top speed"}


@st.fragment(key="player")
def player(session: Session) -> None:
    """Draws the strip of buttons and the live view."""
    session.shown_playing = session.playing
    _strip(session)
    _view(session)
    update_link(session)


@st.fragment(key="view")
def _view(session: Session) -> None:
    """The live view alone: a tick redraws nothing else, which is a third of the browser's work."""
    live_view(
        blob(session),
        key="live",
        on_ask=lambda: heard(session),
        on_branch=lambda: _branch(session),
    )


def heard(session: Session) -> None:
    """Callback: the live view told what it holds and asks for what is new.

    The strip is drawn again only when it shows the wrong button, as when a run has ended.
    """
    session.told = getattr(st.session_state.get("live"), "ask", None)
    session.tick()
    if session.playing != session.shown_playing:
        st.rerun("player")


def blob(session: Session) -> bytes:
    """What the view lacks, as one message: header and arrays (`docs/architecture.md`)."""
    with session.lock:
        run = session.run
        session.frame += 1
        generation = str(session.generation)
        held, known = _held(session, generation)
        recording = run.recording
        first = int(np.searchsorted(recording.epochs, held, side="right"))
        limit = max(1, MAX_BLOB // (4 * recording.frames.shape[1]))
        last = min(first + limit, recording.count)
        epochs, frames = recording.epochs[first:last], recording.frames[first:last]
        errors = recording.errors[first:last]
        more = last < recording.count
        if not more and (run.epoch > recording.epochs[-1]) and held < run.epoch:
            epochs = np.append(epochs, np.int32(run.epoch))
            frames = np.vstack([frames, run.state.parameters.astype(np.float32)])
            errors = np.append(errors, np.float32(run.last_error))
        scored = sorted(session.scores.values)
        arrays = {
            "epochs": epochs.astype(np.int32),
            "frames": np.ascontiguousarray(frames, np.float32),
            "errors": errors.astype(np.float32),
            "mismatch_epochs": np.array(scored, np.int32),
            "mismatch": np.array([session.scores.values[at] for at in scored], np.float32),
        }
        datasets = {setting.data_id: setting.data for _, setting in run.experiments}
        arrays |= {f"data:{name}": data for name, data in datasets.items() if name not in known}
        header = _header(session, generation) | {"after": held, "more": more}
        session.sent = (generation, int(epochs[-1]) if len(epochs) else held, frozenset(datasets))
        session.jump = session.jump and more
    return pack_blob(header, arrays)


def _header(session: Session, generation: str) -> dict[str, object]:
    run, settings = session.run, session.settings
    yardstick, link = run.experiment.yardstick, of_run(run)
    return {
        # also once more after the end, so that the strip hears of it (`heard`)
        "run": session.playing or session.shown_playing,
        "per": session.interval, "frame": session.frame,
        "generation": generation, "epoch": run.epoch,
        "stride": run.recording.stride, "n_visible": run.data.shape[1],
        "n_hidden": settings.n_hidden, "sigma": settings.sigma, "low": settings.low,
        "high": settings.high, "average_last": settings.average_last, "jump": session.jump,
        "datasets": [{"id": setting.data_id, "from": at} for at, setting in run.experiments],
        "notice": run.notice or session.note, "link": link.query, "link_note": link.note,
        "memory_cap": run.recording.cap, "hint": FIRST_LOOK,
        "scores": {
            "floor": 0.0, "uniform": 1.0, "tv_floor": yardstick.floor,
            "tv_uniform": yardstick.uniform, "error_floor": run.experiment.error_floor,
            "error_uniform": run.experiment.error_uniform,
        },
    }  # fmt: skip


def _held(session: Session, generation: str) -> tuple[int, frozenset[str]]:
    """The newest epoch the view holds of this recording (−1: none), and the data it has.

    The view says so itself with each ask; anything else it may say counts as "all that was sent".
    """
    told = session.told
    if isinstance(told, Mapping):
        named = told.get("data")
        known = frozenset(map(str, named) if isinstance(named, list) else ())
        if told.get("generation") != generation:
            return -1, known
        epoch = told.get("epoch")
        held = int(epoch) if isinstance(epoch, int | float) and math.isfinite(epoch) else -1
        return max(-1, min(held, session.run.epoch)), known
    sent_generation, sent_epoch, sent_data = session.sent
    return (sent_epoch if sent_generation == generation else -1), sent_data


def _branch(session: Session) -> None:
    wanted = getattr(st.session_state.get("live"), "branch", None)
    epoch = wanted.get("epoch") if isinstance(wanted, Mapping) else None
    if isinstance(epoch, int | float) and 0 <= epoch <= session.run.epoch:
        session.branch(int(epoch))
        st.rerun("player")


def _strip(session: Session) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="strip"):
        st.button(
            "Reset", on_click=session.reset, icon=":material/replay:", key="reset",
            help="Back to epoch 0: the same seed, the same data, the same run again.",
        )  # fmt: skip
        if session.playing:
            st.button(
                "Pause", on_click=session.pause, icon=":material/pause:", key="pause",
                type="primary", shortcut="Space", help="Stop training; nothing is lost.",
            )  # fmt: skip
        else:
            st.button(
                "Play", on_click=session.play, icon=":material/play_arrow:", key="play",
                type="primary", shortcut="Space", disabled=bool(session.run.notice),
                help="Train, and watch it learn.",
            )  # fmt: skip
        st.button(
            "Step", on_click=session.step, icon=":material/skip_next:", key="step",
            disabled=session.playing or bool(session.run.notice), shortcut="S",
            help="Exactly one epoch.",
        )  # fmt: skip
        st.session_state["speed"] = session.clock.speed
        st.selectbox(
            "Speed", SPEEDS,
            format_func=lambda speed: SPEED_LABELS.get(speed, f"{speed} epochs a picture"),
            key="speed", on_change=_set_speed, args=(session,), width=185,
            label_visibility="collapsed",
            help="How many epochs pass between two pictures. Auto: slow at first, faster later. "
            "Top: as many as the machine can.",
        )  # fmt: skip
        st.session_state["run_to"] = session.goal
        st.number_input(
            "Epoch to run to", 0, link_text.MAX_EPOCH, step=100, key="run_to", width=150,
            on_change=_set_goal, args=(session,),
            label_visibility="collapsed",
            help="Where “Run to epoch” stops. A smaller number than now goes back.",
        )  # fmt: skip
        st.button(
            "Run to epoch", on_click=_run_to, args=(session,), icon=":material/last_page:",
            key="run_to_epoch", help="Train to that epoch as fast as possible, then pause.",
        )  # fmt: skip
        st.button(
            "New seed", on_click=_new_seed, args=(session,), icon=":material/casino:",
            key="new_seed", shortcut="N",
            help="Other first weights and noise, the same data. "
            f"Now: seed {session.settings.seed}.",
        )  # fmt: skip
        if session.shelf:
            shelved = session.shelf[-1]
            st.button(
                f"Undo: back to epoch {shelved.epoch:,}", on_click=_undo, args=(session,),
                key="undo", icon=":material/undo:", help="Takes back the run that was put aside.",
            )  # fmt: skip


def _undo(session: Session) -> None:
    session.undo()
    st.rerun()  # the whole page: its settings and its drawing may be others now


def _set_speed(session: Session) -> None:
    session.clock.speed = st.session_state["speed"]


def _set_goal(session: Session) -> None:
    session.goal = int(st.session_state["run_to"])


def _run_to(session: Session) -> None:
    session.run_to(session.goal)


def _new_seed(session: Session) -> None:
    session.apply(replace(session.settings, seed=(session.settings.seed + 1) % 2**31))
