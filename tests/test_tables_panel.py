"""What the file panel proposes for a table, afresh for each, and offers when one failed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm.tables import first_many, first_pair, is_flat, read_table
from tests.file_panels import opened, paste, said, session_of, upload
from tests.workbooks import workbook


@pytest.fixture
def app() -> AppTest:
    return opened()


def squares(rows: int) -> bytes:
    return ("x,y,z\n" + "".join(f"{i * 7},{i * i % 97},{i % 13}\n" for i in range(rows))).encode()


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


def saved(save, *args, **arrays) -> bytes:
    buffer = io.BytesIO()
    save(buffer, *args, **arrays)
    return buffer.getvalue()


def labels(app: AppTest) -> set[str]:
    return {widget.label for widget in [*app.selectbox, *app.number_input]}


LONG = np.random.default_rng(5).normal(0, 1 / 3, (40, 2))
TEXT = {"Delimiter", "Encoding", "First row holds", "Lines to skip above the table", "Decimal mark"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (saved(np.save, LONG)[:-8], set()),
        (saved(np.savez, a=LONG)[:-30], set()),
        (b"PAR1" + bytes(100), set()),
        (workbook([["x", "y"], [1, 2]])[:-30], set()),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), set()),
        ("x,y\n1,2\n".encode("utf-16-le"), TEXT),
    ],
)
def test_a_file_that_failed_offers_only_what_its_format_has(app, content, expected):
    upload(app, "a.csv", content)
    assert app.error
    assert labels(app) == expected


def test_the_arrays_of_an_archive_are_chosen_in_plain_view(app):
    upload(app, "a.npz", saved(np.savez, short=LONG[:12], long=LONG, bad=np.zeros((2000, 1001))))
    assert not app.expander
    assert "“bad”" in said(app)
    choice = app.selectbox(key="file_part")
    assert (choice.label, choice.options) == ("Sheet or array, one of 2", ["long", "short"])
    assert choice.placeholder == "Found: long"
    shown = app.dataframe[0].value.to_numpy().ravel()
    assert all(len(cell.lstrip("-0.").replace(".", "")) <= 6 for cell in shown)
    np.testing.assert_allclose(shown.astype(float), LONG[:8].ravel(), rtol=1e-5)
    choice.set_value("short").run()
    assert app.number_input(key="file_limit").value == 12


def test_an_empty_or_too_wide_first_sheet_leaves_the_others_to_choose(app):
    rows = "".join(
        f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}"><v>{i * i / 3!r}</v></c></row>'
        for i in range(1, 21)
    )
    wide = '<row r="1"><c r="A1"><v>1</v></c><c r="AZZ1"><v>1</v></c></row>'
    for first, sentence in (("", "is empty"), (wide, "columns: keep those you need")):
        upload(app, f"{sentence}.xlsx", workbook(first, rows))
        assert sentence in said(app)
        assert "Delimiter" not in labels(app)
        app.selectbox(key="file_part").set_value("Sheet2").run()
        assert not app.error
        assert app.number_input(key="file_limit").value == 20
        assert app.dataframe[0].value.iloc[0, 1] == "0.333333"


COLUMNS = {
    "date": lambda i: f"2024-05-{i + 1:02d}", "same": lambda i: "4", "a": lambda i: f"{i * 3 % 10}",
    "b": lambda i: f"{i * 7 % 10 * 10}", "c": lambda i: f"{i * 7 % 10 * 11}",
    "gone": lambda i: "NA", "id": lambda i: f"{i + 7}",
}  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "pair", "many"),
    [
        ("date same a b", ("a", "b"), ["a", "b"]),
        ("a date", ("date", "a"), ["a", "date"]),
        ("date same a", ("date", "a"), ["date", "same", "a"]),
        ("same gone b", ("b", "same"), ["same", "b"]),
        ("c gone a b", ("c", "a"), ["c", "a", "b"]),
        ("id a b", ("a", "b"), ["a", "b"]),
        ("a id", ("id", "a"), ["a", "id"]),
        ("id date a", ("date", "a"), ["id", "date", "a"]),
    ],
)
def test_what_is_proposed_of_a_table(columns, pair, many):
    names = columns.split()
    rows = [",".join(COLUMNS[name](i) for name in names) for i in range(10)]
    table = read_table(",".join(names) + "\n" + "\n".join(rows))
    assert first_pair(table) == pair
    assert first_many(table, 50) == many
    assert first_many(table, 2) == many[:2]


def test_a_spread_more_than_ten_times_the_other_is_flat():
    rows = [",".join(COLUMNS[name](i) for name in ("a", "b", "c", "same")) for i in range(10)]
    table = read_table("a,b,c,same\n" + "\n".join(rows))
    assert not is_flat(table, ("a", "b"))  # 9 and 90
    assert is_flat(table, ("a", "c"))
    assert is_flat(table, ("c", "a"))
    assert not is_flat(table, ("same", "c"))
    assert not is_flat(table, ("a", "b", "c"))
