"""The library's file: kept for ever, shared by threads, and never worse for being looked at."""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from rbm import library_file
from rbm.library import Library, Limits, Summary
from rbm.library_file import APPLICATION_ID, SENTENCES, LibraryError

RING = Summary("Ring", 7, 0.5, ((1, 2),), ())
HASTY = Limits(busy=0.05)

VERSION_1 = """
PRAGMA journal_mode = WAL;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, name TEXT NOT NULL,
    note TEXT NOT NULL, starred INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL,
    deleted REAL, size INTEGER NOT NULL, summary TEXT NOT NULL) STRICT;
CREATE INDEX runs_of_person ON runs (person, created);
CREATE TABLE contents (
    run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    content BLOB NOT NULL) STRICT;
INSERT INTO runs VALUES (5, 'ada', 'Old', 'a note', 1, 1700000000.5, NULL, 3,
    '{"data": "Ring", "epoch": 7, "mismatch": 0.5, "points": [[1, 2]], "reconstruction": []}');
INSERT INTO contents VALUES (5, x'00ff41');
INSERT INTO runs VALUES (6, 'ada', 'Gone', '', 0, 1700000001, 1e11, 1,
    '{"data": "Own", "epoch": 0, "mismatch": null, "points": [], "reconstruction": []}');
INSERT INTO contents VALUES (6, x'42');
PRAGMA application_id = 0x52424D31;
PRAGMA user_version = 1;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


def build(path: Path, script: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def use_all(library: Library) -> None:
    """Every way to use a library, each of which must raise `LibraryError` or do its work."""
    for use in (
        lambda: library.entries("ada"),
        lambda: library.deleted("ada"),
        lambda: library.content("ada", 1),
        lambda: library.star("ada", 1, True),
        lambda: library.annotate("ada", 1, "name", "note"),
        lambda: library.save("ada", "new", "", b"content", RING),
        lambda: library.delete("ada", 1),
        lambda: library.undelete("ada", 1),
        lambda: library.empty_bin("ada"),
    ):
        with suppress(LibraryError):
            use()


def test_a_library_of_version_1_opens_for_ever(path: Path) -> None:
    build(path, VERSION_1)
    library = Library(path)
    (old,) = library.entries("ada")
    assert (old.id, old.name, old.note, old.starred, old.size) == (5, "Old", "a note", True, 3)
    assert (old.created, old.summary) == (1_700_000_000.5, RING)
    assert library.content("ada", 5) == b"\0\xffA"
    library.undelete("ada", 6)
    assert library.content("ada", 6) == b"B"
    assert library.save("ada", "New", "", b"C", RING) == 7
    assert library.content("ada", 7) == b"C"


def test_an_older_schema_is_led_to_the_newest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(path, VERSION_1)
    added = ("ALTER TABLE runs ADD COLUMN course TEXT NOT NULL DEFAULT 'none'",)
    monkeypatch.setattr(library_file, "MIGRATIONS", (*library_file.MIGRATIONS, added))
    for _ in range(2):  # the second time there is nothing left to do
        assert [entry.name for entry in Library(path).entries("ada")] == ["Old"]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT DISTINCT course FROM runs").fetchall() == [("none",)]
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()


def test_a_failed_migration_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(path, VERSION_1)
    before = path.read_bytes()
    broken = ("ALTER TABLE runs ADD COLUMN course TEXT", "ALTER TABLE nothing ADD COLUMN x")
    with monkeypatch.context() as patch:
        patch.setattr(library_file, "MIGRATIONS", (*library_file.MIGRATIONS, broken))
        with pytest.raises(LibraryError, match="cannot be used"):
            Library(path).entries("ada")
    assert path.read_bytes() == before
    assert Library(path).content("ada", 5)


def test_a_newer_librarys_file_is_left_alone(path: Path) -> None:
    build(path, VERSION_1 + "PRAGMA user_version = 99;")
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="newer version"):
        Library(path).save("ada", "x", "", b"", RING)
    use_all(Library(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "script",
    ["CREATE TABLE runs (id)", "PRAGMA user_version = 1", "PRAGMA application_id = 5",
     "CREATE TABLE x (y); PRAGMA user_version = 1"],
)  # fmt: skip
def test_another_programs_file_is_left_alone(path: Path, script: str) -> None:
    build(path, script)
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="another program"):
        Library(path).entries("ada")
    use_all(Library(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a library at all" * 99, b"SQLite format 3\0" + b"z" * 999]
)
def test_a_file_of_another_kind_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(LibraryError, match="damaged or not a library"):
        Library(path).save("ada", "x", "", b"", RING)
    use_all(Library(path))
    assert path.read_bytes() == content


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_gives_sentences(path: Path, seed: int) -> None:
    library = Library(path, HASTY)
    library.save("ada", "a", "note " * 99, bytes(9_000), RING)
    library.delete("ada", library.save("ada", "b", "", b"b", RING))
    content = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for _ in range(chance.choice([1, 20, 400])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    cut = chance.choice([len(content), chance.randrange(len(content))])
    path.write_bytes(content[:cut])
    use_all(library)


@pytest.mark.parametrize(
    "summary", ["", "[]", "{}", '{"epoch": 1e999}', "null", "5", '{"data": 1}']
)
def test_a_damaged_summary_gives_a_sentence(path: Path, summary: str) -> None:
    build(path, VERSION_1)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE runs SET summary = ?", (summary,))
    connection.commit()
    connection.close()
    with pytest.raises(LibraryError, match="damaged"):
        Library(path).entries("ada")


def test_a_folder_in_the_files_place_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="cannot be opened"):
        Library(tmp_path).save("ada", "x", "", b"", RING)
    use_all(Library(tmp_path))
    (tmp_path / "file").touch()
    use_all(Library(tmp_path / "file" / "runs.sqlite"))


def test_a_locked_file_is_waited_for_and_then_gives_a_sentence(path: Path) -> None:
    library = Library(path, HASTY)
    number = library.save("ada", "x", "", b"1", RING)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryError, match="busy"):
        library.star("ada", number, True)
    assert library.content("ada", number) == b"1"  # readers do not wait for a writer
    connection.execute("COMMIT")
    connection.execute("BEGIN")
    connection.execute("SELECT name FROM runs").fetchall()
    library.star("ada", number, True)  # nor a writer for a reader
    connection.close()


def test_a_full_disk_keeps_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(path)
    number = library.save("ada", "x", "", b"1", RING)
    prepare = library_file._prepare

    def small_disk(connection: sqlite3.Connection) -> None:
        prepare(connection)
        connection.execute("PRAGMA max_page_count = 20")

    monkeypatch.setattr(library_file, "_prepare", small_disk)
    with pytest.raises(LibraryError, match="disk is full"):
        library.save("ada", "y", "", bytes(500_000), RING)
    assert [entry.id for entry in library.entries("ada")] == [number]


@contextmanager
def without_privileges() -> Iterator[None]:
    """As an ordinary user, for whom permissions count."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_file_that_can_only_be_read_gives_a_sentence() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "runs.sqlite"
        folder.chmod(0o777)
        with without_privileges():
            library = Library(path)
            library.save("ada", "x", "", b"1", RING)
            path.chmod(0o400)
            before = path.read_bytes()
            with pytest.raises(LibraryError, match="only be read"):
                library.save("ada", "y", "", b"2", RING)
            assert library.content("ada", 1) == b"1"
        folder.chmod(0o755)
        with without_privileges():
            use_all(library)
            path.chmod(0)
            with pytest.raises(LibraryError, match="cannot be opened"):
                library.entries("ada")
            path.chmod(0o400)
            assert path.read_bytes() == before


def test_threads_share_a_new_file(path: Path) -> None:
    def work(number: int) -> int:
        library = Library(path)  # each tab makes its own
        saved = library.save("ada", f"{number}", "", bytes([number]) * 5000, RING)
        library.star("ada", saved, number % 2 == 0)
        assert library.content("ada", saved) == bytes([number]) * 5000
        if number % 3 == 0:
            library.delete("ada", saved)
        library.entries("ada")
        return saved

    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(work, range(24)))
    assert len(set(saved)) == 24
    entries = Library(path).entries("ada")
    assert {int(e.name): e.starred for e in entries} == {n: n % 2 == 0 for n in range(24) if n % 3}
    assert len(Library(path).deleted("ada")) == 8


def test_what_we_say_of_every_error_is_a_sentence() -> None:
    for start, sentence in SENTENCES.items():
        assert start.startswith("SQLITE_")
        assert sentence.endswith(".")
    assert int.from_bytes(b"RBM1", "big") == APPLICATION_ID
