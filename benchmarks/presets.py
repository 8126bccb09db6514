"""How well each preset learns each pattern: mismatch, 0 as good as fresh data, 1 uniform noise.

Every run has its own sample of the pattern, first weights and noise. The trained machine takes
2,000 uniform starts through 50 noisy passes with the σ it was trained with, and the cloud is
compared with 20,000 reference points. Shown are means over patterns and seeds with a 95 % bootstrap
interval (seeds resampled within each pattern), beside the interval published for twelve patterns.

"Tutorial (2008)" has the rates of the tutorial's text. Its program divides the statistics by
points × visible units, which halves both rates; the published row is that of the program's rates,
so they have a row of their own here. `python -m benchmarks.presets --help`
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context

import numpy as np

import rbm
from rbm.tuning import Trial, run_trial
from rbm.tuning.confirmation import bootstrap_interval

PUBLISHED_PATTERNS = (
    "split_ring", "ring", "two_rings", "moons", "spiral", "gauss2",
    "gauss4", "gauss8", "checkerboard", "s_curve", "cross", "pinwheel",
)  # fmt: skip
GROUPS = {
    "published twelve": PUBLISHED_PATTERNS,
    "the others": tuple(name for name in rbm.PATTERNS if name not in PUBLISHED_PATTERNS),
}


@dataclass(frozen=True)
class Row:
    """A way of learning, and the mean and interval published for the twelve patterns."""

    settings: rbm.Settings
    epochs: int
    published: tuple[float, float, float] | None


@dataclass(frozen=True)
class Result:
    """What one row measured on one group of patterns; `seconds` is the mean training time."""

    row: str
    group: str
    mean: float
    low: float
    high: float
    worse_than_noise: float
    seconds: float
    published: tuple[float, float, float] | None
    by_pattern: dict[str, float]

    def line(self) -> str:
        """The result for people."""
        beside = "".ljust(19)
        if self.published is not None:
            mean, low, high = self.published
            agrees = "agrees" if self.low <= high and low <= self.high else "differs"
            beside = f"{mean:.2f} [{low:.2f}, {high:.2f}] {agrees}"
        return (
            f"{self.row:42} {self.mean:5.3f} [{self.low:.3f}, {self.high:.3f}]   "
            f"{self.worse_than_noise:4.0%}   {self.seconds:5.2f} s   {beside}"
        )


def measure(job: tuple[str, str, int]) -> tuple[float, float]:
    """(mismatch, seconds of training) of one run: row, pattern, seed."""
    name, pattern, seed = job
    row = ROWS[name]
    settings = replace(row.settings, pattern=pattern)
    outcome = run_trial(Trial(settings, row.epochs, (seed,), fresh_noise=True))
    return outcome.objective, outcome.seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.presets",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="2 seeds instead of 8")
    parser.add_argument("--row", choices=ROWS, help="measure this row only")
    options = parser.parse_args()
    seeds = 2 if options.quick else 8
    results = []
    if not options.json:
        print(f"{seeds} seeds a pattern; mean mismatch, 95 % interval, share of runs > 1, training")
    # fresh processes, so that no thread of this one is copied in the middle of its work
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for group, patterns in GROUPS.items():
            if not options.json:
                print(f"\n{group}: {', '.join(patterns)}")
            for name in [options.row] if options.row else ROWS:
                jobs = [(name, pattern, seed) for pattern in patterns for seed in range(seeds)]
                measured = np.array(list(pool.map(measure, jobs, chunksize=seeds)))
                scores = measured[:, 0].reshape(len(patterns), seeds)
                low, high = bootstrap_interval(scores)
                means = scores.mean(axis=1)
                result = Result(
                    name, group, float(scores.mean()), low, high, float((scores > 1).mean()),
                    float(np.median(measured[:, 1])),
                    ROWS[name].published if patterns is PUBLISHED_PATTERNS else None,
                    {p: round(float(mean), 3) for p, mean in zip(patterns, means, strict=True)},
                )  # fmt: skip
                results.append(result)
                if not options.json:
                    print(result.line(), flush=True)
                    print("   ", " ".join(f"{p} {v:.2f}" for p, v in result.by_pattern.items()))
    if options.json:
        json.dump({"seeds": seeds, "results": [asdict(r) for r in results]}, sys.stdout, indent=2)
        print()


_PUBLISHED = {
    "The tutorial's knobs, retuned": (0.34, 0.336, 0.345),
    "Better, 8 units": (0.28, 0.281, 0.288),
    "Better, 16 units": (0.16, 0.158, 0.169),
}
_TUTORIAL = rbm.PRESETS["Tutorial (2008)"]
ROWS: dict[str, Row] = {
    "Tutorial (2008), rates of its program": Row(
        replace(_TUTORIAL.settings, learning_rate=0.25, slope_learning_rate=0.25),
        _TUTORIAL.epochs,
        (0.69, 0.66, 0.72),
    ),
    **{
        name: Row(preset.settings, preset.epochs, _PUBLISHED.get(name))
        for name, preset in rbm.PRESETS.items()
    },
}


if __name__ == "__main__":
    main()
