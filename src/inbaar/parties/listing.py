"""Many debtors at once, from a list: changed, told of accounts and addresses, and all of that undone again.

Set-based: the number of statements does not depend on the number of debtors. Each function needs the client's scope.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run

#: The fields that a list can change, with their types.
FACTS = {
    "number": "text", "name": "text", "street": "text", "postcode": "text", "city": "text", "country": "text",
    "kvk_number": "text", "vat_id": "text", "payment_term_days": "smallint",
}  # fmt: skip
_CONTACT = {
    "client_id": "bigint",
    "debtor_id": "bigint",
    "role": "text",
    "name": "text",
    "email": "text",
    "phone": "text",
}
_ACCOUNT = {"client_id": "bigint", "debtor_id": "bigint", "iban": "text", "known_since": "date"}
_WAYS = """
    SELECT debtor_id, 'iban', iban FROM parties_debtoriban WHERE client_id = %(client)s AND debtor_id = ANY(%(ids)s::bigint[])
    UNION ALL
    SELECT debtor_id, 'email', email FROM parties_contact
    WHERE client_id = %(client)s AND debtor_id = ANY(%(ids)s::bigint[]) AND role = 'invoice' AND email <> ''
"""
_HANGS = """
    SELECT debtor_id, 'invoice' FROM receivables_invoice WHERE client_id = %(client)s AND debtor_id = ANY(%(ids)s::bigint[])
    UNION SELECT debtor_id, kind FROM receivables_event WHERE client_id = %(client)s AND debtor_id = ANY(%(ids)s::bigint[])
    UNION SELECT debtor_id, 'hold_opened' FROM receivables_hold WHERE client_id = %(client)s AND debtor_id = ANY(%(ids)s::bigint[])
"""


def facts_of(client_id: int, debtor_ids: Sequence[int], *, lock: bool = False) -> dict[int, dict[str, str]]:
    """What is known of these debtors that a list can say, as texts; empty where nothing is. With `lock`, until the end."""
    columns = ", ".join(f"coalesce({name}::text, '')" for name in FACTS)
    rows = fetch(
        f"SELECT id, {columns} FROM parties_debtor WHERE client_id = %s AND id = ANY(%s::bigint[]) "  # noqa: S608
        f"ORDER BY id{' FOR NO KEY UPDATE' if lock else ''}",
        [client_id, array_parameter(sorted(debtor_ids))],
    )
    return {row[0]: dict(zip(FACTS, row[1:], strict=True)) for row in rows}


def write_facts(client_id: int, facts: Mapping[int, Mapping[str, str]]) -> None:
    """Write the fields named of each debtor, and leave the others as they are. One statement."""
    if not facts:
        return
    now = facts_of(client_id, list(facts), lock=True)
    rows = [(number, *({**known, **facts[number]}[name] for name in FACTS)) for number, known in now.items()]
    columns = [array_parameter(list(column)) for column in zip(*rows, strict=True)]
    sets = ", ".join(
        f"{name} = nullif(n.{name}, '')::smallint" if kind == "smallint" else f"{name} = n.{name}"
        for name, kind in FACTS.items()
    )
    arrays = ", ".join(["%s::bigint[]", *["%s::text[]"] * len(FACTS)])
    run(
        f"UPDATE parties_debtor d SET {sets} FROM unnest({arrays}) AS n(id, {', '.join(FACTS)}) "  # noqa: S608
        "WHERE d.client_id = %s AND d.id = n.id",
        [*columns, client_id],
    )


def add_addresses(client_id: int, emails: Sequence[tuple[int, str]]) -> None:
    """Add addresses to which invoices go: debtor, address. One that is there already stays as it is."""
    rows = sorted({(client_id, number, "invoice", "", email, "") for number, email in emails})
    insert_rows("parties_contact", _CONTACT, rows, on_conflict="DO NOTHING")


def add_accounts(client_id: int, accounts: Sequence[tuple[int, str]], on: dt.date) -> None:
    """Add accounts from which a debtor pays: debtor, IBAN."""
    rows = sorted({(client_id, number, iban, on) for number, iban in accounts})
    insert_rows("parties_debtoriban", _ACCOUNT, rows, on_conflict="DO NOTHING")


def ways_known(client_id: int, debtor_ids: Sequence[int]) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """The accounts of these debtors, and the addresses to which their invoices go."""
    found: dict[str, dict[int, set[str]]] = {"iban": {}, "email": {}}
    ids = array_parameter(sorted(debtor_ids))
    for number, what, value in fetch(_WAYS, {"client": client_id, "ids": ids}):
        found[what].setdefault(number, set()).add(value)
    return found["iban"], found["email"]


def drop_ways(client_id: int, emails: Sequence[tuple[int, str]], accounts: Sequence[tuple[int, str]]) -> None:
    """Forget addresses and accounts again: debtor, value."""
    for pairs, sql in (
        (emails, "DELETE FROM parties_contact t USING unnest(%s::bigint[], %s::text[]) AS n(debtor_id, value) "
                 "WHERE t.client_id = %s AND t.debtor_id = n.debtor_id AND t.email = n.value AND t.role = 'invoice'"),
        (accounts, "DELETE FROM parties_debtoriban t USING unnest(%s::bigint[], %s::text[]) AS n(debtor_id, value) "
                   "WHERE t.client_id = %s AND t.debtor_id = n.debtor_id AND t.iban = n.value"),
    ):  # fmt: skip
        if pairs:
            run(sql, [*(array_parameter(list(column)) for column in zip(*pairs, strict=True)), client_id])


def what_hangs(client_id: int, debtor_ids: Sequence[int]) -> dict[int, list[str]]:
    """What hangs on these debtors: invoices, what was told of them, holds. Nothing is in it of whom nothing does."""
    found: dict[int, list[str]] = {}
    for number, what in fetch(_HANGS, {"client": client_id, "ids": array_parameter(sorted(debtor_ids))}):
        found.setdefault(number, []).append(what)
    return found


def remove_debtors(client_id: int, debtor_ids: Sequence[int]) -> int:
    """Remove debtors on whom nothing hangs, with their addresses and accounts; gives how many."""
    ids = array_parameter(sorted(debtor_ids))
    for table in ("parties_contact", "parties_debtoriban"):
        run(f"DELETE FROM {table} WHERE client_id = %s AND debtor_id = ANY(%s::bigint[])", [client_id, ids])  # noqa: S608
    return run("DELETE FROM parties_debtor WHERE client_id = %s AND id = ANY(%s::bigint[])", [client_id, ids])
