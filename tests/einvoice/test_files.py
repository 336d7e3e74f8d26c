"""E-invoices of what the books know: valid by schema and official rules, or refused with what is lacking."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from inbaar.einvoice.checking import faults
from inbaar.einvoice.cii import read_cii
from inbaar.einvoice.facts import Holder, Original, PartyFacts
from inbaar.einvoice.files import CORE, NLCIUS, cii_document, file_of, ubl_document
from inbaar.einvoice.ubl import read_ubl
from inbaar.intake.readers import read_invoice
from inbaar.kit.errors import Refused
from tests.einvoice.samples import (
    BUYER,
    FACTOR,
    GERMAN,
    OWNER,
    PERSON,
    demand_valid,
    facts,
    of_original,
    rates,
    text_at,
)
from tests.intake.documents import cii, ubl

HARD = PartyFacts(
    "<Bril & \"Zoon\"> 'é' \x07ﬃ 北京 ا" + "x" * 150, "12345678", "NL123456789B13", "Straat " + "lang " * 30, "1 <&>", "Ede]]>", "NL"
)  # fmt: skip
NOTHING = {"net": "100.00", "vat": "0.00", "total": "100.00", "payable": "100.00"}
ONE_RATE = {"net": "100.00", "vat": "21.00", "total": "121.00", "payable": "121.00"}
NAMELESS = Holder(OWNER.name, OWNER.kvk, "", OWNER.since)
CASES = {
    "two rates": {},
    "one rate": ONE_RATE | {"original": rates(("21",), order_reference="PO-7")},
    "credit note": {"credit_note": True, "credits_number": "F-2025-9", "holder": None, "first_holder": None},
    "zero rate": NOTHING | {"original": rates(("0", "100.00", "0.00", "Z"), order_reference="1")},
    "exempt": NOTHING | {"original": rates(("0", "100.00", "0.00", "E", "Vrijgesteld"), order_reference="1")},
    "reverse charge": NOTHING | {"original": rates(("0", "100.00", "0.00", "AE", "Btw verlegd"), order_reference="1")},
    "foreign customer": NOTHING
    | {"customer": GERMAN, "original": rates(("0", "100.00", "0.00", "AE", "Reverse charge"), order_reference="1")},
    "moved title": {"holder": FACTOR},
    "hard texts": {"customer": HARD, "number": "F/2026 <1> & \"2\"", "holder": FACTOR},
    "long number": {"number": "N" * 100},
    "other currency": {"currency": "USD"},
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_of_the_books_is_valid_and_says_what_the_books_say(name):
    known = facts(**CASES[name])
    for root in (ubl_document(known), cii_document(known)):
        demand_valid(root)
        read = read_invoice(file_of(root), "written")
        assert (read.status, read.credit_note) == ("accepted", known.credit_note)
        assert (read.net, read.vat, read.total, read.payable) == (
            known.net,
            known.vat,
            known.total,
            known.payable,
        )
        assert (read.issue_date, read.currency) == (known.issued, known.currency)
        assert read.due_date == (None if known.credit_note else known.due)
        assert (read.supplier.name, read.supplier.kvk) == (known.supplier.name, known.supplier.kvk)
        assert read.payment_reference == (None if known.credit_note else known.payment_reference)
        assert read.credits_invoice == (known.credits_number or None)


def test_a_business_that_gives_a_reference_gets_nlcius_and_a_consumer_the_european_core():
    assert text_at(ubl_document(facts()), "CustomizationID") == [NLCIUS]
    assert text_at(ubl_document(facts(customer=PERSON)), "CustomizationID") == [CORE]
    without = facts(original=rates(("21", "200.00", "42.00"), ("9", "100.00", "9.00")))
    assert text_at(ubl_document(without), "CustomizationID") == [CORE]


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("vat-breakdown-missing", {"original": None}),
        ("vat-breakdown-missing", {"original": rates()}),
        ("vat-breakdown-missing", {"original": rates(("21", "200.00", "42.00"), ("9", "100.00"))}),
        ("vat-breakdown-differs", {"original": rates(("21", "200.00", "42.00"), ("9", "100.01", "9.00"))}),
        ("vat-breakdown-differs", {"original": rates(("21", "200.00", "42.00"), ("9", "100.00", "8.99"))}),
        ("payable-unexplained", {"payable": "350.00"}),
        ("vat-category-missing", NOTHING | {"original": rates(("0", "100.00", "0.00"))}),
        ("title-missing", {"holder": None}),
        ("payee-account-missing", {"holder": Holder(FACTOR.name, FACTOR.kvk, "", FACTOR.since)}),
        ("account-missing", {"holder": NAMELESS, "first_holder": NAMELESS}),
        ("not-valid", {"supplier": PartyFacts("Zaagmolen B.V.", "", "", "", "", "", "")}),
    ],
)  # fmt: skip
def test_what_is_lacking_is_told_and_nothing_is_guessed(code, changed):
    for written in (ubl_document, cii_document):
        with pytest.raises(Refused) as refused:
            written(facts(**changed))
        assert code in {refusal.code for refusal in refused.value.refusals}
        assert all(refusal.next_step for refusal in refused.value.refusals)


@pytest.mark.parametrize(
    ("category", "reason", "code", "customer"),
    [
        ("AE", "", "VATEX-EU-AE", BUYER),
        ("K", "", "VATEX-EU-IC", GERMAN),
        ("G", "", "VATEX-EU-G", GERMAN),
        ("E", "artikel 11 Wet OB", "", BUYER),
        ("Z", "", "", BUYER),
    ],
)
@pytest.mark.parametrize("rate", [True, False], ids=["rate-read", "no-rate-read"])
def test_why_there_is_no_vat_makes_it_valid_and_stands_in_it(category, reason, code, customer, rate):
    said = {"vat_category": category, "vat_exemption": reason, "delivery_date": "2026-03-01"}
    original = (
        rates(("0", "100.00", "0.00"), **said)
        if rate
        else Original("f.pdf", "pdf", b"%PDF", {"vat": "0.00", **said})
    )
    known = facts(**NOTHING, customer=customer, original=original)
    for root, read_back in ((ubl_document(known), read_ubl), (cii_document(known), read_cii)):
        assert faults(root) == ()
        (part,) = read_back(root)[0].vat_parts
        assert (part.category, part.vat, part.base) == (category, known.vat, known.net)
        assert (part.exemption_code, part.exemption) == (code, reason)


@pytest.mark.parametrize(("content", "form"), [(ubl(), "ubl"), (cii(), "cii")], ids=["ubl", "cii"])
def test_an_original_keeps_all_it_says_and_is_carried_over_with_all_of_it(content, form):
    known = of_original(content, form)
    before = read_invoice(content.encode(), "x")
    for root in (ubl_document(known), cii_document(known)):
        after = read_invoice(file_of(root), "x")
        same = root.tag == etree.fromstring(content.encode()).tag
        dropped = set() if same else {"profile", "payable_currency"}
        assert {k: v for k, v in after.found.items() if k not in dropped} == {
            k: v for k, v in before.found.items() if k not in dropped
        }
        if same:
            assert etree.tostring(root, method="c14n") == etree.tostring(
                etree.fromstring(content.encode()), method="c14n"
            )


def test_an_original_that_says_more_is_not_cut_to_fit_the_other_syntax():
    document = ubl(
        (
            "<cac:PaymentMeans>",
            "<cac:Delivery><cac:Shipment><cbc:ID>7</cbc:ID></cac:Shipment></cac:Delivery><cac:PaymentMeans>",
        )
    )
    assert text_at(ubl_document(of_original(document)), "Delivery/Shipment/ID") == ["7"]
    with pytest.raises(Refused, match="/Delivery/Shipment"):
        cii_document(of_original(document))


def test_an_original_in_an_envelope_comes_out_of_it():
    header = "urn:x"
    space = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    inner = ubl().partition("?>")[2]
    wrapped = f'<StandardBusinessDocument xmlns="{space}"><StandardBusinessDocumentHeader>{header}</StandardBusinessDocumentHeader>{inner}</StandardBusinessDocument>'
    root = ubl_document(of_original(wrapped))
    assert etree.QName(root).localname == "Invoice"
    assert root.getparent() is None
    assert b"StandardBusinessDocument" not in file_of(root).partition(b">")[2].partition(b">")[0]


def test_an_original_of_the_first_zugferd_is_refused_with_what_to_do():
    with pytest.raises(Refused) as refused:
        cii_document(of_original("<x/>", "zugferd"))
    assert refused.value.code == "original-too-old"


def test_the_account_of_an_invoice_that_names_none_is_the_client_s_own():
    known = facts(holder=NAMELESS, first_holder=NAMELESS, own_iban="NL20INGB0001234567", customer=BUYER)
    assert read_invoice(file_of(cii_document(known)), "x").supplier.iban == "NL20INGB0001234567"
    assert Decimal(text_at(ubl_document(known), "LegalMonetaryTotal/PayableAmount")[0]) == known.payable


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("number", {"number": "F-2026-002"}),
        ("net", {"net": "200.01"}),
        ("amount to pay", {"payable": "241.99"}),
        ("payment reference", {"payment_reference": "other"}),
        ("account", {"first_holder": Holder(OWNER.name, OWNER.kvk, FACTOR.iban, OWNER.since)}),
        ("date", {"issued": FACTOR.since}),
    ],
)
@pytest.mark.parametrize(("content", "form"), [(ubl(), "ubl"), (cii(), "cii")], ids=["ubl", "cii"])
def test_an_original_that_says_something_else_than_the_books_is_not_sent_on(content, form, name, changed):
    for written in (ubl_document, cii_document):
        with pytest.raises(Refused, match=f"the {name} in the file") as refused:
            written(of_original(content, form, **changed))
        assert refused.value.code == "original-differs"


def test_the_books_go_before_what_was_read_and_the_paper_adds_what_they_lack():
    read = {
        "customer.name": "Tuin & 2n. V.0.F.",
        "customer.kvk": "87654321",
        "customer.street": "Markt 2",
        "order_reference": "1",
    }
    original = rates(("21", "200.00", "42.00"), ("9", "100.00", "9.00"))
    known = facts(
        customer=PartyFacts(BUYER.name, BUYER.kvk, "", "", BUYER.postcode, BUYER.city, "NL"),
        original=replace(original, texts={**original.texts, **read}),
    )
    customer = read_invoice(file_of(ubl_document(known)), "x").customer
    assert (customer.name, customer.kvk, customer.street) == (BUYER.name, BUYER.kvk, "Markt 2")
