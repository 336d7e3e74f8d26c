"""The business's no: what every room raises when a rule forbids an act."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Refusal:
    """One failed rule: which, on what fact, against what limit, and when it would pass.

    `passes_on` is the first day on which the rule would be met, "never" when no day will do, or None when it depends on
    an act rather than on time. `next_step` says what the reader can do.
    """

    code: str
    rule: str
    fact: str
    limit: str
    passes_on: dt.date | Literal["never"] | None = None
    next_step: str = ""

    def __str__(self) -> str:
        when = f"; from {self.passes_on}" if isinstance(self.passes_on, dt.date) else ""
        step = f"; {self.next_step}" if self.next_step else ""
        return f"{self.rule}: {self.fact} (limit: {self.limit}){when}{step}"


class Refused(Exception):
    """The business says no. Carries every refusal that applies, so that a person sees them all at once."""

    def __init__(self, *refusals: Refusal) -> None:
        self.refusals = refusals
        super().__init__("; ".join(str(refusal) for refusal in refusals))

    @property
    def code(self) -> str:
        """The code of the first refusal."""
        return self.refusals[0].code


class Unavailable(Exception):
    """Something outside the program is missing; the text says what, why and what to do next, on one line."""
