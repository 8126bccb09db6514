"""Cases: the sets of the app, the split, and what cannot be learnt."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm import binary_training, exact
from rbm.binary_scores import score
from rbm.cases import CASE_SETS, MAX_UNITS, bars_and_stripes, digits, films, make_cases
from tests import binary_machines
from tests.binary_machines import random_machine


@pytest.mark.parametrize("name", CASE_SETS)
def test_every_set_can_be_learnt_with_its_own_settings(name):
    row = CASE_SETS[name]
    cases = row.build()
    assert len(cases.names) == cases.n_units == cases.values.shape[1]
    assert cases.labels is not None
    assert set(cases.labels) <= set(range(len(cases.label_names)))
    run = binary_training.train(row.settings, cases.training, 2)
    assert run.epoch == 2
    assert not run.notice


def test_the_digits_are_scikit_learns_a_quarter_held_out():
    cases = digits()
    assert cases.values.shape == (1797, 64)
    assert cases.shape == (8, 8)
    assert set(np.unique(cases.values * 16)) == set(range(17))
    assert len(cases.test) == 449
    assert len(cases.training) == 1348
    together = np.concatenate([cases.training, cases.test]).sum(axis=0)
    np.testing.assert_allclose(together, cases.values.sum(axis=0))


def test_bars_and_stripes_are_those_of_the_definition():
    cases = bars_and_stripes(3)
    expected = binary_machines.bars_and_stripes(3)
    assert sorted(map(tuple, cases.values)) == sorted(map(tuple, expected))
    bars = cases.values[cases.labels == 0].reshape(-1, 3, 3)
    assert (bars == bars[:, :1, :]).all()  # a bar is a whole column
    stripes = cases.values[cases.labels == 1].reshape(-1, 3, 3)
    assert (stripes == stripes[:, :, :1]).all()


def test_films_follow_the_tastes():
    cases = films()
    tastes = np.column_stack([cases.labels // 2, cases.labels % 2])
    for taste, films_of_it in ((0, slice(0, 3)), (1, slice(3, 6))):
        liked = cases.values[tastes[:, taste] == 1][:, films_of_it]
        others = cases.values[tastes[:, taste] == 0][:, films_of_it]
        for values, chance in ((liked, 0.9), (others, 0.1)):
            error = np.sqrt(chance * (1 - chance) / values.size)
            assert abs(values.mean() - chance) < 4 * error


@given(st.integers(1, 120), st.floats(0, 1), st.integers(0, 5))
def test_the_split_leaves_something_to_learn_and_forgets_nothing(count, share, seed):
    values = np.linspace(0, 1, count)[:, None]
    cases = make_cases(values, "a", share=share, seed=seed)
    assert len(cases.training) >= 1
    assert sorted(np.concatenate([cases.training, cases.test])[:, 0]) == sorted(values[:, 0])
    assert len(cases.test) == min(round(share * count), count - 1)
    again = make_cases(values, "a", share=share, seed=seed)
    np.testing.assert_array_equal(again.training, cases.training)


def test_a_part_keeps_what_belongs_to_its_cases():
    cases = films()
    part = cases.of([3, 1])
    np.testing.assert_array_equal(part.values, cases.values[[3, 1]])
    assert part.row_names == (cases.row_names[3], cases.row_names[1])
    assert list(part.labels) == [cases.labels[3], cases.labels[1]]
    assert len(digits().of(np.arange(1797) < 5).values) == 5


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([], "nothing to learn"),
        ([[0.5, 1.5]], "case 1 has 1.5 in b"),
        ([[0, 1], [np.nan, 0]], "case 2 has nan in a"),
        (np.zeros((2, MAX_UNITS + 1)), "too many"),
    ],
)
def test_what_cannot_be_learnt_is_said(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_cases(values, "x", names=("a", "b"))


def test_cases_do_not_change():
    cases = films()
    with pytest.raises(ValueError, match="read-only"):
        cases.values[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        cases.title = "other"


def test_the_bound_is_that_of_the_cases_own_frequencies():
    bound = bars_and_stripes(2).bound  # 8 rows, the two uniform images twice each
    assert bound == pytest.approx((4 * np.log(1 / 8) + 4 * np.log(2 / 8)) / 8)
    assert bound == pytest.approx(-1.732868, abs=1e-6)
    assert digits().bound is None


def test_a_score_is_exact_where_the_machine_can_be_enumerated():
    machine = random_machine(3, n_visible=6, n_hidden=2)
    cases = make_cases(films().values, "f", share=0.25)
    found = score(machine, cases)
    assert found.exact
    assert found.log_likelihood == pytest.approx(
        exact.log_likelihood(machine, cases.training).mean()
    )
    assert found.test_log_likelihood == pytest.approx(
        exact.log_likelihood(machine, cases.test).mean()
    )
    gap = machine.free_energy(cases.test).mean() - machine.free_energy(cases.training).mean()
    assert found.gap == pytest.approx(gap)


def test_a_score_is_estimated_beyond_and_says_so():
    machine = random_machine(4, n_visible=14, n_hidden=13, spread=0.3)
    rows = np.random.default_rng(0).integers(0, 2, (60, 14))
    found = score(machine, make_cases(rows, "r"))
    truth = exact.log_likelihood(machine, make_cases(rows, "r").training).mean()
    assert not found.exact
    assert abs(found.log_likelihood - truth) < 0.3


def test_without_held_out_cases_there_is_no_gap():
    found = score(random_machine(3, n_visible=6, n_hidden=2), films())
    assert np.isnan(found.gap)
    assert np.isnan(found.test_log_likelihood)
