"""What tests give to workers to do, in a module that is quickly imported there."""

import os
import signal
import threading
import time
from pathlib import Path


def die_once(mark: Path) -> str:
    """Ends its worker the first time, and counts how often it was begun."""
    with mark.open("a") as file:
        file.write("begun\n")
    if mark.read_text().count("begun") == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die(mark: Path) -> None:
    with mark.open("a") as file:
        file.write("begun\n")
    os.kill(os.getpid(), signal.SIGKILL)


def fail(message: str) -> None:
    raise ValueError(message)


def fail_with_a_lock() -> None:
    raise ValueError("held", threading.Lock())


def say(text: str) -> str:
    print(text, flush=True)
    return text


def slow(mark: Path) -> None:
    mark.write_text(str(os.getpid()))
    time.sleep(60)


def threads_and_niceness() -> tuple[str, int]:
    return os.environ["OPENBLAS_NUM_THREADS"], os.nice(0)
