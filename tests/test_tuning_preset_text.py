"""Copying values as a preset: what is copied is what was found."""

from dataclasses import replace

import pytest

from rbm.presets import PRESETS, Preset
from rbm.settings import Settings
from rbm.tuning.preset_text import changed_values, preset_text


def copied(name: str, settings: Settings, epochs: int, why: str) -> dict[str, Preset]:
    text = "{" + preset_text(name, settings, epochs, why) + "}"
    found = eval(text, {"Preset": Preset, "Settings": Settings})
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_presets_are_copied_bit_for_bit(preset):
    assert copied("mine", preset.settings, preset.epochs, preset.why) == {"mine": preset}


def test_only_the_way_of_learning_is_copied_and_names_are_only_text():
    settings = Settings(sigma=0.1 + 0.2, slope_rule="entropy", pattern="ring", n_points=9_999)
    name = 'it\'s "mine"\n", evil()'
    found = copied(name, settings, 1_234_567, "a\\b")[name]
    assert found.settings == Settings(sigma=0.1 + 0.2, slope_rule="entropy")
    assert (found.epochs, found.why) == (1_234_567, "a\\b")


def test_changed_values_leave_out_what_is_learnt():
    assert changed_values(Settings(sigma=0.5, pattern="ring", seed=3)) == {"sigma": 0.5}
    assert changed_values(replace(Settings(), centred=True)) == {"centred": True}
