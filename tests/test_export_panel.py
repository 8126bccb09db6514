"""The panels of tables and programs, as the page "Keep and share" shows them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rbm import experiment, training
from rbm.app.session import Session
from tests.eventful_runs import drawing, table

APP = Path(__file__).parents[1] / "app.py"
LINK = {"v": "1", "n_points": "60", "n_hidden": "3", "sigma": "0.7", "seed": "5"}
PROGRAMS = ("python_with_rbm", "python_numpy")

Files = dict[str, tuple[str, Callable[[], bytes] | str]]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """Key of a button → name and content of its file, as the page draws them."""
    drawn: Files = {}
    button = st.download_button

    def noted(label, data, file_name, *args, **named):
        drawn[named["key"]] = file_name, data
        return button(label, data, file_name, *args, **named)

    monkeypatch.setattr(st, "download_button", noted)
    return drawn


@pytest.fixture
def page(files: Files) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=120)
    for name, value in LINK.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("pages/share.py").run()
    assert not app.exception
    return app


def session_of(page: AppTest) -> Session:
    return page.session_state["session"]


def programs(page: AppTest) -> list[str]:
    return [block.value for block in page.code if block.language == "python"]


def content(files: Files, key: str) -> bytes:
    data = files[key][1]
    assert callable(data), "made when the button is pressed, not before"
    return data()


def test_the_files_are_of_the_run_at_the_press_not_at_the_drawing(page, files):
    session = session_of(page)
    session.run = training.advance(session.run, 9)
    found = json.loads(content(files, "export_machine"))
    assert files["export_machine"][0] == "rbm_machine.json"
    assert found["epoch"] == 9
    assert np.array_equal(found["weights"], session.run.model.weights)
    assert len(content(files, "export_points").splitlines()) == 61
    assert len(content(files, "export_weights").splitlines()) == 6
    assert len(content(files, "export_reconstructions").splitlines()) == 61


def test_an_earlier_epoch_is_chosen_and_named(page, files):
    session = session_of(page)
    session.run = training.advance(session.run, 30)
    page.run()
    choice = next(group for group in page.get("button_group") if group.key == "export_which")
    choice.set_value("An earlier one").run()
    page.slider(key="export_epoch").set_value(12).run()
    assert not page.exception
    assert files["export_weights"][0] == "rbm_weights_epoch_12.csv"
    assert json.loads(content(files, "export_machine"))["epoch"] == 12
    # Another, shorter run meanwhile: the newest that it has.
    session.run = training.rewind(session.run, 5)
    assert json.loads(content(files, "export_machine"))["epoch"] == 5
    page.run()
    assert not page.exception
    assert page.slider(key="export_epoch").value == 5


def test_passes_and_starts_reach_the_reconstructions(page, files):
    page.selectbox(key="export_starts").set_value("uniform").run()
    page.number_input(key="export_passes").set_value(0).run()
    assert page.number_input(key="export_passes").value >= 1
    page.number_input(key="export_passes").set_value(7).run()
    assert not page.exception
    rows = list(csv.reader(io.StringIO(content(files, "export_reconstructions").decode())))
    assert len(rows) == 2001
    assert any("2,000 reconstructions" in caption.value for caption in page.caption)


def test_names_beyond_ascii_are_marked_for_spreadsheets(page, files):
    session = session_of(page)
    for names, begins in (("höhe", b"\xef\xbb\xbfset,"), ("height", b"set,")):
        dataset = table()
        own = replace(dataset.map, names=(names, "b"))
        built = experiment.build(session.settings, dataset=replace(dataset, map=own))
        session.run = training.start(built)
        assert content(files, "export_points").startswith(begins)


def test_programs_are_written_only_when_their_panel_is_open(page, files):
    assert not programs(page)
    assert not any(f"{name}_file" in files for name in PROGRAMS)
    for name in PROGRAMS:
        page.session_state[name] = True
    page.run()
    assert not page.exception
    short, plain = programs(page)
    assert "import rbm" in short
    assert "import rbm" not in plain
    assert files["python_with_rbm_file"][1].strip() == short
    assert files["python_numpy_file"][1].strip() == plain
    assert any("kB" in caption.value for caption in page.caption)


def test_a_program_too_long_to_show_is_still_a_file(page, files):
    session = session_of(page)
    dataset = drawing(9_000)
    session.run = training.start(experiment.build(session.settings, dataset=dataset))
    page.session_state["python_numpy"] = True
    page.run()
    assert not page.exception
    assert not programs(page)
    assert len(files["python_numpy_file"][1]) > 90_000
    assert any("too long to show" in caption.value for caption in page.caption)
