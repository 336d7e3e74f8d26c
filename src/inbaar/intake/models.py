"""Files as they came in, and what was read in them."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Index, Q, UniqueConstraint

from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import StoredAsIs, client_table
from inbaar.receivables.models import Invoice


class Document(ClientModel):
    """A file, kept once by its content, whatever its name and however often it comes."""

    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    content = models.BinaryField()
    channel = models.CharField(max_length=20)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            # Led by the contents: in books that were never analyzed the planner takes an index led by the client for
            # as good as the key, and each check of a reference to a document would walk all of them.
            UniqueConstraint(fields=["sha256", "client"], name="document_once"),
            StoredAsIs(name="document_as_is", column="content"),
            *client_table("intake_document"),
        ]


class Reading(DependentModel):
    """What was read in a document and what became of it: accepted, in review, refused, or already known."""

    class Outcome(models.TextChoices):
        """What became of the reading."""

        ACCEPTED = "accepted"
        REVIEW = "review"
        REFUSED = "refused"
        KNOWN = "known"

    document = ScopedForeignKey(Document)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    format = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=100, blank=True)
    read = models.JSONField()
    problems = models.JSONField(default=list)
    invoice = ScopedForeignKey(Invoice, null=True)
    # The invoice it looks like, where that is why it waits or was refused.
    resembles = ScopedForeignKey(Invoice, null=True)
    on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "document"], name="reading_once"),
            *client_table("intake_reading", update=["outcome", "problems", "invoice_id"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(
                fields=["client", "outcome"],
                name="reading_not_taken_in",
                condition=Q(outcome__in=["review", "refused"]),
            ),
            Index(fields=["client", "invoice"], name="reading_by_invoice"),
        ]
