"""What a bank statement says, whatever format it came in: the frozen facts every reader in `formats` gives.

Amounts are signed as the account holder sees them: money received is positive. `None` is what the file does
not say. The readers, the `inbaar statement` command and the import into the books all speak these types.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def account_iban(account: str | None) -> str | None:
    """The IBAN in an account as banks write it: spaces, and ING's or Rabobank's currency behind it, left out.

    >>> account_iban("NL54INGB0001234500EUR")
    'NL54INGB0001234500'
    """
    if account is None:
        return None
    compact = account.replace(" ", "").upper()
    if compact.startswith("NL") and len(compact) == 21 and compact[18:].isalpha():
        compact = compact[:18]
    elif " " in account.strip() and account.strip()[-4:-3] == " " and account.strip()[-3:].isalpha():
        compact = compact[:-3]
    return compact if _IBAN.fullmatch(compact) else None


class Status(StrEnum):
    """How a file was received: as it is, with something a person should look at, or not at all."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: which rule, and in words what, why and what to do next."""

    level: str  # "error" refuses the file, "warning" sends it to review
    rule: str
    text: str


class StatementRefused(Exception):
    """A file that cannot be read as a statement; carries the problem a person gets to see."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.problem = Problem("error", rule, text)


class EntryRead(NamedTuple):
    """One booking on the account, or in `details` one payment within a batch booking.

    A named tuple, for one is made of every entry and a frozen dataclass takes five times as long to make.

    `reversal` is the bank's mark that it takes an earlier booking back; `returned` says that the money comes or goes back,
    by whatever the bank tells that with, also without a `return_reason`.
    `raw` keeps what no other field has a place for, so that nothing is lost by reading: of MT940 and CSV the lines
    themselves, of camt the remaining texts with their names.
    `charges` are what the bank kept (positive) and `gross` the amount before they went off it (signed, in `currency`);
    `instructed` is what the payer ordered (no sign, in `instructed_currency`), at `rate`.
    `batch_ids` are the marks that a notification of the same batch booking carries too.
    """

    date: dt.date | None
    value_date: dt.date | None
    amount: Decimal
    currency: str
    counterparty_name: str | None = None
    counterparty_iban: str | None = None
    reference: str | None = None
    end_to_end_id: str | None = None
    text: str = ""
    return_reason: str | None = None
    bank_reference: str | None = None
    reversal: bool = False
    pending: bool = False
    details: tuple["EntryRead", ...] = ()
    raw: str = ""
    returned: bool = False
    gross: Decimal | None = None
    charges: Decimal | None = None
    instructed: Decimal | None = None
    instructed_currency: str | None = None
    rate: Decimal | None = None
    batch_ids: tuple[str, ...] = ()

    @property
    def other_amounts(self) -> dict[str, str]:
        """The amounts beside the one that was booked, as text; empty for most entries."""
        if self.charges is None and self.instructed is None and self.rate is None:
            return {}
        told = (
            ("gross", self.gross), ("charges", self.charges), ("instructed", self.instructed),
            ("instructed_currency", self.instructed_currency), ("rate", self.rate),
        )  # fmt: skip
        return {
            name: value if isinstance(value, str) else format(value, "f")
            for name, value in told
            if value is not None
        }

    @property
    def comes_back(self) -> bool:
        """Whether it is no payment of its own, but one that was returned, refused or taken back."""
        return self.returned or self.reversal or self.return_reason is not None

    @property
    def payments(self) -> tuple["EntryRead", ...]:
        """What to match one by one: the payments of a batch if they make up its amount in its currency, else the entry."""
        if self.details and sum(part.amount for part in self.details) == self.amount:
            return self.details if all(part.currency == self.currency for part in self.details) else (self,)
        return (self,)


@dataclass(frozen=True, slots=True)
class StatementStart:
    """The head of a statement, as the streaming readers give it before the entries.

    `notice` says that it is none: a report during the day or a notification of movements that a statement tells again.
    """

    format: str

    account: str | None
    currency: str | None
    statement_id: str | None = None
    sequence: str | None = None
    opening: Decimal | None = None
    from_date: dt.date | None = None
    notice: bool = False


@dataclass(frozen=True, slots=True)
class StatementEnd:
    """The end of a statement: what is known of it once its last entry went by, and what does not add up."""

    account: str | None
    currency: str | None
    statement_id: str | None
    sequence: str | None
    opening: Decimal | None
    closing: Decimal | None
    from_date: dt.date | None
    to_date: dt.date | None
    entry_count: int
    booked_total: Decimal
    problems: tuple[Problem, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
class StatementRead:
    """One statement of one account, entries included."""

    account: str | None
    currency: str | None
    statement_id: str | None
    sequence: str | None
    opening: Decimal | None
    closing: Decimal | None
    from_date: dt.date | None
    to_date: dt.date | None
    entries: tuple[EntryRead, ...] = ()
    problems: tuple[Problem, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
class StatementFileRead:
    """One file: what it was read as and every statement in it."""

    file: str
    status: Status
    format: str | None
    statements: tuple[StatementRead, ...]
    problems: tuple[Problem, ...]
    sha256: str
