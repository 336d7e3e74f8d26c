"""How many statement entries are read per CPU-second, and in how much memory, beside the bare parse of the file."""

import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from lxml import etree

from benchmarks.measuring import Measure, measured
from inbaar.banking.formats import stream_statements
from inbaar.banking.statements import EntryRead

CAMT_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId>
<CreDtTm>2026-06-30T23:59:59</CreDtTm></GrpHdr><Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb>
<CreDtTm>2026-06-30T23:59:59</CreDtTm><Acct><Id><IBAN>NL02RABO0123456789</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-06-30</Dt></Dt></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
<Amt Ccy="EUR">{total}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-30</Dt></Dt></Bal>
"""
CAMT_ENTRY = """<Ntry><NtryRef>{n:027d}</NtryRef><Amt Ccy="EUR">{amount}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<RvslInd>false</RvslInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-30</Dt></BookgDt><ValDt><Dt>2026-06-30</Dt></ValDt>
<AcctSvcrRef>{n}N1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>
</Domn><Prtry><Cd>00100</Cd><Issr>Rabobank</Issr></Prtry></BkTxCd><NtryDtls><TxDtls><Refs>
<AcctSvcrRef>{n}N1</AcctSvcrRef><InstrId>INNDNL2U2024052300015831{n:07d}</InstrId>
<EndToEndId>NOTPROVIDED</EndToEndId><TxId>CPU4YFHBLHF954UUXX9Y{n:07d}</TxId></Refs>
<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>Klant {n} B.V.</Nm>
<PstlAdr><Ctry>NL</Ctry><AdrLine>Dorpsstraat 34</AdrLine><AdrLine>1000 AA Dorp</AdrLine></PstlAdr></Dbtr>
<DbtrAcct><Id><IBAN>NL94COBA{n:010d}</IBAN></Id></DbtrAcct></RltdPties><RltdAgts><DbtrAgt><FinInstnId>
<BIC>INGBNL2A</BIC></FinInstnId></DbtrAgt></RltdAgts><RmtInf>
<Ustrd>Betaling factuur 2026-{n:06d}, met dank voor de levering</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""
MT940_HEAD = "{1:F01INGBNL2ABXXX0000000000}\r\n{2:I940INGBNL2AXXXN}\r\n{4:\r\n:20:P260630000000001\r\n"
MT940_ENTRY = ":61:2606300630C{amount},00NTRFEREF//{n:014d}\r\n/TRCD/00100/\r\n:86:{first}\r\n{second}\r\n"
MT940_TEXT = "/EREF/EV{n}//CNTP/NL32INGB{n:010d}/INGBNL2A/Klant {n} B.V.///REMI/USTD//Betaling factuur 2026-{n:06d} dank/"


def run(small: bool) -> list[Measure]:
    """camt.053 and MT940, each at two sizes: memory must be the same at both."""
    sizes = (100, 1_000) if small else (10_000, 100_000)
    measures = []
    for size in sizes:
        measures.append(
            measured(
                "camt.053 read",
                "entries",
                size,
                read,
                prepare=partial(written, camt_lines),
                yardstick=parse_xml,
                yardstick_name="parse alone",
                tenth=False,
                aim="25,000, under 64 MB",
            )
        )
        measures.append(
            measured(
                "MT940 read",
                "entries",
                size,
                read,
                prepare=partial(written, mt940_lines),
                yardstick=split_tags,
                yardstick_name="lines and tags alone",
                tenth=False,
                aim="75,000, under 64 MB",
            )
        )
    return measures


def read(file: Any) -> int:
    """The work: every entry as the import gets it."""
    return sum(isinstance(event, EntryRead) for event in stream_statements(file.name))


def parse_xml(file: Any) -> int:
    """The least a camt file can cost: lxml walks through it, and what was parsed is thrown away."""
    entries = 0
    for _, element in etree.iterparse(file.name, events=("end",), tag="{*}Ntry"):
        entries += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return entries


def split_tags(file: Any) -> int:
    """The least an MT940 file can cost: its lines, and the tag before each."""
    entries = 0
    with open(file.name, "rb") as stream:
        for line in stream:
            text = line.decode()
            if text[:1] == ":":
                _, tag, _ = text.split(":", 2)
                entries += tag == "61"
    return entries


def written(lines: Any, size: int) -> Any:
    """A file of that many entries; it goes away with the process."""
    file = tempfile.NamedTemporaryFile("w", suffix=".txt", newline="")  # noqa: SIM115
    file.writelines(lines(size))
    file.flush()
    return file


def _amounts(size: int) -> Iterable[int]:
    return (n % 900 + 1 for n in range(size))


def camt_lines(size: int) -> Iterator[str]:
    """A day statement as Rabobank gives it, some 1,200 bytes an entry."""
    yield CAMT_HEAD.format(total=sum(_amounts(size)))
    for n, amount in enumerate(_amounts(size)):
        yield CAMT_ENTRY.format(n=n, amount=amount)
    yield "</Stmt></BkToCstmrStmt></Document>"


def mt940_lines(size: int) -> Iterator[str]:
    """A day statement as ING gives it, structured."""
    yield MT940_HEAD + ":25:NL69INGB0123456789EUR\r\n:28C:00000\r\n:60F:C260629EUR0,00\r\n"
    for n, amount in enumerate(_amounts(size)):
        text = MT940_TEXT.format(n=n)
        yield MT940_ENTRY.format(n=n, amount=amount, first=text[:61], second=text[61:])
    yield f":62F:C260630EUR{sum(_amounts(size))},00\r\n-}}\r\n"
