"""The strip of buttons above a live view, the same for every machine that can be played."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import streamlit as st

from rbm import link_text
from rbm.app.clock import Clock


class Played(Protocol):
    """What the strip asks of a session."""

    clock: Clock
    playing: bool
    goal: int

    @property
    def stopped(self) -> bool: ...

    @property
    def seed(self) -> int: ...

    @property
    def undoes(self) -> str:
        """What `undo` would bring back, in a few words; "" for nothing."""

    def play(self) -> None: ...

    def pause(self) -> None: ...

    def step(self) -> None: ...

    def reset(self) -> None: ...

    def run_to(self, epoch: int) -> None: ...

    def new_seed(self) -> None: ...

    def undo(self) -> None: ...


def strip(
    session: Played, prefix: str, speeds: Mapping[float, str], data: str, step: int, help_speed: str
) -> None:
    """Draws the strip. `prefix` of its widgets' keys; `speeds`: what each is called; `data`: what
    is learnt, in a word; `step` of the epoch to run to."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{prefix}strip"):
        st.button(
            "Reset", on_click=session.reset, icon=":material/replay:", key=f"{prefix}reset",
            help=f"Back to epoch 0: the same seed, the same {data}, the same run again.",
        )  # fmt: skip
        if session.playing:
            st.button(
                "Pause", on_click=session.pause, icon=":material/pause:", key=f"{prefix}pause",
                type="primary", shortcut="Space", help="Stop training; nothing is lost.",
            )  # fmt: skip
        else:
            st.button(
                "Play", on_click=session.play, icon=":material/play_arrow:", key=f"{prefix}play",
                type="primary", shortcut="Space", disabled=session.stopped,
                help="Train, and watch it learn.",
            )  # fmt: skip
        st.button(
            "Step", on_click=session.step, icon=":material/skip_next:", key=f"{prefix}step",
            disabled=session.playing or session.stopped, shortcut="S", help="Exactly one epoch.",
        )  # fmt: skip
        st.session_state[f"{prefix}speed"] = session.clock.speed
        st.selectbox(
            "Speed", list(speeds), format_func=speeds.__getitem__, key=f"{prefix}speed",
            on_change=_set_speed, args=(session, prefix), width=175,
            label_visibility="collapsed", help=help_speed,
        )  # fmt: skip
        st.session_state[f"{prefix}run_to"] = session.goal
        st.number_input(
            "Epoch to run to", 0, link_text.MAX_EPOCH, step=step, key=f"{prefix}run_to", width=150,
            on_change=_set_goal, args=(session, prefix), label_visibility="collapsed",
            help="Where “Run to epoch” stops. A smaller number than now goes back.",
        )  # fmt: skip
        st.button(
            "Run to epoch", on_click=_run_to, args=(session,), icon=":material/last_page:",
            key=f"{prefix}run_to_epoch",
            help="Train to that epoch as fast as possible, then pause.",
        )  # fmt: skip
        st.button(
            "New seed", on_click=session.new_seed, icon=":material/casino:",
            key=f"{prefix}new_seed", shortcut="N",
            help=f"Other first weights and noise, the same {data}. Now: seed {session.seed}.",
        )  # fmt: skip
        if session.undoes:
            st.button(
                f"Undo: {session.undoes}", on_click=_undo, args=(session,),
                key=f"{prefix}undo", icon=":material/undo:",
                help="Goes back to the run that was put aside.",
            )  # fmt: skip


def _undo(session: Played) -> None:
    session.undo()
    st.rerun()  # the whole page: its settings and what is learnt may be others now


def _set_speed(session: Played, prefix: str) -> None:
    session.clock.speed = st.session_state[f"{prefix}speed"]


def _set_goal(session: Played, prefix: str) -> None:
    session.goal = int(st.session_state[f"{prefix}run_to"])


def _run_to(session: Played) -> None:
    session.run_to(session.goal)
