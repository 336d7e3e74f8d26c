"""The open items that were found for a batch of payments, kept by what points at them while they are paid off. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from inbaar.banking.outcomes import EntryFacts
from inbaar.banking.payment_tokens import name_key
from inbaar.banking.rules import Candidate, How, OpenItem, PaymentFacts, Tokens, reference_key

MOST_OF_A_DEBTOR = 200


class Asked(NamedTuple):
    """A payment with what it could be recognised by."""

    entry: EntryFacts
    payment: PaymentFacts
    tokens: Tokens


@dataclass(slots=True)
class FoundItems:
    """Open items by what points at them. `extras` are those with interest or costs claimed on top.

    `items` changes as payments are taken off; `seen` is every item that was ever in it. `paid` has the numbers of
    the invoices that are named and have nothing left to pay, by key, and `paid_by` their debtors; `named` has what each entry names,
    and `told` the one item of those that say all; `by_name` the debtors whose name its payer or its text has.
    """

    items: dict[int, OpenItem] = field(default_factory=dict)
    paid: dict[str, str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    extras: set[int] = field(default_factory=set)
    named: dict[int, list[tuple[int, How]]] = field(default_factory=dict)
    told: dict[int, OpenItem] = field(default_factory=dict)
    paid_by: dict[str, set[int]] = field(default_factory=dict)
    owners: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    customers: dict[str, set[int]] = field(default_factory=dict)
    by_name: Mapping[int, Sequence[tuple[int, How]]] = field(default_factory=dict)
    _by_number: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_reference: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_debtor: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, item: OpenItem, has_extras: bool) -> None:
        """Put an item where it will be found."""
        number = item.invoice_id
        self.items[number] = item
        self.seen.add(number)
        if has_extras:
            self.extras.add(number)
        self._by_number[item.number_key].append(number)
        self._by_debtor[item.debtor_id].append(number)
        if item.payment_reference:
            self._by_reference[reference_key(item.payment_reference)].append(number)

    def is_crowded(self, debtor: int) -> bool:
        """Whether a debtor has more open items than are looked up, so that another may fit as well."""
        return len(self._by_debtor.get(debtor, ())) >= MOST_OF_A_DEBTOR

    def pointed_at(self, asked: Asked) -> list[Candidate]:
        """The candidates a payment points at, as they stand now: what was paid off meanwhile is none any more."""
        named = [pair for pair in self.named[asked.entry.id] if pair[0] in self.items]
        found = self._candidates(named)
        payers = self.owners.get(asked.tokens.iban or "")
        if (
            payers
            and found
            and (self.told.get(asked.entry.id) is found[0].item or self._says_all(asked, named, payers))
        ):
            return found
        for debtor in payers or ():
            found += self._candidates([(number, How.IBAN) for number in self._by_debtor.get(debtor, ())])
        customers = () if self._names_it_exactly(asked, named) else self._customers_in(asked.tokens)
        for debtor in customers:
            found += self._candidates([(number, How.CUSTOMER) for number in self._by_debtor.get(debtor, ())])
        for debtor, how in self.by_name.get(asked.entry.id, ()):
            found += self._candidates([(number, how) for number in self._by_debtor.get(debtor, ())])
        if named and not payers and self._names_another_amount(asked, named):
            for debtor in {self.items[number].debtor_id for number, _ in named}:
                found += self._candidates([(number, How.SAME) for number in self._by_debtor.get(debtor, ())])
        return found

    def _names_it_exactly(self, asked: Asked, named: list[tuple[int, How]]) -> bool:
        """Whether one invoice is named and exactly what is open on it was paid: a customer number adds nothing then."""
        if not named or self.items[named[0][0]].open_amount != asked.payment.amount:
            return False
        return len(named) == 1 or len(dict(named)) == 1

    def _customers_in(self, tokens: Tokens) -> set[int]:
        """The debtors whose number the payer says is his."""
        if not tokens.customers:
            return set()
        return {debtor for number in tokens.customers for debtor in self.customers.get(number, ())}

    def _may_need_others(self, asked: Asked, named: list[tuple[int, How]], times: Mapping[int, int]) -> bool:
        """Whether, once it is decided, what is named may not be what was paid: others of the batch may pay it first."""
        several = len(dict(named)) > 1 or times[named[0][0]] > 1
        return several or self._names_another_amount(asked, named)

    def _names_another_amount(self, asked: Asked, named: list[tuple[int, How]]) -> bool:
        """Whether what is named is not what was paid: then what else is open of its debtor may explain it."""
        return (
            sum((self.items[number].open_amount for number in dict(named)), Decimal(0))
            != asked.payment.amount
        )

    def note_names(self, payments: Sequence[Asked]) -> set[int]:
        """Note what the payments name; gives the debtors of whom all that is open must be known to decide.

        An item that two payments name may be paid when the second one comes, which is then looked at like any other.
        """
        self.named = {payment.entry.id: self._named_by(payment.tokens) for payment in payments}
        times = Counter(chain.from_iterable(map(dict, self.named.values())))
        wanted: set[int] = set()
        for payment in payments:
            payers = self.owners.get(payment.tokens.iban or "", set())
            named = self.named[payment.entry.id]
            if payment.tokens.customers and not (
                named and times[named[0][0]] == 1 and self._names_it_exactly(payment, named)
            ):
                wanted |= self._customers_in(payment.tokens)
            if (
                named
                and (not payers or times[named[0][0]] > 1)
                and self._names_another_amount(payment, named)
            ):
                wanted |= {self.items[number].debtor_id for number, _ in named}
            if not payers:
                continue
            if named and times[named[0][0]] == 1 and self._says_all(payment, named, payers):
                self.told[payment.entry.id] = self.items[named[0][0]]
            else:
                wanted |= payers
        return wanted

    def _says_all(self, asked: Asked, named: list[tuple[int, How]], payers: set[int]) -> bool:
        """Whether a payment names one item, pays exactly what is open on it, and comes from nobody else's account.

        Then nothing else that is open changes what is decided.
        """
        number, _ = named[0]
        item = self.items[number]
        return (
            item.open_amount == asked.payment.amount
            and item.currency == asked.payment.currency
            and number not in self.extras
            and (len(named) == 1 or len(dict(named)) == 1)
            and payers == {item.debtor_id}
        )

    def _named_by(self, tokens: Tokens) -> list[tuple[int, How]]:
        found = []
        for key in tokens.references & self._by_reference.keys():
            found += [(number, How.REFERENCE) for number in self._by_reference[key]]
        for key in tokens.number_keys & self._by_number.keys():
            found += [(number, How.NUMBER) for number in self._by_number[key]]
        for key in tokens.short_for & self._by_number.keys():
            found += [(number, How.SHORT) for number in self._by_number[key]]
        return found

    def _candidates(self, found: list[tuple[int, How]]) -> list[Candidate]:
        return [Candidate(self.items[number], how) for number, how in found if number in self.items]


class AlikeItems:
    """Open items by debtor's name and by amount, for payments that point at nothing; `bearers` are all of a name."""

    def __init__(
        self,
        items: Iterable[OpenItem],
        found: FoundItems,
        named_so: Mapping[str, frozenset[int]],
        bearers: Mapping[str, frozenset[int]],
    ) -> None:
        self.is_crowded, self._named_so, self._bearers = found.is_crowded, named_so, bearers
        self.items: dict[int, OpenItem] = {}
        self._by_debtor: dict[int, list[OpenItem]] = defaultdict(list)
        self._by_name: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_amount: dict[Decimal, list[OpenItem]] = defaultdict(list)
        for item in items:
            self.items[item.invoice_id] = item
            self._by_amount[item.open_amount].append(item)
            self._by_debtor[item.debtor_id].append(item)
            if name := name_key(item.debtor_name):
                self._by_name[name].append(item)

    def bearers(self, asked: Asked) -> frozenset[int]:
        """The debtors who bear the payer's name, whether anything of theirs is open or not."""
        return self._bearers.get(asked.tokens.name_key or "", frozenset())

    def candidates(self, asked: Asked) -> list[Candidate]:
        """By name, one that a person said is a debtor's included; else by amount."""
        name = asked.tokens.name_key or ""
        named = list(self._by_name.get(name, ()))
        for debtor in self._named_so.get(name, ()):
            named += [item for item in self._by_debtor.get(debtor, ()) if item not in named]
        if named:
            return [Candidate(item, How.NAME) for item in named]
        return [Candidate(item, How.AMOUNT) for item in self._by_amount.get(asked.payment.amount, ())]
