"""When the compiled engine becomes ready, and where its machine code is kept.

Compiling takes seconds and holds the interpreter's lock, so a live server never does it: a
child process compiles into the cache, then a thread loads the result. Until then, and where the
compiler is missing, the reference engine runs; both see the same noise, so nobody notices.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from rbm.engine import reference
from rbm.engine.state import Engine, initial_state
from rbm.settings import Settings

_PACKAGE = Path(__file__).parents[1]
_COMPILE = "from rbm.engine import compilation; compilation.compile_alone()"


class _Compiled:
    """The one compiled engine of this process; `engine` is None until it is ready."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.status = "not started"
        self.loading = threading.Lock()
        self.thread: threading.Thread | None = None


_compiled = _Compiled()


def current() -> Engine:
    """The compiled engine when it is ready, else the reference."""
    return _compiled.engine or reference


def status() -> str:
    """ "not started", "compiling", "compiled", or "not available: …" with the reason."""
    return _compiled.status


def warm_up(background: bool = True) -> None:
    """Make the compiled engine ready, once; never raises (see `status`).

    background: return at once and compile in a child process, as a server must. Otherwise
    return when the engine is ready, or known not to be available.
    """
    if background:
        if _compiled.thread is None:
            _compiled.thread = threading.Thread(target=_prepare, args=(True,), daemon=True)
            _compiled.status = "compiling"
            _compiled.thread.start()
    else:
        _prepare(in_child=False)


def load() -> Engine:
    """Import the compiled engine, compiled or from the cache, and see that it agrees.

    Raises ImportError without the compiler, RuntimeError when its numbers are not those of the
    reference (a processor or a cache that misleads it).
    """
    set_environment()
    notice_changes()
    from rbm.engine import fused

    data = np.array([[0.2, 0.9], [0.7, 0.4], [0.5, 0.1]], np.float32)
    settings = Settings(n_hidden=3, k=2, k_end=2, sigma=0.7, initial_scale=1.0)
    state = initial_state(settings, data)
    compiled = fused.advance(state, data, settings, 2).frames
    expected = reference.advance(state, data, settings, 2).frames
    moved, still = (
        engine.reconstruct(
            state.parameters, data, n_hidden=3, passes=2, sigma=0.7, low=0.0, high=1.0, seed=1,
            noisy=True,
        )
        for engine in (fused, reference)
    )  # fmt: skip
    if not (np.allclose(compiled, expected, atol=1e-4) and np.allclose(moved, still, atol=1e-4)):
        raise RuntimeError("its numbers differ from those of the reference engine")
    return fused


def in_server() -> bool:
    """Whether this process must not compile, as it serves people: it has warmed up so."""
    return _compiled.thread is not None


def compile_alone(make: Callable[[], object] | None = None) -> None:
    """What a child process does: fill the cache by `load` or `make`, while no other does so.

    Several servers started at once, as in tests, would otherwise each compile for as long as
    all of them together; so the others wait here and then find the work done.
    """
    set_environment()
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(__file__).parent / "__pycache__")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "compiling.lock").open("a") as lock:
        with suppress(ImportError):  # a system without it just compiles more than once
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        (make or load)()


def _prepare(in_child: bool) -> None:
    with _compiled.loading:
        if _compiled.engine is not None:
            return
        _compiled.status = "compiling"
        try:
            if in_child:
                compile_in_child()
            _compiled.engine = load()
        except ImportError:
            _compiled.status = "not available: numba is not installed"
        except Exception as error:  # the app goes on with the reference, whatever went wrong
            _compiled.status = f"not available: {error}"
        else:
            _compiled.status = "compiled"


def compile_in_child(code: str = "") -> None:
    """Fill the cache in a child process, by `code` or this engine; RuntimeError with its last
    words when it fails."""
    set_environment()
    paths = [str(_PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    child = subprocess.run(
        [sys.executable, "-c", code or _COMPILE], env=environment, capture_output=True, text=True
    )
    if child.returncode:
        raise RuntimeError((child.stderr.strip().splitlines() or ["the compiler failed"])[-1])


def set_environment() -> None:
    """Tell the compiler, before it is imported, which vectors to use and where to cache.

    512-bit vectors: processors that have them are described as preferring 256 bits, which costs
    these loops a third. The cache is numba's own beside the file; for an installation that
    cannot be written to, the user's cache folder or else a temporary one.
    """
    if "numba" in sys.modules:
        return
    if "NUMBA_CPU_FEATURES" not in os.environ:
        from llvmlite import binding

        features = binding.get_host_cpu_features()
        if features.get("avx512f"):
            wide = features.flatten().replace("+prefer-256-bit", "-prefer-256-bit")
            if "-prefer-256-bit" not in wide:
                wide += ",-prefer-256-bit"
            os.environ["NUMBA_CPU_FEATURES"] = wide
    if "NUMBA_CACHE_DIR" not in os.environ and not _is_writable(Path(__file__).parent):
        user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rbm"
        folder = str(user) if _is_writable(user) else tempfile.mkdtemp(prefix="rbm-")
        os.environ["NUMBA_CACHE_DIR"] = folder


def notice_changes(
    name: str = "kernel", parts: tuple[str, ...] = ("lanes", "chain", "noise")
) -> None:
    """Make numba's cache see that a file which a kernel is compiled from has changed.

    It looks at the time of the kernel's own file, and would go on with the old machine code.
    """
    folder = Path(__file__).parent
    newest = max((folder / f"{part}.py").stat().st_mtime for part in parts)
    kernel = folder / f"{name}.py"
    if newest > kernel.stat().st_mtime:
        with suppress(OSError):  # an installation that cannot be written to does not change
            os.utime(kernel)


def _is_writable(folder: Path) -> bool:
    try:
        (folder / "__pycache__").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder / "__pycache__"):
            return True
    except OSError:
        return False
