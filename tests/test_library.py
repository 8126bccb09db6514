"""The library of runs: what is kept comes back, nothing beyond its limits, to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from rbm.library import BIN_DAYS, MAX_NOTE, MAX_THUMBNAIL, Library, Limits, Summary
from rbm.library_file import LibraryError

DAY = 86_400.0
SMALL = Limits(content=100, entries=3, person=250, total=400)
MOONS = Summary("Two moons", 1200, 0.25, ((1, 99), (50, 0)), ((2, 98),))


@dataclass
class Clock:
    """Time that passes only when a test lets it."""

    now: float = 1_000_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(tmp_path: Path, clock: Clock) -> Library:
    return Library(tmp_path / "new" / "runs.sqlite", SMALL, clock)


def names(library: Library, person: str = "ada", search: str = "", starred: bool = False) -> str:
    return " ".join(entry.name for entry in library.entries(person, search, starred))


def keep(library: Library, name: str, size: int = 10, person: str = "ada") -> int:
    return library.save(person, name, "", b"x" * size, MOONS)


def test_what_is_saved_comes_back(library: Library, clock: Clock) -> None:
    content = bytes(range(100))
    number = library.save("ada", "First", "It worked.\nAt last.", content, MOONS)
    (entry,) = library.entries("ada")
    assert (entry.id, entry.name, entry.note) == (number, "First", "It worked.\nAt last.")
    assert (entry.starred, entry.size, entry.summary) == (False, 100, MOONS)
    assert clock.now - 2 < entry.created <= clock.now
    assert library.content("ada", number) == content


def test_a_run_that_was_not_measured_has_no_mismatch(library: Library) -> None:
    library.save("ada", "x", "", b"", Summary("Ring", 0))
    assert library.entries("ada")[0].summary == Summary("Ring", 0, None, (), ())


def test_looking_creates_nothing(library: Library) -> None:
    assert library.entries("ada") == library.deleted("ada") == ()
    with pytest.raises(LibraryError, match="no longer"):
        library.content("ada", 1)
    assert not library.path.parent.exists()


def test_the_file_is_for_its_owner_only(library: Library) -> None:
    keep(library, "x")
    assert library.path.stat().st_mode & 0o777 == 0o600
    assert library.path.parent.stat().st_mode & 0o777 == 0o700


def test_the_newest_comes_first(library: Library) -> None:
    for name in ("a", "b", "c"):
        keep(library, name)
    assert names(library) == "c b a"


def test_search_finds_every_word_in_name_note_and_data(library: Library) -> None:
    first = library.save("ada", "STRASSE 100%", "tried_it", b"", MOONS)
    library.save("ada", "Straße", "tried it", b"", Summary("Ring", 3))
    library.save("ada", "Ünïcode", "a\nb", b"", Summary("O'Hara \"; DROP", 3))
    assert names(library, search="straße") == "Straße STRASSE 100%"
    assert names(library, search="  TRIED moons ") == "STRASSE 100%"
    for text in ("100%", "d_i", "two MOONS strasse"):
        assert names(library, search=text) == "STRASSE 100%", text
    assert names(library, search="ÜNÏ '") == "Ünïcode"
    assert names(library, search="%") == "STRASSE 100%"
    assert names(library, search="\\") == names(library, search="straßen") == ""
    library.star("ada", first, True)
    assert names(library, search="straße", starred=True) == "STRASSE 100%"


def test_a_star_goes_on_and_off(library: Library) -> None:
    first, _ = keep(library, "a"), keep(library, "b")
    library.star("ada", first, True)
    library.star("ada", first, True)
    assert names(library, starred=True) == "a"
    assert [entry.starred for entry in library.entries("ada")] == [False, True]
    library.star("ada", first, False)
    assert names(library, starred=True) == ""


def test_name_and_note_can_be_changed_and_are_cleaned(library: Library) -> None:
    first, _ = keep(library, "a"), keep(library, "b")
    library.annotate(
        "ada", first, " new\nname\u202e\0 " + "x" * 90, "one\r\ntwo\0\ud800" + "n" * 9999
    )
    entry = library.entries("ada")[1]
    assert entry.name.startswith("newname xxx")
    assert len(entry.name) == 60
    assert entry.note.startswith("one\ntwonnn")
    assert len(entry.note) == MAX_NOTE
    assert library.entries("ada")[0].name == "b"
    library.annotate("ada", first, "\0 ", "")
    assert library.entries("ada")[1].name == "Run without a name"


def test_a_summary_is_kept_short(library: Library) -> None:
    many = tuple((n, n) for n in range(500))
    library.save("ada", "a", "", b"", Summary("y" * 500, 1, 0.5, many, many))
    (entry,) = library.entries("ada")
    assert entry.summary == Summary(
        "y" * 59 + "…", 1, 0.5, many[:MAX_THUMBNAIL], many[:MAX_THUMBNAIL]
    )


def test_deleting_can_be_undone_as_it_was(library: Library) -> None:
    first, second = keep(library, "a", 20), keep(library, "b")
    library.star("ada", first, True)
    before = library.entries("ada")
    library.delete("ada", first)
    library.delete("ada", second)
    assert names(library) == ""
    assert [entry.name for entry in library.deleted("ada")] == ["b", "a"]
    library.undelete("ada", first)
    library.undelete("ada", second)
    assert library.entries("ada") == before
    assert library.deleted("ada") == ()
    assert library.content("ada", first) == b"x" * 20


def test_what_lies_in_the_bin_cannot_be_used(library: Library) -> None:
    first = keep(library, "a")
    with pytest.raises(LibraryError, match="no longer"):
        library.undelete("ada", first)  # it is not deleted
    library.delete("ada", first)
    for use in (
        lambda: library.content("ada", first),
        lambda: library.annotate("ada", first, "b", ""),
        lambda: library.star("ada", first, True),
        lambda: library.delete("ada", first),
    ):
        with pytest.raises(LibraryError, match="no longer"):
            use()
    assert library.deleted("ada")[0].name == "a"


def test_the_bin_keeps_for_a_week(library: Library, clock: Clock) -> None:
    first = keep(library, "a", 100)
    library.delete("ada", first)
    clock.now += BIN_DAYS * DAY - 60
    assert len(library.deleted("ada")) == 1
    clock.now += 120
    assert library.deleted("ada") == ()
    with pytest.raises(LibraryError, match="no longer"):
        library.undelete("ada", first)
    keep(library, "b")  # now it is really gone, the week passed back or not
    clock.now -= 2 * DAY
    assert library.deleted("ada") == ()


def test_the_bin_can_be_emptied(library: Library) -> None:
    kept, mine = keep(library, "kept"), keep(library, "mine")
    yours = keep(library, "yours", person="eve")
    library.delete("ada", mine)
    library.delete("eve", yours)
    library.empty_bin("ada")
    assert library.deleted("ada") == ()
    assert [entry.id for entry in library.deleted("eve")] == [yours]
    assert library.content("ada", kept) == b"x" * 10


def test_a_run_too_large_is_refused(library: Library) -> None:
    keep(library, "fits", 100)
    with pytest.raises(LibraryError, match="save it as a file"):
        keep(library, "a", 101)
    assert names(library) == "fits"


def test_only_so_many_runs(library: Library) -> None:
    for name in ("a", "b", "c"):
        keep(library, name)
    with pytest.raises(LibraryError, match="full \\(3 runs or"):
        keep(library, "d")
    keep(library, "other", person="eve")
    assert names(library) == "c b a"


def test_only_so_many_bytes_a_person(library: Library) -> None:
    keep(library, "a", 100)
    keep(library, "b", 100)
    with pytest.raises(LibraryError, match="Your library is full"):
        keep(library, "c", 51)
    keep(library, "c", 50)


def test_only_so_many_bytes_in_all(library: Library) -> None:
    for person in ("ada", "eve"):
        keep(library, "a", 100, person)
        keep(library, "b", 90, person)
    with pytest.raises(LibraryError, match="this server is full"):
        keep(library, "c", 21, "joe")
    keep(library, "c", 20, "joe")


def test_room_is_made_from_the_bin_oldest_first_and_no_more_than_needed(library: Library) -> None:
    numbers = [keep(library, name, size) for name, size in (("a", 50), ("b", 100), ("c", 10))]
    for number in (numbers[1], numbers[0]):  # b was deleted before a
        library.delete("ada", number)
    keep(library, "d", 100)
    assert names(library) == "d c"
    assert [entry.name for entry in library.deleted("ada")] == ["a"]
    with pytest.raises(LibraryError, match="no longer"):
        library.undelete("ada", numbers[1])
    keep(library, "e", 100)  # fits beside a no longer
    assert names(library) == "e d c"
    assert library.deleted("ada") == ()


def test_a_refusal_empties_no_bin(library: Library) -> None:
    first, _ = keep(library, "a", 10), keep(library, "b", 100)
    keep(library, "c", 100)
    library.delete("ada", first)
    with pytest.raises(LibraryError, match="full"):
        keep(library, "d", 60)
    library.undelete("ada", first)


def test_one_persons_bin_makes_no_room_for_anothers_own_limit(library: Library) -> None:
    library.delete("eve", keep(library, "theirs", 10, "eve"))
    for name in ("a", "b", "c"):
        keep(library, name)
    with pytest.raises(LibraryError, match="Your library"):
        keep(library, "d")
    library.delete("ada", library.entries("ada")[0].id)
    keep(library, "d")
    assert len(library.deleted("eve")) == 1  # though it was deleted before
    assert library.deleted("ada") == ()


def test_for_the_whole_file_every_bin_makes_room(library: Library) -> None:
    first = keep(library, "a", 100, "eve")
    for person in ("eve", "joe", "joe"):
        keep(library, "b", 100, person)
    library.delete("eve", first)
    keep(library, "c", 100)
    assert library.deleted("eve") == ()


def test_the_file_shrinks_when_runs_are_gone(tmp_path: Path, clock: Clock) -> None:
    library = Library(tmp_path / "runs.sqlite", clock=clock)
    number = library.save("ada", "a", "", bytes(3_000_000), MOONS)
    assert library.path.stat().st_size > 3_000_000
    library.delete("ada", number)
    library.empty_bin("ada")
    assert library.path.stat().st_size < 100_000
