"""Studies and records as JSON and back: what a database keeps of them.

Documents come back years later or from somebody else's server, so what does not fit becomes a
`ValueError` with a sentence. Settings that a document does not name, being younger than it, take
their defaults, which are what was so before there was a choice.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from rbm.datasets import KINDS, MAX_POINTS, Dataset
from rbm.dialects import clean
from rbm.payload import points_to_text, text_to_points
from rbm.settings import Settings
from rbm.tuning.budget import Budget
from rbm.tuning.search import Record, Search
from rbm.tuning.space import Axis, Range
from rbm.tuning.sweep import Sweep
from rbm.tuning.trial import Outcome

Study = Search | Sweep

_Made = TypeVar("_Made")


def study_to_text(study: Study) -> str:
    """A study as JSON, equal for equal studies."""
    kind = "search" if isinstance(study, Search) else "sweep"
    held = {name: getattr(study, name) for name in (field.name for field in fields(study))}
    held["base"] = settings_to_dict(study.base)
    held["dataset"] = None if study.dataset is None else _dataset_to_dict(study.dataset)
    held["budget"] = asdict(study.budget)
    if isinstance(study, Search):
        held["ranges"] = [_range_to_dict(chosen) for chosen in study.ranges]
    else:
        held["axes"] = [asdict(axis) for axis in study.axes]
    return _text({"kind": kind, **held})


def text_to_study(text: str) -> Study:
    """The inverse."""
    return _made(_study, text)


def record_to_text(record: Record) -> str:
    """A record as JSON: its number is not in it, nor is its picture."""
    outcome = asdict(record.outcome)
    del outcome["picture"]
    outcome["mismatch"] = [None if math.isnan(m) else m for m in record.outcome.mismatch]
    return _text({"values": dict(record.values), "outcome": outcome})


def text_to_record(number: int, text: str, picture: bytes = b"") -> Record:
    """The inverse."""

    def record(held: Mapping[str, Any]) -> Record:
        outcome = held["outcome"]
        scores = (math.nan if m is None else float(m) for m in outcome["mismatch"])
        return Record(
            int(number),
            {str(name): value for name, value in held["values"].items()},
            Outcome(
                mismatch=tuple(scores),
                early=tuple(float(m) for m in outcome["early"]),
                diverged=int(outcome["diverged"]),
                seconds=float(outcome["seconds"]),
                elapsed=float(outcome["elapsed"]),
                unit_updates=int(outcome["unit_updates"]),
                picture=bytes(picture),
            ),
        )

    return _made(record, text)


def settings_to_dict(settings: Settings) -> dict[str, Any]:
    """Every setting by name, as JSON can hold it."""
    return {**vars(settings), "pattern_options": settings.options}


def dict_to_settings(held: Mapping[str, Any]) -> Settings:
    """The inverse; `ValueError` with a sentence for names and values that do not fit."""
    known = {field.name for field in fields(Settings)}
    unknown = sorted(set(held) - known)
    if unknown:
        raise ValueError(f"There is no setting {unknown[0]!r} in this version of the program.")
    return Settings(**held)


def _study(held: Mapping[str, Any]) -> Study:
    dataset = None if held["dataset"] is None else _dict_to_dataset(held["dataset"])
    base, budget = dict_to_settings(held["base"]), Budget(**held["budget"])
    seeds = tuple(int(seed) for seed in held["seeds"])
    if held["kind"] == "search":
        ranges = tuple(
            Range(r["name"], choices=tuple(r["choices"])) if r["choices"] else
            Range(r["name"], r["low"], r["high"], bool(r["log"]))
            for r in held["ranges"]
        )  # fmt: skip
        return Search(
            base, ranges, budget, seeds, tuple(held["patterns"]), dataset,
            tuple(held["checks"]), int(held["seed"]),
        )  # fmt: skip
    axes = tuple(Axis(axis["name"], tuple(axis["values"])) for axis in held["axes"])
    return Sweep(base, axes, seeds, budget, dataset, bool(held["pictures"]))


def _range_to_dict(chosen: Range) -> dict[str, Any]:
    held = asdict(chosen)
    return held | ({"low": None, "high": None} if chosen.choices else {})


def _dataset_to_dict(dataset: Dataset) -> dict[str, str]:
    """Points, held-out points, name and kind; a map to a table's own units is not needed here."""
    return {
        "name": dataset.name,
        "kind": dataset.kind,
        "points": points_to_text(dataset.points),
        "held_out": points_to_text(dataset.held_out),
    }


def _dict_to_dataset(held: Mapping[str, Any]) -> Dataset:
    name, kind = clean(str(held["name"])), held["kind"]
    points, held_out = (text_to_points(held[part], MAX_POINTS) for part in ("points", "held_out"))
    if kind not in KINDS or not name or not len(points):
        raise ValueError("it does not say what its data are")
    return Dataset(name, kind, points, held_out)


def _text(held: Mapping[str, Any]) -> str:
    return json.dumps(held, separators=(",", ":"), allow_nan=False)


def _made(make: Callable[[Mapping[str, Any]], _Made], text: str) -> _Made:
    try:
        held = json.loads(text)
        return make(held)
    except ValueError as error:
        raise ValueError(f"What was kept cannot be read: {error}") from None
    except (TypeError, KeyError, AttributeError, IndexError, RecursionError):
        raise ValueError("What was kept cannot be read: it is damaged.") from None
