"""A bank statement as camt.053.001.08, the way a Dutch bank delivers it each evening.

Called by the account. The bytes depend on the statement alone.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree
from lxml.etree import _Element as Element

from inbaar.market.bookings import BankCode, Booking
from inbaar.market.facts import Business
from inbaar.market.identifiers import bic_of

SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True, slots=True)
class Statement:
    """One day of one account."""

    day: date
    sequence: int
    opening: Decimal
    bookings: tuple[Booking, ...]

    @property
    def closing(self) -> Decimal:
        """The balance after all bookings."""
        return sum((b.amount for b in self.bookings), self.opening)


def _add(parent: Element, path: str, text: object = None, **attributes: str) -> Element:
    """A chain of new elements `A/B/C` under `parent`; the last one carries text and attributes."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{SPACE}}}{name}")
    parent.attrib.update(attributes)
    if text is not None:
        parent.text = str(text)
    return parent


def _amount(parent: Element, amount: Decimal) -> None:
    _add(parent, "Amt", f"{abs(amount):.2f}", Ccy="EUR")
    _add(parent, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")


def _balance(statement: Element, code: str, amount: Decimal, day: date) -> None:
    group = _add(statement, "Bal")
    _add(group, "Tp/CdOrPrtry/Cd", code)
    _amount(group, amount)
    _add(group, "Dt/Dt", day)


def _summary(parent: Element, statement: Statement) -> None:
    group = _add(parent, "TxsSummry")
    credits = [b.amount for b in statement.bookings if b.amount >= 0]
    debits = [-b.amount for b in statement.bookings if b.amount < 0]
    for name, amounts in (
        ("TtlNtries", credits + debits),
        ("TtlCdtNtries", credits),
        ("TtlDbtNtries", debits),
    ):
        total = _add(group, name)
        _add(total, "NbOfNtries", len(amounts))
        _add(total, "Sum", f"{sum(amounts, Decimal(0)):.2f}")


def _bank_code(parent: Element, booking: Booking) -> None:
    domain, family, subfamily = booking.code.value
    group = _add(parent, "BkTxCd/Domn")
    _add(group, "Cd", domain)
    _add(group, "Fmly/Cd", family)
    _add(group[-1], "SubFmlyCd", subfamily)


def _parties(details: Element, booking: Booking) -> None:
    """The other side: the payer of money that came in, the payee of money that went out.

    A refunded direct debit keeps the roles of the collection: we stay the payer, the other the collector; or the other way round.
    """
    if booking.name is None:
        return
    came = booking.amount >= 0 and booking.return_reason is None
    side = "Dbtr" if came or booking.code is BankCode.COLLECTION_RETURNED else "Cdtr"
    group = _add(details, "RltdPties")
    _add(group, f"{side}/Pty/Nm", booking.name)
    if booking.iban:
        _add(group, f"{side}Acct/Id/IBAN", booking.iban)
        if bic := bic_of(booking.iban):
            _add(details, f"RltdAgts/{side}Agt/FinInstnId/BICFI", bic)


def _remittance(details: Element, booking: Booking) -> None:
    if booking.structured:
        group = _add(details, "RmtInf/Strd/CdtrRefInf")
        kind = _add(group, "Tp")
        _add(kind, "CdOrPrtry/Cd", "SCOR")
        _add(kind, "Issr", booking.structured_issuer or "ISO")
        _add(group, "Ref", booking.structured)
    elif booking.text:
        _add(details, "RmtInf/Ustrd", booking.text)


def _details(parent: Element, booking: Booking) -> None:
    group = _add(parent, "TxDtls")
    references = _add(group, "Refs")
    _add(references, "AcctSvcrRef", booking.reference)
    _add(references, "EndToEndId", booking.end_to_end_id or "NOTPROVIDED")
    if booking.mandate:
        _add(references, "MndtId", booking.mandate)
    _amount(group, booking.amount)
    _parties(group, booking)
    _remittance(group, booking)
    if booking.return_reason:
        _add(group, "RtrInf/Rsn/Cd", booking.return_reason)


def _entry(parent: Element, booking: Booking, day: date) -> None:
    entry = _add(parent, "Ntry")
    _amount(entry, booking.amount)
    if booking.reversal:
        _add(entry, "RvslInd", "true")
    _add(entry, "Sts/Cd", "BOOK")
    _add(entry, "BookgDt/Dt", day)
    _add(entry, "ValDt/Dt", day)
    _add(entry, "AcctSvcrRef", booking.reference)
    _bank_code(entry, booking)
    group = _add(entry, "NtryDtls")
    if booking.details:
        batch = _add(group, "Btch")
        _add(batch, "NbOfTxs", len(booking.details))
        _amount(batch, booking.amount)
        batch[-2].tag = f"{{{SPACE}}}TtlAmt"
    for part in booking.details or (booking,):
        _details(group, part)


def _account(parent: Element, business: Business) -> None:
    group = _add(parent, "Acct")
    _add(group, "Id/IBAN", business.iban)
    _add(group, "Ccy", "EUR")
    _add(group, "Ownr/Nm", business.name)
    _add(group, "Svcr/FinInstnId/BICFI", business.bic)


def statement_xml(statement: Statement, business: Business) -> bytes:
    """The statement as a file with one message in it."""
    name = f"053-{business.iban[-6:]}-{statement.day:%Y%m%d}"
    made_at = f"{statement.day}T22:30:00"
    root = etree.Element(f"{{{SPACE}}}Document", nsmap={None: SPACE})
    message = _add(root, "BkToCstmrStmt")
    head = _add(message, "GrpHdr")
    _add(head, "MsgId", name)
    _add(head, "CreDtTm", made_at)
    group = _add(message, "Stmt")
    _add(group, "Id", name)
    _add(group, "ElctrncSeqNb", statement.sequence)
    _add(group, "CreDtTm", made_at)
    period = _add(group, "FrToDt")
    _add(period, "FrDtTm", f"{statement.day}T00:00:00")
    _add(period, "ToDtTm", f"{statement.day}T23:59:59")
    _account(group, business)
    _balance(group, "OPBD", statement.opening, statement.day)
    _balance(group, "CLBD", statement.closing, statement.day)
    _summary(group, statement)
    for booking in statement.bookings:
        _entry(group, booking, statement.day)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
