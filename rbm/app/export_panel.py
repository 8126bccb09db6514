"""Tables out: points, reconstructions and the machine, as files for other programs.

Nothing is computed before a button is pressed: each holds a function, and what it makes is of the
run at that moment, which may have gone on since the page was drawn.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rbm import exports
from rbm.app.session import Session
from rbm.exports import STARTS
from rbm.run import Run

MAX_PASSES = 1_000
NEWEST, EARLIER = "Newest", "An earlier one"


@st.fragment
def export_panel(session: Session) -> None:
    """Four files of the run: points, reconstructions, weights as a table, weights as JSON."""
    epoch = _chosen_epoch(session.run)
    with st.container(horizontal=True):
        _download(
            session, "points", "Points, CSV", ":material/scatter_plot:",
            lambda run: exports.points_csv(run, _at(run, epoch)), epoch,
            "The data learnt from: in the unit square, and in the units of your own table.",
        )  # fmt: skip
        _download(
            session, "weights", "Weights, CSV", ":material/table:",
            lambda run: exports.weights_csv(run, _at(run, epoch)), epoch,
            "A row for each unit: its bias, its slope, and its weights to the visible units.",
        )  # fmt: skip
        _download(
            session, "machine", "Weights, JSON", ":material/data_object:",
            lambda run: exports.weights_json(run, _at(run, epoch)), epoch,
            "The machine with its formulas and settings: enough to build it anywhere.",
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        starts = st.selectbox(
            "Reconstructions start at", list(STARTS), key="export_starts", width=260,
            format_func=STARTS.__getitem__,
        )  # fmt: skip
        passes = int(st.number_input(
            "Passes", 1, MAX_PASSES, 20, key="export_passes", width=130,
            help="Noisy passes v → h → v from each start, with the noise σ of that epoch.",
        ))  # fmt: skip
        _download(
            session, "reconstructions", "Reconstructions, CSV", ":material/bubble_chart:",
            lambda run: exports.reconstructions_csv(run, _at(run, epoch), passes, starts), epoch,
            "A row for each start: where it began, and where the passes took it.",
        )  # fmt: skip
    run = session.run
    learnt = len(run.experiment_at(_at(run, epoch)).data)
    rows = learnt if starts == "data" else exports.N_UNIFORM
    st.caption(
        f"{learnt:,} points learnt, {rows:,} reconstructions, {run.settings.n_hidden} hidden "
        "units. Files have commas between columns and decimal points; numbers read back exactly."
    )


def _chosen_epoch(run: Run) -> int | None:
    """The epoch to export; None: the newest, whichever that is when a button is pressed."""
    first, last = run.first_epoch, run.epoch
    which = st.segmented_control(
        "Epoch", [NEWEST, EARLIER], default=NEWEST, required=True, key="export_which",
        disabled=first == last,
    )  # fmt: skip
    if which == NEWEST or first == last:
        return None
    # The run may have become shorter than what was chosen in it.
    chosen = min(max(st.session_state.get("export_epoch", last), first), last)
    st.session_state["export_epoch"] = chosen
    wanted = st.slider("Earlier epoch", first, last, key="export_epoch")
    return exports.recorded_epoch(run, int(wanted))


def _at(run: Run, epoch: int | None) -> int:
    return run.epoch if epoch is None else epoch


def _download(
    session: Session,
    name: str,
    label: str,
    icon: str,
    make: Callable[[Run], str],
    epoch: int | None,
    explanation: str,
) -> None:
    """A button whose file is made when it is pressed."""
    ending = "json" if name == "machine" else "csv"
    suffix = "" if epoch is None else f"_epoch_{epoch}"

    def content() -> bytes:
        text = make(session.run)
        # Spreadsheets read a file as UTF-8 only with this mark; nobody needs it in plain ASCII.
        return text.encode("ascii" if text.isascii() else "utf-8-sig")

    st.download_button(
        label, content, f"rbm_{name}{suffix}.{ending}",
        "application/json" if ending == "json" else "text/csv",
        key=f"export_{name}", on_click="ignore", icon=icon, help=explanation,
    )  # fmt: skip
