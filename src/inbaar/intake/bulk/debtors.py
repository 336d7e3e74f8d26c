"""Which debtor of the books a line means: by the client's own number, KvK number, VAT id, or name. Pure.

Two people are never made one because they share a name, and nobody becomes two because a list says less of him: where
that cannot be decided the line is in doubt.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from inbaar.intake.bulk.lines import Fault
from inbaar.parties.rules import plain
from inbaar.receivables.drafts import Customer


@dataclass(frozen=True, slots=True)
class BookedDebtor:
    """A debtor of the client, as far as a line can name him."""

    id: int
    identity: str
    name: str
    number: str
    kvk: str
    vat: str
    postcode: str


class Debtors:
    """The debtors a list may mean, by what they are looked up by; and what the list says of each name by itself."""

    def __init__(self, booked: Iterable[BookedDebtor], customers: Iterable[Customer]) -> None:
        self._by: dict[tuple[str, str], list[BookedDebtor]] = defaultdict(list)
        for debtor in booked:
            for kind, value in (
                ("number", debtor.number), ("kvk", debtor.kvk), ("vat", plain(debtor.vat)), ("key", debtor.identity),
                ("name", plain(debtor.name)),
            ):  # fmt: skip
                if value:
                    self._by[kind, value].append(debtor)
        self._numbers: dict[str, set[str]] = defaultdict(set)
        self._told: dict[tuple[str, str], dict[str, Customer]] = defaultdict(dict)
        for customer in customers:
            if customer.number and not (customer.kvk or customer.vat):
                self._numbers[customer.identity.key].add(customer.number)
            for kind, value in (("number", customer.number), ("name", plain(customer.name))):
                if value:
                    self._told[kind, value].setdefault(customer.identity.key, customer)

    def as_told(self, customer: Customer) -> Customer:
        """A customer who is new, as the line says it that tells most of him: one line may leave out his KvK number."""
        if customer.kvk or customer.vat:
            return customer
        kind = ("number", customer.number) if customer.number else ("name", plain(customer.name))
        identified = [other for other in self._told[kind].values() if other.kvk or other.vat]
        return identified[0] if len(identified) == 1 else customer

    def find(self, customer: Customer) -> tuple[BookedDebtor | None, tuple[Fault, ...]]:
        """The debtor, or None for one that is not in the books yet; and what is doubtful about that."""
        if numbered := self._by.get(("number", customer.number)):
            return _by_number(customer, numbered)
        if not customer.name:
            return None, (Fault("debtor", "debtor-number-unknown", customer.number, refuses=True),)
        for kind, value in (
            ("kvk", customer.kvk),
            ("vat", plain(customer.vat or "")),
            ("key", customer.identity.key),
        ):
            if value and (found := self._by.get((kind, value))):
                return found[0], _other_number(customer, found[0]) if kind == "key" else ()
        return self._by_name(customer)

    def _by_name(self, customer: Customer) -> tuple[BookedDebtor | None, tuple[Fault, ...]]:
        named = [d for d in self._by.get(("name", plain(customer.name)), []) if not _is_another(customer, d)]
        if len(named) > 1:
            return None, (Fault("debtor", "debtor-several", customer.name),)
        if named:
            faults = _other_number(customer, named[0])
            postcodes = {plain(customer.postcode or ""), plain(named[0].postcode)} - {""}
            if not faults and len(postcodes) > 1:
                faults = (Fault("postcode", "debtor-other-address", named[0].postcode),)
            return named[0], faults
        if len(self._numbers[customer.identity.key]) > 1 and not (customer.kvk or customer.vat):
            return None, (Fault("debtor", "debtor-two-numbers", customer.name),)
        return None, self._several(customer)

    def _several(self, customer: Customer) -> tuple[Fault, ...]:
        """A number that the list gives to more than one, or a bare name that more than one in it bears."""
        same_number = self._told[("number", customer.number)].values() if customer.number else ()
        names = {plain(other.name) for other in same_number if other.name}
        identified = {other.identity.key for other in same_number if other.kvk or other.vat}
        if len(names) > 1 or len(identified) > 1:
            return (Fault("debtor_number", "debtor-number-twice", customer.number),)
        namesakes = self._told[("name", plain(customer.name))].values()
        bare = not (customer.number or customer.kvk or customer.vat)
        if bare and len({other.identity.key for other in namesakes if other.kvk or other.vat}) > 1:
            return (Fault("debtor", "debtor-several", customer.name),)
        return ()


def _by_number(
    customer: Customer, numbered: list[BookedDebtor]
) -> tuple[BookedDebtor | None, tuple[Fault, ...]]:
    """One debtor of this number, whose name or KvK number is the line's."""
    debtor = next((d for d in numbered if plain(d.name) == plain(customer.name)), numbered[0])
    same = (
        not customer.name
        or plain(debtor.name) == plain(customer.name)
        or (customer.kvk or "") == debtor.kvk != ""
    )
    if not same:
        return debtor, (Fault("debtor", "debtor-other-name", f"{customer.number}: {debtor.name}"),)
    if len(numbered) > 1 and not customer.name:
        return None, (Fault("debtor", "debtor-several", customer.number),)
    return debtor, ()


def _is_another(customer: Customer, debtor: BookedDebtor) -> bool:
    """Another one of that name: he has another KvK number or VAT id."""
    pairs = ((customer.kvk, debtor.kvk), (plain(customer.vat or ""), plain(debtor.vat)))
    return any(theirs and ours and theirs != ours for theirs, ours in pairs)


def _other_number(customer: Customer, debtor: BookedDebtor) -> tuple[Fault, ...]:
    if customer.number and debtor.number and customer.number != debtor.number:
        return (Fault("debtor_number", "debtor-other-number", debtor.number),)
    return ()
