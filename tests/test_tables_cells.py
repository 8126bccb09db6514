"""What a cell means: numbers as people write them, dates, and what a column holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.dialects import Dialect, first_odd_byte
from rbm.tables import Choices, TableError, choose_points, read_table
from rbm.tables.cells import DATES, find_kind, make_column, read_cells

POINT, COMMA = Dialect(";", "."), Dialect(";", ",")
NUMBERS = [
    ("1.5", 1.5, None), ("1,5", None, 1.5), (" -2 ", -2.0, -2.0), ("+3", 3.0, 3.0),
    ("1e3", 1e3, 1e3), ("1.2E+03", 1200.0, None), ("1,2E-03", None, 0.0012),
    ("1.5D+02", 150.0, None), ("2d3", 2000.0, 2000.0), ("−4", -4.0, -4.0),
    ("1,234.5", 1234.5, None), ("1.234,5", None, 1234.5), ("1.234.567", None, 1234567.0),
    ("1,234,567", 1234567.0, None), ("1 234.5", 1234.5, None), ("1 234,5", None, 1234.5),
    ("1\u202f234\u202f567,25", None, 1234567.25), ("1'234.50", 1234.5, None),
    ("1’234", 1234.0, 1234.0), ("12,34", None, 12.34), ("1,2345", None, 1.2345),
    ("0,123", None, 0.123), ("0.123", 0.123, None), ("1,234 567", None, None),
    ("1_000", None, None), ("0x10", None, None), ("12 %", None, None), ("€5", None, None),
    ("", None, None), ("abc", None, None), ("--5", None, None), ("1234 567", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "point", "comma"), NUMBERS)
def test_a_cell_is_the_number_that_a_person_reads(cell, point, comma):
    assert POINT.number(cell) == point
    assert COMMA.number(cell) == comma


@pytest.mark.parametrize(
    ("cell", "point", "comma", "unit"),
    [
        ("12.345,67 €", None, 12345.67, "€"), ("€ 5", 5, 5, "€"), ("€5", 5, 5, "€"),
        ("$1,200.50", 1200.5, None, "$"), ("-$1,200.50", -1200.5, None, "$"), ("$-3", -3, -3, "$"),
        ("45 %", 45, 45, "%"), ("4,5%", None, 4.5, "%"), (" −7 CHF ", -7, -7, "CHF"),
        ("US$ 1.5e3", 1500, None, "US$"), ("1 234 567\u00a0kr", 1234567, 1234567, "kr"),
        ("5 m", None, None, ""), ("€ 5 €", None, None, ""), ("-€-5", None, None, "€"),
        ("€", None, None, ""), ("%5", 5, 5, "%"), ("5", 5, 5, ""), ("five €", None, None, ""),
        ("€" + " " * 100_000 + "x", None, None, ""),
    ],
)  # fmt: skip
def test_an_amount_is_a_number_and_what_it_is_counted_in(cell, point, comma, unit):
    assert POINT.amount(cell) == (point, unit)
    assert COMMA.amount(cell) == (comma, unit)


def test_a_unit_is_left_out_only_where_every_cell_carries_it():
    rows = [f"{i},{i:02d} €;{i} %;{i * i}" for i in range(600)]
    table = read_table("price;share;n\n" + "\n".join(rows), "p.csv")
    np.testing.assert_allclose(
        table.columns["price"].values, [i + i / 10 ** (2 if i < 100 else 3) for i in range(600)]
    )
    np.testing.assert_array_equal(table.columns["share"].values, np.arange(600))
    chosen = choose_points(table, ("price", "share"))
    assert "price (€)" in chosen.map.sentence()
    rows[550] = "1,5 $;1 %;2"  # beyond the rows by which kinds are found out
    table = read_table("price;share;n\n" + "\n".join(rows))
    with pytest.raises(TableError, match=r"Row 552 of column “price” reads “1,5 \$” \(1 of 600"):
        choose_points(table, ("price", "share"))
    rows[3] = "1,5;1 %;2"  # without its sign: then it is a column of words
    assert read_table("price;share;n\n" + "\n".join(rows)).names == ("share", "n")


@pytest.mark.parametrize(("first", "header"), [("5 %,95 %", True), ("5,95", False)])
def test_a_percent_sign_in_a_name_makes_it_no_number(first, header):
    table = read_table(first + "\n" + "".join(f"{i},{i * i}\n" for i in range(12)))
    assert table.read_as.header is header


def test_a_column_whose_first_rows_are_empty_is_read_on():
    text = "x,y,z,w\n" + "1,2,,\n" * 600 + "3,4,5,\n"
    table = read_table(text)
    assert (table.names, table.blank) == (("x", "y", "z"), ("w",))
    assert table.columns["z"].values[-1] == 5
    with pytest.raises(TableError, match="Every cell of column “w” is empty"):
        choose_points(table, ("x", "w"))


@pytest.mark.parametrize(
    ("values", "refused"),
    [([1, 2, 3] * 5 + [1e300], True), ([1, 2, 3] * 5 + [9e5], False), ([0] * 15 + [1], False),
     ([1, 2, 3] * 5 + [3e7], True), ([-7e307, 7e307] * 8, False)],
)  # fmt: skip
def test_one_number_that_dwarfs_all_others_is_named(values, refused):
    table = read_table("x,y\n" + "".join(f"{x!r},{i}\n" for i, x in enumerate(values)))
    if refused:
        with pytest.raises(TableError, match=r"Row 17 of column “x” is .* take that row out"):
            choose_points(table, ("x", "y"), per_axis=True)
    else:
        assert len(choose_points(table, ("x", "y"), per_axis=True).points) == 16


@given(st.floats(allow_nan=False), st.sampled_from([POINT, COMMA]))
def test_every_number_that_is_written_is_read_back(value, dialect):
    assert dialect.number(repr(value).replace(".", dialect.decimal)) == value


@given(st.integers(1000, 10**15), st.sampled_from([(POINT, ","), (COMMA, "."), (COMMA, " ")]))
def test_thousands_are_taken_together(value, way):
    dialect, mark = way
    assert dialect.number(f"{value:,}".replace(",", mark)) == value


@given(
    st.lists(st.sampled_from([cell for cell, *_ in NUMBERS]) | st.floats().map(repr), max_size=9)
)
def test_a_whole_column_is_read_as_its_cells_one_by_one(cells):
    for dialect in (POINT, COMMA):
        values, odd = read_cells(np.array(cells, object), "number", dialect)
        slow = [dialect.number(cell) for cell in cells]
        np.testing.assert_array_equal(values, [np.nan if v is None else v for v in slow])
        assert list(odd) == [i for i, value in enumerate(slow) if value is None]


MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2068, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)
WRITTEN = [
    ("iso", "%Y-%m-%d %H:%M:%S"), ("iso", "%Y-%m-%dT%H:%M:%SZ"), ("iso", "%Y-%m-%dT%H:%M:%S+00:00"),
    ("day first", "%d.%m.%Y %H:%M:%S"), ("day first", "%d/%m/%Y, %I:%M:%S %p"),
    ("month first", "%m/%d/%Y %H:%M:%S"), ("month first", "%m-%d-%Y %I:%M:%S%p"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "form"), WRITTEN)
@given(MOMENTS)
def test_dates_are_seconds_since_1970_whatever_their_form(kind, form, moment):
    expected = (moment - datetime(1970, 1, 1)) / timedelta(seconds=1)
    assert DATES[kind](moment.strftime(form)) == expected


@pytest.mark.parametrize(
    ("kind", "cell", "seconds"),
    [
        ("iso", "2024-05-01T02:00+02:00", datetime(2024, 5, 1, tzinfo=UTC).timestamp()),
        ("iso", "2024-05-01T00:00:00.250Z", datetime(2024, 5, 1, tzinfo=UTC).timestamp() + 0.25),
        ("day first", "1.2.24", datetime(2024, 2, 1, tzinfo=UTC).timestamp()),
        ("month first", "1/2/99", datetime(1999, 1, 2, tzinfo=UTC).timestamp()),
        ("time", "18:30", 66600), ("time", "6:30 p.m.", 66600), ("time", "12:00 am", 0),
        ("time", "18:30:05.5", 66605.5),
        ("iso", "2024-02-30", None), ("iso", "20240501", None), ("day first", "31.11.2024", None),
        ("day first", "12/31/2024", None), ("month first", "31/12/2024", None),
        ("time", "24:00", None), ("time", "13:00 pm", None), ("time", "1:60", None),
        ("day first", "1.2.24 25:00", None), ("iso", "", None),
    ],
)  # fmt: skip
def test_dates_by_hand(kind, cell, seconds):
    assert DATES[kind](cell) == seconds


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2", "NA", "x"], "number"), (["NA", "?", "", "7"], "number"),
        (["2024-01-01", "2024-13-01", "2024-01-03"], "iso"),
        (["1/2/2024", "3/4/2024"], "day first"), (["1/2/2024", "3/14/2024"], "month first"),
        (["12:30", "12:45"], "time"), (["a", "b", "1"], "text"), (["NA", ""], "text"),
    ],
)  # fmt: skip
def test_the_kind_of_a_column(cells, kind):
    assert find_kind(cells, POINT) == kind


def test_days_are_counted_when_no_date_has_a_time_and_seconds_otherwise():
    day = 86_400.0
    days = make_column("d", "iso", np.array([np.nan, 5 * day, 3 * day, 7 * day]), {})
    np.testing.assert_array_equal(days.values, [np.nan, 0, -2, 2])
    assert days.unit == "days since 1970-01-06"
    seconds = make_column("d", "iso", np.array([5 * day + 1, 5 * day + 4.5]), {})
    np.testing.assert_array_equal(seconds.values, [0, 3.5])
    assert seconds.unit == "seconds since 1970-01-06 00:00:01"


GPS = "\n".join(
    ["# track 7, recorded by hand", "Device: walker", "", "time;lat;lon;ele (m)"]
    + [f"2024-05-01T10:{i:02d}:00Z;48,{i * i:05d};11,{500 + i};{510 + i % 7},5" for i in range(30)]
)


def test_a_track_with_a_preamble_dates_and_decimal_commas():
    table = read_table(GPS.encode("utf-8-sig"), "track.csv")
    assert table.names == ("time", "lat", "lon", "ele (m)")
    assert "1 row above the table" in " ".join(table.notes)
    assert table.row_numbers[0] == 5
    chosen = choose_points(table, ("time", "lat"), per_axis=True)
    assert chosen.map.units == ("seconds since 2024-05-01 10:00:00", "")
    assert "time (seconds since 2024-05-01 10:00:00)" in chosen.map.sentence()
    np.testing.assert_allclose(
        chosen.map.from_unit(chosen.points),
        np.column_stack([np.arange(30) * 60, 48 + np.arange(30) ** 2 / 1e5]),
    )


EXPORTS = {
    "spreadsheet that names its delimiter": ("sep=;\nx;y\n" + "1,5;2\n3,5;4\n" * 8, None),
    "quoted decimal commas between commas": ("x,y\n" + '"1,5","2"\n"3,5","4"\n' * 8, None),
    "R, a name missing": ('"x" "y"\n' + '"1" 1.5 2\n"2 b" 3.5 4\n' * 8, None),
    "gnuplot": ("# x y\n" + "  1.5\t2\n# pause\n3.5   4\n" * 8, None),
    "a delimiter of one's own": ("x~y\n" + "1.5~2\n3.5~4\n" * 8, Choices(delimiter="~")),
    "Cyrillic": ("x;y;Имя\n" + "1,5;2;а\n3,5;4;б\n" * 8, Choices(encoding="cp1251")),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_what_programs_export(name):
    text, choices = EXPORTS[name]
    encoding = choices.encoding if choices and choices.encoding else "utf-8"
    table = read_table(text.encode(encoding), "export.csv", choices)
    assert {"x", "y"} <= set(table.names)
    np.testing.assert_array_equal(table.columns["x"].values, [1.5, 3.5] * 8)
    np.testing.assert_array_equal(table.columns["y"].values, [2, 4] * 8)
    if name == "Cyrillic":
        assert "Имя" in table.columns


def test_a_long_text_is_read_in_pieces_without_a_seam():
    rows = [f"{i},{i * i % 997}" for i in range(50_000)]
    rows[45_000] = "45000,seven"
    table = read_table("x,y\n" + "\n".join(rows))
    np.testing.assert_array_equal(table.row_numbers, np.arange(2, 50_002))
    np.testing.assert_array_equal(table.columns["x"].values, np.arange(50_000))
    with pytest.raises(TableError, match=r"Row 45002 of column “y” reads “seven” \(1 of 50,000"):
        choose_points(table, table.names)


@pytest.mark.parametrize("limit", [49, 50, 51])
def test_a_sample_is_taken_only_of_more_rows_than_are_wanted(limit):
    table = read_table("\n".join(f"{i},{i * i}" for i in range(50)))
    chosen = choose_points(table, table.names, limit=limit)
    assert len(chosen.points) == min(limit, 50)
    assert ("sample" in " ".join(chosen.notes)) == (limit < 50)


def test_three_decimals_are_thousands_only_if_another_cell_says_so():
    text = "x;y\n" + "1,234;2,345\n" * 12
    assert read_table(text).columns["x"].values[0] == 1.234
    assert read_table(text + "1,234;2.5\n").columns["x"].values[0] == 1234


@pytest.mark.parametrize("before", [999_998, 999_999, 1_000_000, 1_000_001])
def test_the_first_byte_that_is_not_utf_8_is_found_across_pieces(before):
    text = b"a" * before + "€".encode()
    assert first_odd_byte(text) is None
    assert first_odd_byte(text + b"\xff") == before + 3
    assert first_odd_byte(text[:-1]) == before
