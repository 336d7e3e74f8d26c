"""CII, ZUGFeRD 1 and the PDFs that carry them."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import InvoiceRead, PartyRead
from tests.intake.documents import cii, pdf, ubl


def read(*replacements: tuple[str, str]) -> InvoiceRead:
    return read_invoice(cii(*replacements).encode(), "invoice.xml")


def zugferd_1() -> str:
    """The same invoice as ZUGFeRD 1 writes it: other names, other namespaces, four decimals."""
    document = cii()
    for old, new in (
        (
            "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
            "urn:ferd:CrossIndustryDocument:invoice:1p0",
        ),
        ("ReusableAggregateBusinessInformationEntity:100", "ReusableAggregateBusinessInformationEntity:12"),
        ("UnqualifiedDataType:100", "UnqualifiedDataType:15"),
        ("rsm:CrossIndustryInvoice", "rsm:CrossIndustryDocument"),
        ("rsm:ExchangedDocumentContext", "rsm:SpecifiedExchangedDocumentContext"),
        ("rsm:ExchangedDocument>", "rsm:HeaderExchangedDocument>"),
        ("rsm:SupplyChainTradeTransaction", "rsm:SpecifiedSupplyChainTradeTransaction"),
        ("ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement"),
        ("ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement"),
        ("SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement"),
        ("SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"),
        ("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"),
        ("RateApplicablePercent", "ApplicablePercent"),
        ("IssuerAssignedID", "ID"),
        ("<ram:DuePayableAmount>242.00", '<ram:DuePayableAmount currencyID="EUR">242.0000'),
    ):
        assert old in document
        document = document.replace(old, new)
    return document


def test_a_certain_invoice() -> None:
    invoice = read()
    assert (invoice.status, invoice.format, invoice.problems) == ("accepted", "cii", ())
    assert (invoice.number, invoice.currency, invoice.credit_note) == ("F-2026-001", "EUR", False)
    assert (invoice.issue_date, invoice.due_date) == (dt.date(2026, 3, 2), dt.date(2026, 4, 1))
    amounts = (invoice.net, invoice.vat, invoice.total, invoice.payable)
    assert [str(amount) for amount in amounts] == ["200.00", "42.00", "242.00", "242.00"]
    assert invoice.supplier == PartyRead(
        name="Zaagmolen B.V.", kvk="59581883", vat="NL004495445B01", iban="NL91ABNA0417164300", legal_id="59581883",
        email="post@seller.example", street="Dorpsstraat 1", postcode="6711 AA", city="Ede", country="NL",
    )  # fmt: skip
    assert invoice.fields["supplier.tax_registration"].value == "9/876"


def test_ubl_and_cii_say_the_same() -> None:
    one, other = read(), read_invoice(ubl().encode())
    for name in ("number", "issue_date", "due_date", "currency", "net", "vat", "total", "payable", "payment_reference",
                 "order_reference"):  # fmt: skip
        assert getattr(one, name) == getattr(other, name), name
    assert one.customer.vat == other.customer.vat


def test_zugferd_1() -> None:
    invoice = read_invoice(zugferd_1().encode())
    assert (invoice.status, invoice.format, invoice.problems) == ("accepted", "zugferd", ())
    assert (invoice.number, invoice.payable, invoice.order_reference) == (
        "F-2026-001",
        Decimal("242.00"),
        "PO-7",
    )
    assert (invoice.supplier, invoice.customer) == (read().supplier, read().customer)


@pytest.mark.parametrize("code", ["381", "261", "396"])
def test_credit_notes_by_type_code(code: str) -> None:
    reference = "<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>F-1</ram:IssuerAssignedID></ram:InvoiceReferencedDocument>"
    end = "</ram:ApplicableHeaderTradeSettlement>"
    invoice = read(("<ram:TypeCode>380", f"<ram:TypeCode>{code}"), (end, reference + end))
    assert (invoice.status, invoice.credit_note, invoice.credits_invoice) == ("accepted", True, "F-1")


@pytest.mark.parametrize("code", ["384", "386", "389", "326"])
def test_other_invoices_by_type_code(code: str) -> None:
    invoice = read(("<ram:TypeCode>380", f"<ram:TypeCode>{code}"))
    assert (invoice.status, invoice.credit_note, invoice.fields["type_code"].value) == (
        "accepted",
        False,
        code,
    )


def test_a_currency_on_an_amount_breaks_the_official_rule() -> None:
    invoice = read(("<ram:GrandTotalAmount>", '<ram:GrandTotalAmount currencyID="EUR">'))
    assert [problem.rule for problem in invoice.problems] == ["CII-DT-031"]
    assert invoice.status == "review"


def test_of_nested_lines_only_the_details_count() -> None:
    group = (
        "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
        "<ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode></ram:AssociatedDocumentLineDocument>"
        "<ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>"
        "<ram:LineTotalAmount>200.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>"
        "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"
    )
    start = "<rsm:SupplyChainTradeTransaction>"
    # Only the extended profile nests lines; its own rules ask more of a group than this one has.
    extended = (
        ">urn:cen.eu:en16931:2017<",
        ">urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended<",
    )
    nested, flat = (
        read(extended, (start, start + text)) for text in (group, group.replace("GROUP", "DETAIL"))
    )
    assert not any(problem.rule.endswith("CO-10") for problem in nested.problems)
    assert flat.problems[0].rule == "BR-CO-10"


def test_a_pdf_that_carries_it() -> None:
    invoice = read_invoice(pdf(("factur-x.xml", cii().encode()), text="Factuur"), "invoice.pdf")
    assert (invoice.status, invoice.format, invoice.fields) == ("accepted", "facturx", read().fields)


def test_what_a_pdf_carries_is_seen_from_its_content() -> None:
    assert read_invoice(pdf(("ZUGFeRD-invoice.xml", zugferd_1().encode()))).format == "zugferd"
    assert read_invoice(pdf(("data.bin", ubl().encode()))).format == "ubl"
    assert read_invoice(b"junk before it\n" + pdf(("factur-x.xml", cii().encode()))).status == "accepted"


def test_of_several_attachments_the_invoice_is_taken() -> None:
    others = (("a.csv", b"1;2"), ("a.xml", b"<notes/>"))
    other_invoice = cii(("F-2026-001", "F-OTHER")).encode()
    both = pdf(*others, ("b.xml", other_invoice), ("factur-x.xml", cii().encode()))
    assert read_invoice(both).number == "F-2026-001"
    assert read_invoice(pdf(*others, ("b.xml", other_invoice))).number == "F-OTHER"
    assert [p.rule for p in read_invoice(pdf(*others)).problems] == ["unknown-root"]


@pytest.mark.parametrize(("written", "shown"), [("20260228", "2026-02-28"), ("20260230", "20260230")])
def test_every_day_is_shown_as_one(written: str, shown: str) -> None:
    moment = f'<udt:DateTimeString format="102">{written}</udt:DateTimeString>'
    invoice = read(
        ('<udt:DateTimeString format="102">20260228</udt:DateTimeString>', moment),
        ("<ram:ApplicableHeaderTradeSettlement>",
         "<ram:ApplicableHeaderTradeSettlement><ram:BillingSpecifiedPeriod>"
         f"<ram:StartDateTime>{moment}</ram:StartDateTime></ram:BillingSpecifiedPeriod>"),
    )  # fmt: skip
    assert invoice.status == "accepted"
    assert [invoice.fields[name].value for name in ("delivery_date", "period_from")] == [shown, shown]
