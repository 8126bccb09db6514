"""The page "Fill in", run by Streamlit's own test runner through `app.py`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rbm import binary_training
from rbm.app import fill_bench
from rbm.app.binary_session import BinarySession
from rbm.app.fill_table import with_edits
from rbm.cases import CASE_SETS
from rbm.filling import exactly
from rbm.recovery import MEASURES, METHODS, baselines, case_losses

from .fill_page import answer, bench, by_label, bytes_of, opened, said, shown


@pytest.fixture(scope="module")
def films_run() -> Any:
    return binary_training.train(
        CASE_SETS["films"].settings, CASE_SETS["films"].build().training, 400
    )


def test_before_training_it_says_so_and_trains_on_request() -> None:
    page = AppTest.from_file("../app.py", default_timeout=120).run()
    page.switch_page("pages/fill_in.py").run()
    assert not page.exception
    assert "has learnt nothing yet, so it would fill in noise" in page.info[0].value
    assert not page.get("bidi_component")
    by_label(page, "Train it now (60 epochs)").click().run()
    session: BinarySession = page.session_state["binary_session"]
    assert session.target == 60 or session.epoch == 60
    session.pause()


def test_a_held_out_digit_is_filled_beside_the_truth_and_the_baselines() -> None:
    page = opened("digits", 2)
    here = bench(page)
    assert here.cases.held_out is not None
    assert here.cases.held_out[here.place]
    assert here.known.reshape(8, 8).sum(axis=1).tolist() == [8] * 4 + [0] * 4
    player = shown(page, "player")
    panels = {panel["title"]: panel for panel in player["panels"]}
    assert set(METHODS.values()) - {"The machine"} < set(panels)
    truth = bytes_of(panels["The truth"]["frames"])
    np.testing.assert_array_equal(truth, (here.values * 255).round())
    known = np.flatnonzero(here.known)
    for title, panel in panels.items():
        if title != "Uncertainty":
            frames = bytes_of(panel["frames"]).reshape(-1, 64)
            assert (frames[:, known] == truth[known]).all(), title
    assert len(bytes_of(panels["One chain"]["frames"])) == 61 * 64
    table = page.dataframe[0].value
    assert list(table.columns) == ["Filled by", *(m.label for m in MEASURES.values())]
    neighbour = baselines(here.cases.training, here.values[None], here.known[None])
    loss = case_losses(here.values[None], here.known[None], neighbour)
    row = table[table["Filled by"] == METHODS["nearest"]].iloc[0]
    for name, measure in MEASURES.items():
        assert row[measure.label] == pytest.approx(loss[name]["nearest"][0])


def test_cases_masks_and_chains_are_chosen() -> None:
    page = opened("digits", 1)
    first = bench(page)
    by_label(page, "Left half").click().run()
    assert bench(page).known.reshape(8, 8)[0].tolist() == [False] * 4 + [True] * 4
    by_label(page, "Another").click().run()
    assert bench(page).place != first.place
    np.testing.assert_array_equal(bench(page).known.reshape(8, 8)[0], [False] * 4 + [True] * 4)
    by_label(page, "Label").select(7).run()
    labels = bench(page).cases.labels
    assert labels is not None
    assert labels[bench(page).place] == 7
    by_label(page, "Case").set_value("learnt").run()
    held_out = bench(page).cases.held_out
    assert held_out is not None
    assert not held_out[bench(page).place]
    assert labels[bench(page).place] == 7
    by_label(page, "Steps").set_value(5).run()
    by_label(page, "Chains").set_value(7).run()
    panels = {panel["title"]: panel for panel in shown(page, "player")["panels"]}
    assert len(bytes_of(panels["Average of 7 chains"]["frames"])) == 6 * 64
    before = panels["One chain"]["frames"]
    by_label(page, "Again, from other noise").click().run()
    panels = {panel["title"]: panel for panel in shown(page, "player")["panels"]}
    assert panels["One chain"]["frames"] != before
    by_label(page, "Nothing").click().run()
    assert "Everything is known" in said(page)
    assert not page.exception


def test_an_image_of_ones_own_has_no_truth() -> None:
    page = opened("bars", 1)
    by_label(page, "Case").set_value("own").run()
    assert not page.exception
    assert shown(page, "board")["editable"] == "both"
    assert not bytes_of(shown(page, "board")["values"]).any()
    titles = [panel["title"] for panel in shown(page, "player")["panels"]]
    assert "The truth" not in titles
    assert "Exact" in titles  # twelve hidden units can be enumerated
    assert not page.dataframe


def test_other_cases_bring_another_bench() -> None:
    page = opened("digits", 1)
    by_label(page, "Label").select(9).run()
    by_label(page, "Cases ↺").select("bars").run()
    assert not page.exception
    session: BinarySession = page.session_state["binary_session"]
    session.run = binary_training.advance(session.run, 1)
    page.run()
    assert not page.exception
    assert bench(page).cases is session.cases
    assert bench(page).label == fill_bench.ANY


def test_a_row_of_a_table_is_filled_exactly(films_run: Any) -> None:
    page = opened("films", 1)
    session: BinarySession = page.session_state["binary_session"]
    session.run = films_run
    page.run()
    assert not page.exception
    here = bench(page)
    assert (~here.known).sum() == 3
    exact = exactly(films_run.machine, here.values, here.known)
    numbers = next(each.value for each in page.dataframe if "exact" in each.value.columns)
    np.testing.assert_allclose(numbers["exact"], exact.mean[~here.known])
    assert list(numbers["column"]) == [
        name for name, known in zip(here.cases.names, here.known, strict=True) if not known
    ]
    assert (np.abs(numbers["chains"] - numbers["exact"]) < 6 * numbers["± (standard error)"]).all()


def test_what_is_known_of_a_short_row_is_switched(films_run: Any) -> None:
    page = opened("films", 1)
    session: BinarySession = page.session_state["binary_session"]
    session.run = films_run
    page.run()
    here = bench(page)
    place = int(np.flatnonzero(here.known)[0])
    switch = page.button_group(key=f"fill_unit_{place}")
    assert switch.value == f"{here.values[place]:.0f}"
    switch.set_value("?").run()
    assert not bench(page).known[place]
    assert bench(page).part == "learnt"
    np.testing.assert_array_equal(bench(page).values, here.values)
    other = 1 - int(here.values[place])
    page.button_group(key=f"fill_unit_{place}").set_value(str(other)).run()
    assert bench(page).known[place]
    assert bench(page).values[place] == other
    assert bench(page).part == "own"
    assert "the truth" not in said(page)
    assert not page.exception


def test_the_story_reads_the_units_and_recommends(films_run: Any) -> None:
    page = opened("films", 1)
    session: BinarySession = page.session_state["binary_session"]
    session.run = films_run
    page.run()
    text = said(page)
    fiction, love = {"Star Wars", "The Matrix", "Alien"}, {"Casablanca", "Titanic", "Amélie"}
    sentences = [line for line in text.splitlines() if line.startswith("When **h")]
    named = [{film for film in fiction | love if film in line} for line in sentences]
    assert sorted(named, key=sorted) == sorted([fiction, love], key=sorted)
    assert "is on for 100% of the people whose taste is “science fiction” or “both”" in text
    recommended = page.success[0].value
    assert any(f"Watch **{film}**" in recommended for film in ("The Matrix", "Alien"))
    answer(page, "Star Wars").set_value(None).run()
    answer(page, "Titanic").set_value(1).run()
    answer(page, "Alien").set_value(0).run()
    assert any(f"Watch **{film}**" in page.success[0].value for film in ("Casablanca", "Amélie"))
    v, known = np.array([0, 0, 0, 0, 1.0, 0]), np.array([0, 0, 1, 0, 1, 0], bool)
    chance = exactly(films_run.machine, v, known).mean[~known].max()
    assert f"with probability {chance:.2f}" in page.success[0].value
    assert f"= {chance:.3f}. It is exact" in said(page)
    for film in fiction | love:
        answer(page, film).set_value(1).run()
    assert "nothing left to recommend" in said(page)
    assert not page.exception


def test_the_story_offers_its_films_on_any_page_of_other_cases() -> None:
    page = opened("bars", 1)
    by_label(page, "Load the six films").click().run()
    session: BinarySession = page.session_state["binary_session"]
    assert session.set_name == "films"
    assert not page.exception
    assert "its hidden units stand for nothing" in said(page)


def test_edits_of_a_row() -> None:
    known, values = np.array([True, True, False]), np.array([1.0, 0.0, 0.5])
    new_known, new_values = with_edits(
        known, values, {0: {"known": False}, 1: {"value": None}, 2: {"value": 0.25, "known": True}}
    )
    assert new_known.tolist() == [False, False, True]
    assert new_values.tolist() == [1.0, 0.0, 0.25]
    assert known.tolist() == [True, True, False]  # as they were
    assert values.tolist() == [1.0, 0.0, 0.5]
