"""The pages for own data and for sharing: what is brought is learnt, and leaves as it came."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm import run_file
from rbm.app.session import Session
from rbm.datasets import make_dataset
from rbm.links import Link, decode
from rbm.settings import Settings

APP = Path(__file__).parents[1] / "app.py"
QUICK = {"v": "1", "n_points": "30", "n_hidden": "3", "k": "1", "k_end": "1"}
TABLE = "id;length;width\n" + "\n".join(f"a;{i % 7},5;{i * i % 11}" for i in range(150))


def page(name: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=120)
    for param, value in QUICK.items():
        app.query_params[param] = value
    return app.run().switch_page(f"pages/{name}.py").run()


def session_of(app: AppTest) -> Session:
    return app.session_state["session"]


def paste(text: str) -> AppTest:
    app = page("data")
    app.segmented_control(key="data_source").set_value("Paste").run()
    return app.text_area(key="paste_text").set_value(text).run()


def test_pasted_data_are_learnt_with_a_part_held_out():
    app = paste(TABLE)
    assert not app.exception
    assert session_of(app).dataset is None
    app.button(key="paste_learn").click().run()
    session = session_of(app)
    assert session.run.experiment.pattern is None
    assert len(session.run.data) == 120
    both = np.vstack([session.dataset.points, session.dataset.held_out])
    assert both.min() >= 0.05 - 1 / 8190
    assert both.max() <= 0.95 + 1 / 8190
    assert any("30 are held out" in text.value for text in app.caption)
    app.button(key="step").click().run()
    assert session_of(app).run.epoch == 1
    app.switch_page("pages/playground.py").run()
    assert not app.exception
    assert any("30 are held out" in text.value for text in app.caption)
    app.selectbox(key="pattern").set_value("ring").run()
    assert session_of(app).dataset is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n3,4", "fewer than 10 rows"),
        ("just some words\nand more", "columns of numbers"),
        ("x,y\n" + "1,2\n" * 20, "constant"),
        ("<b>x</b>,y\n" + "1,2\n" * 20, "constant"),
    ],
)
def test_data_that_cannot_be_used_get_a_sentence_and_change_nothing(text, sentence):
    app = paste(text)
    assert not app.exception
    assert sentence in app.error[0].value
    assert "<b>" not in app.error[0].value
    assert session_of(app).run.experiment.pattern == "split_ring"


@pytest.mark.parametrize("source", ["Draw", "File", "Paste", "Picture", "Word"])
def test_every_source_opens_and_survives_a_change_of_page(source):
    app = page("data")
    app.segmented_control(key="data_source").set_value(source).run()
    assert not app.exception
    app.switch_page("pages/figures.py").run().switch_page("pages/data.py").run()
    assert not app.exception


def test_the_link_on_the_page_restores_points_and_weights():
    app = paste(TABLE)
    app.button(key="paste_learn").click().run()
    session_of(app).run_to(25)
    app.switch_page("pages/share.py").run()
    assert not app.exception
    app.toggle(key="link_weights").set_value(True).run()
    address = next(code.value for code in app.code if "weights=" in code.value)
    link = decode(dict(parse_qsl(urlsplit(address).query)), Settings())
    assert link.complaints == ()
    opened, run = Session(link).run, session_of(app).run
    np.testing.assert_array_equal(opened.state.parameters, run.state.parameters)
    np.testing.assert_array_equal(opened.data, run.data)


def test_what_a_link_cannot_carry_is_said_before_it_is_copied():
    app = page("share")
    many = make_dataset("many", "file", np.random.default_rng(0).random((2_000, 2)))
    session_of(app).use_dataset(many)
    app.run()
    assert "2,000 points do not fit" in app.warning[0].value
    assert not app.exception


def test_a_run_s_file_opens_on_the_page_and_a_bad_one_changes_nothing():
    other = Session(Link(Settings(n_points=30, n_hidden=4, k=1, k_end=1)))
    other.run_to(12)
    app = page("share")
    upload = app.file_uploader(key="run_file_open")
    upload.set_value(("mine.rbm.npz", other.save_bytes(), "application/octet-stream")).run()
    assert not app.exception
    assert "mine" in app.success[0].value
    session = session_of(app)
    assert session.run.epoch == 12
    np.testing.assert_array_equal(session.run.recording.frames, other.run.recording.frames)
    run = session.run
    upload = app.file_uploader(key="run_file_open")
    upload.set_value(("<b>.npz", b"PK\x03\x04 nothing", "application/octet-stream")).run()
    assert "cut off or damaged" in app.error[0].value
    assert session_of(app).run is run
    assert run_file.load(session_of(app).save_bytes()).run.epoch == 12
