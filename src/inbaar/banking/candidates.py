"""Which open invoices the payments of a batch might pay: looked up for all of them at once.

Called by `matching`. A first look-up goes by reference and number, then by account where that can still matter, by
index; a second one, only for the payments nothing was found for, by name and amount. Neither the number of payments
nor of invoices changes how many statements that takes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from inbaar.banking.bundles import Bundle, bundles_named, references_in
from inbaar.banking.evidence import Credit, How
from inbaar.banking.found_items import MOST_OF_A_DEBTOR, AlikeItems, Asked, FoundItems
from inbaar.banking.outcomes import EntryFacts
from inbaar.banking.payers import customers_of, debtors_of_name, frozen
from inbaar.banking.rules import OpenItem, PaymentFacts, reference_tokens
from inbaar.banking.text_signs import name_paid_for
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch

MOST_OF_AN_AMOUNT = 5  # an amount that more invoices are open for tells nothing
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
# One look into the index per key, whatever the planner thinks of reading the whole portfolio instead. What both a
# number and a reference point at comes twice: telling rows apart by all their columns costs more. Most keys find nothing,
# so those of a number are put in order once for all keys; OFFSET 0 keeps the look per key.
_NAMED_ITEMS = f"""
    WITH hit AS (
        SELECT {_COLUMNS} FROM (
            SELECT numbered.*, row_number() OVER (
                PARTITION BY numbered.number_key ORDER BY numbered.open_amount = 0, numbered.id) AS place
            FROM unnest(%(numbers)s::text[]) AS wanted(key) CROSS JOIN LATERAL (
                SELECT {_COLUMNS} FROM receivables_invoice i
                WHERE i.client_id = %(client)s AND i.number_key = wanted.key AND i.kind = 'invoice'
                  AND i.withdrawn_on IS NULL OFFSET 0) numbered
        ) i WHERE i.place <= %(most_of_number)s
        UNION ALL
        SELECT referred.* FROM unnest(%(references)s::text[]) AS wanted(key) CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM receivables_invoice i
            WHERE i.client_id = %(client)s AND i.payment_reference = wanted.key AND i.payment_reference <> ''
              AND i.open_amount > 0 AND i.kind = 'invoice'
            ORDER BY i.due_date, i.id LIMIT %(most)s) referred
    ) {_FACTS}
"""  # noqa: S608 - our own text
_ITEMS_OF_DEBTORS = f"WITH hit AS ({_OF_DEBTORS}) {_FACTS}"
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
_OF_BUNDLES = f"""
    WITH hit AS (
        SELECT {_COLUMNS} FROM receivables_invoice i
        WHERE i.client_id = %(client)s AND i.id = ANY(%(invoices)s::bigint[]) AND i.kind = 'invoice'
    ) {_FACTS}
"""  # noqa: S608 - our own text
_OWNERS = "SELECT iban, debtor_id FROM parties_debtoriban WHERE client_id = %s AND iban = ANY(%s::text[])"
_CREDIT_NOTES = """
    SELECT id, debtor_id, number, number_key, open_amount, currency FROM receivables_invoice
    WHERE client_id = %s AND kind = 'credit_note' AND open_amount > 0 AND debtor_id = ANY(%s::bigint[])
    ORDER BY issue_date, id
"""


_PREFIXES = """
    SELECT DISTINCT substring(latest.number_key FROM '^[A-Z]{1,8}(?=[0-9])') AS prefix FROM (
        SELECT number_key FROM receivables_invoice WHERE client_id = %s AND kind = 'invoice'
        ORDER BY issue_date DESC LIMIT 200) latest
    WHERE latest.number_key ~ '^[A-Z]{1,8}[0-9]' ORDER BY 1 LIMIT 4
"""
_EXPLAINED = """
    SELECT s.invoice_id, e.id, e.counterparty_iban, e.unapplied FROM banking_suspect s
    JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id
    WHERE s.client_id = %s AND s.invoice_id = ANY(%s::bigint[]) AND e.state = 'unmatched' AND e.counterparty_iban <> ''
"""


_SET_ASIDE = """
    SELECT DISTINCT counterparty_iban FROM banking_entry
    WHERE client_id = %s AND unapplied > 0 AND state = 'ignored' AND counterparty_iban = ANY(%s::text[])
"""


def prefixes_of(client_id: int) -> tuple[str, ...]:
    """The letters that this client's latest invoice numbers begin with: payers leave them out. One statement."""
    return tuple(prefix for (prefix,) in fetch(_PREFIXES, [client_id]))


def asked(entry: EntryFacts, prefixes: Sequence[str] = ()) -> Asked:
    """An entry as the rules see it. `prefixes` are what the client's numbers begin with."""
    payment = PaymentFacts(
        entry.unapplied,
        entry.currency,
        entry.counterparty_name or None,
        entry.counterparty_iban or None,
        entry.reference or None,
        entry.end_to_end_id or None,
        entry.text,
    )
    tokens = reference_tokens(payment, prefixes)
    paid_for = name_paid_for(payment.text)
    return Asked(entry, payment, tokens if paid_for is None else tokens._replace(paid_for=paid_for))


def items_pointed_at(client_id: int, payments: Sequence[Asked]) -> FoundItems:
    """The open items that a reference, a number, a payer's account or his customer number points at. Four statements."""
    found = FoundItems()
    numbers = {number for p in payments for number in p.tokens.customers}
    if numbers:
        found.customers.update(customers_of(client_id, numbers))
    ibans = {p.tokens.iban for p in payments if p.tokens.iban}
    for iban, debtor_id in fetch(_OWNERS, [client_id, array_parameter(sorted(ibans))]):
        found.owners[iban].add(debtor_id)
    ibans_of = _ibans_of(found.owners)
    rows = fetch(
        _NAMED_ITEMS,
        {
            "client": client_id,
            # In the order of the index, so that neighbours are looked up one after the other.
            "numbers": array_parameter(
                sorted({key for p in payments for key in (*p.tokens.number_keys, *p.tokens.short_for)})
            ),
            "references": array_parameter(
                sorted({way for p in payments for key in p.tokens.references for way in _written(key)})
            ),
            "most": MOST_OF_A_DEBTOR,
            "most_of_number": MOST_OF_A_NUMBER,
        },
    )
    _add(found, rows, ibans_of)
    if debtors := found.note_names(payments):
        _add(found, _items_of(client_id, debtors), ibans_of)
    return found


def add_named(client_id: int, found: FoundItems, by_name: Mapping[int, Sequence[tuple[int, How]]]) -> None:
    """Add what is open of the debtors whose names the entries bear or say. One statement, none where there are none."""
    found.by_name = by_name
    if debtors := {debtor for each in by_name.values() for debtor, _ in each}:
        _add(found, _items_of(client_id, debtors), _ibans_of(found.owners))


def _items_of(client_id: int, debtors: Iterable[int]) -> list[tuple[Any, ...]]:
    wanted = array_parameter(sorted(debtors))
    return fetch(_ITEMS_OF_DEBTORS, {"client": client_id, "debtors": wanted, "most": MOST_OF_A_DEBTOR})


def items_of_bundles(
    client_id: int, payments: Sequence[Asked], found: FoundItems
) -> tuple[dict[int, Bundle], dict[int, str]]:
    """The one bundle that a payment names, by entry, and the numbers of their invoices; what is open of these is found.

    Two statements, and none where no payment bears such a reference.
    """
    told = {p.entry.id: references_in(p.payment) for p in payments}
    bundles = bundles_named(client_id, (reference for each in told.values() for reference in each))
    if not bundles:
        return {}, {}
    invoices = sorted({number for bundle in bundles.values() for number, _ in bundle.parts})
    rows = fetch(_OF_BUNDLES, {"client": client_id, "invoices": array_parameter(invoices)})
    _add(found, rows, _ibans_of(found.owners))
    named = {entry: [bundles[key] for key in told[entry] & bundles.keys()] for entry in told}
    numbers = {row[0]: row[2] for row in rows}
    return {entry: each[0] for entry, each in named.items() if len(each) == 1}, numbers


def items_alike(
    client_id: int, payments: Sequence[Asked], known: FoundItems, named_so: Mapping[str, frozenset[int]]
) -> AlikeItems:
    """The open items that only a name or an amount fits. Two statements.

    `named_so` are the debtors that a person said pay under a name. An item that is known already is taken as it stands
    now; what was paid off meanwhile is left out.
    """
    names = {p.tokens.name_key for p in payments if p.tokens.name_key}
    bearers = frozen(debtors_of_name(client_id, names))
    debtors = {debtor for found in bearers.values() for debtor in found}
    debtors |= {debtor for name in names for debtor in named_so.get(name, ())}
    rows = fetch(
        _BY_NAME_OR_AMOUNT,
        {
            "client": client_id,
            "debtors": array_parameter(sorted(debtors)),
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
    return AlikeItems(still_open, found, named_so, bearers)


def explained_by(client_id: int, invoices: Iterable[int]) -> dict[int, set[tuple[int, str, Decimal]]]:
    """Per invoice the money that waits and may have paid it: entry, account it came from, how much. One statement."""
    found: dict[int, set[tuple[int, str, Decimal]]] = defaultdict(set)
    for number, *waiting in fetch(_EXPLAINED, [client_id, array_parameter(sorted(invoices))]):
        found[number].add(tuple(waiting))
    return found


def set_aside_from(client_id: int, ibans: Iterable[str]) -> frozenset[str]:
    """Those of these accounts of which money was set aside, as the payment of no invoice. One statement."""
    rows = fetch(_SET_ASIDE, [client_id, array_parameter(sorted(ibans))])
    return frozenset(iban for (iban,) in rows)


def credit_notes(client_id: int, debtors: set[int]) -> dict[int, list[Credit]]:
    """The open credit notes of debtors, oldest first. One statement."""
    found: dict[int, list[Credit]] = defaultdict(list)
    rows = fetch(_CREDIT_NOTES, [client_id, array_parameter(sorted(debtors))]) if debtors else []
    for row in rows:
        credit = Credit(*row)
        found[credit.debtor_id].append(credit)
    return found


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
            found.paid_by.setdefault(key, set()).add(debtor)
            continue
        if number in found.seen:
            continue
        ibans = ibans_of.get(debtor, nobody)
        item = OpenItem(number, debtor, shown, key, reference, open_amount, due, currency, ibans, name)
        found.add(item, has_extras)


def _written(reference: str) -> tuple[str, str]:
    """A reference as it may be printed on an invoice: in one piece, or in groups of four."""
    return reference, " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))
