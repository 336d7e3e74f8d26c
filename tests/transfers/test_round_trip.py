"""Files of ours at a simulated bank, which answers with a report, notifications and statements: late, twice, in any order."""

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.banking.transfers.actions import approve_batch, confirm_account, make_batch, pay_again
from inbaar.banking.transfers.models import CreditTransfer
from inbaar.doors import take_in_files
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances
from inbaar.market.identifiers import dutch_iban
from inbaar.market.order_desk import OrderDesk
from inbaar.market.orders import read_orders
from inbaar.market.population import BUSINESS
from tests.banking.camt import IBAN
from tests.banking.schemas import faults
from tests.transfers.books import (
    NOW,
    account_of,
    acting,
    asked,
    assert_proven,
    file_of,
    member,
    states,
    wanted,
)

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 3, 2)
DAYS = [MONDAY + dt.timedelta(days=n) for n in range(9)]
CLOSED = dutch_iban("RABO", 900)
PAYMENTS = 8


def payment(number: int):
    iban = CLOSED if number == 5 else dutch_iban("INGB", 1000 + number)
    return wanted(
        f"{number}",
        payee_name=f"Leverancier {number}",
        payee_iban=iban,
        amount=Decimal(number + 1),
        text=f"Nota {number}",
    )


class Desk:
    """An administration and its bank."""

    def __init__(self, client, *, in_one_sum: bool) -> None:
        self.client = client
        self.anna, self.bob = member(client, "anna"), member(client, "bob")
        self.account = account_of(client)
        self.bank = OrderDesk(
            replace(BUSINESS, iban=IBAN), Decimal("1000.00"), closed={CLOSED: "AC04"}, in_one_sum=in_one_sum
        )

    def sent(self, *ids: int) -> tuple[int, bytes]:
        batch_id = make_batch(self.client.id, self.account, ids, dt.date(2026, 3, 3), acting(self.anna))
        approve_batch(self.client.id, batch_id, acting(self.bob))
        return batch_id, file_of(self.client, batch_id)

    def take_in(self, *files: bytes) -> None:
        for number, content in enumerate(files):
            take_in_files(self.client.id, [(f"{number}.xml", content)], MONDAY, NOW)


def ids_in(client, state: str) -> list[int]:
    with client_scope(client.id):
        return list(CreditTransfer.objects.filter(state=state).order_by("id").values_list("id", flat=True))


@pytest.mark.parametrize("in_one_sum", [False, True])
@pytest.mark.parametrize("order", ["in order", "backwards", "shuffled"])
def test_what_the_bank_tells_in_any_order_and_twice_ends_the_same(client_a, in_one_sum, order):
    """Eight payments of 1.00 to 8.00; the sixth comes back on Thursday: 36.00 left, 6.00 is to be paid out again."""
    desk = Desk(client_a, in_one_sum=in_one_sum)
    asked(client_a, *(payment(n) for n in range(PAYMENTS)))
    _, content = desk.sent(*ids_in(client_a, "requested"))
    told = [desk.bank.hand_in(content, MONDAY), desk.bank.hand_in(content, MONDAY)]
    told += [desk.bank.statement(day) for day in DAYS if day.weekday() < 5]
    told += [desk.bank.notification(statement) for statement in told[2:]]
    told *= 2
    if order == "backwards":
        told.reverse()
    elif order == "shuffled":
        random.Random(3).shuffle(told)
    desk.take_in(*told)
    assert states(client_a) == ["paid"] * 5 + ["returned"] + ["paid"] * 2
    with client_scope(client_a.id):
        assert balances(dt.date(2299, 1, 1))[Code.TO_PAY_OUT, "EUR", "own"] == Decimal("-6.00")
        assert balances(dt.date(2299, 1, 1))[Code.BANK, "EUR", "own"] == Decimal("-30.00")
    assert_proven(client_a)


def test_what_came_back_is_paid_on_its_new_account_by_another_file(client_a):
    desk = Desk(client_a, in_one_sum=False)
    asked(client_a, payment(5))
    first, content = desk.sent(*ids_in(client_a, "requested"))
    told = [desk.bank.hand_in(content, MONDAY), *(desk.bank.statement(day) for day in DAYS[:4])]
    desk.take_in(*told)
    (failed,) = ids_in(client_a, "returned")
    anew = pay_again(client_a.id, failed, "anna", MONDAY, NOW, dutch_iban("INGB", 1005))
    confirm_account(client_a.id, anew, desk.bob.pk, "bob", "gebeld", MONDAY, NOW)
    second, again = desk.sent(anew)
    assert first != second
    desk.take_in(
        desk.bank.hand_in(again, DAYS[4]),
        *(desk.bank.statement(day) for day in DAYS[4:] if day.weekday() < 5),
    )
    assert states(client_a) == ["returned", "paid"]
    with client_scope(client_a.id):
        assert balances(dt.date(2299, 1, 1))[Code.TO_PAY_OUT, "EUR", "own"] == 0
        assert balances(dt.date(2299, 1, 1))[Code.BANK, "EUR", "own"] == Decimal("-6.00")
    assert_proven(client_a)


def test_the_bank_reads_our_file_as_it_was_meant_and_answers_by_the_schema(client_a):
    desk = Desk(client_a, in_one_sum=False)
    asked(
        client_a,
        *(payment(n) for n in range(3)),
        wanted("r", text="", reference="5000002026000123", payee_name="RF"),
    )
    _, content = desk.sent(*ids_in(client_a, "requested"))
    file = read_orders(content)
    assert (file.fault, [order.fault for order in file.orders]) == ("", [""] * 4)
    assert [(order.name, order.amount, order.text) for order in file.orders[:3]] == [
        (f"Leverancier {n}", Decimal(n + 1), f"Nota {n}") for n in range(3)
    ]
    assert file.orders[3].reference == "5000002026000123"
    report = desk.bank.hand_in(content, MONDAY)
    statement = [desk.bank.statement(day) for day in DAYS[:2]][1]
    assert faults("camt.053.001.08", statement) == []
    assert faults("camt.054.001.08", desk.bank.notification(statement)) == []
    assert report.count(b"<TxInfAndSts>") == 4
