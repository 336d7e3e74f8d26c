"""What one person writes off alone, and above the client's limit two: asked, approved by another, decided once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from inbaar.banking.actions import (
    Ground,
    ignore_entry,
    match_by_hand,
    retry_unmatched,
    set_tolerance,
    undo_match,
)
from inbaar.banking.models import Match
from inbaar.banking.queries import unmatched_explanations
from inbaar.banking.write_offs.actions import Person, Rest, approve, refuse, set_limit, write_off
from inbaar.banking.write_offs.models import WriteOffLimit, WriteOffRequest
from inbaar.banking.write_offs.queries import one_person_limit, waiting_write_offs
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances
from inbaar.receivables.models import Hold, Invoice, Payment
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
from tests.banking.camt import Line
from tests.conftest import make_client
from tests.transfers.books import member

LARGE = "5000.00"


def person(user, on: dt.date = DAY) -> Person:
    return Person(user.pk, user.email, on, NOW)


@pytest.fixture
def anna(client_a):
    return person(member(client_a, "anna", "bookkeeper"))


@pytest.fixture
def bob(client_a):
    return person(member(client_a, "bob", "treasurer"))


@pytest.fixture
def olga(client_a):
    return person(member(client_a, "olga", "owner"))


@pytest.fixture
def books(client_a):
    """An invoice of 5,000.00, of which 4,500.00 came in."""
    with client_scope(client_a.id):
        (invoice,) = invoiced(client_a, draft("2026-0001", LARGE))
        (entry,) = received(client_a, Line("4500.00", "zie mail"))
        yield invoice, entry
        assert_books_tie()


def rest_of(books, **facts) -> Rest:
    invoice, entry = books
    given = {"entry_id": entry.id, "paid": Decimal("4500.00"), **facts}
    return Rest(invoice.id, Ground.GOODWILL, **given)


@pytest.mark.django_db
def test_above_the_limit_nothing_is_booked_until_another_approves_and_the_invoice_is_not_chased(
    client_a, books, anna, bob
):
    invoice, entry = books
    asked = write_off(client_a.id, rest_of(books), anna)
    assert (open_amounts([invoice]), Match.objects.count()) == ([Decimal(LARGE)], 0)
    assert unmatched_explanations([invoice.id]) == {invoice.id: (entry.id,)}
    assert [(w.id, w.amount, w.ground) for w in waiting_write_offs(client_a.id)] == [
        (asked, Decimal("500.00"), "goodwill")
    ]
    retry_unmatched(client_a.id, [invoice.id], DAY, NOW)
    entry.refresh_from_db()
    assert (entry.state, entry.reason) == ("unmatched", "write-off-asked")
    approve(client_a.id, asked, bob)
    assert open_amounts([invoice]) == [Decimal(0)]
    given_up = Payment.objects.get(kind="write_off")
    assert (given_up.amount, given_up.one_person_limit, given_up.decided_by_id, given_up.approved_by_id) == (
        Decimal("500.00"), Decimal("250.00"), anna.user_id, bob.user_id,
    )  # fmt: skip
    assert balances(LATER)[Code.WRITTEN_OFF, "EUR", "own"] == Decimal("500.00")
    assert waiting_write_offs(client_a.id) == []
    undo_match(client_a.id, entry.id, "toch niet", "Anna", DAY, NOW)
    assert open_amounts([invoice]) == [Decimal(LARGE)]


@pytest.mark.django_db
def test_up_to_the_limit_one_person_is_enough_and_the_owner_says_where_it_lies(
    client_a, books, anna, bob, olga
):
    invoice, _ = books
    assert one_person_limit(client_a.id) == Decimal("250.00")
    for who in (anna, bob):
        with pytest.raises(Refused, match="only an owner"):
            set_limit(client_a.id, Decimal("9999.00"), who)
    for amount in ("-0.01", "100000.01", "0.001"):
        with pytest.raises(Refused, match="the limit is an amount"):
            set_limit(client_a.id, Decimal(amount), olga)
    set_limit(client_a.id, Decimal("499.99"), olga)
    assert write_off(client_a.id, rest_of(books), anna) is not None
    refuse(client_a.id, waiting_write_offs(client_a.id)[0].id, "te veel", bob)
    set_limit(client_a.id, Decimal("500.00"), olga)
    assert write_off(client_a.id, rest_of(books), anna) is None
    assert open_amounts([invoice]) == [Decimal(0)]
    assert list(WriteOffLimit.objects.order_by("id").values_list("amount", flat=True)) == [
        Decimal("499.99"),
        Decimal("500.00"),
    ]


@pytest.mark.django_db
def test_who_asked_or_may_not_does_not_approve_and_what_is_decided_stays(client_a, books, anna, bob, olga):
    asked = write_off(client_a.id, rest_of(books), bob)
    with pytest.raises(Refused, match="does not approve it"):
        approve(client_a.id, asked, bob)
    with pytest.raises(Refused, match="an owner or a treasurer approves"):
        approve(client_a.id, asked, anna)
    assert Payment.objects.count() == 0
    approve(client_a.id, asked, olga)
    for again in (lambda: approve(client_a.id, asked, olga), lambda: refuse(client_a.id, asked, "nee", olga)):
        with pytest.raises(Refused, match="decided about once"):
            again()
    assert Payment.objects.filter(kind="write_off").count() == 1


@pytest.mark.django_db
def test_the_database_itself_wants_two_people_above_the_limit(client_a, books, anna, bob):
    invoice, _ = books
    asked = write_off(client_a.id, rest_of(books), anna)
    facts = {
        "client": client_a, "invoice": invoice, "kind": "write_off", "received_on": DAY, "amount": Decimal("250.01"),
        "costs": 0, "interest": 0, "principal": Decimal("250.01"), "key": "x",
    }  # fmt: skip
    for word in (
        {},
        {"one_person_limit": Decimal("250.00")},
        {"one_person_limit": Decimal("250.00"), "decided_by_id": anna.user_id},
        {
            "one_person_limit": Decimal("250.00"),
            "decided_by_id": anna.user_id,
            "approved_by_id": anna.user_id,
        },
        {"decided_by_id": anna.user_id, "approved_by_id": bob.user_id},
    ):
        with pytest.raises(IntegrityError, match="payment_written_off_by_two"), transaction.atomic():
            Payment.objects.create(**facts, **word)
    with pytest.raises(IntegrityError, match="write_off_approved_by_another"), transaction.atomic():
        run(
            "UPDATE write_offs_writeoffrequest SET state = 'approved', decided_by_id = asked_by_id, decided_at = now() "
            "WHERE client_id = %s AND id = %s", [client_a.id, asked],
        )  # fmt: skip


@pytest.mark.django_db
def test_by_hand_and_in_parts_no_more_than_the_limit_goes_beside_one_entry(client_a, anna):
    with client_scope(client_a.id):
        first, second = invoiced(client_a, draft("2026-0001", "1000.00"), draft("2026-0002", "1000.00"))
        (entry,) = received(client_a, Line("1700.00", "zie mail"))
        match_by_hand(
            client_a.id,
            entry.id,
            [(first.id, Decimal("850.00"))],
            "Anna",
            DAY,
            NOW,
            {first.id: Ground.DISCOUNT},
        )
        with pytest.raises(Refused, match="above a limit two persons write off"):
            match_by_hand(
                client_a.id,
                entry.id,
                [(second.id, Decimal("850.00"))],
                "Anna",
                DAY,
                NOW,
                {second.id: Ground.DISCOUNT},
            )
        assert open_amounts([first, second]) == [Decimal(0), Decimal("1000.00")]


@pytest.mark.django_db
def test_refused_or_taken_back_the_entry_waits_again_with_the_reason(client_a, books, anna, bob):
    invoice, entry = books
    asked = write_off(client_a.id, rest_of(books), anna)
    for act in (
        lambda: write_off(client_a.id, rest_of(books), bob),
        lambda: ignore_entry(client_a.id, entry.id, "weg", "Anna"),
        lambda: match_by_hand(client_a.id, entry.id, [(invoice.id, Decimal("4500.00"))], "Anna", DAY, NOW),
    ):
        with pytest.raises(Refused, match="is decided on first"):
            act()
    with pytest.raises(Refused, match="needs a reason"):
        refuse(client_a.id, asked, " ", bob)
    refuse(client_a.id, asked, "vraag eerst waarom", bob)
    entry.refresh_from_db()
    assert (entry.state, entry.reason, entry.reason_facts["why"]) == (
        "unmatched", "write-off-refused", "vraag eerst waarom",
    )  # fmt: skip
    assert unmatched_explanations([invoice.id]) == {invoice.id: (entry.id,)}
    again = write_off(client_a.id, rest_of(books), anna)
    refuse(client_a.id, again, "toch niet", anna)
    assert list(WriteOffRequest.objects.order_by("id").values_list("state", flat=True)) == [
        "refused",
        "refused",
    ]


@pytest.mark.django_db
def test_all_that_is_left_of_an_invoice_rests_until_it_is_decided_and_is_what_was_asked(client_a, anna, bob):
    with client_scope(client_a.id):
        (invoice,) = invoiced(client_a, draft("2026-0001", "1000.00"))
        asked = write_off(client_a.id, Rest(invoice.id, Ground.GOODWILL, "failliet"), anna)
        assert Hold.objects.get(invoice=invoice, released_on=None).kind == "pause"
        received(client_a, Line("100.00", "2026-0001"))
        matched(client_a)
        with pytest.raises(Refused, match="approves what was asked"):
            approve(client_a.id, asked, bob)
        refuse(client_a.id, asked, "er kwam geld", bob)
        assert not Hold.objects.filter(invoice=invoice, released_on=None).exists()
        second = write_off(client_a.id, Rest(invoice.id, Ground.GOODWILL, "failliet"), anna)
        approve(client_a.id, second, bob)
        assert open_amounts([invoice]) == [Decimal(0)]
        assert Payment.objects.get(kind="write_off").ground == "goodwill"
        assert not Hold.objects.filter(released_on=None).exists()


@pytest.mark.django_db
def test_the_rules_let_no_more_go_by_themselves_than_one_person_may(client_a, olga):
    with client_scope(client_a.id):
        (invoice,) = invoiced(client_a, draft("2026-0001", "1000.00"))
        set_tolerance(client_a.id, None, Decimal("50.00"), Ground.BANK_COST, "Olga", DAY)
        set_limit(client_a.id, Decimal("10.00"), olga)
        (entry,) = received(client_a, Line("980.00", "2026-0001"))
        matched(client_a)
        entry.refresh_from_db()
        assert (open_amounts([invoice]), entry.reason) == ([Decimal("1000.00")], "rest-above-limit")
        assert unmatched_explanations([invoice.id]) == {invoice.id: (entry.id,)}


@pytest.mark.django_db
def test_another_clients_write_off_is_not_here(client_a, client_b, anna):
    with client_scope(client_a.id):
        (invoice,) = invoiced(client_a, draft("2026-0001", LARGE))
    asked = write_off(client_a.id, Rest(invoice.id, Ground.GOODWILL, "failliet"), anna)
    stranger = person(member(client_b, "vera", "owner"))
    for act in (
        lambda: approve(client_b.id, asked, stranger),
        lambda: refuse(client_b.id, asked, "x", stranger),
    ):
        with pytest.raises(Refused, match="must be this client's"):
            act()
    with pytest.raises(Refused, match="is of an invoice of this client"):
        write_off(client_b.id, Rest(invoice.id, Ground.GOODWILL, "x"), stranger)
    with pytest.raises(Refused, match="an owner or a treasurer approves"):
        approve(client_a.id, asked, stranger)


def test_two_at_once_ask_once_and_approve_once(own_database):
    client_a = make_client("Van Dijk Techniek B.V.", "90000001")
    people = [person(member(client_a, name, "owner")) for name in ("anna", "bob", "olga")]
    with client_scope(client_a.id):
        (invoice,) = invoiced(client_a, draft("2026-0001", LARGE))
    rest = Rest(invoice.id, Ground.GOODWILL, "failliet")

    def tried(act) -> str:
        try:
            act()
            return "done"
        except Refused as refused:
            return refused.refusals[0].code
        finally:
            connection.close()

    def at_once(*acts) -> list[str]:
        with ThreadPoolExecutor(len(acts)) as pool:
            return sorted(pool.map(tried, acts))

    anna, bob, olga = people
    asks = at_once(*(lambda who=who: write_off(client_a.id, rest, who) for who in (anna, anna)))
    assert asks == ["done", "write-off-waits"]
    with client_scope(client_a.id):
        (asked,) = [w.id for w in waiting_write_offs(client_a.id)]
    approvals = at_once(*(lambda who=who: approve(client_a.id, asked, who) for who in (bob, olga)))
    assert approvals == ["done", "write-off-decided"]
    with client_scope(client_a.id):
        assert Payment.objects.filter(kind="write_off").count() == 1
        assert Invoice.objects.get(id=invoice.id).open_amount == 0
