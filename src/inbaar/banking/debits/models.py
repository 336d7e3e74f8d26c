"""Mandates to debit an account, what each said at any time, the links by which they are signed, and the debits."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, ExpressionWrapper, F, Index, Q, UniqueConstraint

from inbaar.banking.batches.models import Batch
from inbaar.banking.debits.rules import LEAST_NOTICE_DAYS, MOST_NOTICE_DAYS
from inbaar.banking.debits.states import DebitState, MandateState
from inbaar.banking.models import Entry
from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import Unmeasured, client_table
from inbaar.law.direct_debit import Scheme
from inbaar.parties.models import Debtor
from inbaar.receivables.models import EvidenceFile, Invoice

IBAN_SHAPE = r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"
_SCHEMES = [(scheme.value, scheme.value) for scheme in Scheme]


class Kind(models.TextChoices):
    """How often a mandate is good for a collection."""

    ONE_OFF = "one_off"
    RECURRING = "recurring"


class Creditor(ClientModel):
    """Who collects, as his bank knows him: one for an administration. What it was before is in the mandates' versions.

    `automatic` says that the daily run asks for what is due by itself; it was switched so by `automatic_by`.
    """

    identifier = models.CharField(max_length=35)
    name = models.CharField(max_length=70)
    since = models.DateField()
    automatic = models.BooleanField(default=False, db_default=False)
    automatic_by = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client"], name="creditor_once"),
            CheckConstraint(name="creditor_id_shape", condition=Q(identifier__regex=r"^NL[0-9]{2}[A-Z0-9]{3}[0-9]{12}$")),
            CheckConstraint(name="creditor_named", condition=Q(name__gt="")),
            *client_table("debits_creditor", update=["identifier", "name", "since", "automatic", "automatic_by"]),
        ]  # fmt: skip


class Mandate(DependentModel):
    """A debtor's word that his account may be debited. What he agreed to never changes; only where it stands lives.

    `evidence` is the signed paper, or what was shown and confirmed online. `version` numbers what the mandate says now:
    the account and the names may be amended, and each version is kept. `announced_days` is the agreed notice.
    `registered_on` is when the debtor's bank confirmed a B2B mandate, with `registration` as the proof.
    """

    class Signed(models.TextChoices):
        """How it was signed."""

        PAPER = "paper"
        ONLINE = "online"

    class AskedBy(models.TextChoices):
        """Who of the two withdrew it."""

        DEBTOR = "debtor"
        CREDITOR = "creditor"

    debtor = ScopedForeignKey(Debtor)
    capacity = models.CharField(max_length=12)
    reference = models.CharField(max_length=35)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    scheme = models.CharField(max_length=4, choices=_SCHEMES)
    announced_days = models.PositiveSmallIntegerField()
    signed_on = models.DateField()
    signed_how = models.CharField(max_length=6, choices=Signed.choices)
    evidence = ScopedForeignKey(EvidenceFile)
    version = models.PositiveIntegerField(default=1)
    registered_on = models.DateField(null=True)
    registration = ScopedForeignKey(EvidenceFile, null=True)
    last_presented_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=MandateState.choices, default=MandateState.LIVE)
    state_on = models.DateField()
    state_reason = models.CharField(max_length=300, blank=True, default="")
    withdrawn_by = models.CharField(max_length=8, choices=AskedBy.choices, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "reference"], name="mandate_reference_once"),
            # What a debit points at: a mandate together with how often it is good for.
            UniqueConstraint(fields=["id", "client", "kind"], name="mandate_with_kind"),
            CheckConstraint(
                name="mandate_b2b_no_consumer", condition=~Q(scheme="b2b") | ~Q(capacity="consumer")
            ),
            CheckConstraint(
                name="mandate_registered_with_proof",
                condition=Q(registered_on=None, registration=None)
                | Q(registered_on__isnull=False, registration__isnull=False, scheme="b2b"),
            ),
            CheckConstraint(
                name="mandate_notice_days",
                condition=Q(announced_days__gte=LEAST_NOTICE_DAYS, announced_days__lte=MOST_NOTICE_DAYS),
            ),
            CheckConstraint(name="mandate_version_from_one", condition=Q(version__gt=0)),
            CheckConstraint(
                name="mandate_ended_for_a_reason", condition=Q(state="live") | Q(state_reason__gt="")
            ),
            CheckConstraint(
                name="mandate_withdrawn_by_one", condition=Q(withdrawn_by="") | Q(state="withdrawn")
            ),
            CheckConstraint(name="mandate_named", condition=Q(reference__gt="")),
            *client_table(
                "debits_mandate",
                update=[
                    "version", "registered_on", "registration_id", "last_presented_on", "state", "state_on",
                    "state_reason", "withdrawn_by",
                ],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "debtor"], name="mandate_by_debtor")]

    def __str__(self) -> str:
        return self.reference


class MandateVersion(DependentModel):
    """What a mandate says from a day on: whose account, and who collects. Only ever added; the first is what was signed."""

    mandate = ScopedForeignKey(Mandate)
    number = models.PositiveIntegerField()
    debtor_name = models.CharField(max_length=70)
    debtor_iban = models.CharField(max_length=34)
    creditor_identifier = models.CharField(max_length=35)
    creditor_name = models.CharField(max_length=70)
    since = models.DateField()
    changed_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "mandate", "number"], name="mandate_version_once"),
            CheckConstraint(name="mandate_version_iban", condition=Q(debtor_iban__regex=IBAN_SHAPE)),
            CheckConstraint(
                name="mandate_version_named", condition=Q(debtor_name__gt="", creditor_name__gt="")
            ),
            *client_table("debits_mandateversion"),
        ]


class SigningLink(DependentModel):
    """A mandate that is drawn up to be signed once: by its link until a day, or on its printed form. Its terms never change.

    `debtor_iban` may be empty: the debtor then fills it in. `mandate` is what came of it. `tries` counts how often somebody
    tried to sign by the link within the hour from `tried_at`.
    """

    debtor = ScopedForeignKey(Debtor)
    reference = models.CharField(max_length=35)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    scheme = models.CharField(max_length=4, choices=_SCHEMES)
    announced_days = models.PositiveSmallIntegerField()
    debtor_name = models.CharField(max_length=70)
    debtor_iban = models.CharField(max_length=34, blank=True, default="")
    made_on = models.DateField()
    expires_on = models.DateField()
    made_by = models.CharField(max_length=100)
    withdrawn_on = models.DateField(null=True)
    mandate = ScopedForeignKey(Mandate, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "reference"], name="signing_link_reference_once"),
            UniqueConstraint(fields=["client", "mandate"], name="signing_link_mandate_once"),
            CheckConstraint(name="signing_link_ends_after", condition=Q(expires_on__gt=F("made_on"))),
            CheckConstraint(
                name="signing_link_ends_once", condition=Q(mandate__isnull=True) | Q(withdrawn_on=None)
            ),
            Unmeasured(name="signing_link_unmeasured", columns=["debtor_name"]),
            *client_table("debits_signinglink", update=["withdrawn_on", "mandate_id", "tries", "tried_at"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "debtor"], name="signing_link_by_debtor")]


_LIVE = (DebitState.REQUESTED, DebitState.BATCHED, DebitState.IN_FILE, DebitState.ACCEPTED)
_NOTHING_DEBITED = (DebitState.REFUSED, DebitState.REJECTED, DebitState.WITHDRAWN)


class DirectDebit(DependentModel):
    """One collection of what an invoice asks, on a day, by a mandate. Only where it is, lives.

    It leaves for a bank only after it was announced, the agreed days before: `announced_how` is the message or the way. Until
    then its day may move. `last` says that a recurring mandate ends with it; `replaced` that a new request stands in its place.
    """

    invoice = ScopedForeignKey(Invoice)
    mandate = ScopedForeignKey(Mandate, also=("kind",))
    kind = models.CharField(max_length=10, choices=Kind.choices)
    attempt = models.PositiveSmallIntegerField(default=1)
    replaced = models.BooleanField(default=False)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    due_on = models.DateField()
    last = models.BooleanField(default=False)
    announced_days = models.PositiveSmallIntegerField()
    announced_on = models.DateField(null=True)
    announced_how = models.CharField(max_length=100, blank=True, default="")
    requested_by = models.CharField(max_length=100)
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DebitState.choices, default=DebitState.REQUESTED)
    state_on = models.DateField()
    bank_status = models.CharField(max_length=4, blank=True, default="")
    bank_reason = models.CharField(max_length=35, blank=True, default="")
    bank_text = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice", "attempt"], name="debit_attempt_once"),
            UniqueConstraint(fields=["client", "invoice"], name="debit_one_under_way", condition=Q(state__in=_LIVE)),
            # A one-off mandate is good once: where something was, or may be, debited by it, nothing more is asked.
            UniqueConstraint(
                fields=["client", "mandate"],
                name="debit_one_off_once",
                condition=Q(kind="one_off") & ~Q(state__in=_NOTHING_DEBITED),
            ),
            CheckConstraint(name="debit_amount_in_euro", condition=Q(amount__gt=0, currency="EUR")),
            CheckConstraint(name="debit_last_of_recurring", condition=Q(last=False) | Q(kind="recurring")),
            CheckConstraint(
                name="debit_announced_before_it_leaves",
                condition=Q(state__in=[DebitState.REQUESTED, DebitState.WITHDRAWN])
                | Q(announced_on__isnull=False),
            ),
            CheckConstraint(
                name="debit_announced_in_time",
                condition=Q(announced_on=None, announced_how="")
                | Q(
                    announced_on__isnull=False,
                    announced_how__gt="",
                    due_on__gte=ExpressionWrapper(
                        F("announced_on") + F("announced_days"), output_field=models.DateField()
                    ),
                ),
            ),
            CheckConstraint(
                name="debit_replaced_after_all", condition=Q(replaced=False) | ~Q(state__in=_LIVE)
            ),
            Unmeasured(name="debit_unmeasured", columns=["announced_how", "bank_text"]),
            *client_table(
                "debits_directdebit",
                update=[
                    "replaced", "due_on", "announced_on", "announced_how", "state", "state_on", "bank_status", "bank_reason",
                    "bank_text",
                ],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "state", "due_on"], name="debit_by_state"),
            Index(fields=["client", "mandate"], name="debit_by_mandate"),
        ]


class BatchedDebit(DependentModel):
    """That a debit is in a batch, as the collection of this `number`, by what its mandate said: for good, in one batch only.

    So no debit can be in two files. What was refused or failed is asked for anew, and that is another debit.
    """

    debit = ScopedForeignKey(DirectDebit)
    batch = ScopedForeignKey(Batch)
    number = models.PositiveIntegerField()
    version = ScopedForeignKey(MandateVersion)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "debit"], name="debit_in_one_batch"),
            UniqueConstraint(fields=["client", "batch", "number"], name="batched_debit_number_once"),
            CheckConstraint(name="batched_debit_from_one", condition=Q(number__gt=0)),
            *client_table("debits_batcheddebit"),
        ]


class DebitMoney(DependentModel):
    """What an entry of the bank did for a debit, in euro: the money came, or it went back. Only ever added."""

    class Role(models.TextChoices):
        """Which way the money went."""

        COLLECTED = "collected"
        RETURN = "return"

    debit = ScopedForeignKey(DirectDebit)
    entry = ScopedForeignKey(Entry)
    role = models.CharField(max_length=10, choices=Role.choices)
    amount = MoneyField()
    on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "debit", "role"], name="debit_money_once"),
            CheckConstraint(name="debit_money_positive", condition=Q(amount__gt=0)),
            *client_table("debits_debitmoney"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "entry"], name="debit_money_by_entry")]
