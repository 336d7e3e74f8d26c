"""A column of values as PostgreSQL's array literal, written a column at a time. Used by `bulk.insert_rows`.

The driver quotes each value by itself, which costs more than the rest of a batch together.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

# What str() writes as PostgreSQL reads it, without a character that means something in an array.
_PLAIN = (int, Decimal, dt.date)


def array_parameter(values: Sequence[Any]) -> Any:
    """The values as one array literal; as a list, for the driver, where they are of a kind not known here.

    >>> array_parameter([1, None, 3]), array_parameter(['a "b"', None])
    ('{1,NULL,3}', '{"a \\\\"b\\\\"",NULL}')
    """
    kinds = set(map(type, values))
    holes = type(None) in kinds
    kinds.discard(type(None))
    if all(issubclass(kind, str) for kind in kinds):
        return _texts(values, holes)
    if all(issubclass(kind, _PLAIN) for kind in kinds):
        if holes:
            return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
        return "{" + ",".join(map(str, values)) + "}"
    return list(values)


def _texts(values: Sequence[str | None], holes: bool) -> str:
    """Quoted texts. NUL, which no text in PostgreSQL can hold, keeps them apart while they are escaped together."""
    joined = "\0".join([value or "" for value in values] if holes else values)  # type: ignore[arg-type]
    if joined.count("\0") != max(len(values) - 1, 0):
        raise ValueError("a text with a NUL cannot be stored: take it out where the text comes in")
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"')
    if not holes:
        return '{"' + escaped.replace("\0", '","') + '"}' if values else "{}"
    quoted = zip(values, escaped.split("\0"), strict=True)
    return "{" + ",".join(["NULL" if value is None else f'"{text}"' for value, text in quoted]) + "}"


def json_texts(facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each of many small objects as JSON, written in one go: one by one takes four times as long.

    A control character, which JSON never holds as it is, keeps them apart. Where objects lie within objects it stands
    there as well, and then they are written one by one.

    >>> json_texts([{"a": "},{", "b": 1}, {}])
    ['{"a": "},{","b": 1}', '{}']
    """
    texts = json.dumps(facts, separators=("\x1e", ": "))[2:-2].split("}\x1e{")
    if len(texts) != len(facts):
        return [json.dumps(each) for each in facts]
    return ["{" + text.replace("\x1e", ",") + "}" for text in texts]
