"""Django's entry for this room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.ledger"
    label = "ledger"
