"""Which Chromium the browser tests drive, and with which flags; run it to print the path."""

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",  # the tests often run as root, in containers
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MISSING = (
    "The browser tests need Chromium; on Debian: sudo apt install chromium "
    "(elsewhere: .venv/bin/python -m playwright install --with-deps chromium)"
)


def starts(path: str | Path) -> bool:
    """Whether the program answers when asked for its version (a snap's stub may not)."""
    command = [str(path), "--version"]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


def find_chromium() -> str | None:
    """The distribution's Chromium, else Playwright's own; None when neither starts."""
    for name in NAMES:
        path = shutil.which(name)
        if path and starts(path):
            return path
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.exists() and starts(own) else None


if __name__ == "__main__":
    sys.exit(MISSING) if (found := find_chromium()) is None else print(found)
