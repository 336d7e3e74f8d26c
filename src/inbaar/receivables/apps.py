"""Django's entry for this room."""

from django.apps import AppConfig


class ReceivablesConfig(AppConfig):
    """Registers the room's tables."""

    name = "inbaar.receivables"
    label = "receivables"
