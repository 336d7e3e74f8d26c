"""Credit transfers that were asked for, and what each did to the entries of the bank."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Func, Index, Q, UniqueConstraint, Value
from django.db.models.functions import Upper

from inbaar.banking.batches.models import Batch
from inbaar.banking.models import Entry
from inbaar.banking.transfers.rules import MOST_AMOUNT
from inbaar.banking.transfers.states import State
from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import Unmeasured, client_table
from inbaar.ledger.accounts import Code
from inbaar.ledger.models import Purse
from inbaar.parties.models import Debtor, User

# Whoever is known by another account has been looked at before his money goes further.
_LOOKED_AT = Q(known_iban="") | Q(checked_by__isnull=False) | Q(state__in=[State.TO_CHECK, State.WITHDRAWN])


class CreditTransfer(ClientModel):
    """One payment out that was asked for: to whom, how much, why, from which money. Only where it is, lives.

    `source_kind` and `source_key` say what it pays, so that the same thing cannot be asked twice; a payment that failed
    is asked again by a row of its own, the next `attempt`, and the old one is `replaced`. `entry` is the money received
    that it gives back or passes on; `charged_to` the ledger account it is taken from. `known_iban` is an account that the
    payee was paid on before, where that is another one.
    """

    class Source(models.TextChoices):
        """What a transfer pays."""

        REFUND = "refund"
        FORWARD = "forward"
        PAYOUT = "payout"
        BY_HAND = "by_hand"

    source_kind = models.CharField(max_length=10, choices=Source.choices)
    source_key = models.CharField(max_length=80)
    attempt = models.PositiveSmallIntegerField(default=1)
    replaced = models.BooleanField(default=False)
    debtor = ScopedForeignKey(Debtor, null=True)
    entry = ScopedForeignKey(Entry, null=True)
    payee_name = models.CharField(max_length=140)
    bare_name = models.GeneratedField(
        expression=Func(Upper("payee_name"), Value(" .,-'&/()+"), Value(""), function="translate"),
        output_field=models.TextField(),
        db_persist=True,
    )
    payee_iban = models.CharField(max_length=34)
    street = models.CharField(max_length=70, blank=True, default="")
    building = models.CharField(max_length=16, blank=True, default="")
    postcode = models.CharField(max_length=16, blank=True, default="")
    town = models.CharField(max_length=35, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    purse = models.CharField(max_length=12, choices=Purse.choices, default=Purse.OWN)
    charged_to = models.CharField(max_length=30, choices=[(code.value, code.value) for code in Code])
    text = models.CharField(max_length=140, blank=True, default="")
    reference = models.CharField(max_length=35, blank=True, default="")
    wanted_on = models.DateField()
    reason = models.CharField(max_length=300)
    requested_by = models.CharField(max_length=100)
    requested_at = models.DateTimeField()
    known_iban = models.CharField(max_length=34, blank=True, default="")
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, db_index=False)
    checked_at = models.DateTimeField(null=True)
    check_note = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    state_on = models.DateField()
    bank_status = models.CharField(max_length=4, blank=True, default="")
    bank_reason = models.CharField(max_length=35, blank=True, default="")
    bank_text = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(
                fields=["client", "source_kind", "source_key", "attempt"], name="transfer_attempt_once"
            ),
            UniqueConstraint(
                fields=["client", "source_kind", "source_key"],
                name="transfer_asked_once",
                condition=Q(replaced=False),
            ),
            CheckConstraint(
                name="transfer_amount_payable", condition=Q(amount__gt=0, amount__lte=MOST_AMOUNT)
            ),
            CheckConstraint(name="transfer_in_euro", condition=Q(currency="EUR")),
            CheckConstraint(name="transfer_iban_shape", condition=Q(payee_iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")),
            CheckConstraint(
                name="transfer_one_remittance",
                condition=Q(text="", reference__gt="") | Q(text__gt="", reference=""),
            ),
            CheckConstraint(
                name="transfer_address_whole",
                condition=Q(street="", building="", postcode="", town="", country="")
                | Q(town__gt="", country__regex=r"^[A-Z]{2}$"),
            ),
            CheckConstraint(name="transfer_payee_named", condition=Q(payee_name__gt="")),
            CheckConstraint(name="transfer_other_account", condition=~Q(known_iban=F("payee_iban"))),
            CheckConstraint(name="transfer_account_looked_at", condition=_LOOKED_AT),
            CheckConstraint(
                name="transfer_replaced_after_all",
                condition=Q(replaced=False) | Q(state__in=[State.REFUSED, State.REJECTED, State.RETURNED, State.WITHDRAWN]),
            ),
            Unmeasured(name="transfer_unmeasured", columns=["text", "reason", "check_note", "bank_text"]),
            *client_table(
                "transfers_credittransfer",
                update=[
                    "replaced", "checked_by_id", "checked_at", "check_note", "state", "state_on", "bank_status",
                    "bank_reason", "bank_text",
                ],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "state", "wanted_on"], name="transfer_by_state"),
            Index(fields=["client", "bare_name"], name="transfer_by_payee"),
            Index(fields=["client", "entry"], name="transfer_by_entry", condition=Q(entry__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.payee_name} {self.amount}"


class BatchedTransfer(DependentModel):
    """That a transfer is in a batch, as the payment of this `number`: for good, and in one batch only.

    So no transfer can be in two files. What was refused or failed is asked for anew, and that is another transfer.
    """

    transfer = ScopedForeignKey(CreditTransfer)
    batch = ScopedForeignKey(Batch)
    number = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "transfer"], name="transfer_in_one_batch"),
            UniqueConstraint(fields=["client", "batch", "number"], name="batched_transfer_number_once"),
            CheckConstraint(name="batched_transfer_from_one", condition=Q(number__gt=0)),
            *client_table("transfers_batchedtransfer"),
        ]


class TransferMoney(DependentModel):
    """What a transfer did to an entry of the bank; only ever added. `amount` is signed as the entry's money goes down.

    Taken off money received when it was asked for (and given back when it was withdrawn), the debit that paid it, and
    the credit by which it came back.
    """

    class Role(models.TextChoices):
        """What happened between the two."""

        TAKEN = "taken"
        GIVEN_BACK = "given_back"
        DEBIT = "debit"
        RETURN = "return"

    transfer = ScopedForeignKey(CreditTransfer)
    entry = ScopedForeignKey(Entry)
    role = models.CharField(max_length=10, choices=Role.choices)
    amount = MoneyField()
    on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "transfer", "role"], name="transfer_money_once"),
            CheckConstraint(
                name="transfer_money_signed",
                condition=Q(role="given_back", amount__lt=0) | (~Q(role="given_back") & Q(amount__gt=0)),
            ),
            *client_table("transfers_transfermoney"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "entry"], name="transfer_money_by_entry")]
