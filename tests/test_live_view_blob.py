"""The live view's messages and its registration with Streamlit."""

import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from streamlit.testing.v1 import AppTest

from rbm.app.assets import BROWSER, asset_digest
from rbm.app.live_view import pack_blob


def unpack(blob: bytes) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """The slow twin of blob.js."""
    (length,) = struct.unpack_from("<I", blob)
    header = json.loads(blob[4 : 4 + length])
    found = {}
    for row in header["arrays"]:
        count = int(np.prod(row["shape"], dtype=int))
        values = np.frombuffer(blob, "<" + row["dtype"], count, 4 + length + row["offset"])
        found[row["name"]] = values.reshape(row["shape"])
    return header, found


numbers = arrays(np.float32, array_shapes(max_dims=2, min_side=0, max_side=5))
wholes = arrays(np.int64, array_shapes(max_dims=1), elements=st.integers(-(2**31), 2**31 - 1))


@given(st.dictionaries(st.text(max_size=5), numbers | wholes, max_size=4), st.text(max_size=9))
def test_what_is_packed_can_be_unpacked(sent: dict[str, np.ndarray], notice: str) -> None:
    header, found = unpack(pack_blob({"frame": 7, "notice": notice}, sent))
    assert header["frame"] == 7
    assert header["notice"] == notice
    assert list(found) == list(sent)
    for name, array in sent.items():
        assert found[name].dtype == (np.int32 if array.dtype == np.int64 else np.float32)
        np.testing.assert_array_equal(found[name], array)


@given(st.text(max_size=20))
def test_arrays_start_at_a_multiple_of_eight(text: str) -> None:
    blob = pack_blob({"text": text}, {"a": np.ones(3)})
    (length,) = struct.unpack_from("<I", blob)
    assert (4 + length) % 8 == 0
    assert len(blob) == 4 + length + 3 * 4


def test_a_transposed_array_is_sent_row_by_row() -> None:
    _, found = unpack(pack_blob({}, {"a": np.arange(6.0).reshape(2, 3).T}))
    np.testing.assert_array_equal(found["a"], [[0, 3], [1, 4], [2, 5]])


def test_numbers_that_json_cannot_hold_become_null() -> None:
    values = [float("nan"), float("inf"), 0.5, np.float32("nan"), np.int64(3)]
    header, _ = unpack(pack_blob({"scores": {"floor": -float("inf")}, "list": values}, {}))
    assert header["scores"] == {"floor": None}
    assert header["list"] == [None, None, 0.5, None, 3]


def test_the_name_arrays_is_taken() -> None:
    with pytest.raises(ValueError, match="arrays"):
        pack_blob({"arrays": 1}, {})


@pytest.mark.parametrize("changed", ["live_view/noise.js", "shared/blob.js", "shared/new.js"])
def test_the_digest_covers_every_asset(tmp_path: Path, changed: str) -> None:
    shutil.copytree(BROWSER, tmp_path, dirs_exist_ok=True)
    before = asset_digest.__wrapped__(tmp_path)
    assert before == asset_digest(BROWSER)
    (tmp_path / changed).write_text("changed")
    assert asset_digest.__wrapped__(tmp_path) != before


def script() -> None:
    import numpy as np

    from rbm.app.live_view import live_view, pack_blob

    live_view(pack_blob({"frame": 1}, {"epochs": np.arange(2)}), key="view")


def test_mounting_sends_urls_and_bytes_not_source_text() -> None:
    test = AppTest.from_function(script).run()
    assert not test.exception
    component = test.get("bidi_component")[0].proto
    assert component.component_name == f"rbm.live_view_{asset_digest(BROWSER)}"
    assert component.js_source_path == "live_view/main.js"
    assert component.css_source_path == "live_view/style.css"
    assert component.js_content == component.css_content == ""
    header, found = unpack(component.bytes)
    assert header["frame"] == 1
    np.testing.assert_array_equal(found["epochs"], [0, 1])


def test_a_second_server_in_the_same_process_finds_the_files_too() -> None:
    for _ in range(2):
        assert not AppTest.from_function(script).run().exception
