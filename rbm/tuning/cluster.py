"""A Dask cluster as an executor: the same trials, on the workers of a scheduler elsewhere.

The package `distributed` is optional (`pip install 'rbm[cluster]'`). A worker that dies loses
nothing, as the scheduler has its trials run by others; a scheduler that dies ends the executor with
a sentence. Machines may differ in processor, which changes a float32's last bit and nothing else;
they may not differ in the versions checked here.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import socket
import threading
import time
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import urlsplit

from rbm.tuning.executors import ExecutorLost

_Result = TypeVar("_Result")

IDLE_SECONDS = 30.0
"""How long a cluster may be without workers, which come and go, before that is trouble."""


class Cluster(Executor):
    """The workers of the Dask scheduler at `address`, as in "tcp://10.0.0.5:8786".

    Raises `ExecutorLost` with a sentence where there is no such scheduler within `timeout`
    seconds, or no worker, or one of other versions, or the package is not installed.
    """

    def __init__(self, address: str, timeout: float = 10.0) -> None:
        try:
            import distributed
        except ImportError:
            raise ExecutorLost(
                "A Dask cluster needs a package that is not installed: pip install 'rbm[cluster]'."
            ) from None
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # sentences instead
        self.address = address
        try:
            _knock(address, timeout)  # as a client that has failed once is never quiet again
            self._client = distributed.Client(address, timeout=timeout, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ExecutorLost(
                f"No Dask scheduler answers at {address!r} ({_short(error)}): start one with "
                "`dask scheduler`, or correct the address."
            ) from error
        try:
            self._check(timeout)
        except BaseException:
            self._client.close()
            raise
        self._open: dict[Future[Any], Any] = {}
        """What is asked of the cluster, by what its callers hold."""
        self._seen_workers = time.monotonic()

    @property
    def workers(self) -> int:
        """How many trials the cluster runs at once now."""
        return sum(self._client.nthreads().values())

    @property
    def lost(self) -> bool:
        """Whether its scheduler has gone away, so that only another `Cluster` can help."""
        return bool(self._client.status != "running")

    @property
    def trouble(self) -> str:
        """Why trials have to wait, in a sentence; "" while they need not. Asks nobody: it goes by
        what the scheduler has last told, which it does every two seconds."""
        if self.lost:
            return self._gone
        if self._client.scheduler_info(n_workers=-1).get("workers"):
            self._seen_workers = time.monotonic()
            return ""
        if time.monotonic() - self._seen_workers < IDLE_SECONDS:
            return ""
        return (
            f"The Dask cluster at {self.address} has no workers, so trials wait: start some with "
            f"`dask worker {self.address}`."
        )

    def submit(self, fn: Callable[..., _Result], /, *args: Any, **kwargs: Any) -> Future[_Result]:
        """As every executor does; the function must be importable by the workers."""
        if self.lost:
            raise ExecutorLost(self._gone)
        asked = self._client.submit(fn, *args, pure=False, **kwargs)
        answer: Future[_Result] = Future()
        self._open[answer] = asked
        answer.add_done_callback(self._settled)
        loop: Any = self._client.loop
        loop.add_callback(self._deliver, asked, answer)
        return answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Lets go of the cluster, which goes on; its trials of ours are cancelled or waited for."""
        if wait and not cancel_futures:
            futures.wait(list(self._open))
        for answer in list(self._open):
            answer.cancel()
        self._client.close()

    async def _deliver(self, asked: Any, answer: Future[Any]) -> None:
        """Gives `answer` what comes of a trial, and also an end when its result cannot be had any
        more: Dask's own executor leaves that future open for ever when the scheduler dies between
        the end of a trial and the fetching of its result."""
        try:
            result = await self._client.gather(asked, asynchronous=True)
        except (Exception, asyncio.CancelledError) as error:
            own = asked.status == "error"  # the trial's
            with suppress(InvalidStateError):  # somebody has cancelled it
                answer.set_exception(error if own else ExecutorLost(self._gone))
        else:
            with suppress(InvalidStateError):
                answer.set_result(result)

    def _settled(self, answer: Future[Any]) -> None:
        asked = self._open.pop(answer)
        if answer.cancelled() and not (self.lost or asked.done()):
            asked.cancel()

    @property
    def _gone(self) -> str:
        return f"The Dask scheduler at {self.address} has gone away."

    def _check(self, timeout: float) -> None:
        """Raises `ExecutorLost` unless there are workers, and all of them can do our trials."""
        try:
            self._client.wait_for_workers(1, timeout)
        except TimeoutError:
            raise ExecutorLost(
                f"The Dask scheduler at {self.address} has no workers: start some with "
                f"`dask worker {self.address}`."
            ) from None
        try:
            found = _within(2 * timeout, self._client.run, versions)
        except TimeoutError:
            raise ExecutorLost(
                f"A worker of {self.address} does not answer: end it, or start it again."
            ) from None
        except Exception as error:  # the worker's own: most likely it cannot import this package
            raise ExecutorLost(
                f"The workers of {self.address} cannot run this program ({_short(error)}): install "
                "it there too, with the same versions."
            ) from error
        ours = versions()
        for worker, theirs in found.items():
            for name, needed in ours.items():
                if theirs.get(name) != needed:
                    raise ExecutorLost(
                        f"The worker {worker} has {name} {theirs.get(name)} where this program has "
                        f"{needed}: both must be the same."
                    )


def versions() -> dict[str, str]:
    """What must be the same wherever a trial runs, by name."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"Python": python, **{name: version(name) for name in CHECKED}}


def _within(seconds: float, ask: Callable[..., _Result], *arguments: Any) -> _Result:
    """What `ask` returns; `TimeoutError` when it takes too long, and is left alone."""
    answer: Future[_Result] = Future()

    def wait() -> None:
        try:
            answer.set_result(ask(*arguments))
        except Exception as error:  # whatever it is belongs to whoever asked
            answer.set_exception(error)

    threading.Thread(target=wait, name="rbm-cluster", daemon=True).start()
    return answer.result(seconds)


def _knock(address: str, timeout: float) -> None:
    """Raises OSError where nobody listens, ValueError for what is no address."""
    parts = urlsplit(address)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port:
        raise ValueError("an address looks like tcp://HOST:8786")
    with socket.create_connection((parts.hostname, parts.port), timeout):
        pass


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


CHECKED = ("rbm", "distributed", "numpy")
"""Packages whose versions must be those of this machine, besides Python's major and minor."""
