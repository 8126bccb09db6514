"""A run to and from a link: `encode` and `decode` are each other's inverse.

A link is a flat mapping of short strings, as in `?v=1&pattern=ring&sigma=0.6&epoch=2000`. It holds
every setting, so it keeps its meaning when defaults change; then, where they are asked for and fit,
a user's own points and what was learnt (`rbm.payload`). Links come from strangers: whatever does
not fit gives a sentence and the default, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, get_args

from rbm import payload
from rbm.datasets import Dataset, Kind, make_dataset
from rbm.dialects import clean
from rbm.patterns import PATTERNS
from rbm.payload import Weights
from rbm.settings import KNOBS, Settings

VERSION = "1"
MAX_EPOCH = 1_000_000
MAX_CHANGES = 100
OPTION = "option."
"""Prefix of the pattern's own parameters, as in `option.gap=0.05`."""
PAYLOAD = ("data", "name", "points", "held_out", "map", "weights")
_SHOWN = 40


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
    params |= {name: _text(getattr(first, name)) for name in KNOBS}
    params |= {OPTION + name: _text(value) for name, value in first.options.items()}
    params["epoch"] = str(epoch)
    steps = []
    for earlier, (begin, after) in pairwise(history):
        edits = [
            f"{name}:{_text(getattr(after, name))}"
            for name in KNOBS
            if getattr(after, name) != getattr(earlier[1], name)
        ]
        steps.append("~".join([str(begin), *edits]))
    if steps:
        params["changes"] = "~~".join(steps)
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
            f"The link is of version {_quote(version)}; this app reads version {VERSION}, so some "
            "of its settings may be missing."
        )
    known = {"v", "pattern", "epoch", "changes", *PAYLOAD, *KNOBS}
    unknown = [n for n in params if n not in known and not n.startswith(OPTION)]
    if unknown:
        complaints.append(
            f"The link has {len(unknown)} setting{'s' * (len(unknown) > 1)} this app does not "
            f"know, {_quote(unknown[0])} for one; ignored."
        )
    settings = _pattern(params, default, complaints)
    settings = _edited(settings, {n: params[n] for n in KNOBS if n in params}, complaints)
    epoch = _epoch(params.get("epoch", str(default_epoch)), default_epoch, complaints)
    changes = _changes(params.get("changes", ""), settings, complaints)
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
            f"The link was made with {_quote(name)}, whose points it does not carry: open the "
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
        complaints.append(f"The link holds data of an unknown kind, {_quote(kind)}; ignored.")
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
            f"There is no pattern {_quote(name)}; {PATTERNS[default.pattern].label} is shown."
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
                f"{_quote(key)} = {_quote(text)} does not fit the pattern "
                f"{PATTERNS[name].label}; its default is used."
            )
    return replace(default, pattern=name, pattern_options=options)


def _edited(settings: Settings, texts: Mapping[str, str], complaints: list[str]) -> Settings:
    """`settings` with each text that fits its knob; a complaint for each that does not."""
    good: dict[str, Any] = {}
    for name, text in texts.items():
        try:
            good[name] = KNOBS[name].check(_value(KNOBS[name].kind, text))
        except (ValueError, OverflowError):
            knob = KNOBS[name]
            span = (
                f"one of {', '.join(knob.choices)}"
                if knob.choices
                else "0 or 1"
                if knob.kind == "bool"
                else f"a number from {knob.low:g} to {knob.high:g}"
            )
            complaints.append(
                f"{knob.label} must be {span}, but the link says {_quote(text)}; "
                f"{_text(getattr(settings, name))} is used."
            )
    try:
        return replace(settings, **good)
    except ValueError as error:  # values that fit alone but not together
        complaints.append(f"{error} The defaults are used for both.")
        return replace(settings, **{n: v for n, v in good.items() if n not in ("low", "high")})


def _epoch(text: str, default: int, complaints: list[str]) -> int:
    if len(text) <= 9 and text.isascii() and text.isdigit() and int(text) <= MAX_EPOCH:
        return int(text)
    complaints.append(
        f"The epoch must be a whole number from 0 to {MAX_EPOCH:,}, but the link says "
        f"{_quote(text)}; {default:,} is used."
    )
    return default


def _changes(
    text: str, settings: Settings, complaints: list[str]
) -> tuple[tuple[int, Settings], ...]:
    steps = text.split("~~") if text else []
    if len(steps) > MAX_CHANGES:
        complaints.append(f"The link has more than {MAX_CHANGES} changes; the rest is ignored.")
    changes: list[tuple[int, Settings]] = []
    for step in steps[:MAX_CHANGES]:
        begin, *edits = step.split("~")
        pairs = [edit.partition(":") for edit in edits]
        if any(n not in KNOBS or KNOBS[n].restarts for n, _, _ in pairs):
            complaints.append(f"The change {_quote(step)} in the link makes no sense; ignored.")
            continue
        epoch = _epoch(begin, 0, complaints)
        settings = _edited(settings, {n: value for n, _, value in pairs}, complaints)
        changes.append((max(epoch, changes[-1][0] if changes else 0), settings))
    return tuple(changes)


def _value(kind: str, text: str) -> Any:
    if kind == "bool":
        return {"1": True, "0": False}.get(text, text)
    if len(text) > 32:
        raise ValueError("too long for a number")
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _words(error: ValueError) -> str:
    return str(error).removesuffix(".")


def _quote(text: str) -> str:
    """A stranger's text, short and on one line, for a sentence (the page escapes it)."""
    printable = "".join(c if c.isprintable() else "�" for c in text[:_SHOWN])
    return f"“{printable}{'…' if len(text) > _SHOWN else ''}”"
