"""A small machine as a graph to touch: a Streamlit component (v2), drawn in SVG.

Units are circles, filled when on; lines are weights, thicker when larger, dashed when negative. A
touched unit or line is sent as one trigger; what that means is the page's business. With a
`race` the same graph shows a Gibbs chain that runs in the browser, and below it how its samples
approach the exact distribution.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rbm.app.assets import BROWSER, packaged_component
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.structure import chance_distance, probabilities
from rbm.unit_sums import Floats, unit_names, written

ASSETS = BROWSER / "graph"


class Touched(NamedTuple):
    """What was touched: `kind` "v" (unit `i`), "h" (unit `j`) or "w" (the line from i to j)."""

    kind: str
    i: int = 0
    j: int = 0


def decode_touch(value: object, n_visible: int, n_hidden: int) -> Touched | None:
    """What a browser said was touched, or None when a machine of this size has no such part."""
    if not isinstance(value, Mapping):
        return None
    kind, i, j = value.get("kind"), value.get("i", 0), value.get("j", 0)
    if kind not in ("v", "h", "w") or type(i) is not int or type(j) is not int:
        return None
    if not (0 <= i < n_visible and 0 <= j < n_hidden):
        return None
    return Touched(str(kind), i, j)


def touch_to_text(part: Touched) -> str:
    """A part as a short text: "v1", "h0", "w1-0"; counted from 0."""
    return {"v": f"v{part.i}", "h": f"h{part.j}", "w": f"w{part.i}-{part.j}"}[part.kind]


def touch_from_text(text: str, n_visible: int, n_hidden: int) -> Touched | None:
    """The part, or None for any other text and for a part that such a machine does not have."""
    found = re.fullmatch(r"v(\d)|h(\d)|w(\d)-(\d)", text, re.ASCII)
    if found is None:
        return None
    v, h, i, j = (int(group or 0) for group in found.groups())
    part = {"kind": text[0], "i": v + i, "j": h + j}
    return decode_touch(part, n_visible, n_hidden)


def graph_message(
    machine: BinaryMachine | ContinuousMachine,
    v: Floats | None,
    h: Floats | None,
    *,
    selected: Touched | None = None,
    primed: str = "",
    names: Mapping[str, Sequence[str]] | None = None,
    held: Floats | None = None,
    notes: Mapping[str, list[str]] | None = None,
) -> dict[str, Any]:
    """What the browser needs to draw the machine with the states v and h (None: not known yet).

    primed: the layers ("v", "h", "vh") whose states are a reconstruction's, v′ and h′. names: of
    the units by layer, instead of v₁, v₂, … . held (n_visible,): 1 for clamped units. notes: a few
    characters beside each unit of a layer.
    """
    usual = {
        layer: unit_names(layer, count)
        for layer, count in zip("vh", machine.weights.shape, strict=True)
    }
    return {
        "weights": machine.weights.tolist(),
        "v": None if v is None else _shown(v, machine),
        "h": None if h is None else _shown(h, machine),
        "selected": None if selected is None else selected._asdict(),
        "names": {
            layer: [name + "′" * (layer in primed) for name in each]
            for layer, each in (names or usual).items()
        },
        "held": [] if held is None else [bool(each) for each in held],
        "notes": {"v": [], "h": [], **(notes or {})},
    }


def race_message(
    machine: BinaryMachine, over: str, seed: int, held: Floats | None = None
) -> dict[str, Any]:
    """What the browser needs to run a Gibbs chain beside the exact distribution `over` "visible",
    "hidden" or "both": the biases, the probabilities, and what chance alone would leave.

    held: states of visible units that are clamped, NaN for the others, as `probabilities` takes.
    """
    p = probabilities(machine, over, held)
    clamped = np.full(machine.n_visible, np.nan) if held is None else held
    counts = np.unique(np.geomspace(1, 1e8, 97).round())
    return {
        "visible_bias": machine.visible_bias.tolist(),
        "hidden_bias": machine.hidden_bias.tolist(),
        "clamped": [None if np.isnan(state) else int(state) for state in clamped],
        "over": over,
        "seed": seed,
        "p": p.tolist(),
        "counts": counts.tolist(),
        "chance": chance_distance(p, counts).tolist(),
    }


def unit_graph(
    message: Mapping[str, Any],
    *,
    key: str,
    race: Mapping[str, Any] | None = None,
    on_touch: Callable[[], None] = lambda: None,
) -> None:
    """Shows the graph of a `graph_message`, or updates it in place.

    Before `on_touch` is called, `st.session_state[key].touched` is what `decode_touch` reads.
    """
    mount = packaged_component("graph", ASSETS)
    mount(key=key, data={**message, "race": race}, on_touched_change=on_touch)


def _shown(states: Floats, machine: BinaryMachine | ContinuousMachine) -> list[dict[str, object]]:
    """How full a unit is drawn (0 to 1: its place in the range) and the number in it."""
    low, high = 0.0, 1.0
    if isinstance(machine, ContinuousMachine):
        low, high = machine.low, machine.high
    fill = np.clip((states - low) / (high - low), 0, 1).tolist()
    return [{"fill": f, "text": written(s, 2)} for f, s in zip(fill, states, strict=True)]
