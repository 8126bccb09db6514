"""When the compiled updates of the binary machine run, and that training goes on without them."""

import logging
import threading
import time

import numpy as np
import pytest

from rbm.engine import binary, binary_compilation, binary_reference, compilation
from rbm.engine.binary import BinaryOptions, start
from rbm.engine.binary_compilation import fused

DATA = np.array([[0, 1, 0.5], [1, 1, 0], [0, 0, 1]])


@pytest.fixture
def server(monkeypatch):
    """A server that has not used a binary machine yet."""
    monkeypatch.setattr(binary_compilation, "_loaded", {})
    monkeypatch.setattr(compilation, "in_server", lambda: True)


def trained(module=binary):
    options = BinaryOptions(0.5, batch_size=2, seed=3)
    state = start(DATA.mean(0), 3, 2, options)
    return module.train(state, DATA, options, np.arange(3)).weights


def wait_until(true):
    end = time.monotonic() + 170
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def test_a_server_trains_by_the_reference_until_the_child_has_compiled(server, monkeypatch):
    asked, released, loaded = [], threading.Event(), object()

    def compile_in_child(code):
        asked.append(code)
        released.wait(60)

    monkeypatch.setattr(compilation, "compile_in_child", compile_in_child)
    monkeypatch.setattr(binary_compilation, "load", lambda name: (loaded, name))
    assert fused("float64") is None
    assert fused("float64") is None  # which starts nothing more
    np.testing.assert_array_equal(trained(), trained(binary_reference))
    released.set()
    wait_until(lambda: fused("float64") == (loaded, "float64"))
    assert len(asked) == 1
    assert "'float64'" in asked[0]


def test_a_child_that_fails_is_logged_and_training_goes_on(server, monkeypatch, caplog):
    monkeypatch.setattr(binary_compilation, "_COMPILE", "raise SystemExit('no room for {kind}')")
    with caplog.at_level(logging.WARNING):
        assert fused("float32") is None
        wait_until(lambda: caplog.records)
    assert "training without the compiler" in caplog.text
    assert "no room for float32" in caplog.text
    assert fused("float32") is None
    np.testing.assert_array_equal(trained(), trained(binary_reference))


def test_numbers_that_disagree_are_logged_and_not_used(monkeypatch, caplog):
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    assert fused("float64") is not None
    from rbm.engine import binary_fused

    wrong = binary_reference.train(
        start(DATA.mean(0), 3, 2, BinaryOptions()), DATA, BinaryOptions(), np.arange(3)
    )
    monkeypatch.setattr(binary_compilation, "_loaded", {})
    monkeypatch.setattr(binary_fused, "train", lambda *arguments: wrong)
    with caplog.at_level(logging.WARNING):
        assert fused("float64") is None
    assert "differ from those of the reference" in caplog.text


def test_without_the_compiler_the_reference_trains(monkeypatch, caplog):
    def missing(name):
        raise ImportError("No module named 'numba'")

    monkeypatch.setattr(binary_compilation, "_loaded", {})
    monkeypatch.setattr(binary_compilation, "load", missing)
    with caplog.at_level(logging.WARNING):
        np.testing.assert_array_equal(trained(), trained(binary_reference))
    assert "No module named 'numba'" in caplog.text


def test_the_child_compiles_what_the_server_loads(server):
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    assert fused("float64") is None
    wait_until(lambda: fused("float64") is not None)
    np.testing.assert_allclose(trained(), trained(binary_reference), atol=1e-12)
