"""Install pip into the running interpreter's environment where `ensurepip` is missing.

pip's wheel is a zip file that can run itself: it is fetched from the package index
(`PIP_INDEX_URL`, or PyPI), compared with the SHA-256 the index states, and told to install itself.
Standard library only.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path


def newest_wheel(page: str) -> tuple[str, str]:
    """(address, SHA-256) of the newest pip release on an index page (PEP 503)."""
    links = re.findall(r'href="([^"]+/pip-([\d.]+)-py3-none-any\.whl)#sha256=([0-9a-f]{64})"', page)
    if not links:
        raise SystemExit("The package index lists no wheel of pip.")
    address, _, digest = max(links, key=lambda link: [int(part) for part in link[1].split(".")])
    return address, digest


def main() -> None:
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    try:
        with urllib.request.urlopen(index, timeout=60) as answer:
            address, digest = newest_wheel(answer.read().decode())
        with urllib.request.urlopen(urllib.parse.urljoin(index, address), timeout=60) as answer:
            wheel = answer.read()
    except OSError as error:
        raise SystemExit(f"pip could not be fetched from {index}: {error}") from None
    if hashlib.sha256(wheel).hexdigest() != digest:
        raise SystemExit("The fetched pip differs from what the index promised.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, address.rsplit("/", 1)[1])
        path.write_bytes(wheel)
        command = [sys.executable, str(path / "pip"), "install", "--quiet", "--no-index", str(path)]
        raise SystemExit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    main()
