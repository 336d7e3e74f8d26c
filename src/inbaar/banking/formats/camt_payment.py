"""Reads one payment (TxDtls) of a camt entry: parties, references, text, why it came back. Called by `camt_entry`.

Only the branches that have a field in EntryRead are gone into; the texts of all others are kept in `rest`, with the
name the message gives them.
"""

import datetime as dt
import re
import sys
from decimal import Decimal
from functools import lru_cache
from typing import Any

from inbaar.banking.formats.text import is_iban, joined_lines, shown_end_to_end_id
from inbaar.banking.statements import StatementRefused

#: What ISO 20022 allows of an amount: no sign (CdtDbtInd says which way it goes), no exponent, five decimals.
AMOUNT = re.compile(r"\+?(?:[0-9]{1,18}(?:\.[0-9]{0,5})?|\.[0-9]{1,5})").fullmatch
SHOWN = 40
#: By what the payments of a batch are known to belong together: the message and the batch they were ordered in.
BATCH_IDS = frozenset(("MsgId", "PmtInfId"))


def is_received(sign: str | None, what: str) -> bool:
    """Whether money came in, as CdtDbtInd says; refuses what says neither, for guessing would turn an amount round."""
    if sign == "CRDT":
        return True
    if sign == "DBIT":
        return False
    raise StatementRefused(
        "sign",
        f"It is not said whether {what} is money in or out (CdtDbtInd is {(sign or '')[:SHOWN]!r}, not CRDT or DBIT). "
        "Download the statement from the bank again.",
    )


class LocalNames(dict[str, str]):
    """The element names without their namespace, each worked out once: this is asked forty times an entry."""

    def __missing__(self, tag: str) -> str:
        name = sys.intern(tag.rpartition("}")[2])
        self[tag] = name
        return name


@lru_cache(maxsize=4096)
def iso_date(text: str | None) -> dt.date | None:
    """The day in a date or a moment of XML Schema (the day as the bank wrote it, in its own time zone).

    None where nothing is written; refuses a day that does not exist, for the days decide what is owed.
    """
    written = (text or "").strip()
    if not written:
        return None
    try:
        return dt.date.fromisoformat(written[:10])
    except ValueError:
        raise StatementRefused(
            "date",
            f"The date {written[:SHOWN]!r} does not exist. Download the statement from the bank again.",
        ) from None


def money(text: str, what: str) -> Decimal:
    """An amount, exactly as written; refuses what is not a number."""
    if AMOUNT(text) or AMOUNT(text := text.strip()):
        return Decimal(text)
    why = "is not a number"
    if text[:1] == "-" and AMOUNT(text[1:]):
        why = "is below zero, while CdtDbtInd says which way it goes"
    raise StatementRefused(
        "amount",
        f"The amount {text[:SHOWN]!r} of {what} {why}. Download the statement from the bank again.",
    )


def account_number(account: Any, names: LocalNames) -> str | None:
    """The IBAN of an account element, or the other number it is known by."""
    for child in account[:]:
        if names[child.tag] == "Id":
            for identification in child[:]:
                if names[identification.tag] == "IBAN":
                    return (identification.text or "").strip() or None
                for other in identification:
                    if names[other.tag] == "Id":
                        return (other.text or "").strip() or None
    return None


def kept(name: str, element: Any) -> str:
    """What stands in a branch no field has a place for: `BkTxCd PMNT RCDT ESCT`, `Chrgs EUR 2.50`."""
    if not len(element):
        return f"{name} {element.text or ''}"
    if name in ("AmtDtls", "Chrgs"):
        words = [word for part in element.iter() for word in (part.get("Ccy"), part.text) if word]
    else:
        words = [text for part in element.iter() if (text := part.text)]
    return name + " " + " ".join(words)


def _says_only(details: Any, amount: str) -> bool:
    """Whether the amount details tell no more than the amount we have: one amount, the same."""
    return len(details) == 1 and len(details[0]) == 1 and details[0][0].text == amount


def one_line(texts: list[str]) -> str:
    """The kept texts behind each other; what layout of the file is left in them is taken out once for all."""
    line = "; ".join(texts)
    return " ".join(line.split()) if "\n" in line or "  " in line or "\t" in line else line.strip()


def _party_name(party: Any, names: LocalNames, rest: list[str]) -> str | None:
    found = None
    for child in party[:]:
        name = names[child.tag]
        if name == "Nm":
            found = (child.text or "").strip() or None
        elif name == "Pty":
            found = _party_name(child, names, rest)
        else:
            rest.append(kept(name, child))
    return found


class Payment:
    """What one TxDtls says; `None` where it says nothing."""

    amount: str | None = None
    bank_reference: str | None = None
    batch_ids: tuple[str, ...] = ()
    cdtr: str | None = None
    cdtr_account: str | None = None
    currency: str | None = None
    dbtr: str | None = None
    dbtr_account: str | None = None
    end_to_end_id: str | None = None
    other_amounts: tuple[Any, ...] = ()
    reference: str | None = None
    return_reason: str | None = None
    returned = False
    sign: str | None = None
    text = ""
    ultimate: tuple[str, ...] = ()

    def __init__(self, details: Any, names: LocalNames, entry_amount: str | None = None) -> None:
        """`entry_amount` is given where this is the entry's only payment, whose amount is then not told twice."""
        self.rest: list[str] = []
        additional = None
        for child in details[:]:
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
            elif name != "AmtDtls":
                self.rest.append(kept(name, child))
                if name == "Chrgs":
                    self.other_amounts = (*self.other_amounts, child)
            elif entry_amount is None or not _says_only(child, entry_amount):
                self.rest.append(kept(name, child))
                self.other_amounts = (*self.other_amounts, child)
                if self.amount is None:
                    self._amount_details(child, names)
        if additional:
            if self.text:
                self.rest.append(additional)
            else:
                self.text = joined_lines([additional])

    def _references(self, element: Any, names: LocalNames) -> None:
        for child in element[:]:
            name = names[child.tag]
            if name == "EndToEndId":
                self.end_to_end_id = shown_end_to_end_id(child.text)
            elif name == "AcctSvcrRef":
                self.bank_reference = child.text
            else:
                self.rest.append(kept(name, child) if len(child) else f"{name} {child.text}")
                if name in BATCH_IDS and child.text:
                    self.batch_ids = (*self.batch_ids, child.text.strip())

    def _parties(self, element: Any, names: LocalNames) -> None:
        for child in element[:]:
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
                    self.ultimate = (*self.ultimate, party)
            else:
                self.rest.append(kept(name, child))

    def _remittance(self, element: Any, names: LocalNames) -> None:
        lines = []
        for child in element[:]:
            if names[child.tag] == "Ustrd":
                lines.append(child.text or "")
                continue
            for part in child[:]:
                name = names[part.tag]
                if name == "CdtrRefInf":
                    for reference in part[:]:
                        if names[reference.tag] == "Ref" and self.reference is None:
                            self.reference = (reference.text or "").strip() or None
                elif name == "AddtlRmtInf":
                    lines.append(part.text or "")
                elif name == "RfrdDocInf":
                    lines.extend(number.text or "" for number in part if names[number.tag] == "Nb")
                else:
                    self.rest.append(kept(name, part))
        self.text = joined_lines(lines)

    def _return(self, element: Any, names: LocalNames) -> None:
        self.returned = True
        for child in element[:]:
            if names[child.tag] == "Rsn" and len(child):
                self.return_reason = (child[0].text or "").strip() or None
            else:
                self.rest.append(kept(names[child.tag], child))

    def _amount_details(self, element: Any, names: LocalNames) -> None:
        """The amount of one payment in a batch where it only stands in AmtDtls: what was booked, else instructed."""
        for kind in ("TxAmt", "InstdAmt"):
            for child in element[:]:
                if names[child.tag] == kind and len(child) and names[child[0].tag] == "Amt":
                    self.amount, self.currency = child[0].text, child[0].get("Ccy")
                    return

    def counterparty(self, received: bool, reversal: bool, own: str | None) -> tuple[str | None, str | None]:
        """The other side: who paid us or whom we paid; what comes back goes the other way."""
        if received != (reversal or self.returned):
            name, account = self.dbtr, self.dbtr_account
            other_name, other_account = self.cdtr, self.cdtr_account
        else:
            name, account = self.cdtr, self.cdtr_account
            other_name, other_account = self.dbtr, self.dbtr_account
        nobody = name is None and account is None
        other_is_somebody = bool(other_name or other_account) and (
            other_account is None or other_account != own
        )
        if other_is_somebody and (nobody or (own is not None and account == own)):
            name, account = other_name, other_account
        if account is not None and not is_iban(account):
            self.rest.append(f"account {account}")
            account = None
        return name, account
