"""Reading the pictures that the live view makes, for tests."""

from __future__ import annotations

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"
DIAMOND = re.compile(r"M[\d. -]+L[\d. -]+L[\d. -]+L[\d. -]+Z")


def pixels(encoded: str) -> np.ndarray:
    """(rows, columns, 4) of a PNG in base64, 0 … 255."""
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as image:
        return np.asarray(image.convert("RGBA"), dtype=float)


def marks(root: ElementTree.Element) -> tuple[int, int]:
    """How many circles and how many diamonds an SVG holds."""
    paths = [path.get("d", "") for path in root.iter(f"{SVG}path")]
    return len(list(root.iter(f"{SVG}circle"))), sum(bool(DIAMOND.fullmatch(d)) for d in paths)
