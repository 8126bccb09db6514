"""Pictures and words that a stranger might bring: the cases that docs/inputs.md names, by name."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from rbm.picture import MAX_SCANS

RING = np.full((60, 80), 255, np.uint8)
RING[10:50, 20:60] = 20
RING[20:40, 30:50] = 255


def encoded(image, form="PNG", **options):
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header_only(width, height):
    """A PNG that claims to be large and holds nothing."""
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG[:8] + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def many_scans(count):
    """A progressive JPEG whose last scan is there `count` times more."""
    whole = encoded(RING, "JPEG", progressive=True)
    last, end = whole.rindex(b"\xff\xda"), whole.rindex(b"\xff\xd9")
    return whole[:end] + whole[last:end] * count + whole[end:]


def claiming(content, width, height):
    """A JPEG with other sizes written into its header."""
    frame = next(i for i in range(len(content)) if content[i : i + 2] in (b"\xff\xc0", b"\xff\xc2"))
    return content[: frame + 5] + struct.pack(">HH", height, width) + content[frame + 9 :]


def clear(image):
    """The ring with no alpha where it is light, above black."""
    return np.dstack([np.zeros((*image.shape, 3), np.uint8), 255 - image])


PNG = encoded(RING)
JPEG = encoded(RING, "JPEG", quality=95)
PROFILE = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(999_999)))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
CASES = {
    "PNG": PNG,
    "JPEG": JPEG,
    "PNG with a palette": encoded(Image.fromarray(RING).convert("P")),
    "PNG in two colours": encoded(Image.fromarray(RING).convert("1")),
    "PNG of 16 bits": encoded(Image.fromarray(RING.astype(np.uint16) * 257)),
    "PNG, transparent": encoded(clear(RING)),
    "JPEG in grey, in CMYK": encoded(Image.fromarray(RING).convert("CMYK"), "JPEG", quality=95),
    "progressive JPEG": encoded(RING, "JPEG", progressive=True),
    "more than 400 pixels on a side": encoded(np.kron(RING, np.ones((8, 8), np.uint8))),
    "a camera that was turned": encoded(RING, "JPEG", exif=b"Exif\0\0" + bytes.fromhex(
        "4d4d002a00000008000101120003000000010006000000000000")),
    "a name that lies": PNG,
    "nothing": b"",
    "no picture": b"x,y\n1,2\n",
    "HEIC": b"\0\0\0\x18ftypheic" + bytes(99),
    "WebP": b"RIFF\x10\0\0\0WEBPVP8 " + bytes(99),
    "GIF": encoded(RING, "GIF"),
    "BMP": encoded(RING, "BMP"),
    "TIFF": encoded(RING, "TIFF"),
    "PDF": b"%PDF-1.4\n",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "SVG": SVG,
    "a picture cut short": PNG[:-40],
    "more than 25 MB": PNG + bytes(25_000_000),
    "more than 60 million pixels": claiming(JPEG, 10_000, 6_001),
    "a PNG of more than 25 million pixels": header_only(5_001, 5_000),
    "a progressive JPEG of more than 25 million pixels":
        claiming(encoded(RING, "JPEG", progressive=True), 5_001, 5_000),
    "a JPEG in more than 40 scans": many_scans(MAX_SCANS),
    "a PNG with several colour profiles": PNG[:33] + PROFILE * 2 + PNG[33:],
    "the same grey everywhere": encoded(np.full((40, 40), 90, np.uint8)),
    "nothing darker than the threshold": (PNG, {"threshold": 0.05}),
    "everything darker than the threshold":
        (encoded((RING // 2).astype(np.uint8)), {"threshold": 0.9}),
    "a word": "Größe Жλ",
    "no word": " \n",
    "a word of more than 40 characters": "abc d" * 9,
    "more than four lines": "a\nb\nc\nd\ne",
    "letters that the font lacks": "neural 网络",
}  # fmt: skip
