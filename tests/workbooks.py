"""Small workbooks (xlsx) for tests, written part by part as the standard has them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
FORMATS = "http://schemas.openxmlformats.org"
OFFICE = f"{FORMATS}/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(rows: Sequence[Sequence[object]] | str, *others: str) -> bytes:
    """A workbook with a sheet "Sheet1" of these rows, or of this XML; `others`: more such XML."""
    sheets = [rows if isinstance(rows, str) else "".join(map(_row, range(1, 1 + len(rows)), rows))]
    sheets += others
    numbers = range(1, 1 + len(sheets))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{FORMATS}/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{i}.xml" '
            f'ContentType="{TYPES}.worksheet+xml"/>'
            for i in numbers
        )
        + "</Types>",
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{FORMATS}/spreadsheetml/2006/main" '
        f'xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="Sheet{i}" sheetId="{i}" r:id="rId{i}"/>' for i in numbers)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            {f"rId{i}": ("worksheet", f"worksheets/sheet{i}.xml") for i in numbers}
        ),
    }
    for i, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{i}.xml"] = (
            f'<worksheet xmlns="{FORMATS}/spreadsheetml/2006/main"><sheetData>{sheet}'
            "</sheetData></worksheet>"
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, HEAD + text)
    return buffer.getvalue()


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    return (
        f'<Relationships xmlns="{FORMATS}/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
            for key, (kind, target) in targets.items()
        )
        + "</Relationships>"
    )


def _row(number: int, cells: Sequence[object]) -> str:
    written = [
        f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        if isinstance(cell, str)
        else f'<c r="{chr(65 + i)}{number}"><v>{cell}</v></c>'
        for i, cell in enumerate(cells)
        if cell is not None
    ]
    return f'<row r="{number}">{"".join(written)}</row>'
