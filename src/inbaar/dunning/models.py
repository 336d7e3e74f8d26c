"""Where each open invoice stands in the dunning policy, the steps taken, and what a person left out of a run."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import DependentModel
from inbaar.kit.tables import RowReference, client_table
from inbaar.parties.models import Debtor
from inbaar.receivables.models import Invoice


class Schedule(DependentModel):
    """The narrow row the daily run lives on: which stage an invoice is in and when it is next looked at.

    `due_on` is empty once nothing more will happen by itself (paid, credited, or handed over).
    """

    invoice = ScopedForeignKey(Invoice)
    debtor = ScopedForeignKey(Debtor)
    stage = models.CharField(max_length=12)
    due_on = models.DateField(null=True)
    waits_for = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice"], name="schedule_once"),
            *client_table("dunning_schedule", update=["stage", "due_on", "waits_for"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(
                fields=["client", "due_on", "debtor"], name="schedule_due", condition=Q(due_on__isnull=False)
            )
        ]


class Step(DependentModel):
    """A step taken for one invoice: at most once each, in the order of the policy, in a letter or without one.

    `after` names the step it follows; its key makes a notice without a reminder impossible in the database.
    """

    invoice = ScopedForeignKey(Invoice)
    kind = models.CharField(max_length=24)
    after = models.CharField(max_length=24, null=True)
    on = models.DateField()
    pay_by = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice", "kind"], name="step_once"),
            # A check lets pass what it cannot decide, so an empty `after` is refused in so many words.
            CheckConstraint(
                name="step_order",
                condition=Q(kind="reminder", after=None)
                | Q(kind__in=["formal_notice", "fourteen_day_letter"], after__isnull=False, after="reminder")
                | Q(
                    kind="hand_over", after__isnull=False, after__in=["formal_notice", "fourteen_day_letter"]
                ),
            ),
            RowReference(
                name="step_follows_a_step",
                columns=["client_id", "invoice_id", "after"],
                to_table="dunning_step",
                to_columns=["client_id", "invoice_id", "kind"],
            ),
            *client_table("dunning_step", delete=True),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "on"], name="step_by_day")]


class Skip(DependentModel):
    """An invoice a person took out of one day's run, with the reason. The rest of the run goes on."""

    invoice = ScopedForeignKey(Invoice)
    on = models.DateField()
    reason = models.CharField(max_length=300)
    made_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice", "on"], name="skip_once"),
            *client_table("dunning_skip", delete=True),
        ]
