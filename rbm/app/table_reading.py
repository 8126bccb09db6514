"""How a stranger's table was read, each guess open to correction; and its first rows.

The widgets hold what the user overrides (None: find out); `choices_of` gathers it before the
table is read, and `reading_panel` shows what came of it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from rbm.app.messages import plain
from rbm.dialects import DECIMAL_NAMES, DELIMITER_NAMES, ENCODINGS
from rbm.tables import KINDS, PREVIEW_COLUMNS, Choices, Table, TableError

SHORT = {
    "number": "number", "iso": "date", "day first": "date", "month first": "date",
    "time": "time", "text": "words",
}  # fmt: skip
"""The kinds of columns in one word."""
HEADER_NAMES = {True: "Names", False: "Data"}
OVERRIDES = ("encoding", "delimiter", "decimal", "header", "skip", "part")


def forget_overrides(prefix: str) -> None:
    """Back to finding out, for another file."""
    for name in OVERRIDES:
        st.session_state[f"{prefix}_{name}"] = None
    st.session_state[f"{prefix}_kinds"] = {}


def choices_of(prefix: str) -> Choices:
    """What the user has overridden."""
    held = {name: st.session_state.get(f"{prefix}_{name}") for name in OVERRIDES}
    kinds = st.session_state.get(f"{prefix}_kinds", {})
    return Choices(**held, kinds=dict(kinds))


def part_choice(prefix: str, read: Table | TableError) -> None:
    """Which sheet or array of several, in plain view: nobody looks for it among the guesses."""
    if len(read.parts) > 1:
        _choice(
            prefix, "part", f"Sheet or array, one of {len(read.parts):,}",
            dict(zip(read.parts, read.parts, strict=True)),
            read if isinstance(read, Table) else None,
        )  # fmt: skip


def reading_panel(prefix: str, read: Table | TableError) -> None:
    """What was found, as one line; behind it a widget for each guess that the format has.

    Only text and the cells of a workbook are guessed at; arrays and Parquet say what they hold.
    """
    table = read if isinstance(read, Table) else None
    if read.format not in ("Text", "Workbook"):
        if table is not None:
            st.caption(f"How it was read: {summary(table)}")
        return
    with st.expander(
        f"How it was read: {summary(table)}" if table else "Read it another way",
        key=f"{prefix}_reading", expanded=table is None or len(table.names) < 2,
    ):  # fmt: skip
        _text_choices(prefix, read)
        if table is not None:
            _kind_choice(prefix, table)


def summary(table: Table) -> str:
    """The kind of file and what was found out about it, in a few words."""
    read_as = table.read_as
    words = [table.format]
    if read_as.encoding:
        words.append(ENCODINGS.get(read_as.encoding, read_as.encoding))
    if read_as.delimiter:
        words.append(DELIMITER_NAMES.get(read_as.delimiter, plain(read_as.delimiter)))
    if read_as.decimal:
        words.append(f"decimal {DECIMAL_NAMES[read_as.decimal]}")
    if read_as.header is not None:
        words.append("header" if read_as.header else "no header")
    if read_as.part:
        words.append(plain(read_as.part))
    return " · ".join(words)


def preview(table: Table) -> None:
    """The first rows as they stand in the file, under the names of their columns."""
    names = list(table.columns)[:PREVIEW_COLUMNS]
    rows = [[*row, *[""] * len(names)][: len(names)] for row in table.preview]
    st.dataframe(
        pd.DataFrame(rows, columns=names, dtype=str), hide_index=True, height="content",
        column_config={
            name: st.column_config.TextColumn(f"{name} · {_kind(table, name)}")
            for name in names
        },
    )  # fmt: skip
    hidden = len(table.columns) - len(names)
    count = f"{len(table.row_numbers):,} rows"
    st.caption(f"{count}; {hidden:,} more columns are not shown." if hidden else f"{count}.")


def _kind(table: Table, name: str) -> str:
    if name in table.blank:
        return "no numbers"
    return SHORT[table.columns[name].kind]


def _text_choices(prefix: str, read: Table | TableError) -> None:
    table = read if isinstance(read, Table) else None
    left, right = st.columns(2)
    if read.format == "Text":  # a workbook has neither
        with left:
            _choice(
                prefix, "delimiter", "Delimiter", DELIMITER_NAMES, table, accept_new_options=True,
                help="Any other single character can be typed.",
            )  # fmt: skip
        with right:
            _choice(prefix, "encoding", "Encoding", ENCODINGS, table)
    with left:
        _choice(prefix, "header", "First row holds", HEADER_NAMES, table)
        st.number_input(
            "Lines to skip above the table", 0, 1000, value=None, key=f"{prefix}_skip",
            placeholder="Find out" if table is None else f"Found: {table.read_as.skip}",
        )  # fmt: skip
    with right:
        _choice(prefix, "decimal", "Decimal mark", DECIMAL_NAMES, table)


def _choice(
    prefix: str, name: str, label: str, options: dict[Any, str], table: Table | None, **more: Any
) -> None:
    found = None if table is None else getattr(table.read_as, name)
    st.selectbox(
        label, list(options), index=None, key=f"{prefix}_{name}",
        format_func=lambda option: options.get(option, option),
        placeholder="Find out" if found is None else f"Found: {options.get(found, found)}", **more,
    )  # fmt: skip


def _kind_choice(prefix: str, table: Table) -> None:
    names = list(table.columns)
    key = f"{prefix}_column"
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[0]
    left, right = st.columns(2)
    name = left.selectbox("Column", names, key=key)
    kind_key = f"{prefix}_kind"
    st.session_state[kind_key] = table.columns[name].kind
    right.selectbox(
        "Read as", list(KINDS), key=kind_key, format_func=KINDS.__getitem__,
        on_change=_kind_chosen, args=(prefix, names.index(name)),
    )  # fmt: skip


def _kind_chosen(prefix: str, index: int) -> None:
    kinds = st.session_state[f"{prefix}_kinds"]
    st.session_state[f"{prefix}_kinds"] = {**kinds, index: st.session_state[f"{prefix}_kind"]}
