"""Mandates to debit an account, what each said at any time, and the links by which they are signed."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from inbaar.banking.debits.rules import LEAST_NOTICE_DAYS, MOST_NOTICE_DAYS
from inbaar.banking.debits.states import MandateState
from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import Unmeasured, client_table
from inbaar.law.direct_debit import Scheme
from inbaar.parties.models import Debtor
from inbaar.receivables.models import EvidenceFile

IBAN_SHAPE = r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"
_SCHEMES = [(scheme.value, scheme.value) for scheme in Scheme]


class Kind(models.TextChoices):
    """How often a mandate is good for a collection."""

    ONE_OFF = "one_off"
    RECURRING = "recurring"


class Creditor(ClientModel):
    """Who collects, as his bank knows him: one for an administration. What it was before is in the mandates' versions."""

    identifier = models.CharField(max_length=35)
    name = models.CharField(max_length=70)
    since = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client"], name="creditor_once"),
            CheckConstraint(name="creditor_id_shape", condition=Q(identifier__regex=r"^NL[0-9]{2}[A-Z0-9]{3}[0-9]{12}$")),
            CheckConstraint(name="creditor_named", condition=Q(name__gt="")),
            *client_table("debits_creditor", update=["identifier", "name", "since"]),
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
            CheckConstraint(name="mandate_named", condition=Q(reference__gt="")),
            *client_table(
                "debits_mandate",
                update=[
                    "version", "registered_on", "registration_id", "last_presented_on", "state", "state_on",
                    "state_reason",
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
    """An invitation to sign a mandate online, good until a day and for one signature. Its terms never change.

    `debtor_iban` may be empty: the debtor then fills it in. `mandate` is what came of it.
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

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "reference"], name="signing_link_reference_once"),
            UniqueConstraint(fields=["client", "mandate"], name="signing_link_mandate_once"),
            CheckConstraint(name="signing_link_ends_after", condition=Q(expires_on__gt=F("made_on"))),
            CheckConstraint(
                name="signing_link_ends_once", condition=Q(mandate__isnull=True) | Q(withdrawn_on=None)
            ),
            Unmeasured(name="signing_link_unmeasured", columns=["debtor_name"]),
            *client_table("debits_signinglink", update=["withdrawn_on", "mandate_id"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "debtor"], name="signing_link_by_debtor")]
