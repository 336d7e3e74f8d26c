"""What many claims are worth on a day, over columns of whole cents: to the cent what `claim.owed` gives for each.

Used where a whole portfolio is assessed and by `inbaar owed --file`. It gives amounts, no lines: whoever must explain
one asks `claim.owed`. Needs numpy, so nothing else in `law` imports it. The days are walked in `bulk_steps`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from inbaar.law.bulk_days import BIG, EPOCH, FIRST_DAY, LAST_DAY, Column, number
from inbaar.law.bulk_steps import Ledger, Payments, walk
from inbaar.law.claim import Claim, Payment, owed
from inbaar.law.daycount import DayCount
from inbaar.law.errors import LawNotCovered
from inbaar.law.rates import Kind
from inbaar.law.tables import table

Cents = npt.NDArray[np.int64]
MAX_CENTS = 100_000_000_000
CHUNK = 1 << 16
KINDS = {Kind.TRADE: 0, Kind.NONTRADE: 1}


class ClaimNotCovered(LawNotCovered):
    """The rates do not cover one of the claims: `place` says which."""

    place: int = -1


@dataclass(frozen=True, slots=True)
class PaymentColumns:
    """Payments as columns: which claim (its place), on which day, how many cents. Any order."""

    claim: npt.NDArray[np.int64]
    on: npt.NDArray[np.datetime64]
    cents: Cents


@dataclass(frozen=True, slots=True)
class OwedColumns:
    """Per claim in whole cents: what is left of principal, interest and costs, and their sum.

    `interest_accrued` is all interest that ran, `paid` what was allocated, `overpaid` what the claim could not take.
    """

    principal: Cents
    interest: Cents
    costs: Cents
    total: Cents
    interest_accrued: Cents
    paid: Cents
    overpaid: Cents


def owed_columns(
    kind: Kind | npt.ArrayLike,
    principal_cents: npt.ArrayLike,
    first_interest_day: npt.ArrayLike,
    on: date | npt.ArrayLike,
    *,
    costs_cents: npt.ArrayLike = 0,
    costs_due_from: npt.ArrayLike | None = None,
    interest_stops_on: npt.ArrayLike | None = None,
    payments: PaymentColumns | None = None,
    day_count: DayCount = DayCount.ACT_365F,
) -> OwedColumns:
    """The state of each claim on the day: 6:119, 6:119a and 6:44 BW, as `claim.owed`, to the cent.

    `kind` is one Kind or a column of the codes in KINDS; days are datetime64[D], NaT for no default yet (and
    for interest that does not stop). Refuses amounts below 0 or above MAX_CENTS (1,000,000,000.00 euros, so that no product can overflow), and with LawNotCovered
    a claim the rates do not cover, naming its place. No agreed rates: those claims go through `claim.owed`.

    >>> bills = np.array(["2024-02-01", "2026-07-01"], dtype="M8[D]")
    >>> owed_columns(Kind.TRADE, [500_000, 75_000], bills, date(2026, 11, 22)).interest
    array([172306,   3099])
    """
    principal = _cents(principal_cents, "principal")
    size = len(principal)
    code = np.broadcast_to(np.asarray(KINDS[kind] if isinstance(kind, Kind) else kind, np.int64), size)
    first = _days(first_interest_day, size)
    until = _days(np.datetime64(on, "D") if isinstance(on, date) else on, size)
    costs = np.broadcast_to(_cents(costs_cents, "costs"), size)
    given = first if costs_due_from is None else _days(costs_due_from, size)
    costs_from = np.where(given == BIG, np.where(first == BIG, -BIG, first), given)
    stops = (
        np.broadcast_to(np.int64(BIG), size) if interest_stops_on is None else _days(interest_stops_on, size)
    )
    if size and not number(FIRST_DAY) <= int(until.min()) <= int(until.max()) <= number(LAST_DAY):
        raise ValueError(f"a claim has no day to count to from {FIRST_DAY} to {LAST_DAY}; give one")
    paid = _sorted_payments(payments, until)
    parts = []
    for start in range(0, size, CHUNK):
        end = min(start + CHUNK, size)
        ledger = Ledger(
            code[start:end],
            principal[start:end].copy(),
            first[start:end],
            until[start:end],
            costs[start:end].copy(),
            costs_from[start:end],
            np.minimum(until[start:end], stops[start:end] - 1),
        )
        uncovered = walk(ledger, paid.between(start, end) if paid else None, day_count)
        if uncovered is not None:
            _refuse(start + uncovered, ledger, uncovered, principal, costs, paid)
        parts.append(ledger)
    return _gathered(parts)


def collection_costs_columns(principal_cents: npt.ArrayLike, on: date) -> Cents:
    """The statutory collection costs over each principal, in whole cents: as `costs.collection_costs`, to the cent.

    >>> collection_costs_columns([10_000, 1_234_567], date(2026, 11, 22))
    array([ 4000, 89846])
    """
    principal = _cents(principal_cents, "principal")
    scale = table("collection_costs")
    thousandths = np.zeros(len(principal), np.int64)
    for row in scale.rows_on(on):
        over, up_to = int(row.keys["over"]) * 100, row.keys.get("up_to")
        part = np.clip(principal, over, None if up_to is None else int(up_to) * 100) - over
        thousandths += part * int(row.figure() * 10)
    low, high = (int(scale.rule(name, on).figure() * 100) for name in ("minimum", "maximum"))
    return np.where(principal > 0, np.clip((thousandths + 500) // 1000, low, high), 0)


def kind_codes(kinds: Sequence[Kind]) -> Column:
    """The column of codes for a list of kinds.

    >>> kind_codes([Kind.NONTRADE, Kind.TRADE])
    array([1, 0])
    """
    return np.fromiter((KINDS[kind] for kind in kinds), np.int64, len(kinds))


def _cents(values: npt.ArrayLike, name: str) -> Cents:
    column = np.atleast_1d(np.asarray(values))
    if column.size and column.dtype.kind not in "iu":
        raise ValueError(f"{name} is a column of {column.dtype}; give whole cents as integers")
    if column.size and (column.min() < 0 or column.max() > MAX_CENTS):
        place = int(np.argmax((column < 0) | (column > MAX_CENTS)))
        raise ValueError(
            f"{name} {column[place]} cents at place {place} is below 0 or above {MAX_CENTS}; correct it, "
            "or ask for that claim alone"
        )
    return column.astype(np.int64)


def _days(values: Any, size: int) -> Column:
    column = np.asarray(values, dtype="M8[D]")
    days = np.where(np.isnat(column), BIG, column.astype(np.int64))
    return np.broadcast_to(days, size)


def _sorted_payments(payments: PaymentColumns | None, until: npt.NDArray[np.int64]) -> Payments | None:
    if payments is None or not len(payments.claim):
        return None
    cents = _cents(payments.cents, "payment")
    claim = np.asarray(payments.claim, np.int64)
    day = np.asarray(payments.on, dtype="M8[D]").astype(np.int64)
    if claim.min() < 0 or claim.max() >= len(until):
        raise ValueError("a payment points at a claim that is not there; correct its place")
    counted = day <= until[claim]
    claim, day, cents = claim[counted], day[counted], cents[counted]
    order = np.lexsort((day, claim))
    return Payments(claim[order], day[order], cents[order])


def _gathered(parts: list[Ledger]) -> OwedColumns:
    def column(name: str) -> Cents:
        return np.concatenate([getattr(part, name) for part in parts]) if parts else np.zeros(0, np.int64)

    principal, costs = column("principal"), column("costs_left")
    interest = column("accrued") + column("capitalised")
    return OwedColumns(
        principal=principal,
        interest=interest,
        costs=costs,
        total=principal + interest + costs,
        interest_accrued=column("interest"),
        paid=column("paid"),
        overpaid=column("overpaid"),
    )


def _refuse(
    place: int, ledger: Ledger, within: int, principal: Cents, costs: Cents, paid: Payments | None
) -> NoReturn:
    """Raises what the explaining path says about a claim the rates do not cover, with its place."""
    claim = Claim(
        next(kind for kind, code in KINDS.items() if code == ledger.kind[within]),
        _euros(principal[place]),
        _date(ledger.first[within]),
        costs=_euros(costs[place]),
        costs_due_from=_date(np.maximum(ledger.costs_from[within], 0)),
        interest_stops_on=_date(ledger.interest_until[within] + 1),
    )
    own = paid.between(place, place + 1) if paid else None
    made = (
        [Payment(_date(day), _euros(cents)) for day, cents in zip(own.day, own.cents, strict=True)]
        if own
        else []
    )
    try:
        owed(claim, made, _date(ledger.until[within]))
    except LawNotCovered as refusal:
        error = ClaimNotCovered(f"claim {place}: {refusal.what}", refusal.why, refusal.next_step)
        error.place = place
        raise error from None
    raise AssertionError(f"claim {place}: the columns refuse what the explaining path answers")


def _euros(cents: np.int64) -> Decimal:
    return Decimal(int(cents)).scaleb(-2)


def _date(day: np.int64) -> date:
    return EPOCH + timedelta(days=int(day))
