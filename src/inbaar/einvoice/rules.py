"""Whether an e-invoice can be written of what is known: what is not known is never guessed. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from inbaar.einvoice.facts import InvoiceFacts
from inbaar.einvoice.rates import Rate, rates_told
from inbaar.kit.errors import Refusal
from inbaar.receivables.drafts import Draft
from inbaar.receivables.verdicts import Verdict

_ZERO = Decimal("0.00")
#: What says why there is no VAT (UNTDID 5305): a percentage of nought alone could be any of these.
NO_VAT = "Z, E, AE, K, G or O"
_ASK = "take in the invoice as UBL, CII or Factur-X"


def payee_known(facts: InvoiceFacts) -> Verdict:
    """An e-invoice names who must be paid, so on that day somebody must own the claim and have an account."""
    if facts.credit_note:
        return Verdict()
    if facts.holder is None:
        return _no(
            "title-missing", "an e-invoice names who owns the claim",
            f"nobody owns the claim of invoice {facts.number} on {facts.on}", "one owner", "record the title",
        )  # fmt: skip
    if facts.new_holder is not None and not facts.new_holder.iban:
        return _no(
            "payee-account-missing", "an e-invoice names the account of who must be paid (BR-61)",
            f"the title of {facts.new_holder.name} has no account", "an IBAN", "record the account with the title",
        )  # fmt: skip
    return Verdict()


def agrees(facts: InvoiceFacts, told: Draft) -> Verdict:
    """What the original says must be what the books hold: what a person corrected is not in the file."""
    asked = "" if facts.first_holder is None else facts.first_holder.iban
    pairs = (
        ("number", told.number, facts.number),
        ("kind", told.kind == "credit_note", facts.credit_note),
        ("date", told.issue_date, facts.issued),
        ("currency", told.currency, facts.currency),
        ("net", told.net, facts.net),
        ("VAT", told.vat, facts.vat),
        ("total", told.total, facts.total),
        ("amount to pay", told.payable, facts.payable),
        ("payment reference", told.payment_reference, facts.payment_reference),
        ("account", "" if facts.credit_note else told.payee_iban, asked),
    )
    return Verdict(
        tuple(
            _refusal(
                "original-differs", "an e-invoice says what the books hold",
                f"the {name} in the file is {there or 'missing'}", str(here) or "none",
                "send the invoice again as the books hold it",
            )
            for name, there, here in pairs
            if there != here
        )
    )  # fmt: skip


def facts_suffice(facts: InvoiceFacts) -> Verdict:
    """Without an e-invoice to start from, the VAT must be known by rate, to the cent, and where it is nought, why."""
    if facts.original is not None and facts.original.format == "zugferd":
        return _no(
            "original-too-old", "the lines of an e-invoice must survive",
            "the original is a ZUGFeRD 1, whose lines cannot be carried over", "EN 16931", _ASK,
        )  # fmt: skip
    rates = rates_told(facts)
    if not rates:
        return _no(
            "vat-breakdown-missing", "an e-invoice tells the VAT by rate (BR-CO-18)",
            f"only the VAT in all, {facts.vat}, is known of invoice {facts.number}", "base and VAT of each rate", _ASK,
        )  # fmt: skip
    return Verdict(tuple(_faults(facts, rates)))


def _faults(facts: InvoiceFacts, rates: tuple[Rate, ...]) -> Iterator[Refusal]:
    base, vat = (sum((getattr(rate, name) for rate in rates), _ZERO) for name in ("base", "vat"))
    for what, told, booked in (
        ("bases", base, facts.net),
        ("VAT", vat, facts.vat),
        ("net and VAT", base + vat, facts.total),
    ):
        if told != booked:
            yield _refusal(
                "vat-breakdown-differs", "the VAT by rate must add up to the invoice (BR-CO-14)",
                f"the {what} by rate make {told}", str(booked), "correct what was read of the invoice",
            )  # fmt: skip
    if facts.payable != facts.total:
        yield _refusal(
            "payable-unexplained", "total less what was paid before is what is to be paid (BR-CO-16)",
            f"{facts.total} is the total and {facts.payable} is asked", "the two alike", _ASK,
        )  # fmt: skip
    if not facts.credit_note and not facts.own_account:
        yield _refusal(
            "account-missing", "an e-invoice names the account to pay to (BR-61)",
            f"invoice {facts.number} names none, and the client has none in {facts.currency}", "an account",
            "add the account under Bank",
        )  # fmt: skip
    if any(not rate.category for rate in rates):
        yield _refusal(
            "vat-category-missing", "an e-invoice says why there is no VAT (BR-CO-17)",
            f"invoice {facts.number} has VAT of 0% without a reason", NO_VAT, _ASK,
        )  # fmt: skip


def _no(*said: str) -> Verdict:
    return Verdict((_refusal(*said),))


def _refusal(code: str, rule: str, fact: str, limit: str, next_step: str) -> Refusal:
    return Refusal(code, rule, fact, limit, next_step=next_step)
