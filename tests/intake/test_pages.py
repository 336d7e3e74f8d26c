"""An invoice read from its page: what is certain is filled in with where and how sure; the rest is empty and asked for."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import InvoiceRead, as_json
from tests.intake.documents import written

PAGE = """
# Factuur
Zaagmolen B.V.||Factuurnummer: 2026-0481
Dorpsstraat 1||Factuurdatum: 22 nov 2026
6711 AA Ede||Vervaldatum: 22 dec 2026
post@zaagmolen.nl
KvK 59581883
Btw-id NL004495445B01
IBAN NL91 ABNA 0417 1643 00

Factuur aan:
Tuin & Zn. V.O.F.
Laan 12
6712 AB Ede
KvK 12345678

Omschrijving||Bedrag
Planken||€ 200,00

Subtotaal||€ 200,00
Btw 21%||€ 42,00
Totaal te betalen||€ 242,00

Betalingstermijn: 30 dagen. Betalingskenmerk: RF18 5390 0754 7034
"""


def page(*replacements: tuple[str, str]) -> InvoiceRead:
    text = PAGE
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    return read_invoice(written(text), "invoice.pdf")


def rules(read: InvoiceRead) -> set[str]:
    return {problem.rule for problem in read.problems}


def test_a_page_on_which_all_is_certain_is_accepted() -> None:
    read = page()
    assert (read.status, read.format, read.problems) == ("accepted", "pdf", ())
    assert (read.number, read.currency, read.credit_note) == ("2026-0481", "EUR", False)
    assert (read.issue_date, read.due_date) == (dt.date(2026, 11, 22), dt.date(2026, 12, 22))
    assert (read.net, read.vat, read.total) == (Decimal("200.00"), Decimal("42.00"), Decimal("242.00"))
    assert read.payable == Decimal("242.00")
    supplier, customer = read.supplier, read.customer
    assert (supplier.name, supplier.kvk, supplier.vat) == ("Zaagmolen B.V.", "59581883", "NL004495445B01")
    assert supplier.iban == "NL91ABNA0417164300"
    assert (customer.name, customer.kvk) == ("Tuin & Zn. V.O.F.", "12345678")
    assert (customer.street, customer.postcode, customer.city, customer.country) == (
        "Laan 12",
        "6712 AB",
        "Ede",
        "NL",
    )
    assert (read.payment_reference, read.payment_terms_text) == ("RF18539007547034", "30 dagen")
    assert read.fields["read_by"].value == "text layer"


def test_each_value_says_where_it_stands_and_how_sure() -> None:
    fields = as_json(page())["fields"]
    number = fields["number"]
    assert (number["page"], number["confidence"]) == (1, 0.95)
    left, bottom, right, top = number["box"]
    assert 300 < left < right < 595  # the second column, behind its label
    assert 780 < bottom < 790 < top < 800  # the second line
    assert fields["total"]["confidence"] == 0.99  # net and VAT add up to it
    assert fields["due_date"]["confidence"] == 0.99  # the term from the issue date
    assert fields["iban"]["confidence"] == 0.99  # its check digits
    assert all(field["confidence"] >= 0.85 for field in fields.values())


def test_sums_that_do_not_tie_are_left_open_and_told() -> None:
    read = page(("Totaal te betalen||€ 242,00", "Totaal te betalen||€ 262,00"))
    assert read.status == "review"
    assert (read.net, read.vat) == (None, None)
    assert {"BR-CO-15", "unsure-net", "unsure-vat"} <= rules(read)
    assert "net 200.00 and VAT 42.00" in next(p.text for p in read.problems if p.rule == "BR-CO-15")


@pytest.mark.parametrize(
    ("amounts", "net", "vat", "total"),
    [
        ("Totaal excl. btw||€ 1.234,50\n21% btw||€ 259,25\nTotaal incl. btw||€ 1.493,75", "1234.50", "259.25", "1493.75"),
        ("Subtotal||€ 1,234.50\nVAT 21%||€ 259.25\nTotal||€ 1,493.75", "1234.50", "259.25", "1493.75"),
        ("Netto||100,00 EUR\nBtw 9% over 100,00||9,00 EUR\nTotaal te voldoen||109,00 EUR", "100.00", "9.00", "109.00"),
        ("Subtotaal||€ 100,00\nBtw verlegd||€ 0,00\nTotaal||€ 100,00", "100.00", "0.00", "100.00"),
        ("Netto||1 033,06 €\nBtw 21%||216,94 €\nTotaal||1 250,00 €", "1033.06", "216.94", "1250.00"),
        ("Netto||€ 1.000,-\nBtw 21%||€ 210,-\nTotaal||€ 1.210,-", "1000.00", "210.00", "1210.00"),
    ],
)  # fmt: skip
def test_amounts_in_either_notation(amounts: str, net: str, vat: str, total: str) -> None:
    read = page(("Subtotaal||€ 200,00\nBtw 21%||€ 42,00\nTotaal te betalen||€ 242,00", amounts))
    assert (str(read.net), str(read.vat), str(read.total), str(read.payable)) == (net, vat, total, total)


def test_several_rates_check_each_other_and_their_sum() -> None:
    table = (
        "Btw||Grondslag||Btw-bedrag\n21%||€ 100,00||€ 21,00\n9%||€ 200,00||€ 18,00\n"
        "Totaal exclusief btw||€ 300,00\nTotaal btw||€ 39,00\nTotaal te betalen||€ 339,00"
    )
    read = page(("Subtotaal||€ 200,00\nBtw 21%||€ 42,00\nTotaal te betalen||€ 242,00", table))
    assert (str(read.net), str(read.vat), str(read.payable)) == ("300.00", "39.00", "339.00")
    fields = {name: field.value for name, field in read.fields.items()}
    assert (fields["vat_percent"], fields["vat_base"], fields["vat_amount"]) == ("21", "100.00", "21.00")
    assert (fields["vat_percent_2"], fields["vat_base_2"], fields["vat_amount_2"]) == ("9", "200.00", "18.00")


def test_what_was_paid_before_is_taken_off() -> None:
    read = page(
        ("Totaal te betalen||€ 242,00", "Totaal||€ 242,00\nReeds betaald||€ 100,00\nNog te betalen||€ 142,00")
    )
    assert (str(read.total), str(read.payable)) == ("242.00", "142.00")


@pytest.mark.parametrize(
    "total",
    [
        "Totaal||€ 242,00\nDeze factuur is reeds voldaan met iDEAL.",
        "Totaal||€ 242,00\nUw voordeel||€ -42,00",  # a name nobody knows
        "Totaal||€ 242,00\nVorig saldo||€ 58,00\nTotaal te betalen||€ 300,00",
    ],
)
def test_what_is_to_be_paid_is_asked_where_the_page_leaves_it_open(total: str) -> None:
    read = page(("Totaal te betalen||€ 242,00", total))
    assert read.payable is None
    assert "unsure-payable" in rules(read)


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("22 nov 2026", "2026-11-22"), ("22-11-2026", "2026-11-22"), ("22 november 2026", "2026-11-22"), ("22.11.26", "2026-11-22"),
        ("November 22, 2026", "2026-11-22"), ("2026-11-22", "2026-11-22"), ("3-4-2026", "2026-04-03"), ("1 mrt. 2026", "2026-03-01"),
    ],
)  # fmt: skip
def test_days_as_invoices_write_them(printed: str, day: str) -> None:
    read = page(
        ("Factuurdatum: 22 nov 2026", f"Factuurdatum: {printed}"), ("Vervaldatum: 22 dec 2026", "Kenmerk: A")
    )
    assert str(read.issue_date) == day


ENGLISH = """
# Invoice
Sawmill Ltd||Invoice number: A-77
1 Mill Lane||Invoice date: {issued}
Leeds LS1 4AP||Due date: {due}
accounts@sawmill.example

Bill to:
Garden Ltd
2 Lane
York YO1 7HH

Subtotal||£ 100.00
VAT 20%||£ 20.00
Total||£ 120.00
{more}
"""


def test_a_day_that_can_be_read_in_two_ways_is_asked_for() -> None:
    read = read_invoice(
        written(ENGLISH.format(issued="03/04/2026", due="05/04/2026", more="")), "invoice.pdf"
    )
    assert (read.issue_date, read.due_date) == (None, None)
    assert {"unsure-issue-date", "unsure-due-date"} <= rules(read)


@pytest.mark.parametrize(
    ("issued", "due", "more", "found"),
    [
        ("03/04/2026", "17/04/2026", "", "2026-04-03"),  # no month has the number 17
        ("03/04/2026", "03/18/2026", "", "2026-03-04"),
        (
            "03/04/2026",
            "03/05/2026",
            "Payment terms: 30 days",
            "2026-04-03",
        ),  # only so are they 30 days apart
    ],
)
def test_another_date_or_the_term_tells_how_days_are_written(
    issued: str, due: str, more: str, found: str
) -> None:
    read = read_invoice(written(ENGLISH.format(issued=issued, due=due, more=more)), "invoice.pdf")
    assert str(read.issue_date) == found


def test_a_due_date_that_is_not_the_term_away_is_told() -> None:
    assert "term-differs" in rules(page(("Betalingstermijn: 30 dagen", "Betalingstermijn: 14 dagen")))


@pytest.mark.parametrize(
    "text",
    ["Betaling ontvangen op 3-12-2026", "Betaald met iDEAL op 3-12-2026", "Payment received 3-12-2026"],
)
def test_a_day_on_which_was_paid_is_no_due_date(text: str) -> None:
    read = page(("Vervaldatum: 22 dec 2026", "Kenmerk: A"), ("Betalingstermijn: 30 dagen.", text))
    assert read.due_date is None


def test_the_due_date_follows_from_a_term_that_says_from_when() -> None:
    read = page(
        ("Vervaldatum: 22 dec 2026", "Kenmerk: A"),
        ("Betalingstermijn: 30 dagen.", "Betaling binnen 30 dagen na factuurdatum."),
    )
    assert read.due_date == dt.date(2026, 12, 22)
    read = page(("Vervaldatum: 22 dec 2026", "Kenmerk: A"))
    assert read.due_date is None  # thirty days from when?


@pytest.mark.parametrize(
    ("old", "new", "rule", "name"),
    [
        ("NL91 ABNA 0417 1643 00", "NL91 ABNA 0417 1643 01", "iban", "iban"),
        ("NL004495445B01", "NL004495446B01", "vat-id", "supplier.vat"),
        ("RF18 5390 0754 7034", "RF19539007547034", "payment-reference", "payment_reference"),
    ],
)
def test_what_fails_its_own_check_is_empty_and_told(old: str, new: str, rule: str, name: str) -> None:
    read = page((old, new))
    assert rule in rules(read)
    assert name not in read.fields
    assert read.status == "review"


def test_of_several_accounts_a_person_chooses() -> None:
    read = page(("IBAN NL91 ABNA 0417 1643 00", "IBAN NL91 ABNA 0417 1643 00\nIBAN NL20 INGB 0001 2345 67"))
    assert read.supplier.iban is None
    assert "several-accounts" in rules(read)


def test_the_customers_account_that_is_drawn_on_is_not_the_one_to_pay_to() -> None:
    read = page(
        ("Betalingstermijn", "Dit bedrag wordt afgeschreven van NL20 INGB 0001 2345 67. Betalingstermijn")
    )
    assert read.supplier.iban == "NL91ABNA0417164300"


def test_two_numbers_for_one_invoice_are_none() -> None:
    read = page(("KvK 59581883", "KvK 59581883||Factuurnummer: 2026-0999"))
    assert read.number is None
    assert "unsure-number" in rules(read)


@pytest.mark.parametrize("printed", ["2026 0481", "2026 / 0481", "2026", "22-11-2026", "-"])
def test_a_number_whose_end_is_not_known_is_none(printed: str) -> None:
    read = page(("Factuurnummer: 2026-0481", f"Factuurnummer: {printed}"))
    assert read.number is None
    assert "unsure-number" in rules(read)


def test_a_title_in_letters_set_wide_apart_is_one() -> None:
    read = page(("# Factuur", "# F A C T U U R"), ("Factuurnummer:", "Nummer:"))
    assert read.status == "review"  # without its title it would be no invoice
    assert page(("# Factuur", "# O F F E R T E"), ("Factuurnummer:", "Nummer:")).status == "refused"


def test_a_dollar_is_of_many_countries() -> None:
    read = page(*((f"€ {amount}", f"$ {amount}") for amount in ("200,00", "42,00", "242,00")))
    assert read.currency is None
    assert "unsure-currency" in rules(read)


def test_the_customers_own_numbers_are_not_the_suppliers() -> None:
    read = page(("KvK 12345678", "Uw btw-nummer: NL123456789B13"), ("Btw-id NL004495445B01\n", ""))
    assert (read.customer.vat, read.supplier.vat) == ("NL123456789B13", None)


def test_a_delivery_address_is_not_the_customer() -> None:
    read = page(("Factuur aan:", "Afleveradres:"))
    assert read.customer.name is None
    assert "unsure-customer-name" in rules(read)


def test_without_any_total_it_is_no_invoice() -> None:
    read = read_invoice(written("# Factuur\nFactuurnummer: 12\nFactuurdatum: 22-11-2026"), "invoice.pdf")
    assert (read.status, read.problems[0].rule, dict(read.found)) == ("refused", "no-xml", {})
