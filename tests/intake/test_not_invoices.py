"""What looks like an invoice and is none must never become one; a credit note is told from an invoice."""

import pytest

from inbaar.intake.readers import read_invoice
from tests.intake.documents import written

HEAD = """
Zaagmolen B.V.||Tuin & Zn. V.O.F.
Dorpsstraat 1||Laan 12
6711 AA Ede||6712 AB Ede
KvK 59581883
Btw-id NL004495445B01
IBAN NL91 ABNA 0417 1643 00
"""
SUMS = """
Subtotaal||€ 200,00
Btw 21%||€ 42,00
Totaal||€ 242,00
"""
LOOKS_ALIKE = {
    "offerte": ("# Offerte", "Offertenummer: OF-2026-12\nDatum: 22-11-2026\nGeldig tot: 22-12-2026" + SUMS),
    "quote": ("# Quotation", "Quote no: Q-77\nDate: 22 November 2026" + SUMS),
    "order confirmation": ("# Orderbevestiging", "Ordernummer: 881\nOrderdatum: 22-11-2026" + SUMS),
    "purchase order": ("# Purchase order", "PO number: 4500012\nDate: 22 November 2026" + SUMS),
    "delivery note": ("# Pakbon", "Pakbonnummer: 77\nDatum: 22-11-2026\nPlanken||20"),
    "reminder": (
        "# Betalingsherinnering",
        "Factuurnummer: 2026-0481\nFactuurdatum: 22-09-2026\nVervaldatum: 22-10-2026\nOpenstaand bedrag||€ 242,00",
    ),
    "reminder in the subject": (
        "Betreft: herinnering factuur 2026-0481",
        "Factuurnummer: 2026-0481\nFactuurdatum: 22-09-2026\nTe betalen||€ 242,00",
    ),
    "second reminder": (
        "# Aanmaning",
        "Uit onze administratie blijkt dat factuur 2026-0481 nog niet is betaald.\nFactuurnummer 2026-0481"
        + SUMS,
    ),
    "notice of default": ("Onderwerp: Ingebrekestelling", "Factuurnummer: 2026-0481\nTe betalen||€ 242,00"),
    "english reminder": (
        "# Payment reminder",
        "Invoice number: 2026-0481\nInvoice date: 22 September 2026\nAmount due||€ 242.00",
    ),
    "statement": (
        "# Openstaande posten",
        "Factuurnummer||Factuurdatum||Bedrag\n2026-0481||22-09-2026||€ 242,00\n2026-0482||23-09-2026||€ 121,00\nTotaal||||€ 363,00",
    ),
    "english statement": (
        "# Statement of account",
        "Invoice no||Invoice date||Amount\nA-1||22 Sep 2026||€ 242.00\nTotal due||||€ 242.00",
    ),
    "pro forma": ("# Pro forma factuur", "Factuurnummer: PF-12\nFactuurdatum: 22-11-2026" + SUMS),
    "letter": (
        "Geachte heer Jansen,",
        "Hartelijk dank voor uw bericht van 12 november 2026 over onze factuur.\nWij komen daar € 250,00 later op terug.",
    ),
    "receipt": ("# Betalingsbevestiging", "Factuurnummer: 2026-0481\nBetaald||€ 242,00"),
}


@pytest.mark.parametrize("name", LOOKS_ALIKE)
def test_is_refused_by_its_own_title(name: str) -> None:
    title, body = LOOKS_ALIKE[name]
    read = read_invoice(written(f"{title}\n{HEAD}\n{body}"), "document.pdf")
    assert (read.status, read.format) == ("refused", "pdf")
    assert read.problems[0].rule in ("not-an-invoice", "no-xml")
    assert (read.number, read.payable, dict(read.found)) == (None, None, {})


def test_the_reason_names_what_it_is() -> None:
    title, body = LOOKS_ALIKE["offerte"]
    (problem,) = read_invoice(written(f"{title}\n{HEAD}\n{body}"), "document.pdf").problems
    assert problem.text == "This is a quote, not an invoice, by its own title: send the invoice itself."


@pytest.mark.parametrize(
    "reference",
    ["Offerte: OF-2026-12", "Orderbevestiging 881", "Pakbon: 77", "Bestelling: PO-12 van 3 november 2026"],
)
def test_a_mere_reference_is_no_title(reference: str) -> None:
    body = f"Factuurnummer: 2026-0481\nFactuurdatum: 22-11-2026\n{reference}\n{SUMS}"
    read = read_invoice(written(f"# Factuur\n{HEAD}\n{body}"), "document.pdf")
    assert (read.status, read.number, str(read.payable)) == ("review", "2026-0481", "242.00")


def test_a_text_about_an_unpaid_invoice_makes_the_document_doubtful() -> None:
    body = f"Factuurnummer: 2026-0481\nFactuurdatum: 22-11-2026\nDeze factuur is nog niet betaald.\n{SUMS}"
    read = read_invoice(written(f"# Factuur\n{HEAD}\n{body}"), "document.pdf")
    assert "may-be-reminder" in [problem.rule for problem in read.problems]


@pytest.mark.parametrize(
    ("title", "number"), [("Creditnota", "Creditnotanummer"), ("Credit note", "Credit note no.")]
)
def test_a_credit_note_is_one_with_positive_amounts(title: str, number: str) -> None:
    body = (
        f"{number}: C-12\nFactuurdatum: 22-11-2026\nBetreft factuur 2026-0481\n"
        "Subtotaal||€ -200,00\nBtw 21%||€ -42,00\nTotaal||€ -242,00"
    )
    read = read_invoice(written(f"# {title}\n{HEAD}\n{body}"), "document.pdf")
    assert (read.status, read.credit_note, read.number) == ("review", True, "C-12")
    assert (str(read.net), str(read.vat), str(read.payable)) == ("200.00", "42.00", "242.00")
    assert read.credits_invoice == "2026-0481"
    assert "credit-note-on-page" in [problem.rule for problem in read.problems]
