"""Where trials run: processes of this machine, or a Dask cluster; both are `Executor`s.

A trial is a pure function of its arguments, so one whose worker was lost is simply run again, by
another worker, and counts once: its caller holds one future for it. What cannot be had or has gone
away is an `ExecutorLost`, a sentence.

Processes are started as programs of their own rather than by `multiprocessing`, which would import
the main module of its parent into each of them; under Streamlit that is the app.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeVar

_Result = TypeVar("_Result")

WORKER = Path(__file__).with_name("worker.py")
ATTEMPTS = 3
"""How many workers may be lost over one job before it is given up."""


class ExecutorLost(RuntimeError):
    """Trials cannot run there, or no longer; the message is a sentence that says why."""


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers_of(executor: Executor) -> int:
    """How many trials an executor runs at once; 1 for one that does not say."""
    return max(getattr(executor, "workers", 1), 1)


class LocalWorkers(ThreadPoolExecutor):
    """Worker processes of this machine, started when first needed, each on one core.

    A thread of ours stands for each of them, hands it one job at a time and waits. A worker that
    dies takes only its own job with it, which is then done by a new one. Workers end with this
    process, however it ends, and give way to programs that people are waiting for.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()
        super().__init__(self.workers, thread_name_prefix="rbm-worker")
        self._of_thread = threading.local()
        self._children: list[_Child] = []
        self._closing = False

    def submit(self, fn: Callable[..., _Result], /, *args: Any, **kwargs: Any) -> Future[_Result]:
        """As every executor does; function, arguments and result must be picklable.

        Raises `ExecutorLost` once it was shut down, or as this process ends.
        """
        try:
            return super().submit(self._run, fn, args, kwargs)
        except RuntimeError as error:
            raise ExecutorLost("The workers of this machine have been stopped.") from error

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the workers when they are done, or, with `cancel_futures`, now."""
        if cancel_futures:
            self._closing = True
            for child in tuple(self._children):
                child.kill()
        super().shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            for child in self._children:
                child.close()

    def _run(self, fn: Callable[..., _Result], args: Any, kwargs: Any) -> _Result:
        job = pickle.dumps((fn, args, kwargs))
        for _ in range(ATTEMPTS):
            if self._closing:
                raise CancelledError
            try:
                worked, result = self._child().ask(job)
            except (EOFError, OSError, pickle.UnpicklingError):
                self._forget_child()
                continue
            if not worked:
                raise result
            return result
        if self._closing:
            raise CancelledError
        raise ExecutorLost(
            f"A trial ended its worker process {ATTEMPTS} times: this machine may be out of memory."
        )

    def _child(self) -> _Child:
        child: _Child | None = getattr(self._of_thread, "child", None)
        if child is None:
            child = self._of_thread.child = _Child()
            self._children.append(child)
            if self._closing:  # it came too late to be killed with the others
                child.kill()
        return child

    def _forget_child(self) -> None:
        child: _Child | None = getattr(self._of_thread, "child", None)
        if child is not None:
            child.close()
            self._children.remove(child)
            self._of_thread.child = None


class _Child:
    """One worker process: jobs go in by its standard input, results come out by its output."""

    def __init__(self) -> None:
        one_thread = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
        path = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(WORKER)],  # -P: nothing is imported from its own folder
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **one_thread, "PYTHONPATH": path},
        )

    def ask(self, job: bytes) -> tuple[bool, Any]:
        """(True, result) or (False, exception); EOFError or OSError when the process is gone."""
        jobs, results = self._pipes
        jobs.write(job)
        jobs.flush()
        worked, result = pickle.load(results)
        return worked, result

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """Lets it end, as it does when nothing more can come."""
        jobs, results = self._pipes
        with suppress(OSError):
            jobs.close()
        self._process.wait()
        results.close()

    @property
    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout
