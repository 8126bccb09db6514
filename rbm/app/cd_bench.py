"""What the page "One CD step" holds of one model, as one immutable value, and its link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rbm.app.graph import Touched, touch_from_text, touch_to_text
from rbm.bench_link import Parts, joined, machine_parts
from rbm.cd_models import (
    CLASSIC_MACHINE,
    CLASSIC_PINS,
    CLASSIC_RATE,
    CLASSIC_V,
    BinaryCD,
    ContinuousCD,
)
from rbm.cd_steps import NAMES, CDModel, CDStep, Pins, cd_step
from rbm.cd_update import Pace
from rbm.models.binary import BinaryMachine
from rbm.models.continuous import ContinuousMachine
from rbm.settings import KNOBS, SLOPE_RULES, WEIGHT_LIMIT, Knob
from rbm.unit_sums import Floats

ROWS = ("v", "h", "v′", "h′")
"""The layers whose states can be told: the data, and the three that are computed."""
Machine = BinaryMachine | ContinuousMachine
_PACE = Pace(CLASSIC_RATE)


@dataclass(frozen=True, eq=False)
class Bench:
    """One model's part of the page: machine, settings, and where the reader is.

    told: for each of `ROWS` what the user typed, see `states_told`. taken: steps that were made
    before this one; velocity: the last one's, by field ({}: at rest). base and revision: as
    `rbm.app.parameter_editor` wants them. `sigma`, `slope_rate` and `slope_rule` belong to the
    continuous model alone, `with_probabilities` to the binary one.
    """

    machine: Machine
    base: Machine
    told: tuple[str, str, str, str]
    pace: Pace = _PACE
    seed: int = 1
    taken: int = 0
    velocity: Mapping[str, Floats] = field(default_factory=dict)
    with_probabilities: bool = False
    sigma: float = 0.2
    slope_rate: float = 0.5
    slope_rule: str = "tutorial"
    at: int = 0
    selected: Touched | None = None
    revision: int = 0

    @property
    def kind(self) -> str:
        """The key of the model in `FIRST`."""
        return "binary" if isinstance(self.machine, BinaryMachine) else "continuous"

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Units in each of `ROWS`."""
        n_visible, n_hidden = self.machine.weights.shape
        return n_visible, n_hidden, n_visible, n_hidden

    def states(self) -> tuple[Floats, Floats, Floats, Floats]:
        """What was told for each of `ROWS`; `ValueError` with a sentence if it cannot be read."""
        span = None
        if isinstance(self.machine, ContinuousMachine):
            span = self.machine.low, self.machine.high
        v, h, v_end, h_end = (
            states_told(text, count, name, span)
            for text, count, name in zip(self.told, self.counts, ROWS, strict=True)
        )
        if np.isnan(v).any():
            raise ValueError(f"v is the data: it needs all its {len(v)} numbers.")
        return v, h, v_end, h_end

    def step(self) -> CDStep:
        """The whole CD step; `ValueError` with a sentence when something told cannot be read."""
        v, *told = self.states()
        return cd_step(self._model(), v, self.pace, Pins(*told), self.velocity or None)

    def _model(self) -> CDModel:
        if isinstance(self.machine, BinaryMachine):
            return BinaryCD(self.machine, self.seed, self.with_probabilities, self.taken)
        return ContinuousCD(
            self.machine, self.seed, self.sigma, self.slope_rate, self.slope_rule, self.taken
        )


def states_told(
    text: str, count: int, name: str, span: tuple[float, float] | None = None
) -> Floats:
    """The states typed for a layer, (count,); NaN for a unit written as "?", and for all of an
    empty text. Spaces, commas or semicolons separate them; binary ones may stand together ("0110").

    span: the range of continuous units; None: binary ones. Raises `ValueError` with a sentence when
    there are too few or many, or one out of range.
    """
    words = text.replace(",", " ").replace(";", " ").replace("[", " ").replace("]", " ").split()
    if span is None and len(words) == 1 and len(words[0]) > 1:
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
        fits = state in (0, 1) if span is None else span[0] <= state <= span[1]
        if word != "?" and not fits:
            can_be = f"between {span[0]:g} and {span[1]:g}" if span else "0 (off) or 1 (on)"
            raise ValueError(f"{name}: a unit is {can_be}, not {word}.")
        states.append(state)
    return np.array(states)


def typed(states: Floats) -> str:
    """States as a user would type them; "" when all are left open."""
    if np.isnan(states).all():
        return ""
    return " ".join("?" if np.isnan(state) else repr(float(state)).removesuffix(".0")
                    for state in states)  # fmt: skip


def to_link(here: Bench) -> dict[str, str]:
    """The bench as a link, {} for the first example untouched; `ValueError` with a sentence when
    something told cannot be read."""
    link = _full_link(here)
    return {} if link == _full_link(FIRST["binary"]()) else link


def _full_link(here: Bench) -> dict[str, str]:
    link = machine_parts(here.machine) | {"model": here.kind}
    for part, states in zip(_TOLD, here.states(), strict=True):
        if not np.isnan(states).all():
            link[part] = typed(states).replace(" ", "_").replace("?", "x")
    link |= {part: joined([value]) for part, value in zip(_KNOBS, here.pace, strict=True)}
    link |= {"seed": str(here.seed), "step": str(here.taken), "at": str(here.at)}
    if here.kind == "binary":
        link["probabilities"] = str(int(here.with_probabilities))
    else:
        link |= {"sigma": joined([here.sigma]), "slope_rate": joined([here.slope_rate])}
        link["slope_rule"] = here.slope_rule
    if any(part.any() for part in here.velocity.values()):
        link |= {p: joined(here.velocity[name].ravel()) for p, name in _VELOCITY.items()}
    if here.selected is not None:
        link["touched"] = touch_to_text(here.selected)
    return link


def from_link(params: Mapping[str, str]) -> Bench:
    """The bench of a link; `ValueError` with a sentence for one that is damaged."""
    parts = Parts(params)
    machine: Machine
    if parts.choice("model", "", tuple(FIRST)) == "binary":
        machine = parts.binary_machine(WEIGHT_LIMIT)
    else:
        machine = parts.continuous_machine(WEIGHT_LIMIT)
    n_visible, n_hidden = machine.weights.shape
    velocity: dict[str, Floats] = {}
    if any(part in params for part in _VELOCITY):
        shapes = {"vw": (n_visible, n_hidden), "vb": (n_visible,), "vc": (n_hidden,)}
        for part, name in _VELOCITY.items():
            numbers = parts.numbers(part, int(np.prod(shapes[part])), -WEIGHT_LIMIT, WEIGHT_LIMIT)
            velocity[name] = numbers.reshape(shapes[part])
    v, h, v_end, h_end = (
        parts.text(part).replace("_", " ").replace("x", "?") for part in _TOLD
    )  # fmt: skip
    rate, momentum, decay = (
        parts.number(part, default, knob.low, knob.high)
        for (part, knob), default in zip(_KNOBS.items(), _PACE, strict=True)
    )
    here = Bench(
        machine=machine,
        base=machine,
        told=(v, h, v_end, h_end),
        pace=Pace(rate, momentum, decay),
        seed=parts.whole("seed", 1, 0, 2**31 - 1),
        taken=parts.whole("step", 0, 0, MOST_STEPS),
        velocity=velocity,
        with_probabilities=parts.choice("probabilities", "0", "01") == "1",
        sigma=parts.number("sigma", 0.2, KNOBS["sigma"].low, KNOBS["sigma"].high),
        slope_rate=parts.number("slope_rate", 0.5, 0, KNOBS["slope_learning_rate"].high),
        slope_rule=parts.choice("slope_rule", "tutorial", SLOPE_RULES),
        at=parts.whole("at", 0, 0, len(NAMES) - 1),
        selected=touch_from_text(parts.text("touched"), n_visible, n_hidden),
    )
    here.states()  # what was told has to fit the machine
    return here


def _classic() -> Bench:
    v, h, v_end, h_end = (typed(each) for each in (CLASSIC_V, *CLASSIC_PINS))
    return Bench(CLASSIC_MACHINE, CLASSIC_MACHINE, (v, h, v_end, h_end))


def _continuous() -> Bench:
    machine = ContinuousMachine(
        np.array([[1.2, -0.8, 0.5], [-0.6, 1.1, 0.9]]),
        visible_bias=np.array([0.3, -0.2]),
        hidden_bias=np.array([-0.4, 0.1, 0.2]),
        visible_slope=np.array([1.0, 1.0]),
        hidden_slope=np.array([1.0, 1.5, 2.0]),
    )
    return Bench(machine, machine, ("0.3 0.8", "", "", ""), pace=Pace(0.5))


MOST_STEPS = 1_000_000
FIRST = {"binary": _classic, "continuous": _continuous}
"""Each model's own example."""
_TOLD = ("v", "h", "v_again", "h_again")
_KNOBS: dict[str, Knob] = {
    "rate": KNOBS["learning_rate"], "momentum": KNOBS["momentum"], "decay": KNOBS["cost"],
}  # fmt: skip
_VELOCITY = {"vw": "weights", "vb": "visible_bias", "vc": "hidden_bias"}
