"""What is asked and claimed around a letter: never twice, never on what was paid as asked, never more than announced."""

from decimal import Decimal

import pytest

from inbaar.dunning.schedule import look_again
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Client
from inbaar.receivables.actions import (
    NewHold,
    NewPayment,
    apply_payments,
    cancel_extras,
    open_holds,
    release_hold,
    waive_remainder,
)
from inbaar.receivables.claims import owed_on
from inbaar.receivables.grounds import Ground, Word
from inbaar.receivables.models import ClaimComponent, Hold, Invoice
from inbaar.receivables.queries import claim_facts
from tests.dunning.scenario import NOW, PERSON, Administration, day

pytestmark = pytest.mark.django_db
ALONE = Word(Decimal("5000.00"))
TO_HAND_OVER = ("2026-10-02", "2026-10-15", "2026-10-23")


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def dispute(books, invoice, amount, key="d1"):
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=invoice).debtor_id
        hold = NewHold(
            debtor, "dispute", "beschadigd", "Anna", day("2026-10-01"), key, invoice, Decimal(amount)
        )
        open_holds(books.client.id, [hold], NOW)


def costs(books):
    with client_scope(books.client.id):
        return [c.amount for c in ClaimComponent.objects.filter(kind="costs").order_by("id")]


def reclaims_vat(books, reclaims):
    with client_scope(books.client.id):
        Client.objects.filter(id=books.client.id).update(reclaims_vat=reclaims)


def schedule(books, invoice):
    with client_scope(books.client.id):
        return fetch(
            "SELECT stage, due_on, waits_for FROM dunning_schedule WHERE invoice_id = %s", [invoice]
        )[0]


def left(books, invoice, on):
    with client_scope(books.client.id):
        return owed_on(claim_facts([invoice], day(on))[invoice], day(on))


@pytest.mark.requirement("BEY-03")
@pytest.mark.parametrize(("paid", "over"), [("1214.83", False), ("1214.82", True)])
def test_who_paid_what_the_notice_asked_owes_no_costs_though_interest_ran_on(books, paid, over):
    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15")
    assert books.letters()[-1].total_due == Decimal("1214.83")
    books.pay(invoice, "2026-10-20", paid)
    tally = books.run("2026-10-23")
    if over:
        assert (tally.steps, costs(books)) == ({"hand_over": 1}, [Decimal("40.00")])
        return
    # Five days' interest came on top of what the letter asked: 1.72 is left, and nobody is pressed for it.
    assert books.open(invoice) == Decimal("1.72")
    assert (tally.waits, tally.steps, costs(books)) == ({"paid_as_asked": 1}, {}, [])
    assert schedule(books, invoice) == ("noticed", None, "paid_as_asked")
    assert books.run("2026-11-20").looked_at == 0


@pytest.mark.requirement("ASK-08")
def test_money_pays_what_is_not_disputed_first(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    dispute(books, invoice, "400.00")
    books.run("2026-10-02")
    books.run("2026-10-15")
    assert books.letters()[-1].total_due == Decimal("813.23")  # 810.00 and 14 days at 10.40% over it
    # A day later 15 days' interest over the undisputed 810.00 is 3.46; over the whole it would be 5.17.
    books.pay(invoice, "2026-10-16", "813.46")
    assert books.open(invoice) == Decimal("400.00")
    assert books.run("2026-10-23").waits == {"dispute": 1}
    # More than was asked goes to the disputed part, its own interest first: 400.00 * 10.40% * 19 / 365 = 2.17.
    books.pay(invoice, "2026-10-20", "100.00")
    assert books.open(invoice) == Decimal("302.17")


@pytest.mark.requirement("COL-19")
@pytest.mark.requirement("DUN-10")
def test_a_consumer_never_owes_more_costs_than_his_letter_announced(books):
    invoice = books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=PERSON)
    dispute(books, invoice, "600.00")
    books.run("2026-10-02")
    books.run("2026-10-19")
    announced = books.letters()[-1].costs_if_unpaid
    assert announced is not None
    assert announced.total == Decimal("60.00")
    with client_scope(books.client.id):
        release_hold(books.client.id, Hold.objects.get().id, day("2026-10-30"), "Anna", NOW)
    assert books.run("2026-11-05").steps == {"hand_over": 1}
    assert costs(books) == [Decimal("60.00")]


@pytest.mark.parametrize(
    ("reclaimed", "reclaims", "announced"), [(True, False, "150.00"), (False, True, "181.50")]
)
def test_vat_that_the_letter_did_not_announce_is_not_claimed(books, reclaimed, reclaims, announced):
    """The client says only after the letter that it cannot reclaim VAT: 150.00 stays. It can after all: no VAT is due."""
    reclaims_vat(books, reclaimed)
    books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=PERSON)
    books.run("2026-10-02")
    books.run("2026-10-19")
    told = books.letters()[-1].costs_if_unpaid
    assert told is not None
    assert told.total == Decimal(announced)
    reclaims_vat(books, reclaims)
    assert books.run("2026-11-05").steps == {"hand_over": 1}
    assert costs(books) == [Decimal("150.00")]


@pytest.mark.requirement("COL-19")
def test_invoices_of_one_letter_never_cost_more_than_it_announced_though_handed_over_apart(books):
    one, _, three = (
        books.invoice(f"2026-004{n}", "2026-10-01", payable="100.00", customer=PERSON) for n in range(3)
    )
    books.run("2026-10-02")
    books.run("2026-10-19")
    announced = books.letters()[-1].costs_if_unpaid
    assert announced is not None
    assert announced.total == Decimal("45.00")
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=three).debtor_id
        hold = NewHold(debtor, "pause", "x", "Anna", day("2026-10-20"), "p", three, None, day("2026-11-09"))
        open_holds(books.client.id, [hold], NOW)
    books.run("2026-11-05")
    assert sum(costs(books)) == Decimal("40.00")  # 15% of 200.00 is below the minimum
    books.run("2026-11-10")
    assert costs(books)[2:] == [Decimal("5.00")]
    assert schedule(books, one)[0] == schedule(books, three)[0] == "handed_over"


@pytest.mark.requirement("DUN-10")
def test_who_turns_out_to_be_a_consumer_owes_no_costs_after_a_business_notice(books):
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15")
    with client_scope(books.client.id):
        run("UPDATE parties_debtor SET capacity = 'consumer'")
    for on in ("2026-10-23", "2026-11-20"):
        books.run(on)
    assert costs(books) == []


def test_a_day_outside_the_law_holds_its_own_invoices_and_loses_no_other_work(books):
    late = books.invoice("2026-0042", "2026-12-10")
    for on in ("2026-12-11", "2026-12-24"):
        books.run(on)
    fresh = books.invoice("2026-0043", "2026-12-31")
    tally = books.run("2027-01-05")
    assert (tally.waits, tally.steps) == ({"law_not_covered": 1}, {"reminder": 1})
    assert (schedule(books, late)[0], schedule(books, fresh)[0]) == ("noticed", "reminded")
    with client_scope(books.client.id):
        (facts,) = fetch("SELECT facts ->> 'words' FROM receivables_event WHERE kind = 'letter_held'", [])
    assert "is confirmed until 2026-12-31" in facts[0]
    books.run("2027-01-06")
    with client_scope(books.client.id):
        assert fetch("SELECT count(*) FROM receivables_event WHERE kind = 'letter_held'", []) == [(1,)]


def test_a_second_look_leaves_what_was_handed_over_where_it_is(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    for on in TO_HAND_OVER:
        books.run(on)
    with client_scope(books.client.id):
        assert look_again(books.client.id, [invoice], day("2026-10-26")) == 0
    assert books.run("2026-10-26").looked_at == 0
    assert schedule(books, invoice) == ("handed_over", None, "")


def test_after_waiving_the_rest_nothing_is_owed_either_way(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    for on in TO_HAND_OVER:
        books.run(on)
    books.pay(invoice, "2026-10-24", "300.00")  # to costs of 181.50 and interest first
    with client_scope(books.client.id):
        waive_remainder(
            books.client.id, invoice, day("2026-10-25"), Ground.GOODWILL, "coulance", ALONE, "Anna", NOW
        )
    for on in ("2026-10-25", "2026-11-25"):
        owed = left(books, invoice, on)
        assert (owed.principal, owed.interest, owed.costs, owed.total) == (0, 0, 0, 0)


def test_money_for_what_is_settled_is_not_taken_twice(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    for on in TO_HAND_OVER:
        books.run(on)
    total = left(books, invoice, "2026-10-24").total
    with client_scope(books.client.id):
        first = NewPayment(invoice, day("2026-10-24"), total, "one")
        second = NewPayment(invoice, day("2026-10-24"), Decimal("5.00"), "two")
        done = apply_payments(books.client.id, [first, second], NOW)
    assert {key: booked.amount for key, booked in done.items()} == {"one": total}
    assert books.open(invoice) == 0


def test_cancelled_costs_that_the_principal_cannot_take_are_owed_to_the_debtor(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    for on in TO_HAND_OVER:
        books.run(on)
    total = left(books, invoice, "2026-10-24").total
    books.pay(invoice, "2026-10-24", str(total))
    with client_scope(books.client.id):
        assert cancel_extras(books.client.id, invoice, day("2026-10-25"), "coulance", "Anna", NOW) == 0
        balances = dict(
            fetch(
                """
                SELECT a.code, sum(CASE WHEN a.id = t.credit_id THEN t.amount ELSE -t.amount END)
                FROM ledger_transfer t JOIN ledger_account a ON a.id IN (t.debit_id, t.credit_id) GROUP BY 1
                """
            )
        )
    # What was received is spent: the principal of 1,210.00, and the rest owed back.
    assert balances["credits_to_give"] == total - Decimal("1210.00")
    assert balances["unapplied"] == -total
    assert (balances["costs_income"], balances["interest_income"]) == (0, 0)
    assert left(books, invoice, "2026-10-26").total == 0


def test_only_a_dispute_is_about_a_part(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=invoice).debtor_id
        hold = NewHold(debtor, "promise", "x", "Anna", day("2026-10-01"), "p", invoice, Decimal("400.00"))
        with pytest.raises(
            Refused, match=r"only a dispute can be about a part of a claim: a promise of 400.00"
        ):
            open_holds(books.client.id, [hold], NOW)
        assert not Hold.objects.exists()


def test_each_of_two_disputes_opened_together_is_within_what_is_open(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=invoice).debtor_id
        holds = [
            NewHold(debtor, "dispute", "x", "Anna", day("2026-10-01"), key, invoice, Decimal(amount))
            for key, amount in (("too much", "1210.01"), ("part", "10.00"))
        ]
        with pytest.raises(Refused, match=r"a part in dispute is at most what is open: 1210.01"):
            open_holds(books.client.id, holds, NOW)


def bank_account(books):
    from inbaar.banking.models import BankAccount

    with client_scope(books.client.id):
        return BankAccount.objects.create(
            client=books.client, iban="NL91ABNA0417164300", currency="EUR", holder="x",
            read_up_to=day("2026-12-24"), stale_after_days=99,
        )  # fmt: skip


@pytest.mark.requirement("ASK-11")
def test_invoices_with_and_without_the_clients_own_account_go_into_one_letter(books):
    bank_account(books)
    books.invoice("2026-0041", "2026-10-01", payee_iban="NL91ABNA0417164300")
    books.invoice("2026-0042", "2026-10-01", payee_iban="")
    assert books.run("2026-10-02").letters == {"reminder": 1}
    (letter,) = books.letters()
    assert letter.payee.iban == "NL91ABNA0417164300"
    assert [item.invoice_number for item in letter.items] == ["2026-0041", "2026-0042"]


@pytest.mark.requirement("ASK-10")
def test_a_credit_note_of_a_later_day_counts_at_once(books):
    from inbaar.receivables.actions import Draft, accept_invoices
    from tests.dunning.scenario import BAKERY

    books.invoice("2026-0042", "2026-10-01")
    amount = Decimal("210.00")
    credit = Draft(
        number="C-1", kind="credit_note", issue_date=day("2026-10-20"), due_date=day("2026-10-20"),
        received_on=day("2026-10-02"), currency="EUR", net=amount, vat=Decimal(0), total=amount, payable=amount,
        customer=BAKERY, credits_number="2026-0042",
    )  # fmt: skip
    with client_scope(books.client.id):
        accept_invoices(books.client.id, [credit], NOW)
    assert books.run("2026-10-02").letters == {"reminder": 1}
    assert books.letters()[-1].total_due == Decimal("1000.00")


@pytest.mark.requirement("BEY-03")
def test_a_letter_stays_when_money_that_may_be_its_payment_came_in_before_it_left(books):
    from inbaar.banking.actions import import_statement_file, match_new_entries
    from inbaar.dunning.withdrawing import withdraw_outdated
    from tests.banking.camt import Line, camt_file

    bank_account(books)
    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02", mail_leaves=False)
    assert withdraw_outdated(books.client.id, day("2026-10-02"), NOW) == 0
    line = Line(
        "1200.00", "voor de verbouwing", name="BAKKERIJ DE KORENAAR BV", iban="", day=day("2026-10-02")
    )
    import_statement_file(books.client.id, camt_file([line]), "s.xml", NOW)
    match_new_entries(books.client.id, day("2026-10-02"), NOW)
    assert withdraw_outdated(books.client.id, day("2026-10-02"), NOW) == 1
    assert schedule(books, invoice)[0] == "waiting"
    assert books.run("2026-10-05").waits == {"unmatched_payment": 1}


@pytest.mark.requirement("BEY-08")
def test_every_reason_to_wait_names_its_rule_its_fact_and_what_ends_it(books):
    from inbaar.dunning.rules import refusal_of
    from inbaar.dunning.verdict import may_dun

    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15")
    books.pay(invoice, "2026-10-20", "1214.83")
    books.run("2026-10-23")
    with client_scope(books.client.id):
        verdict = may_dun(books.client.id, invoice, day("2026-10-26"))
    (refusal,) = verdict.refusals
    assert refusal == refusal_of("paid_as_asked", day("2026-10-26"))
    assert "the last letter was paid" in refusal.fact
    assert (refusal.passes_on, refusal.next_step) == (None, "waive the rest, or hand it over by hand")


@pytest.mark.requirement("BEY-08")
def test_a_term_that_runs_from_delivery_says_on_which_day_it_is_over(books):
    from inbaar.dunning.verdict import may_dun

    invoice = books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=PERSON)
    books.run("2026-10-02")
    books.run("2026-10-19", mail_leaves=False)
    books.send(
        "2026-10-21"
    )  # two days after it was written: received Friday 23 October, 14 days from the 24th
    with client_scope(books.client.id):
        verdict = may_dun(books.client.id, invoice, day("2026-11-05"))
    assert [(refusal.code, refusal.passes_on) for refusal in verdict.refusals] == [
        ("dunning-term_runs", day("2026-11-07"))
    ]


@pytest.mark.requirement("COL-19")
def test_costs_are_never_announced_in_another_currency_than_the_scale_has(books):
    dollars = books.invoice("2026-0042", "2026-10-01", currency="USD")
    euros = books.invoice("2026-0043", "2026-10-01")
    assert books.run("2026-10-02").letters == {"reminder": 2}
    tally = books.run("2026-10-15")
    assert (tally.letters, tally.waits) == ({"formal_notice": 1}, {"law_not_covered": 1})
    assert (schedule(books, dollars)[0], schedule(books, euros)[0]) == ("reminded", "noticed")
    with client_scope(books.client.id):
        ((words,),) = fetch("SELECT facts ->> 'words' FROM receivables_event WHERE kind = 'letter_held'")
    assert words == (
        "collection costs in USD: the scale of art. 2 Besluit BIK is in euro; "
        "agree on an amount in euro with the debtor, or write the notice by hand"
    )


@pytest.mark.requirement("BEY-03")
def test_a_letter_to_be_posted_is_taken_back_when_its_invoice_is_paid(books):
    from dataclasses import replace

    from inbaar.dunning.withdrawing import withdraw_outdated
    from inbaar.letters.models import Delivery
    from tests.dunning.scenario import BAKERY

    invoice = books.invoice("2026-0042", "2026-10-01", customer=replace(BAKERY, email=None))
    books.run("2026-10-02", mail_leaves=False)
    assert withdraw_outdated(books.client.id, day("2026-10-09"), NOW) == 0  # it waits for who prints it
    books.pay(invoice, "2026-10-08", "1210.00")
    assert withdraw_outdated(books.client.id, day("2026-10-09"), NOW) == 1
    with client_scope(books.client.id):
        assert Delivery.objects.get().state == "withdrawn"
    assert books.run("2026-10-09").closed == 1


def test_a_mail_in_doubt_that_became_wrong_does_not_hold_its_invoice_for_ever(books):
    import datetime as dt

    from inbaar.dunning.withdrawing import withdraw_outdated
    from inbaar.letters.models import Delivery

    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02", mail_leaves=False)
    later = dt.datetime(2026, 10, 7, 9, tzinfo=dt.UTC)
    with client_scope(books.client.id):
        Delivery.objects.update(state="sending", changed_at=later - dt.timedelta(minutes=9))
    assert withdraw_outdated(books.client.id, day("2026-10-07"), later) == 0  # its program may still be at it
    assert withdraw_outdated(books.client.id, day("2026-10-07"), later + dt.timedelta(minutes=2)) == 1
    assert schedule(books, invoice)[0] == "waiting"
    assert books.run("2026-10-07").letters == {"reminder": 1}


@pytest.mark.requirement("ASK-05")
def test_a_hundred_runs_claim_interest_and_costs_once(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    for on in TO_HAND_OVER:
        for _ in range(34):
            books.run(on)
    with client_scope(books.client.id):
        kinds = list(
            ClaimComponent.objects.filter(invoice_id=invoice).order_by("id").values_list("kind", "amount")
        )
    assert kinds == [("interest", None), ("costs", Decimal("181.50"))]
