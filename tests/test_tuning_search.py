"""Searching: what is proposed, ended early, gone on with, and told to Optuna."""

import math
import threading
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import optuna
import pytest

import rbm
from rbm import datasets
from rbm.settings import KNOBS
from rbm.tuning import DIVERGED, ExecutorLost, Outcome, Range, Trial, default_range, run_trial
from rbm.tuning.budget import Budget
from rbm.tuning.search import (
    RANDOM_TRIALS,
    Record,
    Search,
    at_edges,
    best,
    distribution,
    limits_from,
    run_search,
    study_of,
)
from rbm.tuning.space import TUNABLE

QUICK = replace(rbm.PRESETS["Better, 8 units"].settings, n_points=60)
SEARCH = Search(
    QUICK,
    (Range("sigma", 0.05, 2, log=True), Range("k", 1, 9), Range("centred", choices=(False, True))),
    Budget(40), seeds=(1, 2),
)  # fmt: skip


def bowl(trial: Trial) -> Outcome:
    """A mismatch that is least at sigma 0.7, k 3, centred, and already so at the checks."""
    s = trial.settings
    score = 0.1 + abs(math.log(s.sigma / 0.7)) / 3 + abs(s.k - 3) / 10 + 0.2 * (not s.centred)
    early = []
    for place in range(len(trial.checks)):
        early.append(score + 0.1 * (len(trial.checks) - place))
        if place < len(trial.limits) and early[-1] > trial.limits[place]:
            return Outcome((), tuple(early), 0, 0.1, 0.1, 1)
    return Outcome((score,) * len(trial.seeds), tuple(early), 0, 0.1, 0.1, 2)


class Instead(Executor):
    """Runs `function` at once, whatever it is given, and notes the trials."""

    def __init__(self, function=bowl, workers: int = 1) -> None:
        self.function, self.workers = function, workers
        self.trials: list[Trial] = []

    def submit(self, fn, /, *args, **kwargs):
        assert fn is run_trial
        self.trials.append(args[0])
        future: Future = Future()
        future.set_result(self.function(*args))
        return future


def outcome(mismatch: float, early: tuple[float, ...] = (), pruned: bool = False) -> Outcome:
    diverged = int(math.isnan(mismatch))
    return Outcome(() if pruned else (mismatch,), early, diverged, 0.1, 0.2, 9)


def test_a_trial_is_what_the_search_says():
    own = datasets.make_dataset("mine", "drawing", rbm.sample_pattern("ring", 125, 5))
    trial = replace(SEARCH, dataset=own, checks=(0.1, 0.5)).trial({"k": 5, "sigma": 0.3}, (0.9,))
    assert trial.settings == replace(QUICK, k=5, k_end=5, sigma=0.3)
    assert (trial.epochs, trial.checks, trial.limits) == (40, (4, 20), (0.9,))
    assert (trial.seeds, trial.dataset) == ((1, 2), own)
    equal_budget = replace(SEARCH, budget=Budget(visits=60 * 100)).trial({"k": 4})
    assert equal_budget.epochs == 20
    several = replace(SEARCH, patterns=("ring", "moons")).trial({})
    assert several.patterns == ("ring", "moons")
    assert replace(SEARCH, budget=Budget(1)).trial({}).checks == ()


def test_the_first_trial_is_what_one_has_already_if_it_lies_in_the_ranges():
    executor = Instead()
    first = next(run_search(SEARCH, executor))
    assert executor.trials[0].settings == QUICK
    assert first.values == {"sigma": QUICK.sigma, "k": QUICK.k, "centred": QUICK.centred}
    second = Record(1, {"sigma": 1.0, "k": 5, "centred": True}, outcome(0.5, (0.6, 0.6)))
    going_on = next(run_search(SEARCH, Instead(), [second]))  # killed before its first had ended
    assert (going_on.number, going_on.values) == (2, first.values)
    assert next(run_search(SEARCH, Instead(), [second, first])).values != first.values
    outside = replace(SEARCH, base=replace(QUICK, sigma=0.01))
    assert next(run_search(outside, Instead())).values["sigma"] >= 0.05


def test_the_search_finds_the_best_and_beats_chance():
    records = list(run_search(SEARCH, Instead(), trials=60))
    assert [record.number for record in records] == list(range(60))
    found = best(records)[0]
    assert found.objective < 0.2
    assert found.values["centred"] is True
    assert found.values["k"] in (2, 3, 4)
    later = [record.objective for record in records[30:]]
    assert np.mean(later) < np.mean([record.objective for record in records[:RANDOM_TRIALS]])


def test_one_worker_makes_it_a_function_of_its_arguments():
    one, other = (list(run_search(SEARCH, Instead(), trials=20)) for _ in range(2))
    assert one == other
    assert list(run_search(replace(SEARCH, seed=1), Instead(), trials=20)) != one


def test_real_trials_are_what_their_values_say():
    with ThreadPoolExecutor(1) as executor:
        records = list(run_search(replace(SEARCH, checks=()), executor, trials=3))
    for record in records:
        assert (
            record.outcome.mismatch
            == run_trial(replace(SEARCH, checks=()).trial(record.values)).mismatch
        )


def test_bad_trials_end_early_once_there_is_something_to_compare_with():
    executor = Instead()
    records = list(run_search(SEARCH, executor, trials=60))
    pruned = [record.outcome.pruned for record in records]
    assert not any(pruned[:RANDOM_TRIALS])
    assert 5 < sum(pruned) < 40
    assert [trial.limits for trial in executor.trials[:RANDOM_TRIALS]] == [()] * RANDOM_TRIALS
    for trial, known in zip(executor.trials[RANDOM_TRIALS:], range(RANDOM_TRIALS, 60), strict=True):
        assert trial.limits == limits_from(records[:known])
    assert best(records)[0].objective < 0.25


def test_limits_are_medians_of_the_trials_that_went_all_the_way():
    whole = [Record(n, {}, outcome(0.5, (0.01 * n, 1.0 - n))) for n in range(RANDOM_TRIALS)]
    cut = [Record(99, {}, outcome(9, (9.0,), pruned=True))] * 5
    middle = (RANDOM_TRIALS - 1) / 2
    assert limits_from([*cut, *whole]) == pytest.approx((0.01 * middle, 1.0 - middle))
    assert limits_from([*whole[1:], *cut]) == ()


def test_the_best_are_those_that_finished():
    records = [
        Record(0, {}, outcome(0.4)), Record(1, {}, outcome(math.nan)),
        Record(2, {}, outcome(0.1, (0.1,), pruned=True)), Record(3, {}, outcome(0.3)),
    ]  # fmt: skip
    assert [record.number for record in best(records, 9)] == [3, 0, 1]
    assert records[1].objective == DIVERGED


def test_the_best_at_the_end_of_a_range_that_could_be_wider_is_told():
    ranges = (
        Range("sigma", 0.1, 1, log=True), Range("k", 1, 9),
        Range("centred", choices=(False, True)), Range("momentum", 0, 0.5),
    )  # fmt: skip
    search = replace(SEARCH, ranges=ranges)

    def edges(sigma: float, k: int, momentum: float) -> tuple[str, ...]:
        values = {"sigma": sigma, "k": k, "centred": True, "momentum": momentum}
        return at_edges(search, Record(0, values, outcome(0.5)))

    assert edges(0.5, 5, 0.3) == ()
    assert edges(0.95, 9, 0.49) == ("sigma", "k", "momentum")
    assert edges(0.11, 1, 0.0) == ("sigma",)  # k and momentum have no smaller values
    assert edges(0.13, 2, 0.3) == ()  # 0.13 is near 0.1 in difference, not in ratio


def test_a_search_goes_on_from_what_is_known():
    begun = list(run_search(SEARCH, Instead(), trials=15))
    executor = Instead()
    rest = list(run_search(SEARCH, executor, begun[:12], trials=20))
    assert [record.number for record in rest] == list(range(12, 20))
    assert executor.trials[0].settings != QUICK  # the base has had its turn
    assert executor.trials[0].limits == limits_from(begun[:12])
    assert list(run_search(SEARCH, Instead(), begun, trials=15)) == []
    tried = {tuple(record.values.values()) for record in begun}
    assert not tried & {tuple(record.values.values()) for record in rest}
    early = run_search(SEARCH, Instead(), begun[:3], trials=6)  # while still at random
    assert not tried & {tuple(record.values.values()) for record in early}


def test_several_workers_try_different_things_at_once():
    executor = Instead(workers=4)
    records = list(run_search(SEARCH, executor, trials=30))
    assert len(records) == 30
    assert sorted(record.number for record in records) == list(range(30))
    assert len({tuple(record.values.values()) for record in records}) == 30


def test_the_time_is_for_beginning_trials():
    assert list(run_search(SEARCH, Instead(), seconds=0)) == []
    executor = Instead()
    endless = run_search(SEARCH, executor, seconds=1e9)
    for _ in range(5):
        next(endless)
    endless.close()
    assert len(executor.trials) == 5  # one who stops asking pauses it


def test_a_pause_takes_no_time(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("rbm.tuning.search.time.monotonic", lambda: now[0])
    executor = Instead()
    limited = run_search(SEARCH, executor, seconds=10)
    for _ in range(3):
        next(limited)
        now[0] += 1_000  # nobody asks for more
    executor.function = lambda trial: now.__setitem__(0, now[0] + 6) or bowl(trial)
    assert len(list(limited)) == 2  # the second is begun after 6 of its 10 seconds


def test_closing_cancels_what_has_not_begun():
    class Never(Instead):
        def submit(self, fn, /, *args, **kwargs):
            self.futures = [*getattr(self, "futures", []), Future()]
            return self.futures[-1]

    executor = Never(workers=3)
    endless = run_search(SEARCH, executor)
    waiter = threading.Thread(target=lambda: next(endless), daemon=True)
    waiter.start()
    while len(getattr(executor, "futures", [])) < 3:
        pass
    executor.futures[1].set_result(bowl(SEARCH.trial({})))
    waiter.join(10)
    endless.close()
    assert [future.cancelled() for future in executor.futures] == [True, False, True]


def test_an_executor_that_goes_away_ends_it_with_a_sentence():
    class Gone(Instead):
        def submit(self, fn, /, *args, **kwargs):
            future: Future = Future()
            future.set_exception(CancelledError())
            return future

    with pytest.raises(ExecutorLost, match="gone away"):
        next(run_search(SEARCH, Gone()))


def test_optunas_study_is_what_the_records_say():
    records = list(run_search(SEARCH, Instead(), trials=40))
    study = study_of(SEARCH, records)
    assert study.best_value == best(records)[0].objective
    assert len(study.trials) == 40
    for trial, record in zip(study.trials, records, strict=True):
        assert trial.params == record.values
        assert trial.value == record.objective
        assert (trial.state == optuna.trial.TrialState.PRUNED) == record.outcome.pruned
        assert tuple(trial.intermediate_values.values()) == record.outcome.early
    importance = optuna.importance.get_param_importances(
        study, evaluator=optuna.importance.PedAnovaImportanceEvaluator()
    )
    assert set(importance) == {"sigma", "k", "centred"}


@pytest.mark.parametrize("name", TUNABLE)
def test_every_setting_can_be_searched(name):
    search = Search(QUICK, (default_range(name),), Budget(5), seeds=(0,))
    for record in run_search(search, Instead(), trials=4):
        value = record.values[name]
        assert type(value) is type(KNOBS[name].check(value))
        search.trial(record.values)


def test_ranges_in_optunas_terms():
    assert distribution(Range("sigma", 0.1, 1, log=True)).log
    assert not distribution(Range("sigma", 0.1, 1)).log
    assert distribution(Range("k", 1, 9)) == optuna.distributions.IntDistribution(1, 9)


@pytest.mark.parametrize(
    "wrong",
    [{"ranges": ()}, {"seeds": ()}, {"ranges": (Range("k", 1, 2), Range("k", 1, 3))},
     {"checks": (0.0,)}, {"checks": (1.0,)}],
)  # fmt: skip
def test_searches_for_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match=r"needs a range|Checks"):
        replace(SEARCH, **wrong)
