"""What the page "One CD step" holds, and everything that changes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from rbm.app.graph import Touched
from rbm.cd_models import (
    CLASSIC_MACHINE,
    CLASSIC_PINS,
    CLASSIC_RATE,
    CLASSIC_V,
    BinaryCD,
    ContinuousCD,
)
from rbm.cd_steps import NAMES, CDModel, CDStep, Pins, cd_step
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.structure import random_machine, resized
from rbm.unit_sums import Floats, written

KEY = "cd_step"
ROWS = ("v", "h", "v′", "h′")
"""The layers whose states can be told: the data, and the three that are computed."""


@dataclass(frozen=True, eq=False)
class Bench:
    """One model's part of the page: machine, settings, and where the reader is.

    told: for each of `ROWS` what the user typed, see `states_told`. base and revision: as
    `rbm.app.parameter_editor` wants them. `low`, `high` and slopes of the machine belong to the
    continuous model alone, as `sigma` and `slope_rate` do; `with_probabilities` to the binary one.
    """

    machine: BinaryMachine | ContinuousMachine
    base: BinaryMachine | ContinuousMachine
    told: tuple[str, str, str, str]
    rate: float = CLASSIC_RATE
    seed: int = 1
    with_probabilities: bool = False
    sigma: float = 0.2
    slope_rate: float = 0.5
    at: int = 0
    selected: Touched | None = None
    revision: int = 0

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Units in each of `ROWS`."""
        n_visible, n_hidden = self.machine.weights.shape
        return n_visible, n_hidden, n_visible, n_hidden

    def step(self) -> CDStep:
        """The whole CD step; `ValueError` with a sentence when something told cannot be read."""
        binary = isinstance(self.machine, BinaryMachine)
        v, *told = (
            states_told(text, count, name, binary)
            for text, count, name in zip(self.told, self.counts, ROWS, strict=True)
        )
        if np.isnan(v).any():
            raise ValueError(f"v is the data: it needs all its {len(v)} numbers.")
        return cd_step(self._model(), v, self.rate, Pins(*told))

    def _model(self) -> CDModel:
        if isinstance(self.machine, BinaryMachine):
            return BinaryCD(self.machine, self.seed, self.with_probabilities)
        return ContinuousCD(self.machine, self.seed, self.sigma, self.slope_rate)


def states_told(text: str, count: int, name: str, binary: bool) -> Floats:
    """The states typed for a layer, (count,); NaN for a unit written as "?", and for all of an
    empty text. Spaces, commas or semicolons separate them; binary ones may stand together ("0110").

    Raises `ValueError` with a sentence when there are too few or many, or one out of range.
    """
    words = text.replace(",", " ").replace(";", " ").replace("[", " ").replace("]", " ").split()
    if binary and len(words) == 1 and len(words[0]) > 1:
        words = list(words[0])
    if not words:
        return np.full(count, np.nan)
    if len(words) != count:
        raise ValueError(f"{name} has {count} units, but {len(words)} states are given: {text!r}.")
    states = []
    for word in words:
        try:
            state = np.nan if word == "?" else float(word)
        except ValueError:
            raise ValueError(f"{name}: {word!r} is not a number; ? leaves a unit open.") from None
        fits = state in (0, 1) if binary else 0 <= state <= 1
        if word != "?" and not fits:
            raise ValueError(
                f"{name}: a unit is {'0 (off) or 1 (on)' if binary else 'between 0 and 1'}, "
                f"not {word}."
            )
        states.append(state)
    return np.array(states)


def bench() -> Bench:
    """The bench of the model that is chosen; its first example on the first visit."""
    st.session_state.setdefault("cd_model", st.session_state.get("cd_model_kept", "binary"))
    st.session_state["cd_model_kept"] = kind = st.session_state["cd_model"]
    kept: dict[str, Bench] = st.session_state.setdefault(KEY, {})
    if kind not in kept:
        kept[kind] = FIRST[kind]()
    return kept[kind]


def put(new: Bench) -> None:
    """Makes `new` the bench of the model that is chosen."""
    st.session_state[KEY][st.session_state["cd_model"]] = new


def put_machine(machine: BinaryMachine | ContinuousMachine, told: tuple[str, ...]) -> None:
    """Another machine and other states: the step begins anew."""
    here = bench()
    v, h, v_end, h_end = told
    put(
        replace(
            here, machine=machine, base=machine, told=(v, h, v_end, h_end), at=0, selected=None,
            revision=here.revision + 1,
        )
    )  # fmt: skip


def go(to: int) -> None:
    """To a sub-step, 0 to 7; beyond the ends it stays at them."""
    put(replace(bench(), at=min(max(to, 0), len(NAMES) - 1)))


def load_first() -> None:
    """The model's own example again."""
    first = FIRST[st.session_state["cd_model"]]()
    put(replace(first, revision=bench().revision + 1))


def load_random() -> None:
    """Random weights, random data, nothing pinned."""
    here = bench()
    n_visible, n_hidden = here.machine.weights.shape
    rng = np.random.default_rng(here.revision)
    decimals = 0 if isinstance(here.machine, BinaryMachine) else 2
    v = np.round(rng.random(n_visible), decimals)
    random = random_machine(n_visible, n_hidden, here.revision)
    put_machine(_with_parameters_of(here.machine, random), (_typed(v), "", "", ""))


def resize(n_visible: int, n_hidden: int) -> None:
    """Other numbers of units; states and weights of those that stay are kept."""
    here = bench()
    told = tuple(
        _cut(text, count) for text, count in zip(here.told, (n_visible, n_hidden) * 2, strict=True)
    )
    plain = BinaryMachine(here.machine.weights, here.machine.visible_bias, here.machine.hidden_bias)
    new = resized(plain, n_visible, n_hidden, here.revision)
    put_machine(_with_parameters_of(here.machine, new), told)


def go_on() -> None:
    """The next step on the same data, from the updated machine and with new draws."""
    here = bench()
    put_machine(with_parameters(here.machine, here.step().learned), (here.told[0], "", "", ""))
    put(replace(bench(), seed=here.seed + 1))


def switch(unit: int) -> None:
    """Turns a visible unit of the binary data on or off."""
    here = bench()
    v = states_told(here.told[0], here.counts[0], "v", binary=True)
    v[unit] = 0.0 if v[unit] == 1 else 1.0
    put(replace(here, told=(_typed(v), *here.told[1:])))


def _cut(text: str, count: int) -> str:
    """The first states of a text, with zeros for data that has become longer."""
    words = text.split()
    return " ".join([*words[:count], *["0"] * (count - len(words))]) if words else ""


def _typed(states: Floats) -> str:
    return " ".join("?" if np.isnan(state) else written(state) for state in states)


def with_parameters(
    machine: BinaryMachine | ContinuousMachine, parameters: dict[str, Any]
) -> BinaryMachine | ContinuousMachine:
    """The machine with some of its fields replaced."""
    if isinstance(machine, BinaryMachine):
        return replace(machine, **parameters)
    return replace(machine, **parameters)


def _with_parameters_of(
    machine: BinaryMachine | ContinuousMachine, new: BinaryMachine
) -> BinaryMachine | ContinuousMachine:
    """`new`, or the continuous machine of its parameters; new units get the slope of the first."""
    if isinstance(machine, BinaryMachine):
        return new
    return ContinuousMachine(
        new.weights,
        new.visible_bias,
        new.hidden_bias,
        np.full(new.n_visible, machine.visible_slope[0]),
        np.full(new.n_hidden, 1.0),
    )


def _classic() -> Bench:
    v, h, v_end, h_end = (_typed(each) for each in (CLASSIC_V, *CLASSIC_PINS))
    return Bench(CLASSIC_MACHINE, CLASSIC_MACHINE, (v, h, v_end, h_end))


def _continuous() -> Bench:
    machine = ContinuousMachine(
        np.array([[1.2, -0.8, 0.5], [-0.6, 1.1, 0.9]]),
        visible_bias=np.array([0.3, -0.2]),
        hidden_bias=np.array([-0.4, 0.1, 0.2]),
        visible_slope=np.array([1.0, 1.0]),
        hidden_slope=np.array([1.0, 1.5, 2.0]),
    )
    return Bench(machine, machine, ("0.3 0.8", "", "", ""), rate=0.5)


FIRST = {"binary": _classic, "continuous": _continuous}
"""Each model's own example."""
