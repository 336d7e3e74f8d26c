"""The terms of an e-invoice in CII, the CrossIndustryInvoice of UN/CEFACT as Factur-X has it. Pure."""

from dataclasses import replace

from lxml import etree

from inbaar.einvoice.binding import (
    Attr,
    Const,
    Element,
    Entry,
    Fixed,
    Form,
    Own,
    always,
    inside,
    leaf,
    many,
    one,
)
from inbaar.einvoice.canonical import canonical, is_iban
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

_UN = "urn:un:unece:uncefact:data:standard:"
NAMESPACES = {
    "rsm": f"{_UN}CrossIndustryInvoice:100",
    "ram": f"{_UN}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UN}UnqualifiedDataType:100",
    "qdt": f"{_UN}QualifiedDataType:100",
}
R, _U, _Q = (f"{{{NAMESPACES[name]}}}" for name in ("ram", "udt", "qdt"))
RSM = f"{{{NAMESPACES['rsm']}}}"
INVOICE = f"{RSM}CrossIndustryInvoice"


def read_cii(root: etree._Element) -> tuple[EInvoice, tuple[str, ...]]:
    """What a CII document says, and what of it has no place in EN 16931."""
    found, lost = read_terms(root, _DOCUMENT, EInvoice)
    return canonical(found), lost


def cii_root(invoice: EInvoice) -> etree._Element:
    """The document of an e-invoice."""
    return write_terms(invoice, INVOICE, _DOCUMENT, NAMESPACES)


def write_cii(invoice: EInvoice) -> bytes:
    """The file: UTF-8, with its declaration."""
    return etree.tostring(cii_root(invoice), xml_declaration=True, encoding="UTF-8")


def _r(tag: str, field: str, form: Form = Form.TEXT, *more: Entry) -> Element:
    return leaf(R + tag, field, form, *more)


def _a(tag: str, *nodes: Entry) -> Element:
    return inside(R + tag, *nodes)


def _number(tag: str, field: str) -> Element:
    return leaf(R + tag, field, Form.NUMBER)


def _day(tag: str, field: str) -> Element:
    return _a(tag, leaf(f"{_U}DateTimeString", field, Form.DAY_102, Fixed("format", "102")))


def _identifier(tag: str, field: str) -> Element:
    return one(R + tag, field, Identifier, Own("value"), Attr("schemeID", "scheme"))


def _quantity(tag: str, field: str) -> Element:
    return one(R + tag, field, Quantity, Own("value", Form.NUMBER), Attr("unitCode", "unit"))


def _referred(tag: str, field: str) -> Element:
    return _a(tag, _r("IssuerAssignedID", field))


def _address(field: str) -> Element:
    return one(
        f"{R}PostalTradeAddress", field, Address,
        _r("PostcodeCode", "postcode"), _r("LineOne", "street"), _r("LineTwo", "street_2"), _r("LineThree", "street_3"),
        _r("CityName", "city"), _r("CountryID", "country"), _r("CountrySubDivisionName", "region"),
    )  # fmt: skip


_PARTY: tuple[Entry, ...] = (
    many(f"{R}ID", "identifiers", Identifier, Own("value")),
    many(f"{R}GlobalID", "identifiers", Identifier, Own("value"), Attr("schemeID", "scheme", needed=True)),
    _r("Name", "name"), _r("Description", "legal_form"),
    _a("SpecifiedLegalOrganization", _identifier("ID", "legal_id"), _r("TradingBusinessName", "trading_name")),
    one(
        f"{R}DefinedTradeContact", "contact", Contact,
        _r("PersonName", "name"),
        _a("TelephoneUniversalCommunication", _r("CompleteNumber", "phone")),
        _a("EmailURIUniversalCommunication", _r("URIID", "email")),
    ),
    _address("address"),
    _a("URIUniversalCommunication", _identifier("URIID", "endpoint")),
    _a("SpecifiedTaxRegistration", leaf(f"{R}ID", "vat_id", Form.TEXT, Fixed("schemeID", "VA"))),
    _a("SpecifiedTaxRegistration", leaf(f"{R}ID", "tax_id", Form.TEXT, Fixed("schemeID", "FC"))),
)  # fmt: skip


def _period(tag: str) -> Element:
    return one(R + tag, "period", Period, _day("StartDateTime", "first"), _day("EndDateTime", "last"))


def _tax(tag: str, category: str, percent: str) -> Element:
    return _a(
        tag,
        Const(f"{R}TypeCode", "VAT"),
        _r("CategoryCode", category),
        _number("RateApplicablePercent", percent),
    )


def _allowance(*category: Entry) -> Element:
    return many(
        f"{R}SpecifiedTradeAllowanceCharge", "allowances", Allowance,
        _a("ChargeIndicator", leaf(f"{_U}Indicator", "charge", Form.FLAG)),
        _number("CalculationPercent", "percent"), _number("BasisAmount", "base"), _number("ActualAmount", "amount"),
        _r("ReasonCode", "reason_code"), _r("Reason", "reason"), *category,
    )  # fmt: skip


_PRODUCT = _a(
    "SpecifiedTradeProduct",
    _identifier("GlobalID", "standard_number"), _r("SellerAssignedID", "seller_number"),
    _r("BuyerAssignedID", "buyer_number"), _r("Name", "name"), _r("Description", "text"),
    many(
        f"{R}ApplicableProductCharacteristic", "attributes", Attribute, _r("Description", "name"), _r("Value", "value")
    ),
    many(
        f"{R}DesignatedProductClassification", "classes", Identifier,
        inside(f"{R}ClassCode", Own("value"), Attr("listID", "scheme"), Attr("listVersionID", "version")),
    ),
    _a("OriginTradeCountry", _r("ID", "origin")),
)  # fmt: skip
_LINE = many(
    f"{R}IncludedSupplyChainTradeLineItem", "lines", Line,
    _a("AssociatedDocumentLineDocument", _r("LineID", "number"), _a("IncludedNote", _r("Content", "note"))),
    _PRODUCT,
    _a(
        "SpecifiedLineTradeAgreement",
        _a("BuyerOrderReferencedDocument", _r("LineID", "order_line")),
        _a(
            "GrossPriceProductTradePrice", _number("ChargeAmount", "price_gross"),
            replace(_quantity("BasisQuantity", "price_quantity"), heard=True),
            _a(
                "AppliedTradeAllowanceCharge", _a("ChargeIndicator", Const(f"{_U}Indicator", "false", ("0",))),
                _number("ActualAmount", "price_discount"),
            ),
        ),
        _a(
            "NetPriceProductTradePrice", _number("ChargeAmount", "price"), _quantity("BasisQuantity", "price_quantity")
        ),
    ),
    _a("SpecifiedLineTradeDelivery", _quantity("BilledQuantity", "quantity")),
    _a(
        "SpecifiedLineTradeSettlement",
        _tax("ApplicableTradeTax", "vat_category", "vat_percent"), _period("BillingSpecifiedPeriod"), _allowance(),
        _a("SpecifiedTradeSettlementLineMonetarySummation", _number("LineTotalAmount", "amount")),
        one(
            f"{R}AdditionalReferencedDocument", "object_id", Identifier,
            _r("IssuerAssignedID", "value"), Const(f"{R}TypeCode", "130"), _r("ReferenceTypeCode", "scheme"),
        ),
        _a("ReceivableSpecifiedTradeAccountingAccount", _r("ID", "booked_as")),
    ),
)  # fmt: skip
_AGREEMENT = _a(
    "ApplicableHeaderTradeAgreement",
    _r("BuyerReference", "buyer_reference"),
    one(f"{R}SellerTradeParty", "supplier", Party, *_PARTY),
    one(f"{R}BuyerTradeParty", "customer", Party, *_PARTY),
    one(f"{R}SellerTaxRepresentativeTradeParty", "representative", Party, *_PARTY),
    _referred("SellerOrderReferencedDocument", "sales_order"), _referred("BuyerOrderReferencedDocument", "order"),
    _referred("ContractReferencedDocument", "contract"),
    many(
        f"{R}AdditionalReferencedDocument", "attachments", Attachment,
        _r("IssuerAssignedID", "number"), _r("URIID", "uri"), Const(f"{R}TypeCode", "916"), _r("Name", "text"),
        inside(f"{R}AttachmentBinaryObject", Own("content"), Attr("mimeCode", "mime"), Attr("filename", "file")),
    ),
    _a("AdditionalReferencedDocument", _r("IssuerAssignedID", "tender"), Const(f"{R}TypeCode", "50")),
    one(
        f"{R}AdditionalReferencedDocument", "object_id", Identifier,
        _r("IssuerAssignedID", "value"), Const(f"{R}TypeCode", "130"), _r("ReferenceTypeCode", "scheme"),
    ),
    _a("SpecifiedProcuringProject", _r("ID", "project"), Const(f"{R}Name", "Project reference")),
)  # fmt: skip
_DELIVERY = always(
    f"{R}ApplicableHeaderTradeDelivery",
    _a(
        "ShipToTradeParty",
        one(f"{R}ID", "delivery_location", Identifier, Own("value")),
        one(f"{R}GlobalID", "delivery_location", Identifier, Own("value"), Attr("schemeID", "scheme", needed=True)),
        _r("Name", "delivered_to"), _address("delivery_address"),
    ),
    _a("ActualDeliverySupplyChainEvent", _day("OccurrenceDateTime", "delivered")),
    _referred("DespatchAdviceReferencedDocument", "despatch"), _referred("ReceivingAdviceReferencedDocument", "receipt"),
)  # fmt: skip
_MEANS = many(
    f"{R}SpecifiedTradeSettlementPaymentMeans", "means", PaymentMeans,
    _r("TypeCode", "code"), _r("Information", "text"),
    _a("PayerPartyDebtorFinancialAccount", _r("IBANID", "payer_account")),
    _a(
        "PayeePartyCreditorFinancialAccount",
        inside(f"{R}IBANID", Own("account", fit=is_iban)), _r("AccountName", "account_name"),
        inside(f"{R}ProprietaryID", Own("account", fit=lambda account: not is_iban(account))),
    ),
    _a("PayeeSpecifiedCreditorFinancialInstitution", _r("BICID", "bic")),
)  # fmt: skip
_VAT_PART = many(
    f"{R}ApplicableTradeTax", "vat_parts", VatPart,
    _number("CalculatedAmount", "vat"), Const(f"{R}TypeCode", "VAT"), _r("ExemptionReason", "exemption"),
    _number("BasisAmount", "base"), _r("CategoryCode", "category"), _r("ExemptionReasonCode", "exemption_code"),
    _a("TaxPointDate", leaf(f"{_U}DateString", "^tax_point", Form.DAY_102, Fixed("format", "102"))),
    _number("RateApplicablePercent", "percent"),
)  # fmt: skip
_TOTALS = _a(
    "SpecifiedTradeSettlementHeaderMonetarySummation",
    _number("LineTotalAmount", "line_total"), _number("ChargeTotalAmount", "charge_total"),
    _number("AllowanceTotalAmount", "allowance_total"), _number("TaxBasisTotalAmount", "net"),
    leaf(f"{R}TaxTotalAmount", "vat", Form.NUMBER, currency="^currency"),
    leaf(f"{R}TaxTotalAmount", "vat_in_vat_currency", Form.NUMBER, currency="^vat_currency"),
    _number("RoundingAmount", "rounding"), _number("GrandTotalAmount", "total"), _number("TotalPrepaidAmount", "prepaid"),
    _number("DuePayableAmount", "payable"),
)  # fmt: skip
_SETTLEMENT = _a(
    "ApplicableHeaderTradeSettlement",
    _r("CreditorReferenceID", "creditor_id"), _r("PaymentReference", "payment_reference"),
    _r("TaxCurrencyCode", "vat_currency"), _r("InvoiceCurrencyCode", "currency"),
    one(f"{R}PayeeTradeParty", "payee", Party, *_PARTY), _MEANS, _VAT_PART, _period("BillingSpecifiedPeriod"),
    _allowance(_tax("CategoryTradeTax", "vat_category", "vat_percent")),
    _a(
        "SpecifiedTradePaymentTerms", _r("Description", "terms"), _day("DueDateDateTime", "due"),
        _r("DirectDebitMandateID", "mandate"),
    ),
    _TOTALS,
    many(
        f"{R}InvoiceReferencedDocument", "preceding", Reference,
        _r("IssuerAssignedID", "number"),
        _a(
            "FormattedIssueDateTime",
            leaf(f"{_Q}DateTimeString", "day", Form.DAY_102, Fixed("format", "102")),
        ),
    ),
    _a("ReceivableSpecifiedTradeAccountingAccount", _r("ID", "booked_as")),
)  # fmt: skip
_DOCUMENT: tuple[Entry, ...] = (
    inside(
        f"{RSM}ExchangedDocumentContext",
        _a("BusinessProcessSpecifiedDocumentContextParameter", _r("ID", "process")),
        _a("GuidelineSpecifiedDocumentContextParameter", _r("ID", "follows")),
    ),
    inside(
        f"{RSM}ExchangedDocument",
        _r("ID", "number"), _r("TypeCode", "type_code"), _day("IssueDateTime", "issued"),
        many(f"{R}IncludedNote", "notes", Note, _r("Content", "text"), _r("SubjectCode", "subject")),
    ),
    inside(f"{RSM}SupplyChainTradeTransaction", _LINE, _AGREEMENT, _DELIVERY, _SETTLEMENT),
)  # fmt: skip
