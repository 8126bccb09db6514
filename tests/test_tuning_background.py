"""A thread that draws outcomes: pausing, cancelling, and how it says that it has ended."""

import threading
import time

import pytest

from rbm.tuning import Background, ExecutorLost


def numbers(gate: threading.Semaphore, closed: list):
    try:
        for number in range(100):
            gate.acquire()
            yield number
    finally:
        closed.append(True)


def test_a_thread_draws_pauses_and_cancels():
    gate, closed, kept = threading.Semaphore(0), [], []
    background = Background(numbers(gate, closed), total=100, keep=kept.append)
    gate.release(3)
    wait_until(lambda: len(background.items) == 3)
    assert background.state == "running"
    assert background.progress.done == 3
    assert 0 < background.progress.first <= background.progress.seconds
    background.pause()
    gate.release(3)
    wait_until(lambda: len(background.items) == 4)  # the one that was at work
    assert background.state == "paused"
    spent = background.progress.seconds
    time.sleep(0.05)
    assert background.progress.seconds == spent
    background.resume()
    wait_until(lambda: len(background.items) == 6)
    background.cancel()
    gate.release()
    background.join(10)
    assert background.state == "cancelled"
    assert closed == [True]
    assert list(background.items) == kept
    assert background.progress.total == 100


def test_a_cancelled_pause_ends():
    gate, closed = threading.Semaphore(1), []
    background = Background(numbers(gate, closed))
    background.pause()
    background.cancel()
    gate.release()  # what is at work may end
    background.join(10)
    assert background.state == "cancelled"
    assert closed == [True]
    assert len(background.items) <= 2


def test_cancelling_ends_at_once_also_what_never_comes():
    gate, closed, kept = threading.Semaphore(1), [], []
    background = Background(numbers(gate, closed), keep=kept.append)
    wait_until(lambda: len(background.items) == 1)
    background.cancel()
    assert (background.state, background.message) == ("cancelled", "")
    spent = background.progress.seconds
    assert background.quiet == 0
    gate.release()  # it comes after all, too late
    background.join(10)
    assert (background.state, background.items, kept) == ("cancelled", (0,), [0])
    assert background.progress.seconds == spent
    assert closed == [True]


def test_silence_is_counted_while_it_runs():
    gate = threading.Semaphore(1)
    background = Background(numbers(gate, []))
    wait_until(lambda: background.items)
    background._moved -= 1_000
    assert background.quiet >= 1_000
    background.pause()
    assert background.quiet == 0
    background.resume()
    assert background.quiet < 1_000
    background._moved -= 1_000
    gate.release()
    wait_until(lambda: len(background.items) == 2)
    assert background.quiet < 1_000
    background.cancel()
    gate.release()
    background.join(10)


def test_what_cannot_be_kept_is_shown_and_ends_it():
    def refuse(item: int) -> None:
        raise ValueError("It was deleted.")

    background = Background(iter_of(3), keep=refuse)
    background.join(10)
    assert (background.state, background.message) == ("failed", "It was deleted.")
    assert background.items == (0,)


def test_a_thread_says_how_it_ended():
    def fails():
        yield 1
        raise ExecutorLost("Gone.")

    failed, done = Background(fails()), Background(iter_of(3))
    failed.join(10)
    done.join(10)
    assert (failed.state, failed.message, failed.items) == ("failed", "Gone.", (1,))
    assert (done.state, done.message, done.items) == ("done", "", (0, 1, 2))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_program_is_told_too():
    def fails():
        yield 1
        raise ZeroDivisionError

    failed = Background(fails())
    failed.join(10)
    assert (failed.state, failed.items) == ("failed", (1,))
    assert "server's log" in failed.message


def iter_of(count: int):
    yield from range(count)


def wait_until(true) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.002)
