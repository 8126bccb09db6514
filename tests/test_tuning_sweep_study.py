"""A sweep as something that is kept, timed and shown: all without training much."""

import csv
import io
import math
import threading
import time
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from rbm import training
from rbm.settings import Settings
from rbm.tuning import Axis, Background, Outcome, run_trial
from rbm.tuning.budget import Budget, unit_updates
from rbm.tuning.evaluation import Progress
from rbm.tuning.search import Record
from rbm.tuning.sweep import Summary, Sweep, summarise
from rbm.tuning.sweep_study import (
    name_of,
    outcomes_of,
    record_of,
    run_sweep,
    shared_outcomes,
    sweep_csv,
    time_left,
)
from rbm.views.sweeps import map_cell, map_data

BASE = Settings(n_points=40, n_hidden=2, k=1, k_end=1)
SWEEP = Sweep(
    BASE, (Axis("k", (1, 4)), Axis("sigma", (0.3, 0.7, 1.0))), seeds=(5, 6), budget=Budget(20)
)


def outcome(mismatch: float, picture: bytes = b"") -> Outcome:
    return Outcome((mismatch,), (), int(math.isnan(mismatch)), 0.1, 0.2, 9, picture)


def all_outcomes(sweep=SWEEP):
    return {
        place: outcome(place / 10, b"p" if trial.picture else b"")
        for place, trial in enumerate(sweep.trials)
    }


def test_records_find_their_places_again_whatever_numbers_they_got():
    known = all_outcomes()
    records = [
        replace(record_of(SWEEP, place, found), number=100 - place)
        for place, found in known.items()
    ]
    assert outcomes_of(SWEEP, [*records, records[0]]) == known
    strange = [Record(0, {"sigma": 0.3, "k": 2, "seed": 5}, outcome(9)), Record(1, {}, outcome(9))]
    assert outcomes_of(SWEEP, [*strange, *records[:2]]) == {0: known[0], 1: known[1]}


def test_equal_sweeps_share_a_name_and_others_do_not():
    same = replace(SWEEP, axes=tuple(replace(axis) for axis in SWEEP.axes))
    others = [
        replace(SWEEP, seeds=(5, 7)), replace(SWEEP, budget=Budget(21)),
        replace(SWEEP, axes=SWEEP.axes[::-1]), replace(SWEEP, base=replace(BASE, momentum=0.5)),
    ]  # fmt: skip
    names = {name_of(sweep) for sweep in (SWEEP, *others)}
    assert name_of(same) == name_of(SWEEP)
    assert len(names) == 5
    assert all(len(name) <= 60 for name in names)
    assert name_of(SWEEP).startswith("k × σ, Split ring ")


def test_only_what_is_not_known_is_trained():
    with ThreadPoolExecutor(1) as executor:
        known = {0, 1, 2, 3, 5, 6, 7, 8, 9, 10}
        found = dict(run_sweep(SWEEP, executor, known))
    assert sorted(found) == [4, 11]
    assert found[4].mismatch == run_trial(SWEEP.trials[4]).mismatch
    assert found[11].mismatch == run_trial(SWEEP.trials[11]).mismatch


def test_what_two_sweeps_have_in_common_is_trained_once():
    wider = replace(
        SWEEP, axes=(Axis("k", (4, 1)), Axis("sigma", (0.7, 0.9, 1.0))), seeds=(6, 5, 7)
    )
    shared = shared_outcomes(wider, SWEEP, all_outcomes())
    for place, found in shared.items():
        trial = wider.trials[place]
        at = int(10 * found.mismatch[0] + 0.5)
        assert (trial.settings, trial.seeds) == (SWEEP.trials[at].settings, SWEEP.trials[at].seeds)
    # Four cells in common; seed 6 comes first here, so its pictures are missing.
    assert {wider.trials[place].seeds for place in shared} == {(5,)}
    assert len(shared) == 4
    assert not shared_outcomes(replace(wider, budget=Budget(21)), SWEEP, all_outcomes())


def test_time_to_go_counts_what_trainings_cost():
    long = replace(SWEEP, budget=Budget(100_000), seeds=(1,))
    costs = [unit_updates(trial.settings, 100_000) + 2_000 * 50 * 4 for trial in long.trials]
    assert costs[0] < costs[3] / 2
    took = Progress(1, 6, 7.0)
    assert time_left(long, (), (0,), took) == pytest.approx(7 * sum(costs[1:]) / costs[0])
    assert time_left(long, (1, 5), (3,), took) == pytest.approx(
        7 * (costs[0] + costs[2] + costs[4]) / costs[3]
    )
    assert time_left(long, (0, 1, 2), (3, 4, 5), took) == 0
    assert time_left(long, (0,), (), took) is None


def test_the_start_of_the_workers_is_not_taken_for_their_pace():
    assert Progress(9, 18, 100.0, first=92.0).remaining == pytest.approx(9.0)
    assert Progress(8, 16, 100.0, first=92.0).remaining == pytest.approx(100.0)
    assert Progress(9, 18, 100.0, first=92.0).left([5.0] + [2.0] * 8, 4.0) == pytest.approx(2.0)


def test_the_table_says_what_is_known_and_what_diverged():
    known = {0: outcome(0.5), 6: outcome(math.nan), 1: outcome(0.25)}
    first, second, third, *_ = csv.DictReader(io.StringIO(sweep_csv(SWEEP, known)))
    assert (first["k"], first["sigma"], first["epochs"]) == ("1", "0.3", "20")
    assert (first["runs"], first["diverged"]) == ("2", "1")
    assert float(first["median mismatch"]) == (0.5 + 2) / 2
    assert (first["mismatch of seed 5"], first["mismatch of seed 6"]) == ("0.5", "nan")
    assert (second["runs"], second["mismatch of seed 6"]) == ("1", "")
    assert (third["runs"], third["median mismatch"], third["mismatch of seed 5"]) == ("0", "", "")


def test_a_cell_says_median_quartiles_and_failures():
    cell = map_cell(SWEEP, 1, Summary(3, 1, 0.5, 0.4, 2.0))
    assert (cell.number, cell.spread, cell.failed) == ("0.50", "0.40–2.00", "✕ 1 of 3")
    assert cell.says == (
        "CD steps 1, Noise 0.7: median mismatch 0.500, quartiles 0.400 to 2.000, of 3 runs; "
        "1 of 3 diverged"
    )
    alone = map_cell(SWEEP, 1, Summary(1, 0, 0.5, 0.5, 0.5))
    assert alone.spread == ""
    assert alone.says == "CD steps 1, Noise 0.7: mismatch 0.500 of one run; no run diverged"
    empty = map_cell(SWEEP, 0, Summary(0, 0))
    assert (empty.number, empty.colour) == ("", "")
    assert "not trained yet" in empty.says


def test_text_stands_out_from_every_colour():
    for median in np.linspace(-0.1, 2, 50):
        cell = map_cell(SWEEP, 0, Summary(1, 0, float(median), 0.0, 1.0))
        rgb = [int(float(part)) / 255 for part in cell.colour[4:-1].split(",")]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        ground = float(np.dot([0.2126, 0.7152, 0.0722], linear))
        contrast = 1.05 / (ground + 0.05) if cell.light else (ground + 0.05) / 0.05
        assert contrast >= 4.5


@pytest.fixture(scope="module")
def swept():
    return {place: run_trial(trial) for place, trial in enumerate(SWEEP.trials[:5])}


def test_the_map_shows_what_has_come_where_it_belongs(swept):
    summaries = summarise(SWEEP, swept)
    data = map_data(SWEEP, summaries)
    assert (data["across"], data["columns"]) == ("Noise σ", ["0.3", "0.7", "1"])
    assert (data["up"], data["rows"]) == ("CD steps k", ["1", "4"])
    assert [cell["number"] for cell in data["cells"]] == [
        *(f"{found.mismatch[0]:.2f}" for found in swept.values()), "",
    ]  # fmt: skip
    assert [cell["picture"] for cell in data["cells"]] == [True] * 5 + [False]
    assert data["best"] == min(swept, key=lambda place: swept[place].mismatch[0])
    one = replace(SWEEP, axes=SWEEP.axes[:1])
    assert map_data(one, [Summary(0, 0)] * 2)["best"] is None
    assert map_data(one, [Summary(0, 0)] * 2)["rows"] == [""]


def test_the_small_picture_is_the_reconstruction_the_playground_shows(swept):
    address = map_data(SWEEP, summarise(SWEEP, swept))["pictures"]
    pixels = np.asarray(Image.open(io.BytesIO(b64decode(address.split(",")[1]))))
    assert pixels.shape == (6 * 32, 32)
    assert (pixels[5 * 32 :] == 255).all()
    run = training.train(SWEEP.trials[4].subjects[0], 20)
    dark = 255.0 - pixels[4 * 32 : 5 * 32]
    rows = (dark.sum(axis=1) * (np.arange(32)[::-1] + 0.5)).sum() / dark.sum() / 32
    columns = (dark.sum(axis=0) * (np.arange(32) + 0.5)).sum() / dark.sum() / 32
    cloud = run.scored_cloud(20)
    np.testing.assert_allclose([columns, rows], np.clip(cloud, 0, 1).mean(axis=0), atol=0.03)


def wait_until(true) -> None:
    until = time.monotonic() + 120
    while not true():
        assert time.monotonic() < until
        time.sleep(0.002)


def test_what_nobody_looks_at_dozes_until_somebody_does():
    gate = threading.Semaphore(0)

    def numbers():
        for number in range(4):
            gate.acquire()
            yield number

    background = Background(numbers(), 4, patience=0.0)
    gate.release()
    wait_until(lambda: background.dozing)
    assert (background.state, background.items) == ("paused", (0,))
    gate.release(3)
    background.look()  # goes on, though for one number only, as nobody looks again
    wait_until(lambda: background.dozing and len(background.items) == 2)
    background.pause()
    background.resume()  # a press is a look, too
    wait_until(lambda: background.dozing and len(background.items) == 3)
    background.cancel()
    background.join(10)
    assert background.state == "cancelled"
    patient = Background(iter_of(3), 3, patience=60.0)
    patient.join(10)
    assert (patient.state, patient.dozing) == ("done", False)


def iter_of(count: int):
    yield from range(count)


def test_a_pause_that_was_wished_is_not_ended_by_a_look():
    gate = threading.Semaphore(1)

    def numbers():
        while True:
            gate.acquire()
            yield 0

    background = Background(numbers(), patience=60.0)
    wait_until(lambda: len(background.items) == 1)
    background.pause()
    background.look()
    assert background.state == "paused"
    background.cancel()
    gate.release()
    background.join(10)
