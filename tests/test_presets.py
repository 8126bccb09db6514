"""The presets: equal budgets, valid names, and a first visit that is quick."""

from dataclasses import replace

import pytest

from rbm.presets import FIRST_VISIT, PRESETS, SUBJECT, preset_of
from rbm.settings import Settings
from rbm.tuning import TUTORIAL_VISITS, epochs_for, unit_updates


@pytest.mark.parametrize("name", PRESETS)
def test_presets_spend_the_tutorial_s_budget_to_the_last_epoch(name):
    preset = PRESETS[name]
    assert preset.epochs == epochs_for(preset.settings, TUTORIAL_VISITS)


def test_the_tutorial_s_preset_is_what_settings_are_by_default():
    assert PRESETS["Tutorial (2008)"].settings == Settings()


def test_the_first_visit_is_as_quick_as_any_preset_of_its_size():
    """Time goes with unit updates, and somebody who has never been here is waiting."""
    cost = {name: unit_updates(p.settings, p.epochs) for name, p in PRESETS.items()}
    assert cost[FIRST_VISIT] <= 2 * cost["Tutorial (2008)"]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_told_apart_and_leave_the_subject_alone(name):
    mine = Settings(pattern="moons", n_points=77, seed=5, data_seed=6, pattern_noise=0.01)
    applied = PRESETS[name].apply(mine)
    assert preset_of(applied) == name
    assert all(getattr(applied, field) == getattr(mine, field) for field in SUBJECT)
    assert preset_of(replace(applied, sigma=1.93)) is None
