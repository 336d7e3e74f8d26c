"""What is written is read back as it was, in both syntaxes: by our own tables for any invoice, and on real files."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from inbaar.einvoice import cii, model, ubl
from inbaar.einvoice.canonical import canonical
from inbaar.einvoice.cii import read_cii, write_cii
from inbaar.einvoice.files import CORE, NLCIUS, original_document
from inbaar.einvoice.files import cii_document as cii_document_of
from inbaar.einvoice.files import ubl_document as ubl_document_of
from inbaar.einvoice.ubl import read_ubl, write_ubl
from inbaar.intake.readers import read_invoice
from inbaar.kit.errors import Refused
from tests.corpus import corpus_rows
from tests.einvoice.samples import of_original
from tests.intake.documents import cii as cii_document
from tests.intake.documents import ubl as ubl_document

WORDS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Cn", "Zs", "Zl", "Zp"]),
    min_size=1, max_size=40,
).filter(lambda text: text.strip() == text and not text.startswith("#"))  # fmt: skip
MAYBE = st.just("") | WORDS
AMOUNTS = st.decimals("-999999999.99", "999999999.99", places=2)
NUMBERS = st.decimals("0.0001", "9999.9999", places=4)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
CODES = st.sampled_from(["S", "Z", "E", "AE", "K", "G", "O"])


def things(made, **parts):
    """A thing that says something: one that says nothing is not written."""
    return st.builds(made, **parts).filter(lambda thing: thing != made())


def registered():
    return st.builds(model.Identifier, value=WORDS, scheme=st.sampled_from(["", "0088", "0106", "9930"]))


ADDRESSES = things(
    model.Address,
    **dict.fromkeys(("street", "street_2", "street_3", "city", "postcode", "region"), MAYBE),
    country=st.sampled_from(["NL", "DE", ""]),
)
PARTIES = st.builds(
    model.Party,
    name=WORDS, trading_name=MAYBE, legal_form=MAYBE, vat_id=MAYBE, tax_id=MAYBE,
    identifiers=st.lists(registered(), max_size=3).map(tuple),
    legal_id=st.none() | registered(), endpoint=st.none() | registered(), address=st.none() | ADDRESSES,
    contact=st.none() | things(model.Contact, name=MAYBE, phone=MAYBE, email=MAYBE),
)  # fmt: skip
PAYEES = st.builds(
    model.Party, name=WORDS, identifiers=st.lists(registered(), max_size=1).map(tuple), legal_id=st.none() | registered()
)  # fmt: skip
PERIODS = things(model.Period, first=st.none() | DAYS, last=st.none() | DAYS)
LINE_ALLOWANCES = st.builds(
    model.Allowance,
    charge=st.booleans(), amount=AMOUNTS, base=st.none() | AMOUNTS, percent=st.none() | NUMBERS, reason=MAYBE,
    reason_code=MAYBE,
)  # fmt: skip
ALLOWANCES = st.builds(replace, LINE_ALLOWANCES, vat_category=CODES, vat_percent=st.none() | NUMBERS)
LINES = st.builds(
    model.Line,
    number=WORDS, note=MAYBE, object_id=st.none() | registered(),
    quantity=st.builds(model.Quantity, value=NUMBERS, unit=st.sampled_from(["C62", "HUR"])), amount=AMOUNTS,
    order_line=MAYBE, booked_as=MAYBE, period=st.none() | PERIODS,
    allowances=st.lists(LINE_ALLOWANCES, max_size=2).map(tuple), price=NUMBERS,
    price_quantity=st.none() | st.builds(model.Quantity, value=NUMBERS, unit=st.sampled_from(["", "C62"])),
    price_discount=st.none() | NUMBERS, price_gross=st.none(), name=WORDS, text=MAYBE, seller_number=MAYBE,
    buyer_number=MAYBE, standard_number=st.none() | registered(),
    classes=st.lists(st.builds(model.Identifier, value=WORDS, scheme=st.just("STI"), version=MAYBE), max_size=2).map(tuple),
    origin=st.sampled_from(["", "NL"]),
    attributes=st.lists(st.builds(model.Attribute, name=WORDS, value=WORDS), max_size=2).map(tuple),
    vat_category=CODES, vat_percent=st.none() | NUMBERS,
)  # fmt: skip
MEANS = st.builds(
    model.PaymentMeans,
    code=st.sampled_from(["30", "58", "59"]), text=MAYBE, account=st.sampled_from(["", "NL91ABNA0417164300", "1234567"]),
    account_name=MAYBE, bic=st.sampled_from(["", "ABNANL2A"]), payer_account=st.sampled_from(["", "NL20INGB0001234567"]),
)  # fmt: skip
SUMS = (
    "line_total",
    "allowance_total",
    "charge_total",
    "vat_in_vat_currency",
    "total",
    "prepaid",
    "rounding",
    "payable",
)
EINVOICES = st.builds(
    model.EInvoice,
    follows=st.sampled_from([CORE, NLCIUS]), process=MAYBE, number=WORDS, issued=DAYS, due=st.none() | DAYS,
    tax_point=st.none() | DAYS, type_code=st.sampled_from(["380", "381", "384", "389"]),
    currency=st.just("EUR"), vat_currency=st.just("SEK"),
    notes=st.lists(st.builds(model.Note, text=WORDS, subject=st.sampled_from(["", "AAI"])), max_size=2).map(tuple),
    **dict.fromkeys(("booked_as", "buyer_reference", "contract", "project", "despatch", "receipt", "tender"), MAYBE),
    order=WORDS, sales_order=MAYBE, object_id=st.none() | registered(), period=st.none() | PERIODS,
    preceding=st.lists(st.builds(model.Reference, number=WORDS, day=st.none() | DAYS), max_size=2).map(tuple),
    attachments=st.lists(
        st.builds(
            model.Attachment, number=WORDS, text=MAYBE, content=st.just("QUJD"), mime=st.just("text/csv"),
            file=st.just("a.csv"), uri=MAYBE,
        ),
        max_size=2,
    ).map(tuple),
    supplier=PARTIES, customer=PARTIES, payee=st.none() | PAYEES,
    representative=st.none() | st.builds(model.Party, name=WORDS, vat_id=WORDS, address=ADDRESSES),
    delivered=st.none() | DAYS, delivered_to=MAYBE, delivery_location=st.none() | registered(),
    delivery_address=st.none() | ADDRESSES, payment_reference=MAYBE, creditor_id=MAYBE, mandate=MAYBE,
    means=st.lists(MEANS, min_size=1, max_size=2).map(tuple), terms=MAYBE,
    allowances=st.lists(ALLOWANCES, max_size=2).map(tuple),
    vat_parts=st.lists(
        st.builds(
            model.VatPart, base=AMOUNTS, vat=AMOUNTS, category=CODES, percent=st.none() | NUMBERS, exemption=MAYBE,
            exemption_code=MAYBE,
        ),
        min_size=1, max_size=3,
    ).map(tuple),
    **dict.fromkeys(SUMS, st.none() | AMOUNTS), net=AMOUNTS, vat=AMOUNTS,
    lines=st.lists(LINES, min_size=1, max_size=3).map(tuple),
)  # fmt: skip
SYNTAXES = pytest.mark.parametrize(
    ("write", "read"), [(write_ubl, read_ubl), (write_cii, read_cii)], ids=["ubl", "cii"]
)
READERS = {ubl.INVOICE: read_ubl, ubl.CREDIT_NOTE: read_ubl, cii.INVOICE: read_cii}
E_INVOICES = (
    "cii-invoice-en16931", "cii-invoice-nlcius", "facturx-pdf", "ubl-invoice-*", "ubl-or-cii-pair-xrechnung",
)  # fmt: skip


@SYNTAXES
@settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))
@given(invoice=EINVOICES)
def test_what_is_written_is_read_back(write, read, invoice):
    assert read(etree.fromstring(write(canonical(invoice)))) == (canonical(invoice), ())


NO_DUE_DATE = ("<cbc:DueDate>2026-04-01</cbc:DueDate>", "")  # a UBL credit note has none


@pytest.mark.parametrize(
    "content", [ubl_document(), ubl_document(NO_DUE_DATE, root="CreditNote"), cii_document()]
)
def test_a_document_says_the_same_in_the_other_syntax(content):
    root = etree.fromstring(content.encode())
    invoice, lost = READERS[root.tag](root)
    assert lost == ()
    assert len(invoice.lines) == 1
    assert invoice.payable == Decimal("242.00")
    for write, read in ((write_ubl, read_ubl), (write_cii, read_cii)):
        assert read(etree.fromstring(write(invoice))) == (invoice, ())


def test_what_has_no_place_is_told_and_not_passed_over():
    strange = "<cac:Delivery><cac:Shipment><cbc:ID>7</cbc:ID></cac:Shipment></cac:Delivery><cac:PaymentMeans>"
    document = ubl_document(
        ("<cac:PaymentMeans>", strange), ("<cbc:CompanyID>NL", '<cbc:CompanyID schemeID="ZZ">NL')
    )
    assert read_ubl(etree.fromstring(document.encode()))[1] == (
        "/AccountingSupplierParty/Party/PartyTaxScheme/CompanyID/@schemeID",
        "/AccountingCustomerParty/Party/PartyTaxScheme/CompanyID/@schemeID",
        "/Delivery/Shipment",
    )


@pytest.mark.parametrize("row", corpus_rows(*E_INVOICES))
def test_a_real_file_is_carried_over_whole_or_not_at_all(row):
    document = document_of(row)
    if document is None:
        pytest.skip("refused, or of the first ZUGFeRD")
    invoice, lost = READERS[document.tag](document)
    to_cii = document.tag != cii.INVOICE
    if lost:
        form = of_original(etree.tostring(document), "ubl" if to_cii else "cii")
        with pytest.raises(Refused, match="must survive"):
            (cii_document_of if to_cii else ubl_document_of)(form)
        return
    write, read = (write_ubl, read_ubl) if to_cii else (write_cii, read_cii)
    assert read(etree.fromstring(write(invoice))) == (invoice, ())


def test_most_real_files_are_read_whole():
    documents = [document_of(row.values[0]) for row in corpus_rows(*E_INVOICES) if row.values[0] is not None]
    if not documents:
        pytest.skip("no third-party files")
    whole = [
        document for document in documents if document is not None and not READERS[document.tag](document)[1]
    ]
    assert len(whole) >= 0.7 * len(documents)


def document_of(row):
    """The e-invoice in a file; None for what cannot get into the books, or is of the first ZUGFeRD."""
    if read_invoice(row.path).status == "refused":
        return None
    content = row.path.read_bytes()
    form = "facturx" if content.startswith(b"%PDF") else "ubl"
    return original_document(of_original(content, form).original)
