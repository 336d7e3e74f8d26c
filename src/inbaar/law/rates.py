"""Which rate of interest holds on which days: the statutory tables and what parties agreed. Used by the account.

Spans are cut only where the rate really changes: a half-year in which it stays the same is no break, because an
extra rounding there moves totals by a cent.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache

from inbaar.law.errors import LawNotCovered, Unconfirmed
from inbaar.law.tables import Row, Table, table


class Kind(StrEnum):
    """TRADE: price under a contract between businesses or owed by government (6:119a, 6:119b BW); else NONTRADE."""

    TRADE = "trade"
    NONTRADE = "nontrade"


ARTICLES = {Kind.TRADE: "6:119a and 6:120 lid 2 BW", Kind.NONTRADE: "6:119 and 6:120 lid 1 BW"}


@dataclass(frozen=True, slots=True)
class AgreedRate:
    """Interest that parties agreed: a rate of its own, or points on top of the statutory rate (percent a year)."""

    percent_per_year: Decimal
    on_top_of_statutory: bool = False


@dataclass(frozen=True, slots=True)
class RateSpan:
    """The days from..last (both included) with one rate. Without a rate (a gap in the table) `why` says why."""

    from_date: date
    last_date: date
    rate_percent: Decimal | None
    source: str
    article: str
    why: str = ""
    unconfirmed: tuple[str, ...] = ()

    @property
    def percent(self) -> Decimal:
        """The rate of a span that has one; `Rates.on` gives no other."""
        if self.rate_percent is None:
            raise LawNotCovered(f"the rate from {self.from_date}", self.why, "ask a lawyer for the rate")
        return self.rate_percent


@dataclass(frozen=True, slots=True)
class Rates:
    """The spans of one claim, in order; `on` finds the one of a day, or raises LawNotCovered or Unconfirmed."""

    title: str
    table: Table
    spans: tuple[RateSpan, ...]
    starts: tuple[date, ...]

    def on(self, day: date) -> RateSpan:
        """The span of the day; refuses a day before the table, in a gap, after its cover, or not confirmed."""
        self.table.require_cover(day)
        span = self.spans[bisect_right(self.starts, day) - 1]
        if span.rate_percent is not None:
            return span
        if span.unconfirmed:
            raise Unconfirmed(span.unconfirmed[0], f"{self.title} on {day}", span.why)
        raise LawNotCovered(f"{self.title} on {day}", span.why, f"ask about a period after {span.last_date}")


@cache
def statutory_rates(kind: Kind) -> Rates:
    """The statutory rates of this kind, percent a year: 6:119 or 6:119a with 6:120 BW.

    >>> statutory_rates(Kind.TRADE).on(date(2026, 7, 1)).rate_percent
    Decimal('10.40')
    """
    dated = table(f"interest_{kind}")
    return _rates(dated, _merged(_row_spans(dated, ARTICLES[kind])))


@lru_cache(maxsize=1024)
def claim_rates(
    kind: Kind,
    agreed: AgreedRate | None = None,
    contract_date: date | None = None,
    accept_unconfirmed: bool = False,
) -> Rates:
    """The rates of a claim with its agreed rate, 6:119 lid 3 BW, and the margin of old trade contracts.

    A higher agreed rate runs instead of the statutory one; a lower one does not displace it for a non-trade claim.
    A lower agreed rate in trade, and trade contracts made before 2013-03-16, rest on own knowledge: Unconfirmed
    unless accepted.

    >>> claim_rates(Kind.NONTRADE, AgreedRate(Decimal(12))).on(date(2026, 1, 1)).rate_percent
    Decimal('12')
    """
    rates = statutory_rates(kind)
    spans: Iterator[RateSpan] = iter(rates.spans)
    if kind is Kind.TRADE and contract_date is not None:
        spans = _old_margin(spans, rates.table, contract_date, accept_unconfirmed)
    if agreed is not None:
        spans = (_agreed_span(span, kind, agreed, accept_unconfirmed) for span in spans)
    return _rates(rates.table, _merged(spans))


def _rates(dated: Table, spans: Iterator[RateSpan]) -> Rates:
    found = tuple(spans)
    return Rates(dated.title.lower(), dated, found, tuple(span.from_date for span in found))


def _row_spans(dated: Table, article: str) -> Iterator[RateSpan]:
    ends = [row.from_date - timedelta(days=1) for row in dated.rows[1:]] + [dated.covers_until]
    for row, last in zip(dated.rows, ends, strict=True):
        usable = row.value is not None and row.confirmed
        why = "" if usable else row.gap or f"the rate from {row.from_date} is not confirmed"
        yield RateSpan(row.from_date, last, row.value if usable else None, _source(row), article, why)


def _source(row: Row) -> str:
    return f"{row.name} ({row.source})"


def _merged(spans: Iterator[RateSpan]) -> Iterator[RateSpan]:
    held: RateSpan | None = None
    for span in spans:
        if held is None:
            held = span
        elif held.rate_percent == span.rate_percent and held.article == span.article:
            held = replace(
                held,
                last_date=span.last_date,
                source=held.source if held.source == span.source else f"{held.source}; {span.source}",
                unconfirmed=held.unconfirmed or span.unconfirmed,
            )
        else:
            yield held
            held = span
    if held is not None:
        yield held


def _old_margin(
    spans: Iterator[RateSpan], dated: Table, contract_date: date, accept_unconfirmed: bool
) -> Iterator[RateSpan]:
    rule = next(rule for rule in dated.rules if rule.keys["id"] == "margin_before_2013")
    for span in spans:
        if contract_date >= rule.from_date or span.from_date < rule.from_date or span.rate_percent is None:
            yield span
        elif accept_unconfirmed:
            yield replace(
                span,
                rate_percent=span.rate_percent - rule.figure(),
                source=f"{span.source}, {rule.value} lower: {rule.source}, unconfirmed",
                unconfirmed=("interest_trade.margin_before_2013",),
            )
        else:
            why = f"its contract of {contract_date} is older than {rule.from_date} ({rule.source})"
            yield replace(
                span, rate_percent=None, why=why, unconfirmed=("interest_trade.margin_before_2013",)
            )


def _agreed_span(span: RateSpan, kind: Kind, agreed: AgreedRate, accept_unconfirmed: bool) -> RateSpan:
    if span.rate_percent is None:
        return span
    rate = agreed.percent_per_year + (span.rate_percent if agreed.on_top_of_statutory else 0)
    if rate > span.rate_percent:
        return replace(
            span, rate_percent=rate, source=f"agreed rate, above {span.source}", article="6:119 lid 3 BW"
        )
    if rate == span.rate_percent or kind is Kind.NONTRADE:
        return span
    rule = ("interest_trade.lower_agreed_rate",)
    if accept_unconfirmed:
        return replace(span, rate_percent=rate, source="agreed rate, unconfirmed", unconfirmed=rule)
    why = f"an agreed {rate} percent below the statutory {span.rate_percent} may not displace it in trade"
    return replace(span, rate_percent=None, why=why, unconfirmed=rule)
