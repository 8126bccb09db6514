"""`make bench`: everything the docs state as a number, measured on this machine.

Runs the scripts of `SCRIPTS` in turn, each in a process of its own, and shows what they print; with
`--json`, prints one object instead: {name of the script: what it measured}. `--quick` asks for
fewer repetitions. Exits with 0 whatever the numbers are: no figure here is a test.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

SCRIPTS = {
    "speed": "How fast an epoch is, against other ways to compute it",
    "binary": "The binary machine: time and likelihood beside scikit-learn",
    "binary_quality": "What the binary machine learns, and how well its likelihood is estimated",
    "better_values": "How well each preset learns each pattern, and what beats it",
    "tuning": "How many trials a second, and what they cost outside training",
    "strips": "What the strips below the controls cost, and whether they can be believed",
    "page": "How quickly the page comes up, draws and reacts, in Chromium",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--only", choices=SCRIPTS, help="run one script only")
    options = parser.parse_args()
    measured = {}
    for name, question in SCRIPTS.items():
        if options.only not in (None, name):
            continue
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        command += [f"--{flag}" for flag in ("json", "quick") if getattr(options, flag)]
        if options.json:
            print(f"{name}: {question} …", file=sys.stderr, flush=True)
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            measured[name] = json.loads(done.stdout)
        else:
            print(f"\n== {question} ({' '.join(command[1:])})\n", flush=True)
            subprocess.run(command, check=True)
    if options.json:
        print(json.dumps(measured, indent=2))


if __name__ == "__main__":
    main()
