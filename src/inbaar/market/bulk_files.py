"""Bank files of any length, written as a stream in constant memory: camt.053.001.08 and MT940 (as ING writes it).

Called by the benchmarks through `portfolio`. The balances follow from the entries.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from inbaar.market.identifiers import bic_of
from inbaar.market.population import BUSINESS

BOOKED_ON = date(2026, 6, 30)
OPENING = Decimal("1000.00")
# Wide enough for any balance; the closing one is filled in when the last entry is written.
BALANCE_WIDTH = 18


class BulkEntry(NamedTuple):
    """One credit entry; `meant` names the invoices it pays and `way` how it says so."""

    amount: Decimal
    name: str
    iban: str
    text: str | None
    reference: str | None
    bank_reference: str
    meant: tuple[str, ...]
    way: str


class WrittenFile(NamedTuple):
    """What went into a file."""

    path: Path
    entries: int
    opening: Decimal
    closing: Decimal


CAMT_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>BULK-{day}</MsgId>\
<CreDtTm>{day}T22:30:00</CreDtTm></GrpHdr><Stmt><Id>BULK-{day}</Id><ElctrncSeqNb>1</ElctrncSeqNb>\
<CreDtTm>{day}T22:30:00</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{opening}</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
<Dt><Dt>{day}</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">"""
CAMT_AFTER_CLOSING = """</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>
"""
CAMT_TAIL = "</Stmt></BkToCstmrStmt></Document>\n"


def _camt_entry(entry: BulkEntry, day: date) -> str:
    if entry.reference:
        remittance = f"<Strd><CdtrRefInf><Ref>{entry.reference}</Ref></CdtrRefInf></Strd>"
    else:
        remittance = f"<Ustrd>{escape(entry.text or 'NOTPROVIDED')}</Ustrd>"
    return (
        f'<Ntry><Amt Ccy="EUR">{entry.amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<AcctSvcrRef>{entry.bank_reference}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
        "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>{escape(entry.name)}</Nm></Pty>"
        f"</Dbtr><DbtrAcct><Id><IBAN>{entry.iban}</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf>{remittance}</RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )


def write_camt053(
    path: Path,
    entries: Iterable[BulkEntry],
    *,
    account: str = BUSINESS.iban,
    day: date = BOOKED_ON,
    opening: Decimal = OPENING,
) -> WrittenFile:
    """One statement with all entries; the closing balance stands before them, so its place is kept and filled."""
    count, balance = 0, opening
    with path.open("wb") as file:
        file.write(CAMT_HEAD.format(day=day, iban=account, opening=opening).encode())
        place = file.tell()
        file.write(b"0" * BALANCE_WIDTH + CAMT_AFTER_CLOSING.format(day=day).encode())
        for entry in entries:
            file.write(_camt_entry(entry, day).encode())
            count, balance = count + 1, balance + entry.amount
        file.write(CAMT_TAIL.encode())
        file.seek(place)
        file.write(f"{balance:0{BALANCE_WIDTH}.2f}".encode())
    return WrittenFile(path, count, opening, balance)


def _comma(amount: Decimal) -> str:
    return str(amount).replace(".", ",")


def _mt940_entry(entry: BulkEntry, day: date) -> str:
    remittance = f"STRD/ISO/{entry.reference}/" if entry.reference else f"USTD//{entry.text or ''}/"
    bank = bic_of(entry.iban) or ""
    words = f"/EREF/NOTPROVIDED//CNTP/{entry.iban}/{bank}/{entry.name}///REMI/{remittance}"
    lines = "\r\n".join(words[at : at + 65] for at in range(0, len(words), 65))
    return (
        f":61:{day:%y%m%d%m%d}C{_comma(entry.amount)}NTRFEREF//{entry.bank_reference}\r\n/TRCD/00100/\r\n"
        f":86:{lines}\r\n"
    )


def write_mt940(
    path: Path,
    entries: Iterable[BulkEntry],
    *,
    account: str = BUSINESS.iban,
    day: date = BOOKED_ON,
    opening: Decimal = OPENING,
) -> WrittenFile:
    """One MT940 message with all entries."""
    count, balance = 0, opening
    with path.open("wb") as file:
        head = f":20:BULK{day:%y%m%d}\r\n:25:{account}EUR\r\n:28C:00001\r\n:60F:C{day:%y%m%d}EUR{_comma(opening)}\r\n"
        file.write(b"{1:F01INGBNL2ABXXX0000000000}\r\n{2:I940INGBNL2AXXXN}\r\n{4:\r\n" + head.encode())
        for entry in entries:
            file.write(_mt940_entry(entry, day).encode())
            count, balance = count + 1, balance + entry.amount
        file.write(f":62F:C{day:%y%m%d}EUR{_comma(balance)}\r\n-}}\r\n".encode())
    return WrittenFile(path, count, opening, balance)
