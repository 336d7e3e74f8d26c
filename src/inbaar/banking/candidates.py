"""Which open invoices the payments of a batch might pay: looked up for all of them at once.

Called by `matching`. A first look-up goes by reference, number and account, by index; a second one, only for the
payments nothing was found for, by name and amount. Neither the number of payments nor of invoices changes how many
statements that takes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.banking.outcomes import EntryFacts
from inbaar.banking.payment_tokens import name_key
from inbaar.banking.rules import (
    Candidate,
    How,
    OpenItem,
    PaymentFacts,
    Tokens,
    reference_key,
    reference_tokens,
)
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch

MOST_OF_A_DEBTOR = 200
MOST_OF_A_NAME = 200
MOST_OF_AN_AMOUNT = 5  # an amount that more invoices are open for tells nothing
_FORMS = ("", "BV", "NV", "VOF", "CV", "GMBH", "HOLDINGBV")
MOST_OF_A_NUMBER = 20
_COLUMNS = (
    "i.id, i.debtor_id, i.number, i.number_key, i.payment_reference, i.open_amount, i.due_date, i.currency"
)
_FACTS = """
    SELECT hit.*,
           (SELECT d.name FROM parties_debtor d WHERE d.client_id = %(client)s AND d.id = hit.debtor_id),
           EXISTS (SELECT FROM receivables_claimcomponent c
                   WHERE c.client_id = %(client)s AND c.invoice_id = hit.id AND c.withdrawn_on IS NULL)
    FROM hit ORDER BY hit.id
"""
_OF_DEBTORS = f"""
    SELECT of_debtor.* FROM unnest(%(debtors)s::bigint[]) AS wanted(id) CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM receivables_invoice i
        WHERE i.client_id = %(client)s AND i.debtor_id = wanted.id AND i.open_amount > 0 AND i.kind = 'invoice'
        ORDER BY i.due_date, i.id LIMIT %(most)s) of_debtor
"""  # noqa: S608 - our own text
# One look into the index per key, whatever the planner thinks of reading the whole portfolio instead.
_BY_INDEX = f"""
    WITH hit AS (
        SELECT numbered.* FROM unnest(%(numbers)s::text[]) AS wanted(key) CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM receivables_invoice i
            WHERE i.client_id = %(client)s AND i.number_key = wanted.key AND i.kind = 'invoice'
            ORDER BY i.open_amount = 0, i.id LIMIT %(most_of_number)s) numbered
        UNION
        SELECT referred.* FROM unnest(%(references)s::text[]) AS wanted(key) CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM receivables_invoice i
            WHERE i.client_id = %(client)s AND i.payment_reference = wanted.key AND i.payment_reference <> ''
              AND i.open_amount > 0 AND i.kind = 'invoice'
            ORDER BY i.due_date, i.id LIMIT %(most)s) referred
        UNION
        {_OF_DEBTORS}
    ) {_FACTS}
"""  # noqa: S608 - our own text
_BY_NAME_OR_AMOUNT = f"""
    WITH hit AS (
        {_OF_DEBTORS}
        UNION
        SELECT alike.id, alike.debtor_id, alike.number, alike.number_key, alike.payment_reference, alike.open_amount,
               alike.due_date, alike.currency
        FROM unnest(%(cents)s::bigint[]) AS wanted(cents) CROSS JOIN LATERAL (
            SELECT {_COLUMNS}, count(*) OVER (PARTITION BY i.currency) AS others FROM receivables_invoice i
            WHERE i.client_id = %(client)s AND i.open_cents = wanted.cents AND i.open_amount > 0
              AND i.kind = 'invoice') alike
        WHERE alike.others <= %(most_of_amount)s
    ) {_FACTS}
"""  # noqa: S608 - our own text
_OWNERS = "SELECT iban, debtor_id FROM parties_debtoriban WHERE client_id = %s AND iban = ANY(%s::text[])"
_CREDIT_NOTES = """
    SELECT debtor_id, open_amount, number FROM receivables_invoice
    WHERE client_id = %s AND kind = 'credit_note' AND open_amount > 0 AND debtor_id = ANY(%s::bigint[])
"""
_NAMED = """
    SELECT named.id FROM unnest(%s::text[]) AS wanted(name) CROSS JOIN LATERAL (
        SELECT d.id FROM parties_debtor d WHERE d.client_id = %s AND d.bare_name = wanted.name LIMIT %s) named
"""


class Asked(NamedTuple):
    """A payment with what it could be recognised by."""

    entry: EntryFacts
    payment: PaymentFacts
    tokens: Tokens


@dataclass(slots=True)
class FoundItems:
    """Open items by what points at them. `extras` are those with interest or costs claimed on top.

    `items` changes as payments are taken off; `seen` is every item that was ever in it. `paid` has the numbers of
    the invoices that are named and have nothing left to pay, by key.
    """

    items: dict[int, OpenItem] = field(default_factory=dict)
    paid: dict[str, str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    extras: set[int] = field(default_factory=set)
    owners: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
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
        tokens = asked.tokens
        found = [
            (number, How.REFERENCE) for key in tokens.references for number in self._by_reference.get(key, ())
        ]
        found += [
            (number, How.NUMBER) for key in tokens.number_keys for number in self._by_number.get(key, ())
        ]
        for debtor in self.owners.get(tokens.iban or "", ()):
            found += [(number, How.IBAN) for number in self._by_debtor.get(debtor, ())]
        return self._candidates(found)

    def _candidates(self, found: list[tuple[int, How]]) -> list[Candidate]:
        return [Candidate(self.items[number], how) for number, how in found if number in self.items]


class AlikeItems:
    """Open items by debtor's name and by amount, for payments that point at nothing."""

    def __init__(self, items: Iterable[OpenItem], found: FoundItems) -> None:
        self.is_crowded = found.is_crowded
        self._by_name: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_amount: dict[Decimal, list[OpenItem]] = defaultdict(list)
        for item in items:
            self._by_amount[item.open_amount].append(item)
            if name := name_key(item.debtor_name):
                self._by_name[name].append(item)

    def candidates(self, asked: Asked) -> list[Candidate]:
        """By name, else by amount."""
        if named := self._by_name.get(asked.tokens.name_key or ""):
            return [Candidate(item, How.NAME) for item in named]
        return [Candidate(item, How.AMOUNT) for item in self._by_amount.get(asked.payment.amount, ())]


def asked(entry: EntryFacts) -> Asked:
    """An entry as the rules see it."""
    payment = PaymentFacts(
        entry.unapplied,
        entry.currency,
        entry.counterparty_name or None,
        entry.counterparty_iban or None,
        entry.reference or None,
        entry.end_to_end_id or None,
        entry.text,
    )
    return Asked(entry, payment, reference_tokens(payment))


def items_pointed_at(client_id: int, payments: Sequence[Asked]) -> FoundItems:
    """The open items that a reference, a number or a payer's account points at. Two statements."""
    found = FoundItems()
    ibans = {p.tokens.iban for p in payments if p.tokens.iban}
    for iban, debtor_id in fetch(_OWNERS, [client_id, array_parameter(list(ibans))]):
        found.owners[iban].add(debtor_id)
    ibans_of = _ibans_of(found.owners)
    rows = fetch(
        _BY_INDEX,
        {
            "client": client_id,
            "numbers": array_parameter(list({key for p in payments for key in p.tokens.number_keys})),
            "references": array_parameter(
                list({way for p in payments for key in p.tokens.references for way in _written(key)})
            ),
            "debtors": array_parameter(list(ibans_of)),
            "most": MOST_OF_A_DEBTOR,
            "most_of_number": MOST_OF_A_NUMBER,
        },
    )
    _add(found, rows, ibans_of)
    return found


def items_alike(client_id: int, payments: Sequence[Asked], known: FoundItems) -> AlikeItems:
    """The open items that only a name or an amount fits. Two statements.

    An item that is known already is taken as it stands now; what was paid off meanwhile is left out.
    """
    names = {p.tokens.name_key + form for p in payments if p.tokens.name_key for form in _FORMS}
    debtors = (
        [number for (number,) in fetch(_NAMED, [array_parameter(list(names)), client_id, MOST_OF_A_NAME])]
        if names
        else []
    )
    rows = fetch(
        _BY_NAME_OR_AMOUNT,
        {
            "client": client_id,
            "debtors": array_parameter(debtors),
            "most": MOST_OF_A_DEBTOR,
            "cents": array_parameter(list({int(p.payment.amount * 100) for p in payments})),
            "most_of_amount": MOST_OF_AN_AMOUNT,
        },
    )
    found = FoundItems()
    _add(found, rows, _ibans_of(known.owners))
    still_open = (
        known.items.get(number, item)
        for number, item in found.items.items()
        if number in known.items or number not in known.seen
    )
    return AlikeItems(still_open, found)


def credit_notes(client_id: int, debtors: set[int]) -> dict[tuple[int, Decimal], str]:
    """The open credit notes of debtors, by debtor and amount: their numbers."""
    rows = fetch(_CREDIT_NOTES, [client_id, array_parameter(list(debtors))]) if debtors else []
    return {(debtor, amount): number for debtor, amount, number in rows}


def _ibans_of(owners: dict[str, set[int]]) -> dict[int, frozenset[str]]:
    """The accounts each debtor is known by, as far as this batch is paid from them."""
    ibans: dict[int, set[str]] = defaultdict(set)
    for iban, debtors in owners.items():
        for debtor in debtors:
            ibans[debtor].add(iban)
    return {debtor: frozenset(known) for debtor, known in ibans.items()}


def _add(found: FoundItems, rows: Iterable[tuple[Any, ...]], ibans_of: dict[int, frozenset[str]]) -> None:
    nobody: frozenset[str] = frozenset()
    for number, debtor, shown, key, reference, open_amount, due, currency, name, has_extras in rows:
        if not open_amount:
            found.paid[key] = shown
            continue
        ibans = ibans_of.get(debtor, nobody)
        item = OpenItem(number, debtor, shown, key, reference, open_amount, due, currency, ibans, name)
        found.add(item, has_extras)


def _written(reference: str) -> tuple[str, str]:
    """A reference as it may be printed on an invoice: in one piece, or in groups of four."""
    return reference, " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))
