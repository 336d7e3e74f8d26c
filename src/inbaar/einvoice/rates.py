"""The VAT by rate, as far as the reading of an invoice without an e-invoice tells it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from inbaar.einvoice.facts import InvoiceFacts
from inbaar.intake.values import exact_amount

STANDARD = "S"
#: The law's own reason (VATEX) of a category without VAT; an exemption has one of its own, and a zero rate none.
VATEX = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}


@dataclass(frozen=True, slots=True)
class Rate:
    """What is taxed at one rate, the VAT on it, and its category (UNTDID 5305), empty where it is not known."""

    percent: Decimal
    base: Decimal
    vat: Decimal
    category: str
    exemption: str

    @property
    def exemption_code(self) -> str:
        """The code of why there is no VAT, where the category has but one."""
        return VATEX.get(self.category, "")


def rates_told(facts: InvoiceFacts) -> tuple[Rate, ...]:
    """Each rate whose base and VAT are both told; none at all if one of them lacks something.

    Of the only rate of an invoice, base and VAT are those of the invoice. One without any VAT has the rate of 0% where it is
    said why.
    """
    texts = {} if facts.original is None else facts.original.texts
    if not facts.vat and "vat_percent" not in texts and texts.get("vat_category"):
        texts = {"vat_percent": "0", **texts}
    endings = tuple(_endings(texts))
    if len(endings) == 1:
        texts = {f"vat_base{endings[0]}": str(facts.net), f"vat_amount{endings[0]}": str(facts.vat), **texts}
    found = tuple(_rate(texts, ending) for ending in endings)
    told = tuple(rate for rate in found if rate is not None)
    return told if len(told) == len(found) else ()


def _endings(texts: Mapping[str, str]) -> Iterator[str]:
    """Fields of a kind are numbered from the second on: `vat_percent`, `vat_percent_2`."""
    place, ending = 1, ""
    while f"vat_percent{ending}" in texts:
        yield ending
        place += 1
        ending = f"_{place}"


def _rate(texts: Mapping[str, str], ending: str) -> Rate | None:
    percent, base, vat = (
        exact_amount(texts.get(f"vat_{name}{ending}", "")) for name in ("percent", "base", "amount")
    )
    if percent is None or base is None or vat is None:
        return None
    category = texts.get(f"vat_category{ending}", STANDARD if percent > 0 else "")
    return Rate(percent, abs(base), abs(vat), category, texts.get(f"vat_exemption{ending}", ""))
