"""The same statement in other clothes: prefixes, envelopes, encodings, comments, page marks. Nothing is lost."""

from datetime import date
from decimal import Decimal

import pytest

from inbaar.banking.formats import Event, read_statement_file, stream_statements
from inbaar.banking.statements import EntryRead, StatementEnd, StatementStart, Status, account_iban
from tests.banking.test_statement_refusals import ENTRY, GOOD_MT940, NAMESPACE, camt, mt940


def _only_entry(content: bytes) -> EntryRead:
    read = read_statement_file(content)
    assert read.status is Status.ACCEPTED
    (statement,) = read.statements
    (entry,) = statement.entries
    return entry


DETAILED = ENTRY.replace(
    "</Ntry>",
    "<BkTxCd><Domn><Cd>PMNT</Cd></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId>"
    "<MndtId>M-7</MndtId></Refs><AmtDtls><InstdAmt><Amt Ccy='USD'>11.50</Amt></InstdAmt></AmtDtls>"
    '<Chrgs><Rcrd><Amt Ccy="EUR">0.25</Amt></Rcrd></Chrgs>'
    "<RltdPties><Dbtr><Pty><Nm>Jansen</Nm><PstlAdr><TwnNm>Zwolle</TwnNm></PstlAdr></Pty></Dbtr><DbtrAcct><Id><Othr>"
    "<Id>0663616476</Id></Othr></Id></DbtrAcct><UltmtDbtr><Pty><Nm>Dochter BV</Nm></Pty></UltmtDbtr></RltdPties>"
    "<RmtInf><Ustrd>2026-0042</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
)


def test_what_has_no_field_is_kept_with_its_name() -> None:
    entry = _only_entry(camt(entries=DETAILED))
    assert (entry.counterparty_name, entry.counterparty_iban) == ("Jansen", None)
    assert entry.text == "2026-0042 Dochter BV"
    assert entry.raw.split("; ") == [
        "BkTxCd PMNT",
        "MndtId M-7",
        "AmtDtls USD 11.50",
        "Chrgs EUR 0.25",
        "PstlAdr Zwolle",
        "account 0663616476",
    ]


def test_prefixes_comments_and_layout_change_nothing() -> None:
    plain = _only_entry(camt(entries=DETAILED))
    prefixed = (
        camt(entries=DETAILED)
        .replace(b"<", b"<c:")
        .replace(b"<c:/", b"</c:")
        .replace(b"<c:?", b"<?")
        .replace(b"xmlns=", b"xmlns:c=")
    )
    assert _only_entry(prefixed) == plain
    assert _only_entry(camt(entries=DETAILED.replace("><", ">\n  <!-- note --><"))) == plain


def test_however_the_namespace_is_declared_the_names_mean_the_same() -> None:
    content = camt(entries=DETAILED)
    plain = read_statement_file(content)
    declared = NAMESPACE.encode()
    assert content.count(b' xmlns="%b"' % declared) == 1
    shapes = (
        content.replace(b'xmlns="%b"' % declared, b"xmlns='%b'" % declared),
        content.replace(b"?>", b'?><!-- xmlns="%b" -->' % declared, 1),
        content.replace(b"<Ntry>", b'<Ntry xmlns="%b">' % declared),
        content.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    )
    for shape in shapes:
        read = read_statement_file(shape)
        assert (read.format, read.statements) == (plain.format, plain.statements)
    foreign = content.replace(b"<Ntry>", b'<Ntry><SplmtryData xmlns="urn:bank"><Nm>Bank</Nm></SplmtryData>')
    (entry,) = read_statement_file(foreign).statements[0].entries
    assert entry.raw.split("; ")[0] == "SplmtryData Bank"


def test_an_envelope_around_the_document() -> None:
    inner = camt().split(b"?>", 1)[1]
    wrapped = b"<Envelope xmlns='urn:x'><AppHdr/>" + inner + b"</Envelope>"
    assert _only_entry(wrapped).amount == Decimal("10.00")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_camt_in_other_encodings(encoding: str) -> None:
    text = (
        camt(entries=DETAILED.replace("Jansen", "Müller"))
        .decode()
        .replace("UTF-8", encoding.replace("-sig", ""))
    )
    assert _only_entry(text.encode(encoding)).counterparty_name == "Müller"


def test_a_later_version_of_the_message_is_read_and_named() -> None:
    later = camt().replace(NAMESPACE.encode(), b"urn:iso:std:iso:20022:tech:xsd:camt.053.001.13")
    assert read_statement_file(later).format == "camt.053.001.13"


@pytest.mark.parametrize(
    "start",
    [
        "{1:F01INGBNL2ABXXX0000000000}{2:I940INGBNL2AXXXN}{4:\r\n",
        "{1:F01INGBNL2ABXXX0000000000}{2:I940INGBNL2AXXXN}{4:",
        "ABNANL2A\r\n940\r\nABNANL2A\r\n",
        ":940:\r\n",
        "\ufeff",
        "\x01",
        "\r\n\r\n",
    ],
)
@pytest.mark.parametrize("end", ["", "\r\n-", "\r\n-}", "\r\n-}{5:}\r\n", "\r\n-XXX\r\n", "\x1a"])
def test_mt940_with_what_banks_put_around_it(start: str, end: str) -> None:
    entry = _only_entry(start.encode() + mt940(*GOOD_MT940) + end.encode())
    assert (entry.counterparty_name, entry.text) == ("Jansen", "2026-0042")


@pytest.mark.parametrize(
    ("line", "amount", "reversal"),
    [
        ("2610011001C10,00NTRFNONREF", "10.00", False),
        ("2610011001D10,NTRFNONREF", "-10", False),
        ("2610011001RC10,00NTRFNONREF", "-10.00", True),
        ("2610011001RD10,00NTRFNONREF", "10.00", True),
        ("2610011001CR000000010,00NTRFNONREF", "10.00", False),
        ("2610011001RCR10,00NTRFNONREF", "-10.00", True),
        ("261001C10.00NTRFNONREF", "10.00", False),
        ("2610011001C10NTRFNONREF", "10", False),
        ("2610011001C,50NTRFNONREF", "0.50", False),
        ("2610011001C10,5", "10.5", False),
    ],
)
def test_the_ways_to_write_an_entry_line(line: str, amount: str, reversal: bool) -> None:
    (statement,) = read_statement_file(
        mt940(*GOOD_MT940[:4], f":61:{line}", ":62F:C261001EUR110,00")
    ).statements
    (entry,) = statement.entries
    assert (entry.amount, entry.reversal, entry.date) == (Decimal(amount), reversal, date(2026, 10, 1))


@pytest.mark.parametrize(
    ("value_and_entry", "booked"),
    [
        ("2601011231", date(2025, 12, 31)),
        ("2512310101", date(2026, 1, 1)),
        ("2606300701", date(2026, 7, 1)),
        ("2402280229", date(2024, 2, 29)),
    ],
)
def test_the_year_of_the_booking_day_is_the_nearest(value_and_entry: str, booked: date) -> None:
    line = f":61:{value_and_entry}C10,00NTRFNONREF"
    (statement,) = read_statement_file(mt940(*GOOD_MT940[:4], line, GOOD_MT940[-1])).statements
    assert statement.entries[0].date == booked


def test_the_stream_gives_start_entries_end_for_each_statement() -> None:
    second = [line.replace(":S1", ":S2").replace("1/1", "2/1") for line in GOOD_MT940]
    events: list[Event] = list(stream_statements(mt940(*GOOD_MT940, "-", *second)))
    assert [type(e) for e in events] == [StatementStart, EntryRead, StatementEnd] * 2
    start, end = events[0], events[2]
    assert isinstance(start, StatementStart)
    assert isinstance(end, StatementEnd)
    assert (start.account, start.currency, start.opening) == ("NL91ABNA0417164300", "EUR", Decimal("100.00"))
    assert (end.entry_count, end.booked_total, end.closing) == (1, Decimal("10.00"), Decimal("110.00"))


@pytest.mark.parametrize(
    ("account", "iban"),
    [
        ("NL54INGB0001234500EUR", "NL54INGB0001234500"),
        ("NL50RABO0156750961 EUR", "NL50RABO0156750961"),
        ("NL92 KNAB 0123 4567 89", "NL92KNAB0123456789"),
        ("NL91ABNA0417164300", "NL91ABNA0417164300"),
        ("DE89370400440532013000", "DE89370400440532013000"),
        ("1291.99.348EUR", None),
        ("517852257", None),
        (None, None),
    ],
)
def test_the_iban_in_an_account_as_banks_write_it(account: str | None, iban: str | None) -> None:
    assert account_iban(account) == iban
