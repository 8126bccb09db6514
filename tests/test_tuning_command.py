"""`python -m rbm` as a person or a script uses it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

import rbm
from rbm import links, run_file
from rbm.__main__ import main
from rbm.commands.options import patterns_named, preset_named, settings_from
from rbm.tuning.store import Store

ROOT = Path(__file__).parents[1]
SMALL = ["--pattern", "ring", "--preset", "8 units", "--set", "n_points=60"]
SEARCH = ["tune", *SMALL, "--range", "sigma", "--range", "k=1,2,3", "--epochs", "20"]


@pytest.fixture
def url(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'tuning.sqlite'}"
    monkeypatch.setenv("RBM_DATABASE", url)
    return url


def output(capsys) -> dict:
    return json.loads(capsys.readouterr().out)


def test_training_says_what_a_script_would_find(capsys, tmp_path):
    file = tmp_path / "run.rbm"
    assert (
        main(["train", *SMALL, "--epochs", "30", "--seed", "3", "--save", str(file), "--json"]) == 0
    )
    found = output(capsys)
    settings = rbm.Settings(
        **{**vars(rbm.PRESETS["Better, 8 units"].settings), "pattern": "ring", "n_points": 60,
           "seed": 3, "data_seed": 3}
    )  # fmt: skip
    run = rbm.train(settings, 30)
    assert found["mismatch"] == run.mismatch_at(30)
    assert found["reconstruction_error"] == run.last_error
    assert (found["epochs"], found["pattern"], found["diverged"]) == (30, "ring", "")
    assert found["unit_updates"] == 60 * (settings.k + 1) * 30 * 10
    link = links.decode(dict(parse_qsl(found["link"].removeprefix("/?"))), rbm.Settings())
    assert (link.settings, link.epoch, link.complaints) == (settings, 30, ())
    assert run_file.load(file.read_bytes()).run.epoch == 30


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "points.csv"
    points = 3 * rbm.sample_pattern("ring", 120, 5) - 7
    rows = [f"{number},{x:.6f},{y:.6f}" for number, (x, y) in enumerate(points)]
    file.write_text("\n".join(["number,x,y", *rows]))
    return file


def test_a_table_of_ones_own_is_learnt_as_the_app_would(capsys, table):
    arguments = ["--data", str(table), "--columns", "x,y", "--preset", "8 units"]
    assert main(["train", *arguments, "--epochs", "20", "--json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert (found["data"], found["pattern"]) == ("points.csv", None)
    assert "points.csv: learning from 96 points; 24 are held out" in captured.err
    link = links.decode(dict(parse_qsl(found["link"].removeprefix("/?"))), rbm.Settings())
    assert (link.epoch, link.complaints, len(link.dataset.points)) == (20, (), 96)
    run = rbm.train(link.settings, 20, link.dataset)
    assert found["mismatch"] == run.mismatch_at(20)
    assert found["unit_updates"] == 96 * (link.settings.k + 1) * 20 * 10


def test_searching_on_a_table_keeps_its_points_with_the_study(capsys, table, url):
    arguments = ["--data", str(table), "--columns", "x,y", "--range", "sigma", "--epochs", "5"]
    command = ["tune", *arguments, "--trials", "2", "--confirm", "2", "--study", "mine", "--json"]
    assert main([*command, "--workers", "1"]) == 0
    found = output(capsys)
    store = Store(url)
    assert len(store.study("mine").dataset.points) == 96
    store.close()
    link = links.decode(dict(parse_qsl(found["link"].removeprefix("/?"))), rbm.Settings())
    assert len(link.dataset.points) == 96
    assert [verdict["runs"] for verdict in found["confirmed"]] == [2, 2]


def test_training_reads_well(capsys):
    assert main(["train", *SMALL, "--epochs", "5"]) == 0
    captured = capsys.readouterr()
    assert re.match(r"mismatch +\d\.\d{3}   \(0 fresh data, 1 uniform noise\)\n", captured.out)
    assert captured.err == ""


def test_a_run_that_diverges_is_said_and_is_no_success(capsys):
    wild = {
        "learning_rate": 10, "momentum": 0.99, "initial_scale": 10, "low": -10, "high": 10,
        "cost": 0, "k": 1, "k_end": 1, "sigma": 2, "visible_slope": 0.01, "batch_size": 1,
    }  # fmt: skip
    sets = [part for name, value in wild.items() for part in ("--set", f"{name}={value}")]
    assert main(["train", *SMALL, *sets, "--epochs", "400"]) == 1
    assert "Lower the" in capsys.readouterr().err


def test_searching_finds_confirms_and_can_be_gone_on_with(capsys, url):
    several = ["--workers", "1", "--confirm", "2", "--json", "--study", "mine", "--seeds", "2"]
    assert main([*SEARCH, "--trials", "3", *several]) == 0
    first = output(capsys)
    assert (first["study"], first["trials"], first["epochs"]) == ("mine", 3, 20)
    assert set(first["values"]) == {"sigma", "k"}
    assert first["settings"]["sigma"] == first["values"]["sigma"]
    start, winner = first["confirmed"]
    assert (start["name"], winner["name"], start["runs"]) == ("start", "winner", 2)
    store = Store(url)
    kept = store.records("mine")
    assert min(record.objective for record in kept) == first["mismatch_in_search"]
    assert store.study("mine").seeds == (0, 1)
    assert {run.name for run in store.runs()} == {"start", "winner"}
    store.close()
    assert (
        main(["tune", "--study", "mine", "--trials", "5", "--confirm", "0", "--workers", "1"]) == 0
    )
    text = capsys.readouterr().out
    assert "mine: 5 trials" in text
    assert "link" in text
    store = Store(url)
    assert store.records("mine")[:3] == kept
    assert len(store.records("mine")) == 5
    store.close()


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_leaves_a_study_to_go_on_with(url):
    command = [
        sys.executable, "-m", "rbm", *SEARCH, "--minutes", "5", "--study", "cut", "--workers", "1",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, env={**os.environ, "RBM_DATABASE": url},
    )  # fmt: skip
    store = Store(url)
    until = time.monotonic() + 100
    while len(store.records("cut")) < 2:
        assert time.monotonic() < until
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers, too
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    said = re.fullmatch(
        r'(\d+) finished trials are kept; to go on: python -m rbm tune --study "cut"\nStopped\.\n',
        err,
    )
    assert said, err
    assert len(store.records("cut")) == int(said[1]) >= 2
    store.close()


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["train", "--pattern", "rng"], "There is no pattern 'rng'; there are split_ring"),
        (["train", "--preset", "unit"], "'unit' is the name of several presets"),
        (["train", "--preset", "best"], "is the name of no preset"),
        (["train", "--set", "sigma"], "Write --set NAME=VALUE"),
        (["train", "--set", "sgma=1"], "There is no setting 'sgma'"),
        (["train", "--set", "sigma=9"], "must lie between 0 and 2"),
        (["train", "--epochs", "-1"], "must be 0 or more"),
        (["tune", "--range", "sigma=1:0.5"], "is empty"),
        (["tune", "--range", "sigma=0.1:1:cubic"], "LOW:HIGH:log"),
        (["tune", "--range", "sigma=a:b"], "must be a number; got 'a'"),
        (["tune", "--range", "seed"], "no setting 'seed' to tune"),
        (["tune", "--pattern", "ring,rng"], "There is no pattern 'rng'"),
        (["tune", "--seeds", "0"], "and a seed"),
        (["train", "--columns", "x,y"], "name it by --data FILE"),
        (["train", "--data", "pyproject.toml"], "pyproject.toml"),
        (["tune", "--data", "requirements.txt"], "requirements.txt"),
        (["tune", "--database", "nowhere"], "no address of a database"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(arguments, match, capsys, url):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert match in said
    assert "Traceback" not in said
    assert said.startswith(f"python -m rbm {arguments[0]}: ")


def test_a_cluster_that_is_not_there_is_no_success(capsys, url):
    assert main([*SEARCH, "--dask", "tcp://127.0.0.1:1"]) == 1
    assert "No Dask scheduler answers" in capsys.readouterr().err


def test_a_table_that_cannot_be_read_is_no_success(capsys, tmp_path):
    assert main(["train", "--data", str(tmp_path / "none.csv")]) == 1
    assert "none.csv cannot be read: No such file" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_no_success(capsys, tmp_path):
    assert main(["train", *SMALL, "--epochs", "2", "--save", str(tmp_path / "no" / "x")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_patterns_and_presets_as_written():
    assert patterns_named("ring,moons") == ("ring", "moons")
    assert patterns_named("all") == tuple(rbm.PATTERNS)
    assert preset_named("tutorial (") is rbm.PRESETS["Tutorial (2008)"]
    settings = settings_from(preset_named("16"), "ring", ["centred=no", "k=4"])
    assert (settings.centred, settings.k, settings.pattern) == (False, 4, "ring")


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["tune", "--help"]])
def test_help_fits_a_terminal_and_names_everything(arguments, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    assert "python -m rbm" in text


def test_a_command_loads_no_more_than_it_needs():
    code = (
        "import sys; from rbm.__main__ import main; main(['train', '--epochs', '0', '--json']);"
        "print({'streamlit', 'plotly', 'optuna', 'sqlalchemy'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == "set()\n"
