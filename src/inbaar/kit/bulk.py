"""Many rows in one statement: how batches are written.

COPY is not allowed on tables with row-level security, so rows travel as one array per column and are unnested in the
database: one statement whatever the number of rows, each row checked against the scope. They are unnested side by side where
they are selected: as a table of their own each would be set down once more before it is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor

from inbaar.kit.arrays import array_parameter

# Long values travel as they are: quoting them into text and out again costs more than storing them. What is cast is cast
# row by row: a whole array is worked out while the statement is planned, and copied with the plan.
_LONG = {"bytea": "unnest(%b::bytea[])", "jsonb": "unnest(%b::text[])::jsonb"}


def insert_rows(
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    *,
    on_conflict: str = "",
    returning: str = "",
) -> list[tuple[Any, ...]]:
    """Insert rows in one statement; `columns` maps each column to its SQL type, in the order of the rows' values.

    `on_conflict` is what follows ON CONFLICT (`DO NOTHING`); `returning` is a list of columns to give back.
    """
    values = list(zip(*rows, strict=True))
    if not values:
        return []
    columns_of = dict(zip(columns, values, strict=True))
    # What is the same in every row travels once: the client, the day, the moment, often most columns.
    varying = [name for name in columns if not _is_same(columns_of[name])] or list(columns)[:1]
    same = [name for name in columns if name not in varying]
    names = ", ".join(f'"{name}"' for name in (*same, *varying))
    given = "".join(f"%s::{columns[name]}, " for name in same)
    unnested = ", ".join(_LONG.get(columns[name], f"unnest(%s::{columns[name]}[])") for name in varying)
    params = [columns_of[name][0] for name in same]
    params += [_column(columns_of[name], columns[name]) for name in varying]
    sql = f'INSERT INTO "{table}" ({names}) SELECT {given}{unnested}'
    if on_conflict:
        sql += f" ON CONFLICT {on_conflict}"
    if returning:
        sql += f" RETURNING {returning}"
    with _binding_cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if returning else []


def fetch(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """The rows a statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def fetch_last(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of the last of several statements, sent to the database together: one wait instead of one each."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while cursor.nextset():
            pass
        return cursor.fetchall()


def run(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """Run a statement; gives the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def run_arrays(sql: str, arrays: Sequence[Any]) -> int:
    """The same for a statement whose parameters are long arrays, each cast to its type in the text."""
    with _binding_cursor() as cursor:
        cursor.execute(sql, arrays)
        return int(cursor.rowcount)


def _column(values: Sequence[Any], sql_type: str) -> Any:
    return list(values) if sql_type in _LONG else array_parameter(values)


def _is_same(values: Sequence[Any]) -> bool:
    return bool(values[0] == values[-1] and values.count(values[0]) == len(values))


def _binding_cursor() -> Any:
    """A cursor that sends parameters beside the text: quoting megabytes into it costs more than writing the rows.

    Django has it as a setting for a whole connection; here only what is cast in the text goes this way.
    """
    wrapped: Any = connection
    binding: Any = ServerBindingCursor
    wrapped.ensure_connection()
    return wrapped._prepare_cursor(binding(wrapped.connection))
