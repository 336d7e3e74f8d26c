"""Frozen dataclasses to plain JSON trees and back, exactly, by their own type hints. Called by `content`."""

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

from inbaar.letters.amounts import demand


def json_text(**parts: Any) -> str:
    """The parts as one JSON object, told as `decoded` reads it: only what JSON does not know is turned into what it does."""
    return json.dumps(parts, separators=(",", ":"), default=_plain)


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass as they are, by their names."""
    kind: Any = type(value)
    return dict(zip(_names(kind), _all_of(kind)(value), strict=True))


def _plain(value: Any) -> Any:
    kind: Any = type(value)
    if kind is Decimal:
        return str(value)
    if kind is date:
        return value.isoformat()
    if _names(kind):
        return fields_of(value)
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{value!r} has no place in a letter's JSON")


@cache
def _all_of(cls: type) -> Callable[[Any], tuple[Any, ...]]:
    """Reads all fields of a dataclass at once."""
    names = _names(cls)
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda value: (read(value),)


@cache
def _names(cls: type) -> tuple[str, ...]:
    """The fields of a dataclass, in their order; none of any other type."""
    return tuple(field.name for field in fields(cls)) if is_dataclass(cls) else ()


def decoded(kind: Any, value: Any) -> Any:
    """The value of this type again; making it runs the type's own checks."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return decoded(next(arm for arm in get_args(kind) if arm is not type(None)), value)
    if origin is tuple:
        return tuple(decoded(get_args(kind)[0], part) for part in value)
    if is_dataclass(kind):
        return _part(kind, value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(value)
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _part(cls: Any, tree: dict[str, Any]) -> Any:
    hints = _hints(cls)
    unknown = sorted(tree.keys() - hints.keys())
    demand(not unknown, f"{cls.__name__} has no field {', '.join(unknown)}")
    return cls(**{name: decoded(hints[name], part) for name, part in tree.items()})
