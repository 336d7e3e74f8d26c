"""Status reports of banks as third parties wrote them, each value as listed; and what is no report or does harm refused."""

import pytest

from inbaar.banking.formats.pain002 import is_report, read_report
from inbaar.banking.statements import StatementRefused
from tests.banking.reports import report
from tests.corpus import corpus_rows

REPORTS = corpus_rows("pain.002", "pain.002-scenario")


# What stands in them, and what was refused: one names no file.
MISSPELT = {
    "cross_river-pain_002_batch_rejected.xml": "format",
    "cross_river-pain_002_credit_accepted.xml": ("ACTC", ["ACSP"]),
    "cross_river-pain_002_debit_accepted.xml": ("ACTC", ["ACSP"] * 3),
}


def _told_by(content: bytes) -> object:
    try:
        read = read_report(content)
    except StatementRefused as refused:
        return refused.problem.rule
    return read.group.status, [payment.told.status for payment in read.payments]


@pytest.mark.parametrize("row", REPORTS)
def test_each_third_party_report_is_read_as_listed(row):
    content = row.path.read_bytes()
    expected = row.expected
    if "original_msg_id" not in expected:  # its namespace is misspelt: the list says nothing of it
        assert _told_by(content) == MISSPELT[row.path.name]
        return
    read = read_report(content)
    assert is_report(content)
    assert read.format == expected["message"]
    assert (read.original_message_id, read.original_format) == (
        expected["original_msg_id"][:35], expected["original_type"],
    )  # fmt: skip
    assert read.group.status == expected["group_status"]
    assert [code for code in (read.group.reason,) if code] == expected["group_reason"]
    assert [told.status for told in read.batches if told.status] == expected["batch_status"]
    assert [f"{p.end_to_end_id} {p.told.status} {p.told.reason}" for p in read.payments] == expected[
        "transactions"
    ]


def test_the_words_and_the_code_of_a_reason_are_kept():
    content = report("INB-20260303-1", "PART", [("INB-20260303-1-1", "RJCT", "AC04", "Rekening opgeheven")])
    (payment,) = read_report(content).payments
    assert payment.told == ("RJCT", "AC04", "Rekening opgeheven")


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Document><CstmrPmtStsRpt>&b;</CstmrPmtStsRpt></Document>'


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "xml"),
        (b"<Document/>", "format"),
        (b"<Document><CstmrPmtStsRpt>", "xml"),
        (BOMB, "doctype"),
        (b"<Invoice/>", "format"),
        (report("INB-1", "ACCEPTED"), "status"),
        (report("", "ACCP"), "format"),
    ],
)
def test_what_is_no_report_or_does_harm_is_refused(content, rule):
    with pytest.raises(StatementRefused) as refused:
        read_report(content)
    assert refused.value.problem.rule == rule


def test_a_statement_and_an_invoice_are_no_report():
    assert not is_report(b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>')
    assert not is_report(b"%PDF pain.002.")
