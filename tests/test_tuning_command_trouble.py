"""What `python -m rbm tune` says and keeps when something goes away under it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rbm.__main__ import main
from rbm.commands import tune_run
from rbm.tuning.sharing import Shared
from rbm.tuning.store import Store
from tests.studies import SEARCH, record

ROOT = Path(__file__).parents[1]


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/x.sqlite")
    yield store
    store.close()


def wait_for(condition) -> None:
    until = time.monotonic() + 100
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_shutdown_leaves_a_study_to_go_on_with(store):
    command = [
        sys.executable, "-m", "rbm", "tune", "--pattern", "ring", "--preset", "8 units", "--set",
        "n_points=60", "--epochs", "20", "--range", "sigma", "--minutes", "5", "--study", "cut",
        "--workers", "1",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "RBM_DATABASE": str(store.database)},
    )  # fmt: skip
    wait_for(lambda: len(store.records("cut")) >= 2 or process.poll() is not None)
    process.send_signal(signal.SIGTERM)  # to it alone; its workers must end by themselves
    out, err = process.communicate(timeout=100)
    assert (process.returncode, out) == (130, "")
    assert 'to go on: python -m rbm tune --study "cut"' in err
    assert err.endswith("Stopped.\n")


def test_trouble_is_told_when_it_begins_and_when_it_ends(store, monkeypatch, capsys):
    monkeypatch.setattr(tune_run, "LOOK_SECONDS", 0.001)
    said = []
    monkeypatch.setattr(tune_run.tqdm, "write", lambda text, file: said.append(text))

    class Somewhere:
        trouble = ""

    somewhere, records = Somewhere(), []
    with tune_run._watched(store, somewhere, records):
        somewhere.trouble = "There are no workers."
        wait_for(lambda: said)
        somewhere.trouble = ""
        wait_for(lambda: len(said) == 2)
        monkeypatch.setattr(tune_run, "QUIET_SECONDS", 0.0)
        wait_for(lambda: len(said) == 3)
    assert said[:2] == ["There are no workers.", "It goes on."]
    assert "No trial has ended for a while" in said[2]


def test_a_study_that_is_taken_away_is_begun_again_with_all_that_is_known(store, capsys):
    store.open("one", SEARCH)
    shared, records = Shared(store, "one", ()), []
    for number in range(3):
        if number == 2:
            store.delete("one")
        records.append(record(number))
        tune_run._keep(shared, SEARCH, records[-1], records)
    assert "'one' is not in the database any more" in capsys.readouterr().err
    assert [each.number for each in store.records("one")] == [0, 1, 2]
    records.append(record(3))
    tune_run._keep(shared, SEARCH, records[-1], records)
    assert [each.number for each in store.records("one")] == [0, 1, 2, 3]


@pytest.mark.usefixtures("interruptible")
def test_a_stop_whose_exception_was_dropped_ends_it_after_the_next_trial(
    tmp_path, monkeypatch, capsys
):
    """Python drops what is raised in a finaliser: here, in one that runs as a trial comes."""

    class Dropped:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    begun, dropped = [], []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: dropped.append(told.exc_type))

    def searched(*_, **__):
        for number in range(5):
            begun.append(number)
            Dropped()
            yield record(number)

    monkeypatch.setattr(tune_run, "run_search", searched)
    monkeypatch.setattr(tune_run.engine, "warm_up", lambda background: None)
    command = ["tune", "--pattern", "ring", "--range", "sigma", "--study", "cut", "--workers", "1"]
    assert main([*command, "--database", f"sqlite:///{tmp_path}/y.sqlite"]) == 130
    assert (begun, dropped) == ([0], [KeyboardInterrupt])
    assert "1 finished trials are kept" in capsys.readouterr().err
