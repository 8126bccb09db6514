"""How the page says things: strangers' texts, times to wait, complaints about a link or a value."""

from __future__ import annotations

import re
from typing import Protocol

import streamlit as st

from rbm.app.steady import steady_place

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")


def plain(text: str) -> str:
    """A stranger's text with nothing left in it that Markdown or HTML would act on."""
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))


def duration(seconds: float) -> str:
    """A time to wait, in the unit in which people would say it."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Complaining(Protocol):
    """What gathers sentences about refused things."""

    complaints: list[str]


def complaints(session: Complaining) -> None:
    """Sentences about what was refused, until they are dismissed."""
    with steady_place():
        if session.complaints:
            st.warning(
                "  \n".join(plain(text) for text in session.complaints[-8:]),
                icon=":material/info:",
            )
            st.button("Dismiss", on_click=session.complaints.clear, key="dismiss")
