"""The days around a SEPA direct debit: announced, handed in, returned, refunded. Used where money is collected.

The terms are those of the CORE and B2B schemes, the same for every bank; the days are TARGET days where the scheme
counts in them. A B2B collection was authorised at the debtor's own bank, so nothing of it is refunded.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from inbaar.law.calendar import add_target_days, is_target_day, months_after, previous_target_day
from inbaar.law.tables import table

TABLE = "direct_debit"


class Scheme(StrEnum):
    """Under which scheme a debtor is debited: B2B is for businesses only."""

    CORE = "core"
    B2B = "b2b"


@dataclass(frozen=True, slots=True)
class DirectDebitDates:
    """The last day of each act around a collection that is debited on `due_on`; None where the scheme knows none."""

    due_on: date
    announce_by: date
    file_by: date
    refuse_until: date
    return_until: date
    reverse_until: date
    refund_until: date | None
    unauthorised_refund_until: date | None


def direct_debit_dates(
    due_on: date,
    scheme: Scheme = Scheme.CORE,
    *,
    announced_days: int | None = None,
    seen_on: date | None = None,
) -> DirectDebitDates:
    """The days around one collection, by the terms as they are on `seen_on` (without it: on `due_on`).

    `announced_days` is a shorter or longer pre-notification that was agreed. Refuses a day on which TARGET is closed,
    and days outside the tables (LawNotCovered).

    >>> direct_debit_dates(date(2026, 5, 4)).file_by, direct_debit_dates(date(2026, 4, 7)).file_by
    (datetime.date(2026, 4, 30), datetime.date(2026, 4, 2))
    """
    if not is_target_day(due_on):
        raise ValueError(
            f"banks do not settle on {due_on}; collect on {add_target_days(due_on, 1)}, the next TARGET day"
        )
    scheme, seen = Scheme(scheme), seen_on or due_on

    def term(name: str) -> int:
        return int(table(TABLE).rule(name, seen).figure())

    before = term("announced_before") if announced_days is None else announced_days
    core = scheme is Scheme.CORE
    return DirectDebitDates(
        due_on=due_on,
        announce_by=due_on - timedelta(days=before),
        file_by=previous_target_day(due_on, term("file_before")),
        refuse_until=due_on - timedelta(days=term(f"{scheme}_refused_before")),
        return_until=add_target_days(due_on, term(f"{scheme}_return")),
        reverse_until=add_target_days(due_on, term("reversal")),
        refund_until=due_on + timedelta(weeks=term("core_refund")) if core else None,
        unauthorised_refund_until=months_after(due_on, term("core_refund_unauthorised")) if core else None,
    )


def mandate_lapses_on(last_used_on: date, *, seen_on: date | None = None) -> date:
    """The day on which a mandate lapses that is not used again after `last_used_on`: 36 months later.

    >>> mandate_lapses_on(date(2024, 2, 29))
    datetime.date(2027, 2, 28)
    """
    return months_after(last_used_on, mandate_months(seen_on or last_used_on))


def mandate_months(seen_on: date) -> int:
    """After how many months without use a mandate lapses, by the terms of a day.

    >>> mandate_months(date(2026, 5, 4))
    36
    """
    return int(table(TABLE).rule("mandate_unused", seen_on).figure())


def refund_weeks(seen_on: date) -> int:
    """Within how many weeks of a CORE debit the debtor has it refunded without a reason, by the terms of a day.

    >>> refund_weeks(date(2026, 5, 4))
    8
    """
    return int(table(TABLE).rule("core_refund", seen_on).figure())
