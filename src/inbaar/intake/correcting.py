"""What a person says of an invoice that was read from its page, put in the place of what was read, and judged anew. Pure.

Used by the review screen. An e-invoice is not corrected here: what its XML says is the invoice, and only its sender can
say otherwise.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from inbaar.intake.checks import judge
from inbaar.intake.facts import Facts
from inbaar.intake.reading import FieldRead, InvoiceRead, PartyRead

AMOUNTS = ("net", "vat", "total", "payable")
DAYS = ("issue_date", "due_date")
TEXTS = (
    "number",
    "currency",
    "payment_reference",
    "credits_invoice",
    "iban",
    "order_reference",
    "buyer_reference",
)
#: Why there is no VAT (UNTDID 5305): reverse charge, within the EU, export, exempt, zero rate.
VAT_REASONS = ("AE", "K", "G", "E", "Z")
#: What tells why there is no VAT; a supply within the EU has a day of delivery.
_VAT_REASON = re.compile(r"vat_(category|exemption)(_[2-9])?|delivery_date")
PARTY = ("name", "kvk", "vat")
ADDRESS = ("street", "postcode", "city", "country")
#: The fields a person may fill in, as a reading names them.
CORRECTABLE = (
    *TEXTS, *DAYS, *AMOUNTS, *(f"supplier.{part}" for part in PARTY),
    *(f"customer.{part}" for part in (*PARTY, *ADDRESS, "email")),
)  # fmt: skip
_PERCENT = re.compile(r"vat_percent(_[2-9])?")
_PROFILE, _INVOICE, _CREDIT_NOTE = "page", "380", "381"


def is_correctable(read: InvoiceRead) -> bool:
    """Whether a person may correct it: only what was read from a page."""
    return read.format == "pdf"


def corrected(read: InvoiceRead, said: Mapping[str, str], *, credit_note: bool | None = None) -> InvoiceRead:
    """The reading with what a person said: each field of CORRECTABLE he names, an empty text taking the value away.

    Days are ISO and amounts have a decimal point: ValueError or ArithmeticError where one does not. What a person looked at is
    certain; the problems are those that the values themselves still have.
    """
    unknown = {name for name in set(said) - set(CORRECTABLE) if not _VAT_REASON.fullmatch(name)}
    unknown |= {
        n for n, code in said.items() if n.startswith("vat_category") and code not in ("", *VAT_REASONS)
    }
    if unknown or not is_correctable(read):
        raise ValueError(f"cannot be corrected: {', '.join(sorted(unknown)) or read.format}")
    found = dict(read.found)
    for name, text in said.items():
        found.pop(name, None)
        if text.strip():
            found[name] = text.strip()
    texts = {name: f.value if isinstance(f, FieldRead) else f for name, f in found.items()}
    days = {name: dt.date.fromisoformat(texts[name]) for name in DAYS if name in texts}
    amounts = {name: Decimal(texts[name]) for name in AMOUNTS if name in texts}
    is_credit = read.credit_note if credit_note is None else credit_note
    status, problems = judge(_facts(texts, days, amounts, is_credit))
    return replace(
        read,
        status=status,
        number=texts.get("number"),
        issue_date=days.get("issue_date"),
        due_date=days.get("due_date"),
        currency=texts.get("currency"),
        net=amounts.get("net"),
        vat=amounts.get("vat"),
        total=amounts.get("total"),
        payable=amounts.get("payable"),
        credit_note=is_credit,
        supplier=_party(texts, "supplier", read.supplier, iban=texts.get("iban")),
        customer=_party(texts, "customer", read.customer, iban=None),
        payment_reference=texts.get("payment_reference"),
        credits_invoice=texts.get("credits_invoice"),
        order_reference=texts.get("order_reference"),
        found=found,
        problems=problems,
    )


def zero_rates(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The rates of 0% of which it is not told why, by the ending of their fields: `""` for the first, `_2` for the second.

    Where no rate was read at all and there is no VAT, that is one of them.
    """
    rates = {
        name.removeprefix("vat_percent"): text for name, text in texts.items() if _PERCENT.fullmatch(name)
    }
    if not rates and _is_nothing(texts.get("vat", "")):
        rates = {"": "0"}
    return tuple(
        sorted(
            e for e, percent in rates.items() if _is_nothing(percent) and not texts.get(f"vat_category{e}")
        )
    )


def _is_nothing(text: str) -> bool:
    try:
        return Decimal(text) == 0
    except ArithmeticError:
        return False


def _facts(
    texts: Mapping[str, str], days: Mapping[str, dt.date], amounts: Mapping[str, Decimal], credit_note: bool
) -> Facts:
    identifiers = [("", "iban", texts["iban"])] if "iban" in texts else []
    for role in ("supplier", "customer"):
        identifiers.extend(
            (f"{role}'s ", kind, texts[f"{role}.{kind}"])
            for kind in ("kvk", "vat")
            if f"{role}.{kind}" in texts
        )
    if "payment_reference" in texts:
        identifiers.append(("", "reference", texts["payment_reference"]))
    return Facts(
        number=texts.get("number"),
        issue_date=days.get("issue_date"),
        due_dates=(days["due_date"],) if "due_date" in days else (),
        currency=texts.get("currency"),
        profile=_PROFILE,
        type_code=_CREDIT_NOTE if credit_note else _INVOICE,
        credit_root=credit_note,
        credit_note=credit_note,
        supplier_name=texts.get("supplier.name"),
        customer_name=texts.get("customer.name"),
        supplier_identified=True,
        amounts=amounts,
        identifiers=tuple(identifiers),
    )


def _party(texts: Mapping[str, str], role: str, read: PartyRead, iban: str | None) -> PartyRead:
    def text(part: str) -> str | None:
        return texts.get(f"{role}.{part}")

    if role == "supplier":
        return replace(read, name=text("name"), kvk=text("kvk"), vat=text("vat"), iban=iban)
    return PartyRead(
        name=text("name"), kvk=text("kvk"), vat=text("vat"), legal_id=read.legal_id, email=text("email"),
        street=text("street"), postcode=text("postcode"), city=text("city"), country=text("country"),
    )  # fmt: skip
