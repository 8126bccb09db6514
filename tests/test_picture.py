"""Strangers' pictures: every row of the table in docs/inputs.md, colours, orientation, fuzz."""

import io
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rbm import picture
from rbm.darkness import brightness, otsu, sample_dark
from rbm.picture import SIDE, PictureError, read_picture
from rbm.words import draw_word
from tests.pictures import CASES, JPEG, PNG, RING, chunk, claiming, encoded, header_only

ROOT = Path(__file__).parents[1]


def documented():
    text = ROOT.joinpath("docs", "inputs.md").read_text("utf-8")
    section = text.split("\n## Pictures and words\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| (.+?) \| ((?:Points|None).*?) \|$", section, re.MULTILINE))


def sampled(content, threshold=None):
    """500 points of a picture or a word, and what was said."""
    if isinstance(content, str):
        return sample_dark(brightness(draw_word(content)), 500, threshold=1.0), ""
    read = read_picture(content, "photo.gif")
    bright = brightness(read.grey)
    points = sample_dark(bright, 500, threshold=otsu(bright) if threshold is None else threshold)
    return points, " ".join(read.notes)


def test_docs_and_cases_name_the_same_inputs():
    assert list(documented()) == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_each_input_does_what_the_docs_say(name):
    outcome, _, words = documented()[name].partition(": ")
    case = CASES[name]
    content, choices = case if isinstance(case, tuple) else (case, {})
    if outcome == "None":
        with pytest.raises(ValueError, match=re.escape(words)) as refusal:
            sampled(content, **choices)
        sentence = str(refusal.value)
        assert sentence.endswith(".")
        assert len(sentence) < 300
        assert "\n" not in sentence
        return
    points, said = sampled(content, **choices)
    assert words in said
    assert points.shape == (500, 2)
    assert points.min() >= 0.05
    assert points.max() <= 0.95


@pytest.mark.parametrize("name", list(CASES)[:8])
def test_every_kind_of_file_gives_the_same_ring(name):
    grey = read_picture(CASES[name]).grey
    assert grey.shape == RING.shape
    inside = np.ones_like(RING, bool)  # away from edges, where JPEG rings
    for edge in (10, 20, 40, 50):
        inside[edge - 4 : edge + 4] = False
    for edge in (20, 30, 50, 60):
        inside[:, edge - 4 : edge + 4] = False
    allowed = 140 if "two" in name else 8  # 20 is dithered to black and a few whites
    assert np.abs(grey.astype(int) - RING)[inside].mean() < allowed / 8
    assert np.abs(grey.astype(int) - RING)[inside].max() <= (255 if "two" in name else allowed)


def test_colours_are_seen_as_bright_as_they_look():
    stripes = np.repeat(np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8), 20, axis=0)
    grey = read_picture(encoded(np.repeat(stripes[:, None], 30, axis=1))).grey
    np.testing.assert_array_equal(grey[[10, 30, 50], 15], [76, 150, 29])  # ITU-R BT.601


def test_a_colour_or_a_level_may_stand_for_transparent():
    for mode, colour in (("RGB", (20, 20, 20)), ("L", 20)):
        content = encoded(Image.fromarray(RING).convert(mode), transparency=colour)
        assert read_picture(content).grey.min() == 255
    deep = Image.fromarray(RING.astype(np.uint16) * 257)
    content = encoded(deep)
    content = content[:33] + chunk(b"tRNS", struct.pack(">H", 20 * 257)) + content[33:]
    assert read_picture(content).grey.min() == 255


def test_half_transparent_black_is_grey_on_white():
    shade = np.dstack([np.zeros((20, 20, 3), np.uint8), np.full((20, 20), 64, np.uint8)])
    assert abs(int(read_picture(encoded(shade)).grey[5, 5]) - 191) <= 1


@pytest.mark.parametrize("orientation", range(9))
def test_photos_stand_upright(orientation):
    """Stored as a camera held that way stores it; Pillow's own exif_transpose is the oracle."""
    from PIL import ImageOps

    levels = np.random.default_rng(3).integers(0, 255, (30, 50), dtype=np.uint8)
    exif = Image.Exif()
    exif[picture.ORIENTATION] = orientation
    content = encoded(levels, exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    np.testing.assert_array_equal(read_picture(content).grey, np.asarray(upright))


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("shape", [(900, 1300), (1700, 401), (3, 2000), (5000, 1), (399, 400)])
def test_a_reduced_picture_keeps_its_shape_and_its_mean(form, shape):
    ramp = np.linspace(0, 255, shape[1])[None] * np.linspace(0.2, 1, shape[0])[:, None]
    grey = read_picture(encoded(ramp.astype(np.uint8), form)).grey
    assert max(grey.shape) == min(SIDE, max(shape))
    share = min(1, SIDE / max(shape))
    assert all(abs(a - max(b * share, 1)) <= 0.5 for a, b in zip(grey.shape, shape, strict=True))
    assert abs(grey.mean() - ramp.mean()) < 2
    if min(shape) > 10:
        assert abs(grey.std() - ramp.std()) < 2


def test_thin_lines_become_faint_and_are_not_lost():
    stripes = np.tile(np.array([0, 255, 255], np.uint8), (30, 400))
    np.testing.assert_array_equal(read_picture(encoded(stripes)).grey, 170)


def test_a_photo_is_decoded_at_a_fraction_of_its_size():
    photo = encoded(Image.new("RGB", (4000, 3000), "gray"), "JPEG")
    image = picture._open(photo)
    picture._reduced(image)
    assert image.size == (1000, 750)
    assert image.mode == "L"


@given(st.binary(max_size=300), st.sampled_from([b"", *picture.READERS]))
def test_any_bytes_give_a_picture_or_a_sentence(body, start):
    attempt(start + body)


@pytest.mark.filterwarnings("ignore")  # Pillow warns of damaged EXIF; here only errors count
@given(
    st.sampled_from([PNG, JPEG, *list(CASES.values())[2:10]]),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), min_size=1, max_size=6),
    st.floats(0, 1),
)
def test_a_damaged_picture_gives_a_picture_or_a_sentence(content, damage, kept):
    hurt = bytearray(content)
    for where, what in damage:
        place = int(where * len(hurt))
        hurt[place : place + len(what)] = what
    attempt(bytes(hurt))
    attempt(bytes(hurt)[: int(kept * len(hurt))])


@pytest.mark.filterwarnings("ignore")
@given(st.binary(min_size=8, max_size=60))
def test_damaged_exif_never_stops_a_picture_silently(body):
    attempt(PNG[:33] + chunk(b"eXIf", b"MM\0*" + body) + PNG[33:])


@given(*[st.integers(0, 2**31)] * 2, *[st.integers(0, 16)] * 2)
def test_any_header_gives_a_picture_or_a_sentence(width, height, depth, colour):
    body = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    attempt(PNG[:8] + chunk(b"IHDR", body) + PNG[33:])


def test_memory_stays_bounded(tmp_path):
    """The largest picture of each kind is read with 330 MB to spare, bombs are refused."""
    pack = zlib.compressobj(1)
    rows = b"".join(pack.compress(bytes(4 * 5000 + 1)) for _ in range(5000)) + pack.flush()
    size = struct.pack(">IIBBBBB", 5000, 5000, 8, 6, 0, 0, 0)
    ends = PNG[:8] + chunk(b"IHDR", size), chunk(b"IEND", b"")
    large = {
        "clear.png": ends[0] + chunk(b"IDAT", rows) + ends[1],
        "photo.jpg": claiming(JPEG, 10_000, 6_000),
        "slow.jpg": claiming(encoded(RING, "JPEG", progressive=True), 5_000, 5_000),
        "bomb.png": header_only(60_000, 60_000),
    }
    for name, content in large.items():
        (tmp_path / name).write_bytes(content)
    code = f"""
import resource
from pathlib import Path
from rbm.picture import PictureError, read_picture
from rbm.darkness import brightness
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 330_000_000, used + 330_000_000))
for path in sorted(Path({str(tmp_path)!r}).iterdir()):
    try:
        print(path.name, read_picture(path.read_bytes()).grey.shape)
    except PictureError as error:
        print(path.name, type(error.__cause__).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert said["bomb.png"] == "NoneType"
    assert said["clear.png"] == "(400, 400)"
    assert said["photo.jpg"] in ("(240, 400)", "OSError")  # cut short: most of it is missing
    assert said["slow.jpg"] in ("(400, 400)", "OSError")


def attempt(content):
    """Reads what may be broken: a small picture or one sentence, and nothing else."""
    try:
        grey = read_picture(content, "x.png").grey
    except PictureError as refusal:
        sentence = str(refusal)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert len(sentence) < 300
    else:
        assert grey.dtype == np.uint8
        assert min(grey.shape) >= 1
        assert max(grey.shape) <= SIDE
