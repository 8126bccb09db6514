"""How quickly the page comes up, draws and reacts: a real server and a real Chromium.

`python -m benchmarks.page [--json] [--quick]`. Times depend on the machine and on what else it
does; the ratios to look at are pictures per second against the screen's 60, and the reaction to
Pause against the 200 ms in which a press feels immediate.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, MISSING, find_chromium
from tests.browser.playground import Playground
from tests.browser.server import serve, wait_until


def measure(rounds: int, seconds: float) -> dict[str, float]:
    """Seconds to the first picture of a fresh server and of a second visit, pictures per second
    while training, and the median reaction to Pause (press to the button's change), in seconds.
    """
    path = find_chromium()
    if path is None:
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        begun = time.perf_counter()
        with serve(Path(folder)) as server:
            chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
            first = Playground(chromium.new_page(), server.url)
            cold = time.perf_counter() - begun
            first.page.close()
            begun = time.perf_counter()
            ground = Playground(chromium.new_page(), server.url)
            warm = time.perf_counter() - begun
            pauses, rates, epochs = [], [], []
            for _ in range(rounds):
                ground.press("Play")
                ground.button("Pause").wait_for()
                before, epoch, start = ground.pictures, ground.newest, time.perf_counter()
                ground.page.wait_for_timeout(1000 * seconds)
                took = time.perf_counter() - start
                rates.append((ground.pictures - before) / took)
                epochs.append((ground.newest - epoch) / took)
                start = time.perf_counter()
                ground.press("Pause")
                ground.button("Play").wait_for()
                pauses.append(time.perf_counter() - start)
                ground.press("Reset")
                wait_until(lambda: ground.newest == 0, "the reset")
            chromium.close()
    return {
        "first_picture_fresh_server_s": cold,
        "first_picture_second_visit_s": warm,
        "pictures_per_second": statistics.median(rates),
        "epochs_per_second": statistics.median(epochs),
        "reaction_to_pause_s": statistics.median(pauses),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    result = measure(*((2, 2.0) if options.quick else (7, 4.0)))
    if options.json:
        json.dump(result, sys.stdout)
        return
    for name, value in result.items():
        print(f"{name.replace('_', ' '):32} {value:8.2f}")


if __name__ == "__main__":
    main()
