"""Below each control, what its setting does: strips that fill in while the settings rest.

They are drawn by one fragment into places that the controls leave for them, so that new results
redraw no control under the user's hand. A tiny component asks for the next look while there is
something to wait for, and is silent at rest and while its tab is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

import streamlit as st

from rbm.app import lab
from rbm.app.messages import plain
from rbm.app.sensitivity_memory import Memory
from rbm.app.sensitivity_work import STUCK, Strips
from rbm.app.session import Session
from rbm.settings import KNOBS
from rbm.tuning.space import TUNABLE
from rbm.tuning.strips import EPOCHS, SEEDS, Point, Strip, words
from rbm.views.sensitivity import height, strip_drawing

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

PARAMETER = "page.strips"
"""In the page's link: "1" while the strips are shown."""
KEY, PANEL = "strips_on", "strips_panel"
LOOK_EVERY = 1000
"""Milliseconds between two looks at the work."""
SAYS = (
    "Below each control, the mismatch against that one setting, all others as they are: 0 (the "
    "floor) is as good as fresh data, 1 (dashed) no better than noise. The line is the median of "
    f"{len(SEEDS)} seeds, the band their quartiles; upright line: now; ▲: the best value tried; "
    "hatched: a quarter of the runs or more end no better than noise; ↑: above 1; ✕: runs "
    "diverged."
)
SAFE = " /:;=,.()'"
"""Characters of a drawing that an address may hold as they are."""
_PULSE = """
const timers = new WeakMap(); // one of each place: Streamlit calls this anew with every update
export default function ({ data, parentElement, setTriggerValue }) {
  const askIn = (milliseconds) => timers.set(parentElement, setTimeout(ask, milliseconds));
  function ask() {
    if (!parentElement.isConnected) return; // the page was left
    if (!document.hidden) setTriggerValue("look", data.turn);
    askIn(document.hidden ? 1000 : 10000); // once more if an answer got lost
  }
  clearTimeout(timers.get(parentElement));
  if (data.every) askIn(data.every);
}
"""
_pulse = st.components.v2.component("strips_pulse", js=_PULSE)


@dataclass(eq=False)
class Panel:
    """The tab's strips, and where this run of the page has left places for them."""

    strips: Strips
    head: DeltaGenerator | None = None
    places: dict[str, DeltaGenerator] = field(default_factory=dict)
    turn: int = 0


@st.cache_resource(show_spinner=False)
def _memory() -> Memory:
    return Memory(lab.executor)


def switch() -> None:
    """The toggle, above all settings; below it, how far the strips are."""
    st.session_state[KEY] = shown()
    st.toggle(
        "Show what each setting does", key=KEY, on_change=_switched,
        help=f"{SAYS} Trainings are short, of {EPOCHS} epochs, and begin when your settings rest. "
        "Long ones may rank values otherwise: what learns slowly, as with a small learning rate "
        "or momentum, is hatched here and may yet come to be good.",
    )  # fmt: skip
    panel: Panel | None = st.session_state.get(PANEL)
    if not shown():
        if panel is not None:
            panel.strips.stop()
        return
    if panel is None:
        panel = st.session_state[PANEL] = Panel(Strips(_memory()))
    panel.head, panel.places = st.container(), {}


def place(name: str) -> None:
    """Leaves a place for the strip of a setting, right here, if strips are shown."""
    if shown() and name in TUNABLE and PANEL in st.session_state:
        st.session_state[PANEL].places[name] = st.container(key=f"strip_{name}")


def follow(session: Session) -> None:
    """Draws the strips and follows them, once all places are there."""
    panel: Panel | None = st.session_state.get(PANEL)
    if shown() and panel is not None and panel.head is not None:
        with panel.head:
            _follow(session, panel)


def address() -> Mapping[str, str]:
    """What the page's link says of the strips."""
    return {PARAMETER: "1"} if shown() else {}


@st.fragment(key="strips")
def _follow(session: Session, panel: Panel) -> None:
    strips = panel.strips
    strips.want(session.settings, session.dataset, tuple(panel.places))
    strips.look()
    for strip in strips.strips:
        panel.places[strip.name].html(_element(strip, strips.points(strip)))
    waiting = strips.unfinished
    _progress(strips)
    panel.turn += 1
    _pulse(
        key="strips_pulse",
        data={"every": LOOK_EVERY if waiting else 0, "turn": panel.turn},
        on_look_change=_nothing,
    )


def _element(strip: Strip, points: Sequence[Point | None]) -> str:
    """A strip as an image, which is all that the page lets in, and its few words for everybody."""
    dark = st.context.theme.type == "dark"
    drawing = strip_drawing(strip, points, "dark" if dark else "paper")
    said = escape(words(strip, points))
    label = escape(f"{KNOBS[strip.name].label}, mismatch")
    return (
        f'<div class="strip {KNOBS[strip.name].kind}" title="{said}"><img alt="{label}: {said}" '
        f'style="height:{height(strip)}px" src="data:image/svg+xml,{quote(drawing, SAFE)}">'
        f'<span aria-hidden="true">{said}</span></div>'
    )


def _progress(strips: Strips) -> None:
    if strips.problem:
        st.caption(f":material/error: {plain(strips.problem)} The controls work as ever.")
        if strips.strips:
            st.button("Try again", key="strips_again", on_click=strips.again)
        return
    done, total = strips.trainings
    each = f"{total} trainings of {strips.epochs} epochs, {len(SEEDS)} seeds a value"
    if not total:
        st.caption("Open a group of settings to see what each of them does.")
    elif strips.working:
        st.progress(done / total, f"{done} of {each}")
    elif strips.unfinished:
        st.progress(done / total, f"{each}: begin when the settings rest")
    else:
        took = f", in {strips.seconds:.1f} s" if strips.seconds else ": all known already"
        st.caption(f"{each}{took}. Long trainings may rank values otherwise.")
    if strips.stuck:
        st.caption(
            f":material/hourglass: Nothing has come for {STUCK:.0f} s: the server's workers are "
            "busy, or stuck. The controls work as ever."
        )


def shown() -> bool:
    """Whether the tab shows strips."""
    if "strips_wanted" not in st.session_state:
        st.session_state["strips_wanted"] = st.query_params.get(PARAMETER) == "1"
    return bool(st.session_state["strips_wanted"])


def _switched() -> None:
    st.session_state["strips_wanted"] = st.session_state[KEY]


def _nothing() -> None:
    """Streamlit reports only what has a callback."""
