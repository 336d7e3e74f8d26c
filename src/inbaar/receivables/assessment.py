"""What all open invoices of a client are worth on a day, interest compounded with the law's dated rates.

Asked by reports and forecasts over whole portfolios. Claims come out of the database a day of maturity at a time, as
columns, and go through `law.bulk`. Where something was paid it was booked its own way, and a bankruptcy or a plan stops
interest on its own day; what was not sent, or too late, bears interest later: those few go through the explaining path, and so does what is too large for the columns.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from inbaar.kit.bulk import fetch
from inbaar.kit.columns import batches, bigint_counts, bigints, dates
from inbaar.law.amounts import ZERO
from inbaar.law.bulk import MAX_CENTS, Cents, kind_codes, owed_columns
from inbaar.law.rates import Kind
from inbaar.receivables.claims import ClaimFacts, owed_on, with_interest
from inbaar.receivables.queries import STANDING, claim_facts

# Days late, up to and including; what is older falls in the last bucket.
BUCKETS = {"not_due": 0, "1_30": 30, "31_60": 60, "61_90": 90, "over_90": None}
_NAMES, _LIMITS = tuple(BUCKETS), [limit for limit in BUCKETS.values() if limit is not None]
AT_ONCE = 1 << 16
GROUPS_AT_ONCE = 128
EXPLAINED_AT_ONCE = 5_000
NEVER = -(1 << 31)
_OPEN = "i.client_id = %(client)s AND i.kind = 'invoice' AND i.open_amount > 0 AND i.issue_date <= %(on)s"
# In the order of the index on what is open. Where nothing was paid, all that is payable is open.
_INVOICES = f"""
    SELECT i.currency, i.claim_kind, i.due_date - date '1970-01-01',
           coalesce(i.first_interest_day - date '1970-01-01', {NEVER}),
           string_agg(int8send(i.id), ''), string_agg(int8send(i.open_cents), '')
    FROM receivables_invoice i WHERE {_OPEN} GROUP BY i.due_date, i.first_interest_day, i.claim_kind, i.currency
"""  # noqa: S608 - our own text
_CLAIMED = """
    SELECT string_agg(int8send(id), ''), string_agg(date_send(coalesce(first_day, 'infinity')), ''),
           string_agg(int8send(coalesce(costs, 0)), ''), string_agg(date_send(coalesce(costs_from, 'infinity')), '')
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
    WHERE h.client_id = %(client)s AND (h.kind = 'insolvency' OR h.stops_interest) AND {STANDING} AND {_OPEN}
    UNION
    SELECT i.id FROM receivables_dispatch x
    JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
    WHERE x.client_id = %(client)s AND (x.sent_on IS NULL OR x.term_until IS NOT NULL) AND {_OPEN}
    UNION
    SELECT i.id FROM receivables_invoice i WHERE i.open_cents > {MAX_CENTS} AND {_OPEN}
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
# Currency, kind of claim, due day and first day of interest since 1970-01-01, numbers and cents of the invoices.
Group = tuple[str, str, int, int, bytes, bytes]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What became part of claims, by the invoice's number, in its order."""

    id: npt.NDArray[np.int64]
    first_day: Days
    costs: Cents
    costs_from: Days


def assess_all(client_id: int, on: dt.date, *, at_once: int = AT_ONCE) -> Assessment:
    """Assess every invoice that is open now, with the statutory interest up to a day, whether it was claimed or not.

    Collection costs count as far as they were claimed. Three statements, and five for each five thousand invoices on
    which something was paid. Memory holds `at_once` invoices and what was claimed, whatever the portfolio. Needs the
    client's scope.
    """
    by_kind: dict[tuple[str, str], Worth] = defaultdict(Worth)
    by_age: dict[tuple[str, str], Worth] = defaultdict(Worth)
    asked = {"client": client_id, "on": on}
    # The portfolio is looked at first: whatever is booked meanwhile is among the special ones and is not taken from it.
    with batches(_INVOICES, asked, GROUPS_AT_ONCE) as groups:
        special = [row[0] for row in fetch(_SPECIAL, asked)]
        for currency, kind, bucket, worth in (
            *_in_columns(groups, on, special, _claimed(client_id), at_once),
            *_explained(special, on),
        ):
            by_kind[currency, kind] += worth
            by_age[currency, bucket] += worth
    return Assessment(on, dict(by_kind), dict(by_age))


def _claimed(client_id: int) -> _Claimed:
    ((ids, first_day, costs, costs_from),) = fetch(_CLAIMED, {"client": client_id})
    return _Claimed(bigints(ids), dates(first_day), bigints(costs), dates(costs_from))


def _in_columns(
    groups: Iterable[Sequence[Group]], on: dt.date, special: Sequence[int], claimed: _Claimed, at_once: int
) -> Iterator[Part]:
    """The worth of all but the special ones, so many invoices at once."""
    chunk: list[Group] = []
    size = 0
    for batch in groups:
        chunk += batch
        size += int(bigint_counts([group[-1] for group in batch]).sum())
        if size >= at_once:
            yield from _assessed(chunk, on, special, claimed)
            chunk, size = [], 0
    if chunk:
        yield from _assessed(chunk, on, special, claimed)


def _assessed(
    chunk: Sequence[Group], on: dt.date, special: Sequence[int], claimed: _Claimed
) -> Iterator[Part]:
    currencies, kinds, due, first_days, sent_ids, sent_cents = zip(*chunk, strict=True)
    late = (on - dt.date(1970, 1, 1)).days - np.array(due)
    buckets = (_NAMES[number] for number in np.searchsorted(_LIMITS, late).tolist())
    places: dict[tuple[str, str, str], int] = {}
    place = [places.setdefault(each, len(places)) for each in zip(currencies, kinds, buckets, strict=True)]
    counts, ids = bigint_counts(sent_ids), bigints(*sent_ids)
    plain = ~np.isin(ids, special)
    first = np.array(first_days)
    first_day = np.repeat(np.where(first == NEVER, np.datetime64("NaT"), first.astype("M8[D]")), counts)
    costs, costs_from = _with_claimed(ids, first_day, claimed)
    owed = owed_columns(
        np.repeat(kind_codes([Kind(kind) for _, kind, _ in places])[place], counts),
        np.where(plain, bigints(*sent_cents), 0),
        first_day,
        on,
        costs_cents=np.where(plain, costs, 0),
        costs_due_from=costs_from,
    )
    sums, starts = np.zeros((len(places), 4), np.int64), np.cumsum(counts) - counts
    for number, column in enumerate((plain.astype(np.int64), owed.principal, owed.interest, owed.costs)):
        np.add.at(sums[:, number], place, np.add.reduceat(column, starts))
    for (currency, kind, bucket), (count, *cents) in zip(places, sums.tolist(), strict=True):
        if count:
            yield currency, kind, bucket, Worth(count, *map(_euros, cents))


def _with_claimed(ids: npt.NDArray[np.int64], first_day: Days, claimed: _Claimed) -> tuple[Cents, Days]:
    """The costs that were claimed on invoices, and from when; puts the day interest was claimed from into `first_day`."""
    costs, costs_from = np.zeros(len(ids), np.int64), np.full(len(ids), np.datetime64("NaT"), "M8[D]")
    place = np.searchsorted(claimed.id, ids)
    here = np.flatnonzero(np.append(claimed.id, -1)[place] == ids)
    place = place[here]
    costs[here], costs_from[here] = claimed.costs[place], claimed.costs_from[place]
    first_day[here] = np.where(np.isnat(claimed.first_day[place]), first_day[here], claimed.first_day[place])
    return costs, costs_from


def _explained(ids: Sequence[int], on: dt.date) -> Iterator[Part]:
    for start in range(0, len(ids), EXPLAINED_AT_ONCE):
        for facts in claim_facts(ids[start : start + EXPLAINED_AT_ONCE], on).values():
            if not facts.open_amount:
                continue  # the rest of it was booked a moment ago
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


def _euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
