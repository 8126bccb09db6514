"""The page "Structure", run by Streamlit's own test runner through `app.py`."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm.app.graph import Touched, decode_touch
from rbm.app.parameter_editor import parameter_frame, with_edits
from rbm.app.structure_bench import Bench, first, to_link
from rbm.models.binary import BinaryMachine
from rbm.structure import EXAMPLES, probabilities


@pytest.fixture
def page() -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=120).run()
    app.switch_page("pages/structure.py").run()
    assert not app.exception
    return app


def bench(page: AppTest) -> Bench:
    kept: Bench = page.session_state["structure"]
    return kept


def graph(page: AppTest, at: int = 0) -> dict[str, Any]:
    """What the browser was told to draw: 0 the graph to touch, 1 the race."""
    message: dict[str, Any] = json.loads(page.get("bidi_component")[at].proto.json)
    return message


def by_label(page: AppTest, label: str) -> Any:
    return next(each for each in (*page.number_input, *page.button) if each.label == label)


def text_of_headers(page: AppTest) -> str:
    return "\n".join(each.value for each in page.subheader)


def text(page: AppTest) -> str:
    return "\n".join(each.value for each in (*page.markdown, *page.caption))


def test_it_opens_on_an_example_with_sums_energy_and_race(page: AppTest) -> None:
    here = bench(page)
    assert here.machine is next(iter(EXAMPLES.values())).machine
    assert "−1.5 + 0 × 2.5 + 0 × 2.5 + 0 × (−2) + 0 × (−2) = −1.5 | **0.182** | off" in text(page)
    assert [(m.label, m.value) for m in page.metric] == [
        ("Energy E(v, h)", "0"), ("Free energy F(v)", "−0.403"),
    ]  # fmt: skip
    race = graph(page, 1)["race"]
    np.testing.assert_allclose(race["p"], probabilities(here.machine, "visible"))
    assert graph(page)["race"] is None
    assert graph(page)["notes"]["h"] == ["0.18", "0.18"]


def test_states_decide_sums_and_energy(page: AppTest) -> None:
    here = bench(page)
    page.session_state["structure"] = replace(
        here, v=np.array([1.0, 1, 0, 0]), h=np.array([1.0, 0])
    )
    page.run()
    assert "−1.5 + 1 × 2.5 + 1 × 2.5 + 0 × (−2) + 0 × (−2) = 3.5 | **0.971** | on" in text(page)
    assert page.metric[0].value == "−2.5"
    assert "E = −b·v − c·h − v W h = 1 + 1.5 − 5 = −2.5" in text(page)
    p = probabilities(here.machine, "both")[0b110010]
    assert f"p(v, h = 1100·10) = {p:.4f}" in text(page)
    assert [unit["text"] for unit in graph(page)["v"]] == ["1", "1", "0", "0"]


def test_a_bias_and_a_size_can_be_changed(page: AppTest) -> None:
    by_label(page, "Bias of h₁").set_value(2.0).run()
    assert bench(page).machine.hidden_bias[0] == 2
    assert "**0.881**" in text(page)  # 1 / (1 + e^-2)
    by_label(page, "Visible units").set_value(6).run()
    by_label(page, "Hidden units").set_value(8).run()
    assert not page.exception
    assert bench(page).machine.weights.shape == (6, 8)
    assert bench(page).machine.hidden_bias[0] == 2
    assert "Both together" not in str(page.get("button_group")[1].options)
    assert by_label(page, "Bias of h₁").value == 2
    page.selectbox[0].set_value("Copycats").run()
    assert bench(page).machine.weights.shape == (2, 1)


def test_long_sums_leave_out_what_is_zero_except_for_the_touched_unit(page: AppTest) -> None:
    by_label(page, "Visible units").set_value(5).run()
    here = bench(page)
    page.session_state["structure"] = replace(here, v=np.array([0.0, 1, 0, 0, 0]))
    page.run()
    assert "| ▸ **h₁** | −1.5 + 0 × 2.5 + 1 × 2.5 + 0 × (−2) + 0 × (−2) + 0 × " in text(page)
    assert "| **h₂** | −1.5 + 1 × (−2) = −3.5 |" in text(page)


def test_every_example_and_count_can_be_shown(page: AppTest) -> None:
    for name, row in EXAMPLES.items():
        page.selectbox[0].set_value(name).run()
        assert not page.exception
        assert row.says in text(page)
        for over in ("hidden", "both", "visible"):
            page.get("button_group")[1].set_value(over).run()
            assert not page.exception
            np.testing.assert_allclose(
                graph(page, 1)["race"]["p"], probabilities(row.machine, over)
            )


def test_a_machine_too_large_for_both_falls_back_to_visible(page: AppTest) -> None:
    page.get("button_group")[1].set_value("both").run()
    by_label(page, "Hidden units").set_value(8).run()
    assert not page.exception
    assert graph(page, 1)["race"]["over"] == "visible"


def test_drawing_by_hand_follows_the_probabilities(page: AppTest) -> None:
    by_label(page, "Bias of h₁").set_value(20.0).run()
    by_label(page, "Draw hidden units").click().run()
    assert bench(page).h[0] == 1
    drawn = []
    for _ in range(12):
        by_label(page, "Draw visible units").click().run()
        drawn.append(tuple(bench(page).v))
    assert len(set(drawn)) > 1  # each draw has its own numbers
    assert np.mean([v[0] for v in drawn]) > np.mean([v[2] for v in drawn])


def test_what_is_known_is_clamped_everywhere(page: AppTest) -> None:
    page.session_state["structure"] = replace(bench(page), v=np.array([1.0, 0, 0, 0]))
    page.run()
    page.get("button_group")[0].set_value([0, 2]).run()
    assert not page.exception
    here = bench(page)
    np.testing.assert_array_equal(here.known, [1, 0, 1, 0])
    assert graph(page)["held"] == [True, False, True, False]
    race = graph(page, 1)["race"]
    assert race["clamped"] == [1, None, 0, None]
    exact = probabilities(here.machine, "visible", np.array([1, np.nan, 0, np.nan]))
    np.testing.assert_allclose(race["p"], exact)
    assert "given what is known" in text_of_headers(page)
    assert f"1100 is the likeliest, with {exact[0b1100]:.3f}" in text(page)
    drawn = []
    for _ in range(12):
        by_label(page, "Draw hidden units").click().run()
        by_label(page, "Draw visible units").click().run()
        drawn.append(bench(page).v)
    np.testing.assert_array_equal(np.array(drawn)[:, [0, 2]], np.tile([1, 0], (12, 1)))
    assert 0 < np.array(drawn)[:, 1].mean() <= 1
    assert "on, known" in text(page)


def test_a_draw_tells_its_numbers(page: AppTest) -> None:
    by_label(page, "Draw hidden units").click().run()
    here = bench(page)
    rng = np.random.default_rng(0)
    expected = here.machine.sample_h_from_v(here.v[None], rng)[0]
    np.testing.assert_array_equal(here.h, expected)
    u = np.random.default_rng(0).random(2)
    for unit in range(2):
        says = "on: drew {:.3g} < 0.182" if u[unit] < 0.182 else "off: drew {:.3g} ≥ 0.182"
        assert says.format(u[unit]) in text(page)


def test_units_have_names(page: AppTest) -> None:
    page.selectbox[0].set_value("Six films, two tastes").run()
    assert not page.exception
    assert graph(page)["names"]["v"][0] == "Star Wars"
    assert graph(page)["names"]["h"] == ["sci-fi", "love"]
    assert "Bias of sci\\-fi" in [each.label for each in page.number_input]
    page.text_input[0].set_value("*a*, , x~y, <b>").run()
    assert not page.exception
    assert bench(page).called("v") == ("*a*", "v₂", "x-y", "<b>", "v₅", "v₆")
    assert "**\\*a\\***" in text(page)
    by_label(page, "Visible units").set_value(7).run()
    assert bench(page).called("v")[-1] == "v₇"
    page.text_input[0].set_value("").run()
    assert bench(page).called("v")[0] == "v₁"


def test_clusters_are_read_off_the_likeliest_states(page: AppTest) -> None:
    html = "".join(each.proto.body for each in page.get("html"))
    p = probabilities(bench(page).machine, "visible")
    assert "0011 → 01" in html
    assert "1100 → 10" in html
    assert html.count(" → ") == 1 + 8  # the title and eight states
    assert f">{p.max():.3f}<" in html


def test_the_machine_of_other_pages_can_be_shown(page: AppTest) -> None:
    assert "Show the trained machine" not in [each.label for each in page.button]
    machine = BinaryMachine(np.full((6, 2), 0.5), np.arange(6.0), np.ones(2))
    cases = SimpleNamespace(names=tuple("abcdef"))
    page.session_state["binary_session"] = SimpleNamespace(machine=lambda: machine, cases=cases)
    page.run()
    by_label(page, "Show the trained machine").click().run()
    assert not page.exception
    np.testing.assert_array_equal(bench(page).machine.parameters, machine.parameters)
    assert graph(page)["names"]["v"] == list("abcdef")
    for other in (
        BinaryMachine(np.zeros((9, 2)), np.zeros(9), np.zeros(2)),
        BinaryMachine(np.full((6, 2), 21.0), np.zeros(6), np.zeros(2)),
        BinaryMachine(np.zeros((6, 2)), np.zeros(6), np.zeros(2), "gaussian"),
    ):
        page.session_state["binary_session"] = SimpleNamespace(
            machine=lambda other=other: other, cases=cases
        )
        page.run()
        assert by_label(page, "Show the trained machine").disabled


def test_a_cd_step_of_the_machine_can_be_taken(page: AppTest) -> None:
    page.selectbox[0].set_value("Copycats").run()
    page.session_state["structure"] = replace(bench(page), v=np.array([1.0, 0]))
    by_label(page, "One CD step of it").click().run()
    assert not page.exception
    assert [each.value for each in page.title] == ["One CD step"]
    assert [field.value for field in page.text_input] == ["1 0", "", "", ""]
    assert page.query_params["w"] == "6_6"


def test_the_page_is_as_it_was_when_one_comes_back(page: AppTest) -> None:
    page.get("button_group")[1].set_value("hidden").run()
    page.get("button_group")[0].set_value([1]).run()
    link = dict(page.query_params)
    assert link["known"] == "0100"
    page.switch_page("pages/cd_step.py").run()
    page.switch_page("pages/structure.py").run()
    assert not page.exception
    assert dict(page.query_params) == link
    assert graph(page, 1)["race"]["over"] == "hidden"


def test_a_link_opens_what_was_copied_and_a_damaged_one_says_so() -> None:
    here = replace(first(), v=np.array([1.0, 0, 1, 0]), known=np.array([0.0, 0, 1, 0]))
    here = replace(here, names=(("", "Alien", "", ""), ()), selected=Touched("w", 2, 1))
    link = to_link(here)
    page = AppTest.from_file("../app.py", default_timeout=120)
    for name, value in link.items():
        page.query_params[name] = value
    page.switch_page("pages/structure.py").run()
    assert not page.exception
    assert not page.warning
    assert to_link(bench(page)) == link
    page = AppTest.from_file("../app.py", default_timeout=120)
    for name, value in (link | {"w": "1_2"}).items():
        page.query_params[name] = value
    page.switch_page("pages/structure.py").run()
    assert not page.exception
    assert "cannot be opened: its part “w” should hold 8 numbers" in page.warning[0].value
    assert bench(page).machine is next(iter(EXAMPLES.values())).machine
    assert dict(page.query_params) == {}
    by_label(page, "Dismiss").click().run()
    assert not page.warning


def test_random_weights_differ_each_time_and_keep_the_size(page: AppTest) -> None:
    seen = []
    for _ in range(2):
        by_label(page, "Random weights").click().run()
        seen.append(bench(page).machine)
    assert seen[0].weights.shape == seen[1].weights.shape == (4, 2)
    assert (seen[0].weights != seen[1].weights).any()


def test_edits_of_the_table_reach_the_machine() -> None:
    machine = EXAMPLES["Two habits"].machine
    frame = parameter_frame(machine)
    assert list(frame.index) == ["v₁", "v₂", "v₃", "v₄", "bias"]
    assert list(frame.columns) == ["h₁", "h₂", "bias"]
    edited = with_edits(machine, {1: {"h₂": 0.5, "bias": 99}, 4: {"h₁": None, "bias": 3}})
    weights = machine.weights.copy()
    weights[1, 1] = 0.5
    np.testing.assert_array_equal(edited["weights"], weights)
    np.testing.assert_array_equal(edited["visible_bias"], [-0.5, 20, -0.5, -0.5])
    np.testing.assert_array_equal(edited["hidden_bias"], machine.hidden_bias)


@pytest.mark.parametrize(
    "value",
    [
        None, "v0", {}, {"kind": "x", "i": 0, "j": 0}, {"kind": "v", "i": 4, "j": 0},
        {"kind": "v", "i": -1}, {"kind": "h", "i": 0, "j": 2}, {"kind": "w", "i": 0, "j": 1.0},
        {"kind": "w", "i": True, "j": 0},
    ],
)  # fmt: skip
def test_a_touch_that_no_unit_answers_to_is_nothing(value: object) -> None:
    assert decode_touch(value, 4, 2) is None


def test_a_touch_is_read() -> None:
    assert decode_touch({"kind": "w", "i": 3, "j": 1}, 4, 2) == Touched("w", 3, 1)
