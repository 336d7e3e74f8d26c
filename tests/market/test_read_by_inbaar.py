"""The program's own readers take every file of the market: what is planted is caught, all else is accepted."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from inbaar.banking.formats import read_statement_file
from inbaar.banking.statements import EntryRead
from inbaar.intake.readers import read_invoice
from inbaar.market.portfolio import payments, portfolio, write_camt053, write_mt940
from tests.market.playing import Run

EXPECTED = {"truncated": "refused", "sums": "review", "duplicate": "accepted"}


def test_invoices_are_accepted_except_the_planted_ones(run: Run) -> None:
    truth = run.market.truth
    by_number = {facts.number: facts for facts in run.market.debtor_facts}
    for file in run.invoices:
        read = read_invoice(file.content, file.name)
        expected = EXPECTED.get(truth.planted.get(file.name, ""), "accepted")
        assert read.status == expected, (file.name, read.problems)
        if expected != "accepted":
            assert read.problems
            continue
        number = str(read.credits_invoice if read.credit_note else read.number)
        invoice = truth.invoices[number]
        facts = by_number[invoice.debtor_number]
        assert read.supplier.kvk == run.market.business.kvk
        assert read.supplier.iban == run.market.business.iban
        assert (read.customer.name, read.customer.kvk, read.customer.vat) == (
            facts.name,
            facts.kvk,
            facts.vat,
        )
        assert read.customer.email == facts.email
        if not read.credit_note:
            assert (read.total, read.due_date) == (invoice.total, invoice.due_on)


def leaves(entry: EntryRead) -> tuple[EntryRead, ...]:
    return entry.details or (entry,)


def test_statements_are_accepted_and_payments_found(run: Run) -> None:
    found: dict[str | None, EntryRead] = {}
    for file in run.statements:
        read = read_statement_file(file.content, file.name)
        assert read.status == "accepted", (file.name, read.problems)
        [statement] = read.statements
        assert statement.account == run.market.business.iban
        total = sum((e.amount for e in statement.entries), Decimal(0))
        assert statement.opening + total == statement.closing
        found |= {part.bank_reference: part for e in statement.entries for part in leaves(e)}
    for payment in run.market.truth.payments:
        assert found[payment.bank_reference].amount == payment.amount


def test_structured_references_and_returns_are_seen(run: Run) -> None:
    entries = [
        part
        for file in run.statements
        for statement in read_statement_file(file.content, file.name).statements
        for entry in statement.entries
        for part in leaves(entry)
    ]
    structured = [e for e in entries if e.reference and e.reference.startswith("RF")]
    assert len(structured) > 30
    assert Counter(e.return_reason for e in entries if e.return_reason).keys() == {"AC04", "MD06"}


@pytest.mark.parametrize("write", [write_camt053, write_mt940])
def test_bulk_files_read_back(tmp_path: Path, write: object) -> None:
    entries = list(payments(list(portfolio(500, seed=2)), 300, seed=2))
    path = tmp_path / "bulk"
    written = write(path, entries)  # type: ignore[operator]
    read = read_statement_file(path.read_bytes(), "bulk")
    assert read.status == "accepted", read.problems
    [statement] = read.statements
    assert (statement.opening, statement.closing) == (written.opening, written.closing)
    back = [(e.amount, e.counterparty_iban, e.reference, e.text) for e in statement.entries]
    assert [(a, i) for a, i, _, _ in back] == [(e.amount, e.iban) for e in entries]
    for entry, (_, _, reference, text) in zip(entries, back, strict=True):
        assert reference == entry.reference
        assert entry.reference or str(entry.text) in str(text)
