"""Studies and records as JSON: as they were when they come back, whatever they hold."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.tuning import Outcome
from rbm.tuning.documents import record_to_text, study_to_text, text_to_record, text_to_study
from rbm.tuning.search import Record
from tests.studies import OWN, SEARCH, SWEEP, same


@pytest.mark.parametrize("study", [SEARCH, SWEEP, replace(SEARCH, dataset=OWN, patterns=())])
def test_studies_come_back_as_they_were(study):
    back = text_to_study(study_to_text(study))
    assert study_to_text(back) == study_to_text(study)
    if study.dataset is None:
        assert back == study
    else:
        assert back.dataset.points.tolist() == study.dataset.points.tolist()
        assert back.dataset.held_out.tolist() == study.dataset.held_out.tolist()


@given(
    st.lists(st.floats(-1, 2) | st.just(math.nan), max_size=4), st.integers(0, 5), st.binary(),
    st.dictionaries(st.text(max_size=5), st.floats(-1, 1) | st.integers(0, 9) | st.booleans()),
)  # fmt: skip
def test_records_come_back_as_they_were(mismatch, number, picture, values):
    outcome = Outcome(tuple(mismatch), (0.3,), 2, 0.5, 0.75, 9, picture)
    kept = Record(number, values, outcome)
    assert same(text_to_record(number, record_to_text(kept), picture), kept)


@pytest.mark.parametrize(
    "damage", ["", "{}", "[]", "null", '{"kind": 3}', "[" * 100_000, "nonsense"]
)
def test_damaged_documents_are_a_sentence(damage):
    for read in (text_to_study, lambda text: text_to_record(0, text)):
        with pytest.raises(ValueError, match="cannot be read"):
            read(damage)


def test_a_document_from_a_younger_program_is_a_sentence():
    with pytest.raises(ValueError, match=r"no setting 'telepathy'"):
        text_to_study(study_to_text(SEARCH).replace('"sigma":', '"telepathy":', 1))
