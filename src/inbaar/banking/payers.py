"""Who a payer may be beside his account: by the customer number he says, and by his name. Used by the look-up for a batch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch

# A debtor's name as the table holds it bare, with one of these behind the key of a payer's name.
FORMS = ("", "BV", "NV", "VOF", "CV", "GMBH", "HOLDINGBV")
MOST_OF_A_NAME = 200
_CUSTOMERS = """
    SELECT d.number, d.id FROM parties_debtor d
    WHERE d.client_id = %s AND d.number = ANY(%s::text[]) AND d.number <> ''
"""
_NAMED = """
    SELECT wanted.key, named.id FROM unnest(%s::text[], %s::text[]) AS wanted(key, name) CROSS JOIN LATERAL (
        SELECT d.id FROM parties_debtor d WHERE d.client_id = %s AND d.bare_name = wanted.name LIMIT %s) named
"""
_NAMED_SO = """
    SELECT value, debtor_id FROM banking_habit
    WHERE client_id = %s AND kind = 'name' AND value = ANY(%s::text[]) AND forgotten_on IS NULL
"""


def customers_of(client_id: int, numbers: Iterable[str]) -> dict[str, set[int]]:
    """The debtors with these numbers. One statement."""
    return _by_key(fetch(_CUSTOMERS, [client_id, array_parameter(sorted(numbers))]))


def debtors_of_name(client_id: int, names: Iterable[str]) -> dict[str, set[int]]:
    """The debtors whose own name is one of these, as names are compared. One statement."""
    pairs = [(name, name + form) for name in sorted(names) for form in FORMS]
    if not pairs:
        return {}
    keys, written = zip(*pairs, strict=True)
    rows = fetch(_NAMED, [array_parameter(keys), array_parameter(written), client_id, MOST_OF_A_NAME])
    return _by_key(rows)


def debtors_named_so(client_id: int, names: Iterable[str]) -> dict[str, set[int]]:
    """The debtors that a person said pay under these names. One statement."""
    wanted = sorted(names)
    return _by_key(fetch(_NAMED_SO, [client_id, array_parameter(wanted)])) if wanted else {}


def frozen(found: Mapping[str, set[int]]) -> dict[str, frozenset[int]]:
    """The same with sets that nothing changes any more."""
    return {name: frozenset(debtors) for name, debtors in found.items()}


def _by_key(rows: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for key, debtor in rows:
        found[key].add(debtor)
    return dict(found)
