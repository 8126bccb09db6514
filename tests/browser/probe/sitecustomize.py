"""Lets a test ask a running server how many objects of ours live in it (signal SIGUSR1).

Python imports a module of this name at start when its folder is on the path; only the tests'
server has it there, so the app itself knows nothing of it.
"""

import gc
import json
import os
import signal
import threading
from collections import Counter
from pathlib import Path


def count(signum: int, frame: object) -> None:
    gc.collect()
    living = Counter(
        type(thing).__name__
        for thing in gc.get_objects()
        if str(getattr(type(thing), "__module__", "")).startswith("rbm")
    )
    answer = Path(os.environ["RBM_CENSUS"])
    draft = answer.with_suffix(".draft")
    draft.write_text(json.dumps({**living, "threads": threading.active_count()}))
    draft.rename(answer)  # whole or not at all


if "RBM_CENSUS" in os.environ:
    signal.signal(signal.SIGUSR1, count)
