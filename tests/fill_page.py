"""The page "Fill in" for tests: opened through `app.py`, and what stands on it."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from rbm import binary_training
from rbm.app.binary_session import BinarySession
from rbm.app.fill_bench import Bench
from rbm.cases import CASE_SETS, FILMS


def opened(name: str, epochs: int) -> AppTest:
    """The page with a set of the app, learnt for so many epochs."""
    app = AppTest.from_file("../app.py", default_timeout=120).run()
    app.switch_page("pages/fill_in.py").run()
    session: BinarySession = app.session_state["binary_session"]
    session.use(CASE_SETS[name].build(), name)
    session.run = binary_training.advance(session.run, epochs)
    app.run()
    assert not app.exception
    return app


def bench(page: AppTest) -> Bench:
    kept: Bench = page.session_state["fill"]
    return kept


def by_label(page: AppTest, label: str) -> Any:
    widgets = (*page.button, *page.number_input, *page.selectbox, *page.button_group)
    return next(each for each in widgets if each.label == label)


def answer(page: AppTest, film: str) -> Any:
    """What is said of a film at the end of the story."""
    return page.button_group(key=f"films_answer_{FILMS.index(film)}")


def shown(page: AppTest, kind: str) -> dict[str, Any]:
    """What the browser was told to draw on the "board" or in the "player"."""
    messages = [json.loads(each.proto.json) for each in page.get("bidi_component")]
    return next(message for message in messages if message["kind"] == kind)


def bytes_of(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8)


def said(page: AppTest) -> str:
    parts = (*page.markdown, *page.caption, *page.info, *page.success, *page.subheader)
    return "\n".join(each.value for each in parts)
