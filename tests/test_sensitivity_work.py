"""Strips in the background: shared between tabs, begun at rest, given up, failed, stuck, left."""

from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import replace

import pytest

from rbm.app import sensitivity_work
from rbm.app.sensitivity_memory import Memory
from rbm.app.sensitivity_work import Strips
from rbm.settings import Settings
from rbm.tuning import ExecutorLost, Outcome, Trial, run_trial

SMALL = Settings(n_points=40, n_hidden=2, k=1, k_end=1, k_ramp=0)
TRIALS = [Trial(SMALL, epochs) for epochs in (1, 2, 3)]
DONE = Outcome((0.5, 0.6, 0.7), (), 0, seconds=0.1, elapsed=0.1, unit_updates=1)


class Hand(Executor):
    """Does nothing by itself: the test ends each trial."""

    workers = 2

    def __init__(self) -> None:
        self.jobs: list[tuple[Trial, Future[Outcome]]] = []
        self.lost = ""

    def submit(self, fn, /, *args, **kwargs):
        assert fn is run_trial
        if self.lost:
            raise ExecutorLost(self.lost)
        future: Future[Outcome] = Future()
        self.jobs.append((args[0], future))
        return future

    @property
    def waiting(self) -> list[Future[Outcome]]:
        return [future for _, future in self.jobs if not future.done()]

    def finish(self) -> None:
        for future in self.waiting:
            future.set_result(DONE)


def until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def memory(hand: Hand) -> Memory:
    return Memory(lambda: hand, size=200)


def test_two_who_ask_for_one_trial_get_the_same_outcome_of_one_training(memory, hand):
    first, second = (memory.submit(run_trial, TRIALS[0]) for _ in range(2))
    assert len(hand.jobs) == 1
    assert first is not second
    hand.finish()
    assert first.result(1) is second.result(1) is DONE
    assert memory.submit(run_trial, TRIALS[0]).result(0) is DONE
    assert len(hand.jobs) == 1
    assert memory.known(TRIALS[0]) is DONE
    assert memory.known(TRIALS[1]) is None


def test_who_leaves_takes_nothing_from_the_others_and_the_last_one_takes_the_trial_back(
    memory, hand
):
    first, second = (memory.submit(run_trial, TRIALS[0]) for _ in range(2))
    first.cancel()
    (work,) = hand.waiting
    assert not work.cancelled()
    second.cancel()
    assert work.cancelled()
    third = memory.submit(run_trial, TRIALS[0])
    hand.finish()
    assert third.result(1) is DONE


def test_a_training_that_has_begun_is_remembered_even_when_nobody_waits(memory, hand):
    mine = memory.submit(run_trial, TRIALS[0])
    hand.jobs[0][1].set_running_or_notify_cancel()
    mine.cancel()
    hand.jobs[0][1].set_result(DONE)
    assert memory.known(TRIALS[0]) is DONE


def test_what_went_wrong_is_told_to_all_and_not_remembered(memory, hand):
    asked = [memory.submit(run_trial, TRIALS[0]) for _ in range(2)]
    hand.jobs[0][1].set_exception(ValueError("no good"))
    for future in asked:
        with pytest.raises(ValueError, match="no good"):
            future.result(1)
    again = memory.submit(run_trial, TRIALS[0])
    hand.jobs[1][1].cancel()  # as an executor does that goes away
    with pytest.raises(CancelledError):
        again.result(1)
    assert memory.known(TRIALS[0]) is None


def test_the_memory_forgets_what_nobody_has_asked_for_longest(hand):
    memory = Memory(lambda: hand, size=2)
    for trial in TRIALS[:2]:
        memory.submit(run_trial, trial)
    hand.finish()
    assert memory.known(TRIALS[0])
    memory.submit(run_trial, TRIALS[2])
    hand.finish()
    assert [memory.known(trial) is DONE for trial in TRIALS] == [True, False, True]


@pytest.fixture
def tab(memory, monkeypatch) -> Strips:
    monkeypatch.setattr(sensitivity_work, "REST", 0.3)
    return Strips(memory)


def complete(tab: Strips, hand: Hand) -> None:
    def done() -> bool:
        hand.finish()
        tab.look()
        return not tab.unfinished

    until(done)


def test_strips_fill_in_a_few_trials_at_a_time(tab, hand):
    tab.want(SMALL, None, ["sigma", "noisy"])
    assert tab.unfinished
    assert not tab.working
    tab.look()
    until(lambda: len(hand.waiting) == 4)  # twice the workers: a sweep elsewhere has its turns
    assert tab.trainings == (0, 3 * len({t for s in tab.strips for t in s.trials}))
    complete(tab, hand)
    assert tab.trainings[0] == tab.trainings[1]
    assert all(None not in tab.points(strip) for strip in tab.strips)
    assert tab.epochs == 700


def test_a_change_gives_up_what_had_not_begun_and_waits_for_rest(tab, hand):
    tab.want(SMALL, None, ["sigma", "momentum"])
    tab.look()
    until(lambda: len(hand.waiting) == 4)
    tab.want(replace(SMALL, momentum=0.5), None, ["sigma", "momentum"])
    assert all(future.cancelled() for _, future in hand.jobs)
    tab.look()
    assert not tab.working
    count = len(hand.jobs)
    time.sleep(0.3)
    tab.look()
    until(lambda: len(hand.jobs) == count + 4)
    now, first = (trial.settings for trial, _ in hand.jobs[count : count + 2])
    assert now.momentum == 0.5
    assert now.sigma == first.sigma == SMALL.sigma  # momentum was touched: its strip comes first


def test_a_tab_on_workers_that_never_answer_leaves_no_thread_behind(tab, hand, monkeypatch):
    monkeypatch.setattr(sensitivity_work, "REST", 0.0)
    before = threading.active_count()
    for momentum in (0.1, 0.2, 0.3):
        tab.want(replace(SMALL, momentum=momentum), None, ["sigma"])
        tab.look()
    until(lambda: len(hand.waiting) == 4)
    assert tab.working
    tab.stop()
    until(lambda: threading.active_count() == before)
    assert not hand.waiting


def test_one_tab_that_changes_its_mind_leaves_another_its_trainings(memory, hand, monkeypatch):
    monkeypatch.setattr(sensitivity_work, "REST", 0.0)
    one, other = Strips(memory), Strips(memory)
    for tab in (one, other):
        tab.want(SMALL, None, ["sigma"])
        tab.look()
    until(lambda: len(hand.waiting) == 4)
    one.stop()
    assert len(hand.waiting) == 4
    complete(other, hand)
    assert len(hand.jobs) == len(other.strips[0].trials)  # each once


def test_the_strip_of_what_was_moved_is_known_already_and_so_is_the_way_back(tab, hand):
    tab.want(SMALL, None, ["sigma", "momentum"])
    complete(tab, hand)
    there = tab.strips[1].values[0]
    tab.want(replace(SMALL, momentum=there), None, ["sigma", "momentum"])
    sigma, momentum = tab.strips
    assert None in tab.points(sigma)
    assert momentum.now == there
    assert None not in tab.points(momentum)
    tab.want(SMALL, None, ["sigma", "momentum"])
    assert not tab.unfinished


def test_another_seed_of_the_run_asks_for_nothing_new(tab, hand):
    tab.want(SMALL, None, ["sigma"])
    complete(tab, hand)
    count = len(hand.jobs)
    tab.want(replace(SMALL, seed=7, data_seed=7), None, ["sigma"])
    tab.look()
    assert not tab.unfinished
    assert len(hand.jobs) == count


def test_workers_that_cannot_be_had_are_said_and_can_be_tried_again(tab, hand):
    hand.lost = "Nobody answers at tcp://nowhere."
    tab.want(SMALL, None, ["sigma"])
    tab.look()
    until(lambda: bool(tab.problem))
    assert tab.problem == hand.lost
    tab.look()
    assert not tab.unfinished  # it does not try again and again by itself
    hand.lost = ""
    tab.again()
    complete(tab, hand)
    assert tab.problem == ""


def test_a_machine_too_large_for_strips_is_said(tab):
    tab.want(replace(SMALL, n_points=10_000, n_hidden=64, k=50, k_end=50), None, ["sigma"])
    tab.look()
    assert "takes too long" in tab.problem
    assert tab.strips == ()
    assert not tab.unfinished


def test_a_page_that_nobody_looks_at_starts_nothing_more_and_goes_on_when_it_is(
    tab, hand, monkeypatch
):
    monkeypatch.setattr(sensitivity_work, "PATIENCE", -1.0)
    tab.want(SMALL, None, ["sigma"])
    tab.look()
    until(lambda: not tab.working)
    assert hand.jobs == []
    monkeypatch.setattr(sensitivity_work, "PATIENCE", 60.0)
    assert tab.unfinished
    complete(tab, hand)


def test_workers_that_say_nothing_for_long_are_called_stuck(tab, hand, monkeypatch):
    tab.want(SMALL, None, ["sigma"])
    tab.look()
    until(lambda: len(hand.waiting) == 4)
    assert not tab.stuck
    monkeypatch.setattr(sensitivity_work, "STUCK", 0.0)
    assert tab.stuck
    tab.stop()
    assert not tab.stuck
