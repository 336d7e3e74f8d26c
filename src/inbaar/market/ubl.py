"""Invoices and credit notes as UBL 2.1 after NLCIUS (EN 16931): what the seller's program sends.

Called by the market for its files and by the benchmarks for many of them. The bytes depend on the document
alone.
"""

from decimal import Decimal

from lxml import etree
from lxml.etree import _Element as Element

from inbaar.market.documents import Document, Line
from inbaar.market.facts import Address, Business, DebtorFacts
from inbaar.market.identifiers import rf_reference

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
NLCIUS = "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0"
# NLCIUS wants a legal number of every Dutch buyer (BR-NL-10), which a consumer has not: the European core then.
CORE = "urn:cen.eu:en16931:2017"
BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
REVERSE_CHARGE = "Btw verlegd"


def _group(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _leaf(parent: Element, name: str, text: object, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{CBC}}}{name}", attrib=dict(attributes)).text = str(text)


def _money(parent: Element, name: str, amount: Decimal) -> None:
    _leaf(parent, name, amount, currencyID="EUR")


def _address(party: Element, address: Address) -> None:
    group = _group(party, "PostalAddress")
    _leaf(group, "StreetName", address.street)
    _leaf(group, "CityName", address.city)
    _leaf(group, "PostalZone", address.postcode)
    _leaf(_group(group, "Country"), "IdentificationCode", address.country)


def _vat_scheme(parent: Element) -> None:
    _leaf(_group(parent, "TaxScheme"), "ID", "VAT")


def _tax_number(party: Element, number: str | None) -> None:
    if number is not None:
        group = _group(party, "PartyTaxScheme")
        _leaf(group, "CompanyID", number)
        _vat_scheme(group)


def _legal_entity(party: Element, name: str, number: str | None, scheme: str | None) -> None:
    group = _group(party, "PartyLegalEntity")
    _leaf(group, "RegistrationName", name)
    if number is not None:
        _leaf(group, "CompanyID", number, **({"schemeID": scheme} if scheme else {}))


def _contact(party: Element, name: str, email: str, phone: str | None = None) -> None:
    group = _group(party, "Contact")
    _leaf(group, "Name", name)
    if phone is not None:
        _leaf(group, "Telephone", phone)
    _leaf(group, "ElectronicMail", email)


def _seller(root: Element, business: Business) -> None:
    party = _group(_group(root, "AccountingSupplierParty"), "Party")
    _leaf(party, "EndpointID", business.kvk, schemeID="0106")
    _leaf(_group(party, "PartyName"), "Name", business.name)
    _address(party, business.address)
    _tax_number(party, business.vat)
    _legal_entity(party, business.name, business.kvk, "0106")
    _contact(party, "Debiteurenadministratie", business.email, business.phone)


def _endpoint(debtor: DebtorFacts) -> tuple[str, str]:
    """Where the e-invoice goes: the legal number, else the btw-id (Germany), else the mail address."""
    if debtor.legal_id and debtor.legal_scheme:
        return debtor.legal_id, debtor.legal_scheme
    if debtor.vat:
        return debtor.vat, "9930"
    return debtor.email, "EM"


def _buyer(root: Element, debtor: DebtorFacts) -> None:
    party = _group(_group(root, "AccountingCustomerParty"), "Party")
    endpoint, scheme = _endpoint(debtor)
    _leaf(party, "EndpointID", endpoint, schemeID=scheme)
    _leaf(_group(party, "PartyIdentification"), "ID", f"D{debtor.number:05d}")
    _leaf(_group(party, "PartyName"), "Name", debtor.name)
    _address(party, debtor.address)
    _tax_number(party, debtor.vat)
    _legal_entity(party, debtor.name, debtor.legal_id, debtor.legal_scheme)
    _contact(party, debtor.contact, debtor.email)


def _payment(root: Element, document: Document, business: Business) -> None:
    means = _group(root, "PaymentMeans")
    _leaf(means, "PaymentMeansCode", 58)
    _leaf(means, "PaymentID", rf_reference(document.number))
    _leaf(_group(means, "PayeeFinancialAccount"), "ID", business.iban)
    days = document.debtor.facts.payment_term_days
    terms = (
        "Wordt met de factuur verrekend." if document.credits_invoice else f"Betaling binnen {days} dagen."
    )
    _leaf(_group(root, "PaymentTerms"), "Note", terms)


def _vat_breakdown(root: Element, document: Document) -> None:
    total = _group(root, "TaxTotal")
    _money(total, "TaxAmount", document.vat)
    for category, percent, base, vat in document.vat_bases():
        subtotal = _group(total, "TaxSubtotal")
        _money(subtotal, "TaxableAmount", base)
        _money(subtotal, "TaxAmount", vat)
        group = _group(subtotal, "TaxCategory")
        _leaf(group, "ID", category)
        _leaf(group, "Percent", percent)
        if category == "AE":
            _leaf(group, "TaxExemptionReason", REVERSE_CHARGE)
        _vat_scheme(group)


def _totals(root: Element, document: Document, off_by: Decimal) -> None:
    group = _group(root, "LegalMonetaryTotal")
    _money(group, "LineExtensionAmount", document.net)
    _money(group, "TaxExclusiveAmount", document.net)
    _money(group, "TaxInclusiveAmount", document.total + off_by)
    _money(group, "PayableAmount", document.total + off_by)


def _line(root: Element, position: int, line: Line, credit: bool) -> None:
    group = _group(root, "CreditNoteLine" if credit else "InvoiceLine")
    _leaf(group, "ID", position)
    quantity = "CreditedQuantity" if credit else "InvoicedQuantity"
    _leaf(group, quantity, line.quantity, unitCode=line.unit)
    _money(group, "LineExtensionAmount", line.amount)
    item = _group(group, "Item")
    _leaf(item, "Name", line.name)
    category = _group(item, "ClassifiedTaxCategory")
    _leaf(category, "ID", line.vat_category)
    _leaf(category, "Percent", line.vat_percent)
    _vat_scheme(category)
    _money(_group(group, "Price"), "PriceAmount", line.price)


def _head(root: Element, document: Document) -> None:
    credit = document.credits_invoice is not None
    _leaf(root, "CustomizationID", CORE if document.debtor.facts.consumer else NLCIUS)
    _leaf(root, "ProfileID", BILLING)
    _leaf(root, "ID", document.number)
    _leaf(root, "IssueDate", document.issued_on)
    if not credit:
        _leaf(root, "DueDate", document.due_on)
    _leaf(root, "CreditNoteTypeCode" if credit else "InvoiceTypeCode", 381 if credit else 380)
    _leaf(root, "DocumentCurrencyCode", "EUR")
    _leaf(root, "BuyerReference", document.order_reference)
    _leaf(_group(root, "OrderReference"), "ID", document.order_reference)
    if document.credits_invoice is not None:
        reference = _group(_group(root, "BillingReference"), "InvoiceDocumentReference")
        _leaf(reference, "ID", document.credits_invoice)


def document_xml(document: Document, business: Business, off_by: Decimal = Decimal(0)) -> bytes:
    """The document as a file. `off_by` is added to its totals only, so that they no longer tie."""
    kind = "CreditNote" if document.credits_invoice else "Invoice"
    space = f"urn:oasis:names:specification:ubl:schema:xsd:{kind}-2"
    root = etree.Element(f"{{{space}}}{kind}", nsmap={None: space, "cac": CAC, "cbc": CBC})
    _head(root, document)
    _seller(root, business)
    _buyer(root, document.debtor.facts)
    _payment(root, document, business)
    _vat_breakdown(root, document)
    _totals(root, document, off_by)
    for position, line in enumerate(document.lines, start=1):
        _line(root, position, line, document.credits_invoice is not None)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
