"""The live view's recording, playhead, pull loop, camera and sentences, each on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from .asset_server import Call, loaded_modules, serve_assets


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser) as call:
        yield call


RECORD = """
const held = new m.Recording();
for (const [name, value] of steps) {
  if (name === 'append') {
    const epochs = Int32Array.from(value);
    held.append(epochs, Float32Array.from(value.flatMap((e) => [e, -e])),
      Float32Array.from(value.map((e) => e / 8)));
  } else held[name](value);
}
return {epochs: Array.from(held.epochs.slice(0, held.count)), newest: held.newest,
  frames: Array.from(held.frames.slice(0, 2 * held.count)),
  errors: Array.from(held.errors.slice(0, held.count))};
"""


def twin(steps: list[tuple[str, Any]]) -> list[int]:
    """The epochs that a recording holds, by the plain words of its contract."""
    held: list[int] = []
    stride = 1
    for name, value in steps:
        if name == "append":
            new = [e for e in value if not held or e > held[-1]]
            if new and held and held[-1] % stride:
                held.pop()
            held += new
        elif name == "forgetAfter":
            held = [e for e in held if e <= value]
        else:
            stride = value
            held = [e for e in held if e % stride == 0 or e == held[-1]]
    return held


batches = st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True).map(sorted)
step = (
    st.tuples(st.just("append"), batches)
    | st.tuples(st.just("forgetAfter"), st.integers(0, 60))
    | st.tuples(st.just("thin"), st.sampled_from([2, 4]))
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, max_size=8))
def test_a_recording_holds_what_its_contract_says(call: Call, steps: list[tuple[str, Any]]) -> None:
    got = call("../shared/recording", RECORD, steps=steps)
    held = twin(steps)
    assert got["epochs"] == held
    assert got["newest"] == (held[-1] if held else -1)
    assert got["frames"] == [number for e in held for number in (e, -e)]
    assert got["errors"] == [e / 8 for e in held]


def test_a_recording_grows_past_its_first_room(call: Call) -> None:
    steps = [("append", list(range(at, at + 700))) for at in range(0, 3500, 700)]
    got = call("../shared/recording", RECORD, steps=steps)
    assert got["epochs"] == list(range(3500))
    assert got["frames"][::2] == list(range(3500))


@pytest.mark.parametrize("share", [0, 0.2, 0.9])
@pytest.mark.parametrize("epoch", [0, 1, 10, 37])
def test_the_machine_shown_is_the_mean_of_the_last_share(
    call: Call, share: float, epoch: int
) -> None:
    epochs = np.arange(0, 38) if share < 0.9 else np.array([0, 1, 5, 10, 30, 37])
    frames = np.random.default_rng(1).normal(size=(len(epochs), 3)).astype(np.float32)
    shown = call(
        "../shared/recording",
        "const held = new m.Recording();"
        "held.append(Int32Array.from(epochs), Float32Array.from(frames), new Float32Array(99));"
        "return Array.from(held.shown(held.placeOf(epoch), share));",
        epochs=epochs.tolist(), frames=frames.ravel().tolist(), epoch=epoch, share=share,
    )  # fmt: skip
    chosen = (epochs > epoch * (1 - share)) & (epochs <= epoch) | (epochs == epoch)
    np.testing.assert_allclose(shown, frames[chosen].mean(0, dtype=float), rtol=1e-12)


def test_the_playhead_keeps_up_without_starving(call: Call) -> None:
    """Batches of 40 frames every 200 ms, pictures every 16 ms: smooth, and one batch behind."""
    places = call(
        "../shared/playhead",
        "const head = new m.Playhead(); const seen = []; let last = 0;"
        "for (let now = 0; now < 6000; now += 16) {"
        "  if (now % 200 < 16) { last += 40; head.arrived(last, now); }"
        "  head.advance(last, 16); seen.push([head.place, last]);"
        "} return seen;",
    )
    shown, newest = np.array(places[150:]).T
    assert np.all(shown <= newest)
    assert np.all(newest - shown <= 55)
    steps = np.diff(shown)
    assert steps.min() >= 1  # every picture is a new one
    assert steps.max() <= 6  # and none jumps: 40 frames in 12.5 pictures are 3.2 each


def test_the_playhead_stays_where_the_user_put_it(call: Call) -> None:
    place, more = call(
        "../shared/playhead",
        "const head = new m.Playhead(); head.seek(7, false); head.arrived(99, 5);"
        "const more = head.advance(99, 1000); return [head.place, more];",
    )
    assert (place, more) == (7, False)


CAMERA = """
const camera = new m.Camera();
Object.assign(camera, {width: 500, height: 400, low: -1, high: 3});
"""


def test_the_camera_maps_there_and_back_and_zooms_about_the_pointer(call: Call) -> None:
    back, held, fit = call(
        "camera",
        CAMERA + "camera.zoomAt(100, 90, 5); camera.pan(13, -4);"
        "const value = camera.valueAt(210, 77);"
        "const back = [camera.x(value[0]), camera.y(value[1])];"
        "const before = camera.valueAt(210, 77); camera.zoomAt(210, 77, 1.7);"
        "const held = [before, camera.valueAt(210, 77)]; camera.fit();"
        "return [back, held, [camera.x(-1), camera.x(3), camera.y(-1), camera.y(3), camera.zoom]];",
    )
    assert back == pytest.approx([210, 77])
    assert held[0] == pytest.approx(held[1])
    left, right, bottom, top, zoom = fit
    assert zoom == 1
    assert right - left == pytest.approx(bottom - top)
    assert left >= 0
    assert right <= 500
    assert top >= 0
    assert bottom <= 400


def test_the_camera_never_zooms_out_of_the_square(call: Call) -> None:
    assert call("camera", CAMERA + "camera.zoomAt(9, 9, 0.1); return camera.fits;") is True
    assert call("camera", CAMERA + "camera.zoomAt(9, 9, 1e9); return camera.zoom;") == 40


@pytest.mark.parametrize(
    ("low", "high", "wanted", "labels"),
    [
        (0, 1, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-1, 1, 4, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
        (0.31, 0.34, 3, ["0.31", "0.32", "0.33", "0.34"]),
        (-10, 10, 4, ["-10", "-5", "0", "5", "10"]),
    ],
)
def test_ticks_are_round_numbers(
    call: Call, low: float, high: float, wanted: int, labels: list[str]
) -> None:
    found = call(
        "../shared/ticks", "return m.ticks(low, high, wanted);", low=low, high=high, wanted=wanted
    )
    assert [tick["label"] for tick in found] == labels


SCORES = {"error_floor": 0.01, "error_uniform": 0.11}


@pytest.mark.parametrize(
    ("error", "mismatch", "disagree", "words"),
    [
        (0.011, 0.8, True, "wrong places"),
        (0.09, 0.1, True, "lies where the data lie"),
        (0.011, 0.1, False, "where the data lie"),
        (0.09, 0.9, False, "not learnt"),
        (0.09, 1.3, False, "uniform noise"),
        (0.05, 0.5, False, "coming"),
        (0.034, 0.51, True, "Trust the mismatch"),
        (0.036, 0.51, False, "coming"),
        (float("nan"), 0.9, False, "not learnt"),
        (float("nan"), 0.1, False, "where the data lie"),
        (0.011, float("nan"), False, ""),
    ],
)
def test_the_sentence_says_when_error_and_mismatch_disagree(
    call: Call, error: float, mismatch: float, disagree: bool, words: str
) -> None:
    said = call(
        "verdict", "return m.verdict(error, mismatch, scores);",
        error=error, mismatch=mismatch, scores=SCORES,
    )  # fmt: skip
    assert said["disagree"] is disagree
    assert words in said["sentence"]
    assert bool(words) == bool(said["sentence"])


def test_without_fixed_points_nothing_is_claimed(call: Call) -> None:
    assert call("verdict", "return m.verdict(0.1, 0.9, {}).sentence;") == ""


def test_mismatch_is_the_last_one_measured_so_far(call: Call) -> None:
    body = "return [4, 5, 12, 99].map((epoch) => m.mismatchAt([5, 10, 20], [3, 2, 1], epoch));"
    none, first, second, last = call("verdict", body)
    assert none is None
    assert [at["value"] for at in (first, second, last)] == [3, 2, 1]


@pytest.mark.parametrize("log", [False, True])
def test_a_time_scale_goes_there_and_back(call: Call, log: bool) -> None:
    shares, epochs = call(
        "../shared/sharp",
        "const time = m.timeScale(500, log); const shares = [0, 7, 500].map(time.share);"
        "return [shares, shares.map(time.epoch)];",
        log=log,
    )
    assert epochs == pytest.approx([0, 7, 500])
    assert shares[0] == 0
    assert shares[2] == pytest.approx(1)
    assert (shares[1] > 0.1) is log


PULL = """
window.asked = [];
window.loop = new m.PullLoop((question) => window.asked.push(question));
"""


def hide(page: Page, hidden: bool) -> None:
    page.evaluate(
        "(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden,"
        " configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


def test_the_pull_loop_asks_once_waits_and_never_while_hidden(browser: Browser) -> None:
    with serve_assets() as url:
        page = browser.new_page()
        page.clock.install(time=0)
        page.goto(url)
        page.clock.pause_at(10)  # from here on time passes only when told to
        page.evaluate(f"async () => {{ const m = await import('../shared/pull.js'); {PULL} }}")

        def asked_after(milliseconds: int) -> int:
            page.clock.run_for(milliseconds)
            return int(page.evaluate("window.asked.length"))

        def answer(wanted: bool, per: float) -> None:
            page.evaluate(
                "([wanted, per]) => window.loop.answered({n: 1}, wanted, per)", [wanted, per]
            )

        page.clock.run_for(10_000)
        answer(wanted=True, per=0.5)
        assert asked_after(1) == 1
        assert asked_after(2000) == 1  # one question at a time
        answer(wanted=True, per=0.5)
        assert asked_after(1) == 2  # half a second has long passed
        answer(wanted=True, per=0.5)
        assert asked_after(400) == 2  # not before half a second has passed
        assert asked_after(200) == 3
        assert asked_after(2500) == 3
        assert asked_after(700) == 4  # no answer for three seconds: asks again
        assert asked_after(5500) == 4  # the next time it waits twice as long
        assert asked_after(700) == 5
        hide(page, hidden=True)
        answer(wanted=True, per=0.5)
        assert asked_after(60_000) == 5
        hide(page, hidden=False)
        assert asked_after(1) == 6
        answer(wanted=False, per=0.5)
        assert asked_after(60_000) == 6
        page.evaluate("window.loop.answered({n: 1}, true, 0.5), window.loop.stop()")
        assert asked_after(60_000) == 6
        page.close()
