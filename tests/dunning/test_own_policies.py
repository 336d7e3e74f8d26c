"""A client's own policies, told in dated days: what they add, for whom they hold, and what a change does to what runs."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from inbaar.daily import run_day
from inbaar.dunning.calls import Outcome, record_call
from inbaar.dunning.models import Call, PolicyChange, PolicyStep, PolicyVersion, Schedule, Step
from inbaar.dunning.policies import (
    Editor,
    choose_policy,
    make_policy,
    replan,
    retire_policy,
    save_policy,
)
from inbaar.dunning.policy import DEFAULT_POLICY, Policy
from inbaar.dunning.policy_book import BUILT_IN, policy_book
from inbaar.dunning.policy_steps import Channel, ContactRole, Moment, Tone
from inbaar.dunning.verdict import may_dun
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery
from inbaar.letters.text import letter_text
from inbaar.parties.corrections import ContactFacts, add_contact
from inbaar.parties.models import Debtor
from inbaar.proofs import prove_books
from inbaar.receivables.models import Event
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day
from tests.dunning.test_policy_rules import CALL, COURTESY, END, NOTICE, REMIND

pytestmark = pytest.mark.django_db
OLGA = Editor("Olga", "afgesproken met de directie", day("2026-09-01"), NOW)
LONG = Policy(
    (
        COURTESY,
        REMIND,
        replace(CALL, days=5),
        replace(REMIND, days=9, tone=Tone.FIRM, channel=Channel.POST),
        replace(NOTICE, after=Moment.PREVIOUS, days=10, role=ContactRole.ESCALATION),
        END,
    )
)


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def hold(books, policy, name="Eigen", **whom):
    """Make a policy and have it hold; for all of the client's debtors where nobody is named."""
    with client_scope(books.client.id):
        policy_id = make_policy(books.client.id, name, policy, OLGA)
        assert choose_policy(books.client.id, policy_id, OLGA, **whom)
    return policy_id


def kinds(books):
    return [letter.kind.value for letter in books.letters()]


def debtor_of(books, name=BAKERY.name):
    with client_scope(books.client.id):
        return Debtor.objects.get(name=name).id


def test_the_whole_of_a_long_policy_in_its_days(books):
    hold(books, LONG)
    invoice = books.invoice("2026-0042", "2026-10-12")
    with client_scope(books.client.id):
        add_contact(
            books.client.id,
            debtor_of(books),
            ContactFacts("escalation", "Directie", "directie@korenaar.example", ""),
        )
    assert books.run("2026-10-06").looked_at == 0
    assert books.run("2026-10-07").letters == {"courtesy_notice": 1}
    assert books.run("2026-10-12").looked_at == 0
    assert books.run("2026-10-13").letters == {"reminder": 1}
    assert books.run("2026-10-16").looked_at == 0
    # The 17th is a Saturday. The reminder's term runs until the 20th, which holds up letters, not calls.
    called = books.run("2026-10-19")
    assert (called.steps, called.letters) == ({"call": 1}, {})
    assert books.run("2026-10-20").looked_at == 0
    assert books.run("2026-10-21").letters == {"reminder": 1}
    # Ten days after the second reminder was delivered, and not before its own term is over.
    assert books.run("2026-10-30").looked_at == 0
    assert books.run("2026-11-02").letters == {"formal_notice": 1}
    assert books.run("2026-11-09").looked_at == 0
    assert books.run("2026-11-10").steps == {"hand_over": 1}
    courtesy, first, second, notice = books.letters()
    assert (courtesy.total_due, courtesy.pay_by, courtesy.hand_over_warning) == (
        Decimal("1210.00"),
        None,
        False,
    )
    assert (first.pay_by, second.pay_by) == (day("2026-10-20"), day("2026-10-28"))
    assert (second.firm, second.recipient.email, second.items[0].reminded_on) == (True, "", day("2026-10-13"))
    assert notice.recipient.email == "directie@korenaar.example"
    with client_scope(books.client.id):
        taken = list(Step.objects.filter(invoice_id=invoice).order_by("id").values_list("key", "after"))
        channels = list(Delivery.objects.order_by("id").values_list("channel", flat=True))
    assert taken == [
        ("courtesy_notice", None), ("reminder", None), ("call", None), ("reminder-2", None),
        ("formal_notice", "reminder-2"), ("hand_over", "formal_notice"),
    ]  # fmt: skip
    assert channels == ["email", "email", "post", "email"]
    assert all(proof.holds for proof in prove_books(books.client.id))


def test_a_notice_in_advance_says_when_and_nothing_else(books):
    hold(books, Policy((COURTESY, REMIND)))
    books.invoice("2026-0042", "2026-10-12")
    books.invoice("2026-0043", "2026-10-09")
    books.invoice("2026-0044", "2026-10-05")
    books.run("2026-10-07")
    # One letter about what is late, one about what will be due; never one of both.
    letters = {letter.kind.value: letter for letter in books.letters()}
    assert {kind: [i.invoice_number for i in its.items] for kind, its in letters.items()} == {
        "courtesy_notice": ["2026-0042", "2026-0043"],
        "reminder": ["2026-0044"],
    }
    text = letter_text(letters["courtesy_notice"])
    assert "Een bericht vooraf: binnenkort moeten 2 facturen zijn betaald" in text
    assert "12 okt" in text
    assert "incasso" not in text


@pytest.mark.parametrize(
    ("on", "kind"), [("2026-10-09", "courtesy_notice"), ("2026-10-12", None), ("2026-10-13", "reminder")]
)
def test_a_notice_in_advance_that_comes_too_late_is_passed_over(books, on, kind):
    """Due on Monday the 12th: the Friday before it can still be said, on the day itself no more."""
    hold(books, Policy((COURTESY, REMIND)))
    books.invoice("2026-0042", "2026-10-12")
    books.run(on)
    assert kinds(books) == ([kind] if kind else [])
    books.run("2026-10-13")
    assert kinds(books)[-1] == "reminder"
    assert kinds(books).count("reminder") == 1


def test_a_notice_in_advance_that_nobody_posted_does_not_hold_up_the_reminder(books):
    hold(books, Policy((COURTESY, REMIND)))
    books.invoice("2026-0042", "2026-10-12", customer=replace(BAKERY, email=""))
    books.run("2026-10-07", mail_leaves=False)
    with client_scope(books.client.id):
        assert Delivery.objects.get().state == "by_post"
    at = dt.datetime(2026, 10, 13, 7, tzinfo=dt.UTC)
    assert run_day(day("2026-10-13"), at, None, [books.client.id]).letters == {"reminder": 1}
    with client_scope(books.client.id):
        assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == [
            "withdrawn",
            "by_post",
        ]
        assert [step.key for step in Step.objects.all()] == ["reminder"]


def test_a_second_reminder_is_firm_and_speaks_of_the_first(books):
    hold(books, Policy((REMIND, replace(REMIND, days=9, tone=Tone.FIRM))))
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-12")
    first, second = (" ".join(letter_text(letter).split()) for letter in books.letters())
    assert "Misschien is het aan uw aandacht ontsnapt" in first
    assert "Op 2 oktober 2026 stuurden wij u al een herinnering." in second
    assert "aandacht ontsnapt" not in second


@pytest.mark.requirement("DUN-09")
def test_where_the_policy_ends_nothing_goes_out_and_the_page_says_why(books):
    hold(books, Policy((REMIND,)))
    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    assert books.run("2026-12-01").looked_at == 0
    with client_scope(books.client.id):
        row = Schedule.objects.get(invoice_id=invoice)
        refusals = may_dun(books.client.id, invoice, day("2026-12-01")).refusals
    assert (row.due_on, row.waits_for, row.stage) == (None, "policy_ends", "reminded")
    assert "dunning-policy_ends" in {refusal.code for refusal in refusals}


def test_an_amount_that_no_longer_meets_the_condition_leads_to_the_step_that_does(books):
    """Above 500.00 a call on day 5; what was paid down to 400.00 gets its second reminder on day 12 instead."""
    policy = Policy((REMIND, replace(CALL, days=10, least_open=Decimal("500.00")), replace(REMIND, days=12)))
    hold(books, policy)
    stays, falls = books.invoice("A", "2026-10-01"), books.invoice("B", "2026-10-01")
    books.run("2026-10-02")
    books.pay(falls, "2026-10-05", "810.00")
    assert books.run("2026-10-12").steps == {"call": 1}
    assert books.run("2026-10-13").letters == {"reminder": 1}
    with client_scope(books.client.id):
        taken = set(Step.objects.exclude(key="reminder").values_list("invoice_id", "key"))
    assert taken == {(stays, "call"), (stays, "reminder-2"), (falls, "reminder-2")}


def test_a_policy_holds_for_whom_it_was_chosen(books):
    gentle = Policy((replace(REMIND, days=30),))
    books.invoice("of all", "2026-10-01", customer=replace(BAKERY, name="Overig B.V.", kvk="90000010"))
    books.invoice("of segment", "2026-10-01", customer=replace(BAKERY, name="Zorg B.V.", kvk="90000011"))
    books.invoice("of debtor", "2026-10-01")
    books.invoice("consumer", "2026-10-01", customer=PERSON)
    with client_scope(books.client.id):
        Debtor.objects.filter(name__in=["Zorg B.V.", BAKERY.name]).update(segment="zorg")
    hold(books, gentle, "Zorg", segment="zorg")
    hold(books, Policy((replace(REMIND, days=8),)), "Bakker", debtor_id=debtor_of(books))
    assert replan(books.client.id, day("2026-09-20")) == 4
    sent = {}
    for on in ("2026-10-02", "2026-10-09", "2026-11-02"):
        before = len(books.letters())
        books.run(on)
        sent[on] = sorted(
            i.invoice_number
            for letter in books.letters()[before:]
            for i in letter.items
            if letter.kind == "reminder"
        )
    assert sent == {
        "2026-10-02": ["consumer", "of all"],
        "2026-10-09": ["of debtor"],
        "2026-11-02": ["of segment"],
    }
    # Taking back the debtor's own leaves that of his segment.
    with client_scope(books.client.id):
        choose_policy(books.client.id, BUILT_IN, OLGA, debtor_id=debtor_of(books))
        assert set(policy_book(books.client.id).policies) >= {BUILT_IN}
        log = list(PolicyChange.objects.order_by("id").values_list("kind", "by"))
        assert Event.objects.filter(kind="policy_chosen", debtor_id=debtor_of(books)).count() == 2
    assert log[-1] == ("taken_back", "Olga")


@pytest.mark.requirement("UI-21")
def test_a_change_holds_for_what_runs_without_a_letter_twice_or_milder(books):
    policy_id = hold(books, Policy((REMIND, replace(REMIND, days=10), NOTICE, END)))
    once, twice = books.invoice("once", "2026-10-08"), books.invoice("twice", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-12")
    assert kinds(books) == ["reminder", "reminder"]
    with client_scope(books.client.id):
        changed = save_policy(books.client.id, policy_id, Policy((REMIND, NOTICE, END)), 1, OLGA)
    assert changed == 2
    assert replan(books.client.id, day("2026-10-13")) == 2
    books.run("2026-10-20")
    books.run("2026-10-22")
    with client_scope(books.client.id):
        taken = set(Step.objects.values_list("invoice_id", "key", "version__number"))
        (change,) = PolicyChange.objects.filter(kind="saved")
    assert taken == {
        (twice, "reminder", 1), (twice, "reminder-2", 1), (once, "reminder", 1),
        (twice, "formal_notice", 2), (once, "formal_notice", 2),
    }  # fmt: skip
    assert (change.by, change.reason, change.facts["number"]) == ("Olga", OLGA.reason, 2)


def test_a_run_under_a_changed_policy_is_right_before_anything_was_planned_anew(books):
    """The worker may be a step behind: the run itself sees that this is not the day of the next step, and plans it."""
    policy_id = hold(books, Policy((REMIND, NOTICE, END)))
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    with client_scope(books.client.id):
        save_policy(
            books.client.id,
            policy_id,
            Policy((REMIND, replace(REMIND, days=20), replace(NOTICE, days=30), END)),
            1,
            OLGA,
        )
    assert books.run("2026-10-15").letters == {}
    assert books.run("2026-10-21").letters == {"reminder": 1}


def test_a_debtor_who_turns_out_a_consumer_gets_the_fourteen_day_letter(books):
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    with client_scope(books.client.id):
        Debtor.objects.update(capacity="consumer", legal_form="private_person")
    books.run("2026-10-15")
    assert kinds(books) == ["reminder", "fourteen_day_letter"]


def test_two_who_save_at_once_do_not_overwrite_each_other(books):
    policy_id = hold(books, Policy((REMIND,)))
    with client_scope(books.client.id):
        assert save_policy(books.client.id, policy_id, Policy((replace(REMIND, days=2),)), 1, OLGA) == 2
        with pytest.raises(Refused, match="version 2 was saved meanwhile"):
            save_policy(books.client.id, policy_id, Policy((replace(REMIND, days=3),)), 1, OLGA)
        assert save_policy(books.client.id, policy_id, Policy((replace(REMIND, days=2),)), 2, OLGA) is None
        assert PolicyVersion.objects.count() == 2


def test_a_policy_of_another_client_cannot_be_chosen_seen_or_changed(books, client_b):
    policy_id = hold(books, LONG)
    with client_scope(client_b.id):
        assert set(policy_book(client_b.id).policies) == {BUILT_IN}
        for act in (
            lambda: choose_policy(client_b.id, policy_id, OLGA),
            lambda: save_policy(client_b.id, policy_id, DEFAULT_POLICY, 1, OLGA),
        ):
            with pytest.raises(Refused, match="in use"):
                act()
        retire_policy(client_b.id, policy_id, OLGA)
    with client_scope(books.client.id):
        assert policy_book(books.client.id).of_all == policy_id


def test_a_policy_in_use_is_not_retired_and_a_retired_one_not_used(books):
    policy_id = hold(books, LONG)
    with client_scope(books.client.id):
        with pytest.raises(Refused, match="holds for somebody"):
            retire_policy(books.client.id, policy_id, OLGA)
        choose_policy(books.client.id, BUILT_IN, OLGA)
        retire_policy(books.client.id, policy_id, OLGA)
        with pytest.raises(Refused, match="in use"):
            choose_policy(books.client.id, policy_id, OLGA)
        with pytest.raises(Refused, match="each policy has a name"):
            make_policy(books.client.id, "eigen".capitalize(), LONG, OLGA)


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "formal_notice", "term": "working_days", "term_days": 6, "capacities": "b"},
        {"action": "formal_notice", "term": "working_days", "term_days": 5, "capacities": "cb"},
        {"action": "fourteen_day_letter", "term": "statutory", "term_days": 0, "capacities": "cb"},
        {"action": "reminder", "days": 0},
        {"action": "courtesy_notice", "term": "none", "term_days": 0, "days": 1},
    ],
)
def test_the_database_refuses_a_step_that_is_unlawful(books, wrong):
    hold(books, Policy((REMIND,)))
    with client_scope(books.client.id):
        step = PolicyStep.objects.get()
        step.id, step.place = None, 2
        for name, value in wrong.items():
            setattr(step, name, value)
        with pytest.raises(IntegrityError, match=r"policy_step_(lawful|in_time)"), transaction.atomic():
            step.save(force_insert=True)


def test_a_call_is_asked_once_a_debtor_and_its_outcome_stands_on_each_invoice(books):
    hold(books, Policy((REMIND, CALL, NOTICE)))
    books.invoice("A", "2026-10-01")
    books.invoice("B", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-05")
    at = dt.datetime(2026, 10, 5, 14, 30, tzinfo=dt.UTC)
    with client_scope(books.client.id):
        call = Call.objects.get()
        assert (call.on, call.outcome) == (day("2026-10-05"), "")
        with pytest.raises(Refused, match="no words"):
            record_call(books.client.id, call.id, Outcome.SPOKEN, " ", "Olga", call.on, at)
        record_call(
            books.client.id, call.id, Outcome.SPOKEN, "Betaalt vrijdag, zegt de heer Bos", "Olga", call.on, at
        )
        told = list(Event.objects.filter(kind="called").values_list("facts__outcome", "facts__by"))
        with pytest.raises(Refused, match="recorded once"):
            record_call(books.client.id, call.id, Outcome.NO_ANSWER, "", "Piet", call.on, at)
    assert told == [("spoken", "Olga")] * 2


def test_a_call_nobody_made_lapses_with_the_next_letter(books):
    hold(books, Policy((REMIND, CALL, NOTICE)))
    books.invoice("A", "2026-10-01")
    for on in ("2026-10-02", "2026-10-05", "2026-10-15"):
        books.run(on)
    assert kinds(books) == ["reminder", "formal_notice"]
    with client_scope(books.client.id):
        assert Call.objects.get().outcome == "lapsed"
        # Who calls all the same may say so.
        record_call(
            books.client.id, Call.objects.get().id, Outcome.VOICEMAIL, "", "Olga", day("2026-10-16"), NOW
        )
