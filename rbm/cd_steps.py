"""One step of contrastive divergence (CD-1) on one case, taken apart into its eight sub-steps.

    clamp data → hidden given data → positive outer product → reconstruct → hidden again
               → negative outer product → difference → update

Each sub-step carries every number it used, so a page can show it and a reader can check it. The
random draws are fixed by a seed, or by hand: a *pinned* unit takes the state it is told, whatever
its probability. So the numbers of a worked example on paper can be followed.

The flow is the same for every model (`cd_step`). How units answer their inputs, and what is
learned beside weights and biases, is one class for each model, in `rbm.cd_models`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from rbm.cd_update import (
    STATISTICS,
    Lesson,
    Move,
    Pace,
    Table,
    difference_table,
    lesson_parts,
    move,
    step_lines,
    update_tables,
)
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.unit_sums import Floats, bracketed, unit_names, written, written_sum


class Response(NamedTuple):
    """How units answer their inputs, one entry for each unit.

    means: the probability to be on (binary), or the state without noise (continuous). draws: the
    uniform numbers of binary units, the standard normals of continuous ones; NaN where the state
    was pinned. lines: how each state came about, in words and numbers.
    """

    means: Floats
    draws: Floats
    states: Floats
    lines: list[list[str]]


@dataclass(frozen=True, eq=False)
class Answer:
    """What one layer says to the states of the other: `inputs` are bias + Σ state × weight, and
    the rest is a `Response`, whose lines now begin with that sum."""

    names: tuple[str, ...]
    inputs: Floats
    means: Floats
    draws: Floats
    states: Floats
    lines: list[list[str]]


@dataclass(frozen=True, eq=False)
class SubStep:
    """One of the eight: its name, one sentence, and its numbers.

    visible, hidden: the states of the layers after it; None while the hidden ones have none yet.
    answer: the layer that was computed, if one was. tables: the matrices that were computed.
    """

    name: str
    sentence: str
    visible: Floats
    hidden: Floats | None = None
    answer: Answer | None = None
    tables: tuple[Table, ...] = ()


class CDStep(NamedTuple):
    """The eight sub-steps, and by the machine's fields the new values of all that was learned and
    the moves of what has a velocity."""

    sub_steps: tuple[SubStep, ...]
    learned: dict[str, Floats]
    moves: dict[str, Move]

    @property
    def velocity(self) -> dict[str, Floats]:
        """The last step of weights and biases, by field."""
        return {field: each.velocity for field, each in self.moves.items()}


class Pins(NamedTuple):
    """States told by hand, one array for each layer that is computed; NaN: left to the draw."""

    hidden: Floats
    visible: Floats
    hidden_again: Floats


class CDModel(Protocol):
    """What `cd_step` asks of a model. `layer` is "v" or "h"."""

    @property
    def machine(self) -> BinaryMachine | ContinuousMachine: ...

    @property
    def sentences(self) -> tuple[str, ...]:
        """One for each sub-step."""

    @property
    def decaying(self) -> tuple[str, ...]:
        """The machine's fields that decay pulls towards 0."""

    def respond(self, layer: str, half_pass: int, inputs: Floats, pinned: Floats) -> Response:
        """Half-pass 0 is h from the data, 1 is v, 2 is h again: each has its own draws."""

    def in_products(self, hidden: Answer) -> Floats:
        """What of the hidden units enters the statistics, (n_hidden,)."""

    def learns_too(self, first: Answer, again: Answer) -> dict[str, Lesson]:
        """What is learned beside weights and biases, by field."""


def no_pins(n_visible: int, n_hidden: int) -> Pins:
    """Nothing pinned: every state is drawn."""
    return Pins(np.full(n_hidden, np.nan), np.full(n_visible, np.nan), np.full(n_hidden, np.nan))


def cd_step(
    model: CDModel,
    v: Floats,
    pace: Pace,
    pins: Pins,
    velocity: Mapping[str, Floats] | None = None,
) -> CDStep:
    """CD-1 on one case v (n_visible,), all of it.

    The differences are v h⊤ − v′ h′⊤ for the weights, v − v′ and h − h′ for the biases; `Pace` says
    how they become a step. velocity: that of the step before, by field; None: at rest. Never
    changes its arguments.
    """
    machine = model.machine
    weights = machine.weights
    names_v, names_h = (unit_names("v", len(weights)), unit_names("h", weights.shape[1]))
    ends_v, ends_h = _primed(names_v), _primed(names_h)

    def answer(layer: str, half_pass: int, source: Floats, pinned: Floats) -> Answer:
        towards, bias, names = (
            (weights, machine.hidden_bias, ends_h if half_pass else names_h)
            if layer == "h"
            else (weights.T, machine.visible_bias, ends_v)
        )
        inputs = source @ towards + bias
        response = model.respond(layer, half_pass, inputs, pinned)
        sums = [f"input = {written_sum(bias[j], source, towards[:, j])}" for j in range(len(bias))]
        lines = [[one, *rest] for one, rest in zip(sums, response.lines, strict=True)]
        return Answer(names, inputs, *response[:3], lines)

    first = answer("h", 0, v, pins.hidden)
    back = answer("v", 1, first.states, pins.visible)
    again = answer("h", 2, back.states, pins.hidden_again)
    h, h_end, v_end = model.in_products(first), model.in_products(again), back.states

    positive, negative = np.outer(v, h), np.outer(v_end, h_end)
    differences = {"weights": positive - negative, "visible_bias": v - v_end,
                   "hidden_bias": h - h_end}  # fmt: skip
    moves = {
        field: move(
            getattr(machine, field),
            difference,
            np.zeros_like(difference) if velocity is None else velocity[field],
            pace if field in model.decaying else pace._replace(decay=0.0),
        )
        for field, difference in differences.items()
    }
    lessons = model.learns_too(first, again)
    names = {"v": names_v, "h": names_h}
    compared = [
        *(difference_table(field, names, STATISTICS[field], d) for field, d in differences.items()),
        *(difference_table(field, names, *lesson[:2]) for field, lesson in lessons.items()),
    ]
    parts = {field: each.parts for field, each in moves.items()} | {
        field: lesson_parts(getattr(machine, field), lesson) for field, lesson in lessons.items()
    }
    updated = [table for field in parts for table in update_tables(field, names, parts[field])]

    def shown(
        at: int, v: Floats, h: Floats | None, answer: Answer | None = None, *tables: Table
    ) -> SubStep:
        return SubStep(NAMES[at], model.sentences[at], v, h, answer, tables)

    h_0, h_1 = first.states, again.states
    steps = (
        shown(0, v, None),
        shown(1, v, h_0, first),
        shown(2, v, h_0, None, Table("v hᵀ", names_v, names_h, positive)),
        shown(3, v_end, h_0, back),
        shown(4, v_end, h_1, again),
        shown(5, v_end, h_1, None, Table("v′ h′ᵀ", ends_v, ends_h, negative)),
        shown(6, v_end, h_1, None, *compared),
        shown(7, v_end, h_1, None, *updated),
    )
    learned = {field: each.new for field, each in (moves | lessons).items()}
    return CDStep(steps, learned, moves)


def weight_lines(step: CDStep, at: int, i: int, j: int, pace: Pace) -> list[str]:
    """What sub-step `at` (2, or 5 to 7) does to the weight from visible i to hidden j, in numbers.

    For the sub-steps in between, 3 and 4, it is what 2 did; `pace` is that of the step.
    """
    positive, negative = (float(step.sub_steps[k].tables[0].values[i, j]) for k in (2, 5))
    v, h = unit_names("v", i + 1)[i], unit_names("h", j + 1)[j]
    if at < 5:
        return [f"{v} × {h} = {written(positive)}"]
    if at == 5:
        return [f"{v}′ × {h}′ = {written(negative)}"]
    difference = f"{written(positive)} − {bracketed(negative)}"
    if at == 6:
        return [f"{v} × {h} − {v}′ × {h}′ = {difference} = {written(positive - negative)}"]
    parts = {name: float(values[i, j]) for name, values in step.moves["weights"].parts.items()}
    return step_lines(f"weight {v} {h}", pace, difference, parts)


def _primed(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name}′" for name in names)


NAMES = (
    "Clamp the data",
    "Hidden units, given the data",
    "Positive outer product",
    "Reconstruct",
    "Hidden units again",
    "Negative outer product",
    "Difference",
    "Update",
)
