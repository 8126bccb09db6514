"""Projections of codes and portraits of hidden units, against scikit-learn and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.decomposition import PCA

from rbm.codes import classified, principal_axes, unit_portrait


def test_axes_and_shares_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    rows = rng.random((60, 5)) @ rng.normal(size=(5, 5)) + [1, 2, 3, 4, 5]
    ours, theirs = principal_axes(rows), PCA(2).fit(rows)
    assert ours.shares == pytest.approx(theirs.explained_variance_ratio_)
    signs = np.sign((ours.axes * theirs.components_).sum(axis=1))
    assert ours.axes == pytest.approx(theirs.components_ * signs[:, None])
    new = rng.random((7, 5))
    assert ours.of(new) == pytest.approx(theirs.transform(new) * signs)
    assert (ours.axes.max(axis=1) >= -ours.axes.min(axis=1)).all()


def test_one_unit_gives_one_axis_and_equal_rows_none():
    one = principal_axes(np.array([[0.1], [0.4], [0.4]]))
    assert one.shares.tolist() == [1.0, 0.0]
    assert one.of(np.array([[0.4]])) == pytest.approx(np.array([[0.1, 0.0]]))
    for width in (1, 3):
        none = principal_axes(np.full((4, width), 0.3))
        assert none.shares.tolist() == [0.0, 0.0]
        assert np.array_equal(none.of(np.full((4, width), 0.3)), np.zeros((4, 2)))


@given(arrays(np.float64, (6, 3), elements=st.floats(0, 1, width=16)))
def test_places_keep_the_variance_that_the_shares_promise(rows):
    found = principal_axes(rows)
    total = rows.var(axis=0).sum()
    assert found.of(rows).var(axis=0) == pytest.approx(found.shares * total, abs=1e-9)
    assert found.of(rows).mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert 0 <= found.shares[1] <= found.shares[0] + 1e-12
    assert found.shares.sum() <= 1 + 1e-9


def test_a_portrait_by_hand():
    activations = np.array([0.9, 0.2, 0.7, 0.5, 0.6])
    labels = np.array([2, 0, 2, 0, 2])
    found = unit_portrait(activations, labels, kinds=4, examples=2)
    assert found.on_share == pytest.approx(3 / 5)
    assert found.mean == pytest.approx(0.58)
    assert found.most.tolist() == [0, 2]
    assert found.least.tolist() == [1, 3]
    assert found.counts.tolist() == [2, 0, 3, 0]
    assert found.by_label[[0, 2]] == pytest.approx([0.35, 2.2 / 3])
    ones = [activations[labels == kind] for kind in (0, 2)]
    errors = [each.std(ddof=1) / np.sqrt(len(each)) for each in ones]
    assert found.errors[[0, 2]] == pytest.approx(errors)
    assert np.isnan(found.by_label[[1, 3]]).all()


def test_examples_never_stand_at_both_ends():
    for count in range(1, 9):
        found = unit_portrait(np.arange(count) / 10, examples=3)
        assert not set(found.most) & set(found.least)
        assert len(found.most) == min(3, (count + 1) // 2)
        assert len(found.by_label) == len(found.counts) == 0
    alone = unit_portrait(np.array([0.2]), np.array([1]), kinds=2)
    assert alone.least.size == 0
    assert np.isnan(alone.errors).all()


def test_a_classifier_sees_learnt_cases_only_and_is_asked_about_the_others():
    rng = np.random.default_rng(0)
    labels = np.arange(90) % 3
    rows = np.eye(3)[labels] + rng.normal(0, 0.1, (90, 3))
    learnt = np.arange(90) < 60
    assert classified(rows, labels, learnt).tolist() == [True] * 30
    moved = np.where(learnt, labels, (labels + 1) % 3)  # what was not seen is named as before
    assert not classified(rows, moved, learnt).any()
