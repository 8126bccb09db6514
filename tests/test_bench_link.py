"""Links of the pages about structure: each other's inverse, exact, and suspicious of strangers."""

from __future__ import annotations

import contextlib
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.app import cd_bench, structure_bench
from rbm.app.cd_bench import FIRST, Bench
from rbm.app.graph import Touched
from rbm.bench_link import (
    MAX_CHARACTERS,
    Parts,
    joined,
    machine_parts,
    unit_name,
)
from rbm.cd_update import Pace
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine

UNITS = st.integers(1, 8)


def random_bench(kind: str, n_visible: int, n_hidden: int, seed: int) -> Bench:
    """A bench in which nothing is as the page opens."""
    rng = np.random.default_rng(seed)
    shapes = {"weights": (n_visible, n_hidden), "visible_bias": n_visible, "hidden_bias": n_hidden}
    groups = {name: rng.normal(0, 3, shape) for name, shape in shapes.items()}
    velocity = {name: rng.normal(0, 0.1, shape) for name, shape in shapes.items()}
    machine: cd_bench.Machine
    if kind == "binary":
        machine = BinaryMachine(**groups)
        states = [rng.integers(0, 2, n).astype(float) for n in (n_visible, n_hidden) * 2]
    else:
        machine = ContinuousMachine(
            **groups,
            visible_slope=rng.uniform(0.1, 3, n_visible),
            hidden_slope=rng.uniform(0.1, 3, n_hidden),
            low=-1.0,
            high=1.0,
        )
        states = [rng.uniform(-1, 1, n) for n in (n_visible, n_hidden) * 2]
    for pinned in states[1:]:
        pinned[rng.random(len(pinned)) < 0.3] = np.nan
    v, h, v_end, h_end = map(cd_bench.typed, states)
    only = (
        {"with_probabilities": True}
        if kind == "binary"
        else {"sigma": 0.35, "slope_rate": 1.25, "slope_rule": "entropy"}
    )
    return Bench(
        machine, machine, (v, h, v_end, h_end), Pace(0.25, 0.9, 0.001), 77, 3, velocity,
        at=5, selected=Touched("w", n_visible - 1, n_hidden - 1), **only,
    )  # fmt: skip


def assert_same(one: Bench, other: Bench) -> None:
    for each in fields(Bench):
        if each.name in ("machine", "base"):
            mine, its = getattr(one, each.name), getattr(other, each.name)
            assert type(mine) is type(its)
            for part in fields(mine):
                np.testing.assert_array_equal(getattr(mine, part.name), getattr(its, part.name))
        elif each.name == "velocity":
            assert set(one.velocity) == set(other.velocity)
            for name, values in one.velocity.items():
                np.testing.assert_array_equal(values, other.velocity[name])
        elif each.name != "revision":
            assert getattr(one, each.name) == getattr(other, each.name), each.name


@given(st.sampled_from(["binary", "continuous"]), UNITS, UNITS, st.integers(0, 99))
def test_a_step_opens_exactly_as_it_was_copied(
    kind: str, n_visible: int, n_hidden: int, seed: int
) -> None:
    here = random_bench(kind, n_visible, n_hidden, seed)
    link = cd_bench.to_link(here)
    assert sum(map(len, link.values())) < MAX_CHARACTERS
    assert all(value.isascii() for value in link.values())
    there = cd_bench.from_link(link)
    assert_same(here, there)
    assert cd_bench.to_link(there) == link


def test_the_first_example_needs_no_link_and_the_other_has_one() -> None:
    assert cd_bench.to_link(FIRST["binary"]()) == {}
    assert cd_bench.to_link(replace(FIRST["binary"](), at=1))["at"] == "1"
    there = cd_bench.from_link(cd_bench.to_link(FIRST["continuous"]()))
    assert_same(there, FIRST["continuous"]())


def test_a_state_that_cannot_be_read_has_no_link() -> None:
    with pytest.raises(ValueError, match="v has 4 units"):
        cd_bench.to_link(replace(FIRST["binary"](), told=("0 1", "", "", "")))


GOOD = cd_bench.to_link(random_bench("binary", 3, 2, 0))
SMOOTH = cd_bench.to_link(random_bench("continuous", 3, 2, 0))


@pytest.mark.parametrize(
    ("params", "says"),
    [
        (GOOD | {"bench": "2"}, "another version"),
        (GOOD | {"size": "9x2"}, "its size"),
        (GOOD | {"size": "0x2"}, "its size"),
        (GOOD | {"size": "2x2"}, "“w” should hold 4 numbers"),
        (GOOD | {"w": GOOD["w"][:-30]}, "“w”"),
        (GOOD | {"b": "1_2_x"}, "something else than numbers"),
        (GOOD | {"b": "1_2_nan"}, "leaves the range"),
        (GOOD | {"b": "1_2_1e999"}, "leaves the range"),
        (GOOD | {"b": "1_2_" + "3" * 40}, "something else than numbers"),
        (GOOD | {"v": "1_0"}, "v has 3 units"),
        (GOOD | {"v": "1_0_2"}, "0 \\(off\\) or 1 \\(on\\)"),
        (GOOD | {"h": "1_<script>"}, "not a number"),
        (GOOD | {"rate": "-1"}, "“rate” leaves the range"),
        (GOOD | {"momentum": "1"}, "“momentum” leaves the range"),
        (GOOD | {"seed": "1.5"}, "whole number"),
        (GOOD | {"at": "8"}, "“at” leaves the range"),
        (GOOD | {"model": "drop table"}, "“model” is none of"),
        (GOOD | {"probabilities": "2"}, "“probabilities” is none of"),
        (GOOD | {"vw": "1"}, "“vw” should hold 6 numbers"),
        (GOOD | {"step": "1e300"}, "“step” leaves the range"),
        (GOOD | {"more": "x" * MAX_CHARACTERS}, "8,000 characters"),
        (SMOOTH | {"range": "1_0"}, "range is empty"),
        (SMOOTH | {"ah": "0_1"}, "“ah” leaves the range"),
        (SMOOTH | {"slope_rule": "mine"}, "“slope_rule” is none of"),
        (SMOOTH | {"range": "0_1"}, "between 0 and 1"),
    ],
)
def test_a_damaged_step_is_refused_with_a_sentence(params: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        cd_bench.from_link(params)


@given(st.dictionaries(st.sampled_from([*GOOD, *SMOOTH]), st.text(max_size=30)))
def test_any_damage_is_a_sentence_or_harmless(damage: dict[str, str]) -> None:
    for link in (GOOD, SMOOTH):
        with contextlib.suppress(ValueError):
            cd_bench.from_link(link | damage).step()


def test_a_missing_part_is_refused_or_has_its_default() -> None:
    for name in ("size", "w", "b", "c", "model", "v"):
        with pytest.raises(ValueError, match=r".+"):
            cd_bench.from_link({part: text for part, text in GOOD.items() if part != name})
    bare = {name: GOOD[name] for name in ("bench", "size", "w", "b", "c", "model", "v")}
    here = cd_bench.from_link(bare)
    assert (here.pace, here.seed, here.at, here.velocity) == (Pace(0.1), 1, 0, {})


@given(UNITS, UNITS, st.integers(0, 99))
def test_a_structure_opens_exactly_as_it_was_copied(
    n_visible: int, n_hidden: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    machine = random_bench("binary", n_visible, n_hidden, seed).machine
    assert isinstance(machine, BinaryMachine)
    here = replace(
        structure_bench.of_machine(machine),
        v=rng.integers(0, 2, n_visible).astype(float),
        h=rng.integers(0, 2, n_hidden).astype(float),
        known=rng.integers(0, 2, n_visible).astype(float),
        names=((), tuple(f"unit {j}, “ü&=?”" for j in range(n_hidden))),
        selected=Touched("w", n_visible - 1, 0),
        over="hidden",
    )
    link = structure_bench.to_link(here)
    there = structure_bench.from_link(link)
    for name in ("v", "h", "known"):
        np.testing.assert_array_equal(getattr(there, name), getattr(here, name))
    np.testing.assert_array_equal(there.machine.parameters, machine.parameters)
    assert (there.names, there.selected, there.over) == (here.names, here.selected, "hidden")
    assert structure_bench.to_link(there) == link


STRUCTURE = structure_bench.to_link(replace(structure_bench.first(), v=np.ones(4)))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ({"w": "1_1_1_1_1_1_1_21"}, "leaves the range from -20 to 20"),
        ({"v": "11"}, "4 zeros and ones"),
        ({"known": "00x0"}, "4 zeros and ones"),
        ({"over": "all"}, "“over” is none of"),
        ({"v_names": "a~b"}, "4 names"),
    ],
)
def test_a_damaged_structure_is_refused_with_a_sentence(damage: dict[str, str], says: str) -> None:
    structure_bench.from_link(STRUCTURE)
    with pytest.raises(ValueError, match=says):
        structure_bench.from_link(STRUCTURE | damage)


@given(st.dictionaries(st.sampled_from([*STRUCTURE, "v_names"]), st.text(max_size=30)))
def test_any_damage_of_a_structure_is_a_sentence_or_harmless(damage: dict[str, str]) -> None:
    with contextlib.suppress(ValueError):
        structure_bench.to_link(structure_bench.from_link(STRUCTURE | damage))


def test_a_touch_that_is_not_there_leaves_the_first() -> None:
    for touched in ("w9-9", "x", "h2", "v4", "v10", ""):
        assert structure_bench.from_link(STRUCTURE | {"touched": touched}).selected == Touched("h")
    assert structure_bench.from_link(STRUCTURE | {"touched": "w3-1"}).selected == Touched("w", 3, 1)


def test_another_machine_keeps_states_and_names_of_units_that_stay() -> None:
    here = replace(
        structure_bench.first(), v=np.ones(4), known=np.array([1.0, 0, 0, 1]), over="both",
        names=(("a", "b", "c", "d"), ()),
    )  # fmt: skip
    machine = BinaryMachine(np.zeros((6, 5)), np.zeros(6), np.zeros(5))
    new = structure_bench.with_machine(here, machine)
    np.testing.assert_array_equal(new.v, [1, 1, 1, 1, 0, 0])
    np.testing.assert_array_equal(new.known, [1, 0, 0, 1, 0, 0])
    assert new.called("v") == ("a", "b", "c", "d", "v₅", "v₆")
    assert (new.over, new.revision) == ("visible", 1)  # eleven units are too many for both


def test_numbers_are_short_where_they_can_be_and_exact_where_not() -> None:
    assert joined([2.5, -2.0, 0.0, 1 / 3]) == "2.5_-2_0_0.3333333333333333"
    machine = BinaryMachine(np.full((8, 8), -1 / 3), np.full(8, 1e-7), np.ones(8))
    assert sum(map(len, machine_parts(machine).values())) < 2_000


def test_names_are_cleaned_and_short() -> None:
    assert unit_name("a~b\n") == "a-b"
    assert len(unit_name("x" * 100)) == 24
    parts = Parts({"bench": "1", "names": "Alien~Amélie"})
    assert parts.names("names", 2) == ("Alien", "Amélie")
    assert parts.names("others", 2) == ()
    with pytest.raises(ValueError, match="2 names"):
        Parts({"bench": "1", "names": "Alien"}).names("names", 2)


def test_switches_are_zeros_and_ones() -> None:
    parts: Any = Parts({"bench": "1", "v": "0110", "h": "012"})
    np.testing.assert_array_equal(parts.switches("v", 4), [0, 1, 1, 0])
    np.testing.assert_array_equal(parts.switches("none", 2), [0, 0])
    for name, count in (("v", 3), ("h", 3)):
        with pytest.raises(ValueError, match="zeros and ones"):
            parts.switches(name, count)
