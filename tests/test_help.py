"""The texts: complete, short, plain, and true where they name things of the app."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from rbm import help as texts
from rbm.experiment import SCORED_PASSES, SCORED_STARTS
from rbm.patterns import PATTERNS
from rbm.presets import FIRST_VISIT, PRESETS
from rbm.settings import KNOBS, RULES, SLOPE_BOUNDS, SLOPE_RULES, Settings
from rbm.views import VIEWS

APP = Path(__file__).resolve().parents[1] / "rbm" / "app"


def sentences(text: str) -> int:
    """How many sentences a text has; it must end with one."""
    assert re.search(r"[.?!][”)]?$", text), text
    return len(re.findall(r"[.?!][”)]?(?=\s|$)", text))


def all_texts() -> dict[str, str]:
    """Every explanation of the app under a name."""
    found = {"first look": texts.FIRST_LOOK}
    for name, trial in texts.TRY_NEXT.items():
        for part in ("do", "question", "answer"):
            found[f"{name}: {part}"] = getattr(trial, part)
    for table in (texts.MEASURES, texts.LAYERS, texts.QUESTIONS):
        found |= table
    found |= {question + " (question)": question for question in texts.QUESTIONS}
    found |= {f"view {name}": view.caption for name, view in VIEWS.items()}
    found |= {f"preset {name}": preset.why for name, preset in PRESETS.items()}
    found |= {f"knob {name}": knob.help for name, knob in KNOBS.items()}
    return found


@pytest.mark.parametrize("name", all_texts())
def test_texts_are_short_and_plain(name: str) -> None:
    text = all_texts()[name]
    assert 1 <= sentences(text) <= 3
    assert len(text) <= 330
    assert "  " not in text
    assert not re.search(r"[*`<>]|\bplease\b|amazing|powerful|simply|revolution", text)


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_is_explained(name: str) -> None:
    if name in ("pattern", "pattern_options"):  # the table of patterns explains those
        return
    knob = KNOBS[name]
    assert knob.label
    assert len(knob.help) > 20
    if knob.symbol:
        assert " " not in knob.symbol


@pytest.mark.parametrize(
    ("name", "symbol"),
    {
        "sigma": "σ",
        "visible_slope": "A_v",
        "hidden_slope": "A_h",
        "learning_rate": "η_W",
        "slope_learning_rate": "η_A",
        "momentum": "μ",
        "cost": "c",
        "k": "k",
        "n_hidden": "m",
        "n_points": "n",
    }.items(),
)
def test_knobs_of_the_tutorial_have_their_symbols(name: str, symbol: str) -> None:
    assert KNOBS[name].symbol == symbol


@pytest.mark.parametrize("name", ["sigma", "visible_slope", "learning_rate", "slope_learning_rate"])
def test_knobs_in_a_formula_show_it(name: str) -> None:
    assert "=" in KNOBS[name].help or "←" in KNOBS[name].help


def test_choices_and_pattern_options_are_explained() -> None:
    for label in (*RULES.values(), *SLOPE_RULES.values()):
        assert len(label) > 10
    for pattern in PATTERNS.values():
        assert pattern.label
        for option in pattern.options.values():
            assert option.label
            assert sentences(option.help) >= 1


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_one_sentence_of_why(name: str) -> None:
    assert sentences(PRESETS[name].why) == 1
    assert FIRST_VISIT in PRESETS


@pytest.mark.parametrize("name", texts.TRY_NEXT)
def test_trials_can_be_set_up(name: str) -> None:
    trial = texts.TRY_NEXT[name]
    assert trial.title
    assert trial.question.endswith("?")
    start = PRESETS[trial.preset].settings if trial.preset else Settings()
    changed = replace(start, **trial.changes)
    for field, value in trial.changes.items():
        assert getattr(start, field) != value, "a change that changes nothing"
        assert getattr(changed, field) == value
    if trial.preset and not trial.changes:
        assert trial.preset in trial.do or name == "cooling"


def test_layers_are_those_of_the_live_view() -> None:
    script = (APP / "browser" / "live_view" / "options.js").read_text()
    block = script[script.index("LAYERS") : script.index("PROBES")]
    assert set(re.findall(r'label: "([^"]+)"', block)) == set(texts.LAYERS)


def test_keys_are_those_of_the_app() -> None:
    # The buttons of the page for one CD step show their own keys.
    playground = [path for path in APP.glob("*.py") if path.stem != "cd_panel"]
    source = "".join(path.read_text() for path in playground)
    for key in re.findall(r'shortcut="([^"]+)"', source):
        assert key in texts.KEYS
    script = (APP / "browser" / "live_view" / "keys.js").read_text()
    view = re.findall(r'^  \["([^"]+)", "', script, re.M)
    assert view
    assert set(view) - {"wheel, pinch"} == {
        key for key, does in texts.KEYS.items() if does.startswith("in the view")
    }


def test_questions_that_visitors_ask_most_are_there() -> None:
    assert list(texts.QUESTIONS)[:2] == ["Is it binary or real-valued?", "Why did it blow up?"]
    assert all(question.endswith("?") for question in texts.QUESTIONS)


def test_numbers_in_the_texts_are_those_of_the_code() -> None:
    low, high = SLOPE_BOUNDS
    clamped = texts.QUESTIONS["Why is a slope marked as clamped?"]
    assert f"between {low:g} and {high:g} after" in clamped
    assert f"{SCORED_STARTS:,} random points" in texts.MEASURES["mismatch"].replace("\n", " ")
    assert f"{SCORED_PASSES} noisy passes" in texts.MEASURES["mismatch"]
    tutorial, retuned = (
        PRESETS[name].settings for name in ("Tutorial (2008)", "The tutorial's knobs, retuned")
    )
    assert f"σ = {tutorial.sigma:g} " in texts.TRY_NEXT["dots"].answer
    assert f"σ is {retuned.sigma:g} instead of {tutorial.sigma:g}" in texts.TRY_NEXT["noise"].do
