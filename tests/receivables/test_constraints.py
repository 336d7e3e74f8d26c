"""What the database refuses to hold about an invoice, whoever writes it: facts that change, two owners, a hold on nothing."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from inbaar.kit.scope import client_scope
from inbaar.receivables.models import ClaimComponent, Event, Hold, Invoice, Payment, Title
from tests.kit.rows import new


@pytest.fixture
def client(client_a):
    with client_scope(client_a.id):
        yield client_a


@contextmanager
def refused(reason, kind=IntegrityError):
    with pytest.raises(kind, match=reason), transaction.atomic():
        yield


def run(text):
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.rowcount


FACTS = [
    f.column
    for f in Invoice._meta.concrete_fields
    if not f.generated and f.column not in ("open_amount", "withdrawn_on")
]


@pytest.mark.parametrize("column", FACTS)
def test_a_fact_of_an_invoice_never_changes(column, client):
    new(Invoice, client)
    with refused("permission denied for table receivables_invoice", DatabaseError):
        run(f'UPDATE receivables_invoice SET "{column}" = "{column}"')


def test_what_is_open_on_an_invoice_may_change(client):
    invoice = new(Invoice, client)
    assert Invoice.objects.filter(id=invoice.id).update(open_amount=Decimal("21.00")) == 1


@pytest.mark.parametrize("amount", ["-0.01", "121.01"])
def test_what_is_open_stays_between_nothing_and_what_was_asked(amount, client):
    new(Invoice, client)
    with refused("invoice_open_in_bounds"):
        Invoice.objects.update(open_amount=Decimal(amount))


@pytest.mark.parametrize("amount", ["0.00", "121.00"])
def test_nothing_and_all_may_be_open(amount, client):
    new(Invoice, client)
    assert Invoice.objects.update(open_amount=Decimal(amount)) == 1


@pytest.mark.parametrize("model", [Invoice, Title, Hold, Payment, Event], ids=lambda model: model.__name__)
def test_a_record_is_never_deleted(model, client):
    row = new(model, client)
    with refused("permission denied", DatabaseError):
        row.delete()
    with refused("permission denied", DatabaseError):
        run(f"DELETE FROM {model._meta.db_table}")


def test_a_number_is_used_once_per_kind(client):
    invoice = new(Invoice, client)
    assert new(Invoice, client, number=invoice.number, kind="credit_note").id
    with refused("invoice_number_once"):
        new(Invoice, client, number=invoice.number)


def test_an_invoice_is_not_due_before_it_is_issued(client):
    assert new(Invoice, client, issue_date=date(2026, 3, 2), due_date=date(2026, 3, 2)).id
    with refused("invoice_due_after_issue"):
        new(Invoice, client, issue_date=date(2026, 3, 2), due_date=date(2026, 3, 1))


def title(client, invoice, since, until):
    return new(Title, client, invoice=invoice, period=(since, until))


MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
OVERLAPPING = {
    "the same": (MARCH, APRIL),
    "the last day": (date(2026, 3, 31), MAY),
    "the first day": (date(2026, 2, 1), date(2026, 3, 2)),
    "within": (date(2026, 3, 10), date(2026, 3, 11)),
    "around": (date(2026, 2, 1), None),
    "always": (None, None),
}


@pytest.mark.parametrize(("since", "until"), OVERLAPPING.values(), ids=OVERLAPPING)
def test_a_claim_never_has_two_owners_on_one_day(since, until, client):
    first = title(client, new(Invoice, client), MARCH, APRIL)
    with refused("title_one_owner_at_a_time"):
        title(client, first.invoice, since, until)


def test_a_claim_may_change_hands_from_one_day_to_the_next(client):
    first = title(client, new(Invoice, client), MARCH, APRIL)
    assert title(client, first.invoice, APRIL, None).id
    assert title(client, first.invoice, None, MARCH).id


def test_a_claim_that_is_sold_cannot_be_sold_again_before_the_first_title_ends(client):
    first = title(client, new(Invoice, client), MARCH, None)
    with refused("title_one_owner_at_a_time"):
        title(client, first.invoice, APRIL, None)
    assert Title.objects.filter(id=first.id).update(period=(MARCH, APRIL)) == 1
    assert title(client, first.invoice, APRIL, None).id
    with refused("title_one_owner_at_a_time"):
        Title.objects.filter(id=first.id).update(period=(MARCH, None))


def test_two_claims_may_be_owned_in_the_same_period(client):
    for _ in range(2):
        assert title(client, new(Invoice, client), MARCH, None).id


@pytest.mark.parametrize("number", ["9000001", "NL123456", "9000000 "])
def test_the_number_of_an_owner_is_a_kvk_number_or_not_known(client, number):
    for known in ("", "90000001"):
        assert new(Title, client, invoice=new(Invoice, client), owner_kvk=known).owner_kvk == known
    with refused("title_owner_kvk"):
        new(Title, client, invoice=new(Invoice, client), owner_kvk=number)


def test_a_title_lasts_at_least_a_day(client):
    invoice = new(Invoice, client)
    with refused("title_period_has_days"):
        title(client, invoice, MARCH, MARCH)
    assert title(client, invoice, MARCH, date(2026, 3, 2)).id
    with refused("title_period_has_days"):
        Title.objects.update(period=(MARCH, MARCH))


def test_a_hold_on_a_part_names_its_invoice(client):
    assert new(Hold, client).amount is None
    assert new(Hold, client, kind="dispute", invoice=new(Invoice, client), amount=Decimal("0.01")).id
    with refused("hold_part_is_a_disputed_part_of_an_invoice"):
        new(Hold, client, kind="dispute", amount=Decimal("10.00"))


def test_only_a_dispute_is_about_a_part(client):
    # A letter asks the rest of what is disputed; of what is promised or paused in part it would ask all.
    with refused("hold_part_is_a_disputed_part_of_an_invoice"):
        new(Hold, client, kind="promise", invoice=new(Invoice, client), amount=Decimal("10.00"))


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_a_hold_on_a_part_is_for_an_amount(amount, client):
    with refused("hold_part_is_a_disputed_part_of_an_invoice"):
        new(Hold, client, kind="dispute", invoice=new(Invoice, client), amount=Decimal(amount))


def test_a_hold_does_not_end_before_it_starts(client):
    assert new(Hold, client, since=MARCH, until=MARCH).id
    with refused("hold_ends_after_start"):
        new(Hold, client, since=APRIL, until=MARCH)


def test_interest_runs_and_costs_are_an_amount(client):
    assert new(ClaimComponent, client, kind="interest", amount=None).id
    assert new(ClaimComponent, client, kind="costs", amount=Decimal("0.01")).id
    for kind, amount in (("interest", "1.00"), ("costs", None), ("costs", "0.00"), ("costs", "-1.00")):
        with refused("component_costs_have_amount"):
            new(ClaimComponent, client, kind=kind, amount=amount and Decimal(amount))


def test_a_payment_is_divided_to_the_cent(client):
    with refused("payment_divided_in_full"):
        new(Payment, client, amount=Decimal("121.01"))


@pytest.mark.parametrize("model", [Hold, Payment], ids=lambda model: model.__name__)
def test_doing_it_twice_with_one_key_is_refused(model, client):
    row = new(model, client)
    with refused(f"{model.__name__.lower()}_once"):
        new(model, client, key=row.key)


def test_what_happened_happened_to_an_invoice_or_a_debtor(client):
    invoice = new(Invoice, client)
    assert new(Event, client, debtor=None, invoice=invoice).id
    assert new(Event, client, debtor=invoice.debtor, invoice=None).id
    with refused("event_of_invoice_or_debtor"):
        new(Event, client, debtor=None, invoice=None)


def test_what_is_withdrawn_asks_nothing_and_frees_its_number(client):
    invoice = new(Invoice, client)
    with refused("invoice_withdrawn_asks_nothing"):
        Invoice.objects.update(withdrawn_on=MARCH)
    Invoice.objects.update(withdrawn_on=MARCH, open_amount=Decimal(0))
    assert new(Invoice, client, number=invoice.number).id
