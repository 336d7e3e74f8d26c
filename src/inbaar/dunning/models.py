"""The dunning policies, where each open invoice stands in its own, the steps taken, and what a person left out of a run."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import RowReference, client_table
from inbaar.parties.models import Debtor
from inbaar.receivables.models import Invoice


class Policy(ClientModel):
    """A dunning policy of a client by its name. What it says is in its versions: the last one holds."""

    name = models.CharField(max_length=60)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "name"], name="policy_name_once"),
            *client_table("dunning_policy", update=["name", "retired_on"]),
        ]


class PolicyVersion(DependentModel):
    """What a policy says from a moment on, by whose hand and why. Never changed: the next version follows it."""

    policy = ScopedForeignKey(Policy)
    number = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "policy", "number"], name="policy_version_once"),
            CheckConstraint(name="policy_version_from_one", condition=Q(number__gte=1)),
            *client_table("dunning_policyversion"),
        ]


class PolicyStep(DependentModel):
    """One step of a version, as `dunning.policy_steps.PolicyStep` tells it; `capacities` in letters: c, b and g."""

    version = ScopedForeignKey(PolicyVersion)
    place = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=24)
    days = models.SmallIntegerField()
    after = models.CharField(max_length=10)
    channel = models.CharField(max_length=16)
    tone = models.CharField(max_length=10)
    term = models.CharField(max_length=16)
    term_days = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=12)
    capacities = models.CharField(max_length=3)
    least_open = MoneyField(null=True)
    most_open = MoneyField(null=True)
    abroad = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "version", "place"], name="policy_step_place_once"),
            # The law and the house rules that no hand can get round: `dunning.policy` tells them in words.
            CheckConstraint(
                name="policy_step_lawful",
                condition=(
                    Q(action="formal_notice", term="working_days", term_days__range=(1, 5))
                    & ~Q(capacities__contains="c")
                )
                | Q(action="fourteen_day_letter", term="statutory", capacities="c")
                | Q(action="reminder", term__in=["calendar_days", "working_days"], term_days__range=(1, 60))
                | Q(action__in=["courtesy_notice", "call", "hand_over"], term="none"),
            ),
            CheckConstraint(
                name="policy_step_in_time",
                condition=Q(action="courtesy_notice", after="due", days__range=(-60, -1))
                | (~Q(action="courtesy_notice") & Q(after="due", days__range=(1, 365)))
                | (~Q(action="courtesy_notice") & Q(after="previous", days__range=(0, 365))),
            ),
            *client_table("dunning_policystep"),
        ]


class PolicyChoice(DependentModel):
    """Which policy holds for a debtor, for a segment of debtors, or for all of a client's others.

    A debtor's own goes before his segment's, and that before the client's; without any the policy holds that works after
    install.
    """

    policy = ScopedForeignKey(Policy)
    debtor = ScopedForeignKey(Debtor, null=True)
    segment = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(
                fields=["client", "debtor"],
                name="policy_choice_of_debtor",
                condition=Q(debtor_id__isnull=False),
            ),
            UniqueConstraint(
                fields=["client", "segment"],
                name="policy_choice_of_segment",
                condition=Q(debtor_id__isnull=True),
            ),
            CheckConstraint(name="policy_choice_of_one", condition=Q(debtor_id__isnull=True) | Q(segment="")),
            *client_table("dunning_policychoice", update=["policy_id"], delete=True),
        ]


class PolicyChange(ClientModel):
    """The change log: who changed which policy, or for whom which one holds, when and why."""

    policy = ScopedForeignKey(Policy)
    kind = models.CharField(max_length=12)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    reason = models.CharField(max_length=300, blank=True)
    facts = models.JSONField()

    class Meta:
        constraints: ClassVar[list[Any]] = [*client_table("dunning_policychange")]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "at"], name="policy_change_by_time")]


class Schedule(DependentModel):
    """The narrow row the daily run lives on: which stage an invoice is in and when it is next looked at.

    `last` is the key of the last step taken and `planned` of the one that `due_on` is the day of; both are keys of the lane
    (`dunning.policy_steps`). `due_on` is empty once nothing more will happen by itself (paid, credited, or handed over).
    """

    invoice = ScopedForeignKey(Invoice)
    debtor = ScopedForeignKey(Debtor)
    stage = models.CharField(max_length=12)
    last = models.CharField(max_length=28, blank=True, default="")
    planned = models.CharField(max_length=28, blank=True, default="")
    due_on = models.DateField(null=True)
    waits_for = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice"], name="schedule_once"),
            *client_table("dunning_schedule", update=["stage", "last", "planned", "due_on", "waits_for"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(
                fields=["client", "due_on", "debtor"], name="schedule_due", condition=Q(due_on__isnull=False)
            )
        ]


class Step(DependentModel):
    """A step taken for one invoice: each at most once, in the order of the policy, in a letter or without one.

    `key` names it in its lane, `version` is the policy it was taken under (empty: the one that works after install), and
    `after` the step it rests on; its key makes a notice without a reminder impossible in the database.
    """

    invoice = ScopedForeignKey(Invoice)
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=28)
    after = models.CharField(max_length=28, null=True)
    on = models.DateField()
    pay_by = models.DateField(null=True)
    version = ScopedForeignKey(PolicyVersion, null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice", "key"], name="step_once"),
            CheckConstraint(
                name="step_key",
                condition=Q(kind__in=["courtesy_notice", "reminder", "call"], key__startswith=F("kind"))
                | Q(kind__in=["formal_notice", "fourteen_day_letter", "hand_over"], key=F("kind")),
            ),
            # A check lets pass what it cannot decide, so an empty `after` is refused in so many words.
            CheckConstraint(
                name="step_order",
                condition=Q(kind__in=["courtesy_notice", "reminder", "call"], after=None)
                | Q(
                    kind__in=["formal_notice", "fourteen_day_letter"],
                    after__isnull=False,
                    after__startswith="reminder",
                )
                | Q(
                    kind="hand_over", after__isnull=False, after__in=["formal_notice", "fourteen_day_letter"]
                ),
            ),
            RowReference(
                name="step_follows_a_step",
                columns=["client_id", "invoice_id", "after"],
                to_table="dunning_step",
                to_columns=["client_id", "invoice_id", "key"],
            ),
            *client_table("dunning_step", delete=True),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "on"], name="step_by_day")]


class Call(DependentModel):
    """A phone call that a policy asks for: one to a debtor about all that fell due for it that day.

    `outcome` is empty until somebody called, or until the next letter made it needless (`lapsed`).
    """

    debtor = ScopedForeignKey(Debtor)
    on = models.DateField()
    outcome = models.CharField(max_length=16, blank=True, default="", db_default="")
    words = models.CharField(max_length=500, blank=True, default="", db_default="")
    called_at = models.DateTimeField(null=True)
    called_by = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "debtor", "on"], name="call_once_a_day"),
            CheckConstraint(
                name="call_by_somebody",
                condition=Q(outcome__in=["", "lapsed"]) | (~Q(called_by="") & Q(called_at__isnull=False)),
            ),
            *client_table("dunning_call", update=["outcome", "words", "called_at", "called_by"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "on"], name="call_waiting", condition=Q(outcome=""))
        ]


class CallItem(DependentModel):
    """An invoice a call is about, with the key of its step."""

    call = ScopedForeignKey(Call)
    invoice = ScopedForeignKey(Invoice)
    step = models.CharField(max_length=28)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "call", "invoice"], name="call_item_once"),
            *client_table("dunning_callitem"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="call_by_invoice")]


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
