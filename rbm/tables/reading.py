"""Which reader a file gets, by its first bytes; and what to say about files that get none."""

from __future__ import annotations

from collections.abc import Callable

from rbm.dialects import MAX_BYTES, TableError, named
from rbm.tables.arrays import NPY_MAGIC, read_npy, read_npz
from rbm.tables.delimited import read_delimited
from rbm.tables.isolated import read_parquet, read_workbook
from rbm.tables.table import Choices, Table

Reader = Callable[[bytes, str, Choices], Table]


def read_table(content: bytes | str, filename: str = "", choices: Choices | None = None) -> Table:
    """The columns of a file or a pasted text; `TableError` with a sentence when it is no table.

    What `choices` leaves open is found out. A table without columns of numbers is returned all
    the same, so that it can be looked at: `choose_points` refuses it.
    """
    name = named(filename)
    choices = choices or Choices()
    if isinstance(content, str):
        content = content[: MAX_BYTES + 1].encode("utf-8", "replace")
        choices = Choices(**{**vars(choices), "encoding": "utf-8"})
    if len(content) > MAX_BYTES:
        raise TableError(
            f"{name} has {len(content) / 1e6:.0f} MB, and at most {MAX_BYTES / 1e6:.0f} can be "
            "read: keep fewer rows or columns."
        )
    if not content.strip():
        raise TableError(f"{name} is empty: choose one with two columns of numbers.")
    for magic, what in REFUSED.items():
        if content.startswith(magic):
            raise TableError(f"{name} is {what}.")
    for magic, reader in READERS.items():
        if content.startswith(magic):
            return reader(content, name, choices)
    try:
        return read_delimited(content, name, choices)
    except TableError as error:
        error.format = "Text"
        raise


def _read_zip(content: bytes, name: str, choices: Choices) -> Table:
    """Workbooks and NPZ files are zip archives; the names of their members tell them apart."""
    names = content[:4_000] + content[-100_000:]  # of the first members, and the directory
    if b".npy" in names:
        return read_npz(content, name, choices)
    if b"[Content_Types].xml" in names or b"opendocument.spreadsheet" in names:
        return read_workbook(content, name, choices)
    raise TableError(f"{name} is an archive without arrays: unpack it and choose one file.")


READERS: dict[bytes, Reader] = {
    NPY_MAGIC: read_npy,
    b"PK\x03\x04": _read_zip,
    b"PAR1": read_parquet,
}
"""Formats by their first bytes; all else is text."""
REFUSED = {
    b"\x89PNG": "a picture: choose “Picture”",
    b"\xff\xd8\xff": "a picture: choose “Picture”",
    b"GIF8": "a picture: choose “Picture”",
    b"%PDF": "a PDF: copy its table and paste it",
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls): save it as .xlsx or CSV",
    b"PK\x05\x06": "an empty archive: choose one with arrays or a sheet",
    b"\x1f\x8b": "compressed (gzip): unpack it first",
    b"BZh": "compressed (bzip2): unpack it first",
    b"\xfd7zXZ": "compressed (xz): unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed (zstd): unpack it first",
    b"\x89HDF": "an HDF5 file: save the array by np.save, or as CSV",
    b"CDF": "a NetCDF file: save the variables as CSV",
    b"MATLAB": "a MATLAB file: save the matrix by writematrix, as CSV",
    b"ARROW1": "a Feather file: save it as Parquet or CSV",
    b"SQLite": "a database: export one table as CSV",
    b"\x80\x04\x95": "a Python pickle, which could run code: save the array by np.save",
    b"\x80\x05\x95": "a Python pickle, which could run code: save the array by np.save",
    b"<?xml": "XML, perhaps a track: export it as CSV",
    b"<!DOCTYPE": "a web page: copy its table and paste it",
    b"<html": "a web page: copy its table and paste it",
    b"{\\rtf": "a text document: save it as plain text",
}
"""What files of other kinds are and what to do with them, by their first bytes."""
