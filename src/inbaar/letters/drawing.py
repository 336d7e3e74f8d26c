"""A letter as the typesetter is given it: its words and tables as JSON, its QR as SVG. Called by `typesetting`.

What it says is data, never markup, and holds nothing that the template does not draw.
"""

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from inbaar.letters.composed import Letter, PaymentBox, Table, TermCode
from inbaar.letters.content import LetterContent
from inbaar.letters.frozen_json import fields_of
from inbaar.letters.layout import table_layout
from inbaar.letters.qr import qr_modules
from inbaar.letters.wording import compose

QUIET_ZONE = 4
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
USUAL_PAGES, COUNTED = 2, 0
LONGEST_WORD, PIECE = 36, 18


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the typesetter is given of one letter: what it says as JSON, its QR as SVG and its link (or nothing), its footer
    and how many pages it will have. `codes` are the QRs of a plan's terms, as a list of such pictures.

    With the pages COUNTED the typesetter counts them itself, at the cost of laying each page out twice.
    """

    letter: str
    qr: str
    subject: str
    page_label: str
    pages: int
    created: dt.datetime
    link: str = ""
    own_page: str = ""
    codes: str = "[]"


def drawn(content: LetterContent) -> Drawing:
    """What the typesetter is given for this content; the letter is dated on its own day."""
    letter, day = compose(content), content.letter_date
    return Drawing(
        letter=_told(letter, day),
        qr=qr_picture(letter.payment.qr_payload) if letter.payment.qr_payload else "",
        subject=breakable(letter.subject),
        page_label=letter.page_label,
        pages=USUAL_PAGES if _is_usual(letter) else COUNTED,
        created=dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC),
        link=letter.payment.link,
        own_page=letter.payment.own_page,
        codes=json.dumps([qr_picture(code.payload) for code in letter.plan.codes]) if letter.plan else "[]",
    )


def _told(letter: Letter, day: dt.date) -> str:
    """The letter as JSON. Words are looked at there, where they are at most longer: marks of JSON stand around them."""
    told = fields_of(letter) | {"date": [day.year, day.month, day.day]}
    text = json.dumps(told, ensure_ascii=False, default=_part)
    if max(map(len, text.split())) <= LONGEST_WORD:
        return text
    return json.dumps(breakable(json.loads(text)), ensure_ascii=False)


def _part(value: Any) -> dict[str, Any]:
    """A part of a letter for JSON: a table with its measures; of the QR and the links only what stands beside them in words.

    Each link is a file of its own: no line may break it with a mark that whoever copies it would take along.
    """
    told = fields_of(value)
    if isinstance(value, Table):
        layout = table_layout(value)
        return told | fields_of(layout) | {"headed": bool(value.rows)}
    if isinstance(value, PaymentBox):
        del told["qr_payload"], told["link"], told["own_page"]
    if isinstance(value, TermCode):
        del told["payload"]
    return told


def _is_usual(letter: Letter) -> bool:
    """One invoice and a short sheet: in all likelihood the letter on one page and the sheet on another."""
    sheet_rows = sum(len(table.rows) for section in letter.sheet.sections for table in section.tables)
    plain = len(letter.invoices.rows) == 1 and letter.plan is None
    return plain and sheet_rows <= 20 and bool(letter.sheet.title)


def breakable(told: Any) -> Any:
    """Lets a very long word, such as a hostile name, break at the end of a line."""
    if isinstance(told, str):
        return _LONG_WORD.sub(lambda word: ZERO_WIDTH_SPACE.join(_pieces(word[0])), told)
    if isinstance(told, dict):
        return {key: breakable(part) for key, part in told.items()}
    return [breakable(part) for part in told] if isinstance(told, list) else told


def _pieces(word: str) -> list[str]:
    return [word[start : start + PIECE] for start in range(0, len(word), PIECE)]


_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def qr_picture(payload: str) -> str:
    """The QR as SVG, its dark runs as strokes of one module, with the quiet zone readers need."""
    rows = qr_modules(payload)
    marks = np.frombuffer("n".join(rows).encode(), np.uint8)
    edges = np.flatnonzero(marks[1:] != marks[:-1]) + 1
    starts = np.concatenate(([0], edges))
    lengths = np.diff(starts, append=len(marks))
    strokes = _STROKES[marks[starts], lengths]
    side = len(rows) + 2 * QUIET_ZONE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path stroke="#000" '
        f'd="M{QUIET_ZONE} {QUIET_ZONE}.5{"".join(strokes.tolist()).replace("n", f"m-{len(rows)} 1")}"/></svg>'
    )


WIDEST = 177


def _strokes() -> Any:
    """By mark and length of a run: a stroke for dark ones, a step for light ones, `n` at the end of a row."""
    table = np.full((ord("n") + 1, WIDEST + 1), "n", dtype=object)
    table[ord("1")] = [f"h{length}" for length in range(WIDEST + 1)]
    table[ord("0")] = [f"m{length} 0" for length in range(WIDEST + 1)]
    return table


_STROKES = _strokes()
