"""Bad statements: each refused or sent to review in one clear line, and nothing half read is given."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from inbaar.banking.formats import read_statement_file, stream_statements
from inbaar.banking.formats.detection import MAX_BYTES, detect
from inbaar.banking.statements import StatementFileRead, StatementRefused, Status

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
ENTRY = (
    '<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
    "<BookgDt><Dt>2026-10-01</Dt></BookgDt><ValDt><Dt>2026-10-01</Dt></ValDt></Ntry>"
)


def _balance(kind: str, amount: str, currency: str = "EUR") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-01</Dt></Dt></Bal>"
    )


def camt(
    entries: str = ENTRY,
    account: str = "<Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>EUR</Ccy></Acct>",
    balances: str = _balance("OPBD", "100.00") + _balance("CLBD", "110.00"),
    before: str = "",
) -> bytes:
    """A small camt.053; each part can be made wrong."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<Document xmlns="{NAMESPACE}"><BkToCstmrStmt><Stmt>'
        f"<Id>S1</Id>{account}{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def mt940(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


GOOD_MT940 = (
    ":20:S1",
    ":25:NL91ABNA0417164300",
    ":28C:1/1",
    ":60F:C261001EUR100,00",
    ":61:2610011001C10,00NTRFNONREF//B1",
    ":86:/IBAN/NL20INGB0001234567/NAME/Jansen/REMI/2026-0042",
    ":62F:C261001EUR110,00",
)


def _refused(content: bytes) -> tuple[str, str]:
    read = read_statement_file(content, "s")
    assert read.status is Status.REFUSED
    assert read.statements == ()
    (problem,) = read.problems
    assert problem.level == "error"
    return problem.rule, problem.text


def _review(content: bytes) -> tuple[StatementFileRead, list[tuple[str, str]]]:
    read = read_statement_file(content, "s")
    assert read.status is Status.REVIEW
    return read, [(p.rule, p.text) for p in read.problems]


def test_the_good_ones_are_accepted() -> None:
    for content, kind in ((camt(), "camt.053.001.08"), (mt940(*GOOD_MT940), "MT940")):
        read = read_statement_file(content, "s")
        assert (read.status, read.problems, read.format) == (Status.ACCEPTED, (), kind)
        assert read.statements[0].entries[0].amount == Decimal("10.00")
        assert len(read.sha256) == 64


@pytest.mark.parametrize("content", [b"", b" \r\n\t ", b"\xef\xbb\xbf"])
def test_an_empty_file(content: bytes) -> None:
    assert _refused(content) == (
        "empty",
        "The file is empty. Download the statement from the bank again.",
    )


def test_a_truncated_xml_gives_nothing_of_what_was_read() -> None:
    whole = camt(entries=ENTRY * 500)
    rule, text = _refused(whole[: len(whole) * 2 // 3])
    assert rule == "xml"
    assert text.startswith("The XML is cut off or damaged: ")
    assert text.endswith(". Download the statement from the bank again.")


def test_a_stream_of_a_truncated_file_raises_so_that_the_import_writes_nothing() -> None:
    whole = camt(entries=ENTRY * 500)
    with pytest.raises(StatementRefused, match="The XML is cut off or damaged"):
        list(stream_statements(whole[: len(whole) // 2]))


BOMB = (
    '<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    "doctype",
    [
        BOMB,
        '<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_a_document_type_with_entities_is_refused_before_it_is_read(doctype: str) -> None:
    assert _refused(camt(before=doctype, entries=ENTRY.replace("10.00", "&c;"))) == (
        "doctype",
        "The XML declares a document type, which can hide harmful entities and is never part of a bank "
        "statement. Download the statement from the bank again.",
    )


def test_too_big_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    big = tmp_path / "big.xml"
    with big.open("wb") as stream:
        stream.write(camt()[:100])
        stream.truncate(1_000_000_000)
    read = read_statement_file(big, "big.xml")
    assert read.status is Status.REFUSED
    assert read.problems[0].text == (
        "The file is 1,000,000,000 bytes, more than the 512,000,000 a statement may be. Export a shorter period."
    )


def test_the_limit_itself_is_allowed() -> None:
    assert detect(camt()[:200], MAX_BYTES) == "camt"
    with pytest.raises(StatementRefused):
        detect(camt()[:200], MAX_BYTES + 1)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"%PDF-1.7 ...", "The file is a PDF: print of a statement, not the statement itself."),
        (b"PK\x03\x04....", "The file is a ZIP archive: unpack it and offer the files in it."),
        (b"\x1f\x8b\x08....", "The file is compressed with gzip: unpack it first."),
        (b"date;amount\r\n2026-10-01;10", "The file is neither camt nor MT940."),
        (b"\x00\x01\x02\x03", "The file is neither camt nor MT940."),
    ],
)
def test_another_kind_of_file_says_what_to_do(content: bytes, text: str) -> None:
    assert _refused(content) == (
        "format",
        f"{text} Export the statement from the bank as camt.053 (XML) or MT940.",
    )


def test_an_invoice_is_pointed_to_its_own_command() -> None:
    invoice = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
    assert _refused(invoice) == (
        "format",
        "This is an invoice (Invoice), not a statement. Use `inbaar read`.",
    )


def test_xml_without_a_statement() -> None:
    assert _refused(b"<a><b/></a>") == (
        "format",
        "The XML holds no statement (Stmt), report (Rpt) or notification (Ntfctn) of ISO 20022. "
        "Export the statement as camt.053.",
    )


CURRENCY = (
    "currency",
    "'EUX' is not a currency of ISO 4217, so its amounts mean nothing certain. "
    "Ask the bank for a statement with the right currency code.",
)


def test_an_unknown_currency_is_refused_wherever_it_stands() -> None:
    account = "<Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>EUX</Ccy></Acct>"
    assert _refused(camt(account=account)) == CURRENCY
    assert _refused(camt(entries=ENTRY.replace("EUR", "EUX"))) == CURRENCY
    assert _refused(mt940(*[line.replace("EUR", "EUX") for line in GOOD_MT940])) == CURRENCY


def test_no_account() -> None:
    assert _refused(camt(account="")) == (
        "account",
        "Statement S1 names no account, so it cannot be known whose money it is. "
        "Ask the bank for a statement with the account's IBAN.",
    )
    assert _refused(mt940(GOOD_MT940[0], *GOOD_MT940[2:])) == (
        "account",
        "Statement S1 names no account (:25:), so it cannot be known whose money it is. "
        "Export the statement from the bank again.",
    )


def test_mt940_entries_without_any_currency() -> None:
    assert _refused(mt940(*GOOD_MT940[:3], *GOOD_MT940[4:])) == (
        "currency",
        "Statement 1/1 of NL91ABNA0417164300 has entries but no currency: it has no opening balance (:60F:). "
        "Export the statement from the bank again.",
    )


@pytest.mark.parametrize("amount", ["ten", "NaN", "Infinity", "1E+999999", "", "9" * 40])
def test_an_amount_that_is_no_number(amount: str) -> None:
    assert _refused(camt(entries=ENTRY.replace("10.00", amount))) == (
        "amount",
        f"The amount {amount!r} of an entry is not a number. Download the statement from the bank again.",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"<Ntry/>",
        b"<Document><Ntry/></Document>",
        camt(entries=ENTRY.replace("</Ntry>", f"<NtryDtls>{ENTRY}</NtryDtls></Ntry>")),
        camt(entries=ENTRY + f"<NtryDtls>{ENTRY}</NtryDtls>"),
        camt(entries=ENTRY + "<Stmt><Id>2</Id></Stmt>"),
    ],
)
def test_entries_where_none_may_be(content: bytes) -> None:
    assert _refused(content) == (
        "format",
        "An entry (Ntry) or statement stands where the message allows none. "
        "Download the statement from the bank again.",
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    read = read_statement_file(tmp_path / "none.xml", "none.xml")
    assert (read.status, read.sha256) == (Status.REFUSED, "")
    assert read.problems[0].text == (
        "The file cannot be opened: No such file or directory. Check its name and its rights."
    )


DIFFERENCE = (
    "opening 100.00 plus entries 10.00 makes 110.00, but it closes with 109.99: a difference of -0.01. "
    "Compare it with your online banking and download the statement again if entries are missing."
)


def test_a_pipe_is_refused_without_waiting_for_who_writes_into_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = read_statement_file(pipe)
    assert (read.status, [problem.text for problem in read.problems]) == (
        Status.REFUSED,
        ["This is not an ordinary file (a device or a pipe). Save the statement as a file first."],
    )


def test_balances_that_do_not_add_up_are_read_and_said_to_the_cent() -> None:
    read, problems = _review(camt(balances=_balance("OPBD", "100.00") + _balance("CLBD", "109.99")))
    assert problems == [("balance", f"Statement S1 of NL91ABNA0417164300: {DIFFERENCE}")]
    assert len(read.statements[0].entries) == 1
    read, problems = _review(mt940(*GOOD_MT940[:6], ":62F:C261001EUR109,99"))
    assert problems == [("balance", f"Statement 1/1 of NL91ABNA0417164300: {DIFFERENCE}")]
    assert len(read.statements[0].entries) == 1


@pytest.mark.parametrize("before", [GOOD_MT940[:6], GOOD_MT940[:2]])
def test_a_field_that_never_ends_is_refused_before_it_fills_the_memory(before: tuple[str, ...]) -> None:
    read = read_statement_file(mt940(*before, *["x" * 60_000] * 20))
    assert (read.status, read.statements) == (Status.REFUSED, ())
    (problem,) = read.problems
    assert problem.rule == "text-too-long"
    assert "has a field of more than 1,000,000 characters" in problem.text
    assert problem.text.endswith("Download the statement from the bank again.")
    assert (
        read_statement_file(mt940(*GOOD_MT940[:6], *["x" * 60_000] * 10, GOOD_MT940[6])).status
        is Status.ACCEPTED
    )


def test_without_a_closing_balance_it_cannot_be_checked() -> None:
    _, problems = _review(camt(balances=_balance("OPBD", "100.00")))
    assert problems == [
        (
            "balance-missing",
            "Statement S1 of NL91ABNA0417164300: no closing balance, so it cannot be checked that all entries "
            "are there. Compare it with your online banking and download the statement again if entries are "
            "missing.",
        )
    ]


def test_a_pending_entry_is_shown_and_not_counted() -> None:
    pending = ENTRY.replace("BOOK", "PDNG").replace("10.00", "7.00")
    read, problems = _review(camt(entries=ENTRY + pending))
    assert [e.pending for e in read.statements[0].entries] == [False, True]
    assert problems == [
        (
            "pending",
            "Statement S1 of NL91ABNA0417164300: 1 of 2 entries are not booked yet; they are shown, not "
            "counted. Wait for the statement that books them.",
        )
    ]


def test_an_entry_line_that_cannot_be_read_is_kept_and_said() -> None:
    read, problems = _review(mt940(*GOOD_MT940[:6], ":61:rubbish", ":86:more rubbish", GOOD_MT940[6]))
    assert [rule for rule, _ in problems] == ["entry-unreadable"]
    assert read.statements[0].raw == "rubbish\nmore rubbish"
    assert len(read.statements[0].entries) == 1


def test_a_missing_page_is_said() -> None:
    first = (*GOOD_MT940[:6], ":62M:C261001EUR110,00")
    second = (
        ":20:S1",
        ":25:NL91ABNA0417164300",
        ":28C:1/3",
        ":60M:C261001EUR150,00",
        ":62F:C261001EUR150,00",
    )
    _, problems = _review(mt940(*first, "-", *second))
    assert problems == [
        (
            "page",
            "Statement 1/3 of NL91ABNA0417164300: the page before closed with 110.00, this one opens with "
            "150.00: a page is missing. Export the whole statement again.",
        )
    ]
    whole = tuple(line.replace("150,00", "110,00") for line in second)
    assert read_statement_file(mt940(*first, "-", *whole)).status is Status.ACCEPTED


def test_fewer_entries_than_the_bank_counts_are_said() -> None:
    summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
    balances = _balance("OPBD", "100.00") + _balance("CLBD", "110.00") + summary
    _, problems = _review(camt(balances=balances))
    assert problems == [
        (
            "entry-count",
            "Statement S1 of NL91ABNA0417164300: the bank says it holds 2 entries, but 1 are in the file. "
            "Download the statement again.",
        )
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1"])
def test_mt940_in_the_encodings_of_the_banks(encoding: str) -> None:
    lines = [line.replace("Jansen", "Müller") for line in GOOD_MT940]
    read = read_statement_file("\r\n".join(lines).encode(encoding))
    assert read.statements[0].entries[0].counterparty_name == "Müller"
