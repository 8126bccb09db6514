"""Tables made to hurt: whatever the bytes, a table with points or one sentence comes out."""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rbm.dialects import DELIMITER_NAMES, ENCODINGS
from rbm.tables import KINDS, Choices, TableError, choose_points, read_table
from tests.workbooks import workbook

VALUES = np.column_stack([np.linspace(-3, 8, 20), np.random.default_rng(1).normal(100, 5, 20)])


def outcome(content: bytes | str, choices: Choices | None = None) -> str:
    """The sentence of the refusal, "" when there are points; anything else fails the test."""
    try:
        table = read_table(content, "f\n" * 300 + "<b>", choices)
        chosen = choose_points(table, table.names, drop_bad_rows=True)
    except TableError as error:
        sentence = str(error)
    else:
        sentence = ""
        assert chosen.points.min() >= 0
        assert chosen.points.max() <= 1
        assert all(len(name) <= 70 and name.isprintable() for name in table.columns)
    assert len(sentence) < 500
    assert "\n" not in sentence
    return sentence


def saved(save, *args, **options) -> bytes:
    buffer = io.BytesIO()
    save(buffer, *args, **options)
    return buffer.getvalue()


def parquet(columns: dict[str, object], **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, **options)
    return buffer.getvalue()


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
@example(b'"')
@example(b"#")
@example(b"#\n#")
@example(b"sep=")
@example(b"sep=;\n1;2")
@example(b"1,2\n" * 20 + b"\xff\xfe,3")
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00")
def test_no_bytes_raise_anything_but_a_sentence(content):
    outcome(content)


CELLS = st.one_of(
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(['"', "", " ", "1e999", "9" * 400, "１", "0x1", "1_0", "-", "\x0b", "\u2028"]),
    st.sampled_from(["1.234,5", "1 234", "1D400", "9999-12-31", "0001-01-01T00:00+23:59", "24:00"]),
    st.sampled_from(["31/12/99", "00/00/0000", "#", "=cmd|'/c calc'!A0", "\u202etxt", "NA", "−1"]),
    st.text(max_size=5),
)
CHOICES = st.builds(
    Choices,
    encoding=st.none() | st.sampled_from(list(ENCODINGS)),
    delimiter=st.none() | st.sampled_from([*DELIMITER_NAMES, "~", "§", "ab", "1", "", "\\", "#"]),
    decimal=st.none() | st.sampled_from([".", ","]),
    header=st.none() | st.booleans(),
    skip=st.none() | st.integers(0, 40),
    kinds=st.dictionaries(st.integers(0, 5), st.sampled_from(list(KINDS)), max_size=3),
    part=st.none() | st.text(max_size=3),
)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=30),
    st.sampled_from(list(DELIMITER_NAMES)),
    CHOICES,
)
@settings(max_examples=200, deadline=None)
def test_no_text_and_no_choice_raise_anything_but_a_sentence(rows, delimiter, choices):
    outcome("\n".join(delimiter.join(row) for row in rows), choices)
    quoted = io.StringIO()
    csv.writer(quoted, delimiter=delimiter).writerows(rows)
    outcome(quoted.getvalue().encode("utf-8", "replace"), choices)


VALID = {
    "npy": saved(np.save, VALUES),
    "npz": saved(np.savez, a=VALUES, b=np.arange(20)),
    "compressed": saved(np.savez_compressed, a=VALUES),
    "utf-16": "\n".join(f"{x};{y}" for x, y in VALUES).encode("utf-16"),
}
EDITS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=8)


def damaged(content: bytes, edits: list[tuple[int, int]], cut: int) -> bytes:
    array = bytearray(content)
    for place, value in edits:
        array[place % len(array)] = value
    return bytes(array[: max(len(array) - max(cut, 0), 1)])


@pytest.mark.parametrize("kind", VALID)
@given(EDITS, st.integers(-200, 200))
@settings(max_examples=80, deadline=None)
def test_damaged_files_raise_nothing_but_a_sentence(kind, edits, cut):
    assert outcome(VALID[kind]) == ""
    outcome(damaged(VALID[kind], edits, cut))


@pytest.mark.parametrize("kind", ["parquet", "workbook"])
def test_damaged_files_of_formats_read_apart_raise_nothing_but_a_sentence(kind):
    content = {
        "parquet": parquet({"a": VALUES[:, 0], "b": VALUES[:, 1]}),
        "workbook": workbook(VALUES.tolist()),
    }[kind]
    assert outcome(content) == ""
    rng = np.random.default_rng(5)  # few, as each starts a process
    for _ in range(4):
        edits = list(zip(rng.integers(4, len(content), 6), rng.integers(0, 256, 6), strict=True))
        outcome(damaged(content, edits, int(rng.integers(-50, 50))))


@pytest.mark.parametrize("trap", ["rows", "columns", "sheet"])
def test_files_that_would_fill_the_memory_are_refused(trap):
    content = {
        "rows": lambda: parquet(
            {name: pa.array(np.zeros(20_000_000, np.int8)) for name in "ab"}, compression="zstd"
        ),
        "columns": lambda: parquet({f"c{i}": [1.0] * 10 for i in range(1_001)}),
        "sheet": lambda: workbook(
            '<row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
    }[trap]()
    assert len(content) < 1_000_000
    sentence = outcome(content)
    assert any(
        words in sentence for words in ("cells: keep fewer", "at most 1,000", "more memory or time")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\n" * 13_000_000 + b"1,2\n3,4",
        b"1," * 999 + b"1\n" + b"1\n" * 20_000,
        b"x,y\n" + b"NaN,NaN\n" * 50,
        ",".join(["1"] * 1_000_000).encode(),
        b"1,2\n" * 50_000 + b'"',
        b"a\x00b,1\n" * 20,
        b'="1",=HYPERLINK("http://x")\n' * 20,
    ],
    ids=["blank", "ragged", "NaN", "wide", "open quote", "zeros", "formulas"],
)
def test_texts_made_to_hurt_are_refused_with_a_sentence(content):
    assert outcome(content)
