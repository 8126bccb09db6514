"""Which engine runs when: without the compiler, before it is ready, and after."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from rbm.engine import REFERENCE, compilation, initial_state
from rbm.settings import Settings

TRAIN = """
import numpy as np
from rbm.engine import current, initial_state, status, warm_up
from rbm.settings import Settings
data = np.linspace(0, 1, 40, dtype=np.float32).reshape(20, 2)
warm_up(background=False)
print(current().name, "|", status())
state = initial_state(Settings(), data)
print(len(current().advance(state, data, Settings(), 3).frames))
"""


def run(code, **environment):
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def test_importing_the_engine_does_not_import_the_compiler():
    code = "import sys, rbm.engine; print(rbm.engine.status(), 'numba' in sys.modules)"
    assert run(code) == ["not started False"]


def test_without_the_compiler_everything_runs_on_the_reference():
    lines = run("import sys; sys.modules['numba'] = sys.modules['llvmlite'] = None" + TRAIN)
    assert lines == ["reference | not available: numba is not installed", "3"]


@pytest.fixture
def fresh(monkeypatch):
    monkeypatch.setattr(compilation, "_compiled", compilation._Compiled())
    return compilation


def wait_for_thread(module):
    assert module._compiled.thread is not None
    module._compiled.thread.join(timeout=170)
    assert not module._compiled.thread.is_alive()


def test_the_reference_runs_until_the_child_is_done_then_the_switch(fresh, monkeypatch):
    released, loaded = threading.Event(), object()
    monkeypatch.setattr(fresh, "compile_in_child", lambda: released.wait(30))
    monkeypatch.setattr(fresh, "load", lambda: loaded)
    assert fresh.status() == "not started"
    fresh.warm_up()
    fresh.warm_up()  # a second call starts nothing
    assert fresh.current() is REFERENCE
    assert fresh.status() == "compiling"
    released.set()
    wait_for_thread(fresh)
    assert fresh.current() is loaded
    assert fresh.status() == "compiled"


def test_a_failing_child_leaves_the_reference_and_its_last_words(fresh, monkeypatch):
    monkeypatch.setattr(fresh, "_COMPILE", "raise SystemExit('no room for machine code')")
    fresh.warm_up()
    wait_for_thread(fresh)
    assert fresh.current() is REFERENCE
    assert fresh.status() == "not available: no room for machine code"


def test_numbers_that_disagree_are_not_used(fresh, monkeypatch):
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    from rbm.engine import fused

    wrong = REFERENCE.advance(
        initial_state(Settings(n_hidden=3), np.zeros((3, 2), np.float32)),
        np.zeros((3, 2), np.float32),
        Settings(n_hidden=3),
        2,
    )
    monkeypatch.setattr(fused, "advance", lambda *arguments: wrong)
    fresh.warm_up(background=False)
    assert fresh.current() is REFERENCE
    assert "differ from those of the reference" in fresh.status()


def test_in_a_server_the_compiled_engine_comes_by_itself():
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    code = """
import time
from rbm.engine import current, status, warm_up
warm_up()
print(current().name, status())
while status() == "compiling":
    time.sleep(0.05)
print(current().name, status())
"""
    assert run(code) == ["reference compiling", "fused compiled"]


def test_a_folder_that_cannot_be_written_to_is_noticed(tmp_path):
    assert compilation._is_writable(tmp_path / "new")
    (tmp_path / "file").write_text("")
    assert not compilation._is_writable(tmp_path / "file")


def test_a_changed_file_makes_the_cache_stale(tmp_path, monkeypatch):
    now = time.time()
    for name, age in (("kernel", 50), ("lanes", 90), ("chain", 70), ("noise", 10)):
        path = tmp_path / f"{name}.py"
        path.write_text("")
        os.utime(path, (now - age, now - age))
    monkeypatch.setattr(compilation, "__file__", str(tmp_path / "compilation.py"))
    compilation.notice_changes()
    touched = (tmp_path / "kernel.py").stat().st_mtime
    assert touched > now - 10
    compilation.notice_changes()
    assert (tmp_path / "kernel.py").stat().st_mtime == touched
