"""Reads one entry (Ntry) of a camt message into an EntryRead, in one walk. Called by `camt053` for each entry.

What has no field is kept in `raw`: the branches that are not gone into, with their names.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from inbaar.banking.formats.camt_amounts import OtherAmounts, other_amounts
from inbaar.banking.formats.camt_payment import (
    BATCH_IDS,
    LocalNames,
    Payment,
    is_received,
    iso_date,
    kept,
    money,
    one_line,
)
from inbaar.banking.formats.narrative import Narrative, read_narrative
from inbaar.banking.statements import EntryRead

PENDING = ("PDNG", "FUTR", "INFO")
NO_OTHER_AMOUNTS = OtherAmounts()
# Sub-families of ISO 20022 for money that comes or goes back: a return, an unpaid direct debit, a cancelled payment.
RETURNED = re.compile(r"\b(?:RRTN|UPDD|PRDD|RPCR|UPCT|UPCQ)\b").search


def read_entry(element: Any, names: LocalNames, own_account: str | None) -> EntryRead:
    """One entry with its sign, dates, other side, references and text; a batch keeps its payments in `details`."""
    return _Entry(element, names, own_account).read()


class _Entry:
    """What an entry says of all its payments; a default where it says nothing."""

    additional = ""
    amount_text = currency = sign = ""
    bank_reference: str | None = None
    booked_on: dt.date | None = None
    value_on: dt.date | None = None
    reversal = pending = returned = False

    def __init__(self, element: Any, names: LocalNames, own_account: str | None) -> None:
        self.own, self.names = own_account, names
        self.payments: list[Any] = []
        self.rest: list[str] = []
        self.amounts: list[Any] = []
        self.batch_ids: list[str] = []
        for child in element[:]:
            name = names[child.tag]
            if name == "NtryDtls":
                self._details(child)
            elif name == "Amt":
                self.amount_text, self.currency = child.text or "", child.get("Ccy") or ""
            elif name == "CdtDbtInd":
                self.sign = (child.text or "").strip()
            elif name == "BkTxCd":
                self.rest.append(self._transaction_code(name, child))
            elif name == "BookgDt":
                self.booked_on = _day(child)
            elif name == "ValDt":
                self.value_on = _day(child)
            else:
                self._other(name, child)
        self.received = is_received(self.sign, "an entry")

    def _transaction_code(self, name: str, child: Any) -> str:
        code = kept(name, child)
        if RETURNED(code):
            self.returned = True
        return code

    def _other(self, name: str, child: Any) -> None:
        text = (child.text or "").strip()
        if name == "Sts":
            self.pending = (text or (child[0].text if len(child) else "")) in PENDING
        elif name == "RvslInd":
            self.reversal = text in ("true", "1")
        elif name == "AddtlNtryInf":
            self.additional = text
        elif name == "AcctSvcrRef" or (name == "NtryRef" and self.bank_reference is None):
            if self.bank_reference:
                self.rest.append(f"NtryRef {self.bank_reference}")
            self.bank_reference = text or None
        else:
            self.rest.append(kept(name, child))
            if name in ("Chrgs", "AmtDtls"):
                self.amounts.append(child)

    def _details(self, element: Any) -> None:
        for part in element[:]:
            if self.names[part.tag] == "TxDtls":
                self.payments.append(part)
            else:
                self.rest.append(kept(self.names[part.tag], part))
                self.batch_ids += [
                    mark.text.strip() for mark in part if mark.text and self.names[mark.tag] in BATCH_IDS
                ]

    def _amounts(self, amount: Decimal, currency: str, told: tuple[Any, ...]) -> OtherAmounts:
        branches = (*told, *self.amounts)
        return other_amounts(amount, currency, branches, self.names) if branches else NO_OTHER_AMOUNTS

    def read(self) -> EntryRead:
        amount = money(self.amount_text, "an entry")
        if not self.received:
            amount = -amount
        if len(self.payments) == 1:
            return self._single(Payment(self.payments[0], self.names, self.amount_text), amount)
        return self._batch([Payment(part, self.names) for part in self.payments], amount)

    def _single(self, payment: Payment, amount: Decimal) -> EntryRead:
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
        if payment.ultimate:
            text = _with_ultimate(text, payment, name)
        own_reference = payment.bank_reference
        if own_reference and self.bank_reference and own_reference != self.bank_reference:
            self.rest.append(f"AcctSvcrRef {own_reference}")
        return EntryRead(
            self.booked_on or self.value_on,
            self.value_on,
            amount,
            self.currency,
            name,
            account,
            reference,
            end_to_end_id,
            text,
            reason,
            self.bank_reference or own_reference,
            self.reversal,
            self.pending,
            (),
            self._raw(payment.rest),
            self.returned or payment.returned,
            *self._amounts(amount, self.currency, payment.other_amounts),
            (*self.batch_ids, *payment.batch_ids),
        )

    def _raw(self, rest: list[str]) -> str:
        """What the entry and the payment say beside the fields; the bank's own sentence too."""
        if self.additional:
            return one_line([self.additional, *self.rest, *rest])
        return one_line(self.rest + rest)

    def _batch(self, payments: list[Payment], amount: Decimal) -> EntryRead:
        """An entry without payments, or with several: the entry says what they have in common."""
        spoken = read_narrative([self.additional]) if self.additional else Narrative()
        details = tuple(self._part(payment) for payment in payments)
        reasons = {part.return_reason for part in details if part.return_reason}
        return EntryRead(
            self.booked_on or self.value_on,
            self.value_on,
            amount,
            self.currency,
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
            self.returned or any(part.returned for part in details),
            *self._amounts(amount, self.currency, ()),
            tuple(self.batch_ids) or (payments[0].batch_ids if payments else ()),
        )

    def _part(self, payment: Payment) -> EntryRead:
        received = self.received
        if payment.sign is not None:
            received = is_received(payment.sign.strip(), "a payment in a batch")
        value = money(payment.amount.strip(), "a payment in a batch") if payment.amount else Decimal(0)
        name, account = payment.counterparty(received, self.reversal, self.own)
        signed, currency = (value if received else -value), payment.currency or self.currency
        told = payment.other_amounts
        return EntryRead(
            self.booked_on or self.value_on,
            self.value_on,
            signed,
            currency,
            name,
            account,
            payment.reference,
            payment.end_to_end_id,
            _with_ultimate(payment.text, payment, name),
            payment.return_reason,
            payment.bank_reference or self.bank_reference,
            self.reversal,
            self.pending,
            (),
            one_line(payment.rest),
            self.returned or payment.returned,
            *(other_amounts(signed, currency, told, self.names) if told else NO_OTHER_AMOUNTS),
        )


def _with_ultimate(text: str, payment: Payment, name: str | None) -> str:
    """The text and, behind it, for whom the payment was made or meant where that is somebody else."""
    return " ".join([text, *(party for party in payment.ultimate if party != name)]).strip()


def _day(element: Any) -> dt.date | None:
    return iso_date(element[0].text) if len(element) else None
