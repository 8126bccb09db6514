"""What leaves as CSV and JSON says all, exactly, and is never taken for a formula."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rbm import Settings, experiment, exports, reconstruct, training
from rbm.recording import Recording
from rbm.run import Run
from rbm.unit_map import UnitMap
from tests.eventful_runs import HOSTILE, NAMES, ROUGH, drawing, eventful_run, table


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def columns(rows: list[dict[str, str]], *names: str) -> np.ndarray:
    return np.array([[float(row[name]) for name in names] for row in rows])


@pytest.fixture(scope="module")
def of_table() -> Run:
    """A run on a table with units of its own, in the range [−0.4, 0.9]."""
    return training.advance(training.start(experiment.build(ROUGH, dataset=table())), 6)


@pytest.fixture(scope="module")
def of_pattern() -> Run:
    settings = Settings(pattern="moons", n_points=40, n_hidden=3, low=-1, high=1)
    return training.advance(training.start(experiment.build(settings)), 4)


OWN = ("'=cmd,width", 'height, "cm"')


def test_points_of_a_table_are_all_there_in_both_units(of_table):
    dataset = of_table.experiment.dataset
    rows = rows_of(exports.points_csv(of_table))
    assert list(rows[0]) == ["set", "x (square)", "y (square)", *OWN]
    for name, cloud in (("learnt", dataset.points), ("held out", dataset.held_out)):
        found = [row for row in rows if row["set"] == name]
        assert np.array_equal(columns(found, "x (square)", "y (square)"), cloud)
        assert np.array_equal(columns(found, *OWN), cloud * (7.25, 350) + (-3.5, 100))
    assert len(rows) == 130


def test_points_of_a_pattern_are_those_of_the_square(of_pattern):
    rows = rows_of(exports.points_csv(of_pattern))
    assert list(rows[0]) == ["set", "x (square)", "y (square)"]
    back = columns(rows, "x (square)", "y (square)") * 2 - 1
    assert back.astype(np.float32) == pytest.approx(of_pattern.data, abs=0)


def test_points_are_those_that_were_learnt_at_the_epoch():
    run = eventful_run()
    assert [len(rows_of(exports.points_csv(run, at))) for at in (3, 7, 10)] == [130, 170, 90]


@pytest.mark.parametrize("starts", ["data", "uniform"])
def test_reconstructions_are_those_of_the_machine(of_table, starts):
    rows = rows_of(exports.reconstructions_csv(of_table, 4, passes=3, starts=starts, seed=5))
    assert list(rows[0]) == [
        "start x (square)", "start y (square)", "x (square)", "y (square)", *OWN,
    ]  # fmt: skip
    begin = columns(rows, "start x (square)", "start y (square)")
    if starts == "data":
        assert begin == pytest.approx(of_table.experiment.dataset.points, abs=1e-7)
    else:
        assert begin.shape == (2000, 2)
        # Uniform: mean ½ and variance 1/12, of 4,000 numbers.
        assert begin.mean() == pytest.approx(0.5, abs=4.5 * np.sqrt(1 / 12 / 4000))
        assert begin.var() == pytest.approx(1 / 12, abs=4.5 * np.sqrt(1 / 180 / 4000))
    model = of_table.model_at(4)
    end = reconstruct(model, -0.4 + 1.3 * begin, 3, seed=5, sigma=ROUGH.sigma)
    assert -0.4 + 1.3 * columns(rows, "x (square)", "y (square)") == pytest.approx(end, abs=1e-6)
    own = columns(rows, *OWN)
    assert own == pytest.approx(
        columns(rows, "x (square)", "y (square)") * (7.25, 350) + (-3.5, 100)
    )


def test_noise_is_that_of_the_epoch(of_table):
    changed = training.change(of_table, replace(ROUGH, sigma=0.05))
    longer = training.advance(changed, 2)
    before, after = (exports.reconstructions_csv(longer, at) for at in (5, 8))
    assert before == exports.reconstructions_csv(of_table, 5)
    quiet = training.change(longer, replace(ROUGH, sigma=0.06))
    assert after != exports.reconstructions_csv(training.advance(quiet, 1), 9)
    assert exports.reconstructions_csv(longer, 8, seed=1) != after


def test_a_table_of_weights_is_the_whole_machine(of_table):
    rows = rows_of(exports.weights_csv(of_table, 4))
    machine = of_table.model_at(4)
    assert [row["unit"] for row in rows] == [
        "visible 1", "visible 2", *(f"hidden {j}" for j in range(1, 6)),
    ]  # fmt: skip
    visible, hidden = rows[:2], rows[2:]
    assert {row["weight to visible 1"] for row in visible} == {""}
    assert np.array_equal(
        columns(hidden, "weight to visible 1", "weight to visible 2"), machine.weights.T
    )
    for part, side in ((visible, "visible"), (hidden, "hidden")):
        assert np.array_equal(columns(part, "bias")[:, 0], getattr(machine, f"{side}_bias"))
        assert np.array_equal(columns(part, "slope")[:, 0], getattr(machine, f"{side}_slope"))


def test_a_machine_can_be_rebuilt_from_its_file_alone(of_table):
    """By the formulas that the file states, written out here."""
    found = json.loads(exports.weights_json(of_table, of_table.epoch))
    arrays = {name: np.array(found[name]) for name in NAMES}
    model = of_table.model
    assert all(np.array_equal(arrays[name], getattr(model, name)) for name in NAMES)
    low, width = found["low"], found["high"] - found["low"]
    v = start = low + width * drawing(30).points
    for _ in range(4):
        x = v @ arrays["weights"] + arrays["hidden_bias"]
        h = low + width / (1 + np.exp(-arrays["hidden_slope"] * x))
        x = h @ arrays["weights"].T + arrays["visible_bias"]
        v = low + width / (1 + np.exp(-arrays["visible_slope"] * x))
    assert v == pytest.approx(reconstruct(model, start, 4, noisy=False), abs=2e-6)
    own = UnitMap.from_dict(found["own_units"])
    assert own == of_table.experiment.dataset.map
    assert Settings(**found["settings"]) == of_table.settings
    assert (found["sigma"], found["n_visible"], found["n_hidden"]) == (ROUGH.sigma, 2, 5)
    assert (found["format"], found["version"], found["epoch"]) == ("rbm machine", 1, 6)


def test_a_file_of_a_pattern_names_it(of_pattern):
    found = json.loads(exports.weights_json(of_pattern, 2))
    assert found["learnt_from"] == "moons"
    assert found["own_units"] is None
    assert found["epoch"] == 2
    assert np.array_equal(found["weights"], of_pattern.model_at(2).weights)


def test_an_epoch_that_was_thinned_out_is_stood_for_by_one_before(of_pattern):
    first = of_pattern.checkpoints[0].parameters.astype(np.float32)
    run = training.start(of_pattern.experiment)
    run = replace(run, recording=Recording.begin(first, cap=4 * first.size * 8))
    run = training.advance(run, 21)
    assert [exports.recorded_epoch(run, at) for at in (0, 3, 4, 19, 20, 21, 99)] == [
        0, 0, 4, 16, 20, 21, 21,
    ]  # fmt: skip
    assert json.loads(exports.weights_json(run, 19))["epoch"] == 16


@given(name=st.text(max_size=80))
@example("=1+1")
@example(" @SUM(A1)")
@example("\t=1")
@example("a;=1+1")
@example("−5")
@example("\u200b=1")
@example("＝1")
@example("\";=cmd|' /C calc'!A0;\"")
@example(HOSTILE)
def test_no_name_is_a_formula_in_any_spreadsheet(name):
    safe = exports.spreadsheet_safe(name)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " "))
    assert ";" not in safe
    assert "\n" not in safe
    assert len(safe) <= 61
    safe.encode("utf-8")


@given(names=st.tuples(st.text(max_size=20), st.text(max_size=20)))
def test_a_table_with_any_names_reads_back(of_table, names):
    setting = of_table.experiment
    dataset = setting.dataset
    named = replace(setting, dataset=replace(dataset, map=replace(dataset.map, names=names)))
    text = exports.points_csv(replace(of_table, experiments=((0, named),)))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert {len(row) for row in rows} == {5}
    assert len(rows) == 131
    assert all(rows[0])


def test_numbers_do_not_look_like_formulas_and_read_back_exactly(of_table):
    for line in exports.weights_csv(of_table, 6).splitlines()[1:]:
        for cell in line.split(",")[1:]:
            assert cell == "" or repr(float(cell)) == cell
