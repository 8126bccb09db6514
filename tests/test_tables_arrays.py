"""NumPy's files as tables: what is read, and headers and archives that lie."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import numpy as np
import pytest
from numpy.lib import format as npy

from rbm.tables import Choices, TableError, choose_points, read_table

VALUES = np.column_stack([np.linspace(-3, 8, 20), np.random.default_rng(1).normal(100, 5, 20)])


def npy_bytes(array: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def npz_bytes(save=np.savez, **arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    save(buffer, **arrays)
    return buffer.getvalue()


def header(text: str, version: tuple[int, int] = (1, 0)) -> bytes:
    size = len(text).to_bytes(2 if version == (1, 0) else 4, "little")
    return npy.magic(*version) + size + text.encode("latin-1")


@pytest.mark.parametrize("kind", ["<f8", ">f8", "<f4", "<f2", "<i8", ">i2", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_every_number_type_and_order_are_read(kind, order):
    values = np.asarray(np.abs(VALUES) % 100, order=order).astype(kind, order=order)
    table = read_table(npy_bytes(values), "points.txt")
    assert table.format == "NumPy array"
    assert table.names == ("column 1", "column 2")
    for name, expected in zip(table.names, values.T, strict=True):
        np.testing.assert_array_equal(table.columns[name].values, expected.astype(float))


def test_records_become_columns_by_name_and_moments_are_counted_from_the_first():
    records = np.zeros(12, [("x", "f4"), ("when", "M8[h]"), ("name", "U5")])
    records["x"] = np.arange(12) ** 2
    records["when"] = np.datetime64("2024-05-01T06", "h") + np.arange(12)
    records["when"][3] = "NaT"
    table = read_table(npy_bytes(records))
    assert list(table.columns) == ["x", "when", "name"]
    assert table.names == ("x", "when")
    assert table.columns["when"].unit == "seconds since 2024-05-01 06:00:00"
    seconds = table.columns["when"].values
    assert np.isnan(seconds[3])
    np.testing.assert_array_equal(np.delete(seconds, 3), np.delete(np.arange(12) * 3600.0, 3))
    with pytest.raises(TableError, match="Row 4 of column “when”"):
        choose_points(table, table.names)


def test_an_archive_offers_matrices_and_vectors_of_one_length_together():
    archive = npz_bytes(
        points=VALUES, x=np.arange(50.0), y=np.arange(50.0) ** 2, t=np.arange(7.0), scalar=np.pi
    )
    table = read_table(archive, "all.npz")
    assert table.parts == ("arrays of 50 numbers", "points", "arrays of 7 numbers")
    assert table.names == ("x", "y")
    assert "a single number" in " ".join(table.notes)
    again = read_table(archive, "all.npz", Choices(part="points"))
    np.testing.assert_array_equal(again.columns["column 2"].values, VALUES[:, 1])
    compressed = read_table(npz_bytes(np.savez_compressed, points=VALUES))
    np.testing.assert_array_equal(compressed.columns["column 1"].values, VALUES[:, 0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (npy_bytes(np.array([[1, "a"]] * 12, object)), "Python objects"),
        (npy_bytes(np.zeros((3, 4, 5))), "shape 3 × 4 × 5"),
        (npy_bytes(np.zeros(30)), "shape 30"),
        (npy_bytes(np.array(3.0)), "a single number"),
        (npy_bytes(VALUES.T.copy()), "transpose"),
        (npy_bytes(np.zeros((2000, 1001))), "at most 1,000"),
        (npy_bytes(np.zeros((0, 2))), "empty"),
        (npy_bytes(VALUES + 1j), "only|none|columns of numbers"),
        (npy_bytes(VALUES)[:-1], "promises 320 bytes of numbers from byte 128 on, and 319"),
        (npy_bytes(VALUES)[:20], "damaged header"),
        (npy.magic(9, 9) + bytes(100), "damaged header"),
        (
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 2)}"),
            "promises 16,000,000,000,000 bytes",
        ),
        (
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (-20, -2)}") + bytes(320),
            "promises|damaged",
        ),
        (header("{'descr': '|O', 'fortran_order': False, 'shape': (20, 2)}"), "Python objects"),
        (header("(" * 5000), "damaged header"),
        (header("__import__('os').abort()"), "damaged header"),
        (header("{" + "1:" * 30_000, (2, 0)), "damaged header"),
        (npz_bytes(a=np.array([None] * 20)), "Python objects"),
        (npz_bytes(), "empty archive"),
        (npz_bytes(a=VALUES)[:-30], "damaged|archive"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(content, words):
    with pytest.raises(TableError, match=words) as refusal:
        choose_points(read_table(content, "bad.npy"), ("column 1", "column 2"))
    assert len(str(refusal.value)) < 300
    assert str(refusal.value).endswith(".")


def archive_of(member: str, content: bytes, count: int = 1, **options: object) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for i in range(count):
            archive.writestr(f"{member}{i}.npy", content)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def bomb() -> bytes:
    text = "{'descr': '<f8', 'fortran_order': False, 'shape': (12500000, 2), }"
    return archive_of("a", header(text) + bytes(200_000_000))


def test_an_archive_that_inflates_beyond_the_cap_is_refused_within_it(bomb):
    lying = bytearray(bomb)
    for place in (22, bomb.rindex(b"PK\x01\x02") + 24):  # both places where its size is told
        lying[place : place + 4] = (1000).to_bytes(4, "little")
    for content in (bomb, bytes(lying)):
        tracemalloc.start()
        with pytest.raises(TableError, match=r"inflates to more than 100 MB|damaged"):
            read_table(content, "bomb.npz")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 350_000_000


def test_many_small_members_share_one_cap_and_are_counted_before_anything():
    many = archive_of("a", bytes(10), count=1_001)
    with pytest.raises(TableError, match="more than 1,000 files"):
        read_table(many)
    several = archive_of("a", npy_bytes(np.zeros((1_000_000, 2))), count=7)
    with pytest.raises(TableError, match="inflates to more than 100 MB"):
        read_table(several)


def test_other_compressions_and_encryption_are_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.npy", npy_bytes(VALUES))
    with pytest.raises(TableError, match="unusual way"):
        read_table(buffer.getvalue())
    marked = bytearray(npz_bytes(a=VALUES))
    marked[marked.rindex(b"PK\x01\x02") + 8] |= 1
    marked[6] |= 1
    with pytest.raises(TableError, match="encrypted"):
        read_table(bytes(marked))
