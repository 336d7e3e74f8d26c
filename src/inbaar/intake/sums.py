"""Whether the amounts of an invoice tie, and mean what they say. Pure; used by `checks`.

Sums must tie to the cent; only the VAT of one rate may differ by less than 1.00 from rate times base, as BR-CO-17 allows.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from inbaar.intake.facts import Facts, doubt, quoted, words
from inbaar.intake.reading import Problem
from inbaar.intake.values import to_cents

_ZERO = Decimal("0.00")
#: The rule that allows two decimals, per amount.
_DECIMALS = {
    "line_total": "BR-DEC-09", "allowance_total": "BR-DEC-10", "charge_total": "BR-DEC-11", "net": "BR-DEC-12",
    "vat": "BR-DEC-13", "total": "BR-DEC-14", "prepaid": "BR-DEC-16", "rounding": "BR-DEC-17", "payable": "BR-DEC-18",
}  # fmt: skip


def sum_doubts(facts: Facts) -> Iterator[Problem]:
    amounts = facts.amounts
    for name in facts.overprecise:
        yield doubt(
            _DECIMALS.get(name, "decimals"),
            f"The {words(name)} has more than two decimals: it was rounded; check it.",
        )
    if facts.payable_currency is not None and facts.currency and facts.payable_currency != facts.currency:
        yield doubt(
            "currency-differs",
            f"The amount to pay is in {quoted(facts.payable_currency)} but the invoice is in {facts.currency}: "
            "ask the supplier which is right.",
        )
    if facts.marked_currencies:
        yield doubt(
            "CII-DT-031", "Amounts name a currency of their own, which CII forbids: check that they agree."
        )
    yield from _sign_doubts(facts)
    yield from _line_doubts(facts, amounts)
    yield from _vat_doubts(facts, amounts)
    yield from _total_doubts(amounts)


def _sign_doubts(facts: Facts) -> Iterator[Problem]:
    lowest = min((facts.amounts[n] for n in ("total", "payable") if n in facts.amounts), default=_ZERO)
    if lowest < 0 and facts.credit_note:
        yield doubt(
            "negative-credit-note",
            f"A credit note of {lowest} would raise the debt: ask the supplier which sign is meant.",
        )
    elif lowest < 0:
        yield doubt(
            "negative-invoice",
            f"The invoice is negative ({lowest}) but is not a credit note: ask the supplier for a credit note.",
        )


def _line_doubts(facts: Facts, amounts: Mapping[str, Decimal]) -> Iterator[Problem]:
    line_total, net = amounts.get("line_total"), amounts.get("net")
    if line_total is not None and facts.lines:
        yield from _tie("BR-CO-10", "the lines make", sum(facts.lines, _ZERO), "line total", line_total)
    deducted, added = sum(facts.allowances, _ZERO), sum(facts.charges, _ZERO)
    if "allowance_total" in amounts and facts.allowances:
        yield from _tie(
            "BR-CO-11", "the allowances make", deducted, "allowance total", amounts["allowance_total"]
        )
    if "charge_total" in amounts and facts.charges:
        yield from _tie("BR-CO-12", "the charges make", added, "charge total", amounts["charge_total"])
    if line_total is not None and net is not None:
        expected = line_total - amounts.get("allowance_total", deducted) + amounts.get("charge_total", added)
        yield from _tie("BR-CO-13", "line total less allowances plus charges is", expected, "net amount", net)


def _vat_doubts(facts: Facts, amounts: Mapping[str, Decimal]) -> Iterator[Problem]:
    vat = amounts.get("vat")
    if vat is not None and facts.vat_lines:
        yield from _tie(
            "BR-CO-14", "the VAT per rate makes", sum((v.tax for v in facts.vat_lines), _ZERO), "VAT", vat
        )
    for line in facts.vat_lines:
        if line.percent is None:
            continue
        expected = abs(line.taxable) * line.percent / 100
        if abs(abs(line.tax) - expected) >= 1:
            yield doubt(
                "BR-CO-17",
                f"VAT of {line.percent.normalize():f}% over {line.taxable:.2f} is {expected:.2f}, "
                f"but the invoice says {line.tax:.2f}: ask the supplier for a corrected invoice.",
            )


def _total_doubts(amounts: Mapping[str, Decimal]) -> Iterator[Problem]:
    net, total = amounts.get("net"), amounts.get("total")
    with_vat = None if net is None else net + amounts.get("vat", _ZERO)
    if with_vat is not None and total is not None:
        yield from _tie("BR-CO-15", "net plus VAT is", with_vat, "total", total)
    base = total if total is not None else with_vat
    if base is not None and "payable" in amounts:
        expected = base - amounts.get("prepaid", _ZERO) + amounts.get("rounding", _ZERO)
        yield from _tie(
            "BR-CO-16", "total less prepaid plus rounding is", expected, "amount to pay", amounts["payable"]
        )


def _tie(rule: str, left: str, found: Decimal, right: str, stated: Decimal) -> Iterator[Problem]:
    if to_cents(found) != stated:
        yield doubt(
            rule,
            f"The sums do not tie: {left} {found:.2f}, but the {right} says {stated:.2f}; ask the supplier which is right.",
        )
