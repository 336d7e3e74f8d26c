"""A client's account with a payment provider, and every payment that a debtor began online, with the invoices it is for."""

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from inbaar.banking.models import PaymentBundle
from inbaar.banking.online.states import LIVE, REFUND_LIVE, REFUND_STATES, STATES
from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import client_table
from inbaar.parties.models import User
from inbaar.receivables.models import Invoice


class ProviderAccount(ClientModel):
    """The key a client gave us for its payment provider. Online payment is off where there is none, or it is not `active`.

    `key` is sealed (`kit.sealing`) for this client and provider. `test`: what is paid under it is play money.
    """

    provider = models.CharField(max_length=20, choices=[("mollie", "mollie")])
    key = models.TextField()
    test = models.BooleanField()
    active = models.BooleanField(default=True)
    set_by = models.CharField(max_length=100)
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client"], name="provider_account_one_per_client"),
            *client_table(
                "online_provideraccount", update=["provider", "key", "test", "active", "set_by", "set_at"]
            ),
        ]


class OnlinePayment(DependentModel):
    """A payment begun from a payment link. It books nothing: the money is booked when it stands on a statement.

    `key` is what the provider is asked with, so that it makes one payment however often it is asked. `content` is a print of
    its parts: of a link and the same parts one payment lives at a time. `asked_at` is when the provider was asked last how it stands.
    """

    bundle = ScopedForeignKey(PaymentBundle)
    content = models.CharField(max_length=64)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    test = models.BooleanField()
    key = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default="making")
    provider_id = models.CharField(max_length=50, blank=True, default="")
    checkout_url = models.CharField(max_length=500, blank=True, default="")
    method = models.CharField(max_length=30, blank=True, default="")
    started_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    refunded = MoneyField(default=Decimal(0))
    charged_back = MoneyField(default=Decimal(0))
    doubt = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="online_payment_key_once"),
            UniqueConstraint(
                fields=["client", "provider_id"],
                condition=~Q(provider_id=""),
                name="online_payment_provider_id_once",
            ),
            UniqueConstraint(
                fields=["client", "bundle", "content", "test"],
                condition=Q(state__in=LIVE),
                name="online_payment_one_lives",
            ),
            CheckConstraint(name="online_payment_state", condition=Q(state__in=STATES)),
            CheckConstraint(
                name="online_payment_amounts",
                condition=Q(amount__gt=0, refunded__gte=0, charged_back__gte=0),
            ),
            CheckConstraint(name="online_payment_paid_at", condition=~Q(state="paid") | Q(paid_at__isnull=False)),
            *client_table(
                "online_onlinepayment",
                update=[
                    "state", "provider_id", "checkout_url", "method", "asked_at", "paid_at", "refunded", "charged_back",
                    "doubt",
                ],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "started_at"], name="online_payment_by_start"),
            Index(fields=["client", "bundle"], name="online_payment_by_bundle"),
        ]


class OnlinePart(DependentModel):
    """What of an online payment is for which invoice, as the payer saw it.

    `booked_before` is what had been booked on the invoice when this was paid: what is booked above it has arrived.
    """

    payment = ScopedForeignKey(OnlinePayment)
    invoice = ScopedForeignKey(Invoice)
    amount = MoneyField()
    booked_before = MoneyField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "payment", "invoice"], name="online_part_once"),
            CheckConstraint(name="online_part_positive", condition=Q(amount__gt=0)),
            *client_table("online_onlinepart", update=["booked_before"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="online_part_by_invoice")]


class OnlineRefund(DependentModel):
    """Money of an online payment that goes back to its payer: asked by one person, approved by another, made once.

    `key` is what the provider is asked with, so that it gives back once however often it is asked. `why` is what the provider
    said where it would not. `checked_at` is when it was asked last how it stands.
    """

    payment = ScopedForeignKey(OnlinePayment)
    amount = MoneyField()
    reason = models.CharField(max_length=300)
    key = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=[(s, s) for s in REFUND_STATES], default="asked")
    provider_id = models.CharField(max_length=50, blank=True, default="")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, db_index=False)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")
    checked_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="online_refund_key_once"),
            UniqueConstraint(
                fields=["client", "provider_id"],
                condition=~Q(provider_id=""),
                name="online_refund_provider_id_once",
            ),
            UniqueConstraint(
                fields=["client", "payment"],
                condition=Q(state__in=REFUND_LIVE),
                name="online_refund_one_lives",
            ),
            CheckConstraint(name="online_refund_state", condition=Q(state__in=REFUND_STATES)),
            CheckConstraint(name="online_refund_positive", condition=Q(amount__gt=0)),
            CheckConstraint(
                name="online_refund_decided_by_somebody",
                condition=Q(state="asked", decided_by=None, decided_at=None)
                | ~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            CheckConstraint(
                name="online_refund_approved_by_another",
                condition=Q(state__in=["asked", "refused"]) | ~Q(decided_by=F("asked_by")),
            ),
            *client_table(
                "online_onlinerefund",
                update=["state", "provider_id", "decided_by_id", "decided_at", "note", "checked_at", "why"],
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "payment"], name="online_refund_by_payment"),
            Index(
                fields=["client", "id"], name="online_refund_to_do", condition=Q(state__in=REFUND_LIVE[1:])
            ),
        ]
