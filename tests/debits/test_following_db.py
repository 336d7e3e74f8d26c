"""What the bank books of our debits: late, twice, out of order and wrong; each invoice is paid once, and open again once."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest

from inbaar.banking.debits.actions import request_debit
from inbaar.banking.jobs import follow_own_payments
from inbaar.banking.models import Entry
from inbaar.doors import take_in_files
from inbaar.dunning.schedule import close_invoices, schedule_invoices
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Invoice
from inbaar.receivables.queries import claim_facts
from tests.banking.books import PIETERS, draft, invoiced, received
from tests.banking.camt import Line, camt_file
from tests.banking.reports import report
from tests.debits.books import asked, at, collecting, filed, rows, signed, states
from tests.sql_watch import statements
from tests.transfers.books import assert_proven, member

pytestmark = pytest.mark.django_db
DUE, BACK = dt.date(2026, 3, 17), dt.date(2026, 3, 19)
OPEN = "SELECT open_amount FROM receivables_invoice ORDER BY number"


class Filed:
    """Two debits (121.00 and 50.00, by two mandates of one debtor) that are at the bank."""

    def __init__(self, client):
        self.client = client
        self.people = member(client, "eva"), member(client, "ton")
        debtor = collecting(client)
        self.mandate = signed(client, debtor, reference="K-1")
        with client_scope(client.id):
            invoiced(client, draft("2026-0002", "50.00"))
        self.batch = filed(client, asked(client), DUE - dt.timedelta(1), *self.people)
        ((self.message,),) = rows(client, "SELECT message_id FROM batches_batch")
        self.files = 0

    def offer(self, content):
        self.files += 1
        (result,) = take_in_files(self.client.id, [(f"{self.files}.xml", content)], BACK, at(BACK))
        return result

    def statement(self, *lines, number):
        return self.offer(camt_file(lines, number=number, day=lines[0].day))

    def named(self, payment):
        return f"{self.message}-{payment}" if payment else ""

    def came(self, amount="121.00", payment=1, **facts):
        return Line(amount, day=DUE, end_to_end_id=self.named(payment), **facts)

    def back(self, amount="-121.00", payment=1, reason="AM04", **facts):
        return Line(amount, day=BACK, end_to_end_id=self.named(payment), return_reason=reason, **facts)


@pytest.fixture
def at_bank(client_a):
    return Filed(client_a)


def opened(client):
    return [str(amount) for (amount,) in rows(client, OPEN)]


def reasons(client):
    return rows(client, "SELECT state, reason FROM banking_entry ORDER BY id")


def test_each_debit_pays_its_invoice_and_the_books_tie(at_bank, client_a):
    at_bank.statement(at_bank.came(), at_bank.came("50.00", 2), number="1")
    assert states(client_a) == ["collected", "collected"]
    assert opened(client_a) == ["0.00", "0.00"]
    assert reasons(client_a) == [("matched", "debit-collected")] * 2
    assert rows(client_a, "SELECT count(*) FROM receivables_hold WHERE released_on IS NULL") == [(2,)]
    assert_proven(client_a)


def test_a_file_booked_in_one_sum_settles_each_invoice(at_bank, client_a):
    at_bank.statement(Line("171.00", day=DUE, text=f"Incasso {at_bank.message} 2 posten"), number="1")
    assert states(client_a) == ["collected", "collected"]
    assert opened(client_a) == ["0.00", "0.00"]
    assert_proven(client_a)


def test_a_batch_with_its_details_settles_each_invoice(at_bank, client_a):
    parts = (at_bank.came(), at_bank.came("50.00", 2))
    at_bank.statement(Line("171.00", day=DUE, parts=parts), number="1")
    assert states(client_a) == ["collected", "collected"]
    assert_proven(client_a)


def test_one_sum_is_less_what_was_rejected_and_no_other(at_bank, client_a):
    at_bank.offer(report(at_bank.message, "PART", [(at_bank.named(2), "RJCT", "AM04", "")]))
    at_bank.statement(Line("171.00", day=DUE, text=at_bank.message), number="1")
    assert states(client_a) == ["in_file", "rejected"]
    at_bank.statement(Line("121.00", day=DUE, text=at_bank.message), number="2")
    assert states(client_a) == ["collected", "rejected"]
    assert_proven(client_a)


@pytest.mark.requirement("ASK-19")
def test_a_debit_that_went_back_opens_its_invoice_from_the_old_due_date(at_bank, client_a):
    """Collected on 17 March and back on the 19th: open as if it had never been paid, due on 3 March."""
    at_bank.statement(at_bank.came(), number="1")
    at_bank.statement(at_bank.back(reason="MD06"), number="2")
    assert states(client_a) == ["returned", "in_file"]
    assert opened(client_a) == ["121.00", "50.00"]
    with client_scope(client_a.id):
        invoice = Invoice.objects.get(number="2026-0001")
        facts = claim_facts([invoice.id], BACK)[invoice.id]
        assert (facts.open_amount, facts.paid) == (Decimal("121.00"), Decimal(0))
    assert rows(
        client_a, "SELECT kind, count(*) FROM receivables_event WHERE kind = 'debit_returned' GROUP BY 1"
    ) == [("debit_returned", 1)]
    assert rows(client_a, "SELECT state FROM debits_mandate") == [("live",)]
    assert_proven(client_a)


@pytest.mark.requirement("ASK-19")
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_late_twice_and_in_any_order_it_ends_the_same(at_bank, client_a, order):
    accepted = report(at_bank.message, "ACCP", message_id="R-1")
    told = [
        lambda: at_bank.offer(accepted),
        lambda: at_bank.statement(at_bank.came(), at_bank.came("50.00", 2), number="1"),
        lambda: at_bank.statement(at_bank.back(reason="MD01"), number="2"),
        lambda: at_bank.offer(accepted),
    ]
    for step in (*order, *order):
        told[step]()
    assert states(client_a) == ["returned", "collected"]
    assert opened(client_a) == ["121.00", "0.00"]
    assert rows(client_a, "SELECT state FROM debits_mandate") == [("suspended",)]
    assert_proven(client_a)


@pytest.mark.requirement("ASK-19")
def test_a_reject_with_the_wrong_sign_or_another_amount_waits_for_a_person(at_bank, client_a):
    at_bank.statement(
        Line("121.00", day=BACK, end_to_end_id=at_bank.named(1), return_reason="AM04"),
        Line("-120.00", day=BACK, end_to_end_id=at_bank.named(1), return_reason="AM04"),
        number="1",
    )
    assert states(client_a) == ["in_file", "in_file"]
    assert opened(client_a) == ["121.00", "50.00"]
    assert reasons(client_a) == [("unmatched", "returned"), ("unmatched", "own-payment-amount")]
    assert_proven(client_a)


def test_a_second_return_and_a_second_collection_wait_for_a_person(at_bank, client_a):
    at_bank.statement(at_bank.came(), number="1")
    at_bank.statement(at_bank.back(), at_bank.back(bank_reference="again"), number="2")
    assert states(client_a) == ["returned", "in_file"]
    assert opened(client_a) == ["121.00", "50.00"]
    assert [reason for _, reason in reasons(client_a)] == [
        "debit-collected",
        "debit-returned",
        "own-payment-twice",
    ]
    assert_proven(client_a)


def test_who_writes_the_name_of_a_debit_on_his_payment_pays_as_anybody_does(at_bank, client_a):
    """Another amount, or a day before the debit's own: it is no collection, and is matched like every payment."""
    with client_scope(client_a.id):
        invoiced(client_a, draft("2026-0009", "70.00", PIETERS))
    early = dt.date(2026, 3, 16)
    at_bank.statement(
        Line(
            "70.00",
            day=DUE,
            text="2026-0009",
            name="Pieters Transport B.V.",
            iban="",
            end_to_end_id=at_bank.named(1),
        ),
        Line("50.00", day=early, text="cadeau", name="X", iban="", end_to_end_id=at_bank.named(2)),
        number="1",
    )
    assert states(client_a) == ["in_file", "in_file"]
    with client_scope(client_a.id):
        assert Invoice.objects.get(number="2026-0009").open_amount == 0
        assert not Entry.objects.filter(reason__startswith="own").exists()
    assert_proven(client_a)


def test_what_was_paid_meanwhile_is_not_paid_twice_by_its_debit(at_bank, client_a):
    at_bank.statement(Line("121.00", day=DUE - dt.timedelta(1), text="2026-0001"), number="1")
    assert opened(client_a)[0] == "0.00"
    at_bank.statement(at_bank.came(), number="2")
    assert states(client_a)[0] == "in_file"
    assert rows(client_a, "SELECT unapplied FROM banking_entry ORDER BY id DESC LIMIT 1") == [
        (Decimal("121.00"),)
    ]
    assert_proven(client_a)


def test_after_too_little_money_a_person_collects_again_announced_anew(at_bank, client_a):
    at_bank.statement(at_bank.came(), number="1")
    at_bank.statement(at_bank.back(), number="2")
    assert asked(client_a, BACK) == []
    with client_scope(client_a.id):
        invoice = Invoice.objects.get(number="2026-0001").id
    request_debit(client_a.id, invoice, at_bank.mandate, "eva", BACK, at(BACK))
    assert rows(client_a, "SELECT due_on, attempt FROM debits_directdebit WHERE state = 'requested'") == [
        (dt.date(2026, 4, 2), 2)
    ]
    with pytest.raises(Refused, match="collected once at a time"):
        request_debit(client_a.id, invoice, at_bank.mandate, "eva", BACK, at(BACK))


def test_reminders_start_again_where_they_had_ended(at_bank, client_a):
    with client_scope(client_a.id):
        schedule_invoices(client_a.id, list(Invoice.objects.values_list("id", flat=True)))
    at_bank.statement(at_bank.came(), at_bank.came("50.00", 2), number="1")
    with client_scope(client_a.id):
        close_invoices(client_a.id, list(Invoice.objects.values_list("id", flat=True)))
    assert rows(client_a, "SELECT DISTINCT stage FROM dunning_schedule") == [("closed",)]
    at_bank.statement(at_bank.back(reason="MD06"), number="2")
    sql = ("SELECT i.number, s.stage, s.due_on FROM dunning_schedule s "
           "JOIN receivables_invoice i ON i.id = s.invoice_id ORDER BY 1")  # fmt: skip
    assert rows(client_a, sql) == [("2026-0001", "waiting", BACK), ("2026-0002", "closed", None)]


def test_the_number_of_statements_does_not_grow_with_the_debits(client_a):
    counts = []
    for many in (2, 12):
        debtor = collecting(client_a) if many == 2 else None
        if debtor:
            signed(client_a, debtor)
            people = member(client_a, "eva"), member(client_a, "ton")
        with client_scope(client_a.id):
            invoiced(client_a, *(draft(f"N{many}-{n}", "10.00") for n in range(many)))
        batch = filed(client_a, asked(client_a), DUE - dt.timedelta(1), *people)
        ((message, count),) = rows(
            client_a, f"SELECT message_id, count FROM batches_batch WHERE id = {batch}"
        )
        amounts = rows(client_a, "SELECT b.number, dd.amount FROM debits_batcheddebit b JOIN debits_directdebit dd "
                                 f"ON dd.id = b.debit_id WHERE b.batch_id = {batch} ORDER BY 1")  # fmt: skip
        with client_scope(client_a.id):
            received(client_a, *(Line(str(amount), day=DUE, end_to_end_id=f"{message}-{n}") for n, amount in amounts),
                     number=str(many))  # fmt: skip
            with statements() as seen:
                assert follow_own_payments(client_a.id, DUE, at(DUE)) == count
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert set(states(client_a)) == {"collected"}
