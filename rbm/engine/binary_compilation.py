"""When the compiled updates of the Bernoulli machine can be used, for each precision apart.

A script compiles on first use, once on each computer, into the cache, as waiting pays. A live
server never does: its first use starts a child process that fills the cache, and the reference runs
until then. See `rbm.engine.compilation`, whose ways these are.
"""

from __future__ import annotations

import logging
import threading
from types import ModuleType

import numpy as np
from numpy.typing import DTypeLike

from rbm.engine import binary_reference, compilation
from rbm.engine.binary_state import BinaryOptions, start

_log = logging.getLogger(__name__)
_COMPILE = (
    "from rbm.engine import binary_compilation as b, compilation; "
    "compilation.compile_alone(lambda: b.load({kind!r}))"
)
_PARTS = ("binary_products", "binary_lanes", "lanes", "chain", "noise")
_loaded: dict[str, ModuleType | None] = {}
"""Name of a precision → the compiled updates, or None where they cannot be used (yet)."""
_loading = threading.Lock()


def fused(kind: DTypeLike) -> ModuleType | None:
    """The compiled updates for float32 or float64 arrays if they may be used now, else None."""
    name = np.dtype(kind).name
    if name in _loaded:
        return _loaded[name]
    with _loading:
        if name not in _loaded:
            if compilation.in_server():
                _loaded[name] = None
                threading.Thread(target=_prepare, args=(name,), daemon=True).start()
            else:
                _loaded[name] = _load_if_possible(name)
    return _loaded[name]


def load(kind: str) -> ModuleType:
    """Import the updates, compiled or from the cache, and see that they agree.

    Raises ImportError without the compiler, RuntimeError when the numbers are not those of the
    reference (a processor or a cache that misleads it).
    """
    compilation.set_environment()
    compilation.notice_changes("binary_kernel", _PARTS)
    from rbm.engine import binary_fused

    data = np.array([[0, 1, 0.5], [1, 1, 0], [0, 0, 1]], kind)
    options = BinaryOptions(0.5, 0.5, 0.1, rule="pcd", batch_size=2, seed=3)
    state = start(data.mean(0), len(data), 2, options)
    order = np.array([2, 0, 1])
    compiled = binary_fused.train(state, data, options, order).copies()
    expected = binary_reference.train(state, data, options, order).copies()
    if not all(np.allclose(compiled[name], expected[name], atol=1e-5) for name in expected):
        raise RuntimeError("the compiled numbers differ from those of the reference")
    return binary_fused


def _load_if_possible(name: str) -> ModuleType | None:
    try:
        return load(name)
    except Exception:  # whatever went wrong, the reference does the same, slower
        _log.warning("training without the compiler", exc_info=True)
        return None


def _prepare(name: str) -> None:
    """What a server's thread does: have a child compile, then load what it made."""
    try:
        compilation.compile_in_child(_COMPILE.format(kind=name))
    except RuntimeError:
        _log.warning("training without the compiler", exc_info=True)
        return
    _loaded[name] = _load_if_possible(name)
