"""A run's file: everything comes back and goes on; nothing else gets in."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import rbm
from rbm import run_file, training
from rbm.app.session import Session
from rbm.datasets import make_dataset
from rbm.experiment import build
from rbm.links import Link
from rbm.run_file import RunFileError, dump, load
from rbm.settings import Settings
from rbm.unit_map import UnitMap
from tests.inputs import documented

RNG = np.random.default_rng(1)
SMALL = Settings(n_points=40, n_hidden=3, k=2, k_end=3, seed=5, sigma=0.4, rule="pcd")
MAP = UnitMap(("a", "b"), (1.0, 2.0), (3.0, 4.0))
FILE = make_dataset("m.csv", "file", RNG.random((130, 2)), map=MAP, notes=("2 rows were dropped.",))
DRAWN = make_dataset("Drawing", "drawing", RNG.random((55, 2)))


def eventful() -> training.Run:
    """A pattern, then a file, then a drawing; other settings on the way."""
    run = training.advance(training.start(build(SMALL)), 70)
    run = training.advance(training.change_data(run, build(SMALL, dataset=FILE)), 50)
    run = training.advance(training.change(run, replace(SMALL, sigma=0.9, average_last=0.1)), 40)
    return training.advance(training.change_data(run, build(SMALL, dataset=DRAWN)), 40)


RUN = eventful()
GOOD = dump(RUN, {0: 1.1, 200: 0.4}, {"speed": 10, "instant": 0, "instant_epochs": 50})


def same_state(one: training.Run, other: training.Run) -> bool:
    return all(
        np.array_equal(a, b)
        for a, b in (
            (one.state.parameters, other.state.parameters),
            (one.state.velocity, other.state.velocity),
            (one.state.chains, other.state.chains),
            (one.recording.frames, other.recording.frames),
            (one.recording.epochs, other.recording.epochs),
            (one.data, other.data),
        )
    )


def test_a_run_comes_back_whole():
    saved = load(GOOD)
    run = saved.run
    assert saved.complaints == ()
    assert dict(saved.mismatches) == {0: 1.1, 200: 0.4}
    assert same_state(run, RUN)
    assert (run.history, run.engines, run.notice) == (RUN.history, RUN.engines, RUN.notice)
    assert run.last_error == RUN.last_error
    np.testing.assert_array_equal(run.recording.errors, RUN.recording.errors)
    for (at, one), (begin, other) in zip(run.experiments, RUN.experiments, strict=True):
        assert at == begin
        assert one.pattern == other.pattern
        np.testing.assert_array_equal(one.data, other.data)
        assert one.yardstick.floor == other.yardstick.floor
    data = run.experiments[1][1].dataset
    assert (data.name, data.kind, data.map, data.notes) == ("m.csv", "file", MAP, FILE.notes)
    np.testing.assert_array_equal(data.held_out, FILE.held_out)
    assert dump(run, saved.mismatches, saved.page) == GOOD


@pytest.mark.parametrize("epoch", [0, 1, 64, 70, 119, 121, 160, 199])
def test_scrubbing_and_going_on_are_what_they_were(epoch):
    run = load(GOOD).run
    assert same_state(training.rewind(run, epoch), training.rewind(RUN, epoch))
    assert run.mismatch_at(epoch) == RUN.mismatch_at(epoch)
    assert same_state(training.advance(run, 30), training.advance(RUN, 30))


def test_a_thinned_recording_and_a_late_beginning_come_back():
    late = training.forget_before(RUN, 100)
    thin = replace(late, recording=late.recording._thinned())
    run = load(dump(thin)).run
    assert run.first_epoch == late.first_epoch > 0
    assert run.recording.stride == 2
    assert same_state(training.advance(run, 9), training.advance(thin, 9))


def test_a_script_s_points_come_back():
    run = rbm.train(replace(SMALL, rule="cd"), 20, data=RNG.random((77, 2)))
    saved = load(dump(run)).run
    assert same_state(saved, run)
    assert saved.experiment.dataset.name == "Points of a script"


def test_a_session_restores_the_page_and_shelves_the_run_before():
    session = Session(Link(replace(SMALL, seed=8)))
    session.run_to(30)
    before = session.run
    session.open_bytes(GOOD)
    assert same_state(session.run, RUN)
    assert session.clock.speed == 10
    assert session.scores.values[200] == 0.4
    assert session.dataset.kind == "drawing"
    assert not session.playing
    again = Session(Link(SMALL))
    again.open_bytes(session.save_bytes())
    assert same_state(again.run, RUN)
    session.undo()
    assert session.run is before


def test_numpy_alone_opens_the_arrays():
    with np.load(io.BytesIO(GOOD), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["recording_frames"], RUN.recording.frames)
        assert set(run_file.parts.ARRAYS) <= set(arrays.files)


def parts() -> tuple[dict, dict[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(content.pop("run.json")), content


def packed(text, content: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("run.json", text if isinstance(text, str) else json.dumps(text))
        for name, part in content.items():
            archive.writestr(name, part)
    return file.getvalue()


def npy(array) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=True)
    return file.getvalue()


def lying_header() -> bytes:
    file = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (2_000_000,)}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + bytes(24)


TEXT, CONTENT = parts()


def with_text(**changed) -> bytes:
    return packed({**TEXT, **changed}, CONTENT)


def with_entry(name: str, content: bytes) -> bytes:
    return packed(TEXT, {**CONTENT, name: content})


CASES = {
    "a run's file": GOOD,
    "nothing": b"",
    "text": b"hello" * 99,
    "cut off": GOOD[: len(GOOD) // 2],
    "another zip": packed("{}", {"a.txt": b""}),
    "an entry with a path": with_entry("../x.npy", b""),
    "more than 50 MB": bytes(50_000_001),
    "a zip bomb": with_entry("recording_frames.npy", bytes(2**25 + 2**20)),
    "no description": packed("no json", CONTENT),
    "deep description": packed("[" * 100_000, CONTENT),
    "another format": packed({"format": "x"}, CONTENT),
    "a later version": with_text(version=2),
    "something missing": packed({"format": "rbm-run", "version": 1}, CONTENT),
    "no array": with_entry("data.npy", b"x"),
    "a header cut off": with_entry("mismatch.npy", npy(np.zeros(3)).replace(b"}", b" ")),
    "a header that lies": with_entry("mismatch.npy", lying_header()),
    "a pickle": with_entry("last_error.npy", npy(np.array([{}], object))),
    "NaN in the weights": with_entry("state_parameters.npy", npy(RNG.random((9, 16)) * np.nan)),
    "persistent chains are missing": packed(
        TEXT,
        {
            **CONTENT,
            "state_chain_rows.npy": npy(np.zeros(len(RUN.checkpoints) + 1, np.int32)),
            "state_chains.npy": npy(np.zeros((0, 2), np.float32)),
        },
    ),
    "points outside the range": with_entry("data.npy", npy(np.full((199, 2), 7, np.float32))),
    "no data": with_text(data=[]),
    "other settings": with_text(history=[[0, {"n_hidden": "4"}]]),
    "settings out of range": with_text(history=[[0, {"sigma": "99"}]]),
    "changes before the beginning": with_text(engines=[[-5, "fused"]]),
    "an unknown engine": with_text(engines=[[0, "os"]]),
    "no engines": with_text(engines=[]),
}


def test_the_documented_files_are_those_tried_here():
    assert {row.name for row in documented("Run files")} == set(CASES)


@pytest.mark.parametrize("row", documented("Run files"), ids=lambda row: row.name)
def test_a_file_is_opened_or_gets_a_sentence_and_changes_nothing(row):
    session = Session(Link(SMALL))
    run = session.run
    if row.outcome == "Opened":
        session.open_bytes(CASES[row.name])
        assert same_state(session.run, RUN)
        return
    assert row.outcome == "Refused"
    with pytest.raises(RunFileError, match=r"^[^\n]{10,300}\.$") as refused:
        session.open_bytes(CASES[row.name])
    assert row.words in str(refused.value)
    assert session.run is run


def test_names_of_strangers_are_cleaned():
    data = json.loads(json.dumps(TEXT["data"]))
    data[1][1]["dataset"]["name"] = "<b>\x1b[1m\u202e" + "x" * 500
    data[1][1]["dataset"]["notes"] = ["a\nb\x00c" * 400]
    dataset = load(packed({**TEXT, "data": data}, CONTENT)).run.experiments[1][1].dataset
    assert len(dataset.name) <= 60
    assert dataset.name.isprintable()
    assert dataset.notes[0].isprintable()


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(TEXT)), values, max_size=3))
@examples(max_examples=100)
def test_no_description_makes_another_exception(changed):
    try:
        load(packed({**TEXT, **changed}, CONTENT))
    except RunFileError as error:
        assert "\n" not in str(error)  # noqa: PT017


@given(st.sampled_from(sorted(CONTENT)), st.binary(max_size=300))
@examples(max_examples=60)
def test_no_array_makes_another_exception(name, content):
    with pytest.raises(RunFileError):
        load(packed(TEXT, {**CONTENT, name: content}))


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
@examples(max_examples=60)
def test_no_flipped_byte_makes_another_exception(place, flip):
    content = bytearray(GOOD)
    content[place] ^= flip
    try:
        run = load(bytes(content)).run
    except RunFileError:
        return
    assert run.epoch == RUN.epoch  # a byte that nothing depends on, as in a zip's dates
