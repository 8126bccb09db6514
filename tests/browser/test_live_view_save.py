"""The picture as a file: PNG and SVG, at any size, drawn anew from the moment on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from .asset_server import Call, loaded_modules
from .pictures import SVG, marks, pixels

ALL = ("data", "dataInk", "reconstructions", "reconstructionInk", "links", "landscape",
       "attractors", "hiddenLines")  # fmt: skip

# A moment as the view has it: a machine whose hidden units cut the square, 300 data on an arc.
MOMENT = """
const { Scene } = await import('./scene.js');
const { Camera } = await import('./camera.js');
const { loadOptions } = await import('./options.js');
const { lookOf } = await import('../shared/colours.js');
const shape = {n_visible: 2, n_hidden: 3, sigma: 0.25, low: -1, high: 1};
const frame = Float64Array.from([3, -2, 1, 2, 3, -4, 0.5, -0.6, 0.4, -0.8, 0.9, 1, 2, 1.5, 3, 2]);
const source = new Scene();
source.data = Float64Array.from({length: 600}, (_, i) =>
  i < 300 ? 0.7 * Math.cos(i / 100) : 0.7 * Math.sin((i - 300) / 100));
source.clicks = [[0.25, -0.5], [-0.5, 0.5]];
const options = Object.assign(loadOptions(), {probes});
for (const name of Object.keys(options.layers)) options.layers[name] = layers.includes(name);
const camera = Object.assign(new Camera(), {width: 500, height: 400, low: -1, high: 1});
camera.zoomAt(210, 130, zoom);
const look = dark ? lookOf('#0e1117', 'rgb(250, 250, 250)') : lookOf('#ffffff', '#1a1a1a');
const moment = {scene: source.at(frame, shape, options, false), source, options, look, camera,
  epoch: 1234};
const png = async (side, background) => {
  const blob = await m.pngOf(moment, side, background);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
};
"""
# An SVG as any page would show it: an image, drawn on a canvas as large as it says.
SHOW = """
const shown = async (text) => {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], {type: 'image/svg+xml'}));
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'),
    {width: image.naturalWidth, height: image.naturalHeight});
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas.toDataURL().split(',')[1];
};
"""


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    with loaded_modules(browser) as call:
        yield call


def moment(call: Call, body: str, **changes: Any) -> Any:
    usual = {"layers": ALL, "probes": "uniform", "zoom": 1, "dark": False}
    return call("save", MOMENT + SHOW + body, **(usual | changes))


def share_of(image: np.ndarray, hue: str) -> float:
    """Which share of the picture is clearly blue, vermillion or green."""
    r, g, b = np.moveaxis(image[..., :3], -1, 0)
    mask = {
        "blue": (b > r + 60) & (b > g + 20),
        "vermillion": (r > g + 60) & (r > b + 60),
        "green": (g > r + 40) & (g > b + 15),
    }[hue]
    return float(mask.mean())


@pytest.mark.parametrize("side", [200, 640, 1600])
def test_a_png_has_the_size_asked_for(call: Call, side: int) -> None:
    image = pixels(moment(call, "return png(side, true);", side=side))
    assert image.shape == (side, side, 4)
    assert np.all(image[..., 3] == 255)
    assert np.all(image[0, 0] == 255)
    for hue in ("blue", "vermillion", "green"):
        assert share_of(image, hue) > 0.001, hue


def test_a_larger_picture_is_the_same_picture_with_more_detail(call: Call) -> None:
    small, large = (
        pixels(moment(call, "return png(side, true);", side=side, layers=["data", "hiddenLines"]))
        for side in (640, 2560)
    )
    mean = large.reshape(640, 4, 640, 4, 4).mean((1, 3))
    assert np.abs(mean - small).mean() < 1.0
    # Enlarged from 640 pixels, edges would be blurred: four times less steep, four times longer.
    enlarged = np.asarray(Image.fromarray(small.astype(np.uint8)).resize((2560, 2560)), float)
    sharp, blurred = (
        np.square(np.diff(image[..., 0], axis=1)).sum() for image in (large, enlarged)
    )
    assert sharp > 2 * blurred


@pytest.mark.parametrize("dark", [False, True])
def test_without_background_the_ground_is_transparent(call: Call, dark: bool) -> None:
    both = moment(
        call, "return [await png(400, true), await png(400, false)];", dark=dark, layers=ALL[:4]
    )
    opaque, bare = map(pixels, both)
    ground = np.array([14, 17, 23] if dark else [255, 255, 255])
    assert opaque[1, 1, :3].tolist() == ground.tolist()
    assert bare[1, 1, 3] == 0
    assert 0.05 < np.mean(bare[..., 3] > 0) < 0.95
    share = bare[..., 3:] / 255
    over = share * bare[..., :3] + (1 - share) * ground
    assert np.abs(over - opaque[..., :3]).mean() < 0.5  # laid on the ground it is the other one


@pytest.mark.parametrize("changes", [
    {}, {"dark": True}, {"zoom": 3}, {"layers": ["data"]}, {"layers": ["reconstructions"]},
    {"layers": ["links", "hiddenLines"]}, {"layers": ["landscape"]},
    {"layers": ["attractors"]}, {"probes": "clicks"}, {"probes": "data"},
])  # fmt: skip
@pytest.mark.parametrize("background", [True, False])
def test_an_svg_shows_what_the_png_shows(
    call: Call, changes: dict[str, Any], background: bool
) -> None:
    drawn, shown = moment(
        call,
        "return [await png(800, ground), await shown(m.svgOf(moment, 800, ground))];",
        ground=background, **changes,
    )  # fmt: skip
    png, svg = pixels(drawn), pixels(shown)
    assert png.shape == svg.shape
    for image in (png, svg):
        image[..., :3] *= image[..., 3:] / 255  # colours of what is transparent mean nothing
    drawing = np.abs(png - png[1, 1]).mean()
    # Measured: 0.02 to 0.67 of 255, at edges and in tints; at most 5 % of all that is drawn.
    assert np.abs(png - svg).mean() < min(1, 0.07 * drawing)


def test_an_svg_holds_every_mark_as_a_shape(call: Call) -> None:
    text = moment(call, "return m.svgOf(moment, 1600, true);")
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert (root.get("width"), root.get("height")) == ("1600", "1600")
    assert root.get("viewBox") == "0 0 640 640"
    assert marks(root) == (300, 500)
    assert len(list(root.iter(f"{SVG}image"))) == 2  # the landscape's tint, and that of the inks
    words = [str(label.text) for label in root.iter(f"{SVG}text")]
    assert {"-1.0", "0.0", "1.0"} <= set(words)
    assert any(word.endswith(" %") for word in words)
    assert root.findtext(f"{SVG}title") == "Restricted Boltzmann machine, epoch 1,234"
    said = str(root.findtext(f"{SVG}desc"))
    for part in ("after 20 noisy passes", "σ = 0.25", "300 data points", "500 reconstructions"):
        assert part in said


def test_an_svg_needs_nothing_from_elsewhere_and_names_plain_colours_only(call: Call) -> None:
    text = moment(call, "return m.svgOf(moment, 800, true);")
    assert set(re.findall(r'href="([^"]{0,10})', text)) == {"data:image"}
    assert "rgba(" not in text
    shapes = re.sub(r'href="[^"]*"', "", text)
    assert "NaN" not in shapes
    assert "undefined" not in shapes
    assert text.count("<g") == text.count("</g>")


def test_text_in_an_svg_is_only_text(call: Call) -> None:
    body = """
    const ink = new m.SvgInk(9, 9);
    ink.fillText('<b> & "', 1, 2);
    return ink.file(9, '</title><script>', 'a & b');
    """
    root = ElementTree.fromstring(call("svg_ink", body))
    assert [node.text for node in root][:2] == ["</title><script>", "a & b"]
    assert root.findtext(f".//{SVG}text") == '<b> & "'
