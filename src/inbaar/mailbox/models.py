"""The mailbox a client's invoices come in by, who may send them, and every message with what became of it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import StoredAsIs, client_table
from inbaar.mailbox.states import STATES


class Mailbox(ClientModel):
    """Where a client's invoices come in by mail: one per client.

    `whole`: every message in it is this client's; else only those to `address`, so that clients may share one mailbox.
    `password` is sealed (`kit.sealing`) for this client, host and user: another host cannot be given it.
    `unsent`: what comes in by it has not been sent to the debtors yet.
    `trusted_server` is the name under which the mail server writes Authentication-Results; empty where it does not.
    """

    address = models.EmailField()
    whole = models.BooleanField(default=True)
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=8)
    user = models.CharField(max_length=254)
    password = models.TextField()
    trusted_server = models.CharField(max_length=200, blank=True, default="")
    active = models.BooleanField(default=True)
    unsent = models.BooleanField(default=False, db_default=False)
    fetched_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True, default="")
    error_code = models.CharField(max_length=30, blank=True, default="")
    failing_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client"], name="mailbox_one_per_client"),
            CheckConstraint(name="mailbox_port", condition=Q(port__gte=1, port__lte=65535)),
            CheckConstraint(name="mailbox_security", condition=Q(security__in=["tls", "starttls", "none"])),
            *client_table(
                "mailbox_mailbox",
                update=[
                    "address", "whole", "host", "port", "security", "user", "password", "trusted_server", "active",
                    "unsent", "fetched_at", "error", "error_code", "failing_since",
                ],
            ),
        ]  # fmt: skip


class Sender(ClientModel):
    """Who may send invoices in: one address (`jan@firma.nl`) or all of a domain (`@firma.nl`), in small letters."""

    pattern = models.CharField(max_length=254)
    added_by = models.CharField(max_length=100)
    added_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "pattern"], name="sender_once"),
            *client_table("mailbox_sender", delete=True),
        ]


class Message(ClientModel):
    """A message, kept once by `key` (its Message-ID and its contents), wherever in the mailbox it is found.

    `results` is what became of each file. An answer is a part of the message, so there is at most one.
    """

    key = models.CharField(max_length=64)
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    message_id = models.CharField(max_length=400, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    size = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES])
    attempts = models.PositiveSmallIntegerField()
    results = models.JSONField(default=list)
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=100, blank=True, default="")
    answer = models.CharField(max_length=10, blank=True, default="")
    answer_state = models.CharField(max_length=10, blank=True, default="")
    answer_attempts = models.PositiveSmallIntegerField(default=0)
    answer_said = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="message_once"),
            CheckConstraint(name="message_state", condition=Q(state__in=STATES)),
            *client_table(
                "mailbox_message",
                update=[
                    "state", "attempts", "results", "changed_at", "decided_by", "answer", "answer_state",
                    "answer_attempts", "answer_said",
                ],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "uid_validity", "uid"], name="message_by_place"),
            Index(fields=["client", "received_at"], name="message_by_arrival"),
            Index(fields=["client", "sender", "received_at"], name="message_by_sender"),
            Index(fields=["client", "state"], name="message_held", condition=Q(state="held")),
            Index(
                fields=["client", "answer_state"],
                name="message_to_answer",
                condition=Q(answer_state__in=["queued", "sending"]),
            ),
        ]


class HeldFile(DependentModel):
    """A file of a message that waits for a person, because its sender is not known. It goes once he has decided."""

    message = ScopedForeignKey(Message)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            StoredAsIs(name="held_file_as_is", column="content"),
            *client_table("mailbox_heldfile", delete=True),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "message"], name="held_file_by_message")]
