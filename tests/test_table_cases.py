"""Strangers' tables as cases: which columns, which map, what is refused and in which words."""

import numpy as np
import pytest

from rbm.cases import MAX_CASES
from rbm.table_cases import (
    LEAVE_OUT,
    MAPS,
    binary_columns,
    label_columns,
    table_cases,
    usable_columns,
)
from rbm.tables import TableError, read_table

TABLE = "likes cats,likes dogs,age,smoker,species,score\n" + 3 * (
    "0,1,31,yes,ape,0.25\n1,1,44,no,bee,0.5\n1,0,25,no,ape,1\n0,0,52,yes,cat,0\n"
)


def read(text=TABLE, name="mine.csv"):
    return read_table(text, name)


def test_columns_of_zeros_and_ones_and_of_two_words_are_units_under_their_names():
    table = read()
    assert binary_columns(table) == ("likes cats", "likes dogs", "smoker", "score")
    cases = table_cases(table, binary_columns(table), label="species")
    assert cases.names == ("likes cats", "likes dogs", "smoker", "score")
    np.testing.assert_array_equal(cases.values[:2], [[0, 1, 1, 0.25], [1, 1, 0, 0.5]])
    assert [cases.label_names[label] for label in cases.labels[:4]] == ["ape", "bee", "ape", "cat"]
    assert "In “smoker” yes counts as 1, no as 0." in cases.says


def test_labels_may_be_words_or_a_few_whole_numbers():
    assert label_columns(read()) == (
        "likes cats", "likes dogs", "age", "smoker", "species",
    )  # fmt: skip


def test_numbers_outside_are_refused_until_somebody_says_how_to_map_them():
    table = read()
    assert "age" in usable_columns(table)
    with pytest.raises(TableError, match="Row 2 has 31 in column “age”, and units go from 0 to 1"):
        table_cases(table, ("age",))
    _, stretch, split = MAPS
    np.testing.assert_allclose(
        table_cases(table, ("age",), how=stretch).values[:4, 0],
        (np.array([31, 44, 25, 52]) - 25) / 27,
    )
    np.testing.assert_array_equal(
        table_cases(table, ("age",), how=split).values[:4, 0], [0, 1, 0, 1]
    )
    assert stretch in table_cases(table, ("age",), how=stretch).says


def test_a_constant_column_stretches_to_zero():
    table = read("a,b\n" + "5,1\n5,0\n" * 6)
    np.testing.assert_array_equal(table_cases(table, ("a",), how=list(MAPS)[1]).values, 0)


def test_missing_values_are_named_or_left_out_and_counted():
    table = read(TABLE.replace("0,0,52,yes", ",0,52,yes", 1))
    with pytest.raises(
        TableError, match=f"1 row with missing values, the first is row 5.*{LEAVE_OUT}"
    ):
        table_cases(table, ("likes cats", "likes dogs"))
    cases = table_cases(table, ("likes cats", "likes dogs"), drop_bad_rows=True)
    assert len(cases.values) == 11
    assert "1 row with missing values left out." in cases.says


def test_a_table_can_be_images():
    text = "\n".join(",".join("01"[(i + j) % 2] for j in range(9)) for i in range(20))
    table = read(text)
    assert table_cases(table, table.names, shape=(3, 3)).shape == (3, 3)
    with pytest.raises(TableError, match="Images of 2 × 4 have not 9 pixels"):
        table_cases(table, table.names, shape=(2, 4))


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ((), "at least one column"),
        (("nobody",), "cannot be used"),
        (("species",), "cannot be used"),
    ],
)
def test_what_cannot_be_chosen_is_said(names, sentence):
    with pytest.raises(TableError, match=sentence):
        table_cases(read(), names)


def test_which_of_two_words_is_one():
    table = read("a,b,c\n" + "True,m,present\nFalse,f,absent\n" * 6)
    cases = table_cases(table, ("a", "b", "c"))
    np.testing.assert_array_equal(cases.values[:2], [[1, 1, 1], [0, 0, 0]])


def test_a_column_of_many_words_names_nothing():
    table = read("a,who\n" + "".join(f"{i % 2},name{i}\n" for i in range(60)))
    assert table.columns["who"].words == ()
    assert label_columns(table) == ("a",)


def test_of_too_many_rows_a_sample_is_used_and_said():
    text = "a,b\n" + "".join(f"{i % 2},{i // 6_000}\n" for i in range(12_000))
    cases = table_cases(read(text), ("a", "b"), label="a")
    assert len(cases.values) == MAX_CASES
    assert "A random sample of 10,000 of the 12,000 rows is used." in cases.says
    np.testing.assert_array_equal(cases.values[:, 0], cases.labels)  # rows stay together
    share = cases.values[:, 1].mean()
    assert abs(share - 0.5) < 4 * np.sqrt(0.25 / MAX_CASES)
