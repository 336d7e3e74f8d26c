"""The words of a PDF's text layer with their boxes, as a reader sees them: in points from the left bottom of the page.

Only text that runs from left to right on the page as it is shown is given: stamps and margins that run upwards say
nothing an invoice needs. What lies off the page, and what is too small to be read, is left out, so hidden text is not
taken for what people see.
"""

import ctypes
import math
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

#: Of a longer document its first and last pages are read: totals stand at either end, appendices between.
_FIRST_PAGES, _LAST_PAGES = 15, 10
_MOST_CHARACTERS_A_PAGE = 20_000
_SMALLEST = 2.0  # points: smaller print is not meant to be read
_LONGEST_WORD = 100
_MOST_OBJECTS = 2_000
_NARROWEST, _LONGEST_SHAPE = 36, 10
#: So many lines and curves may be letters drawn as shapes.
_MANY_SHAPES = 50


class _Letter(NamedTuple):
    sign: str
    left: float
    bottom: float
    right: float
    top: float


def text_pages(document: pypdfium2.PdfDocument) -> dict[str, Any]:
    """Per page its number, size and words `[text, left, bottom, right, top, 1.0]` and whether it has pictures; and how many pages there are."""
    count = len(document)
    return {"count": count, "pages": [_page(document, place) for place in places(count)]}


def places(count: int) -> list[int]:
    """Which of `count` pages are read, from 0."""
    return sorted({*range(min(count, _FIRST_PAGES)), *range(max(0, count - _LAST_PAGES), count)})


def _page(document: pypdfium2.PdfDocument, place: int) -> dict[str, Any]:
    page = document[place]
    width, height = page.get_size()
    turn = _Turn(page)
    text = page.get_textpage()
    words = _words(text.raw, min(text.count_chars(), _MOST_CHARACTERS_A_PAGE), turn)
    inside = [w for w in words if w[1] >= 0 and w[3] <= width + 1 and w[2] >= 0 and w[4] <= height + 1]
    drawn = not is_strip(width, height) and _is_drawn(page)
    text.close()
    page.close()
    return {
        "page": place + 1,
        "width": round(width, 1),
        "height": round(height, 1),
        "words": inside,
        "drawn": drawn,
    }


def is_strip(width: float, height: float) -> bool:
    """Whether a page is too narrow for anybody to read: an OCR could not even scale it."""
    return min(width, height) < _NARROWEST or max(width, height) > _LONGEST_SHAPE * min(width, height)


def _is_drawn(page: pypdfium2.PdfPage) -> bool:
    """Whether the page has pictures, or shapes enough to be one: what an OCR may find text in."""
    shapes = 0
    for place in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        kind = pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, place))
        shapes += kind == pdfium.FPDF_PAGEOBJ_PATH
        if kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_SHADING):
            return True
    return shapes >= _MANY_SHAPES


class _Turn:
    """From the page's own coordinates to those of the page as shown: its visible box at 0, turned as it says."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.left, self.bottom, self.right, self.top = page.get_cropbox()
        self.degrees = page.get_rotation()

    def shown(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """The same box on the page as shown."""
        if self.degrees == 90:
            return bottom - self.bottom, self.right - right, top - self.bottom, self.right - left
        if self.degrees == 180:
            return self.right - right, self.top - top, self.right - left, self.top - bottom
        if self.degrees == 270:
            return self.top - top, left - self.left, self.top - bottom, right - self.left
        return left - self.left, bottom - self.bottom, right - self.left, top - self.bottom


def _words(text: Any, count: int, turn: _Turn) -> list[list[Any]]:
    """Letters to words: a space, a change of line or a gap ends one."""
    words: list[list[Any]] = []
    word: list[_Letter] = []
    box = pdfium.FS_RECTF()
    for place in range(count):
        code = pdfium.FPDFText_GetUnicode(text, place)
        if code == 2:  # pdfium's mark for the hyphen at the end of a line
            code = 0x2D
        sign = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if sign.isspace() or not sign.isprintable():
            _end(words, word)
            continue
        pdfium.FPDFText_GetLooseCharBox(text, place, ctypes.byref(box))
        letter = _Letter(sign, *turn.shown(box.left, box.bottom, box.right, box.top))
        if word and _apart(word[-1], letter):
            _end(words, word)
        if word or _is_level(text, place, turn):
            word.append(letter)
    _end(words, word)
    return words


def _is_level(text: Any, place: int, turn: _Turn) -> bool:
    """Whether a letter stands upright on the page as shown, give or take ten degrees."""
    angle = math.degrees(pdfium.FPDFText_GetCharAngle(text, place)) + turn.degrees
    return (angle + 10) % 360 <= 20


def _apart(before: _Letter, letter: _Letter) -> bool:
    size = max(before.top - before.bottom, 0.1)
    return (
        abs(letter.bottom - before.bottom) > 0.3 * size
        or letter.left - before.right > 0.25 * size
        or letter.right < before.left
    )


def _end(words: list[list[Any]], word: list[_Letter]) -> None:
    if word:
        size = word[0].top - word[0].bottom
        upright = len(word) == 1 or word[-1].right > word[0].left
        if upright and size >= _SMALLEST:
            text = "".join(letter.sign for letter in word)[:_LONGEST_WORD]
            box = (min(x.left for x in word), min(x.bottom for x in word),
                   max(x.right for x in word), max(x.top for x in word))  # fmt: skip
            words.append([text, *(round(side, 2) for side in box), 1.0])
        word.clear()
