"""Writes credit transfers as pain.001.001.09, as a stream: SEPA, one debit account, one execution day, one file.

Called where a batch was approved, by nobody else: whatever is written here can be paid. The pieces are small and none is
kept, so a file of any size is written in the same memory. What no bank would take (an account, an amount, an id that is
none) ends the writing, and so does a count or a sum that is not the one that was approved.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from inbaar.banking.formats.sepa_text import is_identifier, sepa_text

MESSAGE = "pain.001.001.09"
LONGEST_NAME, LONGEST_TEXT = 70, 140
PIECE = 500
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII).fullmatch
_AMOUNT = re.compile(r"[0-9]{1,9}\.[0-9]{2}", re.ASCII).fullmatch
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII).fullmatch


class PostalAddress(NamedTuple):
    """An address in parts, as banks ask it since 15 November 2026; without a town there is none."""

    street: str = ""
    building: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""


class TransferOut(NamedTuple):
    """One payment. `amount` in euro, two decimals; either `text` or a payment `reference` goes with it."""

    end_to_end_id: str
    amount: Decimal
    name: str
    iban: str
    address: PostalAddress
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a file says before its payments: who pays from which account, when, how many and how much together.

    `created_at` is in Dutch time.
    """

    message_id: str
    created_at: dt.datetime
    execute_on: dt.date
    payer: str
    payer_address: PostalAddress
    iban: str
    count: int
    total: Decimal


def write_transfers(head: FileHead, transfers: Iterable[TransferOut]) -> Iterator[bytes]:
    """The file, piece by piece; a ValueError for what may not be written, at the latest with the last piece."""
    yield head_of(head).encode()
    count, total, piece = 0, Decimal(0), []
    for transfer in transfers:
        piece.append(transfer_element(transfer))
        count += 1
        total += transfer.amount
        if len(piece) == PIECE:
            yield "".join(piece).encode()
            piece.clear()
    if (count, total) != (head.count, head.total):
        raise ValueError(
            f"{head.message_id}: {count} payments of {total} were given, {head.count} of {head.total} were approved; "
            "nothing of this file may leave"
        )
    yield ("".join(piece) + END).encode()


END = "</PmtInf></CstmrCdtTrfInitn></Document>\n"


def head_of(head: FileHead) -> str:
    """All that stands before the first payment."""
    if not is_identifier(head.message_id) or not _IBAN(head.iban) or head.count < 1:
        raise ValueError(
            f"{head.message_id!r} of {head.iban!r} with {head.count} payments is no file for a bank"
        )
    sums = f"<NbOfTxs>{head.count}</NbOfTxs><CtrlSum>{head.total:.2f}</CtrlSum>"
    payer = _written(head.payer, LONGEST_NAME)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{MESSAGE}"><CstmrCdtTrfInitn>'
        f"<GrpHdr><MsgId>{head.message_id}</MsgId><CreDtTm>{head.created_at:%Y-%m-%dT%H:%M:%S}</CreDtTm>{sums}"
        f"<InitgPty><Nm>{payer}</Nm></InitgPty></GrpHdr>"
        f"<PmtInf><PmtInfId>{head.message_id}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>{sums}"
        "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>"
        f"<ReqdExctnDt><Dt>{head.execute_on.isoformat()}</Dt></ReqdExctnDt>"
        f"<Dbtr><Nm>{payer}</Nm>{address_element(head.payer_address)}</Dbtr>"
        f"<DbtrAcct><Id><IBAN>{head.iban}</IBAN></Id><Ccy>EUR</Ccy></DbtrAcct>"
        "<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>\n"
    )


def transfer_element(transfer: TransferOut) -> str:
    """One payment as it stands in the file."""
    end_to_end_id, amount, name, iban, address, text, reference = transfer
    written = str(amount)
    if not (_IBAN(iban) and _AMOUNT(written) and amount > 0 and is_identifier(end_to_end_id)):
        raise ValueError(f"{end_to_end_id!r}: {written} to {iban!r} cannot be written for a bank")
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{end_to_end_id}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{written}</InstdAmt></Amt>'
        f"<Cdtr><Nm>{_written(name, LONGEST_NAME)}</Nm>{address_element(address) if address.town else ''}</Cdtr>"
        f"<CdtrAcct><Id><IBAN>{iban}</IBAN></Id></CdtrAcct>"
        f"<RmtInf>{_reference(reference) if reference else f'<Ustrd>{_written(text, LONGEST_TEXT)}</Ustrd>'}</RmtInf>"
        "</CdtTrfTxInf>\n"
    )


def address_element(address: PostalAddress) -> str:
    """The address in its parts; nothing where there is no town."""
    if not address.town:
        return ""
    if not _COUNTRY(address.country):
        raise ValueError(f"an address in {address.town!r} without its country cannot be written for a bank")
    parts = (
        ("StrtNm", address.street, 70), ("BldgNb", address.building, 16), ("PstCd", address.postcode, 16),
        ("TwnNm", address.town, 35), ("Ctry", address.country, 2),
    )  # fmt: skip
    inside = "".join(f"<{tag}>{_written(text, most)}</{tag}>" for tag, text, most in parts if text)
    return f"<PstlAdr>{inside}</PstlAdr>"


def _reference(reference: str) -> str:
    """A payment reference, with who made its rules: ISO 11649, or the Dutch banks for a betalingskenmerk."""
    issuer = "ISO" if reference.startswith("RF") else "CUR"
    return (
        "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry>"
        f"<Issr>{issuer}</Issr></Tp><Ref>{_written(reference, 35)}</Ref></CdtrRefInf></Strd>"
    )


def _written(text: str, most: int) -> str:
    """The text in the scheme's letters, at most so long; an empty one may not stand in a file."""
    plain = sepa_text(text)[:most].strip()
    if not plain:
        raise ValueError(f"{text!r} leaves nothing to write for a bank")
    return plain  # of the five signs XML keeps for itself the scheme has only the apostrophe, which may stand here
