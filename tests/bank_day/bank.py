"""A bank outside the books: what it was handed, kept as files, and what it answers to each."""

import os
import re
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from tests.banking.camt import Line, camt_file
from tests.banking.reports import report
from tests.transfers.books import DAY, JANSEN

_PAYMENT = re.compile(
    r"<EndToEndId>([^<]+)</EndToEndId>.*?<InstdAmt Ccy=\"EUR\">([0-9.]+)<.*?<CdtrAcct><Id><IBAN>([A-Z0-9]+)<"
    r".*?<Ustrd>([^<]*)<",
    re.DOTALL,
)
#: Payments of these amounts fail: Jansen's account is closed for the one, and sends the other back.
REJECTED, RETURNED = Decimal("3.00"), Decimal("2.00")
Payment = tuple[str, Decimal, str, str]


class Bank:
    """The tray holds every file that was ever handed in, by its name and contents, whatever the books say later."""

    def __init__(self, tray: Path) -> None:
        self.tray = tray
        tray.mkdir()

    def hand_in(self, name: str, content: bytes) -> None:
        """Put a file in the tray, whole or not at all; the same file once more is the same."""
        kept = self.tray / f"{name}~{sha256(content).hexdigest()}"
        half = kept.with_suffix(f".{os.getpid()}")
        half.write_bytes(content)
        half.replace(kept)

    def handed_in(self) -> dict[str, set[bytes]]:
        """The contents that came in under each name."""
        found: dict[str, set[bytes]] = {}
        for file in self.tray.glob("*~*"):
            if len(file.name.partition("~")[2]) == 64:
                found.setdefault(file.name.partition("~")[0], set()).add(file.read_bytes())
        return found


def payments_in(content: bytes) -> list[Payment]:
    """The name, amount, account and words of each payment of a file."""
    return [
        (name, Decimal(amount), iban, text) for name, amount, iban, text in _PAYMENT.findall(content.decode())
    ]


def answers_to(message: str, content: bytes) -> list[tuple[str, bytes]]:
    """The report on a file and the statement that books it: in one sum with its payments where none fails, else one by one."""
    payments = payments_in(content)
    failing = [p for p in payments if p[1] in (REJECTED, RETURNED) and p[2] == JANSEN]
    rejected = [p for p in failing if p[1] == REJECTED]
    told = report(message, "PART", [(name, "RJCT", "AC04", "closed") for name, *_ in rejected] + [
        (p[0], "ACCP", "", "") for p in payments if p not in rejected
    ])  # fmt: skip
    debits = [
        Line(f"-{amount}", text, day=DAY, iban=iban, end_to_end_id=name)
        for name, amount, iban, text in payments
        if (name, amount, iban, text) not in rejected
    ]
    if len(debits) > 1 and not failing:
        total = sum(amount for _, amount, *_ in payments)
        debits = [Line(f"-{total}", day=DAY, parts=tuple(debits))]
    back = [
        Line(str(RETURNED), day=DAY, iban=iban, end_to_end_id=name, return_reason="AC04")
        for name, amount, iban, _ in failing
        if amount == RETURNED
    ]
    return [("report.xml", told), ("booked.xml", camt_file([*debits, *back], number=message))]
