"""The ageing of any day: classes and their edges, what later days change nothing of, and the line to the ledger."""

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting, post
from inbaar.proofs import prove_books
from inbaar.receivables import debtor_ages
from inbaar.receivables.actions import (
    Customer,
    NewComponent,
    NewPayment,
    accept_invoices,
    add_components,
    apply_payments,
    cancel_extras,
    waive_remainder,
    withdraw_invoices,
)
from inbaar.receivables.age_classes import AHEAD, CREDIT, USUAL, AgeClasses, read_classes
from inbaar.receivables.ageing import (
    SORTS,
    Behind,
    aged_invoices,
    aged_sums,
    ageing,
    ageing_by_debtor,
    debtor_ageing_count,
)
from inbaar.receivables.grounds import Ground, Word
from tests.banking.books import NOW, PIETERS, draft
from tests.conftest import _run_as_owner, make_client
from tests.sql_watch import statements

D = Decimal
day = dt.date.fromisoformat


@pytest.fixture
def books(client_a):
    """The scope of a client without anything."""
    with client_scope(client_a.id):
        yield client_a


def accepted(client, *drafts):
    return [answer.invoice_id for answer in accept_invoices(client.id, drafts, NOW)]


def invoice(client, number, issued, due, amount, **facts):
    (made,) = accepted(
        client,
        draft(number, amount, issue_date=day(issued), received_on=day(issued), due_date=day(due), **facts),
    )
    return made  # fmt: skip


def pay(client, invoice_id, on, amount, kind="bank"):
    key = f"{invoice_id}:{on}:{amount}"
    apply_payments(client.id, [NewPayment(invoice_id, day(on), D(amount), key, kind, "-")], NOW)


def classes(client, on, edges=USUAL, currency="EUR"):
    (found,) = [age for age in ageing(client.id, day(on), edges) if age.currency == currency]
    assert found.ties, found
    return {age.key: (age.count, age.amount) for age in (*found.classes, found.credits, found.ahead) if age.count or age.amount}  # fmt: skip


@pytest.mark.parametrize("text", ["30,60,90", "7", "1 2 3 4 5 6 7", "14;30;60", ""])
def test_edges_can_be_typed_in_many_ways(text):
    made = read_classes(text)
    assert read_classes(made.text) == made
    assert (made.keys[0], made.keys[-1]) == ("not-due", f"over-{made.edges[-1]}")


@pytest.mark.parametrize(
    "text", ["0", "30,30", "60,30", "-5", "1,2,3,4,5,6,7,8", "4000", "dertig", "30.5", "٣٠"]
)
def test_what_are_no_edges_is_refused(text):
    with pytest.raises(ValueError, match="edges"):
        read_classes(text)


@given(st.lists(st.integers(1, 3650), min_size=1, max_size=7, unique=True), st.integers(-4000, 8000))
def test_every_day_is_in_one_class(edges, late):
    made = AgeClasses(tuple(sorted(edges)))
    spans = [made.span(key) for key in made.keys]
    inside = [s for s in spans if (s[0] is None or s[0] <= late) and (s[1] is None or late <= s[1])]
    assert len(inside) == 1


@pytest.mark.django_db
@pytest.mark.requirement("UI-01")
@pytest.mark.parametrize(
    ("on", "key"),
    [
        ("2026-03-03", "not-due"), ("2026-03-04", "1-30"), ("2026-04-02", "1-30"), ("2026-04-03", "31-60"),
        ("2026-05-02", "31-60"), ("2026-05-03", "61-90"), ("2026-06-01", "61-90"), ("2026-06-02", "over-90"),
    ],
)  # fmt: skip
def test_both_sides_of_every_edge(books, on, key):
    """Due on 3 March: on that day it is not late yet; each class ends on its last day."""
    invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    assert classes(books, on) == {key: (1, D("100.00"))}
    assert [row.number for row in aged_invoices(books.id, day(on), USUAL, Behind(key))] == ["2026-001"]


@pytest.mark.django_db
@pytest.mark.requirement("ASK-23")
def test_what_happens_later_does_not_change_an_earlier_day(books):
    """1,000.00 due on 3 March; 400.00 of it paid on 10 March, the rest on 20 April; a second of 50.00 dated 1 May.

    On 9 March 1,000.00 was late, on 10 March 600.00 (the day itself counts), on 20 April nothing; and it stays so after
    everything was booked.
    """
    first = invoice(books, "2026-001", "2026-02-01", "2026-03-03", "1000.00")
    pay(books, first, "2026-03-10", "400.00")
    pay(books, first, "2026-04-20", "600.00")
    invoice(books, "2026-002", "2026-05-01", "2026-05-31", "50.00")
    assert classes(books, "2026-01-31") == {}
    assert classes(books, "2026-02-01") == {"not-due": (1, D("1000.00"))}
    assert classes(books, "2026-03-09") == {"1-30": (1, D("1000.00"))}
    assert classes(books, "2026-03-10") == {"1-30": (1, D("600.00"))}
    assert classes(books, "2026-04-19") == {"31-60": (1, D("600.00"))}
    assert classes(books, "2026-04-20") == {}
    assert classes(books, "2026-05-01") == {"not-due": (1, D("50.00"))}


@pytest.mark.django_db
@pytest.mark.requirement("ASK-23")
def test_credit_notes_are_a_class_of_their_own_until_they_are_used(books):
    """A credit note of 150.00 of 10 March for an invoice of 100.00: 50.00 stays to be used, whatever its age."""
    invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    note = draft("2026-C1", "150.00", kind="credit_note", credits_number="2026-001", issue_date=day("2026-03-10"),
                 received_on=day("2026-03-10"), due_date=day("2026-03-10"))  # fmt: skip
    accepted(books, note)
    assert classes(books, "2026-03-09") == {"1-30": (1, D("100.00"))}
    assert classes(books, "2026-09-01") == {CREDIT: (1, D("50.00"))}
    (row,) = ageing_by_debtor(books.id, day("2026-09-01"))
    assert (row.open, row.credits, row.late) == (D("-50.00"), D("50.00"), D(0))
    assert aged_sums(books.id, day("2026-09-01")) == [("EUR", 1, D("-50.00"))]


@pytest.mark.django_db
def test_an_invoice_taken_back_was_open_until_that_day(books):
    wrong = invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    withdraw_invoices(books.id, [wrong], day("2026-02-20"), "twice", "Olga", NOW)
    assert classes(books, "2026-02-19") == {"not-due": (1, D("100.00"))}
    assert classes(books, "2026-02-20") == {}


@pytest.mark.django_db
def test_money_for_an_invoice_dated_later_was_money_in_advance(books):
    """Paid on 20 January, dated 1 February: in between the ledger holds 100.00 of the debtor's."""
    ahead = invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    pay(books, ahead, "2026-01-20", "100.00")
    assert classes(books, "2026-01-25") == {AHEAD: (1, D("100.00"))}
    assert [row.open for row in aged_invoices(books.id, day("2026-01-25"), USUAL, Behind(AHEAD))] == [
        D("100.00")
    ]
    assert classes(books, "2026-02-01") == {}


@pytest.mark.django_db
def test_extras_that_are_cancelled_later_change_only_the_days_after(books):
    """Of 40.00 paid on 1 June for costs the principal gets 40.00 when the costs are cancelled on 1 July."""
    made = invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    add_components(
        books.id,
        [NewComponent(made, "costs", D("40.00"), day("2026-04-01"), day("2026-04-01"), "BIK", "-", "c1")],
        NOW,
    )
    pay(books, made, "2026-06-01", "40.00")
    cancel_extras(books.id, made, day("2026-07-01"), "coulance", "Olga", NOW)
    assert classes(books, "2026-06-30") == {"over-90": (1, D("100.00"))}
    assert classes(books, "2026-07-01") == {"over-90": (1, D("60.00"))}
    waive_remainder(
        books.id, made, day("2026-08-01"), Ground.GOODWILL, "oninbaar", Word(D("60.00")), "Olga", NOW
    )
    assert classes(books, "2026-07-31") == {"over-90": (1, D("60.00"))}
    assert classes(books, "2026-08-01") == {}


@pytest.mark.django_db
@pytest.mark.requirement("ASK-23")
def test_every_currency_has_an_ageing_of_its_own(books):
    invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    dollars = invoice(books, "2026-002", "2026-02-01", "2026-03-03", "70.00", currency="USD")
    pay(books, dollars, "2026-03-20", "30.00")
    assert classes(books, "2026-03-10") == {"1-30": (1, D("100.00"))}
    assert classes(books, "2026-03-10", currency="USD") == {"1-30": (1, D("70.00"))}
    assert classes(books, "2026-03-20", currency="USD") == {"1-30": (1, D("40.00"))}
    assert [
        row.number for row in aged_invoices(books.id, day("2026-03-20"), USUAL, Behind(currency="USD"))
    ] == ["2026-002"]


@pytest.mark.django_db
def test_a_posting_that_belongs_to_no_invoice_shows_as_a_difference(books):
    """The check line reads the ledger apart, so what the invoices do not know is seen on each day from its own on."""
    invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    stray = Posting(
        "stray", 1, Code.RECEIVABLE, Code.SALES, D("12.34"), "EUR", day("2026-02-10"), 999_999_999
    )
    post(books.id, [stray], NOW)
    assert ageing(books.id, day("2026-02-09"))[0].ties
    assert ageing(books.id, day("2026-02-10"))[0].difference == D("12.34")
    assert not proven(books)


@pytest.mark.django_db
def test_a_stray_posting_that_is_taken_back_is_still_found_in_the_books(books):
    """Between the two days the ageing does not tie, though it does again today."""
    stray = Posting(
        "stray", 1, Code.RECEIVABLE, Code.SALES, D("12.34"), "EUR", day("2026-02-10"), 999_999_999
    )
    back = Posting("back", 1, Code.SALES, Code.RECEIVABLE, D("12.34"), "EUR", day("2026-02-20"), 999_999_999)
    assert proven(books)
    post(books.id, [stray, back], NOW)
    assert ageing(books.id, day("2026-02-20"))[0].ties
    assert not proven(books)


def proven(client):
    (proof,) = [proof for proof in prove_books(client.id) if proof.name == "ageing"]
    return proof.holds


@pytest.mark.django_db
def test_an_open_amount_that_is_wrong_shows_as_a_difference(books):
    made = invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    run("UPDATE receivables_invoice SET open_amount = 90 WHERE id = %s", [made])
    assert ageing(books.id, day("2026-02-09"))[0].difference == D("10.00")


@pytest.mark.django_db
def test_another_clients_invoices_are_not_in_it(client_a, client_b):
    with client_scope(client_b.id):
        invoice(client_b, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    with client_scope(client_a.id):
        assert classes(client_a, "2026-06-01") == {}
        assert (
            ageing_by_debtor(client_a.id, day("2026-06-01"))
            == aged_invoices(client_a.id, day("2026-06-01"))
            == []
        )


@pytest.mark.django_db
@pytest.mark.requirement("ASK-23")
def test_random_lives_tie_on_every_day_and_every_view_adds_up(books):
    """Eighty invoices, notes and payments at random: on each day the classes are what a person would count by hand."""
    chance = random.Random(7)
    start = day("2026-01-01")
    facts, paid = [], []
    for number in range(80):
        issued = start + dt.timedelta(days=chance.randrange(120))
        due = issued + dt.timedelta(days=chance.randrange(45))
        amount = D(chance.randrange(1, 50_000)) / 100
        customer = {} if number % 3 else {"customer": PIETERS}
        made = invoice(books, f"2026-{number:03}", str(issued), str(due), str(amount), **customer)
        facts.append((made, issued, due, amount))
        left = amount
        for _ in range(chance.randrange(3)):
            part = min(left, D(chance.randrange(1, 40_000)) / 100)
            on = issued + dt.timedelta(days=chance.randrange(-5, 90))
            if part > 0 and (made, on, part) not in paid:
                pay(books, made, str(on), str(part))
                paid.append((made, on, part))
                left -= part
    for on in (start + dt.timedelta(days=offset) for offset in range(0, 230, 23)):
        (found,) = ageing(books.id, on)
        assert found.ties
        by_hand = {}
        for made, issued, due, amount in facts:
            left = (amount if issued <= on else D(0)) - sum(p for i, d, p in paid if i == made and d <= on)
            if left:
                key = (
                    AHEAD
                    if issued > on
                    else next(k for k in USUAL.keys if _in(USUAL.span(k), (on - due).days))
                )
                by_hand[key] = by_hand.get(key, D(0)) + abs(left)
        listed = {age.key: age.amount for age in (*found.classes, found.ahead) if age.amount}
        assert listed == by_hand
        rows = ageing_by_debtor(books.id, on)
        assert len(rows) == debtor_ageing_count(books.id, on)
        assert sum((row.open for row in rows), D(0)) == found.receivable
        for row in rows:
            (one,) = ageing(books.id, on, debtor=row.debtor_id)
            assert tuple(age.amount for age in one.classes) == row.classes
            assert sum(r.open for r in aged_invoices(books.id, on, USUAL, Behind(debtors=(row.debtor_id,))) if r.issue_date <= on) == one.open  # fmt: skip
        for age in found.classes:
            behind = aged_invoices(books.id, on, USUAL, Behind(age.key))
            assert (len(behind), sum((row.open for row in behind), D(0))) == (age.count, age.amount)
    assert all(proof.holds for proof in prove_books(books.id) if proof.name in ("ageing", "open-amounts"))


def _in(span, late):
    first, last = span
    return (first is None or first <= late) and (last is None or late <= last)


@pytest.mark.django_db
def test_of_many_debtors_the_rows_are_those_of_some(books, monkeypatch):
    """From some thousands on the names of all debtors are read, those who owe nothing included."""
    owing = [
        draft(f"2026-00{n}", f"{n}00.00", customer=Customer(name=f"{n % 3} B.V.", kvk=f"9100000{n}"))
        for n in range(1, 6)
    ]
    paid, *_ = accepted(books, draft("2026-009", "50.00"), *owing)
    pay(books, paid, "2026-02-20", "50.00")
    on = day("2026-03-10")
    asked = [(sort, limit) for by in SORTS for sort in (by, f"-{by}") for limit in (None, 2)]
    some = [ageing_by_debtor(books.id, on, sort=sort, limit=limit) for sort, limit in asked]
    assert [row.name for row in some[0]] == ["0 B.V.", "1 B.V.", "1 B.V.", "2 B.V.", "2 B.V."]
    monkeypatch.setattr(debtor_ages, "_MANY", 0)
    assert [ageing_by_debtor(books.id, on, sort=sort, limit=limit) for sort, limit in asked] == some


@pytest.mark.django_db
def test_the_number_of_statements_does_not_depend_on_the_number_of_invoices(books):
    counts = []
    for number in range(3):
        invoice(books, f"2026-{number:03}", "2026-02-01", "2026-03-03", "100.00")
        with statements() as seen:
            ageing(books.id, day("2026-03-10"))
            ageing_by_debtor(books.id, day("2026-03-10"))
        counts.append(len(seen))
    assert counts == [5] * 3


def test_one_debtor_is_looked_up_by_index(own_database, django_db_blocker):
    """Under row-level security too: neither all invoices nor the whole ledger is read for one debtor.

    A database of its own, of which the planner knows what is in it, whatever other tests left behind.
    """
    from inbaar.receivables import ageing as room

    with django_db_blocker.unblock():
        client = make_client("Van Dijk Techniek B.V.", "90000001")
        with client_scope(client.id):
            drafts = [
                draft(f"2026-{n:04}", customer=replace(PIETERS, number=f"{n}", name=f"Klant {n}", kvk=""))
                for n in range(600)
            ]
            accept_invoices(client.id, drafts, NOW)
            ((debtor,),) = fetch("SELECT max(id) FROM parties_debtor")
        _run_as_owner("ANALYZE", database=own_database)
        with client_scope(client.id):
            sql, facts = room._asked(room._TOTALS, client.id, day("2026-01-10"), USUAL, [debtor])
            plan = "\n".join(line for (line,) in fetch("EXPLAIN " + sql, facts))
    assert "transfer_by_subject" in plan
    assert "Seq Scan on ledger_transfer" not in plan
    assert "Seq Scan on receivables_invoice" not in plan
