"""What proceedings cost and which court decides: four amounts with four different bases. Used by the court file.

Court fee: everything claimed, claimed collection costs included. Salaris: principal, interest to the summons and
collection costs. Competence: principal and interest to the summons. Collection costs themselves: principal only.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from inbaar.law.amounts import ZERO, whole_cents
from inbaar.law.bailiff import bailiff_fee, bailiff_vat
from inbaar.law.court_tariffs import Court, CourtCost, Payer, court_fee, nakosten, salaris
from inbaar.law.tables import table


@dataclass(frozen=True, slots=True)
class ClaimedSums:
    """What the summons asks, in euros: the four bases come from here."""

    principal: Decimal
    interest_to_summons: Decimal = ZERO
    collection_costs: Decimal = ZERO

    def __post_init__(self) -> None:
        for name in ("principal", "interest_to_summons", "collection_costs"):
            object.__setattr__(self, name, whole_cents(getattr(self, name), name))

    @property
    def fee_base(self) -> Decimal:
        """Base of the court fee: all sums claimed (Wgbz 10; RBDHA:2015:12809; RBNHO:2021:4409)."""
        return self.principal + self.interest_to_summons + self.collection_costs

    @property
    def salaris_base(self) -> Decimal:
        """Base of the salaris: principal, interest to the summons and collection costs (liquidatietarief)."""
        return self.principal + self.interest_to_summons + self.collection_costs

    @property
    def competence_base(self) -> Decimal:
        """Base of the competence: principal and interest to the summons, no collection costs (Rv 93 under a)."""
        return self.principal + self.interest_to_summons

    @property
    def collection_costs_base(self) -> Decimal:
        """Base of the collection costs: the principal only (art. 2 Besluit BIK)."""
        return self.principal


@dataclass(frozen=True, slots=True)
class CourtCosts:
    """What the debtor pays for the proceedings if everything is awarded, in euros; each part names its row."""

    fee: CourtCost
    salaris: CourtCost
    summons: CourtCost
    nakosten: CourtCost | None
    vat: CourtCost | None

    @property
    def parts(self) -> tuple[CourtCost, ...]:
        """The amounts that make the total."""
        given = (self.fee, self.salaris, self.summons, self.nakosten, self.vat)
        return tuple(part for part in given if part is not None)

    @property
    def total(self) -> Decimal:
        """The sum of the parts."""
        return sum((part.amount for part in self.parts), ZERO)

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The unconfirmed rules that the total rests on, each once."""
        return tuple(dict.fromkeys(rule for part in self.parts for rule in part.unconfirmed))


def competent_court(
    claim: ClaimedSums, on: date, *, consumer: bool = False, accept_unconfirmed: bool = False
) -> Court:
    """Kanton up to and including 25,000 euros, interest to the summons included: Rv 93.

    Consumer sale and credit go to kanton up to 40,000: own knowledge, so Unconfirmed unless accepted.

    >>> competent_court(ClaimedSums(Decimal(24900), Decimal(100), Decimal(1024)), date(2026, 6, 1))
    <Court.KANTON: 'kanton'>
    """
    rules, base = table("court_rules"), claim.competence_base
    if base <= rules.rule("kanton_limit", on).figure():
        return Court.KANTON
    if consumer:
        limit = rules.rule("kanton_consumer_limit", on, accept_unconfirmed=accept_unconfirmed)
        return Court.KANTON if base <= limit.figure() else Court.RECHTBANK
    return Court.RECHTBANK


def court_costs(
    claim: ClaimedSums,
    filed_on: date,
    judgment_on: date,
    payer: Payer,
    points: Decimal,
    *,
    court: Court = Court.KANTON,
    with_nakosten: bool = True,
    natural_person_is_party: bool = False,
    creditor_reclaims_vat: bool = True,
    accept_unconfirmed: bool = False,
) -> CourtCosts:
    """All costs of proceedings for the debtor if everything is awarded, in euros.

    >>> claim = ClaimedSums(Decimal("4600.00"), Decimal("150.00"), Decimal("585.00"))
    >>> court_costs(claim, date(2026, 3, 1), date(2026, 6, 1), Payer.LEGAL_PERSON, Decimal(2)).total
    Decimal('1548.57')
    """
    fee = court_fee(
        court,
        claim.fee_base,
        filed_on,
        payer,
        natural_person_is_party=natural_person_is_party,
        accept_unconfirmed=accept_unconfirmed,
    )
    pay = salaris(court, claim.salaris_base, judgment_on, points, accept_unconfirmed=accept_unconfirmed)
    summons = bailiff_fee("a", filed_on)
    after = (
        nakosten(court, claim.salaris_base, judgment_on, accept_unconfirmed=accept_unconfirmed)
        if with_nakosten
        else None
    )
    vat = (
        None
        if creditor_reclaims_vat
        else bailiff_vat(
            summons.amount, filed_on, creditor_reclaims_vat=False, accept_unconfirmed=accept_unconfirmed
        )
    )
    return CourtCosts(fee, pay, summons, after, vat)


def earliest_hearing(served_on: date, *, accept_unconfirmed: bool = False) -> date:
    """The first day a hearing may be held: a week between service and hearing, neither day counted (Rv 114).

    Own knowledge: Unconfirmed unless accepted.

    >>> earliest_hearing(date(2026, 6, 1), accept_unconfirmed=True)
    datetime.date(2026, 6, 9)
    """
    rule = table("court_rules").rule("summons_term", served_on, accept_unconfirmed=accept_unconfirmed)
    return served_on + timedelta(days=int(rule.figure()) + 1)


def fee_due_by(first_hearing_on: date) -> date:
    """The last day on which the plaintiff may pay the court fee: four weeks after the first hearing date (Wgbz 3).

    >>> fee_due_by(date(2026, 6, 9))
    datetime.date(2026, 7, 7)
    """
    weeks = int(table("court_rules").rule("fee_due", first_hearing_on).figure())
    return first_hearing_on + timedelta(weeks=weeks)
