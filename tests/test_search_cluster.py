"""A search on a real Dask cluster whose scheduler is killed, and that goes on with another one."""

import time
from dataclasses import replace

import pytest

from rbm.app import lab
from rbm.app.lab import Place
from rbm.app.search_work import Searching
from rbm.presets import PRESETS
from rbm.tuning import Range
from rbm.tuning.budget import Budget
from rbm.tuning.search import Search
from rbm.tuning.store import Store
from tests.dask_cluster import DaskCluster

QUICK = replace(PRESETS["Better, 8 units"].settings, n_points=60)
SEARCH = Search(QUICK, (Range("sigma", 0.1, 2, log=True),), Budget(200), seeds=(0,))


def wait_for(condition) -> None:
    until = time.monotonic() + 100
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def clusters(tmp_path):
    """Two schedulers with a worker each, as if the first one were started again."""
    found = [DaskCluster(tmp_path) for _ in range(2)]
    for cluster in found:
        cluster.add_worker()
    yield found
    for cluster in found:
        cluster.close()


def test_a_scheduler_that_is_killed_costs_no_finished_trial(clusters, tmp_path, monkeypatch):
    monkeypatch.setattr(lab, "PLACE", Place())
    monkeypatch.setenv("RBM_CLUSTER", clusters[0].address)
    store = Store(f"sqlite:///{tmp_path}/x.sqlite")
    work = Searching("one", SEARCH, store.open("one", SEARCH), store)
    work.begin(lab.executor(), 500, None)
    wait_for(lambda: len(work.records) >= 3)
    clusters[0].kill_workers()
    clusters[0].kill_scheduler()
    wait_for(lambda: not work.active)
    assert work.state == "failed"
    assert "gone away" in work.message
    kept = store.records("one")
    assert [record.number for record in kept] == sorted(r.number for r in work.records)
    monkeypatch.setenv("RBM_CLUSTER", clusters[1].address)
    assert lab.executor().address == clusters[1].address
    assert lab.trouble() == ""
    work.begin(lab.executor(), len(kept) + 3, None)
    wait_for(lambda: not work.active)
    assert (work.state, work.message) == ("done", "")
    numbers = [record.number for record in store.records("one")]
    assert len(numbers) == len(set(numbers)) == len(kept) + 3
    lab.executor().shutdown()
    store.close()
