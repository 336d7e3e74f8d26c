"""Reads one MT940 statement line (:61:) with its narrative (:86:) into an EntryRead. Called by `mt940` per entry."""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from inbaar.banking.formats.narrative import Narrative, read_narrative
from inbaar.banking.formats.text import is_iban, shown_end_to_end_id
from inbaar.banking.statements import EntryRead

LINE = re.compile(
    r"(\d{6})(\d{4})?(RC|RD|EC|ED|C|D)([A-Z])?\s?(\d{1,18}(?:[.,]\d{0,5})?|,\d{1,5})\s?(?:([A-Z][A-Z0-9 ]{3})(.*))?$",
    re.DOTALL,
).match
SIGN = {"C": 1, "EC": 1, "RD": 1, "D": -1, "ED": -1, "RC": -1}
MARKERS = frozenset(("", "NONREF", "EREF", "PREF", "MARF", "KREF", "KREF+", "EREF+", "MREF+", "NOTPROVIDED"))
OLD_ACCOUNT = re.compile(r"P?\d{7,10}").fullmatch
PAYMENT_REFERENCE = re.compile(r"\d{16}").fullmatch
NO_OTHER_AMOUNTS = (None,) * 5
HALF_A_YEAR = dt.timedelta(days=184)
RETURNED_ITEM = "RTI"  # the transaction type of what comes back unpaid (SWIFT)
#: The original amount and the charges as SWIFT writes them in :61: or :86:, and the rate in the words of some banks.
ORIGINAL = re.compile(r"/OCMT/([A-Z]{3})(\d{1,15}(?:,\d{0,5})?)/").search
CHARGES = re.compile(r"/CHGS/([A-Z]{3})(\d{1,15}(?:,\d{0,5})?)/").search
RATE = re.compile(r"/EXCH/(\d{1,8}(?:[.,]\d{1,12})?)/").search
SNS_FAMILY = ("SNSB", "ASNB", "RBRB")


@lru_cache(maxsize=4096)
def short_date(text: str) -> tuple[dt.date | None, bool]:
    """The day in YYMMDD, and whether it exists; 30 February, a value date of some banks, is the last of the month."""
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    if year >= 2080:
        year -= 100
    try:
        return dt.date(year, month, day), True
    except ValueError:
        if month == 2 and day in (29, 30):
            return dt.date(year, 3, 1) - dt.timedelta(days=1), False
        return None, False


@lru_cache(maxsize=4096)
def entry_day(month_day: str, value_on: dt.date | None) -> dt.date | None:
    """The booking day in MMDD: of the years around the value date the one that comes nearest to it.

    None where that day does not exist, as 29 February in the years nearest to the value date.

    >>> entry_day("1229", dt.date(2014, 1, 1))
    datetime.date(2013, 12, 29)
    """
    if value_on is None:
        return None
    days = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            days.append(dt.date(year, int(month_day[:2]), int(month_day[2:])))
        except ValueError:
            continue
    nearest = min(days, key=lambda day: abs(day - value_on), default=None)
    return None if nearest is None or abs(nearest - value_on) > HALF_A_YEAR else nearest


def read_entry(lines: list[str], narrative: list[str], currency: str, own_account: str) -> EntryRead | None:
    """The entry, or None if its first line cannot be read (the caller then keeps it and says so)."""
    first = lines[0]
    match = LINE(first)
    if match is None:
        return None
    value_text, entry_text, mark, _, amount_text, kind, references = match.groups()
    value_on = short_date(value_text)[0]
    amount = Decimal(amount_text.replace(",", "."))
    if SIGN[mark] < 0:
        amount = -amount
    told = read_narrative(narrative) if narrative else Narrative()
    bank_reference: str | None = None
    if references:
        reference, _, bank_reference = references.partition("//")
        _use_reference(told, reference.rstrip(), bank_reference, own_account)
    if len(lines) > 1:
        supplement = lines[1].strip()
        if bank_reference and bank_reference.isdigit() and supplement.isdigit() and len(bank_reference) < 16:
            bank_reference += supplement
        else:
            _use_supplement(told, supplement, own_account)
    raw = "\n".join((*lines, *narrative))
    return EntryRead(
        (entry_day(entry_text, value_on) if entry_text else None) or value_on,
        value_on,
        amount,
        currency,
        told.name,
        told.iban,
        told.reference,
        told.end_to_end_id,
        told.text,
        told.return_reason,
        bank_reference.strip() or None if bank_reference else None,
        mark[0] == "R",
        mark[0] == "E",
        (),
        raw,
        kind is not None and kind[1:] == RETURNED_ITEM,
        *(_other_amounts(raw, amount, currency) if "/OCMT/" in raw or "/CHGS/" in raw else NO_OTHER_AMOUNTS),
    )


def _other_amounts(raw: str, amount: Decimal, currency: str) -> tuple[Any, ...]:
    """Gross, charges, what was instructed, its currency and the rate. Lines were cut anywhere, so they are put end to end.

    The amount before charges is told where the original one is the booked one with the charges on top.
    """
    joined = raw.replace("\n", "")
    original, charges, rate = ORIGINAL(joined), CHARGES(joined), RATE(joined)
    instructed = Decimal(original[2].replace(",", ".")) if original else None
    kept = Decimal(charges[2].replace(",", ".")) if charges and charges[1] == currency else None
    same = original is not None and original[1] == currency
    gross = amount + kept if kept and same and instructed == abs(amount + kept) else None
    other = original is not None and not (same and instructed == abs(amount))
    return (
        gross, kept or None, instructed if other else None, original[1] if original and other else None,
        Decimal(rate[1].replace(",", ".")) if rate else None,
    )  # fmt: skip


def _use_reference(told: Narrative, reference: str, bank_reference: str, own_account: str) -> None:
    """The customer reference of :61: is, by bank, a marker, an account (and name), a payment reference or an id."""
    if reference in MARKERS:
        pass
    elif PAYMENT_REFERENCE(reference):
        told.reference = told.reference or reference
    elif is_iban(reference):
        told.iban = told.iban or reference
    elif len(reference) > 16 and reference[15] == " ":
        told.name = told.name or reference[16:].strip() or None
    elif not OLD_ACCOUNT(reference) and told.end_to_end_id is None:
        told.end_to_end_id = shown_end_to_end_id(reference)
    if own_account[4:8] in SNS_FAMILY and PAYMENT_REFERENCE(bank_reference):
        told.reference = told.reference or bank_reference


def _use_supplement(told: Narrative, supplement: str, own_account: str) -> None:
    """The line after :61: is the other party's account (Rabobank) or name (SNS) or a word more; codes stay raw."""
    if is_iban(supplement):
        told.iban = told.iban or supplement
    elif not supplement or supplement[0] == "/" or OLD_ACCOUNT(supplement):
        return
    elif own_account[4:8] in SNS_FAMILY:
        told.name = told.name or supplement
    elif not supplement.isdigit() and supplement != told.name:
        told.text = f"{supplement} {told.text}".strip()
