"""Django's entry for this room."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.mailbox"
    label = "mailbox"
