"""What one person may write off, and what he asks a second person to: decided once, and kept as it was asked."""

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from inbaar.banking.models import Entry
from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import client_table
from inbaar.parties.models import User
from inbaar.receivables.grounds import Ground
from inbaar.receivables.models import Invoice

HIGHEST_LIMIT = Decimal(100_000)


class WriteOffLimit(ClientModel):
    """Up to which amount one person writes off alone. The newest row holds; those before it tell who set what."""

    amount = MoneyField()
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(
                name="write_off_limit_in_bounds", condition=Q(amount__gte=0, amount__lte=HIGHEST_LIMIT)
            ),
            *client_table("write_offs_writeofflimit"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "id"], name="write_off_limit_newest")]


class WriteOffRequest(DependentModel):
    """What one person would write off of an invoice, and what a second person said to it.

    With an `entry`, `paid` of its money pays the invoice and `amount` is the rest; without one, `amount` is all that was
    left on `asked_on`. Amounts are in the invoice's currency.
    """

    class State(models.TextChoices):
        """What became of it."""

        ASKED = "asked"
        APPROVED = "approved"
        REFUSED = "refused"

    invoice = ScopedForeignKey(Invoice)
    entry = ScopedForeignKey(Entry, null=True)
    paid = MoneyField()
    amount = MoneyField()
    ground = models.CharField(max_length=16, choices=[(g.value, g.value) for g in Ground])
    reason = models.CharField(max_length=300, blank=True, default="")
    learn = models.BooleanField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, db_index=False)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(
                fields=["client", "invoice"], name="write_off_asked_once", condition=Q(state="asked")
            ),
            UniqueConstraint(
                fields=["client", "entry"], name="write_off_of_entry_asked_once", condition=Q(state="asked")
            ),
            CheckConstraint(name="write_off_positive", condition=Q(amount__gt=0, paid__gte=0)),
            CheckConstraint(name="write_off_beside_money", condition=Q(entry__isnull=False) | Q(paid=0)),
            CheckConstraint(
                name="write_off_decided_by_somebody",
                condition=Q(state="asked", decided_by=None, decided_at=None)
                | Q(state__in=["approved", "refused"], decided_by__isnull=False, decided_at__isnull=False),
            ),
            CheckConstraint(
                name="write_off_approved_by_another",
                condition=~Q(state="approved") | ~Q(decided_by=F("asked_by")),
            ),
            *client_table(
                "write_offs_writeoffrequest", update=["state", "decided_by_id", "decided_at", "note"]
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "asked_at"], name="write_off_waiting", condition=Q(state="asked"))
        ]
