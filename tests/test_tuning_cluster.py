"""A real Dask scheduler with workers in processes of their own, one of which is killed, then it."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from distributed import KilledWorker
from distributed.comm import CommClosedError

import rbm
from rbm.tuning import Cluster, ExecutorLost, Trial, cluster, evaluate, run_trial, workers_of
from rbm.tuning.evaluation import result_of
from tests.dask_cluster import ROOT, DaskCluster

QUICK = replace(rbm.PRESETS["Better, 8 units"].settings, n_points=60)


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    dask = DaskCluster(tmp_path_factory.mktemp("dask"))
    dask.add_worker()
    yield dask
    dask.close()


def mark(folder: Path, number: int) -> int:
    """Notes which process began it; numbers 0 and 1 take until they are told to go on."""
    with (folder / str(number)).open("a") as file:
        file.write(f"{os.getpid()}\n")
    while number < 2 and not (folder / "go on").exists():
        time.sleep(0.02)
    return number


def began(folder: Path, number: int) -> list[str]:
    file = folder / str(number)
    return file.read_text().split() if file.exists() else []


def test_a_cluster_gets_the_numbers_that_this_process_gets(dask):
    trials = [Trial(QUICK, 30, (seed,), picture=True) for seed in range(4)]
    with Cluster(dask.address) as executor:
        found = dict(evaluate(trials, executor))
        assert workers_of(executor) == 1
    for place, trial in enumerate(trials):
        expected = replace(run_trial(trial), seconds=0, elapsed=0)
        assert replace(found[place], seconds=0, elapsed=0) == expected


def test_a_worker_that_is_killed_costs_only_time(dask, tmp_path):
    victim = dask.add_worker()
    with Cluster(dask.address) as executor:
        assert workers_of(executor) == 2
        futures = [executor.submit(mark, tmp_path, number) for number in range(9)]
        while len(began(tmp_path, 0)) + len(began(tmp_path, 1)) < 2:
            time.sleep(0.02)
        dask.kill_worker(victim)
        (tmp_path / "go on").touch()
        assert [future.result(150) for future in futures] == list(range(9))
    lost = [number for number in range(2) if str(victim) in began(tmp_path, number)]
    assert len(lost) == 1
    assert len(began(tmp_path, lost[0])) == 2  # again, by the other
    assert all(len(began(tmp_path, n)) == 1 for n in range(9) if n not in lost)


def test_a_trial_that_ends_every_worker_is_given_up():
    given_up = Future()
    given_up.set_exception(KilledWorker("trial", None, 3))
    with pytest.raises(ExecutorLost, match="ended every worker"):
        result_of(given_up)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "nonsense", "", "tcp://127.0.0.1:22222222", "inproc://x"]
)
def test_addresses_where_nobody_answers_are_a_sentence(address):
    with pytest.raises(ExecutorLost, match="No Dask scheduler answers at"):
        Cluster(address, timeout=0.5)


def test_workers_of_another_version_are_refused(dask, monkeypatch):
    ours = cluster.versions()
    real = cluster.version
    monkeypatch.setattr(cluster, "version", lambda name: "0.0.1" if name == "rbm" else real(name))
    with pytest.raises(
        ExecutorLost, match=rf"has rbm {ours['rbm']} where this program has 0\.0\.1"
    ):
        Cluster(dask.address)


def test_a_worker_that_hangs_is_told_and_keeps_nobody_waiting(dask):
    hangs = dask.add_worker()
    os.kill(hangs, signal.SIGSTOP)
    try:
        with pytest.raises(ExecutorLost, match=r"A worker of tcp://.* does not answer"):
            Cluster(dask.address, timeout=2)
    finally:
        os.kill(hangs, signal.SIGCONT)
        dask.kill_worker(hangs)


def test_without_the_package_a_sentence_says_how_to_get_it():
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from rbm.tuning import Cluster, ExecutorLost\n"
        "try:\n    Cluster('tcp://127.0.0.1:1')\nexcept ExecutorLost as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "pip install 'rbm[cluster]'" in done.stdout


def test_without_workers_trials_wait_and_it_is_said_until_one_comes(dask, monkeypatch):
    monkeypatch.setattr(cluster, "IDLE_SECONDS", 0.0)
    with Cluster(dask.address) as executor:
        assert executor.trouble == ""
        dask.kill_workers()
        outcomes = evaluate([Trial(QUICK, 20, (seed,)) for seed in range(3)], executor)
        trouble = wait_for(lambda: executor.trouble)
        assert (
            f"has no workers, so trials wait: start some with `dask worker {dask.address}`"
            in trouble
        )
        dask.add_worker()
        wait_for(lambda: not executor.trouble)
        assert len(list(outcomes)) == 3


def wait_for(condition):
    until = time.monotonic() + 150
    while not (found := condition()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def test_a_result_that_is_lost_on_its_way_is_a_sentence(dask, monkeypatch):
    async def lost(*_arguments: object, **_options: object) -> None:
        raise CommClosedError("the scheduler died as it was asked for the result")

    with Cluster(dask.address) as executor:
        monkeypatch.setattr(executor._client, "_gather", lost)
        future = executor.submit(os.getpid)
        with pytest.raises(ExecutorLost, match="gone away"):
            future.result(60)


def test_what_a_trial_raises_and_what_is_cancelled_ends_so(dask, tmp_path):
    with Cluster(dask.address) as executor:
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 1, 0).result(60)
        future = executor.submit(mark, tmp_path, 0)
        wait_for(lambda: began(tmp_path, 0))
        asked = executor._open[future]
        assert future.cancel()
        assert asked.cancelled()  # the cluster is told, too
        (tmp_path / "go on").touch()
        assert executor.submit(divmod, 7, 2).result(60) == (3, 1)


def test_a_cluster_that_goes_away_is_a_sentence(dask):  # the last one, as it does
    with Cluster(dask.address, timeout=2) as executor:
        outcomes = evaluate([Trial(QUICK, 2_000, (seed,)) for seed in range(500)], executor)
        next(outcomes)
        dask.kill_workers()
        with pytest.raises(ExecutorLost, match="has no workers: start some with `dask worker tcp"):
            Cluster(dask.address, timeout=0.5)
        dask.kill_scheduler()
        with pytest.raises(ExecutorLost, match="gone away"):
            list(outcomes)
        with pytest.raises(ExecutorLost, match="gone away"):
            executor.submit(os.getpid)
