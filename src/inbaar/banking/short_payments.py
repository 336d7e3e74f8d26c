"""Why less was paid than is open on the invoices that are named: a credit note, a discount, or a difference let go. Pure.

Asked by `rules` before it books a part. Each answer settles the named invoices in full: the payer's money, and beside it
the credit note that was set off or the rest that is written off.
"""

from collections.abc import Sequence
from decimal import Decimal

from inbaar.banking.evidence import (
    ZERO,
    Credit,
    Evidence,
    LetGo,
    MatchDecision,
    Offset,
    OpenItem,
    booked,
    numbers_of,
    unmatched,
)
from inbaar.banking.fitting import discount_of, the_one_sum
from inbaar.banking.payment_tokens import is_called_invoice, is_weak

CREDIT_TOLD, CREDIT_FITS, DISCOUNT, LET_GO = 94, 92, 91, 90


def why_short(evidence: Evidence, named: Sequence[OpenItem], total: Decimal) -> MatchDecision | None:
    """The named invoices of one debtor, of which less was paid than `total`; None if nothing explains the difference."""
    short = total - evidence.payment.amount
    decision = _by_credit(evidence, named, short)
    if decision is not None or not evidence.context.by_itself or not _surely_named(evidence, named):
        return decision
    return _by_discount(evidence, named, short) or _let_go(evidence, named, short)


def _surely_named(evidence: Evidence, named: Sequence[OpenItem]) -> bool:
    """By numbers that can be nothing else, and not by a stranger: only then is anything given up by itself."""
    return not any(
        evidence.contradicts(item)
        or (is_weak(item.number_key) and not is_called_invoice(item.number_key, evidence.payment.text))
        for item in named
    )


def _by_credit(evidence: Evidence, named: Sequence[OpenItem], short: Decimal) -> MatchDecision | None:
    """The difference is exactly the credit notes that are named, or of the debtor himself the only ones that fit."""
    open_credits = credits_of(evidence, named[0].debtor_id)
    told = [credit for credit in open_credits if credit.number_key in evidence.context.keys]
    if told and sum((credit.open_amount for credit in told), ZERO) == short:
        return set_off(evidence, named, told, "number-less-credit", CREDIT_TOLD)
    places = the_one_sum([credit.open_amount for credit in open_credits], short)
    if places is None or told:
        return None
    fitting = [open_credits[place] for place in places]
    if any(evidence.is_payer(item) for item in named) and _surely_named(evidence, named):
        return set_off(evidence, named, fitting, "number-less-credit", CREDIT_FITS)
    return _credit_for_a_person(evidence, named, fitting)


def credits_of(evidence: Evidence, debtor_id: int) -> list[Credit]:
    """The open credit notes of a debtor in the payment's currency."""
    found = evidence.context.credits.get(debtor_id, ())
    return [credit for credit in found if credit.currency == evidence.payment.currency]


def set_off(
    evidence: Evidence, named: Sequence[OpenItem], taken: Sequence[Credit], reason: str, score: int
) -> MatchDecision:
    """Each credit note off one invoice that is larger, so that every invoice keeps a part that was paid in money."""
    if not evidence.context.by_itself:
        return _credit_for_a_person(evidence, named, taken)
    left = {item.invoice_id: item.open_amount for item in named}
    offsets = []
    for credit in sorted(taken, key=lambda credit: -credit.open_amount):
        room = next((item for item in named if left[item.invoice_id] > credit.open_amount), None)
        if room is None:
            return _credit_for_a_person(evidence, named, taken)
        left[room.invoice_id] -= credit.open_amount
        offsets.append(Offset(room.invoice_id, credit.credit_id, credit.number, credit.open_amount))
    decision = booked(
        reason,
        [(item, left[item.invoice_id]) for item in named],
        score,
        credit_note=", ".join(credit.number for credit in taken),
    )
    return decision._replace(offsets=tuple(offsets))


def _credit_for_a_person(
    evidence: Evidence, named: Sequence[OpenItem], taken: Sequence[Credit]
) -> MatchDecision:
    told = ", ".join(credit.number for credit in taken)
    return unmatched("credit-note", evidence, 70, numbers=numbers_of(named), credit_note=told)


def _by_discount(evidence: Evidence, named: Sequence[OpenItem], short: Decimal) -> MatchDecision | None:
    """A percentage that a person accepted from this debtor before, off each invoice or off all together."""
    for percent in evidence.context.known.discounts.get(named[0].debtor_id, ()):
        rests = [discount_of(item.open_amount, percent) for item in named]
        whole = discount_of(sum((item.open_amount for item in named), ZERO), percent)
        if short not in (sum(rests, ZERO), whole):
            continue
        rests[-1] += short - sum(rests, ZERO)
        if not all(0 <= rest < item.open_amount for rest, item in zip(rests, named, strict=True)):
            continue
        return less_rests(
            "number-discount", named, rests, "discount", DISCOUNT, percent=f"{percent.normalize():f}"
        )
    return None


def _let_go(evidence: Evidence, named: Sequence[OpenItem], short: Decimal) -> MatchDecision | None:
    """A difference the client lets go of this debtor; off the largest of the invoices."""
    lenient = evidence.context.known.leniency(named[0].debtor_id)
    largest = max(named, key=lambda item: (item.open_amount, -item.invoice_id))
    if short > lenient.amount or short >= largest.open_amount:
        return None
    rests = [short if item is largest else ZERO for item in named]
    return less_rests("number-let-go", named, rests, lenient.ground, LET_GO)


def less_rests(
    reason: str, named: Sequence[OpenItem], rests: Sequence[Decimal], ground: str, score: int, **told: str
) -> MatchDecision:
    """Certain: each is paid in full but for a rest, which is written off on a ground."""
    pairs = list(zip(named, rests, strict=True))
    decision = booked(
        reason,
        [(item, item.open_amount - rest) for item, rest in pairs],
        score,
        rest=f"{sum(rests, ZERO):.2f}",
        **told,
    )
    return decision._replace(
        rests=tuple(LetGo(item.invoice_id, rest, ground) for item, rest in pairs if rest)
    )
