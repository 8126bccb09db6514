"""What the page "Fill in" holds: one case, what of it is known, and how the machine fills it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rbm.app.binary_session import BinarySession
from rbm.binary_scores import QUICK_UNITS
from rbm.cases import Cases
from rbm.filling import (
    Exact,
    Known,
    MeanField,
    Sampled,
    can_fill_exactly,
    exactly,
    mean_field,
    sampled,
)
from rbm.masks import MASKS
from rbm.models.binary import BinaryMachine
from rbm.recovery import baselines
from rbm.units import Floats

KEY = "fill"
ANY = -1
PARTS = {"held_out": "Held out", "learnt": "Learnt", "own": "Your own"}


@dataclass(frozen=True, eq=False)
class Bench:
    """`values` (units,) of the case looked at, `known` (units,); `part` a key of `PARTS`, `place`
    its place among all `cases` (the last one looked at, when `part` is "own"); `label`: only cases
    with it are looked at, `ANY` for all. `seed` of the chains, of which there are `chains` of
    `steps` steps."""

    cases: Cases
    values: Floats
    known: Known
    part: str
    place: int
    label: int = ANY
    seed: int = 0
    chains: int = 100
    steps: int = 60

    @property
    def has_truth(self) -> bool:
        """Whether the covered units' values are those of a real case."""
        return self.part != "own"


@dataclass(frozen=True, eq=False)
class Filled:
    """One case, filled in every way there is."""

    machine: BinaryMachine
    bench: Bench

    @cached_property
    def sampled(self) -> Sampled:
        """By chains from noise."""
        here = self.bench
        rng = np.random.default_rng([here.seed, here.place])
        return sampled(
            self.machine, here.values, here.known, rng, chains=here.chains, steps=here.steps
        )

    @cached_property
    def mean_field(self) -> MeanField:
        """By the mean field."""
        return mean_field(self.machine, self.bench.values, self.bench.known)

    @cached_property
    def exact(self) -> Exact | None:
        """By enumeration, where that is quick."""
        unknown = int((~self.bench.known).sum())
        quick = min(self.machine.n_hidden, unknown) <= QUICK_UNITS
        if not quick or not can_fill_exactly(self.machine, self.bench.known):
            return None
        return exactly(self.machine, self.bench.values, self.bench.known)

    @cached_property
    def baselines(self) -> dict[str, Floats]:
        """Without the machine: name → (units,), known units as they are."""
        here = self.bench
        own = own_places(here.cases, np.array([here.place if here.has_truth else -1]))
        found = baselines(here.cases.training, here.values[None], here.known[None], own)
        return {name: np.where(here.known, here.values, one[0]) for name, one in found.items()}


def own_places(cases: Cases, places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where cases at these places stand among the learnt ones; -1 for held-out ones (and -1)."""
    if cases.held_out is None:
        return places
    rank = np.where(cases.held_out, -1, np.cumsum(~cases.held_out) - 1)
    return np.where(places >= 0, rank[places], -1)


def bench(session: BinarySession) -> Bench:
    """This tab's bench; a first case, half covered, whenever the cases are other ones."""
    kept = st.session_state.get(KEY)
    if kept is None or kept.cases is not session.cases:
        cases = session.cases
        part = "learnt" if cases.held_out is None else "held_out"
        place = int(places_of(cases, part)[0])
        blank = np.ones(cases.n_units, np.bool_)
        kept = Bench(cases, cases.values[place], blank, part, place)
        kept = covered(kept, "bottom" if cases.shape else "random")
        st.session_state[KEY] = kept
    found: Bench = kept
    return found


def put(new: Bench) -> None:
    """Takes another bench in place of this tab's."""
    st.session_state[KEY] = new


def filled(session: BinarySession) -> Filled:
    """This tab's case filled by its machine, computed anew only when either has changed."""
    here, machine = bench(session), session.machine()
    kept = st.session_state.get(f"{KEY}_filled")
    if kept is None or kept.bench is not here or kept.machine is not machine:
        kept = Filled(machine, here)
        st.session_state[f"{KEY}_filled"] = kept
    found: Filled = kept
    return found


def places_of(cases: Cases, part: str, label: int = ANY) -> NDArray[np.intp]:
    """Places of the cases of one part, all or those with a label; none at all may be."""
    wanted = np.ones(len(cases.values), np.bool_)
    if cases.held_out is not None and part in ("held_out", "learnt"):
        wanted = cases.held_out == (part == "held_out")
    if label != ANY and cases.labels is not None:
        wanted = wanted & (cases.labels == label)
    return np.flatnonzero(wanted)


def another(here: Bench, part: str, label: int) -> Bench:
    """A case of this part and label at random (of any label where there is none of it), never the
    present one where there are others; the same units stay covered."""
    if not len(places_of(here.cases, part, label)):
        label = ANY
    places = places_of(here.cases, part, label)
    others = places[places != here.place]
    rng = np.random.default_rng([here.seed, here.place])
    place = int(rng.choice(others if len(others) else places))
    values = here.cases.values[place]
    return replace(here, part=part, label=label, place=place, values=values, seed=here.seed + 1)


def draw_own(here: Bench) -> Bench:
    """An image of the user's own: at first empty; the covered pixels stay covered."""
    return replace(here, part="own", values=np.zeros(here.cases.n_units))


def covered(here: Bench, name: str) -> Bench:
    """The same case, covered by a row of `MASKS`; each draw of one that has chance is another."""
    rng = np.random.default_rng([here.seed, 1])
    known = MASKS[name].known(here.cases.shape or (1, here.cases.n_units), rng)
    return replace(here, known=known, seed=here.seed + MASKS[name].chance)
