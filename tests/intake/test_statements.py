"""Taking in invoices takes a fixed number of statements per batch: nothing is asked or written file by file."""

import datetime as dt

import pytest

from inbaar.intake.actions import InvoiceFile, take_in_invoices
from inbaar.kit.scope import client_scope
from inbaar.market.documents import credit_note, planned_invoices
from inbaar.market.population import BUSINESS, population
from inbaar.market.ubl import document_xml
from tests.conftest import make_client
from tests.sql_watch import statements

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 4, 1)
NOW = dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def seller(db):
    return make_client(BUSINESS.name, BUSINESS.kvk)


def files(count: int, *, first: int = 0, credited: bool = False) -> list[InvoiceFile]:
    """Invoices of the market's business, or the credit notes of every second one."""
    documents = planned_invoices(1, dt.date(2026, 1, 1), 90, 100, population(1, 40), {})[
        first : first + count
    ]
    if credited:
        documents = tuple(credit_note(document, document.issued_on) for document in documents[::2])
    return [InvoiceFile(f"{one.number}.xml", document_xml(one, BUSINESS)) for one in documents]


def taken_in(client, batch: list[InvoiceFile]) -> tuple[int, set[str]]:
    """How many statements a batch took, and what became of its files."""
    with client_scope(client.id), statements() as seen:
        results = take_in_invoices(client.id, batch, ON, NOW, "upload")
    assert len(results) == len(batch)
    return len(seen), {result.outcome for result in results}


def test_the_statements_do_not_grow_with_the_files(seller):
    taken_in(seller, files(1))  # the first invoice of a currency makes its accounts
    few, _ = taken_in(seller, files(4, first=1))
    many, outcomes = taken_in(seller, files(120, first=5))
    assert outcomes == {"accepted"}
    assert few == many


def test_nor_with_the_credit_notes_that_are_applied(seller):
    taken_in(seller, files(125))
    few, _ = taken_in(seller, files(4, credited=True))
    many, outcomes = taken_in(seller, files(120, first=4, credited=True))
    assert outcomes == {"accepted"}
    assert few == many


def test_nor_with_files_that_are_here_already(seller):
    first, _ = taken_in(seller, files(120))
    again, outcomes = taken_in(seller, files(120))
    assert outcomes == {"known"}
    assert again < first
    fewer, _ = taken_in(seller, files(3))
    assert fewer == again


def test_debtors_that_are_known_are_not_written_again(seller):
    taken_in(seller, files(20))
    with client_scope(seller.id), statements() as seen:
        take_in_invoices(seller.id, files(20, credited=True), ON, NOW, "upload")
    assert len(seen.on("receivables_invoice", "INSERT")) == 1
    assert seen.on("parties_debtor", "INSERT") == []
