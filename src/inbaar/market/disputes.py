"""Disputes: who contests which invoice for how much, and how it ends. Planned whole when the dispute opens.

Called by the market at its start (disputes nobody provoked) and by the reactions (a letter is answered with
one).
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from inbaar.market import names
from inbaar.market.days import bank_day_from, working_day_from
from inbaar.market.documents import Document, cents, credit_note
from inbaar.market.facts import MarketMessage, Meant
from inbaar.market.habits import Timing
from inbaar.market.intentions import own_pay_day
from inbaar.market.obligations import NOTHING, Obligation
from inbaar.market.streams import stream
from inbaar.market.world import World

UNPROVOKED_PERCENT = 2
QUARRELSOME_PERCENT = 50


def _message(
    obligation: Obligation, day: date, kind: str, amount: Decimal | None, reason: str, text: str
) -> MarketMessage:
    facts = obligation.invoice.debtor.facts
    return MarketMessage(day, kind, facts.number, facts.email, obligation.number, amount, day, reason, text)


def _pay(world: World, obligation: Obligation, mark: str, day: date, amount: Decimal) -> None:
    if amount > 0:
        key = f"{obligation.number}-{mark}"
        world.plan_payment(
            key, bank_day_from(day), obligation.invoice.debtor, [Meant(obligation.number, amount)]
        )


def _settle(world: World, obligation: Obligation, day: date, note: Document) -> None:
    """The seller gives in: a credit note for what was contested, and the case is closed."""
    world.issue_credit_note(replace(note, issued_on=day, due_on=day))
    obligation.disputed = NOTHING
    text = f"Met creditnota {note.number} is ons bezwaar tegen factuur {obligation.number} opgelost."
    world.say(_message(obligation, day, "dispute_settled", note.total, "creditnota", text))


def _withdraw(world: World, obligation: Obligation, day: date, disputed: Decimal) -> None:
    """The debtor gives in and pays what it held back."""
    obligation.disputed = NOTHING
    text = f"Wij trekken ons bezwaar tegen factuur {obligation.number} in en zullen betalen."
    world.say(_message(obligation, day, "dispute_withdrawn", disputed, "ingetrokken", text))
    _pay(world, obligation, "withdrawn", day + timedelta(days=3), disputed)


def open_dispute(world: World, obligation: Obligation, day: date) -> None:
    """The debtor contests the invoice on this day: all of it, or some of its lines, whose rest is paid in time."""
    rng = stream(world.seed, "dispute", obligation.number)
    whole = rng.randrange(100) < 40
    share = Decimal(100 if whole else rng.choice((20, 25, 30, 50))) / 100
    note = credit_note(obligation.invoice, day, cents(obligation.open_amount * share))
    disputed = obligation.open_amount if whole else min(note.total, obligation.open_amount)
    world.unplan(obligation.number)
    obligation.disputed, obligation.dispute_day = disputed, day
    reason = rng.choice(names.DISPUTE_REASONS)
    extent = "de hele factuur" if whole else f"een bedrag van € {disputed:.2f}".replace(".", ",")
    text = f"Wij betwisten {extent} van {obligation.number}. {reason}"
    world.say(_message(obligation, day, "dispute", None if whole else disputed, reason, text))
    paid_on = max(own_pay_day(world.seed, obligation), day + timedelta(days=3))
    _pay(world, obligation, "undisputed", paid_on, obligation.undisputed)
    _end(world, obligation, day, note)


def _end(world: World, obligation: Obligation, day: date, note: Document) -> None:
    """How it ends: the seller gives in, the debtor does, or (one in five) nobody."""
    rng = stream(world.seed, "dispute ends", obligation.number)
    ends_on = working_day_from(day + timedelta(days=rng.randint(10, 20)))
    outcome = rng.randrange(100)
    if outcome < 45 and obligation.credit_note is None and note.total == obligation.disputed:
        _settle(world, obligation, ends_on, note)
    elif outcome < 80:
        _withdraw(world, obligation, ends_on, obligation.disputed)


def open_unprovoked_disputes(world: World) -> None:
    """The disputes debtors raise before anybody reminds them."""
    for obligation in world.obligations.values():
        quarrelsome = obligation.invoice.debtor.habit.timing is Timing.DISPUTES
        ordinary = obligation.invoice.debtor.habit.timing in (Timing.PROMPT, Timing.AT_DUE)
        rng = stream(world.seed, "contests", obligation.number)
        percent = QUARRELSOME_PERCENT if quarrelsome else UNPROVOKED_PERCENT if ordinary else 0
        if rng.randrange(100) < percent and not obligation.planted and obligation.open_amount:
            pay_day = own_pay_day(world.seed, obligation)
            earliest = obligation.invoice.issued_on + timedelta(days=2)
            day = working_day_from(max(earliest, pay_day - timedelta(days=rng.randint(2, 6))))
            if quarrelsome or day < pay_day:
                open_dispute(world, obligation, day)
