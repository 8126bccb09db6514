"""The program of a worker process: it does jobs until no more can come.

Its parent writes pickled (function, arguments, keywords) to its standard input and reads pickled
(True, result) or (False, exception) from its standard output, one at a time. The end of the input
is the end of the parent, and so of the worker. It imports nothing of ours by itself, so that it is
there at once; what a job needs comes with the job.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import IO, Any

NICENESS = 5
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
    """The result, or else what was raised, which belongs to whoever gave the job."""
    try:
        return pickle.dumps((True, function(*arguments, **keywords)))
    except Exception as error:  # none is swallowed: the parent raises it where the result is asked
        try:
            return pickle.dumps((False, error))
        except Exception:  # pickling calls the exception's own code, which may raise anything
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))


if __name__ == "__main__":
    main()
