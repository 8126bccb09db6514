"""What a person chooses for a search, as short texts that fit into a link and come back checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rbm.datasets import Dataset
from rbm.link_text import quote, text_of
from rbm.links import PAGE
from rbm.patterns import PATTERNS
from rbm.presets import PRESETS
from rbm.settings import Settings
from rbm.tuning.budget import TUTORIAL_BUDGET, Budget
from rbm.tuning.range_text import range_to_text, text_to_range
from rbm.tuning.search import USUAL, Search
from rbm.tuning.space import Range, default_range

PREFIX = f"{PAGE}search_"
"""Of the parameters that a search's choices take in a link."""
MAX_TEXT = 1_000
MOST_SEEDS, MOST_TRIALS, MOST_MINUTES, MOST_EPOCHS = 16, 2_000, 600, 100_000
CHECKS = (0.1, 0.3)
"""Shares of a trial's epochs at which it may end early."""


@dataclass(frozen=True)
class SearchChoice:
    """`start`: a preset's name, or "" for the playground's settings. `patterns`: their names, or ()
    for what the playground learns. `epochs` of each run, or 0 for as many as the tutorial's budget
    buys. `trials` to reach, or 0 to go on for `minutes` instead. `early`: whether bad trials end.
    """

    ranges: tuple[Range, ...] = tuple(default_range(name) for name in USUAL)
    start: str = ""
    patterns: tuple[str, ...] = ()
    seeds: int = 3
    epochs: int = 0
    early: bool = True
    trials: int = 100
    minutes: int = 10

    @property
    def seconds(self) -> float | None:
        """How long to go on, if that is what was chosen."""
        return None if self.trials else 60.0 * self.minutes

    def search(self, settings: Settings, dataset: Dataset | None) -> Search:
        """The search from the playground's `settings` and data. Raises `ValueError`.

        Seeds are the search's own, so that those of the playground make no other search.
        """
        base = replace(settings, seed=0, data_seed=0)
        if self.start:
            base = PRESETS[self.start].apply(base)
        if self.patterns:
            dataset = None
            base = replace(base, pattern=self.patterns[0], pattern_options=())
        return Search(
            base=base,
            ranges=self.ranges,
            budget=Budget(self.epochs) if self.epochs else TUTORIAL_BUDGET,
            seeds=tuple(range(self.seeds)),
            patterns=self.patterns if len(self.patterns) > 1 else (),
            dataset=dataset,
            checks=CHECKS if self.early else (),
        )


FIRST = SearchChoice()
"""What the page opens with."""


def choice_to_params(choice: SearchChoice) -> dict[str, str]:
    """The choices as parameters of a link."""
    texts = {
        "ranges": ";".join(range_to_text(chosen) for chosen in choice.ranges),
        "start": choice.start,
        "patterns": "all" if choice.patterns == tuple(PATTERNS) else ",".join(choice.patterns),
        **{name: text_of(getattr(choice, name)) for name in _NUMBERS},
        "early": text_of(choice.early),
    }
    return {PREFIX + name: text for name, text in texts.items() if text}


def params_to_choice(params: Mapping[str, str], complaints: list[str]) -> SearchChoice:
    """The inverse; a complaint, and the usual choice, for each text that does not fit."""
    chosen = FIRST
    for key, text in params.items():
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX)
        try:
            if len(text) > MAX_TEXT:
                raise ValueError("it is too long")
            read = _READERS[name] if name in _READERS else _NUMBERS[name]
            changed: dict[str, Any] = {name: read(text)}
            chosen = replace(chosen, **changed)
        except (ValueError, KeyError, OverflowError):
            complaints.append(
                f"The link's choice for the search, {quote(f'{name} = {text}')}, does not fit; the "
                "usual one is used."
            )
    return chosen


def _ranges(text: str) -> tuple[Range, ...]:
    ranges = tuple(text_to_range(part) for part in text.split(";"))
    if len({chosen.name for chosen in ranges}) < len(ranges):
        raise ValueError("a setting is there twice")
    return ranges


def _start(text: str) -> str:
    if text and text not in PRESETS:
        raise ValueError("no such preset")
    return text


def _patterns(text: str) -> tuple[str, ...]:
    names = tuple(PATTERNS) if text == "all" else tuple(dict.fromkeys(text.split(",")))
    if names == ("",):
        return ()
    if not set(names) <= set(PATTERNS):
        raise ValueError("no such pattern")
    return names


def _early(text: str) -> bool:
    return {"0": False, "1": True}[text]


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not low <= int(text) <= high:
            raise ValueError(f"from {low} to {high}")
        return int(text)

    return read


_READERS: dict[str, Callable[[str], Any]] = {
    "ranges": _ranges,
    "start": _start,
    "patterns": _patterns,
    "early": _early,
}
_NUMBERS: dict[str, Callable[[str], int]] = {
    "seeds": _number(1, MOST_SEEDS),
    "epochs": _number(0, MOST_EPOCHS),
    "trials": _number(0, MOST_TRIALS),
    "minutes": _number(1, MOST_MINUTES),
}
