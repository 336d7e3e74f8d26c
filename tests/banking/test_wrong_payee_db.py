"""Money for a sold claim on the account of who sold it: seen, not dunned for, owed to the owner, and passed on once."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.actions import pass_on_to_owner, retry_unmatched
from inbaar.banking.models import Entry, Match
from inbaar.banking.queries import unmatched_entries, unmatched_explanations
from inbaar.banking.transfers.models import CreditTransfer
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances
from inbaar.proofs import prove_books
from inbaar.receivables.models import Payment, Title
from tests.banking.books import (
    DAY,
    LATER,
    NOW,
    assert_books_tie,
    draft,
    invoiced,
    matched,
    open_amounts,
    received,
)
from tests.banking.camt import IBAN, Line

FACTOR = "NL44RABO0123456789"
SOLD_ON, PAID_ON = dt.date(2026, 2, 10), dt.date(2026, 3, 2)
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("BEY-29")]


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield
        assert_books_tie()
    assert [(p.name, p.breaches) for p in prove_books(client_a.id) if not p.holds] == []


def sold(client, invoice, notified_on=None, *, since=SOLD_ON, iban=FACTOR, until=None) -> None:
    """The claim passes to the factor on a day."""
    run(
        "UPDATE receivables_title SET period = daterange(lower(period), %s) WHERE client_id = %s AND invoice_id = %s "
        "AND upper_inf(period)",
        [since, client.id, invoice.id],
    )
    Title.objects.create(
        client=client, invoice=invoice, owner_name="Factor Noord N.V.", owner_kvk="90000099", payee_iban=iban,
        period=(since, until), deed="deed of sale 7", notified_on=notified_on,
    )  # fmt: skip


def test_money_for_a_claim_whose_sale_was_told_waits_and_its_invoice_is_not_chased(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    sold(client_a, invoice, notified_on=dt.date(2026, 2, 12))
    (entry,) = received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    assert open_amounts([invoice]) == [Decimal("121.00")]
    assert unmatched_explanations([invoice.id]) == {invoice.id: (entry.id,)}
    (shown,) = unmatched_entries("en")
    assert shown.reason == (
        "Invoice 2026-0001 is Factor Noord N.V.'s and the debtor was told on 2026-02-12: paying you does not discharge him. "
        "You owe the amount to Factor Noord N.V.."
    )


def test_passed_on_it_discharges_the_debtor_on_the_day_the_owner_gets_it(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    sold(client_a, invoice, notified_on=dt.date(2026, 2, 12))
    (entry,) = received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    assert pass_on_to_owner(client_a.id, entry.id, "Anna", DAY, NOW) == Decimal("121.00")
    asked = CreditTransfer.objects.get()
    assert (asked.source_kind, asked.payee_name, asked.payee_iban, asked.amount, asked.entry_id) == (
        "forward", "Factor Noord N.V.", FACTOR, Decimal("121.00"), entry.id,
    )  # fmt: skip
    assert open_amounts([invoice]) == [Decimal(0)]
    paid = Payment.objects.get(kind="passed_on")
    assert (paid.received_on, paid.amount) == (DAY, Decimal("121.00"))
    assert balances(LATER)[Code.SOLD_CLAIMS, "EUR", "own"] == Decimal("121.00")
    assert unmatched_explanations([invoice.id]) == {}
    with pytest.raises(Refused, match="only money for a claim that was sold is passed on"):
        pass_on_to_owner(client_a.id, entry.id, "Anna", DAY, NOW)
    assert CreditTransfer.objects.count() == 1


@pytest.mark.parametrize("notified_on", [None, dt.date(2026, 3, 3)])
def test_before_he_was_told_the_debtor_is_discharged_on_the_day_he_paid(client_a, notified_on):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    sold(client_a, invoice, notified_on=notified_on)
    (entry,) = received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    assert [e.reason_code for e in unmatched_entries()] == ["wrong-payee-untold"]
    pass_on_to_owner(client_a.id, entry.id, "Anna", DAY, NOW)
    assert Payment.objects.get(kind="passed_on").received_on == PAID_ON


def test_told_on_the_day_he_paid_he_knew(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    sold(client_a, invoice, notified_on=PAID_ON)
    received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    assert [e.reason_code for e in unmatched_entries()] == ["wrong-payee"]


def test_what_was_paid_before_the_sale_or_after_it_came_back_is_the_clients_own(client_a):
    before, back = invoiced(client_a, draft("2026-0001"), draft("2026-0002"))
    sold(client_a, before, since=dt.date(2026, 3, 3))
    sold(client_a, back, notified_on=SOLD_ON, until=dt.date(2026, 3, 1))
    Title.objects.create(
        client=client_a, invoice=back, owner_name="Van Dijk Techniek B.V.", owner_kvk="90000001", payee_iban=IBAN,
        period=(dt.date(2026, 3, 1), None), deed="bought back",
    )  # fmt: skip
    received(client_a, Line("121.00", "2026-0001"), Line("121.00", "2026-0002"))
    matched(client_a)
    assert open_amounts([before, back]) == [Decimal(0), Decimal(0)]


def test_a_sale_that_is_collected_on_the_clients_own_account_is_no_wrong_payee(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    sold(client_a, invoice, notified_on=SOLD_ON, iban=IBAN)
    received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    assert Match.objects.count() == 1


def test_looked_at_again_it_still_waits_and_without_an_account_of_the_owner_it_says_so(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    sold(client_a, invoice, notified_on=SOLD_ON, iban="")
    (entry,) = received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    retry_unmatched(client_a.id, [invoice.id], DAY, NOW)
    with pytest.raises(Refused):
        pass_on_to_owner(client_a.id, entry.id, "Anna", DAY, NOW)
    assert Entry.objects.get(id=entry.id).unapplied == Decimal("121.00")
    assert open_amounts([invoice]) == [Decimal("121.00")]
