"""The panels for files and pasted text, without a browser: read, correct, choose, learn."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm.app.session import Session
from rbm.tables import read_table
from rbm.unit_map import UnitMap


def script() -> None:
    import streamlit as st

    from rbm.app.file_panel import file_panel, paste_panel
    from rbm.app.session import from_params

    if "session" not in st.session_state:
        st.session_state["session"] = from_params({"n_points": "30", "n_hidden": "3"})
    session = st.session_state["session"]
    file_panel(session)
    paste_panel(session)
    st.write(" ".join(session.complaints))


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(script, default_timeout=20).run()


def session_of(app: AppTest) -> Session:
    session: Session = app.session_state["session"]
    return session


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="paste_text").set_value(text).run()
    assert not app.exception
    return app


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader(key="file_upload").set_value((name, content, "text/csv")).run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.caption, *app.error]).replace("\\", "")


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

    monkeypatch.setattr("rbm.app.file_panel.read_table", counted)
    upload(app, "a.csv", TABLE.encode())
    app.toggle(key="file_per_axis").set_value(True).run()
    app.run()
    assert len(reads) == 1


def squares(rows: int) -> bytes:
    return ("x,y,z\n" + "".join(f"{i},{i * i % 97},{i % 13}\n" for i in range(rows))).encode()


def test_three_files_in_turn_are_each_learnt_whole(app):
    for rows in (60, 150, 3000, 12_000, 60):
        upload(app, f"{rows}.csv", squares(rows))
        assert app.number_input(key="file_limit").value == min(rows, 10_000)
        assert ("random sample" in said(app)) == (rows > 10_000)
        app.button(key="file_learn").click().run()
        dataset = session_of(app).dataset
        assert dataset is not None
        assert len(dataset.points) + len(dataset.held_out) == min(rows, 10_000)


def test_another_file_forgets_every_choice_about_the_points(app):
    upload(app, "a.csv", squares(60))
    app.number_input(key="file_limit").set_value(20).run()
    app.number_input(key="file_seed").set_value(3).run()
    app.selectbox(key="file_x").set_value("z").run()
    app.toggle(key="file_drop").set_value(True).run()
    app.toggle(key="file_per_axis").set_value(True).run()
    app.segmented_control(key="file_way").set_value("Many columns (PCA)").run()
    app.multiselect(key="file_columns").set_value(["x", "z"]).run()
    app.toggle(key="file_equalise").set_value(False).run()
    upload(app, "b.csv", squares(61))
    assert app.segmented_control(key="file_way").value == "Two columns"
    assert (app.selectbox(key="file_x").value, app.selectbox(key="file_y").value) == ("x", "y")
    assert not app.toggle(key="file_drop").value
    assert not app.toggle(key="file_per_axis").value
    assert app.number_input(key="file_limit").value == 61
    app.segmented_control(key="file_way").set_value("Many columns (PCA)").run()
    assert app.multiselect(key="file_columns").value == ["x", "y", "z"]
    assert app.toggle(key="file_equalise").value
    app.number_input(key="file_limit").set_value(20).run()
    assert app.number_input(key="file_seed").value == 0


def test_the_same_table_read_another_way_keeps_columns_and_counts_its_rows_anew(app):
    upload(app, "a.csv", squares(60))
    app.selectbox(key="file_x").set_value("z").run()
    app.number_input(key="file_limit").set_value(20).run()
    app.number_input(key="file_skip").set_value(10).run()
    app.selectbox(key="file_header").set_value(True).run()
    assert app.number_input(key="file_limit").value == 50
    assert "random sample" not in said(app)


FLAT = "day;year;lat;lon\n" + "".join(
    f"{i % 28 + 1:02d}.02.2024;{1900 + 10 * i};4{i % 9},5;{i % 7}\n" for i in range(40)
)


def test_numbers_come_before_dates_and_a_flat_picture_is_stretched_and_says_so(app):
    paste(app, FLAT)
    assert (app.selectbox(key="paste_x").value, app.selectbox(key="paste_y").value) == (
        "year", "lat",
    )  # fmt: skip
    assert app.toggle(key="paste_per_axis").value
    assert "stretched by itself: “year” spans 49 times as much as “lat”" in said(app)
    app.selectbox(key="paste_x").set_value("lon").run()
    assert not app.toggle(key="paste_per_axis").value
    assert "stretched" not in said(app)
    app.toggle(key="paste_per_axis").set_value(True).run()  # one's own choice stays
    app.toggle(key="paste_drop").set_value(True).run()
    assert app.toggle(key="paste_per_axis").value


def test_sentences_name_toggles_that_exist(app):
    paste(app, "x,y\n" + "".join(f"{i},{i % 5}e-9\n" for i in range(12)))
    app.toggle(key="paste_per_axis").set_value(False).run()
    assert f"choose “{app.toggle(key='paste_per_axis').label}”" in said(app)
    paste(app, "x,y\n" + "".join(f"{i},{i * i}\n" for i in range(12)) + "5,nan\n")
    assert f"choose “{app.toggle(key='paste_drop').label}”" in said(app)


@pytest.mark.parametrize(
    ("text", "sentence", "not_said"),
    [
        ("x,y\n", "no rows below the header", "not shown"),
        ("x,y\n" + "NaN,NaN\n" * 12, "every cell of column “x” is empty", "delimiter"),
        ("x,y\n" + "".join(f"{i},NA\n" for i in range(12)), "column “y” is empty", "delimiter"),
    ],
)
def test_empty_tables_and_columns_are_called_that(app, text, sentence, not_said):
    paste(app, text)
    assert sentence in said(app)
    assert not_said not in said(app)
