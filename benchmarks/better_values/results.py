"""The measurements as one document, and what follows from them: means, intervals, differences.

The document holds every single run, so that whoever doubts a mean can take another one:
{"first_seed", "budget", "patterns", "groups": {group: {row: {"units", "numbers", "epochs",
"settings", "seconds", "slope", "diverged", "scores": {pattern: [mismatch by seed]}}}}}.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from benchmarks.better_values.learners import Continuous, Learner, Measured
from benchmarks.better_values.measuring import Job
from rbm.patterns import PATTERNS
from rbm.settings import Settings
from rbm.tuning import TUTORIAL_VISITS
from rbm.tuning.confirmation import FRESH_SEED

Results = dict[str, Any]
SAME = 3.0
"""Standard errors by which two measurements of the same thing may differ."""


@dataclass(frozen=True)
class Summary:
    """Mean mismatch and the ends of its 95 % interval; runs, those above 1, the worst one."""

    mean: float
    low: float
    high: float
    runs: int
    above_one: int
    worst: float


def document(found: Iterable[tuple[Job, Measured]]) -> Results:
    """The results of all jobs measured; a pattern's scores are in the order of the seeds."""
    of_row: dict[tuple[str, str], list[tuple[Job, Measured]]] = {}
    for job, run in found:
        of_row.setdefault((job.group, job.name), []).append((job, run))
    groups: dict[str, dict[str, Any]] = {}
    for (group, name), runs in of_row.items():
        runs.sort(key=lambda pair: (list(PATTERNS).index(pair[0].pattern), pair[0].number))
        scores: dict[str, list[float]] = {}
        for job, run in runs:
            scores.setdefault(job.pattern, []).append(round(run.mismatch, 4))
        learner = runs[0][0].learner
        slopes = [run.slope for _, run in runs if not math.isnan(run.slope)]
        groups.setdefault(group, {})[name] = {
            "units": learner.units,
            "numbers": learner.numbers,
            "epochs": learner.epochs,
            "settings": _chosen(learner),
            "seconds": round(float(np.median([run.seconds for _, run in runs])), 3),
            "slope": round(float(np.median(slopes)), 3) if slopes else None,
            "diverged": sum(run.diverged for _, run in runs),
            "scores": scores,
        }
    return {"first_seed": FRESH_SEED, "budget": TUTORIAL_VISITS, "groups": groups}


def merged(old: Results, new: Results) -> Results:
    """`old` with the rows of `new` in place of its own."""
    groups = {group: dict(rows) for group, rows in old["groups"].items()}
    for group, rows in new["groups"].items():
        groups.setdefault(group, {}).update(rows)
    return {**new, "groups": groups}


def scores_of(row: Results, patterns: Sequence[str]) -> NDArray[np.float64]:
    """Mismatches (patterns, seeds) of a row; `ValueError` when a pattern was not measured."""
    missing = [pattern for pattern in patterns if pattern not in row["scores"]]
    if missing:
        raise ValueError(f"This row was not measured on {', '.join(missing)}.")
    return np.array([row["scores"][pattern] for pattern in patterns], np.float64)


def summary(row: Results, patterns: Sequence[str]) -> Summary:
    """What a row reached on these patterns, each counting as much as any other."""
    scores = scores_of(row, patterns)
    mean, half = float(scores.mean()), half_width(scores)
    return Summary(
        mean, mean - half, mean + half, scores.size, int((scores > 1).sum()), float(scores.max())
    )


def standard_error(scores: NDArray[np.float64]) -> float:
    """Of the mean of scores (patterns, seeds): the patterns are fixed, the seeds are a sample."""
    patterns, seeds = scores.shape
    if seeds < 2:
        return math.nan
    return float(np.sqrt((scores.var(axis=1, ddof=1) / seeds).sum()) / patterns)


def half_width(scores: NDArray[np.float64]) -> float:
    """Half the 95 % interval of the mean, by Student's t with all seeds' degrees of freedom."""
    patterns, seeds = scores.shape
    freedom = patterns * (seeds - 1)
    return standard_error(scores) * float(t.ppf(0.975, freedom)) if freedom else math.nan


def difference(row: Results, base: Results, patterns: Sequence[str]) -> tuple[float, float, float]:
    """Mean of row − base on the same patterns and seeds, and its 95 % interval.

    Here the patterns are the sample, as few seeds are enough for them to differ: Student's t over
    the patterns' mean differences.
    """
    own = scores_of(row, patterns)
    pairs = (own - scores_of(base, patterns)[:, : own.shape[1]]).mean(axis=1)
    error = float(pairs.std(ddof=1)) / math.sqrt(len(pairs))
    half = error * float(t.ppf(0.975, len(pairs) - 1))
    mean = float(pairs.mean())
    return mean, mean - half, mean + half


def compared(old: Results, new: Results) -> list[tuple[str, float, float, bool]]:
    """(row, mean then, mean now, whether they agree) on the patterns and seeds measured now.

    Equal code gives equal runs. Other code may take other roads to machines as good: means agree
    when they lie within `SAME` standard errors of the difference of two independent such means,
    as the seeds of the old measurement spread.
    """
    lines = []
    for group, rows in new["groups"].items():
        for name, row in rows.items():
            before = old["groups"].get(group, {}).get(name)
            patterns = [p for p in row["scores"] if before and p in before["scores"]]
            if not patterns:
                continue
            now, then = scores_of(row, patterns), scores_of(before, patterns)
            seeds = min(now.shape[1], then.shape[1])
            now, same = now[:, :seeds], then[:, :seeds]
            error = standard_error(then) * math.sqrt(2 * then.shape[1] / seeds)
            gap = abs(float(now.mean() - same.mean()))
            agree = gap == 0 or gap <= SAME * error
            lines.append((f"{group}: {name}", float(same.mean()), float(now.mean()), agree))
    return lines


def to_text(results: Results) -> str:
    """JSON with each list on a line of its own."""
    text = json.dumps(results, indent=1, ensure_ascii=False)
    return re.sub(r"\[[^\[\]{}]*\]", lambda found: re.sub(r"\s+", "", found[0]), text) + "\n"


def _chosen(learner: Learner) -> Results | None:
    """What the settings of a continuous RBM have that the defaults have not."""
    if not isinstance(learner, Continuous):
        return None
    default = Settings()
    return {
        field.name: getattr(learner.settings, field.name)
        for field in fields(Settings)
        if getattr(learner.settings, field.name) != getattr(default, field.name)
    }
