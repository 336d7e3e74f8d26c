"""Whose names the payers of a batch bear or say: asked where a payment names another's invoice, or nothing at all."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from inbaar.banking.evidence import How
from inbaar.banking.found_items import Asked, FoundItems
from inbaar.banking.payers import debtors_named_so, debtors_of_name, frozen
from inbaar.banking.payment_tokens import name_key

NOBODY: frozenset[int] = frozenset()


class Names(NamedTuple):
    """The debtors by name: whose own it is, and of whom a person said that they pay under it.

    `own` has the names of `strangers` (the entries whose payer names another's invoice), and those that are paid for.
    """

    own: Mapping[str, frozenset[int]]
    told: Mapping[str, frozenset[int]]
    strangers: frozenset[int] = NOBODY

    def meant_by(self, payment: Asked) -> frozenset[int]:
        """The debtors for whom a payment says that it is made."""
        return self.own.get(payment.tokens.paid_for or "", NOBODY)

    def pointed_at(self, payments: Iterable[Asked]) -> dict[int, list[tuple[int, How]]]:
        """Per entry the one debtor who bears its stranger's name, and the one for whom it says that it is made."""
        found: dict[int, list[tuple[int, How]]] = {}
        for payment in payments:
            entry = payment.entry.id
            bearers = (
                self.own.get(payment.tokens.name_key or "", NOBODY) if entry in self.strangers else NOBODY
            )
            for debtors, how in ((bearers, How.NAME), (self.meant_by(payment), How.MEANT)):
                if len(debtors) == 1:
                    found.setdefault(entry, []).extend((debtor, how) for debtor in debtors)
        return found


def payers_by_name(client_id: int, payments: Sequence[Asked], found: FoundItems) -> Names:
    """The names of a batch that matter: of who names another's invoice, and of whose account is not known. Two statements."""
    wanted, unknown, strangers = set(), set(), set()
    for payment in payments:
        name = payment.tokens.name_key
        if payment.entry.id in found.told:
            continue
        if payment.tokens.paid_for:
            wanted.add(payment.tokens.paid_for)
        if name is None:
            continue
        if not found.owners.get(payment.tokens.iban or ""):
            unknown.add(name)
            if _names_anothers(name, payment, found):
                wanted.add(name)
                strangers.add(payment.entry.id)
    own = debtors_of_name(client_id, wanted) if wanted else {}
    return Names(frozen(own), frozen(debtors_named_so(client_id, unknown)), frozenset(strangers))


def _names_anothers(name: str, payment: Asked, found: FoundItems) -> bool:
    """Whether the invoices a payment names are of debtors of quite another name than the payer's."""
    debtors = {name_key(found.items[number].debtor_name) for number, _ in found.named[payment.entry.id]}
    return any(debtor is not None and name not in debtor and debtor not in name for debtor in debtors)
