"""A range as a short text, for command lines, links and fields: "sigma=0.2:2:log", "k=1,2,3"."""

from __future__ import annotations

from collections.abc import Mapping

from rbm.link_text import quote
from rbm.settings import KNOBS
from rbm.tuning.space import Range, Value, default_range

TRUTHS: Mapping[str, bool] = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip


def text_to_range(text: str) -> Range:
    """The range of NAME (its usual one), NAME=LOW:HIGH, NAME=LOW:HIGH:log, NAME=A,B,C.

    Raises `ValueError` with a sentence.
    """
    name, sign, values = text.partition("=")
    if not sign:
        return default_range(name)
    if ":" not in values:
        listed = (value.strip() for value in values.split(","))
        choices = tuple(value_of(name, value) for value in listed if value)
        if not choices:
            raise ValueError(f"List the values of {_label(name)} to try, with commas between them.")
        return Range(name, choices=choices)
    low, high, *scale = values.split(":")
    if scale not in ([], ["log"], ["linear"]):
        raise ValueError(f"A range is LOW:HIGH or LOW:HIGH:log; got {quote(values)}.")
    ends = float(value_of(name, low)), float(value_of(name, high))
    return Range(name, *ends, log=scale == ["log"])


def range_to_text(chosen: Range) -> str:
    """The inverse."""
    if chosen.choices:
        return f"{chosen.name}={','.join(value_to_text(value) for value in chosen.choices)}"
    ends = f"{chosen.name}={value_to_text(chosen.low)}:{value_to_text(chosen.high)}"
    return ends + (":log" if chosen.log else "")


def value_of(name: str, text: str) -> Value:
    """A value of a setting as somebody wrote it. Raises `ValueError` with a sentence."""
    knob = KNOBS.get(name)
    if knob is None:
        raise ValueError(f"There is no setting {name!r}; there are {', '.join(KNOBS)}.")
    value: Value = knob.check(TRUTHS.get(text.lower(), text) if knob.kind == "bool" else text)
    return value


def value_to_text(value: Value) -> str:
    """The inverse: the shortest text that is read back as the same."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _label(name: str) -> str:
    return KNOBS[name].label if name in KNOBS else repr(name)
