"""The player of a duel: the strip of buttons and the view of both sides, redrawn together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from rbm import link_text
from rbm.app.clock import SPEEDS
from rbm.app.duel_session import Duel
from rbm.app.duel_view import duel_view
from rbm.app.frames import Due, Newest, due, held_epoch, told_epoch
from rbm.app.live_view import pack_blob
from rbm.app.player import SPEED_LABELS
from rbm.app.server import show_address
from rbm.duel import SIDES
from rbm.duel_link import write_duel
from rbm.run import Run

VIEW = "duel_view"


@st.fragment(key="duel_player")
def duel_player(duel: Duel) -> None:
    """Draws the strip of buttons and the view of both sides."""
    duel.shown_playing = duel.playing
    _strip(duel)
    _view(duel)
    link = write_duel(duel.pair.a, duel.pair.b, duel.parted)
    show_address(dict(link.params), duel.playing)
    if link.note:
        st.caption(link.note)


@st.fragment(key="duel_pictures")
def _view(duel: Duel) -> None:
    """The view alone: a tick redraws nothing else."""
    duel_view(
        blob(duel), key=VIEW, on_ask=lambda: heard(duel), on_part=lambda: _part(duel)
    )  # fmt: skip


def heard(duel: Duel) -> None:
    """Callback: the view told what it holds and asks for what is new."""
    duel.told = getattr(st.session_state.get(VIEW), "ask", None)
    duel.tick()
    if duel.playing != duel.shown_playing:
        st.rerun("duel_player")


def _part(duel: Duel) -> None:
    epoch = told_epoch(getattr(st.session_state.get(VIEW), "part", None))
    if 0 <= epoch <= duel.epoch:
        duel.part_at(epoch)
        st.rerun()  # the whole page says where they part


def blob(duel: Duel) -> bytes:
    """What the view lacks of either side, as one message: header and arrays."""
    with duel.lock:
        duel.frame += 1
        generation = str(duel.generation)
        held, known = _held(duel, generation)
        parts = {
            side: due(run.recording, at, Newest(run.epoch, run.state.parameters, run.last_error))
            for (side, run), at in zip(duel.pair.sides.items(), held, strict=True)
        }
        arrays: dict[str, Any] = {}
        datasets: dict[str, Any] = {}
        for side, run in duel.pair.sides.items():
            arrays |= _arrays(duel, side, parts[side])
            datasets |= {setting.data_id: setting.data for _, setting in run.experiments}
        arrays |= {f"data:{name}": data for name, data in datasets.items() if name not in known}
        more = any(part.more for part in parts.values())
        header = {
            # also once more after the end, so that the strip hears of it (`heard`)
            "run": duel.playing or duel.shown_playing,
            "per": duel.interval, "frame": duel.frame, "generation": generation, "more": more,
            "jump": duel.jump, "start": duel.parted, "notice": duel.note,
            "datasets": list(datasets),
            "sides": {
                side: _side(run, duel.names[side]) | {"after": at}
                for (side, run), at in zip(duel.pair.sides.items(), held, strict=True)
            },
        }  # fmt: skip
        newest = tuple(parts[side].newest(at) for side, at in zip(SIDES, held, strict=True))
        duel.sent = (generation, (newest[0], newest[1]), frozenset(datasets))
        duel.jump = duel.jump and more
    return pack_blob(header, arrays)


def _arrays(duel: Duel, side: str, part: Due) -> dict[str, Any]:
    scores = sorted(duel.scores[side].values.items())
    return {
        f"{side}:epochs": part.epochs,
        f"{side}:frames": part.frames,
        f"{side}:errors": part.errors,
        f"{side}:mismatch_epochs": np.array([epoch for epoch, _ in scores], np.int32),
        f"{side}:mismatch": np.array([score for _, score in scores], np.float32),
    }


def _side(run: Run, name: str) -> dict[str, Any]:
    settings = run.settings
    return {
        "stride": run.recording.stride, "n_visible": run.data.shape[1],
        "n_hidden": settings.n_hidden, "low": settings.low, "high": settings.high, "name": name,
        "held": [
            {"from": at, "sigma": held.sigma, "average_last": held.average_last}
            for at, held in run.history
        ],
        "datasets": [{"id": setting.data_id, "from": at} for at, setting in run.experiments],
        "scores": {
            "error_floor": run.experiment.error_floor,
            "error_uniform": run.experiment.error_uniform,
        },
    }  # fmt: skip


def _held(duel: Duel, generation: str) -> tuple[tuple[int, int], frozenset[str]]:
    """The newest epoch that the view holds of either side (−1: none), and the data it has.

    The view says so itself; anything else it may say counts as "all that was sent".
    """
    told, (sent, newest, data) = duel.told, duel.sent
    said = told if isinstance(told, Mapping) else {}
    epochs, named = said.get("epochs"), said.get("data")
    pairs = epochs if isinstance(epochs, list) and len(epochs) == 2 else [None, None]
    held = tuple(
        held_epoch(
            {"generation": said.get("generation"), "epoch": epoch} if said else None,
            generation, (sent, last), duel.epoch,
        )
        for epoch, last in zip(pairs, newest, strict=True)
    )  # fmt: skip
    known = frozenset(map(str, named) if isinstance(named, list) else ()) if said else data
    return (held[0], held[1]), known


def _strip(duel: Duel) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="duel_strip"):
        start = duel.parted
        st.button(
            "Reset", on_click=duel.reset, icon=":material/replay:", key="duel_reset",
            help=f"Both sides back to epoch {start:,}, where they part: the same duel again.",
        )  # fmt: skip
        if duel.playing:
            st.button(
                "Pause", on_click=duel.pause, icon=":material/pause:", key="duel_pause",
                type="primary", shortcut="Space", help="Stop training; nothing is lost.",
            )  # fmt: skip
        else:
            st.button(
                "Play", on_click=duel.play, icon=":material/play_arrow:", key="duel_play",
                type="primary", shortcut="Space", disabled=duel.stopped,
                help="Train both sides in lockstep: their epochs are equal, always.",
            )  # fmt: skip
        st.button(
            "Step", on_click=duel.step, icon=":material/skip_next:", key="duel_step",
            disabled=duel.playing or duel.stopped, shortcut="S",
            help="Exactly one epoch on each side.",
        )  # fmt: skip
        st.session_state["duel_speed"] = duel.clock.speed
        st.selectbox(
            "Speed", SPEEDS, key="duel_speed", on_change=_set_speed, args=(duel,), width=185,
            format_func=lambda speed: SPEED_LABELS.get(speed, f"{speed} epochs a picture"),
            label_visibility="collapsed", help="How many epochs pass between two pictures.",
        )  # fmt: skip
        st.session_state["duel_goal"] = duel.goal
        st.number_input(
            "Epoch to run to", 0, link_text.MAX_EPOCH, step=100, key="duel_goal", width=150,
            on_change=_set_goal, args=(duel,), label_visibility="collapsed",
            help="Where “Run to epoch” stops. A smaller number than now goes back, as far as to "
            "where the sides part.",
        )  # fmt: skip
        st.button(
            "Run to epoch", on_click=_run_to, args=(duel,), icon=":material/last_page:",
            key="duel_run_to",
            help="Train both sides to that epoch as fast as possible, then pause.",
        )  # fmt: skip
        if st.button(
            "New seed", on_click=duel.new_seed, icon=":material/casino:", key="duel_new_seed",
            shortcut="N", help="Other first weights and noise, the same on both sides, from epoch "
            f"0. Now: seed {duel.seed}.",
        ):  # fmt: skip
            st.rerun()
        if duel.undoes and st.button(
            "Undo", on_click=duel.undo, icon=":material/undo:", key="duel_undo",
            help="Takes back the last change of settings or runs.",
        ):  # fmt: skip
            st.rerun()  # the whole page: its settings are others now


def _set_speed(duel: Duel) -> None:
    duel.clock.speed = st.session_state["duel_speed"]


def _set_goal(duel: Duel) -> None:
    duel.goal = int(st.session_state["duel_goal"])


def _run_to(duel: Duel) -> None:
    duel.run_to(duel.goal)
