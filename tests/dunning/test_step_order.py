"""The order of the steps is kept by the database: no notice without a reminder, nothing handed over without a notice."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from inbaar.dunning.models import Step
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Invoice
from tests.kit.rows import new


@pytest.fixture
def client(client_a):
    with client_scope(client_a.id):
        yield client_a


@pytest.fixture
def invoice(client):
    return new(Invoice, client)


def check_references():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused(reason, kind=IntegrityError):
    before = Step.objects.count()
    with pytest.raises(kind, match=reason), transaction.atomic():  # noqa: PT012
        yield
        check_references()
    assert Step.objects.count() == before


def take(client, invoice, kind, after=None, key=None):
    return new(Step, client, invoice=invoice, kind=kind, key=key or kind, after=after)


@pytest.mark.parametrize("notice", ["formal_notice", "fourteen_day_letter"])
def test_the_whole_way_is_taken_in_its_order(notice, client, invoice):
    take(client, invoice, "reminder")
    take(client, invoice, notice, after="reminder")
    take(client, invoice, "hand_over", after=notice)
    check_references()
    assert Step.objects.filter(invoice=invoice).count() == 3


@pytest.mark.parametrize("notice", ["formal_notice", "fourteen_day_letter"])
def test_a_notice_without_a_reminder_is_refused(notice, client, invoice):
    with refused("step_follows_a_step"):
        take(client, invoice, notice, after="reminder")


def test_the_reminder_of_another_invoice_does_not_count(client, invoice):
    take(client, new(Invoice, client), "reminder")
    with refused("step_follows_a_step"):
        take(client, invoice, "formal_notice", after="reminder")


def test_the_reminder_of_another_client_does_not_count(client_a, client_b):
    with client_scope(client_b.id):
        theirs = new(Invoice, client_b)
        take(client_b, theirs, "reminder")
        check_references()
    with client_scope(client_a.id), refused("violates foreign key constraint"):
        new(
            Step,
            client_a,
            invoice_id=theirs.id,
            invoice=None,
            kind="formal_notice",
            key="formal_notice",
            after="reminder",
        )


@pytest.mark.parametrize("notice", ["formal_notice", "fourteen_day_letter"])
def test_nothing_is_handed_over_without_that_notice(notice, client, invoice):
    take(client, invoice, "reminder")
    with refused("step_follows_a_step"):
        take(client, invoice, "hand_over", after=notice)


WRONG = {
    "a notice after nothing": ("formal_notice", None),
    "a letter after nothing": ("fourteen_day_letter", None),
    "a notice after a notice": ("formal_notice", "fourteen_day_letter"),
    "a notice after itself": ("formal_notice", "formal_notice"),
    "handed over after a reminder": ("hand_over", "reminder"),
    "handed over after nothing": ("hand_over", None),
    "a reminder after a notice": ("reminder", "formal_notice"),
    "a step nobody knows": ("summons", "reminder"),
    "a step nobody knows, after nothing": ("summons", None),
}


@pytest.mark.parametrize(("kind", "after"), WRONG.values(), ids=WRONG)
def test_a_step_in_another_order_is_refused(kind, after, client, invoice):
    with refused("step_(order|key)"):
        take(client, invoice, kind, after)


def test_a_notice_may_rest_on_the_second_reminder_and_calls_on_nothing(client, invoice):
    take(client, invoice, "courtesy_notice")
    take(client, invoice, "reminder")
    take(client, invoice, "call")
    take(client, invoice, "reminder", key="reminder-2")
    take(client, invoice, "formal_notice", after="reminder-2")
    check_references()
    with refused("step_once"):
        take(client, invoice, "reminder", key="reminder-2")


@pytest.mark.parametrize(
    ("kind", "key", "after"),
    [
        ("formal_notice", "formal_notice-2", "reminder"),
        ("formal_notice", "formal_notice", "call"),
        ("hand_over", "hand_over-2", "formal_notice"),
        ("reminder", "call", None),
    ],
)
def test_a_key_names_its_kind_and_notices_come_once(kind, key, after, client, invoice):
    take(client, invoice, "reminder")
    take(client, invoice, "call", key="call-2")
    with refused("step_(order|key)"):
        take(client, invoice, kind, after, key)


def test_a_step_is_taken_once(client, invoice):
    take(client, invoice, "reminder")
    with refused("step_once"):
        take(client, invoice, "reminder")


def test_a_step_taken_is_never_changed(client, invoice):
    take(client, invoice, "reminder")
    with refused("permission denied", DatabaseError):
        Step.objects.update(kind="hand_over")


def test_a_step_another_one_follows_is_not_taken_back(client, invoice):
    step = take(client, invoice, "reminder")
    take(client, invoice, "formal_notice", after="reminder")
    with refused("step_follows_a_step"):
        Step.objects.filter(id=step.id)._raw_delete("default")
