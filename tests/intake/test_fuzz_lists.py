"""Damaged lists never crash the readers: they give lines, or say why not, within a second and without much memory."""

import io
import random

import pytest

from inbaar.intake.archive import BadArchive, is_archive, unpacked
from inbaar.intake.bulk.auditfile import as_list, is_auditfile, read_auditfile
from inbaar.intake.bulk.columns import outline_of
from inbaar.intake.bulk.lines import lines_of
from inbaar.intake.bulk.tables import NotAList, is_list, open_table
from tests.intake.auditfiles import auditfile
from tests.intake.lists import ROWS, workbook, written
from tests.intake.test_archive import zipped

MUTATIONS = 400
SEEDS = {
    "csv": written(), "utf-16": written(encoding="utf-16"), "xlsx": workbook(ROWS),
    "xaf": auditfile([("S", "D1", "1", "121.00", "2026-01-05", "K"), ("B", "D1", "", "-21.00", "2026-02-05", "K")], dues=[("1", "2026-02-04")]),
    "zip": zipped(("a.xml", b"<a/>"), ("b.csv", written())),
}  # fmt: skip
TELLING = (
    b";",
    b'"',
    b"\r\n",
    b"\0",
    b"\xff",
    b"<",
    b"&",
    b"E+09",
    b"-",
    b"9" * 40,
    b"01-02-2026",
    b"PK\x05\x06",
    b"\xef\xbb\xbf",
)


def mutated(content, chance):
    """The content with a few bytes changed, cut, doubled or put in."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(damaged) + 1)
        kind = chance.randrange(4)
        if kind == 0 and at < len(damaged):
            damaged[at] = chance.randrange(256)
        elif kind == 1:
            del damaged[at : at + chance.randint(1, 40)]
        elif kind == 2:
            damaged[at:at] = chance.choice(TELLING)
        else:
            damaged[at:at] = damaged[at : at + chance.randint(1, 60)]
    return bytes(damaged)


def taken(content):
    """What the doors do with a list, without the books."""
    if is_archive(content):
        for _, part in unpacked("x.zip", content):
            taken(part)
        return
    if not is_list(content):
        return
    if is_auditfile(content[:4096]):
        content = as_list(read_auditfile(io.BytesIO(content)))
    table = open_table(io.BytesIO(content))
    outline = outline_of(table)
    for line in lines_of(table, outline.head_line, outline.choices):
        assert "\0" not in line.number + line.customer.name


def reason(content):
    """Why a list was refused, or nothing."""
    try:
        taken(content)
    except (NotAList, BadArchive) as why:
        return why
    return None


@pytest.mark.parametrize("kind", SEEDS)
def test_a_damaged_list_is_read_or_refused(kind):
    chance = random.Random(f"lists {kind}")
    reasons = [reason(mutated(SEEDS[kind], chance)) for _ in range(MUTATIONS)]
    assert None in reasons
    assert [why for why in reasons if why and not (why.rule and why.text.endswith("."))] == []
