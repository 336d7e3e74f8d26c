"""The 14-day letter a consumer must get before collection costs are due: its dates, and everything that voids it.

6:96 lid 6 BW and HR 25-11-2016 (ECLI:NL:HR:2016:2704). Used by dunning (dates), letters (what to print) and the
costs of a consumer.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from inbaar.law.calendar import is_holiday, moved_to_working_day
from inbaar.law.costs import collection_costs
from inbaar.law.tables import table

ONE_DAY = timedelta(days=1)
SUNDAY, MONDAY = 6, 0
ARTICLE = "6:96 lid 6 BW"
RECEIPT = "HR 25-11-2016, ECLI:NL:HR:2016:2704"


class TermStart(StrEnum):
    """The day from which the letter lets its term run, in its own words."""

    DAY_AFTER_RECEIPT = "day after receipt"
    DAY_OF_RECEIPT = "day of receipt"
    DATE_OF_LETTER = "date of the letter"
    OTHER = "another day"


@dataclass(frozen=True, slots=True)
class Letter14Dates:
    """The days of one letter. `last_day_cautious` moves an end in a weekend or on a holiday; that is not settled."""

    sent_on: date
    received_on: date
    receipt_presumed: bool
    first_day: date
    last_day_14: date
    last_day_cautious: date
    costs_due_from: date

    @property
    def presumed_received(self) -> date:
        """The day of receipt the term is counted from."""
        return self.received_on

    @property
    def last_day(self) -> date:
        """The last day on which paying in full avoids the costs, counted cautiously."""
        return self.last_day_cautious


@dataclass(frozen=True, slots=True)
class Letter14:
    """What a letter says and when it was sent: the facts that decide whether it works.

    `announced_costs` are all amounts of costs the letter names, in euros, as printed. `principal` is what it asks.
    `pay_by` is the last day it prints, if it prints one.
    """

    sent_on: date
    in_default_since: date | None
    principal: Decimal
    announced_costs: tuple[Decimal, ...]
    term_days: int = 14
    term_starts: TermStart = TermStart.DAY_AFTER_RECEIPT
    consequence_stated: bool = True
    received_on: date | None = None
    pay_by: date | None = None
    vat_percent: Decimal | None = None
    creditor_reclaims_vat: bool = True
    vat_stated: bool = False
    receipt_disputed: bool = False


@dataclass(frozen=True, slots=True)
class VoidReason:
    """Why a letter brings no costs: a stable code, the fact, the rule with its source."""

    rule: str
    text: str
    source: str


def is_delivery_day(day: date) -> bool:
    """Whether post is presumed to be delivered: not on Sunday, Monday or a holiday.

    >>> is_delivery_day(date(2026, 11, 7)), is_delivery_day(date(2026, 11, 9))
    (True, False)
    """
    return day.weekday() not in (SUNDAY, MONDAY) and not is_holiday(day)


def presumed_received(sent_on: date) -> date:
    """The second delivery day after posting: the postal presumption in commentary on ECLI:NL:HR:2016:2704.

    >>> presumed_received(date(2026, 11, 6))
    datetime.date(2026, 11, 10)
    """
    left = int(table("letter14").rule("delivery_day", sent_on).figure())
    day = sent_on
    while left:
        day += ONE_DAY
        left -= is_delivery_day(day)
    return day


def letter14_dates(sent_on: date, *, received_on: date | None = None) -> Letter14Dates:
    """The days of a letter sent on `sent_on`; with proof of receipt they count from that day instead.

    >>> dates = letter14_dates(date(2026, 11, 5))
    >>> dates.first_day, dates.last_day_14, dates.last_day_cautious, dates.costs_due_from
    (datetime.date(2026, 11, 8), datetime.date(2026, 11, 21), datetime.date(2026, 11, 23), datetime.date(2026, 11, 24))
    """
    if received_on is not None and received_on < sent_on:
        raise ValueError(
            f"received on {received_on}, before it was sent on {sent_on}; correct one of the dates"
        )
    received = presumed_received(sent_on) if received_on is None else received_on
    last_day = received + timedelta(days=int(table("letter14").rule("term", sent_on).figure()))
    cautious = moved_to_working_day(last_day)
    return Letter14Dates(
        sent_on=sent_on,
        received_on=received,
        receipt_presumed=received_on is None,
        first_day=received + ONE_DAY,
        last_day_14=last_day,
        last_day_cautious=cautious,
        costs_due_from=cautious + ONE_DAY,
    )


def void_reasons(letter: Letter14) -> tuple[VoidReason, ...]:
    """Every rule that voids the letter; none means it works. Waiting longer repairs none of them.

    6:96 lid 6 BW; HR 25-11-2016; RBROT:2020:5202 (one amount); RBROT:2020:9162 (too high). Amounts in euros.

    >>> short = Letter14(date(2026, 11, 3), date(2026, 10, 1), Decimal("1000.00"), (Decimal("150.00"),), 13)
    >>> [reason.rule for reason in void_reasons(short)]
    ['term_too_short']
    """
    return (*_term_reasons(letter), *_amount_reasons(letter), *_other_reasons(letter))


def _term_reasons(letter: Letter14) -> list[VoidReason]:
    found = []
    term = int(table("letter14").rule("term", letter.sent_on).figure())
    if letter.term_days < term:
        text = f"the letter gives {letter.term_days} days, the law {term}; waiting longer does not repair it"
        found.append(VoidReason("term_too_short", text, f"{ARTICLE}; {RECEIPT}"))
    if letter.term_starts is not TermStart.DAY_AFTER_RECEIPT:
        text = f"the term runs from the {letter.term_starts}, it must run from the day after receipt"
        found.append(VoidReason("term_starts_wrong", text, RECEIPT))
    dates = letter14_dates(letter.sent_on, received_on=letter.received_on)
    if letter.pay_by is not None and letter.pay_by < dates.last_day_14:
        text = f"the letter says to pay by {letter.pay_by}, the term ends on {dates.last_day_14}"
        found.append(VoidReason("pay_by_too_early", text, f"{ARTICLE}; {RECEIPT}"))
    if letter.receipt_disputed and letter.received_on is None:
        text = "the debtor disputes receipt and there is no proof of it"
        found.append(VoidReason("receipt_not_proven", text, RECEIPT))
    return found


def _amount_reasons(letter: Letter14) -> list[VoidReason]:
    if not letter.announced_costs:
        return [VoidReason("no_amount", "the letter does not name the amount of the costs", ARTICLE)]
    found = []
    if len(set(letter.announced_costs)) > 1:
        amounts = " and ".join(str(amount) for amount in letter.announced_costs)
        text = f"the letter names {amounts}; it must name one exact amount"
        found.append(VoidReason("two_amounts", text, "ECLI:NL:RBROT:2020:5202"))
    allowed = collection_costs(
        letter.principal,
        letter.sent_on,
        vat_percent=letter.vat_percent,
        creditor_reclaims_vat=letter.creditor_reclaims_vat,
        vat_stated=letter.vat_stated,
    ).total
    if max(letter.announced_costs) > allowed:
        text = f"the letter announces {max(letter.announced_costs)}, the scale allows {allowed}"
        found.append(VoidReason("amount_too_high", text, "ECLI:NL:RBROT:2020:9162; art. 2 Besluit BIK"))
    return found


def _other_reasons(letter: Letter14) -> list[VoidReason]:
    found = []
    if letter.in_default_since is None or letter.sent_on < letter.in_default_since:
        when = f"on {letter.in_default_since}" if letter.in_default_since else "not yet"
        text = f"the letter was sent on {letter.sent_on}, default began {when}"
        found.append(VoidReason("sent_before_default", text, ARTICLE))
    if not letter.consequence_stated:
        text = "the letter does not say what follows if payment stays out"
        found.append(VoidReason("no_consequence", text, ARTICLE))
    return found
