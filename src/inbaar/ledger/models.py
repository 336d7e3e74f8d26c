"""The ledger: one row moves one amount from one account to another, so it balances by its shape.

Rows are only ever added: the application's role may not change or delete them. Client money stays apart because both
accounts of a row must be of the same purse and currency, and the database checks that with its foreign keys.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import client_table


class Purse(models.TextChoices):
    """Whose money an account holds."""

    OWN = "own"
    CLIENT_MONEY = "client_money"


class Account(ClientModel):
    """A place money is in or comes from, in one currency and one purse."""

    code = models.CharField(max_length=30)
    purse = models.CharField(max_length=12, choices=Purse.choices, default=Purse.OWN)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "code", "purse", "currency"], name="account_once"),
            # What transfers point at: an account together with its purse and currency.
            UniqueConstraint(fields=["id", "client", "purse", "currency"], name="account_with_purse"),
            *client_table("ledger_account"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.purse}, {self.currency})"


class Transfer(DependentModel):
    """An amount that moves from `credit` to `debit` on a day. An entry is the rows with one `reference`.

    `subject` is the row the amount is about (an invoice); the ledger does not look inside it.
    """

    reference = models.CharField(max_length=80)
    line = models.PositiveSmallIntegerField()
    debit = ScopedForeignKey(Account, also=("purse", "currency"))
    credit = ScopedForeignKey(Account, also=("purse", "currency"))
    purse = models.CharField(max_length=12, choices=Purse.choices)
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    booked_on = models.DateField()
    recorded_at = models.DateTimeField()
    subject = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "reference", "line"], name="transfer_once"),
            CheckConstraint(name="transfer_positive", condition=Q(amount__gt=0)),
            CheckConstraint(name="transfer_moves", condition=~Q(debit=F("credit"))),
            *client_table("ledger_transfer"),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "subject", "booked_on"], name="transfer_by_subject"),
            Index(fields=["client", "booked_on"], name="transfer_by_day"),
        ]
