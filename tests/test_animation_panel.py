"""The animation's panel and the work behind it: made in the pool, cancelled, let go, saved."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rbm import training
from rbm.animation import Film, animate
from rbm.app import filming
from rbm.app.filming import Filming
from rbm.experiment import build
from rbm.settings import Settings

FILM = Film(size=240, pictures=10, passes=2)
SETTINGS = Settings(n_points=30, n_hidden=3, k=1, k_end=1, initial_scale=1.0)


def script():
    import streamlit as st

    from rbm.app.animation_panel import animation_panel
    from rbm.app.session import from_params

    if "session" not in st.session_state:
        st.session_state["session"] = from_params({"n_points": "30", "n_hidden": "3"})
    animation_panel(st.session_state["session"])


@pytest.fixture(scope="module")
def run():
    return training.advance(training.start(build(SETTINGS)), 40)


class Waiting:
    """A pool whose work waits until a test lets it go on, a piece at a time."""

    def __init__(self):
        self.work = []

    def submit(self, piece):
        self.work.append(piece)

    def go_on(self):
        self.work.pop(0)()


@pytest.fixture
def pool(monkeypatch):
    waiting = Waiting()
    monkeypatch.setattr(filming, "POOL", waiting)
    return waiting


def test_a_piece_of_work_is_one_picture_and_the_file_is_the_whole(run, pool):
    job = Filming(run, FILM)
    for made in range(10):
        assert job.running
        assert job.file is None
        assert job.progress() == made / 10
        assert len(pool.work) == 1  # asking twice queues once
        pool.go_on()
    while job.running:
        pool.go_on()
    assert job.file == b"".join(animate(run, FILM))
    assert job.progress() == 1
    assert pool.work == []


def test_cancelling_stops_after_the_picture_at_hand(run, pool):
    job = Filming(run, FILM)
    pool.go_on()
    job.cancel()
    assert not job.running
    pool.go_on()
    assert pool.work == []
    assert job.file is None
    assert job.progress() == 0


def test_nobody_asking_lets_it_rest_and_asking_wakes_it(run, pool, monkeypatch):
    job = Filming(run, FILM)
    pool.go_on()
    later = time.monotonic() + filming.LEASE_SECONDS + 1
    with monkeypatch.context() as changed:
        changed.setattr(time, "monotonic", lambda: later)
        pool.go_on()
    assert pool.work == []
    assert job.progress() == 0.1
    assert len(pool.work) == 1


def test_an_error_in_the_program_is_said_and_logged(run, pool, monkeypatch, caplog):
    def broken(run, film):
        yield b"GIF"
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(filming, "animate", broken)
    job = Filming(run, FILM)
    pool.go_on()
    pool.go_on()
    assert job.failed
    assert not job.running
    assert "the animation failed" in caplog.text
    assert pool.work == []


def test_many_threads_make_the_same_file(run, monkeypatch):
    with ThreadPoolExecutor(3) as threads:
        monkeypatch.setattr(filming, "POOL", threads)
        jobs = [Filming(run, FILM) for _ in range(4)]
        while any(job.running for job in jobs):
            assert all(0 <= job.progress() <= 1 for job in jobs)
            time.sleep(0.01)
    assert {job.file for job in jobs} == {b"".join(animate(run, FILM))}


@pytest.fixture
def page():
    return AppTest.from_function(script, default_timeout=120).run()


def test_nothing_moves_before_the_first_epoch(page):
    assert "train first" in page.info[0].value
    assert not page.button


def test_the_panel_makes_what_was_chosen_and_offers_it(page, pool, monkeypatch):
    files = {}
    button = st.download_button

    def noted(label, data, file_name, *args, **named):
        files[file_name] = data
        return button(label, data, file_name, *args, **named)

    monkeypatch.setattr(st, "download_button", noted)
    session = page.session_state["session"]
    session.run_to(30)
    while session.run.epoch < 30:
        session.run = training.advance(session.run, 1)
    page.run()
    for name, value in (("pictures", 10), ("size", 240), ("passes", 3), ("seconds", 0.5)):
        page.slider(key=f"animation_{name}").set_value(value)
    page.segmented_control(key="animation_spacing").set_value("even")
    page.segmented_control(key="animation_ground").set_value("dark").run()
    page.button(key="animation_make").click().run()
    assert not page.exception
    assert page.button(key="animation_make").disabled
    assert files == {}
    job = page.session_state["animation_job"]
    while job.running:
        pool.go_on()
    page.run()
    assert not page.button(key="animation_make").disabled
    film = Film(240, 10, "even", 0.5, passes=3, dark=True)
    assert files == {"rbm_to_epoch_30.gif": b"".join(animate(session.run, film))}


def test_the_panel_can_be_left_while_it_works(page, pool):
    session = page.session_state["session"]
    session.run = training.advance(session.run, 30)
    page.run()
    page.button(key="animation_make").click().run()
    page.button(key="animation_cancel").click().run()
    assert not page.exception
    assert "Cancelled." in [caption.value for caption in page.caption]
    assert not page.button(key="animation_make").disabled
