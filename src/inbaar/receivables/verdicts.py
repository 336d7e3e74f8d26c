"""The two answers every route gives in the same form: may I (`Verdict`), and what would it bring (`Outcome`).

Pure and frozen; returned by each room's rules, shown by the screens and compared by the routes.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.errors import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an act is allowed. Every rule that fails is named, with the day on which it passes."""

    refusals: tuple[Refusal, ...] = ()

    @property
    def allowed(self) -> bool:
        """No rule refuses."""
        return not self.refusals

    @property
    def passes_on(self) -> dt.date | None:
        """The first day on which all rules would pass, when time alone will do it."""
        days = [refusal.passes_on for refusal in self.refusals]
        dated = [day for day in days if isinstance(day, dt.date)]
        return max(dated) if dated and len(dated) == len(days) else None

    def require(self) -> None:
        """Go on if allowed, else raise `Refused` with every refusal."""
        if self.refusals:
            raise Refused(*self.refusals)


@dataclass(frozen=True, slots=True)
class ExpectedCash:
    """Money expected around a day: the likely amount and the range, in the claim's currency."""

    on: dt.date
    low: Decimal
    likely: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if not self.low <= self.likely <= self.high:
            raise ValueError(f"expected cash {self.likely} lies outside its range {self.low}..{self.high}")


@dataclass(frozen=True, slots=True)
class Input:
    """A figure an outcome rests on, and where it came from."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act would bring: cash by date, cost, time, and its effect on cover and on the relation."""

    cash: tuple[ExpectedCash, ...]
    cost: Decimal
    days: int
    effect_on_cover: str
    effect_on_relation: str
    inputs: tuple[Input, ...]
