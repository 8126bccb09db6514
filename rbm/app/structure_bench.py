"""What the page "Structure" holds, as one immutable value, and its link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rbm.app.graph import Touched, touch_from_text, touch_to_text
from rbm.app.parameter_editor import LARGEST
from rbm.bench_link import Parts, machine_parts, named, switches
from rbm.models.binary import BinaryMachine
from rbm.structure import EXAMPLES, MOST_TOGETHER, OVER
from rbm.unit_sums import Floats, unit_names

_FIRST = Touched("h", 0, 0)


@dataclass(frozen=True, eq=False)
class Bench:
    """The machine, the states shown, what is known, what was last touched.

    v, h: zeros and ones. known (n_visible,): 1 for visible units that are clamped at their state.
    names: of visible and hidden units, () for v₁, v₂, … . over: which states are counted, a key of
    `OVER`. drawn: the layer that was drawn last and its uniform numbers, NaN for clamped units.
    base and revision: as `rbm.app.parameter_editor` wants them; draws: how many random draws were
    made, so that each has its own seed.
    """

    machine: BinaryMachine
    v: Floats
    h: Floats
    base: BinaryMachine
    known: Floats
    names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    selected: Touched = _FIRST
    over: str = "visible"
    drawn: tuple[str, Floats] | None = None
    revision: int = 0
    draws: int = 0

    def called(self, layer: str) -> tuple[str, ...]:
        """The names of a layer's units."""
        names, count = self.names[layer == "h"], self.machine.weights.shape[layer == "h"]
        default = unit_names(layer, count)
        return tuple(name or usual for name, usual in zip(names or default, default, strict=True))

    def held(self) -> Floats:
        """The states of visible units that are known, NaN for the others."""
        return np.where(self.known == 1, self.v, np.nan)

    def counts(self) -> tuple[str, ...]:
        """Ways to count states that are possible for this size."""
        small = sum(self.machine.weights.shape) <= MOST_TOGETHER
        return tuple(key for key in OVER if small or key != "both")


def first() -> Bench:
    """The bench of the first example."""
    return of_machine(next(iter(EXAMPLES.values())).machine)


def of_machine(machine: BinaryMachine) -> Bench:
    """A bench with everything off and nothing known."""
    v, h = np.zeros(machine.n_visible), np.zeros(machine.n_hidden)
    return Bench(machine, v, h, machine, np.zeros(machine.n_visible))


def with_machine(old: Bench, machine: BinaryMachine) -> Bench:
    """The bench with another machine: units that stay keep their states and names, new ones are
    off."""
    new = of_machine(machine)
    for kept, its in ((old.v, new.v), (old.h, new.h), (old.known, new.known)):
        its[: len(kept)] = kept[: len(its)]
    names = tuple(
        (each + ("",) * count)[:count] if each else ()
        for each, count in zip(old.names, machine.weights.shape, strict=True)
    )
    kind, i, j = old.selected
    new = replace(
        new,
        names=(names[0], names[1]),
        selected=Touched(kind, min(i, len(new.v) - 1), min(j, len(new.h) - 1)),
        revision=old.revision + 1,
        draws=old.draws,
    )
    return replace(new, over=old.over if old.over in new.counts() else "visible")


def drawn(here: Bench, layer: str) -> Bench:
    """A layer drawn given the other: each unit is on when its uniform number is below its
    probability. Visible units that are known keep their state."""
    machine = here.machine
    uniform = np.random.default_rng(here.draws).random((machine.weights.shape[layer == "h"],))
    if layer == "h":
        h = (uniform < machine.mean_h_from_v(here.v[None])[0]).astype(float)
        new = replace(here, h=h)
    else:
        v = (uniform < machine.mean_v_from_h(here.h[None])[0]).astype(float)
        new = replace(here, v=np.where(here.known == 1, here.v, v))
        uniform = np.where(here.known == 1, np.nan, uniform)
    return replace(new, drawn=(layer, uniform), draws=here.draws + 1)


def example_of(machine: BinaryMachine) -> str | None:
    """The key of the example that has just these parameters."""
    for name, row in EXAMPLES.items():
        if np.array_equal(row.machine.parameters, machine.parameters) and (
            row.machine.weights.shape == machine.weights.shape
        ):
            return name
    return None


def to_link(here: Bench) -> dict[str, str]:
    """The bench as a link; {} for the page as it opens."""
    link = _full_link(here)
    return {} if link == _full_link(first()) else link


def _full_link(here: Bench) -> dict[str, str]:
    link = machine_parts(here.machine)
    link |= {"v": switches(here.v), "h": switches(here.h), "known": switches(here.known)}
    link |= {"over": here.over, "touched": touch_to_text(here.selected)}
    parts = zip(("v_names", "h_names"), here.names, strict=True)
    return link | {part: named(names) for part, names in parts if names}


def from_link(params: Mapping[str, str]) -> Bench:
    """The bench of a link; `ValueError` with a sentence for one that is damaged."""
    parts = Parts(params)
    here = of_machine(parts.binary_machine(LARGEST))
    n_visible, n_hidden = here.machine.weights.shape
    return replace(
        here,
        v=parts.switches("v", n_visible),
        h=parts.switches("h", n_hidden),
        known=parts.switches("known", n_visible),
        names=(parts.names("v_names", n_visible), parts.names("h_names", n_hidden)),
        over=parts.choice("over", "visible", here.counts()),
        selected=touch_from_text(parts.text("touched"), n_visible, n_hidden) or _FIRST,
    )
