"""Letters as PDF: A4, PDF/A-3a and PDF/UA-1, byte for byte the same for the same content. Called by the letters' job.

One compiler is kept for all letters, and what one letter has in common with those before it is not set again. For that
a letter reaches the typesetter as files beside an unchanging template: inputs of the template would make all of it new.
What a letter says is data, never markup. Start worker processes with `spawn`: a process forked after the first letter
hangs.
"""

import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import fontpkg_ibm_plex_sans  # type: ignore[import-untyped]
import typst

from inbaar.letters.composed import Letter, Table
from inbaar.letters.content import LetterContent
from inbaar.letters.frozen_json import encoded
from inbaar.letters.layout import table_layout
from inbaar.letters.qr import qr_modules
from inbaar.letters.wording import compose

STANDARDS: Any = ["a-3a", "ua-1"]
FONTS = fontpkg_ibm_plex_sans.ROOT / "files"
TEMPLATES = resources.files("inbaar.letters").joinpath("templates")
QUIET_ZONE = 4
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
USUAL_PAGES, COUNTED = 2, 0
MISSING = "\N{WHITE SQUARE}"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the typesetter is given of one letter: what it says as JSON, its QR as SVG (or nothing), its footer and how
    many pages it will have.

    With the pages COUNTED the typesetter counts them itself, at the cost of laying each page out twice.
    """

    letter: str
    qr: str
    subject: str
    page_label: str
    pages: int
    created: dt.datetime


def render_letters(contents: Sequence[LetterContent]) -> list[bytes]:
    """A PDF for each content, in order."""
    return list(rendered(contents))


def rendered(contents: Sequence[LetterContent]) -> Iterator[bytes]:
    """The same one by one, so that a batch need not be held in memory."""
    for content in contents:
        yield typeset(drawn(content))


def drawn(content: LetterContent) -> Drawing:
    """What the typesetter is given for this content; the letter is dated on its own day."""
    letter, day = compose(content), content.letter_date
    told = _told(letter, day)
    text = json.dumps(told, ensure_ascii=False)
    if _LONG_IN_JSON.search(text):
        text = json.dumps(_breakable(told), ensure_ascii=False)
    return Drawing(
        letter=text,
        qr=qr_picture(letter.payment.qr_payload) if letter.payment.qr_payload else "",
        subject=_breakable(letter.subject),
        page_label=letter.page_label,
        pages=USUAL_PAGES if _is_usual(letter) else COUNTED,
        created=dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC),
    )


def typeset(drawing: Drawing) -> bytes:
    """The PDF of a drawing; a character no font has is drawn as an empty square."""
    try:
        return _numbered(drawing)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    return _numbered(
        replace(drawing, letter=_displayable(drawing.letter), subject=_displayable(drawing.subject))
    )


def _numbered(drawing: Drawing) -> bytes:
    """With the page numbers it was told, if it came out at that many pages; else counted by the typesetter."""
    pdf = _set_pages(drawing)
    if drawing.pages not in (COUNTED, len(_PAGE_OBJECT.findall(pdf))):
        return _set_pages(replace(drawing, pages=COUNTED))
    return pdf


_PAGE_OBJECT = re.compile(rb"/Type */Page\b")


def _set_pages(drawing: Drawing) -> bytes:
    footer = {"subject": drawing.subject, "label": drawing.page_label, "pages": drawing.pages}
    told = {
        "letter.json": drawing.letter,
        "footer.json": json.dumps(footer, ensure_ascii=False),
        "qr.svg": drawing.qr,
    }
    return _compiled("letter.typ", told, drawing.created)


def _compiled(template: str, told: dict[str, str], created: dt.datetime) -> bytes:
    files: Any = {name: text.encode() for name, text in told.items()}
    files["main.typ"] = f'#include "{template}"'.encode()
    pdf = _compiler().compile(input=files, format="pdf", pdf_standards=STANDARDS, timestamp=created)
    if not isinstance(pdf, bytes):
        raise TypeError("the typesetter gave no PDF")
    return pdf


def set_sheet(template: str, told: dict[str, str], shown: Sequence[str], created: dt.datetime) -> bytes:
    """The PDF of another room's sheet: its template by the name it has among the files, and what it says in them.

    `shown` are the files whose words are drawn; a character that no font has becomes an empty square in those alone.
    """
    breakable = {name: json.dumps(_breakable(json.loads(told[name])), ensure_ascii=False) for name in shown}
    try:
        return _compiled(template, told | breakable, created)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    drawn = {name: _displayable(text) for name, text in breakable.items()}
    return _compiled(template, told | drawn, created)


def _displayable(text: str) -> str:
    """PDF/A allows no character without a glyph, so those become an empty square; the plain text keeps them."""
    missing = {mark for mark in set(text) if not mark.isascii() and not _has_glyph(mark)}
    return text.translate({ord(mark): MISSING for mark in missing})


@lru_cache(maxsize=65536)
def _has_glyph(mark: str) -> bool:
    """Whether any font has it: the typesetter is asked to set just that."""
    try:
        _compiled("character.typ", {"character.txt": mark}, dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    except typst.TypstError:
        return False
    return True


@cache
def _compiler() -> typst.Compiler:
    """The one compiler of this process; only the fonts that come with the program, so that every machine sets alike."""
    os.environ.setdefault(
        "RAYON_NUM_THREADS", "1"
    )  # Letters go in parallel by process; threads only wait for each other.
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    return typst.Compiler(root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True)


def _told(letter: Letter, day: dt.date) -> dict[str, Any]:
    told: dict[str, Any] = encoded(letter)
    told["date"] = [day.year, day.month, day.day]
    told["invoices"] |= _measures(letter.invoices)
    for section, drawn in zip(letter.sheet.sections, told["sheet"]["sections"], strict=True):
        for table, picture in zip(section.tables, drawn["tables"], strict=True):
            picture |= _measures(table)
    return told


def _is_usual(letter: Letter) -> bool:
    """One invoice and a short sheet: in all likelihood the letter on one page and the sheet on another."""
    sheet_rows = sum(len(table.rows) for section in letter.sheet.sections for table in section.tables)
    return len(letter.invoices.rows) == 1 and sheet_rows <= 20


def _breakable(drawing: Any) -> Any:
    """Lets a very long word, such as a hostile name, break at the end of a line."""
    if isinstance(drawing, str):
        return (
            _LONG_WORD.sub(lambda word: ZERO_WIDTH_SPACE.join(_pieces(word[0])), drawing)
            if len(drawing) > 36
            else drawing
        )
    if isinstance(drawing, dict):
        return {key: _breakable(part) for key, part in drawing.items()}
    return [_breakable(part) for part in drawing] if isinstance(drawing, list) else drawing


def _pieces(word: str) -> list[str]:
    return [word[start : start + 18] for start in range(0, len(word), 18)]


_LONG_WORD = re.compile(r"\S{37,}")
_LONG_IN_JSON = re.compile(r'(?:[^\s"\\]|\\.){37,}')


def _measures(table: Table) -> dict[str, Any]:
    layout = table_layout(table)
    return {
        "size": layout.size,
        "widths": layout.widths,
        "heights": layout.heights,
        "headed": bool(table.rows),
    }


def qr_picture(payload: str) -> str:
    """The QR as SVG, its dark runs as strokes of one module, with the quiet zone readers need."""
    rows = qr_modules(payload)
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(
        f"M{QUIET_ZONE} {y}.5" + "".join([_STROKES[run] for run in _RUN.findall(row)])
        for y, row in enumerate(rows, start=QUIET_ZONE)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path stroke="#000" d="{path}"/></svg>'


WIDEST = 177
_RUN = re.compile("0+|1+")
_STROKES = {"1" * length: f"h{length}" for length in range(1, WIDEST + 1)}
_STROKES |= {"0" * length: f"m{length} 0" for length in range(1, WIDEST + 1)}
