"""Who is asking and whether anything is kept for them: on one's own computer, in a class room."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rbm.app import person
from rbm.app.library_place import NoLibrary, place
from rbm.app.person import KEY, Person, find_person, one_person, use_key

LOCAL = {"Host": "localhost:8501", "Origin": "http://localhost:8501", "User-Agent": "x"}
COOKIE = "c" * 22


@pytest.mark.parametrize(
    ("address", "headers", "alone"),
    [
        ("127.0.0.1", LOCAL, True),
        ("localhost", LOCAL, True),
        ("::1", {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"}, True),
        ("127.0.0.1", {"host": "127.0.0.1", "origin": "http://127.0.0.1"}, True),
        ("127.0.0.1", {}, True),
        (None, LOCAL, False),
        ("", LOCAL, False),
        ("0.0.0.0", LOCAL, False),
        ("::", LOCAL, False),
        ("192.168.1.7", LOCAL, False),
        ("unix:///run/app.sock", LOCAL, False),
        ("localhost.example.org", LOCAL, False),
        ("127.0.0.1", LOCAL | {"X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", LOCAL | {"x-forwarded-proto": "https"}, False),
        ("127.0.0.1", LOCAL | {"Forwarded": "for=1.2.3.4"}, False),
        ("127.0.0.1", LOCAL | {"X-Real-IP": "1.2.3.4"}, False),
        ("127.0.0.1", LOCAL | {"Via": "1.1 x"}, False),
        ("127.0.0.1", LOCAL | {"Host": "rbm.example.org"}, False),
        ("127.0.0.1", LOCAL | {"Host": "127.0.0.1.example.org:80"}, False),
        ("127.0.0.1", LOCAL | {"Host": "127.0.0.1@example.org"}, False),
        ("127.0.0.1", LOCAL | {"Origin": "https://rbm.example.org"}, False),
        ("127.0.0.1", LOCAL | {"Origin": "null"}, False),
        ("127.0.0.1", LOCAL | {"Origin": ""}, False),
        ("127.0.0.1", LOCAL | {"Host": "[::1"}, False),
    ],
)
def test_one_person_is_served_only_where_nobody_else_can_reach(address, headers, alone):
    assert one_person(address, headers) is alone


@pytest.mark.parametrize("alone", [True, False])
def test_the_variable_decides_before_all_else(alone, tmp_path):
    wished = tmp_path / "a" / "runs.sqlite"
    assert place({"RBM_LIBRARY": f" {wished} "}, alone=alone) == wished
    assert place({"RBM_LIBRARY": "runs"}, alone=alone) == Path.cwd() / "runs"
    assert place({"RBM_LIBRARY": "~/x"}, alone=alone) == Path.home() / "x"
    assert place({"RBM_LIBRARY": ":memory:"}, alone=alone).is_absolute()
    for off in ("off", "OFF", " off "):
        with pytest.raises(NoLibrary, match="switched its library off"):
            place({"RBM_LIBRARY": off}, alone=alone)


def test_a_shared_server_keeps_nothing_until_its_owner_says_so(tmp_path):
    for environment in ({}, {"RBM_LIBRARY": ""}, {"RBM_LIBRARY": " ", "XDG_DATA_HOME": "/x"}):
        with pytest.raises(NoLibrary, match="setting RBM_LIBRARY to a file's path"):
            place(environment, alone=False)


def test_one_persons_library_lies_in_their_folder_for_data(tmp_path):
    default = Path.home() / ".local/share/rbm/library.sqlite"
    assert place({}, alone=True) == default
    assert place({"XDG_DATA_HOME": "relative"}, alone=True) == default
    named = {"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path / "win")}
    assert place(named, alone=True) == tmp_path / "rbm/library.sqlite"
    assert place(named, alone=True, windows=True) == tmp_path / "win/rbm/library.sqlite"
    windows = place({}, alone=True, windows=True)
    assert windows == Path.home() / "AppData/Local/rbm/library.sqlite"


def test_a_user_without_a_home_gets_a_sentence(monkeypatch):
    def homeless(*_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(NoLibrary, match="no home folder"):
        place({}, alone=True)


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A tab's first run on a shared server: what Streamlit knows, and what the browser answers."""
    options = {"server.address": "0.0.0.0", "server.baseUrlPath": "/lab/"}
    streamlit = SimpleNamespace(
        context=SimpleNamespace(headers={}, cookies={}),
        user={},
        session_state={},
        get_option=options.__getitem__,
    )
    tab = SimpleNamespace(st=streamlit, options=options, answer=None, asked=None)

    def mount(*, data: dict[str, Any], **_: object) -> SimpleNamespace:
        tab.asked = data
        return SimpleNamespace(answer=tab.answer)

    monkeypatch.setattr(person, "st", streamlit)
    monkeypatch.setattr(person, "_mount", mount)
    return tab


def test_on_ones_own_computer_the_person_is_its_owner(tab):
    tab.options["server.address"] = "127.0.0.1"
    assert find_person() == Person("owner")
    assert tab.asked is None
    tab.st.context.headers["X-Forwarded-For"] = "1.2.3.4"
    assert find_person() is None


def test_a_new_browser_is_offered_a_new_key_and_waited_for(tab):
    assert find_person() is None
    offered = tab.asked["key"]
    assert KEY.fullmatch(offered)
    assert (tab.asked["replace"], tab.asked["path"]) == (False, "/lab")
    assert find_person() is None
    assert tab.asked["key"] == offered  # not another one with every run
    tab.answer = {"key": offered, "kept": True}
    found = find_person()
    assert found.key == offered
    assert found.kept
    tab.st.session_state.clear()  # another browser
    tab.answer = None
    assert find_person() is None
    assert tab.asked["key"] != offered


def test_what_is_stored_does_not_tell_the_key(tab):
    tab.st.context.cookies[person.COOKIE] = COOKIE
    found = find_person()
    assert found == Person(hashlib.sha256(b"browser:" + COOKIE.encode()).hexdigest(), COOKIE)
    assert tab.asked["key"] == COOKIE


def test_a_tab_that_was_faster_wins(tab):
    tab.answer = {"key": "f" * 22, "kept": True}
    assert find_person().key == "f" * 22
    assert tab.asked["key"] != "f" * 22
    tab.st.context.cookies[person.COOKIE] = COOKIE  # as of this tab's first request, long ago
    assert find_person().key == "f" * 22


@pytest.mark.parametrize(
    "forged",
    ["", "short", "x" * 23, "x" * 21 + "\n", "é" * 22, "' OR 1=1 -- aaaaaaaaaa", "a" * 999],
)
def test_a_malformed_cookie_is_a_new_person(tab, forged):
    tab.st.context.cookies[person.COOKIE] = forged
    assert find_person() is None
    assert KEY.fullmatch(tab.asked["key"])


@pytest.mark.parametrize(
    "answer", [7, "x", [], {}, {"key": None}, {"key": 5}, {"key": ["x" * 22]}, {"key": "x"}]
)
def test_a_senseless_answer_is_none(tab, answer):
    tab.answer = answer
    assert find_person() is None


def test_a_browser_without_cookies_is_told(tab):
    tab.answer = {"key": COOKIE, "kept": False}
    assert find_person() == Person(person._digest("browser", COOKIE), COOKIE, kept=False)


def test_a_key_from_another_computer_replaces_this_ones(tab):
    tab.st.context.cookies[person.COOKIE] = COOKIE
    tab.answer = {"key": COOKIE, "kept": True}
    before = find_person()
    use_key(f"  {'z' * 22}\n")
    after = find_person()
    assert (tab.asked["key"], tab.asked["replace"]) == ("z" * 22, True)
    assert (after.key, after.kept) == ("z" * 22, True)
    assert after.name != before.name
    for wrong in ("", "z" * 21, "z" * 23, "z" * 21 + "!"):
        with pytest.raises(ValueError, match="not a key"):
            use_key(wrong)
    assert find_person() == after


def test_a_signed_in_user_is_known_by_the_provider(tab):
    def signed_in(**claims: object) -> Person | None:
        tab.st.user = {"is_logged_in": True, **claims}
        return find_person()

    ada = signed_in(iss="https://a", sub="1", email="ada@example.org")
    assert ada.key == ""
    assert len(ada.name) == 64
    assert signed_in(iss="https://a", sub="1", email="new@example.org") == ada
    others = [
        signed_in(iss="https://b", sub="1"),
        signed_in(iss="https://a", sub="2"),
        signed_in(email="ada@example.org"),
        signed_in(email="eve@example.org"),
    ]
    assert len({ada.name, *(other.name for other in others)}) == 5
    assert signed_in(name="no proof") is None  # falls back to the browser
    tab.options["server.address"] = "127.0.0.1"
    assert signed_in(iss="https://a", sub="1") == ada
    tab.st.user = {"is_logged_in": False, "email": "ada@example.org"}
    assert find_person() == Person("owner")


def test_a_cookie_cannot_pass_for_the_owner_or_for_a_user(tab):
    tab.st.user = {"is_logged_in": True, "iss": "i", "sub": "a" * 20}
    user = find_person()
    tab.st.user = {}
    tab.st.context.cookies[person.COOKIE] = "a" * 22
    assert find_person().name not in (user.name, "owner")
