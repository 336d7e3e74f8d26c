"""No check constraint is undecided where a column is empty: PostgreSQL would let such a row pass.

Each check over several columns is asked about all combinations of the values it names, with the empty ones among them.
"""

import re
from itertools import product

import pytest

from tests.connections import owner_connection

pytestmark = pytest.mark.usefixtures("django_db_setup")

CHECKS = """
SELECT c.relname, k.conname, pg_get_expr(k.conbin, k.conrelid),
       array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(k.conkey) ORDER BY 1),
       array(SELECT format_type(a.atttypid, NULL) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum = ANY(k.conkey) ORDER BY a.attname::text),
       array(SELECT NOT a.attnotnull FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum = ANY(k.conkey) ORDER BY a.attname::text)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_attribute own ON own.attrelid = c.oid
WHERE k.contype = 'c' AND own.attname = 'client_id' AND cardinality(k.conkey) > 1 ORDER BY 1, 2"""

VALUES = {
    "numeric": "-1 0 1",
    "bigint": "-1 0 1",
    "integer": "-1 0 1",
    "smallint": "-1 0 1",
    "date": "2026-01-01 2026-01-02",
    "timestamp with time zone": "2026-01-01 2026-01-02",
}


def values(type_name, expression, nullable):
    """What a column is tried with: the texts the check names and one it doesn't, or both sides of a bound; and empty."""
    texts = VALUES.get(type_name, "").split() or [*re.findall(r"'([^']*)'", expression), "another"]
    if type_name == "boolean":
        texts = ["true", "false"]
    return [f"'{text}'::{type_name}" for text in dict.fromkeys(texts)] + [f"NULL::{type_name}"] * nullable


def undecided(connection):
    """The checks that answer neither yes nor no, with the first row each is undecided about."""
    found = {}
    for table, name, expression, columns, types, nullables in connection.execute(CHECKS).fetchall():
        if not any(nullables):
            continue
        tried = [values(*part) for part in zip(types, [expression] * len(types), nullables, strict=True)]
        rows = ", ".join(f"({', '.join(row)})" for row in product(*tried))
        listed = ", ".join(f'"{column}"' for column in columns)
        asked = f"SELECT * FROM (VALUES {rows}) tried({listed}) WHERE ({expression}) IS NULL LIMIT 1"
        row = connection.execute(asked).fetchone()
        if row:
            found[f"{table}.{name}"] = dict(zip(columns, row, strict=True))
    return found


def test_every_check_decides_where_a_column_is_empty():
    with owner_connection() as connection:
        assert undecided(connection) == {}


def test_a_check_that_does_not_decide_is_found():
    with owner_connection() as connection:
        for condition, expected in (
            (
                "kind = 'a' AND follows IS NULL OR kind = 'b' AND follows = 'a'",
                {"follows": None, "kind": "b"},
            ),
            ("kind = 'a' AND follows IS NULL OR kind = 'b' AND follows IS NOT NULL AND follows = 'a'", None),
        ):
            connection.execute(
                f"CREATE TABLE planted (client_id bigint, kind text NOT NULL, follows text, CHECK ({condition}))"
            )
            assert undecided(connection).get("planted.planted_check") == expected
            connection.rollback()
