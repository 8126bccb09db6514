"""Turns: never more at once than there are, in the order of asking, also after an error."""

import threading
import time

import pytest

from rbm.app import turns
from rbm.app.turns import Turns


def wait_until(condition) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("never happened")


def test_turns_are_given_in_the_order_of_asking():
    gate, order = Turns(1), []

    def visitor(name: int) -> None:
        with gate.turn():
            order.append(name)

    with gate.turn():
        threads = []
        for name in range(6):
            threads.append(threading.Thread(target=visitor, args=(name,)))
            threads[-1].start()
            wait_until(lambda: len(gate._waiting) == len(threads))
    for thread in threads:
        thread.join()
    assert order == list(range(6))


@pytest.mark.parametrize("slots", [1, 2, 3])
def test_no_more_than_the_slots_run_at_once(slots):
    gate = Turns(slots)
    running, most, lock = [], [], threading.Lock()

    def visitor() -> None:
        for _ in range(20):
            with gate.turn():
                with lock:
                    running.append(1)
                    most.append(len(running))
                time.sleep(0.0005)
                with lock:
                    running.pop()

    threads = [threading.Thread(target=visitor) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == slots
    assert gate._free == slots


def test_an_error_gives_the_turn_back():
    gate = Turns(1)
    with pytest.raises(RuntimeError), gate.turn():
        raise RuntimeError("boom")
    with gate.turn():
        pass


def test_players_are_those_who_asked_lately(monkeypatch):
    gate = Turns(1)
    now = [100.0]
    monkeypatch.setattr(turns.time, "monotonic", lambda: now[0])
    assert gate.players(1) == 1
    assert gate.players(2) == 2
    gate.leave(1)
    gate.leave(99)
    assert gate.players(2) == 1
    now[0] += turns.ACTIVE_SECONDS + 0.1
    assert gate.players(3) == 1
