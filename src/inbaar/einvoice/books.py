"""An e-invoice of what the books know, for an invoice that did not come as one: a line for each rate of VAT. Pure."""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from inbaar.einvoice.facts import InvoiceFacts, PartyFacts
from inbaar.einvoice.model import (
    Address,
    EInvoice,
    Identifier,
    Line,
    Party,
    PaymentMeans,
    Quantity,
    Reference,
    VatPart,
)
from inbaar.einvoice.rates import Rate, rates_told
from inbaar.einvoice.words import words_of
from inbaar.intake.values import day

#: Codes: an invoice, a credit note, a KvK number, a piece, a credit transfer, and one within SEPA.
INVOICE, CREDIT_NOTE, KVK, PIECE, TRANSFER, SEPA_TRANSFER = "380", "381", "0106", "C62", "30", "58"
WITHIN_EU = "K"
_SEPA_CURRENCY = "EUR"


def from_books(facts: InvoiceFacts, follows: str) -> EInvoice:
    """The e-invoice; `rules.facts_suffice` must hold.

    The paper only adds what the books lack of a party: what was read of it may have been corrected since.
    """
    texts = {} if facts.original is None else facts.original.texts
    rates = rates_told(facts)
    return EInvoice(
        follows=follows,
        number=clean(facts.number),
        issued=facts.issued,
        due=None if facts.credit_note else facts.due,
        type_code=CREDIT_NOTE if facts.credit_note else INVOICE,
        currency=facts.currency,
        buyer_reference=clean(texts.get("buyer_reference", "")),
        order=clean(texts.get("order_reference", "")),
        preceding=(Reference(clean(facts.credits_number)),) if facts.credits_number else (),
        supplier=_party(facts.supplier, texts, "supplier"),
        customer=_party(facts.customer, texts, "customer"),
        delivered=day(texts.get("delivery_date", "")),
        delivery_address=_delivered_to(facts, rates),
        payment_reference="" if facts.credit_note else clean(facts.payment_reference),
        means=_means(facts),
        vat_parts=tuple(
            VatPart(
                rate.base,
                rate.vat,
                rate.category,
                rate.percent,
                "" if rate.category == "Z" else rate.exemption,
                rate.exemption_code,
            )
            for rate in rates
        ),
        line_total=facts.net,
        net=facts.net,
        vat=facts.vat,
        total=facts.total,
        payable=facts.payable,
        lines=tuple(_line(place, rate, facts) for place, rate in enumerate(rates, 1)),
    )


def clean(text: str) -> str:
    """A text that XML can hold: no control characters, one line."""
    kept = "".join(" " if unicodedata.category(mark) in ("Cc", "Cs", "Cn") else mark for mark in text)
    return " ".join(kept.split())


def transfer_code(currency: str) -> str:
    """How money in this currency is transferred."""
    return SEPA_TRANSFER if currency == _SEPA_CURRENCY else TRANSFER


def _means(facts: InvoiceFacts) -> tuple[PaymentMeans, ...]:
    """How to pay; a credit note asks for nothing."""
    if facts.credit_note:
        return ()
    return (PaymentMeans(code=transfer_code(facts.currency), account=facts.own_account),)


def _delivered_to(facts: InvoiceFacts, rates: tuple[Rate, ...]) -> Address | None:
    """Where a supply within the EU went: to the customer's country (BR-IC-12)."""
    if any(rate.category == WITHIN_EU for rate in rates) and facts.customer.country:
        return Address(country=clean(facts.customer.country).upper())
    return None


def _line(place: int, rate: Rate, facts: InvoiceFacts) -> Line:
    words = words_of(facts.language)
    name = words.say("einvoice", "line", number=clean(facts.number), percent=words.percent(rate.percent))
    return Line(
        number=str(place),
        quantity=Quantity(Decimal(1), PIECE),
        amount=rate.base,
        price=rate.base,
        name=name.replace("\N{NO-BREAK SPACE}", " "),
        vat_category=rate.category,
        vat_percent=rate.percent,
    )


def _party(known: PartyFacts, texts: Mapping[str, str], role: str) -> Party:
    def told(name: str, booked: str) -> str:
        return clean(booked or texts.get(f"{role}.{name}", ""))

    kvk, vat_id = told("kvk", known.kvk), told("vat", known.vat_id)
    address = Address(
        street=told("street", known.street),
        city=told("city", known.city),
        postcode=told("postcode", known.postcode),
        country=told("country", known.country).upper(),
    )
    return Party(
        name=told("name", known.name),
        legal_id=Identifier(kvk, KVK) if kvk else _other_id(texts, role),
        vat_id=vat_id,
        address=None if address == Address() else address,
    )


def _other_id(texts: Mapping[str, str], role: str) -> Identifier | None:
    number = clean(texts.get(f"{role}.legal_id", ""))
    return Identifier(number, texts.get(f"{role}.legal_id_scheme", "")) if number else None
