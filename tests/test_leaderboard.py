"""Boards in both databases: entering, what is checked when, and what comes of it."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

import rbm
from rbm.app.leaderboard_checking import Checking
from rbm.settings import Settings
from rbm.tuning import ExecutorLost, Outcome
from rbm.tuning.budget import TUTORIAL_VISITS, visits
from rbm.tuning.confirmation import FRESH_SEED
from rbm.tuning.database import Database, StoreError
from rbm.tuning.leaderboard import TUTORIAL, board_seeds, most_epochs, prepared, references
from rbm.tuning.leaderboard_store import MAX_NAME, Leaderboard
from tests.database_server import DatabaseServer

MINE = Settings(pattern="ring", n_hidden=4, k=1, k_end=1, k_ramp=0, sigma=0.9)


@pytest.fixture(scope="module")
def server():
    server = DatabaseServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'new' / 'tuning.sqlite'}")
    else:
        database = Database(request.getfixturevalue("server").url)
    yield database
    board = Leaderboard(database)
    for pattern in ("ring", "moons", "split_ring"):
        for entry in board.entries(pattern):
            board.remove(entry)
    database.close()


@pytest.fixture
def board(database):
    return Leaderboard(database)


def test_the_tutorials_budget_is_all_that_may_be_spent(board):
    most = most_epochs(MINE)
    assert visits(prepared(MINE, "ring"), most) <= TUTORIAL_VISITS
    assert visits(prepared(MINE, "ring"), most + 1) > TUTORIAL_VISITS
    assert most_epochs(prepared(Settings(), "split_ring")) == 2_000
    for epochs in (0, most + 1):
        with pytest.raises(ValueError, match=f"1 to {most:,} epochs; got {epochs:,}"):
            board.enter(MINE, epochs, "", "me")
    assert board.enter(MINE, most, "", "me").epochs == most


def test_entries_come_back_as_they_were(database, board):
    mine = board.enter(MINE, 10, "Ada", "me")
    assert (mine.name, mine.owner, mine.settings, mine.epochs) == ("Ada", "me", MINE, 10)
    assert (mine.waiting, mine.preset, mine.reference) == (True, "", False)
    assert Leaderboard(database).entries("ring") == (mine,)
    assert board.entries("moons") == ()
    assert board.next_unchecked() == mine
    board.settle(mine, [0.25, math.nan], b"\x00\xff")
    (again,) = board.entries("ring")
    assert again.picture == b"\x00\xff"
    assert again.scores[0] == 0.25
    assert math.isnan(again.scores[1])
    assert (again.waiting, board.next_unchecked()) == (False, None)
    board.remove(again)
    assert board.entries("ring") == ()


def test_equal_settings_are_one_entry(board):
    board.enter(MINE, 10, "Ada", "me")
    with pytest.raises(ValueError, match="already: you have entered them"):
        board.enter(replace(MINE, seed=8, n_points=60), 10, "Ada again", "me")
    with pytest.raises(ValueError, match="already: somebody has entered them"):
        board.enter(MINE, 10, "Eve", "other")
    board.enter(MINE, 11, "Eve", "other")
    board.enter(replace(MINE, pattern="moons"), 10, "Eve", "other")
    assert len(board.entries("ring")) == 2


def test_equal_settings_entered_at_once_are_one_entry(database):
    said = []

    def enter(owner):
        try:
            said.append(Leaderboard(database).enter(MINE, 10, "", owner).owner)
        except ValueError as error:
            said.append(str(error))

    writers = [threading.Thread(target=enter, args=(str(number),)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(Leaderboard(database).entries("ring")) == 1
    assert sum("somebody has entered them" in text for text in said) == 3


def test_three_entries_of_a_person_may_wait(board):
    board.set_up("ring")
    for epochs in (10, 11, 12):
        board.enter(MINE, epochs, "", "me")
    with pytest.raises(ValueError, match="3 entries of yours are still being checked"):
        board.enter(MINE, 13, "", "me")
    board.enter(MINE, 13, "", "other")
    board.settle(board.entries("ring")[-2], [0.5])
    board.enter(MINE, 14, "", "me")


NAMES = {
    "  Ada\tL\x00.\n ": "AdaL.",
    "**bold** <img src=x onerror=alert(1)>": "**bold** <img src=x onerror=alert(1)>",
    "\u202eevil\u2066\u200b": "evil",
    "x" * MAX_NAME: "x" * MAX_NAME,
    "\N{ROCKET} Zoë \N{FLEXED BICEPS}\N{EMOJI MODIFIER FITZPATRICK TYPE-3}": "🚀 Zoë 💪🏼",
    "\u05e2\u05d3\u05d4": "\u05e2\u05d3\u05d4",
    **dict.fromkeys([" \t\u3000 ", "\ud800", ""], ""),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_one_short_line_of_what_can_be_seen(board, name):
    assert board.enter(MINE, 10, name, "me").name == NAMES[name]


def test_a_long_name_is_refused_and_not_cut(board):
    for length in (MAX_NAME + 1, 300, 5_000):
        with pytest.raises(ValueError, match=f"up to 40 characters, and this one has {length}"):
            board.enter(MINE, 10, "x" * length, "me")
    assert board.entries("ring") == ()
    board.enter(MINE, 10, "Ada", "me")
    with pytest.raises(ValueError, match="this one has 300"):
        board.rename(MINE, 10, "x" * 300, "me")
    assert board.entries("ring")[0].name == "Ada"


def test_a_person_renames_what_is_theirs_and_nothing_else(board):
    board.set_up("ring")
    board.enter(MINE, 10, "Ada", "me")
    board.enter(MINE, 11, "Ada", "me")
    *_, mine, other = board.entries("ring")
    board.settle(mine, [0.5])
    assert board.rename(replace(MINE, seed=8), 10, " Ada L. ", "me")
    assert not board.rename(MINE, 10, "Ada L.", "me")  # so it is called already
    assert not board.rename(MINE, 10, "Eve", "other")
    assert not board.rename(MINE, 12, "Eve", "me")
    assert board.entries("ring")[-2:] == (replace(mine, name="Ada L.", scores=(0.5,)), other)
    tutorial = replace(Settings(), pattern="ring")
    assert not board.rename(tutorial, 2_000, "Eve", "")  # presets are nobody's
    assert not any(entry.name == "Eve" for entry in board.entries("ring"))


def test_presets_stand_on_every_board_once(board, monkeypatch):
    board.set_up("moons")
    board.set_up("moons")
    entries = board.entries("moons")
    assert [e.preset for e in entries] == [
        name for name, preset in rbm.PRESETS.items() if preset.settings.n_hidden <= 32
    ]
    assert all(e.reference and e.waiting for e in entries)
    for e in entries:
        assert e.settings == prepared(rbm.PRESETS[e.preset].settings, "moons")
        assert e.epochs <= most_epochs(e.settings)
    with pytest.raises(ValueError, match=r"already: they are the preset Tutorial \(2008\)"):
        board.enter(replace(Settings(), pattern="moons"), 2_000, "Eve", "other")
    name = list(rbm.PRESETS)[1]
    other = replace(rbm.PRESETS[name], settings=replace(rbm.PRESETS[name].settings, momentum=0.3))
    monkeypatch.setitem(rbm.PRESETS, name, other)  # a younger program has other values
    board.set_up("moons")
    again = board.entries("moons")
    assert len(again) == len(entries) + 1
    assert (again[1].preset, again[1].reference, again[1].name) == ("", True, name)
    assert (again[-1].preset, again[-1].settings.momentum) == (name, 0.3)


def test_nobody_is_told_the_seeds_and_all_have_the_same(database, board):
    one, two = board.enter(MINE, 10, "", "me"), board.enter(MINE, 11, "", "me")
    seeds = [trial.seeds[0] for trial in board.trials(one)]
    assert seeds == [trial.seeds[0] for trial in Leaderboard(database).trials(two)]
    assert len(set(seeds)) == 8
    assert all(FRESH_SEED <= seed < 2**31 for seed in seeds)
    other = board.enter(replace(MINE, pattern="moons"), 10, "", "me")
    assert not {trial.seeds[0] for trial in board.trials(other)} & set(seeds)
    assert board_seeds("a", "ring") != board_seeds("b", "ring")
    assert not {str(seed) for seed in seeds} & set(repr(board.entries("ring")).split())


class Quick:
    """An executor whose trials end at once, with a score that names the settings and the seed."""

    workers = 1

    def __init__(self, refuse=""):
        self.refuse = refuse
        self.seen = []
        self._pool = ThreadPoolExecutor(1)

    def submit(self, _, trial):
        self.seen.append(trial)
        return self._pool.submit(self.outcome, trial)

    def outcome(self, trial):
        if self.refuse:
            raise ValueError(self.refuse)
        return Outcome((trial.epochs / 100,), (), 0, 0.1, 0.1, 1)


def checked(board, executor):
    checking = Checking(board, lambda: executor)
    checking.wake()
    checking.join(30)
    return checking


def test_all_that_waits_is_checked_also_after_a_restart(database, board):
    board.enter(MINE, 10, "", "me")
    board.enter(replace(MINE, pattern="moons"), 20, "", "me")
    executor = Quick()
    checking = checked(Leaderboard(database), executor)  # as a server that is started again
    assert checking.trouble == ""
    assert [e.scores for p in ("ring", "moons") for e in board.entries(p)] == [
        (0.1,) * 8, (0.2,) * 8,
    ]  # fmt: skip
    assert len(executor.seen) == 16
    board.enter(MINE, 30, "", "me")
    checking.wake()
    checking.join(30)
    assert board.entries("ring")[-1].scores == (0.3,) * 8


def test_people_do_not_wait_for_presets(board):
    board.set_up("ring")
    mine, next_one = (board.enter(MINE, epochs, "", "me") for epochs in (10, 11))
    assert board.next_unchecked() == mine
    first = board.enter(replace(MINE, pattern="moons"), 9, "", "other")
    presets = [entry.id for entry in board.entries("ring") if entry.reference]
    assert list(board.queue()) == [mine.id, next_one.id, first.id, *presets]
    board.settle(mine, [0.5])
    assert board.next_unchecked() == next_one
    assert list(board.queue()) == [next_one.id, first.id, *presets]
    board.remove(first)
    board.settle(next_one, [0.5])
    assert board.next_unchecked().preset == TUTORIAL


def test_what_cannot_be_measured_is_refused_with_a_reason_and_the_rest_goes_on(board):
    board.enter(MINE, 10, "", "me")
    checked(board, Quick("There is nothing to measure."))
    (refused,) = board.entries("ring")
    assert (refused.refused, refused.waiting) == ("There is nothing to measure.", False)


def test_trouble_leaves_entries_waiting_for_the_next_look(board):
    board.enter(MINE, 10, "", "me")

    there = []

    def executor():
        if not there:
            raise ExecutorLost("Nobody is there.")
        return there[0]

    checking = Checking(board, executor)
    checking.wake()
    checking.join(30)
    assert checking.trouble == "Nobody is there."
    assert board.entries("ring")[0].waiting
    there.append(Quick())
    checking.wake()
    checking.join(30)
    assert checking.trouble == ""
    assert not board.entries("ring")[0].waiting


def test_two_servers_check_one_board_alike(database, board):
    board.set_up("ring")
    board.enter(MINE, 10, "", "me")
    both = [Checking(Leaderboard(database), Quick) for _ in range(2)]
    for checking in both:
        checking.wake()
    for checking in both:
        checking.join(60)
        assert checking.trouble == ""
    entries = board.entries("ring")
    assert [e.scores for e in entries] == [(e.epochs / 100,) * 8 for e in entries]
    assert len(entries) == len(references("ring")) + 1


def test_a_database_that_is_away_is_a_sentence(tmp_path):
    with pytest.raises(StoreError, match="cannot be used now"):
        Leaderboard(Database(f"sqlite:///{tmp_path}"))
