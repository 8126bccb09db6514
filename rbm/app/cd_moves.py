"""Everything that changes what the page "One CD step" holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from rbm.app import bench_address
from rbm.app.cd_bench import FIRST, Bench, Machine, from_link, states_told, to_link, typed
from rbm.cd_steps import NAMES
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.structure import random_machine, resized
from rbm.unit_sums import Floats

KEY = "cd_step"
MODEL = "cd_model"


def arrive() -> None:
    """Opens what the link asks for, on the tab's first visit of the page."""
    if KEY in st.session_state:
        st.session_state.setdefault(MODEL, st.session_state["cd_model_kept"])
        return
    opened = bench_address.opened(from_link) or FIRST["binary"]()
    st.session_state[KEY] = {opened.kind: opened}
    st.session_state[MODEL] = opened.kind


def begin(machine: BinaryMachine, v: Floats) -> None:
    """Makes a binary machine and its data, zeros and ones, what the page shows when it is opened
    next; its other settings are those of the first example."""
    kept: dict[str, Bench] = st.session_state.setdefault(KEY, {})
    old = kept.get("binary", FIRST["binary"]())
    kept["binary"] = replace(
        FIRST["binary"](), machine=machine, base=machine, told=(typed(v), "", "", ""),
        revision=old.revision + 1,
    )  # fmt: skip
    st.session_state["cd_model_kept"] = "binary"


def leave_address() -> None:
    """Puts the bench into the address bar, unless something told cannot be read."""
    bench_address.show(to_link(bench()))


def bench() -> Bench:
    """The bench of the model that is chosen; its first example on its first visit."""
    st.session_state["cd_model_kept"] = kind = st.session_state[MODEL]
    kept: dict[str, Bench] = st.session_state[KEY]
    if kind not in kept:
        kept[kind] = FIRST[kind]()
    return kept[kind]


def put(new: Bench) -> None:
    """Makes `new` the bench of the model that is chosen."""
    st.session_state[KEY][st.session_state[MODEL]] = new


def put_machine(machine: Machine, told: tuple[str, ...]) -> None:
    """Another machine and other states: the first step, from rest."""
    here = bench()
    v, h, v_end, h_end = told
    put(
        replace(
            here, machine=machine, base=machine, told=(v, h, v_end, h_end), at=0, selected=None,
            taken=0, velocity={}, revision=here.revision + 1,
        )
    )  # fmt: skip


def go(to: int) -> None:
    """To a sub-step, 0 to 7; beyond the ends it stays at them."""
    put(replace(bench(), at=min(max(to, 0), len(NAMES) - 1)))


def back() -> None:
    """To the sub-step before this one; not asked for by its number, so quick presses add up."""
    go(bench().at - 1)


def forward() -> None:
    """To the next sub-step, and from the last one on to the next step."""
    here = bench()
    if here.at == len(NAMES) - 1:
        go_on()
    else:
        go(here.at + 1)


def load_first() -> None:
    """The model's own example again."""
    first = FIRST[st.session_state[MODEL]]()
    put(replace(first, revision=bench().revision + 1))


def load_random() -> None:
    """Random weights, random data, nothing pinned."""
    here = bench()
    n_visible, n_hidden = here.machine.weights.shape
    v = np.random.default_rng(here.revision).random((n_visible,))
    if isinstance(here.machine, ContinuousMachine):
        v = np.round(here.machine.low + (here.machine.high - here.machine.low) * v, 2)
    else:
        v = np.round(v)
    random = random_machine(n_visible, n_hidden, here.revision)
    put_machine(_with_parameters_of(here.machine, random), (typed(v), "", "", ""))


def resize(n_visible: int, n_hidden: int) -> None:
    """Other numbers of units; states and weights of those that stay are kept."""
    here = bench()
    told = tuple(
        _cut(text, count) for text, count in zip(here.told, (n_visible, n_hidden) * 2, strict=True)
    )
    plain = BinaryMachine(here.machine.weights, here.machine.visible_bias, here.machine.hidden_bias)
    new = resized(plain, n_visible, n_hidden, here.revision)
    put_machine(_with_parameters_of(here.machine, new), told)


def stretch(low: float, high: float) -> None:
    """Another range of the continuous units; told states go along, s ↦ their place in it."""
    here = bench()
    machine = here.machine
    if not isinstance(machine, ContinuousMachine) or (machine.low, machine.high) == (low, high):
        return
    width = machine.high - machine.low

    def moved(states: Floats) -> str:
        return typed((low + (high - low) * (states - machine.low) / width).round(12))

    v, h, v_end, h_end = (moved(states) for states in here.states())
    new = replace(machine, low=low, high=high)
    put(replace(here, machine=new, base=new, told=(v, h, v_end, h_end)))


def go_on() -> None:
    """The next step on the same data, from the updated machine, with its velocity and new draws."""
    here = bench()
    step = here.step()
    machine = with_parameters(here.machine, step.learned)
    put_machine(machine, (here.told[0], "", "", ""))
    put(replace(bench(), taken=here.taken + 1, velocity=step.velocity))


def switch(unit: int) -> None:
    """Turns a visible unit of the binary data on or off."""
    here = bench()
    v = states_told(here.told[0], here.counts[0], "v")
    v[unit] = 0.0 if v[unit] == 1 else 1.0
    put(replace(here, told=(typed(v), *here.told[1:])))


def with_parameters(machine: Machine, parameters: dict[str, Any]) -> Machine:
    """The machine with some of its fields replaced."""
    if isinstance(machine, BinaryMachine):
        return replace(machine, **parameters)
    return replace(machine, **parameters)


def _cut(text: str, count: int) -> str:
    """The first states of a text, with zeros for data that has become longer."""
    words = text.split()
    return " ".join([*words[:count], *["0"] * (count - len(words))]) if words else ""


def _with_parameters_of(machine: Machine, new: BinaryMachine) -> Machine:
    """`new`, or the continuous machine of its parameters; slopes of units that stay are kept."""
    if isinstance(machine, BinaryMachine):
        return new
    slopes = [
        np.concatenate([old[:count], np.ones(max(0, count - len(old)))])
        for old, count in (
            (machine.visible_slope, new.n_visible), (machine.hidden_slope, new.n_hidden),
        )
    ]  # fmt: skip
    return replace(
        machine,
        weights=new.weights,
        visible_bias=new.visible_bias,
        hidden_bias=new.hidden_bias,
        visible_slope=slopes[0],
        hidden_slope=slopes[1],
    )
