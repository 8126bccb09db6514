"""A binary run to and from a link: its cases, all settings, and how far it was trained.

As in `?v=1&cases=digits&n_hidden=64&…&epoch=60`. Opened, the run is trained again, bit for bit. The
user's own cases go along when they are few and stand on a grid of 255 steps (zeros and ones do);
what a link cannot carry is said before it is copied.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rbm import payload
from rbm.binary_settings import BINARY_KNOBS, BinarySettings
from rbm.cases import CASE_SETS, MAX_CASES, MAX_UNITS, Cases, make_cases
from rbm.link_text import (
    quote,
    read_changes,
    read_epoch,
    read_settings,
    write_changes,
    write_settings,
)

VERSION = "1"
OWN = "own"
LEVELS = 255
"""Steps from 0 to 1 of the values that a link can carry."""
MAX_CHARACTERS = 6_000
"""Of the own cases in a link: with the settings, what servers and mail programs let through."""
MAX_EXPANDED = 2_000_000
"""Bytes that the cases of a link may have once they are unpacked."""

History = Sequence[tuple[int, BinarySettings]]


@dataclass(frozen=True, eq=False)
class BinaryLink:
    """What a link says: which set ("" for own cases), the cases, the settings at the start, those
    changed on the way, the epoch to show, and complaints, one sentence each."""

    set_name: str
    cases: Cases
    settings: BinarySettings
    epoch: int = 0
    changes: tuple[tuple[int, BinarySettings], ...] = ()
    complaints: tuple[str, ...] = ()


def encode(set_name: str, cases: Cases, history: History, epoch: int) -> tuple[dict[str, str], str]:
    """The link of a run, and a sentence on what it cannot carry, or ""."""
    params = {"v": VERSION, "cases": set_name or OWN}
    note = ""
    if not set_name:
        text = _cases_to_text(cases)
        if text and len(text) <= MAX_CHARACTERS:
            params["rows"] = text
        else:
            note = (
                f"A link cannot carry these {len(cases.values):,} cases; whoever opens it needs "
                "the file they came from."
            )
    params |= write_settings(history[0][1], BINARY_KNOBS)
    params["epoch"] = str(epoch)
    changes = write_changes(history, BINARY_KNOBS)
    if changes:
        params["changes"] = changes
    return params, note


def decode(params: Mapping[str, str], default: str = "digits") -> BinaryLink:
    """The link that `params` spell, with a complaint for each thing that does not fit.

    Missing settings are those that suit the cases; a bare address shows the set `default`. Never
    raises.
    """
    complaints: list[str] = []
    if params.get("v", VERSION) != VERSION:
        complaints.append(
            f"The link is of version {quote(params['v'])}; this app reads version {VERSION}, so "
            "some of its settings may be missing."
        )
    unknown = set(params) - {"v", "cases", "rows", "epoch", "changes", *BINARY_KNOBS}
    if unknown:
        complaints.append(
            f"The link has {len(unknown)} setting{'s' * (len(unknown) > 1)} this app does not "
            f"know, {quote(min(unknown))} for one; ignored."
        )
    name = params.get("cases", default)
    cases = _own(params, complaints) if name == OWN else None
    if cases is None and name not in CASE_SETS:
        if name != OWN:
            complaints.append(
                f"There are no cases {quote(name)}; {CASE_SETS[default].label} are shown."
            )
        name = default
    settings = CASE_SETS[name].settings if cases is None else BinarySettings()
    told = {knob: params[knob] for knob in BINARY_KNOBS if knob in params}
    settings = read_settings(settings, told, BINARY_KNOBS, complaints)
    epoch = read_epoch(params.get("epoch", "0"), 0, complaints)
    changes = read_changes(params.get("changes", ""), settings, BINARY_KNOBS, complaints)
    set_name = "" if cases is not None else name
    built = cases if cases is not None else CASE_SETS[name].build()
    return BinaryLink(set_name, built, settings, epoch, changes, tuple(complaints))


def _own(params: Mapping[str, str], complaints: list[str]) -> Cases | None:
    if "rows" not in params:
        complaints.append(
            "The link was made with own cases that it does not carry: bring their file under “Your "
            "own images or table”. Digits are shown."
        )
        return None
    try:
        return _text_to_cases(params["rows"])
    except ValueError as error:
        words = str(error).removesuffix(".")
        complaints.append(f"The cases in the link cannot be used: {words}. Digits are shown.")
        return None


def _cases_to_text(cases: Cases) -> str:
    """Own cases as text; "" when it would not restore them."""
    levels = cases.values * LEVELS
    again = make_cases(cases.values, cases.title, share=_share(cases))
    if (levels != levels.round()).any() or not np.array_equal(again.test, cases.test):
        return ""
    story: dict[str, Any] = {
        "title": cases.title, "says": cases.says, "names": cases.names,
        "size": cases.values.shape, "shape": cases.shape, "share": _share(cases),
    }  # fmt: skip
    if cases.labels is not None:
        story |= {"labels": cases.labels.tolist(), "label_names": cases.label_names}
    if cases.row_names:
        story["row_names"] = cases.row_names
    told = json.dumps(story, ensure_ascii=False, separators=(",", ":")).encode()
    return payload.bytes_to_text(
        zlib.compress(told + b"\0" + levels.round().astype(np.uint8).tobytes(), 9)
    )


def _text_to_cases(text: str) -> Cases:
    """The inverse; `ValueError` with a sentence for any other text."""
    if len(text) > MAX_CHARACTERS:
        raise ValueError("they are longer than a link can be")
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(payload.text_to_bytes(text), MAX_EXPANDED)
        if unpacking.unconsumed_tail:
            raise ValueError("they unpack to more than a link may hold")
        told, mark, rows = content.partition(b"\0")
        story = json.loads(told)
        count, units = story["size"]
        if not (mark and 0 < count <= MAX_CASES and 0 < units <= MAX_UNITS):
            raise ValueError("their size makes no sense")
        values = np.frombuffer(rows, np.uint8).reshape(count, units) / LEVELS
        labels = story.get("labels")
        names, classes = _texts(story["names"], units), _texts(story.get("label_names", []))
        if len(names) != units or (
            labels is not None
            and (len(labels) != count or not all(0 <= at < len(classes) for at in labels))
        ):
            raise ValueError("their names or labels do not fit")
        people = _texts(story.get("row_names", []), count)
        shape = story["shape"]
        return make_cases(
            values, str(story["title"])[:80], names=names, says=str(story["says"])[:400],
            shape=None if shape is None else (int(shape[0]), int(shape[1])),
            labels=labels, label_names=classes,
            row_names=people if len(people) == count else (), share=float(story["share"]),
        )  # fmt: skip
    except ValueError:  # of NumPy and JSON too
        raise
    except (zlib.error, KeyError, TypeError, IndexError, OverflowError, RecursionError):
        raise ValueError("they have been cut off or edited") from None


def _share(cases: Cases) -> float:
    return len(cases.test) / len(cases.values)


def _texts(values: Sequence[Any], most: int = 100) -> list[str]:
    return [str(value)[:80] for value in values[:most]]
