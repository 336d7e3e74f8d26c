"""From what was read to what can be accepted: the mapping, and the doubts only the client's own books can raise. Pure."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.intake.reading import InvoiceRead, PartyRead, Problem
from inbaar.parties.rules import plain
from inbaar.receivables.drafts import Customer, Draft

ZERO = Decimal("0.00")
DUTCH_SPEAKING = frozenset({"NL", "BE", ""})


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """Who the client is, as an invoice of his would name him."""

    name: str
    kvk: str
    vat: str


def doubts(read: InvoiceRead, own: OwnIdentity, *, unsent: bool = False) -> tuple[Problem, ...]:
    """What makes a readable invoice wait for a person: somebody else's invoice, no name of who owes it, or no day to pay on
    one that is yet to be sent.
    """
    problems = []
    if not _is_own(read.supplier, own):
        supplier = read.supplier.name or "nobody"
        problems.append(
            Problem(
                "warning", "supplier-not-client",
                f"The invoice is sent by {supplier}, not by {own.name}: choose that administration, or correct the file.",
            )
        )  # fmt: skip
    elif read.format == "pdf" and not _by_number(read.supplier, own):
        problems.append(
            Problem(
                "warning", "supplier-by-name",
                f"The page names {own.name} as the sender without a number he is known by: check that the invoice is his.",
            )
        )  # fmt: skip
    if not (read.customer.name or "").strip():
        problems.append(
            Problem("warning", "customer-missing", "The invoice names no customer: fill in who owes it.")
        )
    if unsent and not read.credit_note and _due_date(read) is None:
        problems.append(
            Problem(
                "warning", "unsent-due-date",
                "An invoice that is not sent yet needs a due date: its term does not run before the debtor has it. Fill it in, "
                "or send the invoice yourself and say that it was sent.",
            )
        )  # fmt: skip
    return tuple(problems)


def _due_date(read: InvoiceRead) -> dt.date | None:
    return read.due_date if read.due_date and read.issue_date and read.due_date >= read.issue_date else None


def _is_own(supplier: PartyRead, own: OwnIdentity) -> bool:
    """Known by number where both have one, else by name."""
    known = _by_number(supplier, own)
    return plain(supplier.name or "") == plain(own.name) if known is None else known


def _by_number(supplier: PartyRead, own: OwnIdentity) -> bool | None:
    """Whether the first number that both have is the same; None where they have none in common."""
    for theirs, ours in ((supplier.kvk, own.kvk), (supplier.vat, own.vat)):
        if theirs and ours:
            return plain(theirs) == plain(ours)
    return None


def lacks(read: InvoiceRead) -> tuple[str, ...]:
    """The facts without which a reading is no invoice: a page may leave open what an e-invoice must say."""
    facts = {
        "number": (read.number or "").strip(),
        "issue date": read.issue_date,
        "currency": read.currency,
        "customer": (read.customer.name or "").strip(),
        "amount to pay": read.payable is not None and (read.payable >= 0 or read.credit_note),
    }
    return tuple(name for name, value in facts.items() if not value)


def draft_of(read: InvoiceRead, received_on: dt.date, *, unsent: bool = False) -> Draft:
    """The draft of a readable invoice, which the debtor may not have got yet (`unsent`). Credit notes carry positive amounts, whatever sign the file used.

    An invoice dated after the day it came in (a test file, a clock that is off) counts as received on its own date.
    """
    assert read.number
    assert read.issue_date
    assert read.currency
    assert read.payable is not None
    return Draft(
        number=read.number.strip(),
        kind="credit_note" if read.credit_note else "invoice",
        issue_date=read.issue_date,
        due_date=_due_date(read),
        received_on=max(received_on, read.issue_date),
        currency=read.currency,
        net=abs(read.net or ZERO),
        vat=abs(read.vat or ZERO),
        total=abs(read.total if read.total is not None else read.payable),
        payable=abs(read.payable),
        customer=_customer(read.customer),
        payee_iban=(read.supplier.iban or "").replace(" ", "")[:34],
        payment_reference=(read.payment_reference or "")[:140],
        credits_number=read.credits_invoice,
        unsent=unsent and not read.credit_note,
        number_read=read.format == "pdf",
    )


def _customer(party: PartyRead) -> Customer:
    country = (party.country or "").upper()
    return Customer(
        name=(party.name or "").strip(),
        kvk=party.kvk,
        vat=party.vat,
        legal_id=party.legal_id,
        email=party.email,
        street=party.street,
        postcode=party.postcode,
        city=party.city,
        country=country or "NL",
        language="nl" if country in DUTCH_SPEAKING else "en",
    )
