"""What is written as camt.053 or MT940 is read back equal, for any entries; nothing of it is dropped or changed."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from inbaar.banking.formats import read_statement_file
from inbaar.banking.formats.narrative import CODES
from inbaar.banking.formats.text import joined_lines
from inbaar.banking.statements import EntryRead, Status
from tests.banking.test_statement_refusals import ENTRY, GOOD_MT940, camt, mt940

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&<>'.,-éü "
words = st.text(alphabet=LETTERS, max_size=130).map(lambda t: " ".join(t.split()))
names = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ &é.", min_size=1, max_size=40).map(
    lambda t: " ".join(t.split())
)
# Between slashes such a word is a code, whoever wrote it: the format cannot tell.
ALONE = frozenset(CODES.split("|"))


def not_a_code(text: str) -> bool:
    return text not in ALONE


ibans = st.integers(0, 10**10 - 1).map(lambda n: f"NL91ABNA{n:010d}")
references = st.one_of(st.none(), st.integers(0, 10**16 - 1).map(lambda n: f"{n:016d}"))
amounts = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
days = st.integers(0, 900).map(lambda n: date(2024, 1, 1) + timedelta(days=n))


@st.composite
def entries(draw: st.DrawFn) -> EntryRead:
    day = draw(days)
    return EntryRead(
        date=day,
        value_date=day + timedelta(days=draw(st.integers(-40, 40))),
        amount=draw(amounts),
        currency="EUR",
        counterparty_name=draw(names.filter(not_a_code)) or None,
        counterparty_iban=draw(ibans),
        reference=draw(references),
        end_to_end_id=draw(st.one_of(st.none(), st.integers(1, 10**9).map(lambda n: f"E2E{n}"))),
        text=draw(words.filter(not_a_code)),
    )


def _facts(entry: EntryRead) -> tuple[object, ...]:
    return (
        entry.date,
        entry.value_date,
        entry.amount,
        entry.counterparty_name,
        entry.counterparty_iban,
        entry.reference,
        entry.end_to_end_id,
    )


def _camt_entry(entry: EntryRead) -> str:
    side, account = ("Dbtr", "DbtrAcct") if entry.amount >= 0 else ("Cdtr", "CdtrAcct")
    lines = [entry.text[i : i + 35] for i in range(0, len(entry.text), 35)]
    remittance = "".join(f"<Ustrd>{escape(line)}</Ustrd>" for line in lines)
    if entry.reference:
        remittance += f"<Strd><CdtrRefInf><Ref>{entry.reference}</Ref></CdtrRefInf></Strd>"
    return (
        f'<Ntry><Amt Ccy="EUR">{abs(entry.amount)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if entry.amount >= 0 else 'DBIT'}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{entry.date}</Dt></BookgDt><ValDt><Dt>{entry.value_date}</Dt></ValDt><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{entry.end_to_end_id or 'NOTPROVIDED'}</EndToEndId></Refs><RltdPties>"
        f"<{side}><Nm>{escape(entry.counterparty_name or '')}</Nm></{side}>"
        f"<{account}><Id><IBAN>{entry.counterparty_iban}</IBAN></Id></{account}></RltdPties>"
        f"<RmtInf>{remittance}</RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _balance(kind: str, amount: Decimal) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{abs(amount)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if amount >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>"
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(entries(), max_size=6), amounts)
def test_camt_written_is_camt_read(written: list[EntryRead], opening: Decimal) -> None:
    closing = opening + sum((e.amount for e in written), Decimal(0))
    content = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id>'
        "<Acct><Id><IBAN>NL02RABO0123456789</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', opening)}{_balance('CLBD', closing)}"
        f"{''.join(_camt_entry(e) for e in written)}</Stmt></BkToCstmrStmt></Document>"
    )
    read = read_statement_file(content.encode())
    assert read.status is Status.ACCEPTED
    (statement,) = read.statements
    assert (statement.opening, statement.closing) == (opening, closing)
    assert [_facts(e) for e in statement.entries] == [_facts(e) for e in written]
    assert [e.text for e in statement.entries] == [e.text for e in written]


def _mt940_entry(entry: EntryRead) -> str:
    mark = "C" if entry.amount >= 0 else "D"
    remittance = f"STRD/CUR/{entry.reference}" if entry.reference else f"USTD//{entry.text}"
    narrative = (
        f"/EREF/{entry.end_to_end_id or 'NOTPROVIDED'}//CNTP/{entry.counterparty_iban}/ABNANL2A/"
        f"{entry.counterparty_name or ''}///REMI/{remittance}/"
    )
    lines = [narrative[i : i + 65] for i in range(0, len(narrative), 65)]
    amount = str(abs(entry.amount)).replace(".", ",")
    return (
        f":61:{entry.value_date:%y%m%d}{entry.date:%m%d}{mark}{amount}NTRFEREF//00000000001\r\n/TRCD/00100/\r\n:86:"
        + "\r\n".join(lines)
        + "\r\n"
    )


def _mt940_balance(tag: str, amount: Decimal) -> str:
    return f":{tag}:{'C' if amount >= 0 else 'D'}260101EUR{str(abs(amount)).replace('.', ',')}\r\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(entries(), max_size=6), amounts)
def test_mt940_written_is_mt940_read(written: list[EntryRead], opening: Decimal) -> None:
    closing = opening + sum((e.amount for e in written), Decimal(0))
    content = (
        "{1:F01INGBNL2ABXXX0000000000}\r\n{2:I940INGBNL2AXXXN}\r\n{4:\r\n:20:1\r\n:25:NL20INGB0001234567EUR\r\n"
        f":28C:1\r\n{_mt940_balance('60F', opening)}{''.join(_mt940_entry(e) for e in written)}"
        f"{_mt940_balance('62F', closing)}-}}\r\n"
    )
    read = read_statement_file(content.encode())
    assert read.status is Status.ACCEPTED
    (statement,) = read.statements
    assert (statement.opening, statement.closing) == (opening, closing)
    assert [_facts(e) for e in statement.entries] == [_facts(e) for e in written]
    for got, given_entry in zip(statement.entries, written, strict=True):
        assert got.text == ("" if given_entry.reference else given_entry.text)


@given(st.text(alphabet="abc 123", max_size=200).map(lambda t: " ".join(t.split())))
def test_text_cut_at_35_characters_is_whole_again(text: str) -> None:
    cut = ["".join(piece) for piece in itertools.zip_longest(*[iter(text)] * 35, fillvalue="")]
    assert joined_lines([line for line in cut if line] or [""]) == text


DAMAGE = (
    b"",
    b":61:",
    b":86:",
    b":20:",
    b"<Ntry>",
    b"</Ntry>",
    b"<Amt>",
    b"1E+999",
    b"\xff",
    b"\x00",
    b" " * 40,
    b"?20",
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["camt", "mt940"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 40), st.sampled_from(DAMAGE)), max_size=6),
)
def test_no_damage_to_a_good_statement_makes_the_reader_raise(
    kind: str, damage: list[tuple[int, int, bytes]]
) -> None:
    content = bytearray(camt(entries=ENTRY * 3) if kind == "camt" else mt940(*GOOD_MT940 * 3))
    for start, length, put in damage:
        content[start : start + length] = put
    read = read_statement_file(bytes(content))
    assert (read.status is Status.REFUSED) == (read.statements == ())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"<", b":20:A\r\n:25:B\r\n:61:", b"<Document>"]))
def test_no_content_makes_the_reader_raise(rubbish: bytes, start: bytes) -> None:
    read = read_statement_file(start + rubbish)
    assert read.status in Status
    assert (read.status is Status.REFUSED) == any(p.level == "error" for p in read.problems)
