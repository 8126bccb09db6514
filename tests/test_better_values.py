"""The answer: its runs, its arithmetic, its tables, and the page that they stand in."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import rbm
from benchmarks.better_values import gallery, learners, measuring, page, results, rows
from benchmarks.better_values.__main__ import chosen
from rbm.experiment import build
from rbm.tuning import DIVERGED, TUTORIAL_VISITS, Trial, run_trial, visits
from rbm.tuning.confirmation import FRESH_SEED
from rbm.tuning.store import Store

QUICK = replace(
    rbm.PRESETS["Better, 8 units"].settings, n_points=60, k=99, k_end=99, average_last=0.2
)
SHORT = 60 * 100 * 200
"""Visits: 200 epochs."""


def row(scores, **more):
    held = {"units": 8, "numbers": 34, "epochs": 10, "settings": {}, "seconds": 1.0}
    return {**held, "slope": 0.8, "diverged": 0, "scores": scores, **more}


@pytest.mark.parametrize("name", rows.MACHINES)
def test_machines_spend_the_same_budget_and_not_more(name):
    learner = rows.MACHINES[name]
    spent = visits(learner.settings, learner.epochs)
    assert spent <= TUTORIAL_VISITS < spent * 1.001


def test_every_change_changes_one_setting():
    for preset in rows.CHANGED:
        base = rbm.PRESETS[preset].settings
        for name, learner in rows.GROUPS[f"changes of {preset}"].learners.items():
            changed = {
                field for field, value in vars(learner.settings).items()
                if value != getattr(base, field)
            }  # fmt: skip
            assert len(changed - {"k_end"}) == 1, name
            assert learner.settings.k == learner.settings.k_end


def test_a_machine_is_measured_as_a_claim_is():
    learner = learners.Continuous(QUICK, SHORT)
    found = learner.measure("moons", FRESH_SEED)
    trial = Trial(QUICK, learner.epochs, (FRESH_SEED,), ("moons",), fresh_noise=True)
    assert found.mismatch == run_trial(trial).mismatch[0]
    run = rbm.train(learners.on(QUICK, "moons", FRESH_SEED), learner.epochs)
    assert found.slope == np.median(run.model.hidden_slope)
    assert not found.diverged


def test_a_run_that_diverges_counts_as_twice_as_bad_as_noise():
    wild = replace(QUICK, learning_rate=10, momentum=0.99, initial_scale=10, noisy=False, k=1)
    wild = replace(wild, low=-10, high=10, learn_visible_slope=True, k_end=1, n_points=10)
    found = learners.Continuous(wild, SHORT).measure("moons", 0)
    assert found.diverged
    assert found.mismatch == DIVERGED


def test_numbers_are_those_that_training_finds():
    machine = rbm.train(QUICK, 1).model
    assert learners.Continuous(QUICK, SHORT).numbers == len(machine.parameters) - 2  # A_v stays
    assert learners.Mixture(6).numbers == 6 * 2 + 6 * 3 + 5
    assert learners.GaussianBernoulli(8).numbers == 28
    for machine_units, mixture in ((8, 6), (16, 11), (32, 22)):
        own = learners.Continuous(replace(QUICK, n_hidden=machine_units)).numbers
        assert abs(learners.Mixture(mixture).numbers - own) <= 3


def test_what_is_nearly_the_truth_scores_nearly_nothing():
    clusters = learners.Mixture(4).measure("gauss4", 1).mismatch
    assert abs(clusters) < 0.15
    assert learners.Mixture(1).measure("gauss4", 1).mismatch > 0.5
    for learner in (learners.Resampled(), learners.Resampled(smooth=True)):
        assert 0 < learner.measure("gauss4", 1).mismatch < 0.2


def test_a_gaussian_bernoulli_machine_learns_clusters():
    assert learners.GaussianBernoulli(4, epochs=200).measure("gauss4", 2).mismatch < 0.4


def test_the_likeliest_bandwidth_is_that_of_theory():
    """Silverman's rule for a round Gaussian of standard deviation s: h = s·n^(-1/6)."""
    points = 0.5 + 0.1 * np.random.default_rng(0).standard_normal((600, 2))
    assert learners.likeliest_bandwidth(points) == pytest.approx(0.1 * 600 ** (-1 / 6), rel=0.3)


def test_learners_get_the_points_of_their_seed():
    one, other = (learners.on(QUICK, "ring", seed) for seed in (3, 4))
    assert build(one).data_id != build(other).data_id
    assert (one.seed, one.data_seed, one.pattern) == (3, 3, "ring")


def test_a_stopped_measurement_goes_on_where_it_was(tmp_path):
    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    group = {"g": {"Mixture – of 2": learners.Mixture(2), "resampled": learners.Resampled()}}
    wanted = measuring.jobs(group, ["ring", "line"], {"g": 2})
    assert [(job.number, job.name, job.pattern) for job in wanted[:3]] == [
        (0, "Mixture – of 2", "ring"), (0, "Mixture – of 2", "line"), (0, "resampled", "ring"),
    ]  # fmt: skip
    store = Store(url)
    with ThreadPoolExecutor(1) as executor:
        first = measuring.measured(wanted, executor, store)
        early = [next(first) for _ in range(3)]
        first.close()
    store.close()
    store = Store(url)
    assert len(store.runs()) == 3
    with ThreadPoolExecutor(1) as executor:
        whole = list(measuring.measured(wanted, executor, store))
    assert len(store.runs()) == len(whole) == len(wanted)
    assert {job.key for job, _ in whole} == {job.key for job in wanted}
    again = {job.key: found.mismatch for job, found in whole}
    assert all(again[job.key] == found.mismatch for job, found in early)
    store.close()


def test_a_document_holds_every_run_in_order():
    wanted = measuring.jobs(
        {"g": {"m": learners.Continuous(QUICK, SHORT)}}, ["ring", "line"], {"g": 2}
    )
    found = [
        (job, learners.Measured(0.1 * i, float(i), diverged=i == 3, slope=1.0 + i))
        for i, job in enumerate(wanted)
    ]
    held = results.document(reversed(found))["groups"]["g"]["m"]
    assert held["scores"] == {"ring": [0.0, 0.2], "line": [0.1, 0.3]}
    assert (held["seconds"], held["slope"], held["diverged"]) == (1.5, 2.5, 1)
    assert rbm.Settings(**held["settings"]) == QUICK
    text = results.to_text(results.document(found))
    assert json.loads(text)["groups"]["g"]["m"] == held
    assert '"ring": [0.0,0.2]' in text


def test_summaries_are_means_of_patterns():
    held = summary = row({"ring": [0.1, 0.3], "line": [0.5, 1.1]})
    summary = results.summary(held, ["ring", "line"])
    assert summary.mean == pytest.approx(0.5)
    assert (summary.runs, summary.above_one, summary.worst) == (4, 1, 1.1)
    error = math.sqrt((0.02 + 0.18) / 2) / 2
    assert summary.high - summary.mean == pytest.approx(4.3027 * error, rel=1e-4)  # t, 2 degrees
    with pytest.raises(ValueError, match="not measured on moons"):
        results.summary(held, ["ring", "moons"])


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(5)
    truth = np.array([0.1, 0.5, 0.9])[:, None]
    held = 0
    for _ in range(2_000):
        scores = truth + np.array([0.01, 0.05, 0.02])[:, None] * rng.standard_normal((3, 16))
        held += abs(scores.mean() - truth.mean()) < results.half_width(scores)
    assert held / 2_000 == pytest.approx(0.95, abs=0.02)


def test_differences_are_taken_run_by_run():
    base = row({"ring": [0.1, 0.9], "line": [0.5, 0.9], "moons": [0.3, 0.9]})
    other = row({"ring": [0.2], "line": [0.6], "moons": [0.4]})
    assert results.difference(other, base, ["ring", "line", "moons"]) == pytest.approx(
        (0.1, 0.1, 0.1)
    )
    mean, low, high = results.difference(
        row({"ring": [0.1], "line": [0.9]}), base, ["ring", "line"]
    )
    assert mean == pytest.approx(0.2)
    assert high - mean == pytest.approx(12.706 * 0.2, rel=1e-4) == mean - low


def test_a_later_measurement_is_held_against_the_committed_one():
    old = {"groups": {"g": {"m": row({"ring": [0.10, 0.12, 0.14, 0.12]})}}}

    def agrees(scores):
        lines = results.compared(old, {"groups": {"g": {"m": row(scores), "new": row(scores)}}})
        assert len(lines) == 1
        return lines[0][-1]

    assert agrees({"ring": [0.10, 0.12]})
    assert agrees({"ring": [0.12, 0.14]})
    assert not agrees({"ring": [0.20, 0.22]})
    assert not agrees({"ring": [0.00, 0.02]})


def test_rows_are_found_by_part_of_their_name():
    assert set(chosen("")) == set(rows.GROUPS)
    assert not any(group.startswith("changes") for group in chosen("", quick=True))
    found = chosen("MACHINES: better, 8; resampled")
    assert {group: list(names) for group, names in found.items()} == {
        "machines": ["Better, 8 units"], "others": ["The 500 points, resampled"],
    }  # fmt: skip


def test_tables_say_what_the_results_say():
    base = row({"ring": [0.25, 0.35], "line": [0.5, 1.5]}, seconds=1.25)
    better = row({"ring": [0.2], "line": [0.4]}, diverged=1)
    nearer = {"scores": {"ring": [0.15, 0.25], "line": [0.5, 1.5]}}
    made = page.tables({
        "groups": {
            "machines": {"Better, 8 units": base, "Better values": base | nearer},
            "others": {"mixture": row({"ring": [0.1, 0.1], "line": [0.3, 2.9]}, numbers=0)},
            "changes of Better, 8 units": {"σ = 0.2": better},
        }
    })  # fmt: skip
    assert "| Better, 8 units | 8 | 34 | 0.650 [" in made["answer"]
    assert "| 1.50 | 1 of 4 | 0 | 1.25 |" in made["answer"]
    assert "| mixture | 8 | all points |" in made["answer"]
    assert "| Ring | **0.10** |" in made["others by pattern"]
    assert "| σ = 0.2 | -0.075 [" in made["changes of Better, 8 units"]
    assert "| Better, 8 units | 0.2 | 0.80 | 0.16 | 0.020 | 0.80 |" in made["slopes"]
    assert "| machines | 2 | 2 | 2 | 8 | 0.2 |" in made["cost"]
    step = "| Better values | Better, 8 units | -0.050 [-0.050, -0.050] | 1 of 2 |"
    assert made["steps"].splitlines()[-1] == step
    text = "a\n<!-- table: slopes -->\nold\n<!-- end -->\nb"
    written = page.in_page(text, {"groups": {"machines": {"m": base}}})
    assert written.startswith("a\n<!-- table: slopes -->\n")
    assert written.endswith("<!-- end -->\nb")
    assert "| m | 0.2 |" in written
    assert "old" not in written
    empty = page.in_page(
        "<!-- table: changes of Better, 16 units -->\n<!-- end -->", {"groups": {}}
    )
    assert "Not measured" in empty
    with pytest.raises(KeyError):
        page.in_page("<!-- table: unheard of -->\n<!-- end -->", {"groups": {}})


def test_a_gallery_has_a_picture_for_each_pattern_and_machine():
    density = np.zeros((64, 64))
    density[5, 50] = 1  # low y, high x: the lower right corner
    cell = gallery.Cell(density, "")
    sheet = gallery.gallery({"ring": {"data": cell, "machine": cell}})
    assert sheet.width == 3 * gallery.GAP + 2 * gallery.CELL
    pixels = np.asarray(sheet).astype(int)
    blue = np.argwhere((pixels[..., 2] - pixels[..., 0]) > 100)
    red = np.argwhere((pixels[..., 0] - pixels[..., 2]) > 100)
    for found, left in ((blue, gallery.GAP), (red, 2 * gallery.GAP + gallery.CELL)):
        y, x = found.mean(axis=0)
        assert x - left == pytest.approx(50.5 / 64 * gallery.CELL, abs=2)
        top = 3 * gallery.LABEL - 4
        assert y - top == pytest.approx(58.5 / 64 * gallery.CELL, abs=2)
