"""Parquet files and workbooks -> a table, read by `worker.py` in a process of its own.

Their readers are compiled and believe what a file says; the process has limits of memory and time,
and should it end, only this file could not be read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rbm.dialects import MAX_COLUMNS, TableError, clean
from rbm.tables.arrays import table_of_arrays
from rbm.tables.delimited import read_delimited
from rbm.tables.table import MAX_CELLS, Choices, Table, short, unique_names

SECONDS = 40
"""Patience on a busy server; the worker itself may use 20 seconds of processor time."""
QUIET = {
    "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}  # fmt: skip
"""One thread and no memory reserved ahead, which would count against the limit."""


def read_parquet(content: bytes, name: str, choices: Choices) -> Table:
    """The columns of numbers and dates of a Parquet file; others are named and left out."""
    answer, payload = _ask("parquet", content, name, choices)
    rows, kinds = int(answer["rows"]), list(answer["kinds"])
    data = np.frombuffer(payload, "<f8").reshape(len(kinds), rows)
    columns = [
        column.view("<M8[us]") if kind == "M" else column
        for column, kind in zip(data, kinds, strict=True)
    ]
    names = unique_names([str(column) for column in answer["names"]], len(kinds))
    table = table_of_arrays({"": dict(zip(names, columns, strict=True))}, name, "Parquet", choices)
    words = [f"“{clean(str(column))}”" for column in answer["words"]]
    more = f" and {len(words) - 5:,} more" if len(words) > 5 else ""
    left_out = f"Columns that hold no numbers were left out: {', '.join(words[:5])}{more}."
    return replace(table, notes=(left_out,) if words else ())


def read_workbook(content: bytes, name: str, choices: Choices) -> Table:
    """One sheet of a workbook (xlsx, xlsm, xlsb, ods), read on as text with tabs."""
    answer, payload = _ask("workbook", content, name, choices)
    part, parts = str(answer["part"]), tuple(str(sheet) for sheet in answer["parts"][:1000])
    text_choices = replace(choices, delimiter="\t", encoding="utf-8", part=None)
    try:
        if not bytes(payload[:1_000_000]).strip():
            raise TableError(f"The sheet “{clean(part)}” of {name} is empty: choose another.")
        table = read_delimited(bytes(payload), f"The sheet “{clean(part)}” of {name}", text_choices)
    except TableError as error:
        error.format, error.parts = "Workbook", parts
        raise
    return replace(
        table, format="Workbook", parts=parts,
        preview=[[short(cell) for cell in row] for row in table.preview],
        read_as=replace(table.read_as, delimiter=None, encoding=None, part=part),
    )  # fmt: skip


def _ask(
    kind: str, content: bytes, name: str, choices: Choices
) -> tuple[dict[str, Any], memoryview]:
    """What the worker answers: the line of JSON, and the data after it."""
    command = [
        sys.executable, "-P", str(Path(__file__).with_name("worker.py")), kind, str(MAX_CELLS),
        str(MAX_COLUMNS), choices.part or "",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={**os.environ, **QUIET},
        )
    except subprocess.TimeoutExpired:
        raise TableError(f"{name} takes too long to read: save it as CSV.") from None
    head, _, _ = done.stdout[:1_000_000].partition(b"\n")
    if done.returncode or not head:
        raise TableError(f"{name} {_why(done.returncode, done.stderr)}.")
    answer: dict[str, Any] = json.loads(head)
    if "error" in answer:
        refusal = TableError(f"{name} {answer['error']}.")
        refusal.parts = tuple(map(str, answer["parts"]))
        raise refusal
    return answer, memoryview(done.stdout)[len(head) + 1 :]


def _why(code: int, complaint: bytes) -> str:
    """How a worker ended that gave no answer, from its last words."""
    last = complaint.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
    if last.startswith("ModuleNotFoundError"):
        return "needs a reader that is not installed: save it as CSV"
    if code < 0 or "MemoryError" in last or "bad_alloc" in last:
        return "needs more memory or time than a table may take, or is damaged: save it as CSV"
    reason = clean(last.split(":", 1)[-1])
    return f"is damaged or of an unusual kind ({reason}): save it again, or as CSV"
