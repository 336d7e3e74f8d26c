"""Which invoices a payment pays of which only the payer is known: by his account, his customer number or his name. Pure.

What the payer names goes before; here is decided where he names nothing that can be read. Amounts decide: the one invoice
of that amount, all that is open, the only ones that make it up; of equal ones the oldest, as the law has it.
"""

from decimal import Decimal

from inbaar.banking.evidence import (
    ZERO,
    Evidence,
    How,
    MatchDecision,
    OpenItem,
    in_full,
    numbers_of,
    one_debtor,
    too_much,
    total_of,
    unmatched,
)
from inbaar.banking.fitting import alike, discount_of, figures_in, last_figures, the_one_sum
from inbaar.banking.short_payments import credits_of, less_rests, set_off

# By what the payer is known: the beginning of the reason, and how sure that makes an amount that fits one invoice.
ACCOUNT, CUSTOMER, NAME = ("iban", 88), ("customer", 87), ("name", 84)
LONGEST_TO_SAY_NOTHING = 2


def by_account(evidence: Evidence) -> MatchDecision | None:
    """The payer's account is known."""
    known = evidence.by(How.IBAN)
    return _by_payer(evidence, known, *ACCOUNT) if known else None


def by_customer_number(evidence: Evidence) -> MatchDecision | None:
    """The payer says his customer number."""
    known = evidence.by(How.CUSTOMER)
    return _by_payer(evidence, known, *CUSTOMER) if known else None


def by_name(evidence: Evidence) -> MatchDecision | None:
    """The payer's name, which many may bear: with the last figures of the invoice, or where a person said whose it is."""
    known = evidence.by(How.NAME)
    if not known:
        return None
    told = figures_in(evidence.payment.text or "")
    fitting = [
        item
        for item in known
        if item.open_amount == evidence.payment.amount and last_figures(item.number) in told
    ]
    if len(fitting) == 1:
        return in_full("name-number-amount", fitting, 86)
    debtors = {item.debtor_id for item in known}
    return _by_payer(evidence, known, *NAME) if debtors <= evidence.context.told else None


def _by_payer(evidence: Evidence, known: list[OpenItem], how: str, score: int) -> MatchDecision:
    if not one_debtor(known):
        return unmatched(f"{how}-ambiguous", evidence, 40, numbers=numbers_of(known))
    decision = _one_that_fits(evidence, known, how, score) or _several_that_fit(evidence, known, how, score)
    if decision is not None:
        return decision
    if evidence.payment.amount > total_of(known):
        return too_much(evidence, known)
    return unmatched(f"{how}-amount-unknown", evidence, 40, numbers=numbers_of(known))


def _one_that_fits(evidence: Evidence, known: list[OpenItem], how: str, score: int) -> MatchDecision | None:
    """One invoice of that amount; of equal ones the one whose figures are told, else the oldest (6:43 lid 2 BW)."""
    amount = evidence.payment.amount
    fitting = [item for item in known if item.open_amount == amount]
    if not fitting:
        total = total_of(known)
        return in_full(f"{how}-all", known, score - 6, count=str(len(known))) if amount == total else None
    if len(fitting) == 1:
        return in_full(f"{how}-amount", fitting, score)
    told = figures_in(evidence.payment.text or "")
    meant = [item for item in fitting if last_figures(item.number) in told] or [
        item for item in fitting if any(alike(key, item.number_key) for key in evidence.context.keys)
    ]
    if len(meant) == 1:
        return in_full(f"{how}-amount-figures", meant, score - 3)
    if not meant and _says_nothing(evidence) and fitting[0].due_date != fitting[1].due_date:
        return in_full(f"{how}-amount-oldest", fitting[:1], score - 7, count=str(len(fitting)))
    return unmatched("amount-ambiguous", evidence, 45, numbers=numbers_of(fitting))


def _says_nothing(evidence: Evidence) -> bool:
    """No figures that could mean one of the invoices, so that the payer named none (6:43 lid 1 BW)."""
    said = (evidence.payment.text, evidence.payment.reference, evidence.payment.end_to_end_id)
    return not any(
        len(figures) > LONGEST_TO_SAY_NOTHING for part in said if part for figures in figures_in(part)
    )


def _several_that_fit(
    evidence: Evidence, known: list[OpenItem], how: str, score: int
) -> MatchDecision | None:
    """One less his usual discount, all that is open less all his credit notes, or the only ones that make it up."""
    amount = evidence.payment.amount
    if not evidence.context.by_itself:
        return _only_ones(known, amount, how, score)
    discounted = [
        (item, rest)
        for percent in evidence.context.known.discounts.get(known[0].debtor_id, ())
        for item in known
        if item.open_amount - (rest := discount_of(item.open_amount, percent)) == amount
    ]
    if len(discounted) == 1:
        item, rest = discounted[0]
        return less_rests(f"{how}-discount", [item], [rest], "discount", score - 5)
    if discounted:
        numbers = numbers_of([item for item, _ in discounted])
        return unmatched("amount-ambiguous", evidence, 45, numbers=numbers)
    credits = credits_of(evidence, known[0].debtor_id)
    if credits and total_of(known) - sum((c.open_amount for c in credits), ZERO) == amount:
        return set_off(evidence, known, credits, f"{how}-all-less-credit", score - 7)
    return _only_ones(known, amount, how, score)


def _only_ones(known: list[OpenItem], amount: Decimal, how: str, score: int) -> MatchDecision | None:
    """The only invoices that make up the amount."""
    places = the_one_sum([item.open_amount for item in known], amount, at_least=2)
    if places is None:
        return None
    some = [known[place] for place in places]
    return in_full(f"{how}-some", some, score - 8, count=str(len(some)))
