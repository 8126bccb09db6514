"""What the pixel board sends to a browser, and what is taken from one."""

from __future__ import annotations

import base64
import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from streamlit.testing.v1 import AppTest

from rbm.app.pixels import LEVELS, decode_painted

JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("ABé=/", max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["values", "known"]), inner),
)


def text(values: list[int]) -> str:
    return base64.b64encode(bytes(values)).decode()


@given(npst.arrays(np.uint8, st.integers(1, 40)))
def test_a_painted_board_arrives(levels: np.ndarray) -> None:
    known = levels % 3 > 0
    message = {"values": text(levels.tolist()), "known": text(known.astype(int).tolist())}
    painted = decode_painted(message, len(levels))
    np.testing.assert_allclose(painted.values, levels / LEVELS)
    np.testing.assert_array_equal(painted.known, known)
    with pytest.raises(ValueError, match="size"):
        decode_painted(message, len(levels) + 1)


@pytest.mark.parametrize(
    "message",
    [None, [], {}, {"values": text([1, 2])}, {"values": 3, "known": text([1, 1])},
     {"values": text([1, 2]), "known": text([1])}, {"values": "ab*=", "known": text([1, 1])},
     {"values": "é" * 4, "known": text([1, 1])}, {"values": text([1, 2, 3]), "known": "===="}],
)  # fmt: skip
def test_a_damaged_board_is_refused_in_a_sentence(message: object) -> None:
    with pytest.raises(ValueError, match=r"^The image .*\.$"):
        decode_painted(message, 2)


@given(JSON_LIKE)
def test_whatever_a_browser_sends_is_refused_or_read(message: object) -> None:
    with contextlib.suppress(ValueError):
        assert decode_painted(message, 3).values.shape == (3,)


def test_a_board_needs_as_many_values_as_pixels() -> None:
    def page() -> None:
        from rbm.app.pixels import pixel_board

        pixel_board([0.0, 1.0, 0.5], shape=(2, 2), key="board")

    app = AppTest.from_function(page).run()
    assert "2 × 2 pixels are not 3 values" in app.exception[0].message
