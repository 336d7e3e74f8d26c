"""What becomes of a decision about a payment once more is known: pure, and used by the matching of a batch."""

from collections.abc import Callable, Sequence

from inbaar.banking.rules import Candidate, MatchDecision
from inbaar.law.errors import LawError

NOTHING = "nothing-found"
BY_PAYER = ("iban-", "customer-", "name-", "amount-ambiguous")


def without_number(reason: str) -> bool:
    """Whether no number or reference in the payment itself led to a decision."""
    return reason == NOTHING or reason.startswith(BY_PAYER)


def of_all_open(reason: str) -> bool:
    """Whether a decision holds only if all that is open of a debtor was looked at."""
    return reason.startswith(BY_PAYER) or reason == "number-and-others"


def silent_law(numbers: Sequence[str], why: LawError, suspects: tuple[int, ...]) -> MatchDecision:
    """What is owed on that day cannot be told, so a person decides."""
    told = (("numbers", ", ".join(sorted(set(numbers)))), ("why", str(why)))
    return MatchDecision("unmatched", (), 0, "law-silent", told, suspects)


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
