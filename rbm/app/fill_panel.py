"""The page "Fill in": which case, what is covered, and how the machine fills it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from rbm.app import fill_bench
from rbm.app.binary_session import BinarySession
from rbm.app.fill_bench import ANY, PARTS, Filled, bench, put
from rbm.app.messages import plain
from rbm.app.pixels import Panel, painted, pixel_board, pixel_player
from rbm.cases import Cases
from rbm.masks import MASKS
from rbm.recovery import MEASURES, METHODS, SEVERAL
from rbm.unit_sums import written

BOARD = "fill_board"
MOST_CHAINS, MOST_STEPS = 1_000, 500


def case_choice(session: BinarySession) -> None:
    """A held-out case, a learnt one, or one of the user's own; by label, by number, at random."""
    here = bench(session)
    cases = here.cases
    parts = [part for part in PARTS if part != "held_out" or cases.held_out is not None]
    st.session_state["fill_part"] = here.part
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Case", parts, key="fill_part", format_func=PARTS.__getitem__, required=True,
            on_change=_choose_part, args=(session,),
            help="Held-out cases are ones that the machine has never learnt from.",
        )  # fmt: skip
        if here.part == "own":
            return
        if cases.labels is not None:
            names = {ANY: "any"} | dict(enumerate(cases.label_names))
            st.session_state["fill_label"] = here.label
            st.selectbox(
                "Label", list(names), key="fill_label", format_func=names.__getitem__,
                on_change=_another, args=(session,), width=150,
            )  # fmt: skip
        st.button(
            "Another", on_click=_another, args=(session,), icon=":material/casino:",
            help="Another case of these, at random.",
        )  # fmt: skip
    st.caption(plain(_name_of(cases, here.place)))


def _name_of(cases: Cases, place: int) -> str:
    name = cases.row_names[place] if cases.row_names else f"Case {place + 1:,}"
    if cases.labels is not None and cases.label_names:
        name += f", label: {cases.label_names[cases.labels[place]]}"
    return name


def _choose_part(session: BinarySession) -> None:
    here, part = bench(session), st.session_state["fill_part"]
    put(fill_bench.draw_own(here) if part == "own" else fill_bench.another(here, part, here.label))


def _another(session: BinarySession) -> None:
    here = bench(session)
    put(fill_bench.another(here, here.part, st.session_state.get("fill_label", ANY)))


def cover_panel(session: BinarySession) -> None:
    """The image with its brushes, and buttons that cover parts of it."""
    here = bench(session)
    cases = here.cases
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown("Cover", width="content")
        for name, mask in MASKS.items():
            if cases.shape or not mask.images:
                st.button(
                    mask.label, key=f"fill_mask_{name}", on_click=_cover, args=(session, name)
                )
    if cases.shape:
        pixel_board(
            here.values, here.known, shape=cases.shape, key=BOARD,
            editable="mask" if here.has_truth else "both", label="The case",
            on_change=lambda: _painted(session),
        )  # fmt: skip
        st.caption(
            "Paint over what shall be unknown: covered pixels are hatched, and the machine is not "
            "told what lies below."
        )


def _cover(session: BinarySession, name: str) -> None:
    put(fill_bench.covered(bench(session), name))


def _painted(session: BinarySession) -> None:
    here = bench(session)
    board = painted(BOARD, here.cases.n_units)
    if board is not None:
        values = here.values if here.has_truth else board.values
        put(replace(here, values=values, known=board.known))


def chains_panel(session: BinarySession) -> None:
    """How many chains, how long, and once more from other noise."""
    here = bench(session)
    st.session_state["fill_chains"], st.session_state["fill_steps"] = here.chains, here.steps
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            "Chains", 2, MOST_CHAINS, key="fill_chains", on_change=_set, args=(session,), width=130,
            help="All begin at noise of their own; their average is what the machine expects.",
        )  # fmt: skip
        st.number_input(
            "Steps", 1, MOST_STEPS, key="fill_steps", on_change=_set, args=(session,), width=130,
            help="Gibbs steps v → h → v of each chain. The average takes the later half.",
        )  # fmt: skip
        st.button("Again, from other noise", on_click=_again, args=(session,),
                  icon=":material/replay:")  # fmt: skip


def _set(session: BinarySession) -> None:
    chains, steps = st.session_state["fill_chains"], st.session_state["fill_steps"]
    put(replace(bench(session), chains=chains, steps=steps))


def _again(session: BinarySession) -> None:
    here = bench(session)
    put(replace(here, seed=here.seed + 1))


def watch_panel(filled: Filled) -> None:
    """Images side by side, played step by step: chains and mean field beside the truth."""
    here, drawn = filled.bench, filled.sampled
    assert here.cases.shape
    rounds = len(filled.mean_field.frames) - 1
    settled = "settled after" if filled.mean_field.converged else "not settled after"
    average = f"Average of {here.chains:,} chains"
    panels = [
        Panel("One chain", drawn.chain, "zeros and ones, from noise"),
        Panel(average, drawn.mean, "over the later half of its steps"),
        Panel("Uncertainty", 2.0 * drawn.spread, "standard deviation, full colour: ½", "spread"),
        Panel("Mean field", filled.mean_field.frames, f"{settled} {rounds} rounds"),
    ]
    if filled.exact is not None:
        panels.append(Panel("Exact", filled.exact.mean, "by enumeration"))
    if here.has_truth:
        panels.insert(0, Panel("The truth", here.values, "not told to the machine"))
    panels += [
        Panel(METHODS[name], image, "no machine, for comparison")
        for name, image in filled.baselines.items()
    ]
    pixel_player(panels, here.known, shape=here.cases.shape, key="fill_player")


def predictions(filled: Filled) -> dict[str, np.ndarray]:
    """Every way to fill this case, by its name: (units,) each."""
    found = {
        f"Average of {filled.bench.chains:,} chains": filled.sampled.mean[-1],
        "One chain": filled.sampled.chain[-1],
        "Mean field": filled.mean_field.mean,
    }
    if filled.exact is not None:
        found["Exact"] = filled.exact.mean
    return found | {METHODS[name]: image for name, image in filled.baselines.items()}


def numbers_panel(filled: Filled) -> None:
    """How far each filling is from the truth of this one case."""
    here, drawn = filled.bench, filled.sampled
    unknown = ~here.known
    if here.has_truth:
        truth = here.values[unknown]
        rows = [
            {"Filled by": name}
            | {m.label: float(m.loss(truth, guess[unknown]).mean()) for m in MEASURES.values()}
            for name, guess in predictions(filled).items()
        ]
        numbers = {m.label: st.column_config.NumberColumn(format="%.3f") for m in MEASURES.values()}
        st.dataframe(rows, hide_index=True, column_config=numbers, height="content")
    said = (
        f"{int(unknown.sum()):,} of {len(unknown):,} units are unknown. The average over chains "
        f"is known to ± {written(float(drawn.error[unknown].max()), 3)} at worst (standard error)."
    )
    if filled.exact is not None:
        off = float(np.abs(drawn.mean[-1] - filled.exact.mean).max())
        said += f" It lies within {written(off, 3)} of the exact answer."
    energy = filled.machine.free_energy(drawn.chain[[0, -1]])
    said += (
        f" The free energy of the one chain has gone from {written(energy[0], 1)} at noise to "
        f"{written(energy[1], 1)}"
    )
    if here.has_truth:
        rounded = filled.machine.free_energy(here.values.round()[None])[0]
        said += f"; that of the truth, rounded to zeros and ones, is {written(rounded, 1)}"
    st.caption(
        f"{said}. A chain that is asked for one answer must be wrong where the machine is unsure; "
        f"an average says ½ there. The mean of {SEVERAL} neighbours is what the nearest one is to "
        "one chain."
    )
