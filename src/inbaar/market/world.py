"""The state of the market: what is owed, what will be paid, said and written, each under its day.

Called by the market, which lets letters in and takes days out; `reactions` and `disputes` change it. Every
change lies after the last day that was asked for, so a day once seen never changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from inbaar.market import intentions
from inbaar.market.days import working_day_from
from inbaar.market.documents import Document, planned_credit_notes, planned_invoices
from inbaar.market.facts import MarketMessage, Meant
from inbaar.market.habits import Timing
from inbaar.market.intentions import PlannedPayment
from inbaar.market.obligations import Obligation
from inbaar.market.payment_plan import PaymentPlan
from inbaar.market.population import Debtor
from inbaar.market.streams import stream


@dataclass(slots=True)
class World:
    """Everything that will happen, as far as it is decided."""

    seed: int
    debtors: tuple[Debtor, ...]
    obligations: dict[str, Obligation]
    bankruptcies: dict[int, date]
    plan: PaymentPlan = field(default_factory=PaymentPlan)
    messages: dict[date, list[MarketMessage]] = field(default_factory=lambda: defaultdict(list))
    credit_notes: dict[date, list[Document]] = field(default_factory=lambda: defaultdict(list))

    def plan_payment(self, key: str, day: date, debtor: Debtor, meant: Sequence[Meant]) -> None:
        """A payment to come."""
        self.plan.add(intentions.payment(self.seed, key, day, debtor, meant))

    def next_pay_day(self, number: str) -> date | None:
        """When this invoice will next be paid, if a payment of it is on its way."""
        return min((payment.day for payment in self.plan.for_invoice(number)), default=None)

    def unplan(self, number: str) -> None:
        """Leave this invoice (and its credit note) out of what is planned."""
        for old in self.plan.for_invoice(number):
            self.plan.remove(old.key)
            rest = [m for m in old.meant if m.number not in (number, f"C{number}")]
            if rest:
                self.plan_payment(old.key, old.day, old.debtor, rest)

    def issue_credit_note(self, note: Document) -> None:
        """The seller corrects an invoice; the file goes out on its date."""
        self.obligations[str(note.credits_invoice)].credit_note = note
        self.credit_notes[note.issued_on].append(note)

    def say(self, message: MarketMessage) -> None:
        """Something said outside the bank, on a working day."""
        self.messages[message.day].append(message)

    def take_payments(self, day: date) -> list[PlannedPayment]:
        """The payments of this day, which now are booked."""
        found = self.plan.on_day(day)
        for payment in found:
            self.plan.remove(payment.key)
            for share in payment.meant:
                self._book(share, day)
        return found

    def _book(self, share: Meant, day: date) -> None:
        obligation = self.obligations.get(share.number or "")
        if obligation is not None and share.part == "principal":
            note = obligation.credit_note
            deducted = note is not None and share.amount == obligation.invoice.total
            obligation.booked += obligation.net if deducted else share.amount
            obligation.booked_on = day

    def is_bankrupt(self, debtor: Debtor, day: date) -> bool:
        """Whether the debtor can no longer act on this day."""
        ends = self.bankruptcies.get(debtor.facts.number)
        return ends is not None and day >= ends


def _bankruptcies(seed: int, debtors: Iterable[Debtor], start: date, days: int) -> dict[int, date]:
    found = {}
    for debtor in debtors:
        if debtor.habit.timing is Timing.BANKRUPT:
            share = stream(seed, "bankruptcy", debtor.facts.number).randint(50, 62)
            found[debtor.facts.number] = working_day_from(start + timedelta(days=days * share // 100))
    return found


def _announcement(debtor: Debtor, on: date) -> MarketMessage:
    number = f"F.13/{on:%y}/{100 + debtor.facts.number}"
    return MarketMessage(
        day=working_day_from(on + timedelta(days=1)),
        kind="bankruptcy",
        debtor_number=debtor.facts.number,
        email=debtor.facts.email,
        invoice_number=None,
        amount=None,
        on=on,
        reason=number,
        text=f"{debtor.facts.name} is op {on:%d-%m-%Y} failliet verklaard (insolventienummer {number}). "
        "U kunt uw vordering bij de curator indienen.",
    )


def _planted(position: int, count: int) -> str | None:
    """Which invoices arrive odd: one cut off, one whose sums don't tie, and every seventieth sent twice."""
    if position == count // 8:
        return "truncated"
    if position == count // 3:
        return "sums"
    return "duplicate" if position % 70 == 20 else None


def new_world(
    seed: int, start: date, days: int, debtors: tuple[Debtor, ...], invoices_per_month: int
) -> World:
    """The market on its first morning: all invoices planned, and what everybody would do without a letter."""
    bankruptcies = _bankruptcies(seed, debtors, start, days)
    invoices = planned_invoices(seed, start, days, invoices_per_month, debtors, bankruptcies)
    obligations = {i.number: Obligation(i) for i in invoices}
    for position, obligation in enumerate(obligations.values()):
        obligation.planted = _planted(position, len(invoices))
    world = World(seed, debtors, obligations, bankruptcies)
    for note in planned_credit_notes(seed, [o.invoice for o in obligations.values() if not o.planted]):
        world.issue_credit_note(note)
    world.plan = PaymentPlan(intentions.first_plan(seed, obligations.values(), bankruptcies))
    for debtor in debtors:
        if debtor.facts.number in bankruptcies:
            world.say(_announcement(debtor, bankruptcies[debtor.facts.number]))
    return world
