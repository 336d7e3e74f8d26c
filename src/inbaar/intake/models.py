"""Files as they came in, and what was read in them; lists of invoices, and what became of each of their lines."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import StoredAsIs, Unmeasured, client_table
from inbaar.parties.models import Debtor
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
            Unmeasured(name="document_unmeasured", columns=["size", "content", "received_at"]),
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
    #: Whether the door said that the debtor has not got it yet.
    unsent = models.BooleanField(default=False, db_default=False)
    #: What a person said otherwise, by field, and who it was; empty where what was read was taken as it is.
    corrected = models.JSONField(default=dict, db_default={})
    looked_at_by = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "document"], name="reading_once"),
            Unmeasured(name="reading_unmeasured", columns=["read", "problems", "corrected"]),
            *client_table(
                "intake_reading",
                update=[
                    "outcome", "problems", "invoice_id", "number", "corrected", "looked_at_by", "resembles_id",
                ],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(
                fields=["client", "outcome"],
                name="reading_not_taken_in",
                condition=Q(outcome__in=["review", "refused"]),
            ),
            Index(fields=["client", "invoice"], name="reading_by_invoice"),
        ]


class Import(DependentModel):
    """A list of invoices or debtors that came in: how it is read, what it gave, and whether it was taken back.

    `head_key` tells lists of the same head apart from others: the choices made for one are kept for the next. `outline` is
    what a first pass found, so that no page reads the file again. `done` counts the lines that the work going on has dealt
    with, and `problems` says why a list could not be looked through or taken back: how many reasons, and the first of them.
    """

    class State(models.TextChoices):
        """Where a list stands."""

        OPEN = "open"
        CHECKING = "checking"
        CHECKED = "checked"
        TAKING = "taking"
        TAKEN_IN = "taken_in"
        UNDOING = "undoing"
        UNDONE = "undone"

    class Kind(models.TextChoices):
        """What a list is about."""

        INVOICES = "invoices"
        DEBTORS = "debtors"

    document = ScopedForeignKey(Document)
    format = models.CharField(max_length=10)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.INVOICES)
    head_key = models.CharField(max_length=64)
    outline = models.JSONField(default=dict)
    choices = models.JSONField()
    chosen = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    counts = models.JSONField(default=dict)
    by = models.CharField(max_length=100, blank=True, default="")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0, db_default=0)
    problems = models.JSONField(default=dict, db_default={})
    taken_in_on = models.DateField(null=True)
    undone_on = models.DateField(null=True)
    undone_by = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(
                fields=["client", "document"],
                name="import_open_once",
                condition=Q(state__in=["open", "checking", "checked", "taking"]),
            ),
            CheckConstraint(
                name="import_state_has_its_day",
                condition=Q(state__in=["open", "checking", "checked"], taken_in_on=None, undone_on=None)
                | Q(state__in=["taking", "taken_in", "undoing"], taken_in_on__isnull=False, undone_on=None)
                | Q(state="undone", taken_in_on__isnull=False, undone_on__isnull=False),
            ),
            *client_table(
                "intake_import",
                update=[
                    "kind", "choices", "chosen", "state", "counts", "by", "changed_at", "done", "problems", "taken_in_on",
                    "undone_on", "undone_by",
                ],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "head_key"], name="import_by_head", condition=Q(chosen=True))
        ]


class ImportLine(DependentModel):
    """What becomes of one line of a list: its verdict, what it said and why, and the invoice or debtor it made or meant.

    `decision` is what a person said of it, `chosen` the debtor he said it is about, `as_new` that it is about somebody new.
    `ended` says that it was dealt with when the list was taken in.
    """

    class Decision(models.TextChoices):
        """What a person says of a line; nothing is what its verdict says."""

        TAKE = "take"
        LEAVE = "leave"

    imported = ScopedForeignKey(Import)
    line = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10)
    number = models.CharField(max_length=100, blank=True)
    told = models.JSONField()
    invoice = ScopedForeignKey(Invoice, null=True)
    debtor = ScopedForeignKey(Debtor, null=True)
    decision = models.CharField(max_length=5, choices=Decision.choices, blank=True, default="", db_default="")
    chosen = ScopedForeignKey(Debtor, null=True)
    as_new = models.BooleanField(default=False, db_default=False)
    decided_by = models.CharField(max_length=100, blank=True, default="", db_default="")
    ended = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "imported", "line"], name="import_line_once"),
            CheckConstraint(
                name="import_line_decided",
                condition=Q(decision="take") | Q(decision__in=["", "leave"], chosen=None, as_new=False),
            ),
            CheckConstraint(name="import_line_one_debtor", condition=Q(as_new=False) | Q(chosen=None)),
            Unmeasured(name="import_line_unmeasured", columns=["told"]),
            *client_table(
                "intake_importline",
                update=[
                    "verdict", "number", "told", "invoice_id", "debtor_id", "decision", "chosen_id", "as_new", "decided_by",
                    "ended",
                ],
            ),
        ]  # fmt: skip


class Learned(ClientModel):
    """What a person's correction taught of the client's own invoices: a label beside which a field stands, or the value that
    a field has instead of the one that is read there.
    """

    field = models.CharField(max_length=40)
    label = models.CharField(max_length=100, blank=True, default="", db_default="")
    instead_of = models.CharField(max_length=200, blank=True, default="", db_default="")
    value = models.CharField(max_length=200, blank=True, default="", db_default="")
    on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "field", "label", "instead_of"], name="learned_once"),
            *client_table("intake_learned", update=["value", "on"]),
        ]


class Scan(DependentModel):
    """A document that is a picture and is read by OCR, page by page, by a job: how far it is, and whether it is done.

    `times_begun` counts how often the page `page_begun` was begun: one that ended the program each time is given up.
    """

    document = ScopedForeignKey(Document)
    pages = models.PositiveSmallIntegerField()
    page_count = models.PositiveIntegerField()
    page_begun = models.PositiveSmallIntegerField(default=0, db_default=0)
    times_begun = models.PositiveSmallIntegerField(default=0, db_default=0)
    on = models.DateField()
    unsent = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "document"], name="scan_once"),
            CheckConstraint(
                name="scan_has_pages", condition=Q(pages__gte=1, pages__lte=models.F("page_count"))
            ),
            *client_table("intake_scan", update=["page_begun", "times_begun", "finished_at"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "id"], name="scan_being_read", condition=Q(finished_at=None))
        ]


class ScanPage(DependentModel):
    """The words that an OCR read on one page of a scan, with where they stand: kept as soon as it is read."""

    scan = ScopedForeignKey(Scan)
    page = models.PositiveSmallIntegerField()
    engine = models.CharField(max_length=100)
    read = models.JSONField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "scan", "page"], name="scan_page_once"),
            Unmeasured(name="scan_page_unmeasured", columns=["read"]),
            *client_table("intake_scanpage"),
        ]
