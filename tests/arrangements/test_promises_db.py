"""A promise in dated days: held, kept, kept in part, broken, taken back; judged after its day and on the bank's news of it."""

from decimal import Decimal

import pytest

from inbaar.arrangements.models import Promise
from inbaar.arrangements.policy import policy_of, set_policy
from inbaar.arrangements.rules import Policy
from inbaar.arrangements.terms import Every
from inbaar.arrangements.wishes import PlanWish, PromiseWish, possible
from inbaar.banking.models import BankAccount
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from tests.arrangements.books import Desk, own
from tests.dunning.scenario import PERSON, day

DUE = "2026-05-01"


@pytest.fixture
def desk(client_a):
    return Desk(client_a)


def promised(desk, number="2026-1", **facts):
    """An invoice of 300.00 promised wholly on Monday 11 May for Friday 15 May."""
    invoice = desk.invoice(number, DUE, payable="300.00")
    return invoice, desk.promise(invoice, on="2026-05-11", due="2026-05-15", **facts)


@pytest.mark.requirement("UI-05")
def test_a_promise_holds_its_invoice_through_its_day_and_is_broken_after_it(desk):
    invoice, promise = promised(desk)
    assert desk.held(invoice, "2026-05-15") == ["promise"]
    assert desk.run("2026-05-12").waits == {"promise": 1}
    # The day itself is his, whatever the bank says.
    assert desk.look("2026-05-15", read_up_to="2026-05-15") == {}
    assert desk.look("2026-05-16") == {"promises_broken": 1}
    assert desk.look("2026-05-16") == {}
    row = desk.promised(promise)
    assert (row.state, row.paid, row.ended_on) == ("broken", Decimal("0.00"), day("2026-05-16"))
    assert desk.held(invoice, "2026-05-16") == []
    assert desk.run("2026-05-18").letters == {"reminder": 1}
    desk.proven()


def test_it_is_not_judged_broken_on_old_news_and_goes_on_holding_meanwhile(desk):
    invoice, promise = promised(desk)
    assert desk.look("2026-05-18", read_up_to="2026-05-14") == {}
    assert desk.held(invoice, "2026-05-18") == ["promise"]
    assert desk.run("2026-05-18").waits == {"promise": 1}
    # The payment of the 15th comes to light on the 19th: it was kept.
    desk.pay(invoice, "2026-05-15", "300.00")
    assert desk.look("2026-05-19", read_up_to="2026-05-14") == {"promises_kept": 1}
    assert desk.promised(promise).paid == Decimal("300.00")
    desk.proven()


def test_nothing_is_judged_while_an_account_was_never_read(desk):
    promised(desk)
    desk.bank("2026-05-16")
    with client_scope(desk.client.id):
        BankAccount.objects.create(client=desk.client, iban="NL02RABO0123456789", currency="EUR", holder="x")
    assert desk.look("2026-05-18") == {}


@pytest.mark.parametrize(
    ("paid_on", "amount", "state"),
    [
        ("2026-05-15", "300.00", "kept"), ("2026-05-15", "299.99", "partly"), ("2026-05-16", "300.00", "kept"),
        ("2026-05-16", "299.99", "broken"), ("2026-05-12", "0.01", "partly"),
    ],
)  # fmt: skip
def test_what_came_in_by_value_date_decides(desk, paid_on, amount, state):
    invoice, promise = promised(desk)
    desk.pay(invoice, paid_on, amount)
    desk.look("2026-05-18")
    assert desk.promised(promise).state == state


def test_a_part_that_was_promised_and_paid_is_kept_and_the_rest_is_reminded_of(desk):
    invoice, _ = promised(desk, amount="100.00")
    desk.pay(invoice, "2026-05-13", "100.00")
    assert desk.look("2026-05-15") == {"promises_kept": 1}
    assert desk.run("2026-05-18").letters == {"reminder": 1}


def test_what_was_paid_before_the_promise_does_not_keep_it(desk):
    invoice = desk.invoice("2026-1", DUE, payable="300.00")
    desk.pay(invoice, "2026-05-06", "200.00")
    promise = desk.promise(invoice, on="2026-05-11", due="2026-05-15")
    assert desk.promised(promise).amount == Decimal("100.00")
    desk.look("2026-05-18")
    assert desk.promised(promise).state == "broken"


def test_all_of_a_debtor_is_promised_as_the_invoices_that_are_open(desk):
    first, second = (
        desk.invoice("2026-1", DUE, payable="100.00"),
        desk.invoice("2026-2", DUE, payable="50.00"),
    )
    promise = desk.promise(first, second, on="2026-05-11", due="2026-05-15")
    later = desk.invoice("2026-3", DUE, payable="70.00")
    assert (desk.promised(promise).amount, desk.held(later, "2026-05-12")) == (Decimal("150.00"), [])
    desk.pay(first, "2026-05-12", "100.00")
    desk.look("2026-05-18")
    assert desk.promised(promise).state == "partly"


def test_the_limits_of_a_promise_each_name_the_day_they_pass(desk):
    invoice = desk.invoice("2026-1", DUE, payable="300.00")
    with pytest.raises(Refused) as refused:
        desk.promise(invoice, on="2026-05-11", due="2026-05-26")
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.limit, refusal.passes_on) == (
        "promise-far",
        "2026-05-25",
        day("2026-05-12"),
    )
    with pytest.raises(Refused) as refused:
        desk.promise(invoice, on="2026-05-11", due="2026-05-15", amount="300.01")
    assert refused.value.code == "promise-amount"
    desk.promise(invoice, on="2026-05-11", due="2026-05-25")
    with pytest.raises(Refused) as refused:
        desk.promise(invoice, on="2026-05-12", due="2026-05-20", key="x")
    assert [(one.code, one.passes_on) for one in refused.value.refusals] == [
        ("promise-running", day("2026-05-26"))
    ]
    with client_scope(desk.client.id):
        assert Promise.objects.count() == 1


def test_a_third_promise_within_the_window_is_refused_until_the_first_is_out_of_it(desk):
    invoice = desk.invoice("2026-1", DUE, payable="300.00")
    for on, due, judged in (
        ("2026-05-11", "2026-05-12", "2026-05-13"),
        ("2026-05-14", "2026-05-15", "2026-05-18"),
    ):
        desk.promise(invoice, on=on, due=due)
        desk.look(judged)
    with pytest.raises(Refused) as refused:
        desk.promise(invoice, on="2026-05-19", due="2026-05-20")
    assert [(one.code, one.passes_on) for one in refused.value.refusals] == [
        ("promise-often", day("2026-08-09"))
    ]
    desk.promise(invoice, on="2026-08-09", due="2026-08-10")


def test_a_promise_taken_back_holds_nothing_and_counts_nowhere(desk):
    invoice, promise = promised(desk)
    assert desk.withdraw(promise, "2026-05-12")
    assert not desk.withdraw(promise, "2026-05-12")
    assert (desk.promised(promise).state, desk.held(invoice, "2026-05-12")) == ("withdrawn", [])
    assert desk.look("2026-05-18") == {}
    desk.proven()


def test_a_plan_takes_the_place_of_a_promise(desk):
    invoice, promise = promised(desk)
    desk.plan(invoice, on="2026-05-12", terms=own(("2026-06-01", "300.00")))
    assert desk.promised(promise).state == "withdrawn"
    assert desk.held(invoice, "2026-05-12") == ["plan"]
    with pytest.raises(Refused) as refused:
        desk.promise(invoice, on="2026-05-13", due="2026-05-15", key="x")
    assert refused.value.code == "promise-in-plan"
    desk.proven()


def test_saying_it_twice_is_saying_it_once(desk):
    invoice, promise = promised(desk, key="k")
    assert desk.promise(invoice, on="2026-05-12", due="2026-05-20", key="k") == promise


def test_the_debtor_promises_on_his_own_page_and_only_about_his_own(desk):
    invoice, other = (
        desk.invoice("2026-1", DUE, payable="300.00"),
        desk.invoice("P-1", DUE, payable="20.00", customer=PERSON),
    )
    debtor, another = desk.debtor_of(invoice), desk.debtor_of(other)
    promise = desk.wish_promise(
        debtor, "2026-05-11", PromiseWish(day("2026-05-15"), "k", words="na mijn loon")
    )
    assert desk.wish_promise(debtor, "2026-05-11", PromiseWish(day("2026-05-15"), "k")) == promise
    row = desk.promised(promise)
    assert (row.source, row.made_by, row.words, row.amount) == (
        "debtor",
        "debtor",
        "na mijn loon",
        Decimal("300.00"),
    )
    with pytest.raises(Refused) as refused:
        desk.wish_promise(another, "2026-05-11", PromiseWish(day("2026-05-15"), "k2", invoices=(invoice,)))
    assert refused.value.code == "not-his-invoice"
    # The same key of somebody else is another promise.
    assert desk.wish_promise(another, "2026-05-11", PromiseWish(day("2026-05-15"), "k")) != promise


def test_the_debtor_s_plan_is_agreed_by_the_rules_or_waits(desk):
    invoice = desk.invoice("2026-1", DUE, payable="300.00")
    debtor = desk.debtor_of(invoice)
    with client_scope(desk.client.id):
        offer = possible(desk.client.id, debtor, day("2026-05-11"))
    assert (offer.total, offer.counts, offer.promise_until) == (
        Decimal("300.00"), tuple(range(2, 13)), day("2026-05-25"),
    )  # fmt: skip
    wish = PlanWish(3, Every.MONTH, day("2026-06-01"), "k", acknowledged=True)
    asked = desk.wish_plan(debtor, "2026-05-11", wish)
    assert asked.state == "running"
    assert desk.wish_plan(debtor, "2026-05-12", wish) == asked
    assert desk.row(asked.plan_id).acknowledged
    assert desk.letters()[0].plan.acknowledged
    with client_scope(desk.client.id):
        assert possible(desk.client.id, debtor, day("2026-05-12")) is None


def test_the_policy_is_the_client_s_own(desk, client_b):
    with client_scope(desk.client.id):
        set_policy(desk.client.id, Policy(promise_days=3), "Olga", day("2026-05-01"))
        set_policy(
            desk.client.id, Policy(promise_days=2, insurer_extension_days=60), "Olga", day("2026-05-01")
        )
        assert policy_of(desk.client.id) == Policy(promise_days=2, insurer_extension_days=60)
    with client_scope(client_b.id):
        assert policy_of(client_b.id) == Policy()
    invoice = desk.invoice("2026-1", DUE, payable="300.00")
    desk.promise(invoice, on="2026-05-11", due="2026-05-13")
