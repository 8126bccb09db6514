"""What the pictures of a search say, by their data."""

import math
from dataclasses import replace

import numpy as np
import pytest

from rbm.presets import PRESETS
from rbm.tuning import Outcome, Range
from rbm.tuning.confirmation import Verdict
from rbm.tuning.search import Record, Search
from rbm.views import searches
from rbm.views.searches import DIVERGED, EARLY, FEWEST, MARKS, WHOLE, history_of, importance_of

SEARCH = Search(
    replace(PRESETS["Better, 8 units"].settings, n_points=60),
    (Range("sigma", 0.1, 2, log=True), Range("k", 1, 9), Range("slope_rule", choices=(
        "tutorial", "entropy"))),
)  # fmt: skip


def record(number, mismatch, *, early=False, diverged=0, sigma=0.5, k=3, rule="entropy") -> Record:
    outcome = Outcome(
        () if early else (mismatch,), (mismatch,), diverged, 0.1, 0.2, 9
    )  # fmt: skip
    return Record(number, {"sigma": sigma, "k": k, "slope_rule": rule}, outcome)


RECORDS = [
    record(2, 0.7, sigma=0.2),  # records come in the order of their ends
    record(0, 0.9, early=True, k=9),
    record(1, 0.8, diverged=1, rule="tutorial"),
    record(3, 0.1, early=True),
    record(4, 0.5, sigma=1.5, k=1),
]


def test_the_history_is_in_order_and_its_best_went_all_the_way():
    told = history_of(RECORDS)
    assert told.numbers.tolist() == [0, 1, 2, 3, 4]
    assert told.mismatch.tolist() == [0.9, 0.8, 0.7, 0.1, 0.5]
    assert told.kinds.tolist() == [EARLY, DIVERGED, WHOLE, EARLY, WHOLE]
    np.testing.assert_equal(told.best, [math.nan, 0.8, 0.7, 0.7, 0.5])
    assert len(history_of([]).best) == 0


def test_shapes_tell_kinds_apart_without_colour():
    assert len({mark["symbol"] for mark in MARKS.values()}) == len(MARKS)
    figure = searches.history(RECORDS)
    drawn = {trace.name: list(trace.x) for trace in figure.data}
    assert drawn[EARLY] == [0, 3]
    assert drawn[WHOLE] == [2, 4]
    assert drawn[DIVERGED] == [1]
    assert drawn["best so far"] == [0, 1, 2, 3, 4]
    assert list(figure.layout.xaxis.ticktext) == ["0", "1", "2", "3", "4"]


def test_what_matters_is_what_decides_who_is_among_the_best():
    rng = np.random.default_rng(0)
    many = []
    for number in range(80):
        sigma, k = float(np.exp(rng.uniform(np.log(0.1), np.log(2)))), int(rng.integers(1, 10))
        many.append(record(number, 0.2 + abs(math.log(sigma)), sigma=sigma, k=k))
    shares = importance_of(SEARCH, [*many, record(99, 9, early=True)])
    assert sum(shares.values()) == pytest.approx(1)
    assert next(iter(shares)) == "sigma"
    assert shares["sigma"] > 0.8
    figure = searches.importance(shares)
    assert list(figure.data[0].y)[-1] == "Noise"  # the last is drawn at the top


def test_of_few_trials_nothing_is_said():
    few = [record(number, 0.1 * number) for number in range(FEWEST - 1)]
    assert importance_of(SEARCH, [*few, record(99, 9, early=True)]) == {}
    assert importance_of(SEARCH, [*few, record(99, 2)]) != {}
    assert importance_of(SEARCH, [record(number, 0.5) for number in range(30)]) == {}


def test_a_slice_has_every_trial_at_its_value():
    figure = searches.slices(SEARCH, RECORDS, "sigma")
    whole, early, _, star = figure.data
    assert (list(whole.x), list(whole.y)) == ([0.2, 1.5], [0.7, 0.5])
    assert list(early.customdata) == [0, 3]
    assert (list(star.x), list(star.y)) == ([1.5], [0.5])
    assert figure.layout.xaxis.type == "log"
    assert list(figure.layout.xaxis.ticktext) == ["0.1", "0.2", "0.5", "1", "2"]
    assert figure.layout.shapes[0].x0 == SEARCH.base.sigma
    assert searches.slices(SEARCH, RECORDS, "k").layout.xaxis.type == "linear"
    rules = searches.slices(SEARCH, RECORDS, "slope_rule")
    assert list(rules.layout.xaxis.categoryarray) == ["Tutorial", "Exact"]
    assert list(rules.data[2].x) == ["Tutorial"]
    assert not rules.layout.shapes


def test_the_start_is_marked_only_where_it_lies_in_the_range():
    outside = replace(SEARCH, base=replace(SEARCH.base, sigma=0.05))
    assert not searches.slices(outside, RECORDS, "sigma").layout.shapes


def test_parallel_lines_are_the_trials_that_went_all_the_way():
    lines = searches.parallel(SEARCH, RECORDS).data[0]
    sigma, k, rule, mismatch = lines.dimensions
    np.testing.assert_allclose(sigma["values"], np.log10([0.2, 0.5, 1.5]))
    np.testing.assert_allclose(sigma.range, np.log10([0.1, 2]))
    assert list(sigma.ticktext) == ["0.1", "0.2", "0.5", "1", "2"]
    np.testing.assert_allclose(sigma.tickvals, np.log10([0.1, 0.2, 0.5, 1, 2]))
    assert list(k.ticktext) == ["2", "4", "6", "8"]
    assert list(mismatch.ticktext) == ["0.5", "0.6", "0.7", "0.8"]
    assert lines.labelangle == -20  # for the name of the slopes' rule
    assert list(k["values"]) == [3, 3, 1]
    assert (list(rule["values"]), list(rule.ticktext)) == ([1, 0, 1], ["Tutorial", "Exact"])
    assert list(mismatch["values"]) == [0.7, 0.8, 0.5]


def test_verdicts_are_means_with_their_intervals():
    found = [
        Verdict(name, mean, mean - 0.1, mean + 0.2, 16, 0, 0, (0, 0, 0), {}, 0.5)
        for name, mean in (("start", 0.5), ("winner", 0.3))
    ]
    dots = searches.verdicts(found).data[0]
    assert list(dots.y) == ["winner", "start"]
    np.testing.assert_allclose(dots.error_x.array, [0.2, 0.2])
    np.testing.assert_allclose(dots.error_x.arrayminus, [0.1, 0.1])
