"""Boards when what checks them goes away, or an entry does while it is being checked."""

import threading
from dataclasses import replace

import pytest

from rbm.app.leaderboard_checking import Checking
from rbm.tuning.database import Database
from rbm.tuning.leaderboard_store import Leaderboard
from tests.test_leaderboard import MINE, Quick


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'tuning.sqlite'}")
    yield database
    database.close()


@pytest.fixture
def board(database):
    return Leaderboard(database)


def test_what_is_wrong_is_told_until_it_is_not(board):
    """A cluster that is there again is no trouble any more, however long it takes."""
    board.enter(MINE, 10, "", "me")
    may, said = threading.Event(), []

    class Slow(Quick):
        def submit(self, fn, /, *args, **kwargs):
            said.append((checking.trouble, checking.quiet))
            assert may.wait(60)
            return super().submit(fn, *args, **kwargs)

    checking = Checking(board, Slow)
    assert checking.quiet == 0
    checking.trouble = "Nobody is there."
    checking.wake()
    may.set()
    checking.join(60)
    assert said[0][0] == ""
    assert said[0][1] > 0
    assert (checking.trouble, checking.quiet) == ("", 0)


def test_what_is_being_checked_stands_before_all_that_came_since(board):
    """Nobody interrupts the check of a preset, though people do not wait for the others."""
    board.set_up("ring")
    presets = [entry.id for entry in board.entries("ring")]
    begun, may, seen = threading.Event(), threading.Event(), []

    class Slow(Quick):
        def submit(self, fn, /, *args, **kwargs):
            begun.set()
            assert may.wait(60)
            return super().submit(fn, *args, **kwargs)

    checking = Checking(board, Slow)
    assert checking.queue() == presets
    checking.wake()
    assert begun.wait(60)
    mine = board.enter(MINE, 10, "", "me")
    seen = checking.queue()
    may.set()
    checking.join(60)
    assert seen == [presets[0], mine.id, *presets[1:]]
    assert checking.queue() == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_program_is_told(board):
    def faulty():
        raise ZeroDivisionError

    board.enter(MINE, 10, "", "me")
    checking = Checking(board, faulty)
    checking.wake()
    checking.join(60)
    assert "the server's log says which" in checking.trouble


def test_what_came_of_a_removed_entry_is_not_taken_for_that_of_the_next(database):
    ticks = iter(range(100))
    board = Leaderboard(database, clock=lambda: float(next(ticks)))
    removed = board.enter(MINE, 10, "", "me")
    board.remove(removed)  # while it is being checked; SQLite gives its number to the next
    entered = board.enter(replace(MINE, sigma=0.5), 10, "", "me")
    board.settle(removed, [0.1] * 8)
    board.remove(removed)
    assert [(e.id, e.waiting) for e in board.entries("ring")] == [(entered.id, True)]
    board.settle(entered, [0.2] * 8)
    assert board.entries("ring")[0].scores == (0.2,) * 8
