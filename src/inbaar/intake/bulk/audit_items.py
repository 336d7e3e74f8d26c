"""From postings on debtors to items: what an invoice came to, what is open of it, and when that cannot be known. Pure.

Postings belong together by customer and invoice number, or by the key under which the bookkeeping matched them. An item
whose postings come to nothing is settled and forgotten, so that only what is open takes memory.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
Key = tuple[str, str]


class Posting(NamedTuple):
    """An amount on a debtor, debit positive. `sale` is the invoice itself; days are ISO texts, empty where not given."""

    relation: str
    reference: str
    amount: Decimal
    sale: bool
    day: str
    due: str
    doubts: tuple[str, ...] = ()
    match: str = ""


@dataclass(slots=True)
class Item:
    """An invoice or credit note of a customer: `total` by itself, `open` what is left. `doubts` say why that is not sure."""

    relation: str
    reference: str
    total: Decimal = ZERO
    open: Decimal = ZERO
    day: str = ""
    due: str = ""
    doubts: set[str] = field(default_factory=set)
    match: str = ""
    sales: int = 0


class Ledger:
    """Items as their postings come by."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self._items: dict[Key, Item] = {}
        self._matched: dict[Key, set[Key]] = defaultdict(set)
        self._waiting: dict[Key, Decimal] = {}
        self._loose: dict[str, Decimal] = defaultdict(lambda: ZERO)
        self._loose_doubts: dict[str, set[str]] = defaultdict(set)

    def add(self, posting: Posting) -> None:
        """Put a posting where it belongs: to its invoice, to what it was matched with, or to its customer as a whole."""
        if posting.reference:
            self._to_item(posting)
        elif posting.match:
            self._to_match(posting)
        else:
            self._loose[posting.relation] += posting.amount
            self._loose_doubts[posting.relation].update(posting.doubts)

    def items(self) -> list[Item]:
        """What is open at the end, by customer, day and number; money that belongs to no invoice is an item without one."""
        for match, amount in self._waiting.items():
            self._loose[match[0]] += amount
        self._settle_matched()
        loose = {relation for relation, amount in self._loose.items() if amount}
        for item in self._items.values():
            if not item.sales:
                item.doubts.add("xaf-no-invoice")
            elif item.open and (item.open < 0) != (item.total < 0):
                item.doubts.add("xaf-overpaid")
            if item.open < 0:  # a credit that may be meant for any other invoice of that customer
                loose.add(item.relation)
        for item in self._items.values():
            if item.relation in loose or "" in loose:
                item.doubts.add("xaf-unallocated")
        found = [item for item in self._items.values() if item.open]
        found += [
            Item(relation, "", amount, amount, doubts={"xaf-unallocated", *self._loose_doubts[relation]})
            for relation, amount in self._loose.items()
            if amount
        ]
        return sorted(found, key=lambda item: (item.relation, item.day, item.reference))

    def _to_item(self, posting: Posting) -> None:
        key = (posting.relation, posting.reference)
        item = self._items.setdefault(key, Item(*key))
        item.open += posting.amount
        item.doubts.update(posting.doubts)
        if posting.sale:
            item.total += posting.amount
            item.sales += 1
            item.day, item.due = item.day or posting.day, item.due or posting.due
        if posting.match:
            self._join(key, item, (posting.relation, posting.match))
        self._forget_settled(key, item)

    def _to_match(self, posting: Posting) -> None:
        match = (posting.relation, posting.match)
        partners = self._matched.get(match, ())
        if len(partners) == 1:
            (key,) = partners
            self._items[key].open += posting.amount
            self._forget_settled(key, self._items[key])
        else:
            self._waiting[match] = self._waiting.get(match, ZERO) + posting.amount

    def _join(self, key: Key, item: Item, match: Key) -> None:
        self._matched[match].add(key)
        item.match = match[1]
        if len(self._matched[match]) == 1 and match in self._waiting:
            item.open += self._waiting.pop(match)

    def _forget_settled(self, key: Key, item: Item) -> None:
        if item.open or not item.sales:
            return
        partners = self._matched.get((item.relation, item.match), set())
        if len(partners) > 1:
            return  # what several were matched with together is only known at the end
        if partners:
            del self._matched[item.relation, item.match]
        del self._items[key]

    def _settle_matched(self) -> None:
        """Items that were matched together are settled together, or none of them is sure."""
        for match, keys in self._matched.items():
            group = [self._items[key] for key in keys]
            if len(group) < 2:
                continue
            together = sum((item.open for item in group), ZERO) + self._waiting.get(match, ZERO)
            if not together:
                self._loose[match[0]] -= self._waiting.get(match, ZERO)
            for item in group:
                if together:
                    item.doubts.add("xaf-matched-together")
                else:
                    item.open = ZERO
