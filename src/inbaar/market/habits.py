"""How debtors pay: when (`Timing`), how they refer to the invoice (`Writing`), and who of them does what.

`ROLES` is the cast, forty debtors long; a market with more debtors plays it again with other names.
"""

from dataclasses import dataclass
from enum import StrEnum


class Timing(StrEnum):
    """When a debtor pays of itself, or what makes it pay."""

    PROMPT = "prompt"
    AT_DUE = "at_due"
    LATE = "late"
    ON_REMINDER = "on_reminder"
    ON_NOTICE = "on_notice"
    PARTS = "parts"
    DISPUTES = "disputes"
    OVERPAYS = "overpays"
    DEDUCTS = "deducts"
    NEVER = "never"
    BANKRUPT = "bankrupt"


class Writing(StrEnum):
    """How a payer refers to what is paid."""

    STRUCTURED = "structured"
    NUMBER = "number"
    PLAIN = "plain"
    SPACED = "spaced"
    SEVERAL = "several"
    SHORT = "short"
    VAGUE = "vague"
    WRONG = "wrong"
    STRANGER = "stranger"
    LUMP = "lump"


@dataclass(frozen=True, slots=True)
class Habit:
    """One debtor's way with invoices. `pays_asked`: after a notice, interest and costs too, not the principal only."""

    timing: Timing
    writing: Writing
    late_days: int = 0
    pays_asked: bool = False
    bounces: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """A place in the cast: what kind of debtor, its habit, its payment term, and its share of the work."""

    form: str
    habit: Habit
    term_days: int
    weight: int


def _role(form: str, timing: Timing, writing: Writing, term: int, weight: int, **rest: int) -> Role:
    habit = Habit(timing, writing, rest.get("late", 0), bool(rest.get("asked")), bool(rest.get("bounces")))
    return Role(form, habit, term, weight)


T, W = Timing, Writing
ODD = (
    _role("nv", T.AT_DUE, W.SEVERAL, 60, 12),
    _role("municipality", T.AT_DUE, W.STRUCTURED, 30, 10),
    _role("be", T.PROMPT, W.NUMBER, 30, 6),
    _role("de", T.DEDUCTS, W.NUMBER, 30, 3),
    _role("bv", T.BANKRUPT, W.NUMBER, 30, 6),
    _role("eenmanszaak", T.NEVER, W.NUMBER, 14, 2),
    _role("bv", T.DISPUTES, W.NUMBER, 30, 4),
    _role("vof", T.PARTS, W.LUMP, 30, 2),
    _role("consumer", T.OVERPAYS, W.PLAIN, 14, 4),
    _role("consumer", T.ON_NOTICE, W.NUMBER, 14, 3, asked=1),
    _role("bv", T.ON_NOTICE, W.NUMBER, 30, 2, asked=1),
    _role("eenmanszaak", T.ON_REMINDER, W.STRANGER, 14, 2),
    _role("bv", T.ON_REMINDER, W.NUMBER, 30, 2, bounces=1),
    _role("bv", T.LATE, W.NUMBER, 30, 3, late=8),
    _role("consumer", T.ON_REMINDER, W.NUMBER, 14, 2),
    _role("bv", T.PROMPT, W.SEVERAL, 30, 12),
    _role("consumer", T.NEVER, W.NUMBER, 14, 2),
    _role("vof", T.LATE, W.SPACED, 14, 3, late=4),
    _role("bv", T.AT_DUE, W.WRONG, 30, 9),
    _role("bv", T.AT_DUE, W.VAGUE, 30, 7),
    _role("bv", T.ON_NOTICE, W.SPACED, 30, 2),
    _role("consumer", T.DISPUTES, W.NUMBER, 14, 2),
)
PLAIN_SAILING = (
    _role("bv", T.PROMPT, W.STRUCTURED, 30, 12),
    _role("bv", T.AT_DUE, W.NUMBER, 30, 12),
    _role("eenmanszaak", T.PROMPT, W.NUMBER, 14, 6),
    _role("consumer", T.PROMPT, W.NUMBER, 14, 3),
    _role("vof", T.AT_DUE, W.PLAIN, 30, 8),
    _role("bv", T.PROMPT, W.SPACED, 30, 10),
    _role("consumer", T.AT_DUE, W.STRUCTURED, 14, 3),
    _role("eenmanszaak", T.AT_DUE, W.SHORT, 14, 5),
    _role("bv", T.AT_DUE, W.STRUCTURED, 30, 12),
)
ROLES = ODD + PLAIN_SAILING * 2


def role(index: int) -> Role:
    """The role of the debtor at this place (from 0)."""
    return ROLES[index % len(ROLES)]
