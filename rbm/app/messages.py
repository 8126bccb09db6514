"""What the page says: complaints about a link or a value, and what to try first."""

from __future__ import annotations

import re
from typing import Protocol

import streamlit as st

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")


def plain(text: str) -> str:
    """A stranger's text with nothing left in it that Markdown or HTML would act on."""
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))


class Complaining(Protocol):
    """What gathers sentences about refused things."""

    complaints: list[str]


def complaints(session: Complaining) -> None:
    """Sentences about what was refused, until they are dismissed."""
    if session.complaints:
        st.warning(
            "  \n".join(plain(text) for text in session.complaints[-8:]), icon=":material/info:"
        )
        st.button("Dismiss", on_click=session.complaints.clear, key="dismiss")
