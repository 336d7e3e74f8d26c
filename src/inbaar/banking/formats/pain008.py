"""Writes direct debits as pain.008.001.08, as a stream: SEPA, one account, one day, one scheme and sequence, one file.

Called where a batch was approved, by nobody else: whatever is written here is taken from accounts. The pieces are small
and none is kept, so a file of any size is written in the same memory. What no bank would take ends the writing, and so does
a count or a sum that is not the one that was approved.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from inbaar.banking.formats.sepa_text import is_identifier, sepa_text

MESSAGE = "pain.008.001.08"
LONGEST_NAME, LONGEST_TEXT = 70, 140
PIECE = 500
#: What stands where the account was, when it moved to another bank: same mandate, new debtor account.
MOVED = "SMNDA"
SCHEMES, SEQUENCES = ("CORE", "B2B"), ("OOFF", "FRST", "RCUR", "FNAL")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII).fullmatch
_AMOUNT = re.compile(r"[0-9]{1,9}\.[0-9]{2}", re.ASCII).fullmatch
_CREDITOR = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", re.ASCII).fullmatch


class Original(NamedTuple):
    """What a mandate said when it was last presented, where it says otherwise now; empty where it does not.

    `iban` is the old account, or `MOVED` where the account is at another bank now.
    """

    creditor_id: str = ""
    creditor_name: str = ""
    iban: str = ""


UNCHANGED = Original()


class DebitOut(NamedTuple):
    """One collection. `amount` in euro, two decimals; `signed_on` is the mandate's day, `text` what the debtor reads."""

    end_to_end_id: str
    amount: Decimal
    mandate: str
    signed_on: dt.date
    original: Original
    name: str
    iban: str
    text: str


@dataclass(frozen=True, slots=True)
class DebitHead:
    """What a file says before its collections: who collects, under which scheme, when, how many and how much together.

    `created_at` is in Dutch time; `collect_on` is the day on which accounts are debited.
    """

    message_id: str
    created_at: dt.datetime
    collect_on: dt.date
    scheme: str
    sequence: str
    creditor: str
    creditor_id: str
    iban: str
    count: int
    total: Decimal


def write_debits(head: DebitHead, debits: Iterable[DebitOut]) -> Iterator[bytes]:
    """The file, piece by piece; a ValueError for what may not be written, at the latest with the last piece."""
    yield head_of(head).encode()
    count, total, piece = 0, Decimal(0), []
    for debit in debits:
        piece.append(debit_element(debit))
        count += 1
        total += debit.amount
        if len(piece) == PIECE:
            yield "".join(piece).encode()
            piece.clear()
    if (count, total) != (head.count, head.total):
        raise ValueError(
            f"{head.message_id}: {count} collections of {total} were given, {head.count} of {head.total} were approved; "
            "nothing of this file may leave"
        )
    yield ("".join(piece) + END).encode()


END = "</PmtInf></CstmrDrctDbtInitn></Document>\n"


def head_of(head: DebitHead) -> str:
    """All that stands before the first collection."""
    if not is_identifier(head.message_id) or not _IBAN(head.iban) or head.count < 1:
        raise ValueError(
            f"{head.message_id!r} of {head.iban!r} with {head.count} collections is no file for a bank"
        )
    if not _CREDITOR(head.creditor_id) or head.scheme not in SCHEMES or head.sequence not in SEQUENCES:
        raise ValueError(
            f"{head.message_id}: {head.creditor_id!r} may not collect as {head.scheme!r} {head.sequence!r}"
        )
    sums = f"<NbOfTxs>{head.count}</NbOfTxs><CtrlSum>{head.total:.2f}</CtrlSum>"
    creditor = _written(head.creditor, LONGEST_NAME)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{MESSAGE}"><CstmrDrctDbtInitn>'
        f"<GrpHdr><MsgId>{head.message_id}</MsgId><CreDtTm>{head.created_at:%Y-%m-%dT%H:%M:%S}</CreDtTm>{sums}"
        f"<InitgPty><Nm>{creditor}</Nm></InitgPty></GrpHdr>"
        f"<PmtInf><PmtInfId>{head.message_id}</PmtInfId><PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg>{sums}"
        f"<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>{head.scheme}</Cd></LclInstrm>"
        f"<SeqTp>{head.sequence}</SeqTp></PmtTpInf><ReqdColltnDt>{head.collect_on.isoformat()}</ReqdColltnDt>"
        f"<Cdtr><Nm>{creditor}</Nm></Cdtr><CdtrAcct><Id><IBAN>{head.iban}</IBAN></Id><Ccy>EUR</Ccy></CdtrAcct>"
        "<CdtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></CdtrAgt><ChrgBr>SLEV</ChrgBr>"
        f"<CdtrSchmeId>{_scheme_id(head.creditor_id)}</CdtrSchmeId>\n"
    )


def debit_element(debit: DebitOut) -> str:
    """One collection as it stands in the file."""
    end_to_end_id, amount, mandate, signed_on, original, name, iban, text = debit
    written = str(amount)
    if not (_IBAN(iban) and _AMOUNT(written) and amount > 0):
        raise ValueError(f"{end_to_end_id!r}: {written} from {iban!r} cannot be written for a bank")
    if not (is_identifier(end_to_end_id) and is_identifier(mandate)):
        raise ValueError(f"{end_to_end_id!r} on mandate {mandate!r} cannot be written for a bank")
    amendment = "" if original == UNCHANGED else _amendment(original)
    return (
        f"<DrctDbtTxInf><PmtId><EndToEndId>{end_to_end_id}</EndToEndId></PmtId>"
        f'<InstdAmt Ccy="EUR">{written}</InstdAmt>'
        f"<DrctDbtTx><MndtRltdInf><MndtId>{mandate}</MndtId><DtOfSgntr>{signed_on.isoformat()}</DtOfSgntr>"
        f"{amendment}</MndtRltdInf></DrctDbtTx>"
        "<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>"
        f"<Dbtr><Nm>{_written(name, LONGEST_NAME)}</Nm></Dbtr><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>"
        f"<RmtInf><Ustrd>{_written(text, LONGEST_TEXT)}</Ustrd></RmtInf></DrctDbtTxInf>\n"
    )


def _amendment(original: Original) -> str:
    """That the mandate was amended, with what it said before: who collected, and whose account it was."""
    creditor_id, creditor_name, iban = original
    parts = []
    if creditor_id or creditor_name:
        name = f"<Nm>{_written(creditor_name, LONGEST_NAME)}</Nm>" if creditor_name else ""
        parts.append(
            f"<OrgnlCdtrSchmeId>{name}{_scheme_id(creditor_id) if creditor_id else ''}</OrgnlCdtrSchmeId>"
        )
    if iban == MOVED:
        parts.append(f"<OrgnlDbtrAcct><Id><Othr><Id>{MOVED}</Id></Othr></Id></OrgnlDbtrAcct>")
    elif iban:
        if not _IBAN(iban):
            raise ValueError(f"{iban!r} was no account to be debited")
        parts.append(f"<OrgnlDbtrAcct><Id><IBAN>{iban}</IBAN></Id></OrgnlDbtrAcct>")
    return f"<AmdmntInd>true</AmdmntInd><AmdmntInfDtls>{''.join(parts)}</AmdmntInfDtls>"


def _scheme_id(creditor_id: str) -> str:
    return (
        f"<Id><PrvtId><Othr><Id>{creditor_id}</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id>"
    )


def _written(text: str, most: int) -> str:
    """The text in the scheme's letters, at most so long; an empty one may not stand in a file."""
    plain = sepa_text(text)[:most].strip()
    if not plain:
        raise ValueError(f"{text!r} leaves nothing to write for a bank")
    return plain  # of the five signs XML keeps for itself the scheme has only the apostrophe, which may stand here
