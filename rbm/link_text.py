"""Settings as the short texts of a link, whichever machine they set, and back with suspicion.

Links come from strangers: whatever does not fit gives a sentence and the value that stood there
before, never an exception. A table of knobs says what fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, ClassVar, Protocol, TypeVar

from rbm.settings import Knob

MAX_EPOCH = 1_000_000
MAX_CHANGES = 100
_SHOWN = 40


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


AnySettings = TypeVar("AnySettings", bound=_Dataclass)
"""A frozen dataclass whose fields the knobs describe."""
Knobs = Mapping[str, Knob]


def write_settings(settings: object, knobs: Knobs) -> dict[str, str]:
    """All settings as texts by name."""
    return {name: text_of(getattr(settings, name)) for name in knobs}


def write_changes(history: Sequence[tuple[int, object]], knobs: Knobs) -> str:
    """What changed at which epoch after the beginning; "" when nothing did."""
    steps = []
    for (_, before), (begin, after) in pairwise(history):
        edits = [
            f"{name}:{text_of(getattr(after, name))}"
            for name in knobs
            if getattr(after, name) != getattr(before, name)
        ]
        steps.append("~".join([str(begin), *edits]))
    return "~~".join(steps)


def read_settings(
    settings: AnySettings, texts: Mapping[str, str], knobs: Knobs, complaints: list[str]
) -> AnySettings:
    """`settings` with each text that fits its knob; a complaint for each that does not."""
    good: dict[str, Any] = {}
    for name, text in texts.items():
        try:
            good[name] = knobs[name].check(_value(knobs[name].kind, text))
        except (ValueError, OverflowError):
            knob = knobs[name]
            span = (
                f"one of {', '.join(knob.choices)}"
                if knob.choices
                else "0 or 1"
                if knob.kind == "bool"
                else f"a number from {knob.low:g} to {knob.high:g}"
            )
            complaints.append(
                f"{knob.label} must be {span}, but the link says {quote(text)}; "
                f"{text_of(getattr(settings, name))} is used."
            )
    try:
        return replace(settings, **good)
    except ValueError as error:  # values that fit alone but not together
        complaints.append(f"{error} The defaults are used for both.")
        alone = {n: v for n, v in good.items() if n not in ("low", "high")}
        return replace(settings, **alone)


def read_epoch(text: str, default: int, complaints: list[str]) -> int:
    """A whole number of epochs within the cap, else `default` with a complaint."""
    if len(text) <= 9 and text.isascii() and text.isdigit() and int(text) <= MAX_EPOCH:
        return int(text)
    complaints.append(
        f"The epoch must be a whole number from 0 to {MAX_EPOCH:,}, but the link says "
        f"{quote(text)}; {default:,} is used."
    )
    return default


def read_changes(
    text: str, settings: AnySettings, knobs: Knobs, complaints: list[str]
) -> tuple[tuple[int, AnySettings], ...]:
    """Pairs of an epoch and the settings from there on, in order."""
    steps = text.split("~~") if text else []
    if len(steps) > MAX_CHANGES:
        complaints.append(f"The link has more than {MAX_CHANGES} changes; the rest is ignored.")
    changes: list[tuple[int, AnySettings]] = []
    for step in steps[:MAX_CHANGES]:
        begin, *edits = step.split("~")
        pairs = [edit.partition(":") for edit in edits]
        if any(n not in knobs or knobs[n].restarts for n, _, _ in pairs):
            complaints.append(f"The change {quote(step)} in the link makes no sense; ignored.")
            continue
        epoch = read_epoch(begin, 0, complaints)
        edited = {n: value for n, _, value in pairs}
        settings = read_settings(settings, edited, knobs, complaints)
        changes.append((max(epoch, changes[-1][0] if changes else 0), settings))
    return tuple(changes)


def text_of(value: Any) -> str:
    """A number, truth value or name as the shortest text that is read back as the same."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def quote(text: str) -> str:
    """A stranger's text, short and on one line, for a sentence (the page escapes it)."""
    printable = "".join(c if c.isprintable() else "�" for c in text[:_SHOWN])
    return f"“{printable}{'…' if len(text) > _SHOWN else ''}”"


def _value(kind: str, text: str) -> Any:
    if kind == "bool":
        return {"1": True, "0": False}.get(text, text)
    if len(text) > 32:
        raise ValueError("too long for a number")
    return text
