"""NumPy's NPY and NPZ files -> a table. Headers are judged before anything is read or inflated.

Nothing is ever unpickled. What a header promises must be there: its shape times the size of an
element is compared with the bytes that follow, and a member of an NPZ is inflated only up to
what may be read at all.
"""

from __future__ import annotations

import io
import math
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from rbm.dialects import MAX_BYTES, TableError, clean
from rbm.tables.cells import Column, make_column
from rbm.tables.table import (
    PREVIEW_COLUMNS,
    PREVIEW_ROWS,
    Choices,
    Table,
    check_size,
    short,
    unique_names,
)

MAX_INFLATED = 2 * MAX_BYTES
"""Bytes that an archive may inflate to, all of it taken together."""
MAX_MEMBERS = 1_000
NPY_MAGIC = b"\x93NUMPY"


def read_npy(content: bytes, name: str, choices: Choices) -> Table:
    """A 2-D array, a column for each of its columns; or a 1-D array of records."""
    return table_of_arrays(
        {"": _columns_of(_array(content, name), name)}, name, "NumPy array", choices
    )


def read_npz(content: bytes, name: str, choices: Choices) -> Table:
    """Each 2-D array, and all 1-D arrays of one length together, are a part to choose from.

    The first part is the one with the most rows unless `choices.part` names another.
    """
    parts: dict[str, dict[str, NDArray[Any]]] = {}
    faults = []
    for member, data in inflated(content, name, only=".npy"):
        title = clean(member.removesuffix(".npy"))
        try:
            array = _array(data, f"“{title}” in {name}")
            if array.ndim == 1 and array.dtype.names is None:
                group = f"arrays of {array.shape[0]:,} numbers"
                parts.setdefault(group, {})[title] = array
            else:
                parts[title] = _columns_of(array, f"“{title}” in {name}")
        except TableError as error:
            faults.append(str(error))
    if not parts:
        raise TableError(faults[0] if faults else f"{name} holds no arrays: save it by np.savez.")
    sizes = {part: len(next(iter(arrays.values()), ())) for part, arrays in parts.items()}
    ordered = {part: parts[part] for part in sorted(parts, key=lambda part: -sizes[part])}
    try:
        table = table_of_arrays(ordered, name, "NumPy archive", choices)
    except TableError as error:
        error.parts = tuple(ordered)
        raise
    return replace(table, notes=(*table.notes, *faults[:3]))


def inflated(content: bytes, name: str, only: str = "") -> list[tuple[str, bytes]]:
    """The members of a zip archive whose names end with `only`, inflated within bounds."""
    if content.count(b"PK\x01\x02") > MAX_MEMBERS:  # before zipfile makes an object of each
        raise TableError(f"{name} holds more than {MAX_MEMBERS:,} files: keep those you need.")
    found, left = [], MAX_INFLATED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if not member.filename.endswith(only):
                    continue
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise TableError(
                        f"{name} is compressed in an unusual way: save it by np.savez_compressed."
                    )
                with archive.open(member) as stream:
                    data = stream.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise TableError(
                        f"{name} inflates to more than {MAX_INFLATED / 1e6:.0f} MB (at "
                        f"“{clean(member.filename)}”): keep fewer rows or columns."
                    )
                found.append((member.filename, data))
    except TableError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        raise TableError(
            f"{name} is a damaged or encrypted archive ({clean(str(error)) or 'it ends too early'}"
            "): save it again."
        ) from None
    return found


def _array(content: bytes, name: str) -> NDArray[Any]:
    """The array of an NPY file, a view of its bytes."""
    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f"version {version[0]}.{version[1]}")
        shape, fortran, dtype = read(stream)
    except (
        ValueError, TypeError, KeyError, SyntaxError, MemoryError, RecursionError, OverflowError,
        UnicodeError, tokenize.TokenError, AttributeError, IndexError,
    ) as error:  # fmt: skip
        raise TableError(
            f"{name} has a damaged header in its first bytes ({clean(str(error))}): save it again "
            "by np.save."
        ) from None
    if dtype.hasobject:
        raise TableError(
            f"{name} holds Python objects, which could run code: convert it by "
            "array.astype(float) and save it again."
        )
    count, start = math.prod(shape), stream.tell()
    if min(shape, default=0) < 0 or count * dtype.itemsize > len(content) - start:
        raise TableError(
            f"{name} promises {count * dtype.itemsize:,} bytes of numbers from byte {start} on, "
            f"and {len(content) - start:,} are there: save it again."
        )
    if dtype.itemsize == 0 or count == 0:
        raise TableError(f"{name} is empty: save an array with rows.")
    flat = np.frombuffer(content, dtype, count, start)
    return flat.reshape(shape, order="F" if fortran else "C")


def _columns_of(array: NDArray[Any], name: str) -> dict[str, NDArray[Any]]:
    """The columns of an array by name: fields of records, or columns of a matrix."""
    if array.ndim == 1 and array.dtype.names:
        columns = {clean(field): array[field] for field in array.dtype.names}
        return {field: column for field, column in columns.items() if column.ndim == 1}
    if array.ndim != 2 or array.dtype.names:
        shape = " × ".join(map(str, array.shape)) or "a single number"
        raise TableError(
            f"{name} holds an array of shape {shape}: save one with a row for each point and a "
            "column for each coordinate."
        )
    rows, columns = array.shape
    if rows < 10 <= columns:
        raise TableError(
            f"{name} has {rows} rows of {columns:,} columns: transpose it (array.T), so that each "
            "point is a row."
        )
    check_size(name, rows, columns)
    return {f"column {i + 1}": array[:, i] for i in range(columns)}


def table_of_arrays(
    parts: Mapping[str, Mapping[str, NDArray[Any]]], name: str, kind: str, choices: Choices
) -> Table:
    """A table of the chosen part, or else the first; arrays of a part are of one length."""
    part = choices.part if choices.part is not None and choices.part in parts else next(iter(parts))
    arrays = parts[part]
    rows = len(next(iter(arrays.values()), ()))
    check_size(name, rows, len(arrays))
    names = unique_names(list(arrays), len(arrays))
    columns = [_column(title, array) for title, array in zip(names, arrays.values(), strict=True)]
    return Table(
        name, {column.name: column for column in columns}, np.arange(1, rows + 1), kind,
        Choices(part=part or None, kinds={i: c.kind for i, c in enumerate(columns)}),
        [
            [clean(short(str(array[row]))) for array in list(arrays.values())[:PREVIEW_COLUMNS]]
            for row in range(min(rows, PREVIEW_ROWS))
        ],
        tuple(parts) if len(parts) > 1 else (),
    )  # fmt: skip


def _column(name: str, array: NDArray[Any]) -> Column:
    """Numbers and truth values as float64; moments as dates; the rest is words."""
    if array.dtype.kind in "biuf":
        return make_column(name, "number", array.astype(np.float64), {})
    if array.dtype.kind == "M":
        with np.errstate(all="ignore"):
            microseconds = array.astype("M8[us]")
        seconds = np.where(np.isnat(microseconds), np.nan, microseconds.astype(np.int64) / 1e6)
        return make_column(name, "iso", seconds, {})
    if array.dtype.kind == "m":
        return make_column(name, "number", array / np.timedelta64(1, "s"), {})
    return make_column(name, "text", np.empty(0), {})
