"""The switch "Show what each setting does" and its strips, without a browser."""

from __future__ import annotations

import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import pytest
from streamlit.testing.v1 import AppTest

from rbm.app import lab, sensitivity, sensitivity_work
from rbm.app.controls import GROUPS
from rbm.app.sensitivity_memory import Memory
from rbm.tuning import ExecutorLost, Outcome
from rbm.tuning.space import TUNABLE

APP = Path(__file__).parents[1] / "app.py"
QUICK = {"v": "1", "n_points": "30", "n_hidden": "3", "k": "1", "k_end": "1", "k_ramp": "0"}
OPEN = (*GROUPS["Machine"], *GROUPS["Learning"])


class Quick(ThreadPoolExecutor):
    """Answers every trial at once: the better, the larger σ."""

    def submit(self, fn, /, *args, **kwargs):
        (trial,) = args
        level = 1 / (1 + trial.settings.sigma)
        done: Future[Outcome] = Future()
        done.set_result(Outcome((level, level, level), (), 0, 0.01, 0.01, 1))
        return done


class Lost(ThreadPoolExecutor):
    def submit(self, fn, /, *args, **kwargs):
        raise ExecutorLost("Nobody answers at tcp://*nowhere*.")


@pytest.fixture
def found(monkeypatch):
    """What the server finds to train on; a test may put another executor there."""
    place = [Quick()]
    monkeypatch.setattr(lab, "executor", lambda: place[0])
    monkeypatch.setattr(sensitivity_work, "REST", 0.0)
    memory = Memory(lambda: lab.executor())
    monkeypatch.setattr(sensitivity, "_memory", lambda: memory)
    return place


def page(**params: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params.update(QUICK | {name.replace("_", ".", 1): v for name, v in params.items()})
    app.run()
    assert not app.exception
    return app


def texts(app: AppTest) -> dict[str, str]:
    """What each strip says, by the label of its setting."""
    said = {}
    for element in app.sidebar.get("html"):
        match = re.search(r'alt="([^"]*), mismatch: ([^"]*)"', element.proto.body)
        if match:
            said[match[1]] = match[2]
    return said


def settled(app: AppTest) -> AppTest:
    strips = app.session_state[sensitivity.PANEL].strips
    deadline = time.monotonic() + 120
    while strips.unfinished:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        app.run()
        assert not app.exception
    return app.run()


def captions(app: AppTest) -> str:
    return " ".join(element.value for element in app.sidebar.caption)


def test_nothing_is_computed_until_it_is_asked_for(found):
    app = page()
    assert not app.toggle(key=sensitivity.KEY).value
    assert sensitivity.PANEL not in app.session_state
    assert texts(app) == {}
    assert "page.strips" not in app.query_params


def test_every_open_control_gets_its_strip_with_now_and_best(found):
    app = page()
    app.toggle(key=sensitivity.KEY).set_value(True).run()
    settled(app)
    said = texts(app)
    assert len(said) == len(OPEN)
    assert said["Noise"] == "now 0.2: 0.83; best 2: 0.33"
    assert said["Momentum"] == "now 0.9: 0.83; best of these"
    assert re.search(r"\d+ trainings of 700 epochs, 3 seeds a value, in \d", captions(app))
    assert app.query_params["page.strips"] == "1"


def test_a_link_brings_the_strips_back_and_the_switch_ends_them(found):
    app = page(page_strips="1")
    assert not app.warning
    assert app.toggle(key=sensitivity.KEY).value
    assert len(texts(settled(app))) == len(OPEN)
    app.toggle(key=sensitivity.KEY).set_value(False).run()
    assert texts(app) == {}
    assert "page.strips" not in app.query_params


def test_the_mark_moves_with_the_control_before_anything_is_computed(found, monkeypatch):
    app = settled(page(page_strips="1"))
    monkeypatch.setattr(sensitivity_work, "REST", 1e9)
    app.slider(key="knob_sigma").set_value(1.21).run()
    said = texts(app)
    assert said["Noise"] == "now 1.21: 0.45; best 2: 0.33"  # a value of the strip: known
    assert said["Momentum"] == "now 0.9: 0.45; best so far of these"
    bodies = [e.proto.body for e in app.sidebar.get("html") if "Noise, " in e.proto.body]
    assert "x1='60.50%' x2='60.50%'" in unquote(bodies[0])


def test_a_group_that_is_opened_gets_its_strips_too(found):
    app = page(page_strips="1")
    for title in ("group_Refinements", "group_Rarely needed", "group_data"):
        app.session_state[title] = True
    settled(app.run())
    assert len(texts(app)) == len(TUNABLE)


def test_workers_that_cannot_be_had_do_not_block_the_controls(found):
    found[0] = Lost()
    app = page(page_strips="1")
    strips = app.session_state[sensitivity.PANEL].strips
    deadline = time.monotonic() + 120
    while not strips.problem:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    app.run()
    assert "Nobody answers at tcp\\:" in captions(app)
    assert "\\*nowhere\\*" in captions(app)
    app.slider(key="knob_momentum").set_value(0.5).run()
    assert app.session_state["session"].settings.momentum == 0.5
    found[0] = Quick()
    app.run()
    if strips.problem:
        app.button(key="strips_again").click().run()
    assert len(texts(settled(app))) == len(OPEN)


def test_a_machine_too_large_for_strips_is_said_and_can_be_made_smaller(found):
    app = page(page_strips="1")
    settings = {"n_hidden": 64, "k": 50, "n_points": 10_000}
    app.session_state["group_data"] = True
    app.run()
    for name, value in settings.items():
        app.number_input(key=f"knob_{name}").set_value(value).run()
    assert "takes too long" in captions(app)
    app.number_input(key="knob_n_points").set_value(30).run()
    app.number_input(key="knob_n_hidden").set_value(3).run()
    assert len(texts(settled(app))) == len(OPEN) + 1
