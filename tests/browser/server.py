"""The real server for tests, started as `make run` starts it, on a free port of this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks this machine itself, whatever proxy the environment names."""

QUIET = ("--server.address", "127.0.0.1", "--server.fileWatcherType", "none")
"""Nobody else can reach the server, and files that are edited meanwhile do not disturb it."""


@dataclass(frozen=True)
class Server:
    """A running server. `url` has no slash at its end; `log` is what it has printed so far."""

    url: str
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def census(self) -> dict[str, int]:
        """How many threads the server has and how many living objects of our own, by class.

        Answered by `probe/sitecustomize.py` inside the server, when it gets a signal.
        """
        answer = self.folder / "census.json"
        answer.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        wait_until(answer.exists, "the server to count its objects", 20)
        counted: dict[str, int] = json.loads(answer.read_text())
        return counted

    def resident(self) -> float:
        """Megabytes of memory the server holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(row.split()[1]) / 1024 for row in status.splitlines() if "VmRSS" in row)


def wait_until(condition: Callable[[], object], what: str, seconds: float = 90.0) -> None:
    """Polls `condition()` until it is true; `AssertionError` naming `what` when it never is."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain for {what}"
        time.sleep(0.05)


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serve(folder: Path, *options: str) -> Iterator[Server]:
    """Starts the app, waits until it is healthy, stops it at the end. `folder` takes its log."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {
        "RBM_LIBRARY": "off",  # nobody's own library or study is shown or touched
        "RBM_DATABASE": "off",
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent / "probe"),
        "RBM_CENSUS": str(folder / "census.json"),
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *QUIET, *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", process, folder)

    def healthy() -> bool:
        assert process.poll() is None, f"the server did not start:\n{server.log}"
        try:
            with DIRECT.open(f"{server.url}/_stcore/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    try:
        wait_until(healthy, "the server to be healthy", 60)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
