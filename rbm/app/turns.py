"""Whose turn it is to train: a first-come, first-served gate for the whole server.

Training happens inside the tick that a tab's live view asks for, in slices of some 15 ms during
which the compiled engine has released the interpreter lock. Thirty tabs would then want thirty
cores at once, and threads that fight for cores make page scripts late and shares unequal. So each
slice waits for one of a few turns, in the order of asking: nobody is overtaken, nobody starves.
(Measured against free threads and a worker pool: `docs/decisions/0006-training-in-the-tick.md`.)
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

ACTIVE_SECONDS = 2.0
"""A tab that has asked for a tick within this time counts as playing."""


class Turns:
    """At most `slots` slices at a time, in the order they were asked for."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._waiting: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self._seen: dict[int, float] = {}

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for a slot, holds it for the body, hands it to whoever has waited longest."""
        with self._lock:
            ticket = None
            if self._free:
                self._free -= 1
            else:
                ticket = threading.Event()
                self._waiting.append(ticket)
        if ticket is not None:
            ticket.wait()
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._free += 1

    def players(self, who: int) -> int:
        """Notes that tab `who` plays now; how many tabs do."""
        now = time.monotonic()
        with self._lock:
            self._seen[who] = now
            self._seen = {
                tab: seen for tab, seen in self._seen.items() if now - seen < ACTIVE_SECONDS
            }
            return len(self._seen)

    def leave(self, who: int) -> None:
        """Tab `who` has stopped playing."""
        with self._lock:
            self._seen.pop(who, None)


TURNS = Turns(max(1, os.cpu_count() or 1))
"""The gate of this server: one slice a core."""
