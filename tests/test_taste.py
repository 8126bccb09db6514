"""Hidden units in words."""

from __future__ import annotations

import numpy as np
import pytest

from rbm.taste import clearest_contrast, goes_with


def test_strong_weights_are_named_the_strongest_first() -> None:
    assert goes_with(np.array([1.0, -2.1, 0.2, 4.0, 2.0, -3.0])) == ([3, 4], [5, 1])
    assert goes_with(np.zeros(3)) == ([], [])


def test_the_clearest_contrast_is_found_among_single_kinds_and_pairs() -> None:
    labels = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    on = np.array([0.1, 0.2, 0.9, 0.8, 0.3, 0.1, 0.7, 0.9])
    found = clearest_contrast(on, labels, 4)
    assert (found.kinds, found.inside, found.outside) == ((1, 3), 1.0, 0.0)
    other = clearest_contrast(1 - on, labels, 4)
    assert (other.kinds, other.inside, other.outside) == ((0, 2), 1.0, 0.0)
    single = clearest_contrast(np.array([0.9, 0.9, 0, 0, 0, 0, 0, 0]), labels, 4)
    assert (single.kinds, single.inside, single.outside) == ((0,), 1.0, 0.0)


def test_kinds_without_cases_do_not_count() -> None:
    found = clearest_contrast(np.array([0.9, 0.1]), np.array([0, 3]), 4)
    assert found.kinds == (0,)
    with pytest.raises(ValueError, match="two kinds"):
        clearest_contrast(np.array([0.9, 0.1]), np.array([3, 3]), 4)
