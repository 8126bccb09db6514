"""Links of binary runs: they restore the run bit for bit, and strangers' texts do no harm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbm import binary_training
from rbm.app.binary_session import BinarySession
from rbm.binary_links import MAX_CHARACTERS, decode, encode
from rbm.binary_settings import BINARY_KNOBS, BinarySettings
from rbm.cases import CASE_SETS, digits, films, make_cases

OWN = make_cases(
    np.random.default_rng(0).integers(0, 256, (50, 4)) / 255,
    "My “own” rows & more",
    names=("a", "b, c", "<d>", "é"),
    labels=np.arange(50) % 3,
    label_names=("x", "y", "z"),
    row_names=[f"case {i}" for i in range(50)],
    shape=(2, 2),
)


def again(session):
    """A session opened from the link of another."""
    params, note = session.address
    assert note == ""
    link = decode(params)
    assert link.complaints == ()
    return BinarySession(link)


@pytest.mark.parametrize("name", CASE_SETS)
def test_every_set_is_named_and_built_again(name):
    params, note = encode(name, CASE_SETS[name].build(), ((0, CASE_SETS[name].settings),), 3)
    link = decode(params)
    assert (link.set_name, link.epoch, note) == (name, 3, "")
    assert link.settings == CASE_SETS[name].settings
    np.testing.assert_array_equal(link.cases.values, CASE_SETS[name].build().values)


def test_a_link_restores_the_run_with_what_changed_on_the_way():
    first = BinarySession(decode({"cases": "films", "seed": "5", "k": "2"}))
    for _ in range(3):
        first.step()
    first.apply(learning_rate=0.3, learning_rate_end=0.3, rule="cd")
    for _ in range(4):
        first.step()
    other = again(first)
    assert other.epoch == 7
    np.testing.assert_array_equal(other.machine().parameters, first.machine().parameters)
    assert other.run.history == first.run.history


def test_small_own_cases_travel_whole():
    session = BinarySession(decode({"cases": "films"}))
    session.use(OWN)
    session.step()
    other = again(session)
    for field in ("title", "names", "shape", "label_names", "row_names", "says"):
        assert getattr(other.cases, field) == getattr(OWN, field)
    np.testing.assert_array_equal(other.cases.values, OWN.values)
    np.testing.assert_array_equal(other.cases.labels, OWN.labels)
    np.testing.assert_array_equal(other.cases.held_out, OWN.held_out)
    np.testing.assert_array_equal(other.machine().parameters, session.machine().parameters)


@pytest.mark.parametrize(
    "cases",
    [
        make_cases(np.random.default_rng(0).random((20, 3)), "between the steps"),
        make_cases(digits().values.round(), "too many"),
        make_cases(np.eye(50), "another part held out").of(np.arange(50)[::-1]),
    ],
    ids=lambda cases: cases.title,
)
def test_cases_that_do_not_fit_are_said_before_copying_and_after_opening(cases):
    params, note = encode("", cases, ((0, BinarySettings()),), 0)
    assert f"{len(cases.values):,} cases" in note
    assert "rows" not in params
    link = decode(params)
    assert "does not carry" in link.complaints[0]
    assert link.set_name == "digits"


def test_a_bare_address_shows_the_digits_with_their_own_settings():
    link = decode({})
    assert link.set_name == "digits"
    assert link.settings == CASE_SETS["digits"].settings
    assert link.complaints == ()


def test_what_does_not_fit_is_said_and_the_rest_is_used():
    link = decode({"cases": "nothing", "n_hidden": "many", "seed": "4", "epoch": "-1", "x": "y"})
    assert link.settings.seed == 4
    assert link.settings.n_hidden == CASE_SETS["digits"].settings.n_hidden
    said = " ".join(link.complaints)
    for word in ("“nothing”", "“many”", "“-1”", "“x”"):
        assert word in said


def test_a_machine_that_its_rule_cannot_train_is_said():
    session = BinarySession(decode({"cases": "digits", "rule": "exact"}))
    assert "default settings" in session.complaints[-1]
    assert session.settings.rule == "cd"


def test_rows_that_unpack_to_far_too_much_are_refused():
    import zlib

    from rbm.payload import bytes_to_text

    bomb = bytes_to_text(zlib.compress(b"0" * 3_900_000, 9))
    assert len(bomb) < MAX_CHARACTERS
    link = decode({"cases": "own", "rows": bomb})
    assert "unpack to more" in link.complaints[0]


KEYS = st.sampled_from(["v", "cases", "rows", "epoch", "changes", *BINARY_KNOBS, "other"])


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(KEYS, st.text(max_size=40)),
    st.integers(0, 400),
    st.text(max_size=3),
    st.booleans(),
)
def test_no_text_does_harm(params, place, text, own):
    rows = encode("", OWN, ((0, BinarySettings()),), 0)[0]["rows"]
    if own:
        params |= {"cases": "own", "rows": rows[:place] + text + rows[place + 1 :]}
    link = decode(params)
    assert isinstance(link.settings, BinarySettings)
    assert ((link.cases.values >= 0) & (link.cases.values <= 1)).all()


def test_films_are_small_enough_for_a_link_even_as_own_cases():
    params, note = encode("", films(), ((0, BinarySettings()),), 0)
    assert note == ""
    run = binary_training.train(BinarySettings(), decode(params).cases.training, 2)
    assert run.epoch == 2
