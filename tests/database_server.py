"""A PostgreSQL server of the tests' own, in a folder that goes away, which can be stopped.

Its programs are those that `tools/database.sh` finds or installs. A server refuses to run as root,
so as root it runs as the user that the distribution's package makes.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

USER = "postgres"


class DatabaseServer:
    """Begins stopped; `url` leads to an empty database of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="rbm-postgresql-"))
        self._data = self._folder / "data"
        if os.geteuid() == 0:
            shutil.chown(self._folder, USER)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._run("initdb", "-A", "trust", "-U", USER, "-N", "-D", str(self._data))

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:secret@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._control("start", "-o", options, "-l", str(self._folder / "log"))

    def stop(self) -> None:
        """As when the power fails."""
        self._control("stop", "-m", "immediate")

    def remove(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-w", "-D", str(self._data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(program_path(program)), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]
        subprocess.run(
            command, check=True, cwd=self._folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip


def program_path(name: str) -> Path:
    """A program of PostgreSQL: on PATH, or where Debian keeps those of each version.

    Raises `FileNotFoundError`.
    """
    found = shutil.which(name)
    if found is not None:
        return Path(found)
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not versions:
        raise FileNotFoundError(f"PostgreSQL's {name} is not installed: run tools/database.sh.")
    return versions[-1]


if __name__ == "__main__":
    print(program_path("initdb"))
