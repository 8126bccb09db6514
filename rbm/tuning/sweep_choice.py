"""What a person chooses for a sweep, as short texts that fit into a link and come back checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rbm.link_text import quote, text_of
from rbm.links import PAGE
from rbm.settings import KNOBS
from rbm.tuning.space import TUNABLE, Axis, Range, default_range

SPACINGS = {
    "linear": "Even steps",
    "log": "Even ratios",
    "list": "A list",
}
"""How the values of one setting are told: ends and a number of steps, or one by one."""
MOST_STEPS, MOST_SEEDS, MOST_EPOCHS = 12, 8, 20_000
PREFIX = f"{PAGE}sweep_"
"""Of the parameters that a sweep's choices take in a link."""
MAX_TEXT = 300


@dataclass(frozen=True)
class AxisChoice:
    """The values of one setting: `steps` of them from `low` to `high`, or those `listed`, a text
    with commas, semicolons or spaces between them."""

    name: str
    spacing: str
    low: float
    high: float
    steps: int
    listed: str

    def axis(self) -> Axis:
        """The values themselves. Raises `ValueError` with a sentence."""
        if self.spacing == "list":
            return Axis(self.name, tuple(_value(self.name, word) for word in words(self.listed)))
        if not 2 <= self.steps <= MOST_STEPS:
            raise ValueError(f"A range has 2 to {MOST_STEPS} steps; got {self.steps}.")
        return Range(self.name, self.low, self.high, self.spacing == "log").axis(self.steps)


@dataclass(frozen=True)
class SweepChoice:
    """`across` and, for two settings, `up`; `seeds` a cell; `epochs` of each run."""

    across: AxisChoice
    up: AxisChoice | None
    seeds: int = 3
    epochs: int = 666


def usual_choice(name: str) -> AxisChoice:
    """Six values over the range where that setting is worth looking at; all those of a choice."""
    usual = default_range(name)
    if usual.choices:
        return AxisChoice(name, "list", 0.0, 0.0, 6, ", ".join(map(text_of, usual.choices)))
    middle = ", ".join(text_of(float(f"{value:.2g}")) for value in usual.axis(4).values)
    spacing = "log" if usual.log else "linear"
    return AxisChoice(name, spacing, usual.low, usual.high, 6, middle)


FIRST = SweepChoice(usual_choice("sigma"), usual_choice("learning_rate"))
"""What the page opens with."""


def words(listed: str) -> list[str]:
    """The words of a list; commas, semicolons and spaces are alike."""
    return [word for word in re.split(r"[,;\s]+", listed) if word]


def choice_to_params(choice: SweepChoice) -> dict[str, str]:
    """The choices as parameters of a link."""
    params = {"across": _axis_text(choice.across), "up": "none", "seeds": str(choice.seeds)}
    if choice.up is not None:
        params["up"] = _axis_text(choice.up)
    params["epochs"] = str(choice.epochs)
    return {PREFIX + name: text for name, text in params.items()}


def params_to_choice(
    params: Mapping[str, str], complaints: list[str], default: SweepChoice = FIRST
) -> SweepChoice:
    """The inverse; a complaint, and the default, for each text that does not fit. Never raises."""
    chosen = default
    asked = {
        name.removeprefix(PREFIX): text[:MAX_TEXT]
        for name, text in params.items()
        if name.startswith(PREFIX)
    }
    for name, text in asked.items():
        try:
            chosen = _with(chosen, name, text)
        except (ValueError, KeyError, OverflowError):
            complaints.append(
                f"The link's choice for the sweep, {quote(f'{name} = {text}')}, does not fit; "
                "the usual one is used."
            )
    if chosen.up is not None and chosen.up.name == chosen.across.name:
        complaints.append("The link sweeps one setting twice; it is swept once.")
        chosen = replace(chosen, up=None)
    return chosen


def _with(chosen: SweepChoice, name: str, text: str) -> SweepChoice:
    if name == "across":
        return replace(chosen, across=_text_axis(text))
    if name == "up":
        return replace(chosen, up=None if text == "none" else _text_axis(text))
    most = {"seeds": MOST_SEEDS, "epochs": MOST_EPOCHS}[name]
    number = int(text)
    if not 1 <= number <= most:
        raise ValueError(f"from 1 to {most}")
    return replace(chosen, seeds=number) if name == "seeds" else replace(chosen, epochs=number)


def _axis_text(choice: AxisChoice) -> str:
    if choice.spacing == "list":
        return "~".join([choice.name, "list", *words(choice.listed)])
    ends = (text_of(choice.low), text_of(choice.high), str(choice.steps))
    return "~".join([choice.name, choice.spacing, *ends])


def _text_axis(text: str) -> AxisChoice:
    name, spacing, *rest = text.split("~")
    if name not in TUNABLE or spacing not in SPACINGS:
        raise ValueError("no such axis")
    usual = usual_choice(name)
    if spacing == "list":
        chosen = replace(usual, spacing="list", listed=", ".join(rest))
    else:
        low, high, steps = rest
        chosen = replace(usual, spacing=spacing, low=float(low), high=float(high), steps=int(steps))
    chosen.axis()  # a link's values are checked as a whole
    return chosen


def _value(name: str, word: str) -> float | int | bool | str:
    knob = KNOBS[name]
    if knob.kind == "choice":
        return word
    if knob.kind == "bool":
        told = {"1": True, "yes": True, "on": True, "0": False, "no": False, "off": False}
        if word.lower() not in told:
            raise ValueError(f"{knob.label} is yes or no; got {quote(word)}.")
        return told[word.lower()]
    try:
        return float(word)
    except ValueError:
        raise ValueError(f"{quote(word)} is no number: write values as in “0.1, 0.3, 1”.") from None
