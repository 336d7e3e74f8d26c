"""When a bill is due and from which day it bears interest: agreed term or none, large debtor, government, consumer.

6:119a, 6:119b and 6:81 to 6:83 BW. Used when an invoice is accepted. Days are dates; nothing here moves to a working
day, because the Algemene termijnenwet is not for the terms of a contract.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from inbaar.law.calendar import add_working_days
from inbaar.law.errors import LawNotCovered, Unconfirmed
from inbaar.law.tables import table

TABLE = "payment_terms"
ONE_DAY = timedelta(days=1)


class TermUnit(StrEnum):
    """In what the days of a term are counted."""

    CALENDAR_DAYS = "calendar days"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day to pay and the first day of interest, with the rule that gave them and what may be doubted."""

    due_on: date
    first_interest_day: date
    rule: str
    remarks: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()


def due_date(from_date: date, term_days: int, unit: TermUnit = TermUnit.CALENDAR_DAYS) -> date:
    """The last day of a contractual term; `from_date` is not counted and the end does not move.

    >>> due_date(date(2026, 11, 26), 30)
    datetime.date(2026, 12, 26)
    """
    if term_days < 0:
        raise ValueError(f"a payment term of {term_days} days: give 0 or more")
    if TermUnit(unit) is TermUnit.WORKING_DAYS:
        return add_working_days(from_date, term_days)
    return from_date + timedelta(days=term_days)


def agreed_term(due_on: date) -> Due:
    """Trade with an agreed term: interest from the day after its last day, without notice (6:119a lid 1 BW).

    >>> agreed_term(date(2026, 6, 30)).first_interest_day
    datetime.date(2026, 7, 1)
    """
    return Due(due_on, due_on + ONE_DAY, "6:119a lid 1 BW")


def no_term(received_on: date, performed_on: date | None = None, accepted_on: date | None = None) -> Due:
    """Trade without a term: 30 days from the day after receipt, or performance or acceptance if later (lid 2).

    An acceptance more than 30 days after the performance can be attacked (lid 4): the result says so, moves nothing.

    >>> no_term(date(2026, 6, 1)).first_interest_day
    datetime.date(2026, 7, 2)
    """
    latest = max(day for day in (received_on, performed_on, accepted_on) if day is not None)
    due_on = latest + timedelta(days=int(table(TABLE).rule("no_term", latest).figure()))
    remarks = _late_acceptance(performed_on, accepted_on) if latest == accepted_on else ()
    return Due(due_on, due_on + ONE_DAY, "6:119a lid 2 BW", remarks)


def _late_acceptance(performed_on: date | None, accepted_on: date) -> tuple[str, ...]:
    """What to say of an acceptance that took longer than the law allows without an express agreement."""
    rule = next(rule for rule in table(TABLE).rules if rule.keys["id"] == "acceptance_maximum")
    if performed_on is None or accepted_on < rule.from_date:
        return ()
    days = (accepted_on - performed_on).days
    if days <= rule.figure():
        return ()
    return (
        f"accepted {days} days after performance, above {rule.value}: that stands only if expressly agreed and not "
        "grossly unfair (6:119a lid 4 BW)",
    )


def large_debtor_term(received_on: date, term_days: int, contract_date: date) -> Due:
    """A large debtor and a small creditor: a term over 30 days is void and becomes 30 (6:119a lid 6 BW).

    For contracts made from 2022-07-01 on; older contracts from 2023-07-01 on. Until then the term of an older
    contract stood, as between other businesses. Days count from receipt of the invoice. Refuses days outside the
    table (LawNotCovered).

    >>> due = large_debtor_term(date(2026, 6, 1), 60, date(2025, 3, 1))
    >>> due.due_on, due.first_interest_day
    (datetime.date(2026, 7, 1), datetime.date(2026, 7, 2))
    """
    table(TABLE).require_cover(received_on)
    rules = {rule.keys["id"]: rule for rule in table(TABLE).rules}
    longest, old = rules["large_debtor_maximum"], rules["large_debtor_old_contracts"]
    maximum = int(longest.figure())
    applies = contract_date >= longest.from_date or received_on >= old.from_date
    if not applies or term_days <= maximum:
        return business_term(received_on, term_days)
    due_on = received_on + timedelta(days=maximum)
    remark = f"the agreed {term_days} days are void: a large debtor pays a smaller creditor within {maximum}"
    return Due(due_on, due_on + ONE_DAY, "6:119a lid 6 BW", (remark,))


def business_term(received_on: date, term_days: int) -> Due:
    """An agreed term between other businesses, counted from `received_on`: it stands, also above 60 days.

    Above 60 days it can be attacked since 2013-03-16 (6:119a lid 5 BW, not confirmed): the result says so and converts
    nothing. Refuses days outside the table (LawNotCovered).

    >>> business_term(date(2026, 6, 1), 75).unconfirmed
    ('payment_terms.business_maximum',)
    """
    table(TABLE).require_cover(received_on)
    due_on = due_date(received_on, term_days)
    rule = next(rule for rule in table(TABLE).rules if rule.keys["id"] == "business_maximum")
    if term_days <= rule.figure() or received_on < rule.from_date:
        return agreed_term(due_on)
    remark = f"a term of {term_days} days, above {rule.value}, stands only if expressly agreed and not grossly unfair"
    return Due(due_on, due_on + ONE_DAY, "6:119a lid 1 BW", (remark,), ("payment_terms.business_maximum",))


def government_term(
    received_on: date, term_days: int | None = None, *, accept_unconfirmed: bool = False
) -> Due:
    """A government body as debtor: 30 days, fewer if agreed (6:119b BW). Unconfirmed unless accepted.

    >>> government_term(date(2026, 6, 1), accept_unconfirmed=True).due_on
    datetime.date(2026, 7, 1)
    """
    rule = table(TABLE).rule("government_maximum", received_on, accept_unconfirmed=accept_unconfirmed)
    maximum = int(rule.figure())
    days = maximum if term_days is None else min(term_days, maximum)
    due_on = received_on + timedelta(days=days)
    return Due(
        due_on,
        due_on + ONE_DAY,
        "6:119b BW",
        (f"source: {rule.source}",),
        ("payment_terms.government_maximum",),
    )


def consumer_default(
    *, fatal_term_ends: date | None = None, notice_term_ends: date | None = None
) -> date | None:
    """The first day of a consumer's default: after an agreed fatal term (6:83 a) or a notice's term (6:82 BW).

    A term only printed on the invoice is not agreed, so not fatal. None: no default yet, so no interest.

    >>> consumer_default(notice_term_ends=date(2026, 6, 14))
    datetime.date(2026, 6, 15)
    """
    ends = [day for day in (fatal_term_ends, notice_term_ends) if day is not None]
    return min(ends) + ONE_DAY if ends else None


def first_interest_day(
    *,
    consumer: bool = False,
    due_on: date | None = None,
    term_agreed: bool = True,
    received_on: date | None = None,
    notice_term_ends: date | None = None,
) -> date | None:
    """The first day of interest from the facts of an invoice; None as long as a consumer is not in default.

    Trade: the day after `due_on` if the term was agreed, else counted from receipt (6:119a lid 1 and 2 BW). Consumer:
    6:82 and 6:83 BW. Large debtors and government have functions of their own. Refuses trade without either day.

    >>> first_interest_day(due_on=date(2026, 6, 30)), first_interest_day(received_on=date(2026, 6, 1))
    (datetime.date(2026, 7, 1), datetime.date(2026, 7, 2))
    """
    fixed = due_on if term_agreed else None
    if consumer:
        return consumer_default(fatal_term_ends=fixed, notice_term_ends=notice_term_ends)
    if fixed is not None:
        return agreed_term(fixed).first_interest_day
    if received_on is None:
        raise LawNotCovered(
            "the first day of interest",
            "neither an agreed last day nor a day of receipt is known",
            "record the day the invoice was received",
        )
    return no_term(received_on).first_interest_day


def is_large(
    balance: Decimal, turnover: Decimal, staff: int, year: int, *, accept_unconfirmed: bool = False
) -> bool:
    """Whether a debtor is large: above two of three limits of 2:397 BW (euros of balance and turnover, people).

    The limits for years from 2024 are own knowledge: where they would change the answer, Unconfirmed unless accepted.

    >>> is_large(Decimal(30_000_000), Decimal(60_000_000), 10, 2025)
    True
    """
    dated = table(TABLE)
    rules = {rule.keys["id"]: rule for rule in dated.rules}
    first, last = rules["large_balance"].from_date.year, dated.covers_until.year
    if not first <= year <= last:
        raise LawNotCovered(
            f"the size of a debtor in {year}",
            f"the limits held are for {first} to {last}",
            "ask about a financial year within them",
        )

    def above(balance_rule: str, turnover_rule: str) -> bool:
        tests = (
            balance > rules[balance_rule].figure(),
            turnover > rules[turnover_rule].figure(),
            staff >= rules["large_staff"].figure(),
        )
        return sum(tests) >= 2

    old = above("large_balance", "large_turnover")
    raised_from = rules["large_balance_2024"].from_date.year
    if year < raised_from or (new := above("large_balance_2024", "large_turnover_2024")) == old:
        return old
    if not accept_unconfirmed:
        raise Unconfirmed(
            "payment_terms.large_balance_2024",
            f"whether the debtor is large in {year}",
            f"the limits seen say {'large' if old else 'not large'}, the raised limits the opposite",
        )
    return new
