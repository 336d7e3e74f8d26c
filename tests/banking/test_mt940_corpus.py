"""Every MT940 file of the corpus gives what its row in the manifest says a correct reader gives."""

from decimal import Decimal
from typing import Any

import pytest

from inbaar.banking.formats import read_statement_file
from inbaar.banking.statements import StatementRead, Status
from tests.corpus import CorpusRow, corpus_file, corpus_rows

REFUSED = {
    "mt940/wolph/betterplace-empty_86.sta": "a lone :86: names no account, so it is nobody's statement",
    "mt940/wolph/betterplace-empty_line.sta": "a lone :20: names no account, so it is nobody's statement",
    "mt940/wolph/self-provided-empty_non_swift.sta": "a lone :NS: is not MT940 at all",
}
MORE_IS_READ = {
    "mt940/wolph/self-provided-raphaelm.sta": "the closing balances stand there without a currency and are read",
    "mt940/zilverline/two_accounts.txt": (
        "a control character before :20: hides the last statement from the manifest's reader; it is a statement "
        "of its own, and with it all four add up"
    ),
}


@pytest.mark.parametrize("row", corpus_rows("mt940-*"))
def test_an_mt940_file_is_read_as_the_manifest_says(row: CorpusRow) -> None:
    read = read_statement_file(row.path)
    if row.file in REFUSED:
        assert (read.status, read.statements) == (Status.REFUSED, ()), REFUSED[row.file]
        return
    if row.file in MORE_IS_READ:
        return  # what is right there is proven by the two tests below
    assert len(read.statements) == row.expected["statements"]
    assert sum(len(s.entries) for s in read.statements) == row.expected["entries"]
    assert {s.account for s in read.statements} >= set(row.expected["accounts"])
    for statement, expected in zip(read.statements, row.expected["detail"], strict=False):
        _check(statement, expected)
    verdicts = [d.get("adds_up") for d in row.expected["detail"]]
    if False in verdicts:
        assert read.status is Status.REVIEW


def _check(statement: StatementRead, expected: dict[str, Any]) -> None:
    assert statement.account == expected["account"]
    opening, _, currency = expected["opening"].partition(" ")
    assert statement.opening == (Decimal(opening) if opening else None)
    if currency:
        assert statement.currency == currency
    assert statement.closing == (Decimal(expected["closing"]) if expected["closing"] else None)
    assert len(statement.entries) == expected["entries"]
    assert sum(e.amount for e in statement.entries) == Decimal(expected["net"])
    if expected["closing"]:
        assert statement.to_date is not None
        assert f"{statement.to_date:%y%m%d}" == expected["date"]
    off = any(p.rule == "balance" for p in statement.problems)
    assert off == (expected.get("adds_up") is False)


def test_balances_without_a_currency_are_read_too() -> None:
    read = read_statement_file(corpus_file("mt940/wolph/self-provided-raphaelm.sta"))
    assert read.status is Status.ACCEPTED
    assert [(s.opening, s.closing, len(s.entries)) for s in read.statements] == [
        (Decimal("0.00"), Decimal("105000.00"), 6),
        (Decimal("105000.00"), Decimal("145000.00"), 2),
        (Decimal("145000.00"), Decimal("95000.00"), 1),
    ]
    assert {s.currency for s in read.statements} == {"DEM"}


def test_a_control_character_does_not_hide_a_statement() -> None:
    read = read_statement_file(corpus_file("mt940/zilverline/two_accounts.txt"))
    assert read.status is Status.ACCEPTED
    assert [(s.account, s.closing, len(s.entries)) for s in read.statements] == [
        ("1567.50.961EUR", Decimal("2666.37"), 2),
        ("9914.30.727EUR", Decimal("352.84"), 0),
        ("3462.483.153 EUR", Decimal("5000.00"), 0),
        ("1325.76.155EUR", Decimal("238.00"), 1),
    ]
    assert read.statements[-1].opening == Decimal("-12.00")


@pytest.mark.requirement("ASK-20")
def test_every_line_of_every_entry_is_kept_in_its_raw_text() -> None:
    path = corpus_file("mt940/libmt94x/ming-from-spec.txt")
    (statement,) = read_statement_file(path).statements
    kept = "\n".join([*(e.raw for e in statement.entries), statement.raw])
    body = path.read_text().split(":60F:C140219EUR662,23")[1].split(":62F:")[0]
    for line in filter(None, body.splitlines()):
        assert line.replace(":61:", "").replace(":86:", "") in kept
    assert "/SUM/4/4/134,46/36,58/" in kept
