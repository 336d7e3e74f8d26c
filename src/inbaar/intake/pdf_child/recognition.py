"""The words of pages that are only pictures, by an OCR that is installed: rapidocr with its own models, else tesseract.

Pages are drawn here, within a limit of pixels, and read in this same process, so what a hostile picture can do stays in
it. Nothing is downloaded: the models of rapidocr lie in its package. A page that lies a little askew is set straight for
the reader: each word has its box as if the page were level, and the box where it is on the page.
"""

import csv
import io
import math
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from typing import Any, NamedTuple

import pypdfium2

from inbaar.intake.pdf_child.page_words import is_strip

_DOTS_PER_INCH = 200
_MOST_PIXELS = 6_000_000  # an A4 page at 200 dots per inch has 3.9 million
_TESSERACT_LANGUAGES = ("nld", "eng")

Point = tuple[float, float]


class Line(NamedTuple):
    """Text read in one piece: the corners of its box from the left top on, clockwise, in pixels; how sure (0..1)."""

    text: str
    corners: tuple[Point, Point, Point, Point]
    sure: float


def recognised_page(document: pypdfium2.PdfDocument, place: int) -> dict[str, Any]:
    """As `page_words.text_pages` of the one page at a place, from 0, with `engine`, by OCR; none where there is no such page.

    Words carry a second box, where they are on the page as it lies.
    """
    engine = _engine()
    if engine is None:
        return {"error": "no-ocr"}
    name, read = engine
    count = len(document)
    return {
        "count": count,
        "engine": name,
        "pages": [_page(document, place, read)] if 0 <= place < count else [],
    }


def _engine() -> tuple[str, Callable[[Any], list[Line]]] | None:
    """The name and version of what is installed, and how to call it."""
    if find_spec("rapidocr") and find_spec("onnxruntime"):
        return f"rapidocr {metadata.version('rapidocr')}", _rapidocr()
    program = shutil.which("tesseract")
    if program:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        return said.stdout.splitlines()[0] if said.stdout else "tesseract", lambda image: _tesseract(
            program, image
        )
    return None


def _page(document: pypdfium2.PdfDocument, place: int, read: Callable[[Any], list[Line]]) -> dict[str, Any]:
    page = document[place]
    width, height = page.get_size()
    scale = min(_DOTS_PER_INCH / 72, math.sqrt(_MOST_PIXELS / max(width * height, 1.0)))
    lines = [] if is_strip(width, height) else read(page.render(scale=scale).to_numpy())
    page.close()
    tilt = _tilt(lines)
    words = [word for line in lines for word in _words(line, tilt, scale, width, height)]
    return {"page": place + 1, "width": round(width, 1), "height": round(height, 1), "words": words}


def _tilt(lines: list[Line]) -> float:
    """How far the page is turned, in radians: the middle of its wide lines."""
    slopes = [
        math.atan2(corners[1][1] - corners[0][1], corners[1][0] - corners[0][0])
        for _, corners, _ in lines
        if corners[1][0] - corners[0][0] > 4 * abs(corners[3][1] - corners[0][1])
    ]
    return statistics.median(slopes) if slopes else 0.0


def _words(line: Line, tilt: float, scale: float, width: float, height: float) -> Iterator[list[Any]]:
    """The words of a line, each with the share of its box that its letters take."""
    length = max(len(line.text), 1)
    at = 0
    for text in line.text.split(" "):
        if text:
            corners = _share(line.corners, at / length, (at + len(text)) / length)
            points = [(x / scale, height - y / scale) for x, y in corners]
            level = [_turned(point, tilt, width / 2, height / 2) for point in points]
            yield [text, *_box(level), round(line.sure, 3), _box(points)]
        at += len(text) + 1


def _share(corners: tuple[Point, Point, Point, Point], start: float, end: float) -> list[Point]:
    first, second, third, fourth = corners

    def between(one: Point, other: Point, share: float) -> Point:
        return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share

    return [
        between(first, second, start),
        between(first, second, end),
        between(fourth, third, end),
        between(fourth, third, start),
    ]


def _turned(point: Point, tilt: float, x: float, y: float) -> Point:
    dx, dy = point[0] - x, point[1] - y
    return x + dx * math.cos(tilt) - dy * math.sin(tilt), y + dx * math.sin(tilt) + dy * math.cos(tilt)


def _box(points: list[Point]) -> list[float]:
    """The box of a level quadrilateral: its middle edges, which a slight tilt does not widen."""
    left, right = (points[0][0] + points[3][0]) / 2, (points[1][0] + points[2][0]) / 2
    top, bottom = (points[0][1] + points[1][1]) / 2, (points[2][1] + points[3][1]) / 2
    return [
        round(value, 2) for value in (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
    ]


@cache
def _rapidocr() -> Callable[[Any], list[Line]]:
    """Made ready once: that takes longer than half a page."""
    from rapidocr import RapidOCR

    single = {"intra_op_num_threads": 1, "inter_op_num_threads": 1}
    options = {f"EngineConfig.onnxruntime.{name}": value for name, value in single.items()}
    reader = RapidOCR(params={"Global.log_level": "error", "Global.use_cls": False, **options})

    def read(image: Any) -> list[Line]:
        found: Any = reader(image)
        if found.boxes is None or found.txts is None:
            return []
        return [
            Line(" ".join(text.split()), _corners(box), float(score))
            for text, box, score in zip(found.txts, found.boxes, found.scores, strict=True)
        ]

    return read


def _corners(box: Any) -> tuple[Point, Point, Point, Point]:
    first, second, third, fourth = ((float(x), float(y)) for x, y in box)
    return first, second, third, fourth


def _tesseract(program: str, image: Any) -> list[Line]:
    """Words by tesseract, in the languages it has of Dutch and English."""
    listed = subprocess.run(
        [program, "--list-langs"], capture_output=True, text=True, check=False
    ).stdout.split()
    languages = [language for language in _TESSERACT_LANGUAGES if language in listed] or ["eng"]
    height, width = image.shape[:2]
    drawn = b"P6 %d %d 255\n" % (width, height) + image[:, :, 2::-1].tobytes()  # pdfium gives blue first
    command = [program, "stdin", "stdout", "--dpi", str(_DOTS_PER_INCH), "-l", "+".join(languages), "tsv"]
    answer = subprocess.run(command, input=drawn, capture_output=True, check=False).stdout.decode(
        "utf-8", "replace"
    )
    found = []
    for row in csv.DictReader(io.StringIO(answer), delimiter="\t", quoting=csv.QUOTE_NONE):
        text, sure = (row.get("text") or "").strip(), float(row.get("conf") or -1)
        if text and sure >= 0:
            left, top = float(row["left"]), float(row["top"])
            right, bottom = left + float(row["width"]), top + float(row["height"])
            found.append(Line(text, ((left, top), (right, top), (right, bottom), (left, bottom)), sure / 100))
    return found
