"""Which values are better than the tutorial's: every preset on every pattern, and what beats it.

Each run has its own sample of 500 points, first weights and noise, from seeds that no search uses,
and the budget of visits that the tutorial's values take for 2,000 epochs. Mismatch: 2,000 uniform
starts, 50 noisy passes with the noise of training; 0 as good as fresh data, 1 no better than
uniform noise. `docs/better-values.md` is written from what this prints.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from tqdm import tqdm

from benchmarks.better_values import measuring, results
from benchmarks.better_values.gallery import draw
from benchmarks.better_values.learners import Learner
from benchmarks.better_values.page import in_page, tables
from benchmarks.better_values.results import Results
from benchmarks.better_values.rows import GROUPS
from rbm import engine
from rbm.patterns import PATTERNS
from rbm.tuning import LocalWorkers
from rbm.tuning.store import Store

DOCS = Path(__file__).parents[2] / "docs"
RESULTS, PAGE, PICTURES = DOCS / "better-values.json", DOCS / "better-values.md", DOCS / "pictures"
EXAMPLES = """\
examples:
  python -m benchmarks.better_values --resume sqlite:///values.sqlite --json values.json
  python -m benchmarks.better_values --rows "better, 8" --patterns ring,moons --seeds 4
  python -m benchmarks.better_values --check
"""


def main() -> int:
    options = _parser().parse_args()
    engine.warm_up(background=False)  # compiles once, where all workers would
    if options.pictures:
        draw(PICTURES)
        return 0
    if options.write_doc:
        kept = json.loads(RESULTS.read_text("utf-8"))
        PAGE.write_text(in_page(PAGE.read_text("utf-8"), kept), "utf-8")
        return 0
    try:
        found = measure(options)
    except KeyboardInterrupt:
        print("Stopped; with --resume URL, what was done is kept for next time.", file=sys.stderr)
        return 130
    if options.check:
        return check(found)
    if options.merge:
        found = results.merged(json.loads(Path(options.merge).read_text("utf-8")), found)
    if options.json == "-":
        print(results.to_text(found), end="")
        return 0
    if options.json:
        Path(options.json).write_text(results.to_text(found), "utf-8")
    for title, table in tables(found).items():
        print(f"\n{title}\n\n{table}")
    return 0


def measure(options: argparse.Namespace) -> Results:
    """The results of the rows, patterns and seeds that are asked for."""
    store = Store(options.resume)
    rows = chosen(options.rows, quick=options.quick or options.check)
    wanted = measuring.jobs(rows, options.patterns, seeds_of(options))
    executor = LocalWorkers(options.workers)
    try:
        runs = measuring.measured(wanted, executor, store)
        bar = tqdm(runs, total=len(wanted), unit="run", disable=not sys.stderr.isatty())
        return results.document(list(bar))
    finally:
        executor.shutdown(cancel_futures=True)
        store.close()


def chosen(words: str, quick: bool = False) -> dict[str, Mapping[str, Learner]]:
    """Rows by group: those whose "group: name" holds one of the words."""
    parts = [part.strip().casefold() for part in words.split(";")]
    found: dict[str, Mapping[str, Learner]] = {}
    for group, of_group in GROUPS.items():
        if quick and not words and not of_group.quick:
            continue
        found[group] = {
            name: learner
            for name, learner in of_group.learners.items()
            if any(part in f"{group}: {name}".casefold() for part in parts)
        }
    return {group: rows for group, rows in found.items() if rows}


def seeds_of(options: argparse.Namespace) -> dict[str, int]:
    """Seeds of each group: its own number unless told."""
    few = 2 if options.quick or options.check else None
    return {
        name: options.seeds or (group.seeds if few is None else min(few, group.seeds))
        for name, group in GROUPS.items()
    }


def check(found: Results) -> int:
    """Says how the rows compare with those committed; 1 when one does not agree."""
    lines = results.compared(json.loads(RESULTS.read_text("utf-8")), found)
    for name, then, now, agree in lines:
        print(f"{name:60} {then:6.3f} then, {now:6.3f} now   {'agrees' if agree else 'DIFFERS'}")
    return int(not all(agree for *_, agree in lines))


def _patterns(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in PATTERNS]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no pattern {unknown[0]!r}")
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.better_values",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_argument_group("what is measured")
    what.add_argument("--rows", default="", help='parts of "group: name", separated by ";"')
    what.add_argument("--patterns", type=_patterns, default=tuple(PATTERNS), help="by name: a,b,c")
    what.add_argument("--seeds", type=int, help="for every row (default: as the doc has them)")
    what.add_argument("--quick", action="store_true", help="2 seeds, of the main rows alone")
    place = parser.add_argument_group("where it runs, and where it is kept")
    place.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    place.add_argument(
        "--resume", metavar="URL", default="sqlite://",
        help="database of finished runs, as sqlite:///FILE: what is in it is not measured again",
    )  # fmt: skip
    place.add_argument("--merge", metavar="FILE", help="results whose other rows are kept")
    place.add_argument("--json", nargs="?", const="-", metavar="FILE", help="results as JSON")
    instead = parser.add_argument_group("instead")
    instead.add_argument(
        "--check",
        action="store_true",
        help="compare 2 seeds with the committed results",
    )
    instead.add_argument("--pictures", action="store_true", help="draw the gallery of the doc")
    instead.add_argument("--write-doc", action="store_true", help="tables of the doc from its JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
