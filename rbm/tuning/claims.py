"""Whom a search's winner must beat before anything is claimed of it, and by how much it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rbm.presets import TUTORIAL, Preset
from rbm.settings import Settings
from rbm.tuning.confirmation import Confirmation, Verdict, judge
from rbm.tuning.search import Record, Search
from rbm.tuning.trial import Outcome

START, TUTORIAL_NAME, WINNER = "start", "tutorial (2008)", "winner"


def confirmation_of(
    search: Search, winner: Record, seeds: int = 16, patterns: tuple[str, ...] | None = None
) -> Confirmation:
    """The start of a search, the tutorial's values and a winner, each on fresh seeds and data, on
    the search's patterns or on others. Settings that are equal are there once, by the first name.
    """
    everybody = {
        START: search.base,
        TUTORIAL_NAME: Preset(TUTORIAL, 1, "").apply(search.base),
        WINNER: search.trial(winner.values).settings,
    }
    different: dict[str, Settings] = {}
    for name, settings in everybody.items():
        if settings not in different.values() or name == WINNER:
            different[name] = settings
    on = search.patterns if patterns is None else patterns
    dataset = search.dataset if patterns is None else None
    return Confirmation(different, on, dataset, seeds, search.budget)


def versus(
    asked: Confirmation, outcomes: Mapping[int, Outcome], default: str, name: str
) -> Verdict:
    """The verdict on candidate `name` against `default`, whichever came first in `asked`."""
    names = list(asked.candidates)
    each = len(asked.trials) // len(names)
    both = replace(asked, candidates={key: asked.candidates[key] for key in (default, name)})
    found = {
        place * each + run: outcomes[names.index(key) * each + run]
        for place, key in enumerate((default, name))
        for run in range(each)
    }
    return judge(both, found)[1]
