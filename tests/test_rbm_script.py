"""The program with `import rbm` repeats a run bit for bit, and holds no code of strangers."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rbm
from rbm import experiment, training
from rbm.engine import State, warm_up
from rbm.run import Run
from rbm.scripts import numpy_script, rbm_script
from rbm.scripts.literals import comment
from rbm.settings import Settings
from tests.eventful_runs import HOSTILE, ROUGH, cloud, drawing, eventful_run, furthest, printed
from tests.test_numpy_program import run_here

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module", autouse=True)
def compiled():
    warm_up(background=False)


def run_apart(script: str, folder: Path) -> str:
    """What the program prints in a process of its own, started in a folder of its own."""
    file = folder / "script.py"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(file)],
        env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("engine", ["reference", "fused"])
def test_an_eventful_run_is_repeated_bit_for_bit_in_another_process(engine, tmp_path):
    run = eventful_run(engine=engine)
    output = run_apart(rbm_script(run), tmp_path)
    assert furthest(output, run) == 0
    found = printed(output)
    assert found["largest_difference"] == 0
    assert found["reconstruction_error"] == run.last_error
    assert found["mismatch"] == run.mismatch_at(run.epoch)


def test_a_plain_run_is_a_short_program():
    chosen = Settings(pattern="moons", pattern_options={"spread": 0.03}, n_hidden=6, seed=3)
    run = rbm.train(chosen, 50)
    script = rbm_script(run)
    assert "    pattern='moons',\n    pattern_options={'spread': 0.03},\n" in script
    assert "run = rbm.train(settings, epochs=50)\n" in script
    assert len(script.splitlines()) < 40  # and no helper that is not used
    assert "replace" not in script
    assert "def " not in script
    assert furthest(run_here(script), run) == 0


@given(
    first=st.sampled_from(["reference", "fused"]),
    second=st.sampled_from(["reference", "fused"]),
    numbers=st.tuples(st.integers(0, 2**31 - 1), st.integers(1, 8), st.integers(1, 5)),
    sigma=st.floats(0.05, 1.5),
    own=st.booleans(),
)
@settings(max_examples=15)
def test_each_stretch_is_trained_by_the_engine_that_trained_it(first, second, numbers, sigma, own):
    seed, n_hidden, epochs = numbers
    begin = replace(ROUGH, seed=seed, n_hidden=n_hidden, n_points=40, low=0.1, high=0.8)
    run = training.start(experiment.build(begin, dataset=drawing(40) if own else None))
    run = training.advance(run, epochs, first)
    run = training.change(run, replace(begin, sigma=sigma, average_last=0.0))
    run = training.advance(run, 2, second)
    script = rbm_script(run)
    assert furthest(run_here(script), run) == 0


def test_a_run_that_began_with_weights_carries_them():
    begun = training.start(experiment.build(ROUGH, dataset=drawing(30)))
    state = State(begun.state.parameters * 1.5, begun.state.velocity + 0.01, begun.data[::-1], 17)
    run = training.advance(training.start(begun.experiment, state), 6, "fused")
    assert furthest(run_here(rbm_script(run)), run) == 0


def test_data_in_an_array_are_carried_even_at_the_ends_of_the_range():
    data = np.vstack([0.1 + 0.7 * cloud(3, 20), [[0.1, 0.8], [0.8, 0.1]]])
    run = rbm.train(Settings(low=0.1, high=0.8, n_hidden=2, k=1, k_end=1), 5, data)
    assert furthest(run_here(rbm_script(run)), run) == 0
    run = training.change_data(run, experiment.build(run.settings, data[:, ::-1]))
    run = training.advance(run, 4)
    assert furthest(run_here(rbm_script(run)), run) == 0


def test_a_pattern_may_follow_data_of_ones_own():
    run = training.start(experiment.build(ROUGH, dataset=drawing(30)))
    run = training.advance(run, 3, "fused")
    run = training.change_data(run, experiment.build(ROUGH))
    run = training.advance(run, 3, "fused")
    assert furthest(run_here(rbm_script(run)), run) == 0


def test_a_setting_may_go_there_and_back():
    run = training.start(experiment.build(ROUGH, dataset=drawing(30)))
    for sigma in (0.2, 0.6, 1.1):
        run = training.change(training.advance(run, 2, "fused"), replace(ROUGH, sigma=sigma))
    run = training.advance(run, 2, "fused")
    assert furthest(run_here(rbm_script(run)), run) == 0


def test_changes_before_the_first_and_after_the_last_epoch():
    run = training.start(experiment.build(ROUGH, dataset=drawing(30)))
    run = training.change(run, replace(ROUGH, visible_slope=1.7))
    assert furthest(run_here(rbm_script(run)), run) == 0
    run = training.advance(run, 3, "fused")
    run = training.change(run, replace(run.settings, average_last=0.9))
    assert furthest(run_here(rbm_script(run)), run) == 0


@pytest.fixture(scope="module")
def short_run() -> Run:
    return training.advance(training.start(experiment.build(ROUGH, dataset=drawing(20))), 1)


@pytest.mark.parametrize("write", [rbm_script, numpy_script])
@given(name=st.text(max_size=60) | st.just(HOSTILE))
@settings(max_examples=20)
def test_a_name_is_only_ever_text(write, short_run, name):
    setting = short_run.experiment
    named = replace(setting, dataset=replace(setting.dataset, name=name))
    script = write(replace(short_run, experiments=((0, named),)))
    tree, plain = (ast.parse(text.encode("utf-8")) for text in (script, write(short_run)))
    assert [type(node) for node in ast.walk(tree)] == [type(node) for node in ast.walk(plain)]
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert write is numpy_script or name in texts


def test_comments_are_comments_on_every_line():
    text = comment("One.\n\nTwo: " + "word " * 60)
    assert all(line.startswith("#") and len(line) <= 80 for line in text.splitlines())
    assert text.splitlines()[:2] == ["# One.", "#"]
