"""The terms of an e-invoice in UBL 2.1, Invoice and CreditNote, in the order of its schema. Pure."""

import re
from dataclasses import replace
from functools import cache

from lxml import etree

from inbaar.einvoice.binding import (
    Attr,
    Const,
    Element,
    Entry,
    Fixed,
    Form,
    Own,
    heard,
    inside,
    leaf,
    many,
    one,
)
from inbaar.einvoice.canonical import canonical
from inbaar.einvoice.model import (
    Address,
    Allowance,
    Attachment,
    Attribute,
    Contact,
    EInvoice,
    Identifier,
    Line,
    Note,
    Party,
    PaymentMeans,
    Period,
    Quantity,
    Reference,
    VatPart,
)
from inbaar.einvoice.reading import read_terms
from inbaar.einvoice.writing import write_terms

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
A, B = f"{{{_UBL}CommonAggregateComponents-2}}", f"{{{_UBL}CommonBasicComponents-2}}"
INVOICE, CREDIT_NOTE = f"{{{_UBL}Invoice-2}}Invoice", f"{{{_UBL}CreditNote-2}}CreditNote"
#: The types that are written as a credit note (UNTDID 1001).
CREDIT_TYPES = frozenset({"261", "262", "296", "308", "381", "396", "420", "458", "532"})
_SUBJECT = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)
_VAT_SCHEME = inside(f"{A}TaxScheme", Const(f"{B}ID", "VAT"))


def read_ubl(root: etree._Element) -> tuple[EInvoice, tuple[str, ...]]:
    """What a UBL document says, and what of it has no place in EN 16931."""
    found, lost = read_terms(root, _document(root.tag == CREDIT_NOTE), EInvoice)
    notes = tuple(_split(note) for note in found.notes)
    return canonical(replace(found, notes=notes)), lost


def ubl_root(invoice: EInvoice) -> etree._Element:
    """The document of an e-invoice, its root chosen by its type."""
    credit = invoice.type_code in CREDIT_TYPES
    tag = CREDIT_NOTE if credit else INVOICE
    namespaces = {"cac": A[1:-1], "cbc": B[1:-1]}
    notes = tuple(
        Note(f"#{note.subject}#{note.text}" if note.subject else note.text) for note in invoice.notes
    )
    told = replace(invoice, notes=notes)
    return write_terms(told, tag, _document(credit), {**namespaces, None: tag[1:].partition("}")[0]})  # type: ignore[dict-item]


def _split(note: Note) -> Note:
    """The subject of a note stands before its text between two signs."""
    found = _SUBJECT.fullmatch(note.text)
    return Note(found[2].strip(), found[1]) if found else note


def write_ubl(invoice: EInvoice) -> bytes:
    """The file: UTF-8, with its declaration."""
    return etree.tostring(ubl_root(invoice), xml_declaration=True, encoding="UTF-8")


def _b(tag: str, field: str, form: Form = Form.TEXT, *more: Entry) -> Element:
    return leaf(B + tag, field, form, *more)


def _a(tag: str, *nodes: Entry) -> Element:
    return inside(A + tag, *nodes)


def _amount(tag: str, field: str, currency: str = "^currency") -> Element:
    return leaf(B + tag, field, Form.NUMBER, currency=currency)


def _identifier(tag: str, field: str) -> Element:
    return one(B + tag, field, Identifier, Own("value"), Attr("schemeID", "scheme"))


def _address(tag: str, field: str = "address") -> Element:
    return one(
        A + tag, field, Address,
        _b("StreetName", "street"), _b("AdditionalStreetName", "street_2"), _b("CityName", "city"),
        _b("PostalZone", "postcode"), _b("CountrySubentity", "region"),
        _a("AddressLine", _b("Line", "street_3")), _a("Country", _b("IdentificationCode", "country")),
    )  # fmt: skip


def _period(*more: Entry) -> Element:
    return one(
        f"{A}InvoicePeriod", "period", Period,
        _b("StartDate", "first", Form.DAY), _b("EndDate", "last", Form.DAY), *more,
    )  # fmt: skip


def _party(*identifiers: Entry) -> tuple[Entry, ...]:
    return (
        _identifier("EndpointID", "endpoint"),
        *identifiers,
        many(f"{A}PartyIdentification", "identifiers", Identifier, inside(f"{B}ID", Own("value"), Attr("schemeID", "scheme"))),
        _a("PartyName", _b("Name", "trading_name")),
        _address("PostalAddress"),
        _a("PartyTaxScheme", _b("CompanyID", "vat_id"), _VAT_SCHEME),
        _a("PartyTaxScheme", _b("CompanyID", "tax_id"), _a("TaxScheme", Const(f"{B}ID", "TAX", ("FC", "LOC")))),
        _a("PartyLegalEntity", _b("RegistrationName", "name"), _identifier("CompanyID", "legal_id"), _b("CompanyLegalForm", "legal_form")),
        one(
            f"{A}Contact", "contact", Contact,
            _b("Name", "name"), _b("Telephone", "phone"), _b("ElectronicMail", "email"),
        ),
    )  # fmt: skip


_PAYEE: tuple[Entry, ...] = (
    many(f"{A}PartyIdentification", "identifiers", Identifier, inside(f"{B}ID", Own("value"), Attr("schemeID", "scheme"))),
    _a("PartyName", _b("Name", "name")),
    _a("PartyLegalEntity", _identifier("CompanyID", "legal_id")),
)  # fmt: skip
_REPRESENTATIVE: tuple[Entry, ...] = (
    _a("PartyName", _b("Name", "name")),
    _address("PostalAddress"),
    _a("PartyTaxScheme", _b("CompanyID", "vat_id"), _VAT_SCHEME),
)


def _category(tag: str) -> Element:
    return _a(tag, _b("ID", "vat_category"), _b("Percent", "vat_percent", Form.NUMBER), _VAT_SCHEME)


def _allowance(*category: Entry) -> Element:
    return many(
        f"{A}AllowanceCharge", "allowances", Allowance,
        _b("ChargeIndicator", "charge", Form.FLAG), _b("AllowanceChargeReasonCode", "reason_code"),
        _b("AllowanceChargeReason", "reason"), _b("MultiplierFactorNumeric", "percent", Form.NUMBER),
        _amount("Amount", "amount"), _amount("BaseAmount", "base"), *category,
    )  # fmt: skip


def _means(due: Entry) -> Element:
    return many(
        f"{A}PaymentMeans", "means", PaymentMeans,
        inside(f"{B}PaymentMeansCode", Own("code"), Attr("name", "text")), due,
        _b("PaymentID", "^payment_reference"),
        _a(
            "PayeeFinancialAccount", _b("ID", "account"), _b("Name", "account_name"),
            _a("FinancialInstitutionBranch", _b("ID", "bic")),
        ),
        _a("PaymentMandate", _b("ID", "^mandate"), _a("PayerFinancialAccount", _b("ID", "payer_account"))),
    )  # fmt: skip


def _quantity(tag: str, field: str) -> Element:
    return one(B + tag, field, Quantity, Own("value", Form.NUMBER), Attr("unitCode", "unit"))


def _line(credit: bool) -> Element:
    return many(
        f"{A}{'CreditNote' if credit else 'Invoice'}Line", "lines", Line,
        _b("ID", "number"), _b("Note", "note"),
        _quantity("CreditedQuantity" if credit else "InvoicedQuantity", "quantity"),
        _amount("LineExtensionAmount", "amount"), _b("AccountingCost", "booked_as"), _period(),
        _a("OrderLineReference", _b("LineID", "order_line")),
        _a("DocumentReference", _identifier("ID", "object_id"), Const(f"{B}DocumentTypeCode", "130")),
        _allowance(), _item(),
        _a(
            "Price", _amount("PriceAmount", "price"), _quantity("BaseQuantity", "price_quantity"),
            _a(
                "AllowanceCharge", Const(f"{B}ChargeIndicator", "false", ("0",)),
                _amount("Amount", "price_discount"), _amount("BaseAmount", "price_gross"),
            ),
        ),
    )  # fmt: skip


def _item() -> Element:
    return _a(
        "Item",
        _b("Description", "text"), _b("Name", "name"),
        _a("BuyersItemIdentification", _b("ID", "buyer_number")),
        _a("SellersItemIdentification", _b("ID", "seller_number")),
        _a("StandardItemIdentification", _identifier("ID", "standard_number")),
        _a("OriginCountry", _b("IdentificationCode", "origin")),
        many(
            f"{A}CommodityClassification", "classes", Identifier,
            inside(
                f"{B}ItemClassificationCode", Own("value"), Attr("listID", "scheme"), Attr("listVersionID", "version")
            ),
        ),
        _category("ClassifiedTaxCategory"),
        many(
            f"{A}AdditionalItemProperty", "attributes", Attribute, _b("Name", "name"), _b("Value", "value")
        ),
    )  # fmt: skip


_VAT_PART = many(
    f"{A}TaxSubtotal", "vat_parts", VatPart,
    _amount("TaxableAmount", "base"), _amount("TaxAmount", "vat"),
    _a(
        "TaxCategory", _b("ID", "category"), _b("Percent", "percent", Form.NUMBER),
        _b("TaxExemptionReasonCode", "exemption_code"), _b("TaxExemptionReason", "exemption"), _VAT_SCHEME,
    ),
)  # fmt: skip
_TOTALS = _a(
    "LegalMonetaryTotal",
    _amount("LineExtensionAmount", "line_total"), _amount("TaxExclusiveAmount", "net"),
    _amount("TaxInclusiveAmount", "total"), _amount("AllowanceTotalAmount", "allowance_total"),
    _amount("ChargeTotalAmount", "charge_total"), _amount("PrepaidAmount", "prepaid"),
    _amount("PayableRoundingAmount", "rounding"), _amount("PayableAmount", "payable"),
)  # fmt: skip


def _papers(credit: bool) -> tuple[Entry, ...]:
    """The documents an invoice refers to."""
    tender = _a("OriginatorDocumentReference", _b("ID", "tender"))
    additional = (
        _a("AdditionalDocumentReference", _identifier("ID", "object_id"), Const(f"{B}DocumentTypeCode", "130")),
        *((_a("AdditionalDocumentReference", _b("ID", "project"), Const(f"{B}DocumentTypeCode", "50")),) if credit else ()),
        many(
            f"{A}AdditionalDocumentReference", "attachments", Attachment,
            _b("ID", "number"), _b("DocumentDescription", "text"),
            _a(
                "Attachment",
                inside(
                    f"{B}EmbeddedDocumentBinaryObject", Own("content"), Attr("mimeCode", "mime"), Attr("filename", "file")
                ),
                _a("ExternalReference", _b("URI", "uri")),
            ),
        ),
    )  # fmt: skip
    return (
        _a("OrderReference", _b("ID", "order"), _b("SalesOrderID", "sales_order")),
        many(
            f"{A}BillingReference", "preceding", Reference,
            _a("InvoiceDocumentReference", _b("ID", "number"), _b("IssueDate", "day", Form.DAY)),
        ),
        _a("DespatchDocumentReference", _b("ID", "despatch")),
        _a("ReceiptDocumentReference", _b("ID", "receipt")),
        *(() if credit else (tender,)),
        _a("ContractDocumentReference", _b("ID", "contract")),
        *additional,
        *((tender,) if credit else (_a("ProjectReference", _b("ID", "project")),)),
    )  # fmt: skip


@cache
def _document(credit: bool) -> tuple[Entry, ...]:
    due = _b("DueDate", "due", Form.DAY)
    tax_point = _b("TaxPointDate", "tax_point", Form.DAY)
    means_due = replace(_b("PaymentDueDate", "^due", Form.DAY), heard=not credit)
    return (
        heard(f"{B}UBLVersionID"), _b("CustomizationID", "follows"), _b("ProfileID", "process"), _b("ID", "number"),
        _b("IssueDate", "issued", Form.DAY), tax_point if credit else due,
        _b("CreditNoteTypeCode" if credit else "InvoiceTypeCode", "type_code"),
        many(f"{B}Note", "notes", Note, Own("text")), *(() if credit else (tax_point,)),
        _b("DocumentCurrencyCode", "currency"), _b("TaxCurrencyCode", "vat_currency"),
        _b("AccountingCost", "booked_as"), _b("BuyerReference", "buyer_reference"), _period(), *_papers(credit),
        _a(
            "AccountingSupplierParty",
            one(
                f"{A}Party", "supplier", Party,
                *_party(
                    _a("PartyIdentification", inside(f"{B}ID", Fixed("schemeID", "SEPA"), Own("^creditor_id")))
                ),
            ),
        ),
        _a("AccountingCustomerParty", one(f"{A}Party", "customer", Party, *_party())),
        one(f"{A}PayeeParty", "payee", Party, *_PAYEE),
        one(f"{A}TaxRepresentativeParty", "representative", Party, *_REPRESENTATIVE),
        _a(
            "Delivery",
            _b("ActualDeliveryDate", "delivered", Form.DAY),
            _a(
                "DeliveryLocation", _identifier("ID", "delivery_location"), _address("Address", "delivery_address")
            ),
            _a("DeliveryParty", _a("PartyName", _b("Name", "delivered_to"))),
        ),
        _means(means_due),
        _a("PaymentTerms", _b("Note", "terms")),
        _allowance(_category("TaxCategory")),
        _a("TaxTotal", _amount("TaxAmount", "vat"), _VAT_PART),
        _a("TaxTotal", _amount("TaxAmount", "vat_in_vat_currency", "^vat_currency")),
        _TOTALS, _line(credit),
    )  # fmt: skip
