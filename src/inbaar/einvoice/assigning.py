"""A claim that changed hands: the document of an invoice is made to name whom to pay now, and nothing else changes. Pure.

Whoever pays in good faith to who owned the claim before is protected only by 6:34 BW, so the note says whom to pay.
"""

from collections.abc import Iterable

from lxml import etree

from inbaar.einvoice import cii, ubl
from inbaar.einvoice.books import KVK, SEPA_TRANSFER, TRANSFER, clean, transfer_code
from inbaar.einvoice.facts import Holder
from inbaar.einvoice.words import words_of
from inbaar.letters.parts import Language
from inbaar.letters.words import NBSP, grouped

_BLOCKED = "GACCOUNT"
_TRANSFERS = (TRANSFER, SEPA_TRANSFER)
_UBL_MEANS_KEPT = frozenset(
    {"ID", "PaymentMeansCode", "PaymentDueDate", "InstructionID", "InstructionNote", "PaymentID"}
)
#: What stands before a new element, in the order of the schema.
_BEFORE_PAYEE = ("AccountingSupplierParty", "AccountingCustomerParty")
_BEFORE_MEANS = (
    *_BEFORE_PAYEE, "PayeeParty", "BuyerCustomerParty", "SellerSupplierParty", "TaxRepresentativeParty", "Delivery",
    "DeliveryTerms",
)  # fmt: skip
_BEFORE_NOTE = (
    "ID",
    "IssueDate",
    "IssueTime",
    "DueDate",
    "InvoiceTypeCode",
    "TaxPointDate",
    "CreditNoteTypeCode",
)
_BEFORE_CII_PAYEE = (
    "CreditorReferenceID", "PaymentReference", "TaxCurrencyCode", "InvoiceCurrencyCode", "InvoiceIssuerReference",
    "InvoicerTradeParty", "InvoiceeTradeParty",
)  # fmt: skip
_BEFORE_CII_MEANS = (*_BEFORE_CII_PAYEE, "PayeeTradeParty", "TaxApplicableTradeCurrencyExchange")


def note_of(holder: Holder, language: Language) -> str:
    """What the debtor is told: to whom the claim went, and that only paying him releases."""
    words = words_of(language)
    name = clean(holder.name)
    named = words.say("einvoice", "named", name=name, kvk=holder.kvk) if holder.kvk else name
    account, since = grouped(holder.iban), words.date(holder.since)
    told = words.say("einvoice", "assigned", holder=name, named=named, since=since, account=account)
    return told.replace(NBSP, " ")


def assign(root: etree._Element, holder: Holder, language: Language, currency: str) -> None:
    """Name the new owner of the claim as the payee, his account as the one to pay to, and say so in a note."""
    act = _assign_cii if root.tag == cii.INVOICE else _assign_ubl
    act(root, holder, note_of(holder, language), currency)


def _assign_ubl(root: etree._Element, holder: Holder, note: str, currency: str) -> None:
    for old in root.findall(f"{ubl.A}PayeeParty"):
        root.remove(old)
    payee = _put(root, f"{ubl.A}PayeeParty", _BEFORE_PAYEE)
    _text(_text(payee, f"{ubl.A}PartyName"), f"{ubl.B}Name", clean(holder.name))
    if holder.kvk:
        number = _text(_text(payee, f"{ubl.A}PartyLegalEntity"), f"{ubl.B}CompanyID", holder.kvk)
        number.set("schemeID", KVK)
    means = [each for each in root.findall(f"{ubl.A}PaymentMeans") if not _is_blocked(each)]
    for other in means[1:]:
        root.remove(other)
    _pay_ubl(means[0] if means else _put(root, f"{ubl.A}PaymentMeans", _BEFORE_MEANS), holder, currency)
    notes = root.findall(f"{ubl.B}Note")
    if notes:  # one note is all that some users of the standard allow
        notes[-1].text = f"{(notes[-1].text or '').rstrip()} {note}"
    else:
        _put(root, f"{ubl.B}Note", _BEFORE_NOTE).text = note


def _is_blocked(means: etree._Element) -> bool:
    """A g-account stays who it belongs to: from it only the tax office can be paid."""
    return (means.findtext(f"{ubl.B}ID") or "").strip() == _BLOCKED


def _pay_ubl(means: etree._Element, holder: Holder, currency: str) -> None:
    for child in list(means):
        if etree.QName(child).localname not in _UBL_MEANS_KEPT:
            means.remove(child)
    code = means.find(f"{ubl.B}PaymentMeansCode")
    if code is None:
        code = _text(means, f"{ubl.B}PaymentMeansCode")
    _set_transfer(code, currency)
    _text(_text(means, f"{ubl.A}PayeeFinancialAccount"), f"{ubl.B}ID", holder.iban)


def _set_transfer(code: etree._Element, currency: str) -> None:
    """A direct debit, a card or a cheque of the first owner is no way to pay the new one."""
    if (code.text or "").strip() not in _TRANSFERS:
        code.text = transfer_code(currency)
        code.attrib.pop("name", None)


def _assign_cii(root: etree._Element, holder: Holder, note: str, currency: str) -> None:
    settlement = next(root.iter(f"{cii.R}ApplicableHeaderTradeSettlement"))
    for tag in ("PayeeTradeParty", "CreditorReferenceID"):
        for old in settlement.findall(cii.R + tag):
            settlement.remove(old)
    for terms in settlement.findall(f"{cii.R}SpecifiedTradePaymentTerms"):
        for mandate in terms.findall(f"{cii.R}DirectDebitMandateID"):
            terms.remove(mandate)
    payee = _put(settlement, f"{cii.R}PayeeTradeParty", _BEFORE_CII_PAYEE)
    _text(payee, f"{cii.R}Name", clean(holder.name))
    if holder.kvk:
        number = _text(_text(payee, f"{cii.R}SpecifiedLegalOrganization"), f"{cii.R}ID", holder.kvk)
        number.set("schemeID", KVK)
    tag = f"{cii.R}SpecifiedTradeSettlementPaymentMeans"
    means = settlement.findall(tag)
    for other in means[1:]:
        settlement.remove(other)
    _pay_cii(means[0] if means else _put(settlement, tag, _BEFORE_CII_MEANS), holder, currency)
    document = next(root.iterchildren(f"{cii.RSM}ExchangedDocument"))
    told = _text(document, f"{cii.R}IncludedNote")
    _text(told, f"{cii.R}Content", note)
    later = document.find(f"{cii.R}EffectiveSpecifiedPeriod")
    if later is not None:
        later.addprevious(told)


def _pay_cii(means: etree._Element, holder: Holder, currency: str) -> None:
    code = means.find(f"{cii.R}TypeCode")
    for child in list(means):
        if child is not code:
            means.remove(child)
    if code is None:
        code = _text(means, f"{cii.R}TypeCode")
    _set_transfer(code, currency)
    _text(_text(means, f"{cii.R}PayeePartyCreditorFinancialAccount"), f"{cii.R}IBANID", holder.iban)


def _put(parent: etree._Element, tag: str, before: Iterable[str]) -> etree._Element:
    """A new child, behind the last of those that stand before it."""
    made = etree.Element(tag)
    names = set(before)
    place = max(
        (at for at, child in enumerate(parent, 1) if etree.QName(child).localname in names), default=0
    )
    parent.insert(place, made)
    return made


def _text(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(parent, tag)
    made.text = text
    return made
