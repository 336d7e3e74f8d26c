"""A line of a list as it is kept, whatever the list is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FoundLine:
    """What was found of a line, as it is kept: `told` is what it says and what is wrong, as plain values."""

    line: int
    verdict: str
    number: str
    told: Mapping[str, Any]
    invoice_id: int | None = None
    debtor_id: int | None = None
