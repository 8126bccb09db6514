"""Reads a Parquet file or a workbook for `rbm.tables.isolated`, in a process of its own.

The readers of these formats are compiled and trust what a file says of itself: 1,400 bytes can
make one ask for 550 GB, or end its process. So they run here, where memory and time are limited
by the operating system, and where an end is nobody else's. A script of its own: it imports nothing
of the project, so that it starts quickly.

    python -P worker.py {parquet|workbook} MAX_CELLS MAX_COLUMNS [PART] <file >answer

The answer is one line of JSON and then the data. {"error", "parts"}: a refusal, to follow the
file's name, and the sheets that could be read instead. {"names", "kinds", "rows", "words"}:
columns one after the other, eight bytes a row, float64 or (kind "M") microseconds since 1970.
{"parts", "part"}: tab-separated text in UTF-8.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import sys
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

MEMORY = 1_500_000_000
"""Bytes of address space, the libraries' own included."""
SECONDS = 20


def limit() -> None:
    """Caps memory and time, where the operating system can (on Windows it cannot)."""
    if sys.platform != "win32":
        resource = importlib.import_module("resource")
        for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
            _, hard = resource.getrlimit(what)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (allowed, allowed))


def parquet(content: bytes, max_cells: int, max_columns: int, part: str) -> None:
    """Columns of numbers and dates, in batches: what the file says of its sizes may be a lie."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def usable(kind: pa.DataType) -> bool:
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        moment = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
        return number or moment or pa.types.is_boolean(kind) or pa.types.is_decimal(kind)

    file = pq.ParquetFile(io.BytesIO(content), pre_buffer=False, memory_map=False)
    schema = file.schema_arrow
    names = [field.name for field in schema if usable(field.type)]
    words = [field.name for field in schema if not usable(field.type)]
    _check(file.metadata.num_rows, len(names), max_cells, max_columns)
    pieces: list[list[NDArray[Any]]] = [[] for _ in names]
    rows = 0
    batches = file.iter_batches(batch_size=1 << 16, columns=names, use_threads=False)
    for batch in batches if names else ():
        rows += batch.num_rows
        _check(rows, len(names), max_cells, max_columns)
        for column, kept in zip(batch.columns, pieces, strict=True):
            moment = pa.types.is_timestamp(column.type) or pa.types.is_date(column.type)
            cast = pc.cast(column, pa.timestamp("us") if moment else pa.float64(), safe=False)
            kept.append(cast.to_numpy(zero_copy_only=False))
    arrays = [np.concatenate(piece or [np.empty(0)]) for piece in pieces]
    _answer(names=names, words=words, rows=rows, kinds=[array.dtype.kind for array in arrays])
    for array in arrays:
        sys.stdout.buffer.write(array.view("<i8").data)


def workbook(content: bytes, max_cells: int, max_columns: int, part: str) -> None:
    """One sheet as tab-separated text: the first unless `part` names another."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = [
        sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet
    ] or list(book.sheet_names)
    if not names:
        _refuse("holds no sheets: save it again")
    name = part if part in names else names[0]
    sheet = book.get_sheet_by_name(name)
    _check(sheet.total_height, sheet.total_width, max_cells, max_columns, names[:1000])
    _answer(parts=names[:1000], part=name)
    text = io.TextIOWrapper(sys.stdout.buffer, "utf-8", errors="replace", newline="\n")
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    for row in sheet.iter_rows():
        writer.writerow(map(_cell, row))
    text.flush()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, timedelta):
        return repr(value.total_seconds())
    return repr(value) if isinstance(value, float) else str(value)


def _check(
    rows: int, columns: int, max_cells: int, max_columns: int, parts: Sequence[str] = ()
) -> None:
    if columns > max_columns:
        _refuse(f"has {columns:,} columns: keep those you need (at most {max_columns:,})", parts)
    if rows * columns > max_cells:
        _refuse(
            f"has {rows:,} rows or more of {columns:,} columns, more than {max_cells:,} cells: "
            "keep fewer rows or columns",
            parts,
        )


def _answer(**what: object) -> None:
    sys.stdout.buffer.write(json.dumps(what).encode() + b"\n")


def _refuse(sentence: str, parts: Sequence[str] = ()) -> NoReturn:
    _answer(error=sentence, parts=list(parts))
    sys.stdout.buffer.flush()
    raise SystemExit(0)


if __name__ == "__main__":
    limit()
    kind, cells, columns, *parts = sys.argv[1:]
    {"parquet": parquet, "workbook": workbook}[kind](
        sys.stdin.buffer.read(), int(cells), int(columns), "".join(parts)
    )
