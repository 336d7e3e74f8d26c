"""A small administration for scenarios of promises and plans, told in dated days."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

from inbaar.arrangements.agreeing import agree_plan, end_plan, refuse_plan
from inbaar.arrangements.models import Plan, Promise
from inbaar.arrangements.progress import PlanStanding, plan_standings
from inbaar.arrangements.promises import NewPromise, make_promise, withdraw_promise
from inbaar.arrangements.proposing import Asked, NewPlan, ask_plan
from inbaar.arrangements.run import run_arrangements
from inbaar.arrangements.terms import Every, Term, equal_terms
from inbaar.arrangements.wishes import PlanWish, PromiseWish, plan_wish, promise_wish
from inbaar.banking.models import BankAccount
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from inbaar.receivables.claims import owed_on
from inbaar.receivables.models import Hold
from inbaar.receivables.queries import claim_facts
from tests.dunning.scenario import Administration, day


def morning(on: str) -> dt.datetime:
    """Ten in the morning of a day."""
    return dt.datetime.combine(day(on), dt.time(10), DUTCH_TIME)


def monthly(total: str, count: int, first: str) -> tuple[Term, ...]:
    """Equal terms a month apart."""
    return equal_terms(Decimal(total), count, day(first), Every.MONTH)


def own(*terms: tuple[str, str]) -> tuple[Term, ...]:
    """Terms agreed one by one."""
    return tuple(Term(day(on), Decimal(amount)) for on, amount in terms)


class Desk(Administration):
    """The books of one creditor, with what he and his debtors agree on."""

    def debtor_of(self, invoice: int) -> int:
        """Whose invoice it is."""
        with client_scope(self.client.id):
            return int(fetch("SELECT debtor_id FROM receivables_invoice WHERE id = %s", [invoice])[0][0])

    def bank(self, read_up_to: str, iban: str = "NL20INGB0001234567") -> None:
        """The client's account, with statements read up to a day."""
        with client_scope(self.client.id):
            if not BankAccount.objects.filter(iban=iban).update(read_up_to=day(read_up_to)):
                BankAccount.objects.create(
                    client=self.client, iban=iban, currency="EUR", holder="x", read_up_to=day(read_up_to),
                    stale_after_days=30,
                )  # fmt: skip

    def promise(
        self, *invoices: int, on: str, due: str, amount: str | None = None, key: str = "", **facts: Any
    ) -> int:
        """A promise taken down by staff."""
        new = NewPromise(
            self.debtor_of(invoices[0]), invoices, day(due), facts.pop("source", "us"), key or f"{invoices}:{on}:{due}",
            Decimal(amount) if amount else None, **facts,
        )  # fmt: skip
        with client_scope(self.client.id):
            return make_promise(self.client.id, new, "Olga", day(on), morning(on))

    def withdraw(self, promise: int, on: str) -> bool:
        """A promise taken back."""
        with client_scope(self.client.id):
            return withdraw_promise(self.client.id, promise, "Olga", day(on), morning(on))

    def plan(
        self, *invoices: int, on: str, terms: tuple[Term, ...], decides: bool = True, reason: str = "", key: str = "", **facts: Any
    ) -> Asked:  # fmt: skip
        """A plan asked for, by staff who decide or else by the debtor."""
        source = "us" if decides else "debtor"
        new = NewPlan(
            self.debtor_of(invoices[0]),
            invoices,
            terms,
            facts.pop("source", source),
            key or f"{invoices}:{on}",
            **facts,
        )
        with client_scope(self.client.id):
            return ask_plan(self.client.id, new, "Olga", day(on), morning(on), decides=decides, reason=reason)

    def agree(self, plan: int, on: str, reason: str = "akkoord") -> None:
        """A person agrees."""
        with client_scope(self.client.id):
            agree_plan(self.client.id, plan, "Anna", reason, day(on), morning(on))

    def refuse(self, plan: int, on: str, reason: str = "te lang") -> None:
        """A person says no."""
        with client_scope(self.client.id):
            refuse_plan(self.client.id, plan, "Anna", reason, day(on), morning(on))

    def end(self, plan: int, on: str, *, by_debtor: bool = False, reason: str = "anders afgesproken") -> None:
        """One of the two ends it."""
        with client_scope(self.client.id):
            end_plan(self.client.id, plan, "Anna", by_debtor, reason, day(on), morning(on))

    def wish_promise(self, debtor: int, on: str, wish: PromiseWish) -> int:
        """The debtor promises on his own page."""
        with client_scope(self.client.id):
            return promise_wish(self.client.id, debtor, wish, day(on), morning(on))

    def wish_plan(self, debtor: int, on: str, wish: PlanWish) -> Asked:
        """The debtor asks for a plan on his own page."""
        with client_scope(self.client.id):
            return plan_wish(self.client.id, debtor, wish, day(on), morning(on))

    def look(self, on: str, *, read_up_to: str = "", mail_leaves: bool = True) -> Counter[str]:
        """The arrangements' part of a day; letters leave that day. Without another day the bank's news is of the day before."""
        self.bank(read_up_to or (day(on) - dt.timedelta(days=1)).isoformat())
        tally = run_arrangements(self.client.id, day(on), morning(on))
        if mail_leaves:
            self.send(on)
        return tally

    def standing(self, plan: int) -> PlanStanding:
        """How a plan stands."""
        with client_scope(self.client.id):
            return plan_standings(self.client.id, [plan])[0]

    def row(self, plan: int) -> Plan:
        """A plan as it is kept."""
        with client_scope(self.client.id):
            return Plan.objects.get(id=plan)

    def promised(self, promise: int) -> Promise:
        """A promise as it is kept."""
        with client_scope(self.client.id):
            return Promise.objects.get(id=promise)

    def held(self, invoice: int, on: str) -> list[str]:
        """The kinds of holds that stand on an invoice on a day."""
        with client_scope(self.client.id):
            found = Hold.objects.filter(invoice_id=invoice, released_on=None, since__lte=day(on))
            return sorted(hold.kind for hold in found if hold.until is None or hold.until >= day(on))

    def owed(self, invoice: int, on: str) -> Decimal:
        """What the sheet of an invoice says on a day."""
        with client_scope(self.client.id):
            return owed_on(claim_facts([invoice], day(on))[invoice], day(on)).total

    def kinds(self) -> list[str]:
        """The kinds of the letters that were written, in order."""
        return [letter.kind.value for letter in self.letters()]

    def proven(self) -> None:
        """The books hold together."""
        for proof in prove_books(self.client.id):
            # Money is received here without a bank's entry.
            assert proof.holds or proof.name == "unapplied", proof
