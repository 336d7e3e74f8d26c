"""Which open invoices a payment pays: decided from facts alone, with a score and a reason.

Called by the import of statements, per payment, with the candidates it looked up by `reference_tokens`. Only what
leaves no doubt is `certain` and gets booked. All else stays unmatched, with the invoices it might explain, so that
nobody is reminded of what may have been paid. The reasons in words are in `match_words`.
"""

from collections.abc import Iterable

from inbaar.banking.evidence import (
    NOTHING_KNOWN,
    Candidate,
    Context,
    Evidence,
    How,
    MatchDecision,
    OpenItem,
    booked,
    in_full,
    numbers_of,
    one_debtor,
    too_much,
    total_of,
    unmatched,
)
from inbaar.banking.fitting import alike, the_one_sum
from inbaar.banking.payer_rules import by_account, by_customer_number, by_name, by_name_told
from inbaar.banking.payment_tokens import (
    PaymentFacts,
    Tokens,
    is_called_invoice,
    is_generic,
    is_weak,
    name_key,
    number_key,
    payment_facts,
    reference_key,
    reference_tokens,
)
from inbaar.banking.short_payments import why_short
from inbaar.banking.text_signs import says_part

__all__ = [
    "Candidate",
    "Context",
    "How",
    "MatchDecision",
    "OpenItem",
    "PaymentFacts",
    "Tokens",
    "candidates_among",
    "decide",
    "number_key",
    "payment_facts",
    "reference_key",
    "reference_tokens",
]


def candidates_among(
    payment: PaymentFacts, tokens: Tokens, items: Iterable[OpenItem]
) -> tuple[Candidate, ...]:
    """The candidates in a list of items: what the look-up in the database does by joins, and its definition."""
    found = []
    for item in items:
        if item.payment_reference and reference_key(item.payment_reference) in tokens.references:
            found.append(Candidate(item, How.REFERENCE))
        if item.number_key in tokens.number_keys:
            found.append(Candidate(item, How.NUMBER))
        if item.number_key in tokens.short_for:
            found.append(Candidate(item, How.SHORT))
        if tokens.iban and tokens.iban in item.debtor_ibans:
            found.append(Candidate(item, How.IBAN))
        if tokens.name_key and tokens.name_key == name_key(item.debtor_name):
            found.append(Candidate(item, How.NAME))
        if item.open_amount == payment.amount:
            found.append(Candidate(item, How.AMOUNT))
    return tuple(found)


def decide(
    payment: PaymentFacts, candidates: Iterable[Candidate], context: Context = NOTHING_KNOWN
) -> MatchDecision:
    """The one decision for a payment: by reference, else by number, else by who pays and how much, else not at all."""
    evidence = Evidence(payment, candidates, context)
    if payment.return_reason or payment.reversal:
        return unmatched("returned", evidence, 0, code=payment.return_reason or "-")
    if payment.amount <= 0:
        return MatchDecision("unmatched", (), 0, "not-a-receipt")
    if payment.pending:
        return unmatched("not-booked", evidence, 0)
    if evidence.items and not evidence.payable:
        return unmatched("other-currency", evidence, 10, currency=payment.currency)
    for rule in RULES:
        if (decision := rule(evidence)) is not None:
            return _with_payer(evidence, decision)
    return _by_nothing_sure(evidence)


def _with_payer(evidence: Evidence, decision: MatchDecision) -> MatchDecision:
    """Who pays for somebody else, as far as names tell, is told; his account is not the debtor's."""
    for number, _ in decision.lines if decision.certain else ():
        if evidence.contradicts(evidence.items[number]):
            told = (*decision.parameters, ("paid_by", evidence.payment.name or ""))
            return decision._replace(third_party=True, parameters=told)
    return decision


def _by_reference(evidence: Evidence) -> MatchDecision | None:
    """The structured reference is the invoice's own: certain up to what is open."""
    named = evidence.by(How.REFERENCE)
    if not named:
        return None
    amount = evidence.payment.amount
    if len(named) > 1:
        if total_of(named) == amount and one_debtor(named):
            return in_full("reference-sum", named, 96, count=str(len(named)))
        return unmatched("reference-ambiguous", evidence, 50, numbers=numbers_of(named))
    item = named[0]
    if amount > item.open_amount:
        return _and_others(evidence, named) or too_much(evidence, named)
    if amount == item.open_amount:
        return in_full("reference", named, 100)
    return why_short(evidence, named, item.open_amount) or booked("reference-part", [(item, amount)], 97)


def _by_number(evidence: Evidence) -> MatchDecision | None:
    """Invoice numbers in the text; a number that could be something else needs a second fact beside it."""
    named = _without_contained(evidence.by(How.NUMBER))
    sure = [item for item in named if _number_is_enough(item, evidence)]
    if not sure:
        return None
    if not one_debtor(sure):
        mine = {item.invoice_id for item in evidence.of_the_payer()}
        own = [item for item in sure if item.invoice_id in mine]
        decision = _one_mistyped(evidence, own, sure) if own and one_debtor(own) else None
        if decision is not None:
            return decision
        if not own or not one_debtor(own) or len({item.number_key for item in sure}) > 1:
            return unmatched("number-ambiguous", evidence, 50, numbers=numbers_of(sure))
        sure = own
    if evidence.of_another_debtor(sure[0]):
        return _mistyped(evidence) or unmatched("payer-of-another", evidence, 55, numbers=numbers_of(sure))
    amount, total = evidence.payment.amount, total_of(sure)
    if amount == total:
        score = 95 if not any(is_weak(item.number_key) for item in sure) else 85
        return in_full("number" if len(sure) == 1 else "numbers", sure, score, count=str(len(sure)))
    if amount > total:
        return _more_than_named(evidence, sure)
    return _less_than_named(evidence, sure)


def _by_short_number(evidence: Evidence) -> MatchDecision | None:
    """A number without its zeros or its prefix: may be a month or somebody else's, so payer and amount must agree."""
    fitting = [
        item
        for item in evidence.by(How.SHORT)
        if item.open_amount == evidence.payment.amount and not evidence.contradicts(item)
    ]
    return in_full("number-short", fitting, 85) if len(fitting) == 1 else None


def _more_than_named(evidence: Evidence, sure: list[OpenItem]) -> MatchDecision:
    """What is named with others of the payer that make up the rest, all of them maybe."""
    all_open = by_account(evidence)
    if all_open is not None and {item.invoice_id for item in sure} <= {
        number for number, _ in all_open.lines
    }:
        return all_open
    return _and_others(evidence, sure) or too_much(evidence, sure)


def _and_others(evidence: Evidence, named: list[OpenItem]) -> MatchDecision | None:
    """Beside what is named, the only other invoices of the payer that make up what is left (one of them mistyped)."""
    if not all(evidence.is_payer(item) for item in named):
        return None
    others, left = evidence.others_of(named), evidence.payment.amount - total_of(named)
    spare = evidence.context.keys - {item.number_key for item in named}
    like = [item for item in others if any(alike(key, item.number_key) for key in spare)]
    for chosen in (like, others):
        places = the_one_sum([item.open_amount for item in chosen], left)
        if places is not None:
            paid = [*named, *(chosen[place] for place in places)]
            return in_full("number-and-others", paid, 83, count=str(len(paid)))
    return None


def _less_than_named(evidence: Evidence, sure: list[OpenItem]) -> MatchDecision:
    """A difference that is explained; else a part of the one that is named, where nothing speaks against it."""
    amount, total = evidence.payment.amount, total_of(sure)
    decision = why_short(evidence, sure, total)
    if decision is not None:
        return decision
    told = {"numbers": numbers_of(sure), "open": f"{total:.2f}", "short": f"{total - amount:.2f}"}
    others = evidence.others_of(sure)
    exact = [item for item in others if item.open_amount == amount]
    part = len(sure) == 1 and says_part(sure[0].number, evidence.payment.text or "")
    if exact and not part:
        return unmatched("number-or-amount", evidence, 58, numbers=numbers_of(sure), others=numbers_of(exact))
    if len(sure) > 1:
        return unmatched("numbers-not-sum", evidence, 60, **told)
    if evidence.contradicts(sure[0]):
        return unmatched("part-by-stranger", evidence, 55, **told)
    if _could_be_something_else(evidence, sure[0]):
        return unmatched("short-number-part", evidence, 55, **told)
    return booked("number-part", [(sure[0], amount)], 90)


def _one_mistyped(evidence: Evidence, own: list[OpenItem], named: list[OpenItem]) -> MatchDecision | None:
    """The payer's own numbers and others' that have a slip: his invoices of the like numbers make up the amount."""
    decision = _and_others(evidence, own)
    if decision is None:
        return None
    added = [evidence.items[number] for number, _ in decision.lines][len(own) :]
    slips = [item for item in named if item not in own]
    if all(any(alike(slip.number_key, item.number_key) for item in added) for slip in slips):
        return decision
    return None


def _mistyped(evidence: Evidence) -> MatchDecision | None:
    """The payer's own invoice of exactly this amount, one slip away from the number he typed."""
    how = "iban" if evidence.by(How.IBAN) else "name-own"
    meant = [
        item
        for item in evidence.of_the_payer()
        if item.open_amount == evidence.payment.amount
        and any(alike(key, item.number_key) for key in evidence.context.keys)
    ]
    return in_full(f"{how}-amount-mistyped", meant, 84) if len(meant) == 1 and one_debtor(meant) else None


RULES = (_by_reference, _by_number, _by_short_number, by_account, by_name_told, by_customer_number, by_name)


def _by_nothing_sure(evidence: Evidence) -> MatchDecision:
    if found := evidence.by(How.NUMBER):
        return unmatched("number-generic", evidence, 35, numbers=numbers_of(found))
    if found := evidence.by(How.NAME):
        return unmatched("name-only", evidence, 30, numbers=numbers_of(found))
    if found := evidence.by(How.AMOUNT):
        return unmatched("amount-only", evidence, 20, numbers=numbers_of(found))
    return unmatched("nothing-found", evidence, 0)


def _number_is_enough(item: OpenItem, evidence: Evidence) -> bool:
    if not is_weak(item.number_key):
        return True
    return not is_generic(item.number_key) and evidence.has(item, How.IBAN, How.NAME, How.AMOUNT)


def _could_be_something_else(evidence: Evidence, item: OpenItem) -> bool:
    """A house number, postcode or date for all we know: the amount does not confirm it, nor is it called an invoice."""
    key = item.number_key
    return is_weak(key) and not is_called_invoice(key, evidence.payment.text)


def _without_contained(items: list[OpenItem]) -> list[OpenItem]:
    """Without an item whose number is only a piece of another's: `0042` within `2026-0042`."""
    if len(items) < 2:
        return items
    keys = {item.number_key for item in items}
    return [
        item for item in items if not any(item.number_key != key and item.number_key in key for key in keys)
    ]
