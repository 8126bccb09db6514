"""The verdict over seeds: the same runs as trials are, and intervals that hold what they claim."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import quantile_test

from rbm import duel, training
from rbm.datasets import make_dataset
from rbm.duel_seeds import Bout, Course, Result, bouts, by_seed, fight, judge, median_interval
from rbm.run import SCORE_SEED
from rbm.settings import Settings
from rbm.tuning import DIVERGED, Trial, run_trial
from rbm.tuning.confirmation import FRESH_SEED
from rbm.views.duels import difference_curve, seed_differences

SMALL = Settings(n_points=40, n_hidden=3, k=1, k_end=2, k_ramp=50, seed=3, initial_scale=0.6)


def results(*differences, base=0.5):
    """One for each difference at the end; half of it at epoch 1."""
    return [
        Result(seed, (1, 2), (base, base), (base + change / 2, base + change))
        for seed, change in enumerate(differences)
    ]


def failing(seed, a, b):
    return Result(seed, (1, 2), (0.5, a), (0.5, b))


def test_a_course_without_changes_is_a_trial_on_fresh_noise():
    course = Course.of(training.train(SMALL, 5), 30)
    (expected,) = run_trial(Trial(SMALL, 30, (FRESH_SEED + 4,), fresh_noise=True)).mismatch
    at = (0, 11, 20, 30)
    found = course.mismatches(FRESH_SEED + 4, at)
    assert found[-1] == expected
    shorter = Trial(SMALL, 11, (FRESH_SEED + 4,), fresh_noise=True)
    assert found[1] == run_trial(shorter).mismatch[0]


def test_a_course_repeats_every_change_at_its_epoch():
    base = training.change(training.train(SMALL, 10), replace(SMALL, momentum=0.5))
    base = training.advance(base, 10)
    made = duel.setup(base, base).with_edits("b", sigma=0.7)
    pair = duel.advance(made.pair(), 15)
    seeded = {"seed": 77, "data_seed": 77}
    alone = training.train(replace(SMALL, **seeded), 10)
    alone = training.advance(training.change(alone, replace(SMALL, momentum=0.5, **seeded)), 10)
    alone = training.change(alone, replace(SMALL, momentum=0.5, sigma=0.7, **seeded))
    alone = training.advance(alone, 15)
    at = (0, 15, 20, 28, 35)
    scores = tuple(alone.mismatch_at(epoch, SCORE_SEED + 1 + 77) for epoch in at)
    assert Course.of(pair.b, 35).mismatches(77, at) == scores
    of_a = Course.of(pair.a, 35).mismatches(77, at)
    assert of_a[:2] == scores[:2]
    assert all(one != other for one, other in zip(of_a[2:], scores[2:], strict=True))
    assert len(Course.of(pair.b, 20).history) == 2  # what would come later does not come


def test_own_points_are_those_of_every_seed():
    points = make_dataset("Mine", "file", np.random.default_rng(0).normal(0.5, 0.1, (80, 2)))
    course = Course.of(training.train(SMALL, 2, points), 12)
    (expected,) = run_trial(
        Trial(SMALL, 12, (FRESH_SEED,), dataset=points, fresh_noise=True)
    ).mismatch
    assert course.mismatches(FRESH_SEED, (12,)) == (expected,)
    loose = training.train(SMALL, 2, np.random.default_rng(0).normal(0.5, 0.1, (80, 2)))
    assert math.isfinite(Course.of(loose, 12).mismatches(FRESH_SEED, (12,))[0])


def test_a_run_whose_beginning_is_unknown_cannot_be_repeated():
    late = training.forget_before(training.train(SMALL, 300), 200)
    with pytest.raises(ValueError, match="not known"):
        Course.of(late, 400)


def test_equal_courses_give_no_difference_and_all_seeds_come_once():
    course = Course.of(training.train(SMALL, 5), 8)
    other = replace(course, history=((0, replace(SMALL, sigma=0.8)),))
    with ThreadPoolExecutor(2) as executor:
        same = list(by_seed(bouts(course, course, 0, 7), executor))
        unlike = list(by_seed(bouts(course, other, 5, 3), executor))
    assert sorted(result.seed for result in same) == [FRESH_SEED + n for n in range(7)]
    assert all(result.difference() == 0 for result in same)
    assert judge(same).words == "No difference at all on 7 seeds."
    assert {r.seed: r for r in unlike} == {
        seed: fight(Bout(course, other, seed, (5, 6, 7, 8)))
        for seed in range(FRESH_SEED, FRESH_SEED + 3)
    }
    assert bouts(course, course, 0, 1)[0].at == tuple(range(9))


def test_a_run_that_diverges_is_nan_from_there_on():
    wild = replace(
        SMALL, learning_rate=10.0, momentum=0.99, initial_scale=10.0, low=-10.0, high=10.0,
        cost=0.0, k=1, k_end=1, sigma=2.0, visible_slope=0.01, batch_size=1,
    )  # fmt: skip
    end = training.train(replace(wild, seed=5, data_seed=5), 400)
    assert end.notice
    found = Course(((0, wild), (350, replace(wild, sigma=1.0))), 400).mismatches(
        5, (0, end.epoch, end.epoch + 1, 400)
    )
    assert [math.isnan(score) for score in found] == [False, False, True, True]


@pytest.mark.parametrize("count", [6, 7, 8, 12, 16, 17, 32, 64, 100])
def test_the_interval_is_that_of_scipy(count):
    values = np.random.default_rng(count).gamma(1.0, size=count)
    found = quantile_test(values, p=0.5).confidence_interval(0.95)
    assert median_interval(values) == pytest.approx((found.low, found.high))


@pytest.mark.parametrize("count", range(1, 6))
def test_too_few_seeds_give_no_interval(count):
    assert all(map(math.isnan, median_interval(np.arange(float(count)))))
    assert "six seeds" in judge(results(*[-0.1] * count)).words


@pytest.mark.parametrize("count", [6, 8, 16])
def test_it_holds_the_true_median_as_often_as_it_says(count):
    """Draws of a skewed law, median ln 2."""
    rng = np.random.default_rng(0)
    draws = 4_000
    held = 0
    for values in rng.exponential(size=(draws, count)):
        low, high = median_interval(values)
        held += low <= math.log(2) <= high
    error = math.sqrt(0.95 * 0.05 / draws)
    assert held / draws > 0.95 - 3 * error


def test_the_verdict_in_words():
    clear = judge(results(-0.04, -0.05, -0.02, -0.06, -0.03, -0.045, 0.01, -0.041, -0.05))
    assert (clear.better, clear.worse, clear.seeds) == (8, 1, 9)
    assert clear.words == "B is better on 8 of 9 seeds, by 0.041 [0.020, 0.050]."
    worse = judge(results(*[0.1] * 6))
    assert worse.words == "A is better on 6 of 6 seeds, by 0.100 [0.100, 0.100]."
    open_ = judge(results(-0.04, -0.05, -0.02, -0.06, -0.03, -0.045, -0.02, 0.01))
    assert open_.words == (
        "Not told apart: B is better on 7 of 8 seeds, and the median difference −0.035 "
        "[−0.060, +0.010] may as well be 0."
    )


def test_a_run_that_diverged_counts_as_very_bad():
    some = [*results(*[-0.1] * 5), failing(5, math.nan, 0.4), failing(6, 0.4, math.nan)]
    found = judge(some)
    assert some[5].difference() == pytest.approx(0.4 - DIVERGED)
    assert (found.better, found.worse, found.diverged) == (6, 1, (1, 1))
    assert failing(7, math.nan, math.nan).difference() == 0


def test_the_figure_shows_every_seed_on_its_side_of_zero():
    some = [*results(-0.1, 0.2, -0.3, 0.0, -0.05, -0.2, 0.01), failing(7, 0.5, math.nan)]
    judgement = judge(some)
    figure = seed_differences(some, judgement)
    marks = {trace.name: list(trace.x) for trace in figure.data}
    assert marks == {
        "B better: 4": pytest.approx([-0.3, -0.2, -0.1, -0.05]),
        "A better: 3": pytest.approx([0.01, 0.2, DIVERGED - 0.5]),
        "equal: 1": [0.0],
    }
    shapes = [(shape.x0, shape.x1) for shape in figure.layout.shapes]
    assert (judgement.low, judgement.high) in shapes
    assert (judgement.median, judgement.median) in shapes
    assert "B diverged" in figure.data[1].customdata[-1]
    few = results(-0.1, 0.2)
    assert len(seed_differences(few, judge(few)).layout.shapes) == 2  # no interval


def test_the_curve_shows_median_interval_and_every_seed_at_every_epoch():
    some = results(-0.1, 0.2, -0.3, 0.05, -0.05, -0.2, 0.01)
    figure = difference_curve(some)
    lines = [trace for trace in figure.data if trace.name == "one seed"]
    assert [list(line.y) for line in lines] == [
        pytest.approx([r.difference(0), r.difference()]) for r in some
    ]
    assert [line.showlegend for line in lines] == [True] + [False] * 6
    (median,) = (trace for trace in figure.data if trace.name == "median")
    assert list(median.x) == [1, 2]
    assert list(median.y) == pytest.approx([-0.025, -0.05])
    (band,) = (trace for trace in figure.data if "interval" in trace.name)
    early, late = judge(some, 0), judge(some)
    assert list(band.x) == [1, 2, 2, 1]
    assert list(band.y) == [early.low, late.low, late.high, early.high]
    assert not [t for t in difference_curve(some[:3]).data if "interval" in t.name]
