"""Values as Python source: settings, arrays, names of strangers. What is written is what is read.

Nothing of a run gets into a program except through here: text by `repr`, which escapes quotes,
line breaks and everything that cannot be printed; arrays as base64.
"""

from __future__ import annotations

import base64
import platform
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from importlib import metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rbm import engine
from rbm.run import Run
from rbm.settings import Settings

WIDTH = 80
"""Characters in a line of what is written here."""


def encoded(array: NDArray[Any], kind: str) -> str:
    """An array as a string literal of base64, in lines; kind: dtype with its byte order ("<f4")."""
    text = base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode("ascii")
    if len(text) < WIDTH // 2:
        return repr(text)
    return '"""\n' + "\n".join(textwrap.wrap(text, WIDTH)) + '\n"""'


def call(name: str, arguments: Mapping[str, Any], *first: str) -> str:
    """A call with `first` as they stand, then values by keyword: on one line when that is short."""
    pairs = [*first, *(f"{key}={plain(value)!r}" for key, value in arguments.items())]
    line = f"{name}({', '.join(pairs)})"
    if len(line) <= WIDTH:
        return line
    return f"{name}(\n" + "".join(f"    {pair},\n" for pair in pairs) + ")"


def plain(value: Any) -> Any:
    """A setting's value as Python's own types: a pattern's options become a dict."""
    return dict(value) if isinstance(value, tuple) else value


def changed(settings: Settings, before: Settings) -> dict[str, Any]:
    """The fields of `settings` that differ from `before`, as {name: value}."""
    old = asdict(before)
    return {name: value for name, value in asdict(settings).items() if value != old[name]}


def own_first_state(run: Run) -> engine.State | None:
    """The state that the run began with, when it is not the one that its settings and seed give
    (weights from a link, a forgotten past)."""
    first = run.checkpoints[0]
    seeded = engine.initial_state(run.history[0][1], run.experiments[0][1].data)
    same = first.epoch == 0 and all(
        np.array_equal(getattr(first, name), getattr(seeded, name))
        for name in ("parameters", "velocity", "chains")
    )
    return None if same else first


def versions() -> str:
    """What made the run: versions and the kind of machine, in one line."""
    named = [f"Python {platform.python_version()}"]
    for name in ("rbm", "numpy", "numba"):
        try:
            named.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            named.append(f"{name} (not installed as a package)")
    return ", ".join(named) + f", on {sys.platform} {platform.machine()}"


def comment(text: str) -> str:
    """Text of ours as lines of comment."""
    return "".join(
        f"{line}\n"
        for paragraph in text.split("\n")
        for line in textwrap.wrap(
            paragraph, WIDTH, initial_indent="# ", subsequent_indent="# "
        ) or ["#"]
    )  # fmt: skip
