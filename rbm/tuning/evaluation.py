"""Many trials on an executor: outcomes as they come, and a thread that waits for them.

`evaluate` is a generator, and that is its whole remote control: whoever stops asking pauses it, as
nothing new is started, and whoever closes it cancels what has not begun.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from rbm.tuning.executors import ExecutorLost, workers_of
from rbm.tuning.trial import Outcome, Trial, run_trial

_Item = TypeVar("_Item")

SETTLED = 8
"""Trials from which on the pace is taken without the start of the workers, several of which may
bring their first trials at once."""
_Result = TypeVar("_Result")


def evaluate(
    trials: Iterable[Trial], executor: Executor
) -> Generator[tuple[int, Outcome], None, None]:
    """(place, outcome) of every trial, in the order of their ends; each exactly once.

    Trials are taken from the iterable as room gets free. Raises `ExecutorLost` with a sentence
    when there is nothing left to run them on, and what `run_trial` raises.
    """
    source = enumerate(trials)
    waiting: dict[Future[Outcome], int] = {}
    room = 2 * workers_of(executor)  # one at work and one ready, so that no worker ever waits
    try:
        while True:
            for place, trial in islice(source, room - len(waiting)):
                waiting[executor.submit(run_trial, trial)] = place
            if not waiting:
                return
            for future in ended(waiting):
                yield waiting.pop(future), result_of(future)
    finally:
        for future in waiting:
            future.cancel()


def ended(waiting: Iterable[Future[_Result]]) -> list[Future[_Result]]:
    """Waits until one or more are done: those, the ones that failed last, so that they take no
    result with them."""
    done = wait(waiting, return_when=FIRST_COMPLETED).done
    return sorted(done, key=lambda future: future.cancelled() or future.exception() is not None)


def result_of(future: Future[_Result]) -> _Result:
    """The result of a future that is done; `ExecutorLost` when its executor took it away."""
    try:
        return future.result()
    except CancelledError:
        raise ExecutorLost(
            "Trials were taken away before they had ended: what ran them has gone away."
        ) from None
    except Exception as error:  # whatever the trial raised belongs to the caller, but for one:
        if type(error).__name__ == "KilledWorker":  # of Dask, which need not be installed
            raise ExecutorLost(
                "A trial ended every worker that the cluster gave it to: they may be out of memory."
            ) from error
        raise


@dataclass(frozen=True)
class Progress:
    """How far: trials done, of how many (None: not known), the seconds that took, and those until
    the `first` was done, in which workers had to be started too."""

    done: int
    total: int | None
    seconds: float
    first: float = 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds to go at the pace so far; None while there is no telling."""
        if self.total is None or self.done == 0:
            return None
        return self.left([1.0] * self.done, max(self.total - self.done, 0))

    def left(self, done: Sequence[float], left: float) -> float:
        """Seconds for what costs `left`, in any unit; what is `done` has cost that, in order."""
        if len(done) > SETTLED:
            return (self.seconds - self.first) / sum(done[1:]) * left
        return self.seconds / sum(done) * left


class Background(Generic[_Item]):
    """Draws from a generator in a thread of its own: what a page looks at from time to time.

    `state`: "running", "paused", "done", "cancelled" or "failed", and then `message` says why.
    `keep` is called in that thread with each item as it comes. When nobody has called `look` for
    `patience` seconds it pauses by itself, and is then `dozing` until somebody looks again.
    """

    def __init__(
        self,
        items: Generator[_Item, None, None],
        total: int | None = None,
        keep: Callable[[_Item], object] | None = None,
        patience: float = math.inf,
    ) -> None:
        self._source = items
        self._total = total
        self._keep = keep
        self._patience = patience
        self._looked = self._moved = time.monotonic()
        self.dozing = False
        self._items: list[_Item] = []
        self._going = threading.Event()
        self._cancelled = threading.Event()
        self._seconds = 0.0
        self._first = 0.0
        self._since = time.monotonic()
        self._end = ""
        self.message = ""
        self._going.set()
        self._thread = threading.Thread(target=self._draw, name="rbm-tuning", daemon=True)
        self._thread.start()

    @property
    def state(self) -> str:
        if self._cancelled.is_set() and not self._end:
            return "cancelled"
        return self._end or ("running" if self._going.is_set() else "paused")

    @property
    def items(self) -> tuple[_Item, ...]:
        """All that has come so far, in order."""
        return tuple(self._items)

    @property
    def progress(self) -> Progress:
        """How far it is; the seconds of a pause do not count."""
        moving = self.state == "running"
        spent = self._seconds + (time.monotonic() - self._since if moving else 0.0)
        return Progress(len(self._items), self._total, spent, self._first)

    @property
    def quiet(self) -> float:
        """Seconds for which nothing has come although it runs."""
        return time.monotonic() - self._moved if self.state == "running" else 0.0

    def look(self) -> None:
        """Somebody wants what it does: if it had paused as nobody did, it goes on."""
        self._looked = time.monotonic()
        if self.dozing:
            self.resume()

    def pause(self) -> None:
        """Starts nothing new; what is at work is finished and comes after `resume`."""
        if self.state == "running":
            self._going.clear()
            self._stop_clock()

    def resume(self) -> None:
        self.dozing = False
        if self.state == "paused":
            self._since = self._moved = time.monotonic()
            self._going.set()

    def cancel(self) -> None:
        """Ends it at once, keeping what has come. What is at work, which may never come as its
        workers have gone, is not waited for, and given up."""
        if self.state == "running":
            self._stop_clock()
        self._cancelled.set()
        self._going.set()

    def join(self, timeout: float | None = None) -> None:
        """Waits until nothing more will come."""
        self._thread.join(timeout)

    def _draw(self) -> None:
        end = "failed"
        try:
            for item in self._source:
                if self._cancelled.is_set():
                    break
                self._moved = time.monotonic()
                if not self._items:
                    self._first = self.progress.seconds
                try:
                    if self._keep is not None:
                        self._keep(item)
                finally:  # what cannot be kept can still be shown
                    self._items.append(item)
                if time.monotonic() - self._looked > self._patience and self.state == "running":
                    self.dozing = True
                    self.pause()
                self._going.wait()
                if self._cancelled.is_set():
                    break
            else:
                end = "done"
        except (ExecutorLost, ValueError) as error:
            self.message = str(error)
        finally:
            self._source.close()
            if self.state == "running":
                self._stop_clock()
            if end == "failed" and self._cancelled.is_set():
                end, self.message = "cancelled", ""
            elif end == "failed" and not self.message:  # Python tells the server's log what it was
                self.message = "It ended by a fault of this program; the server's log says which."
            self._end = end

    def _stop_clock(self) -> None:
        self._seconds += time.monotonic() - self._since
