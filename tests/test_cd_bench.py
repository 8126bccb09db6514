"""What is typed on the page "One CD step": states of units, and the table of parameters."""

from __future__ import annotations

import numpy as np
import pytest

from rbm.app.cd_bench import states_told
from rbm.app.parameter_editor import parameter_frame, with_edits
from rbm.models.continuous import ContinuousMachine


def test_the_table_edits_slopes_too_and_only_what_was_touched_is_bounded() -> None:
    machine = ContinuousMachine(
        np.array([[30.0, -0.5]]), np.array([0.3]), np.array([0.1, 0.2]), np.array([1.5]),
        np.array([2.0, 3.0]),
    )  # fmt: skip
    frame = parameter_frame(machine)
    assert list(frame.columns) == ["h₁", "h₂", "bias", "slope A"]
    assert list(frame.index) == ["v₁", "bias", "slope A"]
    edited = with_edits(machine, {0: {"h₂": -99, "slope A": 0}, 2: {"h₁": 0.7, "h₂": 500}})
    np.testing.assert_array_equal(edited["weights"], [[30, -20]])
    np.testing.assert_array_equal(edited["visible_bias"], [0.3])
    np.testing.assert_array_equal(edited["hidden_bias"], [0.1, 0.2])
    np.testing.assert_array_equal(edited["visible_slope"], [0.01])
    np.testing.assert_array_equal(edited["hidden_slope"], [0.7, 50])


@pytest.mark.parametrize(
    ("text", "binary", "states"),
    [
        ("0110", True, [0, 1, 1, 0]),
        ("[0, 1, 1, 0]", True, [0, 1, 1, 0]),
        ("0;?;1 ?", True, [0, np.nan, 1, np.nan]),
        ("0.25 1 0 .5", False, [0.25, 1, 0, 0.5]),
        ("  ", True, [np.nan] * 4),
    ],
)
def test_states_as_they_are_typed(text: str, binary: bool, states: list[float]) -> None:
    np.testing.assert_array_equal(states_told(text, 4, "v", None if binary else (0, 1)), states)


@pytest.mark.parametrize(
    ("text", "binary", "says"),
    [
        ("01", True, "2 states"),
        ("0 1 2 0", True, "not 2"),
        ("0 1 0.5 0", True, "0 \\(off\\) or 1 \\(on\\)"),
        ("0 1 1.5 0", False, "between 0 and 1"),
        ("0 1 -0.5 0", False, "between 0 and 1"),
        ("0 1 nan 0", False, "between 0 and 1"),
        ("0 1 x 0", False, "'x' is not a number"),
    ],
)
def test_states_that_cannot_be(text: str, binary: bool, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        states_told(text, 4, "h", None if binary else (0, 1))
