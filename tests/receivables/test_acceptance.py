"""Accepting invoices and credit notes: once, whatever the channel; linked, posted, dated."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances, subject_balances
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from inbaar.receivables.deadlines import deadlines
from inbaar.receivables.models import Event, Invoice, Title

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)
BAKERY = Customer(name="Bakkerij De Korenaar B.V.", kvk="90000002", email="boekhouding@example.nl")


def draft(number: str = "2026-0042", *, payable: str = "1210.00", kind: str = "invoice", **facts) -> Draft:
    total = Decimal(payable)
    vat = (total * 21 / 121).quantize(Decimal("0.01"))
    return Draft(
        **{
            "number": number,
            "kind": kind,
            "issue_date": dt.date(2026, 9, 1),
            "due_date": dt.date(2026, 10, 1),
            "received_on": dt.date(2026, 9, 1),
            "currency": "EUR",
            "net": total - vat,
            "vat": vat,
            "total": total,
            "payable": total,
            "customer": BAKERY,
            "payee_iban": "NL20INGB0001234567",
        }
        | facts
    )


def days_of(client_id: int, invoice_id: int) -> dict[str, dt.date]:
    return {fact.kind: fact.on for fact in deadlines(client_id, invoice_id)}


def test_an_accepted_invoice_is_open_owned_and_in_the_ledger(client_a):
    with client_scope(client_a.id):
        (answer,) = accept_invoices(client_a.id, [draft()], NOW)
        assert answer.outcome == "accepted"
        invoice = Invoice.objects.get(id=answer.invoice_id)
        assert (invoice.open_amount, invoice.claim_kind) == (Decimal("1210.00"), "trade")
        assert invoice.first_interest_day == dt.date(2026, 10, 2)
        title = Title.objects.get(invoice_id=invoice.id)
        assert (title.owner_name, title.payee_iban) == (client_a.name, "NL20INGB0001234567")
        assert title.owner_kvk == client_a.organisation.kvk_number
        assert subject_balances(Code.RECEIVABLE, NOW.date()) == {invoice.id: Decimal("1210.00")}
        assert [event.kind for event in Event.objects.all()] == ["accepted"]


@pytest.mark.requirement("FAC-26")
def test_the_same_invoice_by_another_channel_changes_nothing_and_says_so(client_a):
    with client_scope(client_a.id):
        (first,) = accept_invoices(client_a.id, [draft()], NOW)
        again, twin = accept_invoices(client_a.id, [draft(), draft()], NOW)
        assert (again.outcome, again.invoice_id) == ("known", first.invoice_id)
        assert again.problem == "2026-0042 is there already; nothing was changed"
        assert twin.outcome == "known"
        assert Invoice.objects.count() == 1
        assert balances(NOW.date())[Code.RECEIVABLE, "EUR", "own"] == Decimal("1210.00")


def test_a_number_with_other_contents_is_refused_with_what_to_do(client_a):
    with client_scope(client_a.id):
        accept_invoices(client_a.id, [draft()], NOW)
        (answer,) = accept_invoices(client_a.id, [draft(payable="1210.01")], NOW)
        assert answer.outcome == "refused"
        assert answer.problem == (
            "number 2026-0042 is taken by an invoice with other contents; "
            "an accepted invoice never changes: send a credit note and a new number"
        )
        assert Invoice.objects.count() == 1


def test_numbers_that_differ_in_punctuation_are_different_invoices(client_a):
    with client_scope(client_a.id):
        answers = accept_invoices(client_a.id, [draft("1-11"), draft("11-1")], NOW)
        assert [answer.outcome for answer in answers] == ["accepted", "accepted"]


def test_an_invoice_to_a_person_is_a_consumer_claim_without_interest_until_notice(client_a):
    with client_scope(client_a.id):
        accept_invoices(client_a.id, [draft(customer=Customer(name="J. Jansen", postcode="1234 AB"))], NOW)
        invoice = Invoice.objects.get()
        assert (invoice.claim_kind, invoice.first_interest_day, invoice.term_agreed) == (
            "nontrade",
            None,
            False,
        )
        assert invoice.debtor.capacity == "consumer"


@pytest.mark.parametrize("credit_first", [True, False])
def test_a_credit_note_lowers_its_invoice_whichever_comes_first(client_a, credit_first):
    invoice = draft()
    note = draft("C-7", kind="credit_note", payable="210.00", credits_number="2026-0042")
    with client_scope(client_a.id):
        for document in (note, invoice) if credit_first else (invoice, note):
            accept_invoices(client_a.id, [document], NOW)
        opened = dict(Invoice.objects.values_list("number", "open_amount"))
        assert opened == {"2026-0042": Decimal("1000.00"), "C-7": Decimal("0.00")}
        own = {i.id: i.open_amount for i in Invoice.objects.all() if i.open_amount}
        ledger = {k: v for k, v in subject_balances(Code.RECEIVABLE, NOW.date()).items() if v}
        assert ledger == own


def test_a_credit_note_above_its_invoice_keeps_the_rest_open(client_a):
    with client_scope(client_a.id):
        accept_invoices(
            client_a.id,
            [
                draft(payable="100.00"),
                draft("C-8", kind="credit_note", payable="130.00", credits_number="2026-0042"),
            ],
            NOW,
        )
        assert Invoice.objects.get(number="C-8").open_amount == Decimal("30.00")
        assert balances(NOW.date())[Code.RECEIVABLE, "EUR", "own"] == Decimal("-30.00")


@pytest.mark.requirement("REG-25")
def test_register_dates_count_from_the_due_date(client_a):
    with client_scope(client_a.id):
        (answer,) = accept_invoices(client_a.id, [draft()], NOW)
        dates = days_of(client_a.id, answer.invoice_id)
        # 30-day term: 60 days open at the report, 74 days after the invoice date at entry.
        assert (dates["register_report"] - dt.date(2026, 9, 1)).days == 60
        assert (dates["register_entry"] - dt.date(2026, 9, 1)).days == 74
        assert dates["vat_relief"] == dt.date(2027, 10, 1)


@pytest.mark.requirement("REG-26")
@pytest.mark.parametrize(("term", "report", "entry"), [(14, 44, 58), (60, 90, 104)])
def test_other_terms_give_other_totals(client_a, term, report, entry):
    due = dt.date(2026, 9, 1) + dt.timedelta(days=term)
    with client_scope(client_a.id):
        (answer,) = accept_invoices(client_a.id, [draft(due_date=due)], NOW)
        dates = days_of(client_a.id, answer.invoice_id)
        assert (dates["register_report"] - dt.date(2026, 9, 1)).days == report
        assert (dates["register_entry"] - dt.date(2026, 9, 1)).days == entry


def test_the_number_of_statements_does_not_follow_the_number_of_invoices(client_a):
    counts = []
    with client_scope(client_a.id):
        accept_invoices(client_a.id, [draft("warm-up")], NOW)
        for size in (2, 50):
            batch = [
                draft(f"{size}-{n}", customer=Customer(name=f"Firma {n} B.V.", kvk=f"8{size:03}{n:04}"))
                for n in range(size)
            ]
            with CaptureQueriesContext(
                connection,
            ) as captured:
                accept_invoices(client_a.id, batch, NOW)
            counts.append(len(captured))
    assert counts[0] == counts[1] <= 16


def test_an_invoice_due_after_the_tables_end_is_accepted_with_its_deadlines(client_a):
    with client_scope(client_a.id):
        received = dt.date(2026, 12, 15)
        late = draft(issue_date=received, received_on=received, due_date=dt.date(2027, 1, 14))
        (answer,) = accept_invoices(client_a.id, [late], NOW)
        assert answer.outcome == "accepted"
        dates = days_of(client_a.id, answer.invoice_id)
    assert (dates["prescription"], dates["vat_relief"]) == (dt.date(2032, 1, 14), dt.date(2028, 1, 14))


def test_deadlines_come_in_the_order_of_their_days_and_a_credit_note_has_none(client_a, client_b):
    with client_scope(client_a.id):
        sale, note = accept_invoices(client_a.id, [draft(), draft("C-1", kind="credit_note")], NOW)
        found = deadlines(client_a.id, sale.invoice_id)
        assert [fact.kind for fact in found] == [
            "register_report",
            "register_entry",
            "vat_relief",
            "prescription",
        ]
        assert [fact.on for fact in found] == sorted(fact.on for fact in found)
        assert [fact.kind for fact in found if fact.unconfirmed] == ["prescription"]
        assert deadlines(client_a.id, note.invoice_id) == []
    with client_scope(client_b.id):
        assert deadlines(client_b.id, sale.invoice_id) == deadlines(client_a.id, sale.invoice_id) == []


def test_terms_the_law_does_not_cover_refuse_their_own_invoice_only(client_a):
    with client_scope(client_a.id):
        received = dt.date(2027, 1, 5)
        open_term = draft("no term", issue_date=received, received_on=received, due_date=None)
        refused, accepted = accept_invoices(client_a.id, [open_term, draft()], NOW)
        assert (refused.outcome, refused.rule, accepted.outcome) == ("refused", "law-not-covered", "accepted")
        assert "2027-01-05" in refused.problem
        assert "2026-12-31" in refused.problem
        assert list(Invoice.objects.values_list("number", flat=True)) == ["2026-0042"]


@pytest.mark.parametrize("due", [dt.date(1991, 12, 31), dt.date(2027, 3, 1)])
def test_a_deadline_outside_the_tables_is_left_out_and_the_invoice_accepted(client_a, due):
    with client_scope(client_a.id):
        (answer,) = accept_invoices(client_a.id, [draft(issue_date=due, received_on=due, due_date=due)], NOW)
        assert answer.outcome == "accepted"
        kinds = set(days_of(client_a.id, answer.invoice_id))
    assert kinds == {"register_report", "register_entry"}


def test_the_same_number_to_another_customer_is_not_the_same_invoice(client_a):
    grocer = Customer(name="Groenteman Peters B.V.", kvk="90000003")
    with client_scope(client_a.id):
        (_, twin) = accept_invoices(client_a.id, [draft(), draft(customer=grocer)], NOW)
        (later,) = accept_invoices(client_a.id, [draft(customer=grocer)], NOW)
        assert (twin.outcome, later.outcome) == ("refused", "refused")
        assert Invoice.objects.count() == 1


def test_the_same_invoice_that_names_the_customer_by_another_number_is_known(client_a):
    by_vat = Customer(name="BAKKERIJ DE KORENAAR BV", vat="NL123456789B13")
    with client_scope(client_a.id):
        accept_invoices(client_a.id, [draft()], NOW)
        (again,) = accept_invoices(client_a.id, [draft(customer=by_vat)], NOW)
        assert again.outcome == "known"
