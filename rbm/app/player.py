"""The player: the strip of buttons and the live view, redrawn together, apart from the page.

Transport: the live view asks, the server answers. A fragment is the transport here (the view's
`ask` event reruns only this fragment, which trains one slice and hands back what is new); another
one, an own websocket route say, would call the same three functions of this file: `heard`,
`Session.tick` and `blob`.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from rbm.app.clock import AUTO, SPEEDS, TOP
from rbm.app.frames import Newest, due, held_epoch, told_epoch
from rbm.app.live_view import live_view, pack_blob
from rbm.app.server import goal_param, update_link
from rbm.app.session import Session
from rbm.app.strip import strip
from rbm.help import FIRST_LOOK
from rbm.run_link import of_run

SPEED_LABELS = {AUTO: "Speed: auto", 1: "1 epoch a picture", TOP: "Top speed"}


@st.fragment(key="player")
def player(session: Session) -> None:
    """Draws the strip of buttons and the live view."""
    session.shown_playing = session.playing
    strip(
        session, "", {speed: _speed_label(speed) for speed in SPEEDS}, "data", 100,
        "How many epochs pass between two pictures. Auto: slow at first, faster later. "
        "Top: as many as the machine can.",
    )  # fmt: skip
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
        newest = Newest(run.epoch, run.state.parameters, run.last_error)
        frames = due(run.recording, held, newest)
        scored = sorted(session.scores.values)
        arrays = {
            "epochs": frames.epochs,
            "frames": frames.frames,
            "errors": frames.errors,
            "mismatch_epochs": np.array(scored, np.int32),
            "mismatch": np.array([session.scores.values[at] for at in scored], np.float32),
        }
        datasets = {setting.data_id: setting.data for _, setting in run.experiments}
        arrays |= {f"data:{name}": data for name, data in datasets.items() if name not in known}
        header = _header(session, generation) | {"after": held, "more": frames.more}
        session.sent = (generation, frames.newest(held), frozenset(datasets))
        session.jump = session.jump and frames.more
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
        "notice": run.notice or session.note, "link_note": link.note,
        "link": urlencode({**link.params, **goal_param(session)}),
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
    told, sent = session.told, session.sent
    held = held_epoch(told, generation, sent[:2], session.run.epoch)
    if not isinstance(told, Mapping):
        return held, sent[2]
    named = told.get("data")
    return held, frozenset(map(str, named) if isinstance(named, list) else ())


def _branch(session: Session) -> None:
    epoch = told_epoch(getattr(st.session_state.get("live"), "branch", None))
    if 0 <= epoch <= session.run.epoch:
        session.branch(epoch)
        st.rerun("player")


def _speed_label(speed: int) -> str:
    return SPEED_LABELS.get(speed, f"{speed} epochs a picture")
