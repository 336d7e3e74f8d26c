"""Getting to know debtors: a whole batch of customers becomes debtors, known again by their identity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from inbaar.kit.bulk import fetch, insert_rows
from inbaar.parties.rules import Capacity, Identity, Size

_DEBTOR = {
    "client_id": "bigint", "identity": "text", "name": "text", "capacity": "text", "legal_form": "text",
    "size": "text", "kvk_number": "text", "vat_id": "text", "street": "text", "postcode": "text", "city": "text",
    "country": "text", "language": "text", "number": "text",
}  # fmt: skip
_CONTACT = {
    "client_id": "bigint", "debtor_id": "bigint", "role": "text", "name": "text", "email": "text", "phone": "text",
}  # fmt: skip


class CustomerFacts(Protocol):
    """What a document tells of the one that owes."""

    @property
    def name(self) -> str: ...
    @property
    def kvk(self) -> str | None: ...
    @property
    def vat(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def street(self) -> str | None: ...
    @property
    def postcode(self) -> str | None: ...
    @property
    def city(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def language(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def identity(self) -> Identity:
        """How he is known again."""


@dataclass(frozen=True, slots=True)
class KnownDebtor:
    """A debtor of the client in scope, with what decides the rules that apply to him."""

    id: int
    capacity: Capacity
    large: bool
    term_days: int | None = None


def know_debtors(client_id: int, customers: Sequence[CustomerFacts]) -> dict[str, KnownDebtor]:
    """The debtor of each customer by identity key; new ones are made. Four statements at most for any number.

    What the client knows of a debtor already stays as it is: an invoice does not overwrite a person's correction.
    """
    # Always in the same order, so that two programs that bring the same debtors wait for each other and never both.
    by_key = dict(sorted({customer.identity.key: customer for customer in customers}.items()))
    known = _known(by_key)
    fresh = [key for key in by_key if key not in known]
    if fresh:
        insert_rows(
            "parties_debtor",
            _DEBTOR,
            (_row(client_id, key, by_key[key]) for key in fresh),
            on_conflict="DO NOTHING",
        )
        known |= _known(fresh)
    insert_rows(
        "parties_contact",
        _CONTACT,
        (
            (client_id, known[key].id, "invoice", "", customer.email[:254], "")
            for key, customer in by_key.items()
            if customer.email
        ),
        on_conflict="DO NOTHING",
    )
    return known


# First those whose KvK number was told later than their name, so that who was known by it all along goes before them.
_KNOWN = """
    SELECT 'kvk:' || kvk_number, id, capacity, size, payment_term_days FROM parties_debtor
    WHERE kvk_number = ANY(%s) AND kvk_number <> ''
    UNION ALL
    SELECT identity, id, capacity, size, payment_term_days FROM parties_debtor WHERE identity = ANY(%s)
"""


def _known(keys: Iterable[str]) -> dict[str, KnownDebtor]:
    wanted = list(keys)
    kvks = [key.removeprefix("kvk:") for key in wanted if key.startswith("kvk:")]
    return {
        key: KnownDebtor(number, Capacity(capacity), size == Size.LARGE, term)
        for key, number, capacity, size, term in fetch(_KNOWN, [kvks, wanted])
    }


def _row(client_id: int, key: str, customer: CustomerFacts) -> tuple[object, ...]:
    identity = customer.identity
    kvk = customer.kvk if customer.kvk and len(customer.kvk) == 8 and customer.kvk.isdigit() else ""
    return (
        client_id, key, customer.name[:200], identity.capacity.value, identity.legal_form.value, Size.UNKNOWN.value,
        kvk, (customer.vat or "")[:20], (customer.street or "")[:200], (customer.postcode or "")[:20],
        (customer.city or "")[:100], (customer.country or "NL")[:2], customer.language, customer.number[:40],
    )  # fmt: skip
