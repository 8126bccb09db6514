"""The program in plain NumPy equals the reference engine bit for bit, and needs nothing else."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbm import PRESETS, experiment, training
from rbm.engine import State, warm_up
from rbm.recording import Recording
from rbm.run import Run
from rbm.scripts import numpy_script, program
from rbm.scripts.plain import NOT_READ
from rbm.settings import Settings
from tests import eventful_runs
from tests.eventful_runs import ROUGH, drawing, eventful_run, furthest, printed

some_settings = eventful_runs.settings_of_all_kinds()


def run_here(script: str) -> str:
    """What a program prints, run in this process."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    return output.getvalue()


@pytest.fixture(scope="module")
def numpy_alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which Python finds its standard library and NumPy, nothing else."""
    folder = tmp_path_factory.mktemp("numpy_alone")
    installed = Path(np.__file__).parents[1]
    for name in ("numpy", "numpy.libs"):
        if (installed / name).exists():
            (folder / name).symlink_to(installed / name)
    return {"PYTHONPATH": str(folder), "PATH": os.environ["PATH"]}


def run_alone(script: str, environment: dict[str, str], folder: Path) -> str:
    file = folder / "script.py"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", str(file)],
        env=environment, cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_environment_holds_only_numpy(numpy_alone, tmp_path):
    code = "import importlib.util as u\nfor n in 'numpy', 'scipy', 'numba', 'rbm':\n"
    code += "    print(n, '=', u.find_spec(n) is not None)"
    found = printed(run_alone(code, numpy_alone, tmp_path))
    assert found == {"numpy": True, "scipy": False, "numba": False, "rbm": False}


def test_an_eventful_run_is_repeated_bit_for_bit_with_numpy_alone(numpy_alone, tmp_path):
    run = eventful_run()
    output = run_alone(numpy_script(run), numpy_alone, tmp_path)
    assert furthest(output, run) == 0
    assert printed(output)["reconstruction_error"] == pytest.approx(run.last_error, rel=1e-6)


def test_the_tutorial_is_repeated_bit_for_bit_with_numpy_alone(numpy_alone, tmp_path):
    run = training.advance(training.start(experiment.build(Settings())), 40, "reference")
    assert furthest(run_alone(numpy_script(run), numpy_alone, tmp_path), run) == 0


@given(one=some_settings, other=some_settings, own=st.booleans())
@settings(max_examples=40)
def test_any_run_is_repeated_bit_for_bit(one: Settings, other: Settings, own: bool):
    dataset = drawing(one.n_points) if own else None
    run = training.start(experiment.build(one, dataset=dataset))
    run = training.advance(run, 3, "reference")
    live = training.differences(one, other, restarts=False)
    live = [name for name in live if not name.startswith("pattern")]
    run = training.change(run, replace(one, **{name: getattr(other, name) for name in live}))
    if other.centred:
        run = training.change_data(run, experiment.build(run.settings, dataset=drawing(33)))
    run = training.advance(run, 3, "reference")
    assert furthest(run_here(numpy_script(run)), run) == 0


def begun(settings: Settings = ROUGH, count: int = 30) -> Run:
    return training.start(experiment.build(settings, dataset=drawing(count)))


@pytest.mark.parametrize("rule", ["cd", "pcd"])
def test_a_run_that_began_with_weights_carries_them(rule):
    first = replace(begun(replace(ROUGH, rule=rule)).state, epoch=17)
    other = State(first.parameters * 1.5, first.velocity + 0.01, 1 - first.chains[::-1], 17)
    run = training.start(begun(replace(ROUGH, rule=rule)).experiment, other)
    run = training.advance(run, 8, "reference")  # the mean goes back to the first weights
    assert run.first_epoch == 17
    assert furthest(run_here(numpy_script(run)), run) == 0


def test_a_run_that_has_forgotten_its_beginning_starts_where_it_remembers():
    run = replace(begun(), spacing=4)
    run = training.advance(run, 6, "reference")
    run = training.change(run, replace(run.settings, sigma=0.3, visible_slope=0.9))
    run = training.forget_before(training.advance(run, 7, "reference"), 5)
    assert run.first_epoch > 4
    assert furthest(run_here(numpy_script(run)), run) == 0


def test_data_and_slopes_changed_before_the_first_epoch():
    run = begun()
    run = training.change(run, replace(run.settings, visible_slope=1.7))
    run = training.change_data(run, experiment.build(run.settings, dataset=drawing(41)))
    run = training.advance(run, 3, "reference")
    assert furthest(run_here(numpy_script(run)), run) == 0


def test_what_was_changed_after_the_last_epoch_does_not_move_the_weights():
    run = training.advance(begun(), 5, "reference")
    run = training.change(run, replace(run.settings, average_last=0.2, learning_rate=3))
    run = training.change_data(run, experiment.build(run.settings, dataset=drawing(41)))
    assert furthest(run_here(numpy_script(run)), run) == 0


def test_before_the_first_epoch_it_prints_the_first_weights():
    output = run_here(numpy_script(begun()))
    assert furthest(output, begun()) == 0
    assert np.isnan(printed(output)["reconstruction_error"])


def test_a_thinned_recording_is_averaged_as_the_app_does():
    run = begun(replace(ROUGH, n_hidden=2))
    first = run.state.parameters.astype(np.float32)
    run = replace(run, recording=Recording.begin(first, cap=4 * first.size * 8))
    run = training.advance(run, 21, "reference")
    assert run.recording.stride == 4
    assert furthest(run_here(numpy_script(run)), run) == 0


def test_all_blocks_of_noise_are_those_of_the_engine():
    run = training.advance(begun(count=700), 2, "reference")  # two blocks and a part of the third
    assert furthest(run_here(numpy_script(run)), run) == 0


def test_the_compiled_engine_is_followed_to_rounding():
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    warm_up(background=False)
    preset = PRESETS["Better, 16 units"].apply(Settings(pattern="pinwheel", seed=2))
    run = training.advance(training.start(experiment.build(preset)), 100, "fused")
    script = numpy_script(run)
    assert "compiled engine" in script
    output = run_here(script)
    # Measured: 2e-5 of the largest parameter; training magnifies rounding from epoch to epoch.
    assert 0 < furthest(output, run) < 2e-4 * np.abs(run.model.parameters).max()
    assert printed(output)["largest_difference"] == furthest(output, run)


def test_it_says_how_far_it_came_out():
    run = training.advance(begun(), 2, "reference")
    script = numpy_script(run)
    assert printed(run_here(script))["largest_difference"] == 0
    other = script.replace("'sigma': ", "").replace("sigma=0.6", "sigma=0.61")
    assert printed(run_here(other))["largest_difference"] > 1e-6


def test_the_program_gets_every_setting_that_it_reads():
    source = Path(program.__file__).read_text()
    read = set(re.findall(r"\bs\.(\w+)", source))
    assert read == {field.name for field in fields(Settings)} - set(NOT_READ)


def test_no_name_of_a_stranger_is_in_the_program():
    assert "SystemExit" not in numpy_script(eventful_run())
