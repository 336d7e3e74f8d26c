"""What an invoice is before it is accepted: facts in the terms of the books, from whatever door. Pure."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from decimal import Decimal

from inbaar.parties.rules import Identity, identity_of


@dataclass(frozen=True, slots=True)
class Customer:
    """The one that owes, as the document names him.

    `number` is the client's own number for him. `known_as` is the key of a debtor the books know, where a door found him by
    other means than the key his facts would give.
    """

    name: str
    kvk: str | None = None
    vat: str | None = None
    legal_id: str | None = None
    email: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    language: str = "nl"
    number: str = ""
    known_as: str = ""

    @property
    def identity(self) -> Identity:
        """Capacity, legal form and the key by which he is known again."""
        found = identity_of(
            name=self.name, kvk=self.kvk, vat=self.vat, legal_id=self.legal_id, postcode=self.postcode or ""
        )
        return replace(found, key=self.known_as) if self.known_as else found


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice or credit note ready to be accepted. Amounts positive, two decimals, in `currency`.

    `credits_number` is the invoice a credit note corrects. `due_date` is None where the document names none. `unsent` says
    that the debtor has not got it yet. `printed_number` is what the paper says where the books keep it under another
    number. `number_read`: the number was read from a page or typed, so that a sign of it may be wrong.
    """

    number: str
    kind: str
    issue_date: dt.date
    due_date: dt.date | None
    received_on: dt.date
    currency: str
    net: Decimal
    vat: Decimal
    total: Decimal
    payable: Decimal
    customer: Customer
    payee_iban: str = ""
    payment_reference: str = ""
    credits_number: str | None = None
    unsent: bool = False
    description: str = ""
    printed_number: str = ""
    number_read: bool = False

    @property
    def number_on_paper(self) -> str:
        """The number by which debtor and bank know it."""
        return self.printed_number or self.number

    @property
    def content_key(self) -> str:
        """The same for the same invoice by whatever channel or format it comes."""
        facts = (
            self.number_on_paper, self.kind, self.issue_date, self.due_date, self.currency, self.total, self.payable,
        )  # fmt: skip
        return hashlib.sha256("|".join(str(fact) for fact in facts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a draft: `accepted`, `known` (it was there already, nothing changed) or `refused` with the reason."""

    outcome: str
    invoice_id: int | None
    problem: str = ""
    rule: str = ""
