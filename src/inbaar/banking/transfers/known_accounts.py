"""On which accounts payees were paid or paid from before. Asked when a payment is wanted: a changed account is looked at."""

from collections import defaultdict
from collections.abc import Sequence

from inbaar.kit.bulk import fetch

# The accounts of a debtor, and those that money went to under the same name; a name as the table writes it bare.
_KNOWN = """
    WITH wanted AS (
        SELECT w.place, w.debtor_id, translate(upper(w.name), ' .,-''&/()+', '') AS bare_name
        FROM unnest(%(places)s::int[], %(names)s::text[], %(debtors)s::bigint[]) AS w(place, name, debtor_id)
    ), known AS (
        SELECT w.place, t.payee_iban AS iban, t.requested_at::date AS since FROM wanted w
        JOIN transfers_credittransfer t ON t.client_id = %(client)s AND t.bare_name = w.bare_name
        WHERE t.state IN ('requested', 'batched', 'in_file', 'accepted', 'paid')
        UNION ALL
        SELECT w.place, b.iban, b.known_since FROM wanted w
        JOIN parties_debtoriban b ON b.client_id = %(client)s AND b.debtor_id = w.debtor_id
    )
    SELECT place, iban FROM known GROUP BY place, iban ORDER BY place, max(since) DESC, iban
"""


def known_accounts(client_id: int, payees: Sequence[tuple[str, int | None]]) -> list[list[str]]:
    """Per payee (name, and the debtor he is, if he is one) the accounts known of him, the latest first.

    One statement for any number. Needs the client's scope.
    """
    found: dict[int, list[str]] = defaultdict(list)
    if payees:
        given = {
            "places": list(range(len(payees))),
            "names": [name for name, _ in payees],
            "debtors": [debtor for _, debtor in payees],
            "client": client_id,
        }
        for place, iban in fetch(_KNOWN, given):
            found[place].append(iban)
    return [found[place] for place in range(len(payees))]
