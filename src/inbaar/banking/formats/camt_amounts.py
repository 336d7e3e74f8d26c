"""The amounts a camt entry tells beside the one that was booked: charges, what was instructed, the rate. Called by `camt_entry`.

Few entries have them, so nothing of this is done for the others.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.banking.formats.camt_payment import LocalNames, is_received, money


class OtherAmounts(NamedTuple):
    """What a person wants to see beside the booked amount; None where the bank does not say."""

    gross: Decimal | None = None
    charges: Decimal | None = None
    instructed: Decimal | None = None
    instructed_currency: str | None = None
    rate: Decimal | None = None


def other_amounts(amount: Decimal, currency: str, branches: Iterable[Any], names: LocalNames) -> OtherAmounts:
    """The other amounts in these AmtDtls and Chrgs of an entry of this signed amount.

    The amount before charges is only told where it is certain that they went off it: the bank says that they are
    included, or the instructed amount is the booked one with the charges on top.
    """
    charges, included, seen = Decimal(0), False, False
    instructed: Decimal | None = None
    instructed_currency: str | None = None
    rate: Decimal | None = None
    for branch in branches:
        if names[branch.tag] == "Chrgs":
            taken, off = _charges(branch, currency, names)
            if taken is not None and not seen:
                charges, included, seen = taken, off, True
        else:
            for child in branch[:]:
                rate = rate or _rate(child)
                if names[child.tag] == "InstdAmt" and instructed is None:
                    instructed, instructed_currency = _amount(child, names)
    same = instructed_currency == currency
    if seen and charges and same and instructed is not None:
        included = included or instructed == abs(amount + charges)
    told = seen and charges != 0
    gross = amount + charges if told and included else None
    if instructed is not None and same and instructed == abs(amount):
        instructed = instructed_currency = None
    return OtherAmounts(gross, charges if told else None, instructed, instructed_currency, rate)


def _charges(branch: Any, currency: str, names: LocalNames) -> tuple[Decimal | None, bool]:
    """What the bank kept, and whether it says that the booked amount is without it. Charges in another currency: nothing."""
    total = branch.find("{*}TtlChrgsAndTaxAmt")
    records = branch.findall("{*}Rcrd") or ([branch] if branch.find("{*}Amt") is not None else [])
    kept = Decimal(0)
    included = False
    for record in records:
        amount = record.find("{*}Amt")
        if amount is None or (amount.get("Ccy") or currency) != currency:
            return None, False
        value = money((amount.text or "").strip(), "charges")
        sign = record.findtext("{*}CdtDbtInd")
        kept += -value if sign and is_received(sign.strip(), "charges") else value
        included = included or (record.findtext("{*}ChrgInclInd") or "").strip() in ("true", "1")
    if not records:
        if total is None or (total.get("Ccy") or currency) != currency:
            return None, False
        kept = money((total.text or "").strip(), "charges")
    return kept, included


def _amount(element: Any, names: LocalNames) -> tuple[Decimal | None, str | None]:
    for child in element[:]:
        if names[child.tag] == "Amt":
            return money((child.text or "").strip(), "an instructed amount"), child.get("Ccy")
    return None, None


def _rate(element: Any) -> Decimal | None:
    text = (element.findtext("{*}CcyXchg/{*}XchgRate") or "").strip()
    whole, _, part = text.partition(".")
    written = text.isascii() and whole.isdecimal() and (part.isdecimal() or not part) and len(text) <= 20
    return Decimal(text) if written else None
