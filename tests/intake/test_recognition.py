"""Which OCR reads a scan, what it gives, and what is said where there is none."""

import shutil
import sys

import pypdfium2
import pytest

from inbaar.intake.pdf_child.recognition import Line, recognised_page
from inbaar.intake.pdf_child.recognition import _tilt as tilt
from inbaar.intake.pdf_child.recognition import _words as words_of
from inbaar.intake.readers import pdf
from inbaar.market.printing import printed_invoices
from inbaar.market.scanning import scanned


@pytest.fixture
def without_rapidocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)


@pytest.fixture(scope="module")
def scan() -> bytes:
    return scanned(printed_invoices(5, 1)[0].content, 1)


@pytest.mark.usefixtures("without_rapidocr")
def test_without_any_the_reader_says_what_to_install(scan: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert recognised_page(pypdfium2.PdfDocument(scan), 0) == {"error": "no-ocr"}
    assert "pip install 'inbaar[ocr]', or the program tesseract" in pdf._WORDS["no-ocr"]


@pytest.mark.usefixtures("without_rapidocr")
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="no tesseract is installed")
def test_tesseract_reads_where_it_is_all_there_is(scan: bytes) -> None:
    found = recognised_page(pypdfium2.PdfDocument(scan), 0)
    assert found["engine"].startswith("tesseract ")
    texts = [word[0] for word in found["pages"][0]["words"]]
    assert "Factuurnummer:" in texts


def test_words_of_a_tilted_line_stand_level_and_where_they_are() -> None:
    """A line that falls 10 points over 100: set straight its words stand at one height, on the page each lower."""
    corners = ((0.0, 50.0), (100.0, 60.0), (99.0, 70.0), (-1.0, 60.0))
    line = Line("Totaal 12,00", corners, 0.9)
    first, second = words_of(line, tilt([line]), 1.0, 200.0, 200.0)
    assert (first[0], second[0]) == ("Totaal", "12,00")
    assert abs(first[2] - second[2]) < 0.6  # bottoms
    assert first[6][1] - second[6][1] > 4
    assert first[3] < second[1]
    assert (first[5], second[5]) == (0.9, 0.9)
