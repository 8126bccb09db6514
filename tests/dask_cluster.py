"""A Dask scheduler and its workers, each a process of its own on this machine."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


class DaskCluster:
    """A scheduler at `address`; workers are started and killed one by one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = self._wait_for(self._scheduler, r"Scheduler at:\s+(tcp://\S+)")
        self._workers: list[subprocess.Popen[str]] = []

    def add_worker(self) -> int:
        """Starts one and returns the id of its process once it is registered."""
        worker = self._start(
            "worker", self.address, "--nthreads", "1", "--nworkers", "1", "--no-nanny",
            "--local-directory", str(self._folder),
        )  # fmt: skip
        self._wait_for(worker, r"(Registered to)")
        self._workers.append(worker)
        return worker.pid

    def kill_worker(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def kill_workers(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.wait()

    def kill_scheduler(self) -> None:
        self._scheduler.kill()
        self._scheduler.wait()

    def close(self) -> None:
        for process in (*self._workers, self._scheduler):
            process.kill()
            process.communicate()

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:],
             "--no-dashboard"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def _wait_for(self, process: subprocess.Popen[str], what: str) -> str:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if found := re.search(what, line):
                return found[1]
        raise RuntimeError("It ended: " + "".join(said))
