"""Options that both commands share: what is learnt, and how."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from urllib.parse import urlencode

from rbm import experiment, links, run_link, training
from rbm.commands.data_file import add_data
from rbm.datasets import Dataset
from rbm.patterns import PATTERNS
from rbm.presets import FIRST_VISIT, PRESETS, Preset
from rbm.settings import KNOBS, Settings
from rbm.tuning.range_text import value_of
from rbm.tuning.space import Value


def add_subject(parser: argparse.ArgumentParser | argparse._ArgumentGroup, several: bool) -> None:
    """`--pattern`, `--data`, `--preset` and `--set`."""
    names = ", ".join(PATTERNS)
    parser.add_argument(
        "--pattern",
        metavar="NAME",
        default="split_ring",
        help=f"what to learn: {names}" + ("; several with commas, or all" if several else ""),
    )
    add_data(parser)
    presets = "; ".join(f'"{name}"' for name in PRESETS)
    parser.add_argument(
        "--preset",
        default=FIRST_VISIT,
        help=f"the values to start from, or a part of their name: {presets} (default: "
        f'"{FIRST_VISIT}")',
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"another value for a setting: {', '.join(KNOBS)}",
    )


def preset_named(text: str) -> Preset:
    """The preset of that name, or the only one with that in its name."""
    if text in PRESETS:
        return PRESETS[text]
    found = [name for name in PRESETS if text.casefold() in name.casefold()]
    if len(found) != 1:
        raise ValueError(
            f"{text!r} is the name of {'no preset' if not found else 'several presets'}; there "
            f"are {', '.join(PRESETS)}."
        )
    return PRESETS[found[0]]


def settings_from(preset: Preset, pattern: str, assignments: Sequence[str]) -> Settings:
    """The preset's settings on a pattern, some of them assigned as in "sigma=0.5"."""
    patterns_named(pattern, several=False)
    values = dict(_assignment(text) for text in assignments)
    return Settings(**{**vars(preset.settings), "pattern": pattern, **values})


def patterns_named(text: str, several: bool = True) -> tuple[str, ...]:
    """Names of patterns with commas between them, or "all"."""
    names = tuple(PATTERNS) if text == "all" and several else tuple(text.split(","))
    unknown = [name for name in names if name not in PATTERNS]
    if unknown:
        raise ValueError(f"There is no pattern {unknown[0]!r}; there are {', '.join(PATTERNS)}.")
    return names


def link_of(settings: Settings, epochs: int, dataset: Dataset | None = None) -> str:
    """What to put behind the app's address to open this run there, own points included where a
    link carries them."""
    if dataset is None:
        return "/?" + urlencode(links.encode(((0, settings),), epochs))
    run = training.start(experiment.build(settings, dataset=dataset))
    return "/?" + run_link.of_run(run).at(epochs).query


def _assignment(text: str) -> tuple[str, Value]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ValueError(f"Write --set NAME=VALUE, as in --set sigma=0.5; got {text!r}.")
    return name, value_of(name, value)
