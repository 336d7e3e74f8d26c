"""What the books know of one invoice on a day, frozen: what an e-invoice is written from. Made by `queries`."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from inbaar.letters.parts import Language


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """The client or the debtor, as the books have them."""

    name: str
    kvk: str
    vat_id: str
    street: str
    postcode: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who owns the claim from a day, by number where it is known, and the account that must be paid."""

    name: str
    kvk: str
    iban: str
    since: dt.date

    def is_same(self, other: "Holder") -> bool:
        """The same owner: by KvK number where both have one, else by name."""
        if self.kvk and other.kvk:
            return self.kvk == other.kvk
        return self.name == other.name


@dataclass(frozen=True, slots=True)
class Original:
    """The file the invoice came in, and what was read in it (`texts`, by the names of its fields)."""

    name: str
    format: str
    content: bytes
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """One invoice or credit note. `holder` owns the claim on the day that was asked, `first_holder` did at the start.

    Amounts are positive and in `currency`; `own_iban` is an account of the client's, for an invoice that names none.
    """

    number: str
    credit_note: bool
    issued: dt.date
    due: dt.date
    currency: str
    net: Decimal
    vat: Decimal
    total: Decimal
    payable: Decimal
    payment_reference: str
    credits_number: str
    supplier: PartyFacts
    customer: PartyFacts
    own_iban: str
    language: Language
    on: dt.date
    holder: Holder | None
    first_holder: Holder | None
    original: Original | None

    @property
    def own_account(self) -> str:
        """The account the invoice asked to be paid to, else the client's own; empty where none is known."""
        asked = "" if self.first_holder is None else self.first_holder.iban
        told = "" if self.original is None else self.original.texts.get("iban", "")
        return "".join((asked or told or self.own_iban).split())

    @property
    def new_holder(self) -> Holder | None:
        """Who owns the claim, if that is no longer who owned it first."""
        if self.holder is None or self.first_holder is None or self.holder.is_same(self.first_holder):
            return None
        return self.holder
