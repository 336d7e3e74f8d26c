"""How old what each debtor owed was at the end of any day: what is open now less what the ledger booked after that day.

A portfolio comes as columns of numbers and is added up here, which takes half of what it takes to have the database group it
and to read its rows. Amounts are principal, in cents until they are handed out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.columns import bigints
from inbaar.kit.garbage import uncollected
from inbaar.law.amounts import ZERO
from inbaar.receivables.age_classes import USUAL, AgeClasses
from inbaar.receivables.age_steps import AGE, BOOKED, OF_DEBTORS, SIGNED, SUBJECTS_OF_DEBTORS

SORTS = ("name", "open", "late")
_CENT = Decimal("0.01")
# A debtor and a class in one number: the class, from -2 on, in its last four bits.
_NO_CLASS = 2
_PLACE = f"int8send(i.debtor_id * 16 + {_NO_CLASS} + {AGE})"
# What is dated later had only money in advance, if anything: the steps say on which days there was such.
_ITEMS = f"""
    SELECT currency, string_agg(place, ''), string_agg(int8send(cents), '') FROM (
        SELECT i.currency, {_PLACE} AS place,
               CASE i.kind WHEN 'invoice' THEN i.open_cents ELSE -i.open_cents END AS cents
        FROM receivables_invoice i
        WHERE i.client_id = %(client)s AND i.open_amount > 0 AND i.issue_date <= %(on)s {{of_debtor}}
        UNION ALL
        SELECT i.currency, {_PLACE}, (-{SIGNED} * 100)::bigint
        FROM ledger_transfer t JOIN receivables_invoice i ON i.client_id = t.client_id AND i.id = t.subject
        WHERE t.client_id = %(client)s AND t.booked_on > %(on)s AND {BOOKED} AND i.issue_date <= %(on)s {{more}}
        UNION ALL
        SELECT i.currency, {_PLACE}, ({SIGNED} * 100)::bigint
        FROM receivables_invoice i JOIN ledger_transfer t ON t.client_id = i.client_id AND t.subject = i.id
        WHERE i.client_id = %(client)s AND t.booked_on <= %(on)s AND {BOOKED} {{of_debtor}} AND i.issue_date IN (
            SELECT dated FROM receivables_agestep
            WHERE client_id = %(client)s AND booked_on <= %(on)s AND dated > %(on)s)
    ) item GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own text
_NAMES = """
    SELECT id, name FROM parties_debtor WHERE client_id = %(client)s {of_debtor} ORDER BY lower(name) {way}, id
"""
# From so many on, a list of them in the statement costs more than reading every debtor of the client.
_MANY = 5_000


class DebtorAgeing(NamedTuple):
    """What one debtor owed in one currency at the end of a day: per class, and what credit notes and early money take off.

    `open` is all of these together; `late` what was past its due date.
    """

    debtor_id: int
    name: str
    currency: str
    open: Decimal
    classes: tuple[Decimal, ...]
    credits: Decimal
    ahead: Decimal
    late: Decimal


Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DebtorAges:
    """Who owed anything at the end of a day, a row each per currency, with its cents: paid ahead, credits, then the ages."""

    client_id: int
    debtors: Numbers
    currencies: tuple[str, ...]
    currency: Numbers
    cents: Numbers

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.debtors)

    @property
    def open(self) -> Numbers:
        """What each row owed together."""
        return np.asarray(self.cents.sum(axis=1))

    @property
    def late(self) -> Numbers:
        """What of it was past its due date."""
        return np.asarray(self.cents[:, _NO_CLASS + 1 :].sum(axis=1))

    def rows(self, sort: str = "-open", limit: int | None = None, offset: int = 0) -> list[DebtorAgeing]:
        """A page of the rows in an order of `SORTS`, falling with a minus before it, or all. One statement."""
        by, falling = sort.lstrip("-"), sort.startswith("-")
        end = None if limit is None else offset + limit
        with uncollected():
            if by == "name":
                names = _names(self.client_id, self.debtors, falling)
                order = np.lexsort((self.currency, _places(self.debtors, list(names))))[offset:end]
            else:
                amounts = self.open if by == "open" else self.late
                order = np.lexsort((self.currency, self.debtors, -amounts if falling else amounts))[
                    offset:end
                ]
                names = _names(self.client_id, self.debtors[order])
            return _rows(self, order, names)


def debtor_ages(
    client_id: int, on: dt.date, classes: AgeClasses = USUAL, debtors: Sequence[int] | None = None
) -> DebtorAges:
    """What each debtor owed at the end of a day, all or some of them. Needs the client's scope. One statement."""
    some = debtors is not None
    sql = _ITEMS.format(of_debtor=OF_DEBTORS if some else "", more=SUBJECTS_OF_DEBTORS if some else "")
    facts = {"client": client_id, "on": on, "firsts": list(classes.firsts), "debtors": list(debtors or ())}
    found = fetch(sql, facts)
    width = _NO_CLASS + len(classes.keys)
    parts = [_added_up(bigints(places), bigints(cents), width) for _, places, cents in found]
    none = (np.empty(0, np.int64), np.empty((0, width), np.int64))
    numbers, cents = (np.concatenate(columns) for columns in zip(none, *parts, strict=True))
    currency = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    return DebtorAges(client_id, numbers, tuple(code for code, _, _ in found), currency, cents)


def ageing_by_debtor(
    client_id: int,
    on: dt.date,
    classes: AgeClasses = USUAL,
    sort: str = "-open",
    limit: int | None = None,
    offset: int = 0,
    debtors: Sequence[int] | None = None,
) -> list[DebtorAgeing]:
    """What each debtor owed at the end of a day, a page, all or some; one row per currency. Two statements."""
    return debtor_ages(client_id, on, classes, debtors).rows(sort, limit, offset)


def debtor_ageing_count(client_id: int, on: dt.date, classes: AgeClasses = USUAL) -> int:
    """How many rows `ageing_by_debtor` has. One statement."""
    return debtor_ages(client_id, on, classes).count


def _added_up(places: Numbers, cents: Numbers, width: int) -> tuple[Numbers, Numbers]:
    """The debtors of one currency in rising order, and their cents per class; those with nothing in any are left out.

    OverflowError where the items of one debtor may come to 2^63 cents: ten thousand of the largest amount there is.
    """
    order = np.argsort(places)
    places, cents = places[order], cents[order]
    first = np.flatnonzero(np.diff(places, prepend=-1))
    most = int(np.diff(first, append=len(places)).max()) * width
    if int(np.abs(cents).max()) * most >= 2**63:
        raise OverflowError("a debtor owes more than can be added up in cents")
    sums = np.add.reduceat(cents, first)
    places, sums = places[first][sums != 0], sums[sums != 0]
    debtors = places // 16  # in order, for the places are
    first_of_each = np.diff(debtors, prepend=-1) != 0
    table = np.zeros((np.count_nonzero(first_of_each), width), np.int64)
    table[np.cumsum(first_of_each) - 1, places % 16] = sums
    return debtors[first_of_each], table


def _names(client_id: int, debtors: Numbers, falling: bool = False) -> dict[int, str]:
    """The names of debtors by their number, in the order of the names; of many, those of other debtors too."""
    some = len(debtors) < _MANY
    sql = _NAMES.format(
        way="DESC" if falling else "ASC", of_debtor="AND id = ANY(%(debtors)s::bigint[])" if some else ""
    )
    asked = array_parameter(debtors.tolist()) if some else None
    return dict(fetch(sql, {"client": client_id, "debtors": asked}))


def _places(debtors: Numbers, in_order: list[int]) -> Numbers:
    """For each debtor its place in an order."""
    order = np.array(in_order, np.int64)
    by_number = np.argsort(order)
    return by_number[np.searchsorted(order, debtors, sorter=by_number)]


def _rows(owing: DebtorAges, order: Numbers, names: dict[int, str]) -> list[DebtorAgeing]:
    debtors = owing.debtors[order].tolist()
    ages = [_money(column) for column in owing.cents[order, _NO_CLASS:].T]
    return list(
        map(
            DebtorAgeing,
            debtors,
            [names[number] for number in debtors],
            [owing.currencies[place] for place in owing.currency[order].tolist()],
            _money(owing.open[order]),
            zip(*ages, strict=True),
            _money(-owing.cents[order, 1]),
            _money(-owing.cents[order, 0]),
            _money(owing.late[order]),
        )
    )


def _money(cents: Numbers) -> list[Decimal]:
    return [number * _CENT if number else ZERO for number in cents.tolist()]
