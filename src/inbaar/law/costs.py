"""Extrajudicial collection costs: the statutory scale, joined claims, VAT, agreed costs and the minimum in trade.

6:96 lid 4 to 7 BW and Besluit BIK. Used by the claim sheet, letters and dunning; what a consumer owes after the
14-day letter is `law.consumer_costs`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from inbaar.law.amounts import CENT, ZERO, round_half_up, whole_cents
from inbaar.law.calendar import months_after
from inbaar.law.errors import LawNotCovered
from inbaar.law.tables import table

TABLE = "collection_costs"
MODERATION = "a court may moderate agreed costs"
VAT_RECLAIMED = "no VAT: only a creditor that cannot reclaim VAT, and says so expressly, may add it"


class Debtor(StrEnum):
    """In which capacity the debtor acted: a sole trader acting in business is a BUSINESS."""

    BUSINESS = "business"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True)
class AgreedCosts:
    """Costs that parties agreed: a percentage of the principal with a minimum in euros."""

    percent: Decimal
    minimum: Decimal = ZERO

    def over(self, principal: Decimal) -> Decimal:
        """The agreed amount in euros."""
        return max(round_half_up(principal * self.percent / 100), self.minimum)


@dataclass(frozen=True, slots=True)
class CostsLine:
    """One part of the principal, its percentage, and the costs over it in euros."""

    part: Decimal
    percent: Decimal
    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Costs:
    """Collection costs in euros: `total` is `amount` plus `vat`. `lines` are the steps of the scale, unrounded."""

    amount: Decimal
    vat: Decimal
    total: Decimal
    lines: tuple[CostsLine, ...]
    source: str
    remarks: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()


def collection_costs(
    principal: Decimal,
    on: date,
    *,
    vat_percent: Decimal | None = None,
    creditor_reclaims_vat: bool = True,
    vat_stated: bool = False,
    agreed: AgreedCosts | None = None,
    debtor: Debtor = Debtor.BUSINESS,
    contract_debt: bool = True,
    in_default_since: date | None = None,
) -> Costs:
    """The costs over a principal (VAT on the invoice included, interest and earlier costs not): art. 2 Besluit BIK.

    At least 40 and at most 6,775 euros. VAT only if the creditor cannot reclaim it and says so. A consumer never owes
    more than the scale (6:96 lid 5 BW). Refuses debts that are not under a contract (art. 1) and default from before
    2012-07-01 (art. 3): LawNotCovered.

    >>> collection_costs(Decimal("12345.67"), date(2026, 11, 22)).amount
    Decimal('898.46')
    """
    principal = whole_cents(principal, "principal")
    _require_scope(contract_debt, in_default_since)
    found = _without_vat(principal, on, agreed, debtor)
    if vat_percent is None:
        return found
    if creditor_reclaims_vat or not vat_stated:
        return replace(found, remarks=(*found.remarks, VAT_RECLAIMED))
    vat = round_half_up(found.amount * vat_percent / 100)
    return replace(found, vat=vat, total=found.amount + vat)


def joined_costs(principals: Sequence[Decimal], on: date, *, vat_percent: Decimal | None = None) -> Costs:
    """Costs over several claims in one letter: the principals are added first, 6:96 lid 7 BW.

    >>> joined_costs([Decimal("200.00"), Decimal("300.00"), Decimal("150.00")], date(2026, 11, 22)).amount
    Decimal('97.50')
    """
    total = sum((whole_cents(principal, "principal") for principal in principals), ZERO)
    return collection_costs(
        total,
        on,
        vat_percent=vat_percent,
        creditor_reclaims_vat=vat_percent is None,
        vat_stated=vat_percent is not None,
    )


def business_minimum(on: date) -> Decimal:
    """What a business owes at least, in euros, without any letter: 6:96 lid 4 BW.

    >>> business_minimum(date(2026, 7, 1))
    Decimal('40.00')
    """
    return table(TABLE).rule("business_minimum", on).figure()


def business_costs_due_from(due_date: date) -> date:
    """The first day on which a business owes collection costs: the day after due, 6:96 lid 4 BW.

    >>> business_costs_due_from(date(2026, 6, 30))
    datetime.date(2026, 7, 1)
    """
    return due_date + timedelta(days=1)


def instalment_costs(
    instalments: Sequence[tuple[date, Decimal]], on: date, *, accept_unconfirmed: bool = False
) -> Costs:
    """Costs over missed instalments of one consumer contract (date due, euros): art. 2a Besluit BIK.

    Looks back six months. Instalments of at most 266.67 bring 40 euros together, else at most the costs over the
    highest. The text of art. 2a was not seen: Unconfirmed unless accepted, and the result says so.

    >>> missed = [(date(2026, month, 1), Decimal("50.00")) for month in range(4, 10)]
    >>> instalment_costs(missed, date(2026, 9, 15), accept_unconfirmed=True).amount
    Decimal('40.00')
    """
    dated = table(TABLE)
    back, small, together = (
        dated.rule(f"instalment_{name}", on, accept_unconfirmed=accept_unconfirmed)
        for name in ("look_back", "small", "together")
    )
    since = months_after(on, -int(back.figure()))
    recent = [whole_cents(amount, "instalment") for due, amount in instalments if since <= due < on]
    if not recent:
        return Costs(ZERO, ZERO, ZERO, (), "art. 2a Besluit BIK", (), ("collection_costs.instalments",))
    if max(recent) <= small.figure():
        amount = min(together.figure(), collection_costs(sum(recent, ZERO), on).amount)
    else:
        amount = collection_costs(max(recent), on).amount
    remark = f"{len(recent)} instalments since {since} taken together"
    return Costs(
        amount, ZERO, amount, (), "art. 2a Besluit BIK", (remark,), ("collection_costs.instalments",)
    )


def _without_vat(principal: Decimal, on: date, agreed: AgreedCosts | None, debtor: Debtor) -> Costs:
    """The costs by the scale or as agreed; a consumer never owes more than the scale."""
    lines = _scale(principal, on)
    amount = _within_limits(sum((line.amount for line in lines), ZERO), on) if principal else ZERO
    scale = Costs(amount, ZERO, amount, lines, "art. 2 Besluit BIK")
    if agreed is None or not principal:
        return scale
    asked = agreed.over(principal)
    if debtor is Debtor.BUSINESS:
        asked = max(asked, business_minimum(on))
        return Costs(asked, ZERO, asked, (), "agreed between businesses (6:96 lid 5 BW)", (MODERATION,))
    if asked <= amount:
        return Costs(asked, ZERO, asked, (), "agreed, within the scale")
    return replace(
        scale, remarks=("agreed costs above the scale are void towards a consumer (6:96 lid 5 BW)",)
    )


def _require_scope(contract_debt: bool, in_default_since: date | None) -> None:
    starts = table(TABLE).covers_from
    if not contract_debt:
        raise LawNotCovered(
            "collection costs",
            "the scale is for money debts under a contract (art. 1 Besluit BIK)",
            "claim reasonable costs under 6:96 lid 2 under c BW instead",
        )
    if in_default_since is not None and in_default_since < starts:
        raise LawNotCovered(
            f"collection costs for a debtor in default since {in_default_since}",
            f"the scale is not for default before {starts} (art. 3 Besluit BIK)",
            "claim reasonable costs under 6:96 lid 2 under c BW instead",
        )


def _scale(principal: Decimal, on: date) -> tuple[CostsLine, ...]:
    lines = []
    for over, up_to, percent, name in _steps(on):
        part = (principal if up_to is None else min(principal, up_to)) - over
        if part > 0:
            lines.append(CostsLine(part, percent, part * percent / 100, name))
    return tuple(lines)


@lru_cache(maxsize=64)
def _steps(on: date) -> tuple[tuple[Decimal, Decimal | None, Decimal, str], ...]:
    """The steps of the scale on a day: over and up to which principal, the percentage, and the row it stands in."""
    return tuple(
        (
            Decimal(row.keys["over"]),
            Decimal(up_to) if (up_to := row.keys.get("up_to")) is not None else None,
            row.figure(),
            f"{row.name} ({row.source})",
        )
        for row in table(TABLE).rows_on(on)
    )


@lru_cache(maxsize=64)
def _limits(on: date) -> tuple[Decimal, Decimal]:
    """The least and the most that the scale gives on a day."""
    minimum, maximum = (table(TABLE).rule(name, on).figure() for name in ("minimum", "maximum"))
    return minimum, maximum


def _within_limits(amount: Decimal, on: date) -> Decimal:
    minimum, maximum = _limits(on)
    return round_half_up(min(max(amount, minimum), maximum)).quantize(CENT)
