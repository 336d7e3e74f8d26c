"""A printed document as a scanner gives it: pages that are pictures alone, a little askew, grey and speckled.

Called by tests and benchmarks of reading scans. The same document and seed give the same bytes.
"""

import math
import zlib

import numpy
import pypdfium2
from numpy.typing import NDArray

_DOTS_PER_INCH = 200
Picture = NDArray[numpy.uint8]


def scanned(pdf: bytes, seed: int, degrees: float = 0.6, noise: float = 12.0) -> bytes:
    """The PDF of a scan: each page turned by `degrees` to the left, with noise of that standard deviation (of 255)."""
    document = pypdfium2.PdfDocument(pdf)
    random = numpy.random.default_rng(seed)
    pages = []
    for page in document:
        drawn = page.render(scale=_DOTS_PER_INCH / 72, grayscale=True).to_numpy()
        pages.append(_speckled(_turned(drawn.reshape(drawn.shape[:2]), degrees), noise, random))
    return _as_pdf(pages)


def _turned(picture: Picture, degrees: float) -> Picture:
    """Turned about its middle; what comes from outside the page is white."""
    height, width = picture.shape
    angle = math.radians(degrees)
    down, across = numpy.mgrid[0:height, 0:width].astype(numpy.float32)
    down, across = down - height / 2, across - width / 2
    x = across * math.cos(angle) - down * math.sin(angle) + width / 2
    y = across * math.sin(angle) + down * math.cos(angle) + height / 2
    left, top = numpy.floor(x).astype(int), numpy.floor(y).astype(int)
    inside = (left >= 0) & (left < width - 1) & (top >= 0) & (top < height - 1)
    left, top = numpy.clip(left, 0, width - 2), numpy.clip(top, 0, height - 2)
    right, low = x - left, y - top
    upper = picture[top, left] * (1 - right) + picture[top, left + 1] * right
    lower = picture[top + 1, left] * (1 - right) + picture[top + 1, left + 1] * right
    return numpy.where(inside, upper * (1 - low) + lower * low, 255).astype(numpy.uint8)


def _speckled(picture: Picture, noise: float, random: numpy.random.Generator) -> Picture:
    grey = picture * 0.9 + 12 + random.normal(0, noise, picture.shape)
    return numpy.clip(grey, 0, 255).astype(numpy.uint8)


def _as_pdf(pictures: list[Picture]) -> bytes:
    """A PDF of pages with one picture each."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for picture in pictures:
        height, width = picture.shape
        right, top = width * 72 / _DOTS_PER_INCH, height * 72 / _DOTS_PER_INCH
        drawing = b"q %.2f 0 0 %.2f 0 0 cm /I Do Q" % (right, top)
        packed = zlib.compress(picture.tobytes(), 6)
        page = len(objects) + 1
        kids.append(b"%d 0 R" % page)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R /Resources << /XObject << /I %d 0 R >> >> >>"
            % (right, top, page + 1, page + 2)
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing))
        objects.append(
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
            b"/Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
            % (width, height, len(packed), packed)
        )
    objects[1] = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b" ".join(kids), len(kids))
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % at for at in places)
    count = len(objects) + 1
    return b"%bxref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        body, count, entries, count, len(body),
    )  # fmt: skip
