"""Settings as Python text that can be copied into a program or into the table of presets."""

from __future__ import annotations

from textwrap import fill
from typing import Any

from rbm.presets import SUBJECT
from rbm.settings import Settings


def changed_values(settings: Settings) -> dict[str, Any]:
    """The settings that differ from the tutorial's, apart from what is learnt."""
    default = Settings()
    return {
        name: value
        for name, value in vars(settings).items()
        if name not in SUBJECT and value != getattr(default, name)
    }


def preset_text(name: str, settings: Settings, epochs: int, why: str) -> str:
    """A row of `rbm.presets.PRESETS`, whatever `name` and `why` hold; numbers bit for bit."""
    values = ", ".join(f"{key}={value!r}" for key, value in changed_values(settings).items())
    indent = " " * 8
    filled = fill(values, 88, initial_indent=indent, subsequent_indent=indent)
    return f"{name!r}: Preset(\n    Settings(\n{filled}\n    ),\n    {epochs:_},\n    {why!r},\n),"
