"""Points and weights in links: exact both ways, and no text of a stranger does harm."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rbm import training
from rbm.app.messages import plain
from rbm.app.session import Session
from rbm.datasets import GRID, Dataset, from_places, make_dataset
from rbm.experiment import build
from rbm.links import PAYLOAD, decode, encode
from rbm.payload import (
    MAX_LINK_POINTS,
    points_to_text,
    text_to_map,
    text_to_points,
    text_to_weights,
    weights_to_text,
)
from rbm.run_link import MAX_CHARACTERS, of_run
from rbm.settings import KNOBS, Settings
from rbm.unit_map import UnitMap
from tests.inputs import documented

SETTINGS = Settings(n_hidden=3, k=2, k_end=3, sigma=0.4, seed=5, n_points=60)
RNG = np.random.default_rng(3)
MAP = UnitMap(("Länge, °", "height"), (-3.5, 10.0), (0.1, 1e4))
FILE = make_dataset("track & co.csv", "file", RNG.random((200, 2)), map=MAP)
# Four points and the weights of one hidden unit in a link of version 1: opened for ever.
STORED_POINTS = "AAAAAA__gAf_-AQB"
STORED_PLACES = [[0, 0], [0, 4095], [2048, 2047], [3968, 1025]]

places = arrays(np.int64, st.tuples(st.integers(0, 50), st.just(2)), elements=st.integers(0, GRID))
texts = st.one_of(st.text(max_size=80), st.text("ABz09-_", max_size=4000))


@given(places)
def test_points_survive_the_way_through_text(cloud):
    text = points_to_text(from_places(cloud))
    assert len(text) == 4 * len(cloud)
    assert np.array_equal(text_to_points(text), from_places(cloud))


def test_the_stored_text_of_version_1_is_read_for_ever():
    assert np.array_equal(text_to_points(STORED_POINTS), from_places(STORED_PLACES))
    assert points_to_text(from_places(STORED_PLACES)) == STORED_POINTS


@given(texts)
def test_no_text_does_harm(text):
    for read in (text_to_points, text_to_map, lambda text: text_to_weights(text, 2)):
        with suppress(ValueError):
            read(text)


def test_text_of_too_many_points_is_refused_unread():
    with pytest.raises(ValueError, match="more than 1,500"):
        text_to_points("A" * 4 * (MAX_LINK_POINTS + 1))


@pytest.mark.parametrize("poison", [np.nan, np.inf, 1e300, -1e9])
def test_weights_out_of_bounds_are_refused(poison):
    state = training.advance(training.start(build(SETTINGS)), 5).state
    for place in (0, 3, 7, -1):
        parameters = state.parameters.copy()
        parameters[place] = poison
        with pytest.raises(ValueError, match="out of bounds"):
            text_to_weights(weights_to_text(parameters, state.velocity), 3)
    with pytest.raises(ValueError, match="out of bounds"):
        text_to_weights(weights_to_text(state.parameters, state.velocity * np.nan), 3)
    with pytest.raises(ValueError, match="4 hidden units"):
        text_to_weights(weights_to_text(state.parameters, state.velocity), 4)


def opened(params) -> Session:
    return Session(decode(params, Settings()))


def same_data(one: Dataset | None, other: Dataset | None) -> bool:
    assert one is not None
    assert other is not None
    return (
        (one.name, one.kind, one.map) == (other.name, other.kind, other.map)
        and np.array_equal(one.points, other.points)
        and np.array_equal(one.held_out, other.held_out)
    )


def test_a_link_with_own_points_gives_the_same_run():
    run = training.advance(training.start(build(SETTINGS, dataset=FILE)), 60)
    run = training.advance(training.change(run, replace(SETTINGS, sigma=0.7)), 40)
    link = of_run(run)
    assert link.note == ""
    session = opened(link.params)
    assert session.complaints == []
    assert same_data(session.dataset, FILE)
    assert np.array_equal(session.run.state.parameters, run.state.parameters)
    assert session.run.mismatch_at(100) == run.mismatch_at(100)
    assert of_run(session.run).params == link.params


def test_a_link_with_weights_shows_the_machine_and_goes_on_as_the_run_would():
    run = training.advance(training.start(build(SETTINGS, dataset=FILE)), 60)
    session = opened(of_run(run, with_weights=True).params)
    assert (session.run.epoch, session.run.first_epoch) == (60, 60)
    assert np.array_equal(session.run.state.parameters, run.state.parameters)
    later, expected = (training.advance(r, 30) for r in (session.run, run))
    assert np.array_equal(later.state.parameters, expected.state.parameters)
    session.branch(0)  # before its beginning there is nothing
    assert session.run.epoch == 60
    session.reset()
    assert session.run.epoch == 0
    assert same_data(session.dataset, FILE)


def test_a_run_whose_data_changed_is_restored_by_its_weights():
    drawn = make_dataset("Drawing", "drawing", RNG.random((80, 2)))
    run = training.advance(training.start(build(SETTINGS, dataset=FILE)), 60)
    run = training.advance(training.change_data(run, build(SETTINGS, dataset=drawn)), 20)
    assert "without what came before" in of_run(run).note
    assert of_run(run).at(5) == of_run(run)
    session = opened(of_run(run).params)
    assert np.array_equal(session.run.state.parameters, run.state.parameters)
    assert same_data(session.dataset, drawn)


def test_a_link_with_weights_shows_the_averaged_machine():
    drawn = make_dataset("Drawing", "drawing", RNG.random((80, 2)))
    averaged = replace(SETTINGS, average_last=0.3)
    run = training.advance(training.start(build(averaged, dataset=FILE)), 60)
    run = training.advance(training.change_data(run, build(averaged, dataset=drawn)), 40)
    assert not np.array_equal(run.parameters_at(100), run.state.parameters)
    opened_run = opened(of_run(run).params).run
    assert np.array_equal(opened_run.model.parameters, run.model.parameters)
    assert opened_run.mismatch_at(100) == run.mismatch_at(100)


def test_what_does_not_fit_is_said():
    many = make_dataset("many", "file", RNG.random((1501, 2)))
    link = of_run(training.start(build(SETTINGS, dataset=many)))
    assert "1,501 points do not fit" in link.note
    session = opened(link.params)
    assert session.dataset is None
    assert "many" in session.complaints[0]

    most = make_dataset("most", "file", RNG.random((1500, 2)), map=MAP)
    big = training.advance(training.start(build(replace(SETTINGS, n_hidden=64), dataset=most)), 1)
    assert of_run(big).note == ""
    assert len(of_run(big).query) <= MAX_CHARACTERS
    assert "does not fit into the link as well" in of_run(big, with_weights=True).note
    assert of_run(big, with_weights=True).params == of_run(big).params

    chains = training.advance(training.start(build(replace(SETTINGS, rule="pcd"))), 1)
    assert "chains begin again" in of_run(chains, with_weights=True).note


GOOD = dict(of_run(training.advance(training.start(build(SETTINGS, dataset=FILE)), 3), True).params)


OTHER = training.advance(training.start(build(replace(SETTINGS, n_hidden=4))), 1).state
NAN = np.full_like(OTHER.parameters[:16], np.nan)
CASES = {
    "settings alone": encode([(0, SETTINGS)], 5),
    "own points": dict(of_run(training.start(build(SETTINGS, dataset=FILE))).params),
    "own points and what was learnt": GOOD,
    "a run whose data changed on the way": GOOD | {"data": "drawing"},
    "points that did not fit when it was copied": {**GOOD, "points": None},
    "points cut off": {**GOOD, "points": GOOD["points"][:-1]},
    "points with foreign letters": {**GOOD, "points": "é/+=" + GOOD["points"][4:]},
    "fewer than 10 points": {**GOOD, "points": GOOD["points"][:20]},
    "all points on one spot": {**GOOD, "points": "A" * 400},
    "more than 1,500 points": {**GOOD, "points": "Ab0_" * 1501},
    "held-out points cut off": {**GOOD, "held_out": "!!!!"},
    "data of an unknown kind": {**GOOD, "data": "../etc"},
    "a map that is none": {**GOOD, "map": '{"names": 1}'},
    "a map of 100,000 brackets": {**GOOD, "map": "[" * 100_000},
    "weights of another machine, or cut off": {**GOOD, "n_hidden": "4"},
    "weights that are not finite": {**GOOD, "weights": weights_to_text(NAN, NAN[:11])},
    "weights at epoch 0": {**GOOD, "epoch": "0"},
    "a setting out of its range": {**GOOD, "sigma": "9"},
    "a setting that is no number": {**GOOD, "sigma": "<b>"},
    "an unknown pattern": {**GOOD, "pattern": "../../etc/passwd"},
    "an unknown setting": {**GOOD, "nonsense": "1"},
    "another version": {**GOOD, "v": "7"},
    "an epoch beyond 1,000,000": {**GOOD, "epoch": "9999999"},
    "more than 100 changes on the way": {**GOOD, "changes": "~~".join(["5~k:3"] * 999)},
}


def test_the_documented_links_are_those_tried_here():
    assert {row.name for row in documented("Links")} == set(CASES)


@pytest.mark.parametrize("row", documented("Links"), ids=lambda row: row.name)
def test_a_link_opens_and_a_sentence_says_what_in_it_does_not(row):
    params = {name: text for name, text in CASES[row.name].items() if text is not None}
    session = opened(params)
    said = " ".join(session.complaints)
    assert (row.outcome == "Opened") == (said == "")
    assert row.words in said
    assert session.settings.seed == SETTINGS.seed  # what is sound in it is kept
    assert "<b>" not in plain(said)


edits = st.dictionaries(st.sampled_from([*PAYLOAD, "epoch", "n_hidden"]), texts, max_size=4)


@given(edits, st.integers(0, 900))
def test_no_edited_link_makes_an_exception(changed, cut):
    for params in ({**GOOD, **changed}, {**GOOD, "points": GOOD["points"][:cut]}):
        link = decode(params, Settings())
        for sentence in link.complaints:
            assert sentence.endswith(".")
            assert len(sentence) < 300
        build(link.settings, dataset=link.dataset)


def test_the_payload_has_names_of_its_own():
    assert not set(PAYLOAD) & {"v", "pattern", "epoch", "changes", *KNOBS}
    assert set(GOOD) <= {*PAYLOAD, *encode([(0, SETTINGS)], 0)}
