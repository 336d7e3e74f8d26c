"""What a debtor does when a letter comes: pay (all, a part, with interest or without), contest, answer, nothing.

Called by the market for each letter that arrives. A debtor reacts once to each kind of letter per invoice,
so the same letter twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from inbaar.market.days import bank_day_from, working_day_from
from inbaar.market.disputes import open_dispute
from inbaar.market.facts import MarketMessage, Meant
from inbaar.market.habits import Timing
from inbaar.market.intentions import Share, shares_meant
from inbaar.market.obligations import NOTHING, Obligation
from inbaar.market.population import Debtor
from inbaar.market.streams import stream
from inbaar.market.world import World

REMINDER, FORMAL_NOTICE, FOURTEEN_DAY = "reminder", "formal_notice", "fourteen_day_letter"
KINDS = (REMINDER, FORMAL_NOTICE, FOURTEEN_DAY)
PAYS_AFTER_DAYS = {REMINDER: (2, 6), FORMAL_NOTICE: (2, 6), FOURTEEN_DAY: (4, 12)}
# Who meant to pay later than this many days after a notice (the large company's sixty days) pays at once.
PATIENCE_DAYS = 10
# Beyond this share of the principal nobody pays what a letter adds without asking first.
EXTRA_LIMIT = Decimal("0.6")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as its reader sees it; `day` is the last day before the reader acts."""

    day: date
    kind: str
    debtor: Debtor
    numbers: tuple[str, ...]
    total_due: Decimal


def react(world: World, letter: Letter) -> None:
    """Plan what follows from this letter."""
    if world.is_bankrupt(letter.debtor, letter.day):
        return
    shares: list[Share | None] = []
    for number in letter.numbers:
        obligation = world.obligations.get(number)
        if obligation is not None and obligation.invoice.debtor is letter.debtor:
            shares.append(_answer(world, letter, obligation))
    if paying := [share for share in shares if share is not None]:
        _pay(world, letter, paying)


def _answer(world: World, letter: Letter, obligation: Obligation) -> Share | None:
    """For one invoice: its share in the payment this letter leads to, if it leads to one."""
    if letter.kind in obligation.reacted_to:
        return None
    obligation.reacted_to.add(letter.kind)
    if obligation.booked and not obligation.open_amount:
        world.say(_paid_message(letter, obligation))
        return None
    if not _hurries(world, letter, obligation):
        return None
    if _contests(letter, obligation):
        open_dispute(world, obligation, working_day_from(letter.day + timedelta(days=1)))
        return None
    amount = _willing(letter, obligation)
    return Share(_pay_day(world, letter), obligation, amount) if amount else None


def _hurries(world: World, letter: Letter, obligation: Obligation) -> bool:
    """Whether there is something to decide: nothing is planned yet, or it is planned so late that a notice helps."""
    pay_day = world.next_pay_day(obligation.number)
    if pay_day is None:
        return True
    waits_long = pay_day - letter.day > timedelta(days=PATIENCE_DAYS)
    if letter.kind == REMINDER or obligation.dispute_day is not None or not waits_long:
        return False
    world.unplan(obligation.number)
    return True


def _contests(letter: Letter, obligation: Obligation) -> bool:
    return letter.debtor.habit.timing is Timing.DISPUTES and obligation.dispute_day is None


def _willing(letter: Letter, obligation: Obligation) -> Decimal:
    """How much of this invoice the letter brings the debtor to pay."""
    timing, rest = letter.debtor.habit.timing, obligation.undisputed
    stern = letter.kind != REMINDER
    if timing is Timing.PARTS and not stern and rest > 200:
        return (rest / 20).to_integral_value() * 10
    waits_for_notice = timing in (Timing.ON_NOTICE, Timing.DEDUCTS)
    silent = timing in (Timing.NEVER, Timing.BANKRUPT)
    return NOTHING if silent or (waits_for_notice and not stern) else rest


def _pay_day(world: World, letter: Letter) -> date:
    rng = stream(world.seed, "after", letter.kind, letter.debtor.facts.number, letter.numbers[0])
    return bank_day_from(letter.day + timedelta(days=rng.randint(*PAYS_AFTER_DAYS[letter.kind])))


def _extra(letter: Letter, shares: Sequence[Share]) -> Decimal:
    """Interest and costs, paid only after a notice, by who pays what is asked, and when all of it is paid."""
    principal = sum((share.amount for share in shares), NOTHING)
    asked = letter.total_due - principal
    complete = len(shares) == len(letter.numbers) and all(
        s.amount == s.obligation.open_amount for s in shares
    )
    pays = letter.debtor.habit.pays_asked and letter.kind != REMINDER and complete
    return asked if pays and NOTHING < asked <= principal * EXTRA_LIMIT else NOTHING


def _pay(world: World, letter: Letter, shares: Sequence[Share]) -> None:
    first = shares[0].obligation.number
    meant = [m for share in shares for m in shares_meant(share)]
    extra = _extra(letter, shares)
    if extra:
        meant.append(Meant(first, extra, "extra"))
    world.plan_payment(f"{first}-{letter.kind}", shares[0].day, letter.debtor, meant)


def _paid_message(letter: Letter, obligation: Obligation) -> MarketMessage:
    facts, on = letter.debtor.facts, obligation.booked_on
    when = f" op {on:%d-%m-%Y}" if on else ""
    return MarketMessage(
        day=working_day_from(letter.day + timedelta(days=1)),
        kind="paid",
        debtor_number=facts.number,
        email=facts.email,
        invoice_number=obligation.number,
        amount=obligation.booked,
        on=on,
        reason="",
        text=f"Wij hebben factuur {obligation.number}{when} al betaald.",
    )
