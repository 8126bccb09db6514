"""A worker process: `python -m rbm.tuning.worker` does jobs until no more can come.

Its parent writes pickled (function, arguments, keywords) to its standard input and reads pickled
(True, result) or (False, exception) from its standard output, one at a time. The end of the input
is the end of the parent, and so of the worker.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import IO, Any

NICENESS = 10
"""Trials give way to whoever waits before a screen."""


def main() -> None:
    # What a job prints must not get between the results.
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the parent
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with suppress(BrokenPipeError):  # the parent has gone, or wants no more
        serve(sys.stdin.buffer, results)


def serve(jobs: IO[bytes], results: IO[bytes]) -> None:
    """Does job after job until there are no more."""
    while True:
        try:
            function, arguments, keywords = pickle.load(jobs)
        except EOFError:
            return
        results.write(_answer(function, arguments, keywords))
        results.flush()


def _answer(function: Any, arguments: Any, keywords: Any) -> bytes:
    try:
        return pickle.dumps((True, function(*arguments, **keywords)))
    except Exception as error:  # whatever it is, it belongs to whoever gave the job
        return pickle.dumps((False, error))


if __name__ == "__main__":
    main()
