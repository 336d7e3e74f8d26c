"""Letters as PDF: A4, PDF/A-3a and PDF/UA-1, byte for byte the same for the same content. Called by the letters' job.

One compiler is kept for all letters. Start worker processes with `spawn`: a process forked after the first letter
hangs. What a letter says reaches the typesetter as data, never as markup.
"""

import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Sequence
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
QUIET_ZONE = 4
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
USUAL_PAGES = 2
USUAL_START, COUNTED_START = '{"pages": 2,', '{"pages": 0,'
MISSING = "\N{WHITE SQUARE}"


def render_letters(contents: Sequence[LetterContent]) -> list[bytes]:
    """A PDF for each content, in order."""
    return list(rendered(contents))


def rendered(contents: Sequence[LetterContent]) -> Iterator[bytes]:
    """The same one by one, so that a batch need not be held in memory."""
    for content in contents:
        yield typeset(compose(content), content.letter_date)


def typeset(letter: Letter, day: dt.date) -> bytes:
    """One composed letter as PDF, dated on its own day."""
    return typeset_drawing(json.dumps(_drawing(letter, day), ensure_ascii=False), day)


def drawn(content: LetterContent) -> str:
    """What the typesetter is given for this content, as JSON."""
    return json.dumps(_drawing(compose(content), content.letter_date), ensure_ascii=False)


def typeset_drawing(text: str, day: dt.date) -> bytes:
    """The PDF of what `drawn` gave; a character no font has is drawn as an empty square."""
    created = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)
    try:
        return _numbered(text, created)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    return _numbered(_displayable(text), created)


def _numbered(text: str, created: dt.datetime) -> bytes:
    """With the page numbers it was told, if it came out at that many pages; else counted by the typesetter."""
    pdf = _compiled(_compiler(), text, created)
    if text.startswith(USUAL_START) and len(_PAGE_OBJECT.findall(pdf)) != USUAL_PAGES:
        return _compiled(_compiler(), text.replace(USUAL_START, COUNTED_START, 1), created)
    return pdf


_PAGE_OBJECT = re.compile(rb"/Type */Page\b")


def _compiled(compiler: typst.Compiler, text: str, created: dt.datetime) -> bytes:
    inputs = {"letter": text}
    pdf = compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=STANDARDS, timestamp=created)
    if not isinstance(pdf, bytes):
        raise TypeError("the typesetter gave no PDF")
    return pdf


def _displayable(text: str) -> str:
    """PDF/A allows no character without a glyph, so those become an empty square; the plain text keeps them."""
    missing = {mark for mark in set(text) if not mark.isascii() and not _has_glyph(mark)}
    return text.translate({ord(mark): MISSING for mark in missing})


@lru_cache(maxsize=65536)
def _has_glyph(mark: str) -> bool:
    try:
        _compiled(_prober(), mark, dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    except typst.TypstError:
        return False
    return True


@cache
def _compiler() -> typst.Compiler:
    """The one compiler of this process; only the fonts that come with the program, so that every machine sets alike."""
    os.environ.setdefault(
        "RAYON_NUM_THREADS", "1"
    )  # Letters go in parallel by process; threads only wait for each other.
    return _compiler_of("letter.typ")


@cache
def _prober() -> typst.Compiler:
    """Sets one character, to learn whether any font has it."""
    return _compiler_of("character.typ")


def _compiler_of(template: str) -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    path = resources.files("inbaar.letters").joinpath("templates", template)
    return typst.Compiler(str(path), font_paths=fonts, ignore_system_fonts=True)


def _drawing(letter: Letter, day: dt.date) -> dict[str, Any]:
    drawing: dict[str, Any] = {"pages": USUAL_PAGES if _is_usual(letter) else 0}
    drawing |= _breakable(encoded(letter))
    drawing["date"] = [day.year, day.month, day.day]
    drawing["qr"] = qr_picture(letter.payment.qr_payload) if letter.payment.qr_payload else ""
    drawing["invoices"] |= _measures(letter.invoices)
    for section, drawn in zip(letter.sheet.sections, drawing["sheet"]["sections"], strict=True):
        for table, picture in zip(section.tables, drawn["tables"], strict=True):
            picture |= _measures(table)
    return drawing


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


def _measures(table: Table) -> dict[str, Any]:
    layout = table_layout(table)
    return {
        "size": layout.size,
        "widths": layout.widths,
        "heights": layout.heights,
        "headed": bool(table.rows),
    }


def qr_picture(payload: str) -> str:
    """The QR as SVG, its dark runs as one path, with the quiet zone readers need."""
    rows = qr_modules(payload)
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(
        f"M{run.start() + QUIET_ZONE} {y + QUIET_ZONE}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(rows)
        for run in re.finditer("1+", row)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{path}"/></svg>'
