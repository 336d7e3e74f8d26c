"""Reads one entry (Ntry) of a camt message into an EntryRead, in one walk. Called by `camt053` for each entry.

Only the branches that have a field in EntryRead are gone into; the texts of all others are kept in `raw`, with the
name the message gives them.
"""

import datetime as dt
import sys
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from inbaar.banking.formats.narrative import Narrative, read_narrative
from inbaar.banking.formats.text import is_iban, joined_lines, shown_end_to_end_id
from inbaar.banking.statements import EntryRead, StatementRefused

PENDING = ("PDNG", "FUTR", "INFO")
READ = frozenset(
    ("Amt", "CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "NtryRef", "AddtlNtryInf")
)


class LocalNames(dict[str, str]):
    """The element names without their namespace, each worked out once: this is asked forty times an entry."""

    def __missing__(self, tag: str) -> str:
        name = sys.intern(tag.rpartition("}")[2])
        self[tag] = name
        return name


@lru_cache(maxsize=4096)
def iso_date(text: str) -> dt.date | None:
    """The day in a date or a moment of XML Schema (the day as the bank wrote it, in its own time zone)."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def money(text: str, what: str) -> Decimal:
    """An amount, exactly as written; refuses what is not a number."""
    try:
        value = Decimal(text)
        if value.is_finite():
            return value
    except InvalidOperation:
        pass
    raise StatementRefused(
        "amount",
        f"The amount {text!r} of {what} is not a number. Download the statement from the bank again.",
    )


def account_number(account: Any, names: LocalNames) -> str | None:
    """The IBAN of an account element, or the other number it is known by."""
    for child in account:
        if names[child.tag] == "Id":
            for identification in child:
                if names[identification.tag] == "IBAN":
                    return (identification.text or "").strip() or None
                for other in identification:
                    if names[other.tag] == "Id":
                        return (other.text or "").strip() or None
    return None


def _kept(name: str, element: Any) -> str:
    """What stands in a branch no field has a place for: `BkTxCd PMNT RCDT ESCT`, `Chrgs EUR 2.50`."""
    if name in ("AmtDtls", "Chrgs"):
        words = [word for part in element.iter() for word in (part.get("Ccy"), part.text) if word]
    else:
        words = [text for part in element.iter() if (text := part.text)]
    return name + " " + " ".join(words)


def _one_line(texts: list[str]) -> str:
    """The kept texts behind each other, the layout of the file taken out once for all."""
    return " ".join("; ".join(texts).split())


def _party_name(party: Any, names: LocalNames, rest: list[str]) -> str | None:
    found = None
    for child in party:
        name = names[child.tag]
        if name == "Nm":
            found = (child.text or "").strip() or None
        elif name == "Pty":
            found = _party_name(child, names, rest)
        else:
            rest.append(_kept(name, child))
    return found


class _Payment:
    """What one TxDtls says; `None` where it says nothing."""

    __slots__ = (
        "amount",
        "bank_reference",
        "cdtr",
        "cdtr_account",
        "currency",
        "dbtr",
        "dbtr_account",
        "end_to_end_id",
        "reference",
        "rest",
        "return_reason",
        "returned",
        "sign",
        "text",
        "ultimate",
    )

    def __init__(self, details: Any, names: LocalNames, wanted_amount: bool) -> None:
        self.end_to_end_id: str | None = None
        self.bank_reference: str | None = None
        self.reference: str | None = None
        self.return_reason: str | None = None
        self.dbtr: str | None = None
        self.dbtr_account: str | None = None
        self.cdtr: str | None = None
        self.cdtr_account: str | None = None
        self.amount: str | None = None
        self.currency: str | None = None
        self.sign: str | None = None
        self.text = ""
        self.ultimate: list[str] = []
        self.rest: list[str] = []
        self.returned = False
        additional = None
        for child in details:
            name = names[child.tag]
            if name == "Refs":
                self._references(child, names)
            elif name == "RltdPties":
                self._parties(child, names)
            elif name == "RmtInf":
                self._remittance(child, names)
            elif name == "RtrInf":
                self._return(child, names)
            elif name == "AddtlTxInf":
                additional = child.text
            elif name == "Amt":
                self.amount, self.currency = child.text, child.get("Ccy")
            elif name == "CdtDbtInd":
                self.sign = child.text
            else:
                self.rest.append(_kept(name, child))
                if name == "AmtDtls" and wanted_amount and self.amount is None:
                    self._amount_details(child, names)
        if additional:
            if self.text:
                self.rest.append(additional)
            else:
                self.text = joined_lines([additional])

    def _references(self, element: Any, names: LocalNames) -> None:
        for child in element:
            name = names[child.tag]
            if name == "EndToEndId":
                self.end_to_end_id = shown_end_to_end_id(child.text)
            elif name == "AcctSvcrRef":
                self.bank_reference = child.text
            else:
                self.rest.append(_kept(name, child) if len(child) else f"{name} {child.text}")

    def _parties(self, element: Any, names: LocalNames) -> None:
        for child in element:
            name = names[child.tag]
            if name == "Dbtr":
                self.dbtr = _party_name(child, names, self.rest)
            elif name == "DbtrAcct":
                self.dbtr_account = account_number(child, names)
            elif name == "Cdtr":
                self.cdtr = _party_name(child, names, self.rest)
            elif name == "CdtrAcct":
                self.cdtr_account = account_number(child, names)
            elif name in ("UltmtDbtr", "UltmtCdtr"):
                if party := _party_name(child, names, self.rest):
                    self.ultimate.append(party)
            else:
                self.rest.append(_kept(name, child))

    def _remittance(self, element: Any, names: LocalNames) -> None:
        lines = []
        for child in element:
            if names[child.tag] == "Ustrd":
                lines.append(child.text or "")
                continue
            for part in child:
                name = names[part.tag]
                if name == "CdtrRefInf":
                    for reference in part:
                        if names[reference.tag] == "Ref" and self.reference is None:
                            self.reference = (reference.text or "").strip() or None
                elif name == "AddtlRmtInf":
                    lines.append(part.text or "")
                elif name == "RfrdDocInf":
                    lines.extend(number.text or "" for number in part if names[number.tag] == "Nb")
                else:
                    self.rest.append(_kept(name, part))
        self.text = joined_lines(lines)

    def _return(self, element: Any, names: LocalNames) -> None:
        self.returned = True
        for child in element:
            if names[child.tag] == "Rsn" and len(child):
                self.return_reason = (child[0].text or "").strip() or None
            else:
                self.rest.append(_kept(names[child.tag], child))

    def _amount_details(self, element: Any, names: LocalNames) -> None:
        """The amount of one payment in a batch where it only stands in AmtDtls: what was booked, else instructed."""
        for kind in ("TxAmt", "InstdAmt"):
            for child in element:
                if names[child.tag] == kind and len(child) and names[child[0].tag] == "Amt":
                    self.amount, self.currency = child[0].text, child[0].get("Ccy")
                    return

    def counterparty(self, received: bool, reversal: bool, own: str | None) -> tuple[str | None, str | None]:
        """The other side: who paid us or whom we paid; what comes back goes the other way."""
        sides = [(self.dbtr, self.dbtr_account), (self.cdtr, self.cdtr_account)]
        if received == (reversal or self.returned):
            sides.reverse()
        name, account = sides[0]
        if (own is not None and account == own) or (name is None and account is None):
            other = sides[1]
            if other != (None, None) and other[1] != own:
                name, account = other
        return name, account


def read_entry(element: Any, names: LocalNames, own_account: str | None) -> EntryRead:
    """One entry with its sign, dates, other side, references and text; a batch keeps its payments in `details`."""
    children: dict[str, Any] = {}
    payments: list[Any] = []
    for child in element:
        name = names[child.tag]
        if name == "NtryDtls":
            for part in child:
                if names[part.tag] == "TxDtls":
                    payments.append(part)
                else:
                    children["Btch"] = part
        else:
            children[name] = child
    amount_element = children.get("Amt")
    amount = money("" if amount_element is None else amount_element.text or "", "an entry")
    currency = "" if amount_element is None else amount_element.get("Ccy") or ""
    received = _value(children, "CdtDbtInd") != "DBIT"
    if not received:
        amount = -amount
    booked_on = _day(children.get("BookgDt"))
    value_on = _day(children.get("ValDt"))
    status = children.get("Sts")
    state = (
        None if status is None else (status.text or "").strip() or (status[0].text if len(status) else None)
    )
    bank_reference = _value(children, "AcctSvcrRef") or _value(children, "NtryRef")
    facts = _Facts(booked_on or value_on, value_on, received, own_account, bank_reference)
    facts.reversal = _value(children, "RvslInd") in ("true", "1")
    facts.pending = (state or "").strip() in PENDING
    facts.additional = _value(children, "AddtlNtryInf") or ""
    facts.rest = [_kept(name, child) for name, child in children.items() if name not in READ]
    if len(payments) == 1:
        return facts.single(_Payment(payments[0], names, wanted_amount=False), amount, currency)
    return facts.batch([_Payment(part, names, wanted_amount=True) for part in payments], amount, currency)


class _Facts:
    """What an entry says of all its payments."""

    __slots__ = (
        "additional",
        "bank_reference",
        "booked_on",
        "own",
        "pending",
        "received",
        "rest",
        "reversal",
        "value_on",
    )

    def __init__(
        self,
        booked_on: dt.date | None,
        value_on: dt.date | None,
        received: bool,
        own: str | None,
        bank_reference: str | None,
    ) -> None:
        self.booked_on, self.value_on, self.received, self.own = booked_on, value_on, received, own
        self.bank_reference = bank_reference
        self.reversal = self.pending = False
        self.additional = ""
        self.rest: list[str] = []

    def single(self, payment: _Payment, amount: Decimal, currency: str) -> EntryRead:
        name, account = payment.counterparty(self.received, self.reversal, self.own)
        text = payment.text
        reference, end_to_end_id, reason = payment.reference, payment.end_to_end_id, payment.return_reason
        if self.additional and not (text and (name or account)):
            spoken = read_narrative([self.additional])
            name, account = name or spoken.name, account or spoken.iban
            text = text or ("" if reference else spoken.text)
            reference = reference or spoken.reference
            end_to_end_id = end_to_end_id or spoken.end_to_end_id
            reason = reason or spoken.return_reason
        for party in payment.ultimate:
            if party != name:
                text = f"{text} {party}".strip()
        return EntryRead(
            self.booked_on,
            self.value_on,
            amount,
            currency,
            name,
            account if is_iban(account) else None,
            reference,
            end_to_end_id,
            text,
            reason,
            self.bank_reference or payment.bank_reference,
            self.reversal,
            self.pending,
            (),
            self._raw(payment.rest),
        )

    def _raw(self, rest: list[str]) -> str:
        """What the entry and the payment say beside the fields; the bank's own sentence too."""
        if self.additional:
            return _one_line([self.additional, *self.rest, *rest])
        return _one_line(self.rest + rest)

    def batch(self, payments: list[_Payment], amount: Decimal, currency: str) -> EntryRead:
        """An entry without payments, or with several: the entry says what they have in common."""
        spoken = read_narrative([self.additional]) if self.additional else Narrative()
        details = tuple(self._part(payment, currency) for payment in payments)
        reasons = {part.return_reason for part in details if part.return_reason}
        return EntryRead(
            self.booked_on,
            self.value_on,
            amount,
            currency,
            spoken.name,
            spoken.iban,
            spoken.reference,
            spoken.end_to_end_id,
            spoken.text or " ".join(self.additional.split()),
            min(reasons) if reasons else spoken.return_reason,
            self.bank_reference,
            self.reversal,
            self.pending,
            details,
            self._raw([]),
        )

    def _part(self, payment: _Payment, currency: str) -> EntryRead:
        received = self.received if payment.sign is None else payment.sign.strip() != "DBIT"
        value = money(payment.amount.strip(), "a payment in a batch") if payment.amount else Decimal(0)
        name, account = payment.counterparty(received, self.reversal, self.own)
        return EntryRead(
            self.booked_on,
            self.value_on,
            value if received else -value,
            payment.currency or currency,
            name,
            account if is_iban(account) else None,
            payment.reference,
            payment.end_to_end_id,
            " ".join([payment.text, *(p for p in payment.ultimate if p != name)]).strip(),
            payment.return_reason,
            payment.bank_reference or self.bank_reference,
            self.reversal,
            self.pending,
            (),
            _one_line(payment.rest),
        )


def _value(children: dict[str, Any], name: str) -> str | None:
    child = children.get(name)
    return None if child is None else (child.text or "").strip() or None


def _day(element: Any) -> dt.date | None:
    if element is not None:
        for day in element:
            return iso_date((day.text or "").strip())
    return None
