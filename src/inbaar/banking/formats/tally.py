"""Whether a statement adds up: kept while its entries go by, asked when it ends. Used by every statement reader."""

from decimal import Decimal

from inbaar.banking.formats.currencies import CURRENCIES
from inbaar.banking.statements import EntryRead, Problem, StatementRefused

ZERO = Decimal(0)
ASK_BANK = "Compare it with your online banking and download the statement again if entries are missing."


def known_currency(code: str | None) -> str | None:
    """The code itself if it is a currency (ISO 4217); refuses any other."""
    if code is not None and code not in CURRENCIES:
        raise StatementRefused(
            "currency",
            f"{code!r} is not a currency of ISO 4217, so its amounts mean nothing certain. "
            "Ask the bank for a statement with the right currency code.",
        )
    return code


class Tally:
    """Adds up one statement's booked entries and says what is wrong with the result."""

    __slots__ = ("booked", "count", "credits", "debits", "other_currency", "pending", "problems")

    def __init__(self) -> None:
        self.count = 0
        self.pending = 0
        self.other_currency: set[str] = set()
        self.booked = self.credits = self.debits = ZERO
        self.problems: list[Problem] = []

    def add(self, entry: EntryRead, currency: str | None) -> None:
        """Count one entry; what is not booked yet is not in the sum."""
        self.count += 1
        if entry.pending:
            self.pending += 1
            return
        if entry.currency != currency:
            self.other_currency.add(entry.currency)
        self.booked += entry.amount
        if entry.amount < 0:
            self.debits -= entry.amount
        else:
            self.credits += entry.amount

    def warn(self, rule: str, text: str) -> None:
        """Remember something a person should look at."""
        self.problems.append(Problem("warning", rule, text))

    def check_balances(self, label: str, opening: Decimal | None, closing: Decimal | None) -> None:
        """Opening plus booked entries must be closing; says by how much it is not."""
        if opening is None or closing is None:
            missing = " and ".join(
                word for word, value in (("opening", opening), ("closing", closing)) if value is None
            )
            self.warn(
                "balance-missing",
                f"{label}: no {missing} balance, so it cannot be checked that all entries are there. "
                + ASK_BANK,
            )
        elif opening + self.booked != closing:
            self.warn(
                "balance",
                f"{label}: opening {opening:.2f} plus entries {self.booked:.2f} makes "
                f"{opening + self.booked:.2f}, but it closes with {closing:.2f}: a difference of "
                f"{closing - opening - self.booked:.2f}. " + ASK_BANK,
            )

    def check_entries(self, label: str, currency: str | None) -> None:
        """Entries that are not booked yet, or in another currency than the account's."""
        if self.pending:
            self.warn(
                "pending",
                f"{label}: {self.pending} of {self.count} entries are not booked yet; they are shown, "
                "not counted. Wait for the statement that books them.",
            )
        for other in sorted(self.other_currency):
            self.warn(
                "entry-currency",
                f"{label}: an entry is in {other} while the account is in {currency}. "
                "Look up the amount that was booked.",
            )
