"""Random months of one administration: whatever people, debtors and the bank do in whatever order, the books prove after
each act, nothing is owed below zero, no letter asks for nothing, and each sheet ties to the cent.
"""

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from inbaar.banking.actions import match_by_hand
from inbaar.banking.models import BankAccount, Entry
from inbaar.doors import take_in_files
from inbaar.dunning.schedule import look_again
from inbaar.dunning.withdrawing import withdraw_outdated
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from inbaar.receivables.actions import (
    Draft,
    NewHold,
    accept_invoices,
    cancel_extras,
    open_holds,
    release_hold,
    waive_remainder,
)
from inbaar.receivables.claims import owed_on
from inbaar.receivables.grounds import Ground, Word
from inbaar.receivables.models import Hold
from inbaar.receivables.queries import claim_facts
from inbaar.web.sheet import calculation_sheet
from tests.banking.camt import IBAN, Line, camt_file
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day

pytestmark = pytest.mark.django_db
CENT = Decimal("0.01")
ALONE = Word(Decimal("1000000.00"))
ACTS = 70


class Life:
    """One administration and the chance that drives it."""

    def __init__(self, client: Any, seed: int) -> None:
        self.client, self.chance = client, random.Random(seed)
        self.books = Administration(client)
        self.on = day("2026-03-02")
        self.invoices: list[int] = []
        self.count = 0
        self.chosen = 0
        with client_scope(client.id):
            BankAccount.objects.create(
                client=client, iban=IBAN, currency="EUR", holder="x", read_up_to=self.on, stale_after_days=999
            )

    def go_on(self) -> str:
        """One act on this day or a later one; gives its name."""
        self.on += dt.timedelta(days=self.chance.choice([0, 1, 2, 4]))
        self.count += 1
        acts: list[Callable[[], None]] = [
            *[self.run] * 20, *[self.pay] * 6, *[self.cancel] * 4, self.dispute, self.release, self.credit, self.waive,
            self.withdraw, self.by_hand,
        ]  # fmt: skip
        new = len(self.invoices) <= self.count // 8
        act = self.invoice if new else self.chance.choice(acts)
        try:
            with client_scope(self.client.id):
                if self.invoices:
                    self.chosen = self.chosen or self.invoices[0]
                    if self.chance.random() < 0.5:  # else what follows happens to the same invoice
                        self.chosen = self.chance.choice(self.invoices)
                    self.facts = claim_facts([self.chosen], self.on)[self.chosen]
                    self.owed = owed_on(self.facts, self.on)
            act()
        except Refused:
            pass  # a refusal is an answer; that it changed nothing is proven below
        return f"{self.on} {act.__name__}"

    def invoice(self) -> None:
        due = self.on + dt.timedelta(days=self.chance.randint(-20, 20))
        amount = self.chance.choice(["0.01", "1.37", "12.34", "266.67", "1000.00", "34250.00"])
        customer = self.chance.choice([BAKERY, PERSON])
        number = f"2026-{1000 + len(self.invoices)}"
        self.invoices.append(self.books.invoice(number, str(due), payable=amount, customer=customer))

    def pay(self) -> None:
        asked = [
            item.total for letter in self.books.letters() for item in letter.items
            if item.invoice_number == self.facts.number
        ]  # fmt: skip
        amounts = [
            self.owed.total,
            self.facts.open_amount,
            self.facts.open_amount / 2,
            self.owed.total + 5,
            *asked[-1:],
        ]
        amount = self.chance.choice(amounts).quantize(CENT)
        if amount > 0:
            booked = self.on - dt.timedelta(days=self.chance.choice([0, 0, 3]))
            line = Line(str(amount), f"betaling {self.facts.number}", day=booked)
            content = camt_file([line], number=str(self.count))
            (result,) = take_in_files(self.client.id, [(f"{self.count}.xml", content)], self.on, NOW)
            assert result.outcome == "accepted"

    def run(self) -> None:
        self.books.run(str(self.on), mail_leaves=self.chance.random() < 0.9)

    def dispute(self) -> None:
        part = self.chance.choice([None, (self.facts.open_amount / 3).quantize(CENT) or None])
        until = self.on + dt.timedelta(days=5)
        hold = NewHold(
            self.facts.debtor_id, "dispute", "x", "A", self.on, f"{self.count}", self.chosen, part, until
        )
        with client_scope(self.client.id):
            open_holds(self.client.id, [hold], NOW)

    def release(self) -> None:
        with client_scope(self.client.id):
            for hold in Hold.objects.filter(released_on=None)[:1]:
                release_hold(self.client.id, hold.id, self.on, "A", NOW)
                look_again(self.client.id, [hold.invoice_id], self.on)

    def credit(self) -> None:
        amount = (self.facts.payable * self.chance.choice([Decimal("0.1"), Decimal(1)])).quantize(CENT)
        note = Draft(
            number=f"C-{self.count}", kind="credit_note", issue_date=self.on, due_date=self.on, received_on=self.on,
            currency="EUR", net=amount, vat=Decimal(0), total=amount, payable=amount,
            customer=BAKERY if self.facts.claim_kind == "trade" else PERSON, credits_number=self.facts.number,
        )  # fmt: skip
        with client_scope(self.client.id):
            accept_invoices(self.client.id, [note], NOW)

    def waive(self) -> None:
        with client_scope(self.client.id):
            waive_remainder(
                self.client.id, self.chosen, self.on, Ground.GOODWILL, "coulance", ALONE, "A", NOW
            )

    def cancel(self) -> None:
        with client_scope(self.client.id):
            cancel_extras(self.client.id, self.chosen, self.on, "coulance", "A", NOW)

    def withdraw(self) -> None:
        withdraw_outdated(self.client.id, self.on, NOW)

    def by_hand(self) -> None:
        with client_scope(self.client.id):
            entry = Entry.objects.filter(unapplied__gt=0, amount__gt=0).first()
        if entry:
            amount = min(entry.unapplied, max(self.owed.total, CENT))
            match_by_hand(self.client.id, entry.id, [(self.chosen, amount)], "A", self.on, NOW)

    def require_right(self) -> None:
        """What must hold after every act."""
        assert [(p.name, p.breaches) for p in prove_books(self.client.id) if not p.holds] == []
        with client_scope(self.client.id):
            found = claim_facts(self.invoices, self.on).values()
        for facts in found:
            owed = owed_on(facts, max([self.on, *(paid.on for paid in facts.payments)]))
            assert owed.principal == facts.open_amount
            assert min(owed.principal, owed.interest, owed.costs) >= 0
            if all(paid.on <= self.on for paid in facts.payments):
                assert calculation_sheet(facts, self.on).ties


@pytest.mark.parametrize("seed", range(10))
def test_the_books_prove_after_every_act_of_a_random_life(client_a, seed):
    life = Life(client_a, seed)
    told = []
    for _ in range(ACTS):
        told.append(life.go_on())
        try:
            life.require_right()
        except AssertionError as broken:
            raise AssertionError("\n".join(told)) from broken
    items = [item for letter in life.books.letters() for item in letter.items]
    assert all(item.open_principal > 0 and item.total > 0 for item in items)
