"""Columns of a query as numpy arrays: a million rows without a Python object for each.

A query asks for `array_send(array_agg(column))`; PostgreSQL sends the array as bytes and they are read as they are.
Columns hold no NULL: put a value in its place. Needs numpy, so only what works on whole portfolios imports it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

# Twenty bytes describe the array; then each value follows its own length.
_HEADER = 20
_BIGINT = np.dtype([("size", ">i4"), ("value", ">i8")])
_DATE = np.dtype([("size", ">i4"), ("value", ">i4")])
_EPOCH = np.datetime64("2000-01-01")
_INFINITY = 2**31 - 1


def bigints(sent: Any) -> npt.NDArray[np.int64]:
    """A column of bigint; None (no rows) is an empty column."""
    return _values(sent, _BIGINT).astype(np.int64)


def dates(sent: Any) -> npt.NDArray[np.datetime64]:
    """A column of date; 'infinity' becomes NaT."""
    days = _values(sent, _DATE).astype(np.int64)
    return np.where(days == _INFINITY, np.datetime64("NaT"), _EPOCH + days)


def _values(sent: Any, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    if sent is None:
        return np.zeros(0, kind)["value"]
    return np.frombuffer(sent, kind, offset=_HEADER)["value"]
