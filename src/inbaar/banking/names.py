"""Whose names the payers of a batch bear: asked where a payment names an invoice of somebody else, or nothing at all."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from inbaar.banking.found_items import Asked, FoundItems
from inbaar.banking.payers import debtors_named_so, debtors_of_name
from inbaar.banking.payment_tokens import name_key

NOBODY: frozenset[int] = frozenset()


class Names(NamedTuple):
    """The debtors by payer's name: whose own it is, and of whom a person said that they pay under it."""

    own: Mapping[str, frozenset[int]]
    told: Mapping[str, frozenset[int]]


def payers_by_name(client_id: int, payments: Sequence[Asked], found: FoundItems) -> Names:
    """The names of a batch that matter: of who names another's invoice, and of whose account is not known. Two statements."""
    strangers, unknown = set(), set()
    for payment in payments:
        name = payment.tokens.name_key
        if name is None or payment.entry.id in found.told:
            continue
        if not found.owners.get(payment.tokens.iban or ""):
            unknown.add(name)
            if _names_anothers(name, payment, found):
                strangers.add(name)
    own = debtors_of_name(client_id, strangers) if strangers else {}
    return Names(_frozen(own), _frozen(debtors_named_so(client_id, unknown)))


def _names_anothers(name: str, payment: Asked, found: FoundItems) -> bool:
    """Whether the invoices a payment names are of debtors of quite another name than the payer's."""
    debtors = {name_key(found.items[number].debtor_name) for number, _ in found.named[payment.entry.id]}
    return any(debtor is not None and name not in debtor and debtor not in name for debtor in debtors)


def _frozen(found: Mapping[str, set[int]]) -> dict[str, frozenset[int]]:
    return {name: frozenset(debtors) for name, debtors in found.items()}
