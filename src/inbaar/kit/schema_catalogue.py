"""Reads the facts about our tables and the application's role from PostgreSQL's catalogue (15 and later).

Called by `kit.schema`, which judges them; nothing is decided here.
"""
# The statements below are put together from constants of this file only.
# ruff: noqa: S608

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from inbaar.kit.schema_facts import Column, ForeignKey, Key, Policy, Role, Schema, Table

T = TypeVar("T")


class Cursor(Protocol):
    """A cursor of Django or of psycopg."""

    def execute(self, query: Any, params: Sequence[Any] | None = None, /) -> Any:
        """Run one statement."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows of it."""
        ...


OWN_SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
NAME = "CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END"


def _names(numbers: str, table: str) -> str:
    """SQL for the column names of an array of column numbers, in its order; NULL where it is an expression."""
    return (
        f"(SELECT array_agg(a.attname::text ORDER BY part.place) FROM unnest({numbers}) WITH ORDINALITY part(number, place)"
        f" LEFT JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = part.number AND part.number <> 0)"
    )


TABLES = f"""
SELECT c.oid, {NAME}, c.relkind::text, c.relpersistence = 'p', c.relrowsecurity, c.relforcerowsecurity,
       array(SELECT r FROM unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) r
             WHERE has_table_privilege(%s, c.oid, r))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {OWN_SCHEMAS} AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 2"""

COLUMNS = """
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.attidentity <> '',
       array(SELECT s.relname::text FROM pg_attrdef v JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass
             AND d.objid = v.oid AND d.refclassid = 'pg_class'::regclass
             JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
             WHERE v.adrelid = a.attrelid AND v.adnum = a.attnum),
       has_column_privilege(%s, a.attrelid, a.attnum, 'UPDATE')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND a.attrelid = ANY(%s) ORDER BY a.attrelid, a.attnum"""

# In an index only its key columns keep rows apart; what it merely carries along (INCLUDE) doesn't count.
KEYS = f"""
SELECT i.indrelid, x.relname, i.indisprimary, i.indisvalid,
       {_names("(i.indkey::int2[])[0:i.indnkeyatts - 1]", "i.indrelid")},
       (SELECT array_agg(o.oprname::text ORDER BY e.place) FROM pg_constraint k,
               unnest(k.conexclop) WITH ORDINALITY e(operator, place) JOIN pg_operator o ON o.oid = e.operator
        WHERE k.conindid = i.indexrelid AND k.contype IN ('x', 'u', 'p'))
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
WHERE i.indrelid = ANY(%s) AND (i.indisunique OR i.indisexclusion) ORDER BY 1, 2"""

FOREIGN_KEYS = f"""
SELECT k.conrelid, k.conname, {_names("k.conkey", "k.conrelid")}, {NAME}, {_names("k.confkey", "k.confrelid")},
       k.confdeltype::text, k.confupdtype::text
FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conrelid = ANY(%s) ORDER BY 1, 2"""

POLICIES = """
SELECT p.polrelid, p.polname, p.polcmd::text, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
       pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_policy p WHERE (0 = ANY(p.polroles) OR (SELECT oid FROM pg_roles WHERE rolname = %s) = ANY(p.polroles))
  AND p.polrelid = ANY(%s) ORDER BY 1, 2"""

TRIGGERS = """
SELECT tgrelid, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = ANY(%s)
UNION ALL SELECT r.ev_class, r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relkind NOT IN ('v', 'm') AND r.ev_class = ANY(%s) ORDER BY 1, 2"""

# `conenforced` exists from PostgreSQL 18 on, hence the way round.
UNCHECKED = """
SELECT conrelid, conname FROM pg_constraint k WHERE contype IN ('c', 'f') AND conrelid = ANY(%s)
  AND (NOT convalidated OR to_jsonb(k) ->> 'conenforced' = 'false') ORDER BY 1, 2"""

CHECKS = """
SELECT conrelid, pg_get_expr(conbin, conrelid) FROM pg_constraint
WHERE contype = 'c' AND convalidated AND conrelid = ANY(%s) ORDER BY 1, conname"""
ONE_FILLED = re.compile(r"\(?\(\w+ IS NOT NULL\)(?: OR \(\w+ IS NOT NULL\))*\)?")

ROLE = """
SELECT array_remove(array[CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
       CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' END,
       CASE WHEN rolreplication THEN 'REPLICATION' END], NULL),
       array(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid),
       array(SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_shdepend d
             WHERE d.refobjid = r.oid AND d.deptype = 'o'
               AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) ORDER BY 1),
       EXISTS (SELECT FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND has_schema_privilege(r.oid, n.oid, 'CREATE'))
FROM pg_roles r WHERE r.rolname = %s"""

FUNCTIONS = f"""
SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND {OWN_SCHEMAS} AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1"""

ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
COMMANDS = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}


def read_schema(cursor: Cursor, app_role: str) -> Schema:
    """The catalogue as it stands in this transaction, seen with the rights of `app_role`."""
    heads = _rows(cursor, TABLES, app_role)
    oids = [row[0] for row in heads]
    columns = _by_table(cursor, COLUMNS, _column, app_role, oids)
    keys = _by_table(cursor, KEYS, _key, oids)
    references = _by_table(cursor, FOREIGN_KEYS, _foreign_key, oids)
    policies = _by_table(cursor, POLICIES, lambda r: Policy(r[0], COMMANDS[r[1]], *r[2:]), app_role, oids)
    triggers = _by_table(cursor, TRIGGERS, lambda r: str(r[0]), oids, oids)
    unchecked = _by_table(cursor, UNCHECKED, lambda r: str(r[0]), oids)
    checks = _by_table(cursor, CHECKS, lambda r: str(r[0]), oids)
    tables = tuple(
        Table(
            name=name,
            kind=kind,
            logged=logged,
            row_security=enabled,
            forced=forced,
            app_may=frozenset(rights),
            columns=tuple(columns[oid]),
            keys=tuple(keys[oid]),
            foreign_keys=tuple(references[oid]),
            policies=tuple(policies[oid]),
            triggers=tuple(triggers[oid]),
            unchecked=tuple(unchecked[oid]),
            one_filled=tuple(_filled(check) for check in checks[oid] if ONE_FILLED.fullmatch(check)),
        )
        for oid, name, kind, logged, enabled, forced, rights in heads
    )
    (role,) = _rows(cursor, ROLE, app_role)
    return Schema(
        tables,
        Role(app_role, tuple(role[0]), tuple(role[1]), tuple(role[2]), role[3]),
        tuple(row[0] for row in _rows(cursor, FUNCTIONS)),
    )


def _column(row: Sequence[Any]) -> Column:
    name, type_name, nullable, identity, sequences, app_may_update = row
    return Column(name, type_name, nullable, identity, tuple(sequences), app_may_update)


def _key(row: Sequence[Any]) -> Key:
    return Key(row[0], row[1], row[2], tuple(row[3]), tuple(row[4] or ["="] * len(row[3])))


def _foreign_key(row: Sequence[Any]) -> ForeignKey:
    name, columns, to_table, to_columns, on_delete, on_update = row
    return ForeignKey(
        name, tuple(columns), to_table, tuple(to_columns), ACTIONS[on_delete], ACTIONS[on_update]
    )


def _filled(check: str) -> frozenset[str]:
    """The columns of a check that says no more than that one of them is not empty."""
    return frozenset(re.findall(r"\((\w+) IS NOT NULL\)", check))


def _rows(cursor: Cursor, sql: str, *values: Any) -> list[Any]:
    cursor.execute(sql, values or None)
    return cursor.fetchall()


def _by_table(
    cursor: Cursor, sql: str, make: Callable[[Sequence[Any]], T], *values: Any
) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for oid, *rest in _rows(cursor, sql, *values):
        found[oid].append(make(rest))
    return found
