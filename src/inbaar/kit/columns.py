"""Columns of a query as numpy arrays: a million rows without a Python object for each.

A query asks for `string_agg(int8send(column), '')`, or `date_send`; PostgreSQL sends the values as bytes, one after the
other, and they are read as they are. Columns hold no NULL: put a value in its place. Needs numpy, so only what works on
whole portfolios imports it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection
from psycopg.pq import Format

_BIGINT, _DATE = np.dtype(">i8"), np.dtype(">i4")
_EPOCH = np.datetime64("2000-01-01")
_INFINITY = 2**31 - 1


@contextmanager
def batches(
    sql: str, params: Mapping[str, Any], rows_at_once: int
) -> Iterator[Iterator[list[tuple[Any, ...]]]]:
    """The rows of a query as they are when the block begins, so many at once: memory holds one batch of them.

    They lie in a cursor of the database, so the block is within a transaction; they come as bytes, not as text.
    """
    wrapped: Any = connection
    wrapped.ensure_connection()
    cursor: Any = psycopg.ServerCursor(wrapped.connection, "inbaar_batches", scrollable=False)
    cursor.format = Format.BINARY
    with wrapped._prepare_cursor(cursor) as opened:
        opened.execute(sql, params)
        yield iter(lambda: opened.fetchmany(rows_at_once), [])


def bigints(*sent: bytes | None) -> npt.NDArray[np.int64]:
    """A column of bigint, sent in one part or in several; None (no rows) is an empty column."""
    return np.frombuffer(b"".join([part for part in sent if part]), _BIGINT).astype(np.int64)


def bigint_counts(sent: Sequence[bytes]) -> npt.NDArray[np.int64]:
    """How many values each part of a column of bigint has."""
    return np.fromiter(map(len, sent), np.int64, len(sent)) // _BIGINT.itemsize


def dates(sent: bytes | None) -> npt.NDArray[np.datetime64]:
    """A column of date; 'infinity' becomes NaT."""
    days = np.frombuffer(sent or b"", _DATE).astype(np.int64)
    return np.where(days == _INFINITY, np.datetime64("NaT"), _EPOCH + days)
