"""Loads the dated tables in `law/tables/*.toml` and answers which row holds on a day. All of `law` uses it.

A table has rows (a value from a day on, until the next row), rules (single figures with an id), or both. A
question before the first row, in a gap or past `covers_until` raises LawNotCovered; an unconfirmed row is refused
without a setting.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from inbaar.law.errors import LawConflict, LawNotCovered, Unconfirmed

FOLDER = Path(__file__).parent / "tables"
UNCONFIRMED = frozenset({"low", "own"})


@dataclass(frozen=True, slots=True)
class Row:
    """One dated figure: `value` (None in a gap) from a day on, its source, how sure it is, and `keys`: for what."""

    table: str
    from_date: date
    value: Decimal | None
    source: str
    confidence: str
    gap: str = ""
    keys: Mapping[str, Any] = field(default_factory=dict)

    @property
    def confirmed(self) -> bool:
        """Whether a rule may use it without a setting."""
        return self.confidence not in UNCONFIRMED

    @property
    def name(self) -> str:
        """Which row this is, as a letter or a screen names it."""
        return f"{self.table} {self.from_date}"

    def figure(self) -> Decimal:
        """The value; a gap raises LawNotCovered."""
        if self.value is None:
            raise LawNotCovered(
                f"{self.table} from {self.from_date}", self.gap, "ask a lawyer for the figure"
            )
        return self.value

    def holds_amount(self, amount: Decimal) -> bool:
        """Whether the amount lies in the row's part: above `over`, up to and including `up_to`."""
        if "over" not in self.keys:
            return False
        over, up_to = Decimal(self.keys["over"]), self.keys.get("up_to")
        above = amount > over or (amount == 0 and over == 0)
        return above and (up_to is None or amount <= Decimal(up_to))


@dataclass(frozen=True, slots=True)
class Table:
    """A file of dated figures with its unit, article, source and cover."""

    name: str
    title: str
    unit: str
    article: str
    source: str
    checked_on: date
    covers_until: date
    rows: tuple[Row, ...]
    rules: tuple[Row, ...]
    covers_from: date

    def require_cover(self, day: date, first: date | None = None) -> None:
        """Raises LawNotCovered for a day before the first row or past `covers_until`."""
        first = first or self.covers_from
        if day < first:
            raise LawNotCovered(
                f"{self.title.lower()} on {day}",
                f"table {self.name} starts on {first}",
                f"ask about a day from {first} on",
            )
        if day > self.covers_until:
            raise LawNotCovered(
                f"{self.title.lower()} on {day}",
                f"table {self.name} is confirmed until {self.covers_until}",
                f"ask about a day up to {self.covers_until}, or add the new figures to the table",
            )

    def rows_on(self, day: date) -> tuple[Row, ...]:
        """All rows of the issue of the table that holds on the day (rows with one first day belong together)."""
        self.require_cover(day)
        latest = max(row.from_date for row in self.rows if row.from_date <= day)
        return tuple(row for row in self.rows if row.from_date == latest)

    def rule(self, rule_id: str, day: date, *, accept_unconfirmed: bool = False) -> Row:
        """The single figure of this id on the day; refuses an unconfirmed one unless told to accept it."""
        dated = [rule for rule in self.rules if rule.keys["id"] == rule_id]
        self.require_cover(day, min(rule.from_date for rule in dated))
        latest = max(rule.from_date for rule in dated if rule.from_date <= day)
        holding = only_row(
            [rule for rule in dated if rule.from_date == latest], f"{self.name}.{rule_id} on {day}"
        )
        return confirmed(holding, f"{self.name}.{rule_id}", accept_unconfirmed=accept_unconfirmed)


def confirmed(row: Row, rule: str, *, accept_unconfirmed: bool = False) -> Row:
    """The row itself, or Unconfirmed when nobody confirmed it and the caller does not accept that."""
    if not row.confirmed and not accept_unconfirmed:
        raise Unconfirmed(rule, f"{row.name}, {rule}", f"its source is {row.source} ({row.confidence})")
    return row


def only_row(rows: list[Row], question: str) -> Row:
    """The one row that answers; LawNotCovered without any, LawConflict where two answer differently.

    >>> only_row([table("interest_trade").rows[-1]], "a rate").value
    Decimal('10.40')
    """
    if not rows:
        raise LawNotCovered(question, "the table has no such line", "look it up in the official text")
    if len({row.value for row in rows}) > 1:
        raise LawConflict(
            question, f"{len(rows)} rows of {rows[0].table} answer differently", "correct the table"
        )
    return rows[0]


def table_names() -> list[str]:
    """The names of all tables, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def table(name: str) -> Table:
    """The table of this name, read once.

    >>> table("interest_trade").rows_on(date(2026, 7, 1))[0].value
    Decimal('10.40')
    """
    raw = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    rows = tuple(_rows(name, raw.get("rows", []), raw.get("sources", {})))
    rules = tuple(_rows(name, raw.get("rules", []), {}))
    return Table(
        name=name,
        title=raw["title"],
        unit=raw["unit"],
        article=raw["article"],
        source=raw["source"],
        checked_on=raw["checked_on"],
        covers_until=raw["covers_until"],
        rows=rows,
        rules=rules,
        covers_from=min(row.from_date for row in rows or rules),
    )


def _rows(name: str, entries: list[dict[str, Any]], sources: dict[str, str]) -> Iterator[Row]:
    for entry in entries:
        keys = {k: v for k, v in entry.items() if k not in {"from", "value", "source", "confidence", "gap"}}
        yield Row(
            table=name,
            from_date=entry["from"],
            value=Decimal(entry["value"]) if "value" in entry else None,
            source=sources.get(entry["source"], entry["source"]),
            confidence=entry["confidence"],
            gap=entry.get("gap", ""),
            keys=MappingProxyType(keys),
        )
