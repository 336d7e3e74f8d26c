"""What becomes of a decision about a payment once more is known: pure, and used by the matching of a batch."""

from collections.abc import Callable, Container, Mapping, Sequence
from decimal import Decimal

from inbaar.banking.fitting import alike
from inbaar.banking.payment_tokens import is_weak
from inbaar.banking.rules import Candidate, MatchDecision, OpenItem
from inbaar.law.errors import LawError

NOTHING = "nothing-found"
BY_NUMBER = frozenset(("number", "numbers", "number-part"))
BY_PAYER = ("iban-", "customer-", "meant-", "name-", "amount-")


def without_number(reason: str) -> bool:
    """Whether no number or reference in the payment itself led to a decision."""
    return reason == NOTHING or reason.startswith(BY_PAYER)


def of_all_open(reason: str) -> bool:
    """Whether a decision holds only if all that is open of a debtor was looked at."""
    return reason.startswith(BY_PAYER) or reason == "number-and-others"


def unless_paid(
    decision: MatchDecision,
    keys: frozenset[str],
    paid: Mapping[str, str],
    paid_by: Mapping[str, Container[int]],
    items: Mapping[int, OpenItem],
) -> MatchDecision:
    """Who names an invoice that is paid has paid it twice, or named the wrong one: never guess another.

    `keys` is what the payment names; `paid` and `paid_by` have the numbers and the debtors of what has nothing left.
    """
    named = {key for key in paid.keys() & keys if not is_weak(key)}
    if not named:
        return decision
    lines = [items[number] for number, _ in decision.lines]
    if decision.reason in BY_NUMBER:
        # `2026-0042` is in the text only as the beginning of `2026-0042-1`, which is paid.
        named = {key for key in named if any(key != i.number_key and i.number_key in key for i in lines)}
    elif not without_number(decision.reason):
        return decision
    elif decision.certain:
        named = {key for key in named if not _is_slip(key, paid_by.get(key), lines)}
    if not named:
        return decision
    suspects = tuple(item.invoice_id for item in lines)
    if not suspects and not decision.reason.startswith(("name-", "amount-only")):
        suspects = decision.suspects
    told = (("numbers", ", ".join(sorted({paid[key] for key in named}))),)
    return MatchDecision("unmatched", (), 40, "paid-already", told, suspects)


def _is_slip(key: str, others: Container[int] | None, paid: Sequence[OpenItem]) -> bool:
    """Whether the number of another's paid invoice is one slip away from one of the payer's own: he mistyped it."""
    return others is not None and any(
        item.debtor_id not in others and alike(key, item.number_key) for item in paid
    )


def silent_law(numbers: Sequence[str], why: LawError, suspects: tuple[int, ...]) -> MatchDecision:
    """What is owed on that day cannot be told, so a person decides."""
    told = (("numbers", ", ".join(sorted(set(numbers)))), ("why", str(why)))
    return MatchDecision("unmatched", (), 0, "law-silent", told, suspects)


def unless_above(decision: MatchDecision, limit: Decimal) -> MatchDecision:
    """More than one person may write off is not written off by rules either."""
    rest = sum((each.amount for each in decision.rests), Decimal(0))
    if rest <= limit:
        return decision
    told = (*decision.parameters, ("limit", f"{limit:.2f}"))
    suspects = tuple(number for number, _ in decision.lines)
    return MatchDecision("unmatched", (), decision.score, "rest-above-limit", told, suspects)


def unless_crowded(
    decision: MatchDecision, candidates: Sequence[Candidate], is_crowded: Callable[[int], bool]
) -> MatchDecision:
    """Of a debtor with more open items than were looked up nothing is the only one that fits."""
    if not of_all_open(decision.reason) or not decision.certain:
        return decision
    paid = {number for number, _ in decision.lines}
    debtors = {item.debtor_id for item, _ in candidates if item.invoice_id in paid}
    if not any(is_crowded(debtor) for debtor in debtors):
        return decision
    return MatchDecision("unmatched", (), 45, "too-many-open", decision.parameters, tuple(sorted(paid)))
