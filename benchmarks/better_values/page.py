"""The tables of `docs/better-values.md`, made from the results and from nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from benchmarks.better_values.results import Results, difference, half_width, scores_of, summary
from benchmarks.better_values.rows import CHANGED, PUBLISHED, TWELVE
from rbm.patterns import PATTERNS
from rbm.settings import Settings

MARKED = re.compile(r"(<!-- table: (?P<name>[^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)
SEARCHED = "searched for each pattern"
"""The group of rows that `by_pattern` measures."""
FOUND = ("n_hidden", "sigma", "visible_slope", "k", "slope_learning_rate")
"""What is searched for each pattern alone."""
RESAMPLED = "The 500 points, resampled"


def in_page(text: str, results: Results) -> str:
    """The page with every marked table as the results have it; `KeyError` for an unknown one."""
    asked = [f"changes of {preset}" for preset in CHANGED] + ["through the chain", SEARCHED]
    made = dict.fromkeys(asked, "*Not measured.*") | tables(results)
    return MARKED.sub(lambda mark: f"{mark[1]}\n{made[mark['name']]}\n\n{mark[3]}", text)


def tables(results: Results) -> dict[str, str]:
    """Every table by its name, in Markdown."""
    made = {"answer": _answer(results)}
    for name, group in results["groups"].items():
        if name.startswith("changes of "):
            base = results["groups"].get("machines", {}).get(name.removeprefix("changes of "))
            if base is not None:
                made[name] = _changes(group, base)
    made |= {name: table(results) for name, table in TABLES.items()}
    return {name: text for name, text in made.items() if text}


def _answer(results: Results) -> str:
    lines = []
    for name, row in _rows(results).items():
        patterns = [pattern for pattern in PATTERNS if pattern in row["scores"]]
        whole = summary(row, patterns)
        twelve = set(TWELVE) <= set(patterns)
        lines.append([
            name,
            str(row["units"] or "–"),
            str(row["numbers"] or "all points"),
            _interval(whole.mean, whole.low, whole.high),
            _interval(*_first_three(row, TWELVE)) if twelve else "–",
            _published(name),
            f"{whole.worst:.2f}",
            f"{whole.above_one} of {whole.runs}",
            str(row["diverged"]),
            f"{row['seconds']:.2f}",
        ])  # fmt: skip
    heads = ("", "units", "numbers learnt", f"mean of {_patterns_in(results)} patterns",
             "mean of the twelve", "published", "worst run", "runs above 1", "diverged",
             "seconds")  # fmt: skip
    return _table(heads, lines)


def _by_pattern(groups: Sequence[str]) -> Callable[[Results], str]:
    def table(results: Results) -> str:
        rows = {
            name: row for group in groups for name, row in results["groups"].get(group, {}).items()
        }
        if not rows:
            return ""
        lines = []
        for pattern in PATTERNS:
            means = {
                name: float(scores_of(row, [pattern]).mean())
                for name, row in rows.items()
                if pattern in row["scores"]
            }
            if not means:
                continue
            best = min(means.values())
            cells = [
                "–" if name not in means
                else f"**{means[name]:.2f}**" if means[name] == best
                else f"{means[name]:.2f}"
                for name in rows
            ]  # fmt: skip
            lines.append([PATTERNS[pattern].label, *cells])
        return _table(("pattern", *rows), lines)

    return table


def _changes(group: Mapping[str, Results], base: Results) -> str:
    lines = []
    for name, row in group.items():
        patterns = [p for p in PATTERNS if p in row["scores"] and p in base["scores"]]
        mean, low, high = difference(row, base, patterns)
        told = "worse" if low > 0 else "better" if high < 0 else "–"
        whole = summary(row, patterns)
        lines.append([
            name, f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]", told,
            f"{whole.above_one} of {whole.runs}", str(row["diverged"]), f"{row['seconds']:.2f}",
        ])  # fmt: skip
    heads = ("changed", "difference of the mean", "", "runs above 1", "diverged", "seconds")
    return _table(heads, lines)


def _steps(results: Results) -> str:
    rows = list(results["groups"].get("machines", {}).items())
    lines = []
    for (before, base), (name, row) in pairwise(rows):
        patterns = [pattern for pattern in PATTERNS if pattern in row["scores"]]
        own, other = (scores_of(held, patterns) for held in (row, base))
        seeds = min(own.shape[1], other.shape[1])
        paired = own[:, :seeds] - other[:, :seeds]
        mean, half = float(paired.mean()), half_width(paired)
        wins = sum(paired.mean(axis=1) < 0)
        told = _interval(mean, mean - half, mean + half)
        lines.append([name, before, told, f"{wins} of {len(patterns)}"])
    heads = ("", "against", "difference of the mean", "patterns on which it is better")
    return _table(heads, lines) if lines else ""


def _limit(results: Results) -> str:
    rows = results["groups"].get("through the chain", {})
    name, base = "Better, 8 units", results["groups"].get("machines", {}).get("Better, 8 units")
    if base is None or not rows:
        return ""
    lines = []
    for row_name, row in {name: base, **rows}.items():
        patterns = [pattern for pattern in PATTERNS if pattern in row["scores"]]
        whole, gap = summary(row, patterns), "–"
        if row is not base:
            gap = "{:+.3f} [{:+.3f}, {:+.3f}]".format(*difference(row, base, patterns))
        lines.append([
            row_name, str(row["numbers"]), _interval(whole.mean, whole.low, whole.high), gap,
            f"{whole.worst:.2f}", str(whole.runs), f"{row['seconds']:.1f}",
        ])  # fmt: skip
    heads = ("", "numbers learnt", "mean", f"difference from {name}", "worst run", "runs",
             "seconds")  # fmt: skip
    return _table(heads, lines)


def _searched(results: Results) -> str:
    """Winners of a search for each pattern alone, against "Better values" on equal seeds."""
    rows, base = results["groups"].get(SEARCHED, {}), results["groups"].get("machines", {})
    if not rows or "Better values" not in base:
        return ""
    lines = []
    for name, row in rows.items():
        (pattern,) = row["scores"]
        own, usual = (scores_of(r, [pattern]) for r in (row, base["Better values"]))
        gain = own - usual[:, : own.shape[1]]
        mean, half = float(gain.mean()), half_width(gain)
        whole = summary(row, [pattern])
        found = [row["settings"][setting] for setting in FOUND]
        lines.append([
            name, *(f"{value:.3g}" for value in found),
            _interval(whole.mean, whole.low, whole.high), f"{usual.mean():.3f}",
            f"{mean:+.3f} [{mean - half:+.3f}, {mean + half:+.3f}]",
        ])  # fmt: skip
    return _table(("pattern", *FOUND, "mismatch", "Better values", "difference"), lines)


def _slopes(results: Results) -> str:
    lines = []
    for name, row in results["groups"].get("machines", {}).items():
        settings = Settings(**row["settings"])
        sigma, visible = settings.sigma, settings.visible_slope
        lines.append([
            name, f"{sigma:g}", f"{row['slope']:.2f}", f"{row['slope'] * sigma:.2f}",
            f"{visible * sigma:.3f}", f"{visible * row['units']:.2f}",
        ])  # fmt: skip
    heads = ("", "σ", "A_h, median", "A_h · σ", "A_v · σ", "A_v × units")
    return _table(heads, lines) if lines else ""


def _settings(results: Results) -> str:
    rows = results["groups"].get("machines", {})
    held = {name: Settings(**row["settings"]) for name, row in rows.items()}
    names = [
        name for name in vars(Settings())
        if len({getattr(settings, name) for settings in held.values()}) > 1
    ]  # fmt: skip
    lines = [[name, *(_value(getattr(s, name)) for s in held.values())] for name in names]
    lines.append(["epochs", *(f"{row['epochs']:,}" for row in rows.values())])
    return _table(("setting", *rows), lines) if rows else ""


def _cost(results: Results) -> str:
    lines = []
    for group, rows in results["groups"].items():
        runs = {name: sum(map(len, row["scores"].values())) for name, row in rows.items()}
        seconds = sum(count * rows[name]["seconds"] for name, count in runs.items())
        seeds = sorted({len(scores) for row in rows.values() for scores in row["scores"].values()})
        patterns = sorted({len(row["scores"]) for row in rows.values()})
        lines.append([
            group, str(len(rows)), _ends(patterns), _ends(seeds), f"{sum(runs.values()):,}",
            f"{seconds / 60:.1f}",
        ])  # fmt: skip
    heads = ("", "rows", "patterns", "seeds", "runs", "minutes of one core")
    return _table(heads, lines)


TABLES: dict[str, Callable[[Results], str]] = {
    "machines by pattern": _by_pattern(("machines",)),
    "others by pattern": _by_pattern(("Gaussian–Bernoulli", "others")),
    "steps": _steps,
    "slopes": _slopes,
    "settings": _settings,
    "through the chain": _limit,
    SEARCHED: _searched,
    "cost": _cost,
}


def _rows(results: Results) -> dict[str, Results]:
    """All rows of the answer, by name: no changes of another, and no experiments."""
    return {
        name: row
        for group, rows in results["groups"].items()
        if not group.startswith(("changes", "through", "searched"))
        for name, row in rows.items()
    }


def _patterns_in(results: Results) -> int:
    return max((len(row["scores"]) for row in _rows(results).values()), default=0)


def _first_three(row: Results, patterns: Sequence[str]) -> tuple[float, float, float]:
    whole = summary(row, patterns)
    return whole.mean, whole.low, whole.high


def _published(name: str) -> str:
    if name not in PUBLISHED:
        return "–"
    mean, low, high = PUBLISHED[name]
    return f"{mean:.2f}" if low == high else f"{mean:.2f} [{low:.3f}, {high:.3f}]"


def _ends(numbers: Sequence[int]) -> str:
    return f"{numbers[0]}" if numbers[0] == numbers[-1] else f"{numbers[0]} to {numbers[-1]}"


def _interval(mean: float, low: float, high: float) -> str:
    return f"{mean:.3f}" if math.isnan(low) else f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [heads, ["---", *("---:" for _ in heads[1:])], *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
