"""Batches for the bank, whatever is in them: made by one person, approved by another, written into one file once.

Credit transfers and direct debits share them; what each batch holds is in a table of that kind. Nothing is ever written
over: a file cannot be without the approval, and an approval that has a file cannot be taken back.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from inbaar.banking.models import BankAccount
from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import StoredAsIs, Unmeasured, client_table
from inbaar.ledger.models import Purse
from inbaar.parties.models import User


class Batch(DependentModel):
    """Payments of one account on one day, as one person put them together and another approved or refused them.

    `count` and `total` (in euro) are what was approved. `message_id` names the file to the bank, and begins the
    end-to-end id of each payment in it. `bank_status` is what the bank last reported of the whole.
    """

    class Kind(models.TextChoices):
        """Which way the money goes."""

        TRANSFER = "transfer"
        DEBIT = "debit"

    class State(models.TextChoices):
        """What became of the batch."""

        MADE = "made"
        APPROVED = "approved"
        REFUSED = "refused"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    account = ScopedForeignKey(BankAccount, also=("purse",))
    purse = models.CharField(max_length=12, choices=Purse.choices)
    message_id = models.CharField(max_length=35)
    execute_on = models.DateField()
    count = models.PositiveIntegerField()
    total = MoneyField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.MADE)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, db_index=False)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True, default="")
    bank_status = models.CharField(max_length=4, blank=True, default="")
    bank_reason = models.CharField(max_length=35, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "message_id"], name="batch_message_once"),
            # What a file points at: a batch together with its state.
            UniqueConstraint(fields=["id", "client", "state"], name="batch_with_state"),
            CheckConstraint(name="batch_not_empty", condition=Q(count__gt=0, total__gt=0)),
            CheckConstraint(
                name="batch_decided_by_somebody",
                condition=Q(state="made", decided_by=None, decided_at=None)
                | Q(state__in=["approved", "refused"], decided_by__isnull=False, decided_at__isnull=False),
            ),
            CheckConstraint(
                name="batch_approved_by_another",
                condition=~Q(state="approved") | ~Q(decided_by=F("made_by")),
            ),
            *client_table(
                "batches_batch",
                update=[
                    "state", "decided_by_id", "decided_at", "decision_note", "bank_status", "bank_reason",
                ],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "kind", "made_at"], name="batch_by_moment")]

    def __str__(self) -> str:
        return self.message_id


class BatchFile(DependentModel):
    """The file of an approved batch: made once, its bytes kept in parts and known by their SHA-256."""

    batch = ScopedForeignKey(Batch, also=("state",))
    # Always `approved`: so the reference is to an approved batch, which then stays one.
    state = models.CharField(max_length=10, default=Batch.State.APPROVED)
    format = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "batch"], name="batch_file_once"),
            UniqueConstraint(fields=["client", "sha256"], name="batch_file_content_once"),
            CheckConstraint(name="batch_file_approved", condition=Q(state="approved")),
            CheckConstraint(name="batch_file_not_empty", condition=Q(size__gt=0)),
            *client_table("batches_batchfile"),
        ]


class BatchVoid(DependentModel):
    """That the file of an approved batch is declared void, for it was never handed in: asked by one, confirmed by another.

    From the asking on the file is not given out any more. Confirmed, its payments may be asked for anew, and that is for good.
    """

    class State(models.TextChoices):
        """What became of it."""

        ASKED = "asked"
        CONFIRMED = "confirmed"
        WITHDRAWN = "withdrawn"

    batch = ScopedForeignKey(Batch)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, db_index=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "batch"], name="batch_void_once", condition=~Q(state="withdrawn")),
            CheckConstraint(name="batch_void_reasoned", condition=Q(reason__gt="")),
            CheckConstraint(
                name="batch_void_decided",
                condition=Q(state="asked", decided_by=None, decided_at=None)
                | Q(state__in=["confirmed", "withdrawn"], decided_by__isnull=False, decided_at__isnull=False),
            ),
            CheckConstraint(
                name="batch_void_confirmed_by_another",
                condition=~Q(state="confirmed") | ~Q(decided_by=F("asked_by")),
            ),
            *client_table("batches_batchvoid", update=["state", "decided_by_id", "decided_at"]),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "batch"], name="batch_void_by_batch")]


class FilePart(DependentModel):
    """A piece of a file, in order from 1, so that a file of any size is kept and given in little memory."""

    file = ScopedForeignKey(BatchFile)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "file", "number"], name="file_part_once"),
            StoredAsIs(name="file_part_as_is", column="content"),
            Unmeasured(name="file_part_unmeasured", columns=["content"]),
            *client_table("batches_filepart"),
        ]


class StatusReport(ClientModel):
    """A report of the bank about a file of ours (pain.002), as it came in, by its fingerprint; never changed."""

    batch = ScopedForeignKey(Batch, null=True)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    format = models.CharField(max_length=20)
    message_id = models.CharField(max_length=35)
    original_message_id = models.CharField(max_length=35)
    group_status = models.CharField(max_length=4, blank=True)
    told = models.JSONField(default=dict)
    content = models.BinaryField()
    imported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "sha256"], name="status_report_once"),
            StoredAsIs(name="status_report_as_is", column="content"),
            Unmeasured(name="status_report_unmeasured", columns=["content", "told"]),
            *client_table("batches_statusreport"),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "batch"], name="status_report_by_batch", condition=Q(batch__isnull=False))
        ]
