"""The letters' fonts: one weight each and no hints, with every character of the font they are made of."""

import re
import tempfile
from pathlib import Path

import pytest
import uharfbuzz as hb

from inbaar.letters import typesetting
from inbaar.letters.examples import formal_notice
from inbaar.letters.fonts import SOURCE, font_files

HINTS = {"cvt ", "fpgm", "prep"}
VARIABLE = {"fvar", "gvar", "avar", "cvar", "HVAR", "MVAR"}


@pytest.mark.parametrize(("name", "weight"), [("letter-400.ttf", 400), ("letter-600.ttf", 600)])
def test_a_font_has_every_character_at_one_weight_and_no_hints(name: str, weight: int) -> None:
    """Each mark is as wide as the variable font has it at that weight, to a thousandth of its size."""
    face, source = hb.Face(font_files()[name]), hb.Face(SOURCE.read_bytes())
    assert set(face.unicodes) == set(source.unicodes)
    assert not {*face.table_tags} & (HINTS | VARIABLE)
    made, variable = hb.Font(face), hb.Font(source)
    variable.set_variations({"wght": weight, "wdth": 100})
    for mark in map(ord, "Aanmaning € 1.234,56 Łódź Ελλάδα Москва"):
        widths = [font.get_glyph_h_advance(font.get_nominal_glyph(mark)) for font in (made, variable)]
        assert abs(widths[0] - widths[1]) <= 1, chr(mark)


def test_they_are_the_same_each_time() -> None:
    assert font_files() == font_files()


def test_a_letter_is_set_in_them_and_their_files_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = typesetting.render_letters([formal_notice()])
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    typesetting._compiler.cache_clear()
    assert typesetting.render_letters([formal_notice()]) == known
    assert list(tmp_path.iterdir()) == []
    names = set(re.findall(rb"/BaseFont ?/\w{6}\+([\w-]+)", known[0]))
    assert names == {b"IBMPlexSans-Regular"}
