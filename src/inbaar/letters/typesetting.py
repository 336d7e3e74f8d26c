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
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from inbaar.letters.content import LetterContent
from inbaar.letters.drawing import COUNTED, Drawing, breakable, drawn
from inbaar.letters.fonts import font_files

STANDARDS: Any = ["a-3a", "ua-1"]
TEMPLATES = resources.files("inbaar.letters").joinpath("templates")
MISSING = "\N{WHITE SQUARE}"
DRAWN_AT_ONCE = 50


def render_letters(contents: Sequence[LetterContent]) -> list[bytes]:
    """A PDF for each content, in order."""
    return list(rendered(contents))


def rendered(contents: Sequence[LetterContent]) -> Iterator[bytes]:
    """The same one by one, so that a batch need not be held in memory.

    Some are drawn before they are set: typesetter and Python by turns would throw each other out of the processor's
    caches with each letter.
    """
    for start in range(0, len(contents), DRAWN_AT_ONCE):
        drawings = [drawn(content) for content in contents[start : start + DRAWN_AT_ONCE]]
        for drawing in drawings:
            yield typeset(drawing)


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
        "link.txt": drawing.link,
        "own_page.txt": drawing.own_page,
        "codes.json": drawing.codes,
    }
    return _compiled(_compiler(), "letter.typ", told, drawing.created)


def _compiled(compiler: typst.Compiler, template: str, told: dict[str, str], created: dt.datetime) -> bytes:
    files: Any = {name: text.encode() for name, text in told.items()}
    files["main.typ"] = f'#include "{template}"'.encode()
    pdf = compiler.compile(input=files, format="pdf", pdf_standards=STANDARDS, timestamp=created)
    if not isinstance(pdf, bytes):
        raise TypeError("the typesetter gave no PDF")
    return pdf


def set_sheet(template: str, told: dict[str, str], shown: Sequence[str], created: dt.datetime) -> bytes:
    """The PDF of another room's sheet: its template by the name it has among the files, and what it says in them.

    `shown` are the files whose words are drawn; a character that no font has becomes an empty square in those alone.
    """
    words = {name: json.dumps(breakable(json.loads(told[name])), ensure_ascii=False) for name in shown}
    try:
        return _compiled(_compiler(), template, told | words, created)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    shown_words = {name: _displayable(text) for name, text in words.items()}
    return _compiled(_compiler(), template, told | shown_words, created)


def _displayable(text: str) -> str:
    """PDF/A allows no character without a glyph, so those become an empty square; the plain text keeps them."""
    missing = {mark for mark in set(text) if not mark.isascii() and not _has_glyph(mark)}
    return text.translate({ord(mark): MISSING for mark in missing})


@lru_cache(maxsize=65536)
def _has_glyph(mark: str) -> bool:
    """Whether any font has it: the typesetter is asked to set just that."""
    try:
        _set_character(_compiler(), mark)
    except typst.TypstError:
        return False
    return True


def _set_character(compiler: typst.Compiler, mark: str) -> None:
    _compiled(compiler, "character.typ", {"character.txt": mark}, dt.datetime(2000, 1, 1, tzinfo=dt.UTC))


@cache
def _compiler() -> typst.Compiler:
    """The one compiler of this process; only the fonts that come with the program, so that every machine sets alike."""
    os.environ.setdefault(
        "RAYON_NUM_THREADS", "1"
    )  # Letters go in parallel by process; threads only wait for each other.
    with TemporaryDirectory(prefix="inbaar-fonts-") as folder:
        for name, font in font_files().items():
            Path(folder, name).write_bytes(font)
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[folder])
        compiler = typst.Compiler(root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True)
        # The typesetter reads a font when it first sets it and then holds it: so each is set once before the files go.
        _set_character(compiler, "x")
    return compiler
