"""The pool that trains for all tabs of a server: one worker a core, pieces of some 15 ms.

A playing tab has at most one piece queued, and queues the next one behind everybody else's: first
come, first served, so thirty tabs get equal shares and nobody starves. The compiled engine has
released the interpreter lock meanwhile, so page scripts go on. Each ask of a tab's live view
renews its lease; without one its pieces stop by themselves (decision 0006).
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

ACTIVE_SECONDS = 2.0
"""A tab whose view has asked within this time counts as playing."""

POOL = ThreadPoolExecutor(max(1, os.cpu_count() or 1), thread_name_prefix="train")


class Players:
    """Who plays now; asked by many threads."""

    def __init__(self) -> None:
        self._seen: dict[int, float] = {}
        self._lock = threading.Lock()

    def count(self, who: int) -> int:
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


PLAYERS = Players()
