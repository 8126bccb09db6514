"""The gallery of patterns: thumbnails by the real generators, to click or to reach by keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import streamlit as st

from rbm.patterns import PATTERNS, sample_pattern

THUMBNAIL_POINTS = 260
_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "pattern_gallery",
    html="<div role='radiogroup' aria-label='Pattern'></div>",
    css=(_HERE / "gallery.css").read_text(encoding="utf-8"),
    js=(_HERE / "gallery.js").read_text(encoding="utf-8"),
)


@lru_cache(maxsize=1)
def thumbnails() -> list[dict[str, object]]:
    """Name, label and points (percent of the square, whole numbers) of every pattern."""
    return [
        {
            "name": name,
            "label": pattern.label,
            "points": (sample_pattern(name, THUMBNAIL_POINTS, 0) * 100).round().astype(int)
            .ravel().tolist(),
        }
        for name, pattern in PATTERNS.items()
    ]  # fmt: skip


def gallery(selected: str | None, key: str, on_pick: Callable[[], None]) -> None:
    """Draws the gallery with `selected` marked; `st.session_state[key].pick` is the name picked."""
    _mount(key=key, data={"patterns": thumbnails(), "selected": selected}, on_pick_change=on_pick)
