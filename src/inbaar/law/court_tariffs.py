"""The tariffs of a court: griffierecht, salaris and nakosten, each by its own date and base. Used by `law.court`.

Griffierecht goes by the year of filing, salaris and nakosten by the date of the judgment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from inbaar.law.amounts import ZERO, round_half_up
from inbaar.law.errors import LawNotCovered
from inbaar.law.tables import Row, confirmed, only_row, table


class Court(StrEnum):
    """Where a claim is brought. The values are those of the table of court fees."""

    KANTON = "kanton"
    RECHTBANK = "rechtbank"
    HOF = "hof"


class Payer(StrEnum):
    """Which tariff a party pays: a sole trader is a NATURAL_PERSON; a VOF, CV or maatschap a LEGAL_PERSON."""

    LEGAL_PERSON = "legal_person"
    NATURAL_PERSON = "natural_person"
    INSOLVENT = "insolvent"


@dataclass(frozen=True, slots=True)
class CourtCost:
    """One amount in euros (no VAT in it), the base it was taken over, and its row."""

    name: str
    amount: Decimal
    base: Decimal | None
    source: str
    unconfirmed: tuple[str, ...] = ()


def court_fee(
    court: Court,
    base: Decimal | None,
    filed_on: date,
    payer: Payer,
    *,
    natural_person_is_party: bool = False,
    accept_unconfirmed: bool = False,
) -> CourtCost:
    """The plaintiff's griffierecht in euros, by year of filing; `base` None is a claim of undetermined value.

    Over one million the band below is used when a natural person is a party. 2025 was not confirmed. No VAT.

    >>> court_fee(Court.KANTON, Decimal("5335.00"), date(2026, 3, 1), Payer.LEGAL_PERSON).amount
    Decimal('559.00')
    """
    natural = natural_person_is_party or payer is Payer.NATURAL_PERSON
    found = [
        row
        for row in table("griffierecht").rows_on(filed_on)
        if row.from_date.year == filed_on.year
        and row.keys["court"] == Court(court)
        and row.keys["payer"] == Payer(payer)
    ]
    top = max((Decimal(row.keys["over"]) for row in found if "over" in row.keys), default=ZERO)
    if base is not None and natural and court is not Court.KANTON:
        base = min(base, top) if top else base
    row = _band(found, base, f"griffierecht {court} {filed_on.year}, payer {payer}")
    rule = f"griffierecht.{filed_on.year}"
    return tariff_cost("griffierecht", row, row.figure(), base, rule, accept_unconfirmed)


def defendant_fee(court: Court) -> Decimal:
    """What the defendant pays before the kantonrechter: nothing (Wgbz 4). Other courts: LawNotCovered.

    >>> defendant_fee(Court.KANTON)
    Decimal('0.00')
    """
    if court is Court.KANTON:
        return ZERO
    raise LawNotCovered(
        f"griffierecht of a defendant before the {court}",
        "the tables hold the plaintiff's fee",
        "ask a lawyer",
    )


def salaris(
    court: Court, base: Decimal, judgment_on: date, points: Decimal, *, accept_unconfirmed: bool = False
) -> CourtCost:
    """The fee for a representative in euros: points times the tariff of the day of the judgment, to the maximum.

    Usually one point for the summons and one for a hearing; a default judgment one. Tariffs II to VIII of the
    rechtbank are not confirmed.

    >>> salaris(Court.KANTON, Decimal("5335.00"), date(2026, 6, 1), Decimal(2)).amount
    Decimal('720.00')
    """
    name = _salaris_table(court)
    row = _band(table(name).rows_on(judgment_on), base, f"salaris {court} on {judgment_on}")
    counted = min(points, Decimal(row.keys.get("max_points", points)))
    amount = round_half_up(row.figure() * counted)
    return tariff_cost(
        "salaris", row, amount, base, f"{name}.{row.keys.get('tariff', row.from_date)}", accept_unconfirmed
    )


def nakosten(
    court: Court,
    base: Decimal,
    judgment_on: date,
    *,
    served: bool = False,
    accept_unconfirmed: bool = False,
) -> CourtCost:
    """Costs after the judgment in euros. Kanton: half a point, to a maximum. Rechtbank: fixed, more once served.

    >>> nakosten(Court.KANTON, Decimal("5335.00"), date(2026, 6, 1)).amount
    Decimal('144.00')
    """
    name = _salaris_table(court)
    rules = table(name)
    if court is Court.KANTON:
        row = _band(rules.rows_on(judgment_on), base, f"nakosten on {judgment_on}")
        points = rules.rule("nakosten_points", judgment_on).figure()
        maximum = rules.rule("nakosten_maximum", judgment_on, accept_unconfirmed=accept_unconfirmed)
        amount = round_half_up(min(row.figure() * points, maximum.figure()))
        return tariff_cost("nakosten", maximum, amount, base, f"{name}.nakosten_maximum", accept_unconfirmed)
    fixed = rules.rule("nakosten", judgment_on, accept_unconfirmed=accept_unconfirmed)
    service = rules.rule("nakosten_service", judgment_on, accept_unconfirmed=accept_unconfirmed)
    amount = fixed.figure() + (service.figure() if served else 0)
    return tariff_cost("nakosten", fixed, amount, None, f"{name}.nakosten", accept_unconfirmed)


def tariff_cost(
    name: str, row: Row, amount: Decimal, base: Decimal | None, rule: str, accept_unconfirmed: bool
) -> CourtCost:
    """The amount with its row as source; refuses an unconfirmed row unless accepted, and names it if used."""
    confirmed(row, rule, accept_unconfirmed=accept_unconfirmed)
    used = () if row.confirmed else (rule,)
    return CourtCost(name, round_half_up(amount), base, f"{row.name} ({row.source})", used)


def _salaris_table(court: Court) -> str:
    if court is Court.HOF:
        raise LawNotCovered("salaris before the hof", "the tables hold kanton and rechtbank", "ask a lawyer")
    return f"salaris_{court}"


def _band(rows: Sequence[Row], base: Decimal | None, question: str) -> Row:
    if base is None:
        fitting = [row for row in rows if row.keys.get("undetermined")]
    else:
        fitting = [row for row in rows if row.holds_amount(base)]
    return only_row(fitting, question)
