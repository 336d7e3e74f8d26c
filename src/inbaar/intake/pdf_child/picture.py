"""A page as a picture for who compares it with what was read: its size in points, and a PNG of it as it is shown."""

import math
import struct
import zlib
from typing import Any

import pypdfium2

_DOTS_PER_INCH = 110
_MOST_PIXELS = 4_000_000


def page_sizes(document: pypdfium2.PdfDocument, most: int) -> dict[str, Any]:
    """Width and height of the first pages."""
    return {
        "pages": [
            [round(side, 1) for side in document[p].get_size()] for p in range(min(len(document), most))
        ]
    }


def page_picture(
    document: pypdfium2.PdfDocument, place: int
) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """The page at a place, from 0; no file where there is no such page."""
    if not 0 <= place < len(document):
        return {"files": []}, []
    page = document[place]
    width, height = page.get_size()
    scale = min(_DOTS_PER_INCH / 72, math.sqrt(_MOST_PIXELS / max(width * height, 1.0)))
    bitmap = page.render(scale=scale, grayscale=False, rev_byteorder=True, prefer_bgrx=False)
    png = _png(bitmap)
    page.close()
    return {"files": [("page.png", len(png))]}, [("page.png", png)]


def _png(bitmap: pypdfium2.PdfBitmap) -> bytes:
    """Red, green and blue, a byte each, every row unfiltered (ISO/IEC 15948)."""
    pixels = bytes(bitmap.buffer)
    wide = bitmap.width * 3
    rows = b"".join(
        b"\0" + pixels[y * bitmap.stride : y * bitmap.stride + wide] for y in range(bitmap.height)
    )
    head = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
