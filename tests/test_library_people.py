"""Whatever several people do in whatever order, each meets exactly what is theirs."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from rbm.library import Library, Summary
from rbm.library_file import LibraryError

PEOPLE = ("ada", "eve", "%", "")
people = st.sampled_from(PEOPLE)
texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=20)


class People(RuleBasedStateMachine):
    """The model is a plain dict: id -> [person, name, note, starred, deleted, content]."""

    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now = 0.0
        self.library = Library(self.folder / "runs.sqlite", clock=self.tick)
        self.model: dict[int, list] = {}

    def tick(self) -> float:
        self.now += 1
        return self.now

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(target=runs, person=people, name=texts, note=texts, content=st.binary(max_size=50))
    def save(self, person: str, name: str, note: str, content: bytes) -> int:
        number = self.library.save(person, name, note, content, Summary("Ring", 1))
        assert number not in self.model
        self.model[number] = [person, name, note, False, False, content]
        return number

    def reach(self, person: str, number: int, deleted: bool = False) -> list | None:
        """The model's run when this person may reach it in this state."""
        held = self.model.get(number)
        return held if held and held[0] == person and held[4] == deleted else None

    @rule(run=runs, person=people)
    def open(self, run: int, person: str) -> None:
        held = self.reach(person, run)
        if held:
            assert self.library.content(person, run) == held[5]
        else:
            with pytest.raises(LibraryError):
                self.library.content(person, run)

    @rule(run=runs, person=people, name=texts, note=texts)
    def annotate(self, run: int, person: str, name: str, note: str) -> None:
        held = self.reach(person, run)
        if held:
            self.library.annotate(person, run, name, note)
            held[1:3] = name, note
        else:
            with pytest.raises(LibraryError):
                self.library.annotate(person, run, name, note)

    @rule(run=runs, person=people, on=st.booleans())
    def star(self, run: int, person: str, on: bool) -> None:
        held = self.reach(person, run)
        if held:
            self.library.star(person, run, on)
            held[3] = on
        else:
            with pytest.raises(LibraryError):
                self.library.star(person, run, on)

    @rule(run=runs, person=people)
    def delete(self, run: int, person: str) -> None:
        held = self.reach(person, run)
        if held:
            self.library.delete(person, run)
            held[4] = True
        else:
            with pytest.raises(LibraryError):
                self.library.delete(person, run)

    @rule(run=runs, person=people)
    def undelete(self, run: int, person: str) -> None:
        held = self.reach(person, run, deleted=True)
        if held:
            self.library.undelete(person, run)
            held[4] = False
        else:
            with pytest.raises(LibraryError):
                self.library.undelete(person, run)

    @rule(person=people)
    def empty_bin(self, person: str) -> None:
        self.library.empty_bin(person)
        self.model = {n: run for n, run in self.model.items() if not (run[0] == person and run[4])}

    @invariant()
    def everybody_sees_their_own(self) -> None:
        for person in PEOPLE:
            for deleted, seen in (
                (False, self.library.entries(person)),
                (True, self.library.deleted(person)),
            ):
                expected = {
                    number: run[1:4]
                    for number, run in self.model.items()
                    if run[0] == person and run[4] == deleted
                }
                assert {e.id: [e.name, e.note, e.starred] for e in seen} == expected


People.TestCase.settings = settings(max_examples=25, stateful_step_count=20)
TestPeople = People.TestCase
