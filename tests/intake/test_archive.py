"""A ZIP of invoices: what is in it by names that only show; bombs, passwords and paths do no harm."""

import io
import zipfile

import pytest

from inbaar.intake.archive import ArchiveLimits, BadArchive, is_archive, unpacked
from tests.intake.lists import ROWS, workbook


def zipped(*files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def test_the_files_come_under_both_names_and_no_path():
    content = zipped(
        ("map/a.xml", b"<a/>"),
        ("../../b.xml", b"<b/>"),
        ("C:\\x\\c.xml", b"<c/>"),
        ("__MACOSX/._a.xml", b"x"),
        ("leeg/", b""),
    )
    assert is_archive(content)
    assert unpacked("f.zip", content) == [
        ("f.zip: a.xml", b"<a/>"),
        ("f.zip: b.xml", b"<b/>"),
        ("f.zip: c.xml", b"<c/>"),
    ]


def test_a_workbook_is_no_archive():
    assert not is_archive(workbook(ROWS))
    assert not is_archive(b"<a/>")


@pytest.mark.parametrize(
    ("content", "limits", "rule"),
    [
        (zipped(), ArchiveLimits(), "archive-empty"), (zipped(("a", b"x"))[:-5], ArchiveLimits(), "archive-damaged"),
        (zipped(*[(f"{n}", b"") for n in range(4)]), ArchiveLimits(files=3), "archive-too-many"),
        (zipped(("a", b"0" * 1001)), ArchiveLimits(file_bytes=1000), "archive-too-large"),
        (zipped(("a", b"0" * 600), ("b", b"0" * 600)), ArchiveLimits(bytes=1000), "archive-too-large"),
        (zipped(*[(f"{n:0200d}", b"") for n in range(5_000)]), ArchiveLimits(files=10_000), "archive-damaged"),
    ],
    ids=["empty", "cut-off", "many", "large", "large-together", "index"],
)  # fmt: skip
def test_what_cannot_be_unpacked_is_refused_as_a_whole(content, limits, rule):
    with pytest.raises(BadArchive) as why:
        unpacked("f.zip", content, limits)
    assert why.value.rule == rule


def test_an_archive_that_lies_about_its_size_is_counted_while_it_is_unpacked():
    content = bytearray(zipped(("a", b"0" * 5_000)))
    for at in (content.find(b"PK\x03\x04") + 22, content.find(b"PK\x01\x02") + 24):
        content[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(BadArchive):
        unpacked("f.zip", bytes(content), ArchiveLimits(file_bytes=1000))


def test_an_archive_with_a_password_says_so():
    content = bytearray(zipped(("a", b"geheim")))
    content[content.find(b"PK\x03\x04") + 6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BadArchive) as why:
        unpacked("f.zip", bytes(content))
    assert why.value.rule == "archive-locked"
