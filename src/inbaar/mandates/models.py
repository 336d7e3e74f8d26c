"""What is mailed to a debtor about his mandate, kept as it left: the request to sign it, and his copy once he did."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from inbaar.banking.debits.models import Mandate, SigningLink
from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import DependentModel
from inbaar.kit.tables import StoredAsIs, client_table
from inbaar.mandates.states import QUEUED, STATES
from inbaar.parties.models import Debtor


class MandateMessage(DependentModel):
    """One mail to one address: subject, text and the PDF that goes along never change; only where it is, lives.

    It is about what was drawn up (`link`); a copy also about what came of it (`mandate`). `key` makes asking twice the same
    as once.
    """

    class Kind(models.TextChoices):
        """What it is for."""

        REQUEST = "request"
        COPY = "copy"

    debtor = ScopedForeignKey(Debtor)
    link = ScopedForeignKey(SigningLink)
    mandate = ScopedForeignKey(Mandate, null=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=60)
    reference = models.CharField(max_length=35)
    language = models.CharField(max_length=2)
    from_name = models.CharField(max_length=200)
    from_address = models.CharField(max_length=254)
    to_name = models.CharField(max_length=200)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    pdf = models.BinaryField()
    made_by = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default=QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=300, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="mandate_message_once"),
            CheckConstraint(
                name="mandate_message_copy_of_one", condition=Q(kind="request") | Q(mandate__isnull=False)
            ),
            CheckConstraint(name="mandate_message_addressed", condition=Q(address__gt="")),
            StoredAsIs(name="mandate_message_pdf_as_is", column="pdf"),
            *client_table(
                "mandates_mandatemessage", update=["state", "attempts", "answer", "changed_at"]
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "link"], name="mandate_message_by_link"),
            Index(fields=["client", "mandate"], name="mandate_message_by_mandate"),
            Index(
                fields=["client", "id"],
                name="mandate_message_to_do",
                condition=Q(state__in=["queued", "sending"]),
            ),
        ]
