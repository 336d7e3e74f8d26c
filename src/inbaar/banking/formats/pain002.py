"""Reads the bank's report on a file of payments (pain.002, any version): what it says of the whole and of each payment.

Called by the import of reports. Read as a stream, one payment at a time; a document type declaration is refused, so
entities never expand. Nothing is guessed: a status that is not four letters, or a report on no file, refuses it.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from lxml import etree

from inbaar.banking.formats.camt053 import refuse_unsafe_or_foreign
from inbaar.banking.statements import StatementRefused

MAX_BYTES = 100_000_000
MOST_PAYMENTS = 200_000
_MARK = re.compile(rb"pain\.002\.|CstmrPmtStsRpt")
_STATUS = re.compile(r"[A-Z]{4}", re.ASCII).fullmatch
_TAGS = ("{*}GrpHdr", "{*}OrgnlGrpInfAndSts", "{*}OrgnlPmtInfAndSts", "{*}TxInfAndSts")
_AGAIN = "Download the report from the bank again."


class Told(NamedTuple):
    """A status as the bank gives it, with its reason's code and words; empty where it says nothing."""

    status: str = ""
    reason: str = ""
    text: str = ""


NOTHING = Told()


class PaymentTold(NamedTuple):
    """What is told of one payment, by the end-to-end id it was sent with."""

    end_to_end_id: str
    told: Told


@dataclass(frozen=True, slots=True)
class ReportRead:
    """A report: of which file, what of the whole, of each part of it, and of each payment it names."""

    format: str = ""
    message_id: str = ""
    original_message_id: str = ""
    original_format: str = ""
    group: Told = NOTHING
    batches: tuple[Told, ...] = ()
    payments: tuple[PaymentTold, ...] = ()


def is_report(head: bytes) -> bool:
    """Whether the beginning of a file is that of a status report."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and _MARK.search(head[:4096]) is not None


def read_report(content: bytes) -> ReportRead:
    """The report in a file; raises StatementRefused for what is none, is damaged, or could do harm."""
    if len(content) > MAX_BYTES:
        raise StatementRefused(
            "size", f"The report is {len(content):,} bytes, more than {MAX_BYTES:,}. {_AGAIN}"
        )
    try:
        stream = io.BytesIO(content)
        refuse_unsafe_or_foreign(stream)
        read = _read(stream)
    except etree.XMLSyntaxError as error:
        reason = " ".join(str(error.msg).split())
        raise StatementRefused("xml", f"The XML is cut off or damaged: {reason}. {_AGAIN}") from None
    if not read.original_message_id:
        raise StatementRefused(
            "format",
            f"The XML reports on no file (CstmrPmtStsRpt with OrgnlMsgId). Offer a pain.002. {_AGAIN}",
        )
    return read


def _read(stream: io.BytesIO) -> ReportRead:
    """The parts in their order; the payments are many, so each is let go as soon as it was read."""
    read = ReportRead()
    batches: list[Told] = []
    payments: list[PaymentTold] = []
    for element in _parts(stream):
        name = _local(element)
        if name == "GrpHdr":
            read = replace(read, message_id=_text(element, "MsgId"), format=_message(element))
        elif name == "OrgnlGrpInfAndSts":
            read = replace(
                read, original_message_id=_text(element, "OrgnlMsgId"), original_format=_text(element, "OrgnlMsgNmId"),
                group=_told(element, "GrpSts"),
            )  # fmt: skip
        elif name == "OrgnlPmtInfAndSts":
            batches.append(_told(element, "PmtInfSts"))
        else:
            payments.append(PaymentTold(_text(element, "OrgnlEndToEndId"), _told(element, "TxSts")))
            if len(payments) > MOST_PAYMENTS:
                raise StatementRefused(
                    "size", f"The report names more than {MOST_PAYMENTS:,} payments. {_AGAIN}"
                )
            _let_go(element)
    return replace(read, batches=tuple(batches), payments=tuple(payments))


def _parts(stream: io.BytesIO) -> Iterator[Any]:
    events = etree.iterparse(
        stream, events=("end",), tag=_TAGS, resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True, remove_blank_text=True,
    )  # fmt: skip
    for _, element in events:
        yield element


def _let_go(element: Any) -> None:
    """Take a payment that was read out of the tree, and those before it."""
    parent = element.getparent()
    element.clear()
    previous = element.getprevious()
    if parent is not None and previous is not None and _local(previous) == "TxInfAndSts":
        parent.remove(previous)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _message(element: Any) -> str:
    """The message's name by its namespace: `pain.002.001.10`."""
    return str(element.tag).rpartition("}")[0].rpartition("xsd:")[2][:20]


def _text(element: Any, name: str) -> str:
    """The text of a child, at most as long as an id may be."""
    found = element.find("{*}" + name)
    return "" if found is None else (found.text or "").replace("\0", "").strip()[:35]


def _told(element: Any, name: str) -> Told:
    status = _text(element, name)
    if status and not _STATUS(status):
        raise StatementRefused(
            "status", f"The status {status!r} ({name}) is no code of four letters. {_AGAIN}"
        )
    reason, words = "", []
    for info in element.iterfind("{*}StsRsnInf"):
        code = info.find("{*}Rsn/{*}Cd")
        code = info.find("{*}Rsn/{*}Prtry") if code is None else code
        reason = reason or ("" if code is None else (code.text or "").strip()[:35])
        words += [(line.text or "").strip() for line in info.iterfind("{*}AddtlInf")]
    return Told(status, reason, " ".join(filter(None, words))[:300])
