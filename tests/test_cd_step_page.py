"""The page "One CD step", run by Streamlit's own test runner through `app.py`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm.app.cd_bench import Bench
from rbm.app.graph import Touched
from rbm.cd_models import CLASSIC_MACHINE
from rbm.cd_steps import NAMES
from rbm.models.continuous import ContinuousMachine


@pytest.fixture
def page() -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=120).run()
    app.switch_page("pages/cd_step.py").run()
    assert not app.exception
    return app


def bench(page: AppTest) -> Bench:
    kept: Bench = page.session_state["cd_step"][page.session_state["cd_model"]]
    return kept


def graph(page: AppTest) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(page.get("bidi_component")[0].proto.json)
    return message


def forward(page: AppTest, times: int = 1) -> None:
    for _ in range(times):
        page.button(key="cd_next").click().run()
        assert not page.exception


def cells(page: AppTest) -> str:
    """All numbers of the tables, without the marks of HTML."""
    bodies = (each.proto.body for each in page.get("html"))
    html = "".join(body for body in bodies if "<table" in body)
    return " ".join(html.replace("<", " <").replace(">", "> ").split())


def test_the_classic_example_forward_and_back(page: AppTest) -> None:
    assert [field.value for field in page.text_input] == ["0 1 1 0", "0 1 1", "0 0 0 1", "0 0 1"]
    for at, name in enumerate(NAMES):
        assert page.subheader[0].value == f"{at + 1}. {name}"
        if at < len(NAMES) - 1:
            assert page.button(key="cd_next").label == f"Next: {NAMES[at + 1]}"
            forward(page)
    assert "Weights: after" in cells(page)
    back = next(each for each in page.button if each.label == "Back")
    for at in range(len(NAMES) - 2, -1, -1):
        back.click().run()
        assert page.subheader[0].value == f"{at + 1}. {NAMES[at]}"
        back = next(each for each in page.button if each.label == "Back")
    assert back.disabled


def test_the_graph_follows_the_sub_steps(page: AppTest) -> None:
    assert graph(page)["h"] is None
    shown = []
    for _ in range(4):
        forward(page)
        message = graph(page)
        shown.append(tuple("".join(u["text"] for u in message[layer]) for layer in "vh"))
    assert shown == [("0110", "011"), ("0110", "011"), ("0001", "011"), ("0001", "001")]
    assert graph(page)["names"] == {
        "v": ["v₁′", "v₂′", "v₃′", "v₄′"], "h": ["h₁′", "h₂′", "h₃′"],
    }  # fmt: skip


def test_primes_mark_what_belongs_to_the_reconstruction(page: AppTest) -> None:
    firsts = []
    for _ in NAMES[:-1]:
        names = graph(page)["names"]
        firsts.append((names["v"][0], names["h"][0]))
        forward(page)
    assert firsts == [("v₁", "h₁")] * 3 + [("v₁′", "h₁")] + [("v₁′", "h₁′")] * 3


def test_probabilities_stand_beside_the_units_that_answer(page: AppTest) -> None:
    assert graph(page)["notes"] == {"v": [], "h": []}
    forward(page)
    assert graph(page)["notes"] == {"v": [], "h": ["0.33", "0.77", "0.71"]}
    forward(page, 2)
    assert graph(page)["notes"]["v"] == ["0.50", "0.69", "0.62", "0.48"]


def test_a_sum_is_written_out_for_the_unit_that_was_touched(page: AppTest) -> None:
    forward(page)
    assert (
        page.text[0].value == "input = −0.1 + 0 × 0.5 + 1 × (−0.2) + 1 × (−0.4) + 0 × (−0.1) = −0.7"
    )
    page.session_state["cd_step"]["binary"] = _selected(bench(page), Touched("h", 0, 1))
    page.run()
    assert page.text[0].value.endswith("= 1.2")
    assert page.text[2].value == "pinned by hand: on"


def test_a_weight_is_followed_through_the_products(page: AppTest) -> None:
    page.session_state["cd_step"]["binary"] = _selected(bench(page), Touched("w", 3, 2))
    forward(page, 2)
    assert page.text[0].value == "v₄ × h₃ = 0"
    forward(page, 3)
    assert page.text[0].value == "v₄′ × h₃′ = 1"
    forward(page)
    assert page.text[0].value == "v₄ × h₃ − v₄′ × h₃′ = 0 − 1 = −1"
    forward(page)
    assert page.text[0].value == "weight v₄ h₃ = 0.3 + 0.1 × (0 − 1) = 0.2"


def test_the_next_step_starts_from_the_new_weights(page: AppTest) -> None:
    forward(page, len(NAMES))
    here = bench(page)
    assert here.at == 0
    assert here.told == ("0 1 1 0", "", "", "")
    change = [[0, 0, 0], [0, 0.1, 0.1], [0, 0.1, 0.1], [0, 0, -0.1]]
    np.testing.assert_allclose(here.machine.weights, CLASSIC_MACHINE.weights + change, atol=1e-12)
    assert (here.seed, here.taken) == (1, 1)
    np.testing.assert_allclose(here.velocity["weights"], change, atol=1e-12)


def test_a_link_opens_what_was_copied_and_a_damaged_one_says_so(page: AppTest) -> None:
    page.get("button_group")[0].set_value("continuous").run()
    forward(page, 9)
    link = dict(page.query_params)
    assert (link["model"], link["step"], link["at"]) == ("continuous", "1", "1")
    there = AppTest.from_file("../app.py", default_timeout=120)
    for name, value in link.items():
        there.query_params[name] = value
    there.switch_page("pages/cd_step.py").run()
    assert not there.exception
    assert dict(there.query_params) == link
    assert cells(there) == cells(page)
    there = AppTest.from_file("../app.py", default_timeout=120)
    for name, value in (link | {"ah": "1"}).items():
        there.query_params[name] = value
    there.switch_page("pages/cd_step.py").run()
    assert "cannot be opened: its part “ah” should hold 3 numbers" in there.warning[0].value
    assert dict(there.query_params) == {}
    assert there.text_input[0].value == "0 1 1 0"


def test_input_that_cannot_be_read_keeps_the_last_address(page: AppTest) -> None:
    page.text_input[0].set_value("1001").run()
    page.text_input[0].set_value("10").run()
    assert page.error
    assert not page.exception
    assert page.query_params["v"] == "1_0_0_1"


def test_input_that_does_not_fit_is_explained(page: AppTest) -> None:
    page.text_input[0].set_value("0 1 1").run()
    assert "v has 4 units, but 3 states are given" in page.error[0].value
    page.text_input[0].set_value("").run()
    assert "v is the data" in page.error[0].value
    page.text_input[0].set_value("1001").run()
    assert not page.error
    assert [unit["text"] for unit in graph(page)["v"]] == ["1", "0", "0", "1"]


def test_another_size_keeps_what_fits(page: AppTest) -> None:
    labels = {each.label: each for each in page.number_input}
    labels["Visible units"].set_value(6).run()
    assert not page.exception
    assert bench(page).told == ("0 1 1 0 0 0", "0 1 1", "0 0 0 1 0 0", "0 0 1")
    assert bench(page).machine.weights.shape == (6, 3)
    np.testing.assert_array_equal(bench(page).machine.weights[:4], CLASSIC_MACHINE.weights)
    forward(page, 7)


def test_rate_and_seed_reach_the_step(page: AppTest) -> None:
    for label, value in (("Learning rate", 0.5), ("Seed of the draws", 9)):
        next(each for each in page.number_input if each.label == label).set_value(value).run()
    for field in range(1, 4):
        page.text_input[field].set_value("").run()
    here = bench(page)
    assert (here.pace.rate, here.seed, here.told[1:]) == (0.5, 9, ("", "", ""))
    page.toggle[0].set_value(True).run()
    assert bench(page).with_probabilities
    forward(page, 7)


def test_the_continuous_machine_has_the_same_page(page: AppTest) -> None:
    page.get("button_group")[0].set_value("continuous").run()
    assert not page.exception
    assert isinstance(bench(page).machine, ContinuousMachine)
    forward(page)
    assert page.text[1].value.startswith("with noise: x = ")
    forward(page, 6)
    assert "Hidden slopes" in cells(page)
    forward(page)
    assert (bench(page).machine.hidden_slope != [1, 1.5, 2]).all()
    next(each for each in page.button if each.label == "Random").click().run()
    forward(page, 7)
    page.get("button_group")[0].set_value("binary").run()
    assert page.text_input[0].value == "0 1 1 0"
    assert bench(page).machine is CLASSIC_MACHINE


def test_the_page_is_as_it_was_when_one_comes_back(page: AppTest) -> None:
    page.get("button_group")[0].set_value("continuous").run()
    forward(page, 3)
    page.switch_page("pages/structure.py").run()
    page.switch_page("pages/cd_step.py").run()
    assert not page.exception
    assert page.subheader[0].value == f"4. {NAMES[3]}"
    assert isinstance(bench(page).machine, ContinuousMachine)


def test_momentum_and_decay_show_their_terms_and_the_velocity_goes_on(page: AppTest) -> None:
    for label, value in (("Momentum", 0.5), ("Weight decay", 0.1)):
        next(each for each in page.number_input if each.label == label).set_value(value).run()
    forward(page, 7)
    for term in ("velocity before", "momentum × velocity", "−rate × decay × value"):
        assert f"Weights: {term}" in cells(page)
    pulled = np.array([[0, 0, 0], [0, 0.1, 0.1], [0, 0.1, 0.1], [0, 0, -0.1]])
    first = pulled - 0.1 * 0.1 * CLASSIC_MACHINE.weights
    forward(page)
    assert page.button(key="cd_next").label.startswith("Next: Hidden units")
    np.testing.assert_allclose(bench(page).velocity["weights"], first, atol=1e-12)
    forward(page, 8)
    assert bench(page).taken == 2
    before = bench(page).velocity["weights"]
    assert np.abs(before - 0.5 * first).max() > 0.01  # half of the first, and a second of its own
    forward(page, 7)
    assert page.button(key="cd_next").label == "Next: step 4 from these weights"


def test_the_range_stretches_what_was_told(page: AppTest) -> None:
    page.get("button_group")[0].set_value("continuous").run()
    next(each for each in page.selectbox if each.label == "Range of the units").set_value(
        (-1.0, 1.0)
    ).run()
    assert not page.exception
    here = bench(page)
    assert isinstance(here.machine, ContinuousMachine)
    assert (here.machine.low, here.machine.high) == (-1, 1)
    assert here.told == ("-0.4 0.6", "", "", "")
    assert [unit["text"] for unit in graph(page)["v"]] == ["−0.4", "0.6"]
    assert [unit["fill"] for unit in graph(page)["v"]] == pytest.approx([0.3, 0.8])
    next(each for each in page.selectbox if each.label == "Slope rule").set_value("entropy").run()
    forward(page, 6)
    assert "D(p ln p + (1 − p) ln(1 − p))" in cells(page)


def _selected(here: Bench, part: Touched) -> Bench:
    return replace(here, selected=part)
