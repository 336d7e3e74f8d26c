"""UBL: every value from its element, whatever the prefixes, the wrapping or the age of the document."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import FieldRead, InvoiceRead, PartyRead
from tests.intake.documents import ubl


def read(*replacements: tuple[str, str], root: str = "Invoice") -> InvoiceRead:
    return read_invoice(ubl(*replacements, root=root).encode(), "invoice.xml")


def values(invoice: InvoiceRead) -> dict[str, str]:
    return {name: field.value for name, field in invoice.fields.items()}


def test_a_certain_invoice() -> None:
    invoice = read()
    assert (invoice.file, invoice.status, invoice.format, invoice.problems) == (
        "invoice.xml",
        "accepted",
        "ubl",
        (),
    )
    assert (invoice.number, invoice.currency, invoice.credit_note) == ("F-2026-001", "EUR", False)
    assert (invoice.issue_date, invoice.due_date) == (dt.date(2026, 3, 2), dt.date(2026, 4, 1))
    amounts = (invoice.net, invoice.vat, invoice.total, invoice.payable)
    assert [str(amount) for amount in amounts] == ["200.00", "42.00", "242.00", "242.00"]
    assert (invoice.payment_reference, invoice.order_reference) == ("RF18539007547034", "PO-7")
    assert invoice.supplier == PartyRead(
        name="Zaagmolen B.V.", kvk="59581883", vat="NL004495445B01", iban="NL91ABNA0417164300", legal_id="59581883",
        email="post@supplier.example", street="Dorpsstraat 1", postcode="6711 AA", city="Ede", country="NL",
    )  # fmt: skip
    assert (invoice.customer.name, invoice.customer.kvk) == ("Tuin & Zn. V.O.F.", "12345678")
    assert (invoice.customer.vat, invoice.customer.iban) == ("NL123456789B13", None)
    assert invoice.fields["number"] == FieldRead("F-2026-001", page=None, box=None, confidence=1.0)
    assert invoice.sha256 is not None
    assert len(invoice.sha256) == 64


def test_other_prefixes_say_the_same() -> None:
    plain = ubl()
    renamed = (
        plain.replace("cbc:", "b:")
        .replace(":cbc=", ":b=")
        .replace("cac:", "")
        .replace("xmlns:cac=", "xmlns=")
    )
    renamed = renamed.replace("<Invoice xmlns=", "<i:Invoice xmlns:i=").replace("</Invoice>", "</i:Invoice>")
    invoice = read_invoice(renamed.encode())
    assert invoice.problems == ()
    assert invoice.fields == read().fields


def test_the_right_names_in_the_wrong_namespace_are_not_read() -> None:
    invoice = read(("CommonBasicComponents-2", "CommonBasicComponents-9"))
    assert [p.rule for p in invoice.problems if p.level == "error"] == ["BR-02", "BR-03", "BR-05", "BR-15"]


def test_inside_an_envelope() -> None:
    inner = ubl().split("?>\n", 1)[1]
    envelope = (
        '<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">'
        f"<StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>{inner}"
        "</StandardBusinessDocument>"
    )
    invoice = read_invoice(envelope.encode())
    assert (invoice.status, invoice.format, invoice.fields) == ("accepted", "ubl", read().fields)


def test_comments_and_space_inside_values_do_not_count() -> None:
    invoice = read(
        (">F-2026-001<", ">\n F-2026<!-- the year -->-001 <"), (">Zaagmolen B.V.<", ">Zaagmolen\n   B.V.<")
    )
    assert (invoice.number, invoice.supplier.name) == ("F-2026-001", "Zaagmolen B.V.")


def test_a_credit_note_and_what_it_corrects() -> None:
    reference = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{}</cbc:ID></cac:InvoiceDocumentReference>"
        "</cac:BillingReference>"
    )
    invoice = read(
        ("<cbc:DueDate>2026-04-01</cbc:DueDate>", ""),
        ("<cac:OrderReference>", reference.format("F-1") + reference.format("F-2") + "<cac:OrderReference>"),
        (
            "<cbc:PaymentMeansCode>",
            "<cbc:PaymentDueDate>2026-05-01</cbc:PaymentDueDate><cbc:PaymentMeansCode>",
        ),
        root="CreditNote",
    )
    assert (invoice.status, invoice.credit_note, invoice.payable) == ("accepted", True, Decimal("242.00"))
    assert (invoice.credits_invoice, values(invoice)["credits_invoice_2"]) == ("F-1", "F-2")
    assert invoice.due_date == dt.date(2026, 5, 1)


def test_no_due_date_is_no_problem() -> None:
    invoice = read(("<cbc:DueDate>2026-04-01</cbc:DueDate>", ""))
    assert (invoice.status, invoice.due_date) == ("accepted", None)


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("Binnen 30 dagen na factuurdatum", dt.date(2026, 4, 1)),
        ("Betaling binnen 14 dagen na factuurdatum.", dt.date(2026, 3, 16)),
        ("Payment within 30 days from the invoice date", dt.date(2026, 4, 1)),
        ("30 days net after invoice date", dt.date(2026, 4, 1)),
        ("Zahlbar innerhalb von 30 Tagen ab Rechnungsdatum", dt.date(2026, 4, 1)),
        ("30 dagen", None),
        ("30 dagen na ontvangst", None),
        ("30 dagen na factuurdatum, 2% korting binnen 8 dagen", None),
        ("", None),
    ],
)
def test_a_due_date_from_terms_only_when_certain(terms: str, due: dt.date | None) -> None:
    invoice = read(
        ("<cbc:DueDate>2026-04-01</cbc:DueDate>", ""),
        (
            "<cac:TaxTotal>",
            f"<cac:PaymentTerms><cbc:Note>{terms}</cbc:Note></cac:PaymentTerms><cac:TaxTotal>",
        ),
    )
    assert (invoice.status, invoice.due_date, invoice.payment_terms_text) == ("accepted", due, terms or None)


def test_the_documents_own_due_date_goes_first_and_another_is_told() -> None:
    invoice = read(
        (
            "<cbc:PaymentMeansCode>",
            "<cbc:PaymentDueDate>2026-05-01</cbc:PaymentDueDate><cbc:PaymentMeansCode>",
        )
    )
    assert (invoice.status, invoice.due_date) == ("review", dt.date(2026, 4, 1))
    assert invoice.problems[0].rule == "several-due-dates"
    assert invoice.problems[0].text == (
        "The invoice has several due dates (2026-04-01, 2026-05-01): 2026-04-01 was taken; check it."
    )


def test_several_accounts_are_kept_and_the_first_is_taken() -> None:
    invoice = read(
        (
            "</cac:PayeeFinancialAccount>",
            "</cac:PayeeFinancialAccount><cac:PayeeFinancialAccount><cbc:ID>5050-1055</cbc:ID></cac:PayeeFinancialAccount>"
            "<cac:PayeeFinancialAccount><cbc:ID>nl20ingb0001234567</cbc:ID></cac:PayeeFinancialAccount>",
        )
    )
    found = values(invoice)
    assert (invoice.status, invoice.supplier.iban) == ("accepted", "NL91ABNA0417164300")
    assert (found["iban"], found["iban_2"], found["account"]) == (
        "NL91ABNA0417164300", "NL20INGB0001234567", "5050-1055",
    )  # fmt: skip


def test_very_many_accounts_are_all_kept_and_cost_no_more_each() -> None:
    account = "<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>{}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
    invoice = read(("<cac:TaxTotal>", "".join(account.format(n) for n in range(60_000)) + "<cac:TaxTotal>"))
    assert (invoice.supplier.iban, values(invoice)["account_60000"]) == ("NL91ABNA0417164300", "59999")


def test_who_is_to_be_paid_when_it_is_not_the_supplier() -> None:
    payee = (
        "<cac:PayeeParty><cac:PartyName><cbc:Name>Factor N.V.</cbc:Name></cac:PartyName><cac:PartyLegalEntity>"
        '<cbc:CompanyID schemeID="0106">11223344</cbc:CompanyID></cac:PartyLegalEntity></cac:PayeeParty>'
    )
    found = values(read(("<cac:PaymentMeans>", payee + "<cac:PaymentMeans>")))
    assert (found["payee.name"], found["payee.kvk"]) == ("Factor N.V.", "11223344")


def test_vat_in_the_tax_offices_currency_is_kept_apart() -> None:
    second = '<cac:TaxTotal><cbc:TaxAmount currencyID="USD">48.10</cbc:TaxAmount></cac:TaxTotal>'
    invoice = read(("<cac:LegalMonetaryTotal>", second + "<cac:LegalMonetaryTotal>"))
    assert (invoice.status, invoice.vat, values(invoice)["vat_in_USD"]) == (
        "accepted",
        Decimal("42.00"),
        "48.10",
    )


def test_prepaid_and_rounding() -> None:
    invoice = read(
        (
            '<cbc:PayableAmount currencyID="EUR">242.00',
            '<cbc:PrepaidAmount currencyID="EUR">42.01</cbc:PrepaidAmount>'
            '<cbc:PayableRoundingAmount currencyID="EUR">0.01</cbc:PayableRoundingAmount>'
            '<cbc:PayableAmount currencyID="EUR">200.00',
        )
    )
    found = values(invoice)
    assert (invoice.status, invoice.total, invoice.payable) == (
        "accepted",
        Decimal("242.00"),
        Decimal("200.00"),
    )
    assert (found["prepaid"], found["rounding"]) == ("42.01", "0.01")


@pytest.mark.parametrize(
    ("old", "new", "kvk", "broken"),
    [
        ('schemeID="0106">59581883', 'schemeID="NL:KVK">5958 1883', "59581883", ["BR-CL-11", "BR-NL-1"]),
        ('<cbc:CompanyID schemeID="0106">59581883', "<cbc:CompanyID>59581883", "59581883", ["BR-NL-1"]),
        ('<cbc:CompanyID schemeID="0106">59581883', "<cbc:CompanyID>123456782", None, ["BR-NL-1"]),
        ('<cbc:CompanyID schemeID="0106">59581883', '<cbc:CompanyID schemeID="0190">59581883', None, []),
    ],
)
def test_the_kvk_number_by_scheme_or_by_shape(old: str, new: str, kvk: str | None, broken: list[str]) -> None:
    invoice = read((old, new))
    assert invoice.supplier.kvk == kvk
    assert [problem.rule for problem in invoice.problems] == broken
    assert invoice.supplier.legal_id is not None


def test_the_kvk_number_from_the_electronic_address() -> None:
    invoice = read(
        ('<cbc:CompanyID schemeID="0106">59581883</cbc:CompanyID>', ""),
        ("<cac:AccountingSupplierParty><cac:Party>",
         '<cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID="0106">59581883</cbc:EndpointID>'),
    )  # fmt: skip
    assert (invoice.supplier.kvk, values(invoice)["supplier.endpoint"]) == ("59581883", "0106:59581883")


def test_a_consumer_named_as_a_person() -> None:
    person = (
        "<cac:Person><cbc:FirstName>Jan</cbc:FirstName><cbc:FamilyName>Jansen</cbc:FamilyName></cac:Person>"
    )
    invoice = read(
        ("<cbc:RegistrationName>Tuin &amp; Zn. V.O.F.</cbc:RegistrationName>", ""),
        (
            "<cac:Contact><cbc:ElectronicMail>post@customer",
            person + "<cac:Contact><cbc:ElectronicMail>post@customer",
        ),
    )
    assert invoice.customer.name == "Jan Jansen"
    assert [problem.rule for problem in invoice.problems] == [
        "BR-07",
        "UBL-CR-257",
    ]  # the rules want it official


def test_allowances_and_charges_on_the_document() -> None:
    entry = (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>{}</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Afspraak"
        '</cbc:AllowanceChargeReason><cbc:Amount currencyID="EUR">{}</cbc:Amount><cac:TaxCategory><cbc:ID>S</cbc:ID>'
        "<cbc:Percent>21</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:AllowanceCharge>"
    )
    invoice = read(
        ("<cac:TaxTotal>", entry.format("false", "30.00") + entry.format("true", "10") + "<cac:TaxTotal>"),
        ("LineExtensionAmount currencyID=\"EUR\">200.00", "LineExtensionAmount currencyID=\"EUR\">220.00"),
        ("<cbc:PayableAmount", '<cbc:AllowanceTotalAmount currencyID="EUR">30</cbc:AllowanceTotalAmount>'
         '<cbc:ChargeTotalAmount currencyID="EUR">10.00</cbc:ChargeTotalAmount><cbc:PayableAmount'),
    )  # fmt: skip
    assert (invoice.status, values(invoice)["allowance_total"], invoice.net) == (
        "accepted",
        "30.00",
        Decimal("200.00"),
    )


G_ACCOUNT = (
    "<cac:PaymentMeans><cbc:ID>GACCOUNT</cbc:ID><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>G-7</cbc:PaymentID>"
    "<cac:PayeeFinancialAccount><cbc:ID>NL20INGB0001234567</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
    "<cac:PaymentMeans><cbc:ID>BENEFICIARY</cbc:ID>"
)
SPLIT = "".join(
    f"<cac:PaymentTerms><cbc:PaymentMeansID>{name}</cbc:PaymentMeansID>"
    f'<cbc:Amount currencyID="EUR">{amount}</cbc:Amount></cac:PaymentTerms>'
    for name, amount in (("BENEFICIARY", "181.5"), ("GACCOUNT", "60.50"))
)
SPLIT_PAYMENT = (
    ("nlcius:v1.0", "nlcius:v1.0#conformant#urn:fdc:nen.nl:gaccount:v1.0"),
    ("<cac:PaymentMeans>", G_ACCOUNT),
    ("<cbc:PaymentID>RF18539007547034</cbc:PaymentID>", ""),
    ("<cac:TaxTotal><cbc", SPLIT + "<cac:TaxTotal><cbc"),
)


def test_a_split_payment_says_what_goes_to_the_g_account() -> None:
    invoice = read(*SPLIT_PAYMENT)
    assert (invoice.status, invoice.problems) == ("accepted", ())
    found = values(invoice)
    assert {name: found[name] for name in found if "account" in name} == {
        "g_account": "NL20INGB0001234567",
        "g_account_amount": "60.50",
        "g_account_reference": "G-7",
        "own_account_amount": "181.50",
    }
    # The blocked account stands first in the file and is never taken for the supplier's own.
    assert invoice.supplier.iban == "NL91ABNA0417164300"
    assert (found["iban"], found["iban_2"]) == ("NL91ABNA0417164300", "NL20INGB0001234567")


def test_a_split_that_does_not_make_the_amount_to_pay_waits_for_a_person() -> None:
    invoice = read(*SPLIT_PAYMENT, (">60.50<", ">60.51<"))
    assert (invoice.status, [problem.rule for problem in invoice.problems]) == ("review", ["BR-GA-3"])


def test_two_ways_to_pay_without_a_g_account_are_no_split() -> None:
    invoice = read(("<cac:PaymentMeans>", G_ACCOUNT.replace("GACCOUNT", "OTHER")))
    assert not any("account" in name for name in values(invoice))
    assert invoice.supplier.iban == "NL20INGB0001234567"
