"""What all open invoices of a client are worth on a day, interest compounded with the law's dated rates.

Asked by reports and forecasts over whole portfolios. Claims come out of the database as columns and go through
`law.bulk`. Where something was paid it was booked its own way, and a bankruptcy stops interest on its own day: those
few go through the explaining path.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from inbaar.kit.bulk import fetch
from inbaar.kit.columns import bigints, dates
from inbaar.law.amounts import ZERO
from inbaar.law.bulk import Cents, owed_columns
from inbaar.law.rates import Kind
from inbaar.receivables.claims import ClaimFacts, owed_on, with_interest
from inbaar.receivables.queries import STANDING, claim_facts

# Days late, up to and including; what is older falls in the last bucket.
BUCKETS = {"not_due": 0, "1_30": 30, "31_60": 60, "61_90": 90, "over_90": None}
AT_ONCE = 1 << 17
EXPLAINED_AT_ONCE = 5_000
_OPEN = "i.client_id = %(client)s AND i.kind = 'invoice' AND i.open_amount > 0 AND i.issue_date <= %(on)s"
_INVOICES = f"""
    SELECT i.currency, i.claim_kind, array_send(array_agg(i.id)), array_send(array_agg((i.payable * 100)::bigint)),
           array_send(array_agg(i.due_date)), array_send(array_agg(coalesce(i.first_interest_day, 'infinity')))
    FROM receivables_invoice i WHERE {_OPEN} GROUP BY 1, 2
"""  # noqa: S608 - our own text
_CLAIMED = """
    SELECT array_send(array_agg(id)), array_send(array_agg(coalesce(first_day, 'infinity'))),
           array_send(array_agg(coalesce(costs, 0))), array_send(array_agg(coalesce(costs_from, 'infinity')))
    FROM (
        SELECT invoice_id AS id, min(since) FILTER (WHERE kind = 'interest') AS first_day,
               min(since) FILTER (WHERE kind = 'costs') AS costs_from, (sum(amount) * 100)::bigint AS costs
        FROM receivables_claimcomponent WHERE client_id = %(client)s AND withdrawn_on IS NULL GROUP BY 1 ORDER BY 1
    ) c
"""
_SPECIAL = f"""
    SELECT i.id FROM receivables_payment p
    JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
    WHERE p.client_id = %(client)s AND {_OPEN}
    UNION
    SELECT i.id FROM receivables_hold h
    JOIN receivables_invoice i ON i.client_id = h.client_id AND i.debtor_id = h.debtor_id
    WHERE h.client_id = %(client)s AND h.kind = 'insolvency' AND {STANDING} AND {_OPEN}
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Worth:
    """How many claims, and what is left of their principal, interest and costs together."""

    count: int = 0
    principal: Decimal = ZERO
    interest: Decimal = ZERO
    costs: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.principal + self.interest + self.costs

    def __add__(self, other: "Worth") -> "Worth":
        return Worth(
            self.count + other.count,
            self.principal + other.principal,
            self.interest + other.interest,
            self.costs + other.costs,
        )


@dataclass(frozen=True, slots=True)
class Assessment:
    """The worth of all open invoices on a day, by currency and kind of claim, and by currency and days late."""

    on: dt.date
    by_kind: dict[tuple[str, str], Worth]
    by_age: dict[tuple[str, str], Worth]


Part = tuple[str, str, str, Worth]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What became part of claims, by the invoice's number, in its order."""

    id: npt.NDArray[np.int64]
    first_day: Days
    costs: Cents
    costs_from: Days


def assess_all(client_id: int, on: dt.date) -> Assessment:
    """Assess every invoice that is open now, with the statutory interest up to a day, whether it was claimed or not.

    Collection costs count as far as they were claimed. Three statements, and five for each five thousand invoices on
    which something was paid; about a hundred bytes of memory per invoice. Needs the client's scope.
    """
    by_kind: dict[tuple[str, str], Worth] = defaultdict(Worth)
    by_age: dict[tuple[str, str], Worth] = defaultdict(Worth)
    special = [row[0] for row in fetch(_SPECIAL, {"client": client_id, "on": on})]
    for currency, kind, bucket, worth in (*_in_columns(client_id, on, special), *_explained(special, on)):
        by_kind[currency, kind] += worth
        by_age[currency, bucket] += worth
    return Assessment(on, dict(by_kind), dict(by_age))


def _in_columns(client_id: int, on: dt.date, special: Sequence[int]) -> Iterator[Part]:
    ((ids, first_day, costs, costs_from),) = fetch(_CLAIMED, {"client": client_id})
    claimed = _Claimed(bigints(ids), dates(first_day), bigints(costs), dates(costs_from))
    for currency, kind, *columns in fetch(_INVOICES, {"client": client_id, "on": on}):
        ids, cents, due, first_day = (
            bigints(columns[0]), bigints(columns[1]), dates(columns[2]), dates(columns[3])
        )  # fmt: skip
        plain = ~np.isin(ids, special)
        for start in range(0, len(ids), AT_ONCE):
            part = np.flatnonzero(plain[start : start + AT_ONCE]) + start
            yield from _assessed(
                currency, kind, on, ids[part], cents[part], due[part], first_day[part], claimed
            )


def _assessed(
    currency: str,
    kind: str,
    on: dt.date,
    ids: npt.NDArray[np.int64],
    cents: Cents,
    due: Days,
    first_day: Days,
    claimed: _Claimed,
) -> Iterator[Part]:
    place = np.searchsorted(claimed.id, ids)
    here = np.flatnonzero(np.append(claimed.id, -1)[place] == ids)
    place = place[here]
    costs, costs_from = np.zeros(len(ids), np.int64), np.full(len(ids), np.datetime64("NaT"), "M8[D]")
    costs[here], costs_from[here] = claimed.costs[place], claimed.costs_from[place]
    first_day[here] = np.where(np.isnat(claimed.first_day[place]), first_day[here], claimed.first_day[place])
    owed = owed_columns(Kind(kind), cents, first_day, on, costs_cents=costs, costs_due_from=costs_from)
    limits = [limit for limit in BUCKETS.values() if limit is not None]
    bucket = np.searchsorted(limits, (np.datetime64(on) - due).astype(np.int64))
    for number, name in enumerate(BUCKETS):
        these = bucket == number
        count = int(np.count_nonzero(these))
        if count:
            sums = (_euros(column[these]) for column in (owed.principal, owed.interest, owed.costs))
            yield currency, kind, name, Worth(count, *sums)


def _explained(ids: Sequence[int], on: dt.date) -> Iterator[Part]:
    for start in range(0, len(ids), EXPLAINED_AT_ONCE):
        for facts in claim_facts(ids[start : start + EXPLAINED_AT_ONCE], on).values():
            yield facts.currency, facts.claim_kind, bucket_of(facts.due_date, on), explained_worth(facts, on)


def explained_worth(facts: ClaimFacts, on: dt.date) -> Worth:
    """What one invoice is worth by the explaining path: its claim with interest, whether it was claimed or not."""
    first_day = facts.first_interest_day
    whole = with_interest(facts, first_day, on, "", "") if first_day is not None else facts
    left = owed_on(whole, on)
    return Worth(1, left.principal, left.interest, left.costs)


def bucket_of(due_date: dt.date, on: dt.date) -> str:
    """The bucket an invoice is in on a day: a day late is `1_30`.

    >>> bucket_of(dt.date(2026, 6, 30), dt.date(2026, 7, 30)), bucket_of(dt.date(2026, 6, 30), dt.date(2026, 7, 31))
    ('1_30', '31_60')
    """
    late = (on - due_date).days
    return next(name for name, limit in BUCKETS.items() if limit is None or late <= limit)


def _euros(cents: Cents) -> Decimal:
    return Decimal(int(cents.sum())).scaleb(-2)
