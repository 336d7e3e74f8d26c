"""How text that a bank cut into lines becomes one text again, and which account numbers are IBANs.

Used by the camt and the MT940 reader.
"""

import re

IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
FULL_WIDTHS = frozenset((35, 140))  # a line of this length was cut by the format, not ended by a person
NOT_PROVIDED = frozenset(("NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTPROVIDE"))


def is_iban(account: str | None) -> bool:
    """Whether an account number has the shape of an IBAN (its check digits are the matcher's business)."""
    return account is not None and IBAN.fullmatch(account) is not None


def joined_lines(lines: list[str]) -> str:
    """One text of the lines a bank cut it into: nothing between full lines, a space where a line ended early.

    >>> joined_lines(["FACTUURNUMMER 2026-0047 KLANTNUMMER", " 10023 PROJECT HAVENKADE FASE 2 INZ", "AKE WERK"])
    'FACTUURNUMMER 2026-0047 KLANTNUMMER 10023 PROJECT HAVENKADE FASE 2 INZAKE WERK'
    """
    if len(lines) == 1:
        only = lines[0] or ""
        return (" ".join(only.split()) if "\n" in only or "\t" in only else only).strip()
    joined = ""
    cut = True
    for line in lines:
        if "\n" in line or "\t" in line:
            line = " ".join(line.split())
        if not cut and joined and line and joined[-1] != " " and line[0] != " ":
            joined += " "
        joined += line
        cut = len(line) in FULL_WIDTHS
    return joined.strip()


def shown_end_to_end_id(text: str | None) -> str | None:
    """The payer's own reference; the words that mean "none was given" become None."""
    stripped = (text or "").strip()
    return None if not stripped or stripped.upper() in NOT_PROVIDED else stripped
