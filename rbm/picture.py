"""Reading a stranger's picture: the bytes of a PNG or JPEG -> at most 400 × 400 grey levels.

The format is told by the first bytes, never by the name, and only Pillow's two readers for it are
asked. Everything that could cost much is capped before a pixel is decoded: bytes, pixels, the scans
of a progressive JPEG. A phone's photo is decoded at an eighth of its size, and one picture is read
at a time, so a server's memory stays bounded whatever a class uploads. What cannot be used raises
`PictureError`, whose one sentence says what to do about it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from rbm.dialects import clean

SIDE = 400
"""Pixels of the longer side that are kept."""
MAX_BYTES = 25_000_000
MAX_PIXELS = 60_000_000
"""Of a baseline JPEG, which is decoded at a fraction of its size."""
MAX_WHOLE_PIXELS = 25_000_000
"""Of a PNG or a progressive JPEG, which must be held in memory as a whole."""
MAX_SCANS = 40
"""Of a progressive JPEG: programs write about ten, and each one goes over the whole picture."""
MAX_PROFILES = 1
"""Colour profiles of a PNG, each of which may expand a thousandfold."""
ORIENTATION = 0x0112

_ONE_AT_A_TIME = threading.Lock()


class PictureError(ValueError):
    """A picture cannot be used; the message is one sentence for the person who brought it."""


@dataclass(frozen=True, eq=False)
class Picture:
    """`grey` (height, width) uint8, 0 black and 255 white, row 0 on top, neither side above 400.

    `notes` are sentences about what was reduced or turned.
    """

    grey: NDArray[np.uint8]
    notes: tuple[str, ...]


def read_picture(content: bytes, filename: str = "") -> Picture:
    """The grey levels of a PNG or JPEG: turned upright, on white where it is transparent.

    Raises `PictureError` for anything else.
    """
    name = f"“{clean(filename)}”" if filename else "The picture"
    _check_bytes(content, name)
    with _ONE_AT_A_TIME:
        try:
            image = _open(content)
            _check_size(image, name)
            width, height = image.size
            small = _reduced(image)
            turned = _upright(small, image)
        except PictureError:
            raise
        except Exception as error:  # the readers raise a dozen kinds for damaged bytes
            raise PictureError(
                f"{name} is damaged or incomplete and cannot be read: open it in a picture "
                "program, save it as PNG, and try again."
            ) from error
    notes = [f"The picture has {width:,} × {height:,} pixels"]
    if turned.size != (width, height):
        notes[0] += f" and was reduced to {turned.width} × {turned.height}"
    notes[0] += "."
    if turned is not small:
        notes.append("It was turned upright, as the camera had noted.")
    return Picture(np.asarray(turned), tuple(notes))


def _check_bytes(content: bytes, name: str) -> None:
    """Raises `PictureError` for what need not be opened to be refused."""
    if not content:
        raise PictureError(f"{name} is empty: choose a PNG or JPEG.")
    if len(content) > MAX_BYTES:
        raise PictureError(
            f"{name} has {len(content) / 1e6:.0f} MB, and at most {MAX_BYTES / 1e6:.0f} can be "
            "read: save it smaller."
        )
    if content.startswith(tuple(READERS)):
        return
    found = next(
        (
            advice
            for (offset, mark), advice in OTHER_FORMATS.items()
            if content[offset : offset + len(mark)].lower() == mark
        ),
        "not a picture that can be read: choose a PNG or JPEG",
    )
    raise PictureError(f"{name} is {found}.")


def _open(content: bytes) -> ImageFile:
    """The picture with its header read and no pixel decoded."""
    reader = next(READERS[mark] for mark in READERS if content.startswith(mark))
    if content.count(b"\xff\xda") > MAX_SCANS and reader is JpegImageFile:
        raise PictureError(
            f"The picture is stored in more than {MAX_SCANS} scans, which take long to read: save "
            "it as PNG or as a plain (baseline) JPEG."
        )
    if content.count(b"iCCP") > MAX_PROFILES and reader is PngImageFile:
        raise PictureError("The picture has several colour profiles: save it again as PNG.")
    return reader(BytesIO(content))


def _check_size(image: ImageFile, name: str) -> None:
    """Raises `PictureError` when decoding would take too much memory."""
    whole = isinstance(image, PngImageFile) or bool(image.info.get("progressive"))
    limit = MAX_WHOLE_PIXELS if whole else MAX_PIXELS
    width, height = image.size
    if width * height > limit:
        kind = "a PNG or a progressive JPEG" if whole else "a picture"
        raise PictureError(
            f"{name} has {width:,} × {height:,} pixels, and {kind} may have "
            f"{limit // 1_000_000} million: save it smaller."
        )


def _reduced(image: ImageFile) -> Image.Image:
    """The picture in grey ("L"), its longer side at most `SIDE`.

    First cheaply to twice that: a JPEG while it is decoded, and a mean over whole pixels.
    """
    share = min(1.0, SIDE / max(image.size))
    width, height = (max(1, round(side * share)) for side in image.size)
    image.draft("L", (2 * width, 2 * height))
    flat = _flat(image)
    grey = flat.reduce((max(1, flat.width // (2 * width)), max(1, flat.height // (2 * height))))
    if grey.mode in ("LA", "RGBA"):
        paper = Image.new("RGBA", grey.size, "white")
        grey = Image.alpha_composite(paper, grey.convert("RGBA"))
    grey = grey.convert("RGB").convert("L")  # CMYK has no other way
    return grey.resize((width, height), Image.Resampling.BOX)


def _flat(image: Image.Image) -> Image.Image:
    """The picture in a mode whose pixels can be averaged: 8 bits a channel, no palette."""
    if image.mode.startswith("I"):  # 16 bits of grey
        levels = np.array(image)
        if "transparency" in image.info:
            levels[levels == image.info["transparency"]] = 65_535
        return Image.fromarray((levels >> 8).astype(np.uint8))
    if image.mode in ("1", "P") or "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _upright(small: Image.Image, image: ImageFile) -> Image.Image:
    """`small` turned as the orientation of the picture's EXIF data says."""
    turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
    return small if turn is None else small.transpose(turn)


READERS: dict[bytes, type[ImageFile]] = {
    b"\x89PNG\r\n\x1a\n": PngImageFile,
    b"\xff\xd8\xff": JpegImageFile,
}
"""First bytes → the reader. No other one is ever asked."""

_PHONE = "a HEIC or AVIF photo: set the phone's camera to JPEG, or take a screenshot of it"
OTHER_FORMATS: dict[tuple[int, bytes], str] = {
    (4, b"ftypheic"): _PHONE,
    (4, b"ftypheix"): _PHONE,
    (4, b"ftypmif1"): _PHONE,
    (4, b"ftypmsf1"): _PHONE,
    (4, b"ftyphevc"): _PHONE,
    (4, b"ftypavif"): _PHONE,
    (8, b"webp"): "a WebP picture: save it as PNG or JPEG",
    (0, b"gif8"): "a GIF picture: save it as PNG",
    (0, b"bm"): "a BMP picture: save it as PNG",
    (0, b"ii*\0"): "a TIFF picture: save it as PNG",
    (0, b"mm\0*"): "a TIFF picture: save it as PNG",
    (0, b"%pdf"): "a PDF document: take a screenshot of the page",
    (0, b"%!ps"): "a PostScript drawing: save it as PNG",
    (0, b"<svg"): "an SVG drawing: save it as PNG",
    (0, b"<?xml"): "an SVG drawing or another XML file: save it as PNG",
}
"""(where, first bytes in lower case) → what it is and what to do."""

_T = Image.Transpose
TURNS = {
    2: _T.FLIP_LEFT_RIGHT,
    3: _T.ROTATE_180,
    4: _T.FLIP_TOP_BOTTOM,
    5: _T.TRANSPOSE,
    6: _T.ROTATE_270,
    7: _T.TRANSVERSE,
    8: _T.ROTATE_90,
}
"""EXIF's orientation → what makes the picture upright."""
