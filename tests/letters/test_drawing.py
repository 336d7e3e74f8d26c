"""What the typesetter is given: all that is drawn and nothing else, long words made to break, the QR mark for mark."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.letters.drawing import LONGEST_WORD, QUIET_ZONE, ZERO_WIDTH_SPACE, drawn, qr_picture
from inbaar.letters.examples import EXAMPLES, bundle, reminder
from inbaar.letters.qr import qr_modules
from inbaar.letters.wording import compose


@given(st.text(min_size=1, max_size=120))
def test_the_strokes_are_the_dark_modules(payload: str) -> None:
    rows, picture = qr_modules(payload), qr_picture(payload)
    assert f'viewBox="0 0 {len(rows) + 2 * QUIET_ZONE} {len(rows) + 2 * QUIET_ZONE}"' in picture
    dark = {(x, y) for y, row in enumerate(rows) for x, mark in enumerate(row) if mark == "1"}
    assert stroked(picture) == {(x + QUIET_ZONE, y + QUIET_ZONE) for x, y in dark}


def stroked(picture: str) -> set[tuple[int, int]]:
    """The modules that the path's strokes of one module run over."""
    (path,) = re.findall(' d="([^"]*)"', picture)
    start, *moves = re.findall(r"([Mmh])([-\d.]+)(?: ([-\d.]+))?", path)
    x, y = int(start[1]), int(start[2].removesuffix(".5"))
    over: set[tuple[int, int]] = set()
    for move, right, down in moves:
        if move == "h":
            over |= {(x + step, y) for step in range(int(right))}
        x, y = x + int(right), y + int(down or 0)
    return over


@pytest.mark.parametrize("example", [*EXAMPLES, bundle])
def test_a_drawing_holds_what_is_drawn(example) -> None:  # type: ignore[no-untyped-def]
    """Of the QR the picture alone; and no word of a usual letter is so long that it is told to break."""
    content = example()
    told = json.loads(drawn(content).letter)
    assert "qr_payload" not in told["payment"]
    assert told["payment"]["qr_alt"] == compose(content).payment.qr_alt
    assert told["date"] == [content.letter_date.year, content.letter_date.month, content.letter_date.day]
    assert ZERO_WIDTH_SPACE not in drawn(content).letter


@pytest.mark.parametrize("mark", ["x", '"', "\\", "é", "漢"])
@pytest.mark.parametrize("length", [LONGEST_WORD, LONGEST_WORD + 1, 100])
def test_a_long_word_may_break(mark: str, length: int) -> None:
    name = mark * length
    told = json.loads(drawn(replace(reminder(), recipient=replace(reminder().recipient, name=name))).letter)
    first = told["recipient"][0]
    assert first.replace(ZERO_WIDTH_SPACE, "") == name
    assert (first != name) == (length > LONGEST_WORD)
    assert max(map(len, first.split(ZERO_WIDTH_SPACE))) <= LONGEST_WORD
