"""Entries matched to open invoices in the books: what is certain is booked, the rest waits with its reason."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.banking.actions import match_by_hand, retry_unmatched
from inbaar.banking.jobs import match_all
from inbaar.banking.models import Entry, Match, Suspect
from inbaar.banking.queries import payments_of, unmatched_entries, unmatched_explanations
from inbaar.banking.rules import number_key as payment_key_of_number
from inbaar.kit.scope import client_scope
from inbaar.parties.models import DebtorIban
from inbaar.receivables.actions import NewComponent, add_components
from inbaar.receivables.models import Event, Payment
from inbaar.receivables.rules import number_key as invoice_key_of_number
from tests.banking.books import (
    DAY,
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
from tests.sql_watch import statements

CLAIMED = dt.date(2026, 3, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield
        assert_books_tie()


def reasons() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("reason", flat=True))


def test_a_payment_that_names_its_invoice_is_booked_and_the_account_learned(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("121.00", "factuur 2026-0001"))
    tally = matched(client_a)
    assert (tally.matched, tally.unmatched) == (1, 0)
    assert open_amounts([invoice]) == [Decimal(0)]
    entry.refresh_from_db()
    assert (entry.state, entry.reason, entry.score, entry.unapplied) == ("matched", "number", 95, Decimal(0))
    match = Match.objects.get()
    assert (match.invoice_id, match.amount, match.made_by, match.made_on) == (
        invoice.id, Decimal("121.00"), "rules", DAY,
    )  # fmt: skip
    known = DebtorIban.objects.get()
    assert (known.debtor_id, known.iban, known.known_since) == (invoice.debtor_id, PAYER, DAY)
    told = Event.objects.filter(invoice_id=invoice.id).order_by("id").values_list("kind", flat=True)
    assert list(told) == ["accepted", "payment"]
    event = Event.objects.get(kind="payment")
    assert (event.link, event.facts) == (
        entry.id,
        {"amount": "121.00", "costs": "0.00", "interest": "0.00", "principal": "121.00", "open": "0.00",
         "reason": "number", "score": 95, "by": "rules", "numbers": "2026-0001", "count": "1"},
    )  # fmt: skip
    (paid,) = payments_of(invoice.id, "en")
    assert (paid.counterparty_iban, paid.made_by, paid.score) == (PAYER, "rules", 95)
    assert paid.reason == "Invoice number 2026-0001 is in the text and the amount is what is open."
    assert Payment.objects.get().received_on == entry.date


@pytest.mark.parametrize("printed", ["RF18539007547034", "RF18 5390 0754 7034"])
def test_a_structured_reference_finds_its_invoice_however_it_was_printed(client_a, printed):
    (invoice,) = invoiced(client_a, draft("2026-0001", payment_reference=printed))
    received(client_a, Line("121.00", reference="RF18539007547034", name="Iemand anders"))
    assert matched(client_a).matched == 1
    assert open_amounts([invoice]) == [Decimal(0)]
    assert reasons() == ["reference"]


def test_a_known_account_and_the_exact_amount_are_enough(client_a):
    first, second = invoiced(client_a, draft("2026-0001"), draft("2026-0002", "99.00"))
    received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    received(client_a, Line("99.00", "bedankt"), number="2")
    assert matched(client_a).matched == 1
    assert open_amounts([first, second]) == [Decimal(0), Decimal(0)]
    assert reasons() == ["number", "iban-amount"]


def test_one_payment_of_several_invoices_is_divided_over_them(client_a):
    invoices = invoiced(client_a, draft("2026-0001"), draft("2026-0002", "79.00"))
    received(client_a, Line("200.00", "2026-0001 en 2026-0002"))
    matched(client_a)
    assert open_amounts(invoices) == [Decimal(0), Decimal(0)]
    assert sorted(Match.objects.values_list("amount", flat=True)) == [Decimal("79.00"), Decimal("121.00")]


def test_two_payments_of_one_invoice_in_one_batch_are_taken_in_order_of_date(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    late = Line("61.00", "2026-0001 rest", day=dt.date(2026, 3, 2))
    early = Line("60.00", "2026-0001 deel", day=dt.date(2026, 3, 1))
    received(client_a, late, early)
    assert matched(client_a).matched == 2
    assert open_amounts([invoice]) == [Decimal(0)]
    assert sorted(reasons()) == ["number", "number-part"]


def test_a_second_payment_of_what_is_paid_waits_and_says_so_also_in_one_batch(client_a):
    invoiced(client_a, draft("2026-0001"))
    received(client_a, Line("121.00", "2026-0001"), Line("121.00", "2026-0001 nogmaals", iban="", name=""))
    matched(client_a)
    received(client_a, Line("121.00", "weer 2026-0001", iban="", name=""), number="2")
    matched(client_a)
    assert reasons() == ["number", "paid-already", "paid-already"]
    assert [entry.reason for entry in unmatched_entries("nl")] == [
        "Factuur 2026-0001 wordt genoemd, maar die is al betaald."
    ] * 2
    assert unmatched_entries("en")[0].reason == "Invoice 2026-0001 is named, but it is paid already."


def test_who_names_a_paid_invoice_does_not_pay_another_of_the_same_amount(client_a):
    _, second = invoiced(client_a, draft("2026-0001"), draft("2026-0002"))
    received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    received(client_a, Line("121.00", "2026-0001 tweede keer"), number="2")
    matched(client_a)
    assert reasons() == ["number", "paid-already"]
    assert open_amounts([second]) == [Decimal("121.00")]
    assert [suspect.number for suspect in unmatched_entries()[0].suspects] == ["2026-0002"]


def test_what_is_not_certain_waits_with_its_reason_and_keeps_its_suspects_from_being_chased(client_a):
    jansen, _other = invoiced(client_a, draft("2026-0001"), draft("2026-0002", "50.00", PIETERS))
    (entry,) = received(client_a, Line("120.00", "voor de verbouwing", name="JANSEN BOUW BV", iban=""))
    assert matched(client_a).unmatched == 1
    (shown,) = unmatched_entries("nl")
    assert (shown.id, shown.reason_code, shown.unapplied) == (entry.id, "name-only", Decimal("120.00"))
    assert shown.reason == "Alleen de naam past, bij factuur 2026-0001."
    assert [(s.number, s.debtor_name, s.open_amount) for s in shown.suspects] == [
        ("2026-0001", "Jansen Bouw B.V.", Decimal("121.00"))
    ]
    assert unmatched_explanations([jansen.id, _other.id]) == {jansen.id: (entry.id,)}


def test_an_amount_that_fits_few_invoices_makes_them_suspect_and_one_that_fits_many_tells_nothing(client_a):
    invoiced(client_a, draft("2026-0001", "33.00"), *(draft(f"2026-01{n:02}", "44.00") for n in range(6)))
    received(client_a, Line("33.00", "x", name="Iemand", iban=""), Line("44.00", "y", name="Iemand", iban=""))
    matched(client_a)
    assert reasons() == ["amount-only", "nothing-found"]
    assert Suspect.objects.count() == 1


def test_more_than_is_open_waits_for_a_person_and_touches_nothing(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    received(client_a, Line("130.00", "2026-0001"))
    matched(client_a)
    assert open_amounts([invoice]) == [Decimal("121.00")]
    assert unmatched_entries("en")[0].reason == "9.00 more was paid than is open on 2026-0001 (121.00)."


def test_what_a_payment_could_be_for_is_told_by_how_near_its_amount_is(client_a):
    invoiced(
        client_a,
        *(draft(f"2026-000{n}", amount) for n, amount in enumerate(("40.00", "500.00", "121.00"), 1)),
    )
    received(client_a, Line("130.00", "bedankt"))
    matched(client_a)
    (shown,) = unmatched_entries()
    assert [suspect.number for suspect in shown.suspects] == ["2026-0003", "2026-0001", "2026-0002"]


def test_an_invoice_less_its_open_credit_note_is_for_a_person_where_the_payer_is_not_the_debtor(client_a):
    invoice, note = invoiced(client_a, draft("2026-0001"), draft("C-2026-7", "21.00", kind="credit_note"))
    received(client_a, Line("100.00", "2026-0001", name="Iemand Anders"))
    assert matched(client_a).unmatched == 1
    assert open_amounts([invoice, note]) == [Decimal("121.00"), Decimal("21.00")]
    (shown,) = unmatched_entries("nl")
    assert shown.reason == (
        "Het bedrag is wat op 2026-0001 openstaat min creditnota C-2026-7: verreken die twee."
    )
    assert [suspect.number for suspect in shown.suspects] == ["2026-0001"]


def test_claimed_costs_and_interest_may_be_paid_along(client_a):
    first, second = invoiced(client_a, draft("2026-0001", "1000.00"), draft("2026-0002", "1000.00", PIETERS))
    extras = [
        NewComponent(i.id, "costs", Decimal("150.00"), CLAIMED, CLAIMED, "6:96 BW", "letter", f"c{i.id}")
        for i in (first, second)
    ]
    add_components(client_a.id, extras, NOW)
    received(client_a, Line("1150.00", "2026-0001"), Line("1000.00", "2026-0002", iban="", name="P"))
    assert matched(client_a).matched == 2
    # The second paid the principal alone: the costs go first (6:44 BW), so 150.00 of the principal stays open.
    assert open_amounts([first, second]) == [Decimal(0), Decimal("150.00")]


def test_unmatched_money_is_tried_again_when_its_invoice_comes_in(client_a):
    received(client_a, Line("121.00", "2026-0001"), Line("5.00", "iets anders", name="Iemand", iban=""))
    matched(client_a)
    assert reasons() == ["nothing-found", "nothing-found"]
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    tally = retry_unmatched(client_a.id, [invoice.id], DAY, NOW)
    assert (tally.matched, tally.unmatched) == (1, 0)
    assert open_amounts([invoice]) == [Decimal(0)]
    assert retry_unmatched(client_a.id, [invoice.id], DAY, NOW).entries == 0


def test_what_was_looked_at_is_not_looked_at_again(client_a):
    invoiced(client_a, draft("2026-0001"))
    received(client_a, Line("121.00", "2026-0001"), Line("3.00", "-"))
    assert matched(client_a).entries == 2
    assert matched(client_a).entries == 0
    assert Match.objects.count() == 1


def test_all_new_entries_are_matched_in_batches(client_a):
    invoices = invoiced(client_a, *(draft(f"2026-{n:04}") for n in range(7)))
    received(client_a, *(Line("121.00", f"2026-{n:04}") for n in range(7)))
    assert match_all(client_a.id, DAY, NOW, batch=3).matched == 7
    assert open_amounts(invoices) == [Decimal(0)] * 7


def test_the_number_of_sql_statements_does_not_depend_on_the_number_of_entries(client_a):
    def run(first: int, count: int) -> int:
        numbers = range(first, first + count)
        invoiced(client_a, *(draft(f"2026-{n:05}", f"{n}.21") for n in numbers))
        lines = [Line(f"{n}.21", f"fact 2026-{n:05}") for n in numbers]
        lines += [Line(f"{n}.07", "onbekend", name=f"Wie {n}", iban="") for n in numbers]
        received(client_a, *lines, number=str(first))
        with statements() as seen:
            assert matched(client_a).matched == count
        return len(seen)

    run(1000, 2)
    few = run(2000, 3)
    assert run(3000, 200) == few
    assert few <= 32


def test_where_the_law_gives_no_amount_a_person_decides_and_the_others_go_on(client_a):
    beyond, normal = invoiced(client_a, draft("2026-0001", "1000.00"), draft("2026-0002", "50.00", PIETERS))
    add_components(
        client_a.id,
        [NewComponent(beyond.id, "interest", None, CLAIMED, CLAIMED, "6:119a BW", "letter", "i1")],
        NOW,
    )
    far = dt.date(2199, 1, 1)
    received(
        client_a,
        Line("1000.00", "2026-0001", day=far),
        Line("50.00", "2026-0002", name=PIETERS.name, iban="", day=far),
    )
    assert matched(client_a).matched == 1
    assert open_amounts([beyond, normal]) == [Decimal("1000.00"), Decimal(0)]
    assert reasons() == ["law-silent", "number"]
    assert unmatched_entries("en")[0].reason.startswith(
        "What is owed on 2026-0001 on that day cannot be computed: "
    )


@given(st.text(max_size=40) | st.from_regex(r"[A-Za-z0 ./-]{0,5}[0-9]{1,9}", fullmatch=True))
def test_invoices_and_payments_make_one_key_of_a_number(number):
    assert payment_key_of_number(number) == invoice_key_of_number(number)


def test_what_a_person_matched_is_shown_with_its_rest_and_told_on_the_timeline(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("130.00", "2026-0001"))
    matched(client_a)
    match_by_hand(client_a.id, entry.id, [(invoice.id, Decimal("121.00"))], "Anna", DAY, NOW)
    (shown,) = unmatched_entries("nl")
    assert (shown.unapplied, shown.reason) == (
        Decimal("9.00"), "Met de hand gekoppeld door Anna aan 2026-0001.",
    )  # fmt: skip
    assert Suspect.objects.count() == 0
    told = Event.objects.get(invoice_id=invoice.id, kind="payment")
    assert (told.link, told.facts["by"], told.facts["amount"]) == (entry.id, "Anna", "121.00")


def test_a_name_with_the_last_figures_and_the_exact_amount_is_booked_once(client_a):
    invoices = invoiced(client_a, draft("2026-0001"), draft("2026-0027"))
    line = Line("121.00", "factuur 27", name="Jansen Bouw BV", iban="")
    received(client_a, line, Line("121.00", "rekening 27", name="Jansen Bouw BV", iban=""))
    matched(client_a)
    assert reasons() == ["name-number-amount", "other-figures"]
    assert open_amounts(invoices) == [Decimal("121.00"), Decimal("0.00")]
    assert_books_tie()
