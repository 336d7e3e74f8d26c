"""What the ageing's pages ask for, read from their address, and the figures put together from invoices and bank."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from inbaar.banking.unapplied import Unapplied, unapplied_at
from inbaar.law.amounts import ZERO
from inbaar.receivables.age_classes import AHEAD, CREDIT, UNAPPLIED, USUAL, AgeClasses, read_classes
from inbaar.receivables.ageing import SORTS, Ageing, ageing, nothing_open

EARLIEST = dt.date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class AgeingQuery:
    """A day and edges, and for the list behind a figure its class, debtor and currency; what could not be read is named."""

    on: dt.date
    classes: AgeClasses
    sort: str = "-open"
    key: str = ""
    debtor: int | None = None
    currency: str = ""
    problems: tuple[str, ...] = field(default=())

    @property
    def address(self) -> str:
        """The day and the edges as the query of an address."""
        return f"on={self.on.isoformat()}&edges={self.classes.text}"


@dataclass(frozen=True, slots=True)
class Position:
    """One currency at the end of a day: invoices by age, and beside them the money that paid nothing yet."""

    age: Ageing
    money: Unapplied

    @property
    def unapplied(self) -> Decimal:
        """Received and not applied."""
        return self.money.amount

    @property
    def total(self) -> Decimal:
        """All together: open, less credit notes, early payments and money not applied."""
        return self.age.receivable - self.unapplied

    @property
    def ledger(self) -> Decimal:
        """The same by the ledger: receivable less not applied."""
        return self.age.ledger - self.money.ledger

    @property
    def difference(self) -> Decimal:
        """What the ledger says otherwise; two faults that cancel out are faults all the same."""
        return max(self.age.difference, -self.money.difference, key=abs)

    @property
    def ties(self) -> bool:
        """Both sides are the ledger's to the cent."""
        return not self.age.difference and not self.money.difference

    @property
    def empty(self) -> bool:
        """Nothing was open and nothing waited."""
        return (
            not (self.age.count or self.age.credits.count or self.age.ahead.count or self.unapplied)
            and self.ties
        )


def positions(client_id: int, on: dt.date, classes: AgeClasses) -> list[Position]:
    """Every currency in which there was anything at the end of a day, the euro first. Six statements."""
    ages = {age.currency: age for age in ageing(client_id, on, classes)}
    money = unapplied_at(client_id, on)
    codes = sorted({*ages, *money}, key=lambda code: (code != "EUR", code))
    return [
        Position(
            ages.get(code) or nothing_open(code, classes), money.get(code) or Unapplied(code, {}, 0, ZERO)
        )
        for code in codes
    ]


def read_query(query: Mapping[str, str], today: dt.date) -> AgeingQuery:
    """The day, edges and filters of an address. What cannot be read is left out and named; no day is after today."""
    problems: list[str] = []
    classes, on = USUAL, today
    text = query.get("on", "").strip()
    try:
        on = dt.date.fromisoformat(text) if text else today
    except ValueError:
        problems.append(_("“%(value)s” is not a date; write 2026-11-22.") % {"value": text[:40]})
    if not EARLIEST <= on <= today:
        problems.append(_("The ageing is of a day that has been; today is shown."))
        on = today
    edges = query.get("edges", "").strip()
    try:
        classes = read_classes(edges)
    except ValueError:
        problems.append(
            _("“%(value)s” are no age classes; write up to seven rising numbers of days, such as 30, 60, 90.")
            % {"value": edges[:40]}
        )
    sort, key, debtor = query.get("sort", ""), query.get("age", ""), query.get("debtor", "")
    currency = query.get("currency", "").strip().upper()
    return AgeingQuery(
        on,
        classes,
        sort if sort.lstrip("-") in SORTS else "-open",
        key if key in (*classes.keys, CREDIT, AHEAD, UNAPPLIED) else "",
        int(debtor) if debtor.isdecimal() and len(debtor) < 19 else None,
        currency if len(currency) == 3 and currency.isalpha() else "",
        tuple(problems),
    )
