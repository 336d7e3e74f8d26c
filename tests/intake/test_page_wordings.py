"""What other words, other places and other forms come to: each case is one thing that pages of strangers were seen to do."""

import pytest
from benchmarks.pdf_fields import varied_score
from benchmarks.printed import Printed

from inbaar.intake.readers import read_invoice
from inbaar.intake.readers.page.layout import Word
from inbaar.intake.readers.page.values import amounts
from tests.intake.pages import page_pdf
from tests.intake.test_page_styles import values

SUMS = "\n\nNetto||€ 100,00\nBtw 21%||€ 21,00\nTotaal||€ 121,00\n"
PARTIES = """
# Factuur
Bouw B.V.
Laan 3
6712 AB Ede
KvK 59581883
IBAN NL91ABNA0417164300

Factuur aan
Aannemer B.V.
Kade 9
6711 CC Ede

"""
DATED = PARTIES + "Factuurnummer: 26-101\nFactuurdatum: 5 mei 2026\n" + SUMS

#: By what it shows: the page, and what it says.
CASES = {
    "a term by a discount is another's": (
        DATED + "\nZahlbar innerhalb 30 Tagen netto bis 04.06.2026, 3% Skonto innerhalb 10 Tagen bis 15.05.2026",
        {"due_date": "2026-06-04", "payment_terms": "innerhalb 30 Tagen"},
    ),
    "days behind a percentage are no term": (DATED + "\nTerms of Payment||14 Tage 3%, 30", {"due_date": None, "payment_terms": None}),
    "of two days to pay that no term ties none is taken": (
        DATED + "\nVervaldatum||4 juni 2026\nUiterste betaaldatum||4 april 2026\nBetaling binnen 14 dagen.", {"due_date": None},
    ),
    "the day on which the amount is collected": (
        DATED + "\nDer Betrag wird am 20.05.2026 von Ihrem Konto per Lastschrift eingezogen.", {"due_date": "2026-05-20"},
    ),
    "the latest day to pay is no word of being paid": (
        DATED + "\nUiterlijk betaald op:||4 juni 2026", {"due_date": "2026-06-04", "payable": "121.00"},
    ),
    "a longer label than Date names another day": (
        PARTIES + "Factuurnummer: 26-101\nDate : 05/05/2026\nDate début : 01/04/2026" + SUMS, {"issue_date": "2026-05-05"},
    ),
    "a date in the line under a title that breaks": (
        PARTIES + "Rechnung Nr. 26-101 vom\n05.05.2026\n" + SUMS, {"number": "26-101", "issue_date": "2026-05-05"},
    ),
    "labels without their accents": (
        DATED + "\nDATE D'ECHEANCE : 04/06/2026\nREFERENCE AVIS DE PAIEMENT : F26-77", {"due_date": "2026-06-04", "payment_reference": "F26-77"},
    ),
    "a number that a note asks to be named": (DATED + "\nRelatienummer 4711-20 (s.v.p. bij betaling vermelden)", {"payment_reference": "4711-20"}),
    "a note in the line under its number": (
        DATED + "\nHaftpflichtversicherung VSNR: 01.234.567.8\n(Bei Schriftwechsel und Zahlung bitte angeben.)", {"payment_reference": "01.234.567.8"},
    ),
    "a bare number among the dates": (PARTIES + "Nummer: 26-101\nDatum: 5 mei 2026" + SUMS, {"number": "26-101"}),
    "a bare number of a party": (PARTIES + "Datum: 5 mei 2026\n\nRechnungsleger:\nNummer: 12345676\n" + SUMS, {"number": None}),
    "an account is no number of an invoice": (
        PARTIES + "Rekening: NL91 ABNA 0417 1643 00\nNummer: 26-101\nDatum: 5 mei 2026" + SUMS, {"number": "26-101"},
    ),
    "a customer's number under his label is no name": (
        DATED.replace("Factuur aan\n", "") + "\nKlant: 10023\n", {"customer.name": "Aannemer B.V.", "customer.city": "Ede"},
    ),
    "an earlier balance that is asked too is not of this invoice": (
        DATED + "Vorig saldo||€ 50,00\nTe betalen||€ 171,00", {"total": "121.00", "payable": None},
    ),
    "no total but what is asked with an earlier balance": (
        PARTIES + "Factuurnummer: 26-101\nDatum: 5 mei 2026\n\nVorig saldo||€ 50,00\nTe betalen||€ 171,00", {"total": None, "payable": None},
    ),
    "VAT of nothing leaves the net": (
        PARTIES + "Factuurnummer: 26-101\nDatum: 5 mei 2026\n\nBtw||€ 0,00\nTotaal||€ 50,00", {"net": "50.00", "vat": "0.00", "total": "50.00"},
    ),
    "VAT of nothing beside another rate leaves it open": (
        PARTIES + "Factuurnummer: 26-101\nDatum: 5 mei 2026\n\nHoog tarief 21%||€ 8,68\nBtw||€ 0,00\nTotaal||€ 50,00", {"net": None},
    ),
    "VAT behind another word": (
        DATED.replace("Btw 21%||€ 21,00", "zzgl. 21% MwSt.||€ 21,00"), {"vat": "21.00", "vat_percent": "21", "vat_amount": "21.00"},
    ),
    "a currency glued to a word": (
        DATED.replace("€ ", "").replace("Totaal", "Totaal(EUR)"), {"currency": "EUR", "total": "121.00"},
    ),
    "an account broken over two lines": (
        DATED.replace("IBAN NL91ABNA0417164300", "IBAN NL91 ABNA\n0417 1643 00"), {"iban": "NL91ABNA0417164300"},
    ),
    "a kind of invoice that is one word": (DATED.replace("# Factuur", "# Schlussrechnung"), {"number": "26-101", "total": "121.00"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_wording(case: str) -> None:
    text, expected = CASES[case]
    found = values(text)
    assert {name: found.get(name) for name in expected} == expected


def test_of_two_names_in_one_block_none_is_taken() -> None:
    """A trade's name over a company's: which of them sends the invoice only another sign can tell, and a mail address is none."""
    lines = ("Seller Trade", "De Zaagmolen", "Laan 3", "6712 AB Ede", "post@seller.example", "KvK 59581883")
    block = [(57, 780 - 11 * at, line) for at, line in enumerate(lines)]
    rest = [
        (300, 780, "Factuur 26-101"), (300, 765, "Factuurdatum 05-05-2026"), (57, 640, "Factuur aan"), (57, 629, "Aannemer B.V."),
        (57, 618, "Kade 9"), (57, 607, "6711 CC Ede"), (57, 500, "Totaal"), (400, 500, "EUR 121,00"),
    ]  # fmt: skip
    assert "supplier.name" not in read_invoice(page_pdf(*block, *rest), "invoice.pdf").fields
    holder = (57, 450, "t.n.v. De Zaagmolen")
    assert read_invoice(page_pdf(*block, *rest, holder), "invoice.pdf").supplier.name == "De Zaagmolen"


def _row(*texts: tuple[str, float]) -> list[Word]:
    """Words of 10 points high, each a text and the gap before it; letters six points wide."""
    words, right = [], 0.0
    for text, gap in texts:
        left = right + gap
        right = left + 6 * len(text)
        words.append(Word(text, left, 0, right, 10))
    return words


def test_thousands_set_apart_by_a_space() -> None:
    wide = _row(("2", 0), ("571,35", 6))  # a space of one figure, all letters of one width
    assert [str(amount.value) for amount in amounts(wide)] == ["2571.35"]
    narrow = [
        *_row(("2", 0)),
        Word("571,35", 12, 0, 42, 10),
    ]  # the same gap, figures of other widths: it may be two columns
    assert amounts(narrow) == []
    apart = _row(("2", 0), ("571,35", 30))
    assert [str(amount.value) for amount in amounts(apart)] == ["571.35"]


def test_whole_euros_are_not_the_thousands_of_more() -> None:
    assert [str(a.value) for a in amounts(_row(("€", 0), ("5", 2), ("183,68", 2)))] == ["5183.68"]


def test_documents_drawn_in_many_ways() -> None:
    score = varied_score(11, 60)
    assert score.wrong == []
    assert score.recall() >= 0.97, score.missed


def test_words_that_are_not_known_leave_fields_empty() -> None:
    score = varied_score(21, 60, strange=True)
    assert score.wrong == []
    assert 0.5 < score.recall() < 0.8  # a page of which neither number nor total is known is refused


@pytest.mark.parametrize(
    ("part", "value", "text"),
    [
        ("net", "1234.50", "totaal 1 234,50 EUR"), ("net", "1234.00", "€ 1.234"), ("net", "1234.00", "1.234,-"), ("vat", "5.00", "5.00"),
        ("issue_date", "2026-03-04", "vom 4. März 2026"), ("issue_date", "2026-03-04", "March 4, 2026"), ("issue_date", "2026-03-04", "04/03/26"),
        ("due_date", "2026-03-04", "20260304"), ("supplier.name", "A. B. de Vries", "A.B. de Vries"),
    ],
)  # fmt: skip
def test_what_a_page_prints_is_found_in_any_form(part: str, value: str, text: str) -> None:
    assert Printed(text).has(part, value)


@pytest.mark.parametrize(
    ("part", "value", "text"),
    [("net", "34.50", "1234,50"), ("net", "100.00", "100 stuks"), ("issue_date", "2026-03-04", "14-03-2026"), ("due_date", "2026-03-04", "4 april 2026")],
)  # fmt: skip
def test_what_a_page_does_not_print_is_not_found(part: str, value: str, text: str) -> None:
    assert not Printed(text).has(part, value)
