"""Recovery measured in pieces, alone and on the page "Fill in"."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from rbm import binary_training
from rbm.app.fill_bench import own_places, places_of
from rbm.app.recovery_work import TOGETHER, RecoveryWork
from rbm.cases import CASE_SETS, make_cases
from rbm.recovery import MEASURES, METHODS, baselines, case_losses

from .fill_page import by_label, opened, said


def test_recovery_is_measured_in_pieces_and_said_in_words() -> None:
    page = opened("bars", 1)
    by_label(page, "Measure").click().run()
    work: RecoveryWork = page.session_state["fill_recovery"]
    with work.lock:
        work._train(work.goal - work.epoch)  # what the press has not done at once
        work.pause()
    page.run()
    assert not page.exception
    assert work.done == 32
    text = said(page)
    assert "has learnt these very cases" in text
    assert all(
        f"By {m.label[0].lower()}{m.label[1:]} the machine is" in text for m in MEASURES.values()
    )
    assert "32 cases, 8 of 16 units" in text


def test_a_measurement_is_paused_gone_on_with_and_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(machine: Any, v: np.ndarray, known: Any, rng: Any, **_: int) -> np.ndarray:
        time.sleep(0.05)
        return np.full(v.shape, 0.5)

    monkeypatch.setattr("rbm.app.recovery_work.machine_predictions", slow)
    page = opened("digits", 1)
    by_label(page, "Measure").click().run()
    work: RecoveryWork = page.session_state["fill_recovery"]
    assert work.playing
    assert "Means over cases" not in said(page)
    by_label(page, "Pause").click().run()
    assert not work.playing
    assert 0 < work.done < len(work.places)
    assert f"{work.done:,} cases, 32 of 64 units" in said(page)
    by_label(page, "Go on").click().run()
    assert work.playing
    by_label(page, "Cancel").click().run()
    assert not work.playing
    assert "fill_recovery" not in page.session_state
    assert not page.exception


def test_the_work_adds_up_to_all_cases_at_once() -> None:
    cases = CASE_SETS["digits"].build()
    machine = binary_training.train(CASE_SETS["digits"].settings, cases.training[:200], 1).machine
    known = np.arange(64) < 32
    work = RecoveryWork(machine, cases, known, seed=1)
    work._train(3)
    assert work.done == 3 * TOGETHER
    losses = work.losses()
    truth = cases.test[: work.done]
    mask = np.tile(known, (work.done, 1))
    expected = case_losses(truth, mask, baselines(cases.training, truth, mask))
    for measure in MEASURES:
        for method in set(METHODS) - {"machine"}:
            np.testing.assert_allclose(losses[measure][method], expected[measure][method])
        assert losses[measure]["machine"].shape == (work.done,)
    random = RecoveryWork(machine, cases, None, seed=1)
    masks = random._mask(3, np.random.default_rng(0))
    assert (masks.sum(axis=1) == 32).all()
    assert not (masks[0] == masks[1]).all()


def test_own_places_are_ranks_among_the_learnt() -> None:
    cases = make_cases(np.eye(8), "Eight", share=0.5)
    held_out = cases.held_out
    assert held_out is not None
    found = own_places(cases, np.arange(8))
    np.testing.assert_array_equal(cases.training[found[~held_out]], np.eye(8)[~held_out])
    assert (found[held_out] == -1).all()
    assert own_places(cases, np.array([-1])).tolist() == [-1]
    assert own_places(make_cases(np.eye(8), "Eight"), np.array([3])).tolist() == [3]
    np.testing.assert_array_equal(places_of(cases, "held_out"), np.flatnonzero(held_out))
