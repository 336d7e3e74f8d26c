"""What a payment provider does for us, whoever it is: make a payment that a debtor can pay online, say how one stands, and give back what was paid twice.

A provider tells nothing that we act on by itself: its messages only make us ask, with our own key.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment to be made. `key` is ours: asked twice with the same key, the provider makes one payment.

    The amount is above zero with two decimals; `description` stands on the payer's statement.
    """

    key: str
    amount: Decimal
    currency: str
    description: str
    return_url: str
    told_url: str
    language: str = "nl"


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """A payment as the provider says it stands. `key` is the one it was made with.

    `state` is one of open, pending, authorized, paid, canceled, expired and failed. What went back to the payer stands in
    `refunded` (by the client) and `charged_back` (by the payer's bank); the state stays paid.
    """

    id: str
    key: str
    state: str
    amount: Decimal
    currency: str
    test: bool
    refunded: Decimal = Decimal(0)
    charged_back: Decimal = Decimal(0)
    method: str = ""
    paid_at: dt.datetime | None = None
    checkout_url: str = ""


@dataclass(frozen=True, slots=True)
class NewRefund:
    """Money of a payment to be given back. `key` is ours: asked twice with the same key, the provider gives it back once.

    The amount is above zero with two decimals; `description` stands on the payer's statement.
    """

    payment_id: str
    key: str
    amount: Decimal
    currency: str
    description: str


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """A refund as the provider says it stands; `key` is the one it was made with, or nothing where it was made there.

    `state` is one of queued, pending, processing, refunded, failed and canceled.
    """

    id: str
    key: str
    state: str
    amount: Decimal
    currency: str


class ProviderError(Exception):
    """The provider did not do what was asked."""


class ProviderUnavailable(ProviderError):
    """It could not be reached, was too busy or broke: ask again, not before `again_in` seconds where it said so."""

    def __init__(self, why: str, again_in: int = 0) -> None:
        self.again_in = again_in
        super().__init__(why)


class ProviderRefused(ProviderError):
    """It said no, and would again. `code` is `key` where our key is not taken, else `refused`."""

    def __init__(self, code: str, why: str) -> None:
        self.code = code
        super().__init__(why)


class PaymentUnknown(ProviderError):
    """It has no such payment under our key."""


class Provider(Protocol):
    """A payment provider, asked with one client's key."""

    def try_key(self) -> None:
        """Ask something harmless; raises where the key is not taken."""

    def create(self, payment: NewPayment) -> ProviderPayment:
        """Make a payment, or give the one that was made with its key before."""

    def fetch(self, payment_id: str) -> ProviderPayment:
        """How a payment stands now."""

    def give_back(self, refund: NewRefund) -> ProviderRefund:
        """Give money back, or give the refund that was made with its key before."""

    def refunds(self, payment_id: str) -> list[ProviderRefund]:
        """All that was given back of a payment, or is going to be, whoever did it."""
