"""How old what is open was at the end of any day: for all of a client, per debtor, and invoice by invoice.

What is open now less what the ledger booked after that day is what was open then; only the totals of a client are added up
from steps (`age_steps`). What the ledger itself says of that day is read apart, up to it and not after it, and what is open
today on the invoices themselves: the check line compares all three. Amounts are principal, which is what the ledger knows
as receivable.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from inbaar.kit.bulk import fetch
from inbaar.law.amounts import ZERO
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import MOVED_AFTER, account_balances, account_numbers
from inbaar.receivables.age_classes import AHEAD, CREDIT, USUAL, AgeClasses
from inbaar.receivables.age_steps import AGE, OF_DEBTORS, SUBJECTS_OF_DEBTORS
from inbaar.receivables.debtor_ages import (
    SORTS,
    DebtorAgeing,
    ageing_by_debtor,
    debtor_ageing_count,
    debtor_ages,
)

__all__ = [
    "ALL", "SORTS", "AgeSum", "AgedInvoice", "Ageing", "Behind", "DebtorAgeing", "aged_invoices", "aged_sums", "ageing",
    "ageing_by_debtor", "debtor_ageing_count", "debtor_ages", "nothing_open",
]  # fmt: skip
# The classes that are no age, by the number that the statements give them.
_NO_AGE = {CREDIT: -1, AHEAD: -2}
_SIGNED = "CASE WHEN i.kind = 'invoice' THEN i.open_amount ELSE -i.open_amount END"
_ITEMS = f"""
    WITH later AS ({MOVED_AFTER}), item AS (
        SELECT i.debtor_id, i.currency, {AGE} AS age, {_SIGNED} AS amount, 1 AS one
        FROM receivables_invoice i
        WHERE i.client_id = %(client)s AND i.open_amount > 0 AND i.issue_date <= %(on)s {{of_debtor}}
        UNION ALL
        SELECT i.debtor_id, i.currency, {AGE},
               CASE WHEN i.issue_date <= %(on)s THEN 0 ELSE {_SIGNED} END - l.amount,
               ({_SIGNED} <> l.amount)::int - (i.open_amount > 0 AND i.issue_date <= %(on)s)::int
        FROM later l JOIN receivables_invoice i ON i.client_id = l.client_id AND i.id = l.subject
        WHERE i.client_id = %(client)s AND (i.issue_date <= %(on)s OR {_SIGNED} <> l.amount)
    )
"""  # noqa: S608 - our own text
_TOTALS = f"""
    {_ITEMS} SELECT currency, age, sum(one), sum(amount) FROM item GROUP BY 1, 2
"""  # noqa: S608 - our own text
# Without a class stands what the steps make of today, less what is open.
_OF_ALL = f"""
    SELECT currency, age, sum(count), sum(amount) FROM (
        SELECT i.currency, {AGE.replace("issue_date", "dated")} AS age, i.count, i.amount
        FROM receivables_agestep i WHERE i.client_id = %(client)s AND i.booked_on <= %(on)s
    ) at_the_end GROUP BY 1, 2
    UNION ALL
    SELECT currency, NULL, 0, sum(amount) FROM (
        SELECT currency, amount FROM receivables_agestep WHERE client_id = %(client)s
        UNION ALL
        SELECT currency, sum(CASE kind WHEN 'invoice' THEN -open_cents ELSE open_cents END) * 0.01
        FROM receivables_invoice WHERE client_id = %(client)s AND open_amount > 0 GROUP BY 1
    ) today GROUP BY 1
"""  # noqa: S608 - our own text
_INVOICES = f"""
    WITH later AS ({MOVED_AFTER}), aged AS (
        SELECT i.id, i.number, i.kind, i.issue_date, i.due_date, i.currency, i.payable, i.debtor_id, {AGE} AS age,
               abs({_SIGNED} - coalesce(l.amount, 0)) AS open
        FROM receivables_invoice i LEFT JOIN later l ON l.client_id = i.client_id AND l.subject = i.id
        WHERE i.client_id = %(client)s {{of_debtor}} AND {_SIGNED} <> coalesce(l.amount, 0)
          AND (i.issue_date <= %(on)s OR l.subject IS NOT NULL)
    )
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class AgeSum:
    """How many invoices are of a class, and what was open of them."""

    key: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Ageing:
    """What was open in one currency at the end of a day, by age, and what the ledger says of that day.

    `credits` is what credit notes still take off, `ahead` what was paid on invoices dated later; both positive. `adrift`
    is what the same sums make of today less what is open on the invoices themselves today.
    """

    currency: str
    classes: tuple[AgeSum, ...]
    credits: AgeSum
    ahead: AgeSum
    ledger: Decimal
    adrift: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """All that was open on invoices."""
        return sum((age.amount for age in self.classes), ZERO)

    @property
    def overdue(self) -> Decimal:
        """What was past its due date."""
        return sum((age.amount for age in self.classes[1:]), ZERO)

    @property
    def count(self) -> int:
        """How many invoices were open."""
        return sum(age.count for age in self.classes)

    @property
    def late_count(self) -> int:
        """How many of them were late."""
        return sum(age.count for age in self.classes[1:])

    @property
    def receivable(self) -> Decimal:
        """What the invoices make of the receivable account: open, less unused credit notes and what was paid ahead."""
        return self.open - self.credits.amount - self.ahead.amount

    @property
    def difference(self) -> Decimal:
        """What the ledger says less what the invoices make, then or today: anything but nothing is a fault."""
        return self.ledger - self.receivable or self.adrift

    @property
    def ties(self) -> bool:
        """The sum is the ledger's to the cent."""
        return not self.difference


@dataclass(frozen=True, slots=True)
class Behind:
    """Which figure of the ageing is looked behind: a class, debtors, a currency; what is left out is not narrowed."""

    key: str = ""
    debtors: tuple[int, ...] | None = None
    currency: str = ""


ALL = Behind()


@dataclass(frozen=True, slots=True)
class AgedInvoice:
    """An invoice, credit note or early payment with what was open of it at the end of a day; positive."""

    id: int
    number: str
    kind: str
    issue_date: dt.date
    due_date: dt.date
    currency: str
    payable: Decimal
    debtor_id: int
    debtor: str
    open: Decimal


def ageing(
    client_id: int, on: dt.date, classes: AgeClasses = USUAL, debtor: int | None = None
) -> list[Ageing]:
    """Open by age per currency at the end of a day, the euro first; of one debtor without the ledger's line.

    Needs the client's scope. Three statements at most.
    """
    found: dict[str, dict[int | None, tuple[int, Decimal]]] = defaultdict(dict)
    sql = _OF_ALL if debtor is None else _TOTALS
    sql, facts = _asked(sql, client_id, on, classes, None if debtor is None else [debtor])
    for currency, age, count, amount in fetch(sql, facts):
        found[currency][age] = (count, amount)
    ledger = account_balances(client_id, facts["accounts"], on) if debtor is None else {}
    currencies = {code for code, ages in found.items() if any(c or a for c, a in ages.values())}
    currencies |= {code for code, balance in ledger.items() if balance} | {"EUR"}
    return [
        _made(currency, classes, found[currency], None if debtor is not None else ledger.get(currency, ZERO))
        for currency in sorted(currencies, key=lambda code: (code != "EUR", code))
    ]


def nothing_open(currency: str, classes: AgeClasses) -> Ageing:
    """The ageing of a currency in which nothing was open."""
    return _made(currency, classes, {}, None)


def _made(
    currency: str, classes: AgeClasses, found: dict[int | None, tuple[int, Decimal]], ledger: Decimal | None
) -> Ageing:
    """One currency from its sums by the number of their class; without a ledger of its own it is what it is."""
    ages = tuple(AgeSum(key, *found.get(place, (0, ZERO))) for place, key in enumerate(classes.keys))
    off = {key: found.get(place, (0, ZERO)) for key, place in _NO_AGE.items()}
    credits, ahead = (AgeSum(key, count, -amount) for key, (count, amount) in off.items())
    made = Ageing(currency, ages, credits, ahead, ZERO, found.get(None, (0, ZERO))[1])
    return replace(made, ledger=made.receivable if ledger is None else ledger)


def aged_invoices(
    client_id: int,
    on: dt.date,
    classes: AgeClasses = USUAL,
    behind: Behind = ALL,
    limit: int | None = None,
    offset: int = 0,
) -> list[AgedInvoice]:
    """The invoices behind a figure of the ageing, oldest first: of a class, a debtor, a currency, or all. Two statements."""
    sql, facts = _asked_invoices(client_id, on, classes, behind)
    sql += """
        SELECT a.id, a.number, a.kind, a.issue_date, a.due_date, a.currency, a.payable, a.debtor_id, d.name, a.open
        FROM chosen a JOIN parties_debtor d ON d.client_id = %(client)s AND d.id = a.debtor_id
        ORDER BY a.due_date, a.id LIMIT %(limit)s OFFSET %(offset)s
    """
    return [AgedInvoice(*row) for row in fetch(sql, facts | {"limit": limit, "offset": offset})]


def aged_sums(
    client_id: int, on: dt.date, classes: AgeClasses = USUAL, behind: Behind = ALL
) -> list[tuple[str, int, Decimal]]:
    """Currency, count and sum of the same invoices; credit notes and early payments count as less. Two statements."""
    sql, facts = _asked_invoices(client_id, on, classes, behind)
    sql += """
        SELECT currency, count(*), sum(CASE WHEN age < 0 THEN -open ELSE open END) FROM chosen
        GROUP BY 1 ORDER BY currency <> 'EUR', 1
    """
    return [(code, count, amount) for code, count, amount in fetch(sql, facts)]


def _asked(
    sql: str, client_id: int, on: dt.date, classes: AgeClasses, debtors: Sequence[int] | None, **more: str
) -> tuple[str, dict[str, Any]]:
    facts = {
        "client": client_id, "on": on, "firsts": list(classes.firsts), "debtors": list(debtors or ()),
        "accounts": account_numbers(client_id, Code.RECEIVABLE),
    }  # fmt: skip
    one = debtors is not None
    narrowed = sql.format(
        of_debtor=OF_DEBTORS if one else "", more=SUBJECTS_OF_DEBTORS if one else "", **more
    )
    return narrowed, facts


def _asked_invoices(
    client_id: int, on: dt.date, classes: AgeClasses, behind: Behind
) -> tuple[str, dict[str, Any]]:
    sql, facts = _asked(_INVOICES, client_id, on, classes, behind.debtors)
    places = {name: place for place, name in enumerate(classes.keys)} | _NO_AGE
    conditions = ["age = %(age)s"] if behind.key else []
    conditions += ["currency = %(currency)s"] if behind.currency else []
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    facts |= {"age": places[behind.key] if behind.key else None, "currency": behind.currency}
    return sql + f", chosen AS (SELECT * FROM aged {where})", facts  # noqa: S608 - our own text
