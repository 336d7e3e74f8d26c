"""A plan's life in dated days: agreed, told, paid, missed, broken, ended; with both sides of every day that counts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbaar.arrangements.models import Plan, PlanLetter, PlanTerm
from inbaar.arrangements.run import run_arrangements
from inbaar.daily import run_day
from inbaar.doors import take_in_files
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery
from inbaar.proofs import prove_books
from inbaar.receivables.actions import (
    NewComponent,
    NewHold,
    NewPayment,
    Reversal,
    add_components,
    apply_payments,
    open_holds,
    release_keys,
    reverse_payments,
)
from inbaar.receivables.assessment import assess_all
from tests.arrangements.books import Desk, monthly, morning, own
from tests.banking.camt import Line, camt_file
from tests.dunning.scenario import BAKERY, NOW, PERSON, day
from tests.register.books import Register

DUE = "2026-05-01"
TERMS = own(("2026-06-01", "100.00"), ("2026-07-01", "100.00"), ("2026-08-03", "100.00"))


@pytest.fixture
def desk(client_a):
    return Desk(client_a)


def agreed(desk, number="2026-1", **facts):
    """An invoice of 300.00 in three terms of 100.00, agreed on 11 May, whose confirmation left that day."""
    invoice = desk.invoice(number, DUE, payable="300.00")
    asked = desk.plan(invoice, on="2026-05-11", terms=TERMS, **facts)
    assert asked.state == "running"
    desk.send("2026-05-11")
    return invoice, asked.plan_id


def interest(desk, invoice, since="2026-05-02"):
    """Statutory interest claimed on an invoice, from a day on."""
    new = NewComponent(
        invoice, "interest", None, day(since), day("2026-05-05"), "6:119a BW", "table", f"interest:{invoice}"
    )
    with client_scope(desk.client.id):
        add_components(desk.client.id, [new], NOW)


@pytest.mark.requirement("UI-07", "UI-15")
def test_a_plan_is_agreed_told_paid_term_by_term_and_done(desk):
    invoice, plan = agreed(desk)
    (letter,) = desk.letters()
    assert (letter.kind.value, letter.total_due) == ("plan", Decimal("300.00"))
    assert [(row.due_on.isoformat(), str(row.amount)) for row in letter.plan.rows] == [
        ("2026-06-01", "100.00"), ("2026-07-01", "100.00"), ("2026-08-03", "100.00"),
    ]  # fmt: skip
    assert len({row.reference for row in letter.plan.rows}) == 3
    assert desk.held(invoice, "2026-05-12") == ["plan"]
    assert desk.run("2026-05-12").waits == {"plan": 1}
    # The first term is on 1 June; five days before that a mail leaves, and once.
    assert desk.look("2026-05-26") == {}
    assert desk.look("2026-05-27") == {"letters_plan_term": 1}
    assert desk.look("2026-05-27") == {}
    reminder = desk.letters()[-1]
    assert (reminder.total_due, reminder.pay_by) == (Decimal("100.00"), day("2026-06-01"))
    desk.pay(invoice, "2026-06-01", "100.00")
    assert desk.look("2026-06-04") == {}
    # More than a term goes to the next one.
    desk.pay(invoice, "2026-06-20", "150.00")
    assert [str(term.paid) for term in desk.standing(plan).terms] == ["100.00", "100.00", "50.00"]
    assert [term.paid_on for term in desk.standing(plan).terms] == [
        day("2026-06-01"),
        day("2026-06-20"),
        None,
    ]
    assert desk.look("2026-07-29") == {"letters_plan_term": 1}
    assert desk.letters()[-1].total_due == Decimal("50.00")
    desk.pay(invoice, "2026-07-30", "50.00")
    assert desk.look("2026-07-31") == {"plans_done": 1}
    assert desk.look("2026-07-31") == {}
    assert (desk.row(plan).state, desk.held(invoice, "2026-07-31")) == ("done", [])
    desk.proven()


@pytest.mark.requirement("UI-07")
def test_a_missed_term_gets_one_notice_and_then_the_plan_ends_and_dunning_goes_on(desk):
    invoice, _plan = agreed(desk)
    desk.look("2026-05-27")
    # Due Monday 1 June with two days of grace: on the 3rd it is still in time, on the 4th it was missed.
    assert desk.look("2026-06-03") == {}
    assert desk.look("2026-06-04") == {"letters_plan_missed": 1}
    notice = desk.letters()[-1]
    assert (notice.kind.value, notice.total_due, notice.pay_by) == (
        "plan_missed",
        Decimal("100.00"),
        day("2026-06-11"),
    )
    # Its last day, 11 June, has to be over and the bank to have told of it.
    assert desk.look("2026-06-11") == {}
    assert desk.look("2026-06-12", read_up_to="2026-06-10") == {}
    assert desk.held(invoice, "2026-06-12") == ["plan"]
    assert desk.look("2026-06-12") == {"plans_broken": 1, "letters_plan_ended": 1}
    assert desk.look("2026-06-12") == {}
    ended = desk.letters()[-1]
    assert (ended.kind.value, ended.total_due, ended.plan.why) == ("plan_ended", Decimal("300.00"), "broken")
    # Who was told that his plan ended is not sent a reminder the same day.
    assert desk.run("2026-06-12").letters == {}
    assert desk.run("2026-06-15").letters == {"reminder": 1}
    desk.proven()


def test_what_is_paid_after_the_notice_keeps_the_plan(desk):
    invoice, plan = agreed(desk)
    desk.look("2026-05-27")
    desk.look("2026-06-04")
    desk.pay(invoice, "2026-06-11", "100.00")
    assert desk.look("2026-06-12") == {}
    assert desk.row(plan).state == "running"
    # The next term has its own reminder and its own notice.
    assert desk.look("2026-06-26") == {"letters_plan_term": 1}
    assert desk.look("2026-07-06") == {"letters_plan_missed": 1}
    assert desk.letters()[-1].plan.term == 2


@pytest.mark.parametrize("paid_on", ["2026-06-03", "2026-06-05"])
def test_a_term_that_came_in_late_but_before_the_notice_is_no_miss(desk, paid_on):
    invoice, _ = agreed(desk)
    desk.look("2026-05-27")
    desk.pay(invoice, paid_on, "100.00")
    assert desk.look("2026-06-08") == {}


def test_a_cent_short_is_missed(desk):
    invoice, _ = agreed(desk)
    desk.look("2026-05-27")
    desk.pay(invoice, "2026-06-01", "99.99")
    assert desk.look("2026-06-04") == {"letters_plan_missed": 1}
    assert desk.letters()[-1].total_due == Decimal("0.01")


def test_a_payment_that_the_bank_took_back_makes_the_term_missed_again(desk):
    invoice, plan = agreed(desk)
    desk.look("2026-05-27")
    desk.pay(invoice, "2026-06-01", "100.00")
    assert desk.standing(plan).terms[0].open == 0
    with client_scope(desk.client.id):
        back = Reversal(f"{invoice}:2026-06-01:100.00", "teruggeboekt", "bank", day("2026-06-03"))
        reverse_payments(desk.client.id, [back], day("2026-06-03"), NOW)
    assert desk.look("2026-06-04") == {"letters_plan_missed": 1}


def test_nothing_is_judged_while_the_bank_s_news_is_old_or_money_waits_that_may_be_it(desk):
    agreed(desk)
    desk.look("2026-05-27")
    assert desk.look("2026-06-10", read_up_to="2026-06-02") == {}
    assert desk.look("2026-06-10", read_up_to="2026-06-03") == {"letters_plan_missed": 1}


def test_a_notice_that_nobody_posted_ends_no_plan_and_is_written_anew(desk):
    invoice = desk.invoice("2026-1", DUE, payable="300.00", customer=replace(BAKERY, email=""))
    plan = desk.plan(invoice, on="2026-05-11", terms=TERMS).plan_id
    desk.send("2026-05-11")
    # Terms are called to mind by mail only.
    assert desk.look("2026-05-27") == {}
    assert desk.look("2026-06-04", mail_leaves=False) == {"letters_plan_missed": 1}
    assert desk.look("2026-06-10", mail_leaves=False) == {}
    assert desk.look("2026-06-12", mail_leaves=False) == {"letters_held": 1, "letters_plan_missed": 1}
    assert desk.row(plan).state == "running"
    assert desk.letters()[-1].pay_by == day("2026-06-19")
    desk.send("2026-06-12")
    assert desk.look("2026-06-22") == {"plans_broken": 1, "letters_plan_ended": 1}


def test_a_run_that_comes_late_catches_up_and_reminds_of_no_day_that_has_passed(desk):
    agreed(desk)
    assert desk.look("2026-06-20") == {"letters_plan_missed": 1}
    assert desk.kinds() == ["plan", "plan_missed"]


def test_a_mail_that_waits_is_held_back_once_its_term_is_paid(desk):
    invoice, _ = agreed(desk)
    desk.look("2026-05-27", mail_leaves=False)
    desk.pay(invoice, "2026-05-27", "100.00")
    assert desk.look("2026-05-28", mail_leaves=False) == {"letters_held": 1}
    with client_scope(desk.client.id):
        assert [one.state for one in Delivery.objects.order_by("id")] == ["sent", "withdrawn"]


def test_a_confirmation_that_came_back_is_written_anew_as_it_was(desk):
    invoice, _ = agreed(desk)
    first = desk.letters()[0]
    with client_scope(desk.client.id):
        Delivery.objects.update(state="bounced")
    desk.pay(invoice, "2026-05-12", "50.00")
    assert desk.look("2026-05-13") == {"letters_plan": 1}
    again = desk.letters()[-1]
    assert (again.items, again.plan, again.total_due) == (first.items, first.plan, first.total_due)
    assert again.letter_number != first.letter_number


def test_interest_stands_still_while_the_plan_runs_so_that_its_terms_are_all_that_is_paid(desk):
    invoice = desk.invoice("2026-1", DUE, payable="3000.00")
    interest(desk, invoice)
    owed = desk.owed(invoice, "2026-05-11")
    assert owed > Decimal("3000.00")
    asked = desk.plan(
        invoice, on="2026-05-11", terms=own(("2026-06-01", "2000.00"), ("2026-07-01", str(owed - 2000)))
    )
    desk.send("2026-05-11")
    assert desk.letters()[0].total_due == owed
    assert desk.letters()[0].plan.interest == "stops"
    assert desk.owed(invoice, "2026-06-30") == owed
    desk.pay(invoice, "2026-06-01", "2000.00")
    desk.pay(invoice, "2026-07-01", str(owed - 2000))
    assert desk.open(invoice) == 0
    desk.look("2026-07-02")
    assert desk.row(asked.plan_id).state == "done"
    desk.proven()


def test_interest_runs_as_if_there_had_been_no_plan_once_it_ends_unpaid(desk):
    invoice = desk.invoice("2026-1", DUE, payable="3000.00")
    interest(desk, invoice)
    before = desk.owed(invoice, "2026-06-30")
    owed = desk.owed(invoice, "2026-05-11")
    asked = desk.plan(invoice, on="2026-05-11", terms=own(("2026-06-01", str(owed))))
    with client_scope(desk.client.id):
        stopped = assess_all(desk.client.id, day("2026-06-05")).by_kind["EUR", "trade"].total
    assert stopped == owed
    desk.end(asked.plan_id, "2026-05-20")
    assert desk.owed(invoice, "2026-06-30") == before


def test_interest_that_runs_on_is_asked_after_the_last_term(desk):
    invoice = desk.invoice("2026-1", DUE, payable="3000.00")
    interest(desk, invoice)
    owed = desk.owed(invoice, "2026-05-11")
    asked = desk.plan(
        invoice, on="2026-05-11", terms=own(("2026-07-01", str(owed))), stops_interest=False, reason="x"
    )
    assert desk.letters()[0].plan.interest == "runs"
    desk.pay(invoice, "2026-07-01", str(owed))
    desk.look("2026-07-02")
    assert desk.row(asked.plan_id).state == "done"
    assert 0 < desk.owed(invoice, "2026-07-02") < Decimal("60.00")


def test_terms_go_to_the_oldest_invoice_first_each_under_a_reference_of_its_own(desk):
    later, older = (
        desk.invoice("2026-2", "2026-05-08", payable="50.00"),
        desk.invoice("2026-1", DUE, payable="100.00"),
    )
    asked = desk.plan(
        later, older, on="2026-05-11", terms=own(("2026-06-01", "75.00"), ("2026-07-01", "75.00"))
    )
    with client_scope(desk.client.id):
        rows = fetch(
            "SELECT t.number, p.invoice_id, p.amount FROM arrangements_planterm t "
            "JOIN banking_bundlepart p ON p.client_id = t.client_id AND p.bundle_id = t.bundle_id ORDER BY 1, p.id"
        )
    assert rows == [
        (1, older, Decimal("75.00")), (2, older, Decimal("25.00")), (2, later, Decimal("50.00")),
    ]  # fmt: skip
    assert desk.standing(asked.plan_id).invoices == (older, later)
    desk.proven()


def test_the_same_key_asks_once_and_an_invoice_is_in_one_plan_at_a_time(desk):
    invoice, plan = agreed(desk, key="k")
    again = desk.plan(invoice, on="2026-05-12", terms=TERMS, key="k")
    assert (again.plan_id, again.state) == (plan, "running")
    with pytest.raises(Refused) as refused:
        desk.plan(invoice, on="2026-05-12", terms=TERMS, key="another")
    assert refused.value.code == "plan-running"
    with client_scope(desk.client.id):
        assert (Plan.objects.count(), PlanLetter.objects.count()) == (1, 1)


def test_a_person_goes_on_against_a_rule_with_a_reason_only_and_what_was_seen_is_kept(desk):
    invoice = desk.invoice("2026-1", DUE, payable="6000.00")
    terms = monthly("6000.00", 3, "2026-06-01")
    with pytest.raises(Refused) as refused:
        desk.plan(invoice, on="2026-05-11", terms=terms)
    assert refused.value.code == "plan-reason"
    with client_scope(desk.client.id):
        assert Plan.objects.count() == 0
    asked = desk.plan(invoice, on="2026-05-11", terms=terms, reason="goede klant")
    row = desk.row(asked.plan_id)
    assert (row.state, row.reason, [one["code"] for one in row.findings]) == (
        "running",
        "goede klant",
        ["plan-large"],
    )


def test_a_debtor_s_plan_within_the_limits_runs_at_once_and_another_waits_with_everything_held_up(desk):
    small, large = (
        desk.invoice("2026-1", DUE, payable="300.00"),
        desk.invoice("2026-2", DUE, payable="6000.00"),
    )
    assert desk.plan(small, on="2026-05-11", terms=TERMS, decides=False).state == "running"
    asked = desk.plan(large, on="2026-05-11", terms=monthly("6000.00", 3, "2026-06-01"), decides=False)
    assert asked.state == "asked"
    # Five days in which it is answered; then nobody waits any longer.
    assert desk.held(large, "2026-05-16") == ["pause"]
    assert desk.held(large, "2026-05-17") == []
    desk.agree(asked.plan_id, "2026-05-13")
    assert desk.held(large, "2026-05-17") == ["plan"]
    assert (desk.row(asked.plan_id).decided_by, desk.row(asked.plan_id).reason) == ("Anna", "akkoord")
    with pytest.raises(Refused) as refused:
        desk.agree(asked.plan_id, "2026-05-13")
    assert refused.value.code == "plan-decided"
    desk.proven()


def test_a_plan_that_waited_is_not_agreed_once_something_was_paid(desk):
    invoice = desk.invoice("2026-1", DUE, payable="6000.00")
    asked = desk.plan(invoice, on="2026-05-11", terms=monthly("6000.00", 3, "2026-06-01"), decides=False)
    desk.pay(invoice, "2026-05-12", "10.00")
    with pytest.raises(Refused) as refused:
        desk.agree(asked.plan_id, "2026-05-13")
    assert refused.value.code == "plan-changed"
    assert desk.row(asked.plan_id).state == "asked"


def test_a_no_is_told_and_lets_the_reminders_go_on_the_next_day(desk):
    invoice = desk.invoice("2026-1", DUE, payable="6000.00")
    asked = desk.plan(invoice, on="2026-05-11", terms=monthly("6000.00", 3, "2026-06-01"), decides=False)
    desk.run("2026-05-11")
    desk.refuse(asked.plan_id, "2026-05-12")
    desk.send("2026-05-12")
    assert desk.kinds() == ["plan_refused"]
    assert desk.held(invoice, "2026-05-12") == []
    assert desk.run("2026-05-12").letters == {}
    assert desk.run("2026-05-13").letters == {"reminder": 1}
    desk.proven()


@pytest.mark.parametrize(("by_debtor", "why"), [(False, "by_us"), (True, "by_debtor")])
def test_either_side_ends_a_plan_early_with_a_reason(desk, by_debtor, why):
    invoice, plan = agreed(desk)
    with pytest.raises(Refused):
        desk.end(plan, "2026-05-20", reason=" ")
    desk.end(plan, "2026-05-20", by_debtor=by_debtor)
    assert (desk.letters()[-1].kind.value, desk.letters()[-1].plan.why) == ("plan_ended", why)
    assert desk.held(invoice, "2026-05-20") == []
    with pytest.raises(Refused) as refused:
        desk.end(plan, "2026-05-21")
    assert refused.value.code == "plan-not-running"
    desk.proven()


def test_a_plan_that_runs_is_replaced_by_another_for_what_is_left(desk):
    invoice, plan = agreed(desk)
    desk.pay(invoice, "2026-06-01", "100.00")
    new = desk.plan(
        invoice,
        on="2026-06-10",
        terms=own(("2026-07-15", "200.00")),
        key="new",
        replaces=plan,
        stops_interest=False,
        reason="x",
    )
    desk.send("2026-06-10")
    assert (desk.row(plan).state, desk.row(new.plan_id).state) == ("replaced", "running")
    assert desk.row(new.plan_id).stops_interest
    assert desk.held(invoice, "2026-06-10") == ["plan"]
    assert desk.kinds()[-1] == "plan"
    assert desk.look("2026-07-10") == {"letters_plan_term": 1}
    desk.proven()


def test_what_is_disputed_insolvent_or_paid_is_in_no_plan(desk):
    invoice = desk.invoice("2026-1", DUE, payable="300.00")
    with client_scope(desk.client.id):
        hold = NewHold(
            desk.debtor_of(invoice),
            "dispute",
            "kapot",
            "Anna",
            day("2026-05-05"),
            "d",
            invoice,
            Decimal("10.00"),
        )
        open_holds(desk.client.id, [hold], NOW)
    with pytest.raises(Refused) as refused:
        desk.plan(invoice, on="2026-05-11", terms=TERMS, reason="toch")
    assert refused.value.code == "plan-disputed"
    paid = desk.invoice("2026-2", DUE, payable="300.00")
    desk.pay(paid, "2026-05-05", "300.00")
    with pytest.raises(Refused) as refused:
        desk.plan(paid, on="2026-05-11", terms=TERMS)
    assert refused.value.code == "plan-nothing"


def test_another_debtor_s_invoice_and_another_client_s_plan_are_out_of_reach(desk, client_b):
    invoice, other = (
        desk.invoice("2026-1", DUE, payable="300.00"),
        desk.invoice("P-1", DUE, payable="300.00", customer=PERSON),
    )
    with pytest.raises(Refused) as refused:
        desk.plan(invoice, other, on="2026-05-11", terms=monthly("600.00", 3, "2026-06-01"))
    assert refused.value.code == "not-his-invoice"
    plan = desk.plan(invoice, on="2026-05-11", terms=TERMS).plan_id
    with pytest.raises(Refused):
        Desk(client_b).end(plan, "2026-05-12")
    assert desk.row(plan).state == "running"


def test_a_credit_note_counts_as_paid_and_a_plan_of_which_nothing_is_open_is_done(desk):
    invoice, _plan = agreed(desk)
    with client_scope(desk.client.id):
        apply_payments(
            desk.client.id,
            [NewPayment(invoice, day("2026-05-20"), Decimal("300.00"), "c", "credit_note")],
            NOW,
        )
    assert desk.look("2026-05-21") == {"plans_done": 1}


def test_a_letter_that_cannot_be_written_leaves_the_plan_running_and_says_why(desk):
    with client_scope(desk.client.id):
        fetch("UPDATE parties_client SET email = '', phone = '' WHERE id = %s RETURNING 1", [desk.client.id])
    invoice = desk.invoice("2026-1", DUE, payable="300.00")
    asked = desk.plan(invoice, on="2026-05-11", terms=TERMS)
    assert asked.state == "running"
    assert "neither phone nor e-mail" in desk.row(asked.plan_id).trouble
    with client_scope(desk.client.id):
        fetch("UPDATE parties_client SET email = 'a@example.nl' WHERE id = %s RETURNING 1", [desk.client.id])
    assert desk.look("2026-05-12") == {"letters_plan": 1}
    assert desk.row(asked.plan_id).trouble == ""


def test_a_consumer_s_plan_after_costs_were_claimed_tells_them(desk):
    invoice = desk.invoice("P-1", DUE, payable="300.00", customer=PERSON)
    with client_scope(desk.client.id):
        costs = NewComponent(
            invoice,
            "costs",
            Decimal("48.40"),
            day("2026-05-05"),
            day("2026-05-05"),
            "6:96 lid 6 BW",
            "Besluit BIK",
            "costs",
        )
        add_components(desk.client.id, [costs], NOW)
    desk.plan(invoice, on="2026-05-11", terms=monthly("348.40", 2, "2026-06-01"))
    (letter,) = desk.letters()
    assert (letter.total_due, letter.costs_due, letter.costs_claimed.total) == (
        Decimal("348.40"), Decimal("48.40"), Decimal("48.40"),
    )  # fmt: skip


def test_many_plans_cost_no_more_statements_than_one(desk):
    counts = []
    for number in range(1, 6):
        agreed(desk, f"2026-{number}")
        if number in (1, 5):
            desk.bank("2026-05-26")
            with CaptureQueriesContext(connection) as captured:
                run_arrangements(desk.client.id, day("2026-05-27"), morning("2026-05-27"))
            counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_proofs_see_a_plan_that_does_not_add_up_and_one_without_its_hold(desk):
    invoice, plan = agreed(desk)
    desk.proven()
    with client_scope(desk.client.id):
        (first, *_) = PlanTerm.objects.filter(plan_id=plan).order_by("number")
        PlanTerm.objects.create(
            client=desk.client,
            plan_id=plan,
            number=4,
            due_on=day("2026-09-01"),
            amount=Decimal("1.00"),
            bundle=first.bundle,
        )
        release_keys(desk.client.id, [f"plan:{plan}:{invoice}"], day("2026-05-12"), "iemand", NOW)
    broken = {proof.name for proof in prove_books(desk.client.id) if not proof.holds}
    assert broken == {"plans", "arrangements-hold"}


def test_the_daily_run_judges_before_anybody_is_reminded_and_says_what_it_did(desk):
    invoice = desk.invoice("2026-1", DUE, payable="300.00")
    desk.promise(invoice, on="2026-05-11", due="2026-05-15")
    desk.bank("2026-05-17")
    report = run_day(day("2026-05-18"), morning("2026-05-18"), None, [desk.client.id])
    assert report.as_json()["arrangements"] == {"promises_broken": 1}
    assert report.letters == {"reminder": 1}


@pytest.mark.requirement("UI-07")
def test_a_term_paid_under_its_reference_is_matched_to_its_invoices(desk):
    later, older = (
        desk.invoice("2026-2", "2026-05-08", payable="50.00"),
        desk.invoice("2026-1", DUE, payable="100.00"),
    )
    plan = desk.plan(
        later, older, on="2026-05-11", terms=own(("2026-06-01", "125.00"), ("2026-07-01", "25.00"))
    ).plan_id
    reference = desk.standing(plan).references[0]
    paid = Line("125.00", f"termijn {reference}", day("2026-05-29"), name="Korenaar", bank_reference="B1")
    _statement(desk, "2026-05-29", paid)
    assert [str(term.paid) for term in desk.standing(plan).terms] == ["125.00", "0.00"]
    assert (desk.open(older), desk.open(later)) == (Decimal("0.00"), Decimal("25.00"))
    desk.send("2026-05-29")
    assert desk.look("2026-06-05", read_up_to="2026-06-04") == {}


def _statement(desk, on, *lines):
    file = camt_file(list(lines), number=f"N{on}")
    take_in_files(desk.client.id, [(f"{on}.xml", file)], day(on), morning(on), add_accounts=True)
    run_day(day(on), morning(on), None, [desk.client.id])


@pytest.mark.parametrize(("last", "against"), [("2026-05-20", []), ("2026-05-21", ["plan-vat"])])
def test_the_day_on_which_the_vat_is_reclaimed_is_the_invoice_s_own(desk, last, against):
    told = {"net": Decimal("100.00"), "vat": Decimal("21.00")}
    invoice = desk.invoice("2026-1", "2025-05-20", payable="121.00", **told)
    asked = desk.plan(invoice, on="2026-05-11", terms=own((last, "121.00")), reason="toch")
    assert [one["code"] for one in desk.row(asked.plan_id).findings] == against


def test_a_plan_says_that_it_ends_the_report_to_the_register_and_does(client_a):
    register, desk = Register(client_a).priced(), Desk(client_a)
    invoice, _report = register.reported()
    asked = desk.plan(invoice, on="2026-11-05", terms=own(("2026-11-20", "1210.00")), decides=False)
    assert (asked.state, [one["code"] for one in desk.row(asked.plan_id).findings]) == (
        "asked",
        ["plan-register"],
    )
    assert register.rows("register_report") == 1
    desk.agree(asked.plan_id, "2026-11-05")
    assert register.rows("register_report") == 0
