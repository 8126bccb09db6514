"""Strangers' tables: every row of docs/inputs.md, and pandas as an oracle for every dialect."""

import gzip
import io
import pickle
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.random import default_rng

from rbm.tables import MAX_ROWS, Choices, TableError, choose_points, read_table
from tests.inputs import documented
from tests.workbooks import workbook

VALUES = np.column_stack([np.linspace(-3, 8, 20), default_rng(1).normal(100, 5, 20)])


def text_of(values, delimiter=",", header="x,y", form="{:.4f}"):
    lines = [header.replace(",", delimiter)] if header else []
    return "\n".join(lines + [delimiter.join(form.format(v) for v in row) for row in values])


def saved(save, *args, **arrays):
    buffer = io.BytesIO()
    save(buffer, *args, **arrays)
    return buffer.getvalue()


def parquet(**columns):
    return saved(lambda buffer: pq.write_table(pa.table(columns), buffer))


def with_cell(cell):
    """A table whose row 7 has this cell in column y."""
    lines = text_of(VALUES).split("\n")
    lines[6] = lines[6].split(",")[0] + "," + cell
    return "\n".join(lines)


PLAIN = text_of(VALUES)
EQUAL = pa.array(np.zeros(100_000_000, np.int8))
LONG = text_of(np.column_stack([np.arange(12_000), default_rng(0).random(12_000)]), form="{:.4f}")
FAR = text_of(VALUES * [1, 1e-9], form="{:.9e}")
CASES = {
    "comma": PLAIN,
    "semicolon": text_of(VALUES, ";"),
    "tab": text_of(VALUES, "\t"),
    "bar": text_of(VALUES, "|"),
    "blanks": text_of(VALUES, "   "),
    "decimal comma": text_of(VALUES, ";").replace(".", ","),
    "thousands in groups of three": text_of(VALUES * [1000, 1], ";", form="{:,.4f}"),
    "D exponents, as Fortran writes": text_of(VALUES, form="{:.6E}").replace("E", "D"),
    "quoted names and cells": '"x","y"\n' + text_of(VALUES, header="", form='"{:.4f}"'),
    "UTF-8 mark": PLAIN.encode("utf-8-sig"),
    "Latin-1": text_of(VALUES, header="größe,y").encode("latin-1"),
    "no header": text_of(VALUES, header=""),
    "titles above the header": "Station 7\nexported on a Sunday\n\n" + PLAIN,
    "comments at the top": "# made by hand\n# on a Sunday\n# x,y\n" + text_of(VALUES, header=""),
    "text columns beside the numbers": "name,x,y\n"
    + "\n".join(f'"a, b",{x:.4f},{y:.4f}' for x, y in VALUES),
    "dates": "when,y\n"
    + "\n".join(f"2024-05-{i + 1:02d},{y:.4f}" for i, (_, y) in enumerate(VALUES)),
    "a delimiter named in the first line (sep=;)": "sep=;\n" + text_of(VALUES, ";"),
    "blank rows": PLAIN.replace("\n", "\n\n") + "\n\n",
    "two columns of one name": text_of(VALUES, header="x,x"),
    "names with control characters, or longer than 60": text_of(
        VALUES, header="x\x1b[31m\u202e," + "y" * 300
    ),
    "nothing": b"",
    "only blanks": "  \n\t\n",
    "only a header": "x,y\n",
    "words only": "\n".join(["good,morning"] * 20),
    "one column of numbers": text_of(VALUES[:, :1], header="x"),
    "a column of NaN beside one of numbers": text_of(VALUES * [1, np.nan]),
    "empty columns beside the numbers": text_of(VALUES).replace("\n", ",,\n"),
    "a currency at every number of a column": text_of(VALUES, ";", form="{:.4f} €")
    .replace(" €;", ";")
    .replace(".", ","),
    "percent at every number of a column": text_of(VALUES, form="{:.4f} %"),
    "two currencies in one column": text_of(VALUES, form="{:.4f} €").replace("€", "$", 1),
    "a delimiter that is none of the five": text_of(VALUES, "~"),
    "the same, typed by the user": (text_of(VALUES, "~"), {"read": Choices(delimiter="~")}),
    "fewer than 10 rows": text_of(VALUES[:9]),
    "an empty cell": with_cell(""),
    "NaN": with_cell("NaN"),
    "infinity": with_cell("-inf"),
    "a word among numbers": with_cell("seven"),
    "bad rows, dropped on request": (with_cell("seven"), {"drop_bad_rows": True}),
    "bad rows dropped, fewer than 10 left": (
        text_of(VALUES[:9]) + "\n1,\n2,\n",
        {"drop_bad_rows": True},
    ),
    "a constant column": text_of(VALUES * [1, 0]),
    "one column chosen twice": (PLAIN, {"names": ("x", "x")}),
    "a row with more fields than the others": "\n".join(
        [text_of(default_rng(2).random((598, 2))), "1,2,3", "4,5"]
    ),
    "a quotation mark left open": "x,y\n1,2\n" + '3,"4\n' * 20,
    "ranges a million times apart": FAR,
    "the same, each axis on its own": (FAR, {"per_axis": True}),
    "one number far beyond all others": with_cell("1e300"),
    "numbers beyond float64": with_cell("1e400"),
    "UTF-16 with its mark": PLAIN.encode("utf-16"),
    "UTF-16 without its mark": PLAIN.encode("utf-16-le"),
    "the same, chosen by the user": (
        PLAIN.encode("utf-16-le"),
        {"read": Choices(encoding="utf-16-le")},
    ),
    "a workbook (xlsx)": workbook([["x", "y"], *VALUES.tolist()]),
    "a picture": b"\x89PNG\r\n\x1a\n" + default_rng(0).bytes(2000),
    "an NPY matrix": saved(np.save, VALUES),
    "an NPZ archive": saved(np.savez, x=VALUES[:, 0], y=VALUES[:, 1]),
    "NPY with fewer bytes than its header says": saved(np.save, VALUES)[:-8],
    "NPY or NPZ with Python objects": saved(np.save, VALUES.astype(object)),
    "a Python pickle": pickle.dumps(VALUES.tolist()),
    "an NPZ archive that inflates to more than 100 MB": saved(
        np.savez_compressed, np.zeros((7_000_000, 2))
    ),
    "Parquet": parquet(x=VALUES[:, 0], y=VALUES[:, 1]),
    "Parquet with columns of words": parquet(name=["a"] * 20, x=VALUES[:, 0], y=VALUES[:, 1]),
    "Parquet with 100 million equal rows": parquet(x=EQUAL, y=EQUAL),
    "a sheet with two cells 17 billion apart": workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "an old workbook (xls)": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "a compressed file (gzip)": gzip.compress(PLAIN.encode()),
    "three columns": text_of(
        np.column_stack([VALUES, VALUES[:, 0] ** 2]) * [10, 1, 1], header="x,y,z"
    ),
    "three columns on one line": text_of(np.outer(np.arange(20), [1, 2, 3]), header="x,y,z"),
    "more than 50 MB": b"1,2\n" * 12_600_000,
    "more than 10,000 rows": LONG,
    "more than 1,000 columns": "\n".join([",".join(["1"] * 1001)] * 12),
    "a million columns": "\n".join([",".join(["1"] * 1_000_000)] * 3),
    "a field of a million characters": 'x,y\n1,"' + "a" * 1_000_000 + '"\n' + "1,2\n" * 20,
}


OTHER_VALUES = {"dates", "thousands in groups of three", "three columns"}


def load(content, names=None, read=None, **choices):
    table = read_table(content, "points.csv", read)
    return table, choose_points(table, names or table.names[:3], **choices)


def test_docs_and_cases_name_the_same_inputs():
    assert [row.name for row in documented("Tables")] == list(CASES)


@pytest.mark.parametrize("row", documented("Tables"), ids=lambda row: row.name)
def test_each_input_does_what_the_docs_say(row):
    name, outcome, words = row
    case = CASES[name]
    content, choices = case if isinstance(case, tuple) else (case, {})
    if outcome == "Refused":
        with pytest.raises(TableError, match=re.escape(words)) as refusal:
            load(content, **choices)
        sentence = str(refusal.value)
        assert sentence.endswith(".")
        assert len(sentence) < 300
        assert "\n" not in sentence
        return
    table, chosen = load(content, **choices)
    notes = " ".join(table.notes + chosen.notes)
    assert (words in notes) if outcome == "Noted" else (notes == "")
    assert chosen.points.min() == pytest.approx(0.05, abs=1e-3)
    assert chosen.points.max() == pytest.approx(0.95, abs=1e-3)
    assert all(len(n) <= 60 and n.isprintable() for n in table.names)
    if len(chosen.points) == len(VALUES) and "axis" not in name and name not in OTHER_VALUES:
        back = chosen.map.from_unit(chosen.points)
        np.testing.assert_allclose(back, VALUES, atol=1e-4)


def test_the_map_keeps_aspect_unless_told_otherwise():
    values = np.array([[0.0, 100.0], [10.0, 104.0], [5.0, 101.0]] * 4)
    chosen = load(text_of(values))[1]
    np.testing.assert_allclose(chosen.points[:3], [[0.05, 0.32], [0.95, 0.68], [0.5, 0.41]])
    assert chosen.map.sentence() == "x' = (x + 0.555556)/11.1111, y' = (y − 96.4444)/11.1111"
    each = load(text_of(values), per_axis=True)[1]
    np.testing.assert_allclose(each.points[:3], [[0.05, 0.05], [0.95, 0.95], [0.5, 0.275]])


NUMBERS = arrays(
    np.float64, st.tuples(st.integers(10, 30), st.integers(2, 4)), elements=st.floats(-1e9, 1e9)
)


@given(
    NUMBERS,
    st.sampled_from([",", ";", "\t", "|", " "]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=80, deadline=None)
def test_any_dialect_reads_what_pandas_wrote(values, delimiter, header, comma, newline):
    decimal = "," if comma and delimiter != "," else "."
    names = [f"n{i}" for i in range(values.shape[1])]
    text = pd.DataFrame(values, columns=names).to_csv(
        sep=delimiter, header=header, index=False, decimal=decimal, lineterminator="\n"
    )
    table = read_table(text.replace("\n", newline).encode())
    assert table.read_as.delimiter == delimiter
    assert list(table.names) == (
        names if header else [f"column {i + 1}" for i in range(len(names))]
    )
    np.testing.assert_array_equal(
        np.column_stack([table.columns[name].values for name in table.names]), values
    )
    np.testing.assert_array_equal(table.row_numbers, np.arange(len(values)) + 1 + header)


@given(NUMBERS)
@settings(max_examples=20, deadline=None)
def test_the_quick_way_and_cell_by_cell_agree(values):
    text = text_of(values, header="", form="{!r}").replace("np.float64(", "").replace(")", "")
    quick = read_table(text)
    cell_by_cell = read_table(text + "\n,")  # an incomplete row rules the quick way out
    for a, b in zip(quick.columns.values(), cell_by_cell.columns.values(), strict=True):
        np.testing.assert_array_equal(a.values, b.values[: len(values)])


def test_the_sample_of_a_long_table_is_random_and_repeatable():
    table, chosen = load(LONG)
    again, other = (choose_points(table, ("x", "y"), seed=seed) for seed in (0, 1))
    assert len(chosen.points) == MAX_ROWS
    np.testing.assert_array_equal(chosen.points, again.points)
    assert not np.array_equal(chosen.points, other.points)
    taken = np.isin(np.arange(12_000), chosen.map.from_unit(chosen.points)[:, 0].round())
    assert taken.sum() == MAX_ROWS
    assert taken[:1000].mean() == pytest.approx(10 / 12, abs=0.06)
    assert taken[-1000:].mean() == pytest.approx(10 / 12, abs=0.06)


def test_dropped_rows_are_counted_with_the_numbers_they_have_in_the_file():
    content = "x,y\n\n" + text_of(VALUES, header="") + "\n1,nan\n\n2,\n3,inf"
    _, chosen = load(content, drop_bad_rows=True)
    assert chosen.dropped.tolist() == [23, 25, 26]
    assert len(chosen.points) == 20
    _, chosen = load("# two comments\n# above the names\n# " + content, drop_bad_rows=True)
    assert chosen.dropped.tolist() == [25, 27, 28]


def test_a_missing_name_is_refused():
    with pytest.raises(TableError, match="no numeric column “z”"):
        choose_points(read_table(PLAIN), ("x", "z"))
