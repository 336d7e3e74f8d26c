"""A bank reads what its customer hands in to collect: direct debits as pain.008. Called by the debit desk.

It takes nothing on trust: counts and sums must tie, the creditor identifier and each account must pass their checks.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from inbaar.market.orders import amount_of, day_of, is_account, text_at

SEQUENCES = ("FRST", "RCUR", "FNAL", "OOFF")


@dataclass(frozen=True, slots=True)
class Collection:
    """One debit that is ordered. `fault` is the reason code under which the bank rejects it; empty if it will collect."""

    end_to_end_id: str
    amount: Decimal
    mandate: str
    signed_on: date | None
    name: str
    iban: str
    text: str
    fault: str


@dataclass(frozen=True, slots=True)
class CollectionFile:
    """A file of debits of one day. `fault` is the reason code under which the bank rejects it as a whole."""

    message: str
    message_id: str
    payment_info_id: str
    account: str
    scheme: str
    sequence: str
    collect_on: date | None
    creditor_id: str
    collections: tuple[Collection, ...]
    fault: str


def read_collections(content: bytes) -> CollectionFile:
    """The debits in a file; one that is no such file is rejected whole (FF01)."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return CollectionFile("", "", "", "", "", "", None, "", (), "FF01")
    collections = tuple(_collection(element) for element in root.iterfind(".//{*}DrctDbtTxInf"))
    message = (etree.QName(root).namespace or "").rpartition("xsd:")[2]
    creditor = text_at(root, ".//{*}CdtrSchmeId//{*}Othr/{*}Id")
    sequence = text_at(root, ".//{*}SeqTp")
    return CollectionFile(
        message, text_at(root, ".//{*}GrpHdr/{*}MsgId"), text_at(root, ".//{*}PmtInfId"),
        text_at(root, ".//{*}CdtrAcct/{*}Id/{*}IBAN"), text_at(root, ".//{*}LclInstrm/{*}Cd"), sequence,
        day_of(text_at(root, ".//{*}ReqdColltnDt")), creditor, collections,
        _fault(root, message, collections, creditor, sequence),
    )  # fmt: skip


def _fault(root: Any, message: str, collections: tuple[Collection, ...], creditor: str, sequence: str) -> str:
    """Why the whole file is rejected: no such file, a count or sum that does not tie, a creditor or sequence that is none."""
    total = sum((one.amount for one in collections), Decimal(0))
    if not message.startswith("pain.008.") or not collections:
        return "FF01"
    if text_at(root, ".//{*}GrpHdr/{*}NbOfTxs") != str(len(collections)):
        return "AM18"
    if amount_of(text_at(root, ".//{*}GrpHdr/{*}CtrlSum")) != total:
        return "AM10"
    if not _is_creditor(creditor):
        return "BE05"
    return "" if sequence in SEQUENCES else "AG02"


def _collection(element: Any) -> Collection:
    account, value = (
        text_at(element, "{*}DbtrAcct/{*}Id/{*}IBAN"),
        amount_of(text_at(element, "{*}InstdAmt")),
    )
    mandate = text_at(element, ".//{*}MndtId")
    signed_on = day_of(text_at(element, ".//{*}DtOfSgntr"))
    fault = ""
    if not is_account(account):
        fault = "AC01"
    elif not mandate or signed_on is None:
        fault = "MD02"
    elif value <= 0:
        fault = "AM01"
    return Collection(
        text_at(element, "{*}PmtId/{*}EndToEndId"), value, mandate, signed_on, text_at(element, "{*}Dbtr/{*}Nm"), account,
        text_at(element, "{*}RmtInf/{*}Ustrd"), fault,
    )  # fmt: skip


def _is_creditor(text: str) -> bool:
    """Whether the check digits of a creditor identifier are those of the rest, its business code left out (mod 97)."""
    if len(text) < 8 or not text.isascii() or not text.isalnum():
        return False
    moved = text[7:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1
