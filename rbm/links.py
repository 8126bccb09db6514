"""A run to and from a link: `encode` and `decode` are each other's inverse.

A link is a flat mapping of short strings, as in `?v=1&pattern=ring&sigma=0.6&epoch=2000`. It holds
every setting, so it keeps its meaning when defaults change; then, where they are asked for and fit,
a user's own points and what was learnt (`rbm.payload`). Links come from strangers: whatever does
not fit gives a sentence and the default, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from rbm import payload
from rbm.datasets import Dataset, Kind, make_dataset
from rbm.dialects import clean
from rbm.link_text import (
    quote,
    read_changes,
    read_epoch,
    read_settings,
    text_of,
    write_changes,
    write_settings,
)
from rbm.patterns import PATTERNS
from rbm.payload import Weights
from rbm.settings import KNOBS, Settings

VERSION = "1"
OPTION = "option."
"""Prefix of the pattern's own parameters, as in `option.gap=0.05`."""
PAGE = "page."
"""Prefix of what a page adds to a run's link for itself, as a sweep its ranges."""
PAYLOAD = ("data", "name", "points", "held_out", "map", "weights")


@dataclass(frozen=True)
class Link:
    """What a link says: settings at the start, the epoch to show, settings changed on the way
    (pairs of epoch and the settings from there on), own points instead of the pattern, what was
    learnt by that epoch, and complaints, one sentence each."""

    settings: Settings
    epoch: int = 0
    changes: tuple[tuple[int, Settings], ...] = ()
    complaints: tuple[str, ...] = ()
    dataset: Dataset | None = None
    weights: Weights | None = None


def encode(history: Sequence[tuple[int, Settings]], epoch: int) -> dict[str, str]:
    """The link of a run: all settings it started with, its epoch, and what changed when."""
    first = history[0][1]
    params = {"v": VERSION, "pattern": first.pattern}
    params |= write_settings(first, KNOBS)
    params |= {OPTION + name: text_of(value) for name, value in first.options.items()}
    params["epoch"] = str(epoch)
    changes = write_changes(history, KNOBS)
    if changes:
        params["changes"] = changes
    return params


def decode(params: Mapping[str, str], default: Settings, default_epoch: int = 0) -> Link:
    """The link that `params` spell, with a complaint for each thing that does not fit.

    Missing settings take the values of `default` (the first-visit preset for a bare address,
    otherwise `Settings()`). Never raises.
    """
    complaints: list[str] = []
    version = params.get("v", VERSION)
    if version != VERSION:
        complaints.append(
            f"The link is of version {quote(version)}; this app reads version {VERSION}, so some "
            "of its settings may be missing."
        )
    known = {"v", "pattern", "epoch", "changes", *PAYLOAD, *KNOBS}
    unknown = [n for n in params if n not in known and not n.startswith((OPTION, PAGE))]
    if unknown:
        complaints.append(
            f"The link has {len(unknown)} setting{'s' * (len(unknown) > 1)} this app does not "
            f"know, {quote(unknown[0])} for one; ignored."
        )
    settings = _pattern(params, default, complaints)
    settings = read_settings(
        settings, {n: params[n] for n in KNOBS if n in params}, KNOBS, complaints
    )
    epoch = read_epoch(params.get("epoch", str(default_epoch)), default_epoch, complaints)
    changes = read_changes(params.get("changes", ""), settings, KNOBS, complaints)
    dataset = _dataset(params, complaints)
    weights = _weights(params, settings, epoch, complaints)
    return Link(settings, epoch, () if weights else changes, tuple(complaints), dataset, weights)


def _dataset(params: Mapping[str, str], complaints: list[str]) -> Dataset | None:
    """The user's points in the link, or None with a complaint when they cannot be used."""
    kind, name = params.get("data"), clean(params.get("name", ""))
    if kind is None:
        return None
    if "points" not in params:
        complaints.append(
            f"The link was made with {quote(name)}, whose points it does not carry: open the "
            "run's file, or the data themselves. A pattern is shown."
        )
        return None
    try:
        known: Kind = next(k for k in get_args(Kind) if k == kind)
        points, held_out = (
            payload.text_to_points(params.get(part, "")) for part in ("points", "held_out")
        )
        unit_map = payload.text_to_map(params["map"]) if "map" in params else None
        dataset = make_dataset(name, known, points, map=unit_map, hold_out=False)
    except StopIteration:
        complaints.append(f"The link holds data of an unknown kind, {quote(kind)}; ignored.")
        return None
    except ValueError as error:
        complaints.append(
            f"The points in the link cannot be used: {_words(error)}. A pattern is shown."
        )
        return None
    return replace(dataset, held_out=held_out)


def _weights(
    params: Mapping[str, str], settings: Settings, epoch: int, complaints: list[str]
) -> Weights | None:
    """What was learnt by the link's epoch, or None; a complaint when it cannot be used."""
    if "weights" not in params:
        return None
    try:
        if epoch < 1:
            raise ValueError("nothing has been learnt at epoch 0")
        return payload.text_to_weights(params["weights"], settings.n_hidden)
    except ValueError as error:
        complaints.append(
            f"The weights in the link cannot be used: {_words(error)}. It is trained anew."
        )
        return None


def _pattern(params: Mapping[str, str], default: Settings, complaints: list[str]) -> Settings:
    name = params.get("pattern", default.pattern)
    if name not in PATTERNS:
        complaints.append(
            f"There is no pattern {quote(name)}; {PATTERNS[default.pattern].label} is shown."
        )
        name = default.pattern
    options: dict[str, float] = {}
    for key, text in params.items():
        if not key.startswith(OPTION):
            continue
        option = key.removeprefix(OPTION)
        try:
            PATTERNS[name].check({option: float(text)})
            options[option] = float(text)
        except ValueError:
            complaints.append(
                f"{quote(key)} = {quote(text)} does not fit the pattern "
                f"{PATTERNS[name].label}; its default is used."
            )
    return replace(default, pattern=name, pattern_options=options)


def _words(error: ValueError) -> str:
    return str(error).removesuffix(".")
