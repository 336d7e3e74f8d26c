"""A third party's direct debit through its bank's own files: rejected, collected, and sent back, also twice and late."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.actions import settle_returns
from inbaar.banking.models import Entry
from inbaar.doors import take_in_files
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Event
from tests.banking.books import assert_books_tie, draft, invoiced, open_amounts
from tests.corpus import corpus_file

pytestmark = pytest.mark.django_db
FOLDER = "returns/mock-bank-scenarios"
REPORT, SETTLED, STORNO = (
    "sdd-1-status-pain.002.001.10",
    "sdd-2-settled-camt.053.001.08",
    "sdd-3-storno-MD01-camt.053.001.08",
)
DAY = dt.date(2026, 10, 6)
NOW = dt.datetime(2026, 10, 6, 8, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("order", [(SETTLED, STORNO), (STORNO, SETTLED), (SETTLED, SETTLED, STORNO, STORNO)])
def test_what_was_collected_and_sent_back_is_open_again(client_a, order):
    """1,250.00 of UML-7781 comes on 1 October and goes back on the 2nd for want of a mandate; 1,500.50 of the other stays."""
    with client_scope(client_a.id):
        invoices = invoiced(client_a, draft("UML-7781", "1250.00"), draft("EUR-5516", "1500.50"))
    for name in order:
        content = corpus_file(f"{FOLDER}/{name}.xml").read_bytes()
        take_in_files(client_a.id, [(f"{name}.xml", content)], DAY, NOW, add_accounts=True)
    with client_scope(client_a.id):
        settle_returns(client_a.id, DAY, NOW)
        assert open_amounts(invoices) == [Decimal("1250.00"), Decimal(0)]
        (back,) = Entry.objects.filter(amount__lt=0)
        assert (back.state, back.reason, back.return_reason) == ("matched", "return-of", "MD01")
        (event,) = Event.objects.filter(kind="payment_returned")
        assert (event.invoice_id, event.on, event.facts["code"]) == (
            invoices[0].id,
            dt.date(2026, 10, 2),
            "MD01",
        )
        assert_books_tie()


def test_a_report_on_a_file_of_somebody_else_moves_nothing(client_a):
    content = corpus_file(f"{FOLDER}/{REPORT}.xml").read_bytes()
    (result,) = take_in_files(client_a.id, [("r.xml", content)], DAY, NOW)
    assert (result.outcome, [finding.rule for finding in result.problems]) == ("review", ["unknown-file"])
    with client_scope(client_a.id):
        assert not Event.objects.exists()
