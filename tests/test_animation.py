"""The animated file: which epochs it shows, what its pixels say, and that Pillow reads it."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rbm import training
from rbm.animation import RANGES, SEED, STARTS, Film, animate, epochs_shown
from rbm.dots import DARK, FINE, INK, LIGHT, MAX_SIZE, MIN_SIZE, STRENGTHS, Square, palette
from rbm.experiment import build
from rbm.gif import gif
from rbm.reconstruction import reconstruct
from rbm.recording import Recording
from rbm.settings import Settings

SMALL = Settings(
    n_points=40, n_hidden=3, k=1, k_end=1, initial_scale=1.0, sigma=0.5, seed=3, low=-1.0, high=1.0,
    average_last=0.3,
)  # fmt: skip
FILM = Film(size=240, pictures=12, seconds=0.05, last_seconds=1.5, passes=3)


def trained(epochs, settings=SMALL):
    return training.advance(training.start(build(settings)), epochs)


def opened(pieces):
    """Each picture of a GIF as (height, width, 3), as Pillow composes it, and its milliseconds."""
    image = Image.open(io.BytesIO(b"".join(pieces)))
    pictures, durations = [], []
    for number in range(image.n_frames):
        image.seek(number)
        pictures.append(np.asarray(image.convert("RGB")))
        durations.append(image.info["duration"])
    assert image.info["loop"] == 0
    return pictures, durations


@pytest.fixture(scope="module")
def run():
    return trained(300)


# -- the file


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 40), st.integers(1, 40))
def test_a_gif_holds_the_pictures_it_was_made_of(seed, count, height, width):
    """Its reader is Pillow, which knows nothing of how it was put together."""
    rng = np.random.default_rng(seed)
    colours = rng.integers(0, 256, (190, 3), dtype=np.uint8)
    made = [rng.integers(0, 190, (height, width), dtype=np.uint8)]
    for _ in range(count - 1):  # every next one changes some pixels
        made.append(np.where(rng.random((height, width)) < 0.3, np.uint8(seed % 190), made[-1]))
    seconds = rng.integers(2, 500, count) / 100
    pictures, durations = opened(gif(zip(made, seconds, strict=True), colours))
    assert len(pictures) == count
    for picture, indices in zip(pictures, made, strict=True):
        np.testing.assert_array_equal(picture, colours[indices])
    np.testing.assert_allclose(durations, 1000 * seconds)


def test_the_pieces_of_a_gif_come_one_by_one():
    asked = []

    def pictures():
        for number in range(5):
            asked.append(number)
            yield np.full((4, 4), number, np.uint8), 0.1

    pieces = gif(pictures(), palette(dark=False))
    assert next(pieces)[:6] == b"GIF89a"
    assert asked == [0]
    assert len(list(pieces)) == 5  # four pictures more, and the end


# -- the pictures


def test_marks_lie_where_their_points_are():
    data = np.array([[0.0, 0.0], [1.0, 1.0], [0.25, 0.75]])
    for size in (MIN_SIZE, 333, MAX_SIZE):
        square = Square(size, data)
        picture = square.draw(np.array([[0.75, 0.25], [1.0, 0.0]]), "Epoch 7")
        for point in data:
            assert picture[square.place(point)] == (STRENGTHS - 1) * STRENGTHS  # data, all of it
        row, column = square.place((0.75, 0.25))
        assert picture[row, column] == 0  # a diamond is hollow
        around = picture[row - 12 : row + 13, column - 12 : column + 13]
        assert 5 <= around.max() < STRENGTHS  # of reconstruction alone, its line a pixel wide
        assert around.sum() > 100
        # the frame: the square's corners are one pixel inside it
        top, left = square.place((0.0, 1.0))
        assert picture[top - 1, left + square.side // 3] == INK
        assert picture[top + square.side // 3, left - 1] == INK


def test_covered_subpixels_are_counted():
    """Slow twin: each subpixel asked one by one, by the definition of a disc and of a diamond."""
    rng = np.random.default_rng(0)
    points = rng.random((30, 2))
    square = Square(240, points)
    radius = max(5, 240 // 70)
    places = np.rint(square._fine(points)).astype(int)
    down, across = np.mgrid[: 240 * FINE, : 240 * FINE]
    covered = np.zeros((240 * FINE, 240 * FINE), int)
    for x, y in places:
        covered |= (across - x) ** 2 + (down - y) ** 2 <= radius * (radius + 1)
    expected = covered.reshape(240, FINE, 240, FINE).sum(axis=(1, 3))
    np.testing.assert_array_equal(square._stamped(square._fine(points), square._disc), expected)
    diamond = np.abs(across - 300) + np.abs(down - 303)
    hollow = (diamond <= 9) & (diamond > 4)
    expected = hollow.reshape(240, FINE, 240, FINE).sum(axis=(1, 3))
    at = np.array([[300.0, 303.0]])
    np.testing.assert_array_equal(square._stamped(at, square._diamond), expected)


def test_the_palette_holds_what_layers_look_like():
    for dark, colours in ((False, LIGHT), (True, DARK)):
        paper, data, ink, reconstruction = (
            np.array(list(bytes.fromhex(colour[1:]))) for colour in colours
        )
        table = palette(dark).astype(int)
        assert table.shape == (190, 3)
        full = (STRENGTHS - 1) * STRENGTHS
        np.testing.assert_array_equal(table[[0, full, INK]], [paper, data, ink])
        np.testing.assert_array_equal(table[[9, full + 9, INK + 9]], [reconstruction] * 3)
        half = (data + (reconstruction - data) * 4 / 9).round()
        np.testing.assert_array_equal(table[full + 4], half)
        third = (paper + (ink - paper) * 3 / 9).round()
        np.testing.assert_array_equal(table[INK - 60], third)


def test_marks_at_the_edge_and_beyond_stay_in_the_picture():
    square = Square(240, np.array([[0.5, 0.5]]))
    assert square.draw(np.array([[-3.0, 9.0], [1.2, 0.5]]), "x").shape == (240, 240)


# -- the training


@pytest.mark.parametrize("dark", [False, True])
def test_a_film_shows_data_and_reconstructions_of_its_epochs(run, dark):
    film = replace(FILM, dark=dark)
    pictures, durations = opened(animate(run, film))
    epochs = epochs_shown(run, film)
    assert len(pictures) == len(epochs) == 12
    assert durations == [50] * 11 + [1500]
    colours = palette(dark)
    starts = -1 + 2 * np.random.default_rng(SEED).random((STARTS, 2))
    square = Square(240, (run.data + 1) / 2, ("-1", "1"))
    for epoch, picture in zip(epochs.tolist(), pictures, strict=True):
        cloud = reconstruct(run.model_at(epoch), starts, 3, seed=SEED, sigma=0.5)
        expected = square.draw((cloud + 1) / 2, f"Epoch {epoch:,}")
        np.testing.assert_array_equal(picture, colours[expected])
        assert picture.shape == (240, 240, 3)
    seen = {tuple(colour) for colour in np.array(pictures).reshape(-1, 3)[::7].tolist()}
    assert seen <= {tuple(colour) for colour in colours.tolist()}


def test_same_run_same_bytes(run):
    assert b"".join(animate(run, FILM)) == b"".join(animate(trained(300), FILM))
    assert b"".join(animate(run, FILM)) != b"".join(animate(run, replace(FILM, passes=4)))


def test_data_that_changed_on_the_way_are_shown_when_they_held():
    other = build(replace(SMALL, pattern="moons", sigma=0.9))
    run = training.change_data(trained(50), other)
    run = training.advance(training.change(run, replace(SMALL, sigma=0.9)), 50)
    pictures, _ = opened(animate(run, replace(FILM, spacing="even", pictures=11)))
    for number, epoch in enumerate(range(0, 101, 10)):
        held, sigma = (other, 0.9) if epoch >= 50 else (run.experiments[0][1], 0.5)
        square = Square(240, (held.data + 1) / 2, ("-1", "1"))
        starts = -1 + 2 * np.random.default_rng(SEED).random((STARTS, 2))
        cloud = reconstruct(run.model_at(epoch), starts, 3, seed=SEED, sigma=sigma)
        expected = palette(False)[square.draw((cloud + 1) / 2, f"Epoch {epoch}")]
        np.testing.assert_array_equal(pictures[number], expected)


def test_a_run_that_has_not_begun_is_one_picture():
    pictures, durations = opened(animate(trained(0), FILM))
    assert len(pictures) == 1
    assert durations == [1500]


@given(st.integers(0, 900), st.integers(10, 200), st.sampled_from(["ratio", "even"]))
def test_epochs_are_recorded_and_evenly_spaced(epochs, count, spacing):
    run = RUNS[epochs % 4]
    recorded = {*run.recording.epochs.tolist(), run.epoch}
    shown = epochs_shown(run, Film(pictures=count, spacing=spacing)).tolist()
    assert shown == sorted(set(shown))
    assert recorded.issuperset(shown)
    assert shown[0] == run.first_epoch
    assert shown[-1] == run.epoch
    assert len(shown) == min(count, len(recorded))
    if len(recorded) <= count or run.recording.stride > 1:
        return
    if spacing == "even":
        assert np.ptp(np.diff(shown)) <= 1
    else:  # no epoch is further from the last one than even ratios allow, and steps only grow
        ratios = np.array(shown[2:]) / shown[1:-1]
        jumps = np.diff(shown) > 1
        assert (ratios[jumps[1:]] >= ratios[-1] * 0.6).all()
        assert np.diff(shown).min() >= 1


@pytest.mark.parametrize("name", RANGES)
def test_a_film_beyond_its_ranges_is_refused(name):
    low, high = RANGES[name]
    for value in (low, high):
        assert getattr(replace(FILM, **{name: value}), name) == value
    for value in (low - 1, high + 1, float("nan")):
        with pytest.raises(ValueError, match=f"An animation's {name} must lie between"):
            replace(FILM, **{name: value})
    with pytest.raises(ValueError, match="must be one of ratio, even"):
        Film(spacing="log")


def thinned(epochs):
    """A run whose recording has room for 50 epochs only."""
    run = training.start(build(SMALL))
    first = run.recording.frames[0]
    return training.advance(
        replace(run, recording=Recording.begin(first, cap=50 * first.nbytes)), epochs
    )


RUNS = [trained(900), trained(25), trained(0), thinned(333)]
