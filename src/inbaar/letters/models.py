"""Letters as they were written, set and sent. What a letter says is frozen when it is composed."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import StoredAsIs, client_table
from inbaar.parties.models import Debtor
from inbaar.receivables.models import Invoice


class Letter(DependentModel):
    """One letter to one debtor for one payee. `content` is all it says; PDF, text and mail are made from it."""

    debtor = ScopedForeignKey(Debtor)
    kind = models.CharField(max_length=24)
    number = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    on = models.DateField()
    pay_by = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    total = MoneyField()
    payee_iban = models.CharField(max_length=34, blank=True)
    content = models.JSONField()
    composed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "number"], name="letter_number_once"),
            *client_table("letters_letter"),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "debtor"], name="letter_by_debtor"),
            Index(fields=["client", "on"], name="letter_by_day"),
        ]


class LetterItem(DependentModel):
    """One invoice in a letter, with what was asked for it. `step_key` says which of several steps of that kind it is."""

    letter = ScopedForeignKey(Letter)
    invoice = ScopedForeignKey(Invoice)
    step = models.CharField(max_length=24)
    step_key = models.CharField(max_length=28)
    principal = MoneyField()
    interest = MoneyField()
    costs = MoneyField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "letter", "invoice"], name="letter_item_once"),
            *client_table("letters_letteritem"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="letter_item_by_invoice")]


class OwnWords(ClientModel):
    """The client's own paragraph in letters of a kind and language, from a moment on; empty words take it out again."""

    kind = models.CharField(max_length=24)
    language = models.CharField(max_length=2)
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=600, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "kind", "language", "number"], name="own_words_once"),
            *client_table("letters_ownwords"),
        ]


class LetterFile(DependentModel):
    """A letter as set: the PDF that was sent, byte for byte."""

    letter = ScopedForeignKey(Letter)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "letter"], name="letter_file_once"),
            *client_table("letters_letterfile"),
        ]


class Enclosure(DependentModel):
    """A file that goes along with a letter, byte for byte as it left."""

    letter = ScopedForeignKey(Letter)
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "letter", "place"], name="enclosure_once"),
            StoredAsIs(name="enclosure_as_is", column="content"),
            *client_table("letters_enclosure"),
        ]


class Delivery(DependentModel):
    """A letter on its way by one channel to one address. Its states: see `letters.states`."""

    letter = ScopedForeignKey(Letter)
    channel = models.CharField(max_length=8)
    address = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=12)
    message_id = models.CharField(max_length=120)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "letter", "channel"], name="delivery_once"),
            *client_table(
                "letters_delivery", update=["state", "attempts", "answer", "changed_at", "not_before"]
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(
                fields=["client", "not_before"],
                name="delivery_waiting",
                condition=Q(state__in=["to_look_at", "queued", "sending"]),
            ),
        ]


class BadAddress(ClientModel):
    """An e-mail address that mail came back from. Nothing is mailed there until a person says that it works again."""

    address = models.CharField(max_length=254)
    since = models.DateField()
    answer = models.CharField(max_length=300, blank=True)
    cleared_on = models.DateField(null=True)
    cleared_by = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "address"], name="bad_address_once"),
            CheckConstraint(
                name="bad_address_cleared_by_somebody",
                condition=Q(cleared_on__isnull=True) | ~Q(cleared_by=""),
            ),
            *client_table("letters_badaddress", update=["since", "answer", "cleared_on", "cleared_by"]),
        ]
