"""The panels for files and pasted text, without a browser: read, correct, choose, learn."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm.tables import read_table
from rbm.unit_map import UnitMap
from tests.file_panels import opened, paste, said, session_of, upload


@pytest.fixture
def app() -> AppTest:
    return opened()


TABLE = "id;length;width\n" + "\n".join(f"a;{i % 7},5;{i * i % 11}" for i in range(150))


def test_pasted_text_is_learnt_with_a_part_held_out_only_at_the_press(app):
    run = session_of(app).run
    paste(app, TABLE)
    assert app.selectbox(key="paste_x").options == ["length", "width"]
    assert session_of(app).run is run
    app.button(key="paste_learn").click().run()
    dataset = session_of(app).dataset
    assert dataset is not None
    assert (dataset.kind, dataset.name) == ("text", "Pasted text")
    assert (len(dataset.points), len(dataset.held_out)) == (120, 30)
    assert "decimal comma" in " ".join(dataset.notes)
    assert dataset.map is not None
    lengths = dataset.map.from_unit(dataset.points)[:, 0]
    np.testing.assert_allclose(lengths % 1, 0.5, atol=2e-3)  # half a step of the grid
    assert session_of(app).run.epoch == 0


def test_an_uploaded_file_is_read_by_its_content_and_its_name_is_only_shown(app):
    buffer = io.BytesIO()
    np.save(buffer, np.random.default_rng(0).normal(0, [1, 3, 9], (40, 3)))
    upload(app, "<b>points</b>.csv", buffer.getvalue())
    app.button(key="file_learn").click().run()
    dataset = session_of(app).dataset
    assert dataset is not None
    assert (dataset.kind, dataset.name, len(dataset.points)) == ("file", "<b>points</b>.csv", 40)


def test_every_guess_can_be_corrected_and_the_table_is_read_again_that_way(app):
    paste(app, "x|y|when\n" + "\n".join(f"{i},5|{i * i}|0{i % 9 + 1}/02/24" for i in range(20)))
    app.selectbox(key="paste_delimiter").set_value(";").run()
    assert "needs two columns of numbers" in said(app)
    app.selectbox(key="paste_delimiter").set_value("|").run()
    assert app.selectbox(key="paste_x").options == ["x", "y", "when"]
    assert app.selectbox(key="paste_decimal").value is None  # found out: comma
    app.selectbox(key="paste_column").set_value("when").run()
    assert app.selectbox(key="paste_kind").value == "day first"
    app.selectbox(key="paste_x").set_value("when").run()
    assert "days since 2024-02-01" in said(app)
    app.selectbox(key="paste_kind").set_value("month first").run()
    assert "days since 2024-01-02" in said(app)
    app.selectbox(key="paste_decimal").set_value(".").run()
    assert app.selectbox(key="paste_x").options == ["y", "when"]
    app.selectbox(key="paste_header").set_value(False).run()
    assert "column 2" in app.selectbox(key="paste_x").options
    app.number_input(key="paste_skip").set_value(5).run()
    assert "15 rows" in said(app) or "16 rows" in said(app)


def test_another_text_is_found_out_afresh(app):
    paste(app, TABLE)
    app.selectbox(key="paste_decimal").set_value(".").run()
    paste(app, TABLE.replace("a;", "b;"))
    assert app.selectbox(key="paste_decimal").value is None
    assert app.selectbox(key="paste_x").options == ["length", "width"]


def test_many_columns_are_projected_and_the_variance_is_told(app):
    rng = np.random.default_rng(3)
    values = rng.normal(size=(200, 2)) @ rng.normal(size=(2, 4)) + rng.normal(0, 0.1, (200, 4))
    paste(app, "a,b,c,d\n" + "\n".join(",".join(f"{v:.5f}" for v in row) for row in values))
    app.segmented_control(key="paste_way").set_value("Many columns (PCA)").run()
    app.toggle(key="paste_equalise").set_value(False).run()
    assert "principal components of 4 columns hold" in said(app)
    app.button(key="paste_learn").click().run()
    dataset = session_of(app).dataset
    assert dataset is not None
    assert dataset.map is not None
    assert UnitMap.from_dict(json.loads(json.dumps(dataset.map.to_dict()))) == dataset.map
    back = dataset.map.from_unit(dataset.points)
    order = np.random.default_rng(0).permutation(200)[40:]
    assert np.abs(back - values[order]).max() < 0.6  # the noise that two components leave out
    app.multiselect(key="paste_columns").set_value(["b"]).run()
    assert "two different columns" in said(app)


def test_bad_rows_are_dropped_only_when_asked_and_said(app):
    paste(app, "x,y\n" + "".join(f"{i},{i * i}\n" for i in range(12)) + "5,nan\n")
    assert "Row 14 of column “y”" in said(app)
    assert "stay" in said(app)
    app.toggle(key="paste_drop").set_value(True).run()
    assert not app.error
    app.button(key="paste_learn").click().run()
    dataset = session_of(app).dataset
    assert dataset is not None
    assert len(dataset.points) == 12
    assert "1 row was dropped; the first: Row 14" in " ".join(dataset.notes)


def test_fewer_points_are_a_random_sample_with_its_seed(app):
    paste(app, TABLE)
    app.number_input(key="paste_limit").set_value(50).run()
    app.number_input(key="paste_seed").set_value(7).run()
    app.button(key="paste_learn").click().run()
    dataset = session_of(app).dataset
    assert dataset is not None
    assert len(dataset.points) == 50
    assert "sample of 50 of the 150 rows is used (seed 7)" in " ".join(dataset.notes)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n3,4", "fewer than 10 rows"),
        ("just some words\nand more", "columns of numbers"),
        ("x,y\n" + "1,2\n" * 20, "constant"),
        ("<b>x</b>,=cmd|'/c calc'!A0\n" + "1,2\n" * 20, "constant"),
        ('x,y\n1,"2\n' + "3,4\n" * 20, "quotation mark"),
    ],
)
def test_what_cannot_be_used_gets_a_sentence_and_changes_nothing(app, text, sentence):
    run = session_of(app).run
    paste(app, text)
    assert sentence in app.error[0].value.replace("\\", "")
    assert "<b>" not in app.error[0].value
    assert session_of(app).run is run


def test_a_table_is_read_once_however_often_the_page_runs(app, monkeypatch):
    reads = []

    def counted(*args):
        reads.append(args)
        return read_table(*args)

    monkeypatch.setattr("rbm.app.table_upload.read_table", counted)
    upload(app, "a.csv", TABLE.encode())
    app.toggle(key="file_per_axis").set_value(True).run()
    app.run()
    assert len(reads) == 1
