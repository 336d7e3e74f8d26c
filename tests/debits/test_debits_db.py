"""Debits in dated days: asked for, announced, put together, approved by another, and written into one file once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from lxml import etree

from inbaar.banking.batches.reports import take_in_report
from inbaar.banking.debits.actions import (
    amend_account,
    announce_debits,
    approve_debit_batch,
    make_debit_batch,
    refuse_debit_batch,
    request_debit,
    request_due,
    under_way,
    withdraw_debits,
    withdraw_mandate,
)
from inbaar.doors import TELLING
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.receivables.holds import NewHold, open_holds
from inbaar.receivables.models import Invoice
from tests.banking.books import draft, invoiced
from tests.banking.reports import report
from tests.banking.schemas import faults
from tests.debits.books import (
    CREDITOR,
    DAY,
    JANSEN,
    MOVED,
    NOW,
    SAME_BANK,
    acting,
    asked,
    at,
    collecting,
    filed,
    pay,
    refused,
    rows,
    signed,
    states,
)
from tests.transfers.books import account_of, file_of, member

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 3, 17)  # 3 March and 14 days
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"}


@pytest.fixture
def people(client_a):
    return member(client_a, "eva"), member(client_a, "ton", "treasurer")


def texts(content, path):
    return [element.text for element in etree.fromstring(content).iterfind(f".//{path}", NAMES)]


def test_what_is_due_is_collected_once_on_the_day_it_was_announced_for(client_a, people):
    """Asked and announced on 3 March with 14 days: the file of 16 March collects on the 17th."""
    signed(client_a, collecting(client_a), reference="K-1")
    assert request_due(client_a.id, "run", DAY, NOW) == (1, 0)
    assert request_due(client_a.id, "run", DAY, NOW) == (0, 0)
    ids = asked(client_a)
    day = DUE - dt.timedelta(1)
    content = file_of(client_a, filed(client_a, ids, day, *people))
    assert faults("pain.008.001.08", content) == []
    assert texts(content, "p:ReqdColltnDt") == ["2026-03-17"]
    assert texts(content, "p:InstdAmt") == ["121.00"]
    assert texts(content, "p:MndtId") == ["K-1"]
    assert texts(content, "p:SeqTp") == ["RCUR"]
    assert texts(content, "p:CdtrSchmeId//p:Othr/p:Id") == [CREDITOR]
    assert texts(content, "p:DbtrAcct//p:IBAN") == [JANSEN]
    assert states(client_a) == ["in_file"]
    assert rows(client_a, "SELECT last_presented_on FROM debits_mandate") == [(DUE,)]
    assert request_due(client_a.id, "run", day, at(day)) == (0, 0)


@pytest.mark.requirement("COL-03")
def test_a_one_off_mandate_is_asked_for_by_a_person_and_only_once(client_a, people):
    debtor = collecting(client_a)
    mandate = signed(client_a, debtor, kind="one_off")
    with client_scope(client_a.id):
        first = Invoice.objects.get().id
        (second,) = invoiced(client_a, draft("2026-0002"))
    assert request_due(client_a.id, "run", DAY, NOW) == (0, 0)
    debit = request_debit(client_a.id, first, mandate, "eva", DAY, NOW)
    refused(lambda: request_debit(client_a.id, second.id, mandate, "eva", DAY, NOW), "mandate-used")
    with (
        client_scope(client_a.id),
        pytest.raises(IntegrityError, match="debit_one_off_once"),
        transaction.atomic(),
    ):
        run("INSERT INTO debits_directdebit (client_id, invoice_id, mandate_id, kind, attempt, replaced, amount, currency, "
            "due_on, last, announced_days, announced_how, requested_by, requested_at, state, state_on, bank_status, "
            "bank_reason, bank_text) SELECT client_id, %s, mandate_id, kind, attempt, replaced, amount, currency, due_on, last, "
            "announced_days, announced_how, requested_by, requested_at, state, state_on, '', '', '' FROM debits_directdebit",
            [second.id])  # fmt: skip
    announce_debits(client_a.id, [debit], "on the invoice", "eva", DAY, NOW)
    content = file_of(client_a, filed(client_a, [debit], DUE - dt.timedelta(1), *people))
    assert texts(content, "p:SeqTp") == ["OOFF"]
    refused(lambda: request_debit(client_a.id, second.id, mandate, "eva", DAY, NOW), "mandate-used")


def test_a_one_off_that_was_taken_back_is_free_again(client_a):
    mandate = signed(client_a, collecting(client_a), kind="one_off")
    with client_scope(client_a.id):
        invoice = Invoice.objects.get().id
    debit = request_debit(client_a.id, invoice, mandate, "eva", DAY, NOW)
    assert withdraw_debits(client_a.id, [debit], "eva", DAY, NOW) == 1
    assert withdraw_debits(client_a.id, [debit], "eva", DAY, NOW) == 0
    assert request_debit(client_a.id, invoice, mandate, "eva", DAY, NOW)


def test_first_next_and_last_of_a_recurring_mandate_and_then_no_more(client_a, people):
    debtor = collecting(client_a)
    mandate = signed(client_a, debtor)
    day = DUE - dt.timedelta(1)
    sequences = []
    with client_scope(client_a.id):
        invoices = [Invoice.objects.get().id]
        invoices += [
            i.id for i in invoiced(client_a, draft("2026-0002"), draft("2026-0003"), draft("2026-0004"))
        ]
    for invoice, last in zip(invoices, (False, False, True), strict=False):
        debit = request_debit(client_a.id, invoice, mandate, "eva", DAY, NOW, last=last)
        announce_debits(client_a.id, [debit], "by mail", "eva", DAY, NOW)
        sequences += texts(file_of(client_a, filed(client_a, [debit], day, *people)), "p:SeqTp")
    assert sequences == ["RCUR", "RCUR", "FNAL"]
    refused(lambda: request_debit(client_a.id, invoices[3], mandate, "eva", DAY, NOW), "mandate-used")
    assert request_due(client_a.id, "run", DAY, NOW) == (0, 1)


@pytest.mark.parametrize(("account", "told"), [(MOVED, "SMNDA"), (SAME_BANK, JANSEN)])
def test_an_amended_account_is_told_in_the_next_file_and_not_in_the_one_after(
    client_a, people, account, told
):
    debtor = collecting(client_a)
    mandate = signed(client_a, debtor)
    day = DUE - dt.timedelta(1)
    files = []
    for number in ("2026-0002", "2026-0003", "2026-0004"):
        files.append(file_of(client_a, filed(client_a, asked(client_a), day, *people)))
        amend_account(client_a.id, mandate, "Jansen Bouw B.V.", account, "eva", DAY, NOW)
        with client_scope(client_a.id):
            invoiced(client_a, draft(number))
    assert [texts(content, "p:AmdmntInd") for content in files] == [[], ["true"], []]
    found = texts(files[1], "p:OrgnlDbtrAcct/p:Id/p:Othr/p:Id") + texts(
        files[1], "p:OrgnlDbtrAcct/p:Id/p:IBAN"
    )
    assert found == [told]
    assert texts(files[1], "p:DbtrAcct//p:IBAN") == [account]
    assert faults("pain.008.001.08", files[1]) == []


def test_nothing_leaves_unannounced_or_announced_too_late(client_a, people):
    signed(client_a, collecting(client_a))
    request_due(client_a.id, "run", DAY, NOW)
    ((debit,),) = rows(client_a, "SELECT id FROM debits_directdebit")
    day = DUE - dt.timedelta(1)
    make = lambda: make_debit_batch(client_a.id, account_of(client_a), [debit], acting(people[0], day))  # noqa: E731
    refused(make, "debit-unannounced")
    later = DAY + dt.timedelta(1)
    refused(
        lambda: announce_debits(client_a.id, [debit], "by mail", "eva", later, at(later)),
        "announced-too-late",
    )
    for column, name in (("announced_on = '2026-03-04', announced_how = 'x'", "debit_announced_in_time"),
                         ("state = 'batched'", "debit_announced_before_it_leaves")):  # fmt: skip
        with client_scope(client_a.id), pytest.raises(IntegrityError, match=name), transaction.atomic():
            run(f"UPDATE debits_directdebit SET {column}")
    announce_debits(client_a.id, [debit], "by mail", "eva", DAY, NOW)
    refused(lambda: announce_debits(client_a.id, [debit], "by mail", "eva", DAY, NOW), "debit-announced")
    assert make()


def test_reminders_rest_while_a_debit_is_on_its_way_and_go_on_when_it_is_not(client_a):
    signed(client_a, collecting(client_a), reference="K-1")
    (debit,) = asked(client_a)
    sql = "SELECT kind, reason, released_on FROM receivables_hold"
    assert rows(client_a, sql) == [("pause", "Wordt op 2026-03-17 afgeschreven met machtiging K-1", None)]
    later = DAY + dt.timedelta(2)
    withdraw_debits(client_a.id, [debit], "eva", later, at(later))
    assert [row[2] for row in rows(client_a, sql)] == [later]


def test_what_is_paid_disputed_or_withdrawn_after_it_was_put_together_does_not_leave(client_a, people):
    debtor = collecting(client_a)
    mandate = signed(client_a, debtor)
    day = DUE - dt.timedelta(1)
    with client_scope(client_a.id):
        invoice = Invoice.objects.get().id
    batch = make_debit_batch(client_a.id, account_of(client_a), asked(client_a), acting(people[0], day))
    approve = lambda: approve_debit_batch(client_a.id, batch, acting(people[1], day))  # noqa: E731
    with client_scope(client_a.id):
        open_holds(client_a.id, [NewHold(debtor, "dispute", "wrong", "eva", day, "d", invoice)], NOW)
    refused(approve, "debit-held")
    pay(client_a, invoice, "0.01", day)
    with client_scope(client_a.id):
        run("UPDATE receivables_hold SET released_on = since WHERE key = 'd'")
    refused(approve, "debit-above-open")
    amend_account(client_a.id, mandate, "Jansen", MOVED, "eva", day, at(day))
    refused(approve, "debit-above-open", "debit-amended")
    withdraw_mandate(client_a.id, mandate, "asked", "eva", day, at(day))
    refused(approve, "mandate-withdrawn", "debit-above-open", "debit-amended")
    assert states(client_a) == ["batched"]
    assert file_of(client_a, batch) == b""


def test_a_withdrawn_mandate_takes_back_what_waits_and_tells_what_is_under_way(client_a, people):
    mandate = signed(client_a, collecting(client_a))
    day = DUE - dt.timedelta(1)
    (debit,) = asked(client_a)
    filed(client_a, [debit], day, *people)
    with client_scope(client_a.id):
        invoiced(client_a, draft("2026-0002"))
    asked(client_a)
    assert states(client_a) == ["in_file", "requested"]
    withdraw_mandate(client_a.id, mandate, "asked", "eva", day, at(day))
    assert states(client_a) == ["in_file", "withdrawn"]
    assert under_way(client_a.id, mandate) == [(debit, DUE)]


def test_an_invoice_that_was_sold_or_is_held_is_not_asked_for(client_a):
    debtor = collecting(client_a)
    signed(client_a, debtor)
    with client_scope(client_a.id):
        invoice = Invoice.objects.get().id
        run("UPDATE receivables_title SET period = daterange(lower(period), '2026-03-01')")
        run("INSERT INTO receivables_title (client_id, invoice_id, owner_name, owner_kvk, payee_iban, period, deed) "
            "SELECT client_id, invoice_id, 'Factor', '', %s, daterange('2026-03-01', NULL), 'sold' FROM receivables_title",
            [MOVED])  # fmt: skip
    assert request_due(client_a.id, "run", DAY, NOW) == (0, 0)
    with client_scope(client_a.id):
        (other,) = invoiced(client_a, draft("2026-0002"))
        open_holds(client_a.id, [NewHold(debtor, "pause", "asked", "eva", DAY, "p", other.id)], NOW)
    assert request_due(client_a.id, "run", DAY, NOW) == (0, 0)
    mandate = rows(client_a, "SELECT id FROM debits_mandate")[0][0]
    for number, why in ((invoice, "debit-sold"), (other.id, "debit-held")):
        refused(lambda number=number: request_debit(client_a.id, number, mandate, "eva", DAY, NOW), why)


def test_an_unregistered_business_mandate_is_not_collected_on(client_a):
    mandate = signed(client_a, collecting(client_a), scheme="b2b")
    assert request_due(client_a.id, "run", DAY, NOW) == (0, 1)
    with client_scope(client_a.id):
        invoice = Invoice.objects.get().id
    refused(lambda: request_debit(client_a.id, invoice, mandate, "eva", DAY, NOW), "mandate-unregistered")


def test_a_batch_is_of_one_kind_in_time_and_approved_by_another(client_a, people):
    debtor = collecting(client_a)
    signed(client_a, debtor)
    one_off = signed(client_a, debtor, kind="one_off")
    with client_scope(client_a.id):
        (other,) = invoiced(client_a, draft("2026-0002"))
    asked_for = request_debit(client_a.id, other.id, one_off, "eva", DAY, NOW)
    announce_debits(client_a.id, [asked_for], "by mail", "eva", DAY, NOW)
    ids = [*asked(client_a), asked_for]
    eva, ton = people
    account, day = account_of(client_a), DUE - dt.timedelta(1)
    refused(lambda: make_debit_batch(client_a.id, account, ids, acting(eva, day)), "batch-mixed")
    refused(lambda: make_debit_batch(client_a.id, account, ids[:1], acting(eva, DUE)), "collection-passed")
    batch = make_debit_batch(client_a.id, account, ids[:1], acting(eva, day))
    refused(lambda: make_debit_batch(client_a.id, account, ids[:1], acting(ton, day)), "not-to-be-collected")
    refused(lambda: approve_debit_batch(client_a.id, batch, acting(eva, day)), "second-person")
    refused(lambda: approve_debit_batch(client_a.id, batch, acting(ton, DUE)), "collection-passed")
    approve_debit_batch(client_a.id, batch, acting(ton, day))
    refused(lambda: approve_debit_batch(client_a.id, batch, acting(ton, day)), "batch-decided")
    assert states(client_a) == ["requested", "in_file"]


def test_a_refused_batch_waits_anew_as_it_was_announced(client_a, people):
    signed(client_a, collecting(client_a))
    ids, day = asked(client_a), DUE - dt.timedelta(1)
    eva, ton = people
    batch = make_debit_batch(client_a.id, account_of(client_a), ids, acting(eva, day))
    refuse_debit_batch(client_a.id, batch, "look again", acting(ton, day), "ton")
    assert states(client_a) == ["refused", "requested"]
    holds = "SELECT key = 'debit:' || (SELECT max(id) FROM debits_directdebit) FROM receivables_hold WHERE released_on IS NULL"
    assert rows(client_a, holds) == [(True,)]
    again = rows(
        client_a,
        "SELECT id FROM debits_directdebit WHERE state = 'requested' AND announced_on = '2026-03-03'",
    )
    filed(client_a, [number for (number,) in again], day, eva, ton)
    assert states(client_a) == ["refused", "in_file"]


@pytest.mark.parametrize(
    ("reason", "mandate_state"),
    [("AM04", "live"), ("AC04", "suspended"), ("MD01", "suspended"), ("MS03", "live")],
)
def test_a_rejected_debit_is_open_again_and_its_mandate_suspended_where_it_no_longer_serves(
    client_a, people, reason, mandate_state
):
    signed(client_a, collecting(client_a))
    filed(client_a, asked(client_a), DUE - dt.timedelta(1), *people)
    ((message,),) = rows(client_a, "SELECT message_id FROM batches_batch")
    told = report(message, "PART", [(f"{message}-1", "RJCT", reason, "")])
    for _ in range(2):
        take_in_report(client_a.id, told, "r.xml", DUE, at(DUE), TELLING)
    assert states(client_a) == ["rejected"]
    assert rows(client_a, "SELECT state FROM debits_mandate") == [(mandate_state,)]
    assert rows(client_a, "SELECT released_on FROM receivables_hold") == [(DUE,)]
    assert rows(client_a, "SELECT count(*) FROM receivables_event WHERE kind = 'debit_rejected'") == [(1,)]
    assert request_due(client_a.id, "run", DUE, at(DUE)) == (0, 0)
