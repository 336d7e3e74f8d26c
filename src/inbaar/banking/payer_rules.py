"""Which invoices a payment pays of which only the debtor is known: by account, customer number or name. Pure.

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
from inbaar.banking.fitting import alike, discount_of, figures_in, last_figures, sums_to, the_one_sum
from inbaar.banking.payment_tokens import customer_numbers
from inbaar.banking.short_payments import credits_of, less_rests, set_off
from inbaar.banking.text_signs import says_several, short_number_in

# By what the payer is known: the beginning of the reason, and how sure that makes an amount that fits one invoice.
ACCOUNT, CUSTOMER, MEANT, NAME, OWN_NAME = (
    ("iban", 88), ("customer", 87), ("meant", 86), ("name", 84), ("name-own", 84),
)  # fmt: skip
LONGEST_TO_SAY_NOTHING = 2


def by_account(evidence: Evidence) -> MatchDecision | None:
    """The payer's account is known."""
    known = evidence.by(How.IBAN)
    if not known:
        return None
    said = [*evidence.by(How.CUSTOMER), *evidence.by(How.MEANT)]
    if said and not {item.debtor_id for item in said} <= {item.debtor_id for item in known}:
        return unmatched("payer-contradicts", evidence, 45, numbers=numbers_of(said))
    return _by_payer(evidence, known, *ACCOUNT)


def by_name_told(evidence: Evidence) -> MatchDecision | None:
    """The text says by name for which debtor it is paid."""
    known = evidence.by(How.MEANT)
    return _by_payer(evidence, known, *MEANT) if known else None


def by_customer_number(evidence: Evidence) -> MatchDecision | None:
    """The payer says his customer number."""
    known = evidence.by(How.CUSTOMER)
    return _by_payer(evidence, known, *CUSTOMER) if known else None


def by_name(evidence: Evidence) -> MatchDecision | None:
    """The payer's name: with the last figures of the invoice, where a person said whose it is, or of him who alone bears it."""
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
    if debtors <= evidence.context.told:
        return _by_payer(evidence, known, *NAME)
    return _by_own_name(evidence, known) if debtors == {evidence.bears_name_alone()} else None


def _by_own_name(evidence: Evidence, known: list[OpenItem]) -> MatchDecision | None:
    """By a name that only one debtor bears; figures in the text must not mean something else than what is found."""
    decision = _by_payer(evidence, known, *OWN_NAME)
    if not decision.certain or _says_nothing(evidence, 0):
        return decision
    paid = [evidence.items[number] for number, _ in decision.lines]
    meant = any(alike(key, item.number_key) for item in paid for key in evidence.context.keys)
    return decision if meant or decision.reason.endswith("-figures") else None


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
        if says_several(evidence.payment.text or "") and sums_to(
            [item.open_amount for item in known], amount
        ):
            return unmatched("one-or-several", evidence, 45, numbers=numbers_of(fitting))
        if not _may_be_named(evidence, fitting[0]):
            return unmatched("other-figures", evidence, 45, numbers=numbers_of(fitting))
        return in_full(f"{how}-amount", fitting, score)
    told = figures_in(evidence.payment.text or "")
    meant = [item for item in fitting if last_figures(item.number) in told] or [
        item for item in fitting if any(alike(key, item.number_key) for key in evidence.context.keys)
    ]
    if len(meant) == 1:
        return in_full(f"{how}-amount-figures", meant, score - 3)
    # Who pays for another had one of them before him, and leaves it to nobody which.
    left_open = not meant and how != MEANT[0] and _says_nothing(evidence)
    if left_open and fitting[0].due_date != fitting[1].due_date:
        return in_full(f"{how}-amount-oldest", fitting[:1], score - 7, count=str(len(fitting)))
    return unmatched("amount-ambiguous", evidence, 45, numbers=numbers_of(fitting))


def _may_be_named(evidence: Evidence, item: OpenItem) -> bool:
    """Whether the short number that the text calls an invoice's, if there is one, is this invoice's."""
    said = short_number_in(evidence.payment.text or "")
    return said is None or said == last_figures(item.number)


def _says_nothing(evidence: Evidence, longest: int = LONGEST_TO_SAY_NOTHING) -> bool:
    """No figures that could mean one of the invoices, so that the payer named none (6:43 lid 1 BW).

    Those of his customer number say who he is, not what he pays.
    """
    said = (evidence.payment.text, evidence.payment.reference, evidence.payment.end_to_end_id)
    his = {figures for number in customer_numbers(evidence.payment.text) for figures in figures_in(number)}
    return short_number_in(evidence.payment.text or "") is None and not any(
        len(figures) > longest and figures not in his for part in said if part for figures in figures_in(part)
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
