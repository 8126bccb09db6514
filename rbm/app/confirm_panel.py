"""Is it better? A search's winner on fresh seeds and fresh data, beside what it has to beat."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rbm.app import lab
from rbm.app.confirm_work import Confirming, kept_verdicts
from rbm.app.figure_look import dressed
from rbm.app.kept_widget import keyed
from rbm.app.messages import duration, plain
from rbm.app.search_words import counted, work_of
from rbm.app.search_work import SEARCHES, Searching
from rbm.patterns import PATTERNS
from rbm.tuning import ExecutorLost
from rbm.tuning.claims import START, TUTORIAL_NAME, WINNER, confirmation_of, versus
from rbm.tuning.confirmation import Confirmation, Verdict
from rbm.tuning.database import StoreError
from rbm.tuning.search import Record
from rbm.tuning.store import Store
from rbm.views import searches

KEY = "confirm_work"
FEWEST_SEEDS, MOST_SEEDS = 8, 64
"""Fewer make bootstrap intervals too narrow to be believed."""
LOOK_SECONDS = 1.0
ON_OTHER_POINTS = "hence on other points, with other first weights and noise"
ON_SAME_POINTS = (
    "hence with other first weights and noise, but on the same points, as your data have no others"
)


def confirm_panel(work: Searching, winner: Record) -> None:
    """The choices, and the verdicts on the trial `winner`."""
    st.subheader("Is it better?", anchor=False)
    own_data = work.search.dataset is not None and not st.session_state.get("confirm_everywhere")
    st.caption(
        "The best of many noisy numbers is better than what it stands for. So the winner, the "
        "start of the search and the tutorial's values are trained again with seeds that no search "
        f"uses, {ON_SAME_POINTS if own_data else ON_OTHER_POINTS}, and compared run by run."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="confirm_begin"):
        seeds = st.number_input(
            "Fresh seeds", FEWEST_SEEDS, MOST_SEEDS, key=keyed("confirm_seeds", 16), width=130,
            help="Runs of each candidate on each pattern. More make the intervals narrower. "
            f"{FEWEST_SEEDS} at least: with fewer, bootstrap intervals come out too narrow, and "
            f"luck would pass for “better”. {MOST_SEEDS} at most.",
        )  # fmt: skip
        everywhere = st.toggle(
            "On all patterns", key="confirm_everywhere",
            help=f"On each of the {len(PATTERNS)} patterns instead of what was searched on: does "
            "it hold elsewhere, too?",
        )  # fmt: skip
        on = tuple(PATTERNS) if everywhere else None
        asked = confirmation_of(work.search, winner, int(seeds), on)
        pressed = st.button(
            "Measure it on fresh seeds", key="confirm_start", type="primary",
            icon=":material/verified:",
            help="The trial chosen above, or the best so far.",
        )  # fmt: skip
    st.caption(_cost(asked))
    if pressed:
        _begin(work, winner, asked)
    confirming: Confirming | None = st.session_state.get(KEY)
    if confirming is not None and confirming.study == work.name:
        running = confirming.background.state == "running"
        st.session_state["confirm_watched"] = running
        st.fragment(_live, run_every=LOOK_SECONDS if running else None)(confirming)
    if work.store is not None:
        _earlier(work.store, work.name)


def _cost(asked: Confirmation) -> str:
    """What it takes, and about how long at the pace of this server's searches."""
    each = f"{len(asked.candidates)} candidates × {asked.seeds} seeds"
    if len(asked.patterns) > 1:
        each += f" × {len(asked.patterns)} patterns"
    runs, updates = work_of(asked)
    cost = f"{each} = {counted(runs, 'training')}"
    if pace := SEARCHES.pace:
        cost += f", about {duration(updates / pace)} at the pace of late"
    return f"{cost}."


def _begin(work: Searching, winner: Record, asked: Confirmation) -> None:
    try:
        executor = lab.executor()
    except ExecutorLost as error:
        st.error(plain(str(error)), icon=":material/cloud_off:")
        return
    before: Confirming | None = st.session_state.get(KEY)
    if before is not None:
        before.background.cancel()
    st.session_state[KEY] = Confirming(asked, work.name, winner.number, executor, work.store)


def _live(confirming: Confirming) -> None:
    background = confirming.background
    background.look()
    state, progress = background.state, background.progress
    if state in ("running", "paused"):
        left = progress.remaining
        says = "starting" if left is None else f"about {duration(left)} to go"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(
                progress.done / len(confirming.asked.trials),
                f"{progress.done:,} of {len(confirming.asked.trials):,} trainings: {says}",
                width="stretch",
            )
            st.button("Cancel", key="confirm_cancel", on_click=background.cancel,
                      icon=":material/close:", help="Nothing is claimed then.")  # fmt: skip
        lab.tell_waiting(background.quiet)
    elif state == "failed":
        st.error(plain(background.message), icon=":material/error:")
    elif state == "cancelled":
        st.info("Cancelled, so nothing is claimed.", icon=":material/close:")
    if verdicts := confirming.verdicts:
        _verdicts(confirming, verdicts)
    if (state == "running") != st.session_state["confirm_watched"]:
        st.rerun()


def _verdicts(confirming: Confirming, verdicts: Sequence[Verdict]) -> None:
    for default in (START, TUTORIAL_NAME):
        if default in confirming.asked.candidates:
            found = versus(confirming.asked, confirming.outcomes, default, WINNER)
            st.markdown(plain(sentence(confirming.number, default, found)))
        elif default == TUTORIAL_NAME:
            st.caption("The start has the tutorial's values.")
    st.plotly_chart(
        dressed(searches.verdicts(verdicts)), theme=None, key="confirm_picture",
        config={"displayModeBar": False},
    )  # fmt: skip
    st.dataframe([_row(verdict) for verdict in verdicts], hide_index=True)
    if len(verdicts[0].by_pattern) > 1:
        with st.expander("Pattern by pattern"):
            st.dataframe(
                [
                    {"Pattern": PATTERNS[name].label}
                    | {verdict.name: f"{verdict.by_pattern[name]:.3f}" for verdict in verdicts}
                    for name in verdicts[0].by_pattern
                ],
                hide_index=True,
            )


def sentence(number: int, default: str, found: Verdict) -> str:
    """What may be said of a winner beside a default, and on what evidence."""
    mean, low, high = found.difference
    if found.better:
        what = f"Trial {number} is better than the {default}"
    elif low > 0:
        what = f"Trial {number} is worse than the {default}"
    else:
        what = f"Trial {number} is not shown to be better than the {default}"
    numbers = f"{mean:+.3f}, 95 % interval {low:+.3f} to {high:+.3f}".replace("-", "−")
    return f"{what}: its mismatch differs by {numbers}, over {found.runs:,} runs of each."


def _row(verdict: Verdict) -> dict[str, str | int]:
    return {
        "Candidate": verdict.name,
        "Mismatch": f"{verdict.mean:.3f}",
        "95 % interval": f"{verdict.low:.3f} to {verdict.high:.3f}",
        "Runs": verdict.runs,
        "No better than noise": verdict.above_one,
        "Diverged": verdict.diverged,
        "Seconds a run": f"{verdict.seconds:.2f}",
    }


def _earlier(store: Store, study: str) -> None:
    """What was measured again before, maybe in another tab or before the server was restarted."""
    with st.expander(
        "Measured again before", key="confirm_earlier", on_change="rerun", icon=":material/history:"
    ) as group:
        if not group.open:
            return
        try:
            runs = kept_verdicts(store, study)
        except StoreError as error:
            st.caption(plain(str(error)))
            return
        if not runs:
            st.caption("None yet.")
            return
        st.dataframe(
            [
                {
                    "Trial": run.scores["trial"],
                    "Mismatch": f"{run.mismatch:.3f}",
                    "95 % interval": f"{run.scores['low']:.3f} to {run.scores['high']:.3f}",
                    "Beside the start": f"{run.scores['difference'][0]:+.3f}".replace("-", "−"),
                    "Better than the start": "yes" if run.scores["better"] else "not shown",
                    "Runs": run.scores["runs"],
                    "Patterns": len(run.scores["patterns"]),
                }
                for run in runs
            ],
            hide_index=True,
        )
