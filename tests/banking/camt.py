"""Small camt.053 files for the tests of the import and the matching: one line of facts per entry."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

IBAN = "NL91ABNA0417164300"
PAYER = "NL20INGB0001234567"


@dataclass(frozen=True)
class Line:
    """One entry; a positive amount came in. `parts` makes it a batch booking."""

    amount: str
    text: str = ""
    day: dt.date = dt.date(2026, 3, 2)
    name: str = "Jansen Bouw B.V."
    iban: str = PAYER
    reference: str = ""
    end_to_end_id: str = ""
    bank_reference: str = ""
    return_reason: str = ""
    pending: bool = False
    parts: tuple["Line", ...] = ()


def statement(
    lines: Sequence[Line],
    *,
    iban: str = IBAN,
    opening: str = "1000.00",
    closing: str | None = None,
    number: str = "1",
    currency: str = "EUR",
    day: dt.date = dt.date(2026, 3, 2),
) -> str:
    """One Stmt element."""
    total = Decimal(opening) + sum((Decimal(line.amount) for line in lines if not line.pending), Decimal(0))
    return (
        f"<Stmt><Id>{number}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        + _balance("OPBD", Decimal(opening), day, currency)
        + _balance("CLBD", total if closing is None else Decimal(closing), day, currency)
        + "".join(_entry(line, currency) for line in lines)
        + "</Stmt>"
    )


def camt(*statements: str, version: str = "053.001.08") -> bytes:
    """A whole file."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>m</MsgId></GrpHdr>{''.join(statements)}</BkToCstmrStmt></Document>"
    ).encode()


def camt_file(lines: Sequence[Line], **facts: str) -> bytes:
    """A file of one statement."""
    return camt(statement(lines, **facts))  # type: ignore[arg-type]


def _amount(amount: Decimal, currency: str) -> str:
    side = "CRDT" if amount >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{abs(amount):.2f}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _balance(code: str, amount: Decimal, day: dt.date, currency: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(amount, currency)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entry(line: Line, currency: str) -> str:
    status = "PDNG" if line.pending else "BOOK"
    mark = f"<AcctSvcrRef>{line.bank_reference}</AcctSvcrRef>" if line.bank_reference else ""
    return (
        f"<Ntry>{_amount(Decimal(line.amount), currency)}<Sts><Cd>{status}</Cd></Sts>"
        f"<BookgDt><Dt>{line.day}</Dt></BookgDt><ValDt><Dt>{line.day}</Dt></ValDt>{mark}"
        f"<NtryDtls>{''.join(_details(part, currency) for part in line.parts or (line,))}</NtryDtls></Ntry>"
    )


def _details(line: Line, currency: str) -> str:
    side = "Dbtr" if Decimal(line.amount) >= 0 else "Cdtr"
    structured = (
        f"<Strd><CdtrRefInf><Ref>{line.reference}</Ref></CdtrRefInf></Strd>" if line.reference else ""
    )
    text = f"<Ustrd>{line.text}</Ustrd>" if line.text else ""
    account = f"<{side}Acct><Id><IBAN>{line.iban}</IBAN></Id></{side}Acct>" if line.iban else ""
    returned = f"<RtrInf><Rsn><Cd>{line.return_reason}</Cd></Rsn></RtrInf>" if line.return_reason else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{line.end_to_end_id or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"{_amount(Decimal(line.amount), currency)}"
        f"<RltdPties><{side}><Pty><Nm>{line.name}</Nm></Pty></{side}>{account}</RltdPties>"
        f"<RmtInf>{text}{structured}</RmtInf>{returned}</TxDtls>"
    )
