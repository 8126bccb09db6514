"""Matrices as HTML: every number is there, tinted by sign and size, and names are only text."""

from __future__ import annotations

import re

import numpy as np

from rbm.cd_steps import Answer
from rbm.cd_update import Table
from rbm.views.number_tables import answers, matrices

TABLE = Table("Weights", ("v₁", "v₂"), ("h₁", "h₂"), np.array([[0.5, -1.0], [0.0, 0.25]]))


def cells(html: str) -> list[str]:
    return re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", html)


def tints(html: str) -> list[str]:
    return re.findall(r"rgba\(([^)]*)\)", html)


def test_numbers_names_and_title_are_there() -> None:
    html = matrices([TABLE])
    assert cells(html) == ["", "h₁", "h₂", "v₁", "0.5", "−1", "v₂", "0", "0.25"]
    assert ">Weights</caption>" in html


def test_rows_and_columns_are_named_for_screen_readers() -> None:
    html = matrices([TABLE])
    assert re.findall(r'<th scope="col"[^>]*>([^<]*)<', html) == ["", "h₁", "h₂"]
    assert re.findall(r'<th scope="row"[^>]*>([^<]*)<', html) == ["v₁", "v₂"]


def test_tints_tell_sign_and_share_of_the_largest() -> None:
    assert tints(matrices([TABLE])) == [
        "0,114,178,0.28", "213,94,0,0.55", "0,114,178,0.00", "0,114,178,0.14",
    ]  # fmt: skip
    zeros = Table("", ("v₁",), ("h₁",), np.zeros((1, 1)))
    assert tints(matrices([zeros])) == ["0,114,178,0.00"]


def test_rows_of_small_numbers_have_decimals_enough_and_no_others() -> None:
    small = Table("", ("a", "b"), ("x", "y"), np.array([[0.5, 0.0004], [-0.000123, 0.00002]]))
    assert cells(matrices([small]))[4:] == ["0.5", "0", "b", "−0.00012", "0.00002"]


def test_tables_keep_their_order() -> None:
    html = matrices([TABLE, Table("After", ("a",), ("b",), np.ones((1, 1)))])
    assert html.index("Weights") < html.index("After")
    assert html.count("<table") == 2


def test_text_is_taken_literally() -> None:
    html = matrices([Table("<b>", ("<i>",), ("&",), np.ones((1, 1)))])
    assert "&lt;b&gt;" in html
    assert cells(html)[1:3] == ["&amp;", "&lt;i&gt;"]


def test_an_answer_lists_its_units() -> None:
    answer = Answer(
        ("h₁", "h₂"), np.array([0.4, -2.0]), np.array([0.599, 0.119]), np.array([0.3, np.nan]),
        np.array([1.0, 0.0]), [[], []],
    )  # fmt: skip
    assert cells(answers(answer, "probability", "draw")) == [
        "unit", "input", "probability", "draw", "state",
        "h₁", "0.4", "0.599", "0.3", "1",
        "h₂", "−2", "0.119", "pinned", "0",
    ]  # fmt: skip
