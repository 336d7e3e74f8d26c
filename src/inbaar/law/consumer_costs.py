"""What collection costs a consumer owes after a 14-day letter: none before its term is over, or if it is void.

6:96 lid 6 BW, HR 25-11-2016 (ECLI:NL:HR:2016:2704). Used by the claim sheet of a consumer.
"""

from datetime import date
from decimal import Decimal

from inbaar.law.amounts import ZERO, whole_cents
from inbaar.law.costs import Costs, Debtor, collection_costs
from inbaar.law.letter14 import ARTICLE, Letter14, letter14_dates, void_reasons


def consumer_costs(letter: Letter14 | None, on: date, *, paid_in_term: Decimal = ZERO) -> Costs:
    """The costs owed on the day, in euros, after `paid_in_term` euros were paid within the letter's term.

    No letter, a void letter or a term that still runs: 0. A part payment in the term lowers the base (rov. 3.8). Never
    more than the letter announced. No further letter is needed (ECLI:NL:HR:2014:1405).

    >>> letter = Letter14(date(2026, 11, 3), date(2026, 10, 1), Decimal("1000.00"), (Decimal("150.00"),))
    >>> consumer_costs(letter, date(2026, 11, 20), paid_in_term=Decimal("600.00")).total
    Decimal('60.00')
    """
    if letter is None:
        return _nothing("no 14-day letter was sent")
    reasons = void_reasons(letter)
    if reasons:
        return _nothing(*(f"{reason.rule}: {reason.text} ({reason.source})" for reason in reasons))
    due_from = letter14_dates(letter.sent_on, received_on=letter.received_on).costs_due_from
    if on < due_from:
        return _nothing(f"the term still runs; costs are due from {due_from}")
    base = letter.principal - min(whole_cents(paid_in_term, "paid in the term"), letter.principal)
    costs = collection_costs(
        base,
        letter.sent_on,
        vat_percent=letter.vat_percent,
        creditor_reclaims_vat=letter.creditor_reclaims_vat,
        vat_stated=letter.vat_stated,
        debtor=Debtor.CONSUMER,
        in_default_since=letter.in_default_since,
    )
    announced = letter.announced_costs[0]
    if costs.total <= announced:
        return costs
    return Costs(announced, ZERO, announced, (), ARTICLE, ("no more than the letter announced",))


def _nothing(*remarks: str) -> Costs:
    return Costs(ZERO, ZERO, ZERO, (), ARTICLE, remarks)
