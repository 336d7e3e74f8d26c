"""PDFs without an e-invoice that are long, hidden, hostile or empty: refused or flagged, never believed, never a crash."""

import zlib

import pytest

from inbaar.intake.readers import read_invoice
from tests.intake.documents import _file, written
from tests.intake.test_pages import PAGE

RESOURCES = b"/Resources << /Font << /F1 5 0 R >> >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def drawn(stream: bytes, page: bytes = b"", *more: bytes) -> bytes:
    """A page with this content stream; `page` adds to its dictionary, `more` are objects from the sixth on."""
    packed = zlib.compress(stream)
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %b %b >>"
            % (RESOURCES, page),
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed),
            FONT,
            *more,
        ],
        b"",
    )


def test_of_500_pages_the_first_and_the_last_are_read_and_a_person_is_told() -> None:
    appendix = "\n---\n".join(f"Bijlage {number}" for number in range(498))
    read = read_invoice(written(f"{PAGE}\n---\n{appendix}\n---\nEinde"), "invoice.pdf")
    assert (read.status, read.number, str(read.payable)) == ("review", "2026-0481", "242.00")
    assert "pages-left-out" in [problem.rule for problem in read.problems]


def test_an_invoice_beside_the_page_is_not_on_it() -> None:
    hidden = b"".join(
        b"BT /F1 10 Tf 700 %d Td (%b) Tj ET\n" % (800 - 14 * place, line.encode("cp1252", "ignore"))
        for place, line in enumerate(PAGE.replace("||", " ").split("\n"))
    )
    assert read_invoice(drawn(hidden), "invoice.pdf").status == "refused"


def test_print_too_small_to_read_is_not_read() -> None:
    hidden = b"BT /F1 1 Tf 50 780 Td (Factuurnummer: 2026-0999) Tj ET\n"
    assert read_invoice(drawn(hidden), "invoice.pdf").status == "refused"


def test_text_that_runs_upwards_is_not_read() -> None:
    upwards = (
        b"BT /F1 10 Tf 0 1 -1 0 50 100 Tm (Factuurnummer: 2026-0999 Totaal 12,00 Datum 3 maart 2026) Tj ET\n"
    )
    assert read_invoice(drawn(upwards), "invoice.pdf").status == "refused"


def test_a_page_that_is_shown_turned_is_read_as_shown() -> None:
    lines = PAGE.strip().split("\n")
    turned = b"".join(
        b"BT /F1 10 Tf 0 1 -1 0 %d %d Tm (%b) Tj ET\n"
        % (
            40 + 14 * row,
            30 + 400 * column,
            part.removeprefix("# ").strip().encode("cp1252").replace(b"\x80", b"EUR"),
        )
        for row, line in enumerate(lines)
        for column, part in enumerate(line.split("||"))
    )
    read = read_invoice(drawn(turned, b"/Rotate 90"), "invoice.pdf")
    assert (read.number, str(read.payable), read.supplier.iban) == (
        "2026-0481",
        "242.00",
        "NL91ABNA0417164300",
    )
    left, bottom, right, top = read.fields["number"].box or (0, 0, 0, 0)
    assert 400 < left < right < 842
    assert 0 < bottom < top < 595


@pytest.mark.parametrize(
    "stream",
    [
        b"q " * 200_000,
        b"BT /F1 10 Tf " + b"(Factuurnummer: 12) Tj " * 100_000 + b"ET",
        b"BT /F1 1e38 Tf 1e38 1e38 Td (Totaal 12,00) Tj ET",
        b"BT /F1 10 Tf 1 0 0 1 nan inf Tm (Totaal 12,00) Tj ET",
        b"".join(
            b"BT /F1 2 Tf %d %d Td (Totaal 1,00 @a.nl 12) Tj ET " % (n % 590, 840 - n % 830)
            for n in range(20_000)
        ),
        b"BT /F1 10 Tf 9 9 Td (" + b"1 " * 30_000 + b") Tj ET",
        b"/X0 Do " * 1000,
        b"<</A " * 50_000,
        b"BT /F9 10 Tf (Factuur zonder letter) Tj ET" + b"\0" * 10_000,
        b"BI /W 99999 /H 99999 /BPC 8 /CS /RGB ID " + b"x" * 1000 + b" EI",
        b"0 0 m " + b"1 1 l " * 200_000 + b"S",
    ],
    ids=[
        "nesting",
        "repeated",
        "huge",
        "no number",
        "crowded",
        "one line",
        "no object",
        "dictionaries",
        "no font",
        "image",
        "path",
    ],
)
def test_a_hostile_content_stream_is_refused(stream: bytes) -> None:
    read = read_invoice(drawn(stream), "invoice.pdf")
    assert (read.status, read.format) == ("refused", "pdf")


def test_a_form_that_draws_itself_is_refused() -> None:
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X0 6 0 R >> >> /Length 7 >>"
        b"\nstream\n/X0 Do \nendstream"
    )
    content = drawn(b"/X0 Do", b"", form).replace(
        b"/Font << /F1 5 0 R >>", b"/Font << /F1 5 0 R >> /XObject << /X0 6 0 R >>"
    )
    assert read_invoice(content, "invoice.pdf").status == "refused"


def test_a_page_of_a_square_kilometre_is_no_harm() -> None:
    huge = drawn(b"q 1e7 0 0 1e7 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q").replace(
        b"[0 0 595 842]", b"[0 0 2834645 2834645]"
    )
    assert read_invoice(huge, "invoice.pdf").status == "refused"


def test_a_document_without_pages_is_refused() -> None:
    empty = _file([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"], b"")
    assert read_invoice(empty, "invoice.pdf").status == "refused"


def test_the_next_invoice_is_read_after_one_that_was_given_up() -> None:
    assert read_invoice(drawn(b"q " * 1000), "invoice.pdf").status == "refused"
    assert read_invoice(written(PAGE), "invoice.pdf").status == "accepted"
