"""Strips: which values are tried, what is known of them, and how they are drawn."""

from __future__ import annotations

import math
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from rbm.presets import PRESETS, TUTORIAL
from rbm.settings import KNOBS, Settings
from rbm.tuning import Outcome, run_trial
from rbm.tuning.space import TUNABLE
from rbm.tuning.strips import (
    EPOCHS,
    FEWEST_EPOCHS,
    SEEDS,
    Point,
    Strip,
    epochs_of,
    in_order,
    known_points,
    strips,
    words,
)
from rbm.views.sensitivity import BOTTOM, TOP, across, bad_regions, strip_drawing

SMALL = Settings(n_points=40, n_hidden=2, k=1, k_end=1, k_ramp=0, sigma=0.6)


def strip(name: str, settings: Settings = SMALL) -> Strip:
    (one,) = strips(settings, [name])
    return one


def outcome(*mismatch: float) -> Outcome:
    diverged = sum(map(math.isnan, mismatch))
    return Outcome(mismatch, (), diverged, seconds=0.1, elapsed=0.1, unit_updates=1)


def points(one: Strip, medians: dict[float, float]) -> list[Point | None]:
    """Points with a spread of ±0.01 around the medians that are given; None for the others."""
    return [
        Point(value, medians[value], medians[value] - 0.01, medians[value] + 0.01, 0)
        if value in medians
        else None
        for value in one.values
    ]


@pytest.mark.parametrize("name", TUNABLE)
@pytest.mark.parametrize("preset", PRESETS)
def test_a_strip_changes_one_setting_in_order_and_contains_what_holds_now(name, preset):
    base = PRESETS[preset].settings
    one = strip(name, base)
    assert one.now == getattr(base, name)
    assert len(set(one.values)) == len(one.values) >= 2
    if KNOBS[name].kind in ("int", "float"):
        assert list(one.values) == sorted(one.values)
        assert len(one.values) >= 4
    for value, trial in zip(one.values, one.trials, strict=True):
        assert getattr(trial.settings, name) == value
        changed = {
            field
            for field in KNOBS
            if getattr(trial.settings, field) != getattr(replace(base, seed=0), field)
        }
        assert changed <= ({name, "k_end"} if name == "k" else {name})
        assert trial.seeds == SEEDS
        assert trial.epochs == EPOCHS
    assert one.trials[one.values.index(one.now)].settings == base


def test_a_logarithmic_slider_has_six_steps_a_decade_and_the_value_itself():
    assert KNOBS["visible_slope"].log_steps(0.04) == [
        0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7,
        1, 1.5, 2, 3, 5, 7, 10,
    ]  # fmt: skip
    assert KNOBS["cost"].log_steps(0.0)[:3] == [0, 1e-6, 1.5e-6]
    slopes = KNOBS["hidden_slope"].log_steps(1.0)
    assert (slopes[0], slopes[-1]) == (0.05, 50)


def test_every_value_is_one_that_the_control_can_be_set_to():
    for one in strips(SMALL, TUNABLE):
        knob = KNOBS[one.name]
        for value in one.values:
            assert knob.check(value) == value
            if knob.kind == "float" and knob.scale == "log":
                assert value in knob.log_steps(one.now)
            elif knob.kind == "float" or (knob.kind == "int" and value != one.now):
                assert value / knob.step == pytest.approx(round(value / knob.step), abs=1e-6)


def test_seeds_are_the_strips_own_so_that_a_class_with_one_preset_pays_once():
    others = strips(replace(SMALL, seed=5, data_seed=9), ["sigma"])
    assert others == strips(SMALL, ["sigma"])


def test_a_fixed_k_stays_fixed_and_a_rising_one_keeps_its_end():
    assert {(t.settings.k, t.settings.k_end) for t in strip("k").trials} == {
        (k, k) for k in strip("k").values
    }
    assert {t.settings.k_end for t in strip("k", TUTORIAL).trials} == {50}


def test_values_that_do_not_fit_the_others_are_left_out():
    narrow = replace(SMALL, low=-0.5, high=0.5)
    assert strip("high", narrow).values == (0.5, 1.0, 1.5, 2.0)
    assert strip("low", replace(SMALL, low=-1.0, high=-0.5)).values == (-2.0, -1.5, -1.0)


def test_what_is_touched_comes_first_behind_what_holds_now():
    three = strips(SMALL, ["sigma", "cost", "momentum"])
    trials = in_order(three, ["momentum"])
    assert trials[0].settings == replace(SMALL, seed=0, data_seed=0)
    assert len(set(trials)) == len(trials) == sum(len(s.values) for s in three) - 2
    momentum = {trial.settings.momentum for trial in trials[1 : len(three[2].values)]}
    assert momentum == set(three[2].values) - {SMALL.momentum}


def test_long_trainings_get_fewer_epochs_and_too_long_ones_a_sentence():
    assert epochs_of(TUTORIAL) == EPOCHS
    fewer = epochs_of(replace(TUTORIAL, n_points=3_000))
    assert FEWEST_EPOCHS <= fewer < EPOCHS
    assert strip("sigma", replace(TUTORIAL, n_points=3_000)).trials[0].epochs == fewer
    assert epochs_of(TUTORIAL, n_points=3_000) == fewer
    with pytest.raises(ValueError, match="takes too long"):
        epochs_of(replace(TUTORIAL, n_points=10_000, n_hidden=64))


def test_a_point_is_the_median_and_the_quartiles_of_its_runs():
    one = strip("momentum")
    known = {
        one.trials[0]: outcome(0.4, 0.1, 0.3),
        one.trials[1]: outcome(0.4, math.nan, 0.3),
    }
    found = known_points(one, known.get)
    first, second = found[:2]
    assert first is not None
    assert second is not None
    assert (first.low, first.median, first.high) == pytest.approx(
        tuple(np.quantile([0.1, 0.3, 0.4], [0.25, 0.5, 0.75]))
    )
    assert not first.bad
    assert second.diverged == 1
    assert second.high == pytest.approx(1.2)  # halfway between 0.4 and 2, which diverged runs cost
    assert second.bad
    assert set(found[2:]) == {None}


def test_real_trainings_make_a_strip():
    one = strip("noisy", replace(SMALL, n_points=30))
    known = {trial: run_trial(replace(trial, epochs=3)) for trial in one.trials}
    found = known_points(one, known.get)
    for point, trial in zip(found, one.trials, strict=True):
        assert point is not None
        assert point.median == pytest.approx(np.median(known[trial].mismatch))


def test_words_say_what_holds_now_and_what_is_best():
    one = strip("momentum", replace(SMALL, momentum=0.48))
    medians = dict.fromkeys(one.values, 0.9)
    assert words(one, points(one, {})) == "now 0.48: not trained yet"
    assert words(one, points(one, {0.48: 0.5})) == "now 0.48: 0.50; best so far of these"
    assert words(one, points(one, medians | {0.48: 0.5})) == "now 0.48: 0.50; best of these"
    better = medians | {0.48: 0.5, 0.79: 0.31}
    assert words(one, points(one, better)) == "now 0.48: 0.50; best 0.79: 0.31"
    close = medians | {0.48: 0.5, 0.79: 0.49}
    assert words(one, points(one, close)).endswith("0.49 (the spreads overlap)")


def test_words_count_the_runs_that_diverged_and_name_choices():
    one = strip("slope_rule", replace(SMALL, slope_rule="corrected"))
    known = [None, Point("corrected", 2.0, 0.5, 2.0, 2), None]
    assert words(one, known) == "now Corrected: 2.00, 2 of 3 diverged; best so far of these"
    one = strip("centred")
    known = [Point(False, 0.5, 0.5, 0.5, 0), Point(True, 0.2, 0.2, 0.2, 0)]
    assert words(one, known) == "now off: 0.50; best on: 0.20"


def test_values_stand_where_the_slider_has_them():
    sigma = dict(zip(strip("sigma").values, across(strip("sigma")), strict=True))
    assert sigma[0.6] == pytest.approx(0.3)
    assert sigma[2.0] == 1
    rate = strip("learning_rate", replace(SMALL, learning_rate=0.37))
    steps = KNOBS["learning_rate"].log_steps(0.37)
    for value, at in zip(rate.values, across(rate), strict=True):
        assert at == pytest.approx(steps.index(value) / (len(steps) - 1))
    assert across(strip("noisy")) == (0.25, 0.75)


@pytest.mark.parametrize("name", TUNABLE)
def test_all_values_have_a_place_in_order_within_the_strip(name):
    for settings in (SMALL, *(preset.settings for preset in PRESETS.values())):
        places = across(strip(name, settings))
        assert all(0 <= at <= 1 for at in places)
        assert list(places) == sorted(set(places))


def test_bad_regions_reach_halfway_to_good_neighbours_and_join():
    def point(high: float) -> Point:
        return Point(0, high, high, high, 0)

    placed = [(0.1, point(1.2)), (0.3, point(1.0)), (0.5, point(0.4)), (0.9, point(1.5))]
    assert bad_regions(placed) == (pytest.approx((0.1, 0.4)), pytest.approx((0.7, 0.9)))
    assert bad_regions(placed[3:], margin=0.1) == (pytest.approx((0.8, 1.0)),)
    assert bad_regions([]) == bad_regions(placed[2:3]) == ()


SVG = "{http://www.w3.org/2000/svg}"


def drawn(one: Strip, found: list[Point | None], background: str = "paper") -> ElementTree.Element:
    return ElementTree.fromstring(strip_drawing(one, found, background))


def test_the_drawing_marks_now_best_clipped_and_diverged_without_colour():
    one = strip("sigma")
    found = points(one, dict.fromkeys(one.values, 0.5) | {1.21: 0.25, 0.1: 1.4})
    diverged = found[1]
    assert diverged is not None
    found[1] = replace(diverged, diverged=1)
    svg = drawn(one, found)
    texts = {text.text: text.get("x") for text in svg.iter(f"{SVG}text")}
    assert texts == {"▲": "60.50%", "↑": "5.00%", "✕": "8.00%"}
    upright = [
        line.get("x1")
        for line in svg.iter(f"{SVG}line")
        if line.get("stroke-width") == "2" and line.get("x1") == line.get("x2")
    ]
    assert upright == ["30.00%"]
    heights = [float(dot.get("cy", "nan")) for dot in svg.iter(f"{SVG}circle")]
    assert heights[0] == TOP  # 1.4 is clipped
    assert heights[one.values.index(0.6)] == pytest.approx((TOP + BOTTOM) / 2, abs=0.05)
    (bad,) = (rect for rect in svg.iter(f"{SVG}rect") if rect.get("fill") == "url(#bad)")
    assert bad.get("x") == "5.00%"


@pytest.mark.parametrize("name", TUNABLE)
@pytest.mark.parametrize("share", [0, 1, 2])
def test_every_strip_can_be_drawn_at_every_stage(name, share):
    one = strip(name)
    values = one.values[:: max(2 - share, 1)] if share else ()
    svg = drawn(one, points(one, dict.fromkeys(values, 0.5)), "dark")
    assert len(list(svg.iter(f"{SVG}circle"))) == len(values)
    if KNOBS[name].kind != "float":  # no slider tells its values
        assert len({text.text for text in svg.iter(f"{SVG}text")} - {"▲"}) == len(one.values)


def test_large_numbers_are_named_shortly():
    texts = {text.text for text in drawn(strip("k_ramp"), points(strip("k_ramp"), {})).iter()}
    assert {"0", "3.3k", "10k", "20k"} <= texts
