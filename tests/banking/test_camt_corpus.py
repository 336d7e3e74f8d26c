"""Every camt file of the corpus gives what its row in the manifest says a correct reader gives."""

from decimal import Decimal
from typing import Any

import pytest

from inbaar.banking.formats import read_statement_file
from inbaar.banking.statements import EntryRead, StatementRead, Status
from tests.corpus import CorpusRow, corpus_rows

DIFFERS = {
    "camt/bankstatementparser/camt053_no_namespace.xml": (
        "format",
        "the file names no version; the message is camt.053 by its elements, which is more use than none",
    ),
    "camt/genkgo/camt053.v2.wrong.xml": (
        "format",
        "a message without a statement is refused, and nothing is claimed of its version",
    ),
}
KINDS = ("camt.*", "returns-pain.002-camt.054")


def _payments(statement: StatementRead) -> list[EntryRead]:
    return [part for entry in statement.entries for part in (entry.details or (entry,))]


def _balance(text: str | None) -> Decimal | None:
    return Decimal(text.split(" @")[0]) if text else None


def _totals(statement: StatementRead) -> dict[str, tuple[int, Decimal]]:
    credits = [e.amount for e in statement.entries if e.amount >= 0]
    debits = [-e.amount for e in statement.entries if e.amount < 0]
    return {
        "credits": (len(credits), sum(credits, Decimal(0))),
        "debits": (len(debits), sum(debits, Decimal(0))),
    }


@pytest.mark.parametrize("row", corpus_rows(*KINDS))
def test_a_camt_file_is_read_as_the_manifest_says(row: CorpusRow) -> None:
    if "statements" not in row.expected:
        pytest.skip("a pain.002 message, no statement")
    read = read_statement_file(row.path)
    if DIFFERS.get(row.file, ("",))[0] != "format":
        assert read.format == row.expected["message"]
    assert len(read.statements) == len(row.expected["statements"])
    for statement, expected in zip(read.statements, row.expected["statements"], strict=True):
        _check(statement, expected)


def _check(statement: StatementRead, expected: dict[str, Any]) -> None:
    balances = expected["balances"]
    assert statement.statement_id == expected["id"]
    assert statement.account == expected["iban"]
    if expected["ccy"]:
        assert statement.currency == expected["ccy"]
    assert statement.opening == _balance(balances.get("OPBD") or balances.get("PRCD"))
    assert statement.closing == _balance(balances.get("CLBD"))
    assert len(statement.entries) == expected["entries"]
    assert sum(e.amount for e in statement.entries) == Decimal(expected["net"])
    for side, (count, total) in _totals(statement).items():
        stated_count, stated_total = expected[side].split("/")
        assert (count, total) == (int(stated_count), Decimal(stated_total))
    in_batches = sum(len(entry.details) for entry in statement.entries)
    alone = sum(not entry.details for entry in statement.entries)
    assert in_batches <= expected["tx_details"] <= in_batches + alone
    reasons = sorted(p.return_reason for p in _payments(statement) if p.return_reason)
    assert reasons == sorted(expected.get("return_reasons", []))
    assert sum(e.reversal for e in statement.entries) == expected.get("reversal_entries", 0)
    off = any(p.rule == "balance" for p in statement.problems)
    assert off == (expected.get("adds_up") is False)


@pytest.mark.parametrize("row", corpus_rows(*KINDS))
def test_what_does_not_add_up_goes_to_review_and_what_does_is_accepted(row: CorpusRow) -> None:
    verdicts = [s.get("adds_up") for s in row.expected.get("statements", [])]
    status = read_statement_file(row.path).status
    if False in verdicts:
        assert status is Status.REVIEW
    elif verdicts and all(verdicts):
        assert status is Status.ACCEPTED


def test_every_difference_from_the_manifest_has_its_reason() -> None:
    assert all(reason for _, reason in DIFFERS.values())
