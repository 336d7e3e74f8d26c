"""What a person does after the fact: rests written off with their ground, matches undone, money kept for a debtor."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.actions import (
    Ground,
    forget_habit,
    keep_for_debtor,
    match_by_hand,
    pay_from_credit,
    release_credit,
    retry_unmatched,
    undo_match,
)
from inbaar.banking.models import Allotment, Entry, Habit, Match
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances
from inbaar.parties.models import DebtorIban
from inbaar.proofs import prove_books
from inbaar.receivables.actions import NewComponent, add_components, cancel_extras
from inbaar.receivables.claims import owed_on
from inbaar.receivables.models import Event, Payment
from inbaar.receivables.queries import claim_facts
from tests.banking.books import (
    DAY,
    LATER,
    NOW,
    PIETERS,
    assert_books_tie,
    draft,
    invoiced,
    matched,
    open_amounts,
    received,
)
from tests.banking.camt import PAYER, Line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield
        assert_books_tie()
    assert [(p.name, p.breaches) for p in prove_books(client_a.id) if not p.holds] == []


def by_hand(client, entry, *lines, **options) -> None:
    match_by_hand(client.id, entry.id, lines, "Anna", DAY, NOW, **options)


def account(code: Code) -> Decimal:
    return balances(LATER).get((code, "EUR", "own"), Decimal(0))


@pytest.mark.requirement("ASK-21")
@pytest.mark.parametrize(
    ("ground", "code"),
    [
        (Ground.DISCOUNT, Code.DISCOUNTS),
        (Ground.BANK_COST, Code.BANK_COSTS),
        (Ground.SMALL_DIFFERENCE, Code.PAYMENT_DIFFERENCES),
        (Ground.GOODWILL, Code.WRITTEN_OFF),
    ],
)
def test_a_payment_that_is_a_little_short_is_in_full_with_the_rest_written_off_to_its_own_account(
    client_a, ground, code
):
    (invoice,) = invoiced(client_a, draft("2026-0001", "1000.00"))
    (entry,) = received(client_a, Line("990.00", "zie mail"))
    by_hand(client_a, entry, (invoice.id, Decimal("990.00")), grounds={invoice.id: ground})
    assert open_amounts([invoice]) == [Decimal(0)]
    assert account(code) == Decimal("10.00")
    rest = Payment.objects.get(kind="write_off")
    assert (rest.amount, rest.ground, rest.received_on) == (Decimal("10.00"), ground, entry.date)
    told = list(Event.objects.filter(invoice_id=invoice.id).order_by("id").values_list("kind", flat=True))
    assert told == ["accepted", "payment", "written_off"]


def test_a_rest_that_is_not_there_is_refused_and_nothing_is_booked(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("121.00", "x"))
    with pytest.raises(Refused, match="nothing is left of 2026-0001"):
        by_hand(
            client_a, entry, (invoice.id, Decimal("121.00")), grounds={invoice.id: Ground.SMALL_DIFFERENCE}
        )
    assert open_amounts([invoice]) == [Decimal("121.00")]
    assert Match.objects.count() == 0


def test_what_is_undone_is_open_again_with_its_rest_and_the_reason_on_the_timeline(client_a):
    first, second = invoiced(client_a, draft("2026-0001", "1000.00"), draft("2026-0002", "50.00", PIETERS))
    (entry,) = received(client_a, Line("990.00", "zie mail"))
    by_hand(client_a, entry, (first.id, Decimal("990.00")), grounds={first.id: Ground.DISCOUNT})
    assert undo_match(client_a.id, entry.id, "was voor een ander", "Anna", DAY, NOW) == [first.id]
    assert open_amounts([first, second]) == [Decimal("1000.00"), Decimal("50.00")]
    assert account(Code.DISCOUNTS) == 0
    entry.refresh_from_db()
    assert (entry.state, entry.reason, entry.unapplied) == ("unmatched", "undone", Decimal("990.00"))
    assert Match.objects.get().undone_on == DAY
    events = Event.objects.filter(invoice_id=first.id, kind="payment_undone").order_by("id")
    assert [(e.facts["amount"], e.facts["reason"], e.facts["by"]) for e in events] == [
        ("990.00", "was voor een ander", "Anna"),
        ("10.00", "was voor een ander", "Anna"),
    ]
    assert not DebtorIban.objects.exists()


def test_what_was_undone_is_not_matched_again_by_itself_and_can_be_by_hand_also_to_the_same_invoice(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    for reason in ("eerste keer", "tweede keer"):
        undo_match(client_a.id, entry.id, reason, "Anna", DAY, NOW)
        retry_unmatched(client_a.id, [invoice.id], DAY, NOW)
        assert open_amounts([invoice]) == [Decimal("121.00")]
        by_hand(client_a, entry, (invoice.id, Decimal("121.00")))
        assert open_amounts([invoice]) == [Decimal(0)]
    assert list(Match.objects.order_by("id").values_list("round", flat=True)) == [0, 1, 2]


def test_only_what_pays_is_undone_and_with_a_reason(client_a):
    invoiced(client_a, draft("2026-0001"))
    entry, other = received(client_a, Line("121.00", "2026-0001"), Line("5.00", "x"))
    matched(client_a)
    with pytest.raises(Refused, match="undoing a match needs a reason"):
        undo_match(client_a.id, entry.id, " ", "Anna", DAY, NOW)
    with pytest.raises(Refused, match="only what pays an invoice can be undone"):
        undo_match(client_a.id, other.id, "fout", "Anna", DAY, NOW)
    undo_match(client_a.id, entry.id, "fout", "Anna", DAY, NOW)
    with pytest.raises(Refused, match="only what pays an invoice can be undone"):
        undo_match(client_a.id, entry.id, "nog eens", "Anna", DAY, NOW)


def test_an_account_that_another_payment_proves_is_not_forgotten(client_a):
    invoiced(client_a, draft("2026-0001"), draft("2026-0002"))
    entry, _ = received(client_a, Line("121.00", "2026-0001"), Line("121.00", "2026-0002"))
    matched(client_a)
    undo_match(client_a.id, entry.id, "dubbel", "Anna", DAY, NOW)
    assert [known.iban for known in DebtorIban.objects.all()] == [PAYER]


def test_undone_interest_runs_as_if_the_payment_had_never_been_there(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001", "1000.00"))
    since = dt.date(2026, 2, 1)
    interest = NewComponent(invoice.id, "interest", None, since, dt.date(2026, 2, 20), "6:119a BW", "t", "k")
    add_components(client_a.id, [interest], NOW)
    on = dt.date(2026, 6, 30)
    before = owed_on(claim_facts([invoice.id], on)[invoice.id], on)
    (entry,) = received(client_a, Line("500.00", "deel 2026-0001"))
    by_hand(client_a, entry, (invoice.id, Decimal("500.00")))
    undo_match(client_a.id, entry.id, "van een ander", "Anna", DAY, NOW)
    after = owed_on(claim_facts([invoice.id], on)[invoice.id], on)
    assert (after.total, after.interest) == (before.total, before.interest)


def test_a_payment_whose_interest_was_cancelled_since_is_not_undone(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001", "1000.00"))
    interest = NewComponent(
        invoice.id, "interest", None, dt.date(2026, 2, 1), dt.date(2026, 2, 20), "6:119a BW", "t", "k"
    )
    add_components(client_a.id, [interest], NOW)
    (entry,) = received(client_a, Line("500.00", "deel 2026-0001"))
    by_hand(client_a, entry, (invoice.id, Decimal("500.00")))
    cancel_extras(client_a.id, invoice.id, DAY, "coulance", "Anna", NOW)
    before = open_amounts([invoice])
    with pytest.raises(Refused, match="the interest and costs of 2026-0001 were cancelled after it was paid"):
        undo_match(client_a.id, entry.id, "fout", "Anna", DAY, NOW)
    assert open_amounts([invoice]) == before


def test_who_pays_too_much_keeps_it_until_it_is_released(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("150.00", "2026-0001"))
    by_hand(client_a, entry, (invoice.id, Decimal("121.00")))
    kept = keep_for_debtor(client_a.id, entry.id, invoice.debtor_id, "Anna", DAY, NOW)
    assert (kept, account(Code.DEBTOR_CREDIT)) == (Decimal("29.00"), Decimal("-29.00"))
    entry.refresh_from_db()
    assert (entry.state, entry.unapplied) == ("matched", Decimal(0))
    with pytest.raises(Refused, match="only what is left of money received is kept"):
        keep_for_debtor(client_a.id, entry.id, invoice.debtor_id, "Anna", DAY, NOW)
    allotment = Allotment.objects.get()
    assert release_credit(client_a.id, allotment.id, "Anna", DAY, NOW) == entry.id
    assert account(Code.DEBTOR_CREDIT) == 0
    with pytest.raises(Refused, match="it was used or released before"):
        release_credit(client_a.id, allotment.id, "Anna", DAY, NOW)


def test_what_is_kept_for_the_next_invoice_pays_it_as_far_as_it_goes_and_the_rest_is_kept_on(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("200.00", "2026-0001"))
    by_hand(client_a, entry, (invoice.id, Decimal("121.00")))
    keep_for_debtor(client_a.id, entry.id, invoice.debtor_id, "Anna", DAY, NOW, for_next_invoice=True)
    others = invoiced(
        client_a,
        draft("2026-0002", "50.00"),
        draft("2026-0003", "20.00", PIETERS),
        draft("2026-0004", "9.00"),
    )
    ids = [other.id for other in others]
    assert pay_from_credit(client_a.id, ids, DAY, NOW) == sorted([others[0].id, others[2].id])
    assert open_amounts(others) == [Decimal(0), Decimal("20.00"), Decimal(0)]
    assert account(Code.DEBTOR_CREDIT) == Decimal("-20.00")
    assert pay_from_credit(client_a.id, ids, DAY, NOW) == []
    assert [(k.kind, k.amount) for k in Allotment.objects.filter(undone_on=None)] == [
        ("next_invoice", Decimal("20.00"))
    ]


def test_what_a_person_decides_is_learned_and_can_be_forgotten(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001", "1000.00"))
    (entry,) = received(client_a, Line("980.00", "zie mail", name="JB Beheer"))
    by_hand(client_a, entry, (invoice.id, Decimal("980.00")), grounds={invoice.id: Ground.DISCOUNT})
    habits = {(h.kind, h.value): h for h in Habit.objects.all()}
    assert set(habits) == {("name", "JBBEHEER"), ("discount", "2")}
    forget_habit(client_a.id, habits["discount", "2"].id, DAY)
    assert Habit.objects.get(kind="discount").forgotten_on == DAY


def test_a_third_party_that_pays_is_told_and_teaches_nothing(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("121.00", "voor Jansen", name="Oma Jansen"))
    by_hand(client_a, entry, (invoice.id, Decimal("121.00")), learn=False)
    assert not DebtorIban.objects.exists()
    assert not Habit.objects.exists()
    entry = Entry.objects.get(id=entry.id)
    assert Event.objects.get(invoice_id=invoice.id, kind="payment").facts["paid_by"] == "Oma Jansen"
