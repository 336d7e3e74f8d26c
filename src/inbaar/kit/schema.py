"""Does the database's schema keep the rules that keep clients apart and let it grow over many machines?

Reads PostgreSQL's catalogue, so what is judged is what is there, whoever made it and how. Called by the tests (which
refuse a migration that breaks a rule), `inbaar check` and `inbaar distribute`. The rules themselves are in
`kit.schema_keys` (shape) and `kit.schema_rights` (who may do what).
"""

from collections.abc import Iterator

from inbaar.kit.schema_catalogue import Cursor, read_schema
from inbaar.kit.schema_exceptions import EXCEPTIONS, Exceptions
from inbaar.kit.schema_facts import Finding, Schema, Table
from inbaar.kit.schema_keys import TABLE_RULES, client_table_shape
from inbaar.kit.schema_rights import clients_themselves, role_findings, row_security, table_rights


def findings(cursor: Cursor, exceptions: Exceptions = EXCEPTIONS) -> list[Finding]:
    """Every breach of a rule in the database of `cursor`; an empty list when it keeps them all."""
    return judge(read_schema(cursor, exceptions.app_role), exceptions)


def client_tables(cursor: Cursor, exceptions: Exceptions = EXCEPTIONS) -> list[str]:
    """The tables whose rows belong to a client, by name: those that carry `client_id`."""
    return sorted(owned_by_clients(read_schema(cursor, exceptions.app_role)))


def owned_by_clients(schema: Schema) -> frozenset[str]:
    """The tables that carry `client_id`; views are judged apart."""
    return frozenset(
        table.name for table in schema.tables if table.kind not in "vm" and table.column("client_id")
    )


def judge(schema: Schema, exceptions: Exceptions) -> list[Finding]:
    """The rules applied to the facts, in the order of the tables."""
    owned = owned_by_clients(schema)
    found = list(role_findings(schema))
    for table in schema.tables:
        found += _judge_table(table, owned, exceptions)
    return found


def _judge_table(table: Table, owned: frozenset[str], exceptions: Exceptions) -> Iterator[Finding]:
    if table.kind in "vm":
        yield Finding(
            table.name,
            "no-view",
            "is a view, which answers with its maker's rights and, when stored, without row-level security",
            "write the query in the room that asks it",
        )
    elif table.name in owned:
        yield from client_table_shape(table, owned, exceptions)
        yield from row_security(table, exceptions)
    elif table.name == exceptions.clients:
        yield from clients_themselves(table)
    elif not exceptions.is_framework(table.name) and table.name not in exceptions.shared:
        yield Finding(
            table.name,
            "whose-rows",
            "has no client_id and is not named as shared by all clients",
            "give it client_id, or name it with the reason in kit/schema_exceptions.py",
        )
    if table.kind not in "vm":
        for rule in TABLE_RULES:
            yield from rule(table, owned, exceptions)
        yield from table_rights(table, owned, exceptions)
