"""The shape of tables: every key and reference between a client's tables carries the client.

Pure rules over the facts of one table, applied by `kit.schema`. `owned` are the names of all clients' tables.
"""

from collections.abc import Callable, Iterator

from inbaar.kit.schema_exceptions import Exceptions
from inbaar.kit.schema_facts import Finding, ForeignKey, Key, Table

Rule = Callable[[Table, frozenset[str], Exceptions], Iterator[Finding]]
PRIMARY = ("client_id", "id")


def client_table_shape(table: Table, owned: frozenset[str], exceptions: Exceptions) -> Iterator[Finding]:
    """What only a client's table must have: its primary key, its client, its numbering, rows that are kept."""
    yield from _client_column(table, owned, exceptions)
    yield from _primary_key(table)
    for key in table.keys:
        if not key.primary and not _carries_client(key):
            yield Finding(
                table.name,
                "key-carries-client",
                f"{key.name} keeps rows of different clients apart from each other: client_id is not in it with '='",
                "add client_id to its key columns, compared by equality",
            )
    yield from _numbering(table, exceptions)
    if not table.logged:
        yield Finding(
            table.name, "logged", "is unlogged: its rows are lost in a crash", "make it an ordinary table"
        )


def _client_column(table: Table, owned: frozenset[str], exceptions: Exceptions) -> Iterator[Finding]:
    column = table.column("client_id")
    assert column is not None
    if column.type != "bigint":
        yield Finding(
            table.name, "client-is-bigint", f"client_id is {column.type}", "make it bigint, as in every table"
        )
    expected = (("client_id",), exceptions.clients, ("id",))
    named = any((key.columns, key.to_table, key.to_columns) == expected for key in table.foreign_keys)
    if not named and not _says_client(table, owned):
        yield Finding(
            table.name,
            "client-exists",
            f"client_id does not refer to {exceptions.clients}, nor does every row have a reference that carries it",
            f"add a foreign key from client_id to {exceptions.clients} (id)",
        )


def _says_client(table: Table, owned: frozenset[str]) -> bool:
    """Whether every row has a reference to a row of its client, which then exists as well.

    That is one no row can leave out, or several of which a check lets no row leave out all.
    """
    optional = {column.name for column in table.columns if column.nullable}
    gaps = [optional & {*key.columns} for key in table.foreign_keys if _names_client(table, key, owned)]
    alone = {column for gap in gaps if len(gap) == 1 for column in gap}
    return set() in gaps or any(columns <= alone for columns in table.one_filled)


def _names_client(table: Table, key: ForeignKey, owned: frozenset[str]) -> bool:
    carried = ("client_id", "client_id") in zip(key.columns, key.to_columns, strict=True)
    return key.to_table in owned - {table.name} and carried


def _primary_key(table: Table) -> Iterator[Finding]:
    primary = next((key.columns for key in table.keys if key.primary), ())
    if primary != PRIMARY:
        there = f"is ({', '.join(str(column) for column in primary)})" if primary else "is missing"
        yield Finding(
            table.name, "primary-key", f"the primary key {there}", "make it (client_id, id), in that order"
        )


def _carries_client(key: Key) -> bool:
    return ("client_id", "=") in zip(key.columns, key.operators, strict=True)


def _numbering(table: Table, exceptions: Exceptions) -> Iterator[Finding]:
    """Identity and serial columns count per machine; one bigint sequence for all rows does not."""
    for column in table.columns:
        wrong = set(column.sequences) - {exceptions.sequence}
        if column.identity or wrong:
            yield Finding(
                table.name,
                "numbering",
                f"{column.name} is numbered by {'an identity' if column.identity else ', '.join(sorted(wrong))}",
                f"let it take its numbers from {exceptions.sequence}",
            )


def _references(table: Table, owned: frozenset[str], exceptions: Exceptions) -> Iterator[Finding]:
    for key in table.foreign_keys:
        if key.to_table in owned and table.name not in owned:
            yield Finding(
                table.name,
                "shared-never-points-at-a-client",
                f"{key.name} points from rows without a client at {key.to_table}",
                "turn the reference round, or give this table client_id",
            )
        elif key.to_table in owned:
            yield from _composite(table, key)
        elif key.to_table == exceptions.clients and key.columns != ("client_id",):
            yield Finding(
                table.name,
                "client-has-one-name",
                f"{key.name} points at {exceptions.clients} by {', '.join(key.columns)}",
                "name the column client_id: the rules find a client's rows by it",
            )


def _composite(table: Table, key: ForeignKey) -> Iterator[Finding]:
    if ("client_id", "client_id") not in zip(key.columns, key.to_columns, strict=True):
        yield Finding(
            table.name,
            "reference-carries-client",
            f"{key.name} points at {key.to_table} without client_id on both sides",
            "use kit.fields.ScopedForeignKey, or put client_id in both halves of the key",
        )
    optional = [name for name in key.columns if (column := table.column(name)) and column.nullable]
    if len(optional) > 1:
        yield Finding(
            table.name,
            "reference-has-no-gap",
            f"{key.name} is not checked as soon as one of {', '.join(optional)} is empty",
            "let at most one of its columns be empty",
        )


def _reference_actions(table: Table, owned: frozenset[str], exceptions: Exceptions) -> Iterator[Finding]:
    if exceptions.is_framework(table.name):
        return
    for key in table.foreign_keys:
        for moment, action in (("DELETE", key.on_delete), ("UPDATE", key.on_update)):
            if action not in ("NO ACTION", "RESTRICT"):
                yield Finding(
                    table.name,
                    "no-silent-change",
                    f"{key.name} does ON {moment} {action}",
                    "leave the action out: a row others point at stays, and a change is written by an action",
                )


def _no_triggers(table: Table, owned: frozenset[str], exceptions: Exceptions) -> Iterator[Finding]:
    if not exceptions.is_framework(table.name):
        for name in table.triggers:
            yield Finding(
                table.name,
                "no-trigger",
                f"has the trigger or rule {name}",
                "keep the rule by a constraint or a privilege, or write it in an action",
            )


def _checked(table: Table, owned: frozenset[str], exceptions: Exceptions) -> Iterator[Finding]:
    asleep = [*table.unchecked, *(key.name for key in table.keys if not key.valid)]
    for name in asleep:
        yield Finding(
            table.name,
            "constraint-is-checked",
            f"{name} is not validated, so rows may break it",
            "validate it (ALTER TABLE ... VALIDATE CONSTRAINT) or rebuild its index",
        )


TABLE_RULES: tuple[Rule, ...] = (_references, _reference_actions, _no_triggers, _checked)
