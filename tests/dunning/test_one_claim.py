"""Interest and costs are parts of the one claim, each line shown, and anybody can reckon them again."""

import argparse
import json
from decimal import Decimal

import pytest

from inbaar.kit.scope import client_scope
from inbaar.law.commands import add_arguments
from inbaar.law.commands import run as owed_command
from inbaar.receivables.claims import owed_on
from inbaar.receivables.models import ClaimComponent, Invoice
from inbaar.receivables.queries import claim_facts
from tests.dunning.scenario import PERSON, Administration, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def components(books, invoice):
    with client_scope(books.client.id):
        rows = ClaimComponent.objects.filter(invoice_id=invoice, withdrawn_on=None).order_by("id")
        return [(row.kind, row.amount, row.rule, bool(row.source)) for row in rows]


@pytest.mark.requirement("ASK-02")
@pytest.mark.parametrize("step", ["reminder", "formal_notice", "hand_over"])
def test_late_costs_are_parts_of_the_same_claim_and_never_a_new_invoice(books, step):
    invoice = books.invoice("2026-0042", "2026-10-01")
    claimed = []
    for kind, on in (
        ("reminder", "2026-10-02"),
        ("formal_notice", "2026-10-15"),
        ("hand_over", "2026-10-23"),
    ):
        assert books.run(on).steps == {kind: 1}
        claimed = components(books, invoice)
        if kind == step:
            break
    interest = ("interest", None, "6:119a BW", True)
    costs = ("costs", Decimal("181.50"), "6:96 lid 4 BW", True)
    assert claimed == {"reminder": [], "formal_notice": [interest], "hand_over": [interest, costs]}[step]
    with client_scope(books.client.id):
        assert list(Invoice.objects.values_list("number", "payable")) == [("2026-0042", Decimal("1210.00"))]


@pytest.mark.requirement("ASK-02")
def test_a_consumer_and_a_business_owe_by_their_own_rules(books):
    business = books.invoice("2026-0042", "2026-10-01", payable="1000.00")
    consumer = books.invoice("2026-0043", "2026-10-01", payable="1000.00", customer=PERSON)
    for on in ("2026-10-02", "2026-10-15", "2026-10-19", "2026-10-23"):
        books.run(on)
    # The business owes interest from the day after due and, its notice unheeded, costs. The consumer owes interest
    # only after the reminder's term, and no costs while the fourteen days run.
    assert components(books, business) == [
        ("interest", None, "6:119a BW", True), ("costs", Decimal("150.00"), "6:96 lid 4 BW", True),
    ]  # fmt: skip
    assert components(books, consumer) == [("interest", None, "6:119 BW", True)]
    books.run("2026-11-05")
    assert components(books, consumer)[1:] == [("costs", Decimal("150.00"), "6:96 lid 6 BW", True)]
    notice, letter = (
        next(x for x in books.letters() if x.kind == k) for k in ("formal_notice", "fourteen_day_letter")
    )
    assert {line.rate_percent for line in notice.items[0].lines} == {Decimal("10.40")}
    assert {line.rate_percent for line in letter.items[0].lines} == {Decimal("4.00")}
    # The business from the day after due, the consumer from the day after the reminder's term of 14 days.
    assert notice.items[0].lines[0].from_date == day("2026-10-02")
    assert letter.items[0].lines[0].from_date == day("2026-10-17")


@pytest.mark.requirement("ASK-02")
def test_the_letter_carries_the_calculation_of_its_interest_and_of_the_costs_it_announces(books):
    books.invoice("2026-0042", "2026-10-01", payable="6000.00")
    books.run("2026-10-02")
    books.run("2026-10-15")
    notice = books.letters()[-1]
    (item,) = notice.items
    assert sum(line.amount for line in item.lines) == item.interest == notice.interest_due
    announced = notice.costs_if_unpaid
    assert announced is not None
    # 15% of 2,500.00, 10% of 2,500.00 and 5% of 1,000.00.
    assert [(line.base, line.rate_percent, line.amount) for line in announced.lines] == [
        (Decimal("2500.00"), Decimal("15"), Decimal("375.00")),
        (Decimal("2500.00"), Decimal("10"), Decimal("250.00")),
        (Decimal("1000.00"), Decimal("5"), Decimal("50.00")),
    ]
    assert sum(line.amount for line in announced.lines) == announced.total == Decimal("675.00")


@pytest.mark.requirement("BEY-02")
def test_a_debtor_reckons_his_letter_again_from_what_it_prints(books, capsys):
    invoice = books.invoice("2026-0042", "2026-06-15", payable="1234.56")
    books.run("2026-06-16")
    books.pay(invoice, "2026-06-25", "234.56")
    books.run("2026-07-31")
    notice = books.letters()[-1]
    (item,) = notice.items
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    words = ["--kind", "trade", "--principal", str(item.gross), "--due", str(item.due_date), "--json"]
    payments = [f"--payment={paid.on}={paid.amount}" for paid in item.payments]
    # Interest was first asked in this letter, so the earlier payment went to the principal: reckon it as a smaller claim
    # before and after that day.
    before = [*words, "--on", str(item.payments[0].on)]
    after = ["--kind", "trade", "--principal", str(item.open_principal), "--due", str(item.payments[0].on)]
    assert payments == ["--payment=2026-06-25=234.56"]
    answers = []
    for question in (before, [*after, "--on", str(notice.letter_date), "--json"]):
        assert owed_command(parser.parse_args(question)) == 0
        answers.append(json.loads(capsys.readouterr().out))
    lines = [line for answer in answers for line in answer["lines"]]
    assert [(line["days"], line["base"], line["amount"]) for line in lines] == [
        (line.days, str(line.base), str(line.amount)) for line in item.lines
    ]
    assert sum(Decimal(answer["interest"]) for answer in answers) == item.interest
    assert item.open_principal + item.interest == notice.total_due


@pytest.mark.requirement("BEY-02")
@pytest.mark.requirement("ASK-01")
def test_letter_and_books_give_the_same_sheet(books):
    invoice = books.invoice("2026-0042", "2026-06-15", payable="1234.56")
    books.run("2026-06-16")
    books.run("2026-07-31")
    (item,) = books.letters()[-1].items
    with client_scope(books.client.id):
        shown = owed_on(claim_facts([invoice], day("2026-07-31"))[invoice], day("2026-07-31"))
    assert [
        (line.from_date, line.to_date, line.rate_percent, line.base, line.amount) for line in shown.lines
    ] == [(line.from_date, line.to_date, line.rate_percent, line.base, line.amount) for line in item.lines]
    assert (shown.principal, shown.interest, shown.costs, shown.total) == (
        item.open_principal, item.interest, item.costs, item.total,
    )  # fmt: skip
