"""An animated GIF, picture by picture: each piece of the file can be had as soon as it is made.

Pillow writes animations too, but holds all pictures until the last one has been compressed, so
neither memory nor progress would be in our hands. Here it compresses one picture at a time, and the
file is put together as the format's description says: a header with one palette and "repeat for
ever", then for each picture how long it is shown and what it changes, then an end mark. Pixels that
stay as they were are marked as transparent, which halves the file. The tests read it with Pillow.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

UNCHANGED = 255
"""Index of the transparent colour; pictures use the ones below."""
COLOURS = 256


def gif(
    pictures: Iterable[tuple[NDArray[np.uint8], float]], palette: NDArray[np.uint8]
) -> Iterator[bytes]:
    """The pieces of a GIF that repeats for ever; one for each picture, and one at the end.

    `pictures`: pairs of indices (height, width) into `palette` (at most 255, 3), all of one shape,
    and the seconds to show them for (0.02 to 655, rounded to hundredths).
    """
    before = None
    for indices, seconds in pictures:
        piece = b""
        if before is None:
            height, width = indices.shape
            colours = palette.tobytes().ljust(3 * COLOURS, b"\0")
            piece = b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0) + colours
            piece += b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
            changed = indices
        else:
            changed = np.where(indices == before, np.uint8(UNCHANGED), indices)
        stay = 1 << 2  # what is there stays, and the next picture is drawn over it
        hundredths = round(100 * seconds)
        piece += b"!\xf9\x04" + struct.pack("<BHBB", stay | 1, hundredths, UNCHANGED, 0)
        yield piece + _compressed(changed)
        before = indices
    yield b";"


def _compressed(indices: NDArray[np.uint8]) -> bytes:
    """One picture's part of a GIF, without a palette of its own."""
    stream = BytesIO()
    image = Image.fromarray(indices)
    image.putpalette(bytes(3 * COLOURS), "RGB")
    image.save(stream, "GIF", interlace=False, optimize=False)
    whole = stream.getvalue()
    palette_bytes = 3 << (1 + (whole[10] & 7))
    return whole[13 + palette_bytes : -1]
