"""Workers on this machine: what they compute, what they print, and what their death costs."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import rbm
from rbm.tuning import ExecutorLost, LocalWorkers, Trial, run_trial
from rbm.tuning.executors import ATTEMPTS, workers_of
from tests.jobs import (
    die,
    die_once,
    fail,
    fail_with_a_lock,
    say,
    slow,
    threads_and_niceness,
)

QUICK = replace(rbm.PRESETS["Better, 8 units"].settings, n_points=60)
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pool():
    with LocalWorkers(2) as workers:
        yield workers


def test_a_worker_gets_the_numbers_that_this_process_gets(pool):
    trial = Trial(QUICK, 40, seeds=(1, 2), picture=True)
    here, there = run_trial(trial), pool.submit(run_trial, trial).result()
    assert replace(there, seconds=0, elapsed=0) == replace(here, seconds=0, elapsed=0)


def test_workers_are_several_processes_of_their_own(pool):
    pids = set()
    for _ in range(20):
        futures = [pool.submit(os.getpid) for _ in range(8)]
        pids |= {future.result() for future in futures}
        if len(pids) == 2:
            break
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert workers_of(pool) == 2


def test_a_worker_has_one_thread_and_gives_way(pool):
    threads, niceness = pool.submit(threads_and_niceness).result()
    assert threads == "1"
    assert niceness >= min(os.nice(0) + 5, 19)


def test_what_a_job_raises_or_prints_comes_back_as_it_should(pool):
    with pytest.raises(ValueError, match=r"^nonsense$"):
        pool.submit(fail, "nonsense").result()
    assert pool.submit(say, "between the results").result() == "between the results"
    with pytest.raises(RuntimeError, match=r"ValueError: .*held"):
        pool.submit(fail_with_a_lock).result()
    with pytest.raises(TypeError, match="pickle"):
        pool.submit(threading.Lock).result()


def test_a_killed_worker_costs_only_time(pool, tmp_path):
    others = [pool.submit(pow, 2, n) for n in range(20)]
    lost = pool.submit(die_once, tmp_path / "mark")
    others += [pool.submit(pow, 3, n) for n in range(20)]
    assert lost.result(150) == "done"
    assert (tmp_path / "mark").read_text().count("begun") == 2
    expected = [2**n for n in range(20)] + [3**n for n in range(20)]
    assert [future.result() for future in others] == expected


def test_a_job_that_kills_every_worker_is_given_up(pool, tmp_path):
    with pytest.raises(ExecutorLost, match="out of memory"):
        pool.submit(die, tmp_path / "mark").result(150)
    assert (tmp_path / "mark").read_text().count("begun") == ATTEMPTS
    assert pool.submit(pow, 2, 3).result() == 8


def test_shutting_down_with_cancelling_ends_what_is_running(tmp_path):
    workers = LocalWorkers(1)
    running, waiting = workers.submit(slow, tmp_path / "pid"), workers.submit(pow, 2, 3)
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.02)
    began = time.monotonic()
    workers.shutdown(cancel_futures=True)
    assert time.monotonic() - began < 30  # not the minute that the job would take
    with pytest.raises(CancelledError):
        running.result()
    assert waiting.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_workers_end_with_their_parent_however_it_ends(tmp_path):
    code = (
        "import os, signal, time; from rbm.tuning import LocalWorkers; pool = LocalWorkers(1);"
        "print(pool.submit(os.getpid).result(), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    worker = int(done.stdout)
    for _ in range(500):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{worker}/stat").exists() and ") Z " in (
            Path(f"/proc/{worker}/stat").read_text()
        ):
            return
        time.sleep(0.02)
    pytest.fail("the worker outlives its parent")


def test_the_main_module_of_a_parent_is_not_run_again(tmp_path):
    script = tmp_path / "app.py"
    script.write_text(
        "from rbm.tuning import LocalWorkers\nprint('imported')\n"
        "with LocalWorkers(2) as pool:\n    print([f.result() for f in "
        "[pool.submit(pow, 2, 3), pool.submit(pow, 2, 4)]])\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout == "imported\n[8, 16]\n"
    assert done.stderr == ""


def test_an_executor_that_does_not_say_has_one_worker():
    with ThreadPoolExecutor(3) as plain:
        assert workers_of(plain) == 1


def test_workers_that_were_stopped_are_a_sentence():
    workers = LocalWorkers(1)
    workers.shutdown()
    with pytest.raises(ExecutorLost, match="have been stopped"):
        workers.submit(pow, 2, 3)


def test_processes_that_cannot_be_started_are_a_sentence(monkeypatch):
    monkeypatch.setattr("rbm.tuning.executors.sys.executable", "/nowhere/python")
    with LocalWorkers(1) as workers, pytest.raises(ExecutorLost):
        workers.submit(pow, 2, 3).result(30)


def test_nothing_is_started_before_it_is_needed():
    before = threading.active_count()
    workers = LocalWorkers(5)
    assert threading.active_count() == before
    workers.shutdown()
